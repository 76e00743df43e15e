package usage

import (
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/desk"
	"kakehashi/domains/places/rules"
	"kakehashi/platform/module"
)

// Usage reports how rooms are used.
type Usage struct {
	deps  module.Deps
	svc   *reservation.Service
	rules *rules.Directory
}

// Neighbours are what this package needs of others.
type Neighbours struct{}

// New returns the part; it does no I/O.
func New(deps module.Deps, svc *reservation.Service, r *rules.Directory, near Neighbours) *Usage {
	return &Usage{deps: deps, svc: svc, rules: r}
}

// Join hands over routes, messages, jobs and panels.
func (x *Usage) Join(m *module.Module, d *desk.Desk) {}
