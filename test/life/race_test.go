package life

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/domains/places/waiting"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// slots are the quarters of one day that the rush is about: a bit a band of a
// half; the whole hall takes both halves.
type slots uint8

func slotsOf(at, first, last int) (s slots) {
	for band := first; band <= last; band++ {
		if at != west {
			s |= 1 << band
		}
		if at != east {
			s |= 8 << band
		}
	}
	return s
}

// queuer is one who waits for a room and bands before the rush begins.
type queuer struct {
	at, first, last int
}

// event is what one client asks for.
type event struct {
	what  string // book, cancel, accept, decline, lapse, leave, tick
	at    int    // room
	bands [2]int
	who   int // queuer
}

// How a queuer stands, in two bits each of state.line.
const (
	inLine = iota
	offered
	overdue // offered, and the time to answer is over
	over    // taken, passed or left
)

// state is the paper calendar of the rush: comparable, as porcupine wants it.
type state struct {
	taken slots
	line  [len(queue)]uint8
}

// queue are those who wait, in their order.
var queue = [...]queuer{
	{at: east, first: 0, last: 0}, {at: east, first: 0, last: 0}, {at: west, first: 0, last: 1}, {at: hall, first: 1, last: 1}, {at: west, first: 1, last: 1},
	{at: hall, first: 1, last: 1}, {at: east, first: 1, last: 1}, {at: west, first: 0, last: 0},
}

// back gives the bands of a room back: the first in line who wants all of a part
// has it, or who wants the whole when the other half is free; what is left is
// asked about again, and the rest is free.
func (s state) back(at, first, last int) state {
	for i, q := range queue {
		if s.line[i] != inLine || q.first < first || q.last > last || q.at != at && q.at != hall && at != hall {
			continue
		}
		if q.at == hall && s.taken&slotsOf(hall, q.first, q.last)&^slotsOf(at, first, last) != 0 {
			continue
		}
		s.line[i] = offered
		s.taken |= slotsOf(q.at, q.first, q.last)
		if at == hall && q.at != hall {
			s = s.back(east+west-q.at, q.first, q.last)
		}
		if q.first > first {
			s = s.back(at, first, q.first-1)
		}
		if q.last < last {
			s = s.back(at, q.last+1, last)
		}
		return s
	}
	s.taken &^= slotsOf(at, first, last)
	return s
}

// calendar is the model of the rush.
var calendar = porcupine.Model{
	Init: func() any { return state{taken: 63} },
	Step: func(st, in, out any) (bool, any) {
		s, e, ok := st.(state), in.(event), out.(bool)
		q := queue[e.who]
		switch e.what {
		case "book":
			want := slotsOf(e.at, e.bands[0], e.bands[1])
			if s.taken&want != 0 {
				return !ok, s
			}
			s.taken |= want
			return ok, s
		case "cancel":
			want := slotsOf(e.at, e.bands[0], e.bands[1])
			return ok && s.taken&want == want, s.back(e.at, e.bands[0], e.bands[1])
		case "accept":
			if s.line[e.who] != offered {
				return !ok, s
			}
			s.line[e.who] = over
			return ok, s
		case "decline", "lapse":
			if s.line[e.who] != overdue && (s.line[e.who] != offered || e.what == "lapse") {
				return !ok, s
			}
			s.line[e.who] = over
			return ok, s.back(q.at, q.first, q.last)
		case "leave":
			if s.line[e.who] != inLine {
				return !ok, s
			}
			s.line[e.who] = over
			return ok, s
		}
		for i := range s.line { // tick
			if s.line[i] == offered {
				s.line[i] = overdue
			}
		}
		return true, s
	},
	Equal: func(a, b any) bool { return a == b },
}

// rush is many clients at one day of the hall.
type rush struct {
	t       *testing.T
	c       *city
	day     jp.Date
	began   time.Time
	ticking sync.RWMutex // nobody acts while the clock is moved

	mu      sync.Mutex
	history []porcupine.Operation
	waits   [len(queue)]db.ID
	nobody  db.ID // the last stranger
}

// do runs one call and takes it down. Calls that a moved clock would cut in two
// wait for it.
func (r *rush) do(client int, e event, call func() (bool, error)) bool {
	r.ticking.RLock()
	defer r.ticking.RUnlock()
	from := time.Since(r.began).Nanoseconds()
	ok, err := call()
	if err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
		r.t.Errorf("%+v: %v", e, err)
	}
	r.down(client, e, from, ok)
	return ok
}

func (r *rush) down(client int, e event, from int64, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.history = append(r.history, porcupine.Operation{ClientId: client, Input: e, Call: from, Output: ok, Return: time.Since(r.began).Nanoseconds()})
}

func (r *rush) span(first, last int) quarter.Span {
	return quarter.On(r.day, bands[first].From, bands[last].To)
}

// stranger is somebody who has nothing yet.
func (r *rush) stranger() db.ID {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.nobody++
	return r.nobody
}

func (r *rush) book(client int, e event) (got reservation.Reservation, ok bool) {
	ok = r.do(client, e, func() (_ bool, err error) {
		w := reservation.Reservation{Room: r.c.rooms[e.at].id, Span: r.span(e.bands[0], e.bands[1]), Person: r.stranger(), Headcount: 5, Purpose: "定例会"}
		got, err = r.c.svc.Book(r.t.Context(), db.Actor{Person: w.Person}, w)
		return err == nil, err
	})
	return got, ok
}

func (r *rush) cancel(client int, e event, b reservation.Reservation) {
	e.what = "cancel"
	r.do(client, e, func() (bool, error) {
		_, err := r.c.svc.Cancel(r.t.Context(), db.Actor{Person: b.Person}, b.ID, b.Version, "")
		return err == nil, err
	})
}

// offers are what one queuer, or all (-1), are offered now, and whose they are.
func (r *rush) offers(only int) (ids []db.ID, who []int) {
	err := r.c.db.Read(r.t.Context(), func(tx *db.Tx) error {
		ids, who = nil, nil
		type row struct{ id, wait db.ID }
		rows, err := db.All(tx, func(o *row) []any { return []any{&o.id, &o.wait} },
			`SELECT id, source_id FROM reservations WHERE source = 'waiting' AND state = 'offered' ORDER BY id`)
		for _, o := range rows {
			if i := slices.Index(r.waits[:], o.wait); only < 0 || i == only {
				ids, who = append(ids, o.id), append(who, i)
			}
		}
		return err
	})
	if err != nil {
		r.t.Error(err)
	}
	return ids, who
}

// answer accepts or declines what a queuer is offered, or leaves the line.
func (r *rush) answer(client int, e event) {
	actor := db.Actor{Person: queuePerson(e.who)}
	r.do(client, e, func() (bool, error) {
		if e.what == "leave" {
			err := r.c.parts.Waiting.Leave(r.t.Context(), actor, r.waits[e.who])
			return err == nil, err
		}
		ids, _ := r.offers(e.who)
		if len(ids) == 0 {
			return false, nil
		}
		if e.what == "decline" {
			err := r.c.svc.Decline(r.t.Context(), actor, ids[0], 0, "都合")
			return err == nil, err
		}
		_, err := r.c.svc.Accept(r.t.Context(), actor, ids[0], 0)
		return err == nil, err
	})
}

func queuePerson(i int) db.ID { return db.ID(70_000 + i) }

// tick lets all time to answer run out, and the clock take offers back while
// others act.
func (r *rush) tick(client int) {
	r.ticking.Lock()
	from := time.Since(r.began).Nanoseconds()
	late, who := r.offers(-1)
	r.c.clock.set(r.c.clock.Now().Add((hold + 1) * time.Hour))
	r.down(client, event{what: "tick"}, from, true)
	r.ticking.Unlock()
	r.ticking.RLock()
	defer r.ticking.RUnlock()
	from = time.Since(r.began).Nanoseconds()
	if err := r.c.svc.Expire(r.t.Context()); err != nil {
		r.t.Error(err)
	}
	err := r.c.db.Read(context.WithoutCancel(r.t.Context()), func(tx *db.Tx) error {
		for i, id := range late {
			b, err := reservation.Get(tx, id)
			if err != nil {
				return err
			}
			if b.State == reservation.Lapsed && b.Reason == "" { // who declines gives a reason here
				r.down(client, event{what: "lapse", who: who[i]}, from, true)
			}
		}
		return nil
	})
	if err != nil {
		r.t.Error(err)
	}
}

// TestRush_IsLinearizable lets many book, cancel, accept, decline, leave and let
// lapse the same few bands, halves and the whole at once, with people in line, and
// asks porcupine whether one after another could have seen the same.
func TestRush_IsLinearizable(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		for round := range 4 {
			t.Run(fmt.Sprint(round), func(t *testing.T) { rushOnce(t, c, uint64(round)) })
		}
	})
}

func rushOnce(t *testing.T, c *city, seed uint64) {
	if err := c.db.Write(t.Context(), db.System, func(tx *db.Tx) error {
		if err := c.forget(tx); err != nil || seed > 0 {
			return err
		}
		// What nobody waits for is free at once here: rest is for single lives.
		_, err := rules.Enter(tx, rules.Rule{Kind: rules.KindReopening, From: start, Body: rules.Reopening{Hold: hold}})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	c.clock.set(start.AddDays(20).At(10 * hour))
	r := &rush{t: t, c: c, day: start.AddDays(60), began: time.Now(), nobody: 80_000}
	// All is taken in the beginning, so that there is something to wait for.
	var held []reservation.Reservation
	var of []event
	for _, e := range []event{
		{what: "book", at: east, bands: [2]int{0, 0}}, {what: "book", at: west, bands: [2]int{0, 1}},
		{what: "book", at: east, bands: [2]int{1, 1}}, {what: "book", at: hall, bands: [2]int{2, 2}},
	} {
		b, ok := r.book(0, e)
		if !ok {
			t.Fatal("the empty hall is taken")
		}
		held, of = append(held, b), append(of, e)
	}
	for i, q := range queue {
		// A wait for the whole stands as it was written before the halves were let.
		err := c.db.Write(t.Context(), db.System, func(tx *db.Tx) error {
			w, err := c.parts.Waiting.Keep(tx, waiting.Wait{
				Room: c.rooms[q.at].id, Span: r.span(q.first, q.last), Person: queuePerson(i), Headcount: 5, Purpose: "練習", State: waiting.InLine,
				MadeBy: queuePerson(i), MadeAt: tx.Now,
			})
			r.waits[i] = w.ID
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	r.history = nil // the model begins with all taken
	var wg sync.WaitGroup
	for client := range 5 {
		wg.Go(func() {
			dice := rand.New(rand.NewPCG(seed, uint64(client)))
			mine := map[int]reservation.Reservation{}
			if client < len(held) {
				r.cancel(client, of[client], held[client])
			}
			for i := range 7 {
				first := dice.IntN(2)
				e := event{what: "book", at: []int{hall, east, west}[dice.IntN(3)], bands: [2]int{first, first + dice.IntN(2)}}
				if b, ok := r.book(client, e); ok {
					mine[i] = b
					r.cancel(client, e, b)
				}
			}
		})
	}
	for client := range 3 {
		wg.Go(func() {
			dice := rand.New(rand.NewPCG(seed, uint64(100+client)))
			for range 8 {
				r.answer(10+client, event{what: []string{"accept", "accept", "decline", "decline", "leave", "leave", "leave"}[dice.IntN(7)], who: dice.IntN(len(queue))})
			}
		})
	}
	wg.Go(func() {
		for range 4 {
			r.tick(20)
		}
	})
	wg.Wait()
	if ok, _ := porcupine.CheckOperationsVerbose(calendar, r.history, 20*time.Second); ok != porcupine.Ok {
		t.Errorf("%s: no order of %d calls explains what the callers saw", ok, len(r.history))
		for _, o := range r.history {
			t.Logf("%2d %8d-%8d %+v %v", o.ClientId, o.Call/1000, o.Return/1000, o.Input, o.Output)
		}
	}
	for _, check := range c.checks {
		problems, err := check.Run(t.Context(), c.deps)
		if err != nil || len(problems) > 0 {
			t.Errorf("%s: %v %v", check.Name, problems, err)
		}
	}
}
