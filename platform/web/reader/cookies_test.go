package reader

import (
	"net/http"
	"strings"
	"testing"
)

// FuzzCookies: whatever a browser sends, a value is a part of what it sent, and
// no value comes from a cookie of another name.
func FuzzCookies(f *testing.F) {
	f.Add("kakehashi=abc; kakehashi-lang=vi; other=1")
	f.Add(";;=;kakehashi")
	f.Add("__Host-kakehashi=a=b")
	names := NamesOf(false)
	f.Fuzz(func(t *testing.T, line string) {
		c := names.Read(http.Header{"Cookie": {line}})
		for name, value := range map[string]string{
			names.Session: c.Session, names.Lang: c.Lang, names.Aids: c.Aids, names.Flash: c.Flash, names.Draft: c.Draft,
		} {
			if value != "" && !strings.Contains(line, name+"="+value) {
				t.Fatalf("%q has no %s=%s", line, name, value)
			}
		}
	})
}
