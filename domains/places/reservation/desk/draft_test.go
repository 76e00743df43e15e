package desk

import (
	"net/url"
	"strings"
	"testing"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/ui"
)

func TestReadDraft_OnePressFillsTheTime(t *testing.T) {
	v := reservation.Vacancy{Room: 1 << 40, Span: quarter.On(jp.NewDate(2026, 11, 28), 780, 990)}
	d := readDraft(url.Values{"room": {"x"}, "day": {"2026-01-01"}, "from": {"1"}, "to": {"2"}, "purpose": {" お茶 "}, "slot": {slotValue(v)}})
	if d.Room != v.Room || d.span().Start != v.Span.Start || d.span().End != v.Span.End || d.Purpose != "お茶" {
		t.Errorf("%+v", d)
	}
	if d = readDraft(url.Values{"band": {"540-750"}}); d.From != 540 || d.To != 750 {
		t.Errorf("%+v", d)
	}
}

func TestDraft_CarriesEverythingButItsOwnStep(t *testing.T) {
	form := url.Values{"room": {db.ID(1 << 40).String()}, "day": {"2026-11-28"}, "from": {"540"}, "to": {"750"}, "for": {"me"}, "people": {"3"}, "purpose": {"合唱"}, "evil": {"x"}}
	d := readDraft(form)
	for _, s := range steps[:3] {
		got := url.Values{}
		for _, o := range d.carry(s) {
			got.Set(o.Label, o.Value)
		}
		for name := range form {
			own := name != "room" && strings.Contains(" "+strings.Join(fieldsOf[s], " ")+" ", " "+name+" ")
			if got.Has(name) == (own || name == "evil") {
				t.Errorf("step %s, field %s: %v", s, name, got)
			}
		}
	}
	back, err := url.Parse(d.back(stepWho))
	if err != nil || back.Query().Get("purpose") != "合唱" || back.Query().Get("step") != stepWho {
		t.Errorf("%v, %v", back, err)
	}
}

func TestBands_OfferRunsThatAreFree(t *testing.T) {
	room := facility.Room{Bands: []facility.Band{{From: 540, To: 750}, {From: 780, To: 990}, {From: 1020, To: 1260}}}
	var got []string
	for _, b := range bands(t.Context(), room, quarter.Between(780, 990), quarter.Bits{}) {
		got = append(got, b.Value+b.State.Sign())
	}
	if s := strings.Join(got, " "); s != "540-750○ 780-990× 1020-1260○" {
		t.Error(s)
	}
	if all := bands(t.Context(), room, quarter.Bits{}, quarter.Bits{}); len(all) != 6 || all[5].State != ui.Free {
		t.Errorf("%+v", all)
	}
}

// FuzzReadDraft feeds forms that nobody sane would send.
func FuzzReadDraft(f *testing.F) {
	f.Add("room=0sap93rcvc0tc&day=2026-12-02&from=1020&to=1260&for=me&people=8&purpose=x&public=on&title=y&every=weekly&until=R8.12.24&times=3")
	f.Add("slot=a_b_c_d&band=1-2&step=when&day=9999999999&from=-99999999999999999999&to=999999")
	f.Fuzz(func(t *testing.T, query string) {
		form, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		d := readDraft(form)
		back, err := url.Parse(d.back(stepWhat))
		if err != nil || !strings.HasPrefix(back.Path, "/reservations/new") {
			t.Fatalf("leads to %q, %v", back, err)
		}
		again := readDraft(back.Query())
		if again.Room != d.Room || again.Day != d.Day || again.From != d.From || again.Purpose != d.Purpose || again.rule() != d.rule() {
			t.Fatalf("%+v became %+v", d, again)
		}
		wish := d.wish(7, i18n.Vi)
		if err := reservation.DefaultLimits.Check(wish, facility.Room{Capacity: 20, Opens: 540, Closes: 1260}, nil, jp.NewDate(2026, 11, 1).At(0)); err == nil && !wish.Span.Whole() {
			t.Fatalf("let through %+v", wish)
		}
	})
}
