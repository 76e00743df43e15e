package use

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
)

func TestStand(t *testing.T) {
	on := jp.NewDate(2026, time.November, 24)
	rule := rules.Penalties{NoShow: 2, Limit: 4, Window: 6, Months: 3}
	at := func(y, m, d, n int) Point { return Point{Points: n, Day: jp.NewDate(y, time.Month(m), d)} }
	lifted := at(2026, 11, 1, 2)
	lifted.Lifted = on.At(0)
	spent := at(2026, 11, 1, 2)
	spent.Suspension = 7
	for _, c := range []struct {
		name   string
		points []Point
		sum    int
		until  jp.Date
	}{
		{"nothing", nil, 0, jp.Date{}},
		{"below the limit", []Point{at(2026, 11, 1, 2)}, 2, jp.Date{}},
		{"at the limit", []Point{at(2026, 11, 1, 2), at(2026, 11, 24, 2)}, 4, jp.NewDate(2027, 2, 24)},
		{"the last day within the window", []Point{at(2026, 5, 25, 2), at(2026, 11, 24, 2)}, 4, jp.NewDate(2027, 2, 24)},
		{"the first day out of it", []Point{at(2026, 5, 24, 2), at(2026, 11, 24, 2)}, 2, jp.Date{}},
		{"lifted", []Point{lifted, at(2026, 11, 24, 2)}, 2, jp.Date{}},
		{"spent on an earlier suspension", []Point{spent, at(2026, 11, 24, 2)}, 2, jp.Date{}},
		{"after the day asked for", []Point{at(2026, 11, 25, 9)}, 0, jp.Date{}},
	} {
		if got := Stand(c.points, rule, on); got.Sum != c.sum || got.Until != c.until {
			t.Errorf("%s: %+v, want %d until %v", c.name, got, c.sum, c.until)
		}
	}
	rule.Limit = 0
	if got := Stand([]Point{at(2026, 11, 24, 99)}, rule, on); !got.Until.IsZero() {
		t.Errorf("a city without a limit suspends until %v", got.Until)
	}
}

// TestStand_Properties holds the sum to what points are: more never bring less,
// lifting never more, time never more, and a suspension needs its limit.
func TestStand_Properties(t *testing.T) {
	start := jp.NewDate(2026, time.April, 1)
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.Custom(func(t *rapid.T) jp.Date { return start.AddDays(rapid.IntRange(0, 800).Draw(t, "day")) })
		rule := rules.Penalties{
			Limit: rapid.IntRange(0, 10).Draw(t, "limit"), Window: rapid.IntRange(0, 24).Draw(t, "window"), Months: rapid.IntRange(0, 12).Draw(t, "months"),
		}
		points := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Point {
			p := Point{Points: rapid.IntRange(0, 5).Draw(t, "points"), Day: day.Draw(t, "on")}
			if rapid.IntRange(0, 3).Draw(t, "lifted") == 0 {
				p.Lifted = start.At(0)
			}
			if rapid.IntRange(0, 3).Draw(t, "spent") == 0 {
				p.Suspension = db.ID(1)
			}
			return p
		}), 1, 12).Draw(t, "all")
		on := day.Draw(t, "asked")
		s := Stand(points, rule, on)
		if (s.Until != jp.Date{}) != (rule.Limit > 0 && rule.Months > 0 && s.Sum >= rule.Limit) {
			t.Fatalf("%+v by %+v", s, rule)
		}
		if less := Stand(points[1:], rule, on); less.Sum > s.Sum {
			t.Fatalf("without a point %d, with it %d", less.Sum, s.Sum)
		}
		lifted := append([]Point{}, points...)
		lifted[0].Lifted = start.At(0)
		if l := Stand(lifted, rule, on); l.Sum > s.Sum {
			t.Fatalf("lifting made %d of %d", l.Sum, s.Sum)
		}
		if rule.Window > 0 {
			if gone := Stand(points, rule, start.AddDays(900).AddMonths(rule.Window)); gone.Sum != 0 {
				t.Fatalf("%d points outlive their window", gone.Sum)
			}
		}
		if short(points, s.Sum+100) != true {
			t.Fatal("points suffice for more than they are")
		}
	})
}

func TestLate(t *testing.T) {
	rule := rules.Penalties{Late: 1, LateDays: 3}
	use := jp.NewDate(2026, time.November, 28)
	for days, want := range map[int]bool{0: true, 2: true, 3: false, 10: false} {
		if got := late(rule, use.AddDays(-days), use); got != want {
			t.Errorf("%d days before: %v", days, got)
		}
	}
	if late(rules.Penalties{LateDays: 3}, use, use) {
		t.Error("a rule without points for it takes some")
	}
}

func TestOverstayed(t *testing.T) {
	start := jp.NewDate(2026, time.November, 24).At(600)
	r := reservation.Reservation{MadeAt: start.Add(-time.Hour)}
	r.Span.Start = start
	for _, c := range []struct {
		after, minutes int
		want           bool
	}{{0, 500, false}, {30, 29, false}, {30, 30, true}} {
		if got := overstayed(r, c.after, start.Add(time.Duration(c.minutes)*time.Minute)); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	r.MadeAt = start.Add(20 * time.Minute)
	if overstayed(r, 30, start.Add(40*time.Minute)) {
		t.Error("who booked late has no time to come")
	}
}
