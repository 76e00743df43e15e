package db_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
)

const crashFile = "KAKEHASHI_TEST_CRASH_FILE"

// TestCrashChild is the victim of TestWrite_SurvivesKill: it writes without
// end and says which writes were acknowledged. On its own it does nothing.
func TestCrashChild(t *testing.T) {
	path := os.Getenv(crashFile)
	if path == "" {
		return
	}
	d := dbtest.OpenURL(t, "sqlite:"+path)
	if err := d.Migrate(t.Context(), things); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for {
				name := "ack " + db.NewID().String()
				if err := d.Write(context.Background(), db.System, adding(name)); err != nil {
					t.Error(err)
					return
				}
				// One write call a line: lines of several goroutines do not mix.
				if _, err := os.Stdout.WriteString(name + "\n"); err != nil {
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestWrite_SurvivesKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "crash.db")
	for round := range 3 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestCrashChild$")
		cmd.Env = append(os.Environ(), crashFile+"="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var acknowledged []string
		lines := bufio.NewScanner(out)
		for lines.Scan() { // also what it said before it died
			line := lines.Text()
			if len(line) != len("ack ")+13 || !strings.HasPrefix(line, "ack ") {
				continue // the last line may be cut off
			}
			acknowledged = append(acknowledged, line)
			if len(acknowledged) == 1500+round*400 {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = cmd.Wait() // killed
		if len(acknowledged) < 1500 {
			t.Fatalf("the child died by itself after %d writes", len(acknowledged))
		}
		d := dbtest.OpenURL(t, "sqlite:"+path)
		there := map[string]bool{}
		for _, n := range names(t, d) {
			there[n] = true
		}
		for _, n := range acknowledged {
			if !there[n] {
				t.Fatalf("round %d: %q was acknowledged and is gone", round, n)
			}
		}
		var sound string
		if err := d.SQL().QueryRow(`PRAGMA integrity_check`).Scan(&sound); err != nil || sound != "ok" {
			t.Fatalf("the file is %s, %v", sound, err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A full disk fails the writes that do not fit, and no other.
func TestWrite_DiskFull(t *testing.T) {
	d := dbtest.Open(t, db.SQLite, things)
	pages := func(n string) {
		t.Helper()
		if _, err := d.SQL().Exec(`PRAGMA max_page_count = ` + n); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Write(t.Context(), db.System, adding("before")); err != nil {
		t.Fatal(err)
	}
	pages("40")
	big := func(name string) func(*db.Tx) error {
		return func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO things (id, name, secret) VALUES ($1, $2, $3)`, db.NewID(), name, make([]byte, 1<<20))
			return err
		}
	}
	errs := together(d, []func(*db.Tx) error{adding("small 1"), adding("small 2"), big("big 1"), adding("small 3")})
	for i, err := range errs {
		if isBig := i == 2; isBig != fault.Is(err, fault.Unavailable) || !isBig && err != nil {
			t.Errorf("write %d: %v", i, err)
		}
	}
	pages("1000000")
	if err := d.Write(t.Context(), db.System, big("big 2")); err != nil {
		t.Errorf("with room again: %v", err)
	}
	got := fmt.Sprint(len(names(t, d)))
	if got != "5" { // before, three small, one big
		t.Errorf("%s things are there: %v", got, names(t, d))
	}
}

// Another process, as an import beside the server, may hold the file for a
// while.
func TestWrite_WaitsForAnotherConnection(t *testing.T) {
	u := dbtest.URL(t, db.SQLite)
	d := dbtest.OpenURL(t, u)
	if err := d.Migrate(t.Context(), things); err != nil {
		t.Fatal(err)
	}
	other := dbtest.OpenURL(t, u)
	var wg sync.WaitGroup
	for i, d := range []*db.DB{d, other} {
		for c := range 4 {
			wg.Go(func() {
				for n := range 25 {
					if err := d.Write(context.Background(), db.System, adding(fmt.Sprint(i, c, n))); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
	}
	wg.Wait()
	if n := len(names(t, d)); n != 200 {
		t.Errorf("%d things of two connections, want 200", n)
	}
}
