package town

import (
	"testing"
)

func TestKawaguchi_IsWholeAndInPlace(t *testing.T) {
	towns := Kawaguchi()
	if len(towns) < 250 {
		t.Fatalf("%d towns, want all of them", len(towns))
	}
	for _, town := range towns {
		if town.Lat < 35.7 || town.Lat > 35.95 || town.Lng < 139.6 || town.Lng > 139.85 {
			t.Errorf("%s lies at %v, %v: not in Kawaguchi", town.Name, town.Lat, town.Lng)
		}
	}
}

func TestFind_TakesWhatPeopleWrite(t *testing.T) {
	for _, name := range []string{"大字芝", "芝", " 大字芝 "} {
		if got, ok := Find(name); !ok || got.Name != "大字芝" {
			t.Errorf("Find(%q) = %v, %v", name, got, ok)
		}
	}
	if got, ok := Find("どこにもない町"); ok {
		t.Errorf("Find found %v", got)
	}
}
