package desk

import (
	"context"
	_ "embed"
	"encoding/json"
	"slices"
	"time"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/waiting"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/module"
	"kakehashi/platform/receipt"
)

//go:embed demo.json
var demoWords []byte

// words are what the groups of the demo city write.
type words struct {
	Held    string   `json:"held"`
	Waiting []string `json:"waiting"`
	Offered string   `json:"offered"`
}

// fill writes a line of three, an open offer to a group, and a time that rests.
func (d *Desk) fill(ctx context.Context, demo *module.Demo) (err error) {
	defer fault.Wrap(&err, "waiting/desk.fill()")
	var say words
	if err := json.Unmarshal(demoWords, &say); err != nil {
		return err
	}
	turk, second := demo.Ref("group:turk"), demo.Ref("person:second")
	aozora, officer := demo.Ref("group:aozora"), demo.Ref("person:aozora")
	room, persons := demo.Ref("room:station-3"), demo.Lists["persons"]
	groups := slices.DeleteFunc(slices.Clone(demo.Lists["groups"]), func(id db.ID) bool { return id == turk || id == aozora })
	if room == 0 || len(groups) < 4 || len(persons) < 4 {
		return nil
	}
	return demo.DB.Write(ctx, db.Actor{Via: "demo"}, func(tx *db.Tx) error {
		base := reservation.Reservation{Room: room, Headcount: 12, State: reservation.Confirmed, Kind: reservation.ForUse}
		held := base
		held.Group, held.Person, held.Purpose = groups[1], persons[1], say.Held
		span, err := d.occupy(tx, demo, held, 20)
		if err != nil {
			return err
		}
		for i, w := range []waiting.Wait{
			{Group: aozora, Person: officer, Purpose: say.Waiting[0], Headcount: 11},
			{Group: groups[2], Person: persons[2], Purpose: say.Waiting[1], Headcount: 10},
			{Group: turk, Person: second, Purpose: say.Waiting[2], Headcount: 8},
		} {
			w.Room, w.Span, w.State, w.MadeBy, w.MadeAt = room, span, waiting.InLine, w.Person, demo.Now.Add(time.Duration(i-60)*time.Hour)
			if _, err := d.wait.Keep(tx, w); err != nil {
				return err
			}
		}
		w := waiting.Wait{
			Room: room, Group: turk, Person: second, Purpose: say.Offered, Headcount: 9, State: waiting.Offered, MadeBy: second, MadeAt: demo.Now.AddDate(0, 0, -3),
		}
		offer := base
		offer.State, offer.Due, offer.Source = reservation.Offered, demo.Now.Add(20*time.Hour), waiting.Source
		offer.Group, offer.Person, offer.Purpose, offer.Headcount = w.Group, w.Person, w.Purpose, w.Headcount
		offer.SourceID = db.NewID()
		if w.Span, err = d.occupy(tx, demo, offer, 16); err != nil {
			return err
		}
		w.ID = offer.SourceID
		if _, err := d.wait.Keep(tx, w); err != nil {
			return err
		}
		rest := base
		window := waiting.Window{From: demo.Now.Add(24 * time.Hour), Until: demo.Now.Add(96 * time.Hour)}
		rest.State, rest.Headcount = reservation.Resting, 0
		rest.Due = window.From.Add(time.Duration(demo.Rand.IntN(72*60)) * time.Minute)
		if rest.Span, err = d.occupy(tx, demo, rest, 12); err != nil {
			return err
		}
		gone := rest
		gone.Group, gone.Person, gone.State = groups[3], persons[3], reservation.Cancelled
		return waiting.KeepReturn(tx, gone, window)
	})
}

// occupy writes a reservation into the first free evening from a day on.
func (d *Desk) occupy(tx *db.Tx, demo *module.Demo, r reservation.Reservation, from int) (quarter.Span, error) {
	const most = 30 // days to look
	room, err := d.svc.Room(tx, r.Room)
	if err != nil {
		return quarter.Span{}, err
	}
	start, end := 18*60, 20*60
	if n := len(room.Bands); n > 0 {
		start, end = room.Bands[n-1].From, room.Bands[n-1].To
	}
	for day := from; day < from+most; day++ {
		r.Span, r.Receipt = quarter.On(demo.Today.AddDays(day), start, end), receipt.New()
		r.MadeAt, r.ChangedAt = demo.Now.AddDate(0, 0, -8), demo.Now.AddDate(0, 0, -8)
		if _, shut, err := d.svc.Gone(tx, room, demo.Today.AddDays(day)); err != nil || shut.Meets(quarter.Between(start, end)) {
			if err != nil {
				return quarter.Span{}, err
			}
			continue
		}
		ok, err := d.svc.Enter(tx, r)
		if err != nil || ok {
			return r.Span, err
		}
	}
	return quarter.Span{}, nil
}
