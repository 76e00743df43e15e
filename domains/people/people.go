package people

import (
	"context"
	"embed"

	"kakehashi/domains/people/mydata"
	"kakehashi/domains/people/office"
	"kakehashi/domains/people/person"
	"kakehashi/domains/people/signin"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed messages/*.toml
var messages embed.FS

// Migrations returns the tables of this module, for tests of other modules
// whose rows point at persons.
func Migrations() db.Migrations { return db.Migrations{Name: "people", FS: migrations} }

// Messages returns the texts of this module in every language.
func Messages() i18n.Source { return i18n.Source{Name: "people", FS: messages} }

// Config is what the operator sets.
type Config struct {
	OIDC string // sign-in services as signin.ParseIssuers reads them; "" = none
}

// People is the module's own handle: what app and the neighbours ask of it.
// The Store brings Identify, Recipient, Give, End, Holders and the rest.
type People struct {
	*person.Store
	deps     module.Deps
	signin   *signin.SignIn
	mydata   *mydata.MyData
	office   *office.Office
	names    person.Directory
	personal func() []module.Personal
}

// New puts the module together. It asks nothing of the network or database.
func New(deps module.Deps, c Config) (_ *People, err error) {
	defer fault.Wrap(&err, "people.New")
	issuers, err := signin.ParseIssuers(c.OIDC)
	if err != nil {
		return nil, err
	}
	p := &People{Store: person.NewStore(deps.Keys), deps: deps, names: person.NoDirectory{}}
	p.personal = func() []module.Personal { return []module.Personal{p.own()} }
	p.signin, err = signin.New(signin.Deps{
		DB: deps.DB, Keys: deps.Keys, Store: p.Store, Deliver: deps.Deliver, BaseURL: deps.BaseURL, Issuers: issuers, Demo: deps.Demo,
	})
	if err != nil {
		return nil, err
	}
	names := func() person.Directory { return p.names }
	p.mydata = mydata.New(mydata.Deps{
		DB: deps.DB, Store: p.Store, SignIn: p.signin, Deliver: deps.Deliver, Audit: deps.Audit, BaseURL: deps.BaseURL,
		Personal: func() []module.Personal { return p.personal() }, Names: names,
	})
	p.office = office.New(deps.DB, p.Store, names)
	return p, nil
}

// Connect hands in the neighbours that are built after people: what posts are
// held for, and what every module (this one too) holds about a person. Call it
// before serving; nil leaves what is there.
func (p *People) Connect(names person.Directory, personal func() []module.Personal) {
	if names != nil {
		p.names = names
	}
	if personal != nil {
		p.personal = personal
	}
}

// Module is what the house is given.
func (p *People) Module() module.Module {
	clerk := func(v web.Viewer) bool { return v.Holds(web.RoleClerk) }
	desk := func(v web.Viewer) bool { return clerk(v) || v.Holds(web.RoleOperator) }
	helper := func(v web.Viewer) bool { return v.Holds(web.RoleOfficer) || v.Holds(web.RoleRepresentative) }
	routes := append(p.signin.Routes(), p.mydata.Routes()...)
	return module.Module{
		Name:       "people",
		Migrations: migrations,
		Messages:   []i18n.Source{Messages()},
		Routes:     append(routes, p.office.Routes()...),
		Nav: []module.Nav{
			{Place: module.InMine, Path: "/me", LabelKey: "people.me.title", Icon: "person", Order: 10},
			{Place: module.InMine, Path: "/me/settings", LabelKey: "people.settings.title", Icon: "aids", Order: 80},
			{Place: module.InMine, Path: "/me/data", LabelKey: "people.data.title", Icon: "info", Order: 90},
			{Place: module.InMine, Path: "/office/act-for", LabelKey: "people.act.title", Icon: "person", Show: helper, Order: 70},
			{Place: module.InOffice, Path: "/office/people", LabelKey: "people.search.title", Icon: "person", Show: desk, Order: 40},
			{Place: module.InOffice, Path: "/office/act-for", LabelKey: "people.act.title", Icon: "person", Show: clerk, Order: 50},
		},
		API:      p.api,
		Jobs:     p.signin.Jobs,
		Mails:    append(p.signin.Mails(), p.mydata.Mails()...),
		Personal: []module.Personal{p.own()},
		Demo:     p.demo,
		Checks:   []module.Check{p.checkSealed()},
	}
}

// SaveLang keeps a signed-in person's choice of language, as web.Config asks.
func (p *People) SaveLang(ctx context.Context, actor db.Actor, who db.ID, lang i18n.Lang) error {
	return p.deps.DB.Write(ctx, actor, func(tx *db.Tx) error { return p.Store.SaveLang(tx, who, lang) })
}

// Token finds a personal token by the SHA-256 of its text, as web.Config asks.
func (p *People) Token(ctx context.Context, tx *db.Tx, hash []byte) (web.Grant, error) {
	return mydata.Grant(ctx, tx, hash)
}
