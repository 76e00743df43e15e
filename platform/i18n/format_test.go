package i18n_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"kakehashi/engines/jp"
	"kakehashi/platform/i18n"
)

var update = flag.Bool("update", false, "write testdata/formats anew; then read it as a native would")

// TestFormats_AsANativeReadsThem compares every format with testdata/formats,
// one file a language, which a native reader can read without reading Go.
func TestFormats_AsANativeReadsThem(t *testing.T) {
	catalog := i18n.NewCatalog()
	if err := catalog.Check(); err != nil {
		t.Fatal(err)
	}
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			got := formatted(catalog.For(lang))
			file := "testdata/formats/" + string(lang) + ".txt"
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Split(string(b), "\n")
			for i, line := range strings.Split(got, "\n") {
				if i >= len(want) || line != want[i] {
					t.Errorf("%s:%d: got %q", file, i+1, line)
				}
			}
		})
	}
}

// formatted says everything there is to say, one thing a line.
func formatted(l *i18n.Localizer) string {
	var b strings.Builder
	say := func(what, value string) { fmt.Fprintf(&b, "%-22s %s\n", what, value) }
	day := jp.NewDate(2026, time.November, 28)
	sunday := day.AddDays(1)

	say("date", l.Date(day))
	say("date of May", l.Date(jp.NewDate(2027, time.May, 3)))
	say("date long", l.DateLong(day))
	say("first year of an era", l.DateLong(jp.NewDate(2019, time.May, 1)))
	say("last day of Heisei", l.DateLong(jp.NewDate(2019, time.April, 30)))
	say("before the eras", l.DateLong(jp.NewDate(1850, time.January, 1)))
	say("month", l.Month(day))
	say("year", l.Year(day))
	say("era", l.Era(day))
	say("eras", l.Era(jp.NewDate(1900, 1, 1))+" / "+l.Era(jp.NewDate(1920, 1, 1))+" / "+
		l.Era(jp.NewDate(1970, 1, 1))+" / "+l.Era(jp.NewDate(2000, 1, 1)))
	say("fiscal year", l.FiscalYear(2026))
	for _, minutes := range []int{0, 30, 9 * 60, 11*60 + 59, 12 * 60, 12*60 + 30, 13 * 60, 16*60 + 5, 23*60 + 45, 24 * 60} {
		say(fmt.Sprintf("time %d:%02d", minutes/60, minutes%60), l.Time(minutes))
	}
	say("times, one half", l.Times(13*60, 16*60+30))
	say("times, two halves", l.Times(9*60, 16*60+30))
	say("times, from noon", l.Times(12*60, 17*60))
	say("times, to midnight", l.Times(18*60, 24*60))
	say("datetime", l.DateTime(day.At(13*60)))
	say("range in a day", l.Range(day.At(13*60), day.At(16*60+30)))
	say("range to midnight", l.Range(day.At(18*60), day.At(24*60)))
	say("range over days", l.Range(day.At(13*60), sunday.At(10*60)))
	say("days", l.Days(day, jp.NewDate(2026, time.December, 3)))
	say("yen", l.Yen(0)+" / "+l.Yen(1200)+" / "+l.Yen(1234567)+" / "+l.Yen(-500))
	say("number", l.Number(999)+" / "+l.Number(1000)+" / "+l.Number(12345678)+" / "+l.Number(-1234))
	say("list", l.List([]string{"A", "B"})+" / "+l.List([]string{"A", "B", "C", "D"}))
	var short, long []string
	for w := time.Sunday; w <= time.Saturday; w++ {
		short, long = append(short, l.Weekday(w)), append(long, l.WeekdayLong(w))
	}
	say("weekdays", strings.Join(short, " ")+" / "+strings.Join(long, " "))
	var months []string
	for m := time.January; m <= time.December; m++ {
		months = append(months, l.Month(jp.NewDate(2026, m, 1)))
	}
	say("months", strings.Join(months, " / "))

	now := day.At(13 * 60)
	for _, ago := range []time.Duration{time.Second, time.Minute, 5 * time.Minute, time.Hour, 3 * time.Hour,
		24 * time.Hour, 72 * time.Hour, 30 * 24 * time.Hour, 400 * 24 * time.Hour} {
		say("ago "+ago.String(), l.Ago(now.Add(-ago), now))
	}
	return b.String()
}

func TestFormats_EdgesOfTime(t *testing.T) {
	l := i18n.NewCatalog().For(i18n.Ja)
	day := jp.NewDate(2026, time.November, 28)
	late := day.At(23 * 60)
	for name, c := range map[string]struct{ got, want string }{
		"no date":                   {l.Date(jp.Date{}), ""},
		"no long date":              {l.DateLong(jp.Date{}), ""},
		"no time":                   {l.DateTime(time.Time{}), ""},
		"the instant is UTC":        {l.DateTime(time.Date(2026, 11, 27, 16, 0, 0, 0, time.UTC)), "11月28日（土）1:00"},
		"an impossible date":        {l.Date(jp.Date{Year: 2026, Month: 13, Day: 1}), "2026-13-01"},
		"minutes below a day":       {l.Time(-5), "0:00"},
		"minutes beyond a day":      {l.Time(25 * 60), "1:00"},
		"a range that ends at once": {l.Range(late, late), "11月28日（土）23:00"},
		"a range that ends before":  {l.Range(late, day.At(60)), "11月28日（土）23:00"},
		"one day":                   {l.Days(day, day), "11月28日（土）"},
		"days without an end":       {l.Days(day, jp.Date{}), "11月28日（土）"},
		"two hours over midnight":   {l.Ago(late, late.Add(2*time.Hour)), "2時間前"},
		"in the future":             {l.Ago(late.Add(time.Hour), late), "たった今"},
		"fiscal year of two eras":   {l.FiscalYear(2019), "令和元年度（2019年度）"},
		"nobody":                    {l.List(nil), ""},
		"one":                       {l.List([]string{"A"}), "A"},
		"the smallest number":       {l.Number(-1 << 63), "-9,223,372,036,854,775,808"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", name, c.got, c.want)
		}
	}
}
