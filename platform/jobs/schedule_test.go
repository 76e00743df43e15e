package jobs

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
)

// tick is the scheduled job of these tests.
type tick struct{}

func (tick) Kind() string { return "test.tick" }

// node is one of several programs on one database, whose schedule turns when
// the test says so.
type node struct {
	*Registry
}

func newNode(t *testing.T, d *db.DB, turn *atomic.Int64, ran *atomic.Int64, done chan<- int64) *node {
	t.Helper()
	n := &node{New()}
	Work(n.Registry, func(context.Context, tick) error {
		done <- ran.Add(1)
		return nil
	})
	n.schedule("test", tick{},
		func(time.Time) time.Time { return db.Time(turn.Load()) },
		func(turn time.Time) time.Time { return turn.AddDate(1000, 0, 0) })
	if err := n.Start(t.Context(), Config{DB: d, Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return n
}

func TestSchedule_OneOfManyNodesStartsATurn(t *testing.T) {
	dbtest.Each(t, []db.Migrations{Migrations()}, func(t *testing.T, d *db.DB) {
		var turn, ran atomic.Int64
		turn.Store(1)
		done := make(chan int64, 100)
		nodes := []*node{newNode(t, d, &turn, &ran, done)}
		if d.Engine() == db.Postgres { // an SQLite file has one
			nodes = append(nodes, newNode(t, d, &turn, &ran, done), newNode(t, d, &turn, &ran, done))
		}
		for _, n := range nodes {
			n.settle(t, 1)
		}
		if ran.Load() != 0 {
			t.Error("a schedule seen for the first time started at once")
		}
		const turns = 20
		for want := int64(2); want <= turns+1; want++ {
			turn.Store(want)
			for _, n := range nodes {
				n.Nudge()
			}
			select {
			case <-done:
			case <-time.After(20 * time.Second):
				t.Fatalf("turn %d was not started", want)
			}
			for _, n := range nodes {
				n.settle(t, want)
			}
		}
		if ran.Load() != turns {
			t.Errorf("%d jobs ran for %d turns on %d nodes", ran.Load(), turns, len(nodes))
		}
	})
}

// settle waits until the turn is written down and every job gone, so that one
// started twice would have been seen.
func (n *node) settle(t *testing.T, turn int64) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		var at, left int64
		err := n.runs.db.Read(t.Context(), func(tx *db.Tx) error {
			if err := tx.Row(`SELECT COALESCE(MAX(turn), 0) FROM job_schedules`).Scan(&at); err != nil {
				return err
			}
			return tx.Row(`SELECT COUNT(*) FROM jobs`).Scan(&left)
		})
		switch {
		case err != nil:
			t.Fatal(err)
		case at == turn && left == 0:
			return
		case time.Now().After(deadline):
			t.Fatalf("turn %d, %d jobs left; want turn %d and none", at, left, turn)
		}
	}
}

func TestSchedule_Turns(t *testing.T) {
	r := New()
	r.Every("hourly", time.Hour, tick{})
	r.Daily("nightly", 200, tick{})
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		schedule         int
		now, last, after string
	}{
		{0, "2026-11-24T05:59:59Z", "2026-11-24T05:00:00Z", "2026-11-24T06:00:00Z"},
		{0, "2026-11-24T06:00:00Z", "2026-11-24T06:00:00Z", "2026-11-24T07:00:00Z"},
		{1, "2026-11-24T03:19:59+09:00", "2026-11-23T03:20:00+09:00", "2026-11-24T03:20:00+09:00"},
		{1, "2026-11-24T03:20:00+09:00", "2026-11-24T03:20:00+09:00", "2026-11-25T03:20:00+09:00"},
	} {
		s := r.schedules[c.schedule]
		if last := s.last(at(c.now)); !last.Equal(at(c.last)) || !s.next(last).Equal(at(c.after)) {
			t.Errorf("%s at %s: last %v next %v, want %s and %s", s.name, c.now, last, s.next(last), c.last, c.after)
		}
	}
}

func TestBackoff_GrowsAndEnds(t *testing.T) {
	var sum time.Duration
	for n := 1; n < DefaultTries; n++ {
		d := backoff(n)
		want := min(time.Duration(n*n*n*n)*time.Second, 12*time.Hour)
		if d < want*9/10 || d > want*11/10 {
			t.Errorf("backoff(%d) = %v, want about %v", n, d, want)
		}
		sum += want
	}
	if days := sum.Hours() / 24; days < 3.5 || days > 5 {
		t.Errorf("a job tries for %.1f days, want about four", days)
	}
}

func TestSchedule_AFailedTurnIsTriedAgainAtTheNext(t *testing.T) {
	dbtest.Each(t, []db.Migrations{Migrations()}, func(t *testing.T, d *db.DB) {
		r := New()
		Work(r, func(context.Context, tick) error { return nil })
		r.Every("test", time.Hour, tick{})
		m, err := newMetrics(d, nil)
		if err != nil {
			t.Fatal(err)
		}
		w := newWorker(t.Context(), r, Config{DB: d, Log: slog.New(slog.DiscardHandler)}, m) // not started
		if err := w.recall(t.Context()); err != nil {
			t.Fatal(err)
		}
		s := w.schedules[0]
		for turn := s.next(s.turn); turn.Before(s.turn.Add(4 * time.Hour)); turn = s.next(turn) {
			err := d.Write(t.Context(), db.System, func(tx *db.Tx) error { return w.startTurn(tx, s, turn) })
			if err != nil {
				t.Fatal(err)
			}
			err = d.Write(t.Context(), db.System, func(tx *db.Tx) error {
				list, err := claim(tx, 10)
				if err != nil || len(list) != 1 {
					t.Errorf("turn %v: %d jobs are due, %v; want 1", turn, len(list), err)
					return err
				}
				return postpone(tx, list[0], "no", tx.Now.Add(time.Hour))
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestSchedule_LeavesOneDeadLetter(t *testing.T) {
	dbtest.Each(t, []db.Migrations{Migrations()}, func(t *testing.T, d *db.DB) {
		var turn, ran atomic.Int64
		turn.Store(1)
		r := New()
		Work(r, func(context.Context, tick) error { ran.Add(1); return errors.New("no") }, Tries(1))
		n := &node{r}
		n.schedule("test", tick{},
			func(time.Time) time.Time { return db.Time(turn.Load()) },
			func(turn time.Time) time.Time { return turn.AddDate(1000, 0, 0) })
		if err := n.Start(t.Context(), Config{DB: d, Log: slog.New(slog.DiscardHandler)}); err != nil {
			t.Fatal(err)
		}
		defer n.Stop(context.Background())
		n.settle(t, 1)
		for want := int64(2); want <= 5; want++ {
			turn.Store(want)
			n.Nudge()
			for deadline := time.Now().Add(20 * time.Second); ; {
				var c Counts
				err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
					c, err = Count(tx)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				if ran.Load() == want-1 && c == (Counts{Dead: 1}) {
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("after turn %d: %d ran, %+v; want one dead", want, ran.Load(), c)
				}
			}
		}
	})
}
