package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"kakehashi/platform/db/internal/dump"
	"kakehashi/platform/db/internal/wire"
	"kakehashi/platform/fault"
)

// dialect is all that differs between the engines.
type dialect interface {
	engine() Engine
	open(ctx context.Context, d *DB, readers int) error
	readOptions() *sql.TxOptions
	macros() *strings.Replacer
	goose() goose.Dialect
	// ownTables creates this package's own tables: db_modules says in one
	// query what goose's tables say in many, which version of each module is
	// applied.
	ownTables() string
	// hasTable asks whether the table $1 exists: 0 or 1.
	hasTable() string
	// migrator returns a pool for migrations; its user closes it.
	migrator(ctx context.Context) (*sql.DB, error)
	// lock keeps other processes from migrating until the function is called.
	lock(ctx context.Context, pool *sql.DB) (unlock func(), err error)
	// dumps is the engine's part of package dump.
	dumps() dump.Dialect
}

func dialectOf(u string) (dialect, error) {
	switch {
	case strings.HasPrefix(u, "sqlite:"):
		path := strings.TrimPrefix(strings.TrimPrefix(u, "sqlite:"), "//")
		if path == "" {
			return nil, errors.New("sqlite: without a path")
		}
		return sqliteDialect{path}, nil
	case strings.HasPrefix(u, "postgres://"), strings.HasPrefix(u, "postgresql://"):
		return postgresDialect{u}, nil
	}
	return nil, errors.New("neither sqlite:PATH nor postgres://…")
}

// redact returns the URL without its password.
func redact(u string) string {
	if p, err := url.Parse(u); err == nil {
		return p.Redacted()
	}
	return "?"
}

type sqliteDialect struct{ path string }

func (sqliteDialect) engine() Engine              { return SQLite }
func (sqliteDialect) dumps() dump.Dialect         { return dump.SQLite }
func (sqliteDialect) goose() goose.Dialect        { return goose.DialectSQLite3 }
func (sqliteDialect) readOptions() *sql.TxOptions { return &sql.TxOptions{ReadOnly: true} }
func (sqliteDialect) macros() *strings.Replacer {
	return strings.NewReplacer("{{id}}", "INTEGER PRIMARY KEY", "{{bytes}}", "BLOB", "{{keyed}}", "WITHOUT ROWID")
}

// dsn returns modernc's name of the file. A reader refuses to write; all else
// is said in DESIGN.md section 4.
func (s sqliteDialect) dsn(reader bool) string {
	abs, err := filepath.Abs(s.path)
	if err != nil {
		abs = s.path
	}
	p := url.Values{}
	for _, v := range []string{
		"busy_timeout(5000)", // first: it also holds for what follows
		"journal_mode(WAL)",
		"synchronous(FULL)",
		"foreign_keys(1)",
		"wal_autocheckpoint(16000)",
		"cache_size(-2000)",
		"mmap_size(1073741824)",
		"temp_store(MEMORY)", // savepoints copy pages to a temporary journal
	} {
		p.Add("_pragma", v)
	}
	if reader {
		p.Add("_pragma", "query_only(1)")
	}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: p.Encode()}).String()
}

func (s sqliteDialect) open(ctx context.Context, d *DB, readers int) (err error) {
	// fdatasync makes a commit as durable as fsync does, and is what SQLite
	// itself is built with on Linux; where there is none, fsync stays.
	_, _ = sqlite.Fdatasync(true)
	if d.pool, err = openSQLite(s.dsn(false), 1); err != nil {
		return err
	}
	if err = d.pool.PingContext(ctx); err != nil {
		d.pool.Close()
		return err
	}
	pool, err := openSQLite(s.dsn(true), readers)
	if err != nil {
		d.pool.Close()
		return err
	}
	listen, err := openSQLite(s.dsn(true), 1)
	if err != nil {
		pool.Close()
		d.pool.Close()
		return err
	}
	d.readers = newReaders(pool, readers)
	d.writer = newWriter(d, d.pool)
	d.announceSQLite(listen)
	return nil
}

const modulesTable = `CREATE TABLE IF NOT EXISTS db_modules (module TEXT PRIMARY KEY, version BIGINT NOT NULL);`

// db_news holds what the processes on one file tell each other; its ids are
// in the order of the commits.
func (sqliteDialect) ownTables() string {
	return modulesTable + `
CREATE TABLE IF NOT EXISTS db_news (id INTEGER PRIMARY KEY AUTOINCREMENT, node BIGINT NOT NULL, at BIGINT NOT NULL, topics TEXT NOT NULL);`
}

func (sqliteDialect) hasTable() string {
	return `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1`
}

// lock does nothing: see DB.migrate for two processes that meet.
func (sqliteDialect) lock(context.Context, *sql.DB) (func(), error) { return func() {}, nil }

// migrator has its own connection: the writer's is busy with its transactions.
func (s sqliteDialect) migrator(context.Context) (*sql.DB, error) {
	return openSQLite(s.dsn(false), 1)
}

type postgresDialect struct{ url string }

func (postgresDialect) engine() Engine       { return Postgres }
func (postgresDialect) dumps() dump.Dialect  { return dump.Postgres }
func (postgresDialect) goose() goose.Dialect { return goose.DialectPostgres }
func (postgresDialect) readOptions() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}
func (postgresDialect) macros() *strings.Replacer {
	return strings.NewReplacer("{{id}}", "BIGINT PRIMARY KEY", "{{bytes}}", "BYTEA", "{{keyed}}", "")
}

// postgresMax is how many connections one process opens at most, unless the
// URL says pool_max_conns.
const postgresMax = 64

func (p postgresDialect) max() int {
	u, err := url.Parse(p.url)
	if err != nil {
		return postgresMax
	}
	if n, err := strconv.Atoi(u.Query().Get("pool_max_conns")); err == nil && n > 0 {
		return n
	}
	return postgresMax
}

func (p postgresDialect) config() (*pgx.ConnConfig, error) {
	c, err := pgx.ParseConfig(p.url)
	if err != nil {
		return nil, err
	}
	delete(c.RuntimeParams, "pool_max_conns") // ours, not the server's
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "kakehashi"
	}
	// A cancelled statement is cancelled on the server and the connection
	// lives on; only if the server does not answer is it dropped.
	c.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: 2 * time.Second}
	}
	return c, nil
}

func (p postgresDialect) open(ctx context.Context, d *DB, readers int) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	c.BuildFrontend = wire.Frontend
	// A write is not cancelled by its caller, so the server must end what
	// waits in vain, and what a node left behind that vanished.
	for name, value := range map[string]string{"lock_timeout": "15s", "idle_in_transaction_session_timeout": "60s"} {
		if c.RuntimeParams[name] == "" {
			c.RuntimeParams[name] = value
		}
	}
	d.pool = stdlib.OpenDB(*c)
	d.pool.SetMaxOpenConns(p.max())
	d.pool.SetMaxIdleConns(p.max())
	d.pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := d.pool.PingContext(ctx); err != nil {
		d.pool.Close()
		return err
	}
	d.announcePostgres(c)
	return nil
}

func (postgresDialect) ownTables() string { return modulesTable }
func (postgresDialect) hasTable() string {
	return `SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1`
}

// lock takes an advisory lock of the city's schema.
func (p postgresDialect) lock(ctx context.Context, pool *sql.DB) (func(), error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	const key = `hashtextextended('kakehashi migrate ' || current_schema(), 0)`
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock(`+key+`)`); err != nil {
		conn.Close()
		return nil, err
	}
	return func() {
		// The lock ends with the connection at the latest, which the pool
		// closes next.
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(`+key+`)`)
		conn.Close()
	}, nil
}

// migrator makes sure that the city's schema exists.
func (p postgresDialect) migrator(ctx context.Context) (*sql.DB, error) {
	c, err := p.config()
	if err != nil {
		return nil, err
	}
	pool := stdlib.OpenDB(*c)
	if schema := c.RuntimeParams["search_path"]; schema != "" {
		if _, err := pool.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+pgx.Identifier{schema}.Sanitize()); err != nil {
			pool.Close()
			return nil, err
		}
	}
	return pool, nil
}

// isBusy reports whether SQLite could not get the file's lock in time.
func isBusy(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == lib.SQLITE_BUSY
}

// isConstraint reports whether SQLite refused because of a constraint.
func isConstraint(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == lib.SQLITE_CONSTRAINT
}

// IsUnique reports whether a statement failed because a row with the same key
// exists already.
func IsUnique(err error) bool {
	var s *sqlite.Error
	if errors.As(err, &s) {
		switch s.Code() {
		case lib.SQLITE_CONSTRAINT_UNIQUE, lib.SQLITE_CONSTRAINT_PRIMARYKEY, lib.SQLITE_CONSTRAINT_ROWID:
			return true
		}
		return false
	}
	var p *pgconn.PgError
	return errors.As(err, &p) && p.Code == "23505"
}

// isRetry reports whether PostgreSQL asks for the transaction to be run
// again, for a serialization failure or a deadlock, or it has not run at all.
func isRetry(err error) bool {
	var p *pgconn.PgError
	return errors.Is(err, wire.ErrRollback) || errors.As(err, &p) && (p.Code == "40001" || p.Code == "40P01")
}

// unavailable turns an engine's "not now" into a fault that asks the reader to
// try again: a lock held too long, a full disk, no connection to be had, a
// server that shuts down. What is a fault already stays as it is.
func unavailable(err error) error {
	var f *fault.Error
	if err == nil || errors.As(err, &f) {
		return err
	}
	var s *sqlite.Error
	var p *pgconn.PgError
	var c *pgconn.ConnectError
	key := ""
	switch {
	case errors.As(err, &p) && (p.Code == "55P03" || strings.HasPrefix(p.Code, "53")), isBusy(err):
		key = "web.error.busy"
	case errors.As(err, &p) && strings.HasPrefix(p.Code, "57P0"), errors.As(err, &c),
		errors.As(err, &s) && s.Code()&0xff == lib.SQLITE_FULL:
		key = "web.error.unavailable"
	default:
		return err
	}
	return fault.New(fault.Unavailable, key).Because(err)
}

// closedErr tells a closed pool by our own error.
func closedErr(err error) error {
	if err != nil && err.Error() == "sql: database is closed" {
		return fmt.Errorf("%w: %w", ErrClosed, err)
	}
	return err
}
