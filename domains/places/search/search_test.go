package search

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/i18n"
)

func migrations() []db.Migrations {
	return []db.Migrations{audit.Migrations(), {Name: "places", FS: os.DirFS("../migrations")}}
}

var (
	bands    = []facility.Band{{From: 540, To: 750}, {From: 780, To: 990}, {From: 1020, To: 1260}}
	saturday = jp.NewDate(2026, time.November, 28)
	monday   = jp.NewDate(2026, time.November, 23).At(10 * 60) // now
)

// Whatever Fit offers is free, within the hours, and what was wished for; and
// whatever exact stretch of a room without bands is free, it offers.
func TestFit_OffersWhatIsFree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := facility.Room{Opens: 540, Closes: 1260}
		if rapid.Bool().Draw(t, "banded") {
			r.Bands = bands
		}
		var gone quarter.Bits
		for range rapid.IntRange(0, 4).Draw(t, "n") {
			from := rapid.IntRange(32, 90).Draw(t, "from")
			gone = gone.Or(quarter.Between(from*15, (from+rapid.IntRange(1, 16).Draw(t, "long"))*15))
		}
		w := Wish{Part: rapid.SampledFrom(append(Parts, AnyTime)).Draw(t, "part")}
		if rapid.Bool().Draw(t, "exact") {
			w.From = 15 * rapid.IntRange(30, 80).Draw(t, "wish from")
			w.To = w.From + 15*rapid.IntRange(1, 20).Draw(t, "wish long")
		}
		times := w.Fit(&r, gone)
		for _, x := range times {
			if x.Bits().Meets(gone) || !r.Fits(x.From, x.To) {
				t.Fatalf("%+v in %+v offers %+v, gone %v", w, r, x, gone)
			}
			if w.exact() && (x.From > w.From || x.To < w.To) {
				t.Fatalf("%+v offers %+v, which does not hold it", w, x)
			}
		}
		if w.exact() && len(r.Bands) == 0 {
			free := r.Fits(w.From, w.To) && !quarter.Between(w.From, w.To).Meets(gone)
			if free != (len(times) == 1) {
				t.Fatalf("%+v is free %v, offered %v", w, free, times)
			}
		}
	})
}

func TestPartOf_UsualBands(t *testing.T) {
	for i, want := range Parts {
		if got := PartOf(bands[i].From, bands[i].To); got != want {
			t.Errorf("%v is %s, want %s", bands[i], got, want)
		}
	}
}

func TestNext_TodayIncluded(t *testing.T) {
	if got := Next(saturday, time.Saturday); got != saturday {
		t.Errorf("on a Saturday, Saturday is %v", got)
	}
	if got := Next(saturday.AddDays(1), time.Saturday); got != saturday.AddDays(7) {
		t.Errorf("on a Sunday, Saturday is %v", got)
	}
}

// city is a few facilities for stories.
type city struct {
	db           *db.DB
	find         *Service
	near, far    db.ID // facilities
	small, large db.ID // rooms near
	steps        db.ID // a room near, not step-free
	away         db.ID // a room far
}

func newCity(t testing.TB, d *db.DB) *city {
	t.Helper()
	c := &city{db: d, find: New(d, facility.NewDirectory(d), Window{LeadMinutes: 30, HorizonDays: 92})}
	err := d.Write(t.Context(), db.System, func(tx *db.Tx) (err error) {
		place := func(name string, lat float64) (id db.ID) {
			if err == nil {
				id, err = facility.Save(tx, facility.Facility{Name: i18n.Text{i18n.Ja: name}, Address: name, Lat: lat, Lng: 139.72, Opens: -1, Closes: -1, Bookable: true})
			}
			return id
		}
		room := func(of db.ID, name string, people int64, stepFree bool) (id db.ID) {
			if err == nil {
				id, err = facility.SaveRoom(tx, facility.Room{Facility: of, Name: i18n.Text{i18n.Ja: name}, Capacity: people, StepFree: stepFree, Bands: bands, Opens: 540, Closes: 1260})
			}
			return id
		}
		c.near, c.far = place("近い", 35.80), place("遠い", 35.85)
		c.large, c.small = room(c.near, "大", 40, true), room(c.near, "小", 18, true)
		c.steps, c.away = room(c.near, "段", 30, false), room(c.far, "遠", 60, true)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *city) take(t testing.TB, room db.ID, day jp.Date, from, to int) {
	t.Helper()
	bits := quarter.Between(from, to)
	err := c.db.Write(t.Context(), db.System, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO cell_days (cell_id, day, am, pm) VALUES ($1, $2, $3, $4)
			ON CONFLICT (cell_id, day) DO UPDATE SET am = cell_days.am | excluded.am, pm = cell_days.pm | excluded.pm`, room, day, bits.AM, bits.PM)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (c *city) ask(t testing.TB, w Wish) Result {
	t.Helper()
	res, err := c.find.Find(t.Context(), w, monday)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func rooms(res Result) (out []db.ID) {
	for _, f := range res.Found {
		for _, o := range f.Offers {
			out = append(out, o.Room.ID)
		}
	}
	return out
}

func TestFind_NearestThenSmallestThatFits(t *testing.T) {
	dbtest.Each(t, migrations(), func(t *testing.T, d *db.DB) {
		c := newCity(t, d)
		w := Wish{Day: saturday, Part: Afternoon, People: 15, StepFree: true, Lat: 35.80, Lng: 139.72}
		if got, want := rooms(c.ask(t, w)), []db.ID{c.small, c.large, c.away}; !slices.Equal(got, want) {
			t.Errorf("found %v, want %v", got, want)
		}
		c.take(t, c.small, saturday, 780, 795)
		if got, want := rooms(c.ask(t, w)), []db.ID{c.large, c.away}; !slices.Equal(got, want) {
			t.Errorf("a band of which a quarter is taken is offered: %v, want %v", got, want)
		}
		past := Wish{Day: jp.DateOf(monday), Part: Morning}
		if got := rooms(c.ask(t, past)); len(got) != 0 {
			t.Errorf("what has begun is offered: %v", got)
		}
	})
}

// Where nothing fits, each single thing that would help is told, and no other.
func TestFind_SaysWhatToGiveUp(t *testing.T) {
	dbtest.Each(t, migrations(), func(t *testing.T, d *db.DB) {
		c := newCity(t, d)
		c.take(t, c.large, saturday, 780, 990)
		c.take(t, c.away, saturday, 780, 990)
		res := c.ask(t, Wish{Day: saturday, Part: Afternoon, People: 20, StepFree: true})
		got := map[string]int{}
		for _, r := range res.Relaxations {
			got[fmt.Sprint(r.Kind, r.People, r.Part)] = r.Rooms
		}
		want := map[string]int{"people18": 1, "step_free0": 1, "part0morning": 2, "part0evening": 2, "day0": 2}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("told %v, want %v", got, want)
		}
		if res := c.ask(t, Wish{Day: saturday, People: 1000}); len(res.Relaxations) != 1 || res.Relaxations[0].People != 60 {
			t.Errorf("for a thousand: %+v", res.Relaxations)
		}
	})
}

func TestNearest_SameRoomThenSameHouseThenNearby(t *testing.T) {
	dbtest.Each(t, migrations(), func(t *testing.T, d *db.DB) {
		c := newCity(t, d)
		c.take(t, c.small, saturday, 780, 990)
		got, err := c.find.Nearest(t.Context(), c.small, saturday, 780, 990, 15, monday)
		if err != nil {
			t.Fatal(err)
		}
		var order []string
		for _, a := range got {
			order = append(order, fmt.Sprintf("%s %s %d", a.Room.Name[i18n.Ja], a.Day, a.From))
		}
		want := []string{"小 2026-11-28 540", "小 2026-11-28 1020", "大 2026-11-28 780", "遠 2026-11-28 780", "小 2026-11-29 780", "小 2026-11-30 780"}
		if !slices.Equal(order, want) {
			t.Errorf("offered\n%q, want\n%q", order, want)
		}
	})
}

// TestFind_KnowsPartsAndNoise takes a half of a hall, and the room beside a loud
// one: the hall is gone, the other half is not, and neither is quiet use.
func TestFind_KnowsPartsAndNoise(t *testing.T) {
	dbtest.Each(t, migrations(), func(t *testing.T, d *db.DB) {
		c := newCity(t, d)
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
			for id, change := range map[db.ID]func(*facility.Room){
				c.large: func(r *facility.Room) { r.Parts = []db.ID{c.small, c.steps} },
				c.small: func(r *facility.Room) { r.Loud = true },
				c.away:  func(r *facility.Room) { r.Loud = true },
			} {
				r, err := facility.GetRoom(tx, id)
				if err != nil {
					return err
				}
				change(&r)
				if _, err := facility.SaveRoom(tx, r); err != nil {
					return err
				}
			}
			small, err := facility.GetRoom(tx, c.small)
			if err != nil {
				return err
			}
			small.Disturbs = []db.ID{c.steps}
			_, err = facility.SaveRoom(tx, small)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		c.take(t, c.steps, saturday, 780, 990)
		var quiet db.ID
		if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.Row(`SELECT id FROM disturbances`).Scan(&quiet) }); err != nil {
			t.Fatal(err)
		}
		c.take(t, quiet, saturday, 780, 990) // as every use of it does
		w := Wish{Day: saturday, Part: Afternoon, Facility: c.near}
		if got, want := rooms(c.ask(t, w)), []db.ID{c.small}; !slices.Equal(got, want) {
			t.Errorf("quiet: found %v, want %v", got, want)
		}
		w.Loud = true
		if got := rooms(c.ask(t, w)); len(got) != 0 {
			t.Errorf("loud: found %v", got)
		}
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			at, err := TakenAt(tx, c.near, saturday, saturday)
			if err != nil {
				return err
			}
			for id, want := range map[db.ID][2]bool{c.large: {true, true}, c.small: {false, true}, c.steps: {true, true}} {
				r, err := facility.GetRoom(tx, id)
				if err != nil {
					return err
				}
				of, err := TakenOf(tx, r, saturday, saturday)
				if err != nil {
					return err
				}
				for i, taken := range []Taken{at, of} {
					for j, loud := range []bool{false, true} {
						if got := taken.Of(&r, saturday, loud) != (quarter.Bits{}); got != want[j] {
							t.Errorf("room %v by way %d, loud %v: taken %v", id, i, loud, got)
						}
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// sixHundred is a large city: 60 facilities of ten rooms, a third of all bands
// taken.
func sixHundred(b *testing.B) *city {
	d := dbtest.Open(b, db.SQLite, migrations())
	c := &city{db: d, find: New(d, facility.NewDirectory(d), Window{LeadMinutes: 30, HorizonDays: 92})}
	err := d.Write(b.Context(), db.System, func(tx *db.Tx) error {
		for n := range 60 {
			name := fmt.Sprint("館", n)
			id, err := facility.Save(tx, facility.Facility{Name: i18n.Text{i18n.Ja: name}, Address: name, Lat: 35.8 + float64(n)/1000, Lng: 139.7, Opens: -1, Closes: -1, Bookable: true})
			if err != nil {
				return err
			}
			if _, err := facility.AddClosure(tx, facility.Closure{Facility: id, Rule: facility.Weekly, Weekday: 1, To: facility.DayEnd}); err != nil {
				return err
			}
			for m := range 10 {
				room, err := facility.SaveRoom(tx, facility.Room{Facility: id, Name: i18n.Text{i18n.Ja: fmt.Sprint("室", m)}, Capacity: int64(10 + 5*m), StepFree: m%3 > 0, Bands: bands, Opens: 540, Closes: 1260})
				if err != nil {
					return err
				}
				for day := range 30 {
					t := bands[(n+m+day)%3].Bits()
					if _, err := tx.Exec(`INSERT INTO cell_days (cell_id, day, am, pm) VALUES ($1, $2, $3, $4)`, room, saturday.AddDays(day), t.AM, t.PM); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return c
}

func BenchmarkFind_600RoomsOneDay(b *testing.B) {
	c := sixHundred(b)
	w := Wish{Day: saturday, Part: Afternoon, People: 20, StepFree: true, Lat: 35.8, Lng: 139.7}
	for b.Loop() {
		if res := c.ask(b, w); res.Rooms == 0 {
			b.Fatal("nothing found")
		}
	}
}
