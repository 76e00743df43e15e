package replay_test

import (
	"testing"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/domains/places/rules/replay"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
)

func day(s string) jp.Date {
	d, err := jp.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// booked is a booking of a room by a holder, made so many days before.
func booked(id db.ID, holder db.ID, on string, before int, kind string) replay.Past {
	d := day(on)
	return replay.Past{
		Reservation: reservation.Reservation{
			ID: id, Room: 1, Span: quarter.On(d, 540, 750), State: reservation.Confirmed, Group: holder, MadeAt: d.AddDays(-before).At(600),
		},
		Room: facility.Room{ID: 1, Facility: 9, Class: "meeting"}, Place: rules.Place{Facility: 9, Room: 1, Class: "meeting"},
		Who: rules.Who{Holder: holder, Kind: kind, Resident: true},
	}
}

func inForce(body rules.Body) rules.Rule {
	return rules.Rule{Kind: body.Kind(), From: day("2026-04-01"), Body: body, State: rules.InForce}
}

func TestBookings_WhatARuleWouldHaveChanged(t *testing.T) {
	was := rules.NewBook(inForce(rules.Access{Alone: true, Outside: true, PerDay: 2}), inForce(rules.Opening{Lines: []rules.OpeningLine{{Before: 2}}}))
	past := []replay.Past{
		booked(1, 5, "2026-10-10", 50, "npo"),
		booked(2, 5, "2026-10-10", 40, "npo"),
		booked(3, 5, "2026-10-10", 30, "npo"), // one too many, by paper: refused under both, or allowed by a wider rule
		booked(4, 6, "2026-10-12", 3, "company"),
	}
	for _, c := range []struct {
		name             string
		rule             rules.Body
		refused, allowed int
		changes          []db.ID // the latest made first
	}{
		{"the same", rules.Access{Alone: true, Outside: true, PerDay: 2}, 0, 0, nil},
		{"one a day", rules.Access{Alone: true, Outside: true, PerDay: 1}, 1, 0, []db.ID{2}},
		{"three a day", rules.Access{Alone: true, Outside: true, PerDay: 3}, 0, 1, []db.ID{3}},
		{"no companies", rules.Access{Kinds: []string{"npo"}, PerDay: 2}, 1, 0, []db.ID{4}},
		{"one a month", rules.Access{Alone: true, Outside: true, PerDay: 9, PerMonth: 1}, 1, 0, []db.ID{2}},
		{"opens late", rules.Opening{Lines: []rules.OpeningLine{{Before: 1}}}, 2, 1, []db.ID{3, 2, 1}},
	} {
		got := replay.Bookings(past, was, was.With(inForce(c.rule)))
		if got.Refused != c.refused || got.Allowed != c.allowed {
			t.Errorf("%s: %d refused and %d allowed, want %d and %d", c.name, got.Refused, got.Allowed, c.refused, c.allowed)
		}
		for i, want := range c.changes {
			if i >= len(got.Changes) || got.Changes[i].ID != want {
				t.Errorf("%s: changes %v, want %v", c.name, got.Changes, c.changes)
				break
			}
		}
	}
}

func TestAmounts_SumsByRoomAndKind(t *testing.T) {
	cancelled := booked(1, 5, "2026-10-20", 60, "npo")
	cancelled.State, cancelled.ChangedAt = reservation.Cancelled, day("2026-10-10").At(0)
	noShow := booked(2, 6, "2026-10-20", 60, "")
	noShow.State = reservation.NoShow
	lapsed := booked(3, 5, "2026-10-21", 60, "npo")
	lapsed.State, lapsed.Source = reservation.Lapsed, "draw"
	past := []replay.Past{cancelled, noShow, lapsed}

	was := rules.NewBook(inForce(rules.Refunds{Tiers: []rules.Refund{{Days: 30, Percent: 100}, {Days: 7, Percent: 50}}}))
	stricter := was.With(inForce(rules.Refunds{Tiers: []rules.Refund{{Days: 30, Percent: 100}}}))
	back := func(p replay.Past, b *rules.Book) int64 { return replay.Back(p, b, 3000) }
	got := replay.Amounts(past, was, stricter, back)
	if got.Before != 1500 || got.After != 0 || len(got.Sums) != 1 || got.Sums[0].Kind != "npo" || got.Sums[0].Count != 2 {
		t.Errorf("refunds: %+v", got)
	}
	strict := was.With(inForce(rules.Penalties{NoShow: 3, Late: 1, LateDays: 14, Unconfirmed: 2, Limit: 5, Window: 12, Months: 3}))
	got = replay.Amounts(past, was, strict, replay.Points)
	if got.Before != 0 || got.After != 3+1+2 || len(got.Sums) != 2 {
		t.Errorf("points: %+v", got)
	}
}

// A replay of the rules as they are changes nothing, whatever was booked.
func TestReplay_TheSameRulesChangeNothing(t *testing.T) {
	was := rules.NewBook(inForce(rules.Access{Alone: true, PerDay: 1, PerMonth: 3}))
	var past []replay.Past
	for i := range 200 {
		on := day("2026-09-01").AddDays(i * 7 % 60)
		past = append(past, booked(db.ID(i+1), db.ID(i%9), on.String(), i%120, []string{"", "npo"}[i%2]))
	}
	got := replay.Bookings(past, was, was)
	if got.Refused+got.Allowed+len(got.Changes) != 0 || got.Seen != 200 {
		t.Errorf("%+v", got)
	}
}
