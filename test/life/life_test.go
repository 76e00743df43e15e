package life

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/platform/db"
)

// TestLife_AsOnPaper lives random lives, and compares every step with the paper.
func TestLife_AsOnPaper(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		rapid.Check(t, func(rt *rapid.T) {
			if err := c.db.Write(t.Context(), db.System, c.forget); err != nil {
				rt.Fatal(err)
			}
			c.clock.set(start.AddDays(rapid.IntRange(0, 40).Draw(rt, "begins")).At(10 * hour))
			l := &life{paper: newPaper(c.rooms), t: t, c: c, here: map[db.ID]bool{}}
			step := func(fn func()) func(*rapid.T) {
				return func(rt *rapid.T) { l.rt = rt; fn() }
			}
			l.rt = rt
			l.due()
			steps := 0
			rt.Repeat(map[string]func(*rapid.T){
				"book": step(l.book), "book again": step(l.book), "book more": step(l.book), "book many": step(l.bookMany),
				"change": step(l.change), "cancel": step(l.cancel), "decide": step(l.decide), "answer": step(l.answer), "answer soon": step(l.answer),
				"wait": step(l.line), "wait too": step(l.line), "leave": step(l.leave), "block": step(l.block),
				"pay": step(l.pay), "pay more": step(l.pay), "refund": step(l.refund), "waive": step(l.waive), "correct": step(l.correct), "close": step(l.closeTill),
				"arrive": step(l.arrive), "no show": step(l.noShow), "time": step(l.wander), "more time": step(l.wander),
				"enter": step(l.enter), "enter too": step(l.enter), "draw": step(l.draw),
				"": func(rt *rapid.T) {
					if steps++; steps%5 == 0 {
						l.rt = rt
						l.sound()
					}
				},
			})
			l.rt = rt
			l.ends()
		})
	})
}

// ends lets everything come to its end: what is free on paper can be had, nothing
// stays offered or at rest, and everything due is given back.
func (l *life) ends() {
	l.rt.Helper()
	l.sound()
	l.probe()
	for range 12 {
		l.pass(4 * 24 * time.Hour)
	}
	for _, b := range l.all {
		if b.State == reservation.Offered || b.State == reservation.Resting {
			l.rt.Fatalf("still stuck: %s", say(b))
		}
	}
	for _, w := range l.waits {
		if w.state == "offered" {
			l.rt.Fatalf("a wait stays offered: %+v", *w)
		}
	}
	l.probe()
	for _, b := range l.all {
		if b.purse != nil && b.purse.back() > 0 {
			l.giveBack(b, l.chargeOf(b))
			if b.purse.paid != b.purse.total {
				l.rt.Fatalf("%d yen stay of %d: %s", b.purse.paid, b.purse.total, say(b))
			}
		}
	}
	l.observe(cause{what: "settle"})
	l.sound()
}

// probe books some times of each room for strangers: each that is free on paper
// can be had, no other.
func (l *life) probe() {
	l.rt.Helper()
	for at := range l.rooms {
		for range 2 {
			l.turns++
			b := booking{room: at}
			b.Room, b.Span, b.Person, b.Headcount, b.Purpose, b.Kind = l.rooms[at].id, l.span(at), db.ID(50_000+l.turns), 2, "見学", reservation.ForUse
			if others := l.busy(at); len(others) > 0 && rapid.Bool().Draw(l.rt, "next to somebody") {
				b.Span = rapid.SampledFrom(others).Draw(l.rt, "at")
			}
			want := l.canBook(b, l.now())
			got, err := l.c.svc.Book(l.ctx(), db.Actor{Person: b.Person, Via: "web"}, b.Reservation)
			l.agree("probe "+say(&b), err, want)
			l.observe(cause{what: "probe", made: int(bit(err == nil))})
			if err == nil && l.all[got.ID].State == reservation.Confirmed && rapid.Bool().Draw(l.rt, "keep") {
				continue
			}
			if err == nil {
				if _, err := l.c.svc.Cancel(l.ctx(), db.Actor{Person: b.Person, Via: "web"}, got.ID, 0, ""); err != nil {
					l.rt.Fatal(err)
				}
				l.observe(cause{what: "cancel", by: b.Person, may: map[db.ID]string{got.ID: "cancelled"}})
			}
		}
	}
}

// busy are the times that the room or what it shares had or has, by start.
func (l *life) busy(at int) (out []quarter.Span) {
	var ids []db.ID
	for id, b := range l.all {
		if b.room == at && b.Span.Start.After(l.now()) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		out = append(out, l.all[id].Span)
	}
	return out
}
