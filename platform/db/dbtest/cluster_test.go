package dbtest

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// clusterDir names, for the processes of the test below, the cluster they use.
const clusterDir = "KAKEHASHI_DBTEST_DIR"

// TestMain lets the test binary be one of the processes that use a cluster: it
// works in its schema for the given milliseconds, twice, and ends.
func TestMain(m *testing.M) {
	dir := os.Getenv(clusterDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	ms, err := strconv.Atoi(os.Args[1])
	if err == nil {
		err = useCluster(dir, ms)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func useCluster(dir string, ms int) error {
	c, err := findCluster()
	if err != nil {
		return err
	}
	// Short and never the same, so that its end falls between the comings and
	// goings of its users.
	c.dir, c.idle = dir, time.Duration(rand.IntN(10))*time.Millisecond
	if err := c.use(); err != nil {
		return err
	}
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, c.url())
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	schema := fmt.Sprintf("t_%016x", rand.Uint64())
	for _, q := range []string{
		"CREATE SCHEMA " + schema,
		"CREATE TABLE " + schema + ".rows (n INTEGER)",
		fmt.Sprintf("SELECT pg_sleep(%d / 1000.0)", ms),
		"INSERT INTO " + schema + ".rows VALUES (1)",
		fmt.Sprintf("SELECT pg_sleep(%d / 1000.0)", ms),
	} {
		if _, err := conn.Exec(ctx, q); err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
	}
	var n int
	if err := conn.QueryRow(ctx, "SELECT count(*) FROM "+schema+".rows").Scan(&n); err != nil || n != 1 {
		return fmt.Errorf("%d rows instead of 1: %w", n, err)
	}
	return nil
}

// TestCluster_ManyProcesses lets processes come and go around the moments at
// which the keeper stops the server: none may lose it or its schema.
func TestCluster_ManyProcesses(t *testing.T) {
	dir, err := os.MkdirTemp("/tmp", "kakehashi-pg-") // short, for the socket's path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c, err := findCluster()
		if err != nil {
			t.Error(err)
			return
		}
		c.dir = dir
		lock, err := c.lock("start", syscall.LOCK_EX)
		if err != nil {
			t.Error(err)
			return
		}
		defer lock.Close()
		if c.running() {
			if err := c.run("pg_ctl", "-D", "data", "-m", "immediate", "-s", "stop"); err != nil && c.running() {
				t.Error(err)
			}
		}
		os.RemoveAll(dir)
	})
	for _, crowd := range []struct{ clients, visits int }{{16, 4}, {2, 12}, {1, 12}} {
		var wg sync.WaitGroup
		for range crowd.clients {
			wg.Go(func() {
				for range crowd.visits {
					// Not a wait for something: now and then nobody is there.
					if err := exec.Command("sleep", fmt.Sprintf("0.%03d", rand.IntN(100))).Run(); err != nil {
						t.Error(err)
					}
					cmd := exec.Command(os.Args[0], strconv.Itoa(rand.IntN(100)))
					cmd.Env = append(os.Environ(), clusterDir+"="+dir)
					if out, err := cmd.CombinedOutput(); err != nil {
						t.Errorf("a user of the cluster: %v: %s", err, out)
					}
				}
			})
		}
		wg.Wait()
	}
	log, err := os.ReadFile(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the keeper stopped the server %d times meanwhile", bytes.Count(log, []byte("received immediate shutdown request")))
}
