package letter_test

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/letter"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/ui"
)

// notice is one that has something in every field.
func notice() reservation.Notice {
	day := jp.NewDate(2026, time.December, 5)
	return reservation.Notice{
		ID: 1 << 40, Receipt: "K7Q-2MD", Room: i18n.Text{i18n.Ja: "会議室1", i18n.Vi: "Phòng họp 1"}, Place: i18n.Text{i18n.Ja: "市民パートナーステーション"},
		Address: "川口1-1-1", Phone: "048-227-7633", Start: db.Micros(day.At(9 * 60)), End: db.Micros(day.At(12 * 60)),
		Purpose: "健康相談", Headcount: 12, Reason: "台風のため", Sequence: 3, Until: db.Micros(day.At(0)),
		More:    []reservation.Slot{{ID: 5, Receipt: "AAA-AAA", Start: db.Micros(day.At(13 * 60)), End: db.Micros(day.At(15 * 60))}},
		Skipped: []reservation.Skip{{Day: day, Key: reservation.SkipTaken}},
	}
}

func TestKinds_InEveryLanguage(t *testing.T) {
	n := notice()
	data, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	catalog := i18n.NewCatalog(reservation.Messages(), ui.Messages())
	for _, k := range letter.Kinds("https://city.example") {
		for _, l := range i18n.Langs {
			loc := catalog.For(l)
			ctx := i18n.With(context.Background(), loc)
			c, err := k.Render(ctx, loc, data)
			if err != nil {
				t.Fatal(err)
			}
			var page strings.Builder
			if err := c.Paper.Render(ctx, &page); err != nil {
				t.Fatal(err)
			}
			all := c.Subject + c.Text + page.String() + string(c.Attachments[0].Data)
			if strings.Contains(all, "⟦") || !strings.Contains(c.Text, n.Receipt) || !strings.Contains(page.String(), "<svg") {
				t.Errorf("%s in %s:\n%s\n%s", k.Name, l, c.Subject, c.Text)
			}
			if !strings.Contains(c.Text, "https://city.example"+reservation.Path(n.ID)) {
				t.Errorf("%s in %s leads nowhere:\n%s", k.Name, l, c.Text)
			}
			wantMethod := "PUBLISH"
			if slices.Contains([]string{"places.cancelled", "places.refused", "places.lapsed", "places.displaced"}, k.Name) {
				wantMethod = "CANCEL"
			}
			if c.Attachments[0].Method != wantMethod {
				t.Errorf("%s: method %s", k.Name, c.Attachments[0].Method)
			}
			if l == i18n.Ja && !strings.Contains(page.String(), "<rt>") {
				t.Errorf("%s: no readings on paper", k.Name)
			}
		}
	}
}

// A calendar must not take a letter that is sent again for a newer one.
func TestKinds_RenderedAgainIsTheSame(t *testing.T) {
	data, err := json.Marshal(notice())
	if err != nil {
		t.Fatal(err)
	}
	loc := i18n.NewCatalog(reservation.Messages(), ui.Messages()).For(i18n.Ja)
	for _, k := range letter.Kinds("https://city.example") {
		one, err := k.Render(t.Context(), loc, data)
		if err != nil {
			t.Fatal(err)
		}
		two, err := k.Render(t.Context(), loc, data)
		if err != nil {
			t.Fatal(err)
		}
		if one.Text != two.Text || !bytes.Equal(one.Attachments[0].Data, two.Attachments[0].Data) {
			t.Errorf("%s is another each time", k.Name)
		}
	}
}

// What is not known is not said: no label stands without a value.
func TestFacts_LeaveOutWhatIsEmpty(t *testing.T) {
	n := notice()
	n.Address, n.Phone, n.Reason = "", "", ""
	loc := i18n.NewCatalog(reservation.Messages(), ui.Messages()).For(i18n.Ja)
	for _, f := range letter.Of(n, "reserved", "").Facts(loc) {
		if f.Value == "" || f.Key == "reservation.field.until" {
			t.Errorf("%+v", f)
		}
	}
}
