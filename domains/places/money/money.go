package money

import (
	"embed"

	"kakehashi/domains/places/money/pay"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
)

// Topic is touched by every charge and entry.
const Topic = "money"

//go:embed messages/*.toml
var messages embed.FS

// Messages returns the texts of money in every language.
func Messages() i18n.Source { return i18n.Source{Name: "money", FS: messages} }

// Money keeps what is owed and paid.
type Money struct {
	deps  module.Deps
	svc   *reservation.Service
	rules *rules.Directory
	near  Neighbours
}

// Neighbours are what this package needs of others.
type Neighbours struct {
	// Who says of whoever books what fees depend on; nil: a resident alone.
	Who func(tx *db.Tx, group, person db.ID) (rules.Who, error)
	// GroupNames and PersonNames are for lists, by id.
	GroupNames  func(tx *db.Tx, ids []db.ID) (map[db.ID]i18n.Text, error)
	PersonNames func(tx *db.Tx, ids []db.ID) (map[db.ID]string, error)
	// Mine lists the groups for which the person may book.
	Mine func(tx *db.Tx, person db.ID) ([]db.ID, error)
	// Displaced reports whether a reservation that ends had to give way to the
	// office; nil: who acts is asked alone.
	Displaced func(tx *db.Tx, reservation db.ID) (bool, error)
	// Online takes payments on a page of its own; nil: nobody pays online.
	Online pay.Provider
}

// New returns the part, which follows reservations from then on; it does no I/O.
func New(deps module.Deps, svc *reservation.Service, r *rules.Directory, near Neighbours) *Money {
	x := &Money{deps: deps, svc: svc, rules: r, near: near}
	svc.Follow(x.follow)
	return x
}

// Online reports whether payments are taken online.
func (x *Money) Online() bool { return x.near.Online != nil }

// Near returns what the pages of package desk need of others.
func (x *Money) Near() Neighbours { return x.near }

// Deps returns the handles for package desk.
func (x *Money) Deps() module.Deps { return x.deps }
