package db_test

import (
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kakehashi/platform/db"
)

func TestID_TextAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := db.ID(rapid.Int64Range(1, 1<<63-1).Draw(t, "a"))
		b := db.ID(rapid.Int64Range(1, 1<<63-1).Draw(t, "b"))
		got, err := db.ParseID(a.String())
		if err != nil || got != a {
			t.Fatalf("ParseID(%q) = %d, %v; want %d", a, got, err, a)
		}
		if (a < b) != (a.String() < b.String()) {
			t.Fatalf("%d and %d sort otherwise as text", a, b)
		}
		text, err := json.Marshal(map[string]db.ID{"id": a})
		if err != nil {
			t.Fatal(err)
		}
		var back map[string]db.ID
		if err := json.Unmarshal(text, &back); err != nil || back["id"] != a {
			t.Fatalf("JSON %s = %v, %v", text, back, err)
		}
		v, err := a.Value()
		var scanned db.ID
		if err != nil || scanned.Scan(v) != nil || scanned != a {
			t.Fatalf("Scan(%v) = %v, %v", v, scanned, err)
		}
	})
}

func TestParseID(t *testing.T) {
	for in, want := range map[string]db.ID{
		"0000000000001": 1,
		"OOOOOOOOOOOOL": 1, // what people take for digits
		"000000000001I": 1<<5 | 1,
		"7zzzzzzzzzzzz": 1<<63 - 1,
		"7ZZZZZZZZZZZZ": 1<<63 - 1,
	} {
		if got, err := db.ParseID(in); err != nil || got != want {
			t.Errorf("ParseID(%q) = %d, %v; want %d", in, got, err, want)
		}
	}
	for _, in := range []string{"", "1", "0000000000000", "8000000000000", "00000000000u1", "00000000000011", "000000000 001", "かけはしか"} {
		if got, err := db.ParseID(in); err == nil {
			t.Errorf("ParseID(%q) = %d, want an error", in, got)
		}
	}
}

func FuzzParseID(f *testing.F) {
	for _, s := range []string{"", "0000000000001", "7zzzzzzzzzzzz", "8000000000000", "oooooooooooil", db.NewID().String()} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := db.ParseID(s)
		if err != nil {
			if id != 0 {
				t.Errorf("ParseID(%q) = %d beside an error", s, id)
			}
			return
		}
		if id <= 0 {
			t.Errorf("ParseID(%q) = %d", s, id)
		}
		if again, err := db.ParseID(id.String()); err != nil || again != id {
			t.Errorf("ParseID(%q) = %d, %v; want %d", id, again, err, id)
		}
	})
}

func TestNewID_GrowsAndNeverRepeats(t *testing.T) {
	before := time.Now().Add(-time.Millisecond)
	const each = 20_000 // more than the sequence holds in a millisecond
	lists := make([][]db.ID, 4)
	var wg sync.WaitGroup
	for i := range lists {
		wg.Go(func() {
			for range each {
				lists[i] = append(lists[i], db.NewID())
			}
		})
	}
	wg.Wait()
	var all []db.ID
	for _, l := range lists {
		if !slices.IsSorted(l) {
			t.Error("IDs of one goroutine do not grow")
		}
		all = append(all, l...)
	}
	slices.Sort(all)
	if n := len(slices.Compact(all)); n != len(lists)*each {
		t.Errorf("%d IDs are %d different ones", len(lists)*each, n)
	}
	if at := all[0].Time(); at.Before(before) || at.After(time.Now()) {
		t.Errorf("an ID made now says %v", at)
	}
}

func TestID_NullForForeignKeys(t *testing.T) {
	if v := db.ID(0).Null(); v != nil {
		t.Errorf("no ID is %v, want NULL", v)
	}
	if v := db.ID(7).Null(); v != int64(7) {
		t.Errorf("ID 7 is %v", v)
	}
	id := db.ID(7)
	if err := id.Scan(nil); err != nil || id != 0 {
		t.Errorf("NULL scans as %d, %v", id, err)
	}
	if err := id.Scan("7"); err == nil {
		t.Error("text scanned as an ID")
	}
}

func TestMicros(t *testing.T) {
	if db.Micros(time.Time{}) != 0 || !db.Time(0).IsZero() {
		t.Error("the zero time is not 0")
	}
	at := time.Date(2026, 11, 28, 13, 30, 0, 123456000, time.FixedZone("", 9*3600))
	if got := db.Time(db.Micros(at)); !got.Equal(at) || got.Location() != time.UTC {
		t.Errorf("%v came back as %v", at, got)
	}
}
