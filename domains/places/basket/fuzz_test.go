package basket

import "testing"

// FuzzParse: whatever a browser sends, a basket holds no more than it may, and
// each slot reads back as it is written.
func FuzzParse(f *testing.F) {
	f.Add("1_2027-01-01_540_720~2_2027-01-02_780_990")
	f.Add("_~__")
	f.Fuzz(func(t *testing.T, text string) {
		all := parse(text)
		if len(all) > Most {
			t.Fatalf("%d slots", len(all))
		}
		for _, s := range all {
			if back, ok := ParseSlot(s.String()); !ok || back != s {
				t.Fatalf("%v reads back as %v", s, back)
			}
		}
	})
}
