package db

import (
	"context"
	"math/rand/v2"
	"time"
)

// retries is how often PostgreSQL may ask for a transaction to be run again.
const retries = 12

// writePostgres runs fn in a transaction of its own and commits it.
func (d *DB) writePostgres(ctx context.Context, actor Actor, fn func(*Tx) error) error {
	var tx *Tx
	for n := 0; ; n++ {
		var err error
		if tx, err = d.tryPostgres(ctx, actor, fn); err == nil {
			break
		}
		if n == retries || !isRetry(err) {
			return err
		}
		// The other side of the conflict needs time to finish: wait a random
		// part of 1, 2, 4 … 128 ms.
		pause := time.NewTimer(time.Duration(rand.Int64N(int64(time.Millisecond) << min(n, 7))))
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
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

func (d *DB) tryPostgres(ctx context.Context, actor Actor, fn func(*Tx) error) (*Tx, error) {
	conn, err := d.pool.Conn(ctx)
	if err != nil {
		return nil, closedErr(err)
	}
	defer conn.Close()
	stx, err := conn.BeginTx(context.Background(), nil)
	if err != nil {
		return nil, err
	}
	defer stx.Rollback() // also when fn panics or ends the goroutine
	tx := &Tx{Now: d.Now(), Actor: actor, ctx: txContext{ctx, d}, db: d, sql: stx, stmt: context.Background()}
	if err := tx.settle(fn(tx)); err != nil {
		return nil, err
	}
	return tx, stx.Commit()
}
