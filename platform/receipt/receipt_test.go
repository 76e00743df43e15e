package receipt_test

import (
	"strings"
	"testing"

	"kakehashi/platform/receipt"
)

func TestNew_CanBeReadOverThePhone(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		r := receipt.New()
		if len(r) != 7 || r[3] != '-' || strings.ContainsAny(r, "0O1ILZ2S5B8UV") {
			t.Fatalf("receipt %q", r)
		}
		seen[r] = true
	}
	if len(seen) < 990 {
		t.Errorf("only %d of 1000 differ", len(seen))
	}
}

func TestParse_ReadsWhatPeopleType(t *testing.T) {
	for typed, want := range map[string]string{
		"7K4-QX9": "7K4-QX9", " 7k4 qx9": "7K4-QX9", "７Ｋ４−ＱＸ９": "7K4-QX9", "7K4QX": "", "7K4-QXO": "", "合唱": "", "": "",
	} {
		if got, ok := receipt.Parse(typed); got != want || ok != (want != "") {
			t.Errorf("%q is read as %q", typed, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("7K4-QX9")
	f.Fuzz(func(t *testing.T, s string) {
		if got, ok := receipt.Parse(s); ok {
			if again, ok := receipt.Parse(got); !ok || again != got {
				t.Fatalf("%q, then %q", got, again)
			}
		}
	})
}
