package draw_test

import (
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"testing"

	"kakehashi/engines/draw"

	"pgregory.net/rapid"
)

// drawn runs the draw from the seed, whatever its list.
func drawn(t interface{ Fatal(...any) }, d draw.Draw, seed string) ([]draw.Entry, *draw.Result) {
	f, err := draw.Freeze(d)
	if err != nil {
		t.Fatal(err)
	}
	return f.Entries(), f.RunWithSeed(sha256.Sum256([]byte(seed)))
}

// winsOf counts the group's wins.
func winsOf(es []draw.Entry, r *draw.Result, group string) (n int) {
	for i, e := range es {
		if e.Group == group && r.Awards[i].Outcome == draw.Won {
			n++
		}
	}
	return n
}

// with returns the draw with other entries of the group.
func with(d draw.Draw, group string, mine []draw.Entry) draw.Draw {
	d.Entries = slices.DeleteFunc(slices.Clone(d.Entries), func(e draw.Entry) bool { return e.Group == group })
	d.Entries = append(d.Entries, mine...)
	return d
}

// anyCrowd is a draw in the mode Plain with caps and earlier wins, and the
// entries of one group in it.
func anyCrowd(t *rapid.T) (draw.Draw, []draw.Entry) {
	d := anyDraw(t, draw.Plain, 3)
	d.Caps = draw.Caps{Entries: rapid.IntRange(0, 3).Draw(t, "cap"), Wins: rapid.IntRange(0, 2).Draw(t, "wins")}
	if rapid.Bool().Draw(t, "held") {
		d.Held = []draw.Held{{Group: "g1", Period: "2027-02", Wins: 1}}
	}
	var mine []draw.Entry
	for _, e := range d.Entries {
		if e.Group == "g0" {
			mine = append(mine, e)
		}
	}
	return d, mine
}

// someOf draws some of the wishes, in any order.
func someOf(t *rapid.T, wishes []draw.Wish) []draw.Wish {
	all := rapid.Permutation(wishes).Draw(t, "order")
	return all[:rapid.IntRange(1, len(all)).Draw(t, "some")]
}

func rankOf(wishes []draw.Wish, won draw.Wish) int {
	return slices.IndexFunc(wishes, func(w draw.Wish) bool { return w.Partners == won.Partners && slices.Equal(w.Slots, won.Slots) })
}

// TestSplitting_GainsNothing: for any seed, with several entries, sets, partner
// rooms, tiers and caps: a group that would have won nothing wins nothing by
// making several entries of one, by whatever wishes of it in whatever order; and
// in one tier the pieces get nothing dearer than the whole would have got.
func TestSplitting_GainsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, mine := anyCrowd(t)
		seed := rapid.StringMatching("[0-9a-f]{6}").Draw(t, "seed")
		whole := rapid.IntRange(0, len(mine)-1).Draw(t, "which")
		pieces := rapid.IntRange(2, 3).Draw(t, "pieces")
		var split []draw.Entry
		oneTier := true
		for k, e := range mine {
			oneTier = oneTier && e.Tier == mine[0].Tier
			wishes := e.Wishes
			for piece := range pieces {
				if k == whole {
					e.Wishes = someOf(t, wishes)
				} else if piece > 0 {
					break
				}
				e.Number = len(split) + 1
				split = append(split, e)
			}
		}
		es, before := drawn(t, d, seed)
		at := slices.IndexFunc(es, func(e draw.Entry) bool { return e.Group == "g0" && e.Number == mine[whole].Number })
		got := before.Awards[at].Wish
		splitEntries, after := drawn(t, with(d, "g0", split), seed)
		if winsOf(es, before, "g0") == 0 && winsOf(splitEntries, after, "g0") > 0 {
			t.Fatal("split, the group wins something, whole nothing")
		}
		for i, e := range splitEntries {
			if !oneTier || e.Group != "g0" || e.Number <= whole || e.Number > whole+pieces || after.Awards[i].Wish < 0 {
				continue
			}
			if rank := rankOf(mine[whole].Wishes, e.Wishes[after.Awards[i].Wish]); got < 0 || rank < got {
				t.Fatalf("a piece gets the wish %d of the entry, which got %d whole", rank, got)
			}
		}
	})
}

// TestFewerWishes_GainNothing: for any seed a group that would have won nothing
// wins nothing by leaving wishes out or changing their order, and the first
// entry that is changed so gets nothing dearer than it would have got.
func TestFewerWishes_GainNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, mine := anyCrowd(t)
		seed := rapid.StringMatching("[0-9a-f]{6}").Draw(t, "seed")
		which := rapid.IntRange(0, len(mine)-1).Draw(t, "which")
		fewer := slices.Clone(mine)
		fewer[which].Wishes = someOf(t, mine[which].Wishes)
		es, before := drawn(t, d, seed)
		same, after := drawn(t, with(d, "g0", fewer), seed)
		if winsOf(es, before, "g0") == 0 && winsOf(same, after, "g0") > 0 {
			t.Fatal("with fewer wishes the group wins something, with all nothing")
		}
		at := slices.IndexFunc(es, func(e draw.Entry) bool { return e.Group == "g0" && e.Number == mine[which].Number })
		got, now := before.Awards[at].Wish, after.Awards[at].Wish
		if now < 0 {
			return
		}
		if rank := rankOf(mine[which].Wishes, same[at].Wishes[now]); got < 0 || rank < got {
			t.Fatalf("with fewer wishes the entry gets its wish %d, with all %d", rank, got)
		}
	})
}

// TestTiers_TheLaterCostTheEarlierNothing in both modes: without the entries of
// the second tier those of the first get the same.
func TestTiers_TheLaterCostTheEarlierNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDraw(t, rapid.SampledFrom([]draw.Mode{draw.Plain, draw.Ranks}).Draw(t, "mode"), 3)
		d.Caps.Wins = rapid.IntRange(0, 2).Draw(t, "wins")
		seed := rapid.StringMatching("[0-9a-f]{6}").Draw(t, "seed")
		awards := func(d draw.Draw) string {
			es, r := drawn(t, d, seed)
			all := ""
			for i, e := range es {
				if e.Tier == 1 {
					all += fmt.Sprintln(e.Group, e.Number, r.Awards[i])
				}
			}
			return all
		}
		alone := d
		alone.Entries = slices.DeleteFunc(slices.Clone(d.Entries), func(e draw.Entry) bool { return e.Tier == 2 })
		if a, b := awards(d), awards(alone); a != b {
			t.Fatalf("with the second tier the first gets\n%swithout it\n%s", a, b)
		}
	})
}

// TestChances_DoNotRise asks the same over 4,000 seeds, each bound to its list:
// in a crowd, a group of several entries, sets and a cap on wins has no better a
// chance of a win with its entry split, or with fewer wishes. The difference in
// standard errors passes 3.1 once in a thousand; the seeds are fixed.
func TestChances_DoNotRise(t *testing.T) {
	const seeds, threshold = 4_000, 3.1
	single := func(slots ...int) draw.Wish { return draw.Wish{Slots: slots} }
	d := february(2)
	d.Caps = draw.Caps{Entries: 3, Wins: 1}
	for g := range 9 {
		for n := range 1 + g%3 {
			d.Entries = append(d.Entries, draw.Entry{Group: fmt.Sprint("g", g), Number: n + 1, Tier: 1 + g%2,
				Wishes: []draw.Wish{single((g + n) % 8), single((g+3*n)%2, (g+3*n)%2+2), single((g*5 + n) % 8)}})
		}
	}
	entry := func(number int, wishes ...draw.Wish) draw.Entry {
		return draw.Entry{Group: "me", Number: number, Tier: 2, Wishes: wishes}
	}
	whole := []draw.Entry{entry(1, single(0, 2), single(4), single(5)), entry(2, single(6), single(1))}
	won := func(mine []draw.Entry) int {
		f, err := draw.Freeze(with(d, "me", mine))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for seed := range seeds {
			r, err := f.Run(beacon(fmt.Sprint(seed)))
			if err != nil {
				t.Fatal(err)
			}
			n += min(1, winsOf(f.Entries(), r, "me"))
		}
		return n
	}
	all := won(whole)
	if all < seeds/20 || all > seeds*19/20 {
		t.Fatalf("%d wins of %d show nothing", all, seeds)
	}
	for name, mine := range map[string][]draw.Entry{
		"split":        {entry(1, single(0, 2)), entry(2, single(4), single(5)), entry(3, single(6), single(1))},
		"split in all": {entry(1, single(4)), entry(2, single(5)), entry(3, single(0, 2))},
		"fewer":        {entry(1, single(4)), entry(2, single(6), single(1))},
		"fewest":       {entry(1, single(0, 2)), entry(2, single(6))},
	} {
		n := won(mine)
		p := float64(all+n) / (2 * seeds)
		if z := float64(n-all) / math.Sqrt(2*seeds*p*(1-p)); z > threshold {
			t.Errorf("%s: %d wins of %d, whole %d: %.1f standard errors more", name, n, seeds, all, z)
		}
	}
}

// TestRanks_WhatIsBelowCostsNothing: in the mode Ranks a list may be cut off
// below the wish that came true, and nothing changes; and a group that lost
// loses with its list cut off anywhere, or split so that the first piece is the
// beginning of the list.
func TestRanks_WhatIsBelowCostsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyRanks(t, 2)
		mine := slices.IndexFunc(d.Entries, func(e draw.Entry) bool { return e.Group == "g0" })
		for len(d.Entries) > 1 && d.Entries[1].Group == "g0" {
			d.Entries = slices.Delete(d.Entries, 1, 2)
		}
		seed := rapid.StringMatching("[0-9a-f]{6}").Draw(t, "seed")
		me := d.Entries[mine]
		es, before := drawn(t, d, seed)
		got := before.Awards[slices.IndexFunc(es, func(e draw.Entry) bool { return e.Group == "g0" })].Wish
		cut := me
		cut.Wishes = me.Wishes[:rapid.IntRange(max(1, got+1), len(me.Wishes)).Draw(t, "cut")]
		if _, after := drawn(t, with(d, "g0", []draw.Entry{cut}), seed); fmt.Sprint(before.Awards) != fmt.Sprint(after.Awards) {
			t.Fatalf("the list cut off, the draw gives %v, whole %v", after.Awards, before.Awards)
		}
		rest := me
		rest.Number, rest.Wishes = 2, someOf(t, me.Wishes)
		if es, after := drawn(t, with(d, "g0", []draw.Entry{cut, rest}), seed); got < 0 && winsOf(es, after, "g0") > 0 {
			t.Fatal("split, the group wins something, whole nothing")
		}
	})
}

// TestRanks_HidingWishesCanPay keeps us from promising more than holds: whoever
// lists a second wish leaves the first to one who has none; and whoever leaves
// out a first wish that many want is given the second as their first.
func TestRanks_HidingWishesCanPay(t *testing.T) {
	wishes := func(group string, slots ...int) draw.Entry {
		e := draw.Entry{Group: group, Number: 1, Tier: 1}
		for _, s := range slots {
			e.Wishes = append(e.Wishes, draw.Wish{Slots: []int{s}})
		}
		return e
	}
	chance := func(rank int, es ...draw.Entry) (n int) {
		d := february(1)
		d.Mode, d.Entries = draw.Ranks, es
		for seed := range 200 {
			es, r := drawn(t, d, fmt.Sprint(seed))
			i := slices.IndexFunc(es, func(e draw.Entry) bool { return e.Group == "a" })
			if r.Awards[i].Wish >= 0 && r.Awards[i].Wish <= rank {
				n++
			}
		}
		return n
	}
	if open, hidden := chance(0, wishes("a", 0, 1), wishes("b", 0)), chance(0, wishes("a", 0), wishes("b", 0)); open != 0 || hidden < 60 {
		t.Errorf("the first wish comes true %d times of 200, the second hidden %d times", open, hidden)
	}
	crowd := []draw.Entry{wishes("b", 0), wishes("c", 0), wishes("d", 1)}
	open, hidden := chance(1, append(crowd, wishes("a", 0, 1))...), chance(1, append(crowd, wishes("a", 1))...)
	if open > 90 || hidden < open+10 {
		t.Errorf("any wish comes true %d times of 200, the first hidden %d times", open, hidden)
	}
}
