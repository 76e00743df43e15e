package desk

import (
	"context"
	"io"
	"net/http"

	"kakehashi/domains/places/money"
	"kakehashi/domains/places/reservation"
	rdesk "kakehashi/domains/places/reservation/desk"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/jobs"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// Desk serves everything about money that people meet.
type Desk struct {
	m    *money.Money
	svc  *reservation.Service
	deps module.Deps
	near money.Neighbours
}

// New returns the desk; it does no I/O.
func New(m *money.Money, svc *reservation.Service) *Desk {
	return &Desk{m: m, svc: svc, deps: m.Deps(), near: m.Near()}
}

// statementBytes is the most that a bank's statement has.
const statementBytes = 8 << 20

// Routes are the pages of money.
func (d *Desk) Routes() []web.Route {
	list := web.Holding(web.RoleClerk)
	clerk := web.Concerned("money.office", d.ofOffice)
	mine := web.Concerned("money.mine", d.concerned)
	routes := []web.Route{
		{Pattern: "GET /office/money", Access: list, Handle: d.list},
		{Pattern: "GET /office/money/export", Access: list, Handle: d.exportList},
		{Pattern: "GET /office/money/charges/{id}", Access: clerk, Handle: d.charge},
		{Pattern: "POST /office/money/charges/{id}/pay", Access: clerk, Handle: d.pay},
		{Pattern: "POST /office/money/charges/{id}/refund", Access: clerk, Handle: d.refund},
		{Pattern: "POST /office/money/charges/{id}/waive", Access: clerk, Handle: d.waive},
		{Pattern: "POST /office/money/charges/{id}/correct", Access: clerk, Handle: d.correct},
		{Pattern: "GET /office/money/bank", Access: list, Handle: d.bank},
		{Pattern: "POST /office/money/bank", Access: list, Handle: d.importBank, MaxBody: statementBytes},
		{Pattern: "GET /office/money/day", Access: list, Handle: d.day},
		{Pattern: "POST /office/money/day/close", Access: list, Handle: d.close},
		{Pattern: "GET /office/money/day/print", Access: list, Handle: d.printDay},
		{Pattern: "GET /office/money/day/export", Access: list, Handle: d.exportDay},
	}
	if d.m.Online() {
		routes = append(routes,
			web.Route{Pattern: "GET /money/charges/{id}/online", Access: mine, Handle: d.online},
			web.Route{Pattern: "POST /money/told", Access: web.Public(), Handle: d.told, JSON: true, MaxBody: 1 << 20, Rate: web.Rate{Times: -1}},
		)
	}
	return routes
}

// Join hands over everything of money, and shows it on the pages of
// reservations.
func (d *Desk) Join(m *module.Module, on *rdesk.Desk) {
	m.Messages = append(m.Messages, money.Messages())
	m.Routes = append(m.Routes, d.Routes()...)
	m.Nav = append(m.Nav, module.Nav{
		Place: module.InOffice, Path: "/office/money", LabelKey: "money.title", Icon: string(ui.IconYen), Order: 25,
		Show: func(v web.Viewer) bool { return v.Holds(web.RoleClerk) },
	})
	m.Mails = append(m.Mails, d.mails()...)
	m.Checks = append(m.Checks, money.Checks()...)
	m.Live = append(m.Live, money.Topic)
	work := m.Jobs
	m.Jobs = func(r *jobs.Registry) {
		if work != nil {
			work(r)
		}
		d.m.Jobs(r)
	}
	demo := m.Demo
	m.Demo = func(ctx context.Context, de *module.Demo) error {
		if demo != nil {
			if err := demo(ctx, de); err != nil {
				return err
			}
		}
		return d.m.Fill(ctx, de)
	}
	on.Ask(d.m.Ask)
	on.Show(rdesk.CheckPage, d.checkPanel)
	on.Show(rdesk.MinePage, d.minePanel)
	on.Show(rdesk.OfficePage, d.officePanel)
}

func (d *Desk) read(c *web.Context, fn func(tx *db.Tx) error) error {
	return d.deps.DB.Read(c.Context(), fn)
}

// offices are those for which the viewer decides.
func offices(v web.Viewer) []db.ID {
	var out []db.ID
	for _, s := range v.Scopes(web.RoleClerk) {
		if s.Kind == "office" {
			out = append(out, s.ID)
		}
	}
	return out
}

// officeOf is the office that the address names, or the clerk's first.
func officeOf(c *web.Context) (db.ID, error) {
	all := offices(c.Viewer)
	want, _ := db.ParseID(c.Form().Get("office"))
	for _, o := range all {
		if o == want || want == 0 {
			return o, nil
		}
	}
	return 0, fault.New(fault.Denied, "money.error.office")
}

// ofOffice reports whether the charge in the path is for the viewer's office.
func (d *Desk) ofOffice(c *web.Context) (bool, error) {
	return d.about(c, func(_ *db.Tx, ch money.Charge) (bool, error) {
		return ch.Office != 0 && c.Viewer.HoldsFor(web.RoleClerk, web.Scope{Kind: "office", ID: ch.Office}), nil
	})
}

// concerned reports whether the charge in the path is the viewer's to pay.
func (d *Desk) concerned(c *web.Context) (bool, error) {
	self := c.Viewer.Person
	if c.Viewer.OnBehalfOf != 0 {
		self = c.Viewer.OnBehalfOf
	}
	return d.about(c, func(tx *db.Tx, ch money.Charge) (bool, error) {
		if ch.Person == self || ch.Group == 0 || d.near.Mine == nil {
			return ch.Person == self, nil
		}
		groups, err := d.near.Mine(tx, self)
		for _, g := range groups {
			if g == ch.Group {
				return true, err
			}
		}
		return false, err
	})
}

// about asks a question about the charge in the path; one that does not exist
// concerns nobody.
func (d *Desk) about(c *web.Context, ask func(*db.Tx, money.Charge) (bool, error)) (ok bool, err error) {
	id, err := c.PathID("id")
	if err != nil {
		return false, nil
	}
	err = d.read(c, func(tx *db.Tx) error {
		ch, err := money.Get(tx, id)
		if err != nil {
			return err
		}
		ok, err = ask(tx, ch)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return ok, err
}

// online leads to the provider's page.
func (d *Desk) online(c *web.Context) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var ch money.Charge
	var what string
	err = d.read(c, func(tx *db.Tx) error {
		if ch, err = money.Get(tx, id); err != nil {
			return err
		}
		r, err := reservation.Get(tx, ch.Source)
		if err != nil {
			return err
		}
		room, err := d.svc.Room(tx, r.Room)
		what = c.Loc.T("money.online.what", "room", c.Loc.Text(room.Place())+" "+c.Loc.Text(room.Name), "day", ch.Day)
		return err
	})
	if err != nil {
		return err
	}
	s, err := d.m.Begin(c.Context(), c.Actor(), id, what, d.deps.BaseURL+reservation.Path(ch.Source), c.Loc.Lang())
	if err != nil {
		return err
	}
	return c.Leave(s.URL)
}

// told takes in what the provider tells.
func (d *Desk) told(c *web.Context) error {
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer(), c.Request().Body, 1<<20))
	if err != nil {
		return fault.New(fault.Invalid, "money.error.signature")
	}
	if err := d.m.Told(c.Context(), c.Request().Header, body); err != nil {
		return err
	}
	return c.JSON(map[string]bool{"received": true})
}
