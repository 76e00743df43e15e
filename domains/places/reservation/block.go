package reservation

import (
	"context"
	"slices"
	"strings"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation/cells"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/receipt"
)

// LongestDays is how many days the longest stretch has, the office's own.
const LongestDays = 31

// mostInTheWay is how many reservations InTheWay returns at most.
const mostInTheWay = 2000

// InTheWay returns the live reservations that the room could not be used beside
// during the span, in order of their start: its own, those of its parts and of
// the whole, and loud ones that disturb it.
func InTheWay(tx *db.Tx, room db.ID, span quarter.Span) (_ []Reservation, err error) {
	defer fault.Wrap(&err, "reservation.InTheWay(%v, %v)", room, span.Start)
	wanted, err := facility.GetRoom(tx, room)
	if err != nil {
		return nil, err
	}
	rooms, err := facility.AllRoomsOf(tx, wanted.Facility)
	if err != nil {
		return nil, err
	}
	var out []Reservation
	for _, r := range rooms {
		quiet, loud := share(wanted.Cells(false), r.Cells(false)), share(wanted.Cells(false), r.Cells(true))
		if !loud {
			continue
		}
		days := span.Days()
		some, err := Between(tx, r.ID, days[0].Date, days[len(days)-1].Date)
		if err != nil {
			return nil, err
		}
		for _, one := range some {
			if one.Span.Overlaps(span) && (quiet || one.Loud) {
				out = append(out, one)
			}
		}
	}
	slices.SortFunc(out, byStart)
	return out[:min(len(out), mostInTheWay)], nil
}

// share reports whether two rooms take a cell in common.
func share(a, b []db.ID) bool {
	return slices.ContainsFunc(a, func(id db.ID) bool { return slices.Contains(b, id) })
}

// Block takes a room's time for the office: Room, Span, Kind (Official or
// Maintenance) and Purpose, the reason, are needed. Hours, closures and limits
// are not asked. It is a Conflict with a Clash when the time is taken.
func (s *Service) Block(ctx context.Context, actor db.Actor, r Reservation) (_ Reservation, err error) {
	defer fault.Wrap(&err, "Block(room %v, %v)", r.Room, r.Span.Start)
	if err := checkBlock(r); err != nil {
		return r, err
	}
	err = s.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		k, err := s.firm(tx, r.Room)
		if err != nil {
			return err
		}
		ok, err := cells.Take(tx, k.rows(r))
		if err == nil && !ok {
			err = taken(r)
		}
		if err != nil {
			return err
		}
		r, err = s.block(tx, r, k)
		return err
	})
	return r, err
}

func checkBlock(r Reservation) error {
	var c fault.Check
	c.Field(r.Kind == Official || r.Kind == Maintenance, "kind", "reservation.error.kind")
	c.Field(strings.TrimSpace(r.Purpose) != "", "purpose", "reservation.error.purpose")
	c.Field(r.Span.Whole(), "to", "reservation.error.quarters")
	c.Field(r.Span.End.Sub(r.Span.Start) <= LongestDays*24*time.Hour, "to", "reservation.error.long", "most", LongestDays)
	return c.Err()
}

// block writes the office's own reservation, whose time is taken.
func (s *Service) block(tx *db.Tx, r Reservation, k *known) (Reservation, error) {
	r.ID, r.Version, r.Receipt, r.State = db.NewID(), 1, receipt.New(), Confirmed
	r.Group, r.Person, r.Loud = 0, 0, false
	r.MadeBy, r.Office, r.Programme, r.MadeAt, r.ChangedAt = tx.Actor.Person, k.office, k.programme, tx.Now, tx.Now
	if err := s.enter(tx, r, k); err != nil {
		return r, err
	}
	tx.Touch(Topic, RoomTopic(r.Room))
	return r, audit.Record(tx, audit.Entry{Action: "reservation.block", Subject: "reservation", ID: r.ID, Detail: map[string]string{"kind": string(r.Kind)}})
}

// mostNear is how many free times a displaced one is told of.
const mostNear = 3

// Displace takes a room's time for the office, and cancels whatever stands in the
// way, in one transaction. Those concerned are told the reason and what is free
// near their time; no heir is asked. What the office has there already, or is in
// use at this moment, makes it a Conflict with a Clash. It returns the new
// reservation and those that were cancelled.
func (s *Service) Displace(ctx context.Context, actor db.Actor, room db.ID, span quarter.Span, kind Kind, reason string) (made Reservation, displaced []Reservation, err error) {
	defer fault.Wrap(&err, "Displace(room %v, %v)", room, span.Start)
	wish := Reservation{Room: room, Span: span, Kind: kind, Purpose: reason}
	if err := checkBlock(wish); err != nil {
		return wish, nil, err
	}
	near, err := s.instead(ctx, room, span)
	if err != nil {
		return wish, nil, err
	}
	err = s.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		displaced = nil
		k, err := s.firm(tx, room)
		if err != nil {
			return err
		}
		all, err := InTheWay(tx, room, span)
		if err != nil {
			return err
		}
		rows := k.rows(wish)
		for _, r := range all {
			if !r.forUse() || !r.Span.Start.After(tx.Now) {
				return taken(wish)
			}
			of, err := s.firm(tx, r.Room)
			if err != nil {
				return err
			}
			rows, _ = cells.Merge(rows, of.rows(r)) // they overlap: only their order matters
		}
		if err := cells.Hold(tx, rows); err != nil {
			return err
		}
		for _, r := range all {
			if err := s.displace(tx, &r, reason, near[r.ID]); err != nil {
				return err
			}
			displaced = append(displaced, r)
		}
		ok, err := cells.Take(tx, k.rows(wish))
		if err == nil && !ok {
			err = taken(wish)
		}
		if err != nil {
			return err
		}
		made, err = s.block(tx, wish, k)
		return err
	})
	return made, displaced, err
}

// displace cancels one reservation that is in the office's way.
func (s *Service) displace(tx *db.Tx, r *Reservation, reason string, near []Instead) error {
	if err := s.close(tx, r, Cancelled, reason, false); err != nil {
		return err
	}
	k, err := s.room(tx, r.Room)
	if err != nil {
		return err
	}
	n := noticeOf(*r, k)
	n.Near = near
	note, err := n.message("places.displaced", *r)
	if err != nil {
		return err
	}
	note.Urgent = r.Span.Start.Before(tx.Now.AddDate(0, 0, 2))
	return s.send(tx, note)
}

// instead looks for free times near each reservation in the way, outside of a
// transaction; those within the way are none.
func (s *Service) instead(ctx context.Context, room db.ID, span quarter.Span) (map[db.ID][]Instead, error) {
	var all []Reservation
	var wanted facility.Room
	rooms := map[db.ID]facility.Room{}
	err := s.deps.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if all, err = InTheWay(tx, room, span); err != nil {
			return err
		}
		if wanted, err = facility.GetRoom(tx, room); err != nil {
			return err
		}
		list, err := facility.RoomsOf(tx, wanted.Facility)
		for _, r := range list {
			rooms[r.ID] = r
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make(map[db.ID][]Instead, len(all))
	for _, r := range all {
		if r.Person == 0 {
			continue
		}
		found, err := s.Nearest(ctx, r.Room, r.Span, r.Headcount)
		if err != nil {
			return nil, err
		}
		for _, v := range found {
			if len(out[r.ID]) == mostNear {
				break
			}
			if other, here := rooms[v.Room]; here && share(wanted.Cells(false), other.Cells(false)) && v.Span.Overlaps(span) {
				continue
			}
			out[r.ID] = append(out[r.ID], insteadOf(v))
		}
	}
	return out, nil
}

func insteadOf(v Vacancy) Instead {
	day := Reservation{Span: v.Span}.Day()
	from := minutesOf(day, v.Span.Start)
	return Instead{
		Room: v.Name, Place: v.Place, Start: db.Micros(v.Span.Start), End: db.Micros(v.Span.End),
		Path: Link(v.Room, day, from, from+v.Span.Minutes()),
	}
}

// otherRoom names the room of one of several reservations that one message tells
// of, where it is another than the first one's.
func otherRoom(k, first *known) i18n.Text {
	if k.ID == first.ID {
		return nil
	}
	return k.Name
}
