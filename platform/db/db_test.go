package db_test

import (
	"errors"
	"testing"
	"testing/fstest"

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
	secret {{bytes}}
);
`)}}}}

type thing struct {
	ID     db.ID
	Name   string
	N      int64
	Secret []byte
}

func scanThing(t *thing) []any { return []any{&t.ID, &t.Name, &t.N, &t.Secret} }

const selectThings = `SELECT id, name, n, secret FROM things`

func add(tx *db.Tx, name string) (db.ID, error) {
	id := db.NewID()
	_, err := tx.Exec(`INSERT INTO things (id, name) VALUES ($1, $2)`, id, name)
	return id, err
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

func TestWrite_AFailureIsUndone(t *testing.T) {
	dbtest.Each(t, things, func(t *testing.T, d *db.DB) {
		sorry := errors.New("sorry")
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
			if _, err := add(tx, "a"); err != nil {
				return err
			}
			return sorry
		})
		if !errors.Is(err, sorry) {
			t.Fatalf("Write = %v", err)
		}
		if n := count(t, d); n != 0 {
			t.Errorf("%d rows stayed", n)
		}
	})
}

func count(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.Row(`SELECT count(*) FROM things`).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}
