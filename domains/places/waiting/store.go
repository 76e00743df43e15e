package waiting

import (
	"cmp"
	"slices"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// mostInLine is how many of those who wait for one day of a room are looked at
// when time of it is given back.
const mostInLine = 500

// row is a row of waits on its way into a Wait.
type row struct {
	Wait
	starts, ends, made int64
	rested, lot        int64
}

const columns = `id, room_id, office_id, starts_at, ends_at, group_id, person_id, purpose, headcount, state, rested, made_by, made_at`

func (r *row) dest() []any {
	return []any{&r.ID, &r.Room, &r.Office, &r.starts, &r.ends, &r.Group, &r.Person, &r.Purpose, &r.Headcount, &r.State, &r.rested, &r.MadeBy, &r.made}
}

func (r *row) drawn() []any { return append(r.dest(), &r.lot) }

func (r *row) placed() []any { return append(r.dest(), &r.Place) }

func (r *row) wait() Wait {
	r.Span = quarter.Span{Start: db.Time(r.starts), End: db.Time(r.ends)}
	r.MadeAt, r.Rested = db.Time(r.made), r.rested == 1
	if r.Rested || r.State != InLine {
		r.Place = 0
	}
	return r.Wait
}

func waits(rows []row, err error) ([]Wait, error) {
	out := make([]Wait, len(rows))
	for i := range rows {
		out[i] = rows[i].wait()
	}
	return out, err
}

func insert(tx *db.Tx, w Wait, lot int64) error {
	_, err := tx.Exec(`INSERT INTO waits (`+columns+`, day, holder_id, lot)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		w.ID, w.Room, w.Office, db.Micros(w.Span.Start), db.Micros(w.Span.End), w.Group, w.Person, w.Purpose, w.Headcount, w.State, w.Rested,
		w.MadeBy, db.Micros(w.MadeAt), jp.DateOf(w.Span.Start), w.Holder(), lot)
	if err == nil && w.State == Offered {
		_, err = claim(tx, w)
	}
	return err
}

// claim gives the wait its holder's one turn, and reports whether it has it. Two
// times that are given back at one instant wait here for one another.
func claim(tx *db.Tx, w Wait) (bool, error) {
	n, err := tx.Exec(`INSERT INTO wait_turns (holder_id, wait_id) VALUES ($1, $2) ON CONFLICT (holder_id) DO NOTHING`, w.Holder(), w.ID)
	return n == 1, err
}

// unclaim ends the turn of a wait.
func unclaim(tx *db.Tx, wait db.ID) error {
	_, err := tx.Exec(`DELETE FROM wait_turns WHERE wait_id = $1`, wait)
	return err
}

// turn brings a wait from one state to another, and reports whether it was in
// the first.
func turn(tx *db.Tx, id db.ID, from, to State) (bool, error) {
	n, err := tx.Exec(`UPDATE waits SET state = $3 WHERE id = $1 AND state = $2`, id, from, to)
	return n == 1, err
}

// Get returns the wait, or NotFound.
func Get(tx *db.Tx, id db.ID) (_ Wait, err error) {
	defer fault.Wrap(&err, "waiting.Get(%v)", id)
	r, err := db.One(tx, (*row).dest, `SELECT `+columns+` FROM waits WHERE id = $1`, id)
	return r.wait(), err
}

// place counts those who come before a wait w of the outer query.
const place = `(SELECT COUNT(*) + 1 FROM waits AS o WHERE o.room_id = w.room_id AND o.day = w.day AND o.state = 'waiting'
	AND o.starts_at < w.ends_at AND o.ends_at > w.starts_at AND o.rested = 0 AND o.id < w.id)`

// Mine lists the open waits of the person and of the groups, and those that
// ended since an instant, the newest first.
func Mine(tx *db.Tx, person db.ID, groups []db.ID) (_ []Wait, err error) {
	defer fault.Wrap(&err, "waiting.Mine(%v)", person)
	const most = 30
	today := jp.DateOf(tx.Now)
	out, err := waits(db.All(tx, (*row).placed, `SELECT `+columns+`, `+place+` FROM waits AS w
		WHERE person_id = $1 AND day >= $2 ORDER BY id DESC LIMIT $3`, person, today, most))
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		some, err := waits(db.All(tx, (*row).placed, `SELECT `+columns+`, `+place+` FROM waits AS w
			WHERE group_id = $1 AND group_id <> 0 AND day >= $2 ORDER BY id DESC LIMIT $3`, g, today, most))
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	slices.SortFunc(out, func(a, b Wait) int { return int(b.ID - a.ID) })
	return slices.CompactFunc(out, func(a, b Wait) bool { return a.ID == b.ID }), nil
}

// Key is where a page of the office's list ended.
type Key struct {
	Day jp.Date
	ID  db.ID
}

// List returns the open waits of an office from a day on, by day and order of
// asking, after a key; room 0 means all.
func List(tx *db.Tx, office, room db.ID, from jp.Date, after Key, limit int) (_ []Wait, err error) {
	defer fault.Wrap(&err, "waiting.List(%v)", office)
	if after.Day.Before(from) {
		after = Key{Day: from}
	}
	return waits(db.All(tx, (*row).placed, `SELECT `+columns+`, `+place+` FROM waits AS w
		WHERE office_id = $1 AND state IN ('waiting', 'offered') AND (day > $2 OR day = $2 AND id > $3)
			AND (CAST($4 AS BIGINT) = 0 OR room_id = $4)
		ORDER BY day, id LIMIT $5`, office, after.Day, after.ID, room, limit))
}

// openOf counts the holder's open waits, and says whether one is for the time.
func openOf(tx *db.Tx, w Wait) (open int, same bool, err error) {
	var n int
	err = tx.Row(`SELECT COUNT(*), COALESCE(SUM(CASE WHEN room_id = $2 AND starts_at = $3 AND ends_at = $4 THEN 1 ELSE 0 END), 0)
		FROM waits WHERE holder_id = $1 AND state IN ('waiting', 'offered') AND ends_at > $5`,
		w.Holder(), w.Room, db.Micros(w.Span.Start), db.Micros(w.Span.End), db.Micros(tx.Now)).Scan(&open, &n)
	return open, n > 0, err
}

// gaveBack reports whether the wait's holder or person has given back any of
// the time of one of the rooms.
func gaveBack(tx *db.Tx, w Wait, rooms []db.ID) (bool, error) {
	for _, room := range rooms {
		if back, err := gaveBackOf(tx, w, room); err != nil || back {
			return back, err
		}
	}
	return false, nil
}

func gaveBackOf(tx *db.Tx, w Wait, room db.ID) (bool, error) {
	var n int
	err := tx.Row(`SELECT COUNT(*) FROM returns WHERE room_id = $1 AND day >= $2 AND day <= $3 AND starts_at < $5 AND ends_at > $4
		AND (holder_id = $6 OR person_id = $7)`,
		room, jp.DateOf(w.Span.Start).AddDays(-reservation.DefaultLimits.MaxDays), jp.DateOf(w.Span.End),
		db.Micros(w.Span.Start), db.Micros(w.Span.End), w.Holder(), w.Person).Scan(&n)
	return n > 0, err
}

// line lists those who wait for any of the time of one of the rooms, in their
// order, without those who hold an open offer already.
func line(tx *db.Tx, rooms []db.ID, span quarter.Span) ([]Wait, error) {
	var all []row
	for _, room := range rooms {
		some, err := lineOf(tx, room, span)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.rested, b.rested), cmp.Compare(a.lot, b.lot), cmp.Compare(a.ID, b.ID))
	})
	return waits(all, nil)
}

func lineOf(tx *db.Tx, room db.ID, span quarter.Span) ([]row, error) {
	return db.All(tx, (*row).drawn, `SELECT `+columns+`, lot FROM waits AS w
		WHERE room_id = $1 AND day >= $2 AND day <= $3 AND state = 'waiting' AND starts_at < $5 AND ends_at > $4
			AND NOT EXISTS (SELECT 1 FROM waits AS o WHERE o.holder_id = w.holder_id AND o.state = 'offered')
		ORDER BY rested, lot, id LIMIT $6`,
		room, jp.DateOf(span.Start).AddDays(-reservation.DefaultLimits.MaxDays), jp.DateOf(span.End),
		db.Micros(span.Start), db.Micros(span.End), mostInLine)
}

// KeepReturn remembers who gave a time back, and its window; zero when it did
// not rest.
func KeepReturn(tx *db.Tx, gone reservation.Reservation, w Window) error {
	if gone.State == reservation.Refused {
		return nil // it was taken from them
	}
	holder := gone.Group
	if holder == 0 {
		holder = gone.Person
	}
	_, err := tx.Exec(`INSERT INTO returns (id, room_id, day, starts_at, ends_at, holder_id, person_id, from_at, until_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		db.NewID(), gone.Room, gone.Day(), db.Micros(gone.Span.Start), db.Micros(gone.Span.End), holder, gone.Person, db.Micros(w.From), db.Micros(w.Until))
	return err
}

// Rest is time that rests, with what is published of it.
type Rest struct {
	Span   quarter.Span
	Window Window
}

// Resting lists the resting time of a room on a day, with its windows.
func Resting(tx *db.Tx, room db.ID, day jp.Date) (out []Rest, err error) {
	defer fault.Wrap(&err, "waiting.Resting(%v, %v)", room, day)
	there, err := reservation.Between(tx, room, day, day)
	if err != nil {
		return nil, err
	}
	for _, r := range there {
		if r.State != reservation.Resting {
			continue
		}
		var from, until int64
		// The window as it was published when the time was given back last.
		rows, err := db.All(tx, func(p *[2]int64) []any { return []any{&p[0], &p[1]} }, `SELECT from_at, until_at FROM returns
			WHERE room_id = $1 AND day = $2 AND starts_at <= $3 AND ends_at >= $4 AND until_at <> 0 ORDER BY id DESC LIMIT 1`,
			room, r.Day(), db.Micros(r.Span.Start), db.Micros(r.Span.End))
		if err != nil {
			return nil, err
		}
		if len(rows) > 0 {
			from, until = rows[0][0], rows[0][1]
		}
		if until > 0 {
			out = append(out, Rest{Span: r.Span, Window: Window{From: db.Time(from), Until: db.Time(until)}})
		}
	}
	return out, nil
}

// Erase forgets the waits of a person alone, and that they gave anything back.
// What a group waits for stays the group's.
func Erase(tx *db.Tx, person db.ID) (err error) {
	defer fault.Wrap(&err, "waiting.Erase(%v)", person)
	if _, err := tx.Exec(`DELETE FROM wait_turns WHERE holder_id = $1`, person); err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM waits WHERE person_id = $1 AND group_id = 0`, person); err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE returns SET person_id = 0, holder_id = CASE WHEN holder_id = $1 THEN 0 ELSE holder_id END WHERE person_id = $1`, person)
	return err
}
