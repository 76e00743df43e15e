// Package cast is the people of the demo city: three hundred persons who read
// ten languages, with believable names in their own scripts, in towns of
// Kawaguchi; among them the nine of the one-click sign-in and a man who has
// neither phone nor account.
//
// The same seed makes the same people. Mail addresses end in example.jp, and
// telephone numbers lie in a range that is given to nobody.
package cast

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"strings"

	"kakehashi/domains/people/person"
	"kakehashi/engines/jp"
	"kakehashi/platform/i18n"
)

// Size is how many persons the demo city has.
const Size = 300

var (
	//go:embed names.txt
	names string
	//go:embed towns.txt
	towns string
	//go:embed parts.txt
	parts string
)

// Part is one person whom the demo knows by a short name.
type Part struct {
	Name   string // "linh"
	Person person.Person
}

// share is how many of a hundred persons read each language first.
var share = []struct {
	lang i18n.Lang
	of   int
}{
	{i18n.Ja, 50}, {i18n.ZhHans, 15}, {i18n.Vi, 8}, {i18n.Tr, 6}, {i18n.Fil, 5}, {i18n.Ne, 5},
	{i18n.Ko, 4}, {i18n.JaEasy, 3}, {i18n.En, 2}, {i18n.ZhHant, 2},
}

// lines returns the fields of the lines of a table, comments left out.
func lines(table string) (out [][]string) {
	for l := range strings.SplitSeq(strings.TrimSpace(table), "\n") {
		if !strings.HasPrefix(l, "#") {
			out = append(out, strings.Split(l, "\t"))
		}
	}
	return out
}

// Towns lists the names of towns that the demo uses.
func Towns() (out []string) {
	for _, l := range lines(towns) {
		out = append(out, l[0])
	}
	return out
}

// Parts returns those whom the demo knows by a short name. Those with a mail
// address have an account.
func Parts(today jp.Date) ([]Part, error) {
	var out []Part
	for i, f := range lines(parts) {
		if len(f) != 8 {
			return nil, fmt.Errorf("cast: parts.txt: line %d has %d fields", i+1, len(f))
		}
		p := person.Person{Name: f[2], Kana: f[3], Roman: f[4], Town: f[6]}
		for l := range strings.SplitSeq(f[1], ",") {
			p.Langs = append(p.Langs, i18n.Lang(l))
		}
		var age int
		if _, err := fmt.Sscan(f[5], &age); err != nil {
			return nil, fmt.Errorf("cast: parts.txt: line %d: %w", i+1, err)
		}
		p.Birth = jp.NewDate(today.Year-age, 2, 3+i)
		p.Address = f[6] + fmt.Sprintf("%d-%d", i+1, i+2)
		if f[7] == "-" {
			p.Aids = person.Aids{Paper: true, Furigana: true, Size: person.SizeLarge}
		} else {
			p.Mail, p.Account, p.Phone = f[7], true, fmt.Sprintf("090-0000-%04d", i+1)
		}
		out = append(out, Part{Name: f[0], Person: p})
	}
	return out, nil
}

type name struct{ text, kana, roman string }

// Household is an adult, and with them a child or nobody.
type Household struct {
	Adult person.Person
	Child *person.Person
}

// Households returns n persons in households. The same rand makes the same.
func Households(r *rand.Rand, today jp.Date, n int) (out []Household) {
	pool := make(map[i18n.Lang]map[string][]name)
	for _, f := range lines(names) {
		l := i18n.Lang(f[0])
		if pool[l] == nil {
			pool[l] = make(map[string][]name)
		}
		pool[l][f[1]] = append(pool[l][f[1]], name{f[2], f[3], f[4]})
	}
	places := Towns()
	for i := 0; i < n; i++ {
		lang := drawLang(r)
		family, given := pick(r, pool[lang]["family"]), pick(r, pool[lang]["given"])
		p := join(lang, family, given)
		p.Langs = reads(r, lang)
		p.Town = pick(r, places)
		p.Address = fmt.Sprintf("%s%d-%d", p.Town, 1+r.IntN(30), 1+r.IntN(25))
		age := 19 + r.IntN(72)
		p.Birth = jp.NewDate(today.Year-age, 1, 1).AddDays(r.IntN(360))
		p.Aids.Furigana = lang != i18n.Ja && r.IntN(2) == 0
		switch {
		case age > 75 && r.IntN(3) > 0:
			p.Aids.Paper = true
			p.Aids.Size = person.SizeLarge
			p.Phone = fmt.Sprintf("048-000-%04d", i)
		default:
			p.Account = true
			p.Mail = fmt.Sprintf("%s.%d@example.jp", strings.ToLower(strings.ReplaceAll(family.roman, " ", "")), i)
			p.Phone = fmt.Sprintf("090-0000-%04d", 1000+i)
		}
		h := Household{Adult: p}
		if age > 27 && age < 55 && i+1 < n && r.IntN(7) == 0 {
			i++
			c := join(lang, family, pick(r, pool[lang]["given"]))
			c.Langs, c.Town, c.Address = p.Langs, p.Town, p.Address
			c.Birth = jp.NewDate(today.Year-6-r.IntN(11), 1, 1).AddDays(r.IntN(360))
			h.Child = &c
		}
		out = append(out, h)
	}
	return out
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func drawLang(r *rand.Rand) i18n.Lang {
	at := r.IntN(100)
	for _, s := range share {
		if at -= s.of; at < 0 {
			return s.lang
		}
	}
	return i18n.Ja
}

// reads is what somebody reads, best first: who came from elsewhere often
// reads plain Japanese or English too.
func reads(r *rand.Rand, first i18n.Lang) []i18n.Lang {
	out := []i18n.Lang{first}
	if first != i18n.Ja && first != i18n.JaEasy && r.IntN(2) == 0 {
		out = append(out, i18n.JaEasy)
	}
	if first != i18n.En && r.IntN(4) == 0 {
		out = append(out, i18n.En)
	}
	return out
}

// join writes a name in the order and with the spaces of its language.
func join(l i18n.Lang, family, given name) (p person.Person) {
	switch l {
	case i18n.Fil, i18n.Tr, i18n.Ne, i18n.En, i18n.JaEasy:
		p.Name = given.text + " " + family.text
		p.Kana = given.kana + " " + family.kana
		p.Roman = given.roman + " " + family.roman
	case i18n.ZhHans, i18n.ZhHant, i18n.Ko:
		p.Name = family.text + given.text
		p.Kana = family.kana + " " + given.kana
		p.Roman = family.roman + " " + given.roman
	default:
		p.Name = family.text + " " + given.text
		p.Kana = family.kana + " " + given.kana
		p.Roman = family.roman + " " + given.roman
	}
	return p
}
