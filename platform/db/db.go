package db

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"kakehashi/platform/fault"
)

// Engine names a database engine.
type Engine string

// The two engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// ErrClosed is returned by a database that was closed.
var ErrClosed = errors.New("db: closed")

// errNested is returned by a transaction begun with the context of another,
// which would wait for itself.
var errNested = errors.New("db: a transaction inside a transaction: use the Tx at hand")

// Config says which database to open.
type Config struct {
	// URL is "sqlite:PATH" or "postgres://…?search_path=SCHEMA". The schema
	// is the city's own; without one it is "public". pool_max_conns=N bounds
	// the connections to the server; without it they are 64.
	URL     string
	Readers int              // connections that read at once on SQLite; 0 is 4
	Clock   func() time.Time // nil is time.Now
	Log     *slog.Logger     // nil is slog.Default()
}

// DB is the database of one municipality.
type DB struct {
	engine   Engine
	clock    func() time.Time
	log      *slog.Logger
	dialect  dialect
	url      string
	pool     *sql.DB  // all connections; on SQLite the writer's only
	writer   *writer  // SQLite only
	readers  *readers // SQLite only
	topics   *topics
	announce *announcer
	closed   atomic.Bool
}

// Open opens the database, and creates the SQLite file if there is none. The
// tables are Migrate's.
func Open(ctx context.Context, c Config) (d *DB, err error) {
	defer fault.Wrap(&err, "db.Open(%s)", redact(c.URL))
	d = &DB{clock: c.Clock, log: c.Log, url: c.URL}
	if d.clock == nil {
		d.clock = time.Now
	}
	if d.log == nil {
		d.log = slog.Default()
	}
	d.topics = newTopics(time.Now())
	if d.dialect, err = dialectOf(c.URL); err != nil {
		return nil, err
	}
	d.engine = d.dialect.engine()
	if c.Readers <= 0 {
		c.Readers = 4
	}
	if err := d.dialect.open(ctx, d, c.Readers); err != nil {
		return nil, err
	}
	return d, nil
}

// Close finishes the writes that were accepted and closes the database.
func (d *DB) Close() error {
	if !d.closed.CompareAndSwap(false, true) {
		return nil
	}
	d.announce.close()
	if d.writer != nil {
		d.writer.close()
	}
	err := d.pool.Close()
	if d.readers != nil {
		err = errors.Join(err, d.readers.close())
	}
	return err
}

// Engine returns the engine of the database.
func (d *DB) Engine() Engine { return d.engine }

// Now returns the clock's time as it can be stored: UTC, whole microseconds.
func (d *DB) Now() time.Time { return d.clock().UTC().Truncate(time.Microsecond) }

// SQL returns the pool beneath, for maintenance and libraries that take one.
// On SQLite it is the writer's single connection: what holds it stops all
// writes.
func (d *DB) SQL() *sql.DB { return d.pool }

// Read runs fn in a transaction that sees one consistent snapshot, and undoes
// whatever it did. Any number of reads run beside each other and beside a
// write. When ctx ends, so do its statements; when Read returns, no
// transaction is open. A database that cannot answer now is fault.Unavailable.
func (d *DB) Read(ctx context.Context, fn func(*Tx) error) (err error) {
	if nested(ctx, d) {
		return errNested
	}
	defer func() { err = unavailable(err) }()
	// Not ctx for BEGIN: database/sql would roll back in a goroutine of its
	// own then, at some time after Read has returned.
	var conn *sql.Conn
	var stx *sql.Tx
	if d.readers != nil {
		if conn, err = d.readers.take(ctx); err != nil {
			return err
		}
		defer func() { d.readers.give(conn, rollback(stx)) }()
	} else {
		if conn, err = d.pool.Conn(ctx); err != nil {
			return closedErr(err)
		}
		defer func() {
			_ = rollback(stx)
			err = d.ifDead(conn, err)
			conn.Close()
		}()
	}
	if stx, err = conn.BeginTx(context.WithoutCancel(ctx), d.dialect.readOptions()); err != nil {
		return err
	}
	tx := &Tx{Now: d.Now(), ctx: readContext{ctx, d}, db: d, sql: stx, stmt: ctx}
	defer tx.settle(nil)
	return fn(tx)
}

// rollback ends a read, if it has begun.
func rollback(tx *sql.Tx) error {
	if tx == nil {
		return errors.New("not begun")
	}
	return tx.Rollback()
}

// Write runs fn in one transaction and returns after it is durable, with fn's
// error or that of the commit; a nil error means that the change is there and
// survives a crash. fn may run more than once (PostgreSQL: serialization
// failure or deadlock; SQLite: when another request spoiled the commit that
// both shared), so it must not change anything but the transaction; use
// Tx.After for effects.
//
// When ctx ends before the write has started, it is not run. Once started it
// is finished, and its true outcome returned. A panic of fn undoes its work
// and is raised in the goroutine of Write's caller. A database that cannot
// take it now (a full disk, a lock held for long) is fault.Unavailable.
func (d *DB) Write(ctx context.Context, actor Actor, fn func(*Tx) error) error {
	if nested(ctx, d) {
		return errNested
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if d.writer != nil {
		return unavailable(d.writer.write(ctx, actor, fn))
	}
	return unavailable(d.writePostgres(ctx, actor, fn))
}

// touched publishes that topics changed in a committed write.
func (d *DB) touched(names []string) {
	d.topics.touch(names)
	d.announce.add(names)
}

// txKey finds the database whose transaction a context belongs to.
type txKey struct{}

func nested(ctx context.Context, d *DB) bool {
	in, _ := ctx.Value(txKey{}).(*DB)
	return in == d && d != nil
}

// txContext is the context inside a write: the caller's values without its
// end.
type txContext struct {
	parent context.Context
	db     *DB
}

func (txContext) Deadline() (time.Time, bool) { return time.Time{}, false }
func (txContext) Done() <-chan struct{}       { return nil }
func (txContext) Err() error                  { return nil }
func (c txContext) Value(key any) any {
	if key == (txKey{}) {
		return c.db
	}
	return c.parent.Value(key)
}

// readContext is the context inside a read.
type readContext struct {
	context.Context
	db *DB
}

func (c readContext) Value(key any) any {
	if key == (txKey{}) {
		return c.db
	}
	return c.Context.Value(key)
}
