package facility

import (
	"cmp"
	"encoding/json"
	"slices"

	"kakehashi/domains/places/quarter"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
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

// Room is a place in a facility that is let on its own. SaveRoom writes its Parts
// and Disturbs too.
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

	// Class is what rules call rooms of a kind by, one of Classes; "" is none.
	Class string
	// Parts are the rooms that this one is let in: two halves, say. A part has
	// no parts itself, and may be a part of several.
	Parts []db.ID
	// Disturbs are the rooms that loud use of this one disturbs.
	Disturbs []db.ID
	// PartOf and DisturbedBy are read, never written.
	PartOf, DisturbedBy []db.ID
	// Layout counts how often the facility's rooms came to stand otherwise to one
	// another: rooms of one Layout have the same cells. It is read, never written.
	Layout int64

	quiet, loud []db.ID // cells, as read
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

// Check returns what is wrong with the room, as fields of the office's form.
func (r Room) Check() error {
	var c fault.Check
	c.Field(len(r.Name) > 0, "name", "places.room.error.name")
	c.Field(r.Class == "" || slices.Contains(Classes, r.Class), "class", "places.room.error.class")
	c.Field(r.Capacity > 0 && r.Capacity <= 100_000, "capacity", "places.room.error.capacity")
	c.Field(r.Area >= 0, "area", "places.room.error.number")
	c.Field(r.FeeYen >= 0, "fee", "places.room.error.number")
	c.Field(r.Opens >= 0 && r.Closes <= DayEnd && r.Opens < r.Closes &&
		r.Opens%quarter.Minutes == 0 && r.Closes%quarter.Minutes == 0, "closes", "places.room.error.hours")
	for i, b := range r.Bands {
		ok := b.From >= 0 && b.From < b.To && b.To <= DayEnd && b.From%quarter.Minutes == 0 && b.To%quarter.Minutes == 0
		c.Field(ok && (i == 0 || r.Bands[i-1].To <= b.From), "bands", "places.room.error.bands")
	}
	return c.Err()
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
