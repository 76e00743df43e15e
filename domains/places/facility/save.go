package facility

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

const facilityColumns = `id, version, code, number, name, kana, description, address, building, town, postal_code, lat, lng,
	phone, phone_note, mail, url, days, opens, closes, hours_note, access, extra, office_id, bookable, closed_at, changed_at, programme_id`

// facilityRow is a row of facilities on its way into a Facility.
type facilityRow struct {
	Facility
	access, extra       string
	closedAt, changedAt int64
}

func (r *facilityRow) dest() []any {
	return []any{&r.ID, &r.Version, &r.Code, &r.Number, &r.Name, &r.Kana, &r.Description, &r.Address, &r.Building, &r.Town,
		&r.PostalCode, &r.Lat, &r.Lng, &r.Phone, &r.PhoneNote, &r.Mail, &r.URL, &r.Days, &r.Opens, &r.Closes, &r.HoursNote,
		&r.access, &r.extra, &r.Office, &r.Bookable, &r.closedAt, &r.changedAt, &r.Programme}
}

func (r *facilityRow) facility() (Facility, error) {
	r.Closed, r.ChangedAt = r.closedAt != 0, db.Time(r.changedAt)
	if err := json.Unmarshal([]byte(r.access), &r.Access); err != nil {
		return Facility{}, fmt.Errorf("facility %v: access: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(r.extra), &r.Extra); err != nil {
		return Facility{}, fmt.Errorf("facility %v: extra: %w", r.ID, err)
	}
	return r.Facility, nil
}

// Get returns the facility, or NotFound.
func Get(tx *db.Tx, id db.ID) (_ Facility, err error) {
	defer fault.Wrap(&err, "facility.Get(%v)", id)
	row, err := db.One(tx, (*facilityRow).dest, `SELECT `+facilityColumns+` FROM facilities WHERE id = $1`, id)
	if err != nil {
		return Facility{}, err
	}
	return row.facility()
}

// ByIdentity returns the facility that an import names so, or NotFound.
func ByIdentity(tx *db.Tx, identity string) (_ Facility, err error) {
	defer fault.Wrap(&err, "facility.ByIdentity(%q)", identity)
	row, err := db.One(tx, (*facilityRow).dest, `SELECT `+facilityColumns+` FROM facilities WHERE identity = $1`, identity)
	if err != nil {
		return Facility{}, err
	}
	return row.facility()
}

// ByName returns the facility with the folded name and address that has the
// number, or has none where number is given, or has any where it is not: lists
// come with ids and without. NotFound when there is none.
func ByName(tx *db.Tx, nameKey, number string) (_ Facility, err error) {
	defer fault.Wrap(&err, "facility.ByName(%q, %q)", nameKey, number)
	row, err := db.One(tx, (*facilityRow).dest, `SELECT `+facilityColumns+` FROM facilities
		WHERE name_key = $1 AND (number = '' OR CAST($2 AS TEXT) = '') ORDER BY id LIMIT 1`, nameKey, number)
	if err != nil {
		return Facility{}, err
	}
	return row.facility()
}

// All returns the facilities after one in the order of their ids, at most
// limit: pages of everything, for the directory and exports.
func All(tx *db.Tx, after db.ID, limit int) (_ []Facility, err error) {
	defer fault.Wrap(&err, "facility.All(after %v)", after)
	rows, err := db.All(tx, (*facilityRow).dest,
		`SELECT `+facilityColumns+` FROM facilities WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
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

// Same reports whether an import would change nothing: everything but the
// version and the time of the last change.
func (f Facility) Same(o Facility) bool {
	f.Version, f.ChangedAt, f.ID = o.Version, o.ChangedAt, o.ID
	same := maps.Equal(f.Name, o.Name) && maps.Equal(f.Description, o.Description) &&
		maps.Equal(f.Access, o.Access) && maps.Equal(f.Extra, o.Extra)
	f.Name, f.Description, f.Access, f.Extra = nil, nil, nil, nil
	o.Name, o.Description, o.Access, o.Extra = nil, nil, nil, nil
	return same && fmt.Sprint(f) == fmt.Sprint(o)
}

// Save writes the facility: a new one when its ID is zero, else the one with
// its ID and Version. When somebody else changed it meanwhile it is a Conflict.
func Save(tx *db.Tx, f Facility) (id db.ID, err error) {
	defer fault.Wrap(&err, "facility.Save(%v)", f.ID)
	if err := f.Check(); err != nil {
		return 0, err
	}
	closed := closedAt(tx, f.Closed)
	action := "places.facility.change"
	if f.ID == 0 {
		f.ID, f.Version, action = db.NewID(), 0, "places.facility.add"
		_, err = tx.Exec(`INSERT INTO facilities (identity, `+facilityColumns+`, sort_key, name_key)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31)`,
			append([]any{f.Identity()}, f.values(closed, db.Micros(tx.Now))...)...)
	} else {
		var n int64
		n, err = tx.Exec(`UPDATE facilities SET identity = $1, version = version + 1, code = $4, number = $5, name = $6, kana = $7,
			description = $8, address = $9, building = $10, town = $11, postal_code = $12, lat = $13, lng = $14, phone = $15,
			phone_note = $16, mail = $17, url = $18, days = $19, opens = $20, closes = $21, hours_note = $22, access = $23,
			extra = $24, office_id = $25, bookable = $26, closed_at = $27, changed_at = $28, programme_id = $29, sort_key = $30, name_key = $31
			WHERE id = $2 AND version = $3`,
			append([]any{f.Identity()}, f.values(closed, db.Micros(tx.Now))...)...)
		if err == nil && n == 0 {
			return 0, fault.New(fault.Conflict, "places.error.edited")
		}
	}
	if db.IsUnique(err) {
		return 0, fault.New(fault.Conflict, "places.error.known").Because(err)
	}
	if err != nil {
		return 0, err
	}
	tx.Touch(Topic)
	return f.ID, audit.Record(tx, audit.Entry{Action: action, Subject: "facility", ID: f.ID})
}

func (f Facility) values(closedAt, changedAt int64) []any {
	return []any{f.ID, f.Version, f.Code, f.Number, f.Name, f.Kana, f.Description, f.Address, f.Building, f.Town,
		f.PostalCode, f.Lat, f.Lng, f.Phone, f.PhoneNote, f.Mail, f.URL, f.Days, f.Opens, f.Closes, f.HoursNote,
		object(f.Access), object(f.Extra), f.Office, f.Bookable, closedAt, changedAt, f.Programme, f.SortKey(), f.NameKey()}
}

func closedAt(tx *db.Tx, closed bool) int64 {
	if closed {
		return db.Micros(tx.Now)
	}
	return 0
}

// object writes a map as JSON with its keys in order, {} when it is empty.
func object(m map[string]string) string {
	if len(m) == 0 {
		return "{}"
	}
	b, err := json.Marshal(m)
	if err != nil {
		return "{}" // a map of strings always has a JSON form
	}
	return string(b)
}

// list writes strings as a JSON list, [] when there are none.
func list(l []string) string {
	if len(l) == 0 {
		return "[]"
	}
	b, err := json.Marshal(l)
	if err != nil {
		return "[]" // strings always have a JSON form
	}
	return string(b)
}

// SaveRoom writes the room: a new one when its ID is zero, else the one with
// its ID and Version. When somebody else changed it meanwhile it is a Conflict.
func SaveRoom(tx *db.Tx, r Room) (id db.ID, err error) {
	defer fault.Wrap(&err, "facility.SaveRoom(%v)", r.ID)
	if err := r.Check(); err != nil {
		return 0, err
	}
	bands := "[]"
	if len(r.Bands) > 0 {
		b, err := json.Marshal(r.Bands)
		if err != nil {
			return 0, err
		}
		bands = string(b)
	}
	slices.Sort(r.Equipment)
	closed := closedAt(tx, r.Closed)
	action := "places.room.change"
	if r.ID == 0 {
		r.ID, r.Version, action = db.NewID(), 0, "places.room.add"
		if r.Slug == "" {
			r.Slug = r.ID.String()
		}
		_, err = tx.Exec(`INSERT INTO rooms (`+roomColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
			r.ID, r.Version, r.Facility, r.Slug, r.Name, r.Note, r.Capacity, r.Area, r.StepFree, list(r.Equipment), bands,
			r.Opens, r.Closes, r.Approval, r.FeeYen, r.Loud, r.Sort, closed, r.Class, 0)
	} else {
		var n int64
		n, err = tx.Exec(`UPDATE rooms SET version = version + 1, name = $3, note = $4, capacity = $5, area = $6, step_free = $7,
			equipment = $8, bands = $9, opens = $10, closes = $11, approval = $12, fee_yen = $13, loud = $14, sort = $15, closed_at = $16,
			class = $17
			WHERE id = $1 AND version = $2`,
			r.ID, r.Version, r.Name, r.Note, r.Capacity, r.Area, r.StepFree, list(r.Equipment), bands,
			r.Opens, r.Closes, r.Approval, r.FeeYen, r.Loud, r.Sort, closed, r.Class)
		if err == nil && n == 0 {
			return 0, fault.New(fault.Conflict, "places.error.edited")
		}
	}
	if err != nil {
		return 0, err
	}
	if err := saveLayout(tx, r); err != nil {
		return 0, err
	}
	tx.Touch(Topic)
	return r.ID, audit.Record(tx, audit.Entry{Action: action, Subject: "room", ID: r.ID, Detail: map[string]string{"facility": r.Facility.String()}})
}

// AddClosure writes a new closure.
func AddClosure(tx *db.Tx, c Closure) (id db.ID, err error) {
	defer fault.Wrap(&err, "facility.AddClosure(%v)", c.Facility)
	if c.Until.IsZero() {
		c.Until = c.Day
	}
	if err := c.Check(); err != nil {
		return 0, err
	}
	c.ID = db.NewID()
	_, err = tx.Exec(`INSERT INTO closures (`+closureColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		c.ID, c.Facility, c.Room, string(c.Rule), c.Weekday, c.Nth, c.Day, c.Until, c.From, c.To, c.Reason)
	if err != nil {
		return 0, err
	}
	tx.Touch(Topic)
	return c.ID, audit.Record(tx, audit.Entry{Action: "places.closure.add", Subject: "facility", ID: c.Facility,
		Detail: map[string]string{"rule": string(c.Rule), "day": c.Day.String(), "until": c.Until.String()}})
}

// DropClosure removes a closure of the facility: a rule of the calendar, which
// nobody's rights hang on. NotFound when there is none.
func DropClosure(tx *db.Tx, facility, id db.ID) (err error) {
	defer fault.Wrap(&err, "facility.DropClosure(%v)", id)
	n, err := tx.Exec(`DELETE FROM closures WHERE id = $1 AND facility_id = $2`, id, facility)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.NotFound, "web.error.not_found")
	}
	tx.Touch(Topic)
	return audit.Record(tx, audit.Entry{Action: "places.closure.drop", Subject: "facility", ID: facility})
}
