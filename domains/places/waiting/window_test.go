package waiting

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
)

func TestWindow_MomentLiesWithinWhatIsPublished(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.IntRange(0, 72).Draw(t, "from")
		dayFrom := rapid.IntRange(0, 23).Draw(t, "day from") * 60
		r := rules.Reopening{
			RestFrom: from, RestTo: from + rapid.IntRange(1, 96).Draw(t, "length"),
			DayFrom: dayFrom, Ahead: rapid.IntRange(0, 72).Draw(t, "ahead"), DayTo: rapid.IntRange(dayFrom/60+1, 24).Draw(t, "day to") * 60,
		}
		given := jp.NewDate(2027, 2, 1).At(rapid.IntRange(0, 1439).Draw(t, "minute"))
		start := given.Add(time.Duration(rapid.IntRange(-5, 400).Draw(t, "hours before")) * time.Hour)
		w := WindowOf(r, given, start)
		if w.IsZero() {
			return
		}
		at, err := w.Moment(r)
		if err != nil {
			t.Fatal(err)
		}
		if at.Before(w.From) || at.After(w.Until) || at.After(start.Add(-time.Duration(r.AheadOrUsual())*time.Hour)) {
			t.Fatalf("%v is not in %v to %v, before %v", at, w.From, w.Until, start)
		}
		if m := int(at.Sub(jp.DateOf(at).At(0)).Minutes()); m < r.DayFrom || m > r.DayTo {
			t.Fatalf("%v is at minute %d of the day, outside of %d to %d", at, m, r.DayFrom, r.DayTo)
		}
	})
}

func TestWindow_ClosePast(t *testing.T) {
	now := jp.NewDate(2027, 2, 1).At(10 * 60)
	r := rules.Reopening{RestFrom: 24, RestTo: 72, DayFrom: 9 * 60, DayTo: 20 * 60}
	for _, c := range []struct {
		name  string
		rule  rules.Reopening
		hours int // until the use
		rests bool
	}{
		{"far ahead", r, 24 * 30, true},
		{"just enough", r, 24 + 24 + 2, true},
		{"less than an hour to draw from", r, 24 + 24, false},
		{"tomorrow", r, 20, false},
		{"two days before, as the city says", rules.Reopening{RestFrom: 24, RestTo: 72, Ahead: 48}, 24 + 48 + 1, true},
		{"too close for two days before", rules.Reopening{RestFrom: 24, RestTo: 72, Ahead: 48}, 24 + 24 + 2, false},
		{"begun", r, -1, false},
		{"no rule", rules.Reopening{}, 24 * 30, false},
	} {
		if got := !WindowOf(c.rule, now, now.Add(time.Duration(c.hours)*time.Hour)).IsZero(); got != c.rests {
			t.Errorf("%s: rests %v, want %v", c.name, got, c.rests)
		}
	}
}

// TestWindow_EveryHourAsLikely: of 20,000 moments, each twelfth of the window
// gets its share: chi-square with 11 degrees of freedom passes 40 once in 28,000
// runs.
func TestWindow_EveryHourAsLikely(t *testing.T) {
	const draws, parts = 20_000, 12
	now := jp.NewDate(2027, 2, 1).At(0)
	r := rules.Reopening{RestFrom: 24, RestTo: 24 + 4*24, DayFrom: 9 * 60, DayTo: 21 * 60}
	w := WindowOf(r, now, now.AddDate(0, 2, 0))
	var seen [parts]int
	for range draws {
		at, err := w.Moment(r)
		if err != nil {
			t.Fatal(err)
		}
		day := jp.DateOf(at)
		into := float64(day.Sub(jp.DateOf(w.From))) + at.Sub(day.At(r.DayFrom)).Hours()/12 // in days of twelve hours
		seen[min(parts-1, int(into*parts/4))]++
	}
	var chi float64
	for _, n := range seen {
		d := float64(n) - draws/parts
		chi += d * d / (draws / parts)
	}
	if chi > 40 {
		t.Errorf("chi-square %.1f over %v", chi, seen)
	}
}
