// Package cast fills the draws of the demo city: the hall's that was drawn the
// other day, with its proof, and the one that is open now.
package cast

import (
	"context"
	_ "embed"
	"slices"
	"strings"
	"time"

	"kakehashi/domains/places/draws"
	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/draw"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/module"
	"kakehashi/platform/receipt"
)

// most is how many groups entered the drawn one, some how many the open one so
// far.
const most, some = 40, 24

//go:embed words.txt
var text string

// what names the value that decides, purposes what groups want the hall for.
var what, purposes = func() (string, []string) {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[0], lines[1:]
}()

// line is the rule of both draws, as the city has it for its hall.
var line = rules.DrawLine{
	Classes: []string{"hall"}, Before: 3, From: 1, Until: 10, On: 11, Entries: 3, Wins: 2, Wishes: 5, Sets: true, Confirm: 7,
	Tiers: []rules.Tier{{Resident: true}}, Source: draw.Typed, What: what, Wait: 7, Overlap: 50,
}

// Fill writes the draws of the demo city.
func Fill(ctx context.Context, d *module.Demo, x *draws.Draws, svc *reservation.Service) (err error) {
	defer fault.Wrap(&err, "draws/cast.Fill()")
	hall, office, err := find(ctx, d)
	if err != nil || hall.ID == 0 {
		return err
	}
	actor := db.Actor{Person: d.Refs["person:clerk"], Via: "demo"}
	month := jp.NewDate(d.Today.Year, d.Today.Month, 1)
	past := base(hall, office, month.AddMonths(3), d.Today.AddDays(-14), d.Today.AddDays(-4), d.Today.AddDays(-3))
	past.Confirm = d.Today.AddDays(5).At(0)
	drawn, err := x.Enact(ctx, actor, past, entries(d, past, hall, most), "3907")
	if err != nil {
		return err
	}
	now := base(hall, office, month.AddMonths(4), d.Today.AddDays(-6), d.Today.AddDays(6), d.Today.AddDays(7))
	open, err := x.Enact(ctx, actor, now, entries(d, now, hall, some), "")
	if err != nil {
		return err
	}
	if err := x.Compare(ctx, actor, open.ID); err != nil {
		return err
	}
	if err := x.Step(ctx); err != nil { // the wins are offered
		return err
	}
	if err := accept(ctx, d, svc, drawn.ID); err != nil {
		return err
	}
	return x.Plan(ctx)
}

// find returns the hall and the office that answers for it.
func find(ctx context.Context, d *module.Demo) (hall facility.Room, office db.ID, err error) {
	err = d.DB.Read(ctx, func(tx *db.Tx) error {
		id := d.Refs["room:station-7"]
		if id == 0 {
			return nil
		}
		if hall, err = facility.GetRoom(tx, id); err != nil {
			return err
		}
		f, err := facility.Get(tx, hall.Facility)
		office = f.Office
		return err
	})
	return hall, office, err
}

// base is a draw of the hall.
func base(hall facility.Room, office db.ID, month, from, until, on jp.Date) draws.Draw {
	return draws.Draw{
		Facility: hall.Facility, Office: office, Month: month, Rooms: append([]db.ID{hall.ID}, hall.Parts...), Rule: line,
		Source: line.Source, What: line.What, Opens: from.At(0), Closes: until.AddDays(1).At(0), Freezes: on.At(12 * 60), Due: on.At(19 * 60),
	}
}

// entries are those of the groups of the story and of others: weekends are
// wanted most, some want a morning with its afternoon.
func entries(d *module.Demo, of draws.Draw, hall facility.Room, n int) []draws.Entry {
	adults := d.Lists["adults"]
	if len(adults) == 0 {
		adults = d.Lists["persons"]
	}
	groups := slices.Clone(d.Lists["groups"])
	if len(adults) == 0 || len(groups) == 0 {
		return nil
	}
	leads := map[db.ID]db.ID{d.Refs["group:aozora"]: d.Refs["person:aozora"], d.Refs["group:turk"]: d.Refs["person:second"]}
	var out []draws.Entry
	for i, g := range groups[:min(n, len(groups))] {
		person := leads[g]
		if person == 0 {
			person = adults[i%len(adults)]
		}
		for k := range 1 + d.Rand.IntN(2) {
			var raw [6]byte
			for b := range raw {
				raw[b] = byte(d.Rand.IntN(256))
			}
			made := of.Opens.Add(time.Duration(d.Rand.IntN(4*24*60)) * time.Minute)
			out = append(out, draws.Entry{
				Group: g, Person: person, Number: k + 1, Purpose: purposes[d.Rand.IntN(len(purposes))], People: 10 + d.Rand.Int64N(max(1, hall.Capacity-10)),
				Receipt: receipt.Of(raw), Wishes: wishes(d, of, hall), MadeAt: made, ChangedAt: made,
			})
		}
	}
	return out
}

// wishes are two or three, of one room.
func wishes(d *module.Demo, of draws.Draw, hall facility.Room) []draws.Wish {
	bands := draws.Bands(hall)
	var out []draws.Wish
	for len(out) < 2+d.Rand.IntN(2) {
		day := of.Month.AddDays(d.Rand.IntN(28))
		if day == quiet(of.Month) {
			continue
		}
		if w := day.Weekday(); w != time.Saturday && w != time.Sunday && d.Rand.IntN(8) > 0 {
			continue
		}
		first := d.Rand.IntN(len(bands))
		last := first
		if first+1 < len(bands) && d.Rand.IntN(4) == 0 {
			last = first + 1
		}
		w := draws.Wish{Room: hall.ID, Day: day, From: bands[first].From, To: bands[last].To}
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// quiet is the day of a month that no group of the cast wants: its first
// Wednesday, so that two who do can see what a draw makes of them.
func quiet(month jp.Date) jp.Date {
	return month.AddDays((int(time.Wednesday-month.Weekday()) + 7) % 7)
}

// accept lets two in three of the winners accept; the others still wait.
func accept(ctx context.Context, d *module.Demo, svc *reservation.Service, of db.ID) error {
	var won []draws.Entry
	err := d.DB.Read(ctx, func(tx *db.Tx) error {
		all, err := draws.Entries(tx, of, draws.Entry{}, 1000)
		for _, e := range all {
			if e.Reservation != 0 {
				won = append(won, e)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	for i, e := range won {
		if i%3 == 2 || e.Group == d.Refs["group:aozora"] {
			continue
		}
		if _, err := svc.Accept(ctx, db.Actor{Person: e.Person, Via: "demo"}, e.Reservation, 0); err != nil {
			return err
		}
	}
	return nil
}
