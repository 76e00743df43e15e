package record

import (
	"cmp"
	"slices"
	"strings"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
)

// Topic is touched whenever an activity is recorded, corrected or taken out.
const Topic = "activities"

// Ages are the age bands of participants, in years, youngest first. The bands
// are those of the city's plan: primary school, secondary school, young adults,
// middle age, and 65 and older.
var Ages = []string{"0-11", "12-17", "18-39", "40-64", "65+"}

// Unknown stands for an age band or language that nobody asked for.
const Unknown = "unknown"

// AgeBand returns the band of an age in years; Unknown for a negative one.
func AgeBand(years int) string {
	switch {
	case years < 0:
		return Unknown
	case years <= 11:
		return Ages[0]
	case years <= 17:
		return Ages[1]
	case years <= 39:
		return Ages[2]
	case years <= 64:
		return Ages[3]
	}
	return Ages[4]
}

// Kinds are the kinds of activity that a clerk can choose; modules bring their
// own as well.
var Kinds = []string{"event", "session", "meeting", "visit", "patrol", "drill", "consultation", "booking", "other"}

// Limits of one activity. A day's event of the whole city stays well below.
const (
	MaxMinutes = 60 * 24 * 31
	MaxHeads   = 600_000
	MaxReason  = 200 // characters
)

// Activity is a recorded activity.
type Activity struct {
	ID      db.ID
	Version int64
	module.Activity
	Reason string // why a clerk wrote or corrected it; "" = recorded by a module
}

// Heads returns how many took part.
func (a *Activity) Heads() (n int64) {
	for _, h := range a.Participants {
		n += h
	}
	return n
}

// Head is a number of participants of one age band and language.
type Head struct {
	Age, Lang string
	Heads     int64
}

// heads returns the participants as rows in a fixed order, those of nobody left
// out; Invalid when a key or number is none.
func heads(participants map[string]int64) (out []Head, err error) {
	for key, n := range participants {
		age, lang, _ := strings.Cut(key, "/")
		age, lang = cmp.Or(age, Unknown), cmp.Or(lang, Unknown)
		if !slices.Contains(Ages, age) && age != Unknown {
			return nil, fault.New(fault.Invalid, "programmes.activity.age", "value", age)
		}
		if _, ok := i18n.ParseLang(lang); !ok && lang != Unknown {
			return nil, fault.New(fault.Invalid, "programmes.activity.lang", "value", lang)
		}
		if n < 0 || n > MaxHeads {
			return nil, fault.New(fault.Invalid, "programmes.activity.heads", "limit", MaxHeads)
		}
		if n > 0 {
			out = append(out, Head{age, lang, n})
		}
	}
	slices.SortFunc(out, func(a, b Head) int { return cmp.Or(cmp.Compare(a.Age, b.Age), cmp.Compare(a.Lang, b.Lang)) })
	merged := out[:0]
	for _, h := range out {
		if n := len(merged); n > 0 && merged[n-1].Age == h.Age && merged[n-1].Lang == h.Lang {
			merged[n-1].Heads += h.Heads
			continue
		}
		merged = append(merged, h)
	}
	return merged, nil
}

// check returns what is wrong with an activity, by field.
func check(a *Activity, today jp.Date) error {
	var c fault.Check
	c.Field(!a.On.IsZero(), "on", "programmes.activity.on.missing")
	c.Field(!a.On.After(today), "on", "programmes.activity.on.future")
	c.Field(a.Minutes >= 0 && a.Minutes <= MaxMinutes, "minutes", "programmes.activity.minutes", "limit", int64(MaxMinutes))
	c.Field(a.Heads() <= MaxHeads, "heads", "programmes.activity.heads", "limit", int64(MaxHeads))
	c.Field(a.Kind != "" && len(a.Kind) <= 40, "kind", "programmes.activity.kind")
	return c.Err()
}

// month returns the month of a day as the sums are kept by: 2026-11.
func month(d jp.Date) string { return d.String()[:7] }
