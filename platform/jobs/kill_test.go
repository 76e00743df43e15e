package jobs_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/jobs"
)

const childURL = "KAKEHASHI_JOBS_CHILD"

func TestMain(m *testing.M) {
	if u := os.Getenv(childURL); u != "" {
		child(u)
	}
	os.Exit(m.Run())
}

// recorder does note jobs by writing their numbers into the table ran.
func recorder(d *db.DB) *jobs.Registry {
	r := jobs.New()
	jobs.Work(r, func(ctx context.Context, n note) error {
		return d.Write(ctx, jobs.Actor, func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO ran (n) VALUES ($1) ON CONFLICT (n) DO NOTHING`, n.N)
			return err
		})
	})
	return r
}

// child enqueues and works jobs without end, and says on its standard output
// which were acknowledged. It ends by being killed.
func child(u string) {
	d, err := db.Open(context.Background(), db.Config{URL: u, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	r := recorder(d)
	if err := r.Start(context.Background(), jobs.Config{DB: d, Log: slog.New(slog.DiscardHandler)}); err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	var n atomic.Int64
	n.Store(rand.Int64N(1 << 40))
	for range 8 {
		go func() {
			for {
				i := n.Add(1)
				err := d.Write(context.Background(), db.System, func(tx *db.Tx) error {
					return jobs.Enqueue(tx, r, note{N: int(i)})
				})
				if err != nil {
					fmt.Println("error", err)
					os.Exit(1)
				}
				fmt.Fprintln(os.Stdout, "ack", i)
			}
		}()
	}
	select {}
}

func TestKill_AcknowledgedJobsRunAfterTheRestart(t *testing.T) {
	ran := append(tables, db.Migrations{Name: "ran", FS: fsOf("CREATE TABLE ran (n BIGINT PRIMARY KEY)")})
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			u := dbtest.URL(t, e)
			first, err := db.Open(t.Context(), db.Config{URL: u, Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			if err := first.Migrate(t.Context(), ran); err != nil {
				t.Fatal(err)
			}
			first.Close()
			acked := map[string]bool{}
			for range 3 {
				killAfter(t, u, 300, acked)
			}
			d := dbtest.OpenURL(t, u)
			r := recorder(d)
			if e == db.Postgres { // the dead nodes' claims end
				write(t, d, func(tx *db.Tx) error {
					_, err := tx.Exec(`UPDATE jobs SET due = 1 WHERE claim <> 0`)
					return err
				})
			}
			start(t, d, r, jobs.Config{})
			settled(t, d, jobs.Counts{})
			err = d.Read(t.Context(), func(tx *db.Tx) error {
				list, err := db.All(tx, func(n *int64) []any { return []any{n} }, `SELECT n FROM ran`)
				for _, n := range list {
					delete(acked, fmt.Sprint(n))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(acked) > 0 {
				t.Errorf("%d acknowledged jobs never ran", len(acked))
			}
		})
	}
}

// killAfter runs a child until it has acknowledged n jobs, kills it without
// warning, and adds what it acknowledged.
func killAfter(t *testing.T, u string, n int, acked map[string]bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childURL+"="+u)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for seen := 0; lines.Scan(); seen++ {
		word, i, _ := strings.Cut(lines.Text(), " ")
		if word != "ack" {
			t.Errorf("child: %s", lines.Text())
			break
		}
		acked[i] = true
		if seen == n {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("child ended with %v, want to have been killed", err)
	}
}

// Callers that give up in the middle of enqueuing leave either a job that runs
// or none, and the worker goes on.
func TestEnqueue_CancellationStorm(t *testing.T) {
	ran := append(tables, db.Migrations{Name: "ran", FS: fsOf("CREATE TABLE ran (n BIGINT PRIMARY KEY)")})
	dbtest.Each(t, ran, func(t *testing.T, d *db.DB) {
		r := recorder(d)
		start(t, d, r, jobs.Config{})
		var acked sync.Map
		var wg sync.WaitGroup
		for c := range 16 {
			wg.Go(func() {
				for i := range 100 {
					n := c*1000 + i
					ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.Int64N(int64(2*time.Millisecond))))
					err := d.Write(ctx, db.System, func(tx *db.Tx) error { return jobs.Enqueue(tx, r, note{N: n}) })
					cancel()
					if err == nil {
						acked.Store(int64(n), true)
					}
				}
			})
		}
		wg.Wait()
		enqueue(t, d, r, note{N: 99999}) // and it still works
		settled(t, d, jobs.Counts{})
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			list, err := db.All(tx, func(n *int64) []any { return []any{n} }, `SELECT n FROM ran`)
			for _, n := range list {
				acked.Delete(n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		acked.Range(func(n, _ any) bool { t.Errorf("job %v was acknowledged and never ran", n); return true })
	})
}

// A storm of jobs on two nodes runs each exactly once while both live.
func TestClaim_NodesShareTheWork(t *testing.T) {
	d := dbtest.Open(t, db.Postgres, tables)
	const n = 500
	var mu sync.Mutex
	times, left := map[int]int{}, n
	done := make(chan struct{})
	var nodes []*jobs.Registry
	for range 3 {
		r := jobs.New()
		jobs.Work(r, func(_ context.Context, a note) error {
			mu.Lock()
			defer mu.Unlock()
			times[a.N]++
			if left--; left == 0 {
				close(done)
			}
			return nil
		})
		nodes = append(nodes, r)
	}
	for i := range n {
		enqueue(t, d, nodes[0], note{N: i})
	}
	for _, r := range nodes {
		start(t, d, r, jobs.Config{})
	}
	soon(t, done)
	settled(t, d, jobs.Counts{})
	mu.Lock()
	defer mu.Unlock()
	for i, k := range times {
		if k != 1 {
			t.Errorf("job %d ran %d times", i, k)
		}
	}
}
