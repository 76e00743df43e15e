package facility

import (
	"encoding/json"
	"fmt"

	"kakehashi/platform/db"
	"kakehashi/platform/db/byid"
	"kakehashi/platform/fault"
)

const roomColumns = `id, version, facility_id, slug, name, note, capacity, area, step_free, equipment, bands, opens, closes, approval, fee_yen, loud, sort, closed_at, class, layout`

// roomRow is a row of rooms on its way into a Room.
type roomRow struct {
	Room
	equipment, bands string
	closedAt         int64
}

func (r *roomRow) dest() []any {
	return []any{&r.ID, &r.Version, &r.Facility, &r.Slug, &r.Name, &r.Note, &r.Capacity, &r.Area, &r.StepFree,
		&r.equipment, &r.bands, &r.Opens, &r.Closes, &r.Approval, &r.FeeYen, &r.Loud, &r.Sort, &r.closedAt, &r.Class, &r.Layout}
}

func (r *roomRow) room() (Room, error) {
	r.Closed = r.closedAt != 0
	if err := json.Unmarshal([]byte(r.equipment), &r.Equipment); err != nil {
		return Room{}, fmt.Errorf("room %v: equipment: %w", r.ID, err)
	}
	bands, err := ParseBands(r.bands)
	if err != nil {
		return Room{}, fmt.Errorf("room %v: bands: %w", r.ID, err)
	}
	r.Bands = bands
	return r.Room, nil
}

// GetRoom returns the room, or NotFound.
func GetRoom(tx *db.Tx, id db.ID) (_ Room, err error) {
	defer fault.Wrap(&err, "facility.GetRoom(%v)", id)
	row, err := db.One(tx, (*roomRow).dest, `SELECT `+roomColumns+` FROM rooms WHERE id = $1`, id)
	if err != nil {
		return Room{}, err
	}
	r, err := row.room()
	if err != nil {
		return Room{}, err
	}
	l, err := layoutOf(tx, r.Facility)
	l.place(&r)
	return r, err
}

// RoomsOf returns the rooms of a facility that are let, in the office's order.
func RoomsOf(tx *db.Tx, facility db.ID) (_ []Room, err error) {
	defer fault.Wrap(&err, "facility.RoomsOf(%v)", facility)
	rows, err := db.All(tx, (*roomRow).dest,
		`SELECT `+roomColumns+` FROM rooms WHERE facility_id = $1 AND closed_at = 0 ORDER BY sort, id LIMIT 500`, facility)
	if err != nil {
		return nil, err
	}
	out := make([]Room, len(rows))
	for i := range rows {
		if out[i], err = rows[i].room(); err != nil {
			return nil, err
		}
	}
	return out, placed(tx, facility, out)
}

// GetRooms returns the rooms by id; those that do not exist are left out.
func GetRooms(tx *db.Tx, ids []db.ID) (_ map[db.ID]Room, err error) {
	defer fault.Wrap(&err, "facility.GetRooms(%d)", len(ids))
	rows, err := byid.Rows(tx, (*roomRow).dest, `SELECT `+roomColumns+` FROM rooms WHERE id IN ({{ids}})`, ids)
	if err != nil {
		return nil, err
	}
	out, layouts := make(map[db.ID]Room, len(rows)), map[db.ID]layout{}
	for i := range rows {
		r, err := rows[i].room()
		if err != nil {
			return nil, err
		}
		l, read := layouts[r.Facility]
		if !read {
			if l, err = layoutOf(tx, r.Facility); err != nil {
				return nil, err
			}
			layouts[r.Facility] = l
		}
		l.place(&r)
		out[r.ID] = r
	}
	return out, nil
}

const closureColumns = `id, facility_id, room_id, rule, weekday, nth, day, until, starts, ends, reason`

func (c *Closure) dest() []any {
	return []any{&c.ID, &c.Facility, &c.Room, &c.Rule, &c.Weekday, &c.Nth, &c.Day, &c.Until, &c.From, &c.To, &c.Reason}
}

// Closures returns when the facility and its rooms are not let.
func Closures(tx *db.Tx, facility db.ID) (_ []Closure, err error) {
	defer fault.Wrap(&err, "facility.Closures(%v)", facility)
	return db.All(tx, (*Closure).dest, `SELECT `+closureColumns+` FROM closures
		WHERE facility_id = $1 ORDER BY rule, day, id LIMIT 1000`, facility)
}

// AllRoomsOf returns the rooms of a facility, those no longer let at the end.
func AllRoomsOf(tx *db.Tx, facility db.ID) (_ []Room, err error) {
	defer fault.Wrap(&err, "facility.AllRoomsOf(%v)", facility)
	rows, err := db.All(tx, (*roomRow).dest,
		`SELECT `+roomColumns+` FROM rooms WHERE facility_id = $1 ORDER BY CASE closed_at WHEN 0 THEN 0 ELSE 1 END, sort, id LIMIT 500`, facility)
	if err != nil {
		return nil, err
	}
	out := make([]Room, len(rows))
	for i := range rows {
		if out[i], err = rows[i].room(); err != nil {
			return nil, err
		}
	}
	return out, placed(tx, facility, out)
}

// RoomCounts returns how many rooms each facility lets.
func RoomCounts(tx *db.Tx) (_ map[db.ID]int, err error) {
	defer fault.Wrap(&err, "facility.RoomCounts()")
	type row struct {
		id db.ID
		n  int
	}
	rows, err := db.All(tx, func(r *row) []any { return []any{&r.id, &r.n} },
		`SELECT facility_id, COUNT(*) FROM rooms WHERE closed_at = 0 GROUP BY facility_id`)
	out := make(map[db.ID]int, len(rows))
	for _, r := range rows {
		out[r.id] = r.n
	}
	return out, err
}

// Search returns the facilities, closed ones too, whose reading or name begins
// or goes on with the folded words, in the order of their ids after one.
func Search(tx *db.Tx, words string, after db.ID, limit int) (_ []Facility, err error) {
	defer fault.Wrap(&err, "facility.Search(after %v)", after)
	rows, err := db.All(tx, (*facilityRow).dest, `SELECT `+facilityColumns+` FROM facilities
		WHERE id > $1 AND (CAST($2 AS TEXT) = '' OR name_key LIKE $2 ESCAPE '\' OR sort_key LIKE $2 ESCAPE '\')
		ORDER BY id LIMIT $3`, after, db.Like(words), limit)
	if err != nil {
		return nil, err
	}
	out := make([]Facility, len(rows))
	for i := range rows {
		if out[i], err = rows[i].facility(); err != nil {
			return nil, err
		}
	}
	return out, nil
}
