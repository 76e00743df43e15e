package jp_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kakehashi/engines/jp"
)

func TestDaiji(t *testing.T) {
	for n, want := range map[int64]string{
		0: "零", 10: "壱拾", 1350: "壱千参百五拾", 20_000: "弐万", 1_234_567: "壱百弐拾参万四千五百六拾七", 100_000_000: "壱億", 100_010_001: "壱億壱万壱",
	} {
		if got := jp.Daiji(n); got != want {
			t.Errorf("jp.Daiji(%d) = %s, want %s", n, got, want)
		}
	}
}

// TestDaiji_ReadsBack: the characters say the number that they were made of.
func TestDaiji_ReadsBack(t *testing.T) {
	digit := map[rune]int64{'壱': 1, '弐': 2, '参': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}
	unit := map[rune]int64{'拾': 10, '百': 100, '千': 1000}
	great := map[rune]int64{'万': 1e4, '億': 1e8, '兆': 1e12, '京': 1e16}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 9e17).Draw(t, "n")
		var sum, four, one int64
		for _, r := range jp.Daiji(n) {
			switch {
			case digit[r] > 0:
				one = digit[r]
			case unit[r] > 0:
				four, one = four+one*unit[r], 0
			default:
				sum, four, one = sum+(four+one)*great[r], 0, 0
			}
		}
		if got := sum + four + one; got != n {
			t.Fatalf("%s reads %d, want %d", jp.Daiji(n), got, n)
		}
		if strings.ContainsAny(jp.Daiji(n), "一二三十") {
			t.Fatalf("%s can be altered", jp.Daiji(n))
		}
	})
}
