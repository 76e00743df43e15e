package use

import (
	"sync"
	"time"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// pointsTopic is touched when somebody is suspended or no longer is.
const pointsTopic = "use.suspensions"

// rememberedFor is how long what was read is believed at the longest.
const rememberedFor = time.Minute

// Suspensions remembers who is suspended until when, until the topic is touched:
// every booking asks.
type Suspensions struct {
	db *db.DB

	mu      sync.Mutex
	version uint64
	read    jp.Date   // the day as of which it was read; zero: not yet
	at      time.Time // and when: a transaction may see less than the version says
	until   map[db.ID]jp.Date
}

// NewSuspensions returns what knows who is suspended. It reads nothing yet.
func NewSuspensions(d *db.DB) *Suspensions { return &Suspensions{db: d} }

// Suspended returns nil, or the Denied fault that says until when the holder, a
// group or a person alone, neither books nor enters draws; on is the day of the
// act, today as a rule.
func (s *Suspensions) Suspended(tx *db.Tx, holder db.ID, on jp.Date) (err error) {
	defer fault.Wrap(&err, "use.Suspended(%v, %v)", holder, on)
	version := s.db.Version(pointsTopic)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.read.IsZero() || s.version != version || s.read.After(on) || tx.Now.Sub(s.at).Abs() > rememberedFor {
		type row struct {
			holder db.ID
			until  jp.Date
		}
		rows, err := db.All(tx, func(r *row) []any { return []any{&r.holder, &r.until} },
			`SELECT holder_id, until FROM suspensions WHERE lifted_at = 0 AND until >= $1`, on)
		if err != nil {
			return err
		}
		s.until, s.version, s.read, s.at = make(map[db.ID]jp.Date, len(rows)), version, on, tx.Now
		for _, r := range rows {
			if r.until.After(s.until[r.holder]) {
				s.until[r.holder] = r.until
			}
		}
	}
	if until := s.until[holder]; !until.Before(on) && !until.IsZero() {
		return fault.New(fault.Denied, "use.error.suspended", "until", until)
	}
	return nil
}

// GroupMayBook asks may, and then whether the group is suspended: for
// reservation.Neighbours.
func (s *Suspensions) GroupMayBook(may func(*db.Tx, db.ID, jp.Date) error) func(*db.Tx, db.ID, jp.Date) error {
	return func(tx *db.Tx, group db.ID, on jp.Date) error {
		if may != nil {
			if err := may(tx, group, on); err != nil {
				return err
			}
		}
		return s.Suspended(tx, group, today(tx))
	}
}

// MayAlone asks may, and then whether the person alone is suspended.
func (s *Suspensions) MayAlone(may func(*db.Tx, db.ID) error) func(*db.Tx, db.ID) error {
	return func(tx *db.Tx, person db.ID) error {
		if may != nil {
			if err := may(tx, person); err != nil {
				return err
			}
		}
		return s.Suspended(tx, person, today(tx))
	}
}
