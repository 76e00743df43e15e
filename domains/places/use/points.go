package use

import (
	"time"

	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
)

// Offence is what points are given for.
type Offence string

// The offences, as rules.Penalties counts them.
const (
	NoShow      Offence = "no_show"
	Late        Offence = "late"
	Unconfirmed Offence = "unconfirmed"
)

// Point is what one reservation cost its holder.
type Point struct {
	ID          db.ID
	Holder      db.ID // the group, or the person alone
	Person      db.ID // who answered for it
	Reservation db.ID
	Office      db.ID
	Kind        Offence
	Points      int
	Day         jp.Date // of the act
	Suspension  db.ID   // what it was spent on; 0: nothing yet
	Lifted      time.Time
	LiftedBy    db.ID
	Reason      string // why it was lifted
}

// Counts reports whether the point still stands against its holder on the day:
// not lifted, not spent, and within the window of so many months.
func (p Point) Counts(window int, on jp.Date) bool {
	return p.Lifted.IsZero() && p.Suspension == 0 && !p.Day.After(on) && (window == 0 || on.Before(p.Ends(window)))
}

// Ends returns the first day on which the point no longer counts; zero when it
// always does.
func (p Point) Ends(window int) jp.Date {
	if window == 0 {
		return jp.Date{}
	}
	return p.Day.AddMonths(window)
}

// Standing is how a holder stands on a day.
type Standing struct {
	Sum   int     // points that count
	Until jp.Date // the last day of the suspension that they bring; zero: none
}

// Stand works out how the holder of the points stands on the day by the rule.
func Stand(points []Point, rule rules.Penalties, on jp.Date) Standing {
	var s Standing
	for _, p := range points {
		if p.Counts(rule.Window, on) {
			s.Sum += p.Points
		}
	}
	if rule.Limit > 0 && s.Sum >= rule.Limit && rule.Months > 0 {
		s.Until = on.AddMonths(rule.Months)
	}
	return s
}

// cost returns what the rule takes for an offence.
func cost(rule rules.Penalties, kind Offence) int {
	switch kind {
	case NoShow:
		return rule.NoShow
	case Late:
		return rule.Late
	case Unconfirmed:
		return rule.Unconfirmed
	}
	return 0
}

// late reports whether giving back on the day, a use of another, costs points.
func late(rule rules.Penalties, act, use jp.Date) bool {
	return rule.Late > 0 && use.Sub(act) < rule.LateDays
}

// short reports whether the points that a suspension was spent on, without the
// lifted ones, are too few for it.
func short(spent []Point, needed int) bool {
	sum := 0
	for _, p := range spent {
		if p.Lifted.IsZero() {
			sum += p.Points
		}
	}
	return sum < needed
}
