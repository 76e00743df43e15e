package basket_test

import (
	"context"
	"encoding/json"
	"os"
	"sync"
	"testing"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/tally"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/deliver"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/module"
)

var tables = []db.Migrations{
	audit.Migrations(), inbox.Migrations(), deliver.Migrations(), {Name: "places", FS: os.DirFS("../migrations")},
}

// TestBookMany_AllOrNoneInARush: of baskets that share a slot, each is booked
// whole or not at all.
func TestBookMany_AllOrNoneInARush(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		deps := module.Deps{DB: d, Deliver: deliver.New(deliver.Config{DB: d})}
		for _, name := range reservation.MessageKinds {
			deps.Deliver.Register(deliver.Kind{Name: name, Render: func(context.Context, *i18n.Localizer, json.RawMessage) (deliver.Content, error) {
				return deliver.Content{Subject: name, Text: name}, nil
			}})
		}
		svc := reservation.New(deps, reservation.Neighbours{})
		day := jp.DateOf(d.Now()).AddDays(20)
		const rooms, people = 4, 12
		var ids []db.ID
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
			f, err := facility.Save(tx, facility.Facility{Name: i18n.Text{i18n.Ja: "市民会館"}, Address: "川口市本町1-1", Bookable: true, Office: 42, Opens: -1, Closes: -1})
			for n := 0; n < rooms && err == nil; n++ {
				var id db.ID
				id, err = facility.SaveRoom(tx, facility.Room{Facility: f, Slug: string(rune('a' + n)), Name: i18n.Text{i18n.Ja: "室"}, Capacity: 20, Closes: facility.DayEnd})
				ids = append(ids, id)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		booked := make([]int, people)
		var wg sync.WaitGroup
		for p := range people {
			wg.Go(func() {
				var wishes []reservation.Reservation
				for n := range 3 { // three rooms in a row, in an order of their own
					r := (p + n*(1+p%2)) % rooms
					wishes = append(wishes, reservation.Reservation{
						Room: ids[r], Span: quarter.On(day, 600+60*(p%3), 720+60*(p%3)), Person: db.ID(100 + p), Headcount: 5, Purpose: "大会",
					})
				}
				made, err := svc.BookMany(t.Context(), db.Actor{Person: db.ID(100 + p)}, wishes)
				if err != nil && !fault.Is(err, fault.Conflict) {
					t.Error(err)
				}
				booked[p] = len(made)
			})
		}
		wg.Wait()
		winners := 0
		for p, n := range booked {
			var stored int
			if err := d.Read(t.Context(), func(tx *db.Tx) error {
				return tx.Row(`SELECT COUNT(*) FROM reservations WHERE person_id = $1`, 100+p).Scan(&stored)
			}); err != nil {
				t.Fatal(err)
			}
			if stored != n {
				t.Errorf("%d has %d reservations stored and was told of %d", p, stored, n)
			}
			if n > 0 {
				winners++
			}
		}
		if winners == 0 {
			t.Error("nobody got anything")
		}
		for _, c := range tally.Checks() {
			problems, err := c.Run(t.Context(), deps)
			if err != nil || len(problems) > 0 {
				t.Errorf("%s: %v %v", c.Name, problems, err)
			}
		}
	})
}
