package reservation

import (
	"slices"
	"time"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation/cells"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/receipt"
)

// release gives back the time of a reservation that has ended: where it is
// inherited, to its heir what is left of it, and to everybody the rest.
func (s *Service) release(tx *db.Tx, was, gone Reservation, inherit bool) error {
	k, err := s.firm(tx, gone.Room)
	if err != nil {
		return err
	}
	drop := k.rows(gone)
	if inherit {
		if drop, err = s.pass(tx, []Reservation{left(gone, tx.Now)}, drop); err != nil {
			return err
		}
	}
	if err := cells.GiveBack(tx, drop); err != nil || !was.Counts() {
		return err
	}
	return uncount(tx, was.Holder(), was.Day())
}

// left returns the reservation with what is to come of its time, in whole
// quarters; an empty span when that is nothing.
func left(r Reservation, now time.Time) Reservation {
	const q = quarter.Minutes * time.Minute
	if begun := now.Truncate(q).Add(q); r.Span.Start.Before(now) {
		r.Span.Start = begun
	}
	return r
}

// pass asks the heir about each piece of time that is given back, and lets what
// the heir wants pass to a new reservation. It returns what is left of drop, the
// rows that are given back: what has passed on was never free.
func (s *Service) pass(tx *db.Tx, pieces []Reservation, drop []cells.Row) ([]cells.Row, error) {
	if s.heir == nil {
		return drop, nil
	}
	for len(pieces) > 0 {
		gone := pieces[0]
		pieces = pieces[1:]
		if !gone.Span.Start.Before(gone.Span.End) {
			continue
		}
		k, err := s.room(tx, gone.Room)
		if err != nil {
			return nil, err
		}
		// The heir is asked about what can be had: whoever is named has had their
		// turn. Beside whoever moved next door it can be had quietly at most.
		kept := func() bool { return len(cells.Minus(k.rows(gone), drop)) > 0 }
		if gone.Loud && kept() {
			gone.Loud = false
		}
		if kept() {
			continue
		}
		b, err := s.heir(tx, gone)
		if err != nil {
			return nil, err
		}
		if b.Until.IsZero() {
			continue
		}
		part, of := gone, k
		if b.Span != (quarter.Span{}) {
			part.Span = b.Span
		}
		if b.Room != 0 && b.Room != gone.Room {
			if of, err = s.room(tx, b.Room); err != nil {
				return nil, err
			}
			part.Room, part.Loud = b.Room, gone.Loud && slices.Contains(k.Parts, b.Room)
		}
		next := s.inherited(tx, part, b)
		rows := of.rows(next)
		if more := cells.Minus(rows, drop); len(more) > 0 { // of the whole, which Completes has in hand
			if ok, err := cells.Take(tx, more); err != nil {
				return nil, err
			} else if !ok {
				return nil, taken(next)
			}
		}
		drop = cells.Minus(drop, rows)
		if err := s.hand(tx, next, of); err != nil {
			return nil, err
		}
		if slices.Contains(k.Parts, part.Room) {
			for _, id := range k.Parts {
				if id != part.Room {
					other := part
					other.Room, other.Loud = id, gone.Loud
					pieces = append(pieces, other)
				}
			}
		}
		before, after := gone, gone
		before.Span.End, after.Span.Start = part.Span.Start, part.Span.End
		pieces = append(pieces, before, after) // empty, where all of it has passed on
	}
	return drop, nil
}

// Completes reports whether a wish for a whole can be had quietly by time that
// is being given back of one of its parts: whatever else it takes is free, and
// stays so until the transaction ends.
func (s *Service) Completes(tx *db.Tx, gone, wish Reservation) (_ bool, err error) {
	defer fault.Wrap(&err, "Completes(room %v, %v)", wish.Room, wish.Span.Start)
	k, err := s.firm(tx, gone.Room)
	if err != nil {
		return false, err
	}
	of, err := s.firm(tx, wish.Room)
	if err != nil {
		return false, err
	}
	rows := of.rows(wish)
	if err := cells.Hold(tx, rows); err != nil {
		return false, err
	}
	more := cells.Minus(rows, k.rows(gone))
	for _, r := range more {
		taken, err := cells.Taken(tx, []db.ID{r.Cell}, r.Day, r.Day)
		if err != nil || taken[r.Day].Meets(r.Bits) {
			return false, err
		}
	}
	return true, nil
}

// inherited is the reservation that a Bequest makes of time that is given back.
func (s *Service) inherited(tx *db.Tx, gone Reservation, b Bequest) Reservation {
	r := Reservation{
		Room: gone.Room, Span: gone.Span, Loud: gone.Loud, Programme: gone.Programme, State: Resting,
		Group: b.Group, Person: b.Person, Headcount: b.Headcount, Purpose: b.Purpose, Asked: b.Asked, Source: b.Source, SourceID: b.SourceID, Due: b.Until,
	}
	if b.Person != 0 || b.Group != 0 {
		r.State = Offered
	}
	if r.Due.After(r.Span.End) {
		r.Due = r.Span.End
	}
	return r
}

// hand writes an offered or resting reservation whose time is taken, and tells
// the person whose turn it is.
func (s *Service) hand(tx *db.Tx, r Reservation, k *known) error {
	_, err := s.handed(tx, r, k)
	return err
}

func (s *Service) handed(tx *db.Tx, r Reservation, k *known) (Reservation, error) {
	r.ID, r.Version, r.Receipt, r.Kind = db.NewID(), 1, receipt.New(), ForUse
	r.MadeBy, r.Office, r.MadeAt, r.ChangedAt = tx.Actor.Person, k.office, tx.Now, tx.Now
	if r.Programme == 0 {
		r.Programme = k.programme
	}
	if err := s.enter(tx, r, k); err != nil {
		return r, err
	}
	action := "reservation.rest"
	if r.State == Offered {
		action = "reservation.offer"
		if err := countAnyway(tx, r); err != nil {
			return r, err
		}
		note, err := s.message("places.offered", r, k)
		if err != nil {
			return r, err
		}
		note.Urgent = true
		if err := s.send(tx, note); err != nil {
			return r, err
		}
	}
	tx.Touch(Topic, RoomTopic(r.Room))
	return r, audit.Record(tx, audit.Entry{Action: action, Subject: "reservation", ID: r.ID, Person: r.Person})
}

// countAnyway adds an offered reservation to what its holder has on the day,
// however many that are: the turn is theirs.
func countAnyway(tx *db.Tx, r Reservation) error {
	if !r.Counts() {
		return nil
	}
	const most = 1 << 30
	_, err := count(tx, r.Holder(), r.Day(), most)
	return err
}

// remains are the pieces of time that a move gives back: what is before and after
// the new time, and, where a whole shrinks to a part, its other parts.
func (s *Service) remains(tx *db.Tx, old, next Reservation, from, to *known) []Reservation {
	if !moved(old, next) || !old.forUse() {
		return nil
	}
	piece := func(room db.ID, start, end time.Time) Reservation {
		r := old
		r.Room, r.Span = room, quarter.Span{Start: start, End: end}
		return left(r, tx.Now)
	}
	kept := map[db.ID]bool{}
	for _, id := range to.Bases() {
		kept[id] = true
	}
	var others []db.ID
	for _, id := range from.Bases() {
		if !kept[id] {
			others = append(others, id)
		}
	}
	if len(others) == len(from.Bases()) || !old.Span.Overlaps(next.Span) {
		return []Reservation{left(old, tx.Now)}
	}
	start, end := old.Span.Start, old.Span.End
	var out []Reservation
	if start.Before(next.Span.Start) {
		out = append(out, piece(old.Room, start, next.Span.Start))
		start = next.Span.Start
	}
	if next.Span.End.Before(end) {
		out = append(out, piece(old.Room, next.Span.End, end))
		end = next.Span.End
	}
	for _, id := range others {
		out = append(out, piece(id, start, end))
	}
	return out
}
