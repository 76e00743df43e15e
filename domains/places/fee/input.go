package fee

import (
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
)

// Room is what a fee depends on of a room.
type Room struct {
	ID            db.ID
	Class         string
	Fee           int64 // yen a band, or an hour begun where it has no bands: what holds where no rule does
	Bands         []facility.Band
	Opens, Closes int // minutes after midnight
}

// Day is the part of a use on one civil day, in minutes after midnight, Tokyo.
type Day struct {
	Date     jp.Date
	From, To int
}

// Input is a wish with the rules that hold for it.
type Input struct {
	Rules      rules.Fees
	Reductions rules.Reductions
	Room       Room
	Days       []Day
	Who        rules.Who
	Asked      rules.Asked
}

// InputOf is the use of a room by somebody, with the rules that a book has for
// its day.
func InputOf(b *rules.Book, room *facility.Room, who rules.Who, asked rules.Asked, span quarter.Span) Input {
	at, day := rules.PlaceOf(room), jp.DateOf(span.Start)
	return Input{
		Rules: b.Fees(at, day), Reductions: b.Reductions(at, day), Who: who, Asked: asked, Days: DaysOf(span),
		Room: Room{ID: room.ID, Class: room.Class, Fee: room.FeeYen, Bands: room.Bands, Opens: room.Opens, Closes: room.Closes},
	}
}

// DaysOf cuts a stretch of time into its civil days.
func DaysOf(s quarter.Span) []Day {
	var out []Day
	for d := jp.DateOf(s.Start); d.At(0).Before(s.End); d = d.AddDays(1) {
		from := max(0, int(s.Start.Sub(d.At(0))/time.Minute))
		to := min(facility.DayEnd, int(s.End.Sub(d.At(0))/time.Minute))
		out = append(out, Day{Date: d, From: from, To: to})
	}
	return out
}

// Weekend reports whether a day is a Saturday, a Sunday or a holiday.
func Weekend(d jp.Date) bool {
	_, holiday := jp.Holiday(d)
	return holiday || d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
}

// Line is one line of a working.
type Line struct {
	Key     string    `json:"key"` // one of Keys
	Yen     int64     `json:"yen"` // negative for a reduction
	Name    i18n.Text `json:"name,omitempty"`
	Day     string    `json:"day,omitempty"` // of a base: YYYY-MM-DD
	From    int       `json:"from,omitempty"`
	To      int       `json:"to,omitempty"`      // minutes after midnight
	Count   int64     `json:"count,omitempty"`   // hours, bands or pieces
	Times   int64     `json:"times,omitempty"`   // of an extra that is asked for more than once: each Count
	Each    int64     `json:"each,omitempty"`    // yen
	Percent int       `json:"percent,omitempty"` // of Of
	Of      int64     `json:"of,omitempty"`      // yen
}

// The keys of lines, in the order in which a working may have them.
const (
	Band                = "band"                 // Day, From, To
	Hour                = "hour"                 // Day, From, To, Count hours at Each
	Admission           = "admission"            // Percent of Of, as all surcharges
	Commercial          = "commercial"           //
	AdmissionCommercial = "admission_commercial" //
	AfterHours          = "after_hours"          //
	Outside             = "outside"              //
	WeekendDays         = "weekend"              //
	ExtraUse            = "extra_use"            // Name, Count pieces at Each
	ExtraBand           = "extra_band"           // Name, Count pieces for Times bands at Each
	ExtraHour           = "extra_hour"           // Name, Count pieces for Times hours at Each
	Reduction           = "reduction"            // Name, Percent of Of
)

// Keys are all keys of lines.
var Keys = []string{
	Band, Hour, Admission, Commercial, AdmissionCommercial, AfterHours, Outside, WeekendDays, ExtraUse, ExtraBand, ExtraHour, Reduction,
}

// Working is what a use costs.
type Working struct {
	Lines []Line `json:"lines"`
	Total int64  `json:"total"` // yen
}
