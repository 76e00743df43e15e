package draws

import (
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/desk"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/module"
)

// Draws runs the draws of the city.
type Draws struct {
	deps  module.Deps
	svc   *reservation.Service
	rules *rules.Directory
	near  Neighbours
}

// Neighbours are what this package needs of others.
type Neighbours struct {
	// Suspended returns the fault that says until when a holder may neither
	// book nor enter draws, or nil; nil: nobody is ever suspended.
	Suspended func(tx *db.Tx, holder db.ID, on jp.Date) error
}

// New returns the part; it does no I/O.
func New(deps module.Deps, svc *reservation.Service, r *rules.Directory, near Neighbours) *Draws {
	return &Draws{deps: deps, svc: svc, rules: r, near: near}
}

// Join hands over routes, messages, jobs and panels.
func (x *Draws) Join(m *module.Module, d *desk.Desk) {}

// Next names who is next in line for the time of a reservation that came from a
// draw (Source "draw") and is given up; false when the draw's line is at its end
// or the reservation came from elsewhere. Until of the Bequest is left zero:
// how long a place is held is the caller's to say.
func (x *Draws) Next(tx *db.Tx, gone reservation.Reservation) (reservation.Bequest, bool, error) {
	return reservation.Bequest{}, false, nil
}
