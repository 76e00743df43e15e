// Package desk is what people meet of a day of use: the list of the day, the
// pages behind a scanned code, reports and points. Package kiosk is the display
// at the entrance.
package desk

import (
	"cmp"
	"context"
	"slices"

	"github.com/a-h/templ"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/reservation"
	reservationdesk "kakehashi/domains/places/reservation/desk"
	"kakehashi/domains/places/use"
	"kakehashi/domains/places/use/cast"
	"kakehashi/domains/places/use/kiosk"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/files"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/jobs"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// Desk serves everything about days of use that people meet.
type Desk struct {
	deps  module.Deps
	use   *use.Use
	svc   *reservation.Service
	rooms *facility.Directory
}

// New returns the desk; it does no I/O.
func New(deps module.Deps, u *use.Use, svc *reservation.Service, rooms *facility.Directory) *Desk {
	return &Desk{deps: deps, use: u, svc: svc, rooms: rooms}
}

// Join hands over routes, messages, jobs and panels.
func (d *Desk) Join(m *module.Module, rd *reservationdesk.Desk) {
	m.Messages = append(m.Messages, use.Messages())
	m.Routes = append(m.Routes, d.Routes()...)
	m.Routes = append(m.Routes, kiosk.New(d.deps, d.use, d.rooms).Routes()...)
	m.Mails = append(m.Mails, d.Mails()...)
	m.Live = append(m.Live, use.Topic)
	m.Personal = append(m.Personal, module.Personal{Title: "use.points.title", Export: exportPoints, Erase: erasePoints})
	m.Inbox = append(m.Inbox, inbox.Action{Kind: use.InboxFault, Name: "settle", LabelKey: "use.fault.settle", Reason: true, Do: d.use.Settle})
	m.Nav = append(m.Nav, module.Nav{
		Place: module.InOffice, Path: "/office/use", LabelKey: "use.office.title", Icon: string(ui.IconKey),
		Show: func(v web.Viewer) bool { return v.Holds(web.RoleClerk) }, Order: 15,
	})
	before := m.Jobs
	m.Jobs = func(r *jobs.Registry) {
		if before != nil {
			before(r)
		}
		d.use.Jobs(r)
	}
	rd.Show(reservationdesk.MinePage, d.minePanel)
	rd.Show(reservationdesk.OfficePage, d.officePanel)
	fill := m.Demo
	m.Demo = func(ctx context.Context, demo *module.Demo) error {
		if fill != nil {
			if err := fill(ctx, demo); err != nil {
				return err
			}
		}
		return cast.Fill(ctx, demo, d.use, d.svc, d.deps.Files)
	}
}

// Routes are the pages.
func (d *Desk) Routes() []web.Route {
	in, clerk := web.SignedIn(), web.Holding(web.RoleClerk)
	code, tag := web.Concerned("use.code", d.ofCode), web.Concerned("use.tag", d.ofTag)
	mine, photo := web.Concerned("use.mine", d.mine), web.Concerned("use.photo", d.ofPhoto)
	thing, point, broken := web.Concerned("use.thing", d.ofThing), web.Concerned("use.point", d.ofPoint), web.Concerned("use.fault", d.ofFault)
	const upload = files.MaxSize + 1<<20
	return []web.Route{
		{Pattern: "GET /use/{code}", Access: code, Handle: d.scan},
		{Pattern: "POST /use/{code}", Access: code, Handle: d.scanned},
		{Pattern: "GET /use/at/{place}", Access: in, Handle: d.here},
		{Pattern: "POST /use/at/{place}", Access: in, Handle: d.arrived},
		{Pattern: "GET /use/tag/{code}", Access: tag, Handle: d.tag},
		{Pattern: "POST /use/tag/{code}", Access: tag, Handle: d.tagged},
		{Pattern: "GET /use/photos/{photo}", Access: photo, Handle: d.photo},
		{Pattern: "GET /reservations/{id}/report", Access: mine, Handle: d.report},
		{Pattern: "POST /reservations/{id}/report", Access: mine, Handle: d.file, MaxBody: upload},
		{Pattern: "GET /me/points", Access: in, Handle: d.points},
		{Pattern: "GET /office/use", Access: clerk, Handle: d.day},
		{Pattern: "POST /office/use", Access: clerk, Handle: d.press},
		{Pattern: "GET /office/use/export", Access: clerk, Handle: d.export},
		{Pattern: "GET /office/use/things", Access: clerk, Handle: d.things},
		{Pattern: "POST /office/use/things", Access: clerk, Handle: d.addThing},
		{Pattern: "GET /office/use/things/{id}", Access: thing, Handle: d.thing},
		{Pattern: "POST /office/use/things/{id}", Access: thing, Handle: d.closeThing},
		{Pattern: "GET /office/use/tags", Access: clerk, Handle: d.tags},
		{Pattern: "GET /office/use/place", Access: clerk, Handle: d.place},
		{Pattern: "POST /office/use/place", Access: clerk, Handle: d.savePlace},
		{Pattern: "GET /office/use/points", Access: clerk, Handle: d.officePoints},
		{Pattern: "GET /office/use/points/{id}", Access: point, Handle: d.point},
		{Pattern: "POST /office/use/points/{id}", Access: point, Handle: d.lift},
		{Pattern: "GET /office/use/faults/{id}", Access: broken, Handle: d.fault},
		{Pattern: "POST /office/use/faults/{id}", Access: broken, Handle: d.settle},
	}
}

// self is the person for whom the viewer acts: themselves, as a rule.
func self(v web.Viewer) db.ID { return cmp.Or(v.OnBehalfOf, v.Person) }

// judged runs a check of access in a read; what does not exist concerns nobody.
func (d *Desk) judged(c *web.Context, check func(tx *db.Tx) (bool, error)) (ok bool, err error) {
	err = d.deps.DB.Read(c.Context(), func(tx *db.Tx) (err error) { ok, err = check(tx); return err })
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return ok, err
}

// mineOrOffice reports whether the reservation is the viewer's, their group's or
// their office's business.
func (d *Desk) mineOrOffice(tx *db.Tx, c *web.Context, id db.ID) (bool, error) {
	r, err := reservation.Get(tx, id)
	if err != nil || reservationdesk.ClerkOf(c.Viewer, r.Office) {
		return err == nil, err
	}
	return d.use.Concerns(tx, self(c.Viewer), r)
}

func (d *Desk) ofCode(c *web.Context) (bool, error) {
	id, ok := d.use.Coded(c.Path("code"))
	if !ok {
		return false, nil
	}
	return d.judged(c, func(tx *db.Tx) (bool, error) { return d.mineOrOffice(tx, c, id) })
}

func (d *Desk) mine(c *web.Context) (bool, error) {
	id, err := c.PathID("id")
	if err != nil {
		return false, nil
	}
	return d.judged(c, func(tx *db.Tx) (bool, error) { return d.mineOrOffice(tx, c, id) })
}

func (d *Desk) ofPhoto(c *web.Context) (bool, error) {
	id, err := c.PathID("photo")
	if err != nil {
		return false, nil
	}
	return d.judged(c, func(tx *db.Tx) (bool, error) {
		f, err := d.deps.Files.Get(tx, id)
		if err != nil {
			return false, err
		}
		broken, err := use.GetFault(tx, f.Owner)
		if err != nil {
			return false, err
		}
		return d.mineOrOffice(tx, c, broken.Reservation)
	})
}

// ofTag lets in the clerks of the facility that the thing belongs to.
func (d *Desk) ofTag(c *web.Context) (bool, error) {
	return d.judgedThing(c, func(tx *db.Tx) (use.Thing, error) { return use.Tagged(tx, c.Path("code")) })
}

func (d *Desk) ofThing(c *web.Context) (bool, error) {
	id, err := c.PathID("id")
	if err != nil {
		return false, nil
	}
	return d.judgedThing(c, func(tx *db.Tx) (use.Thing, error) { return use.GetThing(tx, id) })
}

func (d *Desk) judgedThing(c *web.Context, get func(tx *db.Tx) (use.Thing, error)) (bool, error) {
	return d.judged(c, func(tx *db.Tx) (bool, error) {
		t, err := get(tx)
		if err != nil {
			return false, err
		}
		f, err := facility.Get(tx, t.Facility)
		return reservationdesk.ClerkOf(c.Viewer, f.Office), err
	})
}

func (d *Desk) ofPoint(c *web.Context) (bool, error) {
	id, err := c.PathID("id")
	if err != nil {
		return false, nil
	}
	return d.judged(c, func(tx *db.Tx) (bool, error) {
		p, err := use.GetPoint(tx, id)
		return reservationdesk.ClerkOf(c.Viewer, p.Office), err
	})
}

func (d *Desk) ofFault(c *web.Context) (bool, error) {
	id, err := c.PathID("id")
	if err != nil {
		return false, nil
	}
	return d.judged(c, func(tx *db.Tx) (bool, error) {
		f, err := use.GetFault(tx, id)
		return reservationdesk.ClerkOf(c.Viewer, f.Office), err
	})
}

// facilities are those of the viewer's offices that are let, and the one that
// the address or the form chooses: the first without a choice.
func (d *Desk) facilities(c *web.Context) (all []facility.Facility, here facility.Facility, rooms []facility.Room, err error) {
	snap, err := d.rooms.Get(c.Context())
	if err != nil {
		return nil, here, nil, err
	}
	want := cmp.Or(c.Form().Get("facility"), c.Query("facility"))
	for _, f := range snap.Facilities {
		if !reservationdesk.ClerkOf(c.Viewer, f.Office) || len(snap.Rooms(f.ID)) == 0 {
			continue
		}
		if all = append(all, f); f.ID.String() == want || want == "" && len(all) == 1 {
			here = f
		}
	}
	// The one with most rooms is the one that a clerk opens this page for.
	if want == "" && len(all) > 0 {
		here = slices.MaxFunc(all, func(a, b facility.Facility) int { return cmp.Compare(len(snap.Rooms(a.ID)), len(snap.Rooms(b.ID))) })
	}
	if here.ID == 0 {
		return nil, here, nil, fault.New(fault.NotFound, "web.error.not_found")
	}
	return all, here, snap.Rooms(here.ID), nil
}

// meta describes a page of the office.
func meta(c *web.Context, key, back string) web.Meta {
	return web.Meta{Title: c.Loc.T(key), Back: back, Wide: true}
}

// names are what a person reads of a reservation: when and where.
type named struct {
	reservation.Reservation
	Room  i18n.Text
	Place i18n.Text
}

func (d *Desk) named(tx *db.Tx, r reservation.Reservation) (named, error) {
	room, err := d.svc.Room(tx, r.Room)
	if err != nil {
		return named{Reservation: r}, err
	}
	return named{r, room.Name, room.Place()}, nil
}

// page shows a form again after a mistake, or for the first time.
func (d *Desk) page(c *web.Context, failed error, m web.Meta, body func(p web.Problem) templ.Component) error {
	return c.Retry(failed, m, body)
}
