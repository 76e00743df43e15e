package reservation_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"pgregory.net/rapid"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
)

// model is what a clerk with a paper calendar would keep: the list of living
// reservations, compared by their instants.
type model map[db.ID]reservation.Reservation

func (m model) free(room db.ID, span quarter.Span, except db.ID) bool {
	for id, r := range m {
		if id != except && r.Room == room && r.Span.Overlaps(span) {
			return false
		}
	}
	return true
}

// TestBook_AgreesWithAPaperCalendar does random things to three rooms, over
// midnight too, and compares each decision with the model's.
func TestBook_AgreesWithAPaperCalendar(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		h := open(t, d, 3, nil)
		h.svc.SetLimits(reservation.Limits{HorizonDays: 92, PerDay: 1_000_000, MaxDays: 7, MaxPurpose: 200, MaxTitle: 80, MaxSeries: 26})
		shift := 0
		rapid.Check(t, func(rt *rapid.T) {
			shift += 6 // each run has days of its own
			paper := model{}
			span := rapid.Custom(func(rt *rapid.T) quarter.Span {
				from := rapid.IntRange(0, 4*96).Draw(rt, "from")
				return quarter.On(h.tomorrow.AddDays(shift%80), from*15, (from+rapid.IntRange(1, 120).Draw(rt, "quarters"))*15)
			})
			pick := func(rt *rapid.T) (r reservation.Reservation) {
				ids := make([]db.ID, 0, len(paper))
				for id := range paper {
					ids = append(ids, id)
				}
				return paper[rapid.SampledFrom(ids).Draw(rt, "which")]
			}
			agree := func(rt *rapid.T, what string, err error, want bool) {
				switch {
				case want && err != nil:
					rt.Fatalf("%s: refused what the calendar has free: %v", what, err)
				case !want && !fault.Is(err, fault.Conflict):
					rt.Fatalf("%s: want a conflict, got %v", what, err)
				}
			}
			rt.Repeat(map[string]func(*rapid.T){
				"book": func(rt *rapid.T) {
					r := h.wish(rapid.IntRange(0, 2).Draw(rt, "room"), 1, 0, 0, 1)
					r.Span = span.Draw(rt, "span")
					want := paper.free(r.Room, r.Span, 0)
					got, err := h.svc.Book(t.Context(), db.Actor{Person: r.Person}, r)
					agree(rt, "book", err, want)
					if err == nil {
						paper[got.ID] = got
					}
				},
				"change": func(rt *rapid.T) {
					if len(paper) == 0 {
						rt.Skip("nothing booked")
					}
					r := pick(rt)
					r.Room, r.Span = h.rooms[rapid.IntRange(0, 2).Draw(rt, "room")], span.Draw(rt, "span")
					want := paper.free(r.Room, r.Span, r.ID)
					got, err := h.svc.Change(t.Context(), db.Actor{Person: r.Person}, r)
					agree(rt, "change", err, want)
					if err == nil {
						paper[got.ID] = got
					}
				},
				"cancel": func(rt *rapid.T) {
					if len(paper) == 0 {
						rt.Skip("nothing booked")
					}
					r := pick(rt)
					if _, err := h.svc.Cancel(t.Context(), db.Actor{Person: r.Person}, r.ID, r.Version, ""); err != nil {
						rt.Fatal(err)
					}
					delete(paper, r.ID)
				},
				"": func(rt *rapid.T) {
					for _, r := range paper {
						if got := h.get(t, r.ID); got.Version != r.Version || !got.Span.Start.Equal(r.Span.Start) || !got.Span.End.Equal(r.Span.End) || got.Room != r.Room {
							rt.Fatalf("stored %+v, want %+v", got, r)
						}
					}
				},
			})
			for _, r := range paper {
				if _, err := h.svc.Cancel(t.Context(), db.Actor{Person: r.Person}, r.ID, 0, ""); err != nil {
					rt.Fatal(err)
				}
			}
		})
		h.sound(t)
		if n := h.count(t, `SELECT COUNT(*) FROM cell_days WHERE am <> 0 OR pm <> 0`); n != 0 {
			t.Errorf("%d days stay taken after everything was cancelled", n)
		}
	})
}

// event is a call on some hours of rooms, as porcupine sees it.
type event struct {
	book bool // else cancel
	bits int
}

// rooms as a register: a bit says that an hour is taken, of a room or of a half.
var register = porcupine.Model{
	Init: func() any { return 0 },
	Step: func(state, input, output any) (bool, any) {
		s, in, ok := state.(int), input.(event), output.(bool)
		bit := in.bits
		if in.book {
			if s&bit == 0 {
				return ok, s | bit
			}
			return !ok, s
		}
		return ok && s&bit == bit, s &^ bit
	},
	Equal: func(a, b any) bool { return a == b },
}

// TestBook_IsLinearizable lets many book and cancel the same four hours at
// once, and asks porcupine whether one after another could have seen the same.
func TestBook_IsLinearizable(t *testing.T) {
	const clients, calls = 8, 12
	each(t, 1, func(t *testing.T, h *house) {
		h.svc.SetLimits(reservation.Limits{HorizonDays: 92, PerDay: 1_000_000, MaxDays: 7, MaxPurpose: 200, MaxTitle: 80, MaxSeries: 26})
		start := time.Now()
		var mu sync.Mutex
		var history []porcupine.Operation
		var wg sync.WaitGroup
		for c := range clients {
			wg.Go(func() {
				for i := range calls {
					slot := (c + i) % 4
					r := h.wish(0, c, 0, 10+slot, 11+slot)
					call := time.Since(start).Nanoseconds()
					got, err := h.svc.Book(t.Context(), db.Actor{Person: r.Person}, r)
					if err != nil && !fault.Is(err, fault.Conflict) {
						t.Error(err)
						return
					}
					ops := []porcupine.Operation{{ClientId: c, Input: event{true, 1 << slot}, Call: call, Output: err == nil, Return: time.Since(start).Nanoseconds()}}
					if err == nil {
						call = time.Since(start).Nanoseconds()
						_, err = h.svc.Cancel(t.Context(), db.Actor{Person: r.Person}, got.ID, got.Version, "")
						ops = append(ops, porcupine.Operation{ClientId: c, Input: event{false, 1 << slot}, Call: call, Output: err == nil, Return: time.Since(start).Nanoseconds()})
					}
					mu.Lock()
					history = append(history, ops...)
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if len(history) < clients*calls {
			t.Fatalf("only %d operations", len(history))
		}
		if !porcupine.CheckOperations(register, history) {
			t.Error("no order of the calls explains what the callers saw")
		}
		h.sound(t)
	})
}

// TestChange_OppositeMoves swaps reservations between two rooms and two days
// from many sides at once: nobody waits for ever, and nothing overlaps.
func TestChange_OppositeMoves(t *testing.T) {
	each(t, 2, func(t *testing.T, h *house) {
		const each = 6
		var rs []reservation.Reservation
		for i := range each {
			rs = append(rs, h.must(t, h.wish(i%2, i, i%2, i*2, i*2+2)))
		}
		var wg sync.WaitGroup
		for _, r := range rs {
			wg.Go(func() {
				for range 8 {
					next := r
					days := 1
					if r.Day() != h.tomorrow {
						days = -1
					}
					next.Span.Start, next.Span.End = r.Span.Start.AddDate(0, 0, days), r.Span.End.AddDate(0, 0, days)
					next.Room = h.rooms[0]
					if r.Room == h.rooms[0] {
						next.Room = h.rooms[1]
					}
					got, err := h.svc.Change(t.Context(), db.Actor{Person: r.Person}, next)
					if err != nil {
						t.Error(err)
						return
					}
					r = got
				}
			})
		}
		wg.Wait()
		h.sound(t)
	})
}

// TestBook_CancelStorm gives up calls in the middle: whatever was answered,
// what is stored stays whole.
func TestBook_CancelStorm(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		var wg sync.WaitGroup
		for c := range 16 {
			wg.Go(func() {
				for i := range 20 {
					ctx, cancel := context.WithCancel(t.Context())
					go func() {
						for range (c + i) % 7 * 200 { // gives the call more or less of a start
							runtime.Gosched()
						}
						cancel()
					}()
					r := h.wish(0, c, i%5, (c+i)%24, (c+i)%24+1)
					got, err := h.svc.Book(ctx, db.Actor{Person: r.Person}, r)
					if err == nil {
						if stored := h.get(t, got.ID); stored.State != reservation.Confirmed {
							t.Errorf("answered as booked, stored as %v", stored.State)
						}
						h.svc.Cancel(ctx, db.Actor{Person: r.Person}, got.ID, got.Version, "")
					}
					cancel()
				}
			})
		}
		wg.Wait()
		h.sound(t)
		h.must(t, h.wish(0, 99, 30, 9, 12)) // and it still works
	})
}
