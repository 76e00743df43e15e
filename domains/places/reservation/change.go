package reservation

import (
	"context"
	"time"

	"kakehashi/domains/places/reservation/cells"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/inbox"
)

// Change moves or edits a reservation: Room, Span, Headcount, Purpose,
// PublicTitle, Loud and Asked of r are the new ones, ID and Version those that
// were read. The
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
		if err := k.bears(r); err != nil {
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
		if moved(old, next) || old.Loud != next.Loud {
			if err := s.move(tx, old, next); err != nil {
				return err
			}
		}
		if moved(old, next) {
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
		if err := s.follow(tx, old, next); err != nil {
			return err
		}
		told = next
		return s.send(tx, note)
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
	r.Loud, r.Asked = wish.Loud, wish.Asked
	return r
}

// open returns why a reservation can no longer be changed or cancelled, if so.
func open(r Reservation, tx *db.Tx) error {
	switch {
	case !r.State.Live():
		return fault.New(fault.Conflict, "reservation.error.gone")
	case r.State == Offered || r.State == Resting:
		return fault.New(fault.Conflict, "reservation.error.offered")
	case !r.Open(tx.Now):
		return fault.New(fault.Conflict, "reservation.error.over")
	}
	return nil
}

// move takes the new time and gives back what is not kept of the old, to its
// heir where there is one. What both need stays taken all the while.
func (s *Service) move(tx *db.Tx, old, next Reservation) error {
	from, err := s.firm(tx, old.Room)
	if err != nil {
		return err
	}
	to, err := s.firm(tx, next.Room)
	if err != nil {
		return err
	}
	was, will := from.rows(old), to.rows(next)
	gain, drop := cells.Minus(will, was), cells.Minus(was, will)
	if both, _ := cells.Merge(gain, drop); len(drop) > 0 {
		if err := cells.Hold(tx, both); err != nil {
			return err
		}
	}
	if ok, err := cells.Take(tx, gain); err != nil {
		return err
	} else if !ok {
		return taken(next)
	}
	if drop, err = s.pass(tx, s.remains(tx, old, next, from, to), drop); err != nil {
		return err
	}
	if err := cells.GiveBack(tx, drop); err != nil {
		return err
	}
	return s.recount(tx, old, next)
}

// recount moves a reservation from one day to another in what the holder has,
// the earlier day first.
func (s *Service) recount(tx *db.Tx, old, next Reservation) error {
	if old.Day() == next.Day() || !old.Counts() {
		return nil
	}
	still := old.Day()
	if old.Day().Before(next.Day()) {
		still = jp.Date{}
		if err := uncount(tx, old.Holder(), old.Day()); err != nil {
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
		return uncount(tx, old.Holder(), old.Day())
	}
	return nil
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
	NoShow: "reservation.no_show", Lapsed: "reservation.lapse",
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
		return s.send(tx, note)
	})
	return out, err
}

// turn writes the new state with all that follows from it, and tells nobody but
// the followers. Where the room's time is given back, its heir is asked.
func (s *Service) turn(tx *db.Tx, r *Reservation, state State, reason string) error {
	return s.close(tx, r, state, reason, true)
}

// close is turn; inherit says whether the heir is asked.
func (s *Service) close(tx *db.Tx, r *Reservation, state State, reason string, inherit bool) error {
	was := *r
	r.State, r.Reason, r.Due = state, reason, time.Time{}
	if err := update(tx, r); err != nil {
		return err
	}
	if err := s.follow(tx, was, *r); err != nil {
		return err
	}
	if was.State.Live() && !state.Live() {
		if err := s.release(tx, was, *r, inherit && was.forUse()); err != nil {
			return err
		}
	}
	if err := inbox.CloseAs(tx, InboxKind, r.ID, "reservation.outcome."+string(state)); err != nil {
		return err
	}
	tx.Touch(Topic, RoomTopic(r.Room))
	action := auditActions[state]
	if was.State == Offered && state == Confirmed {
		action = "reservation.accept"
	}
	return audit.Record(tx, audit.Entry{Action: action, Subject: "reservation", ID: r.ID, Person: r.Person})
}
