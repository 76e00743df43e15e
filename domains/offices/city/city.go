package city

import (
	"strings"
	"time"
	"unicode/utf8"

	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// Topic is touched whenever the city's own words change.
const Topic = "city"

// City is what the city says of itself. The zero City is one that nobody has
// described yet.
type City struct {
	Name      i18n.Text
	Office    i18n.Text // the office that answers
	Hours     i18n.Text // when it answers
	Phone     string    // as people write it
	Code      string    // 全国地方公共団体コード: six digits, or ""
	Version   int64     // grows with every change; 0 = never described
	ChangedAt time.Time
	ChangedBy db.ID
}

// Part is a part of the city's words that has a form of its own.
type Part string

// The parts.
const (
	PartName    Part = "name"
	PartOffice  Part = "office"
	PartHours   Part = "hours"
	PartContact Part = "contact"
)

// Parts lists the parts in the order of the page.
var Parts = []Part{PartName, PartOffice, PartHours, PartContact}

// text returns the text that a part is made of; nil for the contact.
func (c *City) text(p Part) *i18n.Text {
	switch p {
	case PartName:
		return &c.Name
	case PartOffice:
		return &c.Office
	case PartHours:
		return &c.Hours
	}
	return nil
}

// MaxText is how many characters a name, an office or hours may have.
const MaxText = 80

// field is the name of a form's field for a text in a language.
func field(l i18n.Lang) string { return "text_" + string(l) }

// Fill puts what was typed into a part of the city. Empty languages are left
// out, and readers of those see the next best; Japanese must be there.
func (c *City) Fill(p Part, form func(name string) string) error {
	var check fault.Check
	if p == PartContact {
		c.Phone, c.Code = "", ""
		if typed := strings.TrimSpace(form("phone")); typed != "" {
			phone, err := jp.Phone(typed)
			check.Field(err == nil, "phone", "offices.city.phone.form")
			c.Phone = phone.Number
		}
		if typed := strings.TrimSpace(form("code")); typed != "" {
			code, ok := ParseCode(typed)
			check.Field(ok, "code", "offices.city.code.form")
			c.Code = code
		}
		return check.Err()
	}
	text := i18n.Text{}
	for _, l := range i18n.Langs {
		s := strings.TrimSpace(form(field(l)))
		check.Field(utf8.RuneCountInString(s) <= MaxText, field(l), "offices.city.long", "max", MaxText)
		if s != "" {
			text[l] = s
		}
	}
	check.Field(text[i18n.Ja] != "", field(i18n.Ja), "offices.city.ja")
	*c.text(p) = text
	return check.Err()
}

// ParseCode reads a local government's code (全国地方公共団体コード) in any
// width: six digits whose last is the check digit, or five, to which it is
// added. The rule is that of the Ministry of Internal Affairs: weights 6 to 2,
// modulo 11.
func ParseCode(s string) (string, bool) {
	s = jp.Fold(s)
	if len(s) != 5 && len(s) != 6 {
		return "", false
	}
	sum := 0
	for i, r := range s {
		if r < '0' || r > '9' {
			return "", false
		}
		if i < 5 {
			sum += int(r-'0') * (6 - i)
		}
	}
	code := s[:5] + string(rune('0'+(11-sum%11)%10))
	return code, len(s) == 5 || s == code
}

type stored struct {
	City
	changed int64
}

// Get returns the city; the zero City when nobody has described it yet.
func Get(tx *db.Tx) (c City, err error) {
	defer fault.Wrap(&err, "city.Get")
	s, err := db.One(tx, func(s *stored) []any {
		return []any{&s.Version, &s.Name, &s.Office, &s.Phone, &s.Hours, &s.Code, &s.changed, &s.ChangedBy}
	}, `SELECT version, name, office, phone, hours, code, changed_at, changed_by FROM city WHERE id = 1`)
	if fault.Is(err, fault.NotFound) {
		return c, nil
	}
	c = s.City
	c.ChangedAt = db.Time(s.changed)
	return c, err
}

// Save keeps the city when c.Version still is the stored one; otherwise it is a
// Conflict, since somebody else saved meanwhile. what names the part that was
// changed, for the log.
func Save(tx *db.Tx, c City, what string) (err error) {
	defer fault.Wrap(&err, "city.Save(%s, version %d)", what, c.Version)
	var n int64
	if c.Version == 0 {
		n, err = tx.Exec(`INSERT INTO city (id, version, name, office, phone, hours, code, changed_at, changed_by)
			VALUES (1, 1, $1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING`,
			c.Name, c.Office, c.Phone, c.Hours, c.Code, tx.Now, tx.Actor.Person)
	} else {
		n, err = tx.Exec(`UPDATE city SET version = version + 1, name = $1, office = $2, phone = $3, hours = $4, code = $5, changed_at = $6, changed_by = $7
			WHERE id = 1 AND version = $8`,
			c.Name, c.Office, c.Phone, c.Hours, c.Code, tx.Now, tx.Actor.Person, c.Version)
	}
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "offices.city.changed")
	}
	tx.Touch(Topic)
	return audit.Record(tx, audit.Entry{Action: "offices.city", Subject: "city", ID: 1, Detail: map[string]string{"part": what}})
}
