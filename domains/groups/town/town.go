// Package town knows the towns (町丁・字) of the city and how far they lie
// apart.
//
// The names and positions are facts taken from geolonia/japanese-addresses,
// CC BY 4.0.
package town

import (
	_ "embed"
	"encoding/csv"
	"strconv"
	"strings"
	"sync"

	"kakehashi/engines/jp"
)

// Town is one 町丁・字 with the position of its middle, in degrees WGS 84.
type Town struct {
	Name     string
	Lat, Lng float64
}

//go:embed kawaguchi.csv
var kawaguchi string

// Kawaguchi returns the towns of Kawaguchi City in the order of the source. The
// slice is shared: do not change it.
var Kawaguchi = sync.OnceValue(func() []Town {
	rows, err := csv.NewReader(strings.NewReader(kawaguchi)).ReadAll()
	if err != nil {
		panic("town: kawaguchi.csv: " + err.Error())
	}
	out := make([]Town, 0, len(rows)-1)
	for _, r := range rows[1:] {
		lat, err1 := strconv.ParseFloat(r[1], 64)
		lng, err2 := strconv.ParseFloat(r[2], 64)
		if err1 != nil || err2 != nil {
			panic("town: kawaguchi.csv: position of " + r[0])
		}
		out = append(out, Town{Name: r[0], Lat: lat, Lng: lng})
	}
	return out
})

// Find returns the town of that name, written in any width and with or without
// 大字 before it.
func Find(name string) (Town, bool) {
	want := fold(name)
	for _, t := range Kawaguchi() {
		if fold(t.Name) == want {
			return t, true
		}
	}
	return Town{}, false
}

func fold(name string) string { return strings.TrimPrefix(jp.Fold(name), "大字") }
