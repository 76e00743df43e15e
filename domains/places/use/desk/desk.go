// Package desk is what people meet of a day of use: the list of the day, the
// pages behind a scanned code, the display at the entrance, reports and points.
package desk

import (
	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/reservation"
	reservationdesk "kakehashi/domains/places/reservation/desk"
	"kakehashi/domains/places/use"
	"kakehashi/platform/module"
)

// Desk serves everything about days of use that people meet.
type Desk struct {
	deps  module.Deps
	use   *use.Use
	svc   *reservation.Service
	rooms *facility.Directory
}

// New returns the desk; it does no I/O.
func New(deps module.Deps, u *use.Use, svc *reservation.Service, rooms *facility.Directory) *Desk {
	return &Desk{deps: deps, use: u, svc: svc, rooms: rooms}
}

// Join hands over routes, messages, jobs and panels.
func (d *Desk) Join(m *module.Module, rd *reservationdesk.Desk) {}
