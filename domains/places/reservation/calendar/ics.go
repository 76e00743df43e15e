package calendar

import (
	"strconv"
	"time"

	ics "github.com/arran4/golang-ical"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
)

// MIME is the media type of a calendar.
const MIME = "text/calendar; charset=utf-8"

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

// Event is one entry of a calendar, its texts in the reader's language.
type Event struct {
	ID          db.ID
	Sequence    int64
	Span        quarter.Span
	Summary     string
	Location    string
	Description string
	URL         string
	Stamp       time.Time // when this version was made
	Tentative   bool      // waits for a clerk
	Cancelled   bool
}

// uid names a reservation in every calendar of the world, for ever.
func uid(id db.ID) string { return "reservation-" + id.String() + "@kakehashi" }

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

// Write returns the events as a calendar. name is that of a feed, "" for a file
// that goes by mail; method is Publish, Cancel or, for a feed, "".
func Write(name, method string, events ...Event) []byte {
	c := newCalendar(name, method)
	for _, e := range events {
		v := c.AddEvent(uid(e.ID))
		v.SetDtStampTime(e.Stamp)
		v.SetSequence(int(e.Sequence))
		between(&v.ComponentBase, e.Span)
		v.SetSummary(e.Summary)
		set(&v.ComponentBase, ics.ComponentPropertyLocation, e.Location)
		set(&v.ComponentBase, ics.ComponentPropertyDescription, e.Description)
		set(&v.ComponentBase, ics.ComponentPropertyUrl, e.URL)
		switch {
		case e.Cancelled:
			v.SetStatus(ics.ObjectStatusCancelled)
		case e.Tentative:
			v.SetStatus(ics.ObjectStatusTentative)
		default:
			v.SetStatus(ics.ObjectStatusConfirmed)
		}
	}
	return []byte(c.Serialize(ics.WithNewLineWindows))
}

func set(c *ics.ComponentBase, p ics.ComponentProperty, value string) {
	if value != "" {
		c.SetProperty(p, value)
	}
}

func between(c *ics.ComponentBase, s quarter.Span) {
	c.SetProperty(ics.ComponentPropertyDtStart, s.Start.In(jp.Tokyo).Format(local), ics.WithTZID(zone))
	c.SetProperty(ics.ComponentPropertyDtEnd, s.End.In(jp.Tokyo).Format(local), ics.WithTZID(zone))
}

// Busy is one stretch in which something is taken.
type Busy struct {
	ID   db.ID // of the reservation, whose UID only tells that it is the same one
	Span quarter.Span
	Room string // its name, where a calendar shows several
}

// WriteBusy returns when something is taken, and by nobody in particular:
// events, since few programs show VFREEBUSY. taken is the word for it.
func WriteBusy(name, taken string, now time.Time, busy []Busy) []byte {
	c := newCalendar(name, "")
	for _, b := range busy {
		v := c.AddEvent("busy-" + b.ID.String() + "-" + strconv.FormatInt(b.Span.Start.Unix(), 36) + "@kakehashi")
		v.SetDtStampTime(now)
		between(&v.ComponentBase, b.Span)
		v.SetSummary(taken)
		set(&v.ComponentBase, ics.ComponentPropertyLocation, b.Room)
		v.SetTimeTransparency(ics.TransparencyOpaque)
		v.SetClass(ics.ClassificationPublic)
	}
	return []byte(c.Serialize(ics.WithNewLineWindows))
}

// Of returns the events of a message about a reservation, its series included.
func Of(loc *i18n.Localizer, n reservation.Notice, baseURL string, cancelled, tentative bool, stamp time.Time) []Event {
	one := Event{
		ID: n.ID, Sequence: n.Sequence, Span: quarter.Span{Start: db.Time(n.Start), End: db.Time(n.End)},
		Summary:     loc.Text(n.Room) + " " + n.Purpose,
		Location:    loc.Text(n.Place) + " " + loc.Text(n.Room) + " " + n.Address,
		Description: loc.T("reservation.ics.text", "receipt", n.Receipt, "phone", n.Phone),
		URL:         baseURL + reservation.Path(n.ID), Stamp: stamp, Cancelled: cancelled, Tentative: tentative,
	}
	out := []Event{one}
	for _, s := range n.More {
		e := one
		e.ID, e.Sequence, e.Span = s.ID, s.Sequence, quarter.Span{Start: db.Time(s.Start), End: db.Time(s.End)}
		e.Description = loc.T("reservation.ics.text", "receipt", s.Receipt, "phone", n.Phone)
		e.URL = baseURL + reservation.Path(s.ID)
		out = append(out, e)
	}
	return out
}
