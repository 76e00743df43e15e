package reservation

import (
	"context"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation/cells"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
)

// Vacancy is a free time in place of one that was wished for.
type Vacancy struct {
	Room        db.ID
	Name, Place i18n.Text // of the room and of its facility
	Span        quarter.Span
}

// Nearest returns free times near one that cannot be had, the nearest first;
// none for a stretch over midnight. Use it outside of a transaction.
func (s *Service) Nearest(ctx context.Context, room db.ID, span quarter.Span, people int64) ([]Vacancy, error) {
	day := jp.DateOf(span.Start)
	from, to := minutesOf(day, span.Start), minutesOf(day, span.End)
	if s.near.Search == nil || to > 24*60 {
		return nil, nil
	}
	found, err := s.near.Search.Nearest(ctx, room, day, from, to, people, s.deps.DB.Now())
	if err != nil {
		return nil, err
	}
	out := make([]Vacancy, len(found))
	for i, a := range found {
		out[i] = Vacancy{Room: a.Room.ID, Name: a.Room.Name, Place: a.Facility.Name, Span: quarter.On(a.Day, a.From, a.To)}
	}
	return out, nil
}

// RoomInfo is a room with what a page about booking it says of its facility.
type RoomInfo struct {
	known
}

// Place returns the name of the facility.
func (r RoomInfo) Place() i18n.Text { return r.place }

// Address returns the address of the facility.
func (r RoomInfo) Address() string { return r.address }

// Phone returns the number of the facility, as people write it.
func (r RoomInfo) Phone() string { return r.phone }

// Counter returns when the facility's counter is open, in minutes after midnight;
// false where nobody wrote it down.
func (r RoomInfo) Counter() (from, to int, ok bool) {
	return r.counterOpens, r.counterCloses, r.counterOpens >= 0 && r.counterCloses > r.counterOpens
}

// Office returns the office that answers for the facility.
func (r RoomInfo) Office() db.ID { return r.office }

// Gone returns the quarters of the day that cannot be had: taken, or shut.
func (s *Service) Gone(tx *db.Tx, r RoomInfo, d jp.Date) (taken, shut quarter.Bits, err error) {
	days, err := cells.Taken(tx, r.Cells(false), d, d)
	return days[d], facility.Shut(r.closures, &r.Room, d), err
}

// Room returns what is known of the room, from memory as a rule; NotFound when
// there is none.
func (s *Service) Room(tx *db.Tx, id db.ID) (RoomInfo, error) {
	k, err := s.room(tx, id)
	if err != nil {
		return RoomInfo{}, err
	}
	return RoomInfo{*k}, nil
}

// CheckTime says what is wrong with the time of a wish for the room, or that
// somebody was first: what Book would say of it.
func (s *Service) CheckTime(tx *db.Tx, r Reservation, room RoomInfo) error {
	l, err := s.limitsFor(tx, r, &room.known)
	if err != nil {
		return err
	}
	if err := l.CheckTime(r, room.Room, room.closures, tx.Now); err != nil {
		return err
	}
	ok, err := cells.Free(tx, room.Cells(r.Loud), r.Span)
	if err == nil && !ok {
		err = taken(r)
	}
	return err
}
