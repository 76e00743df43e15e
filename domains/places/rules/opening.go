package rules

import (
	"slices"
	"time"

	"kakehashi/engines/jp"
	"kakehashi/platform/fault"
)

// fits reports whether a list that names some, or none for any, has the value.
func fits[T comparable](list []T, v T) bool { return len(list) == 0 || slices.Contains(list, v) }

// For returns the line that counts for the room, the kind of holder ("" a person
// alone), what it is used for ("" not said: lines for some uses are passed over)
// and the day of use.
func (o Opening) For(p Place, kind string, use Use, day jp.Date) (OpeningLine, bool) {
	for _, l := range o.Lines {
		if fits(l.Classes, p.Class) && fits(l.Kinds, kind) && fits(l.Uses, use) && fits(l.Months, int(day.Month)) {
			return l, true
		}
	}
	return OpeningLine{}, false
}

// Opens returns when a use on the day can first be booked. A day that the month
// does not have is its last.
func (l OpeningLine) Opens(day jp.Date) time.Time {
	if l.Day == 0 {
		return day.AddMonths(-l.Before).At(l.Minute)
	}
	return onDay(day, l.Before, l.Day).At(l.Minute)
}

// onDay returns the day of the month that is so many before that of the use.
func onDay(use jp.Date, before, day int) jp.Date {
	month := jp.NewDate(use.Year, use.Month, 1).AddMonths(-before)
	last := month.AddMonths(1).AddDays(-1)
	return month.AddDays(min(day, last.Day) - 1)
}

// For returns the line that draws the room, if one does.
func (d Draw) For(p Place) (DrawLine, bool) {
	for _, l := range d.Lines {
		if fits(l.Classes, p.Class) {
			return l, true
		}
	}
	return DrawLine{}, false
}

// Days returns the days of the draw for the month of use: the first and last on
// which entries are taken, and the one on which it is drawn.
func (l DrawLine) Days(use jp.Date) (from, until, on jp.Date) {
	return onDay(use, l.Before, l.From), onDay(use, l.Before, l.Until), onDay(use, l.Before, l.On)
}

// Bounds are what the rules of the day say of one wish.
type Bounds struct {
	Opens    time.Time // first come, first served
	Drawn    bool      // until then a draw decides
	Lead     int       // minutes before the use in which nobody books any more
	PerDay   int
	PerMonth int // 0: no limit
}

// Wish returns what holds for a use of the place by the holder on the day, or
// the Denied fault that says which rule keeps the holder from booking at all. A
// room that is drawn opens at the earliest when its draw is over.
func (b *Book) Wish(p Place, w Who, use Use, day jp.Date) (Bounds, error) {
	access, since := b.access.at(p.Facility, day, Defaults.Access)
	if err := access.May(w, since); err != nil {
		return Bounds{}, err
	}
	opening, since := b.opening.at(p.Facility, day, Defaults.Opening)
	l, ok := opening.For(p, w.Kind, use, day)
	if !ok {
		return Bounds{}, refused("rules.refuse.opening", since)
	}
	out := Bounds{Opens: l.Opens(day), Lead: l.Lead, PerDay: access.PerDay, PerMonth: access.PerMonth}
	if line, drawn := b.Draw(p, day).For(p); drawn {
		out.Drawn = true
		if _, _, on := line.Days(day); out.Opens.Before(on.AddDays(1).At(0)) {
			out.Opens = on.AddDays(1).At(0)
		}
	}
	return out, nil
}

// First returns the earliest opening for anybody, and the shortest lead: what a
// page that everybody sees can offer. It reports false when nobody books.
func (b *Book) First(p Place, day jp.Date) (opens time.Time, lead int, ok bool) {
	for _, l := range b.Opening(p, day).Lines {
		if !fits(l.Classes, p.Class) || !fits(l.Months, int(day.Month)) {
			continue
		}
		if o := l.Opens(day); !ok || o.Before(opens) {
			opens = o
		}
		if !ok || l.Lead < lead {
			lead = l.Lead
		}
		ok = true
	}
	if line, drawn := b.Draw(p, day).For(p); ok && drawn {
		if _, _, on := line.Days(day); opens.Before(on.AddDays(1).At(0)) {
			opens = on.AddDays(1).At(0)
		}
	}
	return opens, lead, ok
}

// Ahead returns how many days ahead the furthest rule in force on the day lets
// anybody book.
func (b *Book) Ahead(today jp.Date) int {
	months := 0
	see := func(o Opening) {
		for _, l := range o.Lines {
			months = max(months, l.Before)
		}
	}
	if len(b.opening[0]) == 0 {
		see(Defaults.Opening)
	}
	for facility := range b.opening {
		o, _ := b.opening.at(facility, today, Defaults.Opening)
		see(o)
	}
	return today.AddMonths(months + 1).Sub(today)
}

// May returns why the holder may not book by a rule in force since the day, if
// so: a Denied fault. What nobody knows (a group without a list of its members)
// keeps nobody out: its registration has asked.
func (a Access) May(w Who, since jp.Date) error {
	alone := w.Kind == ""
	switch {
	case alone && !a.Alone:
		return refused("rules.refuse.alone", since)
	case !alone && !fits(a.Kinds, w.Kind):
		return refused("rules.refuse.kind", since)
	case !a.Outside && !w.Resident:
		return refused("rules.refuse.outside", since)
	case w.Members > 0 && w.Members < a.Members:
		return refused("rules.refuse.members", since, "most", a.Members)
	case w.Members > 0 && w.Percent < a.Percent:
		return refused("rules.refuse.percent", since, "most", a.Percent)
	}
	return nil
}

// refused is a fault that names the rule and since when it holds.
func refused(key string, since jp.Date, args ...any) error {
	return fault.New(fault.Denied, key, append(args, "since", since)...)
}

// Percent returns how much is given back of what was paid for a use that is
// cancelled so many days before.
func (r Refunds) Percent(days int) int {
	most, percent := -1, 0
	for _, t := range r.Tiers {
		if t.Days <= days && t.Days > most {
			most, percent = t.Days, t.Percent
		}
	}
	return percent
}
