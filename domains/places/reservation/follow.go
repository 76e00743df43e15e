package reservation

import (
	"time"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/rules"
	"kakehashi/platform/db"
)

// Follower learns of every change of a reservation, in its transaction: was is
// what stood (ID 0 when it is new), now what stands. Money, points and waiting
// lists follow. An error undoes the change.
type Follower func(tx *db.Tx, was, now Reservation) error

// Bequest is what becomes of a room's time that somebody gives back. The zero
// Bequest lets it at once.
type Bequest struct {
	Group, Person db.ID // whose turn it is; both 0: nobody's
	Headcount     int64
	Purpose       string
	Asked         rules.Asked // what its fee depends on
	Source        string      // what the turn came from: "draw", "waiting"
	SourceID      db.ID
	Until         time.Time // the offer's end; without a holder, when the time is let again
	// Span is the part of the time that this is about; zero: all of it. The heir
	// is asked again about what is left.
	Span quarter.Span
	// Room is the part of the room, or the whole that it is a part of, that this is
	// about; 0: the room itself. For a whole, what else it takes was found free by
	// Completes. The heir is asked again about the parts that are left.
	Room db.ID
}

// Heir says what becomes of the time of a reservation that has just ended
// before its use, in the same transaction: nobody can take it in between. It is
// asked again when time has rested: gone has no holder then.
type Heir func(tx *db.Tx, gone Reservation) (Bequest, error)

// Follow lets f learn of all changes. It is called before the service is used.
func (s *Service) Follow(f Follower) { s.followers = append(s.followers, f) }

// Bequeath lets h decide about time that is given back. It is called before the
// service is used.
func (s *Service) Bequeath(h Heir) { s.heir = h }

// follow tells all followers.
func (s *Service) follow(tx *db.Tx, was, now Reservation) error {
	for _, f := range s.followers {
		if err := f(tx, was, now); err != nil {
			return err
		}
	}
	return nil
}
