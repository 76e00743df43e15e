package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// partsResult is the line that `bench booking --parts` prints.
type partsResult struct {
	Bench     string  `json:"bench"`
	Engine    string  `json:"engine"`
	Clients   int     `json:"clients"`
	Slots     int     `json:"slots"`  // hours of plain rooms, and of halves
	Wholes    float64 `json:"wholes"` // share of wishes for a whole hall
	Plain     float64 `json:"plain_per_second"`
	Parts     float64 `json:"parts_per_second"`
	Ratio     float64 `json:"parts_ratio"`
	Accepted  int64   `json:"accepted"` // of wholes and halves
	Refused   int64   `json:"refused"`
	PlainGot  int64   `json:"plain_accepted"`
	Overlaps  int64   `json:"overlaps"` // pairs of live reservations that share a moment of a room or half; must be 0
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
	PlainP99  float64 `json:"plain_p99_ms"`
	Deadlocks int64   `json:"deadlocks"` // seen by PostgreSQL; must be 0
}

// wholes is one in how many wishes is for a whole hall.
const wholes = 3

// hall is a hall that is let whole or in halves.
type hall struct {
	whole  db.ID
	halves [2]db.ID
}

// openHalls makes a facility with n halls that are open day and night.
func openHalls(tx *db.Tx, n int) (out []hall, err error) {
	of, err := facility.Save(tx, facility.Facility{Name: i18n.Text{i18n.Ja: "ホール"}, Address: "埼玉県川口市川口1丁目1-2", Bookable: true, Opens: 0, Closes: 24 * 60})
	if err != nil {
		return nil, err
	}
	room := func(slug string, parts ...db.ID) (id db.ID) {
		if err == nil {
			id, err = facility.SaveRoom(tx, facility.Room{
				Facility: of, Slug: slug, Name: i18n.Text{i18n.Ja: slug}, Capacity: 20, Opens: 0, Closes: 24 * 60, Parts: parts,
			})
		}
		return id
	}
	for i := range n {
		h := hall{halves: [2]db.ID{room(fmt.Sprint("a-", i)), room(fmt.Sprint("b-", i))}}
		h.whole = room(fmt.Sprint("hall-", i), h.halves[0], h.halves[1])
		out = append(out, h)
	}
	return out, err
}

// runParts measures bookings of plain rooms and of halls by turns.
func (r rush) runParts(ctx context.Context, env Env) error {
	c, done, err := env.Open(ctx)
	if err != nil {
		return err
	}
	defer done()
	rooms, err := r.rooms(ctx, c)
	if err != nil {
		return err
	}
	const perHall = 2 * days * slotsPerDay
	var halls []hall
	err = c.Deps.DB.Write(ctx, db.Actor{Via: "system"}, func(tx *db.Tx) (err error) {
		halls, err = openHalls(tx, (r.slots+perHall-1)/perHall)
		return err
	})
	if err != nil {
		return err
	}
	persons, err := residents(ctx, c, people)
	if err != nil {
		return err
	}
	first := firstDay(c.Deps.DB.Now())
	svc := c.House.Places.Reservations
	book := func(room db.ID, span quarter.Span, accepted, refused *atomic.Int64) error {
		person := persons[rand.IntN(people)]
		_, err := svc.Book(context.WithoutCancel(ctx), db.Actor{Person: person, Via: "web"}, reservation.Reservation{
			Room: room, Span: span, Person: person, Headcount: 10, Purpose: "定例会",
		})
		switch {
		case err == nil:
			accepted.Add(1)
		case fault.Is(err, fault.Conflict):
			refused.Add(1)
		default:
			return err
		}
		return nil
	}
	var plainGot, plainNot, got, not atomic.Int64
	plain := func(context.Context, int, int) error {
		room, span := r.slot(rooms, first, rand.IntN(r.slots))
		return book(room, span, &plainGot, &plainNot)
	}
	parts := func(context.Context, int, int) error {
		n := rand.IntN(r.slots)
		hour, h := n/2%slotsPerDay, halls[n/perHall]
		day := first.AddDays(n / 2 / slotsPerDay % days)
		room := h.halves[n%2]
		if rand.IntN(wholes) == 0 {
			room = h.whole
		}
		return book(room, quarter.On(day, hour*60, hour*60+60), &got, &not)
	}
	a, b, err := takeTurns(r.over,
		func(d time.Duration) (tally, error) { return drive(ctx, r.clients, d, plain) },
		func(d time.Duration) (tally, error) { return drive(ctx, r.clients, d, parts) })
	if err != nil {
		return err
	}
	res := partsResult{
		Bench: "booking parts", Engine: string(c.Deps.DB.Engine()), Clients: r.clients, Slots: r.slots, Wholes: round(1.0 / wholes),
		Plain: round(a.rate()), Parts: round(b.rate()), Ratio: round(b.rate() / a.rate()),
		Accepted: got.Load(), Refused: not.Load(), PlainGot: plainGot.Load(), P50: b.percentile(50), P99: b.percentile(99), PlainP99: a.percentile(99),
	}
	if res.Overlaps, err = overlaps(ctx, c.Deps.DB); err != nil {
		return err
	}
	if res.Deadlocks, err = deadlocks(ctx, c.Deps.DB); err != nil {
		return err
	}
	return print(env.Out, res)
}
