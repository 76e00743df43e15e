package db_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
)

// house is n modules with two migrations each, in a folder as go:embed makes
// it.
func house(n int) (ms []db.Migrations) {
	for i := range n {
		ms = append(ms, db.Migrations{Name: fmt.Sprintf("m%02d", i), FS: fstest.MapFS{
			"migrations/0001_a.sql": {Data: fmt.Appendf(nil, "-- +goose Up\nCREATE TABLE m%02d_a (id {{id}}, b {{bytes}});\n", i)},
			"migrations/0002_b.sql": {Data: fmt.Appendf(nil, "-- +goose Up\nCREATE TABLE m%02d_b (id {{id}}, a BIGINT NOT NULL REFERENCES m%02d_a (id));\n", i, i)},
		}})
	}
	return ms
}

func TestMigrate_TwoNodesAtOnce(t *testing.T) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			u := dbtest.URL(t, e)
			var wg sync.WaitGroup
			for range 4 {
				d := dbtest.OpenURL(t, u)
				wg.Go(func() {
					if err := d.Migrate(context.Background(), house(4)); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			d := dbtest.OpenURL(t, u)
			tables, err := d.Tables(t.Context())
			if err != nil || len(tables) != 8 {
				t.Errorf("tables are %v, %v", tables, err)
			}
		})
	}
}

func TestMigrate_CostsLittleWhenNothingIsDue(t *testing.T) {
	dbtest.Each(t, house(12), func(t *testing.T, d *db.DB) {
		best := time.Hour
		for range 5 {
			start := time.Now()
			if err := d.Migrate(t.Context(), house(12)); err != nil {
				t.Fatal(err)
			}
			best = min(best, time.Since(start))
		}
		if best > 15*time.Millisecond {
			t.Errorf("12 modules with nothing to do took %v", best)
		}
	})
}

func TestMigrate_NewFilesOnly(t *testing.T) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			full := things[0].FS.(fstest.MapFS)
			more := fstest.MapFS{"0001_things.sql": full["0001_things.sql"],
				"0002_colour.sql": {Data: []byte("-- +goose Up\nALTER TABLE things ADD COLUMN colour TEXT NOT NULL DEFAULT 'red';\n")}}
			d := dbtest.Open(t, e, things)
			if err := d.Write(t.Context(), db.System, adding("a")); err != nil {
				t.Fatal(err)
			}
			names(t, d) // prepared against the old table
			if err := d.Migrate(t.Context(), []db.Migrations{{Name: "things", FS: more}}); err != nil {
				t.Fatal(err)
			}
			err := d.Read(t.Context(), func(tx *db.Tx) error {
				var colour string
				if err := tx.Row(`SELECT colour FROM things WHERE name = 'a'`).Scan(&colour); err != nil || colour != "red" {
					t.Errorf("the colour is %q, %v", colour, err)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := names(t, d); len(got) != 1 {
				t.Errorf("things are %v", got)
			}
			if err := d.Migrate(t.Context(), things); err == nil || !strings.Contains(err.Error(), "newer") {
				t.Errorf("an older program: %v", err)
			}
		})
	}
}

func TestMigrate_ABrokenFileChangesNothing(t *testing.T) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			d := dbtest.OpenURL(t, dbtest.URL(t, e))
			broken := []db.Migrations{{Name: "broken", FS: fstest.MapFS{"0001_x.sql": {Data: []byte(
				"-- +goose Up\nCREATE TABLE fine (id {{id}});\nCREATE TABLE broken (id {{id}}, REFERENCES);\n")}}}}
			if err := d.Migrate(t.Context(), broken); err == nil || !strings.Contains(err.Error(), "broken") {
				t.Errorf("Migrate = %v", err)
			}
			if tables, err := d.Tables(t.Context()); err != nil || len(tables) != 0 {
				t.Errorf("tables are %v, %v", tables, err)
			}
			if err := d.Migrate(t.Context(), things); err != nil {
				t.Error(err)
			}
		})
	}
}
