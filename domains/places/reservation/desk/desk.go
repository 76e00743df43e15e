package desk

import (
	"context"

	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/calendar"
	"kakehashi/domains/places/reservation/cast"
	"kakehashi/domains/places/reservation/letter"
	"kakehashi/domains/places/reservation/tally"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/inbox"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// Desk serves everything about reservations that people meet.
type Desk struct {
	deps  module.Deps
	svc   *reservation.Service
	near  reservation.Neighbours
	feeds *calendar.Feeds
	shown map[Page][]Panel
	asker Asker // nil: nothing is asked
}

// New returns the desk; it does no I/O.
func New(deps module.Deps, svc *reservation.Service, near reservation.Neighbours) *Desk {
	return &Desk{deps: deps, svc: svc, near: near, feeds: calendar.New(deps, svc, near), shown: map[Page][]Panel{}}
}

// Routes are the pages and feeds of reservations.
func (d *Desk) Routes() []web.Route {
	in, mine := web.SignedIn(), web.Concerned("reservation.mine", d.concerned)
	clerk := web.Concerned("reservation.office", d.ofOffice)
	routes := []web.Route{
		{Pattern: "GET /reservations/new", Access: in, Handle: d.showBook},
		{Pattern: "POST /reservations", Access: in, Handle: d.book},
		{Pattern: "GET /me/reservations", Access: in, Handle: d.mine},
		{Pattern: "GET /reservations/{id}", Access: mine, Handle: d.show},
		{Pattern: "GET /reservations/{id}/done", Access: mine, Handle: d.done},
		{Pattern: "GET /reservations/{id}/print", Access: mine, Handle: d.print},
		{Pattern: "GET /reservations/{id}/calendar.ics", Access: mine, Handle: d.file},
		{Pattern: "GET /reservations/{id}/series", Access: mine, Handle: d.series},
		{Pattern: "POST /reservations/{id}/series/cancel", Access: mine, Handle: d.cancelSeries},
		{Pattern: "GET /reservations/{id}/change", Access: mine, Handle: d.showChange},
		{Pattern: "POST /reservations/{id}/change", Access: mine, Handle: d.change},
		{Pattern: "GET /reservations/{id}/cancel", Access: mine, Handle: d.showCancel},
		{Pattern: "POST /reservations/{id}/cancel", Access: mine, Handle: d.cancel},
		{Pattern: "GET /reservations/{id}/public", Access: web.Public(), Handle: d.public, Cached: []string{reservation.Topic, "places"}},
		{Pattern: "GET /office/reservations", Access: web.Holding(web.RoleClerk), Handle: d.list},
		{Pattern: "GET /office/reservations/export", Access: web.Holding(web.RoleClerk), Handle: d.export},
		{Pattern: "GET /office/reservations/{id}", Access: clerk, Handle: d.office},
		{Pattern: "POST /office/reservations/{id}/approve", Access: clerk, Handle: d.decide},
		{Pattern: "POST /office/reservations/{id}/refuse", Access: clerk, Handle: d.decide},
		{Pattern: "POST /office/reservations/{id}/no-show", Access: clerk, Handle: d.noShow},
	}
	return append(routes, d.feeds.Routes()...)
}

// Join hands everything of reservations over to the module of places, but for
// Jobs and API, which it takes as functions. Its demo comes after that of rooms.
func (d *Desk) Join(m *module.Module) {
	m.Messages = append(m.Messages, reservation.Messages())
	m.Routes = append(m.Routes, d.Routes()...)
	m.Nav = append(m.Nav, d.Nav()...)
	m.Mails = append(m.Mails, letter.Kinds(d.deps.BaseURL)...)
	m.Inbox = append(m.Inbox, d.Inbox()...)
	m.Personal = append(m.Personal, d.Personal())
	m.Checks = append(m.Checks, tally.Checks()...)
	rooms := m.Demo
	m.Demo = func(ctx context.Context, demo *module.Demo) error {
		if rooms != nil {
			if err := rooms(ctx, demo); err != nil {
				return err
			}
		}
		return cast.Fill(ctx, demo, d.svc)
	}
}

// Nav are the desk's entries of navigation.
func (d *Desk) Nav() []module.Nav {
	return []module.Nav{
		{Place: module.InMine, Path: "/me/reservations", LabelKey: "reservation.mine.title", Icon: string(ui.IconCalendar), Show: web.Viewer.SignedIn, Order: 20},
		{Place: module.InOffice, Path: "/office/reservations", LabelKey: "reservation.office.title", Icon: string(ui.IconCalendar),
			Show: func(v web.Viewer) bool { return v.Holds(web.RoleClerk) }, Order: 20},
	}
}

// Inbox are what a clerk does to requests, one or many at once.
func (d *Desk) Inbox() []inbox.Action {
	return []inbox.Action{
		{Kind: reservation.InboxKind, Name: "approve", LabelKey: "reservation.approve", Do: d.svc.Approve},
		{Kind: reservation.InboxKind, Name: "refuse", LabelKey: "reservation.refuse", Reason: true,
			Do: func(ctx context.Context, a db.Actor, id db.ID, reason string) error {
				return d.svc.Refuse(ctx, a, id, reason)
			}},
	}
}

// concerned reports whether the reservation in the path is the viewer's
// business.
func (d *Desk) concerned(c *web.Context) (ok bool, err error) {
	id, err := c.PathID("id")
	if err != nil {
		return false, nil
	}
	err = d.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		r, err := reservation.Get(tx, id)
		if err != nil {
			return err
		}
		ok, err = d.concerns(tx, c.Viewer, r)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return ok, err
}

// self is the person for whom the viewer acts: themselves, as a rule.
func self(v web.Viewer) db.ID {
	if v.OnBehalfOf != 0 {
		return v.OnBehalfOf
	}
	return v.Person
}

// concerns reports whether the reservation is the viewer's business.
func (d *Desk) concerns(tx *db.Tx, v web.Viewer, r reservation.Reservation) (bool, error) {
	if r.Person == self(v) || r.MadeBy == v.Person || ClerkOf(v, r.Office) {
		return true, nil
	}
	if r.Group == 0 {
		return false, nil
	}
	groups, err := d.groupsOf(tx, self(v))
	for _, g := range groups {
		if g == r.Group {
			return true, err
		}
	}
	return false, err
}

// ClerkOf reports whether the viewer decides for the office.
func ClerkOf(v web.Viewer, office db.ID) bool {
	return office != 0 && v.HoldsFor(web.RoleClerk, web.Scope{Kind: "office", ID: office})
}

// ofOffice reports whether the reservation in the path is for the viewer's
// office to decide.
func (d *Desk) ofOffice(c *web.Context) (ok bool, err error) {
	id, err := c.PathID("id")
	if err != nil {
		return false, nil
	}
	err = d.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		r, err := reservation.Get(tx, id)
		ok = ClerkOf(c.Viewer, r.Office)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return ok, err
}

// groupsOf lists the groups for which the person may book.
func (d *Desk) groupsOf(tx *db.Tx, person db.ID) ([]db.ID, error) {
	if d.near.GroupsOf == nil {
		return nil, nil
	}
	return d.near.GroupsOf(tx, person)
}

// mayBook returns why the person may not book for the group (0: alone), if so.
func (d *Desk) mayBook(tx *db.Tx, person, group db.ID) error {
	if group == 0 {
		if d.near.MayAlone == nil {
			return nil
		}
		return d.near.MayAlone(tx, person)
	}
	groups, err := d.groupsOf(tx, person)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if g == group {
			return nil
		}
	}
	return fault.New(fault.Denied, "reservation.error.group")
}

func (d *Desk) read(c *web.Context, fn func(tx *db.Tx) error) error {
	return d.deps.DB.Read(c.Context(), fn)
}
