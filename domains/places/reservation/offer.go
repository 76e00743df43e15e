package reservation

import (
	"cmp"
	"context"
	"errors"
	"time"

	"kakehashi/domains/places/reservation/cells"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/jobs"
)

// Offer writes a reservation that holds the room's time until due for its holder,
// who accepts or declines it, and tells them. Room, Span, Person or Group,
// Headcount and Purpose are needed; Source and SourceID say what it came from.
// The rules of Book are not asked. It reports false when the time is taken.
func (s *Service) Offer(tx *db.Tx, r Reservation, due time.Time) (_ Reservation, ok bool, err error) {
	defer fault.Wrap(&err, "Offer(room %v, %v)", r.Room, r.Span.Start)
	k, err := s.firm(tx, r.Room)
	if err != nil {
		return r, false, err
	}
	if ok, err := cells.TryTake(tx, k.rows(r)); err != nil || !ok {
		return r, false, err
	}
	r.State, r.Due = Offered, due
	r, err = s.handed(tx, r, k)
	return r, err == nil, err
}

// Accept confirms an offered reservation. It is a Conflict when the offer is over
// or somebody changed it; a version of 0 is any.
func (s *Service) Accept(ctx context.Context, actor db.Actor, id db.ID, version int64) (Reservation, error) {
	return s.transition(ctx, actor, id, version, Confirmed, "", func(r Reservation, tx *db.Tx) error {
		if r.State == Offered && !r.Due.After(tx.Now) {
			return fault.New(fault.Conflict, "reservation.error.lapsed")
		}
		return offered(r)
	})
}

// Decline gives an offered reservation back, and its time to the next in line.
func (s *Service) Decline(ctx context.Context, actor db.Actor, id db.ID, version int64, reason string) (err error) {
	defer fault.Wrap(&err, "Decline(%v)", id)
	return s.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		r, err := Get(tx, id)
		if err != nil {
			return err
		}
		if version != 0 && version != r.Version {
			return fault.New(fault.Conflict, "reservation.error.changed")
		}
		if err := offered(r); err != nil {
			return err
		}
		return s.turn(tx, &r, Lapsed, reason)
	})
}

func offered(r Reservation) error {
	if r.State != Offered {
		return fault.New(fault.Conflict, "reservation.error.lapsed")
	}
	return nil
}

// expireArgs asks for what is past its due time to lapse.
type expireArgs struct{}

// Kind names the work.
func (expireArgs) Kind() string { return "reservation.expire" }

const (
	expireEvery = time.Minute
	expireBatch = 200 // reservations looked up at once
)

// Expire lets offers that nobody took lapse, and time that has rested be had
// again. The time of an offer goes to the next in line. Running it again changes
// nothing.
func (s *Service) Expire(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "Expire()")
	for {
		var due []Reservation
		err := s.deps.DB.Read(ctx, func(tx *db.Tx) (err error) {
			due, err = many(tx, `SELECT `+columns+` FROM reservations WHERE due_at <> 0 AND due_at <= $1 ORDER BY due_at, id LIMIT $2`,
				db.Micros(tx.Now), expireBatch)
			return err
		})
		if err != nil {
			return err
		}
		var failed error // one that cannot lapse must not hold up the others
		for _, r := range due {
			failed = errors.Join(failed, s.expire(ctx, r.ID))
		}
		if failed != nil || len(due) < expireBatch {
			return failed
		}
	}
}

// expire lets one reservation lapse, unless it was taken meanwhile.
func (s *Service) expire(ctx context.Context, id db.ID) error {
	err := s.deps.DB.Write(ctx, jobs.Actor, func(tx *db.Tx) error {
		r, err := Get(tx, id)
		if err != nil || r.Due.IsZero() || r.Due.After(tx.Now) {
			return err
		}
		if err := s.turn(tx, &r, Lapsed, ""); err != nil {
			return err
		}
		k, err := s.room(tx, r.Room)
		if err != nil {
			return err
		}
		note, err := s.message("places.lapsed", r, k)
		if err != nil {
			return err
		}
		return s.send(tx, note)
	})
	if fault.Is(err, fault.Conflict) { // who answered at this moment was quicker
		return nil
	}
	return err
}

// Enter writes a reservation as it was or is to be, with its State and Receipt:
// a page of a paper book, or the demo city. The rules of Book are not asked,
// nobody is told, and no audit entry is written; that the room is free is. It
// reports false when somebody has the room then, or the holder has enough.
func (s *Service) Enter(tx *db.Tx, r Reservation) (ok bool, err error) {
	defer fault.Wrap(&err, "Enter(room %v, %v)", r.Room, r.Span.Start)
	k, err := s.firm(tx, r.Room)
	if err != nil {
		return false, err
	}
	r.ID, r.Version, r.Office, r.Kind = db.NewID(), 1, k.office, cmp.Or(r.Kind, ForUse)
	if r.Programme == 0 {
		r.Programme = k.programme
	}
	if r.State.Live() {
		rows := k.rows(r)
		if ok, err := cells.TryTake(tx, rows); err != nil || !ok {
			return false, err
		}
		if r.Counts() {
			if ok, err := count(tx, r.Holder(), r.Day(), s.limits.PerDay); err != nil {
				return false, err
			} else if !ok {
				return false, cells.GiveBack(tx, rows)
			}
		}
	}
	if err := s.enter(tx, r, k); err != nil {
		return false, err
	}
	tx.Touch(Topic, RoomTopic(r.Room))
	if r.State == Used {
		err = s.record(tx, r)
	}
	return true, err
}
