package db_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
)

// together runs writes so that they wait for each other: the first holds the
// writer until all are queued (SQLite), or simply starts them at once.
func together(d *db.DB, writes []func(*db.Tx) error) []error {
	errs := make([]error, len(writes))
	var queued, done sync.WaitGroup
	started := make(chan struct{})
	hold := make(chan struct{})
	var first sync.Once // a spoiled commit runs it again
	done.Go(func() {
		_ = d.Write(context.Background(), db.System, func(*db.Tx) error {
			first.Do(func() { close(started) })
			<-hold
			return nil
		})
	})
	<-started
	for i, w := range writes {
		queued.Add(1)
		done.Go(func() {
			panicked := true
			defer func() {
				if r := recover(); r != nil {
					errs[i] = fmt.Errorf("panic: %v", r)
				} else if panicked {
					errs[i] = errors.New("goexit")
				}
			}()
			queued.Done()
			errs[i] = d.Write(context.Background(), db.System, w)
			panicked = false
		})
	}
	queued.Wait()
	close(hold)
	done.Wait()
	return errs
}

// Whatever waits together, each write behaves as if it were alone: it is
// there if and only if its caller was told so.
func TestWrite_NobodySpoilsAnother(t *testing.T) {
	dbtest.Each(t, things, func(t *testing.T, d *db.DB) {
		var round int
		rapid.Check(t, func(rt *rapid.T) {
			round++
			kinds := rapid.SliceOfN(rapid.SampledFrom([]string{"ok", "ok", "error", "panic", "goexit", "unique", "orphan", "twice"}), 1, 12).Draw(rt, "kinds")
			writes := make([]func(*db.Tx) error, len(kinds))
			ran := make([]atomic.Int32, len(kinds))
			name := func(i int) string { return fmt.Sprintf("%d %02d %s", round, i, kinds[i]) }
			for i, k := range kinds {
				writes[i] = func(tx *db.Tx) error {
					tx.After(func() { ran[i].Add(1) })
					id, err := add(tx, name(i))
					if err != nil {
						return err
					}
					switch k {
					case "error":
						return errors.New("sorry")
					case "panic":
						panic("sorry")
					case "goexit":
						runtime.Goexit()
					case "unique":
						_, err = tx.Exec(`INSERT INTO things (id, name) VALUES ($1, $2)`, id, name(i)+" again")
					case "orphan": // found only by the commit
						_, err = tx.Exec(`INSERT INTO things (id, name, parent) VALUES ($1, $2, $3)`, db.NewID(), name(i)+" child", db.NewID())
					case "twice":
						_, err = add(tx, name(i)+" too")
					}
					return err
				}
			}
			errs := together(d, writes)
			var want, got []string
			for i, k := range kinds {
				good := k == "ok" || k == "twice"
				if good != (errs[i] == nil) {
					rt.Errorf("%s: %v", name(i), errs[i])
				}
				if k == "unique" && !db.IsUnique(errs[i]) {
					rt.Errorf("%s: %v, want a unique violation", name(i), errs[i])
				}
				if after := ran[i].Load(); good && after != 1 || !good && after != 0 {
					rt.Errorf("%s: After ran %d times", name(i), after)
				}
				if good {
					want = append(want, name(i))
				}
				if k == "twice" {
					want = append(want, name(i)+" too")
				}
			}
			for _, n := range names(t, d) {
				if strings.HasPrefix(n, fmt.Sprint(round)+" ") {
					got = append(got, n)
				}
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				rt.Errorf("things are %q, want %q", got, want)
			}
		})
	})
}

// Two transactions that read a counter and write it back must not lose one.
func TestWrite_NoLostUpdate(t *testing.T) {
	dbtest.Each(t, things, func(t *testing.T, d *db.DB) {
		var id db.ID
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) (err error) {
			id, err = add(tx, "counter")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		const clients, each = 16, 20
		var wg sync.WaitGroup
		for range clients {
			wg.Go(func() {
				for range each {
					err := d.Write(context.Background(), db.System, func(tx *db.Tx) error {
						_, err := tx.Exec(`UPDATE things SET n = n + 1 WHERE id = $1`, id)
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			got, err := db.One(tx, scanThing, selectThings+` WHERE id = $1`, id)
			if got.N != clients*each {
				t.Errorf("%d updates counted %d", clients*each, got.N)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// Transactions that take two rows in opposite orders deadlock on PostgreSQL,
// which breaks one of them; Write runs it again, with its effects once.
func TestWrite_RunsAgainAfterADeadlock(t *testing.T) {
	dbtest.Each(t, things, func(t *testing.T, d *db.DB) {
		ids := make([]db.ID, 2)
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) (err error) {
			for i := range ids {
				if ids[i], err = add(tx, fmt.Sprint(i)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		// Both take their first row before either takes its second, at the
		// first try on PostgreSQL; on SQLite one runs after the other.
		var first [2]sync.Once
		met := make(chan struct{}, 2)
		var wg sync.WaitGroup
		var after atomic.Int32
		for i := range 2 {
			wg.Go(func() {
				err := d.Write(context.Background(), db.System, func(tx *db.Tx) error {
					tx.After(func() { after.Add(1) })
					if _, err := tx.Exec(`UPDATE things SET n = n + 1 WHERE id = $1`, ids[i]); err != nil {
						return err
					}
					if tx.Engine() == db.Postgres {
						first[i].Do(func() {
							met <- struct{}{}
							for len(met) < 2 {
								runtime.Gosched()
							}
						})
					}
					_, err := tx.Exec(`UPDATE things SET n = n + 1 WHERE id = $1`, ids[1-i])
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			var sum int
			err := tx.Row(`SELECT CAST(sum(n) AS BIGINT) FROM things`).Scan(&sum)
			if sum != 4 || after.Load() != 2 {
				t.Errorf("rows count %d, want 4; After ran %d times, want 2", sum, after.Load())
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// A reader who goes away stops its statement, however long that would take.
func TestRead_EndsWithItsCaller(t *testing.T) {
	dbtest.Each(t, things, func(t *testing.T, d *db.DB) {
		for range 8 { // more than there are readers
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			err := d.Read(ctx, func(tx *db.Tx) error {
				var n int64
				return tx.Row(`WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT 1 FROM c) SELECT count(*) FROM c`).Scan(&n)
			})
			cancel()
			if err == nil {
				t.Fatal("an endless statement ended")
			}
		}
		names(t, d)
	})
}

// When the server ends the connections, as by a restart, writes are run again;
// only one that was being committed cannot know, and says so.
func TestWrite_OutlivesItsConnections(t *testing.T) {
	name := fmt.Sprintf("lost-%d", os.Getpid())
	d := dbtest.OpenURL(t, dbtest.URL(t, db.Postgres)+"&pool_max_conns=8&application_name="+name)
	if err := d.Migrate(t.Context(), things); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var n atomic.Int32
	var acknowledged sync.Map
	for range 8 {
		wg.Go(func() {
			for range 30 {
				name := fmt.Sprint(n.Add(1))
				switch err := d.Write(context.Background(), db.System, adding(name)); {
				case err == nil:
					acknowledged.Store(name, true)
				case !fault.Is(err, fault.Unavailable):
					t.Error(err)
				}
			}
		})
	}
	killer := dbtest.Open(t, db.Postgres, nil)
	for range 3 {
		if _, err := killer.SQL().Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1
			AND query NOT LIKE 'commit%'`, name); err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
	// A read is not run again, but told from a mistake of ours.
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		var pid int64
		if err := tx.Row(`SELECT pg_backend_pid()`).Scan(&pid); err != nil {
			return err
		}
		if _, err := killer.SQL().Exec(`SELECT pg_terminate_backend($1)`, pid); err != nil {
			t.Fatal(err)
		}
		return tx.Row(`SELECT pg_backend_pid()`).Scan(&pid)
	})
	if !fault.Is(err, fault.Unavailable) {
		t.Errorf("a read that lost its connection: %v", err)
	}
	there := map[string]bool{}
	for _, name := range names(t, d) {
		there[name] = true
	}
	acknowledged.Range(func(name, _ any) bool {
		if !there[name.(string)] {
			t.Errorf("%s was acknowledged and is gone", name)
		}
		return true
	})
	if len(there) < 240-3*8 { // each of the 8 connections was ended three times at most
		t.Errorf("only %d of 240 things are there", len(there))
	}
}

// storm is callers that go away at any moment of their reads and writes.
func storm(t *testing.T, d *db.DB, callers int) {
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			for n := range 6 {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rand.Int64N(int64(3*time.Millisecond))))
				name := fmt.Sprint("storm ", c, " ", n)
				if (c+n)%2 == 0 {
					err := d.Write(ctx, db.System, adding(name))
					if err != nil && !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("write: %v", err)
					}
				} else {
					_ = d.Read(ctx, func(tx *db.Tx) error {
						var n int64
						return tx.Row(`WITH RECURSIVE c(n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM c WHERE n < $1)
							SELECT CAST(sum(n) AS BIGINT) FROM c`, 100_000).Scan(&n)
					})
				}
				cancel()
			}
		})
	}
	wg.Wait()
}

func TestCancelStorm_LeavesNothingBehind(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		d := dbtest.Open(t, db.SQLite, things)
		storm(t, d, 300)
		if err := d.Write(t.Context(), db.System, adding("after")); err != nil {
			t.Fatal(err)
		}
		if got := names(t, d); got[len(got)-1] != "after" {
			t.Errorf("the last thing is %q", got[len(got)-1])
		}
		// A reader that still holds a snapshot would keep the log from being
		// emptied.
		var busy, log, done int
		if err := d.SQL().QueryRow(`PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &done); err != nil || busy != 0 || log != 0 {
			t.Errorf("checkpoint: busy %d, log %d, %v", busy, log, err)
		}
	})
	t.Run("postgres", func(t *testing.T) {
		name := fmt.Sprintf("storm-%d", os.Getpid())
		d := dbtest.OpenURL(t, dbtest.URL(t, db.Postgres)+"&application_name="+name)
		if err := d.Migrate(t.Context(), things); err != nil {
			t.Fatal(err)
		}
		storm(t, d, 300)
		if err := d.Write(t.Context(), db.System, adding("after")); err != nil {
			t.Fatal(err)
		}
		if got := names(t, d); !slices.Contains(got, "after") {
			t.Error("the write after the storm is missing")
		}
		// The server hears of the end of a transaction a moment after Read
		// has returned.
		for open, deadline := 1, time.Now().Add(20*time.Second); open > 0; {
			err := d.SQL().QueryRow(`SELECT count(*) FROM pg_stat_activity
				WHERE application_name = $1 AND state <> 'idle' AND pid <> pg_backend_pid()`, name).Scan(&open)
			if err != nil {
				t.Fatal(err)
			}
			if open > 0 && time.Now().After(deadline) {
				t.Fatalf("%d connections are in a transaction", open)
			}
		}
	})
}

// Nobody who has gone away is written for, and nobody who was answered is
// forgotten.
func TestCancelStorm_OutcomesAreTrue(t *testing.T) {
	dbtest.Each(t, things, func(t *testing.T, d *db.DB) {
		var mu sync.Mutex
		var want []string
		var wg sync.WaitGroup
		for c := range 300 {
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rand.Int64N(int64(2*time.Millisecond))))
				defer cancel()
				name := fmt.Sprint("w", c)
				err := d.Write(ctx, db.System, adding(name))
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					want = append(want, name)
				} else if !errors.Is(err, context.DeadlineExceeded) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		got := names(t, d)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%d writes were acknowledged, %d are there", len(want), len(got))
		}
	})
}
