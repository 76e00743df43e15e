package use

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base32"
	"strings"
	"time"

	"kakehashi/domains/places/reservation"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/byid"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
)

// The kinds of thing.
const (
	Key       = "key"
	Equipment = "equipment"
)

const (
	mostName   = 60  // characters of a thing's name
	mostThings = 500 // of one facility
	mostLog    = 50  // loans of one thing that are shown
)

// Thing is a key or a piece of equipment that is handed out.
type Thing struct {
	ID       db.ID
	Facility db.ID
	Room     db.ID  // 0: of the whole facility
	Kind     string // Key or Equipment
	Name     string
	Extra    string // the key of the extra of the fees that it is; "" none
	Code     string // on its tag
	Closed   time.Time
}

// Loan is who has or had a thing.
type Loan struct {
	ID          db.ID
	Thing       db.ID
	Facility    db.ID
	Reservation db.ID
	Due         time.Time // the end of the use
	Out, Back   time.Time // Back zero: still out
	OutBy       db.ID
	BackBy      db.ID
	Name        string // of the thing
	Kind        string // of the thing
}

// Overdue reports whether the thing should be back.
func (l Loan) Overdue(now time.Time) bool { return l.Back.IsZero() && now.After(l.Due.Add(grace)) }

// grace is how long after the end a key may still be on its way back.
const grace = 15 * time.Minute

type thingRow struct {
	Thing
	closed int64
}

func (r *thingRow) dest() []any {
	return []any{&r.ID, &r.Facility, &r.Room, &r.Kind, &r.Name, &r.Extra, &r.Code, &r.closed}
}

const thingColumns = `id, facility_id, room_id, kind, name, extra, code, closed_at`

func thingsWhere(tx *db.Tx, q string, args ...any) ([]Thing, error) {
	rows, err := db.All(tx, (*thingRow).dest, `SELECT `+thingColumns+` FROM things `+q, args...)
	out := make([]Thing, len(rows))
	for i := range rows {
		out[i], out[i].Closed = rows[i].Thing, db.Time(rows[i].closed)
	}
	return out, err
}

// Things lists what a facility hands out, keys last.
func Things(tx *db.Tx, facility db.ID) (_ []Thing, err error) {
	defer fault.Wrap(&err, "use.Things(%v)", facility)
	return thingsWhere(tx, `WHERE facility_id = $1 AND closed_at = 0 ORDER BY kind, name, id LIMIT $2`, facility, mostThings)
}

// GetThing returns the thing with the id, or NotFound.
func GetThing(tx *db.Tx, id db.ID) (Thing, error) { return oneThing(tx, `WHERE id = $1`, id) }

// Tagged returns the thing with the code on its tag, or NotFound.
func Tagged(tx *db.Tx, code string) (Thing, error) {
	return oneThing(tx, `WHERE code = $1 AND closed_at = 0`, strings.ToLower(code))
}

func oneThing(tx *db.Tx, q string, arg any) (_ Thing, err error) {
	defer fault.Wrap(&err, "use.oneThing")
	list, err := thingsWhere(tx, q, arg)
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "web.error.not_found")
	}
	if err != nil {
		return Thing{}, err
	}
	return list[0], nil
}

// AddThing writes a new thing, with a code of its own unless it has one.
func AddThing(tx *db.Tx, t Thing) (_ Thing, err error) {
	defer fault.Wrap(&err, "use.AddThing(%v)", t.Facility)
	t.Name = strings.TrimSpace(t.Name)
	var c fault.Check
	c.Field(t.Name != "", "name", "use.error.name")
	c.Field(len([]rune(t.Name)) <= mostName, "name", "use.error.long", "most", mostName)
	c.Field(t.Kind == Key || t.Kind == Equipment, "kind", "use.error.kind")
	if err := c.Err(); err != nil {
		return t, err
	}
	t.ID = db.NewID()
	if t.Code == "" {
		t.Code = newCode()
	}
	if _, err := tx.Exec(`INSERT INTO things (`+thingColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)`,
		t.ID, t.Facility, t.Room, t.Kind, t.Name, t.Extra, t.Code); err != nil {
		return t, err
	}
	tx.Touch(Topic)
	return t, audit.Record(tx, audit.Entry{Action: "use.thing", Subject: "facility", ID: t.Facility})
}

// CloseThing takes a thing out of use; its past stays.
func CloseThing(tx *db.Tx, id db.ID) (err error) {
	defer fault.Wrap(&err, "use.CloseThing(%v)", id)
	t, err := GetThing(tx, id)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE things SET closed_at = $2 WHERE id = $1 AND closed_at = 0`, id, tx.Now); err != nil {
		return err
	}
	tx.Touch(Topic)
	return audit.Record(tx, audit.Entry{Action: "use.thing", Subject: "facility", ID: t.Facility})
}

// newCode returns 80 random bits as 16 letters and digits.
func newCode() string {
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
}

const loanColumns = `l.id, l.thing_id, l.facility_id, l.reservation_id, l.due_at, l.out_at, l.back_at, l.out_by, l.back_by, t.name, t.kind`

type loanRow struct {
	Loan
	due, out, back int64
}

func (r *loanRow) dest() []any {
	return []any{&r.ID, &r.Thing, &r.Facility, &r.Reservation, &r.due, &r.out, &r.back, &r.OutBy, &r.BackBy, &r.Name, &r.Kind}
}

func (r *loanRow) loan() Loan {
	r.Due, r.Out, r.Back = db.Time(r.due), db.Time(r.out), db.Time(r.back)
	return r.Loan
}

func loansWhere(tx *db.Tx, q string, args ...any) ([]Loan, error) {
	rows, err := db.All(tx, (*loanRow).dest, `SELECT `+loanColumns+` FROM loans AS l JOIN things AS t ON t.id = l.thing_id `+q, args...)
	out := make([]Loan, len(rows))
	for i := range rows {
		out[i] = rows[i].loan()
	}
	return out, err
}

// OutAt lists what is out at a facility, the longest due first.
func OutAt(tx *db.Tx, facility db.ID) (_ []Loan, err error) {
	defer fault.Wrap(&err, "use.OutAt(%v)", facility)
	return loansWhere(tx, `WHERE l.facility_id = $1 AND l.back_at = 0 ORDER BY l.due_at, l.id LIMIT $2`, facility, mostThings)
}

// Log lists who had the thing, the latest first.
func Log(tx *db.Tx, thing db.ID) (_ []Loan, err error) {
	defer fault.Wrap(&err, "use.Log(%v)", thing)
	return loansWhere(tx, `WHERE l.thing_id = $1 ORDER BY l.id DESC LIMIT $2`, thing, mostLog)
}

// loansOf returns what the reservations have out.
func loansOf(tx *db.Tx, ids []db.ID) (map[db.ID][]Loan, error) {
	rows, err := byid.Rows(tx, (*loanRow).dest, `SELECT `+loanColumns+` FROM loans AS l JOIN things AS t ON t.id = l.thing_id
		WHERE l.back_at = 0 AND l.reservation_id IN ({{ids}})`, ids)
	out := map[db.ID][]Loan{}
	for i := range rows {
		out[rows[i].Reservation] = append(out[rows[i].Reservation], rows[i].loan())
	}
	return out, err
}

// HandOut gives the thing to a reservation; giving it again to the same changes
// nothing, to another while it is out is a Conflict.
func (x *Use) HandOut(ctx context.Context, actor db.Actor, thing, to db.ID) (err error) {
	defer fault.Wrap(&err, "use.HandOut(%v, %v)", thing, to)
	return x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		t, err := GetThing(tx, thing)
		if err != nil {
			return err
		}
		r, err := reservation.Get(tx, to)
		if err != nil {
			return err
		}
		room, err := x.svc.Room(tx, r.Room)
		if err != nil {
			return err
		}
		if !comes(r) || r.State == reservation.NoShow || room.Facility != t.Facility {
			return fault.New(fault.Conflict, "use.error.state")
		}
		n, err := tx.Exec(`INSERT INTO loans (id, thing_id, facility_id, reservation_id, due_at, out_at, out_by, back_at, back_by, told_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0) ON CONFLICT (thing_id) WHERE back_at = 0 DO NOTHING`,
			db.NewID(), thing, t.Facility, to, r.Span.End, tx.Now, actor.Person)
		if err != nil {
			return err
		}
		if n == 0 {
			out, err := loansWhere(tx, `WHERE l.thing_id = $1 AND l.back_at = 0`, thing)
			if err != nil || len(out) > 0 && out[0].Reservation == to {
				return err
			}
			return fault.New(fault.Conflict, "use.error.out")
		}
		tx.Touch(Topic)
		return audit.Record(tx, audit.Entry{Action: "use.out", Subject: "reservation", ID: to, Person: r.Person})
	})
}

// InboxKey is what a key that is not back waits as.
//
//i18n:uses use.inbox.*
const InboxKey = "use.key"

// TakeBack notes that the thing is back; noting it again changes nothing.
func (x *Use) TakeBack(ctx context.Context, actor db.Actor, thing db.ID) (err error) {
	defer fault.Wrap(&err, "use.TakeBack(%v)", thing)
	return x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		out, err := loansWhere(tx, `WHERE l.thing_id = $1 AND l.back_at = 0`, thing)
		if err != nil || len(out) == 0 {
			return err
		}
		l := out[0]
		if n, err := tx.Exec(`UPDATE loans SET back_at = $2, back_by = $3 WHERE id = $1 AND back_at = 0`, l.ID, tx.Now, actor.Person); err != nil || n == 0 {
			return err
		}
		if err := inbox.CloseAs(tx, InboxKey, l.ID, "use.outcome.back"); err != nil {
			return err
		}
		tx.Touch(Topic)
		return audit.Record(tx, audit.Entry{Action: "use.back", Subject: "reservation", ID: l.Reservation})
	})
}

// overdue opens an item of the inbox for each thing that is not back.
func (x *Use) overdue(ctx context.Context) error {
	return x.deps.DB.Write(ctx, jobActor, func(tx *db.Tx) error {
		late, err := loansWhere(tx, `WHERE l.back_at = 0 AND l.told_at = 0 AND l.due_at <= $1 ORDER BY l.due_at, l.id LIMIT $2`, tx.Now.Add(-grace), batch)
		if err != nil {
			return err
		}
		for _, l := range late {
			r, err := reservation.Get(tx, l.Reservation)
			if err != nil {
				return err
			}
			who, err := x.who(tx, r)
			if err != nil {
				return err
			}
			err = inbox.Open(tx, inbox.Item{
				Office: r.Office, Kind: InboxKey, Subject: l.ID, Key: "use.overdue.item", Due: today(tx), Link: "/office/use/things/" + l.Thing.String(),
				Args: map[string]string{"thing": l.Name, "who": who, "receipt": r.Receipt},
			})
			if err != nil {
				return err
			}
			if _, err := tx.Exec(`UPDATE loans SET told_at = $2 WHERE id = $1`, l.ID, tx.Now); err != nil {
				return err
			}
		}
		return nil
	})
}

// who names the holder as a clerk looks for them.
func (x *Use) who(tx *db.Tx, r reservation.Reservation) (string, error) {
	if r.Group != 0 {
		name, err := x.groupName(tx, r.Group)
		shown, _ := name.Pick(i18n.Ja)
		return shown, err
	}
	if x.near.PersonName == nil || r.Person == 0 {
		return "", nil
	}
	return x.near.PersonName(tx, r.Person)
}

// Asked lists the things that a reservation asked for among those of its
// facility, and the key of its room: what is to be handed over.
func Asked(r reservation.Reservation, things []Thing) (out []Thing) {
	for _, t := range things {
		if t.Kind == Key && t.Room == r.Room || t.Extra != "" && cmp.Or(r.Asked.Extras[t.Extra], 0) > 0 {
			out = append(out, t)
		}
	}
	return out
}

// LoansOf lists what a reservation has out.
func LoansOf(tx *db.Tx, of db.ID) (_ []Loan, err error) {
	defer fault.Wrap(&err, "use.LoansOf(%v)", of)
	all, err := loansOf(tx, []db.ID{of})
	return all[of], err
}
