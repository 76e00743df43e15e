package papers

import (
	"sync"
	"testing"
	"time"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
	"kakehashi/platform/seal"
)

var day = time.Date(2026, 12, 5, 9, 0, 0, 0, time.FixedZone("JST", 9*3600))

// booked is a reservation that may have a permit.
func booked() reservation.Reservation {
	return reservation.Reservation{
		ID: db.NewID(), Room: 7, Kind: reservation.ForUse, State: reservation.Confirmed, Group: 3, Person: 4, Purpose: "合唱の練習", Headcount: 12,
		Span: quarter.Span{Start: day, End: day.Add(3 * time.Hour)},
	}
}

func TestGap(t *testing.T) {
	before, after := day.Add(-time.Hour), day.Add(4*time.Hour)
	for _, c := range []struct {
		name string
		set  func(r *reservation.Reservation)
		owed int64
		had  bool
		now  time.Time
		want Gap
	}{
		{"free and confirmed", nil, 0, false, before, NoGap},
		{"owed", nil, 100, false, before, Unpaid},
		{"a request", func(r *reservation.Reservation) { r.State = reservation.Requested }, 0, false, before, "requested"},
		{"an offer", func(r *reservation.Reservation) { r.State = reservation.Offered }, 100, false, before, "offered"},
		{"cancelled", func(r *reservation.Reservation) { r.State = reservation.Cancelled }, 0, true, before, "cancelled"},
		{"the city's own", func(r *reservation.Reservation) { r.Kind = reservation.Official }, 0, false, before, Internal},
		{"over, without one", func(r *reservation.Reservation) { r.State = reservation.Used }, 0, false, after, Past},
		{"over, with one", func(r *reservation.Reservation) { r.State = reservation.Used }, 0, true, after, NoGap},
	} {
		r := booked()
		if c.set != nil {
			c.set(&r)
		}
		if got := gap(r, c.owed, c.had, c.now); got != c.want {
			t.Errorf("%s: gap is %q, want %q", c.name, got, c.want)
		}
	}
}

func TestStanding(t *testing.T) {
	r := booked()
	first := Permit{Version: 1, Says: says(r)}
	for _, c := range []struct {
		name string
		set  func(r *reservation.Reservation)
		last Permit
		want Standing
	}{
		{"as issued", func(*reservation.Reservation) {}, first, Valid},
		{"moved", func(r *reservation.Reservation) { r.Span.End = r.Span.End.Add(time.Hour) }, first, Changed},
		{"more people", func(r *reservation.Reservation) { r.Headcount++ }, first, Changed},
		{"equipment added", func(r *reservation.Reservation) { r.Asked = rules.Asked{Extras: map[string]int{"piano": 1}} }, first, Changed},
		{"issued again", func(*reservation.Reservation) {}, Permit{Version: 2, Says: says(r)}, Changed},
		{"cancelled", func(r *reservation.Reservation) { r.State = reservation.Cancelled }, first, Cancelled},
		{"nobody came", func(r *reservation.Reservation) { r.State = reservation.NoShow }, first, Cancelled},
		{"used", func(r *reservation.Reservation) { r.State = reservation.Used }, first, Valid},
	} {
		now := r
		c.set(&now)
		if got := standing(first, c.last, now); got != c.want {
			t.Errorf("%s: the permit is %s, want %s", c.name, got, c.want)
		}
	}
}

func TestIssue(t *testing.T) {
	keys, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, []db.Migrations{audit.Migrations(), {Name: "papers", FS: tables}}, func(t *testing.T, d *db.DB) {
		issue := func(r reservation.Reservation) (p Permit) {
			t.Helper()
			err := d.Write(t.Context(), db.Actor{Person: 9, Via: "web"}, func(tx *db.Tx) (err error) {
				p, err = Issue(tx, keys, r)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		r := booked()
		first := issue(r)
		if first.Version != 1 || first.Serial != 1 || first.IssuedBy != 9 || len(first.Code) != 16 {
			t.Fatalf("the first permit is %+v", first)
		}
		if again := issue(r); again != first {
			t.Errorf("asked for again: %+v, want %+v", again, first)
		}
		r.Headcount = 30
		second := issue(r)
		if second.Version != 2 || second.Number() != first.Number() || second.Code == first.Code {
			t.Errorf("issued again after a change: %+v, first %+v", second, first)
		}
		if other := issue(booked()); other.Serial != 2 || other.Version != 1 {
			t.Errorf("another reservation's: %+v", other)
		}
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			if got, err := ByCode(tx, first.Code); err != nil || got != first {
				t.Errorf("by code: %+v, %v", got, err)
			}
			if got, err := Latest(tx, r.ID); err != nil || got != second {
				t.Errorf("latest: %+v, %v", got, err)
			}
			if _, err := ByCode(tx, "0000000000000000"); !fault.Is(err, fault.NotFound) {
				t.Errorf("an unknown code: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestIssue_AtOnce: many who ask for one permit at once get the same one, and
// no number is spent twice or skipped.
func TestIssue_AtOnce(t *testing.T) {
	keys, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, []db.Migrations{audit.Migrations(), {Name: "papers", FS: tables}}, func(t *testing.T, d *db.DB) {
		rs := []reservation.Reservation{booked(), booked(), booked()}
		got := make([][]Permit, len(rs))
		var mu sync.Mutex
		var wait sync.WaitGroup
		for i := range 24 {
			wait.Go(func() {
				err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
					p, err := Issue(tx, keys, rs[i%len(rs)])
					tx.After(func() {
						mu.Lock()
						defer mu.Unlock()
						got[i%len(rs)] = append(got[i%len(rs)], p)
					})
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		serials := map[int64]bool{}
		for _, all := range got {
			for _, p := range all {
				if p != all[0] {
					t.Errorf("two permits for one reservation: %+v and %+v", all[0], p)
				}
			}
			serials[all[0].Serial] = true
		}
		if !serials[1] || !serials[2] || !serials[3] {
			t.Errorf("the numbers are %v, want 1, 2 and 3", serials)
		}
	})
}

func TestHand(t *testing.T) {
	dbtest.Each(t, []db.Migrations{audit.Migrations(), {Name: "papers", FS: tables}}, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
			start := tx.Now
			for _, c := range []struct {
				after time.Duration
				again bool
			}{{0, false}, {time.Minute, false}, {2 * time.Hour, true}} {
				tx.Now = start.Add(c.after)
				first, again, err := hand(tx, 77, 4)
				if err != nil {
					return err
				}
				if again != c.again || !first.Equal(start) {
					t.Errorf("after %v: again %v (first %v), want %v (%v)", c.after, again, first, c.again, start)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestCodeIn(t *testing.T) {
	for in, want := range map[string]string{"abcd-0123-efgh-jkmn": "abcd0123efghjkmn", "ABCD 0123": "abcd0123", "O1Il": "0111"} {
		if got := codeIn(in); got != want {
			t.Errorf("codeIn(%q) = %q, want %q", in, got, want)
		}
	}
	if got := spelt("abcd0123efghjkmn"); got != "abcd-0123-efgh-jkmn" {
		t.Errorf("spelt: %q", got)
	}
}
