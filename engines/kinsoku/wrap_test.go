package kinsoku

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// fixed is a font of characters as wide as they are in a terminal.
func fixed(r rune) float64 {
	if r < 0x300 {
		return 1
	}
	if sticks(r) {
		return 0
	}
	return 2
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		name, text string
		width      float64
		want       []string
	}{
		{"no stop begins a line", "会議室を使う。", 12, []string{"会議室を使", "う。"}},
		{"no bracket ends one", "使用「会議」する", 6, []string{"使用", "「会", "議」す", "る"}},
		{"no small kana begins one", "だいちゅうし", 6, []string{"だい", "ちゅう", "し"}},
		{"a long vowel mark stays", "センター", 6, []string{"セン", "ター"}},
		{"a word is not torn", "使用する room three", 12, []string{"使用する ", "room three"}},
		{"a number keeps its unit", "使用料は1,200円", 13, []string{"使用料は", "1,200円"}},
		{"an ordinal keeps its number", "規則第12条", 7, []string{"規則", "第12条"}},
		{"a long word is broken", "abcdefghij", 4, []string{"abcd", "efgh", "ij"}},
		{"a blank hangs", "ab  cd", 2, []string{"ab  ", "cd"}},
		{"ends of lines", "a\n\nb\n", 9, []string{"a", "", "b", ""}},
		{"nothing", "", 9, []string{""}},
		{"wider than a line", "会議", 1, []string{"会", "議"}},
		{"an ellipsis is one", "あの……", 6, []string{"あの", "……"}},
	} {
		if got := Wrap(c.text, c.width, fixed); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// check fails unless the lines hold all of the text, are no wider than they
// may be, and end where lines may end.
func check(t interface{ Fatalf(string, ...any) }, text string, width float64) {
	lines := Wrap(text, width, fixed)
	if got, want := strings.Join(lines, ""), strings.ReplaceAll(text, "\n", ""); got != want {
		t.Fatalf("%q at %v: the lines hold %q", text, width, got)
	}
	at := 0
	for i, line := range lines {
		runes := []rune(line)
		wide, bare := measure(runes, fixed)
		if one := slices.IndexFunc(runes[min(1, len(runes)):], func(r rune) bool { return !sticks(r) && !Blank(r) }); bare > width && one >= 0 {
			t.Fatalf("%q at %v: line %q is %v wide", text, width, line, wide)
		}
		at += len(line)
		if at < len(text) && text[at] == '\n' {
			at++
			continue
		}
		if i == len(lines)-1 || len(runes) == 0 {
			continue
		}
		next := []rune(lines[i+1])
		if breaks(runes[len(runes)-1], next[0]) {
			continue
		}
		// Only a piece that is wider than a line may be broken within.
		piece := slices.Clone(runes[len(runes)-1:])
		for n := len(runes) - 2; n >= 0 && !breaks(runes[n], runes[n+1]); n-- {
			piece = slices.Insert(piece, 0, runes[n])
		}
		rest := []rune(strings.Join(lines[i+1:], ""))
		for n := 0; n < len(rest) && (n == 0 || !breaks(rest[n-1], rest[n])); n++ {
			piece = append(piece, rest[n])
		}
		if _, bare := measure(piece, fixed); bare <= width {
			t.Fatalf("%q at %v: %q was torn after %q", text, width, string(piece), line)
		}
	}
}

func TestWrap_LosesNothing(t *testing.T) {
	alphabet := []rune("あ漢字「」（、。ーっゃ1,2円第条 abc-\n　が\u3099…¥%\u00a0ﾊﾟé")
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOfN(rapid.SampledFrom(alphabet), 0, 60).Draw(t, "text"))
		check(t, text, rapid.Float64Range(0, 30).Draw(t, "width"))
	})
}

func FuzzWrap(f *testing.F) {
	f.Add("使用料は1,200円です。", 10.0)
	f.Add("https://example.jp/a/very/long/address を開く", 12.0)
	f.Fuzz(func(t *testing.T, text string, width float64) {
		if len(text) > 400 || !utf8.ValidString(text) || strings.ContainsAny(text, "\r\x00") || width < 0 || width > 1e6 || width != width {
			return
		}
		check(t, text, width)
	})
}
