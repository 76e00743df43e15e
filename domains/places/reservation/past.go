package reservation

import (
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

const pastPage = 500 // rows read at once

// EachPast hands over the reservations for use of some days, whatever became of
// them, the latest first, until see returns false.
func EachPast(tx *db.Tx, from, until jp.Date, see func(Reservation) bool) (err error) {
	defer fault.Wrap(&err, "reservation.EachPast(%v, %v)", from, until)
	day, start, id := until.AddDays(1), int64(0), db.ID(0)
	for {
		some, err := many(tx, `SELECT `+columns+` FROM reservations
			WHERE day >= $1 AND (day, starts_at, id) < ($2, $3, $4) AND kind = 'use'
			ORDER BY day DESC, starts_at DESC, id DESC LIMIT $5`, from, day, start, id, pastPage)
		if err != nil {
			return err
		}
		for _, r := range some {
			if !see(r) {
				return nil
			}
			day, start, id = r.Day(), db.Micros(r.Span.Start), r.ID
		}
		if len(some) < pastPage {
			return nil
		}
	}
}
