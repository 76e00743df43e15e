package desk

import (
	"kakehashi/domains/places/blocks"
	"kakehashi/domains/places/reservation"
	resdesk "kakehashi/domains/places/reservation/desk"
	"kakehashi/platform/module"
)

// Desk serves the pages of blocks.
type Desk struct {
	deps module.Deps
	svc  *reservation.Service
	all  *blocks.Blocks
	near reservation.Neighbours
}

// New returns the desk; it does no I/O.
func New(deps module.Deps, svc *reservation.Service, all *blocks.Blocks, near reservation.Neighbours) *Desk {
	return &Desk{deps: deps, svc: svc, all: all, near: near}
}

// Join hands over routes, messages and panels.
func (d *Desk) Join(m *module.Module, r *resdesk.Desk) {}
