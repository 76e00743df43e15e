package draws_test

import (
	"bytes"
	"testing"

	"kakehashi/domains/places/draws"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/draw"
	"kakehashi/engines/draw/check"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
)

// TestRanks: a draw for the most first wishes goes from the rule to the proof,
// and gives both first wishes where a turn could have cost one of them. Rooms that
// are drawn whole and in parts are drawn in turn, whatever the rule says.
func TestRanks(t *testing.T) {
	each(t, func(l *rules.DrawLine) { l.Mode, l.Sets = draw.Ranks, false }, func(t *testing.T, h *house) {
		h.at(t, 1, 1)
		if d := h.draw(t); d.Rule.Mode != draw.Plain {
			t.Errorf("a hall with its halves is drawn in the mode %q", d.Rule.Mode)
		}
		rule := line
		rule.Mode = draw.Ranks
		march := draws.Draw{
			Facility: h.fac, Office: office, Month: jp.NewDate(2027, 3, 1), Rooms: []db.ID{h.east, h.west}, Rule: rule, Source: draw.Typed, What: "index",
			Opens: h.clock.Now(), Closes: jp.NewDate(2026, 11, 11).At(0), Freezes: jp.NewDate(2026, 11, 11).At(720), Due: jp.NewDate(2026, 11, 11).At(1000),
		}
		if _, err := h.x.Make(t.Context(), clerk(1), march); key(err) != "draws.error.ranks" {
			t.Errorf("ranks with sets: %v", err)
		}
		march.Rule.Sets = false
		march.Rooms = []db.ID{h.whole, h.west}
		if _, err := h.x.Make(t.Context(), clerk(1), march); key(err) != "draws.error.ranks" {
			t.Errorf("ranks with a whole and its part: %v", err)
		}
		// The whole hall without its halves is one room.
		march.Rooms = []db.ID{h.whole}
		d, err := h.x.Make(t.Context(), clerk(1), march)
		if err != nil {
			t.Fatal(err)
		}
		h.at(t, 2, 1)
		day := func(d, band int) draws.Wish {
			return draws.Wish{Room: h.whole, Day: jp.NewDate(2027, 3, d), From: bands[band].From, To: bands[band].To}
		}
		// Six wish for the 1st first and the 2nd next, six for the 2nd alone: in
		// turn, a loser of the 1st may take the 2nd from who has no other wish.
		for g := range 12 {
			wishes := []draws.Wish{day(1, 0), day(2, 0)}
			if g >= 6 {
				wishes = wishes[1:]
			}
			if _, err := h.x.Enter(t.Context(), db.Actor{Person: 5000}, draws.Entry{
				Draw: d.ID, Group: db.ID(1000 + g), Person: db.ID(5000 + g), Purpose: "合唱", People: 30, Wishes: wishes,
			}); err != nil {
				t.Fatal(err)
			}
		}
		h.at(t, 11, 1)
		h.at(t, 11, 720)
		h.at(t, 11, 1000)
		h.type2(t, d.ID)
		h.at(t, 11, 1001)
		var proof []byte
		firsts := 0
		h.read(t, func(tx *db.Tx) (err error) {
			if proof, err = draws.ReadPaper(tx, d.ID, draws.ProofPaper); err != nil {
				return err
			}
			es, err := draws.Entries(tx, d.ID, draws.Entry{}, 100)
			for _, e := range es {
				if e.Outcome != draw.Won {
					continue
				}
				r, err := reservation.Get(tx, e.Reservation)
				if err != nil {
					return err
				}
				if r.Room == h.whole && r.Day() == e.Wishes[0].Day {
					firsts++
				}
			}
			return err
		})
		if rep, err := check.Proof(bytes.NewReader(proof)); err != nil || rep.Mode != "ranks" || firsts != 2 {
			t.Errorf("mode %q, %d first wishes of 2: %v", rep.Mode, firsts, err)
		}
	})
}
