package db_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
)

// city has what tables of modules have: keys across tables and onto
// themselves, a cycle, seeds, floats, and a name that is a word of SQL.
var city = []db.Migrations{things[0], {Name: "city", FS: fstest.MapFS{"0001_city.sql": {Data: []byte(`-- +goose Up
CREATE TABLE a_child (
	thing BIGINT NOT NULL REFERENCES things (id),
	day TEXT NOT NULL,
	"order" BIGINT NOT NULL,
	share DOUBLE PRECISION,
	PRIMARY KEY (thing, day)
);
CREATE TABLE b_self (id {{id}}, boss BIGINT REFERENCES b_self (id));
CREATE TABLE seeds (id {{id}}, size BIGINT NOT NULL);
INSERT INTO seeds (id, size) VALUES (1, 0);
`)}}}}

func fill(t *testing.T, d *db.DB) {
	t.Helper()
	err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
		id := db.NewID()
		high := db.NewID() + 1<<30
		for _, s := range []struct {
			q    string
			args []any
		}{
			{`INSERT INTO things (id, name, n, secret, parent) VALUES ($1, $2, $3, $4, $1)`,
				[]any{id, "会議室\n\"<&>\u2028'\\", int64(math.MaxInt64), []byte{0, 1, 254, 255}}},
			{`INSERT INTO things (id, name, n) VALUES ($1, '', $2)`, []any{high, int64(math.MinInt64)}},
			{`INSERT INTO things (id, name, secret) VALUES ($1, 'empty', $2)`, []any{db.NewID(), []byte{}}},
			{`INSERT INTO a_child (thing, day, "order", share) VALUES ($1, '2026-11-28', 1, $2), ($1, '2026-11-27', 2, NULL)`,
				[]any{id, 0.1}},
			{`INSERT INTO a_child (thing, day, "order", share) VALUES ($1, 'Ｚ', 3, 4.0), ($1, 'あ', 3, 1e300), ($1, 'B', 3, 0), ($1, 'a', 3, 0)`, []any{id}},
			{`UPDATE seeds SET size = 7`, nil},
		} {
			if _, err := tx.Exec(s.q, s.args...); err != nil {
				return err
			}
		}
		// A boss that comes after the row which refers to it.
		for i := range 1200 {
			if _, err := tx.Exec(`INSERT INTO b_self (id, boss) VALUES ($1, NULL)`, id+db.ID(i)); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`UPDATE b_self SET boss = $1`, id+1199)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func dump(t *testing.T, d *db.DB) string {
	t.Helper()
	var b bytes.Buffer
	if err := d.Dump(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDump_LoadsIntoEitherEngine(t *testing.T) {
	engines := []db.Engine{db.SQLite, db.Postgres}
	for _, from := range engines {
		source := dbtest.Open(t, from, city)
		fill(t, source)
		want := dump(t, source)
		for _, to := range engines {
			t.Run(fmt.Sprintf("%s to %s", from, to), func(t *testing.T) {
				target := dbtest.Open(t, to, city)
				before := target.Version("anything")
				if err := target.Load(t.Context(), strings.NewReader(want)); err != nil {
					t.Fatal(err)
				}
				if got := dump(t, target); got != want {
					t.Errorf("loaded and dumped again:\n%.2000s\nwant\n%.2000s", got, want)
				}
				if target.Version("anything") <= before {
					t.Error("no version grew")
				}
				if err := target.Load(t.Context(), strings.NewReader(want)); err == nil || !strings.Contains(err.Error(), "in use") {
					t.Errorf("a second load: %v", err)
				}
				// The keys hold again.
				err := target.Write(t.Context(), db.System, func(tx *db.Tx) error {
					_, err := tx.Exec(`INSERT INTO a_child (thing, day, "order") VALUES (99, '', 0)`)
					return err
				})
				if err == nil {
					t.Error("a child without a parent")
				}
			})
		}
	}
}

func TestLoad_AllOrNothing(t *testing.T) {
	dbtest.Each(t, city, func(t *testing.T, d *db.DB) {
		empty := dump(t, d)
		source := dbtest.Open(t, db.SQLite, city)
		fill(t, source)
		whole := dump(t, source)
		lines := strings.SplitAfter(whole, "\n")
		for name, text := range map[string]string{
			"nothing":         "",
			"not a dump":      "hello",
			"cut off":         strings.Join(lines[:len(lines)-2], ""),
			"a row lost":      strings.Join(append(append([]string{}, lines[:3]...), lines[4:]...), ""),
			"other version":   strings.Replace(whole, `"city":1`, `"city":2`, 1),
			"unknown table":   strings.Replace(whole, `"table":"seeds"`, `"table":"weeds"`, 1),
			"unknown column":  strings.Replace(whole, `"share"`, `"chair"`, 1),
			"short row":       strings.Replace(whole, "[1,7]", "[1]", 1),
			"no such value":   strings.Replace(whole, "[1,7]", "[1,true]", 1),
			"orphan":          strings.Replace(whole, `"2026-11-28"`, `"2026-11-28"],[7,"2026-11-28"`, 1),
			"too large":       strings.Replace(whole, "[1,7]", "[1,9223372036854775808]", 1),
			"an absent value": strings.Replace(whole, "[1,7]", `[1,{"c":""}]`, 1),
		} {
			if text == whole {
				t.Fatalf("%s: the dump was not changed", name)
			}
			if err := d.Load(t.Context(), strings.NewReader(text)); err == nil {
				t.Errorf("%s: loaded", name)
			}
			if got := dump(t, d); got != empty {
				t.Fatalf("%s: left something behind:\n%s", name, got)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := d.Load(ctx, strings.NewReader(whole)); err == nil {
			t.Error("loaded for a caller who has gone")
		}
		if err := d.Load(t.Context(), strings.NewReader(whole)); err != nil {
			t.Errorf("the whole dump after all that: %v", err)
		}
	})
}

func TestTables_ParentsFirst(t *testing.T) {
	dbtest.Each(t, city, func(t *testing.T, d *db.DB) {
		got, err := d.Tables(t.Context())
		if err != nil || fmt.Sprint(got) != "[things a_child b_self seeds]" {
			t.Errorf("tables are %v, %v", got, err)
		}
	})
}

func TestBackup_WhileInUse(t *testing.T) {
	d := dbtest.Open(t, db.SQLite, city)
	fill(t, d)
	stop := make(chan struct{})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				if err := d.Write(context.Background(), db.System, adding(fmt.Sprint("during ", i))); err != nil {
					t.Error(err)
				}
			}
		}
	}()
	path := filepath.Join(t.TempDir(), "backup.db")
	err := d.Backup(t.Context(), path)
	close(stop)
	<-stopped
	if err != nil {
		t.Fatal(err)
	}
	copied := dbtest.OpenURL(t, "sqlite:"+path)
	if got := names(t, copied); len(got) < 3 {
		t.Errorf("the copy has %v", got)
	}
	if err := copied.Migrate(t.Context(), city); err != nil {
		t.Error(err)
	}
	if err := d.Backup(t.Context(), path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over an existing file: %v", err)
	}
	if left, err := filepath.Glob(path + ".*part*"); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestBackup_IsForFiles(t *testing.T) {
	d := dbtest.Open(t, db.Postgres, nil)
	if err := d.Backup(t.Context(), filepath.Join(t.TempDir(), "x")); err == nil {
		t.Error("PostgreSQL was copied as a file")
	}
}
