package reservation_test

import (
	"testing"

	"pgregory.net/rapid"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

func TestRule_Dates(t *testing.T) {
	for name, c := range map[string]struct {
		rule  reservation.Rule
		first string
		want  []string
	}{
		"three weeks":        {reservation.Rule{Every: reservation.Weekly, Times: 3}, "2026-11-28", []string{"2026-11-28", "2026-12-05", "2026-12-12"}},
		"until, included":    {reservation.Rule{Every: reservation.Biweekly, Until: jp.NewDate(2026, 12, 26)}, "2026-11-28", []string{"2026-11-28", "2026-12-12", "2026-12-26"}},
		"fourth Saturdays":   {reservation.Rule{Every: reservation.Monthly, Times: 3}, "2026-11-28", []string{"2026-11-28", "2026-12-26", "2027-01-23"}},
		"fifth Sundays only": {reservation.Rule{Every: reservation.Monthly, Times: 3}, "2026-11-29", []string{"2026-11-29", "2027-01-31", "2027-05-30"}},
		"what comes first":   {reservation.Rule{Every: reservation.Weekly, Times: 9, Until: jp.NewDate(2026, 12, 5)}, "2026-11-28", []string{"2026-11-28", "2026-12-05"}},
	} {
		t.Run(name, func(t *testing.T) {
			first, err := jp.ParseDate(c.first)
			if err != nil {
				t.Fatal(err)
			}
			got := c.rule.Dates(first, 26)
			if len(got) != len(c.want) {
				t.Fatalf("%v, want %v", got, c.want)
			}
			for i := range got {
				if got[i].String() != c.want[i] {
					t.Errorf("%v, want %v", got, c.want)
				}
			}
		})
	}
}

func TestRule_DatesKeepTheWeekday(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := jp.NewDate(2026, 1, 1).AddDays(rapid.IntRange(0, 3000).Draw(t, "first"))
		rule := reservation.Rule{Every: rapid.SampledFrom(reservation.EveryWay).Draw(t, "every")}
		if rapid.Bool().Draw(t, "until") {
			rule.Until = first.AddDays(rapid.IntRange(0, 900).Draw(t, "days"))
		} else {
			rule.Times = rapid.IntRange(1, 40).Draw(t, "times")
		}
		dates := rule.Dates(first, 26)
		if len(dates) == 0 || dates[0] != first || len(dates) > 26 {
			t.Fatalf("%v", dates)
		}
		for i, d := range dates {
			if d.Weekday() != first.Weekday() || i > 0 && !dates[i-1].Before(d) || !rule.Until.IsZero() && d.After(rule.Until) {
				t.Fatalf("%v of %v", d, dates)
			}
			if rule.Every == reservation.Monthly && (d.Day-1)/7 != (first.Day-1)/7 {
				t.Fatalf("%v is another one of its month than %v", d, first)
			}
		}
	})
}

func TestBookSeries_SkipsAndSaysWhich(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		h := open(t, d, 1, nil)
		closed := h.tomorrow.AddDays(14)
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
			room, err := facility.GetRoom(tx, h.rooms[0])
			if err != nil {
				return err
			}
			_, err = facility.AddClosure(tx, facility.Closure{Facility: room.Facility, Rule: facility.Dates, Day: closed, Until: closed,
				To: facility.DayEnd, Reason: i18n.Text{i18n.Ja: "点検"}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		taken := h.must(t, h.wish(0, 9, 7, 10, 11))
		r := h.wish(0, 1, 0, 9, 12)
		rule := reservation.Rule{Every: reservation.Weekly, Times: 5}
		plan, err := h.svc.Plan(t.Context(), r, rule)
		if err != nil || len(plan.Spans) != 3 || len(plan.Skipped) != 2 {
			t.Fatalf("%+v, %v", plan, err)
		}
		s, err := h.svc.BookSeries(t.Context(), db.Actor{Person: r.Person}, r, rule)
		if err != nil {
			t.Fatal(err)
		}
		err = d.Read(t.Context(), func(tx *db.Tx) (err error) { s, err = reservation.GetSeries(tx, s.ID); return err })
		if err != nil || len(s.Booked) != 3 || len(s.Skipped) != 2 || s.Rule != rule {
			t.Fatalf("%+v, %v", s, err)
		}
		if s.Skipped[0].Day != taken.Day() || s.Skipped[0].Key != reservation.SkipTaken || s.Skipped[1].Day != closed || s.Skipped[1].Key != reservation.SkipClosed {
			t.Errorf("skipped %+v", s.Skipped)
		}
		if n := h.count(t, `SELECT COUNT(*) FROM deliveries WHERE kind = 'places.series'`); n != 1 {
			t.Errorf("%d messages, want one for all", n)
		}
		if _, err := h.svc.BookSeries(t.Context(), db.Actor{Person: r.Person}, r, rule); !fault.Is(err, fault.Conflict) {
			t.Errorf("a series without a single day: %v", err)
		}
		h.sound(t)
		if n, err := h.svc.CancelSeries(t.Context(), db.Actor{Person: r.Person}, s.ID, ""); err != nil || n != 3 {
			t.Errorf("%d, %v", n, err)
		}
		h.must(t, h.wish(0, 2, 0, 9, 12))
		h.sound(t)
	})
}

func TestBookSeries_NightsGiveBackWhatTheyCannotHave(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		h.must(t, h.wish(0, 9, 8, 1, 2)) // in the small hours of the second night
		r := h.wish(0, 1, 0, 0, 1)
		r.Span = quarter.On(h.tomorrow, 22*60, 26*60)
		s, err := h.svc.BookSeries(t.Context(), db.Actor{Person: r.Person}, r, reservation.Rule{Every: reservation.Weekly, Times: 3})
		if err != nil || len(s.Booked) != 2 {
			t.Fatalf("%+v, %v", s, err)
		}
		h.must(t, h.wish(0, 3, 7, 22, 24)) // the evening before was given back
		h.sound(t)
	})
}
