package i18n

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// message is one message in one language, ready to be said.
type message struct {
	text  string // the whole of it, when there is nothing to put in
	plain bool
	other template
	forms map[plural.Form]template // the plural forms beside other; nil for most
}

// template is text with the places where values go.
type template []part

// part is a piece of text, or, when name is set, the place of that value.
type part struct{ text, name string }

// compile reads a message's text in the only form of Go's templates that we
// take, {{.name}}: it needs no interpreter and cannot fail while a page is
// being made.
func compile(s string) (template, error) {
	var t template
	for s != "" {
		before, rest, found := strings.Cut(s, "{{")
		if before != "" {
			t = append(t, part{text: before})
		}
		if !found {
			break
		}
		inside, after, closed := strings.Cut(rest, "}}")
		name, dotted := strings.CutPrefix(strings.TrimSpace(inside), ".")
		if !closed || !dotted || !isName(name) {
			return nil, fmt.Errorf("placeholder {{%s is not of the form {{.name}}", rest)
		}
		t = append(t, part{name: name})
		s = after
	}
	return t, nil
}

func isName(s string) bool {
	for i, r := range s {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

// pluralForms lists CLDR's cardinal classes under go-i18n's names for them.
var pluralForms = []struct {
	name string
	form plural.Form
	of   func(*goi18n.Message) string
}{
	{"zero", plural.Zero, func(m *goi18n.Message) string { return m.Zero }},
	{"one", plural.One, func(m *goi18n.Message) string { return m.One }},
	{"two", plural.Two, func(m *goi18n.Message) string { return m.Two }},
	{"few", plural.Few, func(m *goi18n.Message) string { return m.Few }},
	{"many", plural.Many, func(m *goi18n.Message) string { return m.Many }},
}

// newMessage compiles what go-i18n read from the file.
func newMessage(m *goi18n.Message) (*message, error) {
	other, err := compile(m.Other)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.ID, err)
	}
	msg := &message{other: other}
	for _, p := range pluralForms {
		text := p.of(m)
		if text == "" {
			continue
		}
		t, err := compile(text)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", m.ID, p.name, err)
		}
		if msg.forms == nil {
			msg.forms = make(map[plural.Form]template)
		}
		msg.forms[p.form] = t
	}
	if msg.forms == nil && len(other) <= 1 && (len(other) == 0 || other[0].name == "") {
		msg.plain, msg.text = true, m.Other
	}
	return msg, nil
}

// parse reads one file of messages in go-i18n's format. It is stricter where
// TOML sets a trap: what follows a ["plural.table"] belongs to the table.
func parse(data []byte) ([]*goi18n.Message, error) {
	return goi18n.ParseMessageBytes(data, func(data []byte, v any) error {
		if err := toml.Unmarshal(data, v); err != nil {
			return err
		}
		raw, _ := (*v.(*any)).(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(raw)) {
			forms, ok := raw[key].(map[string]any)
			if !ok {
				continue
			}
			for _, name := range slices.Sorted(maps.Keys(forms)) {
				if forms["other"] == nil {
					return fmt.Errorf("%q is a table without \"other\": a key with dots must be quoted", key)
				}
				if !isForm(name) {
					return fmt.Errorf("%q has %q among its plural forms: plural tables go to the end of the file, or on one line as { one = …, other = … }", key, name)
				}
			}
		}
		return nil
	})
}

func isForm(name string) bool {
	if name == "other" || name == "description" {
		return true
	}
	for _, p := range pluralForms {
		if p.name == name {
			return true
		}
	}
	return false
}

// pluralForm returns CLDR's cardinal class of n (UTS 35 part 3, Language Plural
// Rules). The tables are those of golang.org/x/text, because go-i18n's cannot be
// asked without rendering one of its own messages; a test holds them equal, but
// for Vietnamese: go-i18n follows a newer CLDR that puts 0 and 1 into a class of
// their own there, and since its nouns never change, every message would have to
// be written twice.
func pluralForm(tag language.Tag, n int64) plural.Form {
	if n < 0 {
		n = -n
	}
	// No rule of ours looks at more than the last six digits and whether there
	// are others before them, and the number must fit an int of 32 bits.
	const million = 1_000_000
	if n >= 2*million {
		n = n%million + million
	}
	return plural.Cardinal.MatchPlural(tag, int(n), 0, 0, 0, 0)
}
