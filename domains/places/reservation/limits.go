package reservation

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"kakehashi/domains/places/facility"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// Limits say how far ahead and how much may be booked: data of the city. What
// holds for one wish comes from its dated rules, by Neighbours.Limits.
type Limits struct {
	LeadMinutes int // at least so long before the start
	HorizonDays int // at most so many days ahead, where Opens is zero; and how far calendars reach
	PerDay      int // reservations a group or person may hold on one day
	PerMonth    int // and in one calendar month; 0 no limit
	MaxDays     int // longest stretch
	MaxPurpose  int // characters
	MaxTitle    int // characters of a public title
	MaxSeries   int // reservations in one series

	Opens    time.Time // when first come, first served begins; zero: HorizonDays before
	OpensKey string    // message that says so, with its instant as "at"
}

// DefaultLimits are what a city starts with.
var DefaultLimits = Limits{LeadMinutes: 30, HorizonDays: 92, PerDay: 4, MaxDays: 7, MaxPurpose: 200, MaxTitle: 80, MaxSeries: 26}

// Check returns what is wrong with a wish for the room, all at once: a fault
// with the fields room, day, from, to, people and purpose, or nil.
func (l Limits) Check(r Reservation, room facility.Room, closures []facility.Closure, now time.Time) error {
	var c fault.Check
	l.checkTime(&c, r, room, closures, now)
	l.checkDetails(&c, r, room)
	return c.Err()
}

// CheckTime is Check for the time alone: the fields room, day, from and to.
func (l Limits) CheckTime(r Reservation, room facility.Room, closures []facility.Closure, now time.Time) error {
	var c fault.Check
	l.checkTime(&c, r, room, closures, now)
	return c.Err()
}

// CheckDetails is Check for the fields people and purpose alone, which may
// still be mended when the time no longer could be.
func (l Limits) CheckDetails(r Reservation, room facility.Room) error {
	var c fault.Check
	l.checkDetails(&c, r, room)
	return c.Err()
}

func (l Limits) checkTime(c *fault.Check, r Reservation, room facility.Room, closures []facility.Closure, now time.Time) {
	c.Field(!room.Closed, "room", "reservation.error.room")
	day := r.Day()
	if !r.Span.Whole() {
		c.Field(false, "to", "reservation.error.quarters")
		return
	}
	if r.Span.End.Sub(r.Span.Start) > time.Duration(l.MaxDays)*24*time.Hour { // before counting the days of centuries
		c.Field(false, "to", "reservation.error.long", "most", l.MaxDays)
		return
	}
	switch days := r.Span.Days(); {
	case len(days) > l.MaxDays:
		c.Field(false, "to", "reservation.error.long", "most", l.MaxDays)
	case len(days) == 1 && !room.Fits(minutesOf(day, r.Span.Start), minutesOf(day, r.Span.End)):
		c.Field(false, "from", "reservation.error.hours", "from", jp.FormatClock(room.Opens), "to", jp.FormatClock(room.Closes))
	case len(days) > 1 && (room.Opens != 0 || room.Closes != 24*60 || len(room.Bands) > 0):
		c.Field(false, "to", "reservation.error.hours", "from", jp.FormatClock(room.Opens), "to", jp.FormatClock(room.Closes))
	default:
		for _, d := range days {
			if closure, closed := facility.ClosedDuring(closures, &room, d.Date, d.Bits); closed {
				c.Field(false, "day", "reservation.error.closed", "day", d.Date, "reason", closure.Reason)
			}
		}
	}
	l.checkOpen(c, r, now)
}

func (l Limits) checkOpen(c *fault.Check, r Reservation, now time.Time) {
	c.Field(!r.Span.Start.Before(now.Add(time.Duration(l.LeadMinutes)*time.Minute)), "day", "reservation.error.past")
	if l.Opens.IsZero() {
		c.Field(!r.Day().After(jp.DateOf(now).AddDays(l.HorizonDays)), "day", "reservation.error.far", "most", l.HorizonDays)
	} else {
		c.Field(!l.early(now), "day", l.OpensKey, "at", l.Opens)
	}
}

// TooMany is the fault of a holder who has enough on the day, TooManyInMonth of
// one who has enough in the month.
func TooMany(most int) error {
	return fault.New(fault.Conflict, "reservation.error.many", "most", most)
}

// TooManyInMonth is described at TooMany.
func TooManyInMonth(most int) error {
	return fault.New(fault.Conflict, "rules.error.month", "most", most)
}

// CheckOpen is CheckTime for when it is wished alone: the field day.
func (l Limits) CheckOpen(r Reservation, now time.Time) error {
	var c fault.Check
	l.checkOpen(&c, r, now)
	return c.Err()
}

// early reports whether booking has not opened yet.
func (l Limits) early(now time.Time) bool { return now.Before(l.Opens) }

// limitsFor returns what holds for one wish, or the fault that says why its
// holder may not book at all.
func (s *Service) limitsFor(tx *db.Tx, r Reservation, k *known) (Limits, error) {
	if s.near.Limits == nil {
		return s.limits, nil
	}
	return s.near.Limits(tx, r, k.Room)
}

// CheckHolder says why the holder of a wish may not book the room, or not yet:
// the field for.
func (s *Service) CheckHolder(tx *db.Tx, r Reservation, room RoomInfo) error {
	var c fault.Check
	l, err := s.limitsFor(tx, r, &room.known)
	var f *fault.Error
	switch {
	case errors.As(err, &f) && f.Kind == fault.Denied:
		c.Field(false, "for", f.Key, f.Args...)
	case err != nil:
		return err
	default:
		c.Field(!l.early(tx.Now), "for", l.OpensKey, "at", l.Opens)
	}
	return c.Err()
}

// countIn adds a reservation to what its holder has on its day, or returns the
// Conflict that says why it is one too many. What a holder has in a month is
// counted only where the rules limit it: the holder's row of that month is taken
// in hand, and before the day's, so that two bookings at once wait in line. was
// is the day on which the reservation is still counted; zero for a new one.
func (s *Service) countIn(tx *db.Tx, r Reservation, k *known, was jp.Date) error {
	l, err := s.limitsFor(tx, r, k)
	if err != nil {
		return err
	}
	if l.PerMonth > 0 {
		n, err := heldInMonth(tx, r.Holder(), r.Day())
		if err != nil {
			return err
		}
		if was.Year == r.Day().Year && was.Month == r.Day().Month {
			n--
		}
		if n >= int64(l.PerMonth) {
			return TooManyInMonth(l.PerMonth)
		}
	}
	ok, err := count(tx, r.Holder(), r.Day(), l.PerDay)
	if err == nil && !ok {
		err = TooMany(l.PerDay)
	}
	return err
}

func (l Limits) checkDetails(c *fault.Check, r Reservation, room facility.Room) {
	c.Field(r.Headcount > 0, "people", "reservation.error.nobody")
	c.Field(r.Headcount <= room.Capacity, "people", "reservation.error.crowded", "most", room.Capacity)
	c.Field(strings.TrimSpace(r.Purpose) != "", "purpose", "reservation.error.purpose")
	c.Field(utf8.RuneCountInString(r.Purpose) <= l.MaxPurpose, "purpose", "reservation.error.wordy", "most", l.MaxPurpose)
	for _, title := range r.PublicTitle {
		c.Field(utf8.RuneCountInString(title) <= l.MaxTitle, "title", "reservation.error.wordy", "most", l.MaxTitle)
	}
}

// minutesOf returns the minutes from the day's midnight to the instant.
func minutesOf(d jp.Date, t time.Time) int { return int(t.Sub(d.At(0)) / time.Minute) }
