package i18n

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// counters are read so after any number.
var counters = map[string]string{
	"年": "ねん", "月": "がつ", "時": "じ", "秒": "びょう", "円": "えん", "名": "めい", "件": "けん", "回": "かい",
	"歳": "さい", "才": "さい", "号": "ごう", "室": "しつ", "番": "ばん", "枚": "まい", "台": "だい", "字": "じ", "代": "だい",
	"週": "しゅう", "度": "ど", "倍": "ばい", "点": "てん", "市": "し", "課": "か", "万円": "まんえん", "万人": "まんにん",
	"丁目": "ちょうめ", "番地": "ばんち", "年生": "ねんせい", "週間": "しゅうかん",
	// these change with the number; see counterReading
	"日": "にち", "人": "にん", "分": "ふん", "階": "かい",
}

// daysOfMonth are the days that are not read number + にち.
var daysOfMonth = map[int]string{
	2: "ふつか", 3: "みっか", 4: "よっか", 5: "いつか", 6: "むいか", 7: "なのか", 8: "ようか", 9: "ここのか", 10: "とおか",
	14: "じゅうよっか", 20: "はつか", 24: "にじゅうよっか",
}

// afterCounter may follow a counter: 3日間, 5分前, 2日後, 3回目.
var afterCounter = map[string]string{"間": "かん", "前": "まえ", "後": "ご", "目": "め"}

// counted reads the counter at text[i], if digits stand before it: 28日 is
// 28日(にち), and 20日 is はつか over both, from the first digit.
func counted(text string, i int) (from, to int, spans []Span) {
	from = digitsBefore(text, i)
	to, months := i, false
	if from == i {
		// 3か月: the number counts months, not the month of March.
		small, size := utf8.DecodeLastRuneInString(text[:i])
		if !strings.ContainsRune("かヶカヵ", small) || !strings.HasPrefix(text[i:], "月") {
			return 0, 0, nil
		}
		if from = digitsBefore(text, i-size); from == i-size {
			return 0, 0, nil
		}
		months = true
	}
	unit := unitAt(text, i)
	if unit == "" {
		return 0, 0, nil
	}
	to += len(unit)
	switch whole, reading := counterReading(text[:from], text[from:i], unit); {
	case months:
		from, spans = i, []Span{{unit, "げつ"}}
	case whole:
		spans = []Span{{text[from:to], reading}}
	default:
		from, spans = i, []Span{{unit, reading}}
	}
	for after, reading := range afterCounter {
		if strings.HasPrefix(text[to:], after) {
			spans = append(spans, Span{after, reading})
			return from, to + len(after), spans
		}
	}
	return from, to, spans
}

// unitAt returns the counter that text[i:] begins with, the longest first.
func unitAt(text string, i int) string {
	_, one := utf8.DecodeRuneInString(text[i:])
	_, two := utf8.DecodeRuneInString(text[i+one:])
	for _, unit := range []string{text[i : i+one+two], text[i : i+one]} {
		if _, ok := counters[unit]; ok {
			return unit
		}
	}
	return ""
}

// counterReading returns how the counter is read after the number, and whether
// the reading is that of both together. Before is the text in front.
func counterReading(before, number, unit string) (whole bool, reading string) {
	n, err := strconv.Atoi(asciiDigits(number))
	if err != nil {
		return false, counters[unit]
	}
	switch {
	case unit == "日" && n == 1 && strings.HasSuffix(before, "月"):
		return true, "ついたち"
	case unit == "日" && daysOfMonth[n] != "":
		return true, daysOfMonth[n]
	case unit == "人" && n == 1:
		return true, "ひとり"
	case unit == "人" && n == 2:
		return true, "ふたり"
	case unit == "分" && strings.ContainsRune("134680", rune('0'+n%10)):
		return false, "ぷん"
	case unit == "階" && n%10 == 3:
		return false, "がい"
	}
	return false, counters[unit]
}

// digitsBefore returns where the number begins that ends at text[i], or i.
func digitsBefore(text string, i int) int {
	for i > 0 {
		r, size := utf8.DecodeLastRuneInString(text[:i])
		if (r < '0' || r > '9') && (r < '０' || r > '９') && r != ',' {
			break
		}
		i -= size
	}
	return i
}

// asciiDigits narrows full-width digits and drops the commas between them.
func asciiDigits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == ',':
			return -1
		}
		return r
	}, s)
}
