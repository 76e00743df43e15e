package reservation_test

import (
	"slices"
	"testing"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/tally"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
)

// TestHeir_TakesWhatIsLeft cancels, shrinks and moves, and looks who has the time
// then and what was told.
func TestHeir_TakesWhatIsLeft(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		h := openHall(t, d)
		var asked []reservation.Reservation
		h.svc.Bequeath(func(tx *db.Tx, gone reservation.Reservation) (reservation.Bequest, error) {
			asked = append(asked, gone)
			return reservation.Bequest{Person: 2000, Headcount: 3, Purpose: "次の人", Source: "waiting", SourceID: 5, Until: tx.Now.Add(time.Hour)}, nil
		})
		actor := db.Actor{Person: 1001}
		r := h.must(t, h.wish(whole, 1, 0, 9, 12))
		if _, err := h.svc.Cancel(t.Context(), actor, r.ID, 0, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := h.book(t, h.wish(left, 3, 0, 9, 10)); !fault.Is(err, fault.Conflict) {
			t.Errorf("what passed on was let to another: %v", err)
		}
		offers := h.live(t)
		if len(offers) != 1 || offers[0].State != reservation.Offered || offers[0].Person != 2000 || offers[0].SourceID != 5 {
			t.Fatalf("%+v", offers)
		}
		if n := h.count(t, `SELECT COUNT(*) FROM deliveries WHERE kind = 'places.offered' AND person = 2000`); n != 1 {
			t.Errorf("%d were told", n)
		}
		got, err := h.svc.Accept(t.Context(), db.Actor{Person: 2000}, offers[0].ID, offers[0].Version)
		if err != nil || got.State != reservation.Confirmed || !got.Due.IsZero() {
			t.Fatalf("%+v, %v", got, err)
		}
		if _, err := h.svc.Accept(t.Context(), db.Actor{Person: 2000}, got.ID, 0); !fault.Is(err, fault.Conflict) {
			t.Errorf("accepted twice: %v", err)
		}
		asked = nil
		got.Room, got.Span = h.rooms[left], quarter.On(h.tomorrow, 10*60, 13*60)
		if _, err := h.svc.Change(t.Context(), db.Actor{Person: 2000}, got); err != nil {
			t.Fatal(err)
		}
		// The hall from nine to ten, and its right half from ten to twelve.
		if len(asked) != 2 || asked[0].Room != h.rooms[whole] || asked[0].Span.Minutes() != 60 ||
			asked[1].Room != h.rooms[right] || !asked[1].Span.Start.Equal(h.tomorrow.At(600)) || asked[1].Span.Minutes() != 120 {
			t.Errorf("asked about %+v", asked)
		}
		if n := len(h.live(t)); n != 3 {
			t.Errorf("%d live ones", n)
		}
		h.sound(t)
	})
}

// TestMarkNoShow_FreesWhatIsLeft lets nobody come, and another use the rest.
func TestMarkNoShow_FreesWhatIsLeft(t *testing.T) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			url := dbtest.URL(t, e)
			d := dbtest.OpenURL(t, url)
			if err := d.Migrate(t.Context(), tables); err != nil {
				t.Fatal(err)
			}
			h := open(t, d, 1, nil)
			start := time.Now().Truncate(15 * time.Minute).Add(time.Hour)
			r := h.wish(0, 1, 0, 0, 1)
			r.Span = quarter.Span{Start: start, End: start.Add(3 * time.Hour)}
			r = h.must(t, r)
			ahead, err := db.Open(t.Context(), db.Config{URL: url, Clock: func() time.Time { return start.Add(20 * time.Minute) }})
			if err != nil {
				t.Fatal(err)
			}
			defer ahead.Close()
			deps := h.deps
			deps.DB = ahead
			svc := reservation.New(deps, reservation.Neighbours{})
			var left reservation.Reservation
			svc.Bequeath(func(_ *db.Tx, gone reservation.Reservation) (reservation.Bequest, error) {
				left = gone
				return reservation.Bequest{}, nil
			})
			if err := svc.MarkNoShow(t.Context(), db.Actor{Person: 1}, r.ID); err != nil {
				t.Fatal(err)
			}
			if !left.Span.Start.Equal(start.Add(30*time.Minute)) || !left.Span.End.Equal(r.Span.End) || left.State != reservation.NoShow {
				t.Errorf("left %+v", left)
			}
			again := r
			again.Person, again.Span.Start = 1002, start.Add(2*time.Hour)
			if _, err := svc.Book(t.Context(), db.Actor{Person: 1002}, again); err != nil {
				t.Errorf("what nobody uses is not let: %v", err)
			}
			h.sound(t)
		})
	}
}

// TestDisplace_TellsWhyAndWhatElse takes a half for maintenance: whoever has the
// hall is cancelled, told, and does not hand on.
func TestDisplace_TellsWhyAndWhatElse(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		h := openHall(t, d)
		h.svc.Bequeath(func(*db.Tx, reservation.Reservation) (reservation.Bequest, error) {
			t.Error("the heir was asked")
			return reservation.Bequest{}, nil
		})
		hall := h.must(t, h.wish(whole, 1, 0, 9, 12))
		other := h.must(t, h.wish(right, 2, 0, 13, 14))
		span := quarter.On(h.tomorrow, 10*60, 18*60)
		made, gone, err := h.svc.Displace(t.Context(), db.Actor{Person: 1}, h.rooms[left], span, reservation.Official, "期日前投票")
		if err != nil || len(gone) != 1 || gone[0].ID != hall.ID || made.Kind != reservation.Official || made.Person != 0 {
			t.Fatalf("%+v, %+v, %v", made, gone, err)
		}
		if r := h.get(t, hall.ID); r.State != reservation.Cancelled || r.Reason != "期日前投票" {
			t.Errorf("%+v", r)
		}
		if r := h.get(t, other.ID); r.State != reservation.Confirmed {
			t.Errorf("the other half: %+v", r)
		}
		if n := h.count(t, `SELECT COUNT(*) FROM deliveries WHERE kind = 'places.displaced' AND person = 1001`); n != 1 {
			t.Errorf("%d were told", n)
		}
		if _, err := h.svc.Block(t.Context(), db.Actor{Person: 1}, reservation.Reservation{Room: h.rooms[whole], Span: span, Kind: reservation.Maintenance, Purpose: "清掃"}); !fault.Is(err, fault.Conflict) {
			t.Errorf("blocked what is blocked: %v", err)
		}
		h.sound(t)
	})
}

// TestErase_LeavesNoNameAndNoCount forgets a person who has something to come,
// something offered, and something in a group's name.
func TestErase_LeavesNoNameAndNoCount(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		own := h.must(t, h.wish(0, 1, 0, 9, 10))
		group := h.wish(0, 1, 0, 11, 12)
		group.Group = 5
		kept := h.must(t, group)
		err := h.db.Write(t.Context(), db.System, func(tx *db.Tx) error {
			if _, ok, err := h.svc.Offer(tx, h.wish(0, 1, 0, 13, 14), tx.Now.Add(time.Hour)); err != nil || !ok {
				t.Errorf("%v, %v", ok, err)
			}
			stays, err := h.svc.Erase(tx, 1001)
			if !stays {
				t.Error("the group's reservation is said to be gone")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if r := h.get(t, own.ID); r.State != reservation.Cancelled || r.Person != 0 || r.Purpose != "" {
			t.Errorf("%+v", r)
		}
		if r := h.get(t, kept.ID); r.State != reservation.Confirmed || r.Person != 1001 {
			t.Errorf("%+v", r)
		}
		if all := h.live(t); len(all) != 1 {
			t.Errorf("%+v", all)
		}
		h.sound(t)
	})
}

// TestRecount_FollowsANewLayout joins two rooms that have reservations to a hall.
func TestRecount_FollowsANewLayout(t *testing.T) {
	each(t, 3, func(t *testing.T, h *house) {
		h.must(t, h.wish(0, 1, 0, 9, 12))
		join := func(parts ...db.ID) error {
			return h.db.Write(t.Context(), db.System, func(tx *db.Tx) error {
				r, err := facility.GetRoom(tx, h.rooms[2])
				if err != nil {
					return err
				}
				before, err := facility.AllRoomsOf(tx, r.Facility)
				if err != nil {
					return err
				}
				r.Parts = parts
				if _, err := facility.SaveRoom(tx, r); err != nil {
					return err
				}
				return tally.Recount(tx, r.Facility, before)
			})
		}
		whole := h.must(t, h.wish(2, 2, 0, 11, 13))
		if err := join(h.rooms[0], h.rooms[1]); !fault.Is(err, fault.Invalid) {
			t.Errorf("joined rooms that are both taken: %v", err)
		}
		h.sound(t)
		if _, err := h.svc.Cancel(t.Context(), db.Actor{}, whole.ID, 0, ""); err != nil {
			t.Fatal(err)
		}
		h.must(t, h.wish(2, 2, 1, 9, 12))
		if err := join(h.rooms[0], h.rooms[1]); err != nil {
			t.Fatal(err)
		}
		h.sound(t)
		for _, w := range []reservation.Reservation{h.wish(2, 3, 0, 9, 10), h.wish(1, 3, 1, 9, 10)} {
			if _, err := h.book(t, w); !fault.Is(err, fault.Conflict) {
				t.Errorf("%v is let though a part or the whole is taken: %v", w.Span, err)
			}
		}
		if err := join(); err != nil {
			t.Fatal(err)
		}
		h.sound(t)
		h.must(t, h.wish(1, 3, 1, 9, 10))
	})
}

// TestInTheWay_KnowsPartsAndNoise lists what a room cannot be used beside.
func TestInTheWay_KnowsPartsAndNoise(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		h := openHall(t, d)
		loud := h.wish(studio, 1, 0, 9, 12)
		loud.Loud = true
		loud = h.must(t, loud)
		h.must(t, h.wish(studio, 1, 0, 13, 14)) // quiet
		hall := h.must(t, h.wish(whole, 1, 0, 9, 12))
		for room, want := range map[int][]db.ID{meeting: {loud.ID}, left: {hall.ID}, whole: {hall.ID}} {
			err := d.Read(t.Context(), func(tx *db.Tx) error {
				all, err := reservation.InTheWay(tx, h.rooms[room], quarter.On(h.tomorrow, 8*60, 20*60))
				var got []db.ID
				for _, r := range all {
					got = append(got, r.ID)
				}
				if !slices.Equal(got, want) {
					t.Errorf("room %d: %v, want %v", room, got, want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}
