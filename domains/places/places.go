package places

import (
	"context"
	"embed"
	"slices"

	"github.com/a-h/templ"

	"kakehashi/domains/places/basket"
	"kakehashi/domains/places/blocks"
	blockdesk "kakehashi/domains/places/blocks/desk"
	"kakehashi/domains/places/cast"
	"kakehashi/domains/places/counter"
	"kakehashi/domains/places/draws"
	drawdesk "kakehashi/domains/places/draws/desk"
	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/importing"
	"kakehashi/domains/places/money"
	moneydesk "kakehashi/domains/places/money/desk"
	"kakehashi/domains/places/office"
	"kakehashi/domains/places/pages"
	"kakehashi/domains/places/papers"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/desk"
	"kakehashi/domains/places/reservation/tally"
	"kakehashi/domains/places/rules"
	rulecast "kakehashi/domains/places/rules/cast"
	ruledesk "kakehashi/domains/places/rules/desk"
	"kakehashi/domains/places/search"
	"kakehashi/domains/places/usage"
	"kakehashi/domains/places/use"
	usedesk "kakehashi/domains/places/use/desk"
	"kakehashi/domains/places/waiting"
	waitdesk "kakehashi/domains/places/waiting/desk"
	"kakehashi/engines/jp"
	"kakehashi/platform/api"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/jobs"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed messages/*.toml
var messages embed.FS

// Migrations returns the tables of this module.
func Migrations() db.Migrations { return db.Migrations{Name: "places", FS: migrations} }

// Messages returns the texts of this module in every language.
func Messages() i18n.Source { return i18n.Source{Name: "places", FS: messages} }

// Commands are the commands of this module.
func Commands() []module.Command { return slices.Concat(importing.Commands(), tally.Commands()) }

// Programme is a programme that lending a facility can belong to.
type Programme = office.Programme

// Town is a town of the city with where it lies.
type Town = pages.Town

// Neighbours are what places need of other modules.
type Neighbours struct {
	Reservation reservation.Neighbours
	Draws       draws.Neighbours
	Waiting     waiting.Neighbours
	Money       money.Neighbours
	Papers      papers.Neighbours
	Use         use.Neighbours
	Counter     counter.Neighbours
	Usage       usage.Neighbours
	// Who returns the holder of a reservation, a group or a person alone (group
	// 0), as rules see them. It is asked within writes and answers from memory as
	// a rule; nil: everybody is of the city.
	Who func(tx *db.Tx, group, person db.ID) (rules.Who, error)
	// Towns lists the towns of the city in the order of a menu; nil = none.
	Towns func(tx *db.Tx) ([]Town, error)
	// Programmes are those that lending can belong to; nil = none.
	Programmes func(tx *db.Tx) ([]Programme, error)
	// GroupKinds are the kinds of groups that book, in the order of a menu; each
	// is named by the message groups.kind.KIND.
	GroupKinds []string
}

// Places is the module's own handle: what app and the neighbours ask of it.
type Places struct {
	Rooms        *facility.Directory
	Search       *search.Service
	Reservations *reservation.Service
	Rules        *rules.Directory

	deps    module.Deps
	pages   *pages.Pages
	office  *office.Office
	desk    *desk.Desk
	parts   []part
	handles Handles
}

// part is a part of places that stands on reservations and rules.
type part interface {
	Join(m *module.Module, d *desk.Desk)
}

// New puts the module together; it does no I/O.
func New(deps module.Deps, near Neighbours) *Places {
	limits := reservation.DefaultLimits
	p := &Places{deps: deps, Rooms: facility.NewDirectory(deps.DB)}
	p.Rules = rules.NewDirectory(deps.DB)
	ruled := ruled{deps, p.Rules, near.Who}
	p.Search = search.New(deps.DB, p.Rooms, search.Window{
		LeadMinutes: limits.LeadMinutes, HorizonDays: limits.HorizonDays, Opens: ruled.opens, Ahead: ruled.ahead,
	})
	near.Reservation.Search, near.Reservation.Limits, near.Reservation.Ahead = p.Search, ruled.limits, ruled.ahead
	suspended := use.NewSuspensions(deps.DB)
	near.Reservation.GroupMayBook = suspended.GroupMayBook(near.Reservation.GroupMayBook)
	near.Reservation.MayAlone = suspended.MayAlone(near.Reservation.MayAlone)
	near.Draws.Suspended = suspended.Suspended
	near.Money.Who, near.Money.Displaced = near.Who, blocks.Displaced
	p.Reservations = reservation.New(deps, near.Reservation)
	block := blocks.New(deps, p.Reservations) // hears first, so that others can ask whether somebody had to give way
	near.Draws.GroupsOf, near.Draws.GroupMayBook, near.Draws.Who, near.Draws.Fee = near.Reservation.GroupsOf, near.Reservation.GroupMayBook, near.Who, ruled.fee
	draw := draws.New(deps, p.Reservations, p.Rules, near.Draws)
	near.Waiting.Reservation, near.Waiting.Next = near.Reservation, draw.Next
	near.Papers.GroupName, near.Papers.PersonName, near.Papers.GroupsOf, near.Papers.Charge = near.Reservation.GroupName, near.Reservation.PersonName, near.Reservation.GroupsOf, p.charges
	near.Papers.Ledger = ledger()
	line := waiting.New(deps, p.Reservations, p.Rules, near.Waiting)
	wait := waitdesk.New(deps, p.Reservations, line, near.Reservation)
	carry := basket.New(deps, p.Reservations, basket.Neighbours{Reservation: near.Reservation, Fee: ruled.fee})
	ruleDesk := ruledesk.New(deps, p.Rules, p.Rooms, ruledesk.Neighbours{
		GroupKinds: near.GroupKinds, GroupsOf: near.Reservation.GroupsOf, GroupName: near.Reservation.GroupName,
		Who: near.Who, PlaceOf: rules.PlaceOf, Fee: feeThen,
	})
	till, day := money.New(deps, p.Reservations, p.Rules, near.Money), use.New(deps, p.Reservations, p.Rules, near.Use)
	near.Papers.CheckIn = func(id db.ID) string { return "/use/" + day.Code(id) }
	p.handles = Handles{Blocks: block, Draws: draw, Waiting: line, Money: till, Use: day}
	p.parts = []part{
		drawdesk.New(deps, draw, p.Reservations, near.Draws),
		wait, carry,
		moneydesk.New(till, p.Reservations),
		papers.New(deps, p.Reservations, near.Papers),
		usedesk.New(deps, day, p.Reservations, p.Rooms),
		blockdesk.New(deps, p.Reservations, block, p.Rooms, near.Reservation),
		ruleDesk,
		counter.New(deps, p.Reservations, p.Rooms, near.Counter),
		usage.New(deps, p.Rooms, near.Usage),
	}
	p.desk = desk.New(deps, p.Reservations, near.Reservation)
	p.pages = pages.New(deps, p.Rooms, p.Search, pages.Neighbours{
		Towns: near.Towns, OnAt: search.OnAt, Below: []func(*web.Context, *db.Tx, facility.Room, jp.Date) (templ.Component, error){ruleDesk.Room, carry.Room, wait.Room},
	})
	p.office = office.New(deps, near.Programmes)
	return p
}

// Module is what places give to the house; the desk of reservations joins in.
func (p *Places) Module() module.Module {
	clerk := func(v web.Viewer) bool { return v.Holds(web.RoleClerk) || v.Holds(web.RoleOperator) }
	m := module.Module{
		Name:       "places",
		Migrations: migrations,
		Messages:   []i18n.Source{Messages()},
		Routes:     append(p.pages.Routes(), p.office.Routes()...),
		Nav: []module.Nav{
			{Place: module.InOffice, Path: "/office/places", LabelKey: "places.nav.office", Icon: "place", Show: clerk, Order: 40},
		},
		API:  func(a *api.API) { p.api(a); p.desk.API(a) },
		Jobs: func(r *jobs.Registry) { p.Reservations.Jobs(r) },
		Live: []string{facility.Topic, reservation.Topic, "room:*"},
		Demo: p.demo,
	}
	p.desk.Join(&m)
	for _, part := range p.parts {
		part.Join(&m, p.desk)
	}
	return m
}

// demo fills the places of the demo city.
func (p *Places) demo(ctx context.Context, d *module.Demo) error {
	if err := cast.Fill(ctx, d, p.deps.Files); err != nil {
		return err
	}
	return rulecast.Fill(ctx, d)
}
