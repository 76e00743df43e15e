package use_test

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/jpeg"
	"io"
	"log/slog"
	"os"
	"slices"
	"testing"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/domains/places/use"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/deliver"
	"kakehashi/platform/fault"
	"kakehashi/platform/files"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/jobs"
	"kakehashi/platform/module"
	"kakehashi/platform/seal"
)

var tables = []db.Migrations{
	audit.Migrations(), inbox.Migrations(), deliver.Migrations(), files.Migrations(), jobs.Migrations(),
	{Name: "places", FS: os.DirFS("../migrations")},
}

const (
	office  db.ID = 42
	person  db.ID = 1000
	another db.ID = 1001
	group   db.ID = 2000
	clerk   db.ID = 11
)

// house is a facility with two rooms whose clock the test sets.
type house struct {
	db       *db.DB
	now      time.Time
	svc      *reservation.Service
	use      *use.Use
	out      *use.Suspensions
	place    db.ID
	rooms    []db.ID
	activity map[db.ID]module.Activity
	store    *files.Store
}

func (h *house) RecordActivity(_ *db.Tx, a module.Activity) error {
	h.activity[a.Source] = a
	return nil
}

func (h *house) DropActivity(_ *db.Tx, source db.ID) error {
	delete(h.activity, source)
	return nil
}

// today is a Tuesday.
var today = jp.NewDate(2026, time.November, 24)

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) { fn(t, open(t, e)) })
	}
}

func open(t *testing.T, e db.Engine) *house {
	t.Helper()
	h := &house{now: today.AddDays(-20).At(9 * 60), activity: map[db.ID]module.Activity{}}
	d, err := db.Open(t.Context(), db.Config{URL: dbtest.URL(t, e), Log: slog.New(slog.DiscardHandler), Clock: func() time.Time { return h.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := d.Migrate(t.Context(), tables); err != nil {
		t.Fatal(err)
	}
	keys, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	if h.store, err = files.New(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	h.db = d
	deps := module.Deps{DB: d, Keys: keys, Files: h.store, Deliver: deliver.New(deliver.Config{DB: d})}
	for _, name := range append(slices.Clone(reservation.MessageKinds), use.MailPoints, use.MailReport) {
		deps.Deliver.Register(deliver.Kind{Name: name, Render: func(context.Context, *i18n.Localizer, json.RawMessage) (deliver.Content, error) {
			return deliver.Content{Subject: name, Text: name}, nil
		}})
	}
	groups := func(_ *db.Tx, who db.ID) ([]db.ID, error) {
		if who == person {
			return []db.ID{group}, nil
		}
		return nil, nil
	}
	h.out = use.NewSuspensions(d)
	h.svc = reservation.New(deps, reservation.Neighbours{Recorder: h, GroupsOf: groups, GroupMayBook: h.out.GroupMayBook(nil)})
	h.use = use.New(deps, h.svc, rules.NewDirectory(d), use.Neighbours{
		GroupsOf: groups, Recorder: h,
		GroupName:  func(*db.Tx, db.ID) (i18n.Text, error) { return i18n.Text{i18n.Ja: "あおぞら会"}, nil },
		PersonName: func(*db.Tx, db.ID) (string, error) { return "鳥海 花子", nil },
		Listed: func(_ *db.Tx, ids []db.ID) (map[db.ID]i18n.Text, error) {
			return map[db.ID]i18n.Text{}, nil
		},
	})
	h.write(t, func(tx *db.Tx) (err error) {
		if h.place, err = facility.Save(tx, facility.Facility{
			Name: i18n.Text{i18n.Ja: "ステーション"}, Address: "川口1", Bookable: true, Office: office, Programme: 77, Opens: -1, Closes: -1,
		}); err != nil {
			return err
		}
		for _, slug := range []string{"a", "b"} {
			id, err := facility.SaveRoom(tx, facility.Room{Facility: h.place, Slug: slug, Name: i18n.Text{i18n.Ja: "会議室" + slug}, Capacity: 20, Opens: 540, Closes: 1260})
			if err != nil {
				return err
			}
			h.rooms = append(h.rooms, id)
		}
		_, err = rules.Enter(tx, rules.Rule{
			Kind: rules.KindPenalties, From: today.AddDays(-60), State: rules.InForce,
			Body: rules.Penalties{NoShow: 2, Late: 1, LateDays: 3, Limit: 4, Window: 6, Months: 3, Release: 30},
		})
		return err
	})
	return h
}

func (h *house) write(t testing.TB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := h.db.Write(t.Context(), db.Actor{Person: clerk, Via: "web"}, fn); err != nil {
		t.Fatal(err)
	}
}

// arrivals says whether the facility notes arrivals.
func (h *house) arrivals(t testing.TB, on bool) {
	t.Helper()
	h.write(t, func(tx *db.Tx) error {
		return use.SavePlace(tx, use.Place{Facility: h.place, Arrivals: on, Reports: true, Late: 15})
	})
}

// book books a room for the group on a day after today between hours.
func (h *house) book(t testing.TB, room, day, from, to int) reservation.Reservation {
	t.Helper()
	was := h.now
	h.now = today.AddDays(-20).At(9 * 60)
	defer func() { h.now = was }()
	r, err := h.svc.Book(t.Context(), db.Actor{Person: person, Via: "web"}, reservation.Reservation{
		Room: h.rooms[room], Group: group, Person: person, Headcount: 5, Purpose: "合唱の練習", Span: quarter.On(today.AddDays(day), from*60, to*60),
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (h *house) get(t testing.TB, id db.ID) (r reservation.Reservation) {
	t.Helper()
	h.read(t, func(tx *db.Tx) (err error) { r, err = reservation.Get(tx, id); return err })
	return r
}

func (h *house) read(t testing.TB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := h.db.Read(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func (h *house) count(t testing.TB, q string, args ...any) (n int) {
	t.Helper()
	h.read(t, func(tx *db.Tx) error { return tx.Row(q, args...).Scan(&n) })
	return n
}

func (h *house) minute(t testing.TB) {
	t.Helper()
	if err := h.use.Minute(t.Context()); err != nil {
		t.Fatal(err)
	}
}

var actor = db.Actor{Person: clerk, Via: "web"}

func TestArrive_Once(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := h.book(t, 0, 0, 10, 12)
		h.now = today.At(8 * 60)
		if err := h.use.Arrive(t.Context(), actor, r.ID, 7); !fault.Is(err, fault.Conflict) {
			t.Errorf("two hours early: %v", err)
		}
		h.now = today.At(9*60 + 30)
		for heads := int64(7); heads < 9; heads++ {
			if err := h.use.Arrive(t.Context(), actor, r.ID, heads); err != nil {
				t.Fatal(err)
			}
			h.now = h.now.Add(time.Minute)
		}
		h.read(t, func(tx *db.Tx) error {
			all, err := use.Records(tx, []db.ID{r.ID})
			if got := all[r.ID]; got.Headcount != 7 || !got.Arrived.Equal(today.At(9*60+30)) || got.ArrivedBy != clerk {
				t.Errorf("noted %+v", got)
			}
			return err
		})
		if n := h.count(t, `SELECT COUNT(*) FROM audit_pending WHERE action = 'use.arrive'`); n != 1 {
			t.Errorf("%d entries of one arrival", n)
		}
		h.now = today.At(12 * 60)
		late := h.book(t, 1, 0, 10, 12)
		if err := h.use.Arrive(t.Context(), actor, late.ID, 0); !fault.Is(err, fault.Conflict) {
			t.Errorf("after the end: %v", err)
		}
	})
}

func TestCode_CannotBeGuessed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a, b := db.NewID(), db.NewID()
		if id, ok := h.use.Coded(h.use.Code(a)); !ok || id != a {
			t.Error("a code does not lead to its reservation")
		}
		for _, bad := range []string{"", a.String(), a.String() + "-", b.String() + h.use.Code(a)[13:], "x"} {
			if _, ok := h.use.Coded(bad); ok {
				t.Errorf("%q passes", bad)
			}
		}
	})
}

// TestRelease_FreesTheRoomOnce lets two groups stay away: one where arrivals are
// noted, one that came after all.
func TestRelease_FreesTheRoomOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		gone, came := h.book(t, 0, 0, 10, 12), h.book(t, 1, 0, 10, 12)
		h.now = today.At(10*60 + 29)
		h.arrivals(t, true)
		h.minute(t)
		h.arrivals(t, false)
		h.now = today.At(10*60 + 45)
		h.minute(t)
		if s := h.get(t, gone.ID).State; s != reservation.Confirmed {
			t.Fatalf("where nobody notes arrivals: %s", s)
		}
		h.arrivals(t, true)
		if err := h.use.Arrive(t.Context(), actor, came.ID, 0); err != nil {
			t.Fatal(err)
		}
		h.minute(t)
		h.minute(t)
		if s := h.get(t, gone.ID).State; s != reservation.NoShow {
			t.Errorf("who did not come is %s", s)
		}
		if s := h.get(t, came.ID).State; s != reservation.Confirmed {
			t.Errorf("who came is %s", s)
		}
		if n := h.count(t, `SELECT COUNT(*) FROM points`); n != 1 {
			t.Errorf("%d rows of points", n)
		}
		if n := h.count(t, `SELECT COUNT(*) FROM deliveries WHERE kind = 'use.points'`); n != 1 {
			t.Errorf("told %d times", n)
		}
		h.now = today.At(11 * 60)
		_, err := h.svc.Book(t.Context(), db.Actor{Person: another, Via: "web"}, reservation.Reservation{
			Room: h.rooms[0], Person: another, Headcount: 2, Purpose: "会議", Span: quarter.On(today, 11*60+30, 12*60),
		})
		if err != nil {
			t.Errorf("the room is not free: %v", err)
		}
	})
}

// TestPoints_SuspendAndLift: two no-shows are the limit; lifting one lets the
// group book again.
func TestPoints_SuspendAndLift(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a, b, later := h.book(t, 0, 0, 10, 12), h.book(t, 1, 0, 10, 12), h.book(t, 0, 10, 10, 12)
		h.now = today.At(13 * 60)
		for _, r := range []reservation.Reservation{a, b} {
			if err := h.svc.MarkNoShow(t.Context(), actor, r.ID); err != nil {
				t.Fatal(err)
			}
		}
		suspended := func() (err error) {
			h.read(t, func(tx *db.Tx) error { err = h.out.Suspended(tx, group, today); return nil })
			return err
		}
		if err := suspended(); !fault.Is(err, fault.Denied) {
			t.Fatalf("at the limit: %v", err)
		}
		wish := reservation.Reservation{Room: h.rooms[1], Group: group, Person: person, Headcount: 2, Purpose: "会議", Span: quarter.On(today.AddDays(9), 600, 720)}
		if _, err := h.svc.Book(t.Context(), db.Actor{Person: person, Via: "web"}, wish); !fault.Is(err, fault.Denied) {
			t.Errorf("a suspended group books: %v", err)
		}
		if s := h.get(t, later.ID).State; s != reservation.Confirmed {
			t.Errorf("what it has already is %s", s)
		}
		h.read(t, func(tx *db.Tx) error {
			until, err := use.SuspendedUntil(tx, group)
			if until != today.AddMonths(3) {
				t.Errorf("until %v", until)
			}
			return err
		})
		var points []use.Point
		h.read(t, func(tx *db.Tx) (err error) { points, err = use.PointsOf(tx, group); return err })
		if err := h.use.Lift(t.Context(), actor, points[0].ID, ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("lifted without a reason: %v", err)
		}
		for range 2 {
			if err := h.use.Lift(t.Context(), actor, points[0].ID, "急病のため"); err != nil {
				t.Fatal(err)
			}
		}
		if err := suspended(); err != nil {
			t.Errorf("after lifting: %v", err)
		}
		h.read(t, func(tx *db.Tx) error {
			left, err := use.PointsOf(tx, group)
			for _, p := range left {
				if p.Suspension != 0 {
					t.Errorf("%+v is still spent", p)
				}
			}
			return err
		})
		if _, err := h.svc.Book(t.Context(), db.Actor{Person: person, Via: "web"}, wish); err != nil {
			t.Errorf("after lifting: %v", err)
		}
		if n := h.count(t, `SELECT COUNT(*) FROM audit_pending WHERE action = 'use.lift'`); n != 1 {
			t.Errorf("%d entries of one lifting", n)
		}
	})
}

// TestLate_IsTheHoldersOwn: the group that cancels late pays, the office that
// cancels does not make it pay.
func TestLate_IsTheHoldersOwn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		own, offices, early := h.book(t, 0, 1, 10, 12), h.book(t, 1, 1, 10, 12), h.book(t, 0, 3, 10, 12)
		h.now = today.At(600)
		for _, c := range []struct {
			r   reservation.Reservation
			who db.ID
		}{{own, person}, {offices, clerk}, {early, person}} {
			if _, err := h.svc.Cancel(t.Context(), db.Actor{Person: c.who, Via: "web"}, c.r.ID, c.r.Version, ""); err != nil {
				t.Fatal(err)
			}
		}
		h.read(t, func(tx *db.Tx) error {
			all, err := use.PointsOf(tx, group)
			if len(all) != 1 || all[0].Reservation != own.ID || all[0].Kind != use.Late || all[0].Points != 1 {
				t.Errorf("points %+v", all)
			}
			return err
		})
	})
}

func TestThings_OneHasIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a, b := h.book(t, 0, 0, 10, 12), h.book(t, 1, 0, 10, 12)
		h.now = today.At(600)
		var key use.Thing
		h.write(t, func(tx *db.Tx) (err error) {
			key, err = use.AddThing(tx, use.Thing{Facility: h.place, Room: h.rooms[0], Kind: use.Key, Name: "会議室aの鍵"})
			return err
		})
		for range 2 {
			if err := h.use.HandOut(t.Context(), actor, key.ID, a.ID); err != nil {
				t.Fatal(err)
			}
		}
		if err := h.use.HandOut(t.Context(), actor, key.ID, b.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("handed out twice: %v", err)
		}
		h.now = today.At(12*60 + 10)
		h.minute(t)
		h.now = today.At(12*60 + 20)
		h.minute(t)
		h.minute(t)
		waiting := `SELECT COUNT(*) FROM inbox_items WHERE kind = 'use.key' AND closed_at = 0`
		if n := h.count(t, waiting); n != 1 {
			t.Errorf("%d wait for a key that is not back", n)
		}
		for range 2 {
			if err := h.use.TakeBack(t.Context(), actor, key.ID); err != nil {
				t.Fatal(err)
			}
		}
		if n := h.count(t, waiting); n != 0 {
			t.Errorf("%d wait for a key that is back", n)
		}
		if n := h.count(t, `SELECT COUNT(*) FROM loans WHERE back_at <> 0`); n != 1 {
			t.Errorf("%d loans", n)
		}
	})
}

// TestReport_CountsWhoCame files a report, corrects it, and finds its people in
// the Activity, its fault in the inbox and its photo without a position.
func TestReport_CountsWhoCame(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := h.book(t, 0, 0, 10, 12)
		h.now = today.At(12*60 + 5)
		if err := h.svc.Finish(t.Context()); err != nil {
			t.Fatal(err)
		}
		asked := `SELECT COUNT(*) FROM deliveries WHERE kind = 'use.report'`
		if n := h.count(t, asked); n != 1 {
			t.Errorf("asked %d times", n)
		}
		h.now = today.AddDays(1).At(9 * 60)
		for range 2 {
			if err := h.use.Remind(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n := h.count(t, asked); n != 2 {
			t.Errorf("asked and reminded %d times", n)
		}
		st, err := h.store.Stage(t.Context(), "hole.jpg", bytes.NewReader(withPosition(t)))
		if err != nil {
			t.Fatal(err)
		}
		rep := use.Report{Reservation: r.ID, Started: 600, Ended: 690, Heads: map[string]int64{"0-11": 4, "18-39": 2}, Lang: i18n.Vi}
		mine := db.Actor{Person: person, Via: "web"}
		if err := h.use.File(t.Context(), mine, rep, &use.Broken{What: "壁に穴があります。", Photo: st}); err != nil {
			t.Fatal(err)
		}
		if err := h.use.File(t.Context(), mine, rep, nil); !fault.Is(err, fault.Conflict) {
			t.Errorf("filed twice over the same version: %v", err)
		}
		rep.Version, rep.Heads = 1, map[string]int64{"0-11": 5, "18-39": 2}
		if err := h.use.File(t.Context(), mine, rep, nil); err != nil {
			t.Fatal(err)
		}
		if a := h.activity[r.ID]; a.Participants["0-11/vi"] != 5 || a.Participants["18-39/vi"] != 2 || len(a.Participants) != 2 || a.Minutes != 90 {
			t.Errorf("recorded %+v", a)
		}
		if n := h.count(t, `SELECT COUNT(*) FROM inbox_items WHERE kind = 'use.fault' AND closed_at = 0`); n != 1 {
			t.Errorf("%d faults wait", n)
		}
		var faults []use.Fault
		var photos []files.File
		h.read(t, func(tx *db.Tx) (err error) {
			if faults, err = use.Faults(tx, r.ID); err != nil {
				return err
			}
			photos, err = h.store.ByOwner(tx, faults[0].ID)
			return err
		})
		kept, err := h.store.Open(photos[0])
		if err != nil {
			t.Fatal(err)
		}
		defer kept.Close()
		if b, err := io.ReadAll(kept); err != nil || bytes.Contains(b, []byte("Exif")) {
			t.Errorf("the photo keeps its position (%v)", err)
		}
		if err := h.use.Settle(t.Context(), actor, faults[0].ID, "直しました"); err != nil {
			t.Fatal(err)
		}
		if n := h.count(t, `SELECT COUNT(*) FROM inbox_items WHERE kind = 'use.fault' AND closed_at = 0`); n != 0 {
			t.Errorf("%d faults wait after one is settled", n)
		}
		h.now = today.AddDays(2).At(0)
		rep.Version = 2
		if err := h.use.File(t.Context(), mine, rep, nil); !fault.Is(err, fault.Conflict) {
			t.Errorf("two days later: %v", err)
		}
	})
}

// withPosition is a photo with an EXIF block.
func withPosition(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	exif := []byte("Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(len(exif) + 2)}, exif...)
	return append(out, b.Bytes()[2:]...)
}

// TestBoard_NamesNoPerson: a person alone, and a group that does not show
// itself, are only in use.
func TestBoard_NamesNoPerson(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.book(t, 0, 0, 10, 12)
		h.now = today.At(11 * 60)
		var f facility.Facility
		var rooms []facility.Room
		h.read(t, func(tx *db.Tx) (err error) {
			if f, err = facility.Get(tx, h.place); err != nil {
				return err
			}
			rooms, err = facility.RoomsOf(tx, h.place)
			return err
		})
		b, err := h.use.Board(t.Context(), f, rooms)
		if err != nil {
			t.Fatal(err)
		}
		if u, ok := b.Rooms[0].Next(); !ok || !u.On || len(u.Name) > 0 {
			t.Errorf("the board shows %+v", u)
		}
		if _, free := b.Rooms[1].FreeUntil(); !free {
			t.Error("an empty room is not free")
		}
	})
}
