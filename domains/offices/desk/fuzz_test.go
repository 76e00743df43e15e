package desk

import (
	"net/url"
	"testing"
)

// FuzzParseView: whatever an address asks, its view has an address that asks
// the same.
func FuzzParseView(f *testing.F) {
	f.Add("due=late&who=mine&state=all&kind=reservation.request&q=ホール&at=2026-11-28.0sap83ee9kg0y")
	f.Add("due=never&who=&office=0sap83ee9kg0y&item=x")
	f.Fuzz(func(t *testing.T, query string) {
		q, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		v := ParseView(q)
		u, err := url.Parse(v.Path("/office"))
		if err != nil {
			t.Fatal(err)
		}
		if got := ParseView(u.Query()); got != v {
			t.Fatalf("%q is %+v, whose address is %+v", query, v, got)
		}
	})
}
