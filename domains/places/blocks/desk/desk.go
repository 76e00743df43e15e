package desk

import (
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"kakehashi/domains/places/blocks"
	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/reservation"
	resdesk "kakehashi/domains/places/reservation/desk"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// Desk serves the pages of blocks.
type Desk struct {
	deps  module.Deps
	svc   *reservation.Service
	all   *blocks.Blocks
	rooms *facility.Directory
	near  reservation.Neighbours
}

// New returns the desk; it does no I/O.
func New(deps module.Deps, svc *reservation.Service, all *blocks.Blocks, rooms *facility.Directory, near reservation.Neighbours) *Desk {
	return &Desk{deps: deps, svc: svc, all: all, rooms: rooms, near: near}
}

// Join hands over routes, messages and panels.
func (d *Desk) Join(m *module.Module, r *resdesk.Desk) {
	clerk, own := web.Holding(web.RoleClerk), web.Concerned("blocks.office", d.concerned)
	m.Routes = append(m.Routes,
		web.Route{Pattern: "GET /office/blocks", Access: clerk, Handle: d.list},
		web.Route{Pattern: "GET /office/blocks/new", Access: clerk, Handle: d.ask},
		web.Route{Pattern: "POST /office/blocks", Access: clerk, Handle: d.make},
		web.Route{Pattern: "GET /office/blocks/{id}", Access: own, Handle: d.show},
		web.Route{Pattern: "POST /office/blocks/{id}/carry", Access: own, Handle: d.carry},
		web.Route{Pattern: "POST /office/blocks/{id}/remove", Access: own, Handle: d.remove},
		web.Route{Pattern: "GET /reservations/{id}/instead", Access: web.Concerned("reservation.mine", r.Concerned), Handle: d.instead},
	)
	m.Messages = append(m.Messages, blocks.Messages())
	m.Nav = append(m.Nav, module.Nav{Place: module.InOffice, Path: "/office/blocks", LabelKey: "blocks.title", Icon: string(ui.IconCalendar),
		Show: func(v web.Viewer) bool { return v.Holds(web.RoleClerk) }, Order: 26})
	r.Show(resdesk.TopPage, d.ousted)
	before := m.Demo
	m.Demo = func(ctx context.Context, demo *module.Demo) error {
		if before != nil {
			if err := before(ctx, demo); err != nil {
				return err
			}
		}
		return d.fill(ctx, demo)
	}
}

func path(id db.ID) string { return "/office/blocks/" + id.String() }

// mayFor reports whether the viewer is a clerk of the office.
func mayFor(v web.Viewer, office db.ID) bool {
	return office != 0 && v.HoldsFor(web.RoleClerk, web.Scope{Kind: "office", ID: office})
}

// concerned reports whether the block in the path is of the viewer's office.
func (d *Desk) concerned(c *web.Context) (ok bool, err error) {
	id, err := c.PathID("id")
	if err != nil {
		return false, nil
	}
	err = d.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		b, err := blocks.Get(tx, id)
		ok = mayFor(c.Viewer, b.Office)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return ok, err
}

func meta(c *web.Context, key, back string) web.Meta {
	return web.Meta{Title: c.Loc.T(key), Field: "place", Back: back, Wide: true}
}

type listData struct {
	Rows []blocks.Block
	Next string
}

// list shows what the clerk's office has taken.
func (d *Desk) list(c *web.Context) error {
	var office db.ID
	want, _ := db.ParseID(c.Query("office"))
	for _, s := range c.Viewer.Scopes(web.RoleClerk) {
		if s.Kind == "office" && (office == 0 || s.ID == want) {
			office = s.ID
		}
	}
	day, id, _ := strings.Cut(c.Query("after"), "_")
	var after blocks.Key
	after.Last, _ = jp.ParseAnyDate(day)
	after.ID, _ = db.ParseID(id)
	var l listData
	err := d.deps.DB.Read(c.Context(), func(tx *db.Tx) (err error) {
		l.Rows, err = blocks.List(tx, office, jp.DateOf(tx.Now), after)
		return err
	})
	if err != nil {
		return err
	}
	if len(l.Rows) == blocks.PageSize {
		last := l.Rows[len(l.Rows)-1]
		l.Next = "/office/blocks?office=" + office.String() + "&after=" + last.Last.String() + "_" + last.ID.String()
	}
	return c.Page(meta(c, "blocks.title", "/office"), listView(l))
}

// timeRow is one time of a block with its room's name.
type timeRow struct {
	blocks.Time
	Room i18n.Text
}

// oustedRow is a reservation that had to give way.
type oustedRow struct {
	reservation.Reservation
	Room    i18n.Text
	Who     string
	Offered db.ID
}

type oneData struct {
	blocks.Block
	Times   []timeRow
	Ousted  []oustedRow
	Missing int
	Problem web.Problem
}

func (d *Desk) show(c *web.Context) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var o oneData
	err = d.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		if o.Block, err = blocks.Get(tx, id); err != nil {
			return err
		}
		times, err := blocks.Times(tx, id)
		if err != nil {
			return err
		}
		for _, t := range times {
			room, err := d.svc.Room(tx, t.Room)
			if err != nil {
				return err
			}
			o.Times = append(o.Times, timeRow{Time: t, Room: room.Name})
			if t.Reservation == 0 {
				o.Missing++
			}
		}
		gone, err := blocks.OustedBy(tx, id)
		if err != nil {
			return err
		}
		names := map[db.ID]string{}
		for _, g := range gone {
			r, err := reservation.Get(tx, g.Reservation)
			if err != nil {
				return err
			}
			row, err := d.row(tx, c.Loc, r, names)
			if err != nil {
				return err
			}
			row.Offered = g.Offered
			o.Ousted = append(o.Ousted, row)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.Page(meta(c, "blocks.one.title", "/office/blocks"), oneView(o))
}

// row names the room and the holder of a reservation; names remembers holders.
func (d *Desk) row(tx *db.Tx, loc *i18n.Localizer, r reservation.Reservation, names map[db.ID]string) (oustedRow, error) {
	room, err := d.svc.Room(tx, r.Room)
	if err != nil {
		return oustedRow{}, err
	}
	holder := r.Group
	if holder == 0 {
		holder = r.Person
	}
	if _, known := names[holder]; !known && holder != 0 {
		if names[holder], err = d.name(tx, loc, r); err != nil {
			return oustedRow{}, err
		}
	}
	return oustedRow{Reservation: r, Room: room.Name, Who: names[holder]}, nil
}

func (d *Desk) name(tx *db.Tx, loc *i18n.Localizer, r reservation.Reservation) (string, error) {
	switch {
	case r.Group != 0 && d.near.GroupName != nil:
		name, err := d.near.GroupName(tx, r.Group)
		return loc.Text(name), err
	case r.Group == 0 && d.near.PersonName != nil:
		name, err := d.near.PersonName(tx, r.Person)
		if fault.Is(err, fault.NotFound) { // erased
			return "", nil
		}
		return name, err
	}
	return "", nil
}

func (d *Desk) carry(c *web.Context) error {
	id, err := c.PathID("id")
	if err == nil {
		err = d.all.Carry(c.Context(), c.Actor(), id, nil)
	}
	if err != nil {
		return err
	}
	return c.Redirect(path(id))
}

func (d *Desk) remove(c *web.Context) error {
	id, err := c.PathID("id")
	if err == nil {
		err = d.all.Remove(c.Context(), c.Actor(), id)
	}
	if err != nil {
		return err
	}
	c.Flash("blocks.removed")
	return c.Redirect("/office/blocks")
}

// ousted is the panel of a reservation that had to give way.
func (d *Desk) ousted(_ *web.Context, tx *db.Tx, r reservation.Reservation) (templ.Component, error) {
	if r.State != reservation.Cancelled || !r.Span.End.After(tx.Now) {
		return nil, nil
	}
	yes, err := blocks.Displaced(tx, r.ID)
	if err != nil || !yes {
		return nil, err
	}
	offered, err := blocks.OfferedFor(tx, r.ID)
	if err != nil {
		return nil, err
	}
	return oustedView(r, offered), nil
}

type insteadData struct {
	reservation.Reservation
	Near []reservation.Vacancy
}

// instead shows what is free near a reservation.
func (d *Desk) instead(c *web.Context) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var i insteadData
	err = d.deps.DB.Read(c.Context(), func(tx *db.Tx) (err error) { i.Reservation, err = reservation.Get(tx, id); return err })
	if err != nil {
		return err
	}
	if i.Near, err = d.svc.Nearest(c.Context(), i.Room, i.Span, i.Headcount); err != nil {
		return err
	}
	m := meta(c, "blocks.instead.title", reservation.Path(id))
	m.Wide = false
	return c.Page(m, insteadView(i))
}

// facilities are those that the viewer's offices answer for, by name.
func (d *Desk) facilities(c *web.Context) ([]facility.Facility, *facility.Snapshot, error) {
	snap, err := d.rooms.Get(c.Context())
	if err != nil {
		return nil, nil, err
	}
	all := slices.DeleteFunc(slices.Clone(snap.Find("", true)), func(f facility.Facility) bool { return !mayFor(c.Viewer, f.Office) })
	return all, snap, nil
}

func tr(ctx context.Context, key string, args ...any) string { return i18n.T(ctx, key, args...) }
