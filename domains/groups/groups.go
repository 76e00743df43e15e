package groups

import (
	"context"
	"embed"

	"kakehashi/domains/groups/desk"
	"kakehashi/domains/groups/group"
	"kakehashi/domains/groups/office"
	"kakehashi/domains/groups/profile"
	"kakehashi/domains/groups/roster"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/jobs"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed messages/*.toml
var messages embed.FS

// Migrations returns the tables of this module, for tests of other modules
// whose rows point at groups.
func Migrations() db.Migrations { return db.Migrations{Name: "groups", FS: migrations} }

// Messages returns the texts of this module in every language.
func Messages() i18n.Source { return i18n.Source{Name: "groups", FS: messages} }

// Neighbours are what groups need of other modules.
type Neighbours struct {
	People group.People // persons and their posts
}

// Groups is the module's own handle: what app and the neighbours ask of it.
type Groups struct {
	deps    module.Deps
	near    Neighbours
	service *group.Service
	profile *profile.Pages
	desk    *desk.Pages
	office  *office.Pages
}

// New puts the module together; it does no I/O.
func New(d module.Deps, n Neighbours) *Groups {
	s := group.NewService(n.People, d.Deliver)
	return &Groups{
		deps: d, near: n, service: s,
		profile: profile.New(d),
		desk:    desk.New(d, s, n.People),
		office:  office.New(d, s, n.People),
	}
}

// Module is what the house is given.
func (g *Groups) Module() module.Module {
	routes := append(g.profile.Routes(), g.desk.Routes()...)
	return module.Module{
		Name:       "groups",
		Migrations: migrations,
		Messages:   []i18n.Source{Messages()},
		Routes:     append(routes, g.office.Routes()...),
		Nav: []module.Nav{
			{Place: module.InMine, Path: "/groups/mine", LabelKey: "groups.mine.title", Icon: "group", Show: web.Viewer.SignedIn, Order: 30},
			{Place: module.InOffice, Path: "/office/groups", LabelKey: "groups.office.title", Icon: "group", Show: isClerk, Order: 30},
			{Place: module.InFooter, Path: "/groups", LabelKey: "groups.list.title", Icon: "group", Order: 30},
		},
		API:      g.profile.API,
		Jobs:     g.jobs,
		Mails:    mails(g.deps.BaseURL),
		Inbox:    g.actions(),
		Live:     []string{group.Topic},
		Personal: []module.Personal{g.personal()},
		Demo:     g.demo,
		Checks:   g.checks(),
	}
}

func isClerk(v web.Viewer) bool { return v.Holds(web.RoleClerk) || v.Holds(web.RoleOperator) }

// actions are what a clerk can do to several applications at once.
func (g *Groups) actions() (out []inbox.Action) {
	for _, kind := range []string{group.InboxNew, group.InboxRenewal} {
		out = append(out,
			inbox.Action{Kind: kind, Name: "approve", LabelKey: "groups.decide.approve", Do: g.decide(group.Approved)},
			inbox.Action{Kind: kind, Name: "changes", LabelKey: "groups.decide.changes", Reason: true, Do: g.decide(group.Changes)},
		)
	}
	return out
}

func (g *Groups) decide(state group.State) func(context.Context, db.Actor, db.ID, string) error {
	return func(ctx context.Context, actor db.Actor, subject db.ID, reason string) error {
		return g.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
			_, err := g.service.Decide(tx, subject, group.Verdict{State: state, Note: reason})
			return err
		})
	}
}

// remind is the daily job that tells officers that a registration ends soon.
type remind struct{}

// Kind implements jobs.Args.
func (remind) Kind() string { return "groups.remind" }

// remindMinute is when it runs: 8:30 in the morning, so that nobody's phone
// rings at night.
const remindMinute = 8*60 + 30

func (g *Groups) jobs(r *jobs.Registry) {
	jobs.Work(r, func(ctx context.Context, _ remind) error {
		return g.deps.DB.Write(ctx, jobs.Actor, func(tx *db.Tx) error {
			if err := roster.Sweep(tx); err != nil {
				return err
			}
			_, err := g.service.Remind(tx)
			return err
		})
	})
	r.Daily("groups.remind", remindMinute, remind{})
}
