package jp

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func day(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func anyDate(t *rapid.T, label string) Date {
	return Date{1970, time.January, 1}.AddDays(rapid.IntRange(-60000, 60000).Draw(t, label))
}

func TestParseDate_OnlyTheStoredForm(t *testing.T) {
	for _, s := range []string{"", "2026-11-8", "2026/11/08", "2026-02-29", "2026-13-01", "2026-00-10", "2026-11-31",
		"0000-01-01", "-026-11-08", "2026-+1-08", "２０２６-11-08", "2026-11-08 "} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("ParseDate(%q) = %v, want an error", s, d)
		}
	}
	if got := day("2024-02-29"); got != (Date{2024, time.February, 29}) {
		t.Errorf("leap day = %v", got)
	}
}

func TestDate_DaysAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate(t, "date")
		n := rapid.IntRange(-50000, 50000).Draw(t, "days")
		e := d.AddDays(n)
		if e.Sub(d) != n || e.AddDays(-n) != d {
			t.Fatalf("%v + %d days = %v, and back %d", d, n, e, e.Sub(d))
		}
		if n > 0 && (!d.Before(e) || !e.After(d)) || n == 0 && d.Compare(e) != 0 {
			t.Fatalf("%v and %v are out of order", d, e)
		}
		back, err := ParseDate(d.String())
		if err != nil || back != d {
			t.Fatalf("%v reads back as %v, %v", d, back, err)
		}
	})
}

func TestDate_AddMonthsKeepsToTheMonth(t *testing.T) {
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2026-01-31", 1, "2026-02-28"}, {"2024-01-31", 1, "2024-02-29"}, {"2026-03-31", -1, "2026-02-28"},
		{"2026-11-30", 3, "2027-02-28"}, {"2026-12-15", 1, "2027-01-15"}, {"2026-01-15", -13, "2024-12-15"},
	} {
		if got := day(c.from).AddMonths(c.months); got != day(c.want) {
			t.Errorf("%s + %d months = %v, want %s", c.from, c.months, got, c.want)
		}
	}
}

func TestDate_Age(t *testing.T) {
	for _, c := range []struct {
		born, on string
		want     int
	}{
		{"2000-04-02", "2006-04-01", 5}, {"2000-04-02", "2006-04-02", 6}, {"2004-02-29", "2022-02-28", 17},
		{"2004-02-29", "2022-03-01", 18}, {"2030-01-01", "2026-01-01", 0},
	} {
		if got := day(c.born).Age(day(c.on)); got != c.want {
			t.Errorf("born %s, on %s: %d, want %d", c.born, c.on, got, c.want)
		}
	}
}

func TestDate_TokyoSaysWhichDay(t *testing.T) {
	eve := time.Date(2026, time.December, 31, 15, 0, 0, 0, time.UTC)
	if got := DateOf(eve); got != day("2027-01-01") {
		t.Errorf("15:00 UTC on new year's eve is %v in Tokyo", got)
	}
	if got := DateOf(eve.Add(-time.Microsecond)); got != day("2026-12-31") {
		t.Errorf("a moment before it is %v in Tokyo", got)
	}
	if got := day("2026-12-31").At(24 * 60); !got.Equal(eve) {
		t.Errorf("24:00 is %v", got.UTC())
	}
}

func TestDate_ZeroIsNone(t *testing.T) {
	var none Date
	if none.String() != "" || !none.AddDays(3).IsZero() || !none.AddMonths(3).IsZero() || !none.Before(day("0001-01-01")) {
		t.Error("the zero date is not none")
	}
	for _, src := range []any{nil, "", []byte{}} {
		d := day("2026-01-01")
		if err := d.Scan(src); err != nil || !d.IsZero() {
			t.Errorf("scanning %#v gave %v, %v", src, d, err)
		}
	}
	var d Date
	if err := d.Scan("2026-11-08"); err != nil || d != day("2026-11-08") {
		t.Errorf("scanned %v, %v", d, err)
	}
	if v, err := d.Value(); err != nil || v != "2026-11-08" {
		t.Errorf("value %v, %v", v, err)
	}
	if err := d.Scan(int64(7)); err == nil {
		t.Error("scanned a number")
	}
	b, err := json.Marshal(map[string]Date{"a": {}, "b": d})
	if err != nil || string(b) != `{"a":"","b":"2026-11-08"}` {
		t.Errorf("JSON %s, %v", b, err)
	}
	var back map[string]Date
	if err := json.Unmarshal(b, &back); err != nil || back["b"] != d || !back["a"].IsZero() {
		t.Errorf("JSON reads back %v, %v", back, err)
	}
}

func TestEraOf(t *testing.T) {
	for _, c := range []struct {
		on, name string
		year     int
	}{
		{"2019-04-30", "平成", 31}, {"2019-05-01", "令和", 1}, {"2026-11-28", "令和", 8}, {"1989-01-07", "昭和", 64},
		{"1989-01-08", "平成", 1}, {"1926-12-24", "大正", 15}, {"1926-12-25", "昭和", 1}, {"1912-07-29", "明治", 45},
		{"1912-07-30", "大正", 1}, {"1868-10-22", "", 0},
	} {
		if era, year := EraOf(day(c.on)); era.Name != c.name || year != c.year {
			t.Errorf("%s is %s %d, want %s %d", c.on, era.Name, year, c.name, c.year)
		}
	}
}

func TestFiscalYear(t *testing.T) {
	if FiscalYear(day("2026-03-31")) != 2025 || FiscalYear(day("2026-04-01")) != 2026 {
		t.Error("the fiscal year does not begin on 1 April")
	}
}
