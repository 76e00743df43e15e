package jp

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
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
		enc = CP932
		if text, err = decodeCP932(b); err != nil {
			return "", "", err
		}
	}
	if strings.ContainsRune(text, 0) {
		return "", "", formError("text")
	}
	return text, enc, nil
}

// decodeCP932 decodes the code page with the characters that offices drew for
// themselves (外字, lead bytes F0 to F9), which become the private characters from
// U+E000 as in Windows; the library's decoder refuses them.
func decodeCP932(b []byte) (string, error) {
	var out strings.Builder
	dec := japanese.ShiftJIS.NewDecoder()
	flush := func(part []byte) error {
		text, err := dec.Bytes(part)
		if err != nil || bytes.ContainsRune(text, utf8.RuneError) || bytes.ContainsRune(text, '\u0080') {
			return formError("text") // byte 0x80 stands for nothing
		}
		out.Write(text)
		return nil
	}
	from := 0
	for i := 0; i < len(b); i++ {
		lead := b[i]
		if lead < 0x81 || lead >= 0xA0 && lead < 0xE0 || i+1 == len(b) {
			continue
		}
		i++
		if lead < gaijiLead || lead > gaijiLast || b[i] < 0x40 || b[i] == 0x7F || b[i] > 0xFC {
			continue
		}
		if err := flush(b[from : i-1]); err != nil {
			return "", err
		}
		trail := rune(b[i]) - 0x40
		if b[i] > 0x7F {
			trail--
		}
		out.WriteRune(gaijiFirst + rune(lead-gaijiLead)*gaijiRow + trail)
		from = i + 1
	}
	if err := flush(b[from:]); err != nil {
		return "", err
	}
	return out.String(), nil
}

// Where a code page's own characters lie, in bytes and in Unicode.
const (
	gaijiLead, gaijiLast = 0xF0, 0xF9
	gaijiRow             = 188 // characters behind one lead byte
	gaijiFirst           = '\uE000'
	gaijiEnd             = gaijiFirst + (gaijiLast-gaijiLead+1)*gaijiRow
)

func gaiji(r rune) []byte {
	n := r - gaijiFirst
	trail := n%gaijiRow + 0x40
	if trail >= 0x7F {
		trail++
	}
	return []byte{byte(gaijiLead + n/gaijiRow), byte(trail)}
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
		switch {
		case r < utf8.RuneSelf:
			out = append(out, byte(r))
			continue
		case gaijiFirst <= r && r < gaijiEnd:
			out = append(out, gaiji(r)...)
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
		} else if b[0] == 0xED || b[0] == 0xEE {
			ibm := ibmRows()[r]
			b = ibm[:]
		}
		out = append(out, b...)
	}
	return out, missing
}

// ibmRows maps the characters of IBM's rows to their bytes. Most stand in NEC's
// rows ED and EE too: Windows writes IBM's bytes, the library's encoder NEC's.
var ibmRows = sync.OnceValue(func() map[rune][2]byte {
	const first, last = 0xFA, 0xFC // lead bytes of IBM's rows
	table := map[rune][2]byte{}
	dec := japanese.ShiftJIS.NewDecoder()
	for lead := first; lead <= last; lead++ {
		for trail := 0x40; trail <= 0xFC; trail++ {
			pair := [2]byte{byte(lead), byte(trail)}
			text, err := dec.Bytes(pair[:])
			if r, n := utf8.DecodeRune(text); err == nil && n == len(text) && r != utf8.RuneError {
				table[r] = pair
			}
		}
	}
	return table
})

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
