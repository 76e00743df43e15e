package quarter

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"kakehashi/engines/jp"
)

func spans(t *rapid.T, name string) Span {
	from := rapid.IntRange(0, 3*PerDay).Draw(t, name+" from")
	n := rapid.IntRange(1, 2*PerDay).Draw(t, name+" quarters")
	day := jp.NewDate(2026, time.November, 27)
	return On(day, from*Minutes, (from+n)*Minutes)
}

// The promise of the package: bits meet exactly when instants do.
func TestSpans_OverlapExactlyWhenTheirBitsMeet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := spans(t, "a"), spans(t, "b")
		meet, quarters := false, 0
		for _, da := range a.Days() {
			quarters += da.Bits.Count()
			for _, d := range b.Days() {
				meet = meet || d.Date == da.Date && d.Bits.Meets(da.Bits)
			}
		}
		if meet != a.Overlaps(b) {
			t.Fatalf("%v and %v: bits meet %v, instants overlap %v", a, b, meet, a.Overlaps(b))
		}
		if quarters != a.Minutes()/Minutes {
			t.Fatalf("%v has %d quarters, want %d", a, quarters, a.Minutes()/Minutes)
		}
	})
}

func TestBetween_SetsWholeQuarters(t *testing.T) {
	for _, c := range []struct {
		from, to int
		want     Bits
	}{
		{0, 0, Bits{}},
		{0, 15, Bits{AM: 1}},
		{0, 24 * 60, Bits{AM: 1<<48 - 1, PM: 1<<48 - 1}},
		{11*60 + 45, 12*60 + 15, Bits{AM: 1 << 47, PM: 1}},
		{13 * 60, 16*60 + 30, Bits{PM: 1<<18 - 1<<4}},
		{10, 20, Bits{AM: 0b11}},
		{-30, 15, Bits{AM: 1}},
	} {
		if got := Between(c.from, c.to); got != c.want {
			t.Errorf("Between(%d, %d) = %b, want %b", c.from, c.to, got, c.want)
		}
	}
}

func TestBits_AreASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bit := func(name string) Bits {
			a := rapid.IntRange(0, 24*60).Draw(t, name+" from")
			return Between(a, rapid.IntRange(a, 24*60).Draw(t, name+" to"))
		}
		a, b := bit("a"), bit("b")
		for n := range PerDay {
			if a.Or(b).Has(n) != (a.Has(n) || b.Has(n)) || a.Without(b).Has(n) != (a.Has(n) && !b.Has(n)) {
				t.Fatalf("quarter %d of %b and %b", n, a, b)
			}
		}
		if !a.Or(b).Holds(a) || a.Without(b).Meets(b) {
			t.Fatalf("%b and %b", a, b)
		}
	})
}

func TestSpan_Whole(t *testing.T) {
	d := jp.NewDate(2026, time.November, 28)
	for _, c := range []struct {
		from, to int
		want     bool
	}{{780, 990, true}, {780, 780, false}, {990, 780, false}, {785, 990, false}, {23 * 60, 25 * 60, true}} {
		if got := On(d, c.from, c.to).Whole(); got != c.want {
			t.Errorf("On(%d, %d).Whole() = %v, want %v", c.from, c.to, got, c.want)
		}
	}
}
