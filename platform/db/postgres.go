package db

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5/stdlib"

	"kakehashi/platform/fault"
)

// retries is how often a transaction on PostgreSQL is run again.
const retries = 12

// errDead marks the error of a transaction whose connection is lost.
var errDead = errors.New("the connection is lost")

// writePostgres runs fn in a transaction of its own and commits it. Until its
// COMMIT is sent nothing can be committed, so a transaction that the server
// broke off, or whose connection was lost, is run again.
func (d *DB) writePostgres(ctx context.Context, actor Actor, fn func(*Tx) error) error {
	var tx *Tx
	for n := 0; ; n++ {
		var err error
		if tx, err = d.tryPostgres(ctx, actor, fn); err == nil {
			break
		}
		if n == retries || !isRetry(err) && !(errors.Is(err, errDead) && tx == nil) {
			return err
		}
		// The other side of the conflict, or the server, needs time: wait a
		// random part of 1, 2, 4 … 128 ms.
		if !pause(ctx, time.Duration(rand.Int64N(int64(time.Millisecond)<<min(n, 7)))) {
			return err
		}
	}
	if len(tx.topics) > 0 {
		d.touched(tx.topics)
	}
	for _, f := range tx.after {
		f()
	}
	return nil
}

// tryPostgres runs fn once. It returns the transaction when its COMMIT was
// sent, even if that failed: the outcome is unknown then when the connection
// was lost.
func (d *DB) tryPostgres(ctx context.Context, actor Actor, fn func(*Tx) error) (tx *Tx, err error) {
	conn, err := d.pool.Conn(ctx)
	if err != nil {
		return nil, closedErr(err)
	}
	defer func() {
		err = d.ifDead(conn, err)
		conn.Close()
	}()
	stx, err := conn.BeginTx(context.Background(), nil)
	if err != nil {
		return nil, err
	}
	defer stx.Rollback() // also when fn panics or ends the goroutine
	t := &Tx{Now: d.Now(), Actor: actor, ctx: txContext{ctx, d}, db: d, sql: stx, stmt: context.Background()}
	if err := t.settle(fn(t)); err != nil {
		return nil, err
	}
	return t, stx.Commit()
}

// ifDead marks err when the connection is lost. Others of the pool are then
// likely to be lost too (the server was restarted), so the idle ones are
// closed.
func (d *DB) ifDead(conn *sql.Conn, err error) error {
	if err == nil {
		return nil
	}
	lost := false
	_ = conn.Raw(func(c any) error {
		lost = c.(*stdlib.Conn).Conn().IsClosed()
		return nil
	})
	if !lost {
		return err
	}
	d.pool.SetMaxIdleConns(0)
	d.pool.SetMaxIdleConns(d.dialect.(postgresDialect).max())
	return fault.New(fault.Unavailable, "web.error.unavailable").Because(errors.Join(errDead, err))
}
