package draws

import (
	"context"
	"slices"
	"time"

	"kakehashi/domains/places/draws/replay"
	"kakehashi/domains/places/reservation"
	"kakehashi/engines/draw"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/inbox"
)

// Offer holds a room for a winner until due; false when it is taken.
// reservation.Service.Offer is one.
type Offer func(tx *db.Tx, r reservation.Reservation, due time.Time) (reservation.Reservation, bool, error)

// batch is how many entries one transaction settles.
const batch = 50

// award carries the result to the entries, a batch a transaction, and reports
// whether some are left. What a crash leaves undone the next turn of the job
// finds: an entry's outcome and its offer are written together.
func (x *Draws) award(ctx context.Context, id db.ID) (more bool, err error) {
	defer fault.Wrap(&err, "draws.award(%v)", id)
	err = x.deps.DB.Write(ctx, db.Actor{Via: "job"}, func(tx *db.Tx) error {
		more = false
		d, err := Get(tx, id)
		if err != nil || d.State != Drawn {
			return err
		}
		r, err := x.replayed(tx, id)
		if err != nil {
			return err
		}
		waiting, err := entriesOf(db.All(tx, (*entryRow).dest, `SELECT `+entryColumns+` FROM draw_entries
			WHERE draw_id = $1 AND outcome = '' AND state = 'entered' ORDER BY id LIMIT $2`, id, batch))
		if err != nil {
			return err
		}
		if len(waiting) == 0 {
			d.State, d.Next = Confirming, d.Confirm
			_, err := move(tx, &d)
			return err
		}
		// Another node's turn of the job waits here, and finds nothing left.
		if ok, err := move(tx, &d); err != nil || !ok {
			more = true
			return err
		}
		var b *Board
		if b, err = LoadBoard(tx, d); err != nil {
			return err
		}
		for _, e := range waiting {
			if err := x.settleEntry(tx, d, b, r, e); err != nil {
				return err
			}
		}
		more = true
		return nil
	})
	return more, err
}

// settleEntry writes what became of one entry, offers what it won, and tells who
// did not win.
func (x *Draws) settleEntry(tx *db.Tx, d Draw, b *Board, r *replay.Ran, e Entry) error {
	i, listed := r.At[replay.Key{Group: e.Group, Number: e.Number}]
	if e.Outcome = Void; listed {
		a := r.Result.Awards[i]
		if e.Outcome, e.Turn = a.Outcome, a.Turn; e.Outcome == draw.Won {
			offered, ok, err := x.offer(tx, d, e, b.wishWon(r, e, a))
			if err != nil {
				return err
			}
			if e.Reservation = offered.ID; !ok {
				e.Outcome, e.Reservation = Blocked, 0
			}
		}
	}
	if _, err := tx.Exec(`UPDATE draw_entries SET outcome = $2, turn = $3, reservation_id = $4, version = version + 1 WHERE id = $1`,
		e.ID, e.Outcome, e.Turn, e.Reservation); err != nil {
		return err
	}
	switch e.Outcome {
	case draw.Won: // the offer has its own message
		return nil
	case Blocked:
		err := inbox.Open(tx, inbox.Item{
			Office: d.Office, Kind: BlockedInbox, Subject: e.ID, Key: "draws.waiting.blocked",
			Args: map[string]string{"receipt": e.Receipt}, Due: jp.WorkingDays(jp.DateOf(tx.Now), 1), Link: "/office" + Path(d.ID),
		})
		if err != nil {
			return err
		}
	}
	return x.tell(tx, lostMail, d, e)
}

// offer holds the room for the winner.
func (x *Draws) offer(tx *db.Tx, d Draw, e Entry, w Wish) (reservation.Reservation, bool, error) {
	if w.Room == 0 {
		return reservation.Reservation{}, false, nil
	}
	wished := e.Wished(w)
	if wished.Loud {
		room, err := x.svc.Room(tx, w.Room)
		if err != nil {
			return wished, false, err
		}
		wished.Loud = room.Loud // a partner room may be a quiet one
	}
	return x.near.Offer(tx, wished, d.Confirm)
}

// wishWon is the room and the time of what an entry won: as it wished, or the
// partner room that it got.
func (b *Board) wishWon(r *replay.Ran, e Entry, a draw.Award) Wish {
	for _, w := range e.Wishes {
		if slices.Equal(b.slotsOf(r.Index, w), a.Slots) {
			return w
		}
	}
	first := r.Frozen.Places[a.Slots[0]]
	w := Wish{Room: first.Room, Day: first.Day, From: first.From, To: first.To}
	for _, s := range a.Slots {
		p := r.Frozen.Places[s]
		if p.Room != w.Room || p.Day != w.Day {
			return Wish{} // the room was rebuilt in between: nothing can be offered
		}
		w.From, w.To = min(w.From, p.From), max(w.To, p.To)
	}
	return w
}

// Next names who is next in line for the time of a reservation that came from a
// draw (Source "draw") and is given up; false when the draw's line is at its end
// or the reservation came from elsewhere. Who wished for this time, or a part of
// it, is asked, who has wins to spare, and who may still book. Until of the
// Bequest is left zero: how long a place is held is the caller's to say.
func (x *Draws) Next(tx *db.Tx, gone reservation.Reservation) (_ reservation.Bequest, _ bool, err error) {
	defer fault.Wrap(&err, "draws.Next(%v)", gone.ID)
	none := reservation.Bequest{}
	if gone.Source != Source || gone.SourceID == 0 {
		return none, false, nil
	}
	from, err := GetEntry(tx, gone.SourceID)
	if err != nil {
		return none, false, err
	}
	d, err := Get(tx, from.Draw)
	if err != nil || d.State != Drawn && d.State != Confirming && d.State != Closed {
		return none, false, err
	}
	// Two places given up at once are handed on one after the other, so that
	// a group's wins are counted rightly.
	if _, err := tx.Exec(`UPDATE draws SET version = version WHERE id = $1`, d.ID); err != nil {
		return none, false, err
	}
	r, err := x.replayed(tx, d.ID)
	if err != nil {
		return none, false, err
	}
	b, err := LoadBoard(tx, d)
	if err != nil {
		return none, false, err
	}
	day := gone.Day()
	slots := b.slotsOf(r.Index, Wish{
		Room: gone.Room, Day: day, From: int(gone.Span.Start.Sub(day.At(0)) / time.Minute), To: int(gone.Span.End.Sub(day.At(0)) / time.Minute),
	})
	if len(slots) == 0 {
		return none, false, nil
	}
	for _, i := range r.Waiting(slots) {
		e := r.List.Entries()[i]
		part, ok := r.Wanted(e, slots)
		if !ok {
			continue
		}
		heir, ok, err := x.heir(tx, d, replay.Key{Group: r.Frozen.Groups[e.Group], Number: e.Number})
		if err != nil || ok {
			heir.Span = r.SpanOf(part)
			return heir, ok, err
		}
	}
	return none, false, nil
}

// heir is who of the line gets the turn, unless the group has its wins, had this
// turn before, or may no longer book.
func (x *Draws) heir(tx *db.Tx, d Draw, key replay.Key) (reservation.Bequest, bool, error) {
	none := reservation.Bequest{}
	row, err := db.One(tx, (*entryRow).dest, `SELECT `+entryColumns+` FROM draw_entries
		WHERE draw_id = $1 AND group_id = $2 AND number = $3 AND state = 'entered'`, d.ID, key.Group, key.Number)
	if fault.Is(err, fault.NotFound) {
		return none, false, nil
	}
	if err != nil {
		return none, false, err
	}
	e, err := row.entry()
	if err != nil {
		return none, false, err
	}
	had, err := offers(tx, e.ID)
	if err != nil || had > 0 {
		return none, false, err
	}
	wins, err := liveWins(tx, d.ID, e.Group)
	if err != nil || d.Rule.Wins > 0 && wins >= int64(d.Rule.Wins) {
		return none, false, err
	}
	switch err := x.May(tx, d, e.Group); {
	case fault.Is(err, fault.Denied) || fault.Is(err, fault.Conflict):
		return none, false, nil
	case err != nil:
		return none, false, err
	}
	return reservation.Bequest{
		Group: e.Group, Person: e.Person, Headcount: e.People, Purpose: e.Purpose, Asked: e.Asked, Source: Source, SourceID: e.ID,
	}, true, nil
}

// offers counts how often an entry was offered something.
func offers(tx *db.Tx, entry db.ID) (n int64, err error) {
	err = tx.Row(`SELECT COUNT(*) FROM reservations WHERE source = 'draw' AND source_id = $1 AND source_id <> 0`, entry).Scan(&n)
	return n, err
}

// liveWins counts what a group holds from a draw.
func liveWins(tx *db.Tx, id, group db.ID) (n int64, err error) {
	err = tx.Row(`SELECT COUNT(*) FROM draw_entries AS e JOIN reservations AS r ON r.source_id = e.id AND r.source_id <> 0 AND r.source = 'draw'
		WHERE e.draw_id = $1 AND e.group_id = $2 AND r.state NOT IN ('cancelled', 'refused', 'lapsed')`, id, group).Scan(&n)
	return n, err
}

// close ends a draw whose winners have had their time, or leaves it while
// somebody next in line still decides.
func (x *Draws) close(ctx context.Context, id db.ID) (err error) {
	defer fault.Wrap(&err, "draws.close(%v)", id)
	return x.deps.DB.Write(ctx, db.Actor{Via: "job"}, func(tx *db.Tx) error {
		d, err := Get(tx, id)
		if err != nil || d.State != Confirming {
			return err
		}
		var open int64
		if err := tx.Row(`SELECT COUNT(*) FROM draw_entries AS e JOIN reservations AS r ON r.source_id = e.id AND r.source_id <> 0 AND r.source = 'draw'
			WHERE e.draw_id = $1 AND r.state = 'offered'`, id).Scan(&open); err != nil {
			return err
		}
		if open > 0 {
			d.Next = tx.Now.Add(time.Hour)
			_, err := move(tx, &d)
			return err
		}
		return x.end(tx, &d)
	})
}
