package group

import (
	"testing"

	"kakehashi/platform/fault"
)

// FuzzParseCursor: whatever stands in an address is a place in the list, or
// the reader's mistake.
func FuzzParseCursor(f *testing.F) {
	f.Add("e3818be3828f.0sap83ee9kg0y")
	f.Add("")
	f.Add(".")
	f.Fuzz(func(t *testing.T, s string) {
		key, id, err := parseCursor(s)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("%q: %v is not the reader's mistake", s, err)
			}
			return
		}
		if s == "" {
			return
		}
		again, same, err := parseCursor(key + "." + id.String())
		if err != nil || again != key || same != id {
			t.Fatalf("%q is %q %v, and comes back as %q %v (%v)", s, key, id, again, same, err)
		}
	})
}

// FuzzSortKey: a name's key never holds what ends it in a cursor.
func FuzzSortKey(f *testing.F) {
	f.Add("あおぞら日本語クラブ")
	f.Add("N.P.O. 川口")
	f.Fuzz(func(t *testing.T, name string) {
		key, _, err := parseCursor(sortKey(name) + ".0sap83ee9kg0y")
		if err != nil || key != sortKey(name) {
			t.Fatalf("the key of %q comes back as %q (%v)", name, key, err)
		}
	})
}

// FuzzParseKind takes the kinds there are, and nothing else.
func FuzzParseKind(f *testing.F) {
	f.Add("civic")
	f.Add("CIVIC")
	f.Fuzz(func(t *testing.T, s string) {
		if k, ok := ParseKind(s); ok && string(k) != s {
			t.Fatalf("%q is taken for %q", s, k)
		}
	})
}
