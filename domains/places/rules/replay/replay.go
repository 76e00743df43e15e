// Package replay shows what a rule would have done to bookings that were: each
// is judged by the rules as they were, and again as if the new one had always
// held. It is pure.
package replay

import (
	"cmp"
	"slices"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
)

// Most is how many bookings are replayed at most, and Shown how many of those
// that would have gone another way are kept.
const (
	Most  = 2000
	Shown = 50
)

// Past is a booking that was, with what rules ask of it.
type Past struct {
	reservation.Reservation
	Room  facility.Room
	Place rules.Place
	Who   rules.Who
}

// Change is a booking that would have gone another way.
type Change struct {
	Past
	Why     error // of a refusal
	Refused bool  // now; else it was refused before and would be allowed
}

// Sum is what some bookings came to, in yen or points, before and after.
type Sum struct {
	Room          db.ID
	Kind          string // of group; "" a person alone
	Count         int
	Before, After int64
}

// Result is what a replay found.
type Result struct {
	Seen             int
	Refused, Allowed int
	Changes          []Change // at most Shown, the latest first
	Before, After    int64
	Sums             []Sum // by room and kind of group where they differ, the biggest difference first
}

// Bookings judges who may book, from when, and how often: rules of the kinds
// access, opening and draw. A booking counts as made when it was.
func Bookings(past []Past, was, is *rules.Book) Result {
	past = slices.Clone(past)
	slices.SortStableFunc(past, func(a, b Past) int { return a.MadeAt.Compare(b.MadeAt) })
	out := Result{Seen: len(past)}
	before, after := newJudge(was), newJudge(is)
	for _, p := range past {
		old, now := before.judge(p), after.judge(p)
		switch {
		case old == nil && now != nil:
			out.Refused++
			out.Changes = append(out.Changes, Change{Past: p, Why: now, Refused: true})
		case old != nil && now == nil:
			out.Allowed++
			out.Changes = append(out.Changes, Change{Past: p})
		}
	}
	slices.Reverse(out.Changes)
	out.Changes = out.Changes[:min(Shown, len(out.Changes))]
	return out
}

// judge counts what each holder has while it looks at one booking after another.
type judge struct {
	book   *rules.Book
	days   map[holderOn]int
	months map[holderOn]int
}

type holderOn struct {
	holder db.ID
	on     jp.Date
}

func newJudge(b *rules.Book) *judge {
	return &judge{book: b, days: map[holderOn]int{}, months: map[holderOn]int{}}
}

// judge returns why the rules would have refused the booking, nil when not.
func (j *judge) judge(p Past) error {
	b, err := j.book.Wish(p.Place, p.Who, p.Asked.Use, p.Day())
	if err != nil {
		return err
	}
	limits := reservation.Limits{
		LeadMinutes: b.Lead, Opens: b.Opens, OpensKey: "rules.error.opens", MaxDays: reservation.DefaultLimits.MaxDays,
	}
	if b.Drawn {
		limits.OpensKey = "rules.error.opens_draw"
	}
	// What came from a draw or a waiting list did not wait for first come.
	if p.Source == "" {
		if err := limits.CheckOpen(p.Reservation, p.MadeAt); err != nil {
			return err
		}
	}
	day := p.Day()
	on, in := holderOn{p.Who.Holder, day}, holderOn{p.Who.Holder, jp.NewDate(day.Year, day.Month, 1)}
	if j.days[on] >= b.PerDay {
		return reservation.TooMany(b.PerDay)
	}
	if b.PerMonth > 0 && j.months[in] >= b.PerMonth {
		return reservation.TooManyInMonth(b.PerMonth)
	}
	j.days[on]++
	j.months[in]++
	return nil
}

// Amounts sums what each booking came to under both books, 0 where amount says
// that it came to nothing.
func Amounts(past []Past, was, is *rules.Book, amount func(p Past, b *rules.Book) int64) Result {
	out := Result{Seen: len(past)}
	type key struct {
		room db.ID
		kind string
	}
	sums := map[key]*Sum{}
	for _, p := range past {
		old, now := amount(p, was), amount(p, is)
		out.Before, out.After = out.Before+old, out.After+now
		k := key{p.Room.ID, p.Who.Kind}
		if sums[k] == nil {
			sums[k] = &Sum{Room: k.room, Kind: k.kind}
		}
		s := sums[k]
		s.Count, s.Before, s.After = s.Count+1, s.Before+old, s.After+now
	}
	for _, s := range sums {
		if s.Before != s.After {
			out.Sums = append(out.Sums, *s)
		}
	}
	slices.SortFunc(out.Sums, func(a, b Sum) int {
		return cmp.Or(cmp.Compare(far(b), far(a)), cmp.Compare(a.Room, b.Room), cmp.Compare(a.Kind, b.Kind))
	})
	out.Sums = out.Sums[:min(Shown, len(out.Sums))]
	return out
}

func far(s Sum) int64 { return max(s.After-s.Before, s.Before-s.After) }

// Points are the penalty points that a booking would have cost.
func Points(p Past, b *rules.Book) int64 {
	r := b.Penalties(p.Place, p.Day())
	switch p.State {
	case reservation.NoShow:
		return int64(r.NoShow)
	case reservation.Lapsed:
		if p.Source == "draw" {
			return int64(r.Unconfirmed)
		}
	case reservation.Cancelled:
		if ahead(p) < r.LateDays {
			return int64(r.Late)
		}
	}
	return 0
}

// Back is what a cancelled booking of the fee would have given back.
func Back(p Past, b *rules.Book, fee int64) int64 {
	if p.State != reservation.Cancelled {
		return 0
	}
	return fee * int64(b.Refunds(p.Place, p.Day()).Percent(ahead(p))) / 100
}

// ahead is how many days before its use a booking was cancelled.
func ahead(p Past) int { return p.Day().Sub(jp.DateOf(p.ChangedAt)) }
