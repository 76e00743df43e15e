package draws

import (
	"context"
	"slices"
	"strings"
	"time"

	"kakehashi/engines/draw"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/inbox"
)

// mostStuck is how many wins that cannot be given a page shows at once.
const mostStuck = 50

// Stuck lists the wins of a draw that could not be given and that the office has
// not settled, the first made first.
func Stuck(tx *db.Tx, id db.ID) (_ []Entry, err error) {
	defer fault.Wrap(&err, "draws.Stuck(%v)", id)
	return entriesOf(db.All(tx, (*entryRow).dest, `SELECT `+entryColumns+` FROM draw_entries
		WHERE draw_id = $1 AND outcome = 'blocked' AND reason = '' ORDER BY id LIMIT $2`, id, mostStuck))
}

// Others are what the entry wished for and can have now, the dearest first, its
// own room before its partners.
func (b *Board) Others(e Entry) []Wish {
	var out []Wish
	for _, w := range e.Wishes {
		rooms := []db.ID{w.Room}
		if w.Partners {
			for _, p := range b.Partners(w.Room) {
				rooms = append(rooms, p.ID)
			}
		}
		for _, room := range rooms {
			o := Wish{Room: room, Day: w.Day, From: w.From, To: w.To}
			if !slices.Contains(out, o) && b.Free(o) && e.People <= capacity(b, room) {
				out = append(out, o)
			}
		}
	}
	return out
}

func capacity(b *Board, room db.ID) int64 {
	r, _ := b.Room(room)
	return r.Capacity
}

// Settle decides about a win that could not be given. With a wish, one of Others,
// that is offered; it is a Conflict when it is taken meanwhile. Without one the
// win is closed for the reason, which the group is told; Invalid with the field
// reason when there is none.
func (x *Draws) Settle(ctx context.Context, actor db.Actor, id, entry db.ID, wish Wish, reason string) (err error) {
	defer fault.Wrap(&err, "draws.Settle(%v)", entry)
	if wish.Room == 0 {
		if err := given(reason); err != nil {
			return err
		}
	}
	return x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		// Two clerks who settle at once wait for each other.
		if _, err := tx.Exec(`UPDATE draws SET version = version WHERE id = $1`, id); err != nil {
			return err
		}
		d, err := Get(tx, id)
		if err != nil {
			return err
		}
		e, err := GetEntry(tx, entry)
		if err != nil {
			return err
		}
		if e.Draw != id || e.Outcome != Blocked || e.Reason != "" {
			return fault.New(fault.Conflict, "draws.error.changed")
		}
		if wish.Room == 0 {
			e.Reason = strings.TrimSpace(reason)
			err = x.tell(tx, goneMail, d, e)
		} else {
			err = x.offerOther(tx, d, &e, wish)
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE draw_entries SET outcome = $2, reason = $3, reservation_id = $4, version = version + 1 WHERE id = $1`,
			e.ID, e.Outcome, e.Reason, e.Reservation); err != nil {
			return err
		}
		if err := inbox.Close(tx, BlockedInbox, e.ID); err != nil {
			return err
		}
		tx.Touch(Topic)
		return audit.Record(tx, audit.Entry{Action: "draws.settle", Subject: "draw_entry", ID: e.ID, Person: e.Person,
			Detail: map[string]string{"outcome": string(e.Outcome), "reason": e.Reason}})
	})
}

// offerOther offers something else that the entry wished for, for as long as
// winners have.
func (x *Draws) offerOther(tx *db.Tx, d Draw, e *Entry, w Wish) error {
	b, err := LoadBoard(tx, d)
	if err != nil {
		return err
	}
	wins, err := liveWins(tx, d.ID, e.Group)
	if err != nil {
		return err
	}
	if !slices.Contains(b.Others(*e), w) || d.Rule.Wins > 0 && wins >= int64(d.Rule.Wins) {
		return fault.New(fault.Conflict, "draws.error.other")
	}
	until := jp.DateOf(tx.Now).AddDays(max(1, d.Rule.Confirm) + 1).At(0)
	if start := w.Day.At(w.From); until.After(start) {
		until = start
	}
	if d.Confirm = until; !until.After(tx.Now.Add(time.Minute)) {
		return fault.New(fault.Conflict, "draws.error.other")
	}
	r, ok, err := x.offer(tx, d, *e, w)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.Conflict, "draws.error.other")
	}
	e.Outcome, e.Reservation = draw.Won, r.ID
	return nil
}
