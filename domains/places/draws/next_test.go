package draws_test

import (
	"testing"

	"kakehashi/domains/places/draws"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/platform/db"
)

// TestNext_NeverBeyondTheCap: who waited with two entries is asked once, when a
// group may win once; who gave up is not asked again, nor who is suspended.
func TestNext_NeverBeyondTheCap(t *testing.T) {
	for name, c := range map[string]struct {
		wins, offers int
		suspended    db.ID
	}{
		"one win":    {wins: 1, offers: 1},
		"two wins":   {wins: 2, offers: 2},
		"no limit":   {wins: 0, offers: 2},
		"suspended":  {wins: 2, offers: 0, suspended: 1003},
		"the others": {wins: 2, offers: 2, suspended: 1001},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(l *rules.DrawLine) { l.Wins, l.Tiers = c.wins, []rules.Tier{{Kinds: []string{"npo"}}} }, func(t *testing.T, h *house) {
				h.near.Who = func(_ *db.Tx, group, _ db.ID) (rules.Who, error) {
					if group == 1003 {
						return rules.Who{Holder: group, Kind: "civic", Resident: true}, nil
					}
					return rules.Who{Holder: group, Kind: "npo", Resident: true}, nil
				}
				h.x = h.draws(nil)
				h.at(t, 1, 1)
				first, second := wish(h.east, 3, 0, 1), wish(h.west, 4, 1, 1)
				h.must(t, 1, first)
				h.must(t, 2, second)
				h.must(t, 3, wish(h.east, 3, 1, 1)) // a part of what the first one wins
				h.must(t, 3, second)
				h.at(t, 11, 720)
				h.at(t, 11, 1080)
				h.type2(t, h.draw(t).ID)
				h.at(t, 11, 1090)
				won := h.held(t)[reservation.Offered]
				if len(won) != 2 {
					t.Fatalf("%d won: %v", len(won), outcomes(h.entries(t)))
				}
				h.suspended = c.suspended
				for _, r := range won {
					if err := h.svc.Decline(t.Context(), db.Actor{Person: r.Person}, r.ID, 0, ""); err != nil {
						t.Fatal(err)
					}
				}
				got := h.held(t)[reservation.Offered]
				if len(got) != c.offers {
					t.Errorf("%d are offered to who waited, want %d", len(got), c.offers)
				}
				for _, r := range got {
					if r.Group != 1003 || r.Room == h.east && r.Span.Minutes() != bands[1].To-bands[1].From {
						t.Errorf("offered %v to %v", r.Span, r.Group)
					}
				}
			})
		})
	}
}

// TestMake_WhatCannotBe: a clerk's draw with dates in a wrong order, or of rooms
// that are drawn already.
func TestMake_WhatCannotBe(t *testing.T) {
	h := open(t, db.SQLite, nil)
	h.at(t, 1, 1)
	good := h.draw(t)
	for name, c := range map[string]struct {
		alter func(*draws.Draw)
		want  string
	}{
		"there already":        {func(*draws.Draw) {}, "draws.error.there"},
		"no rooms":             {func(d *draws.Draw) { d.Rooms = nil }, "draws.error.empty"},
		"no name of its value": {func(d *draws.Draw) { d.What = " " }, "draws.error.empty"},
		"closes first":         {func(d *draws.Draw) { d.Closes = d.Opens }, "draws.error.dates"},
		"drawn before closing": {func(d *draws.Draw) { d.Freezes = d.Closes.AddDate(0, 0, -1) }, "draws.error.dates"},
		"drawn after the use":  {func(d *draws.Draw) { d.Month = d.Month.AddMonths(-6) }, "draws.error.dates"},
		"another month":        {func(d *draws.Draw) { d.Month = d.Month.AddMonths(3) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := good
			c.alter(&d)
			_, err := h.x.Make(t.Context(), clerk(1), d)
			if c.want == "" && err != nil || c.want != "" && key(err) != c.want {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
