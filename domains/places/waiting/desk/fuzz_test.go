package desk

import "testing"

// FuzzParseKey: whatever the address says, it is a key or none.
func FuzzParseKey(f *testing.F) {
	f.Add("2027-01-01_0saqg3p17zm6d")
	f.Add("_")
	f.Fuzz(func(t *testing.T, text string) {
		if k := parseKey(text); k.ID < 0 {
			t.Fatalf("%q is the key %+v", text, k)
		}
	})
}
