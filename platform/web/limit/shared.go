package limit

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// flushWithin bounds one write of the counters.
const flushWithin = 5 * time.Second

// Shared counts in the table web_limits, over a window that slides: what was
// done in the slot before counts in the measure in which the window still
// reaches into it.
//
// Tries that come in together are written together, one row a key, and each is
// answered with its own place in the count, so that of two tries for the last
// place exactly one gets it.
type Shared struct {
	db *db.DB

	mu       sync.Mutex
	waiting  []*try
	flushing bool
}

type try struct {
	key  Key
	rate Rate
	wait time.Duration
	err  error
	done chan struct{}
}

// NewShared returns a Shared on the database.
func NewShared(d *db.DB) *Shared { return &Shared{db: d} }

// Hit counts one, and returns how long to wait: 0 when the rate is kept. Tries
// that are refused count as well, so that hammering does not help.
func (s *Shared) Hit(ctx context.Context, k Key, r Rate) (wait time.Duration, err error) {
	defer fault.Wrap(&err, "limit.Hit(%s)", r.Name)
	t := &try{key: k, rate: r, done: make(chan struct{})}
	s.mu.Lock()
	s.waiting = append(s.waiting, t)
	if !s.flushing {
		s.flushing = true
		go s.flush()
	}
	s.mu.Unlock()
	select {
	case <-t.done:
		return t.wait, t.err
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

// flush writes what is waiting until nothing is.
func (s *Shared) flush() {
	for {
		s.mu.Lock()
		batch := s.waiting
		s.waiting = nil
		if len(batch) == 0 {
			s.flushing = false
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
		s.write(batch)
	}
}

func (s *Shared) write(batch []*try) {
	// One order of rows on every node: no deadlock.
	slices.SortStableFunc(batch, func(a, b *try) int { return bytes.Compare(a.key[:], b.key[:]) })
	ctx, cancel := context.WithTimeout(context.Background(), flushWithin)
	defer cancel()
	err := s.db.Write(ctx, db.System, func(tx *db.Tx) error {
		for from := 0; from < len(batch); {
			to := from + 1
			for to < len(batch) && batch[to].key == batch[from].key {
				to++
			}
			if err := count(tx, batch[from:to]); err != nil {
				return err
			}
			from = to
		}
		return nil
	})
	for _, t := range batch {
		t.err = err
		close(t.done)
	}
}

// count adds tries of one key and tells each how long to wait.
func count(tx *db.Tx, tries []*try) error {
	key, r := tries[0].key, tries[0].rate
	per := r.Per.Microseconds()
	now := tx.Now.UnixMicro()
	slot := now / per
	into := float64(now%per) / float64(per)
	var used, before int64
	err := tx.Row(`INSERT INTO web_limits (bucket, slot, used, expires) VALUES ($1, $2, $3, $4)
		ON CONFLICT (bucket, slot) DO UPDATE SET used = web_limits.used + excluded.used
		RETURNING used`, key[:], slot, int64(len(tries)), now+2*per).Scan(&used)
	if err != nil {
		return err
	}
	err = tx.Row(`SELECT used FROM web_limits WHERE bucket = $1 AND slot = $2`, key[:], slot-1).Scan(&before)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	left := time.Duration((slot+1)*per-now) * time.Microsecond
	for i, t := range tries {
		mine := used - int64(len(tries)-1-i)
		t.wait = 0
		if float64(before)*(1-into)+float64(mine) > float64(t.rate.Times) {
			t.wait = left
		}
	}
	return nil
}

// Sweep deletes counters that are over.
func (s *Shared) Sweep(ctx context.Context) error {
	return s.db.Write(ctx, db.System, func(tx *db.Tx) error {
		_, err := tx.Exec(`DELETE FROM web_limits WHERE expires < $1`, tx.Now)
		return err
	})
}
