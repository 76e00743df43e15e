package jp

import (
	"testing"

	"pgregory.net/rapid"
)

func TestWorkingDays(t *testing.T) {
	for _, c := range []struct {
		from, want string
		n          int
	}{
		{"2026-11-24", "2026-11-25", 1},  // Tuesday to Wednesday
		{"2026-11-20", "2026-11-24", 1},  // over the weekend and 勤労感謝の日
		{"2026-12-28", "2027-01-04", 1},  // over the New Year
		{"2026-11-24", "2026-12-08", 10}, // two full weeks
		{"2026-11-24", "2026-11-24", 0},  //
	} {
		from, _ := ParseDate(c.from)
		if got := WorkingDays(from, c.n); got.String() != c.want {
			t.Errorf("%d working days after %s = %v, want %s", c.n, c.from, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		from := NewDate(2026, 1, 1).AddDays(rapid.IntRange(0, 3000).Draw(t, "day"))
		n := rapid.IntRange(1, 30).Draw(t, "n")
		to, count := WorkingDays(from, n), 0
		for d := from.AddDays(1); !d.After(to); d = d.AddDays(1) {
			if Working(d) {
				count++
			}
		}
		if count != n || !Working(to) {
			t.Fatalf("%v + %d = %v, with %d working days between", from, n, to, count)
		}
	})
}
