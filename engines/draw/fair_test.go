package draw_test

import (
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"kakehashi/engines/draw"
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
	if chi := chiSquare(seen, seeds/24.0); len(seen) != 24 || chi > threshold {
		t.Errorf("%d orders, chi-square %.1f, more than %.1f", len(seen), chi, threshold)
	}
}

func chiSquare(seen map[string]int, expected float64) (chi float64) {
	for _, n := range seen {
		chi += (float64(n) - expected) * (float64(n) - expected) / expected
	}
	return chi
}

// TestAwards_EqualsAreTreatedAlike: four that wish the same two slots are given
// them in 12 ways; over 12,000 seeds each is expected 1,000 times, in both
// modes. With 11 degrees of freedom chi-square passes 31.3 once in a thousand;
// the seeds are fixed.
func TestAwards_EqualsAreTreatedAlike(t *testing.T) {
	const seeds, threshold = 12_000, 31.3
	for _, mode := range []draw.Mode{draw.Plain, draw.Ranks} {
		d := february(1)
		d.Mode = mode
		for _, g := range []string{"a", "b", "c", "d"} {
			d.Entries = append(d.Entries, draw.Entry{Group: g, Number: 1, Tier: 1, Wishes: []draw.Wish{{Slots: []int{0}}, {Slots: []int{1}}}})
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
			way := ""
			for _, a := range r.Awards {
				way += fmt.Sprint(a.Wish, " ")
			}
			seen[way]++
		}
		if chi := chiSquare(seen, seeds/12.0); len(seen) != 12 || chi > threshold {
			t.Errorf("mode %q: %d ways, chi-square %.1f, more than %.1f", mode, len(seen), chi, threshold)
		}
	}
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
