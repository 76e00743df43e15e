package search

import (
	"slices"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
)

// Part is a part of the day.
type Part string

// The parts. AnyTime is the whole day.
const (
	AnyTime   Part = ""
	Morning   Part = "morning"
	Afternoon Part = "afternoon"
	Evening   Part = "evening"
)

// Parts are the parts that people name, in the order of the day.
var Parts = []Part{Morning, Afternoon, Evening}

// Where the parts of the day meet, in minutes after midnight, and how they are
// told to people whose rooms have no bands.
const (
	noon       = 12*60 + 30 // a band that centres before it is a morning's
	dusk       = 17 * 60    // a band that centres after it is an evening's
	leastFree  = 60         // minutes that a free stretch must have to be offered
	lunchEnds  = 13 * 60
	earlyStart = 0
)

// PartOf returns the part of the day that a stretch belongs to: the one its
// middle lies in.
func PartOf(from, to int) Part {
	switch middle := (from + to) / 2; {
	case middle < noon:
		return Morning
	case middle < dusk:
		return Afternoon
	}
	return Evening
}

// stretch returns the minutes of the part for rooms that are let by free times.
func (p Part) stretch() (from, to int) {
	switch p {
	case Morning:
		return earlyStart, lunchEnds
	case Afternoon:
		return lunchEnds - leastFree, dusk
	case Evening:
		return dusk, facility.DayEnd
	}
	return 0, facility.DayEnd
}

// Wish is what somebody wants of a room.
type Wish struct {
	Day       jp.Date
	Part      Part
	From, To  int   // minutes after midnight; both 0: any time within Part
	People    int64 // 0: does not matter
	StepFree  bool
	Loud      bool     // music and dance
	Equipment []string // all of them
	Facility  db.ID    // 0: anywhere
	Lat, Lng  float64  // where from; both 0: nowhere in particular
}

// exact reports whether the wish names its times.
func (w Wish) exact() bool { return w.To > w.From }

// Times is a stretch of one day in minutes after midnight.
type Times struct{ From, To int }

// Bits returns the quarters of the stretch.
func (t Times) Bits() quarter.Bits { return quarter.Between(t.From, t.To) }

// Suits reports whether the room itself is what was wished for, time apart.
func (w Wish) Suits(r *facility.Room) bool {
	if r.Capacity < w.People || w.StepFree && !r.StepFree || w.Loud && !r.Loud || w.Facility != 0 && r.Facility != w.Facility {
		return false
	}
	for _, e := range w.Equipment {
		if !slices.Contains(r.Equipment, e) {
			return false
		}
	}
	return true
}

// Fit returns the times within the wish at which the room could be had, given
// the quarters that are taken, shut or past on that day.
func (w Wish) Fit(r *facility.Room, gone quarter.Bits) []Times {
	if len(r.Bands) > 0 {
		return w.fitBands(r, gone)
	}
	if w.exact() {
		t := Times{w.From, w.To}
		if !r.Fits(t.From, t.To) || t.Bits().Meets(gone) {
			return nil
		}
		return []Times{t}
	}
	from, to := w.Part.stretch()
	return freeStretches(max(from, r.Opens), min(to, r.Closes), gone)
}

func (w Wish) fitBands(r *facility.Room, gone quarter.Bits) []Times {
	if w.exact() {
		t, ok := around(r.Bands, w.From, w.To)
		if !ok || t.Bits().Meets(gone) {
			return nil
		}
		return []Times{t}
	}
	var out []Times
	for _, b := range r.Bands {
		if (w.Part == AnyTime || PartOf(b.From, b.To) == w.Part) && !b.Bits().Meets(gone) {
			out = append(out, Times(b))
		}
	}
	return out
}

// around returns the shortest run of bands that holds the stretch.
func around(bands []facility.Band, from, to int) (Times, bool) {
	t := Times{-1, -1}
	for _, b := range bands {
		if b.From <= from {
			t.From = b.From
		}
		if b.To >= to && t.To < 0 {
			t.To = b.To
		}
	}
	return t, t.From >= 0 && t.To > t.From
}

// freeStretches returns the runs of quarters from one minute to another that
// are not gone and long enough to be worth it.
func freeStretches(from, to int, gone quarter.Bits) []Times {
	var out []Times
	start := -1
	for m := from; m <= to; m += quarter.Minutes {
		free := m < to && !gone.Has(m/quarter.Minutes)
		switch {
		case free && start < 0:
			start = m
		case !free && start >= 0:
			if m-start >= leastFree {
				out = append(out, Times{start, m})
			}
			start = -1
		}
	}
	return out
}

// Window says from when until when rooms can be booked.
type Window struct {
	LeadMinutes int // at least so long before the start
	HorizonDays int // at most so many days ahead

	// Opens returns when a day of the room can first be booked by anybody, and
	// until how many minutes before the use; ok is false when nobody books it.
	// Nil: the two above hold for every room. It is asked outside of a
	// transaction.
	Opens func(r *facility.Room, d jp.Date) (opens time.Time, lead int, ok bool)
	// Ahead returns how many days ahead calendars reach; nil: HorizonDays.
	Ahead func() int
}

// gone returns the quarters of the room's day in which nothing can be booked any
// more or yet.
func (w Window) gone(r *facility.Room, d jp.Date, now time.Time) quarter.Bits {
	today, lead := jp.DateOf(now), w.LeadMinutes
	open := !d.After(today.AddDays(w.HorizonDays))
	if w.Opens != nil && !d.Before(today) {
		var opens time.Time
		opens, lead, open = w.Opens(r, d)
		open = open && !now.Before(opens)
	}
	if d.Before(today) || !open {
		return quarter.Between(0, facility.DayEnd)
	}
	first := now.Add(time.Duration(lead) * time.Minute)
	if past := int(first.Sub(d.At(0)) / time.Minute); past > 0 {
		return quarter.Between(0, past)
	}
	return quarter.Bits{}
}

// Early returns the day from which the room's day can be booked, where that is
// still to come; else the zero day.
func (w Window) Early(r *facility.Room, d jp.Date, now time.Time) jp.Date {
	if w.Opens == nil || d.Before(jp.DateOf(now)) {
		return jp.Date{}
	}
	if opens, _, ok := w.Opens(r, d); ok && now.Before(opens) {
		return jp.DateOf(opens)
	}
	return jp.Date{}
}

// Next returns the next day with the weekday, today included.
func Next(today jp.Date, weekday time.Weekday) jp.Date {
	return today.AddDays((int(weekday) - int(today.Weekday()) + 7) % 7)
}
