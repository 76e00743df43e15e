package facility

import (
	"slices"
	"testing"
)

// FuzzParseBands: bands that are taken stand in the order of their start.
func FuzzParseBands(f *testing.F) {
	f.Add(`[{"From":780,"To":990},{"From":540,"To":750}]`)
	f.Add(`[]`)
	f.Add(``)
	f.Add(`[{"from":-1}]`)
	f.Fuzz(func(t *testing.T, s string) {
		bands, err := ParseBands(s)
		if err == nil && !slices.IsSortedFunc(bands, func(a, b Band) int { return a.From - b.From }) {
			t.Fatalf("%q is %v", s, bands)
		}
	})
}
