package calendar

import (
	"strconv"
	"time"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/platform/db"
	"kakehashi/platform/feed"
	"kakehashi/platform/i18n"
)

// uid names a reservation in every calendar of the world, for ever.
func uid(id db.ID) string { return "reservation-" + id.String() }

// Busy is one stretch in which something is taken.
type Busy struct {
	ID   db.ID // of the reservation, whose UID only tells that it is the same one
	Span quarter.Span
	Room string // its name, where a calendar shows several
}

// WriteBusy returns when something is taken, and by nobody in particular:
// events, since few programs show VFREEBUSY. taken is the word for it.
func WriteBusy(name, taken string, now time.Time, busy []Busy) []byte {
	events := make([]feed.Event, len(busy))
	for i, b := range busy {
		events[i] = feed.Event{
			UID:   "busy-" + b.ID.String() + "-" + strconv.FormatInt(b.Span.Start.Unix(), 36),
			Start: b.Span.Start, End: b.Span.End, Stamp: now, Summary: taken, Location: b.Room, Busy: true,
		}
	}
	return feed.Calendar(name, "", events...)
}

// Of returns the events of a message about a reservation, its series included.
func Of(loc *i18n.Localizer, n reservation.Notice, baseURL string, cancelled, tentative bool, stamp time.Time) []feed.Event {
	status := feed.Confirmed
	switch {
	case cancelled:
		status = feed.Cancelled
	case tentative:
		status = feed.Tentative
	}
	one := feed.Event{
		UID: uid(n.ID), Sequence: n.Sequence, Start: db.Time(n.Start), End: db.Time(n.End),
		Summary:     loc.Text(n.Room) + " " + n.Purpose,
		Location:    loc.Text(n.Place) + " " + loc.Text(n.Room) + " " + n.Address,
		Description: loc.T("reservation.ics.text", "receipt", n.Receipt, "phone", n.Phone),
		URL:         baseURL + reservation.Path(n.ID), Stamp: stamp, Status: status,
	}
	out := []feed.Event{one}
	for _, s := range n.More {
		e := one
		e.UID, e.Sequence, e.Start, e.End = uid(s.ID), s.Sequence, db.Time(s.Start), db.Time(s.End)
		e.Description = loc.T("reservation.ics.text", "receipt", s.Receipt, "phone", n.Phone)
		e.URL = baseURL + reservation.Path(s.ID)
		out = append(out, e)
	}
	return out
}
