package desk

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/waiting"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// askData is what the page shows on which somebody asks to wait.
type askData struct {
	Room     reservation.RoomInfo
	Day      jp.Date
	From, To int                       // minutes after midnight; To 0: not chosen yet
	Held     []reservation.Reservation // whose time could be given back
	For      string
	Groups   []ui.Option
	People   string
	Purpose  string
	Problem  web.Problem
}

// forMe is the value of the field "for" that means the person alone.
const forMe = "me"

func atoi(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return 0
	}
	return n
}

// readAsk reads what a form or an address carries; band is "540-720".
func (d *Desk) readAsk(c *web.Context) (a askData, err error) {
	form := c.Form()
	room, err := db.ParseID(form.Get("room"))
	if err != nil {
		return a, fault.New(fault.NotFound, "waiting.error.room")
	}
	a.Day, _ = jp.ParseAnyDate(form.Get("day"))
	a.From, a.To = atoi(form.Get("from")), atoi(form.Get("to"))
	if from, to, ok := strings.Cut(form.Get("band"), "-"); ok {
		a.From, a.To = atoi(from), atoi(to)
	}
	a.For, a.People, a.Purpose = form.Get("for"), form.Get("people"), form.Get("purpose")
	person := self(c.Viewer)
	err = d.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		if a.Day.IsZero() {
			a.Day = jp.DateOf(tx.Now)
		}
		if a.Room, err = d.svc.Room(tx, room); err != nil {
			return err
		}
		if a.Held, err = waiting.Held(tx, a.Room.Room, a.Day, a.Day); err != nil {
			return err
		}
		groups, err := d.wait.Groups(tx, person)
		if err != nil {
			return err
		}
		for _, g := range groups {
			name, err := d.name(tx, c.Loc, g, 0)
			if err != nil {
				return err
			}
			a.Groups = append(a.Groups, ui.Option{Value: g.String(), Label: name})
		}
		if d.near.MayAlone == nil || d.near.MayAlone(tx, person) == nil {
			name := cmp.Or(c.Viewer.OnBehalfName, c.Viewer.Name)
			a.Groups = append(a.Groups, ui.Option{Value: forMe, Label: c.Loc.T("waiting.for.me", "name", name)})
		}
		return nil
	})
	if a.For == "" && len(a.Groups) > 0 {
		a.For = a.Groups[0].Value
	}
	return a, err
}

func (d *Desk) ask(c *web.Context) error {
	if c.Query("room") == "" {
		return c.Redirect("/places/search")
	}
	a, err := d.readAsk(c)
	if err != nil {
		return err
	}
	return d.again(c, a, nil)
}

func (d *Desk) again(c *web.Context, a askData, failed error) error {
	return c.Retry(failed, meta(c, "waiting.ask.title", "/places/rooms/"+a.Room.ID.String()), func(p web.Problem) templ.Component {
		a.Problem = p
		return askView(a)
	})
}

// enter puts the reader, or a group of theirs, onto the list.
func (d *Desk) enter(c *web.Context) error {
	a, err := d.readAsk(c)
	if err != nil {
		return err
	}
	var check fault.Check
	check.Field(a.To > a.From, "band", "waiting.error.time")
	check.Field(d.may(a), "for", "waiting.error.for")
	if err := check.Err(); err != nil {
		return d.again(c, a, err)
	}
	w := waiting.Wait{
		Room: a.Room.ID, Span: quarter.On(a.Day, a.From, a.To), Person: self(c.Viewer), Purpose: a.Purpose, Headcount: int64(atoi(a.People)),
	}
	if a.For != forMe {
		w.Group, _ = db.ParseID(a.For)
	}
	if _, err := d.wait.Enter(c.Context(), c.Actor(), w); err != nil {
		return d.again(c, a, err)
	}
	c.Flash("waiting.entered")
	return c.Redirect("/waiting")
}

// may reports whether the holder that was chosen is one that was offered.
func (d *Desk) may(a askData) bool {
	for _, o := range a.Groups {
		if o.Value == a.For {
			return true
		}
	}
	return false
}

// options offers what somebody holds on the day: each whole, and the bands of
// it and runs of them.
func (a askData) options(ctx context.Context) []ui.Option {
	var out []ui.Option
	add := func(from, to int) {
		o := ui.Option{Value: bandValue(from, to), Label: times(ctx, from, to)}
		if !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	for _, r := range a.Held {
		from := int(r.Span.Start.Sub(a.Day.At(0)).Minutes())
		to := from + r.Span.Minutes()
		if from < 0 {
			continue // it began the day before
		}
		for i, first := range a.Room.Bands {
			for _, last := range a.Room.Bands[i:] {
				if first.From >= from && last.To <= to {
					add(first.From, last.To)
				}
			}
		}
		if len(a.Room.Bands) == 0 {
			add(from, to)
		}
	}
	return out
}

func bandValue(from, to int) string { return strconv.Itoa(from) + "-" + strconv.Itoa(to) }

// newPath is where somebody asks to wait for a room on a day.
func newPath(room db.ID, day jp.Date) string {
	return "/waiting/new?" + url.Values{"room": {room.String()}, "day": {day.String()}}.Encode()
}

// NewPath is where somebody asks to wait for a time, in minutes after midnight.
func NewPath(room db.ID, day jp.Date, from, to int) string {
	return newPath(room, day) + "&from=" + strconv.Itoa(from) + "&to=" + strconv.Itoa(to)
}
