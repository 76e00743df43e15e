package pdf

import "testing"

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"か\u3099\u3099": "が\u3099", "a\tb\r\nc": "a b\nc", "神\ufa19": "神\ufa19", "e\u0301": "é", "\xff": "\ufffd",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}
