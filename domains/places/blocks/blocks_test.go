package blocks_test

import (
	"context"
	"encoding/json"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kakehashi/domains/places/blocks"
	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/tally"
	"kakehashi/domains/places/search"
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

const office = 42

var clerk = db.Actor{Person: 77, Via: "web"}

// house is two rooms of one office, which a clerk takes.
type house struct {
	db     *db.DB
	svc    *reservation.Service
	blocks *blocks.Blocks
	rooms  []db.ID
	day    jp.Date
	deps   module.Deps
	// heard is whether another follower knew of each cancelled reservation that
	// it was displaced.
	heard map[db.ID]bool
}

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		h := &house{db: d, day: jp.DateOf(d.Now()).AddDays(10), heard: map[db.ID]bool{}}
		h.deps = module.Deps{DB: d, Deliver: deliver.New(deliver.Config{DB: d})}
		for _, name := range reservation.MessageKinds {
			h.deps.Deliver.Register(deliver.Kind{Name: name, Render: func(context.Context, *i18n.Localizer, json.RawMessage) (deliver.Content, error) {
				return deliver.Content{Subject: name, Text: name}, nil
			}})
		}
		rooms := facility.NewDirectory(d)
		h.svc = reservation.New(h.deps, reservation.Neighbours{Search: search.New(d, rooms, search.Window{LeadMinutes: 30, HorizonDays: 92})})
		h.blocks = blocks.New(h.deps, h.svc)
		h.svc.Follow(func(tx *db.Tx, was, now reservation.Reservation) (err error) {
			if was.State.Live() && now.State == reservation.Cancelled {
				h.heard[now.ID], err = blocks.Displaced(tx, now.ID)
			}
			return err
		})
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
			f, err := facility.Save(tx, facility.Facility{Name: i18n.Text{i18n.Ja: "市民会館"}, Address: "川口市本町1-1", Bookable: true, Office: office, Opens: -1, Closes: -1})
			for _, slug := range []string{"one", "two"} {
				if err == nil {
					var id db.ID
					id, err = facility.SaveRoom(tx, facility.Room{Facility: f, Slug: slug, Name: i18n.Text{i18n.Ja: slug}, Capacity: 20, Closes: facility.DayEnd})
					h.rooms = append(h.rooms, id)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		fn(t, h)
	})
}

func (h *house) book(t testing.TB, person, room, day, from, to int) reservation.Reservation {
	t.Helper()
	r, err := h.svc.Book(t.Context(), db.Actor{Person: db.ID(person)}, reservation.Reservation{
		Room: h.rooms[room], Span: quarter.On(h.day.AddDays(day), from*60, to*60), Person: db.ID(person), Headcount: 5, Purpose: "定例会",
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (h *house) wish(rooms []db.ID, days int) blocks.Wish {
	return blocks.Wish{
		Office: office, Kind: reservation.Maintenance, Reason: "空調の点検", Rooms: rooms,
		First: h.day, Last: h.day.AddDays(days - 1), From: 9 * 60, To: 17 * 60,
	}
}

func (h *house) count(t testing.TB, q string, args ...any) (n int) {
	t.Helper()
	if err := h.db.Read(t.Context(), func(tx *db.Tx) error { return tx.Row(q, args...).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestMake_ToldOnceAndHeldElsewhere(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		mine, other, own := h.book(t, 1, 0, 0, 10, 12), h.book(t, 2, 0, 1, 13, 15), h.book(t, 1, 1, 0, 18, 20)
		hits, err := h.blocks.Preview(t.Context(), h.wish(h.rooms[:1], 2))
		if err != nil || len(hits) != 2 || hits[0].ID != mine.ID || len(hits[0].Near) == 0 {
			t.Fatalf("in the way: %+v, %v", hits, err)
		}
		b, err := h.blocks.Make(t.Context(), clerk, h.wish(h.rooms[:1], 2), map[db.ID]reservation.Vacancy{mine.ID: hits[0].Near[0]})
		if err != nil {
			t.Fatal(err)
		}
		if !h.heard[mine.ID] || !h.heard[other.ID] {
			t.Error("who follows is not told that the office took the time")
		}
		for _, r := range []reservation.Reservation{mine, other} {
			if n := h.count(t, `SELECT COUNT(*) FROM deliveries WHERE person = $1 AND kind = 'places.displaced'`, r.Person); n != 1 {
				t.Errorf("%v was told %d times", r.Person, n)
			}
		}
		if n := h.count(t, `SELECT COUNT(*) FROM reservations WHERE state = 'offered' AND person_id = 1 AND source = 'block' AND source_id = $1`, b.ID); n != 1 {
			t.Errorf("%d times are held for who chose one", n)
		}
		if err := h.blocks.Carry(t.Context(), clerk, b.ID, nil); err != nil {
			t.Fatal(err)
		}
		if n := h.count(t, `SELECT COUNT(*) FROM reservations WHERE kind = 'maintenance'`); n != 2 {
			t.Errorf("%d times are taken, want 2: carrying on takes nothing twice", n)
		}
		if _, err := h.svc.Cancel(t.Context(), db.Actor{Person: 1}, own.ID, 0, ""); err != nil || h.heard[own.ID] {
			t.Errorf("one's own cancellation counts as displaced: %v, %v", h.heard[own.ID], err)
		}
		if err := h.blocks.Remove(t.Context(), clerk, b.ID); err != nil {
			t.Fatal(err)
		}
		h.book(t, 3, 0, 0, 10, 12)
		h.sound(t)
	})
}

func TestMake_OnlyOwnRooms(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.wish(h.rooms, 1)
		w.Office = office + 1
		if _, err := h.blocks.Make(t.Context(), clerk, w, nil); !fault.Is(err, fault.Denied) {
			t.Errorf("another office's rooms are taken: %v", err)
		}
	})
}

func TestMake_WhatTheOfficeHasStays(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		if _, err := h.blocks.Make(t.Context(), clerk, h.wish(h.rooms[:1], 1), nil); err != nil {
			t.Fatal(err)
		}
		b, err := h.blocks.Make(t.Context(), clerk, h.wish(h.rooms, 1), nil)
		if err != nil {
			t.Fatal(err)
		}
		if n := h.count(t, `SELECT COUNT(*) FROM block_times WHERE block_id = $1 AND reservation_id = 0`, b.ID); n != 1 {
			t.Errorf("%d times are missing, want the one that the office has already", n)
		}
		h.sound(t)
	})
}

func TestWish_TimesAreThoseOfItsDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := jp.NewDate(2027, 1, 1).AddDays(rapid.IntRange(0, 400).Draw(t, "first"))
		w := blocks.Wish{
			Kind: reservation.Official, Reason: "選挙", Rooms: []db.ID{1, 2}[:rapid.IntRange(1, 2).Draw(t, "rooms")], First: first,
			Last: first.AddDays(rapid.IntRange(0, 60).Draw(t, "days")), From: 540, To: 1020,
		}
		for n := range 7 {
			if rapid.Bool().Draw(t, "weekday") {
				w.Weekdays = append(w.Weekdays, time.Weekday(n))
			}
		}
		seen := map[blocks.Time]bool{}
		for _, x := range w.Times() {
			day := jp.DateOf(x.Span.Start)
			if seen[x] || day.Before(w.First) || day.After(w.Last) || x.Span.Minutes() != 480 {
				t.Fatalf("%v is not a time of %+v", x, w)
			}
			seen[x] = true
		}
		if err := w.Check(jp.NewDate(2027, 1, 1).At(0)); err == nil && (len(seen) == 0 || len(seen) > blocks.MostTimes) {
			t.Fatalf("%d times pass the check", len(seen))
		}
	})
}

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
