package usage

import (
	"encoding/json"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// page is how many reservations are read at once.
const page = 2000

type row struct {
	id, room, group db.ID
	day             jp.Date
	starts, ends    int64
	state           reservation.State
	kind            reservation.Kind
	people          int64
	asked           string
}

func (r *row) dest() []any {
	return []any{&r.id, &r.room, &r.group, &r.day, &r.starts, &r.ends, &r.state, &r.kind, &r.people, &r.asked}
}

// read sums up a month of the office's rooms, of one facility or (0) of all.
func (u *Usage) read(tx *db.Tx, snap *facility.Snapshot, office, only db.ID, first jp.Date) (_ Month, err error) {
	defer fault.Wrap(&err, "usage.read(%v)", first)
	var rooms []Room
	for _, f := range snap.Facilities {
		if f.Office != office || only != 0 && f.ID != only {
			continue
		}
		for _, r := range snap.Rooms(f.ID) {
			rooms = append(rooms, Room{r, snap.Closures(f.ID)})
		}
	}
	var all []Booking
	kinds := map[db.ID]string{}
	last := first.AddMonths(1).AddDays(-1)
	at := row{day: first}
	for {
		rows, err := db.All(tx, (*row).dest, `SELECT id, room_id, group_id, day, starts_at, ends_at, state, kind, headcount, asked FROM reservations
			WHERE day >= $1 AND day <= $2 AND office_id = $3
				AND (day > $4 OR starts_at > $5 OR starts_at = $5 AND id > $6)
			ORDER BY day, starts_at, id LIMIT $7`, at.day, last, office, at.day, at.starts, at.id, page)
		if err != nil {
			return Month{}, err
		}
		if err := u.learn(tx, kinds, rows); err != nil {
			return Month{}, err
		}
		for _, r := range rows {
			var asked rules.Asked
			if err := json.Unmarshal([]byte(r.asked), &asked); err != nil {
				return Month{}, err
			}
			all = append(all, Booking{
				Room: r.room, Span: quarter.Span{Start: db.Time(r.starts), End: db.Time(r.ends)}, State: r.state, Kind: r.kind,
				Group: kinds[r.group], Use: asked.Use, Headcount: r.people,
			})
		}
		if len(rows) < page {
			return Of(first, rooms, all), nil
		}
		at = rows[len(rows)-1]
	}
}

// learn adds the kinds of the groups that are not known yet.
func (u *Usage) learn(tx *db.Tx, kinds map[db.ID]string, rows []row) error {
	var ids []db.ID
	for _, r := range rows {
		if _, known := kinds[r.group]; !known && r.group != 0 {
			kinds[r.group] = ""
			ids = append(ids, r.group)
		}
	}
	if len(ids) == 0 || u.near.GroupKinds == nil {
		return nil
	}
	found, err := u.near.GroupKinds(tx, ids)
	for id, k := range found {
		kinds[id] = k
	}
	return err
}
