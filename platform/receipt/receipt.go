// Package receipt makes the short number (受付番号) under which a person asks
// after what they handed in: by telephone, at a counter, from a printed page.
package receipt

import (
	"crypto/rand"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// letters leave out what is misread or misheard: 0 O, 1 I L, 2 Z, 5 S,
// 8 B, U V.
const letters = "34679ACDEFGHJKMNPQRTWXY"

// New returns a fresh short number such as 7K4-QX9: six of 23 letters,
// 148 million: a caller that meets a number again draws once more.
func New() string {
	var raw [6]byte
	rand.Read(raw[:])
	return Of(raw)
}

// Of returns the receipt that six bytes of chance make, for a demo city
// that is the same every time.
func Of(raw [6]byte) string {
	var b [7]byte
	for i, r := range raw {
		at := i
		if i >= 3 {
			at++
		}
		b[at] = letters[int(r)%len(letters)]
	}
	b[3] = '-'
	return string(b[:])
}

// Parse reads a receipt as people say and type it: in any case, with or
// without its stroke, full width too. It reports false for anything else.
func Parse(s string) (number string, ok bool) {
	s = strings.ToUpper(norm.NFKC.String(s))
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == 'ー' || r == '−' || r == '‐' {
			return -1
		}
		return r
	}, s)
	if len(s) != 6 || strings.Trim(s, letters) != "" {
		return "", false
	}
	return s[:3] + "-" + s[3:], true
}
