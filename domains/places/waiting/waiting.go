package waiting

import (
	"time"

	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/module"
)

// Waiting decides what becomes of time that is given back.
type Waiting struct {
	deps  module.Deps
	svc   *reservation.Service
	rules *rules.Directory
	near  Neighbours
}

// Neighbours are what this package needs of others.
type Neighbours struct {
	// Reservation is what reservations themselves need: who may book.
	Reservation reservation.Neighbours
	// Next names who is next in line of the draw that the reservation came from;
	// false when nobody is. nil: there are no draws.
	Next func(tx *db.Tx, gone reservation.Reservation) (reservation.Bequest, bool, error)
}

// New returns the part, which hears of every change of a reservation from now
// on; it does no I/O.
func New(deps module.Deps, svc *reservation.Service, r *rules.Directory, near Neighbours) *Waiting {
	x := &Waiting{deps: deps, svc: svc, rules: r, near: near}
	svc.Bequeath(x.heir)
	svc.Follow(x.follow)
	return x
}

// Groups lists the groups for which the person may book.
func (x *Waiting) Groups(tx *db.Tx, person db.ID) ([]db.ID, error) {
	if x.near.Reservation.GroupsOf == nil {
		return nil, nil
	}
	return x.near.Reservation.GroupsOf(tx, person)
}

// Rule returns how given-back time of the room is let again, by the day on
// which it is given back.
func (x *Waiting) Rule(tx *db.Tx, room reservation.RoomInfo, at time.Time) (rules.Reopening, error) {
	book, err := x.rules.Book(tx)
	if err != nil {
		return rules.Reopening{}, err
	}
	return book.Reopening(rules.PlaceOf(&room.Room), jp.DateOf(at)), nil
}
