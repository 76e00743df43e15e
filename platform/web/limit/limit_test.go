package limit

import (
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
)

func TestMemory_NeverMoreThanTheRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Rate{Name: "x", Times: rapid.IntRange(1, 20).Draw(t, "times"), Per: time.Minute}
		m, now := NewMemory(), time.Unix(1e9, 0)
		var passed []time.Time
		for range rapid.IntRange(1, 100).Draw(t, "tries") {
			now = now.Add(time.Duration(rapid.IntRange(0, 10_000).Draw(t, "ms")) * time.Millisecond)
			if wait := m.Hit(Key{1}, r, now); wait == 0 {
				passed = append(passed, now)
			} else if wait > r.Per {
				t.Fatalf("told to wait %v of %v", wait, r.Per)
			}
		}
		// A bucket holds Times and fills by Times in Per: never more than both.
		for i, from := range passed {
			n := 0
			for _, at := range passed[i:] {
				if at.Sub(from) < r.Per {
					n++
				}
			}
			if n > 2*r.Times {
				t.Fatalf("%d passed in %v, of %d", n, r.Per, r.Times)
			}
		}
	})
}

func TestMemory_IsBounded(t *testing.T) {
	m, now := NewMemory(), time.Unix(1e9, 0)
	r := Rate{Name: "x", Times: 2, Per: time.Hour}
	for i := range 3 * maxBuckets {
		m.Hit(Key{byte(i), byte(i >> 8), byte(i >> 16)}, r, now)
	}
	if len(m.buckets) > maxBuckets {
		t.Errorf("%d buckets", len(m.buckets))
	}
}

func TestKeyOf_HidesAndSeparates(t *testing.T) {
	a := KeyOf([]byte("secret"), "people.code", "lan@example.jp")
	for _, b := range []Key{
		KeyOf([]byte("other"), "people.code", "lan@example.jp"),
		KeyOf([]byte("secret"), "people.cod", "elan@example.jp"),
		KeyOf([]byte("secret"), "people.code", "lan@example.com"),
	} {
		if a == b {
			t.Error("two subjects share a key")
		}
	}
}

func TestShared_SlidesAndIsSwept(t *testing.T) {
	dbtest.Each(t, []db.Migrations{{Name: "web", FS: os.DirFS("../migrations")}}, func(t *testing.T, d *db.DB) {
		s := NewShared(d)
		r := Rate{Name: "x", Times: 3, Per: 24 * time.Hour, Strict: true}
		for i := range 5 {
			wait, err := s.Hit(t.Context(), Key{7}, r)
			if err != nil {
				t.Fatal(err)
			}
			if passed := wait == 0; passed != (i < 3) {
				t.Errorf("try %d: wait %v", i, wait)
			}
		}
		if wait, err := s.Hit(t.Context(), Key{8}, r); err != nil || wait != 0 {
			t.Errorf("another subject: %v, %v", wait, err)
		}
		// What was done in the slot before still counts, in part.
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE web_limits SET slot = slot - 1, used = 1000000`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if wait, err := s.Hit(t.Context(), Key{7}, r); err != nil || wait == 0 {
			t.Errorf("after a flood in the slot before: %v, %v", wait, err)
		}
		err = d.Write(t.Context(), db.System, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE web_limits SET expires = 1`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if wait, err := s.Hit(t.Context(), Key{7}, r); err != nil || wait != 0 {
			t.Errorf("after the sweep: %v, %v", wait, err)
		}
	})
}
