package jp

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

// Encoding names how the bytes of a text were written.
type Encoding string

// The encodings that DecodeText knows.
const (
	UTF8    Encoding = "utf-8"
	UTF8BOM Encoding = "utf-8-bom" // with a byte order mark, as Excel wants it
	UTF16   Encoding = "utf-16"    // with a byte order mark: Excel's "Unicode text"
	CP932   Encoding = "cp932"     // Windows code page 932, Shift_JIS with Windows' additions
)

const bom = "\uFEFF"

// DecodeText turns the bytes of an office's file into text without a byte order
// mark, and says how they were written. What is valid UTF-8 is taken as such;
// Japanese in CP932 is that by accident only in texts of a word or two. Bytes
// that are neither, or hold a NUL as binary files do, are an error.
func DecodeText(b []byte) (text string, enc Encoding, err error) {
	switch {
	case bytes.HasPrefix(b, []byte(bom)):
		enc, text = UTF8BOM, string(b[len(bom):])
		if !utf8.ValidString(text) {
			return "", "", formError("text")
		}
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}) || bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(b)
		if err != nil {
			return "", "", fmt.Errorf("jp: text: %w: %w", ErrForm, err)
		}
		enc, text = UTF16, string(out)
	case utf8.Valid(b):
		enc, text = UTF8, string(b)
	default:
		out, err := japanese.ShiftJIS.NewDecoder().Bytes(b)
		if err != nil {
			return "", "", fmt.Errorf("jp: text: %w: %w", ErrForm, err)
		}
		enc, text = CP932, string(out)
		if strings.ContainsRune(text, utf8.RuneError) {
			return "", "", formError("text")
		}
	}
	if strings.ContainsRune(text, 0) {
		return "", "", formError("text")
	}
	return text, enc, nil
}

// geta stands in for a character that has no place in the code page, as
// printers set 〓 for a missing sort.
const geta = '〓'

// windowsTwin maps characters to those that CP932 holds in their place: Microsoft
// and Unicode's own Shift_JIS table chose different ones for the same bytes.
var windowsTwin = map[rune]rune{
	'〜': '～', '−': '－', '‖': '∥', '—': '―', '¢': '￠', '£': '￡', '¬': '￢', '¦': '￤',
	'\u00A0': ' ', '–': '―', '‐': '‐', '‑': '‐', '•': '・', '〰': '～',
}

// EncodeCP932 writes text as Windows' Japanese code page 932. Marks of voice are
// joined to their kana and dashes replaced by Windows' twins; every other
// character without a place there becomes 〓 and is returned, once each.
func EncodeCP932(s string) ([]byte, []rune) {
	out := make([]byte, 0, len(s))
	var missing []rune
	seen := map[rune]bool{}
	enc := japanese.ShiftJIS.NewEncoder()
	var one [utf8.UTFMax]byte
	for _, r := range joinMarks(s) {
		if r < utf8.RuneSelf {
			out = append(out, byte(r))
			continue
		}
		if twin, ok := windowsTwin[r]; ok {
			r = twin
		}
		b, err := enc.Bytes(utf8.AppendRune(one[:0], r))
		if err != nil || r == '\u00A5' || r == '\u203E' || r == utf8.RuneError {
			// The standard sends ¥ and ‾ to the bytes of \ and ~, which read back as those.
			if !seen[r] {
				seen[r] = true
				missing = append(missing, r)
			}
			b, _ = enc.Bytes(utf8.AppendRune(one[:0], geta))
		}
		out = append(out, b...)
	}
	return out, missing
}

// joinMarks composes kana with marks of voice that follow on their own, as file
// names from macOS have them, and leaves half-width kana, which CP932 holds.
func joinMarks(s string) string {
	if !strings.ContainsAny(s, string([]rune{combVoiced, combSemi})) {
		return s
	}
	out := make([]rune, 0, len(s)/3)
	for _, r := range s {
		switch r {
		case combVoiced:
			out = mark(out, voiced, wideVoiced)
		case combSemi:
			out = mark(out, semiVoiced, wideSemi)
		default:
			out = append(out, r)
		}
	}
	return string(out)
}
