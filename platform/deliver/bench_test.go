package deliver_test

import (
	"context"
	"encoding/json"
	"sync/atomic"
	"testing"

	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/deliver"
)

// BenchmarkSend measures what a message costs the transaction that sends it.
func BenchmarkSend(b *testing.B) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		b.Run(string(e), func(b *testing.B) {
			d := dbtest.Open(b, e, tables)
			s := service(b, d, newOutside())
			data := json.RawMessage(`{"room":"会議室1","from":"2026-11-28T13:00","to":"2026-11-28T16:00"}`)
			b.ReportAllocs()
			b.ResetTimer()
			for n := 0; n < b.N; {
				err := d.Write(b.Context(), db.System, func(tx *db.Tx) error {
					for range 1000 {
						if n++; n > b.N {
							return nil
						}
						if err := s.Send(tx, deliver.Message{To: 5, Kind: "test.hello", Data: data}); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// counting is a mailer that only counts.
type counting struct {
	left atomic.Int64
	done chan struct{}
}

func (c *counting) Open(context.Context) (deliver.MailSession, error) { return c, nil }

func (c *counting) Send(context.Context, *deliver.Mail) error {
	if c.left.Add(-1) == 0 {
		close(c.done)
	}
	return nil
}

func (c *counting) Close() error { return nil }

// BenchmarkDeliveries measures messages from the queue through rendering (text
// and HTML) to a mailer that only counts, and their results written down.
func BenchmarkDeliveries(b *testing.B) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		b.Run(string(e), func(b *testing.B) {
			d := dbtest.Open(b, e, tables)
			m := &counting{done: make(chan struct{})}
			m.left.Store(int64(b.N))
			s := service(b, d, m)
			err := d.Write(b.Context(), db.System, func(tx *db.Tx) error {
				for i := range b.N {
					if err := s.Send(tx, deliver.Message{To: db.ID(2000 + i), Kind: "test.hello", Data: hello{"会議室1"}}); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			if err := s.Start(b.Context()); err != nil {
				b.Fatal(err)
			}
			<-m.done
			if err := s.Stop(context.Background()); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "deliveries/s")
		})
	}
}
