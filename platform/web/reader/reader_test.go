package reader

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"kakehashi/platform/i18n"
)

func TestAddress(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for _, tt := range []struct{ remote, forwarded, want, home, network string }{
		{"203.0.113.5:1234", "", "203.0.113.5", "203.0.113.5/32", "203.0.0.0/16"},
		{"203.0.113.5:1234", "198.51.100.1", "203.0.113.5", "203.0.113.5/32", "203.0.0.0/16"},
		{"10.1.2.3:1", "198.51.100.1", "198.51.100.1", "198.51.100.1/32", "198.51.0.0/16"},
		{"10.1.2.3:1", "192.0.2.9, 198.51.100.1, 10.9.9.9", "198.51.100.1", "198.51.100.1/32", "198.51.0.0/16"},
		{"10.1.2.3:1", "192.0.2.9, nonsense", "10.1.2.3", "10.1.2.3/32", "10.1.0.0/16"},
		{"10.1.2.3:1", "", "10.1.2.3", "10.1.2.3/32", "10.1.0.0/16"},
		{"[::1]:1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8::/32"},
		{"[::ffff:203.0.113.5]:1", "", "203.0.113.5", "203.0.113.5/32", "203.0.0.0/16"},
		{"@", "", "invalid IP", "unknown", "unknown"},
	} {
		r := &http.Request{RemoteAddr: tt.remote, Header: http.Header{}}
		if tt.forwarded != "" {
			r.Header.Set("X-Forwarded-For", tt.forwarded)
		}
		a := Address(r, proxies)
		if a.String() != tt.want || Home(a) != tt.home || Network(a) != tt.network {
			t.Errorf("%q by %q: %s, home %s, network %s", tt.remote, tt.forwarded, a, Home(a), Network(a))
		}
	}
}

func TestCookies_AreFoundInOneWalk(t *testing.T) {
	for _, https := range []bool{false, true} {
		n := NamesOf(https)
		h := http.Header{"Cookie": {"a=b; " + n.Session + "=s=1;" + n.Lang + "=vi; x", n.Aids + "=f1; " + n.Flash + "=x; " + n.Draft + "=d"}}
		got := n.Read(h)
		if want := (Cookies{Session: "s=1", Lang: "vi", Aids: "f1", Flash: "x", Draft: "d"}); got != want {
			t.Errorf("Read = %+v, want %+v", got, want)
		}
		if got.Anonymous() {
			t.Error("a session is not anonymous")
		}
	}
	n := NamesOf(true)
	if got := n.Read(http.Header{"Cookie": {"kakehashi=s"}}); got.Session != "" {
		t.Error("over https a cookie without __Host- must count for nothing")
	}
}

func TestLanguage_CookieBeforeBrowser(t *testing.T) {
	for _, tt := range []struct {
		cookie, accept string
		want           i18n.Lang
	}{
		{"", "", i18n.Ja}, {"", "tr", i18n.Tr}, {"ko", "tr", i18n.Ko}, {"xx", "tr", i18n.Tr},
	} {
		h := http.Header{}
		if tt.accept != "" {
			h.Set("Accept-Language", tt.accept)
		}
		c := Cookies{Lang: tt.cookie}
		if got := c.Language(h); got != tt.want {
			t.Errorf("%+v: %s", tt, got)
		}
	}
}

func TestAids_KeysDifferAndReadBack(t *testing.T) {
	seen := map[uint8]Aids{}
	for _, furigana := range []string{"on", "off"} {
		for _, contrast := range []string{"on", "off"} {
			for _, motion := range []string{"on", "off"} {
				for _, size := range []string{"0", "1", "2"} {
					form := url.Values{"furigana": {furigana}, "contrast": {contrast}, "motion": {motion}, "size": {size}}
					cookie := Aids{}.Change("", form)
					a := ParseAids(cookie, i18n.Ja)
					want := Aids{Furigana: furigana == "on", Contrast: contrast == "on", Motion: motion == "on", Size: int(size[0] - '0')}
					if a != want {
						t.Errorf("%s is %+v, want %+v", cookie, a, want)
					}
					if other, ok := seen[a.Key()]; ok {
						t.Errorf("%+v and %+v have one key", a, other)
					}
					seen[a.Key()] = a
				}
			}
		}
	}
}

func FuzzParseAids(f *testing.F) {
	f.Add("f1s2c1m0")
	f.Fuzz(func(t *testing.T, s string) {
		a := ParseAids(s, i18n.Ja)
		if a.Size < 0 || a.Size > 2 {
			t.Errorf("ParseAids(%q) = %+v", s, a)
		}
		if again := ParseAids(a.Change(s, nil), i18n.Ja); strings.Contains(s, "f") && again != a {
			t.Errorf("%+v became %+v", a, again)
		}
	})
}

func FuzzClean(f *testing.F) {
	f.Add("a\x00\xff会")
	f.Fuzz(func(t *testing.T, s string) {
		got := Tidy(url.Values{"a": {s}}).Get("a")
		if !utf8.ValidString(got) || strings.ContainsAny(got, "\x00\r") {
			t.Errorf("Tidy(%q) = %q", s, got)
		}
	})
}

func TestNumber_CanBeReadOverThePhone(t *testing.T) {
	for range 200 {
		n := Number()
		if len(n) != 6 || n[3] != '-' || strings.ContainsAny(n, "ILOU") || n != strings.ToUpper(n) {
			t.Fatalf("Number() = %q", n)
		}
	}
}
