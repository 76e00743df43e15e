package i18n

import (
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/text/feature/plural"
)

// Source is the messages of one module or platform package.
type Source struct {
	Name string // the first part of every one of its keys
	FS   fs.FS  // <lang>.toml at the root or in messages/: flat tables in go-i18n's format
}

// Open returns the source's file of messages in the language.
func (s Source) Open(l Lang) ([]byte, error) {
	b, err := fs.ReadFile(s.FS, string(l)+".toml")
	if errors.Is(err, fs.ErrNotExist) {
		b, err = fs.ReadFile(s.FS, "messages/"+string(l)+".toml")
	}
	if err != nil {
		return nil, fmt.Errorf("i18n: messages of %s: %w", s.Name, err)
	}
	return b, nil
}

// Message is one message as its file has it, for tests and tools.
type Message struct {
	Key   string
	Forms map[string]string // text by plural class; "other" is the only one of most
}

// Read returns the source's messages in the language, in no order.
func (s Source) Read(l Lang) ([]Message, error) {
	data, err := s.Open(l)
	if err != nil {
		return nil, err
	}
	read, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("i18n: %s/%s.toml: %w", s.Name, l, err)
	}
	messages := make([]Message, len(read))
	for i, m := range read {
		messages[i] = Message{Key: m.ID, Forms: map[string]string{"other": m.Other}}
		for _, p := range pluralForms {
			if text := p.of(m); text != "" {
				messages[i].Forms[p.name] = text
			}
		}
	}
	return messages, nil
}

// Placeholders returns the names of the values that a message's text takes, as
// often and in the order as they stand there.
func Placeholders(text string) ([]string, error) {
	t, err := compile(text)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, p := range t {
		if p.name != "" {
			names = append(names, p.name)
		}
	}
	return names, nil
}

// Plurals returns the plural classes in which whole numbers come in the
// language, by go-i18n's names: "other" alone, or "one" and "other".
func (l Lang) Plurals() []string {
	const enough = 200 // the rules of our languages look at the last two digits
	seen := make(map[plural.Form]bool)
	for n := range int64(enough) {
		seen[pluralForm(l.Tag(), n)] = true
	}
	var names []string
	for _, p := range pluralForms {
		if seen[p.form] {
			names = append(names, p.name)
		}
	}
	return append(names, "other")
}
