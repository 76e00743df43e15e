package use

import (
	"cmp"
	"context"
	"crypto/hmac"
	"encoding/base32"
	"slices"
	"strings"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/byid"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// early is how long before the start somebody may arrive.
const early = time.Hour

// mostHeads is the most people that one arrival or band of a report counts.
const mostHeads = 100_000

// mostDay bounds what is read of one day of an office.
const mostDay = 1000

// Place is how the day of use is run at a facility.
type Place struct {
	Facility db.ID
	Arrivals bool // noted here; else nobody is a no-show for it
	Reports  bool // asked for afterwards
	Late     int  // minutes after the start when the list calls somebody late
}

// plain is how a day is run where nobody said anything.
var plain = Place{Reports: true, Late: 15}

// GetPlace returns how the day is run at the facility.
func GetPlace(tx *db.Tx, facility db.ID) (_ Place, err error) {
	defer fault.Wrap(&err, "use.GetPlace(%v)", facility)
	p, err := db.One(tx, func(p *Place) []any { return []any{&p.Facility, &p.Arrivals, &p.Reports, &p.Late} },
		`SELECT facility_id, arrivals, reports, late FROM use_places WHERE facility_id = $1`, facility)
	if fault.Is(err, fault.NotFound) {
		p, err = plain, nil
		p.Facility = facility
	}
	return p, err
}

// SavePlace changes how the day is run at the facility.
func SavePlace(tx *db.Tx, p Place) (err error) {
	defer fault.Wrap(&err, "use.SavePlace(%v)", p.Facility)
	var c fault.Check
	c.Field(p.Late >= 5 && p.Late <= 240, "late", "use.error.late")
	if err := c.Err(); err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO use_places (facility_id, arrivals, reports, late) VALUES ($1, $2, $3, $4)
		ON CONFLICT (facility_id) DO UPDATE SET arrivals = excluded.arrivals, reports = excluded.reports, late = excluded.late`,
		p.Facility, p.Arrivals, p.Reports, p.Late); err != nil {
		return err
	}
	tx.Touch(Topic)
	return audit.Record(tx, audit.Entry{Action: "use.place", Subject: "facility", ID: p.Facility})
}

// Ways returns the ways to rooms, as the display at the entrance says them.
func Ways(tx *db.Tx, rooms []db.ID) (_ map[db.ID]string, err error) {
	defer fault.Wrap(&err, "use.Ways(%d)", len(rooms))
	type row struct {
		room db.ID
		way  string
	}
	rows, err := byid.Rows(tx, func(r *row) []any { return []any{&r.room, &r.way} }, `SELECT room_id, way FROM use_ways WHERE room_id IN ({{ids}})`, rooms)
	out := make(map[db.ID]string, len(rows))
	for _, r := range rows {
		out[r.room] = r.way
	}
	return out, err
}

// SaveWay says the way to a room in a few signs that need no language: 2F →.
func SaveWay(tx *db.Tx, room db.ID, way string) (err error) {
	defer fault.Wrap(&err, "use.SaveWay(%v)", room)
	way = strings.TrimSpace(way)
	var c fault.Check
	c.Field(len([]rune(way)) <= mostWay, "way."+room.String(), "use.error.long", "most", mostWay)
	if err := c.Err(); err != nil {
		return err
	}
	tx.Touch(Topic)
	_, err = tx.Exec(`INSERT INTO use_ways (room_id, way) VALUES ($1, $2) ON CONFLICT (room_id) DO UPDATE SET way = excluded.way`, room, way)
	return err
}

// mostWay is the most characters of the way to a room.
const mostWay = 16

// Code is what the QR of a reservation carries: nobody can guess it.
func (x *Use) Code(id db.ID) string {
	mac := x.deps.Keys.Index("use.code", id.String())
	return id.String() + "-" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(mac[:10]))
}

// Coded returns the reservation that a code is of; false for any other text.
func (x *Use) Coded(code string) (db.ID, bool) {
	raw, _, _ := strings.Cut(code, "-")
	id, err := db.ParseID(raw)
	if err != nil {
		return 0, false
	}
	return id, hmac.Equal([]byte(strings.ToLower(code)), []byte(x.Code(id)))
}

// Record is what happened on the day of a reservation.
type Record struct {
	Reservation db.ID
	Arrived     time.Time // zero: not yet
	ArrivedBy   db.ID
	Headcount   int64
	Ended       time.Time
	EndedBy     db.ID
	Asked       time.Time // for the report
	Reminded    time.Time
}

type recordRow struct {
	Record
	arrived, ended, asked, reminded int64
}

func (r *recordRow) dest() []any {
	return []any{&r.Reservation, &r.arrived, &r.ArrivedBy, &r.Headcount, &r.ended, &r.EndedBy, &r.asked, &r.reminded}
}

func (r *recordRow) record() Record {
	r.Arrived, r.Ended, r.Asked, r.Reminded = db.Time(r.arrived), db.Time(r.ended), db.Time(r.asked), db.Time(r.reminded)
	return r.Record
}

const recordColumns = `reservation_id, arrived_at, arrived_by, headcount, ended_at, ended_by, asked_at, reminded_at`

// Records returns what happened on the days of the reservations; those of
// which nothing is known are left out.
func Records(tx *db.Tx, ids []db.ID) (_ map[db.ID]Record, err error) {
	defer fault.Wrap(&err, "use.Records(%d)", len(ids))
	rows, err := byid.Rows(tx, (*recordRow).dest, `SELECT `+recordColumns+` FROM uses WHERE reservation_id IN ({{ids}})`, ids)
	out := make(map[db.ID]Record, len(rows))
	for i := range rows {
		out[rows[i].Reservation] = rows[i].record()
	}
	return out, err
}

// begin makes the row of a reservation's day and takes it in hand, so that an
// arrival and a no-show wait for each other.
func begin(tx *db.Tx, id db.ID) (Record, error) {
	if _, err := tx.Exec(`INSERT INTO uses (`+recordColumns+`) VALUES ($1, 0, 0, 0, 0, 0, 0, 0)
		ON CONFLICT (reservation_id) DO UPDATE SET arrived_at = uses.arrived_at`, id); err != nil {
		return Record{}, err
	}
	r, err := db.One(tx, (*recordRow).dest, `SELECT `+recordColumns+` FROM uses WHERE reservation_id = $1`, id)
	return r.record(), err
}

// Open reports whether somebody of the reservation can arrive now.
func Open(r reservation.Reservation, now time.Time) bool {
	return (r.State == reservation.Confirmed || r.State == reservation.Used) && r.Kind == reservation.ForUse &&
		!now.Before(r.Span.Start.Add(-early)) && now.Before(r.Span.End)
}

//i18n:uses use.audit.*

// Arrive notes that so many of a reservation came; noting it again changes
// nothing. Who may is the caller's to know.
func (x *Use) Arrive(ctx context.Context, actor db.Actor, id db.ID, heads int64) (err error) {
	defer fault.Wrap(&err, "use.Arrive(%v)", id)
	var c fault.Check
	c.Field(heads >= 0 && heads <= mostHeads, "heads", "use.error.heads")
	if err := c.Err(); err != nil {
		return err
	}
	return x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		rec, err := begin(tx, id)
		if err != nil {
			return err
		}
		r, err := reservation.Get(tx, id)
		if err != nil || !rec.Arrived.IsZero() {
			return err
		}
		if !Open(r, tx.Now) {
			return fault.New(fault.Conflict, closedKey(r, tx.Now))
		}
		if _, err := tx.Exec(`UPDATE uses SET arrived_at = $2, arrived_by = $3, headcount = $4 WHERE reservation_id = $1`,
			id, tx.Now, actor.Person, cmp.Or(heads, r.Headcount)); err != nil {
			return err
		}
		tx.Touch(Topic)
		return audit.Record(tx, audit.Entry{Action: "use.arrive", Subject: "reservation", ID: id, Person: r.Person})
	})
}

// closedKey says why nobody can arrive now.
func closedKey(r reservation.Reservation, now time.Time) string {
	switch {
	case r.State != reservation.Confirmed && r.State != reservation.Used || r.Kind != reservation.ForUse:
		return "use.error.state"
	case now.Before(r.Span.Start):
		return "use.error.early"
	}
	return "use.error.over"
}

// End notes that they left; noting it again changes nothing.
func (x *Use) End(ctx context.Context, actor db.Actor, id db.ID) (err error) {
	defer fault.Wrap(&err, "use.End(%v)", id)
	return x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		n, err := tx.Exec(`UPDATE uses SET ended_at = $2, ended_by = $3 WHERE reservation_id = $1 AND arrived_at <> 0 AND ended_at = 0`, id, tx.Now, actor.Person)
		if err != nil || n == 0 {
			return err
		}
		tx.Touch(Topic)
		return audit.Record(tx, audit.Entry{Action: "use.end", Subject: "reservation", ID: id})
	})
}

// Entry is one reservation on the list of a day.
type Entry struct {
	reservation.Reservation
	Day   Record
	Room  i18n.Text
	Place db.ID     // the facility
	Group i18n.Text // nil for a person alone
	Who   string    // the person, for the office's eyes
	Late  bool      // should be here and is not
	Loans []Loan    // what is out
}

// Today lists who comes to the facility today, late ones first, then by start.
// The names of persons are for the office's eyes.
func (x *Use) Today(tx *db.Tx, office, facility db.ID) (_ []Entry, err error) {
	defer fault.Wrap(&err, "use.Today(%v)", facility)
	day := today(tx)
	all, err := reservation.List(tx, reservation.Filter{Office: office, From: day, Until: day, Limit: mostDay})
	if err != nil {
		return nil, err
	}
	place, err := GetPlace(tx, facility)
	if err != nil {
		return nil, err
	}
	var out []Entry
	for _, r := range all {
		if !comes(r) {
			continue
		}
		room, err := x.svc.Room(tx, r.Room)
		if err != nil {
			return nil, err
		}
		if room.Facility == facility {
			out = append(out, Entry{Reservation: r, Room: room.Name, Place: room.Facility})
		}
	}
	if err := x.fill(tx, out, place); err != nil {
		return nil, err
	}
	slices.SortStableFunc(out, func(a, b Entry) int { return cmp.Compare(rank(a), rank(b)) })
	return out, nil
}

// comes reports whether a reservation stands on the list of its day.
func comes(r reservation.Reservation) bool {
	return r.State == reservation.Confirmed || r.State == reservation.Used || r.State == reservation.NoShow
}

func rank(e Entry) int {
	if e.Late {
		return 0
	}
	return 1
}

// fill adds names and what happened, each in one turn where it can.
func (x *Use) fill(tx *db.Tx, list []Entry, place Place) error {
	ids := make([]db.ID, len(list))
	for i, e := range list {
		ids[i] = e.ID
	}
	days, err := Records(tx, ids)
	if err != nil {
		return err
	}
	loans, err := loansOf(tx, ids)
	if err != nil {
		return err
	}
	persons, groups := map[db.ID]string{}, map[db.ID]i18n.Text{}
	for i := range list {
		e := &list[i]
		e.Day, e.Loans = days[e.ID], loans[e.ID]
		e.Late = place.Arrivals && e.Kind == reservation.ForUse && e.State == reservation.Confirmed && e.Day.Arrived.IsZero() &&
			!tx.Now.Before(e.Span.Start.Add(time.Duration(place.Late)*time.Minute))
		if _, known := groups[e.Reservation.Group]; !known {
			if groups[e.Reservation.Group], err = x.groupName(tx, e.Reservation.Group); err != nil {
				return err
			}
		}
		if _, known := persons[e.Person]; !known && e.Person != 0 && x.near.PersonName != nil {
			if persons[e.Person], err = x.near.PersonName(tx, e.Person); err != nil {
				return err
			}
		}
		e.Group, e.Who = groups[e.Reservation.Group], persons[e.Person]
	}
	return nil
}

// Here returns what of the person and the groups can arrive now in the room, or
// anywhere in the facility when place is one: the one that is on or comes next.
func (x *Use) Here(tx *db.Tx, person, place db.ID) (_ reservation.Reservation, ok bool, err error) {
	defer fault.Wrap(&err, "use.Here(%v)", place)
	var groups []db.ID
	if x.near.GroupsOf != nil {
		if groups, err = x.near.GroupsOf(tx, person); err != nil {
			return reservation.Reservation{}, false, err
		}
	}
	coming, err := reservation.Coming(tx, person, groups, 20)
	if err != nil {
		return reservation.Reservation{}, false, err
	}
	for _, r := range coming {
		if !Open(r, tx.Now) {
			continue
		}
		room, err := x.svc.Room(tx, r.Room)
		if err != nil {
			return reservation.Reservation{}, false, err
		}
		if r.Room == place || room.Facility == place {
			return r, true, nil
		}
	}
	return reservation.Reservation{}, false, nil
}

// Concerns reports whether the reservation is the person's, or their group's.
func (x *Use) Concerns(tx *db.Tx, person db.ID, r reservation.Reservation) (bool, error) {
	if person == 0 {
		return false, nil
	}
	if r.Person == person || r.Group == 0 || x.near.GroupsOf == nil {
		return r.Person == person, nil
	}
	groups, err := x.near.GroupsOf(tx, person)
	return slices.Contains(groups, r.Group), err
}

// Holder names who a reservation is for, as the office says it: the group in the
// reader's language, or the person.
func (x *Use) Holder(tx *db.Tx, r reservation.Reservation, loc *i18n.Localizer) (string, error) {
	if r.Group == 0 {
		return x.who(tx, r)
	}
	name, err := x.groupName(tx, r.Group)
	return loc.Text(name), err
}

// Facility returns the facility with the id, or NotFound.
func (x *Use) Facility(tx *db.Tx, id db.ID) (facility.Facility, error) { return facility.Get(tx, id) }

// Extras are what can be asked for in the rooms of a facility today, each once.
func (x *Use) Extras(tx *db.Tx, of db.ID, rooms []facility.Room) (out []rules.Extra, err error) {
	defer fault.Wrap(&err, "use.Extras(%v)", of)
	book, err := x.rules.Book(tx)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, r := range rooms {
		for _, e := range book.Fees(rules.PlaceOf(&r), today(tx)).Extras {
			if !seen[e.Key] {
				seen[e.Key] = true
				out = append(out, e)
			}
		}
	}
	return out, nil
}
