package reservation

import (
	"context"
	"time"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/jobs"
	"kakehashi/platform/module"
)

// ActivityKind is the kind of Activity that a finished reservation is recorded
// as.
const ActivityKind = "booking"

const (
	finishEvery = time.Hour // how often what is over is finished

	finishBack  = 60  // days that Finish looks back, after a long standstill
	finishBatch = 200 // reservations finished in one transaction
)

// finishArgs asks for what is over to be finished.
type finishArgs struct{}

// Kind names the work.
func (finishArgs) Kind() string { return "reservation.finish" }

// Jobs registers the hourly finishing of what is over, and the lapsing of offers
// every minute.
func (s *Service) Jobs(r *jobs.Registry) {
	jobs.Work(r, func(ctx context.Context, _ finishArgs) error { return s.Finish(ctx) })
	r.Every("reservation.finish", finishEvery, finishArgs{})
	jobs.Work(r, func(ctx context.Context, _ expireArgs) error { return s.Expire(ctx) })
	r.Every("reservation.expire", expireEvery, expireArgs{})
}

// Finish turns confirmed reservations that are over into used ones, each with
// its Activity, and requests that nobody decided in time into refused ones.
// Running it again changes nothing.
func (s *Service) Finish(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "Finish()")
	for {
		var n int
		err := s.deps.DB.Write(ctx, jobs.Actor, func(tx *db.Tx) error {
			today := jp.DateOf(tx.Now)
			over, err := many(tx, `SELECT `+columns+` FROM reservations
				WHERE day >= $1 AND day <= $2 AND ends_at <= $3 AND state IN ('requested', 'confirmed')
				ORDER BY day, starts_at, id LIMIT $4`, today.AddDays(-finishBack), today, db.Micros(tx.Now), finishBatch)
			if err != nil {
				return err
			}
			n = len(over)
			for _, r := range over {
				if err := s.finish(tx, r); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || n < finishBatch {
			return err
		}
	}
}

func (s *Service) finish(tx *db.Tx, r Reservation) error {
	if r.State == Requested {
		return s.turn(tx, &r, Refused, "")
	}
	was := r
	r.State = Used
	if err := update(tx, &r); err != nil {
		return err
	}
	if err := s.follow(tx, was, r); err != nil {
		return err
	}
	tx.Touch(Topic)
	return s.record(tx, r)
}

// record writes the Activity of a used reservation, unless it belongs to no
// programme or was the office's own.
func (s *Service) record(tx *db.Tx, r Reservation) error {
	if s.near.Recorder == nil || r.Programme == 0 || !r.forUse() {
		return nil
	}
	a := module.Activity{
		Programme: r.Programme, Kind: ActivityKind, Source: r.ID, On: r.Day(), Minutes: int64(r.Span.Minutes()), Group: r.Group,
		Participants: map[string]int64{unknownParticipants: r.Headcount},
	}
	if r.Group == 0 {
		a.Person = r.Person
	}
	return s.near.Recorder.RecordActivity(tx, a)
}

// unknownParticipants counts heads whose age and language nobody asked for.
const unknownParticipants = "/"

// MarkNoShow notes that nobody came. What is left of the room's time goes to
// whoever waits, and the Activity is taken out again.
func (s *Service) MarkNoShow(ctx context.Context, actor db.Actor, id db.ID) (err error) {
	defer fault.Wrap(&err, "MarkNoShow(%v)", id)
	return s.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		r, err := Get(tx, id)
		if err != nil {
			return err
		}
		if r.State != Confirmed && r.State != Used || !r.forUse() || r.Span.Start.After(tx.Now) {
			return fault.New(fault.Conflict, "reservation.error.early")
		}
		if err := s.turn(tx, &r, NoShow, ""); err != nil {
			return err
		}
		if s.near.Recorder == nil {
			return nil
		}
		return s.near.Recorder.DropActivity(tx, r.ID)
	})
}
