package usage

import (
	"cmp"
	"slices"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
)

// Sum is what came together of one room, part of the day, kind of group or use.
type Sum struct {
	Bookings  int64 // that were used or are still to come
	Minutes   int64 // of those bookings
	People    int64
	NoShows   int64
	Cancelled int64 // by whoever had booked
	Taken     int64 // minutes taken out of those that could be had
	Open      int64 // minutes that could be had; 0 where nobody can say: of kinds and uses
}

// Percent is how much of what could be had was taken; -1 where nobody can say.
func (s Sum) Percent() int64 {
	if s.Open == 0 {
		return -1
	}
	return (s.Taken*100 + s.Open/2) / s.Open
}

// Line is the sum of one room, part, kind or use.
type Line struct {
	Key  string // of a part, kind or use
	Room db.ID  // of a room
	Sum
}

// Month is how rooms were used in one calendar month.
type Month struct {
	First jp.Date
	Total Sum
	Rooms []Line // as Plan has them
	Parts []Line // morning, afternoon, evening
	Kinds []Line // of groups, "" for persons alone; the most used first
	Uses  []Line // "" where nobody was asked; the most used first
}

// Booking is one reservation as the sums need it.
type Booking struct {
	Room      db.ID
	Span      quarter.Span
	State     reservation.State
	Kind      reservation.Kind
	Group     string // kind of the group; "" for a person alone
	Use       rules.Use
	Headcount int64
}

// Room is a room that is let, with when it is not.
type Room struct {
	facility.Room
	Closures []facility.Closure
}

// parts are the parts of a day, by the minutes between which they lie: bands
// such as 9:00-12:30, 13:00-16:30 and 17:00-21:00 fall into one each.
var parts = []struct {
	key      string
	from, to int
}{
	{"morning", 0, 12*60 + 45}, {"afternoon", 12*60 + 45, 16*60 + 45}, {"evening", 16*60 + 45, 24 * 60},
}

type roomDay struct {
	room db.ID
	day  jp.Date
}

// Of sums up the bookings of a month. A room that is let whole or in parts
// counts once in what could be had: its parts do, and a booking of the whole
// takes all of them. Official use and maintenance lessen what could be had.
func Of(first jp.Date, rooms []Room, bookings []Booking) Month {
	m := Month{First: first}
	byID := map[db.ID]int{}
	for i, r := range rooms {
		byID[r.ID] = i
		m.Rooms = append(m.Rooms, Line{Room: r.ID})
	}
	for _, p := range parts {
		m.Parts = append(m.Parts, Line{Key: p.key})
	}
	taken, lost := map[roomDay]quarter.Bits{}, map[roomDay]quarter.Bits{}
	kinds, uses := map[string]*Sum{}, map[string]*Sum{}
	for _, b := range bookings {
		i, ok := byID[b.Room]
		if !ok {
			continue
		}
		at := taken
		if b.Kind != reservation.ForUse {
			at = lost
		} else {
			part := partOf(b.Span)
			for _, s := range []*Sum{&m.Total, &m.Rooms[i].Sum, &m.Parts[part].Sum, sumOf(kinds, b.Group), sumOf(uses, string(b.Use))} {
				s.add(b)
			}
		}
		if !b.holds() {
			continue
		}
		for _, d := range b.Span.Days() {
			for _, id := range append([]db.ID{b.Room}, rooms[i].Parts...) {
				k := roomDay{id, d.Date}
				at[k] = at[k].Or(d.Bits)
			}
		}
	}
	for i, r := range rooms {
		for d := first; d.Month == first.Month; d = d.AddDays(1) {
			k := roomDay{r.ID, d}
			open := r.Hours().Without(facility.Shut(r.Closures, &r.Room, d)).Without(lost[k])
			m.Rooms[i].room(open, taken[k])
			if len(r.Parts) > 0 {
				continue // its parts count
			}
			m.Total.room(open, taken[k])
			for j, p := range parts {
				in := quarter.Between(p.from, p.to)
				m.Parts[j].room(meet(open, in), taken[k])
			}
		}
	}
	m.Kinds, m.Uses = lines(kinds), lines(uses)
	return m
}

// room adds what of the open time of a room's day is taken.
func (s *Sum) room(open, taken quarter.Bits) {
	s.Open += int64(open.Count() * quarter.Minutes)
	s.Taken += int64(meet(open, taken).Count() * quarter.Minutes)
}

func meet(a, b quarter.Bits) quarter.Bits { return a.Without(a.Without(b)) }

// holds reports whether the room was, or will be, in use.
func (b Booking) holds() bool {
	return b.State == reservation.Confirmed || b.State == reservation.Used || b.State == reservation.Requested
}

func (s *Sum) add(b Booking) {
	switch {
	case b.holds():
		s.Bookings++
		s.Minutes += int64(b.Span.Minutes())
		s.People += b.Headcount
	case b.State == reservation.NoShow:
		s.NoShows++
	case b.State == reservation.Cancelled:
		s.Cancelled++
	}
}

// partOf is the part of the day in which most of a span lies; of a tie the
// earlier.
func partOf(s quarter.Span) int {
	best, most := 0, -1
	day := s.Days()[0]
	for i, p := range parts {
		if n := meet(day.Bits, quarter.Between(p.from, p.to)).Count(); n > most {
			best, most = i, n
		}
	}
	return best
}

func sumOf(m map[string]*Sum, key string) *Sum {
	if m[key] == nil {
		m[key] = &Sum{}
	}
	return m[key]
}

func lines(sums map[string]*Sum) []Line {
	var out []Line
	for k, s := range sums {
		out = append(out, Line{Key: k, Sum: *s})
	}
	slices.SortFunc(out, func(a, b Line) int { return cmp.Or(cmp.Compare(b.Minutes, a.Minutes), cmp.Compare(a.Key, b.Key)) })
	return out
}
