package desk

import (
	"net/url"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"kakehashi/domains/places/rules"
	"kakehashi/engines/draw"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// samples have a value in every field that a form asks for.
var samples = []rules.Body{
	rules.Access{Kinds: []string{"npo", "civic"}, Alone: true, Members: 5, Percent: 50, PerDay: 2, PerMonth: 8},
	rules.Opening{Lines: []rules.OpeningLine{
		{Classes: []string{"hall"}, Kinds: []string{"", "npo"}, Uses: []rules.Use{"event"}, Months: []int{2, 12}, Before: 3, Day: 20, Minute: 540, Lead: 1440},
		{Before: 2},
	}},
	rules.Draw{Lines: []rules.DrawLine{{
		Classes: []string{"hall"}, Before: 3, From: 1, Until: 10, On: 11, Entries: 3, Wins: 2, Wishes: 5, Sets: true, Confirm: 7,
		Tiers: []rules.Tier{{Resident: true}, {Kinds: []string{"npo"}}}, Source: draw.Typed, What: "第999回ロト6", Wait: 12, Overlap: 50,
	}, {Before: 2, From: 1, Until: 5, On: 6, Wishes: 3, Confirm: 5, Mode: draw.Ranks, Source: draw.Entrants}}},
	rules.Fees{
		Base:       []rules.Base{{Room: 99, From: 540, To: 750, Days: "weekend", Yen: 3000}, {Classes: []string{"gym"}, Yen: 600}},
		Surcharges: []rules.Surcharge{{When: "admission", Over: 1000, Percent: 100}, {When: "outside", Percent: 50}},
		Extras:     []rules.Extra{{Key: "heating", Name: i18n.Text{i18n.Ja: "暖房", i18n.En: "Heating"}, Classes: []string{"hall"}, Months: []int{11, 1}, Always: true, Per: "band", Yen: 500, Most: 2}},
		Round:      100,
	},
	rules.Reductions{Lines: []rules.Reduction{{Name: i18n.Text{i18n.Ja: "福祉"}, Kinds: []string{"npo"}, Uses: []rules.Use{"welfare"}, Percent: 50, Extras: true}}},
	rules.Payment{Within: 14, Before: 3, Lapse: true, Methods: []string{"counter", "bank"}, Bank: "かけはし銀行"},
	rules.Refunds{Tiers: []rules.Refund{{Days: 30, Percent: 100}, {Days: 7, Percent: 50}}},
	rules.Penalties{NoShow: 3, Late: 1, LateDays: 3, Unconfirmed: 1, Limit: 5, Window: 12, Months: 3, Release: 30},
	rules.Reopening{Hold: 48, RestFrom: 4, RestTo: 72, DayFrom: 540, DayTo: 1200, Ahead: 48},
}

func TestValues_AFormIsItsBody(t *testing.T) {
	if len(samples) != len(rules.Kinds) {
		t.Fatalf("%d samples of %d kinds", len(samples), len(rules.Kinds))
	}
	for _, body := range samples {
		v, err := valuesOf(body)
		if err != nil {
			t.Fatal(err)
		}
		back, err := bodyOf(body.Kind(), v)
		if err != nil {
			t.Errorf("%s: %v from %v", body.Kind(), err, v)
			continue
		}
		if !reflect.DeepEqual(back, body) {
			t.Errorf("%s\nwas %+v\nis  %+v", body.Kind(), body, back)
		}
	}
}

// What holds where nothing is decided can be opened in a form and saved.
func TestValues_Defaults(t *testing.T) {
	for _, k := range rules.Kinds {
		v, err := valuesOf(rules.Defaults.Of(k))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := bodyOf(k, v); err != nil {
			t.Errorf("%s: %v", k, err)
		}
	}
}

func TestRows_DropOneAndTheOthersStay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := url.Values{"note": {"x"}}
		var want []string
		for range rapid.IntRange(1, 12).Draw(t, "rows") {
			at := "lines." + string(rune('0'+len(want)%10))
			if len(want) >= 10 {
				break
			}
			addRow(v, "lines")
			text := rapid.StringMatching(`[a-z]{1,4}`).Draw(t, "text")
			v.Set(at+".what", text)
			v.Set(at+".tiers.0"+rowField, "1")
			want = append(want, text)
		}
		drop := rapid.IntRange(0, len(want)-1).Draw(t, "drop")
		dropRow(v, "lines."+string(rune('0'+drop)))
		want = append(want[:drop:drop], want[drop+1:]...)
		if got := rowsOf(v, "lines"); got != len(want) {
			t.Fatalf("%d rows, want %d", got, len(want))
		}
		for i, text := range want {
			at := "lines." + string(rune('0'+i))
			if v.Get(at+".what") != text || rowsOf(v, at+".tiers") != 1 {
				t.Fatalf("row %d is %q, want %q", i, v.Get(at+".what"), text)
			}
		}
		if v.Get("note") != "x" {
			t.Fatal("another field went too")
		}
	})
}

// FuzzForm: no form makes the reader of forms fall, and what it lets in holds.
func FuzzForm(f *testing.F) {
	for _, body := range samples {
		v, _ := valuesOf(body)
		f.Add(string(body.Kind()), v.Encode())
	}
	f.Add("opening", "lines.0.row=1&lines.0.before=%EF%BC%93&lines.0.lead=1,440")
	f.Fuzz(func(t *testing.T, kind, query string) {
		v, err := url.ParseQuery(query)
		k, ok := rules.ParseKind(kind)
		if err != nil || !ok {
			return
		}
		body, err := bodyOf(k, v)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			return
		}
		again, err := valuesOf(body)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := bodyOf(k, again); err != nil {
			t.Fatalf("%v is let in and its own form is not: %v", v, err)
		}
		addRow(v, "lines")
		dropRow(v, "lines.0")
	})
}
