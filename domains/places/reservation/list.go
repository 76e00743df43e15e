package reservation

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/module"
)

// PageSize is how many reservations one page of a list shows.
const PageSize = 50

// Coming lists what the person or one of the groups has from now on, live or
// not, the earliest first.
func Coming(tx *db.Tx, person db.ID, groups []db.ID, limit int) (_ []Reservation, err error) {
	defer fault.Wrap(&err, "reservation.Coming(%v)", person)
	now := db.Micros(tx.Now)
	all, err := many(tx, `SELECT `+columns+` FROM reservations
		WHERE person_id = $1 AND ends_at > $2 ORDER BY starts_at, id LIMIT $3`, person, now, limit)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		some, err := many(tx, `SELECT `+columns+` FROM reservations
			WHERE group_id = $1 AND group_id <> 0 AND day >= $2 AND ends_at > $3 ORDER BY day, starts_at, id LIMIT $4`,
			g, jp.DateOf(tx.Now).AddDays(-DefaultLimits.MaxDays), now, limit)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return first(all, limit, func(a, b Reservation) int { return byStart(a, b) }), nil
}

// Past lists what the person or one of the groups had, the latest first,
// before the reservation that began at the instant with the id (0: from now).
func Past(tx *db.Tx, person db.ID, groups []db.ID, before Key, limit int) (_ []Reservation, err error) {
	defer fault.Wrap(&err, "reservation.Past(%v)", person)
	if before.ID == 0 {
		before.Start = tx.Now
	}
	start := db.Micros(before.Start)
	all, err := many(tx, `SELECT `+columns+` FROM reservations
		WHERE person_id = $1 AND (starts_at < $2 OR starts_at = $2 AND id < $3) AND ends_at <= $4
		ORDER BY starts_at DESC, id DESC LIMIT $5`, person, start, before.ID, db.Micros(tx.Now), limit)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		some, err := many(tx, `SELECT `+columns+` FROM reservations
			WHERE group_id = $1 AND group_id <> 0 AND day <= $2 AND (starts_at < $3 OR starts_at = $3 AND id < $4) AND ends_at <= $5
			ORDER BY day DESC, starts_at DESC, id DESC LIMIT $6`, g, jp.DateOf(before.Start), start, before.ID, db.Micros(tx.Now), limit)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return first(all, limit, func(a, b Reservation) int { return byStart(b, a) }), nil
}

func byStart(a, b Reservation) int {
	return cmp.Or(a.Span.Start.Compare(b.Span.Start), cmp.Compare(a.ID, b.ID))
}

// first sorts, drops what came twice, and keeps limit.
func first(all []Reservation, limit int, by func(a, b Reservation) int) []Reservation {
	slices.SortFunc(all, by)
	all = slices.CompactFunc(all, func(a, b Reservation) bool { return a.ID == b.ID })
	return all[:min(limit, len(all))]
}

// Key is where a page of a list ended.
type Key struct {
	Start time.Time
	ID    db.ID
}

// String returns the key as it stands in an address; "" for none.
func (k Key) String() string {
	if k.ID == 0 {
		return ""
	}
	return k.ID.String() + "." + db.ID(db.Micros(k.Start)).String()
}

// ParseKey reads what String wrote; anything else is no key.
func ParseKey(s string) Key {
	a, b, _ := strings.Cut(s, ".")
	id, err := db.ParseID(a)
	start, err2 := db.ParseID(b)
	if err != nil || err2 != nil {
		return Key{}
	}
	return Key{Start: db.Time(int64(start)), ID: id}
}

// KeyOf returns the key that stands behind a reservation.
func KeyOf(r Reservation) Key { return Key{Start: r.Span.Start, ID: r.ID} }

// Filter selects reservations for an office. Zero fields select nothing out.
type Filter struct {
	Office      db.ID
	From, Until jp.Date // days of the start, both included
	State       State
	Room        db.ID
	Text        string // a receipt or a part of the purpose
	After       Key
	Limit       int // 0: PageSize
}

// List returns an office's reservations in order of their start.
func List(tx *db.Tx, f Filter) (_ []Reservation, err error) {
	defer fault.Wrap(&err, "reservation.List(%v)", f.Office)
	if f.Until.IsZero() {
		f.Until = jp.NewDate(9999, 12, 31)
	}
	day := f.From
	if f.After.ID != 0 {
		day = jp.DateOf(f.After.Start)
	}
	return many(tx, `SELECT `+columns+` FROM reservations
		WHERE day >= $1 AND day <= $2 AND office_id = $3
			AND (CAST($4 AS TEXT) = '' OR state = $4)
			AND (CAST($5 AS BIGINT) = 0 OR room_id = $5)
			AND (CAST($6 AS TEXT) = '' OR receipt = $7 OR purpose LIKE $6 ESCAPE '\')
			AND (day > $8 OR starts_at > $9 OR starts_at = $9 AND id > $10)
		ORDER BY day, starts_at, id LIMIT $11`,
		day, f.Until, f.Office, f.State, f.Room, db.Like(strings.TrimSpace(f.Text)), strings.ToUpper(strings.TrimSpace(f.Text)),
		jp.DateOf(f.After.Start), db.Micros(f.After.Start), f.After.ID, cmp.Or(f.Limit, PageSize))
}

// Between returns the live reservations of a room that meet the days, both
// included, by start.
func Between(tx *db.Tx, room db.ID, from, until jp.Date) (_ []Reservation, err error) {
	defer fault.Wrap(&err, "reservation.Between(%v, %v, %v)", room, from, until)
	return many(tx, `SELECT `+columns+` FROM reservations
		WHERE room_id = $1 AND day >= $2 AND day <= $3 AND ends_at > $4 AND state IN (`+live+`)
		ORDER BY starts_at LIMIT 2000`, room, from.AddDays(-LongestDays), until, db.Micros(from.At(0)))
}

// Happenings lists the reservations that anybody may come to; a request that
// waits for a clerk is not shown.
func (s *Service) Happenings(tx *db.Tx, q module.HappeningQuery) (_ []module.Happening, err error) {
	defer fault.Wrap(&err, "reservation.Happenings()")
	rs, err := many(tx, `SELECT `+columns+` FROM reservations
		WHERE public_title <> '{}' AND ends_at > $1 AND starts_at < $2 AND state IN ('confirmed', 'used')
			AND (CAST($3 AS BIGINT) = 0 OR programme_id = $3)
		ORDER BY starts_at, id LIMIT $4`, db.Micros(q.From), db.Micros(q.Until), q.Programme, q.Limit)
	if err != nil {
		return nil, err
	}
	out := make([]module.Happening, 0, len(rs))
	for _, r := range rs {
		k, err := s.room(tx, r.Room)
		if err != nil {
			return nil, err
		}
		out = append(out, module.Happening{
			ID: r.ID, Programme: r.Programme, Start: r.Span.Start, End: r.Span.End, Title: r.PublicTitle,
			Where: joined(k.place, k.Name), Town: k.town, Path: PublicPath(r.ID), Field: "place",
		})
	}
	return out, nil
}
