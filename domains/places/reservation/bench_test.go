package reservation_test

import (
	"sync/atomic"
	"testing"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
)

// BenchmarkBook books hours of many rooms, nearly all of them free.
func BenchmarkBook(b *testing.B) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		b.Run(string(e), func(b *testing.B) {
			h := open(b, dbtest.Open(b, e, tables), 100, nil)
			var n atomic.Int64
			b.SetParallelism(32)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					i := int(n.Add(1))
					r := reservation.Reservation{
						Room: h.rooms[i%100], Person: db.ID(1000 + i%5000), Headcount: 5, Purpose: "定例会",
						Span: quarter.On(h.tomorrow.AddDays(i/2400%90), i/100%24*60, i/100%24*60+60),
					}
					if _, err := h.svc.Book(b.Context(), db.Actor{Person: r.Person}, r); err != nil && !fault.Is(err, fault.Conflict) {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}
