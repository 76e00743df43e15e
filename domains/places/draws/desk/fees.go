package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"kakehashi/domains/places/draws"
	"kakehashi/domains/places/fee"
	"kakehashi/domains/places/reservation"
	bookings "kakehashi/domains/places/reservation/desk"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// questions are what the wishes together are asked, as booking asks each.
type questions struct {
	fee.Questions
	Room reservation.RoomInfo // one that asks for music, if any does
}

// add takes in what one wish is asked.
func (q *questions) add(other fee.Questions) {
	q.Use, q.Admission, q.Commercial = q.Use || other.Use, q.Admission || other.Admission, q.Commercial || other.Commercial
	for _, e := range other.Extras {
		if !slices.ContainsFunc(q.Extras, func(has rules.Extra) bool { return has.Key == e.Key }) {
			q.Extras = append(q.Extras, e)
		}
	}
}

// wishFee is what wishes of one kind cost, line by line.
type wishFee struct {
	Ranks []int
	Total int64
	Lines []templ.Component
	like  draws.Wish
}

// priced asks what the wishes' fees depend on, and works them out. Times of one
// room and one price are told once.
func (d *Desk) priced(c *web.Context, tx *db.Tx, e *enterData) error {
	if d.on == nil || d.near.Fee == nil {
		return nil
	}
	for i, w := range e.Wishes {
		r := e.Mine.Wished(w)
		asks, loud, err := d.on.Questions(tx, r)
		if err != nil {
			return err
		}
		if e.Asks.add(asks); loud || i == 0 {
			if e.Asks.Room, err = d.svc.Room(tx, w.Room); err != nil {
				return err
			}
		}
		total, err := d.near.Fee(tx, r)
		if err != nil {
			return err
		}
		like := draws.Wish{Room: w.Room, From: w.From, To: w.To, Day: jp.Date{}}
		k := slices.IndexFunc(e.Fees, func(f wishFee) bool { return f.like == like && f.Total == total })
		if k >= 0 {
			e.Fees[k].Ranks = append(e.Fees[k].Ranks, i+1)
			continue
		}
		lines, err := d.on.Checked(c, tx, r)
		if err != nil {
			return err
		}
		e.Fees = append(e.Fees, wishFee{[]int{i + 1}, total, lines, like})
	}
	return nil
}

// seen names the fees that a form shows, so that nobody enters for another than
// they saw.
func (e enterData) seen() string {
	out := make([]string, len(e.Fees))
	for i, f := range e.Fees {
		out[i] = strconv.FormatInt(f.Total, 10)
	}
	return strings.Join(out, ".")
}

// askedFields are the questions of booking.
func (e enterData) askedFields() templ.Component {
	return bookings.AskedFields(e.Asks.Questions, e.Asks.Room, e.Mine.Asked, e.Mine.Loud)
}

// title names the wishes that a fee is of; "" when it is that of all.
func (f wishFee) title(ctx context.Context, all int) string {
	if len(f.Ranks) == all {
		return ""
	}
	loc := i18n.From(ctx)
	names := make([]string, len(f.Ranks))
	for i, r := range f.Ranks {
		names[i] = loc.Number(int64(r))
	}
	return loc.T("draws.fee.line", "ranks", strings.Join(names, "・"))
}
