package counter

import (
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/desk"
	"kakehashi/domains/places/rules"
	"kakehashi/platform/module"
)

// Counter enters applications on paper.
type Counter struct {
	deps  module.Deps
	svc   *reservation.Service
	rules *rules.Directory
}

// Neighbours are what this package needs of others.
type Neighbours struct{}

// New returns the part; it does no I/O.
func New(deps module.Deps, svc *reservation.Service, r *rules.Directory, near Neighbours) *Counter {
	return &Counter{deps: deps, svc: svc, rules: r}
}

// Join hands over routes, messages, jobs and panels.
func (x *Counter) Join(m *module.Module, d *desk.Desk) {}
