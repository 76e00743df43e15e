package reservation

import (
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// Enter writes a reservation as it was or is to be, with its State and Receipt:
// a page of a paper book, or the demo city. The rules of Book are not asked,
// nobody is told, and no audit entry is written; that the room is free is. It
// reports false when somebody has the room then, or the holder has enough.
func (s *Service) Enter(tx *db.Tx, r Reservation) (ok bool, err error) {
	defer fault.Wrap(&err, "Enter(room %v, %v)", r.Room, r.Span.Start)
	k, err := s.room(tx, r.Room)
	if err != nil {
		return false, err
	}
	r.ID, r.Version, r.Office = db.NewID(), 1, k.office
	if r.Programme == 0 {
		r.Programme = k.programme
	}
	if r.State.Live() {
		days := r.Span.Days()
		if free, err := free(tx, r.Room, days); err != nil || !free {
			return false, err
		}
		if _, ok, err := take(tx, r.Room, days); err != nil || !ok {
			return false, err
		}
		if ok, err := count(tx, r.holder(), r.Day(), s.limits.PerDay); err != nil {
			return false, err
		} else if !ok {
			return false, giveBack(tx, r.Room, days)
		}
	}
	if err := insert(tx, r); err != nil {
		return false, err
	}
	tx.Touch(Topic, RoomTopic(r.Room))
	switch r.State {
	case Requested:
		err = s.ask(tx, r, k)
	case Used:
		err = s.record(tx, r)
	}
	return true, err
}
