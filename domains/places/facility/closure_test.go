package facility

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"kakehashi/domains/places/quarter"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
)

func date(s string) jp.Date {
	d, err := jp.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestClosedBy_EachRule(t *testing.T) {
	const room, other = db.ID(1), db.ID(2)
	whole := func(c Closure) Closure { c.To = DayEnd; return c }
	monday := whole(Closure{Rule: Weekly, Weekday: 1})
	second := whole(Closure{Rule: Weekly, Weekday: 1, Nth: 2})
	newYear := whole(Closure{Rule: Yearly, Day: date("2020-12-29"), Until: date("2021-01-03")})
	works := whole(Closure{Rule: Dates, Day: date("2026-12-07"), Until: date("2026-12-09"), Room: room})
	sundays := whole(Closure{Rule: Weekly, Weekday: 0})
	asSunday := whole(Closure{Rule: Sunday})
	holidays := whole(Closure{Rule: Holiday})
	for _, c := range []struct {
		name     string
		closures []Closure
		room     db.ID
		day      string
		closed   bool
	}{
		{"every Monday", []Closure{monday}, room, "2026-11-30", true},
		{"not Tuesday", []Closure{monday}, room, "2026-12-01", false},
		{"second Monday", []Closure{second}, room, "2026-12-14", true},
		{"first Monday", []Closure{second}, room, "2026-12-07", false},
		{"before the new year", []Closure{newYear}, room, "2026-12-29", true},
		{"after the new year", []Closure{newYear}, room, "2027-01-03", true},
		{"the day after", []Closure{newYear}, room, "2027-01-04", false},
		{"works in the room", []Closure{works}, room, "2026-12-09", true},
		{"works elsewhere", []Closure{works}, other, "2026-12-09", false},
		{"a holiday", []Closure{holidays}, room, "2026-11-23", true},
		{"a holiday as a Sunday", []Closure{sundays, asSunday}, room, "2026-11-23", true},
		{"a holiday as itself", []Closure{sundays}, room, "2026-11-23", false},
		{"a Monday that counts as Sunday", []Closure{monday, asSunday}, room, "2026-11-23", false},
	} {
		if _, closed := ClosedBy(c.closures, &Room{ID: c.room}, date(c.day)); closed != c.closed {
			t.Errorf("%s: closed on %s is %v", c.name, c.day, closed)
		}
	}
}

func TestClosedDuring_PartOfTheDay(t *testing.T) {
	evening := []Closure{{Rule: Weekly, Weekday: 0, From: 17 * 60, To: DayEnd}}
	sunday := date("2026-11-29")
	if _, closed := ClosedBy(evening, &Room{ID: 1}, sunday); closed {
		t.Error("a closure of the evening shuts the whole day")
	}
	for _, c := range []struct {
		from, to int
		closed   bool
	}{{9, 12, false}, {13, 17, false}, {16, 18, true}, {18, 21, true}} {
		if _, closed := ClosedDuring(evening, &Room{ID: 1}, sunday, quarter.Between(c.from*60, c.to*60)); closed != c.closed {
			t.Errorf("closed from %d to %d is %v", c.from, c.to, closed)
		}
	}
}

// What Shut takes is what ClosedDuring refuses, quarter by quarter.
func TestShut_AgreesWithClosedDuring(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := closures(t)
		room := &Room{ID: 1, PartOf: []db.ID{2}}
		d := date("2026-11-01").AddDays(rapid.IntRange(0, 80).Draw(t, "on"))
		shut := Shut(list, room, d)
		for q := range quarter.PerDay {
			_, closed := ClosedDuring(list, room, d, quarter.Between(q*quarter.Minutes, (q+1)*quarter.Minutes))
			if closed != shut.Has(q) {
				t.Fatalf("%v: quarter %d: closed %v, shut %v\n%+v", d, q, closed, shut.Has(q), list)
			}
		}
	})
}

// closures draws some of a facility with the rooms 1 to 3.
func closures(t *rapid.T) []Closure {
	list := make([]Closure, rapid.IntRange(0, 5).Draw(t, "n"))
	for i := range list {
		c := Closure{
			Rule: rapid.SampledFrom(Rules).Draw(t, "rule"), Weekday: rapid.IntRange(0, 6).Draw(t, "weekday"),
			Nth: rapid.IntRange(0, 5).Draw(t, "nth"), Room: db.ID(rapid.IntRange(0, 3).Draw(t, "room")),
			Day: date("2026-11-01").AddDays(rapid.IntRange(0, 60).Draw(t, "day")),
		}
		c.Until = c.Day.AddDays(rapid.IntRange(0, 20).Draw(t, "days"))
		c.From = quarter.Minutes * rapid.IntRange(0, quarter.PerDay-1).Draw(t, "from")
		c.To = c.From + quarter.Minutes*rapid.IntRange(1, quarter.PerDay-c.From/quarter.Minutes).Draw(t, "long")
		if rapid.Bool().Draw(t, "whole") {
			c.From, c.To = 0, DayEnd
		}
		list[i] = c
	}
	return list
}

// A hall is shut when either half is, a half when the hall is, and no half for
// the other's sake.
func TestShut_PartsAndWhole(t *testing.T) {
	const hall, left, right = 1, 2, 3
	rapid.Check(t, func(t *rapid.T) {
		list := closures(t)
		d := date("2026-11-01").AddDays(rapid.IntRange(0, 80).Draw(t, "on"))
		alone := func(id db.ID) quarter.Bits { return Shut(list, &Room{ID: id}, d) }
		for _, c := range []struct {
			room Room
			want quarter.Bits
		}{
			{Room{ID: hall, Parts: []db.ID{left, right}}, alone(hall).Or(alone(left)).Or(alone(right))},
			{Room{ID: left, PartOf: []db.ID{hall}}, alone(hall).Or(alone(left))},
			{Room{ID: right, PartOf: []db.ID{hall}}, alone(hall).Or(alone(right))},
		} {
			if got := Shut(list, &c.room, d); got != c.want {
				t.Fatalf("%v: room %v is shut in %v, want %v\n%+v", d, c.room.ID, got, c.want, list)
			}
		}
	})
}

func TestRoomCheck_RefusesWhatCannotBe(t *testing.T) {
	good := Room{Name: i18n.Text{i18n.Ja: "会議室1"}, Capacity: 20, Opens: 540, Closes: 1260, Bands: []Band{{540, 750}, {780, 990}}}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Room){
		"no name":           func(r *Room) { r.Name = nil },
		"nobody fits":       func(r *Room) { r.Capacity = 0 },
		"closes first":      func(r *Room) { r.Opens, r.Closes = 1260, 540 },
		"half a quarter":    func(r *Room) { r.Opens = 541 },
		"bands overlap":     func(r *Room) { r.Bands = []Band{{540, 750}, {720, 990}} },
		"a band ends first": func(r *Room) { r.Bands = []Band{{750, 540}} },
		"negative fee":      func(r *Room) { r.FeeYen = -1 },
	} {
		r := good
		r.Bands = slices.Clone(good.Bands)
		change(&r)
		if r.Check() == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
