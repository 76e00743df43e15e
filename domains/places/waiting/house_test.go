package waiting_test

import (
	"context"
	"encoding/json"
	"os"
	"testing"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/tally"
	"kakehashi/domains/places/rules"
	"kakehashi/domains/places/waiting"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/deliver"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/module"
)

var tables = []db.Migrations{
	audit.Migrations(), inbox.Migrations(), deliver.Migrations(), {Name: "places", FS: os.DirFS("../migrations")},
}

// house is one room that is open day and night, with a waiting list.
type house struct {
	db   *db.DB
	svc  *reservation.Service
	wait *waiting.Waiting
	room db.ID
	day  jp.Date // in 40 days
	deps module.Deps
}

// rule holds an offer for a day, and lets time rest for one to four days.
var rule = rules.Reopening{Hold: 24, RestFrom: 24, RestTo: 96, DayFrom: 9 * 60, DayTo: 20 * 60}

func open(t testing.TB, d *db.DB, r rules.Reopening) *house {
	t.Helper()
	h := &house{db: d, day: jp.DateOf(d.Now()).AddDays(40)}
	h.deps = module.Deps{DB: d, Deliver: deliver.New(deliver.Config{DB: d})}
	for _, name := range reservation.MessageKinds {
		h.deps.Deliver.Register(deliver.Kind{Name: name, Render: func(context.Context, *i18n.Localizer, json.RawMessage) (deliver.Content, error) {
			return deliver.Content{Subject: name, Text: name}, nil
		}})
	}
	h.svc = reservation.New(h.deps, reservation.Neighbours{})
	h.wait = waiting.New(h.deps, h.svc, rules.NewDirectory(d), waiting.Neighbours{})
	err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
		if _, err := rules.Enter(tx, rules.Rule{Kind: rules.KindReopening, From: h.day.AddDays(-100), Body: r}); err != nil {
			return err
		}
		f, err := facility.Save(tx, facility.Facility{Name: i18n.Text{i18n.Ja: "市民会館"}, Address: "川口市本町1-1", Bookable: true, Office: 42, Opens: -1, Closes: -1})
		if err != nil {
			return err
		}
		h.room, err = facility.SaveRoom(tx, facility.Room{Facility: f, Slug: "hall", Name: i18n.Text{i18n.Ja: "ホール"}, Capacity: 20, Closes: facility.DayEnd})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) { fn(t, open(t, d, rule)) })
}

func as(person int) db.Actor { return db.Actor{Person: db.ID(person), Via: "web"} }

// book lets a person have the room between hours of the day.
func (h *house) book(t testing.TB, person, from, to int) reservation.Reservation {
	t.Helper()
	r, err := h.try(t, person, from, to)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (h *house) try(t testing.TB, person, from, to int) (reservation.Reservation, error) {
	return h.svc.Book(t.Context(), as(person), reservation.Reservation{
		Room: h.room, Span: quarter.On(h.day, from*60, to*60), Person: db.ID(person), Headcount: 5, Purpose: "定例会",
	})
}

// enter lets a person wait for the room between hours of the day.
func (h *house) enter(t testing.TB, person, from, to int) (waiting.Wait, error) {
	return h.wait.Enter(t.Context(), as(person), waiting.Wait{
		Room: h.room, Span: quarter.On(h.day, from*60, to*60), Person: db.ID(person), Headcount: 3, Purpose: "合唱の練習",
	})
}

func (h *house) must(t testing.TB, person, from, to int) waiting.Wait {
	t.Helper()
	w, err := h.enter(t, person, from, to)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (h *house) cancel(t testing.TB, r reservation.Reservation) {
	t.Helper()
	if _, err := h.svc.Cancel(t.Context(), as(int(r.Person)), r.ID, 0, ""); err != nil {
		t.Fatal(err)
	}
}

// live lists what holds the room on the day.
func (h *house) live(t testing.TB) (out []reservation.Reservation) {
	t.Helper()
	err := h.db.Read(t.Context(), func(tx *db.Tx) (err error) {
		out, err = reservation.Between(tx, h.room, h.day, h.day)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (h *house) only(t testing.TB) reservation.Reservation {
	t.Helper()
	all := h.live(t)
	if len(all) != 1 {
		t.Fatalf("%d hold the room, want 1: %+v", len(all), all)
	}
	return all[0]
}

func (h *house) get(t testing.TB, id db.ID) (w waiting.Wait) {
	t.Helper()
	if err := h.db.Read(t.Context(), func(tx *db.Tx) (err error) { w, err = waiting.Get(tx, id); return err }); err != nil {
		t.Fatal(err)
	}
	return w
}

// expire lets everything that is due at some time be due now.
func (h *house) expire(t testing.TB) {
	t.Helper()
	err := h.db.Write(t.Context(), db.System, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE reservations SET due_at = 1 WHERE due_at <> 0`)
		return err
	})
	if err == nil {
		err = h.svc.Expire(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// sound fails unless what is taken is what the reservations take.
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

func (h *house) today() jp.Date { return jp.DateOf(h.db.Now()) }
