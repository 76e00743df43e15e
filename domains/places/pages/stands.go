package pages

import (
	"slices"

	"kakehashi/domains/places/facility"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
)

// stands says in sentences how a room stands to its neighbours: what it is a part
// of, what its parts are, and where loud use is in somebody's way.
func stands(loc *i18n.Localizer, snap *facility.Snapshot, r facility.Room) []string {
	names := func(ids []db.ID) string {
		var out []string
		for _, id := range ids {
			if other, ok := snap.Room(id); ok {
				out = append(out, loc.Text(other.Name))
			}
		}
		if len(out) == 0 {
			return ""
		}
		return loc.List(out)
	}
	var disturbs, disturbedBy []db.ID
	for _, id := range r.Bases() {
		base, _ := snap.Room(id)
		disturbs = append(disturbs, base.Disturbs...)
		disturbedBy = append(disturbedBy, base.DisturbedBy...)
	}
	own := func(id db.ID) bool { return slices.Contains(r.Bases(), id) }
	disturbs, disturbedBy = slices.DeleteFunc(disturbs, own), slices.DeleteFunc(disturbedBy, own)
	var out []string
	say := func(key, rooms string) {
		if rooms != "" {
			out = append(out, loc.T(key, "rooms", rooms))
		}
	}
	say("places.stands.part", names(r.PartOf))
	say("places.stands.whole", names(r.Parts))
	if r.Loud {
		say("places.stands.loud", names(disturbs))
	}
	say("places.stands.quiet", names(disturbedBy))
	return out
}
