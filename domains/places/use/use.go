package use

import (
	"cmp"
	"context"

	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/jobs"
	"kakehashi/platform/module"
)

// Topic is touched by every change of a day of use.
const Topic = "use"

// Neighbours are what this package needs of others. What is nil is left out.
type Neighbours struct {
	GroupName  func(tx *db.Tx, group db.ID) (i18n.Text, error)
	PersonName func(tx *db.Tx, person db.ID) (string, error)
	// GroupsOf lists the groups for which the person may book.
	GroupsOf func(tx *db.Tx, person db.ID) ([]db.ID, error)
	// Listed returns the names of those of the groups that everybody may know.
	Listed func(tx *db.Tx, groups []db.ID) (map[db.ID]i18n.Text, error)
	// Recorder keeps how many people of which age and language came.
	Recorder module.Recorder
}

// Use sees a booking through its day.
type Use struct {
	deps  module.Deps
	svc   *reservation.Service
	rules *rules.Directory
	near  Neighbours
}

// New returns the part, which follows all reservations from then on; it does no
// I/O.
func New(deps module.Deps, svc *reservation.Service, r *rules.Directory, near Neighbours) *Use {
	x := &Use{deps: deps, svc: svc, rules: r, near: near}
	svc.Follow(x.follow)
	return x
}

// follow gives points, and asks for the report of what was used.
func (x *Use) follow(tx *db.Tx, was, now reservation.Reservation) error {
	if was.ID == 0 || was.State == now.State || now.Kind != reservation.ForUse {
		return nil
	}
	if now.State == reservation.NoShow && tx.Actor.Via == jobActor.Via {
		// The clock is late when they came while it looked.
		if rec, err := begin(tx, now.ID); err != nil || !rec.Arrived.IsZero() {
			return cmp.Or(err, error(fault.New(fault.Conflict, "use.error.here")))
		}
	}
	if kind := x.offence(tx, was, now); kind != "" {
		return x.give(tx, now, kind)
	}
	if now.State == reservation.Used {
		return x.askReport(tx, now)
	}
	return nil
}

// Jobs registers what the clock asks for.
func (x *Use) Jobs(r *jobs.Registry) {
	jobs.Work(r, func(ctx context.Context, _ minuteArgs) error { return x.Minute(ctx) })
	jobs.Work(r, func(ctx context.Context, _ remindArgs) error { return x.Remind(ctx) })
	jobs.Work(r, func(ctx context.Context, a recordArgs) error { return x.record(ctx, a.Reservation) })
	r.Every("use.minute", minute, minuteArgs{})
	r.Daily("use.remind", remindAt, remindArgs{})
}

// holder is who points count for: the group, or the person alone.
func holder(r reservation.Reservation) db.ID {
	if r.Group != 0 {
		return r.Group
	}
	return r.Person
}

// today is the civil day of the transaction.
func today(tx *db.Tx) jp.Date { return jp.DateOf(tx.Now) }

// self is the person for whom the actor acts.
func self(a db.Actor) db.ID {
	if a.OnBehalfOf != 0 {
		return a.OnBehalfOf
	}
	return a.Person
}
