package ui

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kakehashi/engines/jp"
	"kakehashi/platform/i18n"
)

// The table behind a chart holds exactly the numbers that are drawn.
func TestChart_TableEqualsDrawing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := ChartOf{Title: "t", Corner: "c", Kind: ChartKind(rapid.IntRange(0, 2).Draw(rt, "kind"))}
		n := rapid.IntRange(1, 8).Draw(rt, "labels")
		for i := range n {
			c.Labels = append(c.Labels, "l"+strconv.Itoa(i))
		}
		for i := range rapid.IntRange(1, 7).Draw(rt, "series") {
			c.Series = append(c.Series, Series{"s" + strconv.Itoa(i), rapid.SliceOfN(rapid.Int64Range(0, 1_000_000), n, n).Draw(rt, "values")})
		}
		doc := parse(t, render(t, in(i18n.Ja), Chart(c)))
		rows := every(every(doc, "tbody")[0], "tr")
		if len(rows) != n {
			rt.Fatalf("%d rows, want %d", len(rows), n)
		}
		number := i18n.From(in(i18n.Ja)).Number
		for i, row := range rows {
			if got := text(every(every(row, "th")[0], "span")[1]); got != c.Labels[i] {
				rt.Errorf("row %d is called %q, want %q", i, got, c.Labels[i])
			}
			for j, cell := range every(row, "td") {
				if got := text(every(cell, "span")[1]); got != number(c.Series[j].Values[i]) {
					rt.Errorf("row %d series %d: %s, want %d", i, j, got, c.Series[j].Values[i])
				}
			}
		}
		drawn := 0
		for _, s := range c.Series {
			for _, v := range s.Values {
				if c.Kind != Stacked || v > 0 {
					drawn++
				}
			}
		}
		marks := 0
		for _, n := range every(doc, "rect", "circle") {
			class := attr(n, "class")
			if strings.HasPrefix(class, "bar") || strings.HasPrefix(class, "mark") {
				marks++
			}
		}
		if marks != drawn {
			rt.Errorf("%d marks drawn, want %d", marks, drawn)
		}
	})
}

func TestChart_BarsAreProportionalAndFit(t *testing.T) {
	c := ChartOf{Kind: Bars, Labels: []string{"a", "b"}, Series: []Series{{"s", []int64{50, 100}}}}
	bars, _, values := c.drawBars(func(n int64) string { return strconv.FormatInt(n, 10) })
	half, whole := coordinate(t, bars[0].width), coordinate(t, bars[1].width)
	if whole < 300 || half*2 < whole-0.3 || half*2 > whole+0.3 {
		t.Errorf("widths %v and %v", half, whole)
	}
	if end := coordinate(t, values[1].x) + textWidth("100"); end > chartWidth {
		t.Errorf("the number ends at %v, beyond %v", end, chartWidth)
	}
}

func coordinate(t *testing.T, s string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestNiceTop(t *testing.T) {
	for most, want := range map[int64]int64{1: 2, 2: 2, 3: 4, 5: 6, 7: 10, 11: 20, 99: 100, 172: 200, 4210: 6000} {
		if got := niceTop(most); got != want {
			t.Errorf("niceTop(%d) = %d, want %d", most, got, want)
		}
	}
}

func TestWithUnit(t *testing.T) {
	for _, c := range [][3]string{{"12", "人", "12人"}, {"12", "명", "12명"}, {"12", "people", "12 people"}, {"12", "", "12"}} {
		if got := withUnit(c[0], c[1]); got != c[2] {
			t.Errorf("withUnit(%q, %q) = %q", c[0], c[1], got)
		}
	}
}

// A month's weeks hold each of its days once, under its weekday.
func TestMonth_WeeksHoldEveryDayOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		first := jp.NewDate(rapid.IntRange(1950, 2100).Draw(rt, "year"), time.Month(rapid.IntRange(1, 12).Draw(rt, "month")), 1)
		next := 1
		for _, week := range (MonthOf{Month: first}).weeks() {
			for weekday, d := range week {
				if d.IsZero() {
					continue
				}
				if d.Day != next || int(d.Weekday()) != weekday || d.Month != first.Month {
					rt.Fatalf("%v stands under %d as day %d", d, weekday, next)
				}
				next++
			}
		}
		if next-1 != first.AddMonths(1).Sub(first) {
			rt.Fatalf("%v has %d days here", first, next-1)
		}
	})
}

// Every slot says its state in words, not by colour and sign alone.
func TestGrid_SlotsSpeak(t *testing.T) {
	for _, l := range i18n.Langs {
		ctx := in(l)
		doc := parse(t, render(t, ctx, Grid(newSample(ctx).grid(ctx)))+render(t, ctx, Month(newSample(ctx).month())))
		slots := 0
		for _, n := range every(doc, "a", "span") {
			if !strings.HasPrefix(attr(n, "class"), "slot slot-") {
				continue
			}
			slots++
			said := false
			for _, s := range []State{Free, Part, Full, Shut} {
				said = said || strings.Contains(text(n), i18n.T(ctx, s.Key()))
			}
			if !said {
				t.Errorf("%s: a slot says only %q", l, text(n))
			}
		}
		if slots != 9+30 {
			t.Errorf("%s: %d slots", l, slots)
		}
	}
}

func TestSteps_PiersStandOnTheArcInOrder(t *testing.T) {
	for n := 1; n <= 7; n++ {
		last := -1.0
		for i, p := range piers(n, 1) {
			x := coordinate(t, p.x)
			if x <= last || x < 0 || x > arcWidth || coordinate(t, p.y) < 0 {
				t.Errorf("pier %d of %d stands at %s %s", i+1, n, p.x, p.y)
			}
			last = x
		}
	}
}

func TestQR_HasAQuietEdgeAndIsWhole(t *testing.T) {
	path, size, err := qrPath("https://kakehashi.example/r/7k4q2")
	if err != nil || size < 21+2*quiet || !strings.HasPrefix(path, "M4 4h7v1h-7z") {
		t.Errorf("size %d, path %.30s, err %v", size, path, err)
	}
	if _, _, err := qrPath(strings.Repeat("x", 5000)); err == nil {
		t.Error("a text that does not fit gives no error")
	}
}

func TestChart_PercentsAreNotSummed(t *testing.T) {
	c := ChartOf{Kind: Bars, Unit: "%", Labels: []string{"a", "b"}, Series: []Series{{"s", []int64{50, 80}}}}
	if page := render(t, in(i18n.Ja), Chart(c)); strings.Contains(page, "130") || strings.Contains(page, "<tfoot") {
		t.Error("the table adds shares up")
	}
}
