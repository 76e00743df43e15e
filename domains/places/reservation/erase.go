package reservation

import (
	"slices"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// MadeFor lists everything that was ever reserved for the person, the latest
// first.
func MadeFor(tx *db.Tx, person db.ID) (_ []Reservation, err error) {
	defer fault.Wrap(&err, "reservation.MadeFor(%v)", person)
	all, err := many(tx, `SELECT `+columns+` FROM reservations WHERE person_id = $1 ORDER BY starts_at, id`, person)
	slices.Reverse(all)
	return all, err
}

// Erase cancels what the person has to come for themselves alone, takes their
// name and words off what is past, and ends their calendar's address. What they
// answer for in a group's name stays with the group, and kept is then true.
func (s *Service) Erase(tx *db.Tx, person db.ID) (kept bool, err error) {
	defer fault.Wrap(&err, "reservation.Erase(%v)", person)
	all, err := MadeFor(tx, person)
	if err != nil {
		return false, err
	}
	for _, r := range all {
		if r.Group != 0 && (r.Open(tx.Now) || r.State == Offered) {
			kept = true
			continue
		}
		if r.Open(tx.Now) {
			if err := s.turn(tx, &r, Cancelled, ""); err != nil {
				return kept, err
			}
		}
		if r.State == Offered {
			if err := s.turn(tx, &r, Lapsed, ""); err != nil {
				return kept, err
			}
		}
		// The limit of a day counts for the person no longer either.
		if r.Group == 0 && r.Counts() {
			if err := uncount(tx, r.Holder(), r.Day()); err != nil {
				return kept, err
			}
		}
		was := r
		r.Person, r.Purpose, r.PublicTitle, r.Reason = 0, "", nil, ""
		if err := update(tx, &r); err != nil {
			return kept, err
		}
		if _, err := tx.Exec(`UPDATE reservations SET made_by = 0 WHERE id = $1`, r.ID); err != nil {
			return kept, err
		}
		if err := s.follow(tx, was, r); err != nil {
			return kept, err
		}
	}
	_, err = tx.Exec(`DELETE FROM calendar_links WHERE person_id = $1`, person)
	tx.Touch(Topic)
	return kept, err
}
