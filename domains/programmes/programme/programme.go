package programme

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// Topic is touched whenever a programme or field changes.
const Topic = "programmes"

// Limits of what a programme says, in characters.
const (
	MaxName = 80
	MaxText = 600
)

// MaxSteps is how many steps "how to take part" may have: more would not be
// read on a phone.
const MaxSteps = 5

// Field is one of the five ways to collaborate. Its slug is its colour too:
// place, take, watch, help or ask.
type Field struct {
	Slug string
	Name i18n.Text // as the city's paper calls it
	Lead i18n.Text // one sentence to a resident
}

// Texts are what a programme says, each in the languages it was written in.
type Texts struct {
	Name        i18n.Text
	Summary     i18n.Text // one or two sentences to a resident
	Audience    i18n.Text // for whom
	Steps       i18n.Text // how to take part: one step a line, up to MaxSteps
	Partners    i18n.Text // with whom the city does it
	PartnerWork i18n.Text // what they do
	Contact     i18n.Text // the office that answers
	Hours       i18n.Text // when it answers
}

// Programme is one programme (事業) of the city.
type Programme struct {
	ID       db.ID
	Version  int64
	Slug     string
	Field    string // slug of its field
	Sort     int64  // its place among all programmes
	Office   db.ID  // the group of kind office that answers; 0 when not known
	Official string // the description as the city's paper has it, in Japanese
	Texts
	Phone string // as people write it; "" = none
	Mail  string // "" = none
}

// Says returns the summary, or the city's own description where nobody has
// written one yet.
func (p *Programme) Says() i18n.Text {
	if len(p.Summary) > 0 {
		return p.Summary
	}
	return i18n.Text{i18n.Ja: p.Official}
}

// Lines returns the steps of taking part in the language that suits want best,
// and that language.
func (p *Programme) Lines(want i18n.Lang) ([]string, i18n.Lang) {
	s, in := p.Steps.Pick(want)
	return lines(s), in
}

func lines(s string) (out []string) {
	for l := range strings.SplitSeq(s, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// Part is one text of a programme, under the name its form field has.
type Part struct {
	Name string
	Max  int  // characters
	Area bool // several lines
	text func(*Texts) *i18n.Text
}

// Parts lists the texts of a programme in the order in which pages and forms
// show them.
var Parts = []Part{
	{"name", MaxName, false, func(t *Texts) *i18n.Text { return &t.Name }},
	{"summary", MaxText, true, func(t *Texts) *i18n.Text { return &t.Summary }},
	{"audience", MaxText, true, func(t *Texts) *i18n.Text { return &t.Audience }},
	{"steps", MaxText, true, func(t *Texts) *i18n.Text { return &t.Steps }},
	{"partners", MaxText, false, func(t *Texts) *i18n.Text { return &t.Partners }},
	{"partner_work", MaxText, true, func(t *Texts) *i18n.Text { return &t.PartnerWork }},
	{"contact", MaxName, false, func(t *Texts) *i18n.Text { return &t.Contact }},
	{"hours", MaxName, false, func(t *Texts) *i18n.Text { return &t.Hours }},
}

// Of returns the part of the texts.
func (p Part) Of(t *Texts) i18n.Text { return *p.text(t) }

// Write sets the part in one language; an empty text takes the language away.
func (p Part) Write(t *Texts, lang i18n.Lang, s string) {
	at := p.text(t)
	out := make(i18n.Text, len(*at)+1)
	for l, v := range *at {
		out[l] = v
	}
	if s = strings.TrimSpace(s); s == "" {
		delete(out, lang)
	} else {
		out[lang] = s
	}
	*at = out
}

// Missing counts the parts that have no text of their own in the language
// although Japanese has one.
func (t *Texts) Missing(lang i18n.Lang) (n int) {
	for _, p := range Parts {
		if at := p.Of(t); at[i18n.Ja] != "" && at[lang] == "" {
			n++
		}
	}
	return n
}

var (
	mailForm = regexp.MustCompile(`^[^\s@]+@[^\s@]+\.[^\s@]+$`)
	slugForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
)

// Check returns what is wrong with the programme: Invalid, by field. It tidies
// the telephone number and writes steps one a line.
func (p *Programme) Check() error {
	var check fault.Check
	check.Field(p.Name[i18n.Ja] != "", "name", "programmes.edit.name.missing")
	for _, part := range Parts {
		for lang, s := range part.Of(&p.Texts) {
			check.Field(utf8.RuneCountInString(s) <= part.Max, part.Name, "programmes.edit.long", "limit", part.Max)
			if part.Name == "steps" {
				steps := lines(s)
				check.Field(len(steps) <= MaxSteps, "steps", "programmes.edit.steps", "limit", MaxSteps)
				p.Steps[lang] = strings.Join(steps, "\n")
			}
		}
	}
	if p.Phone = strings.TrimSpace(p.Phone); p.Phone != "" {
		n, err := jp.Phone(p.Phone)
		check.Field(err == nil, "phone", "programmes.edit.phone")
		if err == nil {
			p.Phone = n.Number
		}
	}
	p.Mail = strings.TrimSpace(p.Mail)
	check.Field(p.Mail == "" || len(p.Mail) < 255 && mailForm.MatchString(p.Mail), "mail", "programmes.edit.mail")
	return check.Err()
}

// Matches reports whether all words of the query occur in what the programme
// says to a reader of lang or in Japanese, whatever the width, kana or case.
// An empty query matches.
func (p *Programme) Matches(query string, lang i18n.Lang) bool {
	words := strings.Fields(jp.Fold(query))
	if len(words) == 0 {
		return true
	}
	var b strings.Builder
	for _, t := range []i18n.Text{p.Name, p.Says(), p.Audience, p.Steps, p.Partners, p.PartnerWork, p.Contact} {
		for _, l := range []i18n.Lang{lang, i18n.Ja} {
			s, _ := t.Pick(l)
			b.WriteString(jp.Fold(s) + "\n")
		}
	}
	b.WriteString(jp.Fold(p.Official))
	all := b.String()
	for _, w := range words {
		if !strings.Contains(all, w) {
			return false
		}
	}
	return true
}
