package draw_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"kakehashi/engines/draw"

	"pgregory.net/rapid"
)

// waysOf lists the sets of slots that would fulfil the entry's wishes, the
// dearest first: the own room before its partners in their order.
func waysOf(d draw.Draw, e draw.Entry) (ways [][]int) {
	for _, w := range e.Wishes {
		rooms := []string{d.Slots[w.Slots[0]].Room}
		for _, line := range d.Partners {
			if w.Partners && slices.Contains(line, rooms[0]) {
				rooms = append(rooms, line...)
			}
		}
		for k, room := range rooms {
			var way []int
			for _, s := range w.Slots {
				other := d.Slots[s]
				if k > 0 {
					other.Room = room
				}
				way = append(way, slices.Index(d.Slots, other))
			}
			if !slices.Contains(way, -1) {
				ways = append(ways, way)
			}
		}
	}
	return ways
}

// TestPareto_NothingElseIsBetter in both modes, with sets, partners, tiers and
// caps, against all assignments there are: there is none that gives some entry
// more than the draw did and none less.
func TestPareto_NothingElseIsBetter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDraw(t, rapid.SampledFrom([]draw.Mode{draw.Plain, draw.Ranks}).Draw(t, "mode"), 2)
		d.Entries = d.Entries[:min(len(d.Entries), 6)]
		d.Caps.Wins = rapid.IntRange(0, 2).Draw(t, "wins")
		f, r := mustRun(t, d, beacon(rapid.StringMatching("[0-9a-f]{6}").Draw(t, "seed")))
		es := f.Entries()
		ways, got := make([][][]int, len(es)), make([]int, len(es))
		for i, e := range es {
			ways[i] = waysOf(d, e)
			if got[i] = len(ways[i]); r.Awards[i].Outcome == draw.Won {
				got[i] = slices.IndexFunc(ways[i], func(way []int) bool { return slices.Equal(way, r.Awards[i].Slots) })
			}
		}
		taken, wins := map[int]bool{}, map[string]int{}
		var try func(i int, better string)
		try = func(i int, better string) {
			if i == len(es) {
				if better != "" {
					t.Fatalf("better for some and worse for none:%s", better)
				}
				return
			}
			if got[i] == len(ways[i]) {
				try(i+1, better)
			}
			if d.Caps.Wins > 0 && wins[es[i].Group] == d.Caps.Wins {
				return
			}
			for k, way := range ways[i][:min(got[i]+1, len(ways[i]))] {
				if slices.ContainsFunc(way, func(s int) bool { return taken[s] }) {
					continue
				}
				for _, s := range way {
					taken[s] = true
				}
				wins[es[i].Group]++
				more := better
				if k < got[i] {
					more += fmt.Sprintf(" entry %d its way %d instead of %d", i, k, got[i])
				}
				try(i+1, more)
				wins[es[i].Group]--
				for _, s := range way {
					taken[s] = false
				}
			}
		}
		try(0, "")
	})
}

// TestPareto_NoExchangePleasesTwo, looked at pair by pair as people do.
func TestPareto_NoExchangePleasesTwo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDraw(t, rapid.SampledFrom([]draw.Mode{draw.Plain, draw.Ranks}).Draw(t, "mode"), 2)
		f, r := mustRun(t, d, beacon(rapid.StringMatching("[0-9a-f]{6}").Draw(t, "seed")))
		es := f.Entries()
		// wants: the slots have what the entry would rather have than its own.
		wants := func(i int, slots []int) bool {
			for _, w := range es[i].Wishes[:r.Awards[i].Wish] {
				if !slices.ContainsFunc(w.Slots, func(s int) bool { return !slices.Contains(slots, s) }) {
					return true
				}
			}
			return false
		}
		for i, a := range r.Awards {
			for j, b := range r.Awards[:i] {
				if a.Wish >= 0 && b.Wish >= 0 && wants(i, b.Slots) && wants(j, a.Slots) {
					t.Fatalf("entries %d and %d would both gain by exchanging", i, j)
				}
			}
		}
	})
}

// TestProof_AnyByte: in proofs of both modes, whatever byte is changed, struck or
// put in, the checker finds it in that line.
func TestProof_AnyByte(t *testing.T) {
	modes := map[draw.Mode]int{}
	rapid.Check(t, func(t *rapid.T) {
		mode := rapid.SampledFrom([]draw.Mode{draw.Plain, draw.Ranks}).Draw(t, "mode")
		modes[mode]++
		_, r := mustRun(t, anyDraw(t, mode, 3), beacon("cafe"))
		whole := proofOf(t, r)
		at := rapid.IntRange(0, len(whole)-1).Draw(t, "at")
		b := rapid.Byte().Draw(t, "byte")
		line := strings.Count(string(whole[:at]), "\n") + 1
		for how, broken := range map[string][]byte{
			"changed": append(append(slices.Clone(whole[:at]), b), whole[at+1:]...),
			"struck":  slices.Delete(slices.Clone(whole), at, at+1),
			"put in":  slices.Insert(slices.Clone(whole), at, b),
		} {
			if string(broken) != string(whole) {
				mustFault(t, how, broken, line)
			}
		}
	})
	if len(modes) < 2 {
		t.Error("one mode was never tried")
	}
}
