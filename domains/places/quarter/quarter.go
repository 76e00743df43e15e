// Package quarter counts a room's time in quarter hours and keeps each day of
// it as 96 bits, so that taking time is one statement and looking for it is a
// bit test.
//
// Words: a Span is a stretch of time in Tokyo, whole quarter hours, that may
// run over midnight; Bits are the taken quarter hours of one civil day.
//
// Promise: two Spans overlap exactly when, on some day, their Bits meet. The
// property tests hold this against a plain comparison of instants.
package quarter

import (
	"math/bits"
	"time"

	"kakehashi/engines/jp"
)

// Quarters of a day and minutes of a quarter.
const (
	Minutes = 15
	PerDay  = 24 * 60 / Minutes
	half    = PerDay / 2
)

// Bits are quarter hours of one day: bit n of AM is the nth from midnight, bit
// n of PM the nth from noon. Each holds 48 bits, so that both fit a signed
// column of any engine.
type Bits struct{ AM, PM int64 }

// Between returns the bits from one minute of the day to another; from is
// rounded down and to up to whole quarters, and both are kept within the day.
func Between(from, to int) Bits {
	a := max(0, from/Minutes)
	b := min(PerDay, (to+Minutes-1)/Minutes)
	return Bits{AM: run(a, min(b, half)), PM: run(max(a, half)-half, b-half)}
}

// run returns a word with bits a to b-1 set.
func run(a, b int) int64 {
	if b <= a {
		return 0
	}
	return int64(1)<<b - int64(1)<<a
}

// Or returns the quarters that are in either.
func (b Bits) Or(o Bits) Bits { return Bits{b.AM | o.AM, b.PM | o.PM} }

// Without returns the quarters of b that are not in o.
func (b Bits) Without(o Bits) Bits { return Bits{b.AM &^ o.AM, b.PM &^ o.PM} }

// Meets reports whether a quarter is in both.
func (b Bits) Meets(o Bits) bool { return b.AM&o.AM != 0 || b.PM&o.PM != 0 }

// Holds reports whether every quarter of o is in b.
func (b Bits) Holds(o Bits) bool { return o.Without(b) == Bits{} }

// Count returns how many quarters there are.
func (b Bits) Count() int { return bits.OnesCount64(uint64(b.AM)) + bits.OnesCount64(uint64(b.PM)) }

// Has reports whether the nth quarter from midnight is in b.
func (b Bits) Has(n int) bool {
	if n < half {
		return b.AM>>n&1 == 1
	}
	return b.PM>>(n-half)&1 == 1
}

// Span is a stretch of time from Start to End, the end not included.
type Span struct{ Start, End time.Time }

// On returns the span on one day, between minutes after midnight; to may pass
// 24:00 into the next day.
func On(d jp.Date, from, to int) Span { return Span{Start: d.At(from), End: d.At(to)} }

// Whole reports whether the span is not empty and both ends stand on quarter
// hours.
func (s Span) Whole() bool {
	const q = Minutes * time.Minute
	return s.Start.Before(s.End) && s.Start.Equal(s.Start.Truncate(q)) && s.End.Equal(s.End.Truncate(q))
}

// Overlaps reports whether an instant lies in both spans.
func (s Span) Overlaps(o Span) bool { return s.Start.Before(o.End) && o.Start.Before(s.End) }

// Minutes returns the length in minutes.
func (s Span) Minutes() int { return int(s.End.Sub(s.Start) / time.Minute) }

// Day is the part of a span that falls on one civil day.
type Day struct {
	Date jp.Date
	Bits Bits
}

// Days splits the span by civil day in Tokyo, earliest first.
func (s Span) Days() []Day {
	out := make([]Day, 0, 1)
	for d, last := jp.DateOf(s.Start), jp.DateOf(s.End.Add(-1)); !d.After(last); d = d.AddDays(1) {
		midnight := d.At(0)
		from := int(max(0, s.Start.Sub(midnight)) / time.Minute)
		to := int(min(24*time.Hour, s.End.Sub(midnight)) / time.Minute)
		out = append(out, Day{Date: d, Bits: Between(from, to)})
	}
	return out
}
