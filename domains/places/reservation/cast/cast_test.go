package cast_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/cast"
	"kakehashi/domains/places/reservation/tally"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/deliver"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/module"
)

var tables = []db.Migrations{audit.Migrations(), inbox.Migrations(), deliver.Migrations(), {Name: "places", FS: os.DirFS("../../migrations")}}

// TestFill_IsTheSameEveryTime fills two cities from one seed.
func TestFill_IsTheSameEveryTime(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		again := dbtest.Open(t, d.Engine(), tables)
		if a, b := fill(t, d), fill(t, again); a != b || len(a) < 1000 {
			t.Errorf("%d and %d bytes of book differ", len(a), len(b))
		}
	})
}

// fill fills a city with three rooms and returns its book as text.
func fill(t *testing.T, d *db.DB) (book string) {
	t.Helper()
	now := jp.NewDate(2026, 11, 24).At(600)
	demo := &module.Demo{DB: d, Rand: rand.New(rand.NewPCG(1, 2)), Now: now, Today: jp.DateOf(now), Refs: map[string]db.ID{}, Lists: map[string][]db.ID{}}
	for i := range 30 {
		demo.Lists["adults"] = append(demo.Lists["adults"], db.ID(1000+i))
		demo.Lists["groups"] = append(demo.Lists["groups"], db.ID(2000+i))
	}
	demo.Refs["person:aozora"], demo.Refs["group:aozora"] = 1000, 2000
	err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
		f, err := facility.Save(tx, facility.Facility{Name: i18n.Text{i18n.Ja: "会館"}, Address: "川口1", Bookable: true, Office: 9, Opens: -1, Closes: -1})
		if err != nil {
			return err
		}
		for i := range 3 {
			room := facility.Room{Facility: f, Slug: fmt.Sprint(i), Name: i18n.Text{i18n.Ja: "室"}, Capacity: 20, Opens: 540, Closes: 1260, Approval: i == 2, Sort: int64(i)}
			if i < 2 {
				room.Bands = []facility.Band{{From: 540, To: 750}, {From: 780, To: 990}, {From: 1020, To: 1260}}
			}
			id, err := facility.SaveRoom(tx, room)
			if err != nil {
				return err
			}
			demo.Lists["rooms"] = append(demo.Lists["rooms"], id)
			demo.Refs[fmt.Sprintf("room:station-%d", i+2)] = id
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	deps := module.Deps{DB: d, Deliver: deliver.New(deliver.Config{DB: d})}
	if err := cast.Fill(t.Context(), demo, reservation.New(deps, reservation.Neighbours{})); err != nil {
		t.Fatal(err)
	}
	type entry struct{ receipt, day, state, purpose string }
	err = d.Read(t.Context(), func(tx *db.Tx) error {
		all, err := db.All(tx, func(e *entry) []any { return []any{&e.receipt, &e.day, &e.state, &e.purpose} },
			`SELECT receipt, day, state, purpose FROM reservations ORDER BY receipt`)
		for _, e := range all {
			book += fmt.Sprintln(e.receipt, e.day, e.state, e.purpose)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	problems, err := tally.Checks()[0].Run(t.Context(), deps)
	if err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
	return book
}
