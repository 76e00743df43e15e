package reader

import (
	"net/url"
	"strings"

	"kakehashi/platform/i18n"
)

// Aids are a reader's aids, kept in a cookie.
type Aids struct {
	Furigana bool // readings above kanji; on in plain Japanese unless switched off
	Size     int  // text size: 0 normal, 1 large, 2 largest
	Contrast bool // high contrast
	Motion   bool // reduced motion
}

// ParseAids reads the cookie: two letters an aid, for example "f1s2c0m1".
// What is not there stays as the language has it.
func ParseAids(s string, lang i18n.Lang) Aids {
	a := Aids{Furigana: lang == i18n.JaEasy}
	for ; len(s) >= 2; s = s[2:] {
		on := s[1] == '1'
		switch s[0] {
		case 'f':
			a.Furigana = on
		case 's':
			if s[1] >= '0' && s[1] <= '2' {
				a.Size = int(s[1] - '0')
			}
		case 'c':
			a.Contrast = on
		case 'm':
			a.Motion = on
		}
	}
	return a
}

// Key returns the aids in one byte, for the cache of pages.
func (a Aids) Key() (k uint8) {
	k = uint8(a.Size)
	if a.Furigana {
		k |= 4
	}
	if a.Contrast {
		k |= 8
	}
	if a.Motion {
		k |= 16
	}
	return k
}

// Change returns the cookie of the aids as the form changes them: fields
// furigana, contrast and motion ("on" or anything else) and size (0, 1, 2). A
// field that was not sent stays as it is; of a field sent twice the last value
// counts, so that a hidden "off" may stand before a checkbox. Furigana is
// written only when it was chosen, so that a change of language keeps its own
// habit.
func (a Aids) Change(cookie string, form url.Values) string {
	last := func(name string) (string, bool) {
		v := form[name]
		if len(v) == 0 {
			return "", false
		}
		return v[len(v)-1], true
	}
	toggle := func(name string, at *bool) bool {
		v, ok := last(name)
		if ok {
			*at = v == "on" || v == "1"
		}
		return ok
	}
	chosen := toggle("furigana", &a.Furigana) || strings.Contains(cookie, "f")
	toggle("contrast", &a.Contrast)
	toggle("motion", &a.Motion)
	if v, ok := last("size"); ok && len(v) == 1 && v[0] >= '0' && v[0] <= '2' {
		a.Size = int(v[0] - '0')
	}
	digit := func(on bool) byte {
		if on {
			return '1'
		}
		return '0'
	}
	b := []byte{'s', byte('0' + a.Size), 'c', digit(a.Contrast), 'm', digit(a.Motion)}
	if chosen {
		b = append(b, 'f', digit(a.Furigana))
	}
	return string(b)
}
