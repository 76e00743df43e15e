package inbox

import (
	"testing"

	"kakehashi/platform/fault"
)

// FuzzParseCursor: whatever stands in an address is a place in the list, or
// the reader's mistake.
func FuzzParseCursor(f *testing.F) {
	f.Add("2026-11-28.0sap83ee9kg0y")
	f.Add(".0sap83ee9kg0y")
	f.Add("9999-12-31.")
	f.Fuzz(func(t *testing.T, s string) {
		due, id, err := parseCursor(s)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("%q: %v is not the reader's mistake", s, err)
			}
			return
		}
		again, same, err := parseCursor(due.String() + "." + id.String())
		if err != nil || again != due || same != id {
			t.Fatalf("%q is %v %v, and comes back as %v %v (%v)", s, due, id, again, same, err)
		}
	})
}
