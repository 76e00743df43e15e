package draws_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"kakehashi/domains/places/draws"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/draw"
	"kakehashi/engines/draw/check"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
)

// TestStory is the first half of the story: forty groups enter, some for sets
// and some for the whole hall, the list is frozen and published, two clerks type
// the value, and whoever doubts runs it again.
func TestStory(t *testing.T) {
	each(t, nil, func(t *testing.T, h *house) {
		h.at(t, 1, 1)
		d := h.draw(t)
		if d.State != draws.Open || len(d.Rooms) != 3 {
			t.Fatalf("on the 1st the draw is %+v", d)
		}
		h.at(t, 1, 2)
		if n := h.count(t, `SELECT COUNT(*) FROM draws WHERE month = $1`, february); n != 1 {
			t.Fatalf("planned %d times", n)
		}
		for g := range 40 {
			room, last := []db.ID{h.whole, h.east, h.west}[g%3], g%2
			h.must(t, g, wish(room, 1+g%4, 0, last), wish(h.east, 1+(g+1)%4, 1, 1), wish(h.west, 5, 2, 2))
		}
		h.at(t, 9, 700)
		second := h.must(t, 3, wish(h.east, 20, 0, 0))
		if second.Number != 2 {
			t.Errorf("the second entry has the number %d", second.Number)
		}
		if _, err := h.enter(t, 3, wish(h.east, 21, 0, 0)); key(err) != "draws.error.cap" {
			t.Errorf("a third entry: %v", err)
		}
		if err := h.x.Raise(t.Context(), clerk(1), second.ID); err != nil {
			t.Fatal(err)
		}

		h.at(t, 11, 1)
		if _, err := h.enter(t, 50, wish(h.east, 22, 0, 0)); key(err) != "draws.error.closed" {
			t.Errorf("on the 11th: %v", err)
		}
		if d = h.draw(t); !d.Counted || d.State != draws.Open {
			t.Errorf("after closing: %+v", d)
		}
		h.at(t, 11, 12*60)
		d = h.draw(t)
		if d.State != draws.Frozen || len(d.Commit) != 64 || !d.Due.After(h.clock.Now()) {
			t.Fatalf("at noon: %+v", d)
		}
		if _, err := h.x.Type(t.Context(), clerk(1), d.ID, "01 02"); key(err) != "draws.error.not_due" {
			t.Errorf("a value before it exists: %v", err)
		}
		h.at(t, 11, 18*60)
		if n := h.count(t, `SELECT COUNT(*) FROM inbox_items WHERE kind = 'draws.value' AND closed_at = 0`); n != 1 {
			t.Errorf("%d items wait for the value", n)
		}
		h.type2(t, d.ID)
		h.at(t, 11, 18*60+5)
		h.proves(t, d)

		es := h.entries(t)
		got := outcomes(es)
		if got[""] != 0 || got[draw.Won] == 0 || got[draw.Taken] == 0 {
			t.Errorf("outcomes %v", got)
		}
		if held := h.held(t); len(held[reservation.Offered]) != got[draw.Won] {
			t.Errorf("%d offers for %d wins", len(held[reservation.Offered]), got[draw.Won])
		}
		h.sound(t, 1)
		h.confirm(t)
	})
}

// type2 lets two clerks type the value; the first one twice.
func (h *house) type2(t *testing.T, id db.ID) {
	t.Helper()
	for i, step := range []struct {
		who   int
		value string
		ran   bool
	}{{1, "05 11 19 27 33 40", false}, {1, "05 11 19 27 33 41", false}, {2, "05 11 19 27 33 40", false}, {1, "０５　11,19 27 33 40", true}} {
		ran, err := h.x.Type(t.Context(), clerk(step.who), id, step.value)
		if err != nil || ran != step.ran {
			t.Fatalf("%d: clerk %d typed %q: ran %v, %v", i, step.who, step.value, ran, err)
		}
	}
}

// proves checks that the published list is the beginning of the proof, that the
// proof holds, and that a changed byte is found in its line.
func (h *house) proves(t *testing.T, frozen draws.Draw) {
	t.Helper()
	var list, proof []byte
	h.read(t, func(tx *db.Tx) (err error) {
		if list, err = draws.ReadPaper(tx, frozen.ID, draws.EntriesPaper); err != nil {
			return err
		}
		proof, err = draws.ReadPaper(tx, frozen.ID, draws.ProofPaper)
		return err
	})
	rep, err := check.Proof(bytes.NewReader(proof))
	if err != nil || rep.Commit != frozen.Commit || !bytes.HasPrefix(proof, list) {
		t.Fatalf("the proof: %+v, %v", rep, err)
	}
	for _, e := range h.entries(t) {
		if strings.Contains(string(proof), e.Group.String()) || !strings.Contains(string(proof), h.x.Alias(frozen.ID, e.Group)) {
			t.Errorf("group %v does not stand in the proof by its alias alone", e.Group)
		}
	}
	at := bytes.Index(proof, []byte("\nentry "))
	proof[at+10] ^= 1
	if _, err := check.Proof(bytes.NewReader(proof)); err == nil {
		t.Error("a changed byte was not found")
	}
}

// confirm lets the first winner accept and the others go: their time passes
// to who is next in line, never beyond the caps, until nobody is left.
func (h *house) confirm(t *testing.T) {
	t.Helper()
	offered := h.held(t)[reservation.Offered]
	if _, err := h.svc.Accept(t.Context(), db.Actor{Person: offered[0].Person}, offered[0].ID, 0); err != nil {
		t.Fatal(err)
	}
	if err := h.svc.Decline(t.Context(), db.Actor{Person: offered[1].Person}, offered[1].ID, 0, "都合がつかない"); err != nil {
		t.Fatal(err)
	}
	h.sound(t, 1)
	heirs := 0
	for day := 19; day < 30; day += 2 {
		h.clock.set(jp.NewDate(2026, 11, day).At(600))
		if err := h.svc.Expire(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.sound(t, 1)
		heirs = max(heirs, len(h.held(t)[reservation.Offered]))
	}
	if heirs == 0 {
		t.Error("nobody was next in line")
	}
	h.clock.set(jp.NewDate(2026, 12, 20).At(600))
	for range 20 {
		h.clock.set(h.clock.Now().Add(72 * time.Hour))
		if err := h.svc.Expire(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.x.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	if held := h.held(t); len(held[reservation.Offered]) != 0 || len(held[reservation.Confirmed]) != 1 {
		t.Errorf("at the end: %d offered, %d confirmed", len(held[reservation.Offered]), len(held[reservation.Confirmed]))
	}
	if d := h.draw(t); d.State != draws.Closed {
		t.Errorf("at the end the draw is %s", d.State)
	}
	for _, e := range h.entries(t) {
		if n := h.count(t, `SELECT COUNT(*) FROM reservations WHERE source = 'draw' AND source_id = $1`, e.ID); n > 1 {
			t.Errorf("entry %v was offered %d times", e.ID, n)
		}
	}
}

// TestAward_ACrashInTheMiddle: the machine stops in the second batch; the next
// turn finishes, and nobody has been offered anything twice.
func TestAward_ACrashInTheMiddle(t *testing.T) {
	each(t, func(l *rules.DrawLine) { l.Entries, l.Wins = 0, 0 }, func(t *testing.T, h *house) {
		h.at(t, 1, 1)
		for g := range 75 {
			h.must(t, g, wish([]db.ID{h.east, h.west}[g%2], 1+g/6, g%3, g%3))
		}
		h.at(t, 11, 12*60)
		h.at(t, 11, 18*60)
		crash := errors.New("the power went out")
		n := 0
		sound := h.x
		h.x = h.draws(func(near *draws.Neighbours) {
			near.Offer = func(tx *db.Tx, r reservation.Reservation, due time.Time) (reservation.Reservation, bool, error) {
				if n++; n > 60 {
					return r, false, crash
				}
				return h.svc.Offer(tx, r, due)
			}
		})
		h.type2(t, h.draw(t).ID)
		if err := h.x.Step(t.Context()); !errors.Is(err, crash) {
			t.Fatalf("%v", err)
		}
		if got := len(h.held(t)[reservation.Offered]); got != 50 {
			t.Errorf("one batch came through: %d offers", got)
		}
		h.x = sound
		for range 2 {
			if err := h.x.Step(context.WithoutCancel(t.Context())); err != nil {
				t.Fatal(err)
			}
		}
		if got := outcomes(h.entries(t)); len(h.held(t)[reservation.Offered]) != got[draw.Won] || got[""] != 0 || got[draw.Won] != 75 {
			t.Errorf("%d offers, outcomes %v", len(h.held(t)[reservation.Offered]), got)
		}
		h.sound(t, 1)
	})
}

// TestEnter_SaysWhatCannotBe: the rules of a draw in the words of a form.
func TestEnter_SaysWhatCannotBe(t *testing.T) {
	h := open(t, db.SQLite, func(l *rules.DrawLine) { l.Sets = false })
	h.at(t, 1, 1)
	h.suspended = 1007
	whole := wish(h.whole, 3, 0, 0)
	for name, c := range map[string]struct {
		group  int
		wishes []draws.Wish
		want   string
	}{
		"nothing":            {1, nil, "draws.error.no_wish"},
		"too many":           {1, []draws.Wish{whole, wish(h.east, 4, 0, 0), wish(h.east, 5, 0, 0), wish(h.east, 6, 0, 0)}, "draws.error.wishes"},
		"the same twice":     {1, []draws.Wish{whole, whole}, "draws.error.twice"},
		"a set":              {1, []draws.Wish{wish(h.east, 4, 0, 1)}, "draws.error.sets"},
		"another month":      {1, []draws.Wish{{Room: h.east, Day: jp.NewDate(2027, 3, 1), From: 540, To: 750}}, "draws.error.slot"},
		"no band":            {1, []draws.Wish{{Room: h.east, Day: jp.NewDate(2027, 2, 1), From: 540, To: 760}}, "draws.error.slot"},
		"another's room":     {1, []draws.Wish{{Room: 77, Day: jp.NewDate(2027, 2, 1), From: 540, To: 750}}, "draws.error.slot"},
		"who is suspended":   {7, []draws.Wish{whole}, "use.error.suspended"},
		"what can be wished": {2, []draws.Wish{whole, wish(h.east, 4, 0, 0)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := h.enter(t, c.group, c.wishes...)
			if c.want == "" && err != nil || c.want != "" && key(err) != c.want {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
	e := h.must(t, 3, whole)
	e.Version, e.Wishes = 9, []draws.Wish{wish(h.west, 9, 0, 0)}
	if _, err := h.x.Enter(t.Context(), clerk(1), e); key(err) != "draws.error.changed" {
		t.Errorf("over somebody else's change: %v", err)
	}
	e.Version = 1
	if got, err := h.x.Enter(t.Context(), clerk(1), e); err != nil || got.Receipt != e.Receipt || got.Number != 1 {
		t.Errorf("a change: %+v, %v", got, err)
	}
	if err := h.x.Withdraw(t.Context(), clerk(1), e.ID); err != nil {
		t.Fatal(err)
	}
	if err := h.x.Withdraw(t.Context(), clerk(1), e.ID); key(err) != "draws.error.gone" {
		t.Errorf("twice: %v", err)
	}
}

// TestDecide_AGroupSetAside: the office sees how far two groups overlap, reads
// the names for a reason only, and sets one aside before the list is frozen.
func TestDecide_AGroupSetAside(t *testing.T) {
	each(t, nil, func(t *testing.T, h *house) {
		h.at(t, 1, 1)
		for g := range 3 {
			h.must(t, g, wish(h.east, 1+g, 0, 0))
		}
		h.at(t, 11, 30)
		id := h.draw(t).ID
		var pairs []draws.Pair
		h.read(t, func(tx *db.Tx) (err error) { pairs, err = draws.Pairs(tx, id); return err })
		if len(pairs) != 1 || pairs[0].Percent != 75 || pairs[0].By != 0 {
			t.Fatalf("%+v", pairs)
		}
		p := pairs[0]
		if _, err := h.x.Names(t.Context(), clerk(1), id, p.A, p.B, " "); key(err) != "draws.error.empty" {
			t.Errorf("names without a reason: %v", err)
		}
		reads := func() int {
			return h.count(t, `SELECT COUNT(*) FROM audit_pending WHERE action = 'draws.overlap.read'`)
		}
		if names, err := h.x.Names(t.Context(), clerk(1), id, p.A, p.B, "どちらの団体か確かめるため"); err != nil || len(names) != 1 || reads() != 1 {
			t.Errorf("%v, %v, %d readings in the log", names, err, reads())
		}
		if err := h.x.Decide(t.Context(), clerk(1), id, p.A, p.B, p.B, "同じ会員による二重の申込"); err != nil {
			t.Fatal(err)
		}
		if err := h.x.Decide(t.Context(), clerk(2), id, p.A, p.B, 0, "どちらも可"); key(err) != "draws.error.changed" {
			t.Errorf("decided twice: %v", err)
		}
		h.at(t, 11, 12*60)
		d := h.draw(t)
		var list []byte
		h.read(t, func(tx *db.Tx) (err error) { list, err = draws.ReadPaper(tx, d.ID, draws.EntriesPaper); return err })
		if n := bytes.Count(list, []byte("\nentry ")); n != 2 || bytes.Contains(list, []byte(h.x.Alias(d.ID, p.B))) {
			t.Errorf("%d entries on the list", n)
		}
	})
}

// TestEntrants: the words of those who entered make the seed; who does not tell
// theirs has no turn.
func TestEntrants(t *testing.T) {
	each(t, func(l *rules.DrawLine) { l.Source, l.What = draw.Entrants, "" }, func(t *testing.T, h *house) {
		h.at(t, 1, 1)
		for g := range 4 {
			h.must(t, g, wish(h.east, 3, 0, 0), wish(h.west, 3, 0, 0))
		}
		h.at(t, 11, 12*60)
		d := h.draw(t)
		if err := h.x.Reveal(t.Context(), clerk(1), d.ID, 1000, "ほかのことば"); key(err) != "draws.error.word" {
			t.Errorf("another word: %v", err)
		}
		tell := func(g int, word string) {
			t.Helper()
			if err := h.x.Reveal(t.Context(), db.Actor{Person: db.ID(5000 + g)}, d.ID, db.ID(1000+g), word); err != nil {
				t.Fatal(err)
			}
		}
		tell(0, "ことば0")
		h.at(t, 11, 18*60)
		if h.draw(t).State != draws.Frozen {
			t.Fatal("one word is no seed")
		}
		tell(1, "ことば 1")
		tell(2, "ことば2")
		h.at(t, 11, 20*60)
		h.proves(t, d)
		if got := outcomes(h.entries(t)); got[draw.Won] != 2 || got[draw.Taken] != 1 || got[draw.Unrevealed] != 1 {
			t.Errorf("%v", got)
		}
	})
}

// TestPostpone moves the dates of a draw and tells who entered.
func TestPostpone(t *testing.T) {
	h := open(t, db.SQLite, nil)
	h.at(t, 1, 1)
	h.must(t, 1, wish(h.east, 3, 0, 0))
	d := h.draw(t)
	if err := h.x.Postpone(t.Context(), clerk(1), d.ID, jp.NewDate(2026, 11, 15), jp.NewDate(2026, 11, 14), "停電"); key(err) != "draws.error.dates" {
		t.Errorf("drawn before it closes: %v", err)
	}
	if err := h.x.Postpone(t.Context(), clerk(1), d.ID, jp.NewDate(2026, 11, 15), jp.NewDate(2026, 11, 16), "停電のため"); err != nil {
		t.Fatal(err)
	}
	h.at(t, 12, 600)
	h.must(t, 2, wish(h.east, 3, 0, 0))
	if h.count(t, `SELECT COUNT(*) FROM deliveries WHERE kind = 'draws.postponed'`) != 1 {
		t.Error("nobody was told")
	}
	h.at(t, 16, 12*60)
	if h.draw(t).State != draws.Frozen {
		t.Error("it was not frozen on its new day")
	}
}
