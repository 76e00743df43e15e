package basket

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"kakehashi/domains/places/reservation"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// bookData is what the last page shows.
type bookData struct {
	Items   []item
	Groups  []ui.Option
	For     string
	People  string
	Purpose string
	Most    int64 // people that the smallest room holds
	Total   int64 // yen
	Fees    bool  // what it costs is known
	Problem web.Problem
}

// forMe is the value of the field "for" that means the person alone.
const forMe = "me"

// self is the person for whom the viewer acts: themselves, as a rule.
func self(v web.Viewer) db.ID {
	if v.OnBehalfOf != 0 {
		return v.OnBehalfOf
	}
	return v.Person
}

// swapped applies the choices of a form that was shown because slots were gone:
// another time in place of one, or none.
func swapped(all []Slot, choice func(name string) string) []Slot {
	var out []Slot
	for _, s := range all {
		switch text := choice("swap." + s.String()); text {
		case "":
			out = append(out, s)
		case "drop":
		default:
			if other, ok := ParseSlot(text); ok && !slices.Contains(out, other) {
				out = append(out, other)
			}
		}
	}
	slices.SortFunc(out, bySlot)
	return out
}

// load reads what the last page shows.
func (b *Basket) load(c *web.Context, slots []Slot) (d bookData, err error) {
	form := c.Form()
	d = bookData{For: form.Get("for"), People: form.Get("people"), Purpose: form.Get("purpose"), Fees: b.near.Fee != nil}
	person := self(c.Viewer)
	err = b.deps.DB.Read(c.Context(), func(tx *db.Tx) (err error) {
		if d.Items, err = b.items(tx, slots); err != nil {
			return err
		}
		if d.Groups, err = b.holders(tx, c, person); err != nil {
			return err
		}
		if d.For == "" && len(d.Groups) > 0 {
			d.For = d.Groups[0].Value
		}
		d.Total = 0
		for i := range d.Items {
			it := &d.Items[i]
			if d.Most == 0 || it.Info.Capacity < d.Most {
				d.Most = it.Info.Capacity
			}
			if b.near.Fee == nil {
				continue
			}
			if it.Fee, err = b.near.Fee(tx, d.wish(*it, person)); err != nil {
				return err
			}
			d.Total += it.Fee
		}
		return nil
	})
	return d, err
}

// holders offers for whom the person may book.
func (b *Basket) holders(tx *db.Tx, c *web.Context, person db.ID) (out []ui.Option, err error) {
	near := b.near.Reservation
	var groups []db.ID
	if near.GroupsOf != nil {
		if groups, err = near.GroupsOf(tx, person); err != nil {
			return nil, err
		}
	}
	for _, g := range groups {
		var name i18n.Text
		if near.GroupName != nil {
			if name, err = near.GroupName(tx, g); err != nil {
				return nil, err
			}
		}
		out = append(out, ui.Option{Value: g.String(), Label: c.Loc.Text(name)})
	}
	if near.MayAlone != nil {
		if err := near.MayAlone(tx, person); err != nil {
			if fault.KindOf(err) == fault.Internal || len(out) == 0 {
				return nil, err
			}
			return out, nil
		}
	}
	return append(out, ui.Option{Value: forMe, Label: c.Loc.T("basket.for.me", "name", cmp.Or(c.Viewer.OnBehalfName, c.Viewer.Name))}), nil
}

// wish is one item as a reservation.
func (d bookData) wish(it item, person db.ID) reservation.Reservation {
	r := reservation.Reservation{Room: it.Room, Span: it.Span(), Person: person, Headcount: int64(atoi(d.People)), Purpose: strings.TrimSpace(d.Purpose)}
	if d.For != forMe {
		r.Group, _ = db.ParseID(d.For)
	}
	return r
}

func (b *Basket) ask(c *web.Context) error {
	d, err := b.load(c, parse(c.Recall(cookie)))
	if err != nil {
		return err
	}
	if len(d.Items) == 0 {
		return c.Redirect("/basket")
	}
	return b.again(c, d, nil)
}

// again shows the last page, with what is free near each slot that is gone.
func (b *Basket) again(c *web.Context, d bookData, failed error) error {
	for i := range d.Items {
		it := &d.Items[i]
		if !it.Gone {
			continue
		}
		near, err := b.svc.Nearest(c.Context(), it.Room, it.Span(), max(1, int64(atoi(d.People))))
		if err != nil {
			return err
		}
		for _, v := range near {
			if s := slotOf(v); !slices.ContainsFunc(d.Items, func(o item) bool { return o.Room == s.Room && o.Span().Overlaps(s.Span()) }) {
				it.Near = append(it.Near, v)
			}
		}
	}
	return c.Retry(failed, meta(c, "basket.book.title", "/basket"), func(p web.Problem) templ.Component {
		d.Problem = p
		return bookView(d)
	})
}

// book books all or none. Where one is gone, the page says which.
func (b *Basket) book(c *web.Context) error {
	slots := swapped(parse(c.Recall(cookie)), c.Form().Get)
	if err := c.Remember(cookie, format(slots), keep); err != nil {
		return err
	}
	d, err := b.load(c, slots)
	if err != nil {
		return err
	}
	if len(d.Items) == 0 {
		return c.Redirect("/basket")
	}
	var check fault.Check
	check.Field(slices.ContainsFunc(d.Groups, func(o ui.Option) bool { return o.Value == d.For }), "for", "basket.error.for")
	if err := check.Err(); err != nil {
		return b.again(c, d, err)
	}
	wishes := make([]reservation.Reservation, len(d.Items))
	for i, it := range d.Items {
		wishes[i] = d.wish(it, self(c.Viewer))
	}
	made, err := b.reserve(c.Context(), c.Actor(), wishes)
	if err != nil {
		if clash, ok := reservation.AsClash(err); ok {
			for i := range d.Items {
				it := &d.Items[i]
				it.Gone = it.Gone || it.Room == clash.Room && it.Span().Start.Equal(clash.Span.Start)
			}
			err = fault.New(fault.Conflict, "basket.error.gone").Because(err)
		}
		return b.again(c, d, err)
	}
	c.Forget(cookie)
	c.Flash("basket.booked")
	return c.Redirect(reservation.Path(made[0].ID) + "/done")
}

// reserve books the wishes. One alone is a booking like any other: no series, and
// the message of one.
func (b *Basket) reserve(ctx context.Context, actor db.Actor, wishes []reservation.Reservation) ([]reservation.Reservation, error) {
	if len(wishes) > 1 {
		return b.svc.BookMany(ctx, actor, wishes)
	}
	one, err := b.svc.Book(ctx, actor, wishes[0])
	return []reservation.Reservation{one}, err
}

// others are what can be had in place of a slot that is gone.
func (it item) others(ctx context.Context) []ui.Option {
	loc := i18n.From(ctx)
	var out []ui.Option
	for _, v := range it.Near {
		out = append(out, ui.Option{Value: slotOf(v).String(), Label: loc.Text(v.Place) + " " + loc.Text(v.Name) + " · " + loc.Range(v.Span.Start, v.Span.End)})
	}
	return append(out, ui.Option{Value: "drop", Label: tr(ctx, "basket.without")})
}

// first is what is chosen beforehand in place of a slot that is gone.
func (it item) first() string {
	if len(it.Near) == 0 {
		return "drop"
	}
	return slotOf(it.Near[0]).String()
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
