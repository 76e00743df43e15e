package offices

import (
	"context"
	"embed"
	"log/slog"

	"kakehashi/domains/offices/city"
	"kakehashi/domains/offices/clock"
	"kakehashi/domains/offices/desk"
	"kakehashi/domains/offices/mailbox"
	"kakehashi/domains/offices/operator"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed messages/*.toml
var messages embed.FS

// Migrations returns the tables of this module.
func Migrations() db.Migrations { return db.Migrations{Name: "offices", FS: migrations} }

// Messages returns the texts of this module in every language.
func Messages() i18n.Source { return i18n.Source{Name: "offices", FS: messages} }

// Neighbours are what the module asks of others; see desk.Neighbours.
type Neighbours = desk.Neighbours

// Offices is the module's own handle: what app asks of it.
type Offices struct {
	deps     module.Deps
	names    func(tx *db.Tx, ids []db.ID) (map[db.ID]string, error)
	cache    *city.Cache
	city     *city.Pages
	desk     *desk.Desk
	operator *operator.Operator
	mailbox  *mailbox.Mailbox
	clock    *clock.Pages
}

// New puts the module together. It asks nothing of the network or database.
func New(deps module.Deps, n Neighbours) *Offices {
	if deps.Log == nil {
		deps.Log = slog.Default()
	}
	o := &Offices{deps: deps, names: n.PersonNames, cache: city.NewCache(deps.DB, deps.Log)}
	o.city = city.NewPages(deps.DB, o.cache)
	o.desk = desk.New(deps.DB, deps.Audit, n)
	o.operator = operator.New(operator.Deps{
		DB: deps.DB, Jobs: deps.Jobs, Deliver: deps.Deliver, Audit: deps.Audit, Key: deps.Keys.Audit().VerifierKey(), Log: deps.Log,
	})
	o.mailbox = mailbox.New(deps.DB)
	o.clock = clock.NewPages(deps.DB.Now, deps.MoveClock)
	return o
}

// Module is what the house is given.
func (o *Offices) Module() module.Module {
	clerk := func(v web.Viewer) bool { return v.Holds(web.RoleClerk) }
	runs := func(v web.Viewer) bool { return v.Holds(web.RoleOperator) }
	routes := append(o.desk.Routes(), o.operator.Routes()...)
	routes = append(routes, o.city.Routes()...)
	routes = append(routes, o.mailbox.Routes()...)
	routes = append(routes, o.clock.Routes()...)
	return module.Module{
		Name:       "offices",
		Migrations: migrations,
		Messages:   []i18n.Source{Messages()},
		Routes:     append(routes, ui.Routes()...),
		Nav: []module.Nav{
			{Place: module.InOffice, Path: "/office", LabelKey: "offices.inbox.title", Icon: "inbox", Show: clerk, Order: 10},
			{Place: module.InOffice, Path: "/office/print", LabelKey: "offices.print.title", Icon: "print", Show: clerk, Order: 60},
			{Place: module.InOffice, Path: "/operator", LabelKey: "offices.operator.title", Icon: "chart", Show: runs, Order: 70},
			{Place: module.InOffice, Path: "/operator/audit", LabelKey: "offices.log.title", Icon: "list", Show: runs, Order: 80},
			{Place: module.InOffice, Path: "/operator/city", LabelKey: "offices.city.title", Icon: "edit", Show: runs, Order: 90},
			{Place: module.InFooter, Path: "/mailbox", LabelKey: "offices.mailbox.title", Icon: "mail", Show: func(web.Viewer) bool { return o.deps.Demo }, Order: 90},
			{Place: module.InFooter, Path: "/demo-clock", LabelKey: "offices.clock.title", Icon: "clock", Show: func(web.Viewer) bool { return o.deps.Demo }, Order: 91},
		},
		Jobs: o.operator.Register,
		Live: []string{inbox.Topic, operator.Topic, mailbox.Topic},
		Demo: o.demo,
	}
}

// City returns what every page says of the city: ui.Frame.City.
func (o *Offices) City(ctx context.Context) ui.City { return o.cache.City(ctx) }

// CityName returns the sender of mails and letters: deliver.Config.City. It has
// no language before somebody named the city.
func (o *Offices) CityName(tx *db.Tx) (i18n.Text, error) {
	c, err := city.Get(tx)
	return c.Name, err
}
