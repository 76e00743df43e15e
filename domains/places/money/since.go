package money

import (
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// Came is a payment with the thing that it paid for.
type Came struct {
	Entry  db.ID
	Kind   string // of the charge: OfReservation
	Source db.ID
}

// CameAfter lists the payments behind an entry, in their order, up to those made
// at the instant: who follows the ledger asks with a minute's distance, so that
// no entry of a slower transaction slips in before those already seen.
func CameAfter(tx *db.Tx, after db.ID, until time.Time, limit int) (_ []Came, err error) {
	defer fault.Wrap(&err, "money.CameAfter(%v)", after)
	return db.All(tx, func(c *Came) []any { return []any{&c.Entry, &c.Kind, &c.Source} },
		`SELECT e.id, c.kind, c.source_id FROM entries AS e JOIN charges AS c ON c.id = e.charge_id
		WHERE e.id > $1 AND e.kind = 'payment' AND e.made_at <= $2 ORDER BY e.id LIMIT $3`, after, db.Micros(until), limit)
}

// Newest returns the last entry of the ledger; 0 when it is empty.
func Newest(tx *db.Tx) (id db.ID, err error) {
	err = tx.Row(`SELECT COALESCE(MAX(id), 0) FROM entries`).Scan(&id)
	return id, err
}
