package kinsoku

import (
	"strings"
	"unicode"
)

// Characters that do not begin a line: closing brackets, stops, small kana, the
// long-vowel mark, iteration marks, signs after a number. And those that do not
// end one: opening brackets, signs before a number (JIS X 4051, 行頭禁則 and
// 行末禁則).
var (
	notFirst = set("、。，．・：；？！‼⁇⁈⁉」』）］｝】〕〉》〗〙｠’”»)]},.:;?!%％‰℃°′″" +
		"ーｰ〜～゠–ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿｧｨｩｪｫｬｭｮｯ々〻ゝゞヽヾ｡､｣･ﾞﾟ")
	notLast = set("「『（［｛【〔〈《〖〘｟‘“«([{¥￥$＄£€№＃#〒")
	// Counters stay with the number before them, ordinals with the one after.
	counters = set("円年月日時分人名枚件号条項階室歳才回点個台本％")
	ordinals = set("第金№令平昭")
	// Dots and dashes that are one sign when doubled.
	doubled = set("…‥—―")
	// Scripts without blanks between words: a line ends after any of their
	// characters.
	blankless = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana}
)

func set(s string) map[rune]bool {
	m := make(map[rune]bool)
	for _, r := range s {
		m[r] = true
	}
	return m
}

// Wrap breaks text into lines no wider than width, as widthOf measures a
// character. Joined, the lines are the text without its "\n", which end a line
// each. Blanks at the end of a line stay there and do not count. A piece that
// must not be broken and is wider than a line is broken nevertheless, and a
// character that is wider than a line stands alone on one.
func Wrap(text string, width float64, widthOf func(rune) float64) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		lines = wrapParagraph(lines, []rune(paragraph), width, widthOf)
	}
	return lines
}

func wrapParagraph(lines []string, text []rune, width float64, widthOf func(rune) float64) []string {
	start, used := 0, 0.0 // of the line under way; used leaves out no blanks
	for at := 0; at < len(text); {
		end := at + 1
		for end < len(text) && !breaks(text[end-1], text[end]) {
			end++
		}
		piece, bare := measure(text[at:end], widthOf)
		if at > start && used+bare > width {
			lines, start, used = append(lines, string(text[start:at])), at, 0
		}
		if bare > width { // alone on its line, and still too wide
			for cut := at; cut < end; cut++ {
				w := widthOf(text[cut])
				if cut > start && used+w > width && !sticks(text[cut]) && !Blank(text[cut]) {
					lines, start, used = append(lines, string(text[start:cut])), cut, 0
				}
				used += w
			}
		} else {
			used += piece
		}
		at = end
	}
	return append(lines, string(text[start:]))
}

// measure returns the width of a piece, and without the blanks at its end.
func measure(piece []rune, widthOf func(rune) float64) (all, bare float64) {
	for _, r := range piece {
		all += widthOf(r)
		if !Blank(r) {
			bare = all
		}
	}
	return all, bare
}

// breaks reports whether a line may end between the two characters.
func breaks(a, b rune) bool {
	switch {
	case sticks(b), Blank(b), notFirst[b], notLast[a], glues(a), glues(b):
		return false
	case Blank(a):
		return true
	case doubled[a] && a == b, unicode.IsDigit(a) && counters[b], ordinals[a] && unicode.IsDigit(b):
		return false
	}
	return !(inWord(a) && inWord(b))
}

// inWord reports whether the character belongs to a word or a number that is
// set apart by blanks.
func inWord(r rune) bool {
	if unicode.In(r, blankless...) {
		return false
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r < 0x80 && r > ' ' || unicode.Is(unicode.Mn, r)
}

// sticks reports whether the character is set onto the one before it.
func sticks(r rune) bool { return unicode.Is(unicode.Mn, r) }

// glues reports whether the character is there to keep its neighbours together.
func glues(r rune) bool { return r == '\u00a0' || r == '\u2060' || r == '\u202f' || r == '\ufeff' }

// Blank reports whether the character is one that counts for nothing at the end
// of a line.
func Blank(r rune) bool { return r == ' ' || r == '\u3000' }
