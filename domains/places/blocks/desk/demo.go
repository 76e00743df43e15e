package desk

import (
	"context"
	_ "embed"
	"encoding/json"
	"time"

	"kakehashi/domains/places/blocks"
	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/reservation"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/module"
	"kakehashi/platform/receipt"
)

//go:embed demo.json
var demoWords []byte

// fill writes a day of maintenance next week.
func (d *Desk) fill(ctx context.Context, demo *module.Demo) (err error) {
	defer fault.Wrap(&err, "blocks/desk.fill()")
	var say struct {
		Reason string `json:"reason"`
	}
	if err := json.Unmarshal(demoWords, &say); err != nil {
		return err
	}
	id := demo.Ref("room:station-5")
	if id == 0 {
		return nil
	}
	return demo.DB.Write(ctx, db.Actor{Via: "demo", Person: demo.Ref("person:clerk")}, func(tx *db.Tx) error {
		room, err := facility.GetRoom(tx, id)
		if err != nil {
			return err
		}
		day := demo.Today.AddDays(7)
		for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
			day = day.AddDays(1)
		}
		w := blocks.Wish{
			Kind: reservation.Maintenance, Reason: say.Reason, Rooms: []db.ID{id}, First: day, Last: day, From: room.Opens, To: room.Closes,
		}
		made := demo.Now.AddDate(0, 0, -5)
		for try := 0; try < 14; try++ { // the first day on which the room is free
			w.First, w.Last = day.AddDays(try), day.AddDays(try)
			ok, err := d.svc.Enter(tx, reservation.Reservation{
				Room: id, Span: w.Times()[0].Span, State: reservation.Confirmed, Kind: w.Kind, Purpose: w.Reason, Receipt: receipt.New(),
				MadeBy: tx.Actor.Person, MadeAt: made, ChangedAt: made,
			})
			if err != nil {
				return err
			}
			if ok {
				return d.all.Keep(tx, w, made)
			}
		}
		return nil
	})
}
