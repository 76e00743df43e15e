package reservation

import (
	"cmp"
	"encoding/json"

	"kakehashi/domains/places/quarter"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// count adds one reservation to what the holder has on the day, unless that
// would be more than most.
func count(tx *db.Tx, holder db.ID, day jp.Date, most int) (ok bool, err error) {
	n, err := tx.Exec(`INSERT INTO holder_days (holder_id, day, held) VALUES ($1, $2, 1)
		ON CONFLICT (holder_id, day) DO UPDATE SET held = holder_days.held + 1 WHERE holder_days.held < $3`,
		holder, day, most)
	return n == 1, err
}

// heldInMonth takes the holder's row of the day's month in hand, which nobody
// else gets before this transaction ends, and returns how many reservations the
// holder has in that month.
func heldInMonth(tx *db.Tx, holder db.ID, day jp.Date) (held int64, err error) {
	first := jp.NewDate(day.Year, day.Month, 1)
	if _, err := tx.Exec(`INSERT INTO holder_months (holder_id, month, turns) VALUES ($1, $2, 1)
		ON CONFLICT (holder_id, month) DO UPDATE SET turns = holder_months.turns + 1`, holder, first); err != nil {
		return 0, err
	}
	err = tx.Row(`SELECT COALESCE(SUM(held), 0) FROM holder_days WHERE holder_id = $1 AND day >= $2 AND day < $3`,
		holder, first, first.AddMonths(1)).Scan(&held)
	return held, err
}

// uncount takes one reservation from what the holder has on the day.
func uncount(tx *db.Tx, holder db.ID, day jp.Date) error {
	_, err := tx.Exec(`UPDATE holder_days SET held = held - 1 WHERE holder_id = $1 AND day = $2`, holder, day)
	return err
}

const columns = `id, version, receipt, room_id, starts_at, ends_at, state, group_id, person_id, programme_id, office_id,
	purpose, headcount, public_title, series_id, made_by, made_at, changed_at, reason,
	kind, loud, due_at, source, source_id, asked`

// row is a row of reservations on its way into a Reservation.
type row struct {
	Reservation
	starts, ends, made, changed, due int64
	asked                            string
}

func (r *row) dest() []any {
	return []any{&r.ID, &r.Version, &r.Receipt, &r.Room, &r.starts, &r.ends, &r.State, &r.Group, &r.Person, &r.Programme, &r.Office,
		&r.Purpose, &r.Headcount, &r.PublicTitle, &r.Series, &r.MadeBy, &r.made, &r.changed, &r.Reason,
		&r.Kind, &r.Loud, &r.due, &r.Source, &r.SourceID, &r.asked}
}

func (r *row) reservation() Reservation {
	r.Span = quarter.Span{Start: db.Time(r.starts), End: db.Time(r.ends)}
	r.MadeAt, r.ChangedAt, r.Due = db.Time(r.made), db.Time(r.changed), db.Time(r.due)
	if r.asked != "{}" {
		_ = json.Unmarshal([]byte(r.asked), &r.Asked) // written by askedJSON
	}
	return r.Reservation
}

func (r *row) values() []any {
	return []any{r.ID, r.Version, r.Receipt, r.Room, db.Micros(r.Span.Start), db.Micros(r.Span.End), r.State, r.Group, r.Person, r.Programme, r.Office,
		r.Purpose, r.Headcount, r.PublicTitle, r.Series, r.MadeBy, db.Micros(r.MadeAt), db.Micros(r.ChangedAt), r.Reason,
		r.kind(), r.Loud, db.Micros(r.Due), r.Source, r.SourceID, r.askedJSON()}
}

func (r *row) kind() Kind { return cmp.Or(r.Kind, ForUse) }

func (r *row) askedJSON() string {
	if a := r.Asked; a.Use == "" && a.Admission == 0 && !a.Commercial && len(a.Extras) == 0 {
		return "{}"
	}
	asked, err := json.Marshal(r.Asked)
	if err != nil {
		return "{}" // strings and numbers always have a JSON form
	}
	return string(asked)
}

// insert writes a new reservation.
func insert(tx *db.Tx, r Reservation) error {
	w := row{Reservation: r}
	_, err := tx.Exec(`INSERT INTO reservations (`+columns+`, day)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)`,
		append(w.values(), r.Day())...)
	return err
}

// update writes a changed reservation over the version that was read, or
// returns Conflict when somebody else changed it meanwhile.
func update(tx *db.Tx, r *Reservation) error {
	read := r.Version
	r.Version, r.ChangedAt = read+1, tx.Now
	w := row{Reservation: *r}
	n, err := tx.Exec(`UPDATE reservations SET version = $3, room_id = $4, day = $5, starts_at = $6, ends_at = $7, state = $8,
			purpose = $9, headcount = $10, public_title = $11, changed_at = $12, reason = $13, office_id = $14,
			group_id = $15, person_id = $16, kind = $17, loud = $18, due_at = $19, asked = $20
		WHERE id = $1 AND version = $2`,
		r.ID, read, r.Version, r.Room, r.Day(), db.Micros(r.Span.Start), db.Micros(r.Span.End), r.State,
		r.Purpose, r.Headcount, r.PublicTitle, db.Micros(r.ChangedAt), r.Reason, r.Office,
		r.Group, r.Person, w.kind(), r.Loud, db.Micros(r.Due), w.askedJSON())
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "reservation.error.changed")
	}
	return err
}

// Live returns the live reservations of a facility, or of all (0), that start on
// the day or later, in no order: those of a whole city, for counting.
func Live(tx *db.Tx, of db.ID, from jp.Date) (_ []Reservation, err error) {
	defer fault.Wrap(&err, "reservation.Live(%v, %v)", of, from)
	const all = `SELECT ` + columns + ` FROM reservations WHERE state IN (` + live + `) AND day >= $1`
	if of == 0 {
		return many(tx, all, from)
	}
	return many(tx, all+` AND room_id IN (SELECT id FROM rooms WHERE facility_id = $2)`, from, of)
}

// Get returns the reservation, or NotFound.
func Get(tx *db.Tx, id db.ID) (_ Reservation, err error) {
	defer fault.Wrap(&err, "reservation.Get(%v)", id)
	r, err := db.One(tx, (*row).dest, `SELECT `+columns+` FROM reservations WHERE id = $1`, id)
	return r.reservation(), err
}

// ByReceipt returns the reservation with the receipt, or NotFound.
func ByReceipt(tx *db.Tx, receipt string) (_ Reservation, err error) {
	defer fault.Wrap(&err, "reservation.ByReceipt(%q)", receipt)
	r, err := db.One(tx, (*row).dest, `SELECT `+columns+` FROM reservations WHERE receipt = $1`, receipt)
	return r.reservation(), err
}

// many reads reservations.
func many(tx *db.Tx, q string, args ...any) ([]Reservation, error) {
	rows, err := db.All(tx, (*row).dest, q, args...)
	if err != nil {
		return nil, err
	}
	out := make([]Reservation, len(rows))
	for i := range rows {
		out[i] = rows[i].reservation()
	}
	return out, nil
}
