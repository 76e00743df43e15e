package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"modernc.org/sqlite"
)

// statementsMax is how many prepared statements one connection keeps: more
// than the program has, so that it bounds only what builds SQL by hand.
const statementsMax = 1024

// sqliteConnector opens connections that keep their prepared statements by
// text, so that every statement is parsed once a connection, also inside
// transactions and for libraries that only know database/sql. Caching in the
// driver costs one map look-up; sql.Stmt would cost a look-up of its own, a
// wrapper for each transaction and several locks.
type sqliteConnector struct{ driver.Connector }

func (c sqliteConnector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	full, ok := inner.(sqliteInner)
	if !ok {
		inner.Close()
		return nil, errors.New("modernc.org/sqlite no longer has the methods that platform/db needs")
	}
	return &sqliteConn{sqliteInner: full, stmts: map[string]*sqliteStmt{}}, nil
}

// sqliteInner is what modernc's connection can do.
type sqliteInner interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// sqliteConn is one connection with its prepared statements. database/sql
// never calls it from two goroutines at once.
type sqliteConn struct {
	sqliteInner
	stmts  map[string]*sqliteStmt
	broken bool // a commit failed: nobody knows the state, so it is thrown away
}

type sqliteStmt struct {
	driver.Stmt
	busy bool // its rows are being read: a second use needs a second statement
}

// stmt returns the prepared statement of q and how to give it back.
func (c *sqliteConn) stmt(ctx context.Context, q string) (*sqliteStmt, error) {
	s := c.stmts[q]
	if s != nil && !s.busy {
		s.busy = true
		return s, nil
	}
	inner, err := c.PrepareContext(ctx, q)
	if err != nil {
		return nil, err
	}
	fresh := &sqliteStmt{Stmt: inner, busy: true}
	if s == nil {
		c.evict()
		c.stmts[q] = fresh
	}
	return fresh, nil
}

// evict makes room for one more statement.
func (c *sqliteConn) evict() {
	if len(c.stmts) < statementsMax {
		return
	}
	for q, s := range c.stmts {
		if !s.busy {
			s.Close()
			delete(c.stmts, q)
			return
		}
	}
}

func (c *sqliteConn) release(q string, s *sqliteStmt) error {
	s.busy = false
	if c.stmts[q] == s {
		return nil
	}
	return s.Close()
}

func (c *sqliteConn) ExecContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.stmt(ctx, q)
	if err != nil {
		return nil, err
	}
	res, err := s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
	return res, errors.Join(err, c.release(q, s))
}

func (c *sqliteConn) QueryContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.stmt(ctx, q)
	if err != nil {
		return nil, err
	}
	rows, err := s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		return nil, errors.Join(err, c.release(q, s))
	}
	return &sqliteRows{sqliteInnerRows: rows.(sqliteInnerRows), conn: c, q: q, stmt: s}, nil
}

// sqliteInnerRows is what modernc's rows can do.
type sqliteInnerRows interface {
	driver.Rows
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeLength
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
	driver.RowsColumnTypeScanType
}

type sqliteRows struct {
	sqliteInnerRows
	conn *sqliteConn
	q    string
	stmt *sqliteStmt
}

func (r *sqliteRows) Close() error {
	if r.stmt == nil {
		return nil
	}
	err := r.sqliteInnerRows.Close()
	err = errors.Join(err, r.conn.release(r.q, r.stmt))
	r.stmt = nil
	return err
}

// BeginTx runs BEGIN, at once exclusive among writers unless the connection
// is a reader's.
func (c *sqliteConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	q := "BEGIN IMMEDIATE"
	if opts.ReadOnly {
		q = "BEGIN"
	}
	if _, err := c.ExecContext(ctx, q, nil); err != nil {
		return nil, err
	}
	return sqliteTx{c}, nil
}

type sqliteTx struct{ c *sqliteConn }

// Commit leaves no transaction open when it fails.
func (t sqliteTx) Commit() error {
	_, err := t.c.ExecContext(context.Background(), "COMMIT", nil)
	if err != nil {
		t.c.broken = true
		t.Rollback()
	}
	return err
}

func (t sqliteTx) Rollback() error {
	_, err := t.c.ExecContext(context.Background(), "ROLLBACK", nil)
	if err != nil {
		t.c.broken = true
	}
	return err
}

// IsValid keeps a connection of unknown state out of the pool.
func (c *sqliteConn) IsValid() bool { return !c.broken && c.sqliteInner.IsValid() }

// Close finalizes the statements, without which SQLite would not close.
func (c *sqliteConn) Close() error {
	for _, s := range c.stmts {
		s.Close()
	}
	clear(c.stmts)
	return c.sqliteInner.Close()
}

// openSQLite returns a pool of at most n connections to the file.
func openSQLite(dsn string, n int) (*sql.DB, error) {
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(sqliteConnector{connector})
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	return pool, nil
}
