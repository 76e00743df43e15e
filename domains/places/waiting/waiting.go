package waiting

import (
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/desk"
	"kakehashi/domains/places/rules"
	"kakehashi/platform/module"
)

// Waiting decides what becomes of time that is given back.
type Waiting struct {
	deps  module.Deps
	svc   *reservation.Service
	rules *rules.Directory
}

// Neighbours are what this package needs of others.
type Neighbours struct{}

// New returns the part; it does no I/O.
func New(deps module.Deps, svc *reservation.Service, r *rules.Directory, near Neighbours) *Waiting {
	return &Waiting{deps: deps, svc: svc, rules: r}
}

// Join hands over routes, messages, jobs and panels.
func (x *Waiting) Join(m *module.Module, d *desk.Desk) {}
