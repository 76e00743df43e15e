package clock_test

import (
	"testing"
	"time"

	"kakehashi/domains/offices/clock"
	"kakehashi/platform/fault"
)

func TestClock_MovesAheadOnly(t *testing.T) {
	var c clock.Clock
	before := c.Now()
	if err := c.Move(48 * time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := c.Now().Sub(before); got < 48*time.Hour || got > 49*time.Hour {
		t.Errorf("it moved %v", got)
	}
	for _, d := range []time.Duration{-time.Second, 5*366*24*time.Hour - time.Hour, 1<<63 - 1} {
		if err := c.Move(d); fault.KindOf(err) != fault.Invalid {
			t.Errorf("Move(%v): %v", d, err)
		}
	}
	if got := c.Now().Sub(before); got > 49*time.Hour {
		t.Errorf("a refused move moved it to %v", got)
	}
}
