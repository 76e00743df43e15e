package money_test

import (
	"testing"

	"kakehashi/domains/places/money"
)

func FuzzReferences(f *testing.F) {
	for _, s := range []string{"12345674", "1234-5674 アオゾラ", "１２３４５６７４", "2026-12-01_0saqczpaa343b", "ﾌﾘｺﾐ 00000000", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if ref, ok := money.ParseReference(s); ok {
			if again, ok := money.ParseReference(money.Pretty(ref)); !ok || again != ref {
				t.Errorf("%q is %s, and read again %s", s, ref, again)
			}
		}
		for _, ref := range money.ReferencesIn(s) {
			if _, ok := money.ParseReference(ref); !ok {
				t.Errorf("%q holds %q, which is none", s, ref)
			}
		}
		if k := money.ParseKey(s); k.ID != 0 && !k.Day.IsZero() && money.ParseKey(k.String()) != k {
			t.Errorf("the key %q does not come back", s)
		}
	})
}
