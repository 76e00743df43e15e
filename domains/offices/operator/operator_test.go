package operator

import (
	"net/url"
	"strings"
	"testing"

	"kakehashi/platform/db"
)

func TestMask_TakesOutMailAddresses(t *testing.T) {
	for in, want := range map[string]string{
		"550 5.1.1 <linh@example.jp>: no such user": "550 5.1.1 <…@…>: no such user",
		"dial tcp 192.0.2.1:25: refused":            "dial tcp 192.0.2.1:25: refused",
		`to="a.b+c@mail.example.jp", later`:         `to="…@…", later`,
		"":                                          "",
	} {
		if got := mask(in); got != want {
			t.Errorf("mask(%q) = %q, want %q", in, got, want)
		}
	}
	if got := []rune(mask(strings.Repeat("え", 2000))); len(got) > 601 {
		t.Errorf("%d characters of an error", len(got))
	}
}

func TestBytes(t *testing.T) {
	for n, want := range map[int64]string{0: "0 kB", 1: "1 kB", 1 << 20: "1.0 MB", 5*(1<<30) + (1 << 29): "5.5 GB"} {
		if got := bytes(n); got != want {
			t.Errorf("bytes(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestLogFilter_StandsInTheAddress(t *testing.T) {
	for _, f := range []logFilter{
		{By: byActor},
		{By: byPerson, Number: 99, Reads: true},
		{By: byActor, Subject: "reservation", On: db.ID(5), Before: 77},
	} {
		u, err := url.Parse(f.path())
		if err != nil {
			t.Fatal(err)
		}
		if got := parseLogFilter(u.Query()); got != f {
			t.Errorf("%+v came back as %+v", f, got)
		}
	}
	if f := parseLogFilter(url.Values{"number": {"not a number"}}); !f.Bad {
		t.Error("a number that is none passes")
	}
}
