package money

import (
	"strings"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/receipt"
)

// PageSize is how many charges a list shows.
const PageSize = 50

// Key is where a page of charges begins: behind this one.
type Key struct {
	Day jp.Date
	ID  db.ID
}

// String is the key as it stands in an address.
func (k Key) String() string { return k.Day.String() + "_" + k.ID.String() }

// ParseKey reads a key; the zero key begins at the beginning.
func ParseKey(s string) Key {
	day, id, _ := strings.Cut(s, "_")
	var k Key
	k.Day, _ = jp.ParseDate(day)
	k.ID, _ = db.ParseID(id)
	return k
}

// Filter selects charges of an office.
type Filter struct {
	Office db.ID
	State  State // "": those still due
	Back   bool  // those of which something is to be given back
	After  Key
}

// List lists an office's charges of one state, the earliest due first.
func List(tx *db.Tx, f Filter) (_ []Charge, err error) {
	defer fault.Wrap(&err, "money.List(%+v)", f)
	if f.State == "" {
		f.State = Due
	}
	if f.Back {
		return charges(tx, `SELECT `+chargeColumns+` FROM charges WHERE office_id = $1 AND paid > total
			AND (due_day > $2 OR due_day = $2 AND id > $3) ORDER BY due_day, id LIMIT $4`,
			f.Office, f.After.day(), f.After.ID, PageSize)
	}
	return charges(tx, `SELECT `+chargeColumns+` FROM charges WHERE office_id = $1 AND state = $2
		AND (due_day > $3 OR due_day = $3 AND id > $4) ORDER BY due_day, id LIMIT $5`,
		f.Office, f.State, f.After.day(), f.After.ID, PageSize)
}

// day is the key's day as text, "" before all days.
func (k Key) day() string {
	if k.Day.IsZero() {
		return ""
	}
	return k.Day.String()
}

func charges(tx *db.Tx, q string, args ...any) ([]Charge, error) {
	rows, err := db.All(tx, (*chargeRow).dest, q, args...)
	out := make([]Charge, len(rows))
	for i := range rows {
		out[i] = rows[i].charge()
	}
	return out, err
}

// Find returns the office's charges that somebody means by what they say: a
// reference or the receipt of a reservation.
func Find(tx *db.Tx, office db.ID, words string) (_ []Charge, err error) {
	defer fault.Wrap(&err, "money.Find(%v)", office)
	if ref, ok := ParseReference(words); ok {
		return charges(tx, `SELECT `+chargeColumns+` FROM charges WHERE reference = $1 AND office_id = $2`, ref, office)
	}
	if number, ok := receipt.Parse(words); ok {
		return charges(tx, `SELECT `+chargeColumns+` FROM charges WHERE receipt = $1 AND office_id = $2`, number, office)
	}
	return nil, nil
}

// mostNamed is how many open charges a search by name looks through.
const mostNamed = 2000

// Open lists the charges of the office that still wait for money, in or out, for
// a search by name.
func Open(tx *db.Tx, office db.ID) (_ []Charge, err error) {
	defer fault.Wrap(&err, "money.Open(%v)", office)
	return charges(tx, `SELECT `+chargeColumns+` FROM charges WHERE office_id = $1 AND state = 'due' ORDER BY due_day, id LIMIT $2`, office, mostNamed)
}

// Sums are what an office's list tells above itself.
type Sums struct {
	Due, DueYen   int64 // charges, and what they still owe
	Late          int64 // of them past their day
	Back, BackYen int64 // to be given back
}

// SumsOf counts an office's open money.
func SumsOf(tx *db.Tx, office db.ID, today jp.Date) (s Sums, err error) {
	defer fault.Wrap(&err, "money.SumsOf(%v)", office)
	if err := tx.Row(`SELECT COUNT(*), COALESCE(SUM(total - paid), 0), COALESCE(SUM(CASE WHEN due_day < $2 THEN 1 ELSE 0 END), 0)
		FROM charges WHERE office_id = $1 AND state = 'due'`, office, today).Scan(&s.Due, &s.DueYen, &s.Late); err != nil {
		return s, err
	}
	err = tx.Row(`SELECT COUNT(*), COALESCE(SUM(paid - total), 0) FROM charges WHERE office_id = $1 AND paid > total`, office).Scan(&s.Back, &s.BackYen)
	return s, err
}
