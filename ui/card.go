package ui

import "strings"

// dialled returns the digits of a phone number as a phone dials them; a note
// behind the number is left out.
func dialled(number string) string {
	var b strings.Builder
	for i, r := range number {
		switch {
		case r >= '0' && r <= '9', r == '+' && i == 0:
			b.WriteRune(r)
		case r == '-', r == ' ', r == '(', r == ')':
		default:
			return b.String()
		}
	}
	return b.String()
}

// initial returns the first letter of a name.
func initial(name string) string {
	for _, r := range strings.TrimSpace(name) {
		return strings.ToUpper(string(r))
	}
	return ""
}
