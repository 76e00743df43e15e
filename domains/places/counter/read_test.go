package counter_test

import (
	"testing"
	"time"

	"kakehashi/domains/places/counter"
	"kakehashi/domains/places/facility"
	"kakehashi/engines/jp"
)

var (
	today = jp.NewDate(2026, time.November, 23)
	hall  = facility.Room{Bands: []facility.Band{{From: 540, To: 750}, {From: 780, To: 990}, {From: 1020, To: 1260}}, Opens: 540, Closes: 1260}
)

func TestDay(t *testing.T) {
	for typed, want := range map[string]string{
		"12/5": "2026-12-05", "１２月５日": "2026-12-05", "11/23": "2026-11-23", "11/22": "2027-11-22", "1.7": "2027-01-07",
		"2/29": "2028-02-29", "R8.12.5": "2026-12-05", "令和9年1月7日": "2027-01-07", "20261205": "2026-12-05",
		"13/5": "", "2/30": "", "": "", "明日": "", "5": "",
	} {
		got, ok := counter.Day(typed, today)
		if ok != (want != "") || ok && got.String() != want {
			t.Errorf("Day(%q) = %v, %v; want %q", typed, got, ok, want)
		}
	}
}

func TestTime(t *testing.T) {
	free := facility.Room{Opens: 540, Closes: 1260}
	for _, c := range []struct {
		typed    string
		room     facility.Room
		from, to int
	}{
		{"1", hall, 540, 750}, {"３", hall, 1020, 1260}, {"1-2", hall, 540, 990}, {"１～３", hall, 540, 1260},
		{"9-12", hall, 540, 720}, {"9:00-12:30", hall, 540, 750}, {"９時から12時半まで", hall, 540, 750}, {"0900-1230", hall, 540, 750},
		{"1-2", free, 60, 120}, {"13–15", free, 780, 900},
		{"4", hall, 0, 0}, {"1", free, 0, 0}, {"2-1", hall, 0, 0}, {"9-25", hall, 0, 0}, {"", hall, 0, 0}, {"-", hall, 0, 0}, {"午前", hall, 0, 0},
	} {
		from, to, ok := counter.Time(c.typed, c.room)
		if ok != (c.to > 0) || ok && (from != c.from || to != c.to) {
			t.Errorf("Time(%q) = %d-%d, %v; want %d-%d", c.typed, from, to, ok, c.from, c.to)
		}
	}
}

func FuzzTime(f *testing.F) {
	f.Add("1-2")
	f.Add("9時半〜12:30")
	f.Fuzz(func(t *testing.T, typed string) {
		from, to, ok := counter.Time(typed, hall)
		if ok && (from < 0 || from >= to || to > facility.DayEnd) {
			t.Errorf("Time(%q) = %d-%d", typed, from, to)
		}
		if d, ok := counter.Day(typed, today); ok && d.IsZero() {
			t.Errorf("Day(%q) is none", typed)
		}
	})
}
