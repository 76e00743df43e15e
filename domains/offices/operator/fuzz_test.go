package operator

import (
	"net/url"
	"testing"
)

// FuzzParseLogFilter: whatever an address asks, its filter has an address that
// asks the same.
func FuzzParseLogFilter(f *testing.F) {
	f.Add("by=person&number=0sap83ee9kg0y&reads=on")
	f.Add("subject=reservation&on=0sap83ee9kg0y&before=0sap83ee9kg0y")
	f.Add("number=nobody")
	f.Fuzz(func(t *testing.T, query string) {
		q, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		want := parseLogFilter(q).path()
		u, err := url.Parse(want)
		if err != nil {
			t.Fatal(err)
		}
		if got := parseLogFilter(u.Query()).path(); got != want {
			t.Fatalf("%q leads to %s, and that to %s", query, want, got)
		}
	})
}
