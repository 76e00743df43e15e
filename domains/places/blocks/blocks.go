package blocks

import (
	"context"
	"slices"
	"strings"
	"time"

	"kakehashi/domains/places/reservation"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/module"
)

// Topic is touched by every change of a block.
const Topic = "blocks"

// Source is what a reservation that is held in place of a displaced one says of
// itself.
const Source = "block"

// hold is how long a displaced holder is held another time.
const hold = 48 * time.Hour

// mostNear bounds for how many displaced reservations other times are looked
// for before a block is made.
const mostNear = 50

// Blocks takes time for the office.
type Blocks struct {
	deps module.Deps
	svc  *reservation.Service
}

// New returns the part, which hears of every change of a reservation from now
// on: before those parts that are made later, so that they can ask Displaced. It
// does no I/O.
func New(deps module.Deps, svc *reservation.Service) *Blocks {
	x := &Blocks{deps: deps, svc: svc}
	svc.Follow(x.follow)
	return x
}

// follow notes that a reservation which ends was displaced.
func (x *Blocks) follow(tx *db.Tx, was, now reservation.Reservation) error {
	if was.ID == 0 || !was.State.Live() || now.State != reservation.Cancelled || now.Kind == reservation.Official || now.Kind == reservation.Maintenance {
		return nil
	}
	block, err := opening(tx, tx.Actor.Person, was.Room, was.Span)
	if err != nil || block == 0 {
		return err
	}
	_, err = tx.Exec(`INSERT INTO displaced (reservation_id, block_id, offered_id, told) VALUES ($1, $2, 0, 0) ON CONFLICT (reservation_id) DO NOTHING`,
		now.ID, block)
	return err
}

// Hit is a reservation that stands in the way, with what is free for it.
type Hit struct {
	reservation.Reservation
	Near []reservation.Vacancy
}

// Preview returns who would have to give way to the wish, by start, each with up
// to three free times that the wish does not take and nobody else of them is
// shown. Invalid when the wish cannot be had.
func (x *Blocks) Preview(ctx context.Context, w Wish) (hits []Hit, err error) {
	defer fault.Wrap(&err, "Preview()")
	if err := w.Check(x.deps.DB.Now()); err != nil {
		return nil, err
	}
	err = x.deps.DB.Read(ctx, func(tx *db.Tx) error {
		hits = nil
		if err := x.owns(tx, w); err != nil {
			return err
		}
		for _, t := range w.Times() {
			there, err := reservation.InTheWay(tx, t.Room, t.Span)
			if err != nil {
				return err
			}
			for _, r := range there {
				if !slices.ContainsFunc(hits, func(h Hit) bool { return h.ID == r.ID }) {
					hits = append(hits, Hit{Reservation: r})
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	shown := map[string]bool{}
	for i := range hits[:min(len(hits), mostNear)] {
		h := &hits[i]
		if h.Kind != reservation.ForUse || h.State == reservation.Resting {
			continue
		}
		found, err := x.svc.Nearest(ctx, h.Room, h.Span, h.Headcount)
		if err != nil {
			return nil, err
		}
		for _, v := range found {
			key := v.Room.String() + v.Span.Start.String()
			if len(h.Near) < 3 && !shown[key] && !w.takes(v.Room, v.Span) {
				h.Near, shown[key] = append(h.Near, v), true
			}
		}
	}
	return hits, nil
}

// owns returns Denied unless all rooms are the office's.
func (x *Blocks) owns(tx *db.Tx, w Wish) error {
	for _, id := range w.Rooms {
		room, err := x.svc.Room(tx, id)
		if err != nil {
			return err
		}
		if room.Office() != w.Office {
			return fault.New(fault.Denied, "blocks.error.office")
		}
	}
	return nil
}

// Make takes what is wished for, and holds another time for those for whom one
// was chosen. What could not be taken yet is left to Carry.
func (x *Blocks) Make(ctx context.Context, actor db.Actor, w Wish, instead map[db.ID]reservation.Vacancy) (b Block, err error) {
	defer fault.Wrap(&err, "Make()")
	if err := w.Check(x.deps.DB.Now()); err != nil {
		return Block{}, err
	}
	err = x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		if err := x.owns(tx, w); err != nil {
			return err
		}
		times := w.Times()
		b = Block{
			ID: db.NewID(), Office: w.Office, Kind: w.Kind, Reason: strings.TrimSpace(w.Reason), MadeBy: actor.Person, MadeAt: tx.Now,
			Last: times[len(times)-1].day(),
		}
		if err := insert(tx, b, times); err != nil {
			return err
		}
		tx.Touch(Topic)
		return audit.Record(tx, audit.Entry{Action: "blocks.make", Subject: "block", ID: b.ID})
	})
	if err != nil {
		return Block{}, err
	}
	return b, x.Carry(ctx, actor, b.ID, instead)
}

// Carry takes the times of a block that are not taken yet, one after another,
// and tells those who have to give way. What is in use at this moment, or the
// office's already, stays as it is. Carry can be run again, by whoever made the
// block.
func (x *Blocks) Carry(ctx context.Context, actor db.Actor, id db.ID, instead map[db.ID]reservation.Vacancy) (err error) {
	defer fault.Wrap(&err, "Carry(%v)", id)
	var b Block
	var times []Time
	err = x.deps.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if b, err = Get(tx, id); err != nil {
			return err
		}
		times, err = Times(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	for _, t := range times {
		if t.Reservation != 0 || !b.Removed.IsZero() {
			continue
		}
		made, gone, err := x.svc.Displace(ctx, actor, t.Room, t.Span, b.Kind, b.Reason)
		if _, clash := reservation.AsClash(err); clash {
			continue // in use at this moment, or the office's already
		}
		if err != nil {
			return err
		}
		if err := x.settle(ctx, actor, b, t, made, gone, instead); err != nil {
			return err
		}
	}
	return nil
}

// settle notes that a time is taken, and holds other times for who had it.
func (x *Blocks) settle(ctx context.Context, actor db.Actor, b Block, t Time, made reservation.Reservation, gone []reservation.Reservation, instead map[db.ID]reservation.Vacancy) error {
	return x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		if err := done(tx, b.ID, t, made.ID); err != nil {
			return err
		}
		tx.Touch(Topic)
		for _, r := range gone {
			v, chosen := instead[r.ID]
			if !chosen || r.Kind != reservation.ForUse {
				continue
			}
			if err := x.offer(tx, b, r, v); err != nil {
				return err
			}
		}
		return nil
	})
}

// offer holds another time for a displaced reservation; a time that somebody
// took meanwhile is not offered.
func (x *Blocks) offer(tx *db.Tx, b Block, gone reservation.Reservation, v reservation.Vacancy) error {
	r := reservation.Reservation{
		Room: v.Room, Span: v.Span, Group: gone.Group, Person: gone.Person, Headcount: gone.Headcount, Purpose: gone.Purpose,
		Loud: gone.Loud, Asked: gone.Asked, PublicTitle: gone.PublicTitle, Source: Source, SourceID: b.ID,
	}
	due := tx.Now.Add(hold)
	last := v.Span.Start.Add(-time.Hour)
	if !last.After(tx.Now) { // an hour is too much to ask for
		last = v.Span.Start
	}
	if due.After(last) {
		due = last
	}
	held, ok, err := x.svc.Offer(tx, r, due)
	if err != nil || !ok {
		return err
	}
	_, err = tx.Exec(`UPDATE displaced SET offered_id = $2 WHERE reservation_id = $1`, gone.ID, held.ID)
	return err
}

// Remove gives back what is still to come of a block's times.
func (x *Blocks) Remove(ctx context.Context, actor db.Actor, id db.ID) (err error) {
	defer fault.Wrap(&err, "Remove(%v)", id)
	var times []Time
	err = x.deps.DB.Write(ctx, actor, func(tx *db.Tx) (err error) {
		b, err := Get(tx, id)
		if err != nil {
			return err
		}
		if !b.Removed.IsZero() {
			return fault.New(fault.Conflict, "blocks.error.removed")
		}
		if times, err = Times(tx, id); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE blocks SET removed_at = $2 WHERE id = $1`, id, tx.Now); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM block_times WHERE block_id = $1 AND reservation_id = 0`, id); err != nil {
			return err
		}
		tx.Touch(Topic)
		return audit.Record(tx, audit.Entry{Action: "blocks.remove", Subject: "block", ID: id})
	})
	if err != nil {
		return err
	}
	for _, t := range times {
		if t.Reservation == 0 || !t.Span.End.After(x.deps.DB.Now()) {
			continue
		}
		if _, err := x.svc.Cancel(ctx, actor, t.Reservation, 0, ""); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return nil
}

// Keep writes a block whose times are taken already: what a city had planned
// before it came here, or the demo city.
func (x *Blocks) Keep(tx *db.Tx, w Wish, made time.Time) (err error) {
	defer fault.Wrap(&err, "Keep()")
	b := Block{ID: db.NewID(), Kind: w.Kind, Reason: w.Reason, MadeBy: tx.Actor.Person, MadeAt: made, Last: w.Last}
	times := w.Times()
	for i, t := range times {
		room, err := x.svc.Room(tx, t.Room)
		if err != nil {
			return err
		}
		b.Office = room.Office()
		there, err := reservation.Between(tx, t.Room, t.day(), t.day())
		if err != nil {
			return err
		}
		for _, r := range there {
			if r.Kind == w.Kind && r.Span.Start.Equal(t.Span.Start) {
				times[i].Reservation = r.ID
			}
		}
	}
	if err := insert(tx, b, times); err != nil {
		return err
	}
	for _, t := range times {
		if err := done(tx, b.ID, t, t.Reservation); err != nil {
			return err
		}
	}
	tx.Touch(Topic)
	return nil
}
