package app

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kakehashi/engines/draw"
)

// TestDrawVerify_RunsWithoutACity: on the computer of whoever lost.
func TestDrawVerify_RunsWithoutACity(t *testing.T) {
	at := time.Date(2026, 11, 11, 0, 0, 0, 0, time.UTC)
	frozen, err := draw.Freeze(draw.Draw{
		Title: "Hall", Frozen: at, Source: draw.Source{Kind: draw.Typed, What: "an index at noon", Due: at.Add(time.Hour)},
		Slots:   []draw.Slot{{Room: "hall", Time: "am", Period: "2027-02"}},
		Entries: []draw.Entry{{Group: "g", Number: 1, Tier: 1, Wishes: []draw.Wish{{Slots: []int{0}}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := frozen.Run([]draw.Reveal{{Who: "abe", Value: "1"}, {Who: "sato", Value: "1"}})
	if err != nil {
		t.Fatal(err)
	}
	var proof bytes.Buffer
	if err := r.WriteProof(&proof); err != nil {
		t.Fatal(err)
	}
	whole := filepath.Join(t.TempDir(), "proof.txt")
	broken := whole + ".broken"
	for name, b := range map[string][]byte{whole: proof.Bytes(), broken: bytes.Replace(proof.Bytes(), []byte("hall@am 2027"), []byte("hall@pm 2027"), 1)} {
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{whole}, exitOK, "OK: Hall\n  entries 1, won 1, mode plain"},
		{[]string{"--commit", frozen.Commitment(), whole}, exitOK, frozen.Commitment()},
		{[]string{"--commit", r.Seed(), whole}, exitError, "another entry list"},
		{[]string{broken}, exitError, "line 6: the line was changed"},
		{nil, exitUsage, "draw verify"},
	} {
		var out bytes.Buffer
		if code := Main(append([]string{"draw", "verify"}, c.args...), strings.NewReader(""), &out, &out); code != c.code || !strings.Contains(out.String(), c.says) {
			t.Errorf("draw verify %q: %d, %s", c.args, code, out.String())
		}
	}
}
