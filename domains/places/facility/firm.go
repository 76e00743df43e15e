package facility

import (
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// HoldLayout returns the room's Layout, which stays until the transaction ends:
// a clerk who changes how the facility's rooms stand to one another waits for it,
// and it for the clerk. It is for writes; NotFound when there is no such room.
func HoldLayout(tx *db.Tx, room db.ID) (_ int64, err error) {
	defer fault.Wrap(&err, "facility.HoldLayout(%v)", room)
	q := `SELECT layout FROM rooms WHERE id = $1`
	if tx.Engine() == db.Postgres {
		q += ` FOR SHARE` // SQLite writes one transaction at a time
	}
	type row struct{ layout int64 }
	r, err := db.One(tx, func(r *row) []any { return []any{&r.layout} }, q, room)
	return r.layout, err
}

// RaiseLayout says that the facility's rooms, or (0) all rooms, have other cells
// or other days of cells from now on. Whoever holds a Layout of theirs is waited
// for, and nobody else gets one until the transaction ends.
func RaiseLayout(tx *db.Tx, facility db.ID) (err error) {
	defer fault.Wrap(&err, "facility.RaiseLayout(%v)", facility)
	_, err = tx.Exec(`UPDATE rooms SET layout = layout + 1 WHERE facility_id = $1 OR CAST($1 AS BIGINT) = 0`, facility)
	return err
}
