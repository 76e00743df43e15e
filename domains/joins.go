package domains

import (
	"kakehashi/domains/groups/town"
	"kakehashi/domains/people"
	"kakehashi/domains/places"
	"kakehashi/domains/programmes"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// ageToBook is from which age a person may book a room on their own.
const ageToBook = 18

// mayBookAlone lets everybody but children book for themselves; an unknown age
// is an adult's, since only those who came through a guardian are known to be
// children.
func mayBookAlone(p *people.People) func(tx *db.Tx, person db.ID) error {
	return func(tx *db.Tx, person db.ID) error {
		age, err := p.PersonAge(tx, person)
		if err == nil && age >= 0 && age < ageToBook {
			err = fault.New(fault.Denied, "reservation.error.child")
		}
		return err
	}
}

// programmeOf returns the id of the programme with the slug, or 0 where the
// city has none of that name.
func programmeOf(p *programmes.Programmes, slug string) func(tx *db.Tx) (db.ID, error) {
	return func(tx *db.Tx) (db.ID, error) {
		found, err := p.ProgrammeBySlug(tx, slug)
		if fault.Is(err, fault.NotFound) {
			return 0, nil
		}
		return found.ID, err
	}
}

// towns are the towns of the city for a menu.
func towns(*db.Tx) ([]places.Town, error) {
	all := town.Kawaguchi()
	out := make([]places.Town, len(all))
	for i, t := range all {
		out[i] = places.Town{Name: t.Name, Lat: t.Lat, Lng: t.Lng}
	}
	return out, nil
}

// townDistance is how far two towns are from each other.
func townDistance(a, b string) (metres int64, ok bool) {
	from, ok1 := town.Find(a)
	to, ok2 := town.Find(b)
	if !ok1 || !ok2 {
		return 0, false
	}
	return int64(town.Metres(from.Lat, from.Lng, to.Lat, to.Lng)), true
}
