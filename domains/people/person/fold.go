package person

import (
	"bytes"
	"encoding/hex"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"kakehashi/engines/jp"
)

// MaxFold is how many bytes of a folded name are kept for searching.
const MaxFold = 90

// fold returns the key under which a name is found: folded as jp.Fold does,
// without accents on Latin letters (Nguyễn, nguyen), spaces and marks, its
// UTF-8 written in hexadecimal.
func fold(s string) string {
	s = jp.Fold(s)
	var b bytes.Buffer
	base := rune(0)
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r) && unicode.Is(unicode.Latin, base):
			continue
		case r == 'đ' || r == 'ð':
			r = 'd'
		case r == 'ı':
			r = 'i'
		case unicode.IsSpace(r) || r != 'ー' && !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r):
			continue
		}
		if !unicode.IsMark(r) {
			base = r
		}
		b.WriteRune(r)
	}
	return hex.EncodeToString(cut(norm.NFC.Bytes(b.Bytes()), MaxFold))
}

// cut shortens b to at most n bytes without splitting a character.
func cut(b []byte, n int) []byte {
	if len(b) <= n {
		return b
	}
	for n > 0 && b[n]&0xC0 == 0x80 {
		n--
	}
	return b[:n]
}

// folds returns everything a person is found by: every name from each of its
// words on, so that a given name alone finds them too. The name itself stays
// whole; only the search looks between its words.
func (p *Person) folds() []string {
	seen := make(map[string]bool)
	var out []string
	for _, name := range []string{p.Name, p.Kana, p.Roman, p.Alias} {
		words := strings.FieldsFunc(name, func(r rune) bool {
			return unicode.IsSpace(r) || r == '・' || r == '='
		})
		for i := range words {
			key := fold(strings.Join(words[i:], " "))
			if key != "" && !seen[key] {
				seen[key] = true
				out = append(out, key)
			}
		}
	}
	return out
}

// after returns a key above every key that begins with the prefix: no
// hexadecimal digit comes after f.
func after(prefix string) string { return prefix + "g" }
