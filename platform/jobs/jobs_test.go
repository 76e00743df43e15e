package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
	"kakehashi/platform/jobs"
)

// note is the job of these tests.
type note struct {
	N int `json:"n"`
}

func (note) Kind() string { return "test.note" }

// other is a second kind.
type other struct{}

func (other) Kind() string { return "test.other" }

var tables = []db.Migrations{jobs.Migrations()}

// soon fails the test when what it waits for does not come.
func soon[T any](t *testing.T, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(20 * time.Second):
		t.Fatal("waited in vain")
		panic("unreachable")
	}
}

func start(t *testing.T, d *db.DB, r *jobs.Registry, c jobs.Config) {
	t.Helper()
	c.DB = d
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if err := r.Start(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

func enqueue(t *testing.T, d *db.DB, r *jobs.Registry, args jobs.Args, opts ...jobs.Option) {
	t.Helper()
	write(t, d, func(tx *db.Tx) error { return jobs.Enqueue(tx, r, args, opts...) })
}

func write(t *testing.T, d *db.DB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), db.System, fn); err != nil {
		t.Fatal(err)
	}
}

func counts(t *testing.T, d *db.DB) jobs.Counts {
	t.Helper()
	return read(t, d, jobs.Count)
}

func dead(t *testing.T, d *db.DB) []jobs.Dead {
	t.Helper()
	return read(t, d, func(tx *db.Tx) ([]jobs.Dead, error) { return jobs.DeadLetters(tx, 0, 10) })
}

func read[T any](t *testing.T, d *db.DB, fn func(tx *db.Tx) (T, error)) (v T) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
		v, err = fn(tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// timePasses makes every waiting job due, as if its time had come.
func timePasses(t *testing.T, d *db.DB, r *jobs.Registry) {
	t.Helper()
	write(t, d, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE jobs SET due = 1 WHERE claim = 0`)
		return err
	})
	r.Nudge()
}

// settled waits until the outcome of every job that ran is written down: the
// table says so, and every write of the worker rings the bell.
func settled(t *testing.T, d *db.DB, want jobs.Counts) {
	t.Helper()
	// A job whose node was slowed down is taken up again when its minute is over.
	deadline := time.Now().Add(90 * time.Second)
	for counts(t, d) != want {
		if time.Now().After(deadline) {
			t.Fatalf("jobs = %+v, want %+v", counts(t, d), want)
		}
		runtime.Gosched()
	}
}

func TestEnqueue_RunsWhatIsCommittedAndNothingElse(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		r, ran := jobs.New(), make(chan int, 10)
		jobs.Work(r, func(ctx context.Context, n note) error { ran <- n.N; return nil })
		start(t, d, r, jobs.Config{Workers: 1})
		undone := errors.New("undone")
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
			if err := jobs.Enqueue(tx, r, note{N: 1}); err != nil {
				return err
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatalf("Write = %v", err)
		}
		enqueue(t, d, r, note{N: 2})
		if n := soon(t, ran); n != 2 {
			t.Errorf("job %d ran, want 2: job 1 was rolled back", n)
		}
		settled(t, d, jobs.Counts{})
	})
}

func TestEnqueue_NobodyDoesTheKind(t *testing.T) {
	d := dbtest.Open(t, db.SQLite, tables)
	err := d.Write(t.Context(), db.System, func(tx *db.Tx) error { return jobs.Enqueue(tx, jobs.New(), note{}) })
	if err == nil {
		t.Error("a job that nobody does was kept")
	}
}

func TestWork_TriesAgainUntilItSucceeds(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		r, ran := jobs.New(), make(chan int, 10)
		n := 0 // one worker, one job: tries come one after the other
		jobs.Work(r, func(ctx context.Context, _ note) error {
			n++
			ran <- n
			if n < 3 {
				return fmt.Errorf("try %d failed", n)
			}
			return nil
		})
		start(t, d, r, jobs.Config{Workers: 1})
		enqueue(t, d, r, note{})
		for want := 1; want <= 3; want++ {
			if got := soon(t, ran); got != want {
				t.Fatalf("try %d, want %d", got, want)
			}
			if want < 3 {
				settled(t, d, jobs.Counts{Waiting: 1})
				timePasses(t, d, r)
			}
		}
		settled(t, d, jobs.Counts{})
	})
}

func TestDeadLetters_RetryAndForget(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		r, ran := jobs.New(), make(chan int, 10)
		var mu sync.Mutex
		broken := true
		jobs.Work(r, func(ctx context.Context, n note) error {
			mu.Lock()
			defer mu.Unlock()
			ran <- n.N
			if broken {
				return errors.New("the printer is \x00\xff on fire")
			}
			return nil
		}, jobs.Tries(2))
		jobs.Work(r, func(context.Context, other) error { return jobs.Permanent(errors.New("never")) })
		start(t, d, r, jobs.Config{Workers: 1})
		enqueue(t, d, r, note{N: 7})
		soon(t, ran)
		settled(t, d, jobs.Counts{Waiting: 1})
		timePasses(t, d, r)
		soon(t, ran)
		settled(t, d, jobs.Counts{Dead: 1})
		enqueue(t, d, r, other{})
		settled(t, d, jobs.Counts{Dead: 2})

		list := dead(t, d)
		if len(list) != 2 || list[0].Kind != "test.other" || list[1].Kind != "test.note" {
			t.Fatalf("dead = %+v", list)
		}
		if l := list[1]; l.Tries != 2 || !strings.Contains(l.Error, "on fire") || !strings.Contains(l.Args, "7") || time.Since(l.Since) > time.Hour {
			t.Errorf("dead note = %+v", l)
		}
		older := read(t, d, func(tx *db.Tx) ([]jobs.Dead, error) { return jobs.DeadLetters(tx, list[0].ID, 10) })
		if len(older) != 1 || older[0].ID != list[1].ID {
			t.Errorf("second page = %+v", older)
		}
		if list[0].Tries != 1 {
			t.Errorf("a permanent error was tried %d times, want once", list[0].Tries)
		}
		mu.Lock()
		broken = false
		mu.Unlock()
		write(t, d, func(tx *db.Tx) error { return r.Retry(tx, list[1].ID) })
		soon(t, ran)
		write(t, d, func(tx *db.Tx) error { return r.Forget(tx, list[0].ID) })
		settled(t, d, jobs.Counts{})
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) error { return r.Retry(tx, list[0].ID) })
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("Retry of a forgotten job = %v, want NotFound", err)
		}
	})
}

func TestUnique_OneWaitsAndOneMoreAfterTheRun(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		r, ran, goOn := jobs.New(), make(chan int, 10), make(chan struct{})
		jobs.Work(r, func(ctx context.Context, n note) error {
			ran <- n.N
			<-goOn
			return nil
		})
		for n := 1; n <= 3; n++ {
			enqueue(t, d, r, note{N: n}, jobs.Unique("room 5"))
		}
		enqueue(t, d, r, note{N: 4}, jobs.Unique("room 6"), jobs.At(time.Now().Add(time.Hour)))
		if c := counts(t, d); c.Waiting != 2 {
			t.Fatalf("%d jobs wait, want 2", c.Waiting)
		}
		start(t, d, r, jobs.Config{Workers: 2})
		if n := soon(t, ran); n != 1 {
			t.Errorf("job %d runs, want the first", n)
		}
		// Twice while it runs: once more afterwards.
		enqueue(t, d, r, note{N: 5}, jobs.Unique("room 5"))
		enqueue(t, d, r, note{N: 5}, jobs.Unique("room 5"))
		goOn <- struct{}{}
		soon(t, ran)
		goOn <- struct{}{}
		settled(t, d, jobs.Counts{Waiting: 1})
		if len(ran) != 0 {
			t.Error("it ran a third time")
		}
	})
}

func TestRetry_YieldsToALivingTwin(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		r := jobs.New()
		jobs.Work(r, func(context.Context, note) error { return jobs.Permanent(errors.New("no")) })
		enqueue(t, d, r, note{}, jobs.Unique("k"))
		start(t, d, r, jobs.Config{})
		settled(t, d, jobs.Counts{Dead: 1})
		enqueue(t, d, r, note{}, jobs.Unique("k"), jobs.At(time.Now().Add(time.Hour)))
		write(t, d, func(tx *db.Tx) error { return r.Retry(tx, dead(t, d)[0].ID) })
		settled(t, d, jobs.Counts{Waiting: 1})
	})
}

func TestWork_APanicOrALongRunIsOneFailedTry(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		r, ran := jobs.New(), make(chan int, 10)
		jobs.Work(r, func(ctx context.Context, n note) error {
			switch n.N {
			case 1:
				panic("ouch")
			case 2:
				runtime.Goexit()
			case 3:
				<-ctx.Done()
				return ctx.Err()
			}
			ran <- n.N
			return nil
		}, jobs.Timeout(50*time.Millisecond), jobs.Tries(1))
		reg := prometheus.NewRegistry()
		start(t, d, r, jobs.Config{Workers: 1, Metrics: reg})
		for n := 1; n <= 4; n++ {
			enqueue(t, d, r, note{N: n})
		}
		if n := soon(t, ran); n != 4 {
			t.Errorf("job %d got through, want 4", n)
		}
		settled(t, d, jobs.Counts{Dead: 3})
		var reasons []string
		for _, l := range dead(t, d) {
			reasons = append(reasons, l.Error)
		}
		slices.Sort(reasons)
		if want := []string{"context deadline exceeded", "ended its goroutine", "panic: ouch"}; !slices.Equal(reasons, want) {
			t.Errorf("reasons = %q, want %q", reasons, want)
		}
		families, err := reg.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range families {
			for _, m := range f.GetMetric() {
				if f.GetName() == "kakehashi_jobs" && m.GetLabel()[0].GetValue() == "dead" && m.GetGauge().GetValue() != 3 {
					t.Errorf("dead jobs = %v, want 3", m.GetGauge().GetValue())
				}
			}
		}
		if len(families) != 2 {
			t.Errorf("%d families of metrics, want 2", len(families))
		}
	})
}

func TestStop_LetsFinishThenInterruptsAndRunsAgain(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		first, began, goOn := jobs.New(), make(chan int, 2), make(chan struct{})
		jobs.Work(first, func(ctx context.Context, n note) error {
			began <- n.N
			if n.N == 1 {
				<-goOn // finishes, whatever the context says
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		}, jobs.Tries(1))
		if err := first.Start(t.Context(), jobs.Config{DB: d, Workers: 2, Log: slog.New(slog.DiscardHandler)}); err != nil {
			t.Fatal(err)
		}
		enqueue(t, d, first, note{N: 1})
		enqueue(t, d, first, note{N: 2})
		soon(t, began)
		soon(t, began)
		stopped := make(chan error)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { stopped <- first.Stop(ctx) }()
		goOn <- struct{}{}
		settled(t, d, jobs.Counts{Running: 1}) // the first was let finish
		cancel()
		if err := soon(t, stopped); err != nil {
			t.Errorf("Stop = %v", err)
		}
		settled(t, d, jobs.Counts{Waiting: 1}) // the second lost no try

		second, ran := jobs.New(), make(chan int, 2)
		jobs.Work(second, func(ctx context.Context, n note) error { ran <- n.N; return nil })
		start(t, d, second, jobs.Config{})
		if n := soon(t, ran); n != 2 {
			t.Errorf("job %d ran after the restart, want 2", n)
		}
		settled(t, d, jobs.Counts{})
	})
}

func TestLogs_NeverCarryArgs(t *testing.T) {
	d := dbtest.Open(t, db.SQLite, tables)
	var buf strings.Builder
	var mu sync.Mutex
	r := jobs.New()
	jobs.Work(r, func(ctx context.Context, n note) error {
		if n.N == 271828 {
			panic("at the disco")
		}
		return errors.New("no")
	}, jobs.Tries(1))
	start(t, d, r, jobs.Config{Log: slog.New(slog.NewTextHandler(lockedWriter{&mu, &buf}, nil))})
	enqueue(t, d, r, note{N: 271828})
	enqueue(t, d, r, note{N: 314159})
	settled(t, d, jobs.Counts{Dead: 2})
	if err := r.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if s := buf.String(); strings.Contains(s, "271828") || strings.Contains(s, "314159") || !strings.Contains(s, "test.note") {
		t.Errorf("log = %s", s)
	}
}

type lockedWriter struct {
	mu *sync.Mutex
	b  *strings.Builder
}

func (w lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}
