package desk

import (
	"context"
	"slices"

	"github.com/a-h/templ"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/reservation"
	resdesk "kakehashi/domains/places/reservation/desk"
	"kakehashi/domains/places/waiting"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// Desk serves everything about waiting that people meet.
type Desk struct {
	deps module.Deps
	svc  *reservation.Service
	wait *waiting.Waiting
	near reservation.Neighbours
}

// New returns the desk; it does no I/O.
func New(deps module.Deps, svc *reservation.Service, wait *waiting.Waiting, near reservation.Neighbours) *Desk {
	return &Desk{deps: deps, svc: svc, wait: wait, near: near}
}

// Join hands over routes, messages and panels.
func (d *Desk) Join(m *module.Module, r *resdesk.Desk) {
	in, mine := web.SignedIn(), web.Concerned("waiting.mine", d.concerned)
	clerk, own := web.Holding(web.RoleClerk), web.Concerned("reservation.mine", r.Concerned)
	m.Routes = append(m.Routes,
		web.Route{Pattern: "GET /waiting", Access: in, Handle: d.mine},
		web.Route{Pattern: "POST /waiting", Access: in, Handle: d.enter},
		web.Route{Pattern: "GET /waiting/new", Access: in, Handle: d.ask},
		web.Route{Pattern: "POST /waiting/{id}/leave", Access: mine, Handle: d.leave},
		web.Route{Pattern: "POST /reservations/{id}/accept", Access: own, Handle: d.accept},
		web.Route{Pattern: "POST /reservations/{id}/decline", Access: own, Handle: d.decline},
		web.Route{Pattern: "GET /office/waiting", Access: clerk, Handle: d.list},
		web.Route{Pattern: "GET /office/waiting/export", Access: clerk, Handle: d.export},
	)
	m.Messages = append(m.Messages, waiting.Messages())
	m.Nav = append(m.Nav,
		module.Nav{Place: module.InMine, Path: "/waiting", LabelKey: "waiting.mine.title", Icon: string(ui.IconClock), Show: web.Viewer.SignedIn, Order: 22},
		module.Nav{Place: module.InOffice, Path: "/office/waiting", LabelKey: "waiting.office.title", Icon: string(ui.IconClock),
			Show: func(v web.Viewer) bool { return v.Holds(web.RoleClerk) }, Order: 24})
	m.Personal = append(m.Personal, d.personal())
	r.Show(resdesk.TopPage, d.offer)
	r.Show(resdesk.TakenPage, d.instead)
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

// self is the person for whom the viewer acts: themselves, as a rule.
func self(v web.Viewer) db.ID {
	if v.OnBehalfOf != 0 {
		return v.OnBehalfOf
	}
	return v.Person
}

// concerned reports whether the wait in the path is the viewer's business.
func (d *Desk) concerned(c *web.Context) (ok bool, err error) {
	id, err := c.PathID("id")
	if err != nil {
		return false, nil
	}
	err = d.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		w, err := waiting.Get(tx, id)
		if err != nil {
			return err
		}
		groups, err := d.wait.Groups(tx, self(c.Viewer))
		ok = w.Person == self(c.Viewer) || w.MadeBy == c.Viewer.Person || w.Group != 0 && slices.Contains(groups, w.Group)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return ok, err
}

// line is a wait in a list, with names.
type line struct {
	waiting.Wait
	Room  i18n.Text
	Place i18n.Text
	Who   string
}

func (d *Desk) lines(tx *db.Tx, loc *i18n.Localizer, ws []waiting.Wait, people bool) ([]line, error) {
	out := make([]line, len(ws))
	names := map[db.ID]string{}
	for i, w := range ws {
		room, err := d.svc.Room(tx, w.Room)
		if err != nil {
			return nil, err
		}
		out[i] = line{Wait: w, Room: room.Name, Place: room.Place()}
		if w.Group == 0 && !people {
			continue
		}
		if _, known := names[w.Holder()]; !known {
			if names[w.Holder()], err = d.name(tx, loc, w.Group, w.Person); err != nil {
				return nil, err
			}
		}
		out[i].Who = names[w.Holder()]
	}
	return out, nil
}

// name is that of the group, or of the person alone; "" where nobody knows it.
func (d *Desk) name(tx *db.Tx, loc *i18n.Localizer, group, person db.ID) (string, error) {
	if group != 0 {
		if d.near.GroupName == nil {
			return "", nil
		}
		name, err := d.near.GroupName(tx, group)
		return loc.Text(name), err
	}
	if d.near.PersonName == nil {
		return "", nil
	}
	name, err := d.near.PersonName(tx, person)
	if fault.Is(err, fault.NotFound) { // erased
		return "", nil
	}
	return name, err
}

func meta(c *web.Context, key, back string) web.Meta {
	return web.Meta{Title: c.Loc.T(key), Field: "place", Back: back}
}

func (d *Desk) mine(c *web.Context) error {
	var all []line
	err := d.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		groups, err := d.wait.Groups(tx, self(c.Viewer))
		if err != nil {
			return err
		}
		ws, err := waiting.Mine(tx, self(c.Viewer), groups)
		if err != nil {
			return err
		}
		all, err = d.lines(tx, c.Loc, ws, false)
		return err
	})
	if err != nil {
		return err
	}
	return c.Page(meta(c, "waiting.mine.title", "/me"), mineView(all))
}

func (d *Desk) leave(c *web.Context) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	if err := d.wait.Leave(c.Context(), c.Actor(), id); err != nil {
		return err
	}
	c.Flash("waiting.left")
	return c.Redirect("/waiting")
}

// accept takes what was offered.
func (d *Desk) accept(c *web.Context) error {
	id, version, err := answered(c)
	if err != nil {
		return err
	}
	if _, err := d.svc.Accept(c.Context(), c.Actor(), id, version); err != nil {
		return err
	}
	c.Flash("waiting.accepted")
	return c.Redirect(reservation.Path(id))
}

// decline lets the next have what was offered.
func (d *Desk) decline(c *web.Context) error {
	id, version, err := answered(c)
	if err != nil {
		return err
	}
	if err := d.svc.Decline(c.Context(), c.Actor(), id, version, ""); err != nil {
		return err
	}
	c.Flash("waiting.declined")
	return c.Redirect(reservation.Path(id))
}

// answered reads which version of an offer the reader has seen.
func answered(c *web.Context) (id db.ID, version int64, err error) {
	if id, err = c.PathID("id"); err != nil {
		return 0, 0, err
	}
	return id, int64(atoi(c.Form().Get("version"))), nil
}

// offer is the panel of a reservation that waits for its holder's answer.
func (d *Desk) offer(_ *web.Context, tx *db.Tx, r reservation.Reservation) (templ.Component, error) {
	if r.State != reservation.Offered || !r.Due.After(tx.Now) {
		return nil, nil
	}
	return offerView(r), nil
}

// instead is the panel of a time that somebody else has: the way onto its list.
func (d *Desk) instead(_ *web.Context, _ *db.Tx, r reservation.Reservation) (templ.Component, error) {
	day := jp.DateOf(r.Span.Start)
	from := int(r.Span.Start.Sub(day.At(0)).Minutes())
	return takenView(NewPath(r.Room, day, from, from+r.Span.Minutes())), nil
}

// Room is what a room's page says of a day: the time that rests, with its
// window, and the way onto the list where something is taken.
func (d *Desk) Room(_ *web.Context, tx *db.Tx, room facility.Room, day jp.Date) (templ.Component, error) {
	rest, err := waiting.Resting(tx, room.ID, day)
	if err != nil {
		return nil, err
	}
	info, err := d.svc.Room(tx, room.ID)
	if err != nil {
		return nil, err
	}
	taken, _, err := d.svc.Gone(tx, info, day)
	if err != nil || !taken.Meets(room.Hours()) || !day.At(room.Closes).After(tx.Now) {
		return nil, err
	}
	rule, err := d.wait.Rule(tx, info, tx.Now)
	if err != nil {
		return nil, err
	}
	return roomView(room.ID, day, rest, rule), nil
}

// personal is what waiting lists hold about a person.
func (d *Desk) personal() module.Personal {
	return module.Personal{
		Title: "waiting.mine.title",
		Export: func(tx *db.Tx, loc *i18n.Localizer, person db.ID) ([]module.Record, error) {
			ws, err := waiting.Mine(tx, person, nil)
			if err != nil {
				return nil, err
			}
			all, err := d.lines(tx, loc, ws, true)
			out := make([]module.Record, len(all))
			for i, l := range all {
				out[i] = module.Record{Title: loc.Range(l.Span.Start, l.Span.End), Values: []module.Value{
					{Label: loc.T("waiting.field.room"), Value: loc.Text(l.Room)},
					{Label: loc.T("waiting.field.purpose"), Value: l.Purpose},
					{Label: loc.T("waiting.field.state"), Value: loc.T("waiting.state." + string(l.State))},
				}}
			}
			return out, err
		},
		Erase: func(tx *db.Tx, person db.ID) ([]string, error) { return nil, waiting.Erase(tx, person) },
	}
}

func tr(ctx context.Context, key string, args ...any) string { return i18n.T(ctx, key, args...) }
