package cast

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/receipt"
)

// How far the book of the rooms goes, in days from today: the report of last
// month finds all of it.
const (
	behind = 62
	ahead  = 28
)

// most is how many weekly habits one group has; the calm ones have two besides
// what the story says, lest the pages of its persons be full of the rest.
const most = 10

// habit is what somebody does every week in one room.
type habit struct {
	room      db.ID
	weekday   time.Weekday
	from, to  int
	group     db.ID
	person    db.ID
	purpose   string
	use       rules.Use
	people    int64
	title     i18n.Text
	fortnight bool
}

// Fill writes the reservations of the demo city: the habits of its groups, and
// what the persons of the story have booked.
func Fill(ctx context.Context, d *module.Demo, svc *reservation.Service) (err error) {
	defer fault.Wrap(&err, "reservation/cast.Fill()")
	rooms := map[db.ID]facility.Room{}
	err = d.DB.Read(ctx, func(tx *db.Tx) (err error) {
		rooms, err = facility.GetRooms(tx, d.Lists["rooms"])
		return err
	})
	if err != nil || len(rooms) == 0 {
		return err
	}
	var book []reservation.Reservation
	all, err := habits(d, rooms)
	if err != nil {
		return err
	}
	for _, h := range all {
		book = append(book, h.within(d)...)
	}
	const batch = 400
	for len(book) > 0 {
		n := min(batch, len(book))
		page := book[:n]
		err := d.DB.Write(ctx, db.Actor{Via: "demo"}, func(tx *db.Tx) error {
			for _, r := range page {
				if err := enter(tx, svc, r); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		book = book[n:]
	}
	return nil
}

// enter writes one reservation, unless its room is closed or taken then.
func enter(tx *db.Tx, svc *reservation.Service, r reservation.Reservation) error {
	room, err := svc.Room(tx, r.Room)
	if err != nil {
		return err
	}
	if _, shut, err := svc.Gone(tx, room, r.Day()); err != nil || shut.Meets(r.Span.Days()[0].Bits) {
		return err
	}
	r.Loud = room.Class == "studio"
	if room.Approval && r.State == reservation.Confirmed && r.Span.Start.After(tx.Now.AddDate(0, 0, 7)) {
		r.State = reservation.Requested
	}
	_, err = svc.Enter(tx, r)
	return err
}

// habits are those of the story, then one in three of the bands of every room.
func habits(d *module.Demo, rooms map[db.ID]facility.Room) ([]habit, error) {
	w, err := readWords()
	if err != nil {
		return nil, err
	}
	out, err := w.story(d)
	if err != nil {
		return nil, err
	}
	kept, err := w.free(d, rooms)
	if err != nil {
		return nil, err
	}
	of := map[db.ID]int{} // habits of each group
	for _, name := range w.Calm {
		of[d.Refs[name]] = most - 2
	}
	groups, adults := d.Lists["groups"], d.Lists["adults"]
	if len(adults) == 0 {
		adults = d.Lists["persons"]
	}
	if len(adults) == 0 {
		return out, nil
	}
	for _, id := range d.Lists["rooms"] {
		room, known := rooms[id]
		if !known {
			continue
		}
		for weekday := time.Sunday; weekday <= time.Saturday; weekday++ {
			for _, b := range bandsOf(room) {
				if d.Rand.IntN(3) > 0 {
					continue
				}
				p := w.Purposes[d.Rand.IntN(len(w.Purposes))]
				h := habit{
					room: id, weekday: weekday, from: b.From, to: b.To, purpose: p.Purpose, use: p.Use, fortnight: d.Rand.IntN(3) == 0,
					people: max(2, room.Capacity/4+d.Rand.Int64N(room.Capacity/2+1)), person: adults[d.Rand.IntN(len(adults))],
				}
				if n := len(groups); n > 0 && d.Rand.IntN(6) > 0 {
					at := d.Rand.IntN(n)
					for range n {
						if of[groups[at]] < most {
							break
						}
						at = (at + 1) % n
					}
					of[groups[at]]++
					h.group, h.person = groups[at], adults[at%len(adults)]
				}
				if d.Rand.IntN(8) == 0 {
					h.title = p.Title
				}
				if !slices.ContainsFunc(kept, h.meets) {
					out = append(out, h)
				}
			}
		}
	}
	return out, nil
}

// bandsOf are the times that a room is let in; two hours here and there where
// it has no bands.
func bandsOf(r facility.Room) []facility.Band {
	if len(r.Bands) > 0 {
		return r.Bands
	}
	return []facility.Band{{From: 10 * 60, To: 12 * 60}, {From: 13*60 + 30, To: 15*60 + 30}, {From: 18 * 60, To: 20 * 60}}
}

// within returns the reservations that the habit makes in the book.
func (h habit) within(d *module.Demo) []reservation.Reservation {
	var out []reservation.Reservation
	for n := -behind; n <= ahead; n++ {
		day := d.Today.AddDays(n)
		if day.Weekday() != h.weekday || h.fortnight && (day.Sub(jp.NewDate(2026, 1, 1))/7)%2 == 0 {
			continue
		}
		var raw [6]byte
		for i := range raw {
			raw[i] = byte(d.Rand.IntN(256))
		}
		made := d.Now.AddDate(0, 0, n-10-d.Rand.IntN(30))
		if made.After(d.Now) {
			made = d.Now.Add(-time.Duration(d.Rand.IntN(72)) * time.Hour)
		}
		out = append(out, reservation.Reservation{
			Receipt: receipt.Of(raw), Room: h.room, Span: quarter.On(day, h.from, h.to), State: h.state(d.Rand, day, d.Today),
			Group: h.group, Person: h.person, Purpose: h.purpose, Headcount: h.people, PublicTitle: h.title, Asked: rules.Asked{Use: h.use},
			MadeBy: h.person, MadeAt: made, ChangedAt: made,
		})
	}
	return out
}

// state is what became of a day: most come, a few cancel, hardly anybody
// forgets.
func (h habit) state(r *rand.Rand, day, today jp.Date) reservation.State {
	switch chance := r.IntN(40); {
	case chance < 3:
		return reservation.Cancelled
	case !day.Before(today):
		return reservation.Confirmed
	case chance == 3:
		return reservation.NoShow
	}
	return reservation.Used
}
