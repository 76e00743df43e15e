package desk

import (
	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/desk"
	"kakehashi/domains/places/rules"
	"kakehashi/domains/places/rules/replay"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// Neighbours are what the pages of rules need of others.
type Neighbours struct {
	// GroupKinds are the kinds of groups in the order of a menu, each named by
	// the message groups.kind.KIND.
	GroupKinds []string
	// Who returns a holder as rules see them; nil: everybody is of the city.
	Who func(tx *db.Tx, group, person db.ID) (rules.Who, error)
	// GroupsOf lists the groups for which a person books, and GroupName names
	// one; nil: none.
	GroupsOf  func(tx *db.Tx, person db.ID) ([]db.ID, error)
	GroupName func(tx *db.Tx, group db.ID) (i18n.Text, error)
	// PlaceOf is a room as rules see it.
	PlaceOf func(r *facility.Room) rules.Place
	// Fee works out what a past use costs under a book, in yen; nil: fees cannot
	// be replayed.
	Fee func(b *rules.Book, p replay.Past) int64
}

// Desk serves the pages of rules.
type Desk struct {
	deps  module.Deps
	rules *rules.Directory
	rooms *facility.Directory
	near  Neighbours
}

// New returns the desk; it does no I/O.
func New(deps module.Deps, r *rules.Directory, rooms *facility.Directory, near Neighbours) *Desk {
	return &Desk{deps: deps, rules: r, rooms: rooms, near: near}
}

// Path is where everybody reads the rules.
const Path = "/places/rules"

const officePath = "/office/rules"

func rulePath(id db.ID) string { return officePath + "/" + id.String() }

// Join hands over routes and messages.
func (d *Desk) Join(m *module.Module, _ *desk.Desk) {
	m.Messages = append(m.Messages, rules.Messages())
	m.Routes = append(m.Routes, d.routes()...)
	m.Live = append(m.Live, rules.Topic)
	m.Nav = append(m.Nav, module.Nav{
		Place: module.InOffice, Path: officePath, LabelKey: "rules.title", Icon: string(ui.IconList), Order: 45,
		Show: func(v web.Viewer) bool { return v.Holds(web.RoleClerk) },
	})
}

func (d *Desk) routes() []web.Route {
	clerk, one := web.Holding(web.RoleClerk), web.Concerned("rules.office", d.concerned)
	return []web.Route{
		{Pattern: "GET " + Path, Access: web.Public(), Handle: d.public, Cached: []string{rules.Topic, facility.Topic}, Query: []string{"facility"}},
		{Pattern: "GET /office/rules", Access: clerk, Handle: d.list},
		{Pattern: "GET /office/rules/new", Access: clerk, Handle: d.edit},
		{Pattern: "POST /office/rules/new", Access: clerk, Handle: d.save},
		{Pattern: "GET /office/rules/{id}", Access: one, Handle: d.edit},
		{Pattern: "POST /office/rules/{id}", Access: one, Handle: d.save},
		{Pattern: "POST /office/rules/{id}/withdraw", Access: one, Handle: d.withdraw},
		{Pattern: "GET /office/rules/{id}/preview", Access: one, Handle: d.preview},
	}
}

// concerned reports whether the rule in the path is for the viewer to edit: the
// city's for every clerk, a facility's for those of the office that answers for
// it.
func (d *Desk) concerned(c *web.Context) (ok bool, err error) {
	id, err := c.PathID("id")
	if err != nil {
		return false, nil
	}
	err = d.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		r, err := rules.Get(tx, id)
		if err == nil {
			ok, err = d.answers(tx, c.Viewer, r.Facility)
		}
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return ok, err
}

// answers reports whether the viewer may decide for the facility, 0 the city.
func (d *Desk) answers(tx *db.Tx, v web.Viewer, of db.ID) (bool, error) {
	if of == 0 || !v.Holds(web.RoleClerk) {
		return v.Holds(web.RoleClerk), nil
	}
	f, err := facility.Get(tx, of)
	return err == nil && v.HoldsFor(web.RoleClerk, web.Scope{Kind: "office", ID: f.Office}), err
}

// past returns the bookings of the last months with what rules ask of them, at
// most replay.Most, and whether there were more.
func (d *Desk) past(c *web.Context, r rules.Rule, months int) (out []replay.Past, more bool, err error) {
	snap, err := d.rooms.Get(c.Context())
	if err != nil {
		return nil, false, err
	}
	err = d.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		var all []reservation.Reservation
		today := dateOf(tx)
		out, more = nil, false
		err := reservation.EachPast(tx, today.AddMonths(-months), today.AddDays(-1), func(one reservation.Reservation) bool {
			room, ok := snap.Room(one.Room)
			if ok && (r.Facility == 0 || room.Facility == r.Facility) && one.State != reservation.Refused {
				more = len(all) == replay.Most
				if !more {
					all = append(all, one)
				}
			}
			return !more
		})
		if err != nil {
			return err
		}
		who := map[db.ID]rules.Who{}
		for _, one := range all {
			room, _ := snap.Room(one.Room)
			id := one.Group
			if id == 0 {
				id = one.Person
			}
			w, known := who[id]
			if !known {
				if w, err = d.who(tx, one.Group, one.Person); err != nil {
					return err
				}
				who[id] = w
			}
			out = append(out, replay.Past{Reservation: one, Room: room, Place: d.near.PlaceOf(&room), Who: w})
		}
		return nil
	})
	return out, more, err
}

// who returns a holder as rules see them; who is gone counts as one of the city.
func (d *Desk) who(tx *db.Tx, group, person db.ID) (rules.Who, error) {
	w := rules.Who{Holder: group, Resident: true}
	if group == 0 {
		w.Holder = person
	}
	if d.near.Who == nil || w.Holder == 0 {
		return w, nil
	}
	found, err := d.near.Who(tx, group, person)
	if fault.Is(err, fault.NotFound) {
		return w, nil
	}
	return found, err
}
