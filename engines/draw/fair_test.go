package draw_test

import (
	"crypto/sha256"
	"fmt"
	"hash/crc32"
	"os"
	"slices"
	"strings"
	"testing"

	"kakehashi/engines/draw"

	"pgregory.net/rapid"
)

func cutLast(line string) (before, after string, ok bool) {
	i := strings.LastIndexByte(line, ' ')
	return line[:i], line[i+1:], i >= 0
}

func withSum(line string) string {
	line = strings.TrimSuffix(line, " ")
	return fmt.Sprintf("%s %08x\n", line, crc32.ChecksumIEEE([]byte(line)))
}

// TestOrder_EveryOneIsEquallyLikely: four equals come in 24 orders; over 24,000
// seeds each is expected 1,000 times. With 23 degrees of freedom chi-square
// passes 49.7 once in a thousand; the seeds are fixed.
func TestOrder_EveryOneIsEquallyLikely(t *testing.T) {
	const seeds, threshold = 24_000, 49.7
	d := february(1)
	for _, g := range []string{"a", "b", "c", "d"} {
		d.Entries = append(d.Entries, draw.Entry{Group: g, Number: 1, Tier: 1, Wishes: []draw.Wish{{Slots: []int{0}}}})
	}
	f, err := draw.Freeze(d)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for seed := range seeds {
		r, err := f.Run(beacon(fmt.Sprint(seed)))
		if err != nil {
			t.Fatal(err)
		}
		seen[fmt.Sprint(r.Order)]++
	}
	const expected = seeds / 24.0
	chi := 0.0
	for _, n := range seen {
		chi += (float64(n) - expected) * (float64(n) - expected) / expected
	}
	if len(seen) != 24 || chi > threshold {
		t.Errorf("%d orders, chi-square %.1f, more than %.1f", len(seen), chi, threshold)
	}
}

// bestOf returns the rank of the dearest slot-set that the group won among the
// wishes, len(wishes) for none.
func bestOf(es []draw.Entry, r *draw.Result, group string, wishes []draw.Wish) int {
	best := len(wishes)
	for i, e := range es {
		if e.Group != group || r.Awards[i].Outcome != draw.Won {
			continue
		}
		won := e.Wishes[r.Awards[i].Wish]
		rank := slices.IndexFunc(wishes, func(w draw.Wish) bool { return w.Partners == won.Partners && slices.Equal(w.Slots, won.Slots) })
		if rank >= 0 {
			best = min(best, rank)
		}
	}
	return best
}

// bestWith runs the draw and returns the bestOf me.
func bestWith(t *rapid.T, d draw.Draw, seed [sha256.Size]byte, me draw.Entry) int {
	f, err := draw.Freeze(d)
	if err != nil {
		t.Fatal(err)
	}
	return bestOf(f.Entries(), f.RunWithSeed(seed), me.Group, me.Wishes)
}

// TestSplitting_GainsNothing: for any seed, a group with one entry does not get
// a win, nor a dearer best one, by making several entries of it, nor by leaving
// wishes out.
func TestSplitting_GainsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDraw(t, draw.Plain, 3)
		d.Caps.Wins = rapid.IntRange(0, 2).Draw(t, "wins")
		me := d.Entries[0]
		d.Entries = slices.DeleteFunc(d.Entries, func(e draw.Entry) bool { return e.Group == me.Group && e.Number != me.Number })
		seed := sha256.Sum256([]byte(rapid.StringMatching("[0-9a-f]{6}").Draw(t, "seed")))

		others := slices.DeleteFunc(slices.Clone(d.Entries), func(e draw.Entry) bool { return e.Group == me.Group })
		split, fewer := d, d
		split.Entries, fewer.Entries = slices.Clone(others), slices.Clone(others)
		some := me
		some.Wishes = nil
		for i, w := range me.Wishes {
			split.Entries = append(split.Entries, draw.Entry{Group: me.Group, Number: i + 1, Tier: me.Tier, Wishes: []draw.Wish{w}})
			if rapid.Bool().Draw(t, "keep") {
				some.Wishes = append(some.Wishes, w)
			}
		}
		if len(some.Wishes) > 0 {
			fewer.Entries = append(fewer.Entries, some)
		}
		whole := bestWith(t, d, seed, me)
		if got := bestWith(t, split, seed, me); got < whole {
			t.Fatalf("split, the group gets its wish %d, whole %d", got, whole)
		}
		if got := bestWith(t, fewer, seed, me); got < whole {
			t.Fatalf("with fewer wishes the group gets its wish %d, with all %d", got, whole)
		}
	})
}

// TestPareto_NoExchangePleasesTwo: and nobody with wins to spare would rather
// have what stayed free.
func TestPareto_NoExchangePleasesTwo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDraw(t, rapid.SampledFrom([]draw.Mode{draw.Plain, draw.Ranks}).Draw(t, "mode"), 2)
		f, r := mustRun(t, d, beacon(rapid.StringMatching("[0-9a-f]{6}").Draw(t, "seed")))
		es := f.Entries()
		free := map[int]bool{}
		for i := range d.Slots {
			free[i] = true
		}
		for _, a := range r.Awards {
			for _, s := range a.Slots {
				delete(free, s)
			}
		}
		// wants: the entry would rather have slots than what it got.
		wants := func(i int, slots func(int) bool) bool {
			for k, w := range es[i].Wishes {
				if r.Awards[i].Wish >= 0 && k >= r.Awards[i].Wish {
					return false
				}
				if !slices.ContainsFunc(w.Slots, func(s int) bool { return !slots(s) }) {
					return true
				}
			}
			return false
		}
		for i := range es {
			if wants(i, func(s int) bool { return free[s] }) {
				t.Fatalf("entry %d would rather have what stayed free", i)
			}
			for j := range i {
				of := func(k int) func(int) bool { return func(s int) bool { return slices.Contains(r.Awards[k].Slots, s) } }
				if r.Awards[i].Wish >= 0 && r.Awards[j].Wish >= 0 && wants(i, of(j)) && wants(j, of(i)) {
					t.Fatalf("entries %d and %d would both gain by exchanging", i, j)
				}
			}
		}
	})
}

func TestWaiting_IsInTheOrderOfTurns(t *testing.T) {
	d := february(1)
	for g := range 6 {
		d.Entries = append(d.Entries, draw.Entry{Group: fmt.Sprint("g", g), Number: 1, Tier: 1 + g%2, Wishes: []draw.Wish{{Slots: []int{2}, Partners: true}}})
	}
	_, r := mustRun(t, d, beacon("1"))
	if got := r.Waiting(3); !slices.Equal(got, r.Order[2:]) {
		t.Errorf("waiting for the partner room: %v, want %v", got, r.Order[2:])
	}
	if got := r.Waiting(0); len(got) != 0 {
		t.Errorf("%v wait for a hall that nobody wished", got)
	}
}

func ExampleFreeze() {
	f, err := draw.Freeze(february(1))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("publish", len(f.Commitment()), "digits, and the list")
	r, err := f.Run(beacon("8f3c"))
	if err != nil {
		fmt.Println(err)
		return
	}
	var proof strings.Builder
	if err := r.WriteProof(&proof); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	fmt.Println(strings.SplitN(proof.String(), "\n", 3)[1])
	// Output:
	// publish 64 digits, and the list
	// title Hall, February 2027 e70dfcf5
}
