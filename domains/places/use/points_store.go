package use

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"

	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// Penalties returns the rule in force today where the reservation is.
func (x *Use) Penalties(tx *db.Tx, r reservation.Reservation) (rules.Penalties, error) {
	room, err := x.svc.Room(tx, r.Room)
	if err != nil {
		return rules.Penalties{}, err
	}
	book, err := x.rules.Book(tx)
	if err != nil {
		return rules.Penalties{}, err
	}
	return book.Penalties(rules.PlaceOf(&room.Room), today(tx)), nil
}

// offence says what a change is to be blamed for, "" for nothing: the office
// ends what it likes, and nobody is punished for what others did.
func (x *Use) offence(tx *db.Tx, was, now reservation.Reservation) Offence {
	switch now.State {
	case reservation.NoShow:
		return NoShow
	case reservation.Cancelled:
		if was.State == reservation.Confirmed && x.own(tx, now) {
			return Late
		}
	case reservation.Lapsed:
		if was.State == reservation.Offered && now.Source == "draw" && tx.Actor.Via == "job" {
			return Unconfirmed
		}
	}
	return ""
}

// own reports whether the holder acts: the person, or one of the group.
func (x *Use) own(tx *db.Tx, r reservation.Reservation) bool {
	who := self(tx.Actor)
	if who == 0 {
		return false
	}
	if who == r.Person {
		return true
	}
	if r.Group == 0 || x.near.GroupsOf == nil {
		return false
	}
	groups, err := x.near.GroupsOf(tx, who)
	if err != nil {
		return false
	}
	for _, g := range groups {
		if g == r.Group {
			return true
		}
	}
	return false
}

// give writes the points of an offence by the rule of the day, suspends the
// holder when there are enough, and tells them.
func (x *Use) give(tx *db.Tx, r reservation.Reservation, kind Offence) (err error) {
	defer fault.Wrap(&err, "give(%v, %s)", r.ID, kind)
	rule, err := x.Penalties(tx, r)
	if err != nil {
		return err
	}
	n := cost(rule, kind)
	if n == 0 || kind == Late && !late(rule, today(tx), r.Day()) {
		return nil
	}
	p := Point{ID: db.NewID(), Holder: holder(r), Person: r.Person, Reservation: r.ID, Office: r.Office, Kind: kind, Points: n, Day: today(tx)}
	wrote, err := writePoint(tx, p)
	if err != nil || !wrote {
		return err
	}
	if err := audit.Record(tx, audit.Entry{Action: "use.points", Subject: "reservation", ID: r.ID, Person: r.Person}); err != nil {
		return err
	}
	all, err := live(tx, p.Holder)
	if err != nil {
		return err
	}
	s := Stand(all, rule, p.Day)
	if !s.Until.IsZero() {
		if err := suspend(tx, p.Holder, rule, s, all); err != nil {
			return err
		}
	}
	tx.Touch(Topic)
	return x.tell(tx, r, p, s, rule)
}

// writePoint writes a point, unless the reservation cost one of its kind already.
func writePoint(tx *db.Tx, p Point) (wrote bool, err error) {
	n, err := tx.Exec(`INSERT INTO points (id, holder_id, person_id, reservation_id, office_id, kind, points, day, suspension_id, lifted_at, lifted_by, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0, '') ON CONFLICT (reservation_id, kind) DO NOTHING`,
		p.ID, p.Holder, p.Person, p.Reservation, p.Office, p.Kind, p.Points, p.Day)
	return n == 1, err
}

// suspend ends the holder's booking until a day, and spends the points on it.
func suspend(tx *db.Tx, holder db.ID, rule rules.Penalties, s Standing, all []Point) error {
	id := db.NewID()
	if _, err := tx.Exec(`INSERT INTO suspensions (id, holder_id, day, until, needed, lifted_at) VALUES ($1, $2, $3, $4, $5, 0)`,
		id, holder, today(tx), s.Until, rule.Limit); err != nil {
		return err
	}
	for _, p := range all {
		if p.Counts(rule.Window, today(tx)) {
			if _, err := tx.Exec(`UPDATE points SET suspension_id = $2 WHERE id = $1`, p.ID, id); err != nil {
				return err
			}
		}
	}
	tx.Touch(pointsTopic)
	return nil
}

// PointsNotice is what the message about points is rendered from.
type PointsNotice struct {
	reservation.Notice
	Kind   Offence `json:"kind"`
	Points int     `json:"points"`
	Sum    int     `json:"sum"`
	Limit  int     `json:"limit"`
	Ends   jp.Date `json:"ends"`  // the day on which these no longer count
	Until  jp.Date `json:"until"` // of the suspension; zero: none
}

// The kinds of message that this package sends; package desk renders them.
const (
	MailPoints = "use.points"
	MailReport = "use.report"
)

// tell says what was given, what follows and until when.
func (x *Use) tell(tx *db.Tx, r reservation.Reservation, p Point, s Standing, rule rules.Penalties) error {
	n, err := x.svc.Notice(tx, r)
	if err != nil {
		return err
	}
	return x.send(tx, r, MailPoints, PointsNotice{Notice: n, Kind: p.Kind, Points: p.Points, Sum: s.Sum, Limit: rule.Limit, Ends: p.Ends(rule.Window), Until: s.Until})
}

// send sends a message about the reservation to who answers for it.
func (x *Use) send(tx *db.Tx, r reservation.Reservation, kind string, data any) error {
	if r.Person == 0 || x.deps.Deliver == nil {
		return nil
	}
	b, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return x.deps.Deliver.Send(tx, deliver.Message{To: r.Person, Kind: kind, Data: json.RawMessage(b), Office: r.Office})
}

const pointColumns = `id, holder_id, person_id, reservation_id, office_id, kind, points, day, suspension_id, lifted_at, lifted_by, reason`

type pointRow struct {
	Point
	lifted int64
}

func (r *pointRow) dest() []any {
	return []any{&r.ID, &r.Holder, &r.Person, &r.Reservation, &r.Office, &r.Kind, &r.Points, &r.Day, &r.Suspension, &r.lifted, &r.LiftedBy, &r.Reason}
}

func somePoints(tx *db.Tx, q string, args ...any) ([]Point, error) {
	rows, err := db.All(tx, (*pointRow).dest, `SELECT `+pointColumns+` FROM points `+q, args...)
	out := make([]Point, len(rows))
	for i := range rows {
		out[i], out[i].Lifted = rows[i].Point, db.Time(rows[i].lifted)
	}
	return out, err
}

// mostPoints bounds what is read of one holder: more than any limit.
const mostPoints = 200

// live are the holder's points that are neither lifted nor spent.
func live(tx *db.Tx, holder db.ID) ([]Point, error) {
	return somePoints(tx, `WHERE holder_id = $1 AND suspension_id = 0 AND lifted_at = 0 ORDER BY day DESC, id DESC LIMIT $2`, holder, mostPoints)
}

// PointsOf lists what a holder was given, the latest first.
func PointsOf(tx *db.Tx, holder db.ID) (_ []Point, err error) {
	defer fault.Wrap(&err, "use.PointsOf(%v)", holder)
	return somePoints(tx, `WHERE holder_id = $1 ORDER BY day DESC, id DESC LIMIT $2`, holder, mostPoints)
}

// OfficePoints lists what was given for an office's reservations, the latest
// first, before the one with the id (0: from the latest).
func OfficePoints(tx *db.Tx, office, before db.ID, limit int) (_ []Point, err error) {
	defer fault.Wrap(&err, "use.OfficePoints(%v)", office)
	return somePoints(tx, `WHERE office_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, office, cmp.Or(before, db.ID(1<<62)), limit)
}

// GetPoint returns one point, or NotFound.
func GetPoint(tx *db.Tx, id db.ID) (_ Point, err error) {
	defer fault.Wrap(&err, "use.GetPoint(%v)", id)
	r, err := db.One(tx, (*pointRow).dest, `SELECT `+pointColumns+` FROM points WHERE id = $1`, id)
	r.Lifted = db.Time(r.lifted)
	return r.Point, err
}

// SuspendedUntil returns the last day of the holder's suspension; zero when
// there is none today.
func SuspendedUntil(tx *db.Tx, holder db.ID) (until jp.Date, err error) {
	defer fault.Wrap(&err, "use.SuspendedUntil(%v)", holder)
	rows, err := db.All(tx, func(d *jp.Date) []any { return []any{d} },
		`SELECT until FROM suspensions WHERE holder_id = $1 AND until >= $2 AND lifted_at = 0 ORDER BY until DESC LIMIT 1`, holder, today(tx))
	if err != nil || len(rows) == 0 {
		return jp.Date{}, err
	}
	return rows[0], nil
}

// Lift takes points back, with the reason. A suspension that they led to ends
// when too few are left, and the others of it count again as before.
func (x *Use) Lift(ctx context.Context, actor db.Actor, id db.ID, reason string) (err error) {
	defer fault.Wrap(&err, "use.Lift(%v)", id)
	reason = strings.TrimSpace(reason)
	var c fault.Check
	c.Field(reason != "", "reason", "use.error.reason")
	c.Field(len([]rune(reason)) <= mostNote, "reason", "use.error.long", "most", mostNote)
	if err := c.Err(); err != nil {
		return err
	}
	return x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		p, err := GetPoint(tx, id)
		if err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE points SET lifted_at = $2, lifted_by = $3, reason = $4 WHERE id = $1 AND lifted_at = 0`, id, tx.Now, actor.Person, reason)
		if err != nil || n == 0 {
			return err
		}
		if p.Suspension != 0 {
			if err := relieve(tx, p.Suspension); err != nil {
				return err
			}
		}
		tx.Touch(Topic)
		return audit.Record(tx, audit.Entry{Action: "use.lift", Subject: "reservation", ID: p.Reservation, Person: p.Person})
	})
}

// relieve ends a suspension whose points no longer suffice.
func relieve(tx *db.Tx, id db.ID) error {
	spent, err := somePoints(tx, `WHERE suspension_id = $1 AND suspension_id <> 0 ORDER BY id LIMIT $2`, id, mostPoints)
	if err != nil {
		return err
	}
	var needed int
	if err := tx.Row(`SELECT needed FROM suspensions WHERE id = $1`, id).Scan(&needed); err != nil {
		return err
	}
	if !short(spent, needed) {
		return nil
	}
	if _, err := tx.Exec(`UPDATE suspensions SET lifted_at = $2 WHERE id = $1`, id, tx.Now); err != nil {
		return err
	}
	for _, p := range spent {
		if _, err := tx.Exec(`UPDATE points SET suspension_id = 0 WHERE id = $1`, p.ID); err != nil {
			return err
		}
	}
	tx.Touch(pointsTopic)
	return nil
}

// groupName names a group; nothing for none.
func (x *Use) groupName(tx *db.Tx, group db.ID) (i18n.Text, error) {
	if group == 0 || x.near.GroupName == nil {
		return nil, nil
	}
	return x.near.GroupName(tx, group)
}

// Holding is a holder of reservations that a person answers for.
type Holding struct {
	ID   db.ID
	Name i18n.Text // of a group; nil for the person alone
}

// Holders lists the person alone, and the groups for which they may book.
func (x *Use) Holders(tx *db.Tx, person db.ID) (_ []Holding, err error) {
	defer fault.Wrap(&err, "use.Holders(%v)", person)
	out := []Holding{{ID: person}}
	if x.near.GroupsOf == nil {
		return out, nil
	}
	groups, err := x.near.GroupsOf(tx, person)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		name, err := x.groupName(tx, g)
		if err != nil {
			return nil, err
		}
		out = append(out, Holding{g, name})
	}
	return out, nil
}

// PointsFor lists what one reservation cost.
func PointsFor(tx *db.Tx, of db.ID) (_ []Point, err error) {
	defer fault.Wrap(&err, "use.PointsFor(%v)", of)
	return somePoints(tx, `WHERE reservation_id = $1 ORDER BY id`, of)
}

// Forget takes the person's name off what their groups were given, and drops
// what they were given alone.
func Forget(tx *db.Tx, person db.ID) (err error) {
	defer fault.Wrap(&err, "use.Forget(%v)", person)
	if _, err := tx.Exec(`DELETE FROM points WHERE holder_id = $1`, person); err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM suspensions WHERE holder_id = $1`, person); err != nil {
		return err
	}
	tx.Touch(Topic, pointsTopic)
	_, err = tx.Exec(`UPDATE points SET person_id = 0 WHERE person_id = $1 AND person_id <> 0`, person)
	return err
}
