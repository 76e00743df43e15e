package i18n

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"kakehashi/engines/jp"
)

// Localizer says messages, dates and numbers in one language. It never changes
// and is safe for concurrent use.
type Localizer struct {
	lang Lang
	msgs map[string]*message
	digits
	formats
}

// Key is the key of a message, given as the value of a placeholder of another
// message: it is said in the reader's language.
type Key string

func newLocalizer(lang Lang, msgs map[string]*message) *Localizer {
	return &Localizer{lang: lang, msgs: msgs, digits: digitsOf(lang), formats: newFormats(msgs)}
}

// Lang returns the language.
func (l *Localizer) Lang() Lang { return l.lang }

// Has reports whether there is a message under the key.
func (l *Localizer) Has(key string) bool { return l.msgs[key] != nil }

// T returns the message under the key, with the values of args, alternating
// names and values, put in. The value named "count" selects the plural form.
// A missing message is ⟦key⟧ and a missing value ⟦name⟧.
//
// Values look as their language wants them: integers are grouped (except one
// whose name ends in "year"), a jp.Date is Date, a time.Time is DateTime, a
// Text is the reader's, a []string is List, and a Key is its own message.
func (l *Localizer) T(key string, args ...any) string {
	m := l.msgs[key]
	if m == nil {
		return "⟦" + key + "⟧"
	}
	if m.plain {
		return m.text
	}
	t := m.other
	if m.forms != nil {
		if n, ok := count(args); ok {
			if form, ok := m.forms[pluralForm(l.lang.Tag(), n)]; ok {
				t = form
			}
		}
	}
	var room [192]byte // most messages fit, and then only the string is allocated
	b := room[:0]
	for i := range t {
		if t[i].name == "" {
			b = append(b, t[i].text...)
			continue
		}
		b = l.appendArg(b, t[i].name, args)
	}
	return string(b)
}

func (l *Localizer) appendArg(b []byte, name string, args []any) []byte {
	for i := 0; i+1 < len(args); i += 2 {
		if s, ok := args[i].(string); ok && s == name {
			return l.appendValue(b, name, args[i+1])
		}
	}
	return append(append(append(b, "⟦"...), name...), "⟧"...)
}

func (l *Localizer) appendValue(b []byte, name string, value any) []byte {
	switch v := value.(type) {
	case string:
		return append(b, v...)
	case Key:
		return append(b, l.T(string(v))...)
	case Text:
		return append(b, l.Text(v)...)
	case jp.Date:
		return append(b, l.Date(v)...)
	case time.Time:
		return append(b, l.DateTime(v)...)
	case []string:
		return append(b, l.List(v)...)
	case Lang:
		return append(b, v.Name()...)
	case fmt.Stringer:
		return append(b, v.String()...)
	case error:
		return append(b, v.Error()...)
	}
	if n, ok := integer(value); ok {
		if strings.HasSuffix(name, "year") {
			return strconv.AppendInt(b, n, 10)
		}
		return l.appendNumber(b, n)
	}
	if f, ok := value.(float64); ok {
		return l.appendFloat(b, f)
	}
	return fmt.Append(b, value)
}

// count returns the value that selects the plural. One that came through JSON
// as a string or a float counts as well.
func count(args []any) (int64, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if s, ok := args[i].(string); !ok || s != "count" {
			continue
		}
		if s, ok := args[i+1].(string); ok {
			n, err := strconv.ParseInt(s, 10, 64)
			return n, err == nil
		}
		return integer(args[i+1])
	}
	return 0, false
}

func integer(value any) (int64, bool) {
	switch v := value.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case int32:
		return int64(v), true
	case uint:
		return int64(v), true
	case uint64:
		return int64(v), true
	case uint32:
		return int64(v), true
	case float64:
		if n := int64(v); float64(n) == v {
			return n, true
		}
	}
	return 0, false
}

// Text returns the text in the reader's language, or in the next best; where
// the page must declare which, use Text.Pick.
func (l *Localizer) Text(t Text) string {
	s, _ := t.Pick(l.lang)
	return s
}
