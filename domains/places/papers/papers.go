package papers

import (
	"context"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/desk"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/jobs"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// Papers writes permits, invoices and receipts.
type Papers struct {
	deps module.Deps
	svc  *reservation.Service
	near Neighbours
}

// Charge is what a use costs and what was paid of it.
type Charge struct {
	Lines     []Line
	Total     int64 // yen
	Owed      int64 // yen still to be paid
	Due       jp.Date
	Reference string // to be written on a transfer
	Bank      string // where to transfer to; "" where that is no way to pay
	Paid      []Payment
	Waived    bool // the office asks for nothing after all
}

// Line is one line of a charge: what it is for and how it was worked out, in the
// words of the reader.
type Line struct {
	Text string
	Yen  int64
}

// Payment is money that came in.
type Payment struct {
	ID     db.ID
	Number string // of its receipt
	Yen    int64
	On     jp.Date
	Method string // in the words of the reader
}

// Neighbours are what this package needs of others. A func that is nil has
// nothing to say.
type Neighbours struct {
	// GroupName and PersonName are whom a paper is for; GroupName also names the
	// office that issues it.
	GroupName  func(tx *db.Tx, group db.ID) (i18n.Text, error)
	PersonName func(tx *db.Tx, person db.ID) (string, error)
	// GroupsOf lists the groups for which the person may act.
	GroupsOf func(tx *db.Tx, person db.ID) ([]db.ID, error)
	// City is the name of the city.
	City func(tx *db.Tx) (i18n.Text, error)
	// Charge is what the use costs, in the words of loc; the zero Charge when it
	// costs nothing.
	Charge func(tx *db.Tx, loc *i18n.Localizer, r reservation.Reservation) (Charge, error)
	Ledger Ledger
	// CheckIn is the address at which a clerk notes that a reservation's people
	// have come and hands them the key; nil: there is none.
	CheckIn func(reservation db.ID) string
}

// Ledger lets payments be followed. Its entries are in the order of their ids.
type Ledger struct {
	Newest func(tx *db.Tx) (entry db.ID, err error) // 0: none yet
	After  func(tx *db.Tx, entry db.ID, until time.Time, limit int) ([]Came, error)
}

// Came is a payment that came in.
type Came struct {
	Entry       db.ID
	Reservation db.ID // 0: it was for something else
}

// New returns the part; it does no I/O.
func New(deps module.Deps, svc *reservation.Service, near Neighbours) *Papers {
	return &Papers{deps: deps, svc: svc, near: near}
}

// Join hands over routes, messages, demo data and panels.
func (x *Papers) Join(m *module.Module, d *desk.Desk) {
	m.Messages = append(m.Messages, Messages())
	m.Routes = append(m.Routes, x.Routes()...)
	m.Mails = append(m.Mails, x.Mails()...)
	work := m.Jobs
	m.Jobs = func(r *jobs.Registry) {
		if work != nil {
			work(r)
		}
		x.Jobs(r)
	}
	d.Show(desk.MinePage, x.panel)
	d.Show(desk.OfficePage, x.officePanel)
	before := m.Demo
	m.Demo = func(ctx context.Context, demo *module.Demo) error {
		if before != nil {
			if err := before(ctx, demo); err != nil {
				return err
			}
		}
		return x.demo(ctx, demo)
	}
}

// checkRate is how often a code is tried.
var checkRate = web.Rate{Name: "papers.check", Times: 60, Per: time.Minute}

// Routes are the pages and files of papers.
func (x *Papers) Routes() []web.Route {
	mine, clerk := web.Concerned("reservation.mine", x.concerned), web.Holding(web.RoleClerk)
	return []web.Route{
		{Pattern: "GET /reservations/{id}/permit", Access: mine, Handle: x.permit},
		{Pattern: "GET /reservations/{id}/permit.pdf", Access: mine, Handle: x.permitPDF},
		{Pattern: "GET /reservations/{id}/invoice", Access: mine, Handle: x.invoice},
		{Pattern: "GET /reservations/{id}/invoice.pdf", Access: mine, Handle: x.invoicePDF},
		{Pattern: "GET /reservations/{id}/receipt/{entry}", Access: mine, Handle: x.receipt},
		{Pattern: "GET /reservations/{id}/receipt/{entry}/pdf", Access: mine, Handle: x.receiptPDF},
		{Pattern: "GET /permits/{code}", Access: web.ByLink("permit.code", x.known), Handle: x.check, Rate: checkRate},
		{Pattern: "GET /office/papers", Access: clerk, Handle: x.day},
		{Pattern: "GET /office/papers/permits.pdf", Access: clerk, Handle: x.dayPDF},
	}
}

// path is the address of one of a reservation's papers.
func path(r db.ID, rest string) string { return reservation.Path(r) + "/" + rest }

// self is the person for whom the viewer acts: themselves, as a rule.
func self(v web.Viewer) db.ID {
	if v.OnBehalfOf != 0 {
		return v.OnBehalfOf
	}
	return v.Person
}

// concerned reports whether the reservation in the path is the viewer's
// business, as its own page has it.
func (x *Papers) concerned(c *web.Context) (ok bool, err error) {
	id, err := c.PathID("id")
	if err != nil {
		return false, nil
	}
	err = x.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		r, err := reservation.Get(tx, id)
		if err != nil {
			return err
		}
		if r.Person == self(c.Viewer) || r.MadeBy == c.Viewer.Person || desk.ClerkOf(c.Viewer, r.Office) {
			ok = true
			return nil
		}
		if r.Group == 0 || x.near.GroupsOf == nil {
			return nil
		}
		groups, err := x.near.GroupsOf(tx, self(c.Viewer))
		for _, g := range groups {
			ok = ok || g == r.Group
		}
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return ok, err
}

// charge is what the use costs.
func (x *Papers) charge(tx *db.Tx, loc *i18n.Localizer, r reservation.Reservation) (Charge, error) {
	if x.near.Charge == nil {
		return Charge{}, nil
	}
	return x.near.Charge(tx, loc, r)
}

// panel links the papers that there are.
func (x *Papers) panel(c *web.Context, tx *db.Tx, r reservation.Reservation) (templ.Component, error) {
	acts, err := x.links(c, tx, r)
	if err != nil || len(acts) == 0 {
		return nil, err
	}
	return linksView(acts), nil
}

// officePanel links them for the clerk, and all of the day's.
func (x *Papers) officePanel(c *web.Context, tx *db.Tx, r reservation.Reservation) (templ.Component, error) {
	acts, err := x.links(c, tx, r)
	if err != nil {
		return nil, err
	}
	if r.State == reservation.Confirmed {
		q := url.Values{"on": {r.Day().String()}, "office": {r.Office.String()}}
		acts = append(acts, ui.Act{Label: c.Loc.T("papers.day.link"), Href: "/office/papers?" + q.Encode(), Icon: ui.IconList})
	}
	if len(acts) == 0 {
		return nil, nil
	}
	return linksView(acts), nil
}

// links are the papers that there are.
func (x *Papers) links(c *web.Context, tx *db.Tx, r reservation.Reservation) ([]ui.Act, error) {
	charge, err := x.charge(tx, c.Loc, r)
	if err != nil {
		return nil, err
	}
	last, err := latest(tx, r.ID)
	if err != nil {
		return nil, err
	}
	var acts []ui.Act
	if gap(r, charge.Owed, last.ID != 0, tx.Now) == NoGap {
		acts = append(acts, ui.Act{Label: c.Loc.T("papers.permit.title"), Href: path(r.ID, "permit"), Icon: ui.IconPrint})
	}
	if charge.Owed > 0 && r.State.Live() {
		acts = append(acts, ui.Act{Label: c.Loc.T("papers.invoice.title"), Href: path(r.ID, "invoice"), Icon: ui.IconYen})
	}
	for _, p := range charge.Paid {
		acts = append(acts, ui.Act{Label: c.Loc.T("papers.receipt.of", "yen", c.Loc.Yen(p.Yen)), Href: path(r.ID, "receipt/"+p.ID.String()), Icon: ui.IconYen})
	}
	return acts, nil
}
