package reservation

import (
	"context"

	"kakehashi/domains/places/quarter"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/inbox"
)

// Change moves or edits a reservation: Room, Span, Headcount, Purpose and
// PublicTitle of r are the new ones, ID and Version those that were read. The
// new time is taken before the old is given back, so a change that fails loses
// nothing. In a room that a clerk decides on, moving asks again.
func (s *Service) Change(ctx context.Context, actor db.Actor, r Reservation) (_ Reservation, err error) {
	defer fault.Wrap(&err, "Change(%v)", r.ID)
	var k *known
	var old Reservation
	err = s.deps.DB.Read(ctx, func(tx *db.Tx) error {
		var err error
		if old, err = Get(tx, r.ID); err != nil {
			return err
		}
		r = edited(old, r)
		if k, err = s.room(tx, r.Room); err != nil {
			return err
		}
		if err := open(old, tx); err != nil {
			return err
		}
		if !moved(old, r) {
			return s.limits.CheckDetails(r, k.Room)
		}
		l, err := s.limitsFor(tx, r, k)
		if err != nil {
			return err
		}
		return l.Check(r, k.Room, k.closures, tx.Now)
	})
	if err != nil {
		return Reservation{}, err
	}
	if moved(old, r) {
		r.State, r.Office = Confirmed, k.office
		if k.Approval {
			r.State = Requested
		}
	}
	told := r
	told.Version++ // the message carries the version that will stand
	note, err := s.message("places.changed", told, k)
	if err != nil {
		return Reservation{}, err
	}
	err = s.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		next := r
		if err := update(tx, &next); err != nil {
			return err
		}
		if moved(old, next) {
			if err := s.move(tx, old, next); err != nil {
				return err
			}
			// What waited for a clerk waited for the old room and time.
			if err := inbox.CloseAs(tx, InboxKind, r.ID, "reservation.outcome.moved"); err != nil {
				return err
			}
		}
		if next.State == Requested {
			if err := s.ask(tx, next, k); err != nil {
				return err
			}
		}
		if err := audit.Record(tx, audit.Entry{Action: "reservation.change", Subject: "reservation", ID: r.ID, Person: r.Person}); err != nil {
			return err
		}
		tx.Touch(Topic, RoomTopic(old.Room), RoomTopic(next.Room))
		if err := s.deps.Deliver.Send(tx, note); err != nil {
			return err
		}
		told = next
		return nil
	})
	return told, err
}

// moved reports whether a change is one of room or time.
func moved(old, next Reservation) bool {
	return old.Room != next.Room || !old.Span.Start.Equal(next.Span.Start) || !old.Span.End.Equal(next.Span.End)
}

// edited returns old with what a change may change taken from wish.
func edited(old, wish Reservation) Reservation {
	r := old
	r.Version = wish.Version
	r.Room, r.Span = wish.Room, wish.Span
	r.Headcount, r.Purpose, r.PublicTitle = wish.Headcount, wish.Purpose, wish.PublicTitle
	return r
}

// open returns why a reservation can no longer be changed or cancelled, if so.
func open(r Reservation, tx *db.Tx) error {
	switch {
	case !r.State.Live():
		return fault.New(fault.Conflict, "reservation.error.gone")
	case !r.Open(tx.Now):
		return fault.New(fault.Conflict, "reservation.error.over")
	}
	return nil
}

// move takes the new time and gives back what is not kept of the old. Within
// one room's day the kept quarters stay taken all the while.
func (s *Service) move(tx *db.Tx, old, next Reservation) error {
	was, will := old.Span.Days(), next.Span.Days()
	gain, drop := will, was
	if old.Room == next.Room {
		gain, drop = minus(will, was), minus(was, will)
	} else if err := holdBoth(tx, old, next); err != nil {
		return err
	}
	if _, ok, err := take(tx, next.Room, gain); err != nil {
		return err
	} else if !ok {
		return taken(next)
	}
	if err := giveBack(tx, old.Room, drop); err != nil {
		return err
	}
	return s.recount(tx, old, next)
}

// holdBoth takes in hand what a move between two rooms changes, the room with
// the smaller id first.
func holdBoth(tx *db.Tx, old, next Reservation) error {
	first, second := old, next
	if second.Room < first.Room {
		first, second = second, first
	}
	if err := hold(tx, first.Room, first.Span.Days()); err != nil {
		return err
	}
	return hold(tx, second.Room, second.Span.Days())
}

// recount moves a reservation from one day to another in what the holder has,
// the earlier day first.
func (s *Service) recount(tx *db.Tx, old, next Reservation) error {
	if old.Day() == next.Day() {
		return nil
	}
	still := old.Day()
	if old.Day().Before(next.Day()) {
		still = jp.Date{}
		if err := uncount(tx, old.holder(), old.Day()); err != nil {
			return err
		}
	}
	k, err := s.room(tx, next.Room)
	if err != nil {
		return err
	}
	if err := s.countIn(tx, next, k, still); err != nil {
		return err
	}
	if next.Day().Before(old.Day()) {
		return uncount(tx, old.holder(), old.Day())
	}
	return nil
}

// minus returns the quarters of a that are not in b, day by day.
func minus(a, b []quarter.Day) []quarter.Day {
	out := make([]quarter.Day, 0, len(a))
	for _, d := range a {
		for _, o := range b {
			if o.Date == d.Date {
				d.Bits = d.Bits.Without(o.Bits)
			}
		}
		if d.Bits != (quarter.Bits{}) {
			out = append(out, d)
		}
	}
	return out
}

// Cancel gives the room's time back.
func (s *Service) Cancel(ctx context.Context, actor db.Actor, id db.ID, version int64, reason string) (Reservation, error) {
	return s.end(ctx, actor, id, version, Cancelled, reason)
}

// Approve confirms a requested reservation.
func (s *Service) Approve(ctx context.Context, actor db.Actor, id db.ID, reason string) error {
	_, err := s.decide(ctx, actor, id, Confirmed, reason)
	return err
}

// Refuse refuses a requested reservation, with the reason, and gives its time
// back.
func (s *Service) Refuse(ctx context.Context, actor db.Actor, id db.ID, reason string) error {
	var c fault.Check
	c.Field(reason != "", "reason", "reservation.error.reason")
	if err := c.Err(); err != nil {
		return err
	}
	_, err := s.decide(ctx, actor, id, Refused, reason)
	return err
}

// decide ends the waiting of a requested reservation.
func (s *Service) decide(ctx context.Context, actor db.Actor, id db.ID, state State, reason string) (Reservation, error) {
	return s.transition(ctx, actor, id, 0, state, reason, func(r Reservation, _ *db.Tx) error {
		if r.State != Requested {
			return fault.New(fault.Conflict, "reservation.error.decided")
		}
		return nil
	})
}

// end cancels a reservation that is still to come.
func (s *Service) end(ctx context.Context, actor db.Actor, id db.ID, version int64, state State, reason string) (Reservation, error) {
	return s.transition(ctx, actor, id, version, state, reason, open)
}

// auditActions name a change of state in the log.
//
//i18n:uses reservation.audit.*
//i18n:uses reservation.outcome.*
var auditActions = map[State]string{
	Confirmed: "reservation.approve", Refused: "reservation.refuse", Cancelled: "reservation.cancel",
	NoShow: "reservation.no_show",
}

// transition brings a reservation into a state, if allowed says so, and tells
// the person. A version other than 0 must still be the one that stands.
func (s *Service) transition(ctx context.Context, actor db.Actor, id db.ID, version int64, state State, reason string, allowed func(Reservation, *db.Tx) error) (_ Reservation, err error) {
	defer fault.Wrap(&err, "transition(%v to %s)", id, state)
	var out Reservation
	err = s.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		r, err := Get(tx, id)
		if err != nil {
			return err
		}
		if version != 0 && version != r.Version {
			return fault.New(fault.Conflict, "reservation.error.changed")
		}
		if err := allowed(r, tx); err != nil {
			return err
		}
		if err := s.turn(tx, &r, state, reason); err != nil {
			return err
		}
		k, err := s.room(tx, r.Room)
		if err != nil {
			return err
		}
		note, err := s.message(kindFor(state), r, k)
		if err != nil {
			return err
		}
		out = r
		return s.deps.Deliver.Send(tx, note)
	})
	return out, err
}

// turn writes the new state with all that follows from it, and tells nobody.
func (s *Service) turn(tx *db.Tx, r *Reservation, state State, reason string) error {
	wasLive := r.State.Live()
	r.State, r.Reason = state, reason
	if err := update(tx, r); err != nil {
		return err
	}
	if wasLive && !state.Live() {
		if err := giveBack(tx, r.Room, r.Span.Days()); err != nil {
			return err
		}
		if err := uncount(tx, r.holder(), r.Day()); err != nil {
			return err
		}
	}
	if err := inbox.CloseAs(tx, InboxKind, r.ID, "reservation.outcome."+string(state)); err != nil {
		return err
	}
	tx.Touch(Topic, RoomTopic(r.Room))
	return audit.Record(tx, audit.Entry{Action: auditActions[state], Subject: "reservation", ID: r.ID, Person: r.Person})
}
