package rules

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"kakehashi/engines/draw"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// Classes are the classes of rooms in the order of a menu.
var Classes = []string{"hall", "meeting", "studio", "tatami", "gym", "kitchen"}

// Whens are what a Surcharge can be for, in the order of a menu.
var Whens = []string{"admission", "commercial", "admission_commercial", "after_hours", "outside", "weekend"}

// Pers are what an Extra can be charged by.
var Pers = []string{"use", "band", "hour"}

// DaysOf are the days that a Base can be for; "" is all.
var DaysOf = []string{"", "weekday", "weekend"}

// Methods are the ways to pay, in the order of a menu.
var Methods = []string{"counter", "bank", "online"}

// Sources are where the seed of a draw can come from.
var Sources = []draw.Kind{draw.Typed, draw.Beacon, draw.Entrants}

// Modes are the ways in which a draw gives rooms, in the order of a menu.
var Modes = []draw.Mode{draw.Plain, draw.Ranks}

const (
	mostLines   = 60
	mostYen     = 10_000_000
	mostPercent = 1000 // of a surcharge
	mostMonths  = 36
	mostName    = 80
	mostText    = 400
	dayMinutes  = 24 * 60
)

// checker collects what cannot be, with the paths of the fields.
type checker struct{ fault.Check }

func (c *checker) number(path string, n, from, to int64) {
	c.Field(n >= from && n <= to, path, "rules.error.number", "from", from, "to", to)
}

func (c *checker) choice(path, value string, of []string) {
	c.Field(slices.Contains(of, value), path, "rules.error.choice")
}

// some refuses what is not among the choices, and what stands there twice.
func some[T comparable](c *checker, path string, values, of []T) {
	ok := len(values) <= len(of)
	for i, v := range values {
		ok = ok && slices.Contains(of, v) && !slices.Contains(values[:i], v)
	}
	c.Field(ok, path, "rules.error.choice")
}

// kinds takes any names of kinds of groups, which another module knows.
func (c *checker) kinds(path string, values []string, alone bool) {
	ok := len(values) <= mostLines
	for i, v := range values {
		named := v != "" || alone
		for _, r := range v {
			named = named && (r >= 'a' && r <= 'z' || r == '_')
		}
		ok = ok && named && len(v) <= 40 && !slices.Contains(values[:i], v)
	}
	c.Field(ok, path, "rules.error.choice")
}

func (c *checker) months(path string, values []int) {
	some(c, path, values, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
}

func (c *checker) lines(path string, n, least int) bool {
	c.Field(n >= least, path, "rules.error.lines")
	c.Field(n <= mostLines, path, "rules.error.many", "most", mostLines)
	return n <= mostLines
}

func (c *checker) name(path string, t i18n.Text) {
	c.Field(t[i18n.Ja] != "", path, "rules.error.name")
	for l, s := range t {
		_, known := i18n.ParseLang(string(l))
		c.Field(known && utf8.RuneCountInString(s) <= mostName, path, "rules.error.long", "most", mostName)
	}
}

func (c *checker) text(path, s string) {
	c.Field(utf8.RuneCountInString(s) <= mostText, path, "rules.error.long", "most", mostText)
}

func at(list string, i int, field string) string { return fmt.Sprintf("%s.%d.%s", list, i, field) }

// Check implements Body.
func (a Access) Check() error {
	var c checker
	c.kinds("kinds", a.Kinds, false)
	c.number("members", int64(a.Members), 0, 1000)
	c.number("percent", int64(a.Percent), 0, 100)
	c.number("per_day", int64(a.PerDay), 1, 100)
	c.number("per_month", int64(a.PerMonth), 0, 1000)
	return c.Err()
}

// Check implements Body.
func (o Opening) Check() error {
	var c checker
	if c.lines("lines", len(o.Lines), 1) {
		for i, l := range o.Lines {
			some(&c, at("lines", i, "classes"), l.Classes, Classes)
			c.kinds(at("lines", i, "kinds"), l.Kinds, true)
			some(&c, at("lines", i, "uses"), l.Uses, Uses)
			c.months(at("lines", i, "months"), l.Months)
			c.number(at("lines", i, "before"), int64(l.Before), 0, mostMonths)
			c.number(at("lines", i, "day"), int64(l.Day), 0, 31)
			c.number(at("lines", i, "minute"), int64(l.Minute), 0, dayMinutes-1)
			c.number(at("lines", i, "lead"), int64(l.Lead), 0, 90*dayMinutes)
		}
	}
	return c.Err()
}

// Check implements Body.
func (d Draw) Check() error {
	var c checker
	if c.lines("lines", len(d.Lines), 0) {
		for i, l := range d.Lines {
			l.check(&c, func(field string) string { return at("lines", i, field) })
		}
	}
	return c.Err()
}

func (l DrawLine) check(c *checker, at func(string) string) {
	some(c, at("classes"), l.Classes, Classes)
	c.number(at("before"), int64(l.Before), 1, mostMonths)
	c.number(at("from"), int64(l.From), 1, 31)
	c.number(at("until"), int64(l.Until), 1, 31)
	c.number(at("on"), int64(l.On), 1, 31)
	c.Field(l.From <= l.Until && l.Until < l.On, at("on"), "rules.error.days")
	c.number(at("entries"), int64(l.Entries), 0, 1000)
	c.number(at("wins"), int64(l.Wins), 0, 1000)
	c.number(at("wishes"), int64(l.Wishes), 1, 20)
	some(c, at("mode"), []draw.Mode{l.Mode}, Modes)
	c.Field(l.Mode != draw.Ranks || !l.Sets, at("mode"), "rules.error.ranks")
	c.number(at("confirm"), int64(l.Confirm), 1, 60)
	c.number(at("wait"), int64(l.Wait), 0, 14*24)
	c.number(at("overlap"), int64(l.Overlap), 0, 100)
	some(c, at("source"), []draw.Kind{l.Source}, Sources)
	c.text(at("what"), l.What)
	c.Field(l.Source == draw.Entrants || l.What != "", at("what"), "rules.error.what")
	if c.lines(at("tiers"), len(l.Tiers), 0) {
		for i, t := range l.Tiers {
			c.kinds(fmt.Sprintf("%s.%d.kinds", at("tiers"), i), t.Kinds, false)
		}
	}
}

// Check implements Body.
func (f Fees) Check() error {
	var c checker
	c.number("round", f.Round, 0, 1000)
	if c.lines("base", len(f.Base), 0) {
		for i, b := range f.Base {
			some(&c, at("base", i, "classes"), b.Classes, Classes)
			c.number(at("base", i, "from"), int64(b.From), 0, dayMinutes)
			c.number(at("base", i, "to"), int64(b.To), 0, dayMinutes)
			c.Field(b.From == 0 && b.To == 0 || b.From < b.To, at("base", i, "to"), "rules.error.times")
			c.choice(at("base", i, "days"), b.Days, DaysOf)
			c.number(at("base", i, "yen"), b.Yen, 0, mostYen)
		}
	}
	if c.lines("surcharges", len(f.Surcharges), 0) {
		for i, s := range f.Surcharges {
			c.choice(at("surcharges", i, "when"), s.When, Whens)
			c.number(at("surcharges", i, "over"), s.Over, 0, mostYen)
			c.number(at("surcharges", i, "percent"), int64(s.Percent), 1, mostPercent)
			twice := slices.ContainsFunc(f.Surcharges[:i], func(o Surcharge) bool { return o.When == s.When && o.Over == s.Over })
			c.Field(!twice, at("surcharges", i, "when"), "rules.error.twice")
		}
	}
	if c.lines("extras", len(f.Extras), 0) {
		for i, e := range f.Extras {
			c.Field(keyed(e.Key), at("extras", i, "key"), "rules.error.key")
			twice := slices.ContainsFunc(f.Extras[:i], func(o Extra) bool { return o.Key == e.Key })
			c.Field(!twice, at("extras", i, "key"), "rules.error.twice")
			c.name(at("extras", i, "name"), e.Name)
			some(&c, at("extras", i, "classes"), e.Classes, Classes)
			c.months(at("extras", i, "months"), e.Months)
			c.choice(at("extras", i, "per"), e.Per, Pers)
			c.number(at("extras", i, "yen"), e.Yen, 0, mostYen)
			c.number(at("extras", i, "most"), int64(e.Most), 0, 1000)
		}
	}
	return c.Err()
}

// keyed reports whether a key is a short name of letters, digits and _.
func keyed(key string) bool {
	for _, r := range key {
		if !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_') {
			return false
		}
	}
	return key != "" && len(key) <= 40
}

// Check implements Body.
func (r Reductions) Check() error {
	var c checker
	if c.lines("lines", len(r.Lines), 0) {
		for i, l := range r.Lines {
			c.name(at("lines", i, "name"), l.Name)
			c.kinds(at("lines", i, "kinds"), l.Kinds, false)
			some(&c, at("lines", i, "uses"), l.Uses, Uses)
			c.number(at("lines", i, "percent"), int64(l.Percent), 1, 100)
		}
	}
	return c.Err()
}

// Check implements Body.
func (p Payment) Check() error {
	var c checker
	c.number("within", int64(p.Within), 0, 365)
	c.number("before", int64(p.Before), 0, 365)
	c.Field(len(p.Methods) > 0, "methods", "rules.error.choice")
	some(&c, "methods", p.Methods, Methods)
	c.text("bank", p.Bank)
	c.Field(p.Bank != "" || !slices.Contains(p.Methods, "bank"), "bank", "rules.error.bank")
	return c.Err()
}

// Check implements Body.
func (r Refunds) Check() error {
	var c checker
	if c.lines("tiers", len(r.Tiers), 0) {
		for i, t := range r.Tiers {
			c.number(at("tiers", i, "days"), int64(t.Days), 0, 365)
			c.number(at("tiers", i, "percent"), int64(t.Percent), 1, 100)
			twice := slices.ContainsFunc(r.Tiers[:i], func(o Refund) bool { return o.Days == t.Days })
			c.Field(!twice, at("tiers", i, "days"), "rules.error.twice")
		}
	}
	return c.Err()
}

// Check implements Body.
func (p Penalties) Check() error {
	var c checker
	c.number("no_show", int64(p.NoShow), 0, 100)
	c.number("late", int64(p.Late), 0, 100)
	c.number("late_days", int64(p.LateDays), 0, 365)
	c.number("unconfirmed", int64(p.Unconfirmed), 0, 100)
	c.number("release", int64(p.Release), 0, 24*60)
	c.number("limit", int64(p.Limit), 0, 1000)
	least := int64(0)
	if p.Limit > 0 {
		least = 1
	}
	c.number("window", int64(p.Window), least, mostMonths)
	c.number("months", int64(p.Months), least, mostMonths)
	return c.Err()
}

// Check implements Body.
func (r Reopening) Check() error {
	var c checker
	const mostHours = 14 * 24
	c.number("hold", int64(r.Hold), 0, mostHours)
	c.number("rest_from", int64(r.RestFrom), 0, mostHours)
	c.number("rest_to", int64(r.RestTo), 0, mostHours)
	c.Field(r.RestFrom <= r.RestTo, "rest_to", "rules.error.times")
	c.number("ahead", int64(r.Ahead), 0, mostHours)
	c.number("day_from", int64(r.DayFrom), 0, dayMinutes)
	c.number("day_to", int64(r.DayTo), 0, dayMinutes)
	c.Field(r.DayFrom == 0 && r.DayTo == 0 || r.DayFrom < r.DayTo, "day_to", "rules.error.times")
	return c.Err()
}
