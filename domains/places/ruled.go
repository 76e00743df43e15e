package places

import (
	"cmp"
	"context"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/fee"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/domains/places/rules/replay"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/module"
)

// ruled lets the city's rules decide about bookings and about what is offered.
type ruled struct {
	deps  module.Deps
	rules *rules.Directory
	who   func(tx *db.Tx, group, person db.ID) (rules.Who, error)
}

// holder is whom a reservation is for, as rules see them.
func (x ruled) holder(tx *db.Tx, group, person db.ID) (rules.Who, error) {
	if x.who == nil {
		return rules.Who{Holder: cmp.Or(group, person), Resident: true}, nil
	}
	return x.who(tx, group, person)
}

// bounds is what the rules say of one wish.
func (x ruled) bounds(tx *db.Tx, r reservation.Reservation, room facility.Room) (rules.Bounds, error) {
	book, err := x.rules.Book(tx)
	if err != nil {
		return rules.Bounds{}, err
	}
	who, err := x.holder(tx, r.Group, r.Person)
	if err != nil {
		return rules.Bounds{}, err
	}
	return book.Wish(rules.PlaceOf(&room), who, r.Asked.Use, r.Day())
}

// limits is reservation.Neighbours.Limits: what is the office's own is bound by
// no rule.
func (x ruled) limits(tx *db.Tx, r reservation.Reservation, room facility.Room) (reservation.Limits, error) {
	l := reservation.DefaultLimits
	if r.Kind == reservation.Official || r.Kind == reservation.Maintenance {
		l.HorizonDays, l.LeadMinutes = 3*366, 0
		return l, nil
	}
	b, err := x.bounds(tx, r, room)
	if err != nil {
		return l, err
	}
	l.LeadMinutes, l.PerDay, l.PerMonth, l.Opens = b.Lead, b.PerDay, b.PerMonth, b.Opens
	l.OpensKey = "rules.error.opens"
	if b.Drawn {
		l.OpensKey = "rules.error.opens_draw"
	}
	return l, nil
}

// opens is search.Window.Opens. Where the rules cannot be read now, nothing is
// offered that Book would refuse anyway.
func (x ruled) opens(r *facility.Room, d jp.Date) (time.Time, int, bool) {
	book, err := x.rules.Get(context.Background())
	if err != nil {
		return time.Time{}, 0, false
	}
	return book.First(rules.PlaceOf(r), d)
}

// ahead is how many days ahead calendars reach.
func (x ruled) ahead() int { return x.rules.Latest().Ahead(jp.DateOf(x.deps.DB.Now())) }

// fee is what a wish costs by the rules of its day, in yen.
func (x ruled) fee(tx *db.Tx, r reservation.Reservation) (int64, error) {
	book, err := x.rules.Book(tx)
	if err != nil {
		return 0, err
	}
	room, err := facility.GetRoom(tx, r.Room)
	if err != nil {
		return 0, err
	}
	who, err := x.holder(tx, r.Group, r.Person)
	return fee.Work(fee.InputOf(book, &room, who, r.Asked, r.Span)).Total, err
}

// feeThen is what a past use would have cost under a book.
func feeThen(b *rules.Book, p replay.Past) int64 {
	return fee.Work(fee.InputOf(b, &p.Room, p.Who, p.Asked, p.Span)).Total
}
