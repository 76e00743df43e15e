package basket

import (
	"context"
	"encoding/json"
	"os"
	"testing"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/deliver"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/module"
)

// A basket of one ends as one booking: no series to look through, and the
// message that tells of one.
func TestReserve_OneIsNoSeries(t *testing.T) {
	tables := []db.Migrations{audit.Migrations(), inbox.Migrations(), deliver.Migrations(), {Name: "places", FS: os.DirFS("../migrations")}}
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		deps := module.Deps{DB: d, Deliver: deliver.New(deliver.Config{DB: d})}
		for _, name := range reservation.MessageKinds {
			deps.Deliver.Register(deliver.Kind{Name: name, Render: func(context.Context, *i18n.Localizer, json.RawMessage) (deliver.Content, error) {
				return deliver.Content{Subject: name, Text: name}, nil
			}})
		}
		var room db.ID
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
			f, err := facility.Save(tx, facility.Facility{Name: i18n.Text{i18n.Ja: "市民会館"}, Address: "川口市本町1-1", Bookable: true, Office: 42, Opens: -1, Closes: -1})
			if err != nil {
				return err
			}
			room, err = facility.SaveRoom(tx, facility.Room{Facility: f, Slug: "a", Name: i18n.Text{i18n.Ja: "室"}, Capacity: 20, Closes: facility.DayEnd})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		b := &Basket{deps: deps, svc: reservation.New(deps, reservation.Neighbours{})}
		wish := func(hour int) reservation.Reservation {
			return reservation.Reservation{Room: room, Span: quarter.On(jp.DateOf(d.Now()).AddDays(20), hour*60, hour*60+60), Person: 7, Headcount: 5, Purpose: "定例会"}
		}
		for _, c := range []struct {
			wishes []reservation.Reservation
			series bool
		}{{[]reservation.Reservation{wish(9)}, false}, {[]reservation.Reservation{wish(11), wish(13)}, true}} {
			made, err := b.reserve(t.Context(), db.Actor{Person: 7, Via: "web"}, c.wishes)
			if err != nil || len(made) != len(c.wishes) || (made[0].Series != 0) != c.series {
				t.Errorf("%d wishes became %+v: %v", len(c.wishes), made, err)
			}
		}
	})
}
