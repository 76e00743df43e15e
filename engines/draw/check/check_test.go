package check_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"strings"
	"testing"
	"time"

	"kakehashi/engines/draw"
	"kakehashi/engines/draw/check"
)

// mended gives each line its checksum, and the commitment its hash.
func mended(b []byte) []byte {
	var out []byte
	for l := range bytes.Lines(b) {
		l = bytes.TrimSuffix(l, []byte("\n"))
		if bytes.HasPrefix(l, []byte("commit ")) {
			l = fmt.Appendf(nil, "commit %x", sha256.Sum256(out))
		}
		out = fmt.Appendf(out, "%s %08x\n", l, crc32.ChecksumIEEE(l))
	}
	return out
}

// FuzzProof: whatever it is given, the checker says a line, and takes nothing
// for a proof but what the allocator writes.
func FuzzProof(f *testing.F) {
	at := time.Date(2026, 11, 11, 0, 0, 0, 0, time.UTC)
	frozen, err := draw.Freeze(draw.Draw{
		Title: "t", Frozen: at, Source: draw.Source{Kind: draw.Beacon, What: "w", Due: at.Add(time.Hour)},
		Partners: [][]string{{"r", "q"}},
		Slots:    []draw.Slot{{Room: "r", Time: "1", Period: "p"}, {Room: "q", Time: "1", Period: "p"}},
		Entries:  []draw.Entry{{Group: "g", Number: 1, Tier: 1, Wishes: []draw.Wish{{Slots: []int{0}, Partners: true}}}},
	})
	if err != nil {
		f.Fatal(err)
	}
	r, err := frozen.Run([]draw.Reveal{{Who: "b", Value: "1"}})
	if err != nil {
		f.Fatal(err)
	}
	var proof bytes.Buffer
	if err := r.WriteProof(&proof); err != nil {
		f.Fatal(err)
	}
	f.Add(proof.Bytes(), false)
	var bare []byte // without checksums, which the fuzzing mends
	for l := range bytes.Lines(proof.Bytes()) {
		bare = append(append(bare, l[:bytes.LastIndexByte(l, ' ')]...), '\n')
	}
	f.Add(bare, true)
	f.Add([]byte("kakehashi-draw 1\ntitle\n"), true)
	f.Add(bytes.Replace(bare, []byte("caps 0 0\n"), []byte("caps 0 0\nmode ranks\n"), 1), true)
	f.Fuzz(func(t *testing.T, b []byte, mend bool) {
		if mend {
			b = mended(b)
		}
		_, err := check.Proof(bytes.NewReader(b))
		var fault *check.Fault
		if err != nil && (!errors.As(err, &fault) || fault.Line < 1) {
			t.Fatalf("%v is no fault of a line", err)
		}
	})
}

// TestChecker_IsShort: each of its two files has fewer than 200 lines of code.
func TestChecker_IsShort(t *testing.T) {
	for _, name := range []string{"check.go", "ranks.go"} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for line := range strings.Lines(string(b)) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
				n++
			}
		}
		if n >= 200 {
			t.Errorf("%s has %d lines of code", name, n)
		}
	}
}
