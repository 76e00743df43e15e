package db_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
)

// counters is a table with nothing but a key, to measure transactions rather
// than indexes.
var counters = house(1)

func insertCounter(tx *db.Tx) error {
	_, err := tx.Exec(`INSERT INTO m00_a (id) VALUES ($1)`, db.NewID())
	return err
}

// clients runs f b.N times in all from n goroutines.
func clients(b *testing.B, n int, f func()) {
	var left atomic.Int64
	left.Store(int64(b.N))
	var wg sync.WaitGroup
	b.ReportAllocs()
	before := cpu()
	b.ResetTimer()
	for range n {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				f()
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "/s")
	b.ReportMetric(float64((cpu()-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
}

// cpu returns the processor time that this process has used: unlike the
// clock's, it does not depend on what else the machine does.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkWrite is one single-row INSERT a transaction. Mind that the
// PostgreSQL of the tests does not wait for the disk.
func BenchmarkWrite(b *testing.B) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		for _, n := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/clients=%d", e, n), func(b *testing.B) {
				d := dbtest.Open(b, e, counters)
				clients(b, n, func() {
					if err := d.Write(context.Background(), db.System, insertCounter); err != nil {
						b.Error(err)
					}
				})
			})
		}
	}
}

// BenchmarkWriteEmpty is what a grouped write costs beyond its statements.
func BenchmarkWriteEmpty(b *testing.B) {
	d := dbtest.Open(b, db.SQLite, counters)
	clients(b, 64, func() {
		if err := d.Write(context.Background(), db.System, func(*db.Tx) error { return nil }); err != nil {
			b.Error(err)
		}
	})
}

// BenchmarkRead is one row by its key.
func BenchmarkRead(b *testing.B) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		for _, n := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/clients=%d", e, n), func(b *testing.B) {
				d := dbtest.Open(b, e, counters)
				if err := d.Write(b.Context(), db.System, insertCounter); err != nil {
					b.Fatal(err)
				}
				ctx, cancel := context.WithCancel(b.Context()) // as a web request's
				defer cancel()
				clients(b, n, func() {
					err := d.Read(ctx, func(tx *db.Tx) error {
						var id db.ID
						return tx.Row(`SELECT id FROM m00_a WHERE id > $1`, 0).Scan(&id)
					})
					if err != nil {
						b.Error(err)
					}
				})
			})
		}
	}
}

// BenchmarkBare is the statement of BenchmarkWrite on PostgreSQL without a
// transaction around it: the limit.
func BenchmarkBare(b *testing.B) {
	d := dbtest.Open(b, db.Postgres, counters)
	clients(b, 64, func() {
		if _, err := d.SQL().ExecContext(context.Background(), `INSERT INTO m00_a (id) VALUES ($1)`, int64(db.NewID())); err != nil {
			b.Error(err)
		}
	})
}
