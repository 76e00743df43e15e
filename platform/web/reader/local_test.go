package reader

import (
	"net/url"
	"strings"
	"testing"
)

func TestLocalPath(t *testing.T) {
	for in, want := range map[string]string{
		"/":                        "/",
		"/places/7?day=1&a=b#top":  "/places/7?day=1&a=b",
		"/a b":                     "/a%20b",
		"/会議室":                     "/%E4%BC%9A%E8%AD%B0%E5%AE%A4",
		"":                         "/",
		"places":                   "/",
		"https://evil.example/":    "/",
		"//evil.example":           "/",
		"///evil.example":          "/",
		`/\evil.example`:           "/",
		`\/evil.example`:           "/",
		"/\t/evil.example":         "/",
		"/\n/evil.example":         "/",
		" //evil.example":          "/",
		"javascript:alert(1)":      "/",
		"/%zz":                     "/",
		strings.Repeat("/a", 2000): "/",
	} {
		if got := LocalPath(in); got != want {
			t.Errorf("LocalPath(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzLocalPath(f *testing.F) {
	for _, s := range []string{"/a?b", "//evil.example", `/\evil`, "/\r/x", "/.//x", "/%2f/evil", "/?next=//x", "/;@evil.example", "/a/..//evil.example"} {
		f.Add(s)
	}
	base := &url.URL{Scheme: "https", Host: "city.example", Path: "/language/ja"}
	f.Fuzz(func(t *testing.T, s string) {
		got := LocalPath(s)
		// What a browser does: drop tabs and line ends, read \ as /.
		browser := strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(got)
		u, err := base.Parse(browser)
		if err != nil {
			t.Fatalf("LocalPath(%q) = %q: %v", s, got, err)
		}
		if u.Host != base.Host || u.Scheme != base.Scheme || u.User != nil {
			t.Errorf("LocalPath(%q) = %q leads to %s", s, got, u)
		}
		if again := LocalPath(got); again != got {
			t.Errorf("LocalPath(%q) = %q, and of that %q", s, got, again)
		}
	})
}
