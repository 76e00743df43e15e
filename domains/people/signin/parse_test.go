package signin

import (
	"strings"
	"testing"
)

func TestParseCode(t *testing.T) {
	for typed, want := range map[string]string{"123456": "123456", "123 456": "123456", "１２３４５６": "123456", " 12-34-56\n": "123456", "１２３　４５６": "123456"} {
		if got, err := ParseCode(typed); err != nil || got != want {
			t.Errorf("ParseCode(%q) = %q, %v", typed, got, err)
		}
	}
	for _, typed := range []string{"", "12345", "1234567", "12345a", "一二三四五六", strings.Repeat("1", 1000)} {
		if got, err := ParseCode(typed); err == nil {
			t.Errorf("ParseCode(%q) = %q", typed, got)
		}
	}
}

func FuzzParseCode(f *testing.F) {
	f.Add("123 456")
	f.Fuzz(func(t *testing.T, s string) {
		code, err := ParseCode(s)
		if err != nil {
			return
		}
		if len(code) != CodeDigits || strings.Trim(code, "0123456789") != "" {
			t.Fatalf("ParseCode(%q) = %q", s, code)
		}
	})
}

func TestParseIssuers(t *testing.T) {
	got, err := ParseIssuers("LINE https://access.line.me 123 secret ; City-Hall https://id.example.jp/realm abc def;")
	if err != nil || len(got) != 2 || got[0].Key() != "line" || got[1].URL != "https://id.example.jp/realm" {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := ParseIssuers(""); err != nil || got != nil {
		t.Errorf("nothing gives %v, %v", got, err)
	}
	for _, bad := range []string{
		"LINE https://access.line.me 123", "LI/NE https://x.jp a b", "X http://x.jp a b", "X ftp://x.jp a b",
		"X https://x.jp?y a b", "X https://x.jp a b; x https://y.jp a b", "X : a b",
	} {
		if _, err := ParseIssuers(bad); err == nil {
			t.Errorf("ParseIssuers(%q) is accepted", bad)
		} else if strings.Contains(err.Error(), " b") && strings.Contains(err.Error(), "secret") {
			t.Errorf("the error shows the secret: %v", err)
		}
	}
}

func FuzzParseIssuers(f *testing.F) {
	f.Add("LINE https://access.line.me 123 secret")
	f.Fuzz(func(t *testing.T, s string) {
		all, err := ParseIssuers(s)
		if err != nil {
			return
		}
		for _, i := range all {
			if strings.ContainsAny(i.Key(), "/?#% ") || i.Key() == "" {
				t.Fatalf("key %q of %q cannot stand in an address", i.Key(), s)
			}
		}
	})
}

func TestNewCode_IsSixDigits(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		code, err := newCode()
		if err != nil || len(code) != CodeDigits {
			t.Fatalf("newCode() = %q, %v", code, err)
		}
		seen[code] = true
	}
	if len(seen) < 190 {
		t.Errorf("%d different codes of 200", len(seen))
	}
}
