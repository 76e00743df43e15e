package db_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
)

// things is the module that the tests of this package use.
var things = []db.Migrations{{Name: "things", FS: fstest.MapFS{"0001_things.sql": {Data: []byte(`-- +goose Up
CREATE TABLE things (
	id {{id}},
	name TEXT NOT NULL UNIQUE,
	n BIGINT NOT NULL DEFAULT 0,
	secret {{bytes}},
	parent BIGINT REFERENCES things (id) DEFERRABLE INITIALLY DEFERRED
);
`)}}}}

type thing struct {
	ID     db.ID
	Name   string
	N      int64
	Secret []byte
	Parent db.ID
}

func scanThing(t *thing) []any { return []any{&t.ID, &t.Name, &t.N, &t.Secret, &t.Parent} }

const selectThings = `SELECT id, name, n, secret, parent FROM things`

func add(tx *db.Tx, name string) (db.ID, error) {
	id := db.NewID()
	_, err := tx.Exec(`INSERT INTO things (id, name) VALUES ($1, $2)`, id, name)
	return id, err
}

// adding is a function for Write that adds one thing.
func adding(name string) func(*db.Tx) error {
	return func(tx *db.Tx) error {
		_, err := add(tx, name)
		return err
	}
}

func names(t testing.TB, d *db.DB) (list []string) {
	t.Helper()
	err := d.Read(context.Background(), func(tx *db.Tx) (err error) {
		list, err = db.All(tx, func(s *string) []any { return []any{s} }, `SELECT name FROM things ORDER BY id`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestWrite_IsSeenByTheNextRead(t *testing.T) {
	dbtest.Each(t, things, func(t *testing.T, d *db.DB) {
		var id db.ID
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) (err error) {
			id, err = add(tx, "a")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			got, err := db.One(tx, scanThing, selectThings+` WHERE id = $1`, id)
			if err != nil || got.Name != "a" || got.ID != id {
				t.Errorf("got %+v, %v", got, err)
			}
			_, err = db.One(tx, scanThing, selectThings+` WHERE id = $1`, db.NewID())
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("missing row: %v, want not found", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestRead_SeesOneSnapshot(t *testing.T) {
	dbtest.Each(t, things, func(t *testing.T, d *db.DB) {
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			n := func() (n int) {
				if err := tx.Row(`SELECT count(*) FROM things`).Scan(&n); err != nil {
					t.Fatal(err)
				}
				return n
			}
			before := n()
			if err := d.Write(t.Context(), db.System, adding("a")); err != nil {
				t.Fatal(err)
			}
			if after := n(); before != after {
				t.Errorf("%d things became %d in one read", before, after)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := names(t, d); len(got) != 1 {
			t.Errorf("the next read sees %v", got)
		}
	})
}

func TestRead_CannotWrite(t *testing.T) {
	dbtest.Each(t, things, func(t *testing.T, d *db.DB) {
		if err := d.Read(t.Context(), adding("a")); err == nil {
			t.Error("a read wrote")
		}
		if err := d.Write(t.Context(), db.System, adding("b")); err != nil {
			t.Error(err)
		}
		if got := names(t, d); fmt.Sprint(got) != "[b]" {
			t.Errorf("things are %v", got)
		}
	})
}

func TestWrite_AFailureIsUndoneWithItsEffects(t *testing.T) {
	dbtest.Each(t, things, func(t *testing.T, d *db.DB) {
		before := d.Version("things")
		sorry := errors.New("sorry")
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
			tx.Touch("things")
			tx.After(func() { t.Error("After ran without a commit") })
			if _, err := add(tx, "a"); err != nil {
				return err
			}
			return sorry
		})
		if !errors.Is(err, sorry) {
			t.Fatalf("Write = %v", err)
		}
		if got := names(t, d); len(got) != 0 {
			t.Errorf("%v stayed", got)
		}
		if d.Engine() == db.SQLite && d.Version("things") != before { // a PostgreSQL listener that starts renews everything
			t.Error("the version grew without a commit")
		}
	})
}

func TestWrite_EffectsComeAfterTheCommit(t *testing.T) {
	dbtest.Each(t, things, func(t *testing.T, d *db.DB) {
		before := d.Version("other", "things")
		changed, stop := d.Watch("things")
		defer stop()
		var inAfter []string
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
			tx.Touch("things")
			tx.After(func() { inAfter = names(t, d) })
			return adding("a")(tx)
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(inAfter) != 1 {
			t.Errorf("After saw %v", inAfter)
		}
		if d.Version("other", "things") <= before {
			t.Error("the version did not grow")
		}
		<-changed
	})
}

func TestWrite_APanicIsTheCallersAlone(t *testing.T) {
	dbtest.Each(t, things, func(t *testing.T, d *db.DB) {
		func() {
			defer func() {
				if r := fmt.Sprint(recover()); !strings.Contains(r, "sorry") {
					t.Errorf("recovered %v", r)
				}
			}()
			_ = d.Write(t.Context(), db.System, func(tx *db.Tx) error {
				if _, err := add(tx, "a"); err != nil {
					return err
				}
				panic("sorry")
			})
			t.Error("Write returned")
		}()
		if err := d.Write(t.Context(), db.System, adding("b")); err != nil {
			t.Error(err)
		}
		if got := names(t, d); fmt.Sprint(got) != "[b]" {
			t.Errorf("things are %v", got)
		}
	})
}

// A test that calls t.Fatal in a transaction ends its goroutine in there.
func TestWrite_AnEndedGoroutineIsTheCallersAlone(t *testing.T) {
	dbtest.Each(t, things, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				_ = d.Write(t.Context(), db.System, func(tx *db.Tx) error {
					if _, err := add(tx, "a"); err != nil {
						return err
					}
					runtime.Goexit()
					return nil
				})
				t.Error("Write returned")
			})
		}
		wg.Wait()
		if err := d.Write(t.Context(), db.System, adding("b")); err != nil {
			t.Error(err)
		}
		if got := names(t, d); fmt.Sprint(got) != "[b]" {
			t.Errorf("things are %v", got)
		}
	})
}

func TestWrite_AFailedStatementDoomsTheTransaction(t *testing.T) {
	dbtest.Each(t, things, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
			if _, err := add(tx, "a"); err != nil {
				return err
			}
			if _, err := add(tx, "a"); !db.IsUnique(err) {
				t.Errorf("a second a: %v, want a unique violation", err)
			}
			if _, err := add(tx, "b"); err == nil {
				t.Error("a statement ran after one had failed")
			}
			return nil
		})
		if !db.IsUnique(err) {
			t.Errorf("Write = %v", err)
		}
		if got := names(t, d); len(got) != 0 {
			t.Errorf("%v stayed", got)
		}
	})
}

func TestWrite_NotRunForACallerWhoHasGone(t *testing.T) {
	dbtest.Each(t, things, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := d.Write(ctx, db.System, func(*db.Tx) error { t.Error("ran"); return nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Write = %v", err)
		}
	})
}

func TestWrite_OnceStartedIsFinished(t *testing.T) {
	dbtest.Each(t, things, func(t *testing.T, d *db.DB) {
		type key struct{}
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "kept"))
		err := d.Write(ctx, db.System, func(tx *db.Tx) error {
			cancel()
			if err := tx.Context().Err(); err != nil {
				t.Errorf("the write's context ended: %v", err)
			}
			if v := tx.Context().Value(key{}); v != "kept" {
				t.Errorf("the context's value is %v", v)
			}
			return adding("a")(tx)
		})
		if err != nil {
			t.Errorf("Write = %v", err)
		}
		if got := names(t, d); len(got) != 1 {
			t.Errorf("things are %v", got)
		}
	})
}

func TestTransactionsDoNotNest(t *testing.T) {
	dbtest.Each(t, things, func(t *testing.T, d *db.DB) {
		nothing := func(*db.Tx) error { return nil }
		inside := func(tx *db.Tx) error {
			if err := d.Write(tx.Context(), db.System, nothing); err == nil {
				t.Error("a write inside a transaction")
			}
			if err := d.Read(tx.Context(), nothing); err == nil {
				t.Error("a read inside a transaction")
			}
			return nil
		}
		if err := errors.Join(d.Write(t.Context(), db.System, inside), d.Read(t.Context(), inside)); err != nil {
			t.Error(err)
		}
	})
}

func TestTx_ValuesAreStoredAlike(t *testing.T) {
	at := time.Date(2026, 11, 28, 13, 30, 0, 0, time.UTC)
	person := db.NewID()
	dbtest.Each(t, things, func(t *testing.T, d *db.DB) {
		actor := db.Actor{Person: person, Via: "web"}
		err := d.Write(t.Context(), actor, func(tx *db.Tx) error {
			if tx.Actor != actor || tx.Engine() != d.Engine() || tx.Now.Location() != time.UTC || tx.Now.Nanosecond()%1000 != 0 {
				t.Errorf("the transaction is of %+v at %v", tx.Actor, tx.Now)
			}
			_, err := tx.Exec(`INSERT INTO things (id, name, n, secret, parent) VALUES
				($1, 'true', $2, $3, $4), ($5, 'at', $6, NULL, $7)`,
				1, true, []byte{0, 1, 255}, db.ID(0).Null(), db.ID(2), at, db.ID(1))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			got, err := db.All(tx, scanThing, selectThings+` ORDER BY id`)
			if err != nil {
				return err
			}
			want := []thing{{1, "true", 1, []byte{0, 1, 255}, 0}, {2, "at", db.Micros(at), nil, 1}}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("got %v, want %v", got, want)
			}
			var yes bool
			if err := tx.Row(`SELECT n FROM things WHERE id = 1`).Scan(&yes); err != nil || !yes {
				t.Errorf("true came back as %v, %v", yes, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// The same statement may run while its own rows are read, and forgotten rows
// must not outlive the transaction.
func TestTx_StatementsInsideTheirOwnRows(t *testing.T) {
	dbtest.Each(t, things, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
			for _, n := range []string{"a", "b", "c"} {
				if _, err := add(tx, n); err != nil {
					return err
				}
			}
			if tx.Engine() == db.SQLite { // PostgreSQL reads one result at a time
				outer, err := tx.Query(`SELECT name FROM things ORDER BY name`)
				if err != nil {
					return err
				}
				for outer.Next() {
					inner, err := db.All(tx, func(s *string) []any { return []any{s} }, `SELECT name FROM things ORDER BY name`)
					if err != nil || len(inner) != 3 {
						t.Errorf("inside its own rows: %v, %v", inner, err)
					}
				}
			}
			forgotten, err := tx.Query(`SELECT name FROM things`)
			if err != nil {
				return err
			}
			forgotten.Next()
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Write(t.Context(), db.System, adding("d")); err != nil {
			t.Error(err)
		}
	})
}

func TestClose_RefusesWhatComesLater(t *testing.T) {
	dbtest.Each(t, things, func(t *testing.T, d *db.DB) {
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		if err := d.Write(t.Context(), db.System, adding("a")); !errors.Is(err, db.ErrClosed) {
			t.Errorf("Write = %v", err)
		}
		if err := d.Read(t.Context(), func(*db.Tx) error { return nil }); !errors.Is(err, db.ErrClosed) {
			t.Errorf("Read = %v", err)
		}
	})
}

func TestOpen_RefusesWhatItDoesNotKnow(t *testing.T) {
	for _, u := range []string{"", "mysql://x", "sqlite:", "postgres://user:secret@127.0.0.1:1/x?connect_timeout=1"} {
		d, err := db.Open(t.Context(), db.Config{URL: u})
		if err == nil {
			d.Close()
			t.Errorf("Open(%q) opened", u)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("the password is in %q", err)
		}
	}
}
