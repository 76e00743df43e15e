// Package clock lets whoever tries the demo city out move its time ahead: to
// the day of a draw, or past the end of a term. Outside the demo none of its
// pages exist.
package clock

import (
	"strconv"
	"sync/atomic"
	"time"

	"github.com/a-h/templ"

	"kakehashi/engines/jp"
	"kakehashi/platform/fault"
	"kakehashi/platform/web"
)

// furthest is how far ahead the city's time may run: what is beyond would meet
// the ends of tables of holidays and eras.
const furthest = 5 * 366 * 24 * time.Hour

// Clock is a clock that can be moved ahead, never back: what happened would
// else come after what followed from it. It starts afresh with the program.
type Clock struct{ ahead atomic.Int64 }

// Now returns the city's time.
func (c *Clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// Move moves the clock ahead by d, or returns Invalid with the field "to" when
// that is back in time or too far.
func (c *Clock) Move(d time.Duration) error {
	var check fault.Check
	check.Field(d >= 0, "to", "offices.clock.error.back")
	check.Field(d <= furthest && time.Duration(c.ahead.Load())+d <= furthest, "to", "offices.clock.error.far")
	if err := check.Err(); err != nil {
		return err
	}
	c.ahead.Add(int64(d))
	return nil
}

// Pages serves the page that moves the clock; move is nil outside the demo.
type Pages struct {
	now  func() time.Time
	move func(time.Duration) error
}

// NewPages returns the page.
func NewPages(now func() time.Time, move func(time.Duration) error) *Pages {
	return &Pages{now, move}
}

// Routes are the pages.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		{Pattern: "GET /demo-clock", Access: web.DemoOnly(), Handle: func(c *web.Context) error { return p.show(c, nil) }},
		{Pattern: "POST /demo-clock", Access: web.DemoOnly(), Handle: p.set},
	}
}

// step is one press that moves the clock, in minutes.
type step struct {
	label   string
	minutes int
}

// steps are the buttons, their labels message keys.
var steps = []step{
	{"offices.clock.hour", 60}, {"offices.clock.day", 24 * 60}, {"offices.clock.week", 7 * 24 * 60},
}

type data struct {
	Now     time.Time
	To      string
	Problem web.Problem
}

func (p *Pages) show(c *web.Context, failed error) error {
	d := data{Now: p.now(), To: c.Form().Get("to")}
	return c.Retry(failed, web.Meta{Title: c.Loc.T("offices.clock.title"), Back: "/"}, func(problem web.Problem) templ.Component {
		d.Problem = problem
		return view(d)
	})
}

// set moves the clock by the minutes of a button, or to eight in the morning of
// the day that was typed.
func (p *Pages) set(c *web.Context) error {
	if p.move == nil {
		return fault.New(fault.NotFound, "web.error.not_found")
	}
	ahead, err := strconv.Atoi(c.Form().Get("minutes"))
	by := time.Duration(ahead) * time.Minute
	if err != nil {
		var check fault.Check
		to, err := jp.ParseAnyDate(c.Form().Get("to"))
		check.Field(err == nil && !to.IsZero(), "to", "offices.clock.error.day")
		if err := check.Err(); err != nil {
			return p.show(c, err)
		}
		by = to.At(8 * 60).Sub(p.now())
	}
	if err := p.move(by); err != nil {
		return p.show(c, err)
	}
	c.Flash("offices.clock.moved")
	return c.Redirect("/demo-clock")
}
