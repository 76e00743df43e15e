package db_test

import (
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"

	"kakehashi/platform/db"
)

func openSQLite(b testing.TB, ms []db.Migrations) *db.DB {
	d, err := db.Open(b.Context(), db.Config{URL: "sqlite:" + filepath.Join(b.TempDir(), "bench.db")})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { d.Close() })
	if err := d.Migrate(b.Context(), ms); err != nil {
		b.Fatal(err)
	}
	return d
}

// BenchmarkWrite is one single-row INSERT a transaction, by 1 and by 64
// clients.
func BenchmarkWrite(b *testing.B) {
	for _, clients := range []int{1, 64} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			d := openSQLite(b, things)
			var n atomic.Int64
			b.SetParallelism((clients + 1) / 2)
			b.ReportAllocs()
			b.ResetTimer()
			insert := func(pb *testing.PB) {
				for pb.Next() {
					err := d.Write(b.Context(), db.System, func(tx *db.Tx) error {
						_, err := tx.Exec(`INSERT INTO things (id, name) VALUES ($1, $2)`, db.NewID(), fmt.Sprint("name ", n.Add(1)))
						return err
					})
					if err != nil {
						b.Error(err)
					}
				}
			}
			if clients == 1 {
				for range b.N {
					err := d.Write(b.Context(), db.System, func(tx *db.Tx) error {
						_, err := tx.Exec(`INSERT INTO things (id, name) VALUES ($1, $2)`, db.NewID(), fmt.Sprint("name ", n.Add(1)))
						return err
					})
					if err != nil {
						b.Error(err)
					}
				}
			} else {
				b.RunParallel(insert)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
		})
	}
}
