package db_test

import (
	"testing"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
)

func TestVersion_GrowsForItsTopicsOnly(t *testing.T) {
	d := dbtest.Open(t, db.SQLite, things)
	a, b, ab := d.Version("a"), d.Version("b"), d.Version("a", "b")
	err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
		tx.Touch("a")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if d.Version("a") <= a || d.Version("a", "b") <= ab {
		t.Error("the version did not grow")
	}
	if d.Version("b") != b {
		t.Error("the version of another topic grew")
	}
}

func TestVersion_GrowsAcrossRestarts(t *testing.T) {
	u := dbtest.URL(t, db.SQLite)
	d := dbtest.OpenURL(t, u)
	if err := d.Migrate(t.Context(), things); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if err := d.Write(t.Context(), db.System, func(tx *db.Tx) error { tx.Touch("a"); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	last := d.Version("a")
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if now := dbtest.OpenURL(t, u).Version("a"); now <= last {
		t.Errorf("version %d became %d", last, now)
	}
}

func TestWatch_HearsOtherNodes(t *testing.T) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			u := dbtest.URL(t, e)
			here, there := dbtest.OpenURL(t, u), dbtest.OpenURL(t, u)
			if err := here.Migrate(t.Context(), things); err != nil {
				t.Fatal(err)
			}
			changed, stop := there.Watch("a")
			defer stop()
			before := there.Version("a")
			deadline := time.NewTimer(20 * time.Second)
			defer deadline.Stop()
			// A listener that has just begun does not know what it missed, so
			// the topic is touched until it hears.
			again := time.NewTicker(50 * time.Millisecond)
			defer again.Stop()
			for heard := false; !heard; {
				err := here.Write(t.Context(), db.System, func(tx *db.Tx) error { tx.Touch("a"); return nil })
				if err != nil {
					t.Fatal(err)
				}
				select {
				case <-changed:
					heard = there.Version("a") > before
				case <-again.C:
				case <-deadline.C:
					t.Fatal("the other node heard nothing")
				}
			}
		})
	}
}

func TestWatch_EndsWhenStopped(t *testing.T) {
	d := dbtest.Open(t, db.SQLite, things)
	changed, stop := d.Watch("a", "b")
	stop()
	stop()
	if err := d.Write(t.Context(), db.System, func(tx *db.Tx) error { tx.Touch("a", "b"); return nil }); err != nil {
		t.Fatal(err)
	}
	select {
	case <-changed:
		t.Error("a stopped watch heard")
	default:
	}
}
