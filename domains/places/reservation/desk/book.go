package desk

import (
	"github.com/a-h/templ"

	"kakehashi/domains/places/fee"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// bookData is what the pages of booking show.
type bookData struct {
	Draft       draft
	Room        reservation.RoomInfo
	Taken, Shut quarter.Bits // of the day
	Groups      []ui.Option  // for whom the reader may book
	Name        string       // of the person booked for
	Behalf      bool         // somebody enters it for the person
	Helper      bool         // the reader may enter things for others
	Today, Last jp.Date
	Plan        *reservation.Plan // of a series, on the last page
	Near        []reservation.Vacancy
	Panels      []templ.Component // on the last page
	Action      string            // where a conflict's form goes
	Asks        fee.Questions     // what the fee depends on
	Problem     web.Problem
}

// load reads what is shown of the room.
func (d *Desk) load(tx *db.Tx, c *web.Context, b *bookData) (err error) {
	if b.Room, err = d.svc.Room(tx, b.Draft.Room); err != nil {
		return err
	}
	b.Today = jp.DateOf(tx.Now)
	b.Last = b.Today.AddDays(d.svc.Limits().HorizonDays)
	b.Behalf = c.Viewer.OnBehalfOf != 0
	b.Helper = c.Viewer.Holds(web.RoleClerk) || c.Viewer.Holds(web.RoleOfficer) || c.Viewer.Holds(web.RoleRepresentative)
	b.Name = c.Viewer.Name
	if b.Behalf {
		b.Name = c.Viewer.OnBehalfName
	}
	if !b.Draft.Day.IsZero() {
		if b.Taken, b.Shut, err = d.svc.Gone(tx, b.Room, b.Draft.Day); err != nil {
			return err
		}
		if b.Asks, err = d.asks(tx, b.Draft.wish(self(c.Viewer), c.Loc.Lang())); err != nil {
			return err
		}
	}
	return nil
}

// loadAll reads what the steps of booking show: besides the room, for whom the
// reader may book.
func (d *Desk) loadAll(tx *db.Tx, c *web.Context, b *bookData) (err error) {
	if err := d.load(tx, c, b); err != nil {
		return err
	}
	b.Groups, err = d.holders(tx, c, self(c.Viewer), b.Name)
	return err
}

// holders offers for whom the person may book: their groups, and themselves
// where they may.
func (d *Desk) holders(tx *db.Tx, c *web.Context, person db.ID, name string) ([]ui.Option, error) {
	groups, err := d.groupsOf(tx, person)
	if err != nil {
		return nil, err
	}
	var out []ui.Option
	for _, g := range groups {
		label, err := d.groupName(tx, c.Loc, g)
		if err != nil {
			return nil, err
		}
		out = append(out, ui.Option{Value: g.String(), Label: label})
	}
	switch err := d.mayBook(tx, person, 0); {
	case err == nil:
		out = append(out, ui.Option{Value: forMe, Label: c.Loc.T("reservation.for.me", "name", name)})
	case len(out) == 0 || fault.KindOf(err) == fault.Internal:
		return nil, err
	}
	return out, nil
}

func (d *Desk) groupName(tx *db.Tx, loc *i18n.Localizer, group db.ID) (string, error) {
	if d.near.GroupName == nil || group == 0 {
		return "", nil
	}
	name, err := d.near.GroupName(tx, group)
	return loc.Text(name), err
}

func (d *Desk) personName(tx *db.Tx, person db.ID) (string, error) {
	if d.near.PersonName == nil || person == 0 {
		return "", nil
	}
	name, err := d.near.PersonName(tx, person)
	if fault.Is(err, fault.NotFound) { // erased
		return "", nil
	}
	return name, err
}

func bookMeta(c *web.Context, room db.ID) web.Meta {
	return web.Meta{Title: c.Loc.T("reservation.book.title"), Field: "place", Back: "/places/rooms/" + room.String()}
}

// showBook shows the first step that is not done, or the one that is asked for.
func (d *Desk) showBook(c *web.Context) error {
	b := bookData{Draft: readDraft(c.Form()), Action: "/reservations/new"}
	if b.Draft.Room == 0 {
		return c.Redirect("/places/search")
	}
	step, failed := stepCheck, error(nil)
	err := d.read(c, func(tx *db.Tx) error {
		if err := d.loadAll(tx, c, &b); err != nil {
			return err
		}
		for _, s := range steps[:3] {
			if b.Draft.Step == s || !b.Draft.behind(s) {
				step = s
				return nil
			}
			if failed = d.checkStep(tx, s, self(c.Viewer), &b); failed != nil {
				step = s
				return nil
			}
		}
		failed = d.mayBook(tx, self(c.Viewer), b.Draft.Group)
		var err error
		b.Panels, err = d.panels(c, tx, CheckPage, b.Draft.wish(self(c.Viewer), c.Loc.Lang()))
		return err
	})
	if err != nil {
		return err
	}
	if failed == nil && step == stepCheck && b.Draft.repeats() {
		p, err := d.svc.Plan(c.Context(), b.Draft.wish(self(c.Viewer), c.Loc.Lang()), b.Draft.rule())
		if err != nil {
			return err
		}
		b.Plan = &p
	}
	return d.again(c, b, step, failed)
}

// again shows a step, with what was wrong with it; a time that somebody else
// has gets the page that offers others.
func (d *Desk) again(c *web.Context, b bookData, step string, failed error) error {
	if clash, ok := reservation.AsClash(failed); ok {
		near, err := d.svc.Nearest(c.Context(), clash.Room, clash.Span, max(b.Draft.People, 1))
		if err != nil {
			return err
		}
		b.Near = near
		err = d.read(c, func(tx *db.Tx) (err error) {
			b.Panels, err = d.panels(c, tx, TakenPage, b.Draft.wish(self(c.Viewer), c.Loc.Lang()))
			return err
		})
		if err != nil {
			return err
		}
		return c.Retry(failed, bookMeta(c, b.Draft.Room), func(p web.Problem) templ.Component {
			b.Problem = p
			return takenView(b)
		})
	}
	return c.Retry(failed, bookMeta(c, b.Draft.Room), func(p web.Problem) templ.Component {
		b.Problem = p
		return stepView(b, step)
	})
}

// book books what was checked.
func (d *Desk) book(c *web.Context) error {
	b := bookData{Draft: readDraft(c.Form()), Action: "/reservations/new"}
	person := self(c.Viewer)
	wish := b.Draft.wish(person, c.Loc.Lang())
	err := d.read(c, func(tx *db.Tx) error {
		if err := d.loadAll(tx, c, &b); err != nil {
			return err
		}
		return d.mayBook(tx, person, wish.Group)
	})
	if err != nil {
		return err
	}
	var made reservation.Reservation
	if b.Draft.repeats() {
		var s reservation.Series
		if s, err = d.svc.BookSeries(c.Context(), c.Actor(), wish, b.Draft.rule()); err == nil {
			made = s.Booked[0]
		}
	} else {
		made, err = d.svc.Book(c.Context(), c.Actor(), wish)
	}
	if err != nil {
		switch own, twice, failed := d.pressedTwice(c, wish, err); {
		case failed != nil:
			return failed
		case twice:
			return c.Redirect(reservation.Path(own) + "/done")
		}
		return d.again(c, b, stepCheck, err)
	}
	return c.Redirect(reservation.Path(made.ID) + "/done")
}

// pressedTwice returns the reservation that a wish already became, where what
// stands in its way is the same wish of the same person.
func (d *Desk) pressedTwice(c *web.Context, wish reservation.Reservation, err error) (own db.ID, twice bool, failed error) {
	if _, clash := reservation.AsClash(err); !clash {
		return 0, false, nil
	}
	failed = d.read(c, func(tx *db.Tx) error {
		there, err := reservation.Between(tx, wish.Room, wish.Day(), wish.Day())
		for _, r := range there {
			if r.Person == wish.Person && r.Group == wish.Group && r.Purpose == wish.Purpose &&
				r.Span.Start.Equal(wish.Span.Start) && r.Span.End.Equal(wish.Span.End) {
				own, twice = r.ID, true
			}
		}
		return err
	})
	return own, twice, failed
}
