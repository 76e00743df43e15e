package desk

import (
	"context"
	"slices"

	"kakehashi/domains/places/draws"
	"kakehashi/domains/places/draws/cast"
	"kakehashi/domains/places/reservation"
	bookings "kakehashi/domains/places/reservation/desk"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/jobs"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// Desk serves everything about draws that people meet.
type Desk struct {
	deps module.Deps
	x    *draws.Draws
	svc  *reservation.Service
	near draws.Neighbours
	on   *bookings.Desk // asks and shows what booking does; nil before Join
}

// New returns the desk; it does no I/O.
func New(deps module.Deps, x *draws.Draws, svc *reservation.Service, near draws.Neighbours) *Desk {
	return &Desk{deps: deps, x: x, svc: svc, near: near}
}

// Routes are the pages and files of draws.
func (d *Desk) Routes() []web.Route {
	in, mine := web.SignedIn(), web.Concerned("draw.entry", d.concerned)
	clerk, office := web.Holding(web.RoleClerk), web.Concerned("draw.office", d.ofOffice)
	return []web.Route{
		{Pattern: "GET /draws", Access: web.Public(), Handle: d.list},
		{Pattern: "GET /draws/{id}", Access: web.Public(), Handle: d.show},
		{Pattern: "GET /draws/{id}/entries.txt", Access: web.Public(), Handle: d.entriesFile},
		{Pattern: "GET /draws/{id}/proof.txt", Access: web.Public(), Handle: d.proofFile},
		{Pattern: "GET /draws/{id}/enter", Access: in, Handle: d.enter},
		{Pattern: "POST /draws/{id}/entries", Access: in, Handle: d.send},
		{Pattern: "GET /draws/{id}/entries/{entry}", Access: mine, Handle: d.entry},
		{Pattern: "POST /draws/{id}/entries/{entry}/withdraw", Access: mine, Handle: d.withdraw},
		{Pattern: "POST /draws/{id}/entries/{entry}/raise", Access: mine, Handle: d.raise},
		{Pattern: "POST /draws/{id}/entries/{entry}/reveal", Access: mine, Handle: d.reveal},
		{Pattern: "GET /office/draws", Access: clerk, Handle: d.officeList},
		{Pattern: "GET /office/draws/new", Access: clerk, Handle: d.officeNew},
		{Pattern: "POST /office/draws", Access: clerk, Handle: d.officeMake},
		{Pattern: "GET /office/draws/{id}", Access: office, Handle: d.office},
		{Pattern: "GET /office/draws/{id}/export", Access: office, Handle: d.export},
		{Pattern: "POST /office/draws/{id}/value", Access: office, Handle: d.value},
		{Pattern: "POST /office/draws/{id}/postpone", Access: office, Handle: d.postpone},
		{Pattern: "POST /office/draws/{id}/compare", Access: office, Handle: d.compare},
		{Pattern: "POST /office/draws/{id}/names", Access: office, Handle: d.names},
		{Pattern: "POST /office/draws/{id}/decide", Access: office, Handle: d.decide},
		{Pattern: "POST /office/draws/{id}/settle", Access: office, Handle: d.settle},
		{Pattern: "POST /office/draws/{id}/run", Access: office, Handle: d.run},
	}
}

// Join hands over routes, messages, jobs, mails and the demo city's draws.
func (d *Desk) Join(m *module.Module, on *bookings.Desk) {
	d.on = on
	m.Messages = append(m.Messages, draws.Messages())
	m.Routes = append(m.Routes, d.Routes()...)
	m.Mails = append(m.Mails, d.x.Mails()...)
	m.Nav = append(m.Nav,
		module.Nav{Place: module.InFooter, Path: "/draws", LabelKey: "draws.title", Icon: string(ui.IconPlace)},
		module.Nav{Place: module.InOffice, Path: "/office/draws", LabelKey: "draws.title", Icon: string(ui.IconList),
			Show: func(v web.Viewer) bool { return v.Holds(web.RoleClerk) }, Order: 24},
	)
	before := m.Jobs
	m.Jobs = func(r *jobs.Registry) {
		if before != nil {
			before(r)
		}
		d.x.Jobs(r)
	}
	m.Live = append(m.Live, draws.Topic)
	demo := m.Demo
	m.Demo = func(ctx context.Context, city *module.Demo) error {
		if demo != nil {
			if err := demo(ctx, city); err != nil {
				return err
			}
		}
		return cast.Fill(ctx, city, d.x, d.svc)
	}
}

func (d *Desk) read(c *web.Context, fn func(tx *db.Tx) error) error {
	return d.deps.DB.Read(c.Context(), fn)
}

// self is the person for whom the viewer acts: themselves, as a rule.
func self(v web.Viewer) db.ID {
	if v.OnBehalfOf != 0 {
		return v.OnBehalfOf
	}
	return v.Person
}

// groupsOf lists the groups for which the viewer may enter.
func (d *Desk) groupsOf(tx *db.Tx, v web.Viewer) ([]db.ID, error) {
	if d.near.GroupsOf == nil || !v.SignedIn() {
		return nil, nil
	}
	return d.near.GroupsOf(tx, self(v))
}

// concerned reports whether the entry in the path is the viewer's: entered for a
// group that they book for, or by themselves, or of their office's draw.
func (d *Desk) concerned(c *web.Context) (ok bool, err error) {
	id, err := c.PathID("entry")
	if err != nil {
		return false, nil
	}
	err = d.read(c, func(tx *db.Tx) error {
		e, err := draws.GetEntry(tx, id)
		if err != nil || c.Path("id") != e.Draw.String() {
			return err
		}
		if ok = e.Person == self(c.Viewer); ok {
			return nil
		}
		one, err := draws.Get(tx, e.Draw)
		if err != nil {
			return err
		}
		groups, err := d.groupsOf(tx, c.Viewer)
		ok = bookings.ClerkOf(c.Viewer, one.Office) || slices.Contains(groups, e.Group)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return ok, err
}

// ofOffice reports whether the draw in the path is run by the viewer's office.
func (d *Desk) ofOffice(c *web.Context) (ok bool, err error) {
	id, err := c.PathID("id")
	if err != nil {
		return false, nil
	}
	err = d.read(c, func(tx *db.Tx) error {
		one, err := draws.Get(tx, id)
		ok = bookings.ClerkOf(c.Viewer, one.Office)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return ok, err
}

// names returns the names of groups in the reader's language.
func (d *Desk) groupNames(tx *db.Tx, loc *i18n.Localizer, ids []db.ID) (map[db.ID]string, error) {
	out := map[db.ID]string{}
	if d.near.GroupNames == nil || len(ids) == 0 {
		return out, nil
	}
	names, err := d.near.GroupNames(tx, ids)
	for id, n := range names {
		out[id] = loc.Text(n)
	}
	return out, err
}
