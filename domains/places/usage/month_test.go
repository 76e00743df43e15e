package usage_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/domains/places/usage"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
)

// bands as many city halls have them.
var bands = []facility.Band{{From: 540, To: 750}, {From: 780, To: 990}, {From: 1020, To: 1260}}

const (
	whole db.ID = iota + 1
	half
	other
)

var october = jp.NewDate(2026, time.October, 1)

// hall is a hall with its two halves; Mondays are closed.
func hall() []usage.Room {
	monday := []facility.Closure{{Facility: 9, Rule: facility.Weekly, Weekday: 1, To: facility.DayEnd}}
	room := func(id db.ID, parts ...db.ID) usage.Room {
		return usage.Room{Room: facility.Room{ID: id, Facility: 9, Bands: bands, Opens: 540, Closes: 1260, Parts: parts}, Closures: monday}
	}
	return []usage.Room{room(whole, half, other), room(half), room(other)}
}

func TestOf_CountsWholesAndPartsOnce(t *testing.T) {
	book := func(room db.ID, day, from, to int, people int64) usage.Booking {
		return usage.Booking{Room: room, Span: quarter.On(october.AddDays(day-1), from, to), State: reservation.Used, Kind: reservation.ForUse,
			Group: "civic", Use: "music", Headcount: people}
	}
	gone := book(half, 2, 780, 990, 4)
	gone.State = reservation.NoShow
	official := book(other, 3, 540, 1260, 0)
	official.Kind = reservation.Official
	m := usage.Of(october, hall(), []usage.Booking{book(whole, 1, 540, 750, 100), book(half, 1, 1020, 1260, 20), gone, official})

	const days, day, morning, evening = 27, 11 * 60, 210, 240 // October 2026 has four Mondays
	if m.Total.Open != 2*days*day-day {
		t.Errorf("%d minutes could be had, want %d", m.Total.Open, 2*days*day-day)
	}
	if want := int64(2*morning + evening); m.Total.Taken != want || m.Total.Minutes != morning+evening {
		t.Errorf("taken %d, want %d; of bookings %d", m.Total.Taken, want, m.Total.Minutes)
	}
	if m.Total.Bookings != 2 || m.Total.People != 120 || m.Total.NoShows != 1 {
		t.Errorf("%+v", m.Total)
	}
	if m.Rooms[0].Taken != morning || m.Rooms[1].Taken != morning+evening || m.Rooms[2].Taken != morning {
		t.Errorf("%+v", m.Rooms)
	}
	if m.Parts[0].Taken != 2*morning || m.Parts[1].Taken != 0 || m.Parts[2].Taken != evening {
		t.Errorf("%+v", m.Parts)
	}
	if len(m.Kinds) != 1 || m.Kinds[0].Key != "civic" || len(m.Uses) != 1 || m.Uses[0].People != 120 {
		t.Errorf("%+v %+v", m.Kinds, m.Uses)
	}
}

func TestOf_SumsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		taken := map[int]bool{}
		var all []usage.Booking
		for range rapid.IntRange(0, 40).Draw(t, "n") {
			day, band := rapid.IntRange(1, 31).Draw(t, "day"), rapid.IntRange(0, 2).Draw(t, "band")
			if taken[day*3+band] {
				continue
			}
			taken[day*3+band] = true
			all = append(all, usage.Booking{
				Room: db.ID(rapid.IntRange(1, 3).Draw(t, "room")), Span: quarter.On(october.AddDays(day-1), bands[band].From, bands[band].To),
				State: rapid.SampledFrom([]reservation.State{reservation.Used, reservation.Confirmed, reservation.Cancelled, reservation.NoShow}).Draw(t, "state"),
				Kind:  reservation.ForUse, Group: rapid.SampledFrom([]string{"", "npo", "civic"}).Draw(t, "kind"),
				Use: rules.Use(rapid.SampledFrom([]string{"", "music"}).Draw(t, "use")), Headcount: int64(rapid.IntRange(1, 50).Draw(t, "people")),
			})
		}
		m := usage.Of(october, hall(), all)
		for name, lines := range map[string][]usage.Line{"rooms": m.Rooms, "parts": m.Parts, "kinds": m.Kinds, "uses": m.Uses} {
			var s usage.Sum
			for _, l := range lines {
				s.Bookings += l.Bookings
				s.Minutes += l.Minutes
				s.People += l.People
				s.NoShows += l.NoShows
				s.Cancelled += l.Cancelled
				if l.Taken > l.Open {
					t.Fatalf("%s: more is taken than could be had: %+v", name, l)
				}
			}
			s.Taken, s.Open = m.Total.Taken, m.Total.Open
			if s != m.Total {
				t.Fatalf("%s come to %+v, all to %+v", name, s, m.Total)
			}
		}
		var open, used int64
		for _, l := range m.Parts {
			open, used = open+l.Open, used+l.Taken
		}
		if open != m.Total.Open || used != m.Total.Taken {
			t.Fatalf("the parts of the day come to %d of %d, all to %d of %d", used, open, m.Total.Taken, m.Total.Open)
		}
	})
}
