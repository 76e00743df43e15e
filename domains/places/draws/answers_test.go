package draws_test

import (
	"reflect"
	"testing"

	"kakehashi/domains/places/draws"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/platform/db"
)

// TestEnter_WhatTheFeeDependsOn: what was answered, and changed, stands with the
// offer.
func TestEnter_WhatTheFeeDependsOn(t *testing.T) {
	each(t, nil, func(t *testing.T, h *house) {
		h.at(t, 1, 1)
		said := rules.Asked{Use: "music", Admission: 1500, Commercial: true, Extras: map[string]int{"piano": 1}}
		e := h.must(t, 1, wish(h.east, 1, 0, 0))
		e.Asked = said
		e.Asked.Use = "gambling"
		if _, err := h.x.Enter(t.Context(), db.Actor{Person: e.Person}, e); key(err) != "draws.error.asked" {
			t.Errorf("a use that is none: %v", err)
		}
		e.Asked = said
		if _, err := h.x.Enter(t.Context(), db.Actor{Person: e.Person}, e); err != nil {
			t.Fatal(err)
		}
		for _, at := range [][2]int{{11, 1}, {11, 720}, {11, 1080}} {
			h.at(t, at[0], at[1])
		}
		h.type2(t, h.draw(t).ID)
		h.at(t, 11, 1085)
		h.read(t, func(tx *db.Tx) error {
			won, err := draws.GetEntry(tx, e.ID)
			if err != nil {
				return err
			}
			r, err := reservation.Get(tx, won.Reservation)
			if !reflect.DeepEqual(r.Asked, said) {
				t.Errorf("the offer says %+v", r.Asked)
			}
			return err
		})
	})
}
