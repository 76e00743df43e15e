package draws

import (
	"sync"

	"kakehashi/domains/places/draws/beacon"
	"kakehashi/domains/places/draws/replay"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
)

// Topic is touched by every change of a draw.
const Topic = "draws"

// Source is what reservations that come from a draw have as their Source.
const Source = "draw"

// Draws runs the draws of the city.
type Draws struct {
	deps  module.Deps
	svc   *reservation.Service
	rules *rules.Directory
	near  Neighbours

	mu  sync.Mutex
	ran map[db.ID]*replay.Ran // draws that were run, by id
}

// Neighbours are what this package needs of others. What is nil keeps nobody out
// and shows nothing.
type Neighbours struct {
	// Suspended returns the fault that says until when a holder may neither
	// book nor enter draws, or nil.
	Suspended func(tx *db.Tx, holder db.ID, on jp.Date) error
	// GroupsOf lists the groups for which the person may book.
	GroupsOf func(tx *db.Tx, person db.ID) ([]db.ID, error)
	// GroupMayBook returns the fault that says why a group's registration does
	// not let it book for the day.
	GroupMayBook func(tx *db.Tx, group db.ID, on jp.Date) error
	// GroupNames returns the names of many groups.
	GroupNames func(tx *db.Tx, ids []db.ID) (map[db.ID]i18n.Text, error)
	// Who is the group as rules see it; the person is 0.
	Who func(tx *db.Tx, group, person db.ID) (rules.Who, error)
	// Overlap returns the pairs of the groups that share at least so many of 100
	// members of the smaller one.
	Overlap func(tx *db.Tx, groups []db.ID, percent int) ([]Overlap, error)
	// Shared names the members that two groups share.
	Shared func(tx *db.Tx, a, b db.ID) ([]string, error)
	// Fee is what a wish costs, in yen.
	Fee func(tx *db.Tx, r reservation.Reservation) (int64, error)
	// Beacon fetches public randomness; nil where the city's network reaches
	// none: clerks type the value then.
	Beacon *beacon.Client
	// Offer holds a room for its winner; reservation.Service.Offer, which nil
	// stands for.
	Offer Offer
}

// Overlap are two groups that share members.
type Overlap struct {
	A, B    db.ID
	Shared  int64
	Percent int64 // of the smaller one's members
}

// New returns the part; it does no I/O.
func New(deps module.Deps, svc *reservation.Service, r *rules.Directory, near Neighbours) *Draws {
	x := &Draws{deps: deps, svc: svc, rules: r, near: near, ran: map[db.ID]*replay.Ran{}}
	if x.near.Offer == nil {
		x.near.Offer = svc.Offer
	}
	return x
}
