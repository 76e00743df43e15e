package db

import (
	"context"
	"database/sql"
	"sync"
)

// readers lends the connections that read an SQLite file. Unlike the pool of
// database/sql, which hands a free connection to whoever waits longest and so
// makes every reader of a crowd wait for a goroutine switch, a reader that is
// running takes a free connection at once: with 64 at a time that is several
// times as many reads.
type readers struct {
	pool *sql.DB
	max  int

	mu     sync.Mutex
	free   []*sql.Conn
	open   int
	closed bool
	wake   chan struct{} // look again: a connection may be free
}

func newReaders(pool *sql.DB, n int) *readers {
	return &readers{pool: pool, max: n, wake: make(chan struct{}, n)}
}

// take returns a connection, and waits for one until ctx ends.
func (r *readers) take(ctx context.Context) (*sql.Conn, error) {
	for {
		r.mu.Lock()
		switch n := len(r.free); {
		case r.closed:
			r.mu.Unlock()
			ring(r.wake) // for the next who waits
			return nil, ErrClosed
		case n > 0:
			c := r.free[n-1]
			r.free = r.free[:n-1]
			r.mu.Unlock()
			return c, nil
		case r.open < r.max:
			r.open++
			r.mu.Unlock()
			c, err := r.pool.Conn(ctx)
			if err != nil {
				r.gone()
			}
			return c, err
		}
		r.mu.Unlock()
		select {
		case <-r.wake:
			if err := ctx.Err(); err != nil {
				ring(r.wake) // for somebody who is still there
				return nil, err
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// give takes a connection back. One that a failed rollback or an interrupted
// statement leaves in doubt is closed.
func (r *readers) give(c *sql.Conn, rolledBack error) {
	sound := rolledBack == nil
	if sound {
		err := c.Raw(func(c any) error { sound = c.(*sqliteConn).IsValid(); return nil })
		sound = sound && err == nil
	}
	r.mu.Lock()
	sound = sound && !r.closed
	if sound {
		r.free = append(r.free, c)
	}
	r.mu.Unlock()
	if !sound {
		c.Close()
		r.gone()
		return
	}
	ring(r.wake)
}

func (r *readers) gone() {
	r.mu.Lock()
	r.open--
	r.mu.Unlock()
	ring(r.wake)
}

// close closes the connections; those lent are closed when they come back.
func (r *readers) close() error {
	r.mu.Lock()
	free := r.free
	r.free, r.closed = nil, true
	r.mu.Unlock()
	ring(r.wake)
	for _, c := range free {
		c.Close()
	}
	return r.pool.Close()
}
