package waiting

import (
	"slices"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// leastAnswer is how long somebody who is offered a time has to answer at
// least; a use so close is let at once.
const leastAnswer = time.Hour

// heir decides what becomes of time that is given back: the next of the draw,
// then the first in line, else it rests. Time that has rested is given to the
// line again before everybody can have it. A wish for a part of the time takes
// that part; the heir is asked about what is left.
func (x *Waiting) heir(tx *db.Tx, gone reservation.Reservation) (_ reservation.Bequest, err error) {
	defer fault.Wrap(&err, "heir(%v)", gone.ID)
	room, err := x.svc.Room(tx, gone.Room)
	if err != nil {
		return reservation.Bequest{}, err
	}
	rule, err := x.Rule(tx, room, tx.Now)
	if err != nil {
		return reservation.Bequest{}, err
	}
	var w Window
	if rested := gone.Person == 0 && gone.Group == 0; !rested {
		w = WindowOf(rule, tx.Now, gone.Span.Start)
		// Whoever gives a time back is known before anybody is asked.
		if err := KeepReturn(tx, gone, w); err != nil {
			return reservation.Bequest{}, err
		}
	}
	// Too close to its beginning nobody is asked for all of the time, but who
	// waits for a later part of it still can answer.
	if until, soon := answerBy(rule, tx.Now, gone.Span.Start); soon && x.near.Next != nil {
		b, ok, err := x.near.Next(tx, gone)
		if err != nil {
			return reservation.Bequest{}, err
		}
		if ok {
			b.Until = until
			return b, nil
		}
	}
	b, ok, err := x.first(tx, room.Room, rule, gone)
	if err != nil || ok || w.IsZero() {
		return b, err
	}
	at, err := w.Moment(rule)
	return reservation.Bequest{Until: at}, err
}

// answerBy returns until when whoever is offered a time answers; false when
// there is no time for that.
func answerBy(r rules.Reopening, now, start time.Time) (time.Time, bool) {
	by := now.Add(time.Duration(r.Hold) * time.Hour)
	if last := start.Add(-leastAnswer); by.After(last) {
		by = last
	}
	return by, r.Hold > 0 && !by.Before(now.Add(leastAnswer))
}

// first returns the first in line who may still have what they wish for: the
// room, a part of it, or a whole of which it is the last part that was missing.
// Their wait is offered from now on.
func (x *Waiting) first(tx *db.Tx, room facility.Room, rule rules.Reopening, gone reservation.Reservation) (b reservation.Bequest, ok bool, err error) {
	all, err := line(tx, kin(room), gone.Span)
	if err != nil {
		return b, false, err
	}
	for _, w := range all {
		until, soon := answerBy(rule, tx.Now, w.Span.Start)
		if !soon || w.Span.Start.Before(gone.Span.Start) || w.Span.End.After(gone.Span.End) {
			continue
		}
		if fits, err := x.fits(tx, w); err != nil {
			return b, false, err
		} else if !fits {
			continue
		}
		if slices.Contains(room.PartOf, w.Room) {
			if all, err := x.svc.Completes(tx, gone, w.Wish()); err != nil {
				return b, false, err
			} else if !all {
				continue
			}
		}
		if mine, err := x.offered(tx, w); err != nil {
			return b, false, err
		} else if !mine {
			continue // they left the line this moment, or another time came to them
		}
		return reservation.Bequest{
			Group: w.Group, Person: w.Person, Headcount: w.Headcount, Purpose: w.Purpose, Source: Source, SourceID: w.ID, Until: until, Span: w.Span, Room: w.Room,
		}, true, nil
	}
	return b, false, nil
}

// fits reports whether the wait's holder may have the time now: they may book,
// and did not give it back themselves.
func (x *Waiting) fits(tx *db.Tx, w Wait) (bool, error) {
	if err := x.mayBook(tx, w); err != nil {
		return false, onlyInternal(err)
	}
	room, err := x.svc.Room(tx, w.Room)
	if err != nil {
		return false, err
	}
	if back, err := gaveBack(tx, w, kin(room.Room)); err != nil || back {
		return false, err
	}
	if err := x.svc.CheckTime(tx, w.Wish(), room); err != nil {
		_, clash := reservation.AsClash(err)
		return clash, onlyInternal(err)
	}
	return true, nil
}

// onlyInternal drops what a reader could be told.
func onlyInternal(err error) error {
	if fault.KindOf(err) == fault.Internal {
		return err
	}
	return nil
}

// kin are the rooms whose time is the room's too: itself, its parts, and the
// wholes that it is a part of.
func kin(r facility.Room) []db.ID { return slices.Concat([]db.ID{r.ID}, r.Parts, r.PartOf) }

// offered notes that a wait has its turn; false when it is no longer in line, or
// its holder is offered another time at this instant.
func (x *Waiting) offered(tx *db.Tx, w Wait) (bool, error) {
	if ok, err := claim(tx, w); err != nil || !ok {
		return false, err
	}
	ok, err := turn(tx, w.ID, InLine, Offered)
	if err == nil && !ok {
		err = unclaim(tx, w.ID)
	}
	if err != nil || !ok {
		return false, err
	}
	tx.Touch(Topic)
	return true, audit.Record(tx, audit.Entry{Action: "waiting.offer", Subject: "wait", ID: w.ID, Person: w.Person})
}

// follow keeps waits in step with what came of their offers.
func (x *Waiting) follow(tx *db.Tx, was, now reservation.Reservation) (err error) {
	defer fault.Wrap(&err, "follow(%v)", now.ID)
	if was.State != reservation.Offered || now.State == reservation.Offered || now.Source != Source {
		return nil
	}
	to := Passed // declined, or not answered: each is asked once
	if now.State == reservation.Confirmed {
		to = Taken
	}
	tx.Touch(Topic)
	if err := unclaim(tx, now.SourceID); err != nil {
		return err
	}
	_, err = turn(tx, now.SourceID, Offered, to)
	return err
}
