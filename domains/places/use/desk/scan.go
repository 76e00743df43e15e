package desk

import (
	"strconv"

	"github.com/a-h/templ"

	"kakehashi/domains/places/reservation"
	reservationdesk "kakehashi/domains/places/reservation/desk"
	"kakehashi/domains/places/use"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/web"
)

// arriveData is the page that notes an arrival.
type arriveData struct {
	named
	Who     string
	Day     use.Record
	Open    bool
	Clerk   bool
	Action  string
	Back    string
	Problem web.Problem
}

// scan is what a camera opens from the QR of a reservation: one press for the
// clerk, and for the group itself a page that says to show it.
func (d *Desk) scan(c *web.Context) error { return d.askScan(c, nil) }

func (d *Desk) askScan(c *web.Context, failed error) error {
	id, _ := d.use.Coded(c.Path("code"))
	var a arriveData
	err := d.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		r, err := reservation.Get(tx, id)
		if err != nil {
			return err
		}
		a, err = d.arrival(tx, c, r)
		return err
	})
	if err != nil {
		return err
	}
	if !a.Clerk {
		return c.Redirect(reservation.Path(id))
	}
	a.Action, a.Back = "/use/"+c.Path("code"), "/office/use"
	return d.page(c, failed, web.Meta{Title: c.Loc.T("use.arrive.title"), Back: "/office/use"}, func(p web.Problem) templ.Component {
		a.Problem = p
		return arriveView(a)
	})
}

// arrival reads what the page says.
func (d *Desk) arrival(tx *db.Tx, c *web.Context, r reservation.Reservation) (a arriveData, err error) {
	if a.named, err = d.named(tx, r); err != nil {
		return a, err
	}
	if a.Who, err = d.use.Holder(tx, r, c.Loc); err != nil {
		return a, err
	}
	days, err := use.Records(tx, []db.ID{r.ID})
	a.Day, a.Open, a.Clerk = days[r.ID], use.Open(r, tx.Now), reservationdesk.ClerkOf(c.Viewer, r.Office)
	return a, err
}

func (d *Desk) scanned(c *web.Context) error {
	id, _ := d.use.Coded(c.Path("code"))
	err := d.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		r, err := reservation.Get(tx, id)
		if err == nil && !reservationdesk.ClerkOf(c.Viewer, r.Office) {
			err = fault.New(fault.NotFound, "web.error.not_found")
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := d.use.Arrive(c.Context(), c.Actor(), id, number(c, "heads")); err != nil {
		return d.askScan(c, err)
	}
	c.Flash("use.arrived.done")
	return c.Redirect("/use/" + c.Path("code"))
}

// here is what a camera opens from the QR in a room or at the entrance: the
// reader's own booking there.
func (d *Desk) here(c *web.Context) error { return d.askHere(c, nil) }

func (d *Desk) askHere(c *web.Context, failed error) error {
	place, err := c.PathID("place")
	if err != nil {
		return err
	}
	var a arriveData
	found := false
	err = d.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		r, ok, err := d.use.Here(tx, self(c.Viewer), place)
		if found = ok; err != nil || !ok {
			return err
		}
		a, err = d.arrival(tx, c, r)
		return err
	})
	if err != nil {
		return err
	}
	m := web.Meta{Title: c.Loc.T("use.arrive.title"), Field: "place", Back: "/me/reservations"}
	if !found {
		return c.Page(m, nothingHereView())
	}
	a.Action, a.Back = "/use/at/"+place.String(), reservation.Path(a.ID)
	return d.page(c, failed, m, func(p web.Problem) templ.Component {
		a.Problem = p
		return arriveView(a)
	})
}

func (d *Desk) arrived(c *web.Context) error {
	place, err := c.PathID("place")
	if err != nil {
		return err
	}
	var id db.ID
	err = d.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		r, ok, err := d.use.Here(tx, self(c.Viewer), place)
		if err == nil && !ok {
			err = fault.New(fault.Conflict, "use.error.state")
		}
		id = r.ID
		return err
	})
	if err == nil {
		err = d.use.Arrive(c.Context(), c.Actor(), id, number(c, "heads"))
	}
	if err != nil {
		return d.askHere(c, err)
	}
	c.Flash("use.arrived.done")
	return c.Redirect(reservation.Path(id))
}

// number reads a number of the form: 0 for none, -1 for what is none.
func number(c *web.Context, name string) int64 {
	s := c.Form().Get(name)
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(folded(s), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// tagData is the page behind the tag of a thing.
type tagData struct {
	use.Thing
	Out     *use.Loan // who has it
	Holder  string    // of Out
	Choices []choice  // to whom it can be handed
	Problem web.Problem
}

// choice is a reservation that a thing can be handed to.
type choice struct {
	named
	Who   string
	Asked bool
}

// mostChoices is how many reservations a tag offers.
const mostChoices = 4

func (d *Desk) tag(c *web.Context) error { return d.askTag(c, nil) }

func (d *Desk) askTag(c *web.Context, failed error) error {
	var t tagData
	err := d.deps.DB.Read(c.Context(), func(tx *db.Tx) (err error) {
		if t.Thing, err = use.Tagged(tx, c.Path("code")); err != nil {
			return err
		}
		log, err := use.Log(tx, t.Thing.ID)
		if err != nil {
			return err
		}
		if len(log) > 0 && log[0].Back.IsZero() {
			t.Out = &log[0]
			r, err := reservation.Get(tx, log[0].Reservation)
			if err != nil {
				return err
			}
			t.Holder, err = d.use.Holder(tx, r, c.Loc)
			return err
		}
		t.Choices, err = d.choices(tx, c, t.Thing)
		return err
	})
	if err != nil {
		return err
	}
	return d.page(c, failed, web.Meta{Title: t.Name, Back: "/office/use"}, func(p web.Problem) templ.Component {
		t.Problem = p
		return tagView(t)
	})
}

// choices are the reservations of now and next that the thing may go to: those
// of its room, or those that asked for it first.
func (d *Desk) choices(tx *db.Tx, c *web.Context, t use.Thing) ([]choice, error) {
	room, err := d.use.Facility(tx, t.Facility)
	if err != nil {
		return nil, err
	}
	list, err := d.use.Today(tx, room.Office, t.Facility)
	if err != nil {
		return nil, err
	}
	var first, rest []choice
	for _, e := range list {
		if !e.Span.End.After(tx.Now) || e.State == reservation.NoShow || t.Room != 0 && e.Reservation.Room != t.Room {
			continue
		}
		n, err := d.named(tx, e.Reservation)
		if err != nil {
			return nil, err
		}
		ch := choice{n, c.Loc.Text(e.Group), len(use.Asked(e.Reservation, []use.Thing{t})) > 0}
		if ch.Who == "" {
			ch.Who = e.Who
		}
		if ch.Asked {
			first = append(first, ch)
		} else {
			rest = append(rest, ch)
		}
	}
	all := append(first, rest...)
	return all[:min(mostChoices, len(all))], nil
}

func (d *Desk) tagged(c *web.Context) error {
	var t use.Thing
	err := d.deps.DB.Read(c.Context(), func(tx *db.Tx) (err error) { t, err = use.Tagged(tx, c.Path("code")); return err })
	if err != nil {
		return err
	}
	flash := "use.back.done"
	if to, bad := db.ParseID(c.Form().Get("to")); bad == nil {
		err, flash = d.use.HandOut(c.Context(), c.Actor(), t.ID, to), "use.out.done"
	} else {
		err = d.use.TakeBack(c.Context(), c.Actor(), t.ID)
	}
	if err != nil {
		return d.askTag(c, err)
	}
	c.Flash(flash)
	return c.Redirect("/use/tag/" + t.Code)
}
