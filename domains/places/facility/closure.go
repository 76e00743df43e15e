package facility

import (
	"iter"
	"slices"

	"kakehashi/domains/places/quarter"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// Rule says how a Closure repeats.
type Rule string

// The rules of a closure.
const (
	Weekly  Rule = "weekly"  // every, or the nth, weekday of a month
	Dates   Rule = "date"    // from Day until Until, both included
	Yearly  Rule = "yearly"  // the same by month and day, every year: 29 December to 3 January
	Holiday Rule = "holiday" // every national holiday
	Sunday  Rule = "sunday"  // national holidays are let as Sundays are
)

// Rules are all rules, in the order of a menu.
var Rules = []Rule{Weekly, Dates, Yearly, Holiday, Sunday}

// DayEnd is the end of a day in minutes after midnight.
const DayEnd = 24 * 60

// Closure is when a facility, or one room of it, is not let. A room that is shut
// shuts the whole that it is a part of, and a whole its parts; a part leaves its
// sister alone.
type Closure struct {
	ID       db.ID
	Facility db.ID
	Room     db.ID // 0: the whole facility
	Rule     Rule
	Weekday  int // 0 is Sunday; Weekly only
	Nth      int // 1 to 5: that one of the month; 0: every week; Weekly only
	Day      jp.Date
	Until    jp.Date
	From, To int // minutes after midnight; 0 and DayEnd: the whole day
	Reason   i18n.Text
}

// Whole reports whether the closure takes whole days.
func (c Closure) Whole() bool { return c.From <= 0 && c.To >= DayEnd }

// Bits returns the quarters of a day that the closure takes.
func (c Closure) Bits() quarter.Bits { return quarter.Between(c.From, c.To) }

// covers reports whether the closure falls on the day for the room; weekday is
// the one whose weekly rules hold.
func (c Closure) covers(room db.ID, d jp.Date, weekday int) bool {
	if c.Room != 0 && c.Room != room {
		return false
	}
	switch c.Rule {
	case Weekly:
		return weekday == c.Weekday && (c.Nth == 0 || (d.Day-1)/7+1 == c.Nth)
	case Dates:
		return !d.Before(c.Day) && !d.After(c.Until)
	case Yearly:
		from, until, day := monthDay(c.Day), monthDay(c.Until), monthDay(d)
		if from <= until {
			return from <= day && day <= until
		}
		return day >= from || day <= until // over the turn of the year
	case Holiday:
		_, ok := jp.Holiday(d)
		return ok
	}
	return false
}

func monthDay(d jp.Date) int { return int(d.Month)*100 + d.Day }

// Check returns what is wrong with the closure, as fields of the form.
func (c Closure) Check() error {
	var f fault.Check
	f.Field(slices.Contains(Rules, c.Rule), "rule", "places.closure.error.rule")
	switch c.Rule {
	case Weekly:
		f.Field(c.Weekday >= 0 && c.Weekday <= 6, "weekday", "places.closure.error.weekday")
		f.Field(c.Nth >= 0 && c.Nth <= 5, "nth", "places.closure.error.weekday")
	case Dates, Yearly:
		f.Field(!c.Day.IsZero(), "day", "places.closure.error.day")
		f.Field(c.Rule == Yearly || !c.Until.Before(c.Day), "until", "places.closure.error.until")
	}
	f.Field(c.From >= 0 && c.To <= DayEnd && c.From < c.To, "to", "places.closure.error.times")
	return f.Err()
}

// weekdayOf returns the weekday whose rules hold on the day: Sunday's on a
// holiday where one of the closures says so.
func weekdayOf(closures []Closure, room db.ID, d jp.Date) int {
	for i := range closures {
		if c := &closures[i]; c.Rule == Sunday && (c.Room == 0 || c.Room == room) {
			if _, holiday := jp.Holiday(d); holiday {
				return 0
			}
		}
	}
	return int(d.Weekday())
}

// kin are the rooms that shut the room with them: itself, the wholes that it is
// a part of, its parts.
func (r *Room) kin() iter.Seq[db.ID] {
	return func(yield func(db.ID) bool) {
		if !yield(r.ID) {
			return
		}
		for _, some := range [2][]db.ID{r.PartOf, r.Parts} {
			for _, id := range some {
				if !yield(id) {
					return
				}
			}
		}
	}
}

// falling are the closures that shut the room on the day, each by the weekday
// that holds for the room it is of.
func falling(closures []Closure, r *Room, d jp.Date) iter.Seq[*Closure] {
	return func(yield func(*Closure) bool) {
		if len(closures) == 0 {
			return
		}
		for room := range r.kin() {
			weekday := weekdayOf(closures, room, d)
			for i := range closures {
				if c := &closures[i]; c.covers(room, d, weekday) && !yield(c) {
					return
				}
			}
		}
	}
}

// ClosedBy returns the first of the closures that shuts the room, its whole or
// one of its parts on the whole day.
func ClosedBy(closures []Closure, r *Room, d jp.Date) (Closure, bool) {
	for c := range falling(closures, r, d) {
		if c.Whole() {
			return *c, true
		}
	}
	return Closure{}, false
}

// ClosedDuring returns the first of the closures that shuts the room, its whole
// or one of its parts in any of the quarters on the day; a closure of whole days
// comes first.
func ClosedDuring(closures []Closure, r *Room, d jp.Date, at quarter.Bits) (Closure, bool) {
	if c, ok := ClosedBy(closures, r, d); ok {
		return c, true
	}
	for c := range falling(closures, r, d) {
		if !c.Whole() && c.Bits().Meets(at) {
			return *c, true
		}
	}
	return Closure{}, false
}

// Shut returns the quarters of the day in which the closures shut the room, its
// whole or one of its parts.
func Shut(closures []Closure, r *Room, d jp.Date) quarter.Bits {
	var out quarter.Bits
	for c := range falling(closures, r, d) {
		out = out.Or(c.Bits())
	}
	return out
}
