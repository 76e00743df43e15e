package blocks

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// What one block may take at most.
const (
	MostRooms  = 30
	MostTimes  = 200
	MostDays   = 366 // from its first day to its last
	MostReason = 200 // characters
)

// Wish is what a clerk wants to take.
type Wish struct {
	Office      db.ID
	Kind        reservation.Kind
	Reason      string // told to those who have to give way
	Rooms       []db.ID
	First, Last jp.Date
	Weekdays    []time.Weekday // none: every day
	From, To    int            // minutes after midnight
}

// Times are the stretches that the wish takes, day by day.
func (w Wish) Times() []Time {
	var out []Time
	for d := w.First; !d.After(w.Last) && len(out) <= MostTimes; d = d.AddDays(1) {
		if len(w.Weekdays) > 0 && !slices.Contains(w.Weekdays, d.Weekday()) {
			continue
		}
		for _, r := range w.Rooms {
			out = append(out, Time{Room: r, Span: quarter.On(d, w.From, w.To)})
		}
	}
	return out
}

// Check returns what is wrong with the wish: the fields kind, reason, rooms,
// first, last and to.
func (w Wish) Check(now time.Time) error {
	var c fault.Check
	c.Field(w.Kind == reservation.Official || w.Kind == reservation.Maintenance, "kind", "blocks.error.kind")
	c.Field(strings.TrimSpace(w.Reason) != "", "reason", "blocks.error.reason")
	c.Field(utf8.RuneCountInString(w.Reason) <= MostReason, "reason", "blocks.error.wordy", "most", MostReason)
	c.Field(len(w.Rooms) > 0, "rooms", "blocks.error.rooms")
	c.Field(len(w.Rooms) <= MostRooms, "rooms", "blocks.error.many")
	c.Field(!w.First.IsZero() && !w.First.Before(jp.DateOf(now)), "first", "blocks.error.first")
	c.Field(!w.Last.Before(w.First) && w.Last.Sub(w.First) < MostDays, "last", "blocks.error.last")
	c.Field(w.From < w.To && w.From >= 0 && w.To <= 24*60 && w.From%quarter.Minutes == 0 && w.To%quarter.Minutes == 0, "to", "blocks.error.to")
	if err := c.Err(); err != nil {
		return err
	}
	times := w.Times()
	c.Field(len(times) > 0, "last", "blocks.error.none")
	c.Field(len(times) <= MostTimes, "last", "blocks.error.many")
	c.Field(len(times) == 0 || times[0].Span.End.After(now), "first", "blocks.error.first")
	return c.Err()
}

// takes reports whether the wish takes any of the room's time.
func (w Wish) takes(room db.ID, span quarter.Span) bool {
	return slices.ContainsFunc(w.Times(), func(t Time) bool { return t.Room == room && t.Span.Overlaps(span) })
}

// day is the civil day on which the time starts.
func (t Time) day() jp.Date { return jp.DateOf(t.Span.Start) }
