package jp

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// PhoneNumber is a Japanese telephone number as found in a cell.
type PhoneNumber struct {
	Number string // as it is read out: 048-258-1110, 0120-123-456, #7119
	Digits string // to compare and dial: 0482581110
	Note   string // what stood around it: an extension, whose it is, a second number
}

// Phone reads the first telephone number in s: hyphens, brackets, blanks or
// nothing between the groups, any width, +81, a dropped leading zero, and the
// short numbers (110, 188, #7119). All else in s is kept as the note. Groups
// are kept as typed where they can be right, and otherwise set by the numbering
// plan. A number without its area code is refused: the same digits ring
// elsewhere in the next town.
func Phone(s string) (PhoneNumber, error) {
	if len(s) > longestCell {
		return PhoneNumber{}, formError("telephone number")
	}
	typed := []rune(strings.TrimSpace(s))
	flat := make([]rune, len(typed)) // rune for rune, so that the note can be cut from what was typed
	for i, r := range typed {
		flat[i] = flatRune(r)
	}
	if n := string(flat); isShort(n) {
		return PhoneNumber{Number: n, Digits: strings.TrimPrefix(n, "#")}, nil
	}
	for i := 0; i < len(flat); i++ {
		if !isDigit(flat[i]) && flat[i] != '+' && flat[i] != '(' || insideNumber(flat, i) {
			continue
		}
		groups, end := scanNumber(flat, i)
		if groups == nil {
			continue
		}
		return PhoneNumber{
			Number: strings.Join(groups, "-"),
			Digits: strings.Join(groups, ""),
			Note:   phoneNote(string(typed[:i]), string(typed[end:])),
		}, nil
	}
	return PhoneNumber{}, formError("telephone number")
}

// insideNumber reports whether the place goes on with digits begun before it: a
// number may not begin there, or a slip of the key would ring somebody else.
func insideNumber(flat []rune, i int) bool {
	if i > 1 && (flat[i-1] == '-' || flat[i-1] == '.') {
		i--
	}
	return i > 0 && isDigit(flat[i-1])
}

func flatRune(r rune) rune {
	if unicode.IsSpace(r) {
		return ' '
	}
	if folded := width.LookupRune(r).Folded(); folded != 0 {
		r = folded
	}
	return dash(r)
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

// isShort reports whether s is one of the numbers of three or four digits that
// ring a service from anywhere.
func isShort(s string) bool {
	if n, ok := strings.CutPrefix(s, "#"); ok {
		_, ok := digits(n)
		return ok && len(n) == 4
	}
	_, ok := digits(s)
	return ok && len(s) == 3 && s[0] == '1'
}

// scanNumber reads groups of digits from flat[i:] until they make a whole number.
// It returns the groups to show and the index after the number, or nil.
func scanNumber(flat []rune, i int) (groups []string, end int) {
	const country = "+81"
	abroad := strings.HasPrefix(string(flat[i:]), country)
	if abroad {
		i += len(country)
		for _, zero := range []string{"(0)", " (0)"} {
			if strings.HasPrefix(string(flat[i:]), zero) {
				i += len(zero)
			}
		}
	}
	total := 0
	for {
		start := i
		for i < len(flat) && strings.ContainsRune("-(). ", flat[i]) && i-start < 3 {
			i++
		}
		from := i
		for i < len(flat) && isDigit(flat[i]) {
			i++
		}
		if from == i {
			return nil, 0
		}
		groups = append(groups, string(flat[from:i]))
		total += i - from
		if total > 11 {
			return nil, 0
		}
		if total < 9 {
			continue
		}
		if whole := wholeNumber(groups, abroad); whole != nil {
			if i < len(flat) && flat[i] == ')' && strings.Contains(string(flat[start:from]), "(") {
				i++ // the bracket closes one that was part of the number
			}
			if i+1 < len(flat) && flat[i] == '-' && isDigit(flat[i+1]) {
				return nil, 0 // more digits than a number has
			}
			return whole, i
		}
	}
}

// wholeNumber returns the groups of the number that the typed groups make, with
// its leading zero, or nil while they make none.
func wholeNumber(typed []string, abroad bool) []string {
	all := strings.Join(typed, "")
	groups := append([]string(nil), typed...)
	if all[0] != '0' {
		all = "0" + all
		groups[0] = "0" + groups[0]
	} else if abroad && len(all) < 10 {
		return nil
	}
	want := numberLength(all)
	if len(all) != want {
		return nil
	}
	if plausible(groups) {
		return groups
	}
	area, exchange := areaLength(all), 4
	switch {
	case want == 10 && serviceNumber(all):
		exchange = 3
	case strings.HasPrefix(all, "0800"):
		exchange = 3
	case want == 10:
		exchange = 6 - area
	}
	return []string{all[:area], all[area : area+exchange], all[area+exchange:]}
}

// numberLength returns how many digits a number that begins so has, 0 if none does.
func numberLength(all string) int {
	if all[1] == '0' {
		return 0
	}
	if all[2] == '0' && strings.ContainsRune("256789", rune(all[1])) {
		return 11
	}
	return 10
}

// serviceNumber reports a number that rings the same everywhere: free, split-charge or premium.
func serviceNumber(all string) bool {
	return strings.HasPrefix(all, "0120") || strings.HasPrefix(all, "0570") || strings.HasPrefix(all, "0990")
}

// plausible reports whether typed groups could be those of a number: the area
// code, the exchange, and a last group of four, or at least three for a service number.
func plausible(groups []string) bool {
	if len(groups) != 3 {
		return false
	}
	a, b, c := len(groups[0]), len(groups[1]), len(groups[2])
	switch all := strings.Join(groups, ""); {
	case strings.HasPrefix(all, "0800"):
		return a == 4 && b == 3 && c == 4
	case len(all) == 11:
		return a == 3 && b == 4 && c == 4
	case serviceNumber(all):
		return a == 4 && b+c == 6 && c >= 3
	}
	return a >= 2 && a <= 5 && a+b == 6 && c == 4
}

// phoneNote joins what stood before and after the number, without the label of
// the column and the signs that only held them together.
func phoneNote(before, after string) string {
	const glue = " 　:：/／,，、・;；-−－"
	before = strings.Trim(before, glue)
	switch strings.Trim(Fold(before), ".: ") {
	case "tel", "電話", "電話番号", "でんわ", "phone":
		before = ""
	}
	after = strings.Trim(after, glue)
	for _, pair := range [][2]string{{"（", "）"}, {"(", ")"}, {"［", "］"}, {"[", "]"}} {
		inner, ok := strings.CutPrefix(after, pair[0])
		if !ok {
			continue
		}
		if inner, ok = strings.CutSuffix(inner, pair[1]); ok && !strings.ContainsAny(inner, pair[0]+pair[1]) {
			after = inner
		}
	}
	return strings.TrimSpace(strings.TrimSpace(before) + " " + strings.TrimSpace(after))
}
