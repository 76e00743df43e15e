package jp

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// longestCell bounds, in bytes, what the parsers look at: no date, time or
// number is that long, and a pasted page costs nothing.
const longestCell = 200

// tidy folds widths and every dash that people type between numbers to '-',
// and trims. The katakana long mark is among the dashes, so tidy is for text
// that should be numbers, not words.
func tidy(s string) string {
	return strings.TrimSpace(strings.Map(dash, norm.NFKC.String(s)))
}

// tight is tidy without any white space.
func tight(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, tidy(s))
}

func dash(r rune) rune {
	switch r {
	case '‐', '‑', '‒', '–', '—', '―', '−', '－', 'ー', 'ｰ', '─', '━', '﹣', '⁻', '˗':
		return '-'
	}
	return r
}

var kanjiDigits = map[rune]int{'〇': 0, '零': 0, '一': 1, '二': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}

// arabic writes the kanji numerals in s in digits: 二〇二一 as 2021, 二十三 as 23.
// Numbers above 99 must be written digit by digit.
func arabic(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { _, ok := kanjiDigits[r]; return ok || r == '十' }) {
		return s
	}
	var out strings.Builder
	rs := []rune(s)
	for i, r := range rs {
		if n, ok := kanjiDigits[r]; ok {
			out.WriteByte('0' + byte(n))
			continue
		}
		if r != '十' {
			out.WriteRune(r)
			continue
		}
		// 十 is a 1 unless a digit stands before it, and a 0 unless one follows.
		if i == 0 || !isKanjiDigit(rs[i-1]) {
			out.WriteByte('1')
		}
		if i+1 == len(rs) || !isKanjiDigit(rs[i+1]) {
			out.WriteByte('0')
		}
	}
	return out.String()
}

func isKanjiDigit(r rune) bool { _, ok := kanjiDigits[r]; return ok }
