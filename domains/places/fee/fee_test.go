package fee_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/fee"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
	"kakehashi/platform/i18n"
)

var (
	wednesday = jp.NewDate(2026, time.December, 2)
	saturday  = jp.NewDate(2026, time.December, 5)
	bands     = []facility.Band{{From: 540, To: 750}, {From: 780, To: 990}, {From: 1020, To: 1260}}
	hall      = fee.Room{ID: 1, Class: "hall", Fee: 1000, Bands: bands, Opens: 540, Closes: 1260}
	studio    = fee.Room{ID: 2, Class: "studio", Fee: 300, Opens: 540, Closes: 1260}
	ja        = func(s string) i18n.Text { return i18n.Text{i18n.Ja: s} }
)

// tariff is that of a hall as most cities have it.
var tariff = rules.Fees{
	Base: []rules.Base{
		{Classes: []string{"hall"}, From: 540, To: 1260, Days: "weekend", Yen: 30_000},
		{Classes: []string{"hall"}, From: 540, To: 1260, Yen: 25_000},
		{Classes: []string{"hall"}, From: 540, To: 750, Yen: 8_000},
		{Classes: []string{"hall"}, From: 780, To: 990, Yen: 9_000},
		{Classes: []string{"hall"}, From: 1020, To: 1260, Yen: 12_000},
		{Classes: []string{"studio"}, Yen: 505},
	},
	Surcharges: []rules.Surcharge{
		{When: "admission", Percent: 50}, {When: "admission", Over: 1000, Percent: 100},
		{When: "commercial", Percent: 100}, {When: "admission_commercial", Percent: 200},
		{When: "after_hours", Percent: 30}, {When: "outside", Percent: 50}, {When: "weekend", Percent: 20},
	},
	Extras: []rules.Extra{
		{Key: "heating", Name: ja("暖房"), Months: []int{11, 12, 1, 2, 3}, Always: true, Per: "hour", Yen: 300, Classes: []string{"hall"}},
		{Key: "piano", Name: ja("ピアノ"), Per: "band", Yen: 2_000, Classes: []string{"hall"}},
		{Key: "mic", Name: ja("マイク"), Per: "use", Yen: 400, Most: 4},
	},
}

func TestWork(t *testing.T) {
	local := rules.Who{Kind: "civic", Resident: true}
	npo := rules.Reductions{Lines: []rules.Reduction{
		{Name: ja("半額"), Kinds: []string{"npo"}, Percent: 50},
		{Name: ja("子ども"), Uses: []rules.Use{"child"}, Percent: 100, Extras: true},
	}}
	for name, c := range map[string]struct {
		room  fee.Room
		days  []fee.Day
		who   rules.Who
		asked rules.Asked
		keys  []string
		yen   []int64
	}{
		"a band on a weekday, with heating": {hall, []fee.Day{{wednesday, 540, 750}}, local, rules.Asked{},
			[]string{"band", "extra_hour"}, []int64{8000, 1200}},
		"the whole day goes before its bands": {hall, []fee.Day{{wednesday, 540, 1260}}, local, rules.Asked{},
			[]string{"band", "extra_hour"}, []int64{25000, 3600}},
		"two bands and the break between them": {hall, []fee.Day{{wednesday, 540, 990}}, local, rules.Asked{},
			[]string{"band", "band", "extra_hour"}, []int64{8000, 9000, 2400}},
		"a Saturday has its own price and its surcharge": {hall, []fee.Day{{saturday, 540, 1260}}, local, rules.Asked{},
			[]string{"band", "weekend", "extra_hour"}, []int64{30000, 6000, 3600}},
		"dear tickets": {hall, []fee.Day{{wednesday, 540, 750}}, local, rules.Asked{Admission: 1500},
			[]string{"band", "admission", "extra_hour"}, []int64{8000, 8000, 1200}},
		"cheap tickets": {hall, []fee.Day{{wednesday, 540, 750}}, local, rules.Asked{Admission: 1000},
			[]string{"band", "admission", "extra_hour"}, []int64{8000, 4000, 1200}},
		"tickets and a stall": {hall, []fee.Day{{wednesday, 540, 750}}, local, rules.Asked{Admission: 500, Commercial: true},
			[]string{"band", "admission_commercial", "extra_hour"}, []int64{8000, 16000, 1200}},
		"from outside, with a piano and too many microphones": {hall, []fee.Day{{wednesday, 540, 990}}, rules.Who{}, rules.Asked{Extras: map[string]int{"piano": 1, "mic": 9}},
			[]string{"band", "band", "outside", "extra_hour", "extra_band", "extra_use"}, []int64{8000, 9000, 8500, 2400, 4000, 1600}},
		"an npo pays half of the use, not of the heating": {hall, []fee.Day{{wednesday, 540, 750}}, rules.Who{Kind: "npo", Resident: true}, rules.Asked{},
			[]string{"band", "extra_hour", "reduction"}, []int64{8000, 1200, -4000}},
		"children pay nothing at all": {hall, []fee.Day{{wednesday, 540, 750}}, rules.Who{Kind: "npo", Resident: true}, rules.Asked{Use: "child"},
			[]string{"band", "extra_hour", "reduction"}, []int64{8000, 1200, -9200}},
		"hours begun, after hours, rounded down to ten": {studio, []fee.Day{{wednesday, 1200, 1350}}, local, rules.Asked{},
			[]string{"hour", "after_hours"}, []int64{1515, 270}},
		"a room without a rule has its own fee": {fee.Room{ID: 3, Class: "tatami", Fee: 700, Bands: bands}, []fee.Day{{wednesday, 540, 990}}, local, rules.Asked{},
			[]string{"band", "band"}, []int64{700, 700}},
		"and by the hour where it has no bands": {fee.Room{ID: 4, Fee: 300, Opens: 0, Closes: 1440}, []fee.Day{{wednesday, 600, 690}}, local, rules.Asked{},
			[]string{"hour"}, []int64{600}},
		"over midnight": {studio, []fee.Day{{wednesday, 1320, 1440}, {wednesday.AddDays(1), 0, 60}}, local, rules.Asked{},
			[]string{"hour", "hour", "after_hours"}, []int64{1010, 505, 450}},
	} {
		t.Run(name, func(t *testing.T) {
			w := fee.Work(fee.Input{Rules: tariff, Reductions: npo, Room: c.room, Days: c.days, Who: c.who, Asked: c.asked})
			var keys []string
			var yen []int64
			for _, l := range w.Lines {
				keys, yen = append(keys, l.Key), append(yen, l.Yen)
			}
			if !slices.Equal(keys, c.keys) || !slices.Equal(yen, c.yen) {
				t.Errorf("Work() = %v %v, want %v %v", keys, yen, c.keys, c.yen)
			}
		})
	}
}

func TestAsk(t *testing.T) {
	in := fee.Input{Rules: tariff, Room: hall, Days: []fee.Day{{wednesday, 540, 750}}}
	q := fee.Ask(in, false)
	if q.Use || !q.Admission || !q.Commercial || len(q.Extras) != 2 {
		t.Errorf("Ask(hall) = %+v", q)
	}
	if q := fee.Ask(fee.Input{Room: hall}, false); !q.None() {
		t.Errorf("Ask() of a city without rules = %+v, want nothing", q)
	}
}

// input draws a wish and rules for it.
func input(t *rapid.T) fee.Input {
	room := rapid.SampledFrom([]fee.Room{hall, studio, {ID: 9, Fee: 450, Opens: 480, Closes: 1200}}).Draw(t, "room")
	var days []fee.Day
	for i := range rapid.IntRange(1, 3).Draw(t, "days") {
		from := 15 * rapid.IntRange(0, 94).Draw(t, "from")
		days = append(days, fee.Day{Date: wednesday.AddDays(i), From: from, To: 15 * rapid.IntRange(from/15+1, 96).Draw(t, "to")})
	}
	in := fee.Input{
		Room: room, Days: days,
		Who: rules.Who{Kind: rapid.SampledFrom([]string{"", "npo", "civic"}).Draw(t, "kind"), Resident: rapid.Bool().Draw(t, "resident")},
		Asked: rules.Asked{Use: rapid.SampledFrom(rules.Uses).Draw(t, "use"), Admission: rapid.Int64Range(0, 5000).Draw(t, "admission"),
			Commercial: rapid.Bool().Draw(t, "commercial"), Extras: map[string]int{"a": rapid.IntRange(-1, 5).Draw(t, "extra")}},
	}
	for range rapid.IntRange(0, 5).Draw(t, "bases") {
		b := rules.Base{Yen: rapid.Int64Range(0, 50_000).Draw(t, "yen"), Days: rapid.SampledFrom([]string{"", "weekday", "weekend"}).Draw(t, "of")}
		if rapid.Bool().Draw(t, "band") {
			b.From = 15 * rapid.IntRange(0, 94).Draw(t, "bfrom")
			b.To = 15 * rapid.IntRange(b.From/15+1, 96).Draw(t, "bto")
		}
		in.Rules.Base = append(in.Rules.Base, b)
	}
	for range rapid.IntRange(0, 5).Draw(t, "surcharges") {
		in.Rules.Surcharges = append(in.Rules.Surcharges, rules.Surcharge{
			When: rapid.SampledFrom([]string{"admission", "commercial", "admission_commercial", "after_hours", "outside", "weekend"}).Draw(t, "when"),
			Over: rapid.Int64Range(0, 3000).Draw(t, "over"), Percent: rapid.IntRange(-10, 300).Draw(t, "percent"),
		})
	}
	in.Rules.Extras = []rules.Extra{{Key: "a", Per: rapid.SampledFrom([]string{"use", "band", "hour"}).Draw(t, "per"),
		Yen: rapid.Int64Range(0, 900).Draw(t, "extra yen"), Most: rapid.IntRange(0, 3).Draw(t, "most"), Always: rapid.Bool().Draw(t, "always")}}
	in.Rules.Round = rapid.SampledFrom([]int64{0, 1, 10, 100}).Draw(t, "round")
	for range rapid.IntRange(0, 3).Draw(t, "reductions") {
		in.Reductions.Lines = append(in.Reductions.Lines, rules.Reduction{Percent: rapid.IntRange(0, 100).Draw(t, "off"), Extras: rapid.Bool().Draw(t, "all")})
	}
	return in
}

func TestWork_Properties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := input(t)
		w := fee.Work(in)
		sum := int64(0)
		for _, l := range w.Lines {
			sum += l.Yen
			if l.Yen < 0 && l.Key != fee.Reduction {
				t.Fatalf("%+v is negative", l)
			}
		}
		if w.Total < 0 || w.Total != sum {
			t.Fatalf("total %d, sum of lines %d", w.Total, sum)
		}
		more := in
		more.Reductions.Lines = slices.Clone(in.Reductions.Lines)
		for i := range more.Reductions.Lines {
			more.Reductions.Lines[i].Percent = rapid.IntRange(more.Reductions.Lines[i].Percent, 100).Draw(t, "more")
		}
		more.Reductions.Lines = append(more.Reductions.Lines, rules.Reduction{Percent: rapid.IntRange(0, 100).Draw(t, "another")})
		if got := fee.Work(more); got.Total > w.Total {
			t.Fatalf("more reduction costs %d, less %d", got.Total, w.Total)
		}
		// What does not fit may stand anywhere.
		other := in
		seed := rapid.Uint64().Draw(t, "seed")
		r := rand.New(rand.NewPCG(seed, seed))
		other.Rules.Base = slices.Insert(slices.Clone(in.Rules.Base), r.IntN(len(in.Rules.Base)+1), rules.Base{Room: 77, Yen: 1}, rules.Base{Classes: []string{"none"}, Yen: 1})
		other.Rules.Extras = slices.Insert(slices.Clone(in.Rules.Extras), r.IntN(len(in.Rules.Extras)+1), rules.Extra{Key: "b", Classes: []string{"none"}, Always: true, Yen: 5})
		other.Reductions.Lines = slices.Insert(slices.Clone(in.Reductions.Lines), r.IntN(len(in.Reductions.Lines)+1), rules.Reduction{Kinds: []string{"none"}, Percent: 100})
		if got := fee.Work(other); got.Total != w.Total || len(got.Lines) != len(w.Lines) {
			t.Fatalf("rules that do not fit changed %d to %d", w.Total, got.Total)
		}
	})
}
