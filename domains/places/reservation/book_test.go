package reservation_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/tally"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

func TestLimits_SayEverythingThatIsWrong(t *testing.T) {
	today := jp.NewDate(2026, 11, 20) // a Friday
	now := today.At(9 * 60)
	room := facility.Room{ID: 7, Capacity: 20, Opens: 9 * 60, Closes: 21 * 60}
	banded := room
	banded.Bands = []facility.Band{{From: 540, To: 750}, {From: 780, To: 990}, {From: 1020, To: 1260}}
	allDay := room
	allDay.Opens, allDay.Closes = 0, facility.DayEnd
	monday := facility.Closure{Rule: facility.Weekly, Weekday: 1, From: 0, To: facility.DayEnd}
	ok := reservation.Reservation{Room: 7, Span: quarter.On(today.AddDays(1), 540, 720), Headcount: 20, Purpose: "合唱"}
	at := func(day, from, to int) reservation.Reservation {
		r := ok
		r.Span = quarter.On(today.AddDays(day), from, to)
		return r
	}
	with := func(change func(*reservation.Reservation)) reservation.Reservation {
		r := ok
		change(&r)
		return r
	}
	for name, c := range map[string]struct {
		r    reservation.Reservation
		room facility.Room
		want []string // fields
	}{
		"all well":            {ok, room, nil},
		"two bands":           {at(1, 540, 990), banded, nil},
		"half a band":         {at(1, 540, 660), banded, []string{"from"}},
		"not a quarter hour":  {at(1, 545, 720), room, []string{"to"}},
		"nothing at all":      {at(1, 720, 720), room, []string{"to"}},
		"backwards":           {at(1, 720, 600), room, []string{"to"}},
		"before opening":      {at(1, 480, 600), room, []string{"from"}},
		"over midnight":       {at(1, 1200, 1500), room, []string{"to"}},
		"over midnight, open": {at(1, 1200, 1500), allDay, nil},
		"nine days":           {at(1, 0, 9*1440), allDay, []string{"to"}},
		"a Monday":            {at(3, 540, 720), room, []string{"day"}},
		"too soon":            {at(0, 555, 720), room, []string{"day"}},
		"just in time":        {at(0, 570, 720), room, nil},
		"yesterday":           {at(-1, 540, 720), room, []string{"day"}},
		"the last day":        {at(92, 540, 720), room, nil},
		"too far":             {at(95, 540, 720), room, []string{"day"}},
		"nobody comes":        {with(func(r *reservation.Reservation) { r.Headcount = 0 }), room, []string{"people"}},
		"one too many":        {with(func(r *reservation.Reservation) { r.Headcount = 21 }), room, []string{"people"}},
		"no purpose":          {with(func(r *reservation.Reservation) { r.Purpose = "　" }), room, []string{"purpose"}},
		"a novel":             {with(func(r *reservation.Reservation) { r.Purpose = strings.Repeat("あ", 201) }), room, []string{"purpose"}},
		"a long title":        {with(func(r *reservation.Reservation) { r.PublicTitle = i18n.Text{i18n.Ja: strings.Repeat("あ", 81)} }), room, []string{"title"}},
		"everything is wrong": {reservation.Reservation{Span: quarter.On(today.AddDays(-4), 0, 15)}, room, []string{"from", "day", "people", "purpose"}},
		"a room given up":     {ok, facility.Room{Closed: true, Capacity: 20, Opens: 540, Closes: 1260}, []string{"room"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			if err := reservation.DefaultLimits.Check(c.r, c.room, []facility.Closure{monday}, now); err != nil {
				for _, f := range asFault(t, err).Fields {
					got = append(got, f.Name)
				}
			}
			if strings.Join(got, " ") != strings.Join(c.want, " ") {
				t.Errorf("fields %v, want %v", got, c.want)
			}
		})
	}
}

func asFault(t *testing.T, err error) *fault.Error {
	t.Helper()
	for e := err; e != nil; {
		if f, ok := e.(*fault.Error); ok {
			return f
		}
		u, ok := e.(interface{ Unwrap() error })
		if !ok {
			break
		}
		e = u.Unwrap()
	}
	t.Fatalf("%v is no fault", err)
	return nil
}

func TestBook_TwoPeopleOneSlot(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		var won, lost atomic.Int32
		var wg sync.WaitGroup
		for c := range 32 {
			wg.Go(func() {
				r := h.wish(0, c, 0, 13, 16)
				_, err := h.svc.Book(t.Context(), db.Actor{Person: r.Person}, r)
				if err == nil {
					won.Add(1)
					return
				}
				clash, ok := reservation.AsClash(err)
				if !fault.Is(err, fault.Conflict) || !ok || clash.Room != r.Room || clash.Span != r.Span {
					t.Errorf("%v does not say what was taken", err)
				}
				lost.Add(1)
			})
		}
		wg.Wait()
		if won.Load() != 1 || lost.Load() != 31 {
			t.Errorf("%d won, %d lost", won.Load(), lost.Load())
		}
		// What was refused left nothing behind: no audit entry, no message.
		for _, table := range []string{"reservations", "audit_pending WHERE action LIKE 'reservation.%'", "deliveries"} {
			if n := h.count(t, `SELECT COUNT(*) FROM `+table); n != 1 {
				t.Errorf("%d rows in %s", n, table)
			}
		}
		h.sound(t)
	})
}

func TestBook_KeepsWhatWasSaid(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		want := h.wish(0, 1, 0, 22, 26) // over midnight
		want.Group, want.PublicTitle = 5, i18n.Text{i18n.Ja: "七夕の会", i18n.Vi: "Lễ Thất tịch"}
		got, err := h.svc.Book(t.Context(), db.Actor{Person: 9, OnBehalfOf: want.Person, Via: "web"}, want)
		if err != nil {
			t.Fatal(err)
		}
		r := h.get(t, got.ID)
		if r.Purpose != want.Purpose || r.PublicTitle[i18n.Vi] != "Lễ Thất tịch" || r.Group != 5 || r.MadeBy != 9 ||
			r.Office != 42 || r.Programme != 77 || r.State != reservation.Confirmed || !r.Span.Start.Equal(want.Span.Start) || !r.Span.End.Equal(want.Span.End) {
			t.Errorf("stored %+v", r)
		}
		if n := h.count(t, `SELECT COUNT(*) FROM cell_days`); n != 2 {
			t.Errorf("a night takes %d days, want 2", n)
		}
		_, err = h.book(t, h.wish(0, 2, 1, 1, 2)) // the second day, one to two
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("the small hours were let twice: %v", err)
		}
		h.sound(t)
	})
}

func TestBook_LimitOfADay(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		most := reservation.DefaultLimits.PerDay
		var last reservation.Reservation
		for i := range most {
			last = h.must(t, h.wish(0, 1, 0, 8+i, 9+i))
		}
		if _, err := h.book(t, h.wish(0, 1, 0, 20, 21)); !fault.Is(err, fault.Conflict) {
			t.Errorf("one more than %d a day: %v", most, err)
		}
		h.must(t, h.wish(0, 2, 0, 20, 21)) // the refused one took no time
		if _, err := h.svc.Cancel(t.Context(), db.Actor{Person: 1001}, last.ID, last.Version, ""); err != nil {
			t.Fatal(err)
		}
		h.must(t, h.wish(0, 1, 0, 21, 22)) // and a cancelled one counts no more
		h.sound(t)
	})
}

func TestChange_SecondEditorIsTold(t *testing.T) {
	each(t, 2, func(t *testing.T, h *house) {
		r := h.must(t, h.wish(0, 1, 0, 9, 12))
		mine, theirs := r, r
		mine.Purpose, theirs.Headcount = "総会", 12
		if _, err := h.svc.Change(t.Context(), db.Actor{Person: 1001}, mine); err != nil {
			t.Fatal(err)
		}
		if _, err := h.svc.Change(t.Context(), db.Actor{Person: 1002}, theirs); !fault.Is(err, fault.Conflict) {
			t.Errorf("overwrote a change: %v", err)
		}
		if _, err := h.svc.Cancel(t.Context(), db.Actor{Person: 1002}, r.ID, r.Version, ""); !fault.Is(err, fault.Conflict) {
			t.Errorf("cancelled what was changed meanwhile: %v", err)
		}
	})
}

func TestChange_FailedMoveLosesNothing(t *testing.T) {
	each(t, 2, func(t *testing.T, h *house) {
		h.must(t, h.wish(1, 2, 0, 10, 11))
		r := h.must(t, h.wish(0, 1, 0, 9, 12))
		next := r
		next.Room = h.rooms[1]
		if _, err := h.svc.Change(t.Context(), db.Actor{Person: 1001}, next); !fault.Is(err, fault.Conflict) {
			t.Fatalf("moved onto another: %v", err)
		}
		if _, err := h.book(t, h.wish(0, 3, 0, 9, 10)); !fault.Is(err, fault.Conflict) {
			t.Errorf("the old time was given away: %v", err)
		}
		next = r
		next.Span = quarter.On(h.tomorrow, 11*60, 14*60) // keeps an hour of the old
		moved, err := h.svc.Change(t.Context(), db.Actor{Person: 1001}, next)
		if err != nil || moved.Version != 2 {
			t.Fatalf("%+v, %v", moved, err)
		}
		h.must(t, h.wish(0, 3, 0, 9, 11))
		h.sound(t)
	})
}

func TestApproval_AsksDecidesAndAsksAgain(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		h := open(t, d, 2, func(i int, r *facility.Room) { r.Approval = i == 0 })
		clerk := db.Actor{Person: 1, Via: "web"}
		r := h.must(t, h.wish(0, 1, 0, 9, 12))
		waiting := func() int { return h.count(t, `SELECT COUNT(*) FROM inbox_items WHERE closed_at = 0`) }
		if r.State != reservation.Requested || waiting() != 1 {
			t.Fatalf("%v, %d waiting", r.State, waiting())
		}
		if err := h.svc.Refuse(t.Context(), clerk, r.ID, ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("refused without a reason: %v", err)
		}
		if err := h.svc.Approve(t.Context(), clerk, r.ID, ""); err != nil || waiting() != 0 {
			t.Fatalf("%v, %d waiting", err, waiting())
		}
		if err := h.svc.Refuse(t.Context(), clerk, r.ID, "遅い"); !fault.Is(err, fault.Conflict) {
			t.Errorf("decided twice: %v", err)
		}
		next := h.get(t, r.ID)
		next.Span = quarter.On(h.tomorrow, 13*60, 15*60)
		moved, err := h.svc.Change(t.Context(), db.Actor{Person: 1001}, next)
		if err != nil || moved.State != reservation.Requested || waiting() != 1 {
			t.Fatalf("%v, %v, %d waiting", moved.State, err, waiting())
		}
		moved.Room = h.rooms[1] // needs nobody's leave
		if moved, err = h.svc.Change(t.Context(), db.Actor{Person: 1001}, moved); err != nil || moved.State != reservation.Confirmed || waiting() != 0 {
			t.Fatalf("%v, %v, %d waiting", moved.State, err, waiting())
		}
		other := h.must(t, h.wish(0, 2, 0, 9, 12))
		if err := h.svc.Refuse(t.Context(), clerk, other.ID, "工事のため"); err != nil {
			t.Fatal(err)
		}
		if got := h.get(t, other.ID); got.State != reservation.Refused || got.Reason != "工事のため" {
			t.Errorf("%+v", got)
		}
		h.must(t, h.wish(0, 3, 0, 9, 12)) // a refused one gives its time back
		h.sound(t)
	})
}

func TestFinish_RecordsOnce(t *testing.T) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			url := dbtest.URL(t, e)
			d := dbtest.OpenURL(t, url)
			if err := d.Migrate(t.Context(), tables); err != nil {
				t.Fatal(err)
			}
			h := open(t, d, 2, func(i int, r *facility.Room) { r.Approval = i == 1 })
			r := h.must(t, h.wish(0, 1, 0, 9, 12))
			asked := h.must(t, h.wish(1, 1, 0, 9, 12))
			if err := h.svc.Finish(t.Context()); err != nil || len(h.kept) != 0 {
				t.Fatalf("finished what is to come: %v, %v", h.kept, err)
			}
			ahead, err := db.Open(t.Context(), db.Config{URL: url, Clock: later(48 * time.Hour)})
			if err != nil {
				t.Fatal(err)
			}
			defer ahead.Close()
			deps := h.deps
			deps.DB = ahead
			svc := reservation.New(deps, reservation.Neighbours{Recorder: h})
			for range 2 {
				if err := svc.Finish(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if h.get(t, r.ID).State != reservation.Used || h.get(t, asked.ID).State != reservation.Refused {
				t.Errorf("%v and %v", h.get(t, r.ID).State, h.get(t, asked.ID).State)
			}
			if len(h.kept) != 1 || h.kept[0].Minutes != 180 || h.kept[0].Source != r.ID || h.kept[0].Programme != 77 {
				t.Errorf("recorded %+v", h.kept)
			}
			if err := svc.MarkNoShow(t.Context(), db.Actor{Person: 1}, r.ID); err != nil {
				t.Fatal(err)
			}
			if len(h.kept) != 0 {
				t.Errorf("nobody came, recorded %+v", h.kept)
			}
			if err := svc.MarkNoShow(t.Context(), db.Actor{Person: 1}, r.ID); !fault.Is(err, fault.Conflict) {
				t.Errorf("marked twice: %v", err)
			}
			h.sound(t)
		})
	}
}

func TestRepair_MakesDoctorContent(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		h.must(t, h.wish(0, 1, 0, 9, 12))
		h.must(t, h.wish(0, 1, 1, 9, 12))
		err := h.db.Write(t.Context(), db.System, func(tx *db.Tx) error {
			for _, q := range []string{`UPDATE cell_days SET am = am | 1 WHERE day = $1`, `UPDATE holder_days SET held = 9 WHERE day = $1`} {
				if _, err := tx.Exec(q, h.tomorrow); err != nil {
					return err
				}
			}
			_, err := tx.Exec(`DELETE FROM cell_days WHERE day = $1`, h.tomorrow.AddDays(1))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		problems, err := tally.Checks()[0].Run(t.Context(), h.deps)
		if err != nil || len(problems) != 3 {
			t.Errorf("doctor found %q, %v", problems, err)
		}
		if n, err := tally.Repair(context.Background(), h.db, db.Actor{Via: "cli"}); err != nil || n != 2 {
			t.Errorf("%d, %v", n, err)
		}
		h.sound(t)
	})
}
