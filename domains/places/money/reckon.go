package money

import (
	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/fee"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// who is the holder of a reservation as rules see them.
func (x *Money) who(tx *db.Tx, r reservation.Reservation) (rules.Who, error) {
	if x.near.Who == nil {
		return rules.Who{Holder: r.Person, Resident: true}, nil
	}
	return x.near.Who(tx, r.Group, r.Person)
}

// input is a reservation as fees are worked out from.
func (x *Money) input(tx *db.Tx, r reservation.Reservation, room facility.Room) (fee.Input, error) {
	book, err := x.rules.Book(tx)
	if err != nil {
		return fee.Input{}, err
	}
	who, err := x.who(tx, r)
	return fee.InputOf(book, &room, who, r.Asked, r.Span), err
}

// Reckon works out what a reservation, or the wish for one, costs by the rules
// of its day. What the office itself uses costs nothing.
func (x *Money) Reckon(tx *db.Tx, r reservation.Reservation) (_ fee.Working, err error) {
	defer fault.Wrap(&err, "Reckon(%v)", r.ID)
	if r.Kind != "" && r.Kind != reservation.ForUse {
		return fee.Working{}, nil
	}
	room, err := x.svc.Room(tx, r.Room)
	if err != nil {
		return fee.Working{}, err
	}
	in, err := x.input(tx, r, room.Room)
	return fee.Work(in), err
}

// Ask returns what an applicant is asked about a wish because something depends
// on it: the fee, or from when the room may be booked.
func (x *Money) Ask(tx *db.Tx, r reservation.Reservation) (_ fee.Questions, err error) {
	defer fault.Wrap(&err, "Ask(%v)", r.Room)
	room, err := x.svc.Room(tx, r.Room)
	if err != nil {
		return fee.Questions{}, err
	}
	in, err := x.input(tx, r, room.Room)
	if err != nil {
		return fee.Questions{}, err
	}
	book, err := x.rules.Book(tx)
	if err != nil {
		return fee.Questions{}, err
	}
	use := false
	for _, l := range book.Opening(rules.PlaceOf(&room.Room), r.Day()).Lines {
		use = use || len(l.Uses) > 0
	}
	return fee.Ask(in, use), nil
}

// PaymentOf returns the rule by which a charge made today is paid.
func (x *Money) PaymentOf(tx *db.Tx, room facility.Room) (rules.Payment, error) {
	book, err := x.rules.Book(tx)
	if err != nil {
		return rules.Payment{}, err
	}
	return book.Payment(rules.PlaceOf(&room), jp.DateOf(tx.Now)), nil
}

// dueDay is until when something confirmed today for a day is paid: never
// before today.
func dueDay(p rules.Payment, today, use jp.Date) jp.Date {
	due := today.AddDays(p.Within)
	if last := use.AddDays(-p.Before); last.Before(due) {
		due = last
	}
	if due.Before(today) {
		return today
	}
	return due
}

// Given is how much of what was paid is given back by the rule when a use is
// cancelled so many days before it: yen, rounded down.
func Given(r rules.Refunds, daysBefore int, paid int64) int64 {
	days, percent := -1, 0
	for _, t := range r.Tiers {
		if daysBefore >= t.Days && t.Days > days {
			days, percent = t.Days, min(100, max(0, t.Percent))
		}
	}
	return paid * int64(percent) / 100
}
