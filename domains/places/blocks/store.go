package blocks

import (
	"time"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// Block is official use or maintenance of some rooms on some days.
type Block struct {
	ID      db.ID
	Office  db.ID
	Kind    reservation.Kind // Official or Maintenance
	Reason  string
	MadeBy  db.ID
	MadeAt  time.Time
	Removed time.Time // zero: it stands
	Last    jp.Date   // its last day
}

// Time is one stretch of one room that a block takes.
type Time struct {
	Room        db.ID
	Span        quarter.Span
	Reservation db.ID // what takes it; 0: not yet
}

// Ousted is a reservation that had to give way.
type Ousted struct {
	Reservation db.ID
	Offered     db.ID // a reservation held in its place; 0 none
}

// Displaced reports whether the office took the reservation's time for a block.
// It is true from the moment in which the reservation is cancelled, before other
// followers hear of it.
func Displaced(tx *db.Tx, r db.ID) (yes bool, err error) {
	defer fault.Wrap(&err, "blocks.Displaced(%v)", r)
	var n int
	err = tx.Row(`SELECT COUNT(*) FROM displaced WHERE reservation_id = $1`, r).Scan(&n)
	return n > 0, err
}

const columns = `id, office_id, kind, reason, made_by, made_at, removed_at, last_day`

type row struct {
	Block
	made, removed int64
}

func (r *row) dest() []any {
	return []any{&r.ID, &r.Office, &r.Kind, &r.Reason, &r.MadeBy, &r.made, &r.removed, &r.Last}
}

func (r *row) block() Block {
	r.MadeAt, r.Removed = db.Time(r.made), db.Time(r.removed)
	return r.Block
}

// Get returns the block, or NotFound.
func Get(tx *db.Tx, id db.ID) (_ Block, err error) {
	defer fault.Wrap(&err, "blocks.Get(%v)", id)
	r, err := db.One(tx, (*row).dest, `SELECT `+columns+` FROM blocks WHERE id = $1`, id)
	return r.block(), err
}

// PageSize is how many blocks a page of the list shows.
const PageSize = 50

// Key is where a page of the list ended.
type Key struct {
	Last jp.Date
	ID   db.ID
}

// List returns an office's blocks whose last day has not passed, by that day,
// after a key.
func List(tx *db.Tx, office db.ID, today jp.Date, after Key) (_ []Block, err error) {
	defer fault.Wrap(&err, "blocks.List(%v)", office)
	if after.Last.Before(today) {
		after = Key{Last: today}
	}
	rows, err := db.All(tx, (*row).dest, `SELECT `+columns+` FROM blocks
		WHERE office_id = $1 AND (last_day > $2 OR last_day = $2 AND id > $3) ORDER BY last_day, id LIMIT $4`,
		office, after.Last, after.ID, PageSize)
	if err != nil {
		return nil, err
	}
	out := make([]Block, len(rows))
	for i := range rows {
		out[i] = rows[i].block()
	}
	return out, nil
}

// Times lists what a block takes, at most MostTimes, by start.
func Times(tx *db.Tx, block db.ID) (out []Time, err error) {
	defer fault.Wrap(&err, "blocks.Times(%v)", block)
	type stored struct {
		Time
		starts, ends int64
	}
	rows, err := db.All(tx, func(s *stored) []any { return []any{&s.Room, &s.starts, &s.ends, &s.Reservation} },
		`SELECT room_id, starts_at, ends_at, reservation_id FROM block_times WHERE block_id = $1 ORDER BY starts_at, room_id`, block)
	for _, r := range rows {
		r.Span = quarter.Span{Start: db.Time(r.starts), End: db.Time(r.ends)}
		out = append(out, r.Time)
	}
	return out, err
}

// OustedBy lists who had to give way to a block.
func OustedBy(tx *db.Tx, block db.ID) (_ []Ousted, err error) {
	defer fault.Wrap(&err, "blocks.OustedBy(%v)", block)
	return db.All(tx, func(o *Ousted) []any { return []any{&o.Reservation, &o.Offered} },
		`SELECT reservation_id, offered_id FROM displaced WHERE block_id = $1 ORDER BY reservation_id`, block)
}

// OfferedFor returns what is held in place of a displaced reservation; 0 when
// nothing is.
func OfferedFor(tx *db.Tx, r db.ID) (_ db.ID, err error) {
	defer fault.Wrap(&err, "blocks.OfferedFor(%v)", r)
	o, err := db.One(tx, func(o *Ousted) []any { return []any{&o.Offered} }, `SELECT offered_id FROM displaced WHERE reservation_id = $1`, r)
	if fault.Is(err, fault.NotFound) {
		return 0, nil
	}
	return o.Offered, err
}

// insert writes a block with its times, none of them taken yet.
func insert(tx *db.Tx, b Block, times []Time) error {
	if _, err := tx.Exec(`INSERT INTO blocks (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		b.ID, b.Office, b.Kind, b.Reason, b.MadeBy, db.Micros(b.MadeAt), db.Micros(b.Removed), b.Last); err != nil {
		return err
	}
	for _, t := range times {
		if _, err := tx.Exec(`INSERT INTO block_times (block_id, room_id, day, starts_at, ends_at, reservation_id, made_by)
			VALUES ($1, $2, $3, $4, $5, 0, $6)`,
			b.ID, t.Room, jp.DateOf(t.Span.Start), db.Micros(t.Span.Start), db.Micros(t.Span.End), b.MadeBy); err != nil {
			return err
		}
	}
	return nil
}

// done notes what takes a time of a block.
func done(tx *db.Tx, block db.ID, t Time, r db.ID) error {
	_, err := tx.Exec(`UPDATE block_times SET reservation_id = $4 WHERE block_id = $1 AND room_id = $2 AND starts_at = $3`,
		block, t.Room, db.Micros(t.Span.Start), r)
	return err
}

// opening returns the block of the actor that is about to take the time of the
// room, of a part of it or of what it is a part of; 0 when there is none.
func opening(tx *db.Tx, actor, room db.ID, span quarter.Span) (block db.ID, err error) {
	type found struct{ id db.ID }
	all, err := db.All(tx, func(f *found) []any { return []any{&f.id} }, `SELECT block_id FROM block_times
		WHERE reservation_id = 0 AND made_by = $1 AND starts_at < $3 AND ends_at > $2
			AND (room_id = $4 OR room_id IN (SELECT part_id FROM room_parts WHERE room_id = $4)
				OR room_id IN (SELECT room_id FROM room_parts WHERE part_id = $4
				OR part_id IN (SELECT part_id FROM room_parts WHERE room_id = $4)))
		ORDER BY block_id DESC LIMIT 1`, actor, db.Micros(span.Start), db.Micros(span.End), room)
	if len(all) > 0 {
		block = all[0].id
	}
	return block, err
}
