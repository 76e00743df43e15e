package use

import (
	"context"
	"errors"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/reservation"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/jobs"
)

const (
	minute   = time.Minute // how often the day is looked at
	remindAt = 9 * 60      // when reports not filed are reminded of, after midnight
	batch    = 200         // rows of one transaction
)

var jobActor = jobs.Actor

type (
	minuteArgs struct{}
	remindArgs struct{}
	recordArgs struct{ Reservation db.ID }
)

// Kind names the work.
func (minuteArgs) Kind() string { return "use.minute" }

// Kind names the work.
func (remindArgs) Kind() string { return "use.remind" }

// Kind names the work.
func (recordArgs) Kind() string { return "use.record" }

// Minute lets go of the rooms of who did not come, and tells offices of keys
// that are not back. Running it again changes nothing.
func (x *Use) Minute(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "use.Minute()")
	if err := x.release(ctx); err != nil {
		return err
	}
	return x.overdue(ctx)
}

// release marks as no-shows those who have not arrived so many minutes after
// the start, where the rule says so and arrivals are noted.
func (x *Use) release(ctx context.Context) error {
	var gone []db.ID
	err := x.deps.DB.Read(ctx, func(tx *db.Tx) error {
		gone = nil
		ids, err := db.All(tx, func(id *db.ID) []any { return []any{id} }, `SELECT r.id FROM reservations AS r
			JOIN rooms AS m ON m.id = r.room_id JOIN use_places AS p ON p.facility_id = m.facility_id
			WHERE r.day = $1 AND p.arrivals = 1 AND r.state = 'confirmed' AND r.kind = 'use' AND r.starts_at <= $2 AND r.ends_at > $2
				AND NOT EXISTS (SELECT 1 FROM uses AS u WHERE u.reservation_id = r.id AND u.arrived_at <> 0)
			ORDER BY r.starts_at, r.id LIMIT $3`, today(tx), tx.Now, mostDay)
		if err != nil {
			return err
		}
		for _, id := range ids {
			r, err := reservation.Get(tx, id)
			if err != nil {
				return err
			}
			rule, err := x.Penalties(tx, r)
			if err != nil {
				return err
			}
			if overstayed(r, rule.Release, tx.Now) {
				gone = append(gone, id)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	var failed error // one that cannot be let go must not hold up the others
	for _, id := range gone {
		// Whoever arrived or changed meanwhile is left as they are.
		if err := x.svc.MarkNoShow(ctx, jobActor, id); err != nil && !fault.Is(err, fault.Conflict) {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// overstayed reports whether the room has waited long enough: after minutes
// from the start, or from the booking where that came later; 0 never.
func overstayed(r reservation.Reservation, after int, now time.Time) bool {
	if after <= 0 {
		return false
	}
	from := r.Span.Start
	if r.MadeAt.After(from) {
		from = r.MadeAt
	}
	return !now.Before(from.Add(time.Duration(after) * time.Minute))
}

// facilityOf returns the room of a reservation, which knows its facility.
func (x *Use) facilityOf(tx *db.Tx, r reservation.Reservation) (facility.Room, error) {
	room, err := x.svc.Room(tx, r.Room)
	return room.Room, err
}
