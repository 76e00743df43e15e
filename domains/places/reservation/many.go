package reservation

import (
	"context"
	"encoding/json"
	"slices"

	"kakehashi/domains/places/reservation/cells"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// BookMany books several rooms or times, all or none: one Series with one
// message. Each is given as for Book, and the fault is that of the first that
// cannot be had, whose place in the list a Conflict's Clash tells. Whether the
// actor may book is the caller's to know.
func (s *Service) BookMany(ctx context.Context, actor db.Actor, wishes []Reservation, may ...func(tx *db.Tx) error) (out []Reservation, err error) {
	defer fault.Wrap(&err, "BookMany(%d)", len(wishes))
	if n := len(wishes); n == 0 || n > s.limits.MaxSeries {
		return nil, fault.New(fault.Invalid, "reservation.error.times", "most", s.limits.MaxSeries)
	}
	err = s.deps.DB.Read(ctx, func(tx *db.Tx) error {
		for _, ask := range may {
			if err := ask(tx); err != nil {
				return err
			}
		}
		for _, r := range wishes {
			if err := s.couldBook(tx, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = s.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		out, err = s.bookMany(tx, actor, wishes)
		return err
	})
	if db.IsUnique(err) { // a receipt: draw again
		return s.BookMany(ctx, actor, wishes, may...)
	}
	return out, err
}

// couldBook looks whether a wish can be had.
func (s *Service) couldBook(tx *db.Tx, r Reservation) error {
	k, err := s.room(tx, r.Room)
	if err != nil {
		return err
	}
	l, err := s.limitsFor(tx, r, k)
	if err != nil {
		return err
	}
	if err := l.Check(r, k.Room, k.closures, tx.Now); err != nil {
		return err
	}
	if err := k.bears(r); err != nil {
		return err
	}
	if r.Group != 0 && s.near.GroupMayBook != nil {
		if err := s.near.GroupMayBook(tx, r.Group, r.Day()); err != nil {
			return err
		}
	}
	ok, err := cells.Free(tx, k.Cells(r.Loud), r.Span)
	if err == nil && !ok {
		err = taken(r)
	}
	return err
}

func (s *Service) bookMany(tx *db.Tx, actor db.Actor, wishes []Reservation) ([]Reservation, error) {
	series := db.NewID()
	out, rooms := make([]Reservation, len(wishes)), make([]*known, len(wishes))
	var rows []cells.Row
	for i, r := range wishes {
		k, err := s.firm(tx, r.Room)
		if err != nil {
			return nil, err
		}
		rooms[i] = k
		r = s.fresh(actor, r, k)
		r.Series, r.MadeAt, r.ChangedAt = series, tx.Now, tx.Now
		out[i] = r
		var apart bool
		if rows, apart = cells.Merge(rows, rooms[i].rows(r)); !apart {
			return nil, taken(r) // the list itself wants one time twice
		}
	}
	if ok, err := cells.Take(tx, rows); err != nil {
		return nil, err
	} else if !ok {
		return nil, taken(wishes[0])
	}
	order := make([]int, len(out))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return out[a].Day().Compare(out[b].Day()) })
	for _, i := range order {
		if err := s.countIn(tx, out[i], rooms[i], jp.Date{}); err != nil {
			return nil, err
		}
		if err := s.enter(tx, out[i], rooms[i]); err != nil {
			return nil, err
		}
		if err := audit.Record(tx, audit.Entry{Action: "reservation.book", Subject: "reservation", ID: out[i].ID, Person: out[i].Person}); err != nil {
			return nil, err
		}
		tx.Touch(Topic, RoomTopic(out[i].Room))
	}
	rule, err := json.Marshal(seriesRow{})
	if err != nil {
		return nil, err
	}
	if _, err := tx.Exec(`INSERT INTO series (id, rule, made_by, made_at) VALUES ($1, $2, $3, $4)`, series, string(rule), actor.Person, tx.Now); err != nil {
		return nil, err
	}
	n := noticeOf(out[0], rooms[0])
	n.More = slots(out[1:])
	for i := range n.More {
		n.More[i].Room = otherRoom(rooms[i+1], rooms[0])
	}
	kind := "places.many"
	if slices.ContainsFunc(out, func(r Reservation) bool { return r.State == Requested }) {
		kind = "places.many_requested"
	}
	note, err := n.message(kind, out[0])
	if err != nil {
		return nil, err
	}
	return out, s.send(tx, note)
}
