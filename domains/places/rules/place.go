package rules

import "kakehashi/domains/places/facility"

// PlaceOf returns a room as rules see it.
func PlaceOf(r *facility.Room) Place {
	return Place{Facility: r.Facility, Room: r.ID, Class: r.Class}
}
