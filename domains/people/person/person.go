package person

import (
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// Limits of what is kept about a person, in characters.
const (
	MaxName    = 120
	MaxTown    = 60
	MaxAddress = 200
	MaxMail    = 254 // RFC 5321, section 4.5.3.1.3, less the angle brackets
)

// AdultAge is the age in years from which nobody has a guardian any more
// (Civil Code, article 4).
const AdultAge = 18

// Size is how large text shall be.
type Size string

// The sizes of text a reader chooses from.
const (
	SizeNormal  Size = ""
	SizeLarge   Size = "large"
	SizeLargest Size = "largest"
)

// Aids are what helps this person to read and to be reached.
type Aids struct {
	Furigana bool // readings over kanji
	Size     Size
	Contrast bool // high contrast
	Calm     bool // no movement
	Paper    bool // letters instead of mail
}

// Person is somebody the city knows. The four sealed values are empty unless
// the person came from Read or Reveal.
type Person struct {
	ID      db.ID
	Version int64
	Name    string // 氏名, as the person writes it; never split
	Kana    string // フリガナ in full-width katakana; optional
	Roman   string // ローマ字; optional
	Alias   string // 通称, the name they go by; optional
	Langs   []i18n.Lang
	Aids    Aids
	Town    string // 町丁字 as the city writes it
	Account bool   // signs in themselves
	Created time.Time
	Changed time.Time
	Closed  time.Time // zero while open

	Private
}

// Private is what is kept sealed about a person.
type Private struct {
	Birth   jp.Date
	Phone   string // as jp writes phone numbers, with its note after a space
	Address string
	Mail    string
}

// Shown is the name others see: the 通称 where there is one.
func (p *Person) Shown() string {
	if p.Alias != "" {
		return p.Alias
	}
	return p.Name
}

// Lang is the language the person reads best.
func (p *Person) Lang() i18n.Lang {
	if len(p.Langs) == 0 {
		return i18n.Ja
	}
	return p.Langs[0]
}

// Minor reports whether the person is known to be under AdultAge on the day.
// Somebody whose birth date is not known counts as an adult.
func (p *Private) Minor(on jp.Date) bool {
	return !p.Birth.IsZero() && p.Birth.Age(on) < AdultAge
}

// AdultOn is the 18th birthday, the first day without a guardian; zero when
// the birth date is not known. Who was born on 29 February comes of age on
// 1 March, as jp.Date.Age counts; the law on the calculation of age would say
// the evening before, so a guardianship never ends too early.
func (p *Private) AdultOn() jp.Date {
	if p.Birth.IsZero() {
		return jp.Date{}
	}
	return jp.NewDate(p.Birth.Year+AdultAge, p.Birth.Month, p.Birth.Day)
}

// Settle brings what was typed into the form in which it is kept and says
// everything that cannot be kept, field by field: name, kana, roman, alias,
// mail, phone, birth, address, town, langs. Today is the day for birth dates.
func (p *Person) Settle(today jp.Date) error {
	var c fault.Check
	p.Name = oneLine(p.Name)
	c.Field(p.Name != "", "name", "people.name.missing")
	c.Field(utf8.RuneCountInString(p.Name) <= MaxName, "name", "people.name.long", "max", MaxName)

	p.Kana = jp.Kana(oneLine(p.Kana))
	kana, ok := katakana(p.Kana)
	p.Kana = kana
	c.Field(ok && utf8.RuneCountInString(p.Kana) <= MaxName, "kana", "people.kana.letters")

	p.Roman = oneLine(norm.NFKC.String(p.Roman))
	c.Field(latin(p.Roman) && utf8.RuneCountInString(p.Roman) <= MaxName, "roman", "people.roman.letters")
	p.Alias = oneLine(p.Alias)
	c.Field(utf8.RuneCountInString(p.Alias) <= MaxName, "alias", "people.name.long", "max", MaxName)

	if p.Mail != "" {
		m, err := ParseMail(p.Mail)
		c.Field(err == nil, "mail", "people.mail.invalid")
		if err == nil {
			p.Mail = m
		}
	}
	if p.Phone != "" {
		n, err := settlePhone(p.Phone)
		c.Field(err == nil, "phone", "people.phone.invalid")
		if err == nil {
			p.Phone = n
		}
	}
	if !p.Birth.IsZero() {
		c.Field(!p.Birth.After(today) && p.Birth.Age(today) <= 130, "birth", "people.birth.impossible")
	}
	p.Address = oneLine(p.Address)
	c.Field(utf8.RuneCountInString(p.Address) <= MaxAddress, "address", "people.address.long", "max", MaxAddress)
	p.Town = oneLine(p.Town)
	c.Field(utf8.RuneCountInString(p.Town) <= MaxTown, "town", "people.town.long", "max", MaxTown)

	p.Langs = settleLangs(p.Langs)
	c.Field(len(p.Langs) > 0, "langs", "people.langs.missing")
	if p.Aids.Size != SizeLarge && p.Aids.Size != SizeLargest {
		p.Aids.Size = SizeNormal
	}
	return c.Err()
}

// ParseMail returns the address in the form it is kept in: one bare address,
// its domain in lower case. It refuses display names, comments, quoted local
// parts and anything longer than MaxMail, which no resident types on purpose.
func ParseMail(s string) (string, error) {
	s = strings.TrimSpace(norm.NFKC.String(s))
	bad := fault.New(fault.Invalid, "people.mail.invalid")
	if s == "" || len(s) > MaxMail || strings.ContainsAny(s, "\"<>(),;: \t\r\n\\") {
		return "", bad
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s {
		return "", bad
	}
	local, domain, ok := cutLast(s, "@")
	if !ok || local == "" || strings.HasPrefix(domain, ".") || strings.HasSuffix(domain, ".") ||
		strings.HasPrefix(domain, "[") || !strings.Contains(domain, ".") {
		return "", bad
	}
	for _, r := range s {
		if r > unicode.MaxASCII || unicode.IsControl(r) {
			return "", bad
		}
	}
	return local + "@" + strings.ToLower(domain), nil
}

// mailKey is the form in which two spellings of one mailbox are equal. Local
// parts are compared without case: no provider that residents use tells them
// apart, and phones like to begin with a capital.
func mailKey(mail string) string { return strings.ToLower(mail) }

func settlePhone(s string) (string, error) {
	n, err := jp.Phone(s)
	if err != nil {
		return "", err
	}
	if n.Note != "" {
		return n.Number + " " + oneLine(n.Note), nil
	}
	return n.Number, nil
}

// phoneKey is a phone number's digits, for looking it up.
func phoneKey(s string) (string, bool) {
	n, err := jp.Phone(s)
	if err != nil {
		return "", false
	}
	return n.Digits, true
}

func settleLangs(langs []i18n.Lang) []i18n.Lang {
	var out []i18n.Lang
	seen := make(map[i18n.Lang]bool, len(langs))
	for _, l := range langs {
		if known, ok := i18n.ParseLang(string(l)); ok && !seen[known] {
			seen[known] = true
			out = append(out, known)
		}
	}
	return out
}

// oneLine trims s, drops control characters, and leaves one space, of the kind
// that was typed, where there were several.
func oneLine(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "")
	}
	s = norm.NFC.String(s)
	var b strings.Builder
	var space rune
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			if space == 0 {
				space = r
			}
			continue
		case unicode.IsControl(r) || r == '\u202e' || r == '\u202d':
			continue // the two overrides would turn the rest of a page around
		}
		if space != 0 && b.Len() > 0 {
			if space != '\u3000' {
				space = ' '
			}
			b.WriteRune(space)
		}
		space = 0
		b.WriteRune(r)
	}
	return b.String()
}

// katakana turns hiragana into katakana and reports whether nothing but kana,
// its marks and spaces stands there.
func katakana(s string) (string, bool) {
	ok := true
	out := strings.Map(func(r rune) rune {
		switch {
		case r >= 'ぁ' && r <= 'ゖ':
			return r + ('ァ' - 'ぁ')
		case r >= 'ァ' && r <= 'ヿ', unicode.IsSpace(r), r == '゛', r == '゜':
		case r == '-' || r == 'ｰ' || r == '−' || r == '‐':
			return 'ー' // what fingers find where the long mark should be
		default:
			ok = false
		}
		return r
	}, s)
	return out, ok
}

// latin reports whether s is made of Latin letters and what stands between
// them in names.
func latin(s string) bool {
	for _, r := range s {
		if !unicode.In(r, unicode.Latin, unicode.Mn) && !strings.ContainsRune(" -'’.,·", r) {
			return false
		}
	}
	return true
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// Sizes are the sizes of text, the smallest first.
var Sizes = []Size{SizeNormal, SizeLarge, SizeLargest}
