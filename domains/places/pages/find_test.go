package pages

import (
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/search"
	"kakehashi/engines/jp"
	"kakehashi/platform/i18n"
	"kakehashi/ui"
)

var monday = jp.NewDate(2026, time.November, 23).At(600)

func TestDayOf_WordsAndDates(t *testing.T) {
	for word, want := range map[string]string{
		"": "2026-11-23", "today": "2026-11-23", "tomorrow": "2026-11-24", "saturday": "2026-11-28", "Sunday": "2026-11-29",
		"monday": "2026-11-23", "2026-12-01": "2026-12-01", "nonsense": "2026-11-23", "2026-02-30": "2026-11-23",
	} {
		if got := dayOf(word, monday).String(); got != want {
			t.Errorf("dayOf(%q) = %s, want %s", word, got, want)
		}
	}
}

// FuzzParseWish: a search that was read and written as a link reads the same.
func FuzzParseWish(f *testing.F) {
	f.Add("on=saturday&part=afternoon&people=20&step_free=1&near=x")
	f.Add("on=2026-11-28&from=13:00&to=1020&equipment=piano&equipment=mic&facility=0sap6h858hpw7")
	f.Fuzz(func(t *testing.T, q string) {
		form, err := url.ParseQuery(q)
		if err != nil {
			return
		}
		w := ParseWish(form, monday)
		link := query(w, "")
		again, err := url.ParseQuery(link[strings.Index(link, "?")+1:])
		if err != nil {
			t.Fatal(err)
		}
		got := ParseWish(again, monday)
		if len(w.Equipment) == 0 {
			w.Equipment, got.Equipment = nil, nil
		}
		if !reflect.DeepEqual(got, w) {
			t.Fatalf("%q is %+v, and as %s it is %+v", q, w, link, got)
		}
	})
}

func TestState_OfABandAndOfFreeTimes(t *testing.T) {
	banded := &facility.Room{Bands: []facility.Band{{From: 540, To: 750}, {From: 780, To: 990}}, Opens: 540, Closes: 990}
	free := &facility.Room{Opens: 540, Closes: 1260}
	morning, all := search.Times{From: 540, To: 750}, search.Times{From: 540, To: 1260}
	for _, c := range []struct {
		name        string
		room        *facility.Room
		at          search.Times
		taken, shut quarter.Bits
		want        ui.State
	}{
		{"nothing taken", banded, morning, quarter.Bits{}, quarter.Bits{}, ui.Free},
		{"a quarter taken", banded, morning, quarter.Between(540, 555), quarter.Bits{}, ui.Full},
		{"closed", banded, morning, quarter.Bits{}, quarter.Between(0, 1440), ui.Shut},
		{"begun", banded, morning, quarter.Bits{}, quarter.Between(0, 600), ui.Shut},
		{"no such band", banded, search.Times{From: 1020, To: 1260}, quarter.Bits{}, quarter.Bits{}, ui.Shut},
		{"free times", free, all, quarter.Bits{}, quarter.Bits{}, ui.Free},
		{"some free", free, all, quarter.Between(540, 900), quarter.Bits{}, ui.Part},
		{"too little free", free, search.Times{From: 540, To: 720}, quarter.Between(570, 720), quarter.Bits{}, ui.Full},
	} {
		d := day{room: c.room, taken: c.taken, shut: c.shut}
		if got := d.state(c.at); got != c.want {
			t.Errorf("%s: state %d, want %d", c.name, got, c.want)
		}
	}
}

func TestSlot_NotYetIsNotClosed(t *testing.T) {
	room := &facility.Room{Bands: []facility.Band{{From: 540, To: 750}, {From: 780, To: 990}}, Opens: 540, Closes: 990}
	loc := i18n.NewCatalog(i18n.Messages()).For(i18n.Ja)
	opens := jp.NewDate(2026, time.December, 1)
	d := day{room: room, shut: quarter.Between(0, 1440), early: opens, closed: quarter.Between(780, 990)}
	if got := d.slot(loc, search.Times{From: 540, To: 750}); got.State != ui.Early || got.Note != loc.Date(opens) || got.Href != "" {
		t.Errorf("before it opens: %+v", got)
	}
	if got := d.slot(loc, search.Times{From: 780, To: 990}); got.State != ui.Shut {
		t.Errorf("closed by the office: %+v", got)
	}
	d.early = jp.Date{}
	if got := d.slot(loc, search.Times{From: 540, To: 750}); got.State != ui.Shut {
		t.Errorf("past: %+v", got)
	}
}

func TestNextYearly_TurnsWithTheYear(t *testing.T) {
	c := facility.Closure{Day: jp.NewDate(2020, time.December, 29), Until: jp.NewDate(2020, time.January, 3)}
	for today, want := range map[string]string{"2026-11-23": "2026-12-29", "2027-01-02": "2026-12-29", "2027-01-04": "2027-12-29"} {
		d, err := jp.ParseDate(today)
		if err != nil {
			t.Fatal(err)
		}
		if from, until := nextYearly(c, d); from.String() != want || until.Before(d) {
			t.Errorf("on %s next is %v to %v, want from %s", today, from, until, want)
		}
	}
}
