package reservation_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
)

// ruled opens a house whose limits come from a function, as dated rules do.
func ruled(t *testing.T, d *db.DB, rooms int, limits func(r reservation.Reservation, l *reservation.Limits) error) *house {
	t.Helper()
	h := open(t, d, rooms, nil)
	h.svc = reservation.New(h.deps, reservation.Neighbours{
		Recorder: h,
		Limits: func(_ *db.Tx, r reservation.Reservation, _ facility.Room) (reservation.Limits, error) {
			l := reservation.DefaultLimits
			return l, limits(r, &l)
		},
	})
	return h
}

func key(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return ""
	}
	if len(f.Fields) > 0 {
		return f.Fields[0].Key
	}
	return f.Key
}

// One more booking than the month allows is refused, however many are made at
// once, in whichever rooms and days of the month.
func TestBook_AMonthsLimitUnderARush(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		const most, tries = 3, 12
		h := ruled(t, d, tries, func(_ reservation.Reservation, l *reservation.Limits) error {
			l.PerMonth = most
			return nil
		})
		first := h.tomorrow.AddDays(-h.tomorrow.Day + 1).AddMonths(1) // all days within one month
		offset := first.Sub(h.tomorrow)
		var wg sync.WaitGroup
		errs := make([]error, tries)
		for i := range tries {
			wg.Go(func() { _, errs[i] = h.book(t, h.wish(i, 1, offset+i, 9, 10)) })
		}
		wg.Wait()
		booked := 0
		for _, err := range errs {
			switch {
			case err == nil:
				booked++
			case key(err) != "rules.error.month":
				t.Error(err)
			}
		}
		if booked != most {
			t.Errorf("%d booked, want %d", booked, most)
		}
		if _, err := h.book(t, h.wish(0, 1, offset+31+5, 9, 10)); err != nil {
			t.Errorf("the month after: %v", err)
		}
		if _, err := h.book(t, h.wish(0, 2, offset+13, 9, 10)); err != nil {
			t.Errorf("somebody else: %v", err)
		}
		h.sound(t)
	})
}

// Moving within a full month takes no second place in it; moving into one is
// refused.
func TestChange_WithinAFullMonth(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		h := ruled(t, d, 1, func(_ reservation.Reservation, l *reservation.Limits) error {
			l.PerMonth = 1
			return nil
		})
		offset := h.tomorrow.AddDays(-h.tomorrow.Day + 1).AddMonths(1).Sub(h.tomorrow)
		r := h.must(t, h.wish(0, 1, offset+10, 9, 10))
		for _, day := range []int{5, 15} {
			r.Span = h.wish(0, 1, offset+day, 9, 10).Span
			next, err := h.svc.Change(t.Context(), db.Actor{Person: r.Person}, r)
			if err != nil {
				t.Fatalf("to day %d: %v", day, err)
			}
			r = next
		}
		later := h.must(t, h.wish(0, 1, offset+40, 9, 10))
		later.Span = h.wish(0, 1, offset+20, 9, 10).Span
		if _, err := h.svc.Change(t.Context(), db.Actor{Person: r.Person}, later); key(err) != "rules.error.month" {
			t.Errorf("into a full month: %v", err)
		}
		h.sound(t)
	})
}

func TestBook_BeforeItOpens(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		opens := time.Now().Add(time.Hour)
		h := ruled(t, d, 1, func(r reservation.Reservation, l *reservation.Limits) error {
			l.Opens, l.OpensKey = opens, "rules.error.opens_draw"
			if r.Headcount == 7 {
				return fault.New(fault.Denied, "rules.refuse.alone", "since", jp.DateOf(d.Now()))
			}
			if r.Headcount == 6 {
				l.Opens = time.Now().Add(-time.Hour)
			}
			return nil
		})
		wish := h.wish(0, 1, 3, 9, 10)
		if _, err := h.book(t, wish); key(err) != "rules.error.opens_draw" {
			t.Errorf("an hour early: %v", err)
		}
		wish.Headcount = 7
		if _, err := h.book(t, wish); key(err) != "rules.refuse.alone" || !fault.Is(err, fault.Denied) {
			t.Errorf("who may not: %v", err)
		}
		plan, err := h.svc.Plan(t.Context(), h.wish(0, 1, 3, 9, 10), reservation.Rule{Every: reservation.Weekly, Times: 2})
		if err != nil || len(plan.Spans) != 0 || plan.Skipped[0].Key != reservation.SkipFar {
			t.Errorf("a series: %+v, %v", plan, err)
		}
		wish.Headcount = 6
		wish.Span = h.wish(0, 1, 300, 9, 10).Span // open, however far away
		r, err := h.book(t, wish)
		if err != nil {
			t.Fatalf("when it is open: %v", err)
		}
		r.Span, r.Headcount = h.wish(0, 1, 301, 9, 10).Span, 5
		if _, err := h.svc.Change(t.Context(), db.Actor{Person: r.Person}, r); key(err) != "rules.error.opens_draw" {
			t.Errorf("moved: %v", err)
		}
	})
}
