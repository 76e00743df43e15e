package i18ntest

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"kakehashi/platform/i18n"
)

// Complete fails where the messages of the module called name are not the same
// ten times: a key missing or too many, other placeholders, an empty text, a
// missing plural form, a text that was left in another language, and plain
// Japanese that is not plain. It reads <lang>.toml at the root of messages or
// in messages/.
func Complete(t testing.TB, name string, messages fs.FS) {
	t.Helper()
	for _, p := range problems(i18n.Source{Name: name, FS: messages}) {
		t.Error(p)
	}
}

// file is the messages of one source in one language, by key.
type file struct {
	lang     i18n.Lang
	messages map[string]i18n.Message
}

// problems returns a line for each thing that is wrong, beginning with the file.
func problems(src i18n.Source) []string {
	var out []string
	files := make(map[i18n.Lang]file, len(i18n.Langs))
	for _, lang := range i18n.Langs {
		messages, err := src.Read(lang)
		if err != nil {
			out = append(out, err.Error())
			continue
		}
		f := file{lang, make(map[string]i18n.Message, len(messages))}
		for _, m := range messages {
			f.messages[m.Key] = m
		}
		files[lang] = f
	}
	ja := files[i18n.Ja]
	if len(ja.messages) == 0 {
		return append(out, src.Name+"/ja.toml has no messages")
	}
	for _, lang := range i18n.Langs {
		f, ok := files[lang]
		if !ok {
			continue
		}
		say := func(format string, args ...any) {
			out = append(out, fmt.Sprintf("%s/%s.toml: ", src.Name, lang)+fmt.Sprintf(format, args...))
		}
		if missing := without(ja.messages, f.messages); len(missing) > 0 {
			say("%d missing: %s", len(missing), strings.Join(missing, ", "))
		}
		if extra := without(f.messages, ja.messages); len(extra) > 0 {
			say("%d not in ja.toml: %s", len(extra), strings.Join(extra, ", "))
		}
		for _, key := range slices.Sorted(maps.Keys(f.messages)) {
			c := checker{
				message: f.messages[key], lang: lang,
				ja: ja.messages[key], en: files[i18n.En].messages[key],
				say: func(format string, args ...any) { say("%s: "+format, append([]any{key}, args...)...) },
			}
			if !strings.HasPrefix(key, src.Name+".") {
				c.say("does not begin with %q", src.Name+".")
			}
			c.check(src.Name)
		}
	}
	return out
}

// without returns the keys of a that are not in b, in order.
func without(a, b map[string]i18n.Message) []string {
	var keys []string
	for key := range a {
		if _, ok := b[key]; !ok {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// checker looks at one message in one language, beside its ja and en.
type checker struct {
	message, ja, en i18n.Message
	lang            i18n.Lang
	say             func(format string, args ...any)
}

func (c checker) check(source string) {
	names, counted := c.placeholders()
	// How a language writes dates and numbers is its own choice of values; the
	// golden files of platform/i18n prove those.
	if source != "i18n" {
		c.samePlaceholders(names)
	}
	c.plurals(counted)
	for _, class := range slices.Sorted(maps.Keys(c.message.Forms)) {
		text := c.message.Forms[class]
		c.text(text)
		c.language(text, c.ja.Forms[class], c.en.Forms[class])
	}
}

// placeholders returns the names in the message, and whether {{.count}} is
// among them.
func (c checker) placeholders() (names []string, counted bool) {
	for _, text := range c.message.Forms {
		some, err := i18n.Placeholders(text)
		if err != nil {
			c.say("%v", err)
		}
		names = append(names, some...)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	return names, slices.Contains(names, "count")
}

// samePlaceholders leaves count out: "one room" need not say it.
func (c checker) samePlaceholders(names []string) {
	if c.ja.Key == "" {
		return
	}
	var want []string
	for _, text := range c.ja.Forms {
		some, err := i18n.Placeholders(text)
		if err != nil {
			return // said of ja already
		}
		want = append(want, some...)
	}
	for _, name := range want {
		if name != "count" && !slices.Contains(names, name) {
			c.say("has no {{.%s}}, and ja has", name)
		}
	}
	for _, name := range names {
		if name != "count" && !slices.Contains(want, name) {
			c.say("has {{.%s}}, and ja has not", name)
		}
	}
}

// plurals wants every class of the language when the message has plurals in
// English or says a count there.
func (c checker) plurals(counted bool) {
	classes := c.lang.Plurals()
	for class := range c.message.Forms {
		if !slices.Contains(classes, class) {
			c.say("has a plural form %q, and the language knows only %v", class, classes)
		}
	}
	if !counted && len(c.en.Forms) < 2 {
		return
	}
	for _, class := range classes {
		if c.message.Forms[class] == "" {
			c.say("counts something, and has no plural form %q: { one = \"…\", other = \"…\" }", class)
		}
	}
}
