package jobs_test

import (
	"context"
	"io/fs"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/jobs"
)

// fsOf returns migrations of one statement.
func fsOf(up string) fs.FS {
	return fstest.MapFS{"001_test.sql": {Data: []byte("-- +goose Up\n" + up + ";\n")}}
}

// BenchmarkJobs measures one job from its enqueuing, 64 callers at once, until
// it is done and gone.
func BenchmarkJobs(b *testing.B) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		b.Run(string(e), func(b *testing.B) {
			d := dbtest.Open(b, e, tables)
			r, done := jobs.New(), make(chan struct{})
			var left atomic.Int64
			left.Store(int64(b.N))
			jobs.Work(r, func(context.Context, note) error {
				if left.Add(-1) == 0 {
					close(done)
				}
				return nil
			})
			if err := r.Start(b.Context(), jobs.Config{DB: d, Workers: 32, Log: slog.New(slog.DiscardHandler)}); err != nil {
				b.Fatal(err)
			}
			defer r.Stop(context.Background())
			b.SetParallelism(32)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					err := d.Write(b.Context(), db.System, func(tx *db.Tx) error { return jobs.Enqueue(tx, r, note{N: 1}) })
					if err != nil {
						b.Error(err)
						return
					}
				}
			})
			<-done
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
		})
	}
}
