package geo_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"kakehashi/engines/geo"
)

func TestMetres(t *testing.T) {
	// A degree of latitude is 111.2 km on a sphere of the earth's mean radius.
	if got := geo.Metres(35, 139, 36, 139); math.Abs(got-111195) > 10 {
		t.Errorf("one degree north = %.0f m", got)
	}
	// 川口駅 to 西川口駅: 1.95 km by the calculation of 国土地理院.
	if got := geo.Metres(35.8016, 139.7176, 35.8154, 139.7043); got < 1900 || got > 2000 {
		t.Errorf("between the stations = %.0f m", got)
	}
	degrees := func(most float64) *rapid.Generator[float64] { return rapid.Float64Range(-most, most) }
	rapid.Check(t, func(t *rapid.T) {
		a, b, c, d := degrees(90).Draw(t, "a"), degrees(180).Draw(t, "b"), degrees(90).Draw(t, "c"), degrees(180).Draw(t, "d")
		there, back := geo.Metres(a, b, c, d), geo.Metres(c, d, a, b)
		if there < 0 || there > math.Pi*6_371_000+1 || math.Abs(there-back) > 1 {
			t.Fatalf("there %v m, back %v m", there, back)
		}
		if same := geo.Metres(a, b, a, b); same != 0 {
			t.Fatalf("no way at all = %v m", same)
		}
	})
}

func TestInJapan(t *testing.T) {
	for _, c := range []struct {
		name     string
		lat, lng float64
		want     bool
	}{
		{"Kawaguchi", 35.8077, 139.7241, true},
		{"沖ノ鳥島", 20.42, 136.08, true},
		{"latitude and longitude swapped", 139.7241, 35.8077, false},
		{"no position", 0, 0, false},
	} {
		if got := geo.InJapan(c.lat, c.lng); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
