package rules_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kakehashi/domains/places/rules"
	"kakehashi/engines/draw"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

func day(s string) jp.Date {
	d, err := jp.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func on(d string, clock int) time.Time { return day(d).At(clock * 60) }

func rule(facility db.ID, from string, body rules.Body) rules.Rule {
	return rules.Rule{Kind: body.Kind(), Facility: facility, From: day(from), Body: body, State: rules.InForce}
}

func perDay(n int) rules.Access { return rules.Access{Alone: true, Outside: true, PerDay: n} }

func TestBook_WhichRuleHolds(t *testing.T) {
	draft := rule(0, "2026-01-01", perDay(99))
	draft.State = rules.Draft
	b := rules.NewBook(
		rule(0, "2027-04-01", perDay(3)), rule(0, "2026-04-01", perDay(2)), draft,
		rule(7, "2026-10-01", perDay(5)),
	)
	for _, c := range []struct {
		facility db.ID
		on       string
		want     int
	}{
		{0, "2026-03-31", 4}, // the default
		{0, "2026-04-01", 2},
		{0, "2027-03-31", 2},
		{0, "2027-04-01", 3},
		{7, "2026-09-30", 2}, // the city's, before its own begins
		{7, "2026-10-01", 5},
		{7, "2028-01-01", 5}, // its own, although the city's is newer
		{8, "2028-01-01", 3},
	} {
		if got := b.Access(rules.Place{Facility: c.facility}, day(c.on)).PerDay; got != c.want {
			t.Errorf("facility %d on %s: %d a day, want %d", c.facility, c.on, got, c.want)
		}
	}
}

func anyDay(t *rapid.T, label string) jp.Date {
	return jp.NewDate(2026, 1, 1).AddDays(rapid.IntRange(0, 1500).Draw(t, label))
}

// A rule that is added changes nothing before its day, nothing elsewhere, and
// what it changes is only what comes before the next one of its place.
func TestBook_ARuleChangesNothingBeforeItsDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []rules.Rule
		taken := map[string]bool{}
		for n := range rapid.IntRange(0, 8).Draw(t, "rules") {
			r := rules.Rule{
				Kind: rules.KindAccess, Facility: db.ID(rapid.IntRange(0, 2).Draw(t, "facility")), From: anyDay(t, "from"),
				Body: perDay(n + 1), State: rules.InForce,
			}
			if key := r.Facility.String() + r.From.String(); !taken[key] {
				taken[key] = true
				all = append(all, r)
			}
		}
		added := rules.Rule{Kind: rules.KindAccess, Facility: db.ID(rapid.IntRange(0, 2).Draw(t, "its facility")), From: anyDay(t, "its day"), Body: perDay(50), State: rules.InForce}
		if taken[added.Facility.String()+added.From.String()] {
			return
		}
		before, after := rules.NewBook(all...), rules.NewBook(append(all, added)...)
		place, when := rules.Place{Facility: db.ID(rapid.IntRange(0, 2).Draw(t, "place"))}, anyDay(t, "day")
		was, is := before.Access(place, when), after.Access(place, when)
		elsewhere := added.Facility != 0 && added.Facility != place.Facility
		if (when.Before(added.From) || elsewhere) && !reflect.DeepEqual(was, is) {
			t.Fatalf("on %v %d a day instead of %d, by a rule from %v", when, is.PerDay, was.PerDay, added.From)
		}
		if !reflect.DeepEqual(was, is) && is.PerDay != 50 {
			t.Fatalf("on %v neither the old rule nor the new one holds", when)
		}
		if when == added.From && place.Facility == added.Facility && is.PerDay != 50 {
			t.Fatalf("the rule does not hold on its first day")
		}
	})
}

func TestOpening_Instants(t *testing.T) {
	for _, c := range []struct {
		line rules.OpeningLine
		use  string
		want time.Time
	}{
		{rules.OpeningLine{Before: 2, Day: 1, Minute: 540}, "2027-02-14", on("2026-12-01", 9)},
		{rules.OpeningLine{Before: 3, Day: 20, Minute: 540}, "2027-02-28", on("2026-11-20", 9)},
		{rules.OpeningLine{Before: 1}, "2027-03-31", on("2027-02-28", 0)}, // the month has no 31st
		{rules.OpeningLine{Before: 1, Day: 31}, "2027-03-05", on("2027-02-28", 0)},
		{rules.OpeningLine{Before: 12, Day: 1}, "2027-03-05", on("2026-03-01", 0)},
	} {
		if got := c.line.Opens(day(c.use)); !got.Equal(c.want) {
			t.Errorf("%+v for %s opens %v, want %v", c.line, c.use, got, c.want)
		}
	}
}

// Who waits longer never loses: a later day of use never opens earlier.
func TestOpening_LaterUseNeverOpensEarlier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := rules.OpeningLine{Before: rapid.IntRange(0, 14).Draw(t, "before"), Day: rapid.IntRange(0, 31).Draw(t, "day"), Minute: rapid.IntRange(0, 1439).Draw(t, "minute")}
		d := anyDay(t, "use")
		if l.Opens(d.AddDays(1)).Before(l.Opens(d)) {
			t.Fatalf("%+v: %v opens before %v", l, d.AddDays(1), d)
		}
	})
}

func keyOf(err error) string {
	if f, ok := err.(*fault.Error); ok {
		return f.Key
	}
	return ""
}

func TestBook_WishSaysWhyNot(t *testing.T) {
	strict := rules.Access{Kinds: []string{"civic", "npo"}, Members: 5, Percent: 50, PerDay: 2, PerMonth: 6}
	b := rules.NewBook(rule(0, "2026-04-01", strict), rule(0, "2026-04-01", rules.Opening{Lines: []rules.OpeningLine{{Classes: []string{"meeting"}, Before: 2}}}))
	meeting := rules.Place{Class: "meeting"}
	for _, c := range []struct {
		who  rules.Who
		at   rules.Place
		want string
	}{
		{rules.Who{Resident: true}, meeting, "rules.refuse.alone"},
		{rules.Who{Kind: "company", Resident: true}, meeting, "rules.refuse.kind"},
		{rules.Who{Kind: "npo"}, meeting, "rules.refuse.outside"},
		{rules.Who{Kind: "npo", Resident: true, Members: 4, Percent: 100}, meeting, "rules.refuse.members"},
		{rules.Who{Kind: "npo", Resident: true, Members: 9, Percent: 49}, meeting, "rules.refuse.percent"},
		{rules.Who{Kind: "npo", Resident: true}, rules.Place{Class: "gym"}, "rules.refuse.opening"},
		{rules.Who{Kind: "npo", Resident: true, Members: 9, Percent: 50}, meeting, ""},
	} {
		bounds, err := b.Wish(c.at, c.who, "", day("2026-12-14"))
		if keyOf(err) != c.want {
			t.Errorf("%+v: %v, want %q", c.who, err, c.want)
		}
		if c.want == "" && (bounds.PerDay != 2 || bounds.PerMonth != 6 || !bounds.Opens.Equal(on("2026-10-14", 0))) {
			t.Errorf("bounds %+v", bounds)
		}
	}
}

// The Kawaguchi-like hall: drawn on the 11th three months ahead, first come from
// the 20th; and never before the draw, whatever the opening says.
func TestBook_DrawnRoomsOpenWhenTheDrawIsOver(t *testing.T) {
	drawn := rules.Draw{Lines: []rules.DrawLine{{Classes: []string{"hall"}, Before: 3, From: 1, Until: 10, On: 11, Wishes: 5, Confirm: 7, Source: draw.Entrants}}}
	hall := rules.Place{Class: "hall"}
	for _, c := range []struct {
		open rules.OpeningLine
		want time.Time
	}{
		{rules.OpeningLine{Before: 3, Day: 20, Minute: 540}, on("2026-11-20", 9)},
		{rules.OpeningLine{Before: 6}, on("2026-11-12", 0)},
	} {
		b := rules.NewBook(rule(0, "2026-04-01", drawn), rule(0, "2026-04-01", rules.Opening{Lines: []rules.OpeningLine{c.open}}))
		got, err := b.Wish(hall, rules.Who{Kind: "civic", Resident: true}, "", day("2027-02-14"))
		if err != nil || !got.Drawn || !got.Opens.Equal(c.want) {
			t.Errorf("opens %v (%v), want %v", got.Opens, err, c.want)
		}
		if first, _, ok := b.First(hall, day("2027-02-14")); !ok || !first.Equal(c.want) {
			t.Errorf("first %v, want %v", first, c.want)
		}
	}
}

// Two other cities' shapes. A: culture halls twelve months ahead, others ten,
// groups before persons, a tier for those of the city, weekend and non-resident
// prices, refunds in three tiers.
func TestRules_ACultureCity(t *testing.T) {
	week, weekend := "weekday", "weekend"
	set := []rules.Body{
		rules.Access{Alone: true, Outside: true, PerDay: 3},
		rules.Opening{Lines: []rules.OpeningLine{
			{Classes: []string{"hall"}, Uses: []rules.Use{"event"}, Before: 13, Day: 1, Minute: 540, Lead: 14 * 24 * 60},
			{Classes: []string{"hall"}, Before: 12, Day: 1, Minute: 540, Lead: 14 * 24 * 60},
			{Kinds: []string{""}, Before: 6, Day: 1, Minute: 540, Lead: 24 * 60},
			{Before: 10, Day: 1, Minute: 540, Lead: 24 * 60},
		}},
		rules.Draw{Lines: []rules.DrawLine{{
			Classes: []string{"hall"}, Before: 12, From: 1, Until: 15, On: 20, Wins: 2, Wishes: 3, Sets: true, Confirm: 10,
			Tiers: []rules.Tier{{Resident: true}}, Source: draw.Beacon, What: "drand", Wait: 24,
		}}},
		rules.Fees{
			Base: []rules.Base{
				{Classes: []string{"hall"}, From: 540, To: 750, Days: week, Yen: 12000}, {Classes: []string{"hall"}, From: 540, To: 750, Days: weekend, Yen: 15600},
				{Classes: []string{"meeting"}, From: 540, To: 750, Yen: 900},
			},
			Surcharges: []rules.Surcharge{{When: "outside", Percent: 50}, {When: "weekend", Percent: 20}},
		},
		rules.Refunds{Tiers: []rules.Refund{{Days: 90, Percent: 100}, {Days: 30, Percent: 70}, {Days: 14, Percent: 30}}},
	}
	b := bookOf(t, set)
	got, err := b.Wish(rules.Place{Class: "hall"}, rules.Who{Kind: "npo"}, "", day("2027-12-24"))
	if err != nil || got.Lead != 14*24*60 || !got.Opens.Equal(day("2026-12-21").At(0)) {
		t.Errorf("hall: %+v, %v", got, err)
	}
	got, err = b.Wish(rules.Place{Class: "meeting"}, rules.Who{}, "", day("2027-12-24"))
	if err != nil || !got.Opens.Equal(on("2027-06-01", 9)) {
		t.Errorf("meeting, alone: %+v, %v", got, err)
	}
	if ahead := b.Ahead(day("2026-11-23")); ahead < 365 {
		t.Errorf("calendars reach %d days", ahead)
	}
}

// B: sports courts by the hour, drawn one month ahead with at most ten entries
// and four wins, confirmed in two weeks; only registered residents; three
// no-shows close the door for a month.
func TestRules_ASportsCity(t *testing.T) {
	b := bookOf(t, []rules.Body{
		rules.Access{Kinds: []string{"civic", "student"}, PerDay: 2, PerMonth: 8, Members: 4, Percent: 60},
		rules.Opening{Lines: []rules.OpeningLine{{Classes: []string{"gym"}, Before: 1, Day: 25, Minute: 510, Lead: 0}}},
		rules.Draw{Lines: []rules.DrawLine{{Classes: []string{"gym"}, Before: 2, From: 1, Until: 10, On: 15, Entries: 10, Wins: 4, Wishes: 1, Confirm: 14, Source: draw.Typed, What: "第9999回ナンバーズ4", Wait: 10, Overlap: 50}}},
		rules.Fees{Base: []rules.Base{{Classes: []string{"gym"}, Yen: 600}}, Extras: []rules.Extra{{Key: "light", Name: i18n.Text{i18n.Ja: "照明"}, Per: "hour", Yen: 300}}},
		rules.Penalties{NoShow: 1, Limit: 3, Window: 6, Months: 1},
		rules.Payment{Within: 0, Before: 0, Methods: []string{"counter", "online"}},
	})
	court := rules.Place{Class: "gym"}
	if _, err := b.Wish(court, rules.Who{Resident: true}, "", day("2027-03-07")); keyOf(err) != "rules.refuse.alone" {
		t.Errorf("a person alone: %v", err)
	}
	got, err := b.Wish(court, rules.Who{Kind: "civic", Resident: true, Members: 8, Percent: 100}, "sports", day("2027-03-07"))
	if err != nil || !got.Opens.Equal(day("2027-02-25").At(510)) || got.PerMonth != 8 {
		t.Errorf("a circle: %+v, %v", got, err)
	}
	line, _ := b.Draw(court, day("2027-03-07")).For(court)
	if from, until, on := line.Days(day("2027-03-07")); from != day("2027-01-01") || until != day("2027-01-10") || on != day("2027-01-15") {
		t.Errorf("draw %v %v %v", from, until, on)
	}
}

// bookOf checks the bodies, sends them through their stored form, and returns
// their book.
func bookOf(t *testing.T, bodies []rules.Body) *rules.Book {
	t.Helper()
	var all []rules.Rule
	for _, body := range bodies {
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		back, err := rules.Decode(body.Kind(), text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if !reflect.DeepEqual(back, body) {
			t.Errorf("stored %+v\nread   %+v", body, back)
		}
		all = append(all, rule(0, "2026-04-01", back))
	}
	return rules.NewBook(all...)
}

func TestDecode_RefusesWhatItDoesNotKnow(t *testing.T) {
	for name, c := range map[string]struct {
		kind rules.Kind
		text string
		path string // "" = the whole
	}{
		"unknown field": {rules.KindAccess, `{"per_day":1,"alone":true,"outside":true,"colour":1}`, ""},
		"two values":    {rules.KindAccess, `{"per_day":1} {}`, ""},
		"no kind":       {"taxes", `{}`, ""},
		"nobody a day":  {rules.KindAccess, `{"per_day":0}`, "per_day"},
		"no line":       {rules.KindOpening, `{"lines":[]}`, "lines"},
		"month 13":      {rules.KindOpening, `{"lines":[{"before":1,"months":[13]}]}`, "lines.0.months"},
		"drawn early":   {rules.KindDraw, `{"lines":[{"before":1,"from":1,"until":10,"on":10,"wishes":1,"confirm":1,"source":"entrants"}]}`, "lines.0.on"},
		"no value":      {rules.KindDraw, `{"lines":[{"before":1,"from":1,"until":10,"on":11,"wishes":1,"confirm":1,"source":"typed"}]}`, "lines.0.what"},
		"band":          {rules.KindFees, `{"base":[{"from":600,"to":540,"yen":1}]}`, "base.0.to"},
		"surcharge":     {rules.KindFees, `{"surcharges":[{"when":"full_moon","percent":10}]}`, "surcharges.0.when"},
		"bank":          {rules.KindPayment, `{"methods":["bank"]}`, "bank"},
		"tier twice":    {rules.KindRefunds, `{"tiers":[{"days":7,"percent":50},{"days":7,"percent":40}]}`, "tiers.1.days"},
		"no end":        {rules.KindPenalties, `{"limit":5}`, "months"},
		"rest":          {rules.KindReopening, `{"rest_from":9,"rest_to":4}`, "rest_to"},
	} {
		_, err := rules.Decode(c.kind, []byte(c.text))
		f, ok := err.(*fault.Error)
		if !ok || f.Kind != fault.Invalid {
			t.Errorf("%s: %v", name, err)
			continue
		}
		found := c.path == "" && len(f.Fields) == 0
		for _, field := range f.Fields {
			found = found || field.Name == c.path
		}
		if !found {
			t.Errorf("%s: fields %v, want %q", name, f.Fields, c.path)
		}
	}
}

func TestDefaults_CanBeSaved(t *testing.T) {
	for _, k := range rules.Kinds {
		if err := rules.Defaults.Of(k).Check(); err != nil {
			t.Errorf("%s: %v", k, err)
		}
	}
}

// FuzzDecode: what is let in can be stored, read again as it was, and asked.
func FuzzDecode(f *testing.F) {
	for _, k := range rules.Kinds {
		text, _ := json.Marshal(rules.Defaults.Of(k))
		f.Add(string(k), text)
	}
	f.Add("opening", []byte(`{"lines":[{"classes":["hall"],"kinds":["","npo"],"months":[2],"before":3,"day":31,"minute":540,"lead":30}]}`))
	f.Add("draw", []byte(`{"lines":[{"before":3,"from":1,"until":10,"on":11,"wishes":5,"confirm":7,"source":"typed","what":"x","tiers":[{"resident":true}]}]}`))
	f.Fuzz(func(t *testing.T, kind string, text []byte) {
		body, err := rules.Decode(rules.Kind(kind), text)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("%v", err)
			}
			return
		}
		stored, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		back, err := rules.Decode(rules.Kind(kind), stored)
		if err != nil {
			t.Fatalf("%s was let in as %s and cannot be read: %v", text, stored, err)
		}
		b := rules.NewBook(rule(0, "2026-04-01", back))
		_, _ = b.Wish(rules.Place{Class: "hall"}, rules.Who{Kind: "npo"}, "", day("2027-02-28"))
		b.First(rules.Place{Class: "hall"}, day("2028-02-29"))
	})
}
