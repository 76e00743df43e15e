package waiting_test

import (
	"fmt"
	"sync"
	"testing"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/domains/places/waiting"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// halves lets the hall in two halves, and returns them.
func (h *house) halves(t testing.TB) (left, right db.ID) {
	t.Helper()
	err := h.db.Write(t.Context(), db.System, func(tx *db.Tx) error {
		hall, err := facility.GetRoom(tx, h.room)
		if err != nil {
			return err
		}
		for _, half := range []*db.ID{&left, &right} {
			n := len(hall.Parts)
			*half, err = facility.SaveRoom(tx, facility.Room{Facility: hall.Facility, Slug: fmt.Sprint("half-", n), Name: i18n.Text{i18n.Ja: "半分"}, Capacity: 10, Closes: facility.DayEnd})
			if err != nil {
				return err
			}
			hall.Parts = append(hall.Parts, *half)
		}
		_, err = facility.SaveRoom(tx, hall)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return left, right
}

// at makes what follows be about another room.
func (h *house) at(room db.ID) *house {
	other := *h
	other.room = room
	return &other
}

func TestParts_AHalfComesFromTheWhole(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		left, right := h.halves(t)
		r := h.book(t, 1, 9, 12)
		h.at(left).must(t, 2, 9, 12)
		h.cancel(t, r)
		if got := h.at(left).only(t); got.State != reservation.Offered || got.Person != 2 {
			t.Errorf("the left half is not offered: %+v", got)
		}
		if got := h.at(right).only(t); got.State != reservation.Resting {
			t.Errorf("the right half does not rest: %+v", got)
		}
		if got := h.live(t); len(got) != 0 {
			t.Errorf("somebody holds the whole: %+v", got)
		}
		h.sound(t)
	})
}

func TestParts_BothHalvesMakeTheWhole(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		h := open(t, d, rules.Reopening{Hold: 24}) // nothing rests
		left, right := h.halves(t)
		a, b := h.at(left).book(t, 1, 9, 12), h.at(right).book(t, 2, 9, 12)
		w := h.must(t, 3, 9, 12)
		h.cancel(t, a)
		if got := h.live(t); len(got) != 0 {
			t.Fatalf("the whole is offered while half of it is held: %+v", got)
		}
		h.cancel(t, b)
		if got := h.only(t); got.State != reservation.Offered || got.Person != 3 || got.SourceID != w.ID {
			t.Errorf("the whole is not offered: %+v", got)
		}
		if _, err := h.at(left).try(t, 9, 10, 11); !fault.Is(err, fault.Conflict) {
			t.Errorf("half of what is offered is let: %v", err)
		}
		h.sound(t)
	})
}

// What rests is somebody's to come: the whole is asked for when the last half
// has rested.
func TestParts_TheWholeAfterBothHaveRested(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		left, right := h.halves(t)
		a, b := h.at(left).book(t, 1, 9, 12), h.at(right).book(t, 2, 9, 12)
		h.must(t, 3, 9, 12)
		h.cancel(t, a)
		h.cancel(t, b)
		if got := h.live(t); len(got) != 0 {
			t.Fatalf("resting halves are offered: %+v", got)
		}
		h.expire(t)
		if got := h.only(t); got.State != reservation.Offered || got.Person != 3 {
			t.Errorf("the whole is not offered: %+v", got)
		}
		h.sound(t)
	})
}

func TestParts_WhoAskedFirstIsAskedFirst(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		left, _ := h.halves(t)
		r := h.book(t, 1, 9, 12)
		h.must(t, 2, 9, 12)
		h.at(left).must(t, 3, 9, 12)
		h.cancel(t, r)
		if got := h.only(t); got.Person != 2 {
			t.Errorf("the half that was asked for later goes first: %+v", got)
		}
		h.sound(t)
	})
}

func TestParts_NotWhoGaveAHalfBack(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		left, right := h.halves(t)
		h.at(right).book(t, 2, 9, 12)
		h.cancel(t, h.at(left).book(t, 1, 9, 12))
		if _, err := h.enter(t, 1, 9, 12); !fault.Is(err, fault.Conflict) {
			t.Errorf("who gave half of it back may wait for the whole: %v", err)
		}
	})
}

// TestTurns_OneAHolderAtOneInstant: two times that somebody waits for are given
// back at one instant; only one of them is offered.
func TestTurns_OneAHolderAtOneInstant(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for n := range 25 {
			h.day = h.today().AddDays(40 + n)
			holder := 1000 + n
			given := []reservation.Reservation{h.book(t, 1, 9, 12), h.book(t, 2, 13, 15), h.book(t, 3, 16, 18)}
			waits := []waiting.Wait{h.must(t, holder, 9, 12), h.must(t, holder, 13, 15), h.must(t, holder, 16, 18)}
			var wg sync.WaitGroup
			start := make(chan struct{})
			for _, r := range given {
				wg.Go(func() {
					<-start
					if _, err := h.svc.Cancel(t.Context(), as(int(r.Person)), r.ID, 0, ""); err != nil {
						t.Error(err)
					}
				})
			}
			close(start)
			wg.Wait()
			offers, offered := 0, 0
			for _, r := range h.live(t) {
				if r.State == reservation.Offered {
					offers++
				}
			}
			for _, w := range waits {
				if h.get(t, w.ID).State == waiting.Offered {
					offered++
				}
			}
			if offers != 1 || offered != 1 {
				t.Fatalf("round %d: one holder has %d offers, %d waits are offered", n, offers, offered)
			}
		}
		h.sound(t)
	})
}

// Whoever's turn is over can have another.
func TestTurns_AgainAfterTheFirst(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		first, second := h.book(t, 1, 9, 12), h.book(t, 2, 13, 15)
		h.must(t, 3, 9, 12)
		h.must(t, 3, 13, 15)
		h.cancel(t, first)
		for _, r := range h.live(t) {
			if r.State == reservation.Offered {
				if err := h.svc.Decline(t.Context(), as(3), r.ID, r.Version, ""); err != nil {
					t.Fatal(err)
				}
			}
		}
		h.cancel(t, second)
		for _, r := range h.live(t) {
			if r.Span.Start.Equal(quarter.On(h.day, 13*60, 15*60).Start) && (r.State != reservation.Offered || r.Person != 3) {
				t.Errorf("the second time is not offered: %+v", r)
			}
		}
	})
}
