package draws_test

import (
	"testing"
	"time"

	"kakehashi/domains/places/draws"
	"kakehashi/engines/draw"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
)

// TestBehind_EveryPastDrawOnce: pages of past draws, several of which closed at
// the same moment, leave none out and show none twice.
func TestBehind_EveryPastDrawOnce(t *testing.T) {
	each(t, nil, func(t *testing.T, h *house) {
		const all = 2*draws.PageSize + 7
		now := h.clock.Now()
		for i := range all {
			at := now.Add(-time.Duration(i/4+1) * time.Hour)
			one := draws.Draw{
				Facility: h.fac, Office: office, Month: jp.NewDate(2027, 2, 1), Rooms: []db.ID{h.east}, Rule: line, Source: draw.Typed, What: "index",
				Opens: at.Add(-time.Hour), Closes: at, Freezes: at, Due: at.Add(time.Hour),
			}
			if _, err := h.x.Enact(t.Context(), clerk(1), one, nil, ""); err != nil {
				t.Fatal(err)
			}
		}
		seen := map[db.ID]bool{}
		h.read(t, func(tx *db.Tx) error {
			var last draws.Draw
			for {
				some, err := draws.Behind(tx, last)
				if err != nil || len(some) == 0 {
					return err
				}
				for _, d := range some {
					if seen[d.ID] || last.ID != 0 && d.Closes.After(last.Closes) {
						t.Errorf("draw %v stands twice or in the wrong place", d.ID)
					}
					seen[d.ID], last = true, d
				}
			}
		})
		if len(seen) != all {
			t.Errorf("%d of %d draws", len(seen), all)
		}
	})
}
