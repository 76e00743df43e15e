package search

import (
	"maps"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// RoomDay names one day of one room.
type RoomDay struct {
	Room db.ID
	Day  jp.Date
}

// Taken are the quarters that reservations hold, by cell and day; what is not
// in it is free.
type Taken map[cellDay]quarter.Bits

// cellDay names one day of one cell: see facility.Room.Cells.
type cellDay struct {
	cell db.ID
	day  jp.Date
}

// Of returns the quarters of the day in which the room cannot be had, for quiet
// or for loud use, since it, a part of it, or a neighbour is taken.
func (t Taken) Of(r *facility.Room, d jp.Date, loud bool) quarter.Bits {
	var out quarter.Bits
	for _, c := range r.Cells(loud) {
		out = out.Or(t[cellDay{c, d}])
	}
	return out
}

type takenRow struct {
	cellDay
	quarter.Bits
}

func (r *takenRow) dest() []any { return []any{&r.cell, &r.day, &r.AM, &r.PM} }

func takenBy(rows []takenRow, err error) (Taken, error) {
	if err != nil {
		return nil, err
	}
	out := make(Taken, len(rows))
	for _, r := range rows {
		out[r.cellDay] = r.Bits
	}
	return out, nil
}

// TakenOn returns what is taken of all rooms from one day to another, both
// included.
func TakenOn(tx *db.Tx, from, to jp.Date) (_ Taken, err error) {
	defer fault.Wrap(&err, "search.TakenOn(%v, %v)", from, to)
	return takenBy(db.All(tx, (*takenRow).dest,
		`SELECT cell_id, day, am, pm FROM cell_days WHERE day >= $1 AND day <= $2`, from, to))
}

// TakenAt returns what is taken of the rooms of one facility, and of the quiet
// between them.
func TakenAt(tx *db.Tx, facility db.ID, from, to jp.Date) (_ Taken, err error) {
	defer fault.Wrap(&err, "search.TakenAt(%v, %v, %v)", facility, from, to)
	return takenBy(db.All(tx, (*takenRow).dest,
		`SELECT d.cell_id, d.day, d.am, d.pm FROM rooms r JOIN cell_days d ON d.cell_id = r.id
		 WHERE r.facility_id = $1 AND d.day >= $2 AND d.day <= $3
		 UNION ALL
		 SELECT d.cell_id, d.day, d.am, d.pm FROM rooms r JOIN disturbances n ON n.room_id = r.id JOIN cell_days d ON d.cell_id = n.id
		 WHERE r.facility_id = $4 AND d.day >= $5 AND d.day <= $6`, facility, from, to, facility, from, to))
}

// TakenOf returns what is taken of one room's cells, for loud use too.
func TakenOf(tx *db.Tx, room facility.Room, from, to jp.Date) (_ Taken, err error) {
	defer fault.Wrap(&err, "search.TakenOf(%v, %v, %v)", room.ID, from, to)
	out := Taken{}
	for _, cell := range room.Cells(true) {
		some, err := takenBy(db.All(tx, (*takenRow).dest,
			`SELECT cell_id, day, am, pm FROM cell_days WHERE cell_id = $1 AND day >= $2 AND day <= $3`, cell, from, to))
		if err != nil {
			return nil, err
		}
		maps.Copy(out, some)
	}
	return out, nil
}

// Own is a reservation of the reader or of a group of theirs.
type Own struct {
	ID       db.ID
	Room     db.ID
	Day      jp.Date
	From, To int // minutes after midnight of Day; To may pass 24:00
	Person   db.ID
	starts   int64
	ends     int64
}

const mostGroups = 4 // groups of one reader whose reservations are shown

// OwnIn returns the live reservations that the person, or one of the groups, has
// from one day to another, in one query. Of more than four groups the first
// four count.
func OwnIn(tx *db.Tx, person db.ID, groups []db.ID, from, to jp.Date) (_ []Own, err error) {
	defer fault.Wrap(&err, "search.OwnIn(%v, %v, %v)", person, from, to)
	var g [mostGroups]db.ID
	for i := range g {
		g[i] = -1 // no group has it
	}
	copy(g[:], groups)
	const (
		columns = `SELECT id, room_id, day, starts_at, ends_at, person_id FROM reservations `
		live    = ` AND state IN ('requested', 'confirmed', 'offered', 'used')`
		own     = columns + `WHERE person_id = $1 AND starts_at >= $2 AND starts_at < $3` + live
		ours    = columns + `WHERE group_id IN ($4, $5, $6, $7) AND group_id <> 0 AND day >= $8 AND day <= $9` + live
	)
	query, args := own, []any{person, from.At(0), to.AddDays(1).At(0)}
	if len(groups) > 0 {
		query, args = own+` UNION `+ours, append(args, g[0], g[1], g[2], g[3], from, to)
	}
	rows, err := db.All(tx, func(o *Own) []any { return []any{&o.ID, &o.Room, &o.Day, &o.starts, &o.ends, &o.Person} }, query, args...)
	for i := range rows {
		midnight := db.Micros(rows[i].Day.At(0))
		rows[i].From = int((rows[i].starts - midnight) / microsPerMinute)
		rows[i].To = int((rows[i].ends - midnight) / microsPerMinute)
	}
	return rows, err
}

const microsPerMinute = 60_000_000
