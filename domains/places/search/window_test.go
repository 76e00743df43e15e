package search

import (
	"testing"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/engines/jp"
)

// Nothing is offered before it opens, within its lead, or where nobody books;
// each room by its own rule.
func TestWindow_EachRoomByItsRule(t *testing.T) {
	now := jp.NewDate(2026, time.November, 23).At(10 * 60)
	w := Window{Opens: func(r *facility.Room, d jp.Date) (time.Time, int, bool) {
		return d.AddMonths(-1).At(9 * 60), 60, r.Class != "gym"
	}}
	all := quarter.Between(0, facility.DayEnd)
	for _, c := range []struct {
		class, day string
		want       quarter.Bits
	}{
		{"hall", "2026-11-22", all}, // past
		{"hall", "2026-11-23", quarter.Between(0, 11*60)},
		{"hall", "2026-12-23", quarter.Bits{}}, // open since 9:00
		{"hall", "2026-12-24", all},            // tomorrow
		{"gym", "2026-11-30", all},
	} {
		d, err := jp.ParseDate(c.day)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.gone(&facility.Room{Class: c.class}, d, now); got != c.want {
			t.Errorf("%s on %s: %d quarters are gone, want %d", c.class, c.day, got.Count(), c.want.Count())
		}
	}
}
