// Package domains is the list of modules, in the order a resident meets them,
// and the joins between them: each is handed what it needs of its neighbours.
//
// A new module is one folder here and one line in Build; one more in Commands
// when it brings commands.
package domains

import (
	"context"
	"slices"
	"sync"

	"kakehashi/domains/groups"
	"kakehashi/domains/offices"
	"kakehashi/domains/people"
	"kakehashi/domains/places"
	"kakehashi/domains/places/counter"
	"kakehashi/domains/places/draws"
	"kakehashi/domains/places/draws/beacon"
	"kakehashi/domains/places/money"
	"kakehashi/domains/places/papers"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/usage"
	"kakehashi/domains/places/use"
	"kakehashi/domains/programmes"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// Settings are what the modules need of the operator's settings.
type Settings struct {
	OIDC string // sign-in services, as --oidc has them
	// Stripe and StripeWebhook are the keys of online payment; empty: none.
	Stripe, StripeWebhook string
	// Beacon is the public randomness of draws, as --beacon has it; empty: none.
	Beacon string
}

// House is the modules put together, and what app itself asks of them.
type House struct {
	Modules    []module.Module
	People     *people.People
	Groups     *groups.Groups
	Programmes *programmes.Programmes
	Places     *places.Places
	Offices    *offices.Offices
}

// Build puts the modules together. It asks nothing of the database or network.
func Build(d module.Deps, s Settings) (House, error) {
	pe, err := people.New(d, people.Config{OIDC: s.OIDC})
	if err != nil {
		return House{}, err
	}
	public, err := beacon.Parse(s.Beacon)
	if err != nil {
		return House{}, err
	}
	gr := groups.New(d, groups.Neighbours{People: pe})
	pr := programmes.New(d, programmes.Neighbours{})
	pl := places.New(d, places.Neighbours{
		Towns:      towns,
		Who:        holders(d.DB, gr, pe),
		GroupKinds: groups.Kinds(),
		Programmes: lendingProgrammes(pr),
		Reservation: reservation.Neighbours{
			GroupMayBook: gr.GroupMayBook,
			GroupName:    gr.GroupName,
			GroupsOf:     gr.MayBookFor,
			PersonName:   pe.PersonName,
			MayAlone:     mayBookAlone(d.DB, pe),
			Recorder:     pr,
		},
		Papers:  papers.Neighbours{City: cityName},
		Counter: counter.Neighbours{Holders: holdersNamed(pe), UseKey: usage.UseKey},
		Draws: draws.Neighbours{
			GroupNames: gr.GroupNames,
			Overlap:    overlaps(gr),
			Shared:     gr.Shared,
			Beacon:     public,
		},
		Usage: usage.Neighbours{
			GroupKinds: gr.GroupKinds,
			KindKey:    groups.KindKey,
			OfficeName: gr.GroupName,
		},
		Money: money.Neighbours{
			GroupNames:  gr.GroupNames,
			PersonNames: pe.PersonNames,
			Mine:        gr.MayBookFor,
			Online:      onlinePayment(s),
		},
		Use: use.Neighbours{
			GroupName:  gr.GroupName,
			PersonName: pe.PersonName,
			GroupsOf:   gr.MayBookFor,
			Listed:     gr.ListedNames,
			Recorder:   pr,
		},
	})
	h := House{People: pe, Groups: gr, Programmes: pr, Places: pl}
	h.Offices = offices.New(d, offices.Neighbours{
		Actions:     sync.OnceValue(func() *inbox.Actions { return actions(h.Modules) }),
		OfficeNames: gr.GroupNames,
		PersonNames: pe.PersonNames,
		Clerks: func(tx *db.Tx, office db.ID) ([]db.ID, error) {
			return pe.HoldersOf(tx, web.RoleClerk, web.Scope{Kind: "office", ID: office})
		},
	})
	pr.Connect(programmes.Neighbours{
		Happenings:      []module.Happenings{pl.Reservations.Happenings},
		HappeningTopics: []string{reservation.Topic},
		GroupNames:      gr.GroupNames,
		PersonTown:      pe.PersonTown,
		TownDistance:    townDistance,
		FieldActs:       map[string]programmes.FieldAct{"place": {Path: "/places/search", LabelKey: "programmes.act.place"}},
	})
	h.Modules = []module.Module{
		pe.Module(), // people: persons, sign-in, posts
		gr.Module(), // groups and offices
		pr.Module(), // the five fields, programmes, the front page
		pl.Module(), // 場の提供
		h.Offices.Module(),
	}
	pe.Connect(scopes{gr, pr}, func() []module.Personal { return personal(h.Modules) })
	return h, nil
}

// Commands are the commands that modules bring.
func Commands() []module.Command {
	return slices.Concat(people.Commands(), programmes.Commands(), places.Commands(), offices.Commands())
}

// Reserved are the rows of the demo city that modules point at before their
// owner has written them: their ids are drawn beforehand.
var Reserved = []string{
	"office:kyodo", "office:fukushi", "office:choju", "office:shido", "office:bosai", "office:jichi", "office:shakyo",
	"group:aozora", "group:honcho4", "group:turk",
}

// Identify loads a person as a viewer: web.Config.Identify.
func (h House) Identify(ctx context.Context, tx *db.Tx, person db.ID) (web.Viewer, error) {
	return h.People.Identify(ctx, tx, person)
}

// SaveLang keeps a person's choice of language: web.Config.SaveLang.
func (h House) SaveLang(ctx context.Context, actor db.Actor, person db.ID, lang i18n.Lang) error {
	return h.People.SaveLang(ctx, actor, person, lang)
}

// Token finds a personal token: web.Config.Token.
func (h House) Token(ctx context.Context, tx *db.Tx, hash []byte) (web.Grant, error) {
	return h.People.Token(ctx, tx, hash)
}

// Recipient looks up where messages for a person go: deliver.Config.Recipient.
func (h House) Recipient(tx *db.Tx, person db.ID) (deliver.Recipient, error) {
	return h.People.Recipient(tx, person)
}

// City is what every page says of the city: ui.Frame.City.
func (h House) City(ctx context.Context) ui.City { return h.Offices.City(ctx) }

// CityName is the sender of mails: deliver.Config.City.
func (h House) CityName(tx *db.Tx) (i18n.Text, error) { return h.Offices.CityName(tx) }

// Settled reports whether anybody lives in the city yet.
func (h House) Settled(tx *db.Tx) (bool, error) {
	var n int
	err := tx.Row(`SELECT COUNT(*) FROM (SELECT 1 FROM persons LIMIT 1) AS p`).Scan(&n)
	return n > 0, err
}
