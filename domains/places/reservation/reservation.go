package reservation

import (
	"time"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
)

// State is how far a reservation has come.
type State string

// The states.
const (
	Requested State = "requested" // waits for a clerk
	Confirmed State = "confirmed"
	Offered   State = "offered" // held for its holder until Due: a win, or the turn of who waited
	Resting   State = "resting" // given back by its holder, held for nobody until Due
	Refused   State = "refused"
	Cancelled State = "cancelled"
	Lapsed    State = "lapsed" // offered and not taken, or rested enough
	Used      State = "used"
	NoShow    State = "no_show"
)

// Live reports whether a reservation in this state holds the room's time. A
// no-show gives back what is left of it.
func (s State) Live() bool {
	return s == Requested || s == Confirmed || s == Offered || s == Resting || s == Used
}

// Open reports whether somebody is still to answer: a clerk a request, the holder
// an offer.
func (s State) Open() bool { return s == Requested || s == Offered }

// live are the states that hold the room's time, for queries.
const live = `'requested', 'confirmed', 'offered', 'resting', 'used'`

// Kind says what a room's time is taken for.
type Kind string

// The kinds. Official use and maintenance are the office's: they have no
// holder, pay nothing and count for no limit.
const (
	ForUse      Kind = "use"
	Official    Kind = "official" // 公用
	Maintenance Kind = "maintenance"
)

// Reservation is one stretch of one room for a group or a person.
type Reservation struct {
	ID          db.ID
	Version     int64
	Receipt     string
	Room        db.ID
	Span        quarter.Span
	State       State
	Group       db.ID // 0: for the person alone
	Person      db.ID // who answers for it and gets the messages
	Programme   db.ID
	Office      db.ID // of the facility
	Purpose     string
	Headcount   int64     // people
	PublicTitle i18n.Text // empty: not open to all
	Series      db.ID     // 0: on its own
	MadeBy      db.ID
	MadeAt      time.Time
	ChangedAt   time.Time
	Reason      string // of a refusal or a cancellation
	Kind        Kind
	Loud        bool      // music or dance: disturbs the neighbours
	Due         time.Time // of Offered and Resting; else zero
	Source      string    // what it came from: "draw", "waiting"; "" when booked
	SourceID    db.ID     // the entry of the draw or of the waiting list
	Asked       rules.Asked
}

// Holder is who the limit of a day counts for; 0: nobody.
func (r Reservation) Holder() db.ID {
	if r.Group != 0 {
		return r.Group
	}
	return r.Person
}

// Counts reports whether the reservation counts for its holder's limit of a day.
func (r Reservation) Counts() bool { return r.State.Live() && r.forUse() && r.Holder() != 0 }

func (r Reservation) forUse() bool { return r.Kind == ForUse || r.Kind == "" }

// Open reports whether the reservation can still be changed or cancelled.
func (r Reservation) Open(now time.Time) bool {
	return (r.State == Requested || r.State == Confirmed) && r.Span.End.After(now)
}

// Public reports whether anybody may come.
func (r Reservation) Public() bool { return len(r.PublicTitle) > 0 }

// Day returns the civil day on which the reservation starts.
func (r Reservation) Day() jp.Date { return jp.DateOf(r.Span.Start) }
