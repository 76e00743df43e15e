package desk

import (
	"context"

	"kakehashi/domains/places/draws"
	"kakehashi/domains/places/draws/cast"
	"kakehashi/domains/places/reservation"
	bookings "kakehashi/domains/places/reservation/desk"
	"kakehashi/platform/db"
	"kakehashi/platform/jobs"
	"kakehashi/platform/module"
)

// Desk serves everything about draws that people meet.
type Desk struct {
	deps module.Deps
	x    *draws.Draws
	svc  *reservation.Service
	near draws.Neighbours
}

// New returns the desk; it does no I/O.
func New(deps module.Deps, x *draws.Draws, svc *reservation.Service, near draws.Neighbours) *Desk {
	return &Desk{deps: deps, x: x, svc: svc, near: near}
}

// Join hands over routes, messages, jobs, mails and the demo city's draws.
func (d *Desk) Join(m *module.Module, _ *bookings.Desk) {
	m.Messages = append(m.Messages, draws.Messages())
	m.Mails = append(m.Mails, d.x.Mails()...)
	before := m.Jobs
	m.Jobs = func(r *jobs.Registry) {
		if before != nil {
			before(r)
		}
		d.x.Jobs(r)
	}
	m.Live = append(m.Live, draws.Topic)
	demo := m.Demo
	m.Demo = func(ctx context.Context, city *module.Demo) error {
		if demo != nil {
			if err := demo(ctx, city); err != nil {
				return err
			}
		}
		return cast.Fill(ctx, city, d.x)
	}
}

func (d *Desk) read(ctx context.Context, fn func(tx *db.Tx) error) error {
	return d.deps.DB.Read(ctx, fn)
}
