package reservation

import (
	"cmp"
	"encoding/json"
	"slices"

	"kakehashi/domains/places/quarter"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// take lets the room's quarters be taken, all of them or none, and reports
// which day was taken by somebody already. Days are taken in order, so that no
// two transactions wait for each other.
func take(tx *db.Tx, room db.ID, days []quarter.Day) (taken jp.Date, ok bool, err error) {
	for _, d := range days {
		n, err := tx.Exec(`INSERT INTO cell_days (cell_id, day, am, pm) VALUES ($1, $2, $3, $4)
			ON CONFLICT (cell_id, day) DO UPDATE SET am = cell_days.am | excluded.am, pm = cell_days.pm | excluded.pm
			WHERE cell_days.am & excluded.am = 0 AND cell_days.pm & excluded.pm = 0`,
			room, d.Date, d.Bits.AM, d.Bits.PM)
		if err != nil || n == 0 {
			return d.Date, false, err
		}
	}
	return jp.Date{}, true, nil
}

// giveBack frees the room's quarters.
func giveBack(tx *db.Tx, room db.ID, days []quarter.Day) error {
	for _, d := range days {
		if _, err := tx.Exec(`UPDATE cell_days SET am = am & ~CAST($3 AS BIGINT), pm = pm & ~CAST($4 AS BIGINT) WHERE cell_id = $1 AND day = $2`,
			room, d.Date, d.Bits.AM, d.Bits.PM); err != nil {
			return err
		}
	}
	return nil
}

// hold takes the rows of a room's days in hand, where they exist, without
// changing them. Whoever needs the rows of two rooms holds all of them in one
// order first, so that two moves in opposite directions wait in line.
func hold(tx *db.Tx, room db.ID, days []quarter.Day) error {
	for _, d := range days {
		if _, err := tx.Exec(`UPDATE cell_days SET am = am WHERE cell_id = $1 AND day = $2`, room, d.Date); err != nil {
			return err
		}
	}
	return nil
}

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

// Taken returns which quarters of one room are taken from one day to another,
// both included.
func Taken(tx *db.Tx, room db.ID, from, until jp.Date) (_ map[jp.Date]quarter.Bits, err error) {
	defer fault.Wrap(&err, "reservation.Taken(%v, %v, %v)", room, from, until)
	rows, err := db.All(tx, func(r *quarter.Day) []any { return []any{&r.Date, &r.Bits.AM, &r.Bits.PM} },
		`SELECT day, am, pm FROM cell_days WHERE cell_id = $1 AND day >= $2 AND day <= $3`, room, from, until)
	if err != nil {
		return nil, err
	}
	out := make(map[jp.Date]quarter.Bits, len(rows))
	for _, r := range rows {
		out[r.Date] = r.Bits
	}
	return out, nil
}

// free reports whether nobody has taken any of the room's quarters yet.
func free(tx *db.Tx, room db.ID, days []quarter.Day) (bool, error) {
	first, last := days[0].Date, days[len(days)-1].Date
	taken, err := Taken(tx, room, first, last)
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(days, func(d quarter.Day) bool { return taken[d.Date].Meets(d.Bits) }), nil
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
	_ = json.Unmarshal([]byte(r.asked), &r.Asked) // written by values
	return r.Reservation
}

func (r *row) values() []any {
	asked, err := json.Marshal(r.Asked)
	if err != nil {
		asked = []byte("{}") // strings and numbers always have a JSON form
	}
	return []any{r.ID, r.Version, r.Receipt, r.Room, db.Micros(r.Span.Start), db.Micros(r.Span.End), r.State, r.Group, r.Person, r.Programme, r.Office,
		r.Purpose, r.Headcount, r.PublicTitle, r.Series, r.MadeBy, db.Micros(r.MadeAt), db.Micros(r.ChangedAt), r.Reason,
		cmp.Or(r.Kind, ForUse), r.Loud, db.Micros(r.Due), r.Source, r.SourceID, string(asked)}
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
	n, err := tx.Exec(`UPDATE reservations SET version = $3, room_id = $4, day = $5, starts_at = $6, ends_at = $7, state = $8,
			purpose = $9, headcount = $10, public_title = $11, changed_at = $12, reason = $13, office_id = $14
		WHERE id = $1 AND version = $2`,
		r.ID, read, r.Version, r.Room, r.Day(), db.Micros(r.Span.Start), db.Micros(r.Span.End), r.State,
		r.Purpose, r.Headcount, r.PublicTitle, db.Micros(r.ChangedAt), r.Reason, r.Office)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "reservation.error.changed")
	}
	return err
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
