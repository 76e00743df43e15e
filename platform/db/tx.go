package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"kakehashi/platform/fault"
)

// Actor is who makes a change: the person signed in, the person they act for
// (代理入力; zero when for themselves), and the way it came in.
type Actor struct {
	Person, OnBehalfOf ID
	Via                string // web, api, cli, job, demo, system
}

// System is the actor of what the program does by itself.
var System = Actor{Via: "system"}

// Tx is one transaction, read or write. It is good until the function it was
// handed to returns, in that function's goroutine only.
//
// Statements use $1, $2 … on both engines. Of the arguments, a bool is stored
// as 0 or 1 and a time.Time as Micros; everything else goes to the driver as
// it is. A statement that failed dooms its transaction on both engines: it
// can only be rolled back, whatever the function returns.
type Tx struct {
	Now   time.Time // the instant of the transaction, UTC, whole microseconds
	Actor Actor     // zero in Read

	ctx    context.Context
	db     *DB
	sql    *sql.Tx
	stmt   context.Context // for statements: never cancelled in a write
	failed error
	rows   []*sql.Rows
	topics []string
	after  []func()
}

// Context returns the context of the call, with its values. In a write it is
// not cancelled when the caller's is: a write that has started is finished.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Engine returns the engine that the transaction runs on.
func (tx *Tx) Engine() Engine { return tx.db.engine }

// SQL returns the transaction of database/sql, for libraries that take one.
// It must be neither committed nor rolled back, and on SQLite it is shared
// with other requests in turn.
func (tx *Tx) SQL() *sql.Tx { return tx.sql }

// Touch says that what the topics name has changed: DB.Version grows and
// DB.Watch speaks after the commit, here and on other nodes.
func (tx *Tx) Touch(topics ...string) { tx.topics = append(tx.topics, topics...) }

// After runs f once, after the commit is durable and before Write returns, in
// the goroutine of Write's caller. When the transaction fails it never runs.
func (tx *Tx) After(f func()) { tx.after = append(tx.after, f) }

// Exec runs a statement and returns how many rows it changed.
func (tx *Tx) Exec(q string, args ...any) (rowsAffected int64, err error) {
	if tx.failed != nil {
		return 0, tx.failed
	}
	res, err := tx.sql.ExecContext(tx.stmt, q, bind(args)...)
	if err == nil {
		rowsAffected, err = res.RowsAffected()
	}
	if err != nil {
		return 0, tx.fail(q, err)
	}
	return rowsAffected, nil
}

// Query runs a statement that returns rows. The caller closes them; what it
// forgets is closed when the transaction ends.
func (tx *Tx) Query(q string, args ...any) (*sql.Rows, error) {
	if tx.failed != nil {
		return nil, tx.failed
	}
	rows, err := tx.sql.QueryContext(tx.stmt, q, bind(args)...)
	if err != nil {
		return nil, tx.fail(q, err)
	}
	tx.rows = append(tx.rows, rows)
	return rows, nil
}

// Row runs a statement that returns at most one row; its Scan returns
// sql.ErrNoRows when there was none.
func (tx *Tx) Row(q string, args ...any) *sql.Row {
	return tx.sql.QueryRowContext(tx.stmt, q, bind(args)...)
}

func (tx *Tx) fail(q string, err error) error {
	err = fmt.Errorf("%s: %w", short(q), err)
	if tx.failed == nil {
		tx.failed = err
	}
	return err
}

// settle closes what the function forgot and returns the outcome that its
// own error and the statements' errors make together.
func (tx *Tx) settle(err error) error {
	for _, r := range tx.rows {
		r.Close()
	}
	tx.rows = nil
	if err == nil {
		err = tx.failed
	}
	return err
}

// short returns the statement on one line, cut for a log.
func short(q string) string {
	q = strings.Join(strings.Fields(q), " ")
	if r := []rune(q); len(r) > 160 {
		q = string(r[:160]) + "…"
	}
	return q
}

// bind gives both engines the same values to store. It copies only when
// something has to change.
func bind(args []any) []any {
	for i, a := range args {
		switch a.(type) {
		case bool, time.Time, driver.Valuer: // ID is a Valuer
			return bindCopy(args, i)
		}
	}
	return args
}

func bindCopy(args []any, from int) []any {
	out := append([]any(nil), args...)
	for i := from; i < len(out); i++ {
		switch a := out[i].(type) {
		case bool:
			out[i] = int64(0)
			if a {
				out[i] = int64(1)
			}
		case time.Time:
			out[i] = Micros(a)
		case ID:
			out[i] = int64(a)
		case driver.Valuer:
			// pgx knows some Go types beneath a Valuer better than the
			// Valuer's own answer (a map becomes JSON, say), which SQLite does
			// not: ask here, so that both engines get what Value says.
			if v := reflect.ValueOf(a); v.Kind() == reflect.Pointer && v.IsNil() {
				out[i] = nil
			} else if v, err := a.Value(); err == nil {
				out[i] = v
			}
		}
	}
	return out
}

// All runs the query and returns its rows; scan returns the destinations of
// one row's columns. No rows are an empty list.
func All[T any](tx *Tx, scan func(*T) []any, q string, args ...any) ([]T, error) {
	if tx.failed != nil {
		return nil, tx.failed
	}
	rows, err := tx.sql.QueryContext(tx.stmt, q, bind(args)...)
	if err != nil {
		return nil, tx.fail(q, err)
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		list = append(list, *new(T))
		if err := rows.Scan(scan(&list[len(list)-1])...); err != nil {
			return nil, fmt.Errorf("%s: %w", short(q), err)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, tx.fail(q, err)
	}
	return list, nil
}

// One runs the query and returns its first row, or fault.NotFound when there
// is none.
func One[T any](tx *Tx, scan func(*T) []any, q string, args ...any) (T, error) {
	var v T
	if tx.failed != nil {
		return v, tx.failed
	}
	err := tx.Row(q, args...).Scan(scan(&v)...)
	if errors.Is(err, sql.ErrNoRows) {
		return v, fault.New(fault.NotFound, "web.error.not_found").Because(fmt.Errorf("%s: %w", short(q), err))
	}
	if err != nil {
		return v, tx.fail(q, err)
	}
	return v, nil
}
