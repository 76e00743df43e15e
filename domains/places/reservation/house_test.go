package reservation_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
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

// tables are those that reservations stand on.
var tables = []db.Migrations{
	audit.Migrations(), inbox.Migrations(), deliver.Migrations(),
	{Name: "places", FS: os.DirFS("../migrations")},
}

// house is a facility with rooms, and the service over it.
type house struct {
	db       *db.DB
	svc      *reservation.Service
	rooms    []db.ID
	deps     module.Deps
	kept     []module.Activity
	tomorrow jp.Date
}

// RecordActivity keeps what is recorded; one Activity a Source.
func (h *house) RecordActivity(_ *db.Tx, a module.Activity) error {
	for i := range h.kept {
		if h.kept[i].Source == a.Source {
			h.kept[i] = a
			return nil
		}
	}
	h.kept = append(h.kept, a)
	return nil
}

// DropActivity takes out what was recorded.
func (h *house) DropActivity(_ *db.Tx, source db.ID) error {
	h.kept = slices.DeleteFunc(h.kept, func(a module.Activity) bool { return a.Source == source })
	return nil
}

// open makes a house with n rooms that are open day and night; change may alter
// a room before it is saved.
func open(t testing.TB, d *db.DB, n int, change func(i int, r *facility.Room)) *house {
	t.Helper()
	h := &house{db: d, tomorrow: jp.DateOf(d.Now()).AddDays(1)}
	kind := func(name string) deliver.Kind {
		return deliver.Kind{Name: name, Render: func(context.Context, *i18n.Localizer, json.RawMessage) (deliver.Content, error) {
			return deliver.Content{Subject: name, Text: name}, nil
		}}
	}
	h.deps = module.Deps{DB: d, Deliver: deliver.New(deliver.Config{DB: d})}
	for _, name := range reservation.MessageKinds {
		h.deps.Deliver.Register(kind(name))
	}
	h.svc = reservation.New(h.deps, reservation.Neighbours{
		Recorder: h,
	})
	err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
		f, err := facility.Save(tx, facility.Facility{
			Name: i18n.Text{i18n.Ja: "市民会館"}, Address: "川口市本町1-1", Bookable: true, Office: 42, Programme: 77, Opens: -1, Closes: -1,
		})
		if err != nil {
			return err
		}
		for i := range n {
			r := facility.Room{
				Facility: f, Slug: fmt.Sprint("room-", i), Name: i18n.Text{i18n.Ja: fmt.Sprint("会議室", i+1)},
				Capacity: 20, Opens: 0, Closes: facility.DayEnd, Sort: int64(i),
			}
			if change != nil {
				change(i, &r)
			}
			id, err := facility.SaveRoom(tx, r)
			if err != nil {
				return err
			}
			h.rooms = append(h.rooms, id)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// wish is a reservation of a room tomorrow (or days later) between hours.
func (h *house) wish(room, person, day, from, to int) reservation.Reservation {
	return reservation.Reservation{
		Room: h.rooms[room], Person: db.ID(1000 + person), Headcount: 5, Purpose: "定例会",
		Span: quarter.On(h.tomorrow.AddDays(day), from*60, to*60),
	}
}

func (h *house) book(t testing.TB, r reservation.Reservation) (reservation.Reservation, error) {
	t.Helper()
	return h.svc.Book(t.Context(), db.Actor{Person: r.Person, Via: "web"}, r)
}

func (h *house) must(t testing.TB, r reservation.Reservation) reservation.Reservation {
	t.Helper()
	out, err := h.book(t, r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (h *house) get(t testing.TB, id db.ID) (r reservation.Reservation) {
	t.Helper()
	if err := h.db.Read(t.Context(), func(tx *db.Tx) (err error) { r, err = reservation.Get(tx, id); return err }); err != nil {
		t.Fatal(err)
	}
	return r
}

// sound fails unless doctor finds everything right.
func (h *house) sound(t testing.TB) {
	t.Helper()
	for _, c := range tally.Checks() {
		problems, err := c.Run(context.WithoutCancel(t.Context()), h.deps)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			t.Errorf("%s: %s", c.Name, p)
		}
	}
}

// count returns the one number of a query.
func (h *house) count(t testing.TB, q string, args ...any) (n int) {
	t.Helper()
	if err := h.db.Read(t.Context(), func(tx *db.Tx) error { return tx.Row(q, args...).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

func each(t *testing.T, rooms int, fn func(t *testing.T, h *house)) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) { fn(t, open(t, d, cmp.Or(rooms, 1), nil)) })
}

// later reports a clock that stands so far ahead.
func later(d time.Duration) func() time.Time { return func() time.Time { return time.Now().Add(d) } }
