package pages

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"golang.org/x/text/unicode/norm"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/search"
	"kakehashi/engines/jp"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

type findData struct {
	Asked    bool // there was a question
	Wish     search.Wish
	Part     string
	People   string
	Near     string
	NearOK   bool
	Towns    []Town
	Result   search.Result
	Quick    []ui.Act
	Facility facility.Facility
	Today    jp.Date
	Last     jp.Date
}

// find is the search by time. Its whole question stands in the address.
func (p *Pages) find(c *web.Context) error {
	towns, err := p.allTowns(c.Context())
	if err != nil {
		return err
	}
	now := c.Now()
	q := c.Form()
	d := findData{
		Asked: q.Get("on") != "", Part: q.Get("part"), People: q.Get("people"), Near: q.Get("near"), Towns: towns,
		Today: jp.DateOf(now), Quick: quick(c.Loc, q),
	}
	d.Last = d.Today.AddDays(p.search.Window().HorizonDays)
	d.Wish = ParseWish(q, now)
	if town, ok := townOf(towns, d.Near); ok {
		d.NearOK, d.Near = true, town.Name
		d.Wish.Lat, d.Wish.Lng = town.Lat, town.Lng
	}
	if d.Wish.Facility != 0 {
		snap, err := p.rooms.Get(c.Context())
		if err != nil {
			return err
		}
		d.Facility, _ = snap.Facility(d.Wish.Facility)
	}
	if d.Asked {
		if d.Result, err = p.search.Find(c.Context(), d.Wish, now); err != nil {
			return err
		}
	}
	return c.Page(web.Meta{Title: c.Loc.T("places.search.title"), Field: fieldPlace, Back: "/places"}, findView(d))
}

// ParseWish reads a search from an address: on (a date, or a word such as
// saturday), part, from and to (minutes after midnight, or 13:00), people,
// step_free, loud, equipment (any number), facility. What cannot be read is not
// asked for.
func ParseWish(q url.Values, now time.Time) search.Wish {
	w := search.Wish{
		Day: dayOf(q.Get("on"), now), StepFree: q.Get("step_free") != "", Loud: q.Get("loud") != "",
		From: minutes(q.Get("from")), To: minutes(q.Get("to")),
	}
	if part := search.Part(q.Get("part")); slices.Contains(search.Parts, part) {
		w.Part = part
	}
	if n, err := strconv.ParseInt(norm.NFKC.String(q.Get("people")), 10, 64); err == nil && n > 0 {
		w.People = n
	}
	if w.To <= w.From {
		w.From, w.To = 0, 0
	}
	if len(q["equipment"]) <= len(Equipments) {
		w.Equipment = slices.DeleteFunc(slices.Clone(q["equipment"]), func(s string) bool { return !slices.Contains(Equipments, s) })
	}
	w.Facility = idOf(q.Get("facility"))
	return w
}

// minutes reads minutes after midnight, or a time of day; 0 when it is neither.
func minutes(s string) int {
	if n, err := strconv.Atoi(s); err == nil && n >= 0 && n <= facility.DayEnd {
		return n
	}
	n, err := jp.Clock(s)
	if err != nil {
		return 0
	}
	return n
}

// query writes a search as ParseWish reads it.
func query(w search.Wish, near string) string {
	q := url.Values{"on": {w.Day.String()}}
	set := func(name, value string, on bool) {
		if on {
			q.Set(name, value)
		}
	}
	set("part", string(w.Part), w.Part != search.AnyTime)
	set("from", strconv.Itoa(w.From), w.To > 0)
	set("to", strconv.Itoa(w.To), w.To > 0)
	set("people", strconv.FormatInt(w.People, 10), w.People > 0)
	set("step_free", "1", w.StepFree)
	set("loud", "1", w.Loud)
	set("near", near, near != "")
	set("facility", w.Facility.String(), w.Facility != 0)
	for _, e := range w.Equipment {
		q.Add("equipment", e)
	}
	return "/places/search?" + q.Encode()
}

// quick are the questions most people have, as links; they keep what else was
// asked.
func quick(loc *i18n.Localizer, asked url.Values) []ui.Act {
	var out []ui.Act
	for _, s := range []struct{ on, part string }{
		{"today", "evening"}, {"tomorrow", "evening"}, {"saturday", "morning"}, {"saturday", "afternoon"}, {"sunday", "afternoon"},
	} {
		q := url.Values{"on": {s.on}, "part": {s.part}}
		for _, name := range []string{"people", "step_free", "near", "facility"} {
			if v := asked.Get(name); v != "" {
				q.Set(name, v)
			}
		}
		out = append(out, ui.Act{Label: loc.T("places.quick." + s.on + "_" + s.part), Href: "/places/search?" + q.Encode(), Icon: ui.IconClock})
	}
	return out
}

// relaxation is what a reader is told of one thing to give up.
func relaxation(loc *i18n.Localizer, r search.Relaxation) string {
	switch r.Kind {
	case "people":
		return loc.T("places.relax.people", "people", r.People, "count", r.Rooms)
	case "part":
		return loc.T("places.relax.part", "part", i18n.Key("places.part."+string(r.Part)), "count", r.Rooms)
	case "day":
		return loc.T("places.relax.day", "day", r.Day, "count", r.Rooms)
	}
	return loc.T("places.relax."+r.Kind, "count", r.Rooms)
}

// leastMetres is how far a facility must be for the distance to say anything:
// it is counted from the middle of a town.
const leastMetres = 100

// distance says how far it is: metres to the next ten, from a kilometre on in
// tenths of kilometres.
func distance(loc *i18n.Localizer, metres float64) string {
	const km = 1000
	if metres < km-5 {
		return loc.T("places.metres", "n", int64(metres/10+0.5)*10)
	}
	return loc.T("places.kilometres", "n", float64(int64(metres/100+0.5))/10)
}
