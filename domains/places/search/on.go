package search

import (
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/module"
)

// OnAt returns what is on at a facility that anybody may come to: its live
// reservations with a public title that end after from and start before until,
// in order of start.
func OnAt(tx *db.Tx, facility db.ID, from, until time.Time, limit int) (_ []module.Happening, err error) {
	defer fault.Wrap(&err, "search.OnAt(%v)", facility)
	type row struct {
		module.Happening
		starts, ends int64
	}
	rows, err := db.All(tx, func(r *row) []any { return []any{&r.ID, &r.Programme, &r.starts, &r.ends, &r.Title, &r.Where} },
		`SELECT v.id, v.programme_id, v.starts_at, v.ends_at, v.public_title, r.name
		 FROM rooms r JOIN reservations v ON v.room_id = r.id
		 WHERE r.facility_id = $1 AND v.public_title <> '{}' AND v.ends_at > $2 AND v.starts_at < $3 AND v.state = 'confirmed'
		 ORDER BY v.starts_at, v.id LIMIT $4`, facility, from, until, limit)
	out := make([]module.Happening, len(rows))
	for i, r := range rows {
		h := r.Happening
		h.Start, h.End, h.Field = db.Time(r.starts), db.Time(r.ends), "place"
		h.Path = "/reservations/" + h.ID.String() + "/public"
		out[i] = h
	}
	return out, err
}
