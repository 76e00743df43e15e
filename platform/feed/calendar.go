package feed

import (
	"time"

	ics "github.com/arran4/golang-ical"

	"kakehashi/engines/jp"
)

// CalendarMIME is the media type of a calendar.
const CalendarMIME = "text/calendar; charset=utf-8"

// The methods of a calendar that goes by mail (RFC 5546).
const (
	Publish = string(ics.MethodPublish)
	Cancel  = string(ics.MethodCancel)
)

const (
	zone    = "Asia/Tokyo"
	product = "-//Kakehashi//Kakehashi//EN"
	local   = "20060102T150405"
	refresh = "PT1H" // how often a program should read a feed again
)

// Status says how certain an event is.
type Status string

// The statuses; NoStatus leaves it out, as busy times do.
const (
	NoStatus  Status = ""
	Tentative Status = Status(ics.ObjectStatusTentative) // waits for somebody's word
	Confirmed Status = Status(ics.ObjectStatusConfirmed)
	Cancelled Status = Status(ics.ObjectStatusCancelled)
)

// Event is one entry of a calendar, its texts in the reader's language; what is
// "" is left out.
type Event struct {
	UID         string // names it in every calendar of the world, for ever, without @kakehashi
	Sequence    int64  // how often it was changed
	Start, End  time.Time
	Summary     string
	Location    string
	Description string
	URL         string    // absolute
	Stamp       time.Time // when this version was made
	Status      Status
	Busy        bool // says in so many words that the time is taken, and that everybody may know it
}

// newCalendar returns a calendar with Tokyo's time zone, which has had no summer
// time since 1951.
func newCalendar(name, method string) *ics.Calendar {
	c := ics.NewCalendarFor("")
	c.SetProductId(product)
	c.SetCalscale("GREGORIAN")
	if method != "" {
		c.SetMethod(ics.Method(method))
	}
	if name != "" {
		c.SetName(name)
		c.SetXWRCalName(name)
		c.SetRefreshInterval(refresh, ics.WithValue(string(ics.ValueDataTypeDuration)))
		c.SetXPublishedTTL(refresh)
	}
	std := c.AddTimezone(zone).AddStandard()
	std.SetProperty(ics.ComponentPropertyDtStart, "19700101T000000")
	std.SetProperty("TZOFFSETFROM", "+0900")
	std.SetProperty("TZOFFSETTO", "+0900")
	std.SetProperty("TZNAME", "JST")
	return c
}

// Calendar returns the events as a calendar. name is that of a feed, "" for a
// file that goes by mail; method is Publish, Cancel or, for a feed, "".
func Calendar(name, method string, events ...Event) []byte {
	c := newCalendar(name, method)
	for _, e := range events {
		v := c.AddEvent(e.UID + "@kakehashi")
		v.SetDtStampTime(e.Stamp)
		if !e.Busy {
			v.SetSequence(int(e.Sequence))
		}
		v.SetProperty(ics.ComponentPropertyDtStart, e.Start.In(jp.Tokyo).Format(local), ics.WithTZID(zone))
		v.SetProperty(ics.ComponentPropertyDtEnd, e.End.In(jp.Tokyo).Format(local), ics.WithTZID(zone))
		v.SetSummary(e.Summary)
		set(v, ics.ComponentPropertyLocation, e.Location)
		set(v, ics.ComponentPropertyDescription, e.Description)
		set(v, ics.ComponentPropertyUrl, e.URL)
		set(v, ics.ComponentPropertyStatus, string(e.Status))
		if e.Busy {
			v.SetTimeTransparency(ics.TransparencyOpaque)
			v.SetClass(ics.ClassificationPublic)
		}
	}
	return []byte(c.Serialize(ics.WithNewLineWindows))
}

func set(e *ics.VEvent, p ics.ComponentProperty, value string) {
	if value != "" {
		e.SetProperty(p, value)
	}
}
