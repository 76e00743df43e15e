package facility

import (
	"cmp"
	"encoding/json"
	"slices"

	"kakehashi/domains/places/quarter"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
)

// Topic is touched by every change of a facility, room or closure.
const Topic = "places"

// Band is one stretch of the day that a room is let in, in minutes after
// midnight, Tokyo; both are whole quarter hours.
type Band struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Bits returns the quarters of the band.
func (b Band) Bits() quarter.Bits { return quarter.Between(b.From, b.To) }

// Room is a place in a facility that is let on its own.
type Room struct {
	ID        db.ID
	Version   int64
	Facility  db.ID
	Slug      string
	Name      i18n.Text
	Note      i18n.Text // what to know before booking
	Capacity  int64     // people
	Area      int64     // square metres; 0 when unknown
	StepFree  bool
	Equipment []string // keys of equipment, "projector"
	Bands     []Band   // empty: free times between Opens and Closes
	Opens     int      // minutes after midnight
	Closes    int
	Approval  bool  // a clerk decides each reservation
	FeeYen    int64 // a band, or an hour of free time
	Loud      bool  // music and dance are allowed
	Sort      int64
	Closed    bool // no longer let
}

// Hours returns the quarters of a day that the room can be let in: those of
// its bands, or of its hours where it has none.
func (r Room) Hours() quarter.Bits {
	if len(r.Bands) == 0 {
		return quarter.Between(r.Opens, r.Closes)
	}
	var b quarter.Bits
	for _, band := range r.Bands {
		b = b.Or(band.Bits())
	}
	return b
}

// Fits reports whether from and to, in minutes after midnight of one day, are
// times the room is let in: whole bands in a row where it has bands (the breaks
// between them included), else any quarter hours within its hours.
func (r Room) Fits(from, to int) bool {
	if from >= to || from%quarter.Minutes != 0 || to%quarter.Minutes != 0 {
		return false
	}
	if len(r.Bands) == 0 {
		return from >= r.Opens && to <= r.Closes
	}
	starts := slices.ContainsFunc(r.Bands, func(b Band) bool { return b.From == from })
	ends := slices.ContainsFunc(r.Bands, func(b Band) bool { return b.To == to })
	return starts && ends
}

// Rule says how a Closure repeats.
type Rule string

// The rules of a closure.
const (
	Weekly  Rule = "weekly"  // every, or the nth, weekday of a month
	Dates   Rule = "date"    // from Day until Until, both included
	Holiday Rule = "holiday" // every national holiday
)

// Closure is when a facility, or one room of it, is not let.
type Closure struct {
	ID       db.ID
	Facility db.ID
	Room     db.ID // 0: the whole facility
	Rule     Rule
	Weekday  int // 0 is Sunday; Weekly only
	Nth      int // 1 to 5: that one of the month; 0: every week; Weekly only
	Day      jp.Date
	Until    jp.Date
	Reason   i18n.Text
}

// Covers reports whether the closure shuts the room on the day.
func (c Closure) Covers(room db.ID, d jp.Date) bool {
	if c.Room != 0 && c.Room != room {
		return false
	}
	switch c.Rule {
	case Weekly:
		return int(d.Weekday()) == c.Weekday && (c.Nth == 0 || (d.Day-1)/7+1 == c.Nth)
	case Dates:
		return !d.Before(c.Day) && !d.After(c.Until)
	case Holiday:
		_, ok := jp.Holiday(d)
		return ok
	}
	return false
}

// ClosedBy returns the first of the closures that shuts the room on the day.
func ClosedBy(closures []Closure, room db.ID, d jp.Date) (Closure, bool) {
	i := slices.IndexFunc(closures, func(c Closure) bool { return c.Covers(room, d) })
	if i < 0 {
		return Closure{}, false
	}
	return closures[i], true
}

// ParseBands reads the column bands, and sorts them by start.
func ParseBands(s string) ([]Band, error) {
	var out []Band
	if s == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(s), &out); err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b Band) int { return cmp.Compare(a.From, b.From) })
	return out, nil
}
