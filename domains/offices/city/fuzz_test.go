package city

import "testing"

// FuzzParseCode: a code that is taken has six digits and is its own.
func FuzzParseCode(f *testing.F) {
	f.Add("112038")
	f.Add("11203")
	f.Add("１１２０３８")
	f.Add("112039")
	f.Fuzz(func(t *testing.T, s string) {
		code, ok := ParseCode(s)
		if !ok {
			return
		}
		if again, ok := ParseCode(code); !ok || again != code || len(code) != 6 {
			t.Fatalf("%q is the code %q, which is read as %q", s, code, again)
		}
	})
}
