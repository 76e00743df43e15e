package office

import (
	"net/url"
	"slices"
	"testing"

	"kakehashi/domains/places/facility"
	"kakehashi/platform/i18n"
)

func TestParseBands_AsPeopleTypeThem(t *testing.T) {
	usual := UsualBands()
	for typed, want := range map[string][]facility.Band{
		"9:00-12:30\n13:00-16:30\n17:00-21:00":   usual,
		"９時〜12時半、13:00～16:30、17時-21時":            usual,
		"17:00-21:00, 9:00-12:30, 13:00 - 16:30": usual,
		"":                                       nil,
		"\n":                                     nil,
	} {
		if got, ok := parseBands(typed); !ok || !slices.Equal(got, want) {
			t.Errorf("parseBands(%q) = %v, %v", typed, got, ok)
		}
	}
	for _, typed := range []string{"9:00", "朝から", "9:00-", "-12:00", "9:00-25:00"} {
		if got, ok := parseBands(typed); ok {
			t.Errorf("parseBands(%q) = %v", typed, got)
		}
	}
}

// FuzzParseBands: what was read is written and read the same.
func FuzzParseBands(f *testing.F) {
	f.Add("9:00-12:30\n13:00-16:30")
	f.Add("９時〜12時半")
	f.Fuzz(func(t *testing.T, typed string) {
		bands, ok := parseBands(typed)
		if !ok {
			return
		}
		again, ok := parseBands(bandLines(bands))
		if !ok || !slices.Equal(again, bands) {
			t.Fatalf("%q is %v, written %q, read %v", typed, bands, bandLines(bands), again)
		}
	})
}

func TestReadFacility_KeepsWhatTheFormHasNot(t *testing.T) {
	was := facility.Facility{
		ID: 1, Version: 3, Code: "112038", Number: "0001", Opens: -1, Closes: -1,
		Access: map[string]string{"lift": "○", "dogs": "要相談"}, Extra: map[string]string{"元データID": "7"},
	}
	f, err := readFacility(url.Values{
		"name": {"青木公民館"}, "name.vi": {" Nhà văn hóa Aoki "}, "address": {"青木3-1"}, "access": {"lift", "toilet"}, "version": {"3"},
	}, was)
	if err != nil {
		t.Fatal(err)
	}
	if f.Name[i18n.Vi] != "Nhà văn hóa Aoki" || f.Code != "112038" || f.Extra["元データID"] != "7" || f.Access["lift"] != "○" ||
		!f.Has("toilet") || f.Access["dogs"] != "要相談" {
		t.Errorf("read as %+v", f)
	}
}
