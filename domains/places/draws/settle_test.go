package draws_test

import (
	"testing"

	"kakehashi/domains/places/draws"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/engines/draw"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
)

// TestSettle: two win times that the office took in between. One is offered
// another of its wishes, the other is told why it gets nothing; what was settled
// cannot be settled again.
func TestSettle(t *testing.T) {
	each(t, nil, func(t *testing.T, h *house) {
		h.at(t, 1, 1)
		first := h.must(t, 1, wish(h.east, 1, 0, 0), wish(h.east, 2, 0, 0), wish(h.west, 3, 0, 1))
		second := h.must(t, 2, wish(h.west, 1, 0, 0))
		h.at(t, 11, 1)
		h.at(t, 11, 720)
		day := jp.NewDate(2027, 2, 1)
		for _, room := range []db.ID{h.east, h.west} {
			if _, err := h.svc.Block(t.Context(), clerk(1), reservation.Reservation{
				Room: room, Kind: reservation.Official, Span: quarter.On(day, bands[0].From, bands[0].To), Purpose: "選挙",
			}); err != nil {
				t.Fatal(err)
			}
		}
		h.at(t, 11, 1080)
		h.type2(t, h.draw(t).ID)
		h.at(t, 11, 1085)
		id := h.draw(t).ID
		var stuck []draws.Entry
		var others []draws.Wish
		h.read(t, func(tx *db.Tx) (err error) {
			if stuck, err = draws.Stuck(tx, id); err != nil {
				return err
			}
			b, err := draws.LoadBoard(tx, h.draw(t))
			others = b.Others(first)
			return err
		})
		if len(stuck) != 2 || len(others) != 2 {
			t.Fatalf("%d stuck, %d other times", len(stuck), len(others))
		}
		settle := func(e draws.Entry, w draws.Wish, reason string) error {
			return h.x.Settle(t.Context(), clerk(1), id, e.ID, w, reason)
		}
		for name, c := range map[string]struct {
			err  error
			want string
		}{
			"no reason":         {settle(second, draws.Wish{}, " "), "draws.error.empty"},
			"a taken time":      {settle(first, first.Wishes[0], ""), "draws.error.other"},
			"another's wish":    {settle(first, wish(h.east, 9, 0, 0), ""), "draws.error.other"},
			"of no such a draw": {h.x.Settle(t.Context(), clerk(1), id+1, first.ID, others[0], ""), "web.error.not_found"},
		} {
			if got := key(c.err); c.err == nil || got != c.want && c.want != "web.error.not_found" {
				t.Errorf("%s: %v", name, c.err)
			}
		}
		if err := settle(first, others[0], ""); err != nil {
			t.Fatal(err)
		}
		if err := settle(second, draws.Wish{}, "選挙のため"); err != nil {
			t.Fatal(err)
		}
		for _, e := range []draws.Entry{first, second} {
			if err := settle(e, draws.Wish{}, "もう一度"); key(err) != "draws.error.changed" {
				t.Errorf("settled twice: %v", err)
			}
		}
		h.read(t, func(tx *db.Tx) error {
			won, err := draws.GetEntry(tx, first.ID)
			if err != nil {
				return err
			}
			r, err := reservation.Get(tx, won.Reservation)
			if won.Outcome != draw.Won || r.State != reservation.Offered || r.Day() != others[0].Day || !r.Due.After(tx.Now) {
				t.Errorf("offered instead: %+v, %v", r, err)
			}
			gone, err := draws.GetEntry(tx, second.ID)
			if gone.Outcome != draws.Blocked || gone.Reason != "選挙のため" {
				t.Errorf("closed: %+v", gone)
			}
			return err
		})
		if n := h.count(t, `SELECT COUNT(*) FROM inbox_items WHERE kind = 'draws.blocked' AND closed_at = 0`); n != 0 {
			t.Errorf("%d items still wait", n)
		}
		if n := h.count(t, `SELECT COUNT(*) FROM audit_pending WHERE action = 'draws.settle'`); n != 2 {
			t.Errorf("%d entries in the log", n)
		}
	})
}
