package waiting

import (
	"context"
	"crypto/rand"
	"math"
	"math/big"
	"strings"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// Topic is touched by every change of any waiting list.
const Topic = "waiting"

// Source is what a reservation that came from a waiting list says of itself.
const Source = "waiting"

// MostWaits is how many open waits a holder may have.
const MostWaits = 5

// State is how far a wait has come.
type State string

// The states.
const (
	InLine  State = "waiting"
	Offered State = "offered"
	Taken   State = "taken"
	Passed  State = "passed" // offered, and declined or not answered in time
	Left    State = "left"
)

// Wait is somebody's wish for time that somebody else has.
type Wait struct {
	ID            db.ID
	Room          db.ID
	Office        db.ID // of the facility
	Span          quarter.Span
	Group, Person db.ID
	Purpose       string
	Headcount     int64
	State         State
	Rested        bool // asked while the time rested: its place is drawn by lot
	MadeBy        db.ID
	MadeAt        time.Time
	Place         int64 // in line for this time, from 1; 0 when not waiting or drawn by lot
}

// Holder is the group, or the person alone.
func (w Wait) Holder() db.ID {
	if w.Group != 0 {
		return w.Group
	}
	return w.Person
}

// Wish is the wait as a reservation.
func (w Wait) Wish() reservation.Reservation {
	return reservation.Reservation{
		Room: w.Room, Span: w.Span, Group: w.Group, Person: w.Person, Headcount: w.Headcount, Purpose: w.Purpose,
		Source: Source, SourceID: w.ID,
	}
}

// Enter lets somebody wait: Room, Span, Group, Person, Headcount and Purpose are
// needed. Whether the actor may act for them is asked by may, in the same
// transaction. The time lies within that of one reservation of the room. It
// returns Invalid with the fields that cannot be used; Conflict when the time is
// free, when they wait for it already, have too many waits, or
// gave this time back.
func (x *Waiting) Enter(ctx context.Context, actor db.Actor, w Wait, may ...func(tx *db.Tx) error) (_ Wait, err error) {
	defer fault.Wrap(&err, "Enter(room %v, %v)", w.Room, w.Span.Start)
	w.Purpose = strings.TrimSpace(w.Purpose)
	err = x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		for _, ask := range may {
			if err := ask(tx); err != nil {
				return err
			}
		}
		w.MadeBy = actor.Person
		return x.enter(tx, &w)
	})
	return w, err
}

func (x *Waiting) enter(tx *db.Tx, w *Wait) error {
	room, err := x.svc.Room(tx, w.Room)
	if err != nil {
		return err
	}
	if err := x.svc.Limits().CheckDetails(w.Wish(), room.Room); err != nil {
		return err
	}
	if err := x.mayBook(tx, *w); err != nil {
		return err
	}
	switch err := x.svc.CheckTime(tx, w.Wish(), room); {
	case err == nil:
		return fault.New(fault.Conflict, "waiting.error.free")
	default:
		if _, clash := reservation.AsClash(err); !clash {
			return err
		}
	}
	if err := x.checkHolder(tx, *w, kin(room.Room)); err != nil {
		return err
	}
	within, rested, err := x.within(tx, *w, room.Room)
	if err != nil {
		return err
	}
	var lot int64
	if w.Rested = rested; !within { // nothing that is given back could ever be all of it
		return fault.New(fault.Conflict, "waiting.error.within")
	}
	if w.Rested {
		n, err := rand.Int(rand.Reader, big.NewInt(math.MaxInt64))
		if err != nil {
			return err
		}
		lot = n.Int64()
	}
	w.ID, w.Office, w.State, w.MadeAt = db.NewID(), room.Office(), InLine, tx.Now
	if err := insert(tx, *w, lot); err != nil {
		return err
	}
	tx.Touch(Topic)
	return audit.Record(tx, audit.Entry{Action: "waiting.enter", Subject: "wait", ID: w.ID, Person: w.Person})
}

// Held lists what residents hold, or what rests, of the room's time between two
// days: as the room itself, as a whole that it is a part of, or as one of its
// parts.
func Held(tx *db.Tx, room facility.Room, from, until jp.Date) (out []reservation.Reservation, err error) {
	defer fault.Wrap(&err, "waiting.Held(%v, %v)", room.ID, from)
	for _, id := range kin(room) {
		some, err := reservation.Between(tx, id, from, until)
		if err != nil {
			return nil, err
		}
		for _, r := range some {
			if CanGive(r) {
				out = append(out, r)
			}
		}
	}
	return out, nil
}

// within reports whether what is held of the room could come to be all of the
// time: no two who hold the same of it one after the other need to give it back.
// It says whether any of it rests.
func (x *Waiting) within(tx *db.Tx, w Wait, room facility.Room) (ok, rested bool, err error) {
	there, err := Held(tx, room, w.Span.Days()[0].Date, jp.DateOf(w.Span.End.Add(-1)))
	if err != nil {
		return false, false, err
	}
	for _, r := range there {
		if !r.Span.Overlaps(w.Span) {
			continue
		}
		if w.Span.Start.Before(r.Span.Start) || w.Span.End.After(r.Span.End) {
			return false, false, nil
		}
		ok, rested = true, rested || r.State == reservation.Resting
	}
	return ok, rested, nil
}

// CanGive reports whether the reservation's time may come to whoever waits for
// it: what residents hold, and what rests.
func CanGive(r reservation.Reservation) bool { return r.Kind == reservation.ForUse && r.State.Live() }

// mayBook returns why the wait's holder may not book, if so.
func (x *Waiting) mayBook(tx *db.Tx, w Wait) error {
	near := x.near.Reservation
	switch {
	case w.Group != 0 && near.GroupMayBook != nil:
		return near.GroupMayBook(tx, w.Group, w.Wish().Day())
	case w.Group == 0 && near.MayAlone != nil:
		return near.MayAlone(tx, w.Person)
	}
	return nil
}

// checkHolder returns why the holder may not wait for the time, if so.
func (x *Waiting) checkHolder(tx *db.Tx, w Wait, rooms []db.ID) error {
	open, same, err := openOf(tx, w)
	switch {
	case err != nil:
		return err
	case same:
		return fault.New(fault.Conflict, "waiting.error.twice")
	case open >= MostWaits:
		return fault.New(fault.Conflict, "waiting.error.many", "most", MostWaits)
	}
	back, err := gaveBack(tx, w, rooms)
	if err == nil && back {
		return fault.New(fault.Conflict, "waiting.error.gave_back")
	}
	return err
}

// Leave takes a wait out of the line. Conflict when it is no longer waiting.
func (x *Waiting) Leave(ctx context.Context, actor db.Actor, id db.ID) (err error) {
	defer fault.Wrap(&err, "Leave(%v)", id)
	return x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		w, err := Get(tx, id)
		if err != nil {
			return err
		}
		ok, err := turn(tx, id, InLine, Left)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.Conflict, "waiting.error.over")
		}
		tx.Touch(Topic)
		return audit.Record(tx, audit.Entry{Action: "waiting.leave", Subject: "wait", ID: id, Person: w.Person})
	})
}

// Keep writes a wait as it was, with its State: a list that a city kept on
// paper, or the demo city. The rules of Enter are not asked.
func (x *Waiting) Keep(tx *db.Tx, w Wait) (_ Wait, err error) {
	defer fault.Wrap(&err, "Keep(room %v, %v)", w.Room, w.Span.Start)
	room, err := x.svc.Room(tx, w.Room)
	if err != nil {
		return w, err
	}
	if w.Office = room.Office(); w.ID == 0 {
		w.ID = db.NewID()
	}
	tx.Touch(Topic)
	return w, insert(tx, w, 0)
}
