package reservation_test

import (
	"sync"
	"testing"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/reservation/tally"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
)

// join lets the first room be let in the given parts, as a clerk's form does;
// hold is called before the transaction ends.
func (h *house) join(t testing.TB, parts []db.ID, hold func()) error {
	return h.db.Write(t.Context(), db.Actor{Person: 7, Via: "web"}, func(tx *db.Tx) error {
		r, err := facility.GetRoom(tx, h.rooms[whole])
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
		if err := tally.Recount(tx, r.Facility, before); err != nil {
			return err
		}
		hold()
		return nil
	})
}

// TestBook_WaitsForANewLayout: while a clerk makes a hall of two rooms, bookings
// of the rooms wait, and then meet the hall.
func TestBook_WaitsForANewLayout(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		h := open(t, d, 3, nil)
		h.must(t, h.wish(left, 1, 0, 9, 12)) // who knows the rooms as they stood
		h.must(t, h.wish(whole, 1, 1, 9, 12))
		saving, booked := make(chan struct{}), make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			once := sync.OnceFunc(func() { close(saving) })
			err := h.join(t, []db.ID{h.rooms[left], h.rooms[right]}, func() {
				once()
				select {
				case <-booked:
				case <-time.After(300 * time.Millisecond):
				}
			})
			if err != nil {
				t.Error(err)
			}
		})
		<-saving
		wg.Go(func() {
			defer close(booked)
			if _, err := h.book(t, h.wish(whole, 2, 2, 9, 12)); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
		if _, err := h.book(t, h.wish(left, 3, 2, 10, 11)); !fault.Is(err, fault.Conflict) {
			t.Errorf("half of a hall that is taken is let: %v", err)
		}
		h.sound(t)
	})
}

// TestBook_AnyRushOfLayouts: hall and halves are booked and given back while a
// clerk joins and parts them.
func TestBook_AnyRushOfLayouts(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		h := open(t, d, 3, nil)
		stop := make(chan struct{})
		var rush, clerk sync.WaitGroup
		for person := range 4 {
			rush.Go(func() {
				for n := 0; ; n++ {
					select {
					case <-stop:
						return
					default:
					}
					r, err := h.book(t, h.wish((person+n)%3, person, n%5, 9+n%7, 10+n%7))
					if err == nil && n%2 == 0 {
						_, err = h.svc.Cancel(t.Context(), db.Actor{Person: r.Person, Via: "web"}, r.ID, 0, "")
					}
					if err != nil && !fault.Is(err, fault.Conflict) {
						t.Error(err)
						return
					}
				}
			})
		}
		clerk.Go(func() {
			for n := range 30 {
				var parts []db.ID
				if n%2 == 0 {
					parts = []db.ID{h.rooms[left], h.rooms[right]}
				}
				if err := h.join(t, parts, func() {}); err != nil && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) {
					t.Error(err)
				}
			}
		})
		clerk.Wait()
		close(stop)
		rush.Wait()
		h.sound(t)
	})
}
