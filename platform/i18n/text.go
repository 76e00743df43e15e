package i18n

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
)

// Text is data in the languages that somebody wrote it in: a notice, the name
// of a room. It is stored as a JSON object in a TEXT column.
type Text map[Lang]string

// Pick returns the text for a reader of want, and the language it is in, for
// the lang attribute. Where want is missing or blank it takes, in this order:
//
//	vi, fil, tr, ne, ko → en → ja-easy → ja
//	zh-Hant → zh-Hans → ja → ja-easy → en, and zh-Hans likewise
//	en → ja-easy → ja
//	ja → ja-easy → en, and ja-easy → ja → en
//
// and then whatever there is, in the order of Langs. Without any text it
// returns "" and want.
func (t Text) Pick(want Lang) (s string, in Lang) {
	if s := t[want]; strings.TrimSpace(s) != "" {
		return s, want
	}
	for _, in := range speeches[want].fallback {
		if s := t[in]; strings.TrimSpace(s) != "" {
			return s, in
		}
	}
	for _, in := range Langs {
		if s := t[in]; strings.TrimSpace(s) != "" {
			return s, in
		}
	}
	return "", want
}

// Value stores the text as JSON with its languages in alphabetical order; a
// text without languages is {}.
func (t Text) Value() (driver.Value, error) {
	if len(t) == 0 {
		return "{}", nil
	}
	b, err := json.Marshal(map[Lang]string(t))
	if err != nil {
		return nil, fmt.Errorf("i18n: store text: %w", err)
	}
	return string(b), nil
}

// Scan reads what Value stored; NULL and "" are a text without languages. A
// language that is no longer ours is kept, so that nothing stored is lost.
func (t *Text) Scan(src any) error {
	var b []byte
	switch v := src.(type) {
	case nil:
	case string:
		b = []byte(v)
	case []byte:
		b = v
	default:
		return fmt.Errorf("i18n: cannot scan %T into a text", src)
	}
	*t = nil
	if len(b) == 0 {
		return nil
	}
	var m map[string]string
	if err := json.Unmarshal(b, &m); err != nil {
		return fmt.Errorf("i18n: scan text: %w", err)
	}
	*t = make(Text, len(m))
	for lang, s := range m {
		(*t)[Lang(lang)] = s
	}
	return nil
}
