package jp

import (
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

const (
	kataToHira   = 'ァ' - 'ぁ'
	voicedMark   = '\uFF9E' // half-width ゛
	semiMark     = '\uFF9F' // half-width ゜
	firstHalf    = '\uFF61'
	wideVoiced   = '゛'
	wideSemi     = '゜'
	combVoiced   = '\u3099'
	combSemi     = '\u309A'
	halfWidthRow = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン"
)

var halfWidth = []rune(halfWidthRow)

// Fold returns the form of s that search compares: NFKC, katakana as hiragana,
// case folded, and each run of white space one space with none at the ends, so
// that ゴミ, ｺﾞﾐ and ごみ are one word.
func Fold(s string) string {
	s = foldOnce(s)
	for range 3 { // normalising can uncover letters to fold; it settles at once for all but rarities
		next := foldOnce(s)
		if next == s {
			break
		}
		s = next
	}
	return s
}

func foldOnce(s string) string {
	s = norm.NFKC.String(cases.Fold().String(norm.NFKC.String(s)))
	return strings.Join(strings.Fields(Hiragana(s)), " ")
}

// Hiragana writes katakana as hiragana and leaves all else, ー and the few
// katakana without a twin among it, as it is.
func Hiragana(s string) string {
	return strings.Map(func(r rune) rune {
		if 'ァ' <= r && r <= 'ヶ' || r == 'ヽ' || r == 'ヾ' {
			return r - kataToHira
		}
		return r
	}, s)
}

// Katakana writes hiragana as katakana, as フリガナ on forms want it, and leaves
// all else as it is.
func Katakana(s string) string {
	return strings.Map(func(r rune) rune {
		if 'ぁ' <= r && r <= 'ゖ' || r == 'ゝ' || r == 'ゞ' {
			return r + kataToHira
		}
		return r
	}, s)
}

// Kana widens half-width kana and its punctuation, and joins the marks of voice
// to their kana: ｶﾞ becomes ガ. All else stays, which NFKC would not promise:
// it replaces characters that people's names are written with.
func Kana(s string) string {
	if !strings.ContainsFunc(s, isKanaPart) {
		return s
	}
	out := make([]rune, 0, len(s)/3)
	for _, r := range s {
		switch {
		case r == voicedMark || r == combVoiced:
			out = mark(out, voiced, wideVoiced)
		case r == semiMark || r == combSemi:
			out = mark(out, semiVoiced, wideSemi)
		case firstHalf <= r && r < voicedMark:
			out = append(out, halfWidth[r-firstHalf])
		default:
			out = append(out, r)
		}
	}
	return string(out)
}

func isKanaPart(r rune) bool {
	return firstHalf <= r && r <= semiMark || r == combVoiced || r == combSemi
}

// mark joins a mark of voice to the last kana, or sets it alone.
func mark(out []rune, join func(rune) (rune, bool), alone rune) []rune {
	if n := len(out); n > 0 {
		if r, ok := join(out[n-1]); ok {
			out[n-1] = r
			return out
		}
	}
	return append(out, alone)
}

func voiced(r rune) (rune, bool) { return joined(r, combVoiced) }

func semiVoiced(r rune) (rune, bool) { return joined(r, combSemi) }

// joined composes kana and mark where Unicode has one character for both.
func joined(r, mark rune) (rune, bool) {
	if r < 'ぁ' || r > 'ヿ' {
		return 0, false
	}
	both := []rune(norm.NFC.String(string([]rune{r, mark})))
	return both[0], len(both) == 1
}
