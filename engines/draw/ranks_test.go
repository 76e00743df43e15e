package draw_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"kakehashi/engines/draw"
	"kakehashi/engines/draw/check"

	"pgregory.net/rapid"
)

// anyRanks draws a draw in the mode Ranks, small enough for bestByHand.
func anyRanks(t *rapid.T, mostEntries int) draw.Draw {
	d := february(rapid.IntRange(1, 2).Draw(t, "days"))
	d.Mode = draw.Ranks
	for g := range rapid.IntRange(1, 6).Draw(t, "groups") {
		for n := range rapid.IntRange(1, mostEntries).Draw(t, "entries") {
			e := draw.Entry{Group: fmt.Sprint("g", g), Number: n + 1, Tier: rapid.SampledFrom([]int{1, 1, 1, 2}).Draw(t, "tier")}
			for range rapid.IntRange(1, 3).Draw(t, "wishes") {
				s := rapid.IntRange(0, len(d.Slots)-1).Draw(t, "slot")
				e.Wishes = append(e.Wishes, draw.Wish{Slots: []int{s}, Partners: s >= len(d.Slots)/2 && rapid.Bool().Draw(t, "partners")})
			}
			d.Entries = append(d.Entries, e)
		}
	}
	return d
}

// choice is a slot for a wish.
type choice struct{ wish, slot int }

// choicesOf lists what would fulfil the entry's wishes, the dearest first.
func choicesOf(d draw.Draw, e draw.Entry) (cs []choice) {
	for k, w := range e.Wishes {
		own := d.Slots[w.Slots[0]]
		cs = append(cs, choice{k, w.Slots[0]})
		for _, line := range d.Partners {
			if !w.Partners || !slices.Contains(line, own.Room) {
				continue
			}
			for _, room := range line {
				i := slices.Index(d.Slots, draw.Slot{Room: room, Time: own.Time, Period: own.Period})
				if i >= 0 && i != w.Slots[0] {
					cs = append(cs, choice{k, i})
				}
			}
		}
	}
	return cs
}

// bestByHand tries every assignment of a heat's entries and returns the choice of
// each, -1 for none: of those with the most first wishes, then the most second
// ones and so on, the one that the entries choose in turn.
func bestByHand(choices [][]choice, free map[int]bool) (best []int) {
	const wishes = 3
	var bestOf, of [wishes]int
	now := make([]int, len(choices))
	var try func(k int)
	try = func(k int) {
		if k == len(choices) {
			better := 0
			for w := 0; w < wishes && better == 0; w++ {
				better = of[w] - bestOf[w]
			}
			for i := 0; i < len(now) && better == 0 && best != nil; i++ {
				// none, as -1, is the largest number without a sign
				better = int(uint8(best[i])) - int(uint8(now[i]))
			}
			if best == nil || better > 0 {
				best, bestOf = slices.Clone(now), of
			}
			return
		}
		for i, c := range choices[k] {
			if !free[c.slot] {
				continue
			}
			free[c.slot] = false
			now[k] = i
			of[c.wish]++
			try(k + 1)
			of[c.wish]--
			free[c.slot] = true
		}
		now[k] = -1
		try(k + 1)
	}
	try(0)
	return best
}

// TestRanks_IsTheBestOfAll compares with all assignments there are, often: it
// takes some luck to draw one in which much must move.
func TestRanks_IsTheBestOfAll(t *testing.T) {
	for range 20 {
		rapid.Check(t, isTheBestOfAll)
	}
}

func isTheBestOfAll(t *rapid.T) {
	d := anyRanks(t, 2)
	d.Caps.Wins = rapid.IntRange(0, 1).Draw(t, "wins")
	f, r := mustRun(t, d, beacon(rapid.StringMatching("[0-9a-f]{6}").Draw(t, "seed")))
	es := f.Entries()
	heat := func(i int) string { // the tier, and the round within it
		round := 0
		for k := range i + 1 {
			if es[k].Group == es[i].Group && es[k].Tier == es[i].Tier {
				round++
			}
		}
		return fmt.Sprint(es[i].Tier, " ", round)
	}
	free, wins := map[int]bool{}, map[string]int{}
	for i := range d.Slots {
		free[i] = true
	}
	for from, to := 0, 0; from < len(r.Order); from = to {
		for to < len(r.Order) && heat(r.Order[to]) == heat(r.Order[from]) {
			to++
		}
		choices := make([][]choice, to-from)
		for k, i := range r.Order[from:to] {
			if d.Caps.Wins > 0 && wins[es[i].Group] >= d.Caps.Wins {
				if r.Awards[i].Outcome != draw.Capped {
					t.Fatalf("entry %d is %q, its group has its wins", i, r.Awards[i].Outcome)
				}
				continue
			}
			choices[k] = choicesOf(d, es[i])
		}
		for k, c := range bestByHand(choices, free) {
			i := r.Order[from+k]
			got, want := "none", "none"
			if c >= 0 {
				want = fmt.Sprint(choices[k][c])
				free[choices[k][c].slot] = false
				wins[es[i].Group]++
			}
			if a := r.Awards[i]; a.Outcome == draw.Won {
				got = fmt.Sprint(choice{a.Wish, a.Slots[0]})
			}
			if got != want {
				t.Fatalf("entry %d gets %s, by hand %s", i, got, want)
			}
		}
	}
}

// TestRanks_TheCheckerTakesNoOther: of all assignments that give nothing twice
// the checker takes the one that the draw gives.
func TestRanks_TheCheckerTakesNoOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyRanks(t, 2)
		d.Caps.Wins = rapid.IntRange(0, 2).Draw(t, "wins")
		f, r := mustRun(t, d, beacon(rapid.StringMatching("[0-9a-f]{6}").Draw(t, "seed")))
		was := slices.Clone(r.Awards)
		taken := map[int]bool{}
		same := true
		for i, e := range f.Entries() {
			if r.Awards[i].Outcome == draw.Capped {
				continue
			}
			// Mostly what the draw gives, so that wrong ones are subtle.
			a := &r.Awards[i]
			if rapid.IntRange(0, 3).Draw(t, "another") == 0 {
				*a = draw.Award{Outcome: draw.Taken, Turn: a.Turn, Wish: -1}
				cs := choicesOf(d, e)
				if c := cs[rapid.IntRange(0, len(cs)-1).Draw(t, "choice")]; !taken[c.slot] {
					*a = draw.Award{Outcome: draw.Won, Turn: a.Turn, Wish: c.wish, Slots: []int{c.slot}}
				}
			}
			if a.Wish >= 0 && taken[a.Slots[0]] {
				*a = draw.Award{Outcome: draw.Taken, Turn: a.Turn, Wish: -1}
			}
			if a.Wish >= 0 {
				taken[a.Slots[0]] = true
			}
			same = same && a.Outcome == was[i].Outcome && a.Wish == was[i].Wish && slices.Equal(a.Slots, was[i].Slots)
		}
		if _, err := check.Proof(bytes.NewReader(proofOf(t, r))); (err == nil) != same {
			t.Fatalf("the same: %v, the checker says %v\nthe draw gives %v\nthe proof says %v", same, err, was, r.Awards)
		}
	})
}

// TestRanks_ForgedSaysWhy: of an assignment that is not the best the checker
// says at whose award, and why.
func TestRanks_ForgedSaysWhy(t *testing.T) {
	entry := func(group string, slots ...int) draw.Entry {
		e := draw.Entry{Group: group, Number: 1, Tier: 1}
		for _, s := range slots {
			e.Wishes = append(e.Wishes, draw.Wish{Slots: []int{s}})
		}
		return e
	}
	won := func(wish, slot int) draw.Award {
		return draw.Award{Outcome: draw.Won, Wish: wish, Slots: []int{slot}}
	}
	lost := draw.Award{Outcome: draw.Taken, Wish: -1}
	for _, c := range []struct {
		entries []draw.Entry
		awards  []draw.Award // by place in the order where the entries are equals, else by entry
		equals  bool
		at      int // -1 where it may be said of either
		why     string
	}{
		{[]draw.Entry{entry("a", 0), entry("b", 0, 1)}, []draw.Award{lost, won(0, 0)}, false, 0, "one wish of rank 2 more"},
		{[]draw.Entry{entry("a", 0), entry("b", 1, 0)}, []draw.Award{lost, won(1, 0)}, false, -1, "one wish of rank 1 more"},
		{[]draw.Entry{entry("a", 0, 1), entry("b", 1)}, []draw.Award{won(1, 1), lost}, false, -1, "one wish of rank 1 more"},
		{[]draw.Entry{entry("a", 0, 1), entry("b", 1), entry("c", 0)}, []draw.Award{won(1, 1), lost, won(0, 0)}, false, 1, "one wish of rank 1 more"},
		{[]draw.Entry{entry("a", 0), entry("b", 0)}, []draw.Award{won(0, 0), won(0, 0)}, true, 1, "given twice"},
		{[]draw.Entry{entry("a", 0), entry("b", 0)}, []draw.Award{won(0, 0), won(0, 1)}, true, 1, "not to be had"},
		{[]draw.Entry{entry("a", 0), entry("b", 0)}, []draw.Award{lost, won(0, 0)}, true, 0, "its turn gives it hall-a"},
		{[]draw.Entry{entry("a", 0, 1), entry("b", 0, 1)}, []draw.Award{won(1, 1), won(0, 0)}, true, 0, "its turn gives it hall-a"},
		{[]draw.Entry{entry("a", 0), entry("b", 0)}, []draw.Award{won(1, 0), lost}, true, 0, "the draw gives"},
	} {
		d := february(1)
		d.Mode, d.Entries = draw.Ranks, c.entries
		_, r := mustRun(t, d, beacon("cafe"))
		at := c.at
		for k, a := range c.awards {
			i := k
			if c.equals {
				i = r.Order[k]
			}
			if k == c.at {
				at = i
			}
			a.Turn = r.Awards[i].Turn
			r.Awards[i] = a
		}
		proof := proofOf(t, r)
		_, err := check.Proof(bytes.NewReader(proof))
		var fault *check.Fault
		if !errors.As(err, &fault) || !strings.Contains(fault.Why, c.why) {
			t.Errorf("%v: %v, want %q", c.awards, err, c.why)
			continue
		}
		if at < 0 {
			continue
		}
		line := strings.Split(string(proof), "\n")[fault.Line-1]
		if g := " " + d.Entries[at].Group + " 1 "; !strings.Contains(line, g) {
			t.Errorf("%v: the fault is found in %q, want%s", c.awards, line, g)
		}
	}
}

// TestRanks_ThirdWishesDoNotCostFirst: both a and b could have their second
// wishes and c its third, which were one win more; but a first one less.
func TestRanks_ThirdWishesDoNotCostFirst(t *testing.T) {
	d := february(3)
	d.Mode = draw.Ranks
	for group, slots := range map[string][]int{"a": {0, 1}, "b": {0, 2}, "c": {3, 4, 0}, "d": {3}, "e": {3}, "f": {4}} {
		e := draw.Entry{Group: group, Number: 1, Tier: 1}
		for _, s := range slots {
			e.Wishes = append(e.Wishes, draw.Wish{Slots: []int{s}})
		}
		d.Entries = append(d.Entries, e)
	}
	for seed := range 40 {
		_, r := mustRun(t, d, beacon(fmt.Sprint(seed)))
		if a, b, c := r.Awards[0].Wish, r.Awards[1].Wish, r.Awards[2].Wish; a+b != 1 || c == 2 {
			t.Fatalf("a, b and c get their wishes %d, %d and %d", a, b, c)
		}
	}
}
