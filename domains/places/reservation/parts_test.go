package reservation_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"pgregory.net/rapid"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
)

// The rooms of a house with a hall.
const (
	whole = iota
	left
	right
	studio // loud use of it disturbs the meeting room
	meeting
)

// openHall makes a house with a hall of two halves, the left of which disturbs
// the right, a studio, and a meeting room that the studio disturbs.
func openHall(t testing.TB, d *db.DB) *house {
	t.Helper()
	h := open(t, d, 5, func(_ int, r *facility.Room) { r.Loud = true })
	err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
		for i, change := range map[int]func(*facility.Room){
			whole:  func(r *facility.Room) { r.Parts = []db.ID{h.rooms[left], h.rooms[right]} },
			left:   func(r *facility.Room) { r.Disturbs = []db.ID{h.rooms[right]} },
			studio: func(r *facility.Room) { r.Disturbs = []db.ID{h.rooms[meeting]} },
		} {
			r, err := facility.GetRoom(tx, h.rooms[i])
			if err != nil {
				return err
			}
			change(&r)
			if _, err := facility.SaveRoom(tx, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	h.svc.SetLimits(reservation.Limits{HorizonDays: 92, PerDay: 1_000_000, MaxDays: 7, MaxPurpose: 200, MaxTitle: 80, MaxSeries: 26})
	return h
}

// beside reports whether two reservations can be at one time: what a caretaker
// would say who has never heard of cells.
func (h *house) beside(a, b reservation.Reservation) bool {
	places := func(r reservation.Reservation) []int {
		at := slices.Index(h.rooms, r.Room)
		if at == whole {
			return []int{left, right}
		}
		return []int{at}
	}
	for _, x := range places(a) {
		for _, y := range places(b) {
			disturbs := func(from, to int) bool { return from == left && to == right || from == studio && to == meeting }
			if x == y || a.Loud && disturbs(x, y) || b.Loud && disturbs(y, x) {
				return false
			}
		}
	}
	return true
}

// TestParts_AgreeWithACaretaker books, moves, cancels, offers, accepts, declines
// and lets lapse at random in a hall with parts and loud rooms, while time that is
// given back passes to heirs, and compares each decision with the caretaker's.
func TestParts_AgreeWithACaretaker(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		h := openHall(t, d)
		paper := model{}
		var changes [][2]reservation.Reservation // of the call, followed
		var will reservation.Bequest             // what the heir says
		h.svc.Follow(func(_ *db.Tx, was, now reservation.Reservation) error {
			changes = append(changes, [2]reservation.Reservation{was, now})
			return nil
		})
		h.svc.Bequeath(func(_ *db.Tx, gone reservation.Reservation) (reservation.Bequest, error) {
			if gone.Person == 0 {
				return reservation.Bequest{}, nil // it has rested
			}
			return will, nil
		})
		apply := func(rt *rapid.T, err error) {
			if err == nil {
				for _, c := range changes {
					if was, known := paper[c[1].ID]; known != (c[0].ID != 0) || known && was.Version != c[0].Version {
						rt.Fatalf("followed %+v of %+v", c[0], was)
					}
					if paper[c[1].ID] = c[1]; !c[1].State.Live() {
						delete(paper, c[1].ID)
					}
				}
			}
			changes = nil
		}
		free := func(r reservation.Reservation) bool {
			for id, o := range paper {
				if id != r.ID && o.Span.Overlaps(r.Span) && !h.beside(o, r) {
					return false
				}
			}
			return true
		}
		// Nothing is stuck: once everything is given up, every quarter is free.
		giveUp := func() {
			will = reservation.Bequest{}
			if err := h.svc.Expire(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, r := range h.live(t) {
				end := func() error { return h.svc.Decline(t.Context(), db.System, r.ID, 0, "") }
				if r.State == reservation.Confirmed {
					end = func() error { _, err := h.svc.Cancel(t.Context(), db.System, r.ID, 0, ""); return err }
				}
				if err := end(); err != nil {
					t.Fatal(err)
				}
			}
			clear(paper)
			changes = nil
		}
		shift := 0
		rapid.Check(t, func(rt *rapid.T) {
			shift += 3
			giveUp()
			draw := func(rt *rapid.T) reservation.Reservation {
				from := rapid.IntRange(8*4, 26*4).Draw(rt, "from")
				r := h.wish(rapid.IntRange(whole, meeting).Draw(rt, "room"), 1, 0, 0, 1)
				r.Span = quarter.On(h.tomorrow.AddDays(shift%80), from*15, (from+rapid.IntRange(1, 12).Draw(rt, "quarters"))*15)
				r.Loud = rapid.Bool().Draw(rt, "loud")
				return r
			}
			pick := func(rt *rapid.T, states ...reservation.State) reservation.Reservation {
				var ids []db.ID
				for id, r := range paper {
					if slices.Contains(states, r.State) {
						ids = append(ids, id)
					}
				}
				if len(ids) == 0 {
					rt.Skip("none")
				}
				slices.Sort(ids)
				return paper[rapid.SampledFrom(ids).Draw(rt, "which")]
			}
			agree := func(rt *rapid.T, what string, err error, want bool) {
				switch {
				case want && err != nil:
					rt.Fatalf("%s: refused what is free: %v", what, err)
				case !want && !fault.Is(err, fault.Conflict):
					rt.Fatalf("%s: want a conflict, got %v", what, err)
				}
			}
			testament := func(rt *rapid.T) {
				will = reservation.Bequest{}
				switch rapid.IntRange(0, 3).Draw(rt, "heir") {
				case 1:
					will = reservation.Bequest{Person: 2001, Purpose: "次の人", Headcount: 3, Source: "waiting", SourceID: 9, Until: d.Now().Add(time.Hour)}
				case 2:
					will = reservation.Bequest{Person: 2002, Purpose: "遅い人", Headcount: 3, Until: d.Now().Add(-time.Second)}
				case 3:
					will = reservation.Bequest{Until: d.Now().Add(-time.Second)} // rests, and is let by the next Expire
				}
			}
			inherits := func(rt *rapid.T, gone reservation.Reservation) {
				var heirs []reservation.Reservation
				for _, c := range changes {
					if c[0].ID == 0 {
						heirs = append(heirs, c[1])
					}
				}
				if will.Until.IsZero() != (len(heirs) == 0) || len(heirs) > 1 {
					rt.Fatalf("%+v of %+v became %+v", will, gone, heirs)
				}
				for _, r := range heirs {
					want := reservation.Resting
					if will.Person != 0 {
						want = reservation.Offered
					}
					if r.State != want || r.Person != will.Person || r.Room != gone.Room || !r.Span.Start.Equal(gone.Span.Start) || !r.Span.End.Equal(gone.Span.End) || r.Loud != gone.Loud || r.SourceID != will.SourceID {
						rt.Fatalf("%+v of %+v became %+v", will, gone, r)
					}
				}
			}
			actor := db.Actor{Person: 1001}
			rt.Repeat(map[string]func(*rapid.T){
				"book": func(rt *rapid.T) {
					r := draw(rt)
					_, err := h.svc.Book(t.Context(), actor, r)
					agree(rt, "book", err, free(r))
					apply(rt, err)
				},
				"many": func(rt *rapid.T) {
					a, b := draw(rt), draw(rt)
					_, err := h.svc.BookMany(t.Context(), actor, []reservation.Reservation{a, b})
					agree(rt, "many", err, free(a) && free(b) && (!a.Span.Overlaps(b.Span) || h.beside(a, b)))
					apply(rt, err)
				},
				"change": func(rt *rapid.T) {
					r, to := pick(rt, reservation.Confirmed), draw(rt)
					testament(rt)
					if r.Kind != reservation.ForUse {
						rt.Skip("the office's own")
					}
					r.Room, r.Span, r.Loud = to.Room, to.Span, to.Loud
					want := free(r)
					_, err := h.svc.Change(t.Context(), actor, r)
					agree(rt, "change", err, want)
					apply(rt, err)
				},
				"cancel": func(rt *rapid.T) {
					r := pick(rt, reservation.Confirmed)
					if testament(rt); r.Kind != reservation.ForUse {
						will = reservation.Bequest{} // nobody is asked
					}
					if _, err := h.svc.Cancel(t.Context(), actor, r.ID, r.Version, ""); err != nil {
						rt.Fatal(err)
					}
					inherits(rt, r)
					apply(rt, nil)
				},
				"offer": func(rt *rapid.T) {
					r := draw(rt)
					var ok bool
					err := d.Write(t.Context(), actor, func(tx *db.Tx) (err error) {
						changes = nil
						_, ok, err = h.svc.Offer(tx, r, d.Now().Add(time.Hour))
						return err
					})
					if err != nil || ok != free(r) {
						rt.Fatalf("offered %v, %v", ok, err)
					}
					apply(rt, err)
				},
				"accept": func(rt *rapid.T) {
					r := pick(rt, reservation.Offered)
					_, err := h.svc.Accept(t.Context(), actor, r.ID, r.Version)
					agree(rt, "accept", err, r.Due.After(d.Now()))
					apply(rt, err)
				},
				"decline": func(rt *rapid.T) {
					r := pick(rt, reservation.Offered)
					testament(rt)
					if err := h.svc.Decline(t.Context(), actor, r.ID, r.Version, ""); err != nil {
						rt.Fatal(err)
					}
					inherits(rt, r)
					apply(rt, nil)
				},
				"expire": func(rt *rapid.T) {
					will = reservation.Bequest{}
					if err := h.svc.Expire(t.Context()); err != nil {
						rt.Fatal(err)
					}
					apply(rt, nil)
					for _, r := range paper {
						if !r.Due.IsZero() && !r.Due.After(d.Now()) {
							rt.Fatalf("%+v outlives its time", r)
						}
					}
				},
				"displace": func(rt *rapid.T) {
					w := draw(rt)
					w.Loud = false
					var gone int
					can := true
					for _, o := range paper {
						if o.Span.Overlaps(w.Span) && !h.beside(o, w) {
							gone++
							can = can && o.Kind == reservation.ForUse
						}
					}
					will = reservation.Bequest{Person: 2003, Until: d.Now().Add(time.Hour)} // is not asked
					_, cancelled, err := h.svc.Displace(t.Context(), actor, w.Room, w.Span, reservation.Maintenance, "点検")
					agree(rt, "displace", err, can)
					if err == nil && len(cancelled) != gone {
						rt.Fatalf("%d cancelled, want %d", len(cancelled), gone)
					}
					apply(rt, err)
				},
				"": func(rt *rapid.T) {
					for _, a := range paper {
						for _, b := range paper {
							if a.ID < b.ID && a.Span.Overlaps(b.Span) && !h.beside(a, b) {
								rt.Fatalf("%+v\nand %+v", a, b)
							}
						}
					}
				},
			})
			h.sound(t)
		})
		giveUp()
		h.sound(t)
		if n := h.count(t, `SELECT COUNT(*) FROM cell_days WHERE am <> 0 OR pm <> 0`); n != 0 {
			t.Errorf("%d days stay taken after everything was given up", n)
		}
	})
}

// TestParts_AreLinearizable lets many book and cancel a hall and its halves at
// once, and asks porcupine whether one after another could have seen the same.
func TestParts_AreLinearizable(t *testing.T) {
	const clients, calls = 8, 12
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		h := openHall(t, d)
		start := time.Now()
		var mu sync.Mutex
		var history []porcupine.Operation
		var wg sync.WaitGroup
		for c := range clients {
			wg.Go(func() {
				for i := range calls {
					room, hour := (c+i)%3, i%2
					mask := map[int]int{whole: 3, left: 1, right: 2}[room] << (2 * hour)
					r := h.wish(room, c, 0, 10+hour, 11+hour)
					call := time.Since(start).Nanoseconds()
					got, err := h.svc.Book(t.Context(), db.Actor{Person: r.Person}, r)
					if err != nil && !fault.Is(err, fault.Conflict) {
						t.Error(err)
						return
					}
					ops := []porcupine.Operation{{ClientId: c, Input: event{true, mask}, Call: call, Output: err == nil, Return: time.Since(start).Nanoseconds()}}
					if err == nil {
						call = time.Since(start).Nanoseconds()
						_, err = h.svc.Cancel(t.Context(), db.Actor{Person: r.Person}, got.ID, got.Version, "")
						ops = append(ops, porcupine.Operation{ClientId: c, Input: event{false, mask}, Call: call, Output: err == nil, Return: time.Since(start).Nanoseconds()})
					}
					mu.Lock()
					history = append(history, ops...)
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if !porcupine.CheckOperations(register, history) {
			t.Error("no order of the calls explains what the callers saw")
		}
		h.sound(t)
	})
}

// TestParts_OppositeMoves moves reservations between a hall, its halves and loud
// rooms from many sides at once: nobody waits for ever, and nothing overlaps.
func TestParts_OppositeMoves(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		h := openHall(t, d)
		h.svc.Bequeath(func(tx *db.Tx, gone reservation.Reservation) (reservation.Bequest, error) {
			if gone.Person == 0 || gone.Person == 3000 {
				return reservation.Bequest{}, nil
			}
			return reservation.Bequest{Person: 3000, Purpose: "次の人", Until: tx.Now.Add(-time.Second)}, nil
		})
		var wg sync.WaitGroup
		for c := range 8 {
			wg.Go(func() {
				rng := rand.New(rand.NewPCG(uint64(c), 7))
				var mine reservation.Reservation
				for range 25 {
					w := h.wish(rng.IntN(5), c, rng.IntN(2), 0, 0)
					from := 9 + rng.IntN(6)
					w.Span = quarter.On(h.tomorrow.AddDays(rng.IntN(2)), from*60, (from+1+rng.IntN(20))*60)
					w.Loud = rng.IntN(2) == 0
					var got reservation.Reservation
					var err error
					switch {
					case mine.ID == 0:
						got, err = h.svc.Book(t.Context(), db.Actor{Person: w.Person}, w)
					case rng.IntN(5) == 0:
						_, err = h.svc.Cancel(t.Context(), db.Actor{Person: w.Person}, mine.ID, 0, "")
					default:
						next := mine
						next.Room, next.Span, next.Loud = w.Room, w.Span, w.Loud
						got, err = h.svc.Change(t.Context(), db.Actor{Person: w.Person}, next)
					}
					if err == nil {
						mine = got
					} else if !fault.Is(err, fault.Conflict) {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		if err := h.svc.Expire(context.WithoutCancel(t.Context())); err != nil {
			t.Fatal(err)
		}
		h.sound(t)
		overlaps(t, h)
	})
}

// overlaps fails when two live reservations stand in each other's way, by the
// caretaker's word.
func overlaps(t *testing.T, h *house) {
	t.Helper()
	all := h.live(t)
	for i, a := range all {
		for _, b := range all[:i] {
			if a.Span.Overlaps(b.Span) && !h.beside(a, b) {
				t.Errorf("%+v\nand %+v", a, b)
			}
		}
	}
}

// live returns all reservations that hold time.
func (h *house) live(t testing.TB) (all []reservation.Reservation) {
	t.Helper()
	err := h.db.Read(t.Context(), func(tx *db.Tx) error {
		all = nil
		for _, room := range h.rooms {
			some, err := reservation.Between(tx, room, h.tomorrow, h.tomorrow.AddDays(90))
			if err != nil {
				return err
			}
			all = append(all, some...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
