package check_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"kakehashi/engines/draw"
	"kakehashi/engines/draw/check"
)

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
	f.Add(proof.Bytes())
	f.Add([]byte("kakehashi-draw 1 1ac1c4b1\n"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		_, err := check.Proof(bytes.NewReader(b))
		var fault *check.Fault
		if err != nil && (!errors.As(err, &fault) || fault.Line < 1) {
			t.Fatalf("%v is no fault of a line", err)
		}
	})
}
