package use

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/files"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/jobs"
	"kakehashi/platform/module"
)

// Bands are the age bands of a report, in years: those of the city's plan, as
// module.Activity.Participants has them.
var Bands = []string{"0-11", "12-17", "18-39", "40-64", "65+"}

// Checks are what a group says of how it left the room.
var Checks = []string{"tidy", "lights", "keys", "clean"}

const (
	mostNote   = 500 // characters
	mostFaults = 20  // of one report
	askWithin  = 48 * time.Hour
)

// Report is what a group says of its use afterwards.
type Report struct {
	Reservation    db.ID
	Version        int64
	Started, Ended int              // minutes after midnight of the day of the reservation
	Heads          map[string]int64 // one of Bands to people
	Lang           i18n.Lang        // that all of them speak; "" unknown or several
	Checks         []string         // of Checks
	Note           string
	Filed          time.Time
	FiledBy        db.ID
	Changed        time.Time
}

// Sum returns how many people came.
func (r Report) Sum() (n int64) {
	for _, v := range r.Heads {
		n += v
	}
	return n
}

// participants is Heads as an Activity has them.
func (r Report) participants() map[string]int64 {
	out := map[string]int64{}
	for band, n := range r.Heads {
		if n > 0 {
			out[band+"/"+string(r.Lang)] = n
		}
	}
	return out
}

// check returns what is wrong with a report, as fields of its form.
func (r Report) check() error {
	var c fault.Check
	c.Field(r.Started >= 0 && r.Started < r.Ended && r.Ended <= 24*60, "ended", "use.error.times")
	clear := true
	for band, n := range r.Heads {
		ok := slices.Contains(Bands, band) && n >= 0 && n <= mostHeads
		c.Field(ok, "heads."+band, "use.error.heads")
		clear = clear && ok
	}
	c.Field(!clear || r.Sum() > 0, "heads."+Bands[0], "use.error.nobody")
	c.Field(len([]rune(r.Note)) <= mostNote, "note", "use.error.long", "most", mostNote)
	return c.Err()
}

// Fault is what a group found broken.
type Fault struct {
	ID          db.ID
	Reservation db.ID
	Room        db.ID
	Office      db.ID
	What        string
	Made        time.Time
	Settled     time.Time
	SettledBy   db.ID
	Outcome     string // what was done about it
}

// Reportable reports whether the report can be filed or corrected now: from the
// start of the use until the end of the day after.
func Reportable(r reservation.Reservation, now time.Time) bool {
	if r.Kind != reservation.ForUse || r.State != reservation.Confirmed && r.State != reservation.Used {
		return false
	}
	return !now.Before(r.Span.Start) && !jp.DateOf(now).After(jp.DateOf(r.Span.End.Add(-time.Second)).AddDays(1))
}

type reportRow struct {
	Report
	heads, checks  string
	filed, changed int64
}

func (r *reportRow) dest() []any {
	return []any{&r.Reservation, &r.Version, &r.Started, &r.Ended, &r.heads, &r.checks, &r.Note, &r.filed, &r.FiledBy, &r.changed}
}

// kept is the JSON of heads.
type kept struct {
	Heads map[string]int64 `json:"heads"`
	Lang  i18n.Lang        `json:"lang,omitempty"`
}

// GetReport returns the report of a reservation, or NotFound.
func GetReport(tx *db.Tx, id db.ID) (_ Report, err error) {
	defer fault.Wrap(&err, "use.GetReport(%v)", id)
	r, err := db.One(tx, (*reportRow).dest, `SELECT reservation_id, version, started, ended, heads, checks, note, filed_at, filed_by, changed_at
		FROM use_reports WHERE reservation_id = $1`, id)
	if err != nil {
		return Report{}, err
	}
	var k kept
	if err := json.Unmarshal([]byte(r.heads), &k); err != nil {
		return Report{}, err
	}
	r.Heads, r.Lang = k.Heads, k.Lang
	if err := json.Unmarshal([]byte(r.checks), &r.Checks); err != nil {
		return Report{}, err
	}
	r.Filed, r.Changed = db.Time(r.filed), db.Time(r.changed)
	return r.Report, nil
}

// Broken is a fault on its way in, with its photo if there is one.
type Broken struct {
	What  string
	Photo *files.Staged
}

// File writes or corrects the report; Version is the one that was read, 0 for a
// new one. Each fault waits for the office, and how many came goes into the
// Activity.
func (x *Use) File(ctx context.Context, actor db.Actor, rep Report, broken *Broken) (err error) {
	defer fault.Wrap(&err, "use.File(%v)", rep.Reservation)
	rep.Note = strings.TrimSpace(rep.Note)
	if err := rep.check(); err != nil {
		return err
	}
	if broken != nil {
		broken.What = strings.TrimSpace(broken.What)
		var c fault.Check
		c.Field(broken.What != "", "what", "use.error.what")
		c.Field(len([]rune(broken.What)) <= mostNote, "what", "use.error.long", "most", mostNote)
		if err := c.Err(); err != nil {
			return err
		}
	}
	return x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		r, err := reservation.Get(tx, rep.Reservation)
		if err != nil {
			return err
		}
		if !Reportable(r, tx.Now) {
			return fault.New(fault.Conflict, "use.error.report_over")
		}
		if err := writeReport(tx, rep); err != nil {
			return err
		}
		if broken != nil {
			if err := x.raise(tx, r, *broken); err != nil {
				return err
			}
		}
		if r.State == reservation.Used {
			if err := x.count(tx, r, rep); err != nil {
				return err
			}
		}
		tx.Touch(Topic)
		return audit.Record(tx, audit.Entry{Action: "use.report", Subject: "reservation", ID: r.ID, Person: r.Person})
	})
}

func writeReport(tx *db.Tx, rep Report) error {
	heads, err := json.Marshal(kept{rep.Heads, rep.Lang})
	if err != nil {
		return err
	}
	checks, err := json.Marshal(append([]string{}, rep.Checks...))
	if err != nil {
		return err
	}
	n, err := tx.Exec(`INSERT INTO use_reports (reservation_id, version, started, ended, heads, checks, note, filed_at, filed_by, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8)
		ON CONFLICT (reservation_id) DO UPDATE SET version = excluded.version, started = excluded.started, ended = excluded.ended,
			heads = excluded.heads, checks = excluded.checks, note = excluded.note, changed_at = excluded.changed_at
		WHERE use_reports.version = excluded.version - 1`,
		rep.Reservation, rep.Version+1, rep.Started, rep.Ended, string(heads), string(checks), rep.Note, db.Micros(tx.Now), tx.Actor.Person)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "use.error.changed")
	}
	return err
}

// InboxFault is what a broken thing waits as.
const InboxFault = "use.fault"

// raise lets a fault wait for the office.
func (x *Use) raise(tx *db.Tx, r reservation.Reservation, b Broken) error {
	var n int
	if err := tx.Row(`SELECT COUNT(*) FROM use_faults WHERE reservation_id = $1`, r.ID).Scan(&n); err != nil {
		return err
	}
	if n >= mostFaults {
		return fault.New(fault.Conflict, "use.error.faults", "most", mostFaults)
	}
	room, err := x.svc.Room(tx, r.Room)
	if err != nil {
		return err
	}
	f := Fault{ID: db.NewID(), Reservation: r.ID, Room: r.Room, Office: r.Office, What: b.What}
	if _, err := tx.Exec(`INSERT INTO use_faults (id, reservation_id, room_id, office_id, what, made_at, settled_at, settled_by, outcome)
		VALUES ($1, $2, $3, $4, $5, $6, 0, 0, '')`, f.ID, f.Reservation, f.Room, f.Office, f.What, tx.Now); err != nil {
		return err
	}
	if b.Photo != nil {
		if _, err := x.deps.Files.Add(tx, f.ID, b.Photo, nil); err != nil {
			return err
		}
	}
	return inbox.Open(tx, inbox.Item{
		Office: r.Office, Kind: InboxFault, Subject: f.ID, Key: "use.fault.item", Due: jp.WorkingDays(today(tx), 2), Link: "/office/use/faults/" + f.ID.String(),
		Args: map[string]string{"room": room.Name[i18n.Ja], "what": f.What},
	})
}

type faultRow struct {
	Fault
	made, settled int64
}

func (r *faultRow) dest() []any {
	return []any{&r.ID, &r.Reservation, &r.Room, &r.Office, &r.What, &r.made, &r.settled, &r.SettledBy, &r.Outcome}
}

func (r *faultRow) fault() Fault {
	r.Made, r.Settled = db.Time(r.made), db.Time(r.settled)
	return r.Fault
}

const faultColumns = `id, reservation_id, room_id, office_id, what, made_at, settled_at, settled_by, outcome`

// GetFault returns one fault, or NotFound.
func GetFault(tx *db.Tx, id db.ID) (_ Fault, err error) {
	defer fault.Wrap(&err, "use.GetFault(%v)", id)
	r, err := db.One(tx, (*faultRow).dest, `SELECT `+faultColumns+` FROM use_faults WHERE id = $1`, id)
	return r.fault(), err
}

// Faults lists what was raised with a reservation, in order.
func Faults(tx *db.Tx, of db.ID) (_ []Fault, err error) {
	defer fault.Wrap(&err, "use.Faults(%v)", of)
	rows, err := db.All(tx, (*faultRow).dest, `SELECT `+faultColumns+` FROM use_faults WHERE reservation_id = $1 ORDER BY id LIMIT $2`, of, mostFaults)
	out := make([]Fault, len(rows))
	for i := range rows {
		out[i] = rows[i].fault()
	}
	return out, err
}

// Settle ends a fault, with what was done about it.
func (x *Use) Settle(ctx context.Context, actor db.Actor, id db.ID, outcome string) (err error) {
	defer fault.Wrap(&err, "use.Settle(%v)", id)
	outcome = strings.TrimSpace(outcome)
	var c fault.Check
	c.Field(outcome != "", "reason", "use.error.reason")
	c.Field(len([]rune(outcome)) <= mostNote, "reason", "use.error.long", "most", mostNote)
	if err := c.Err(); err != nil {
		return err
	}
	return x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		f, err := GetFault(tx, id)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE use_faults SET settled_at = $2, settled_by = $3, outcome = $4 WHERE id = $1 AND settled_at = 0`, id, tx.Now, actor.Person, outcome); err != nil {
			return err
		}
		if err := inbox.CloseAs(tx, InboxFault, id, "use.outcome.settled"); err != nil {
			return err
		}
		tx.Touch(Topic)
		return audit.Record(tx, audit.Entry{Action: "use.settle", Subject: "reservation", ID: f.Reservation})
	})
}

// count puts the people of a report into the Activity, in place of the number
// that was planned.
func (x *Use) count(tx *db.Tx, r reservation.Reservation, rep Report) error {
	if x.near.Recorder == nil || r.Programme == 0 {
		return nil
	}
	a := module.Activity{
		Programme: r.Programme, Kind: reservation.ActivityKind, Source: r.ID, On: r.Day(), Minutes: int64(rep.Ended - rep.Started),
		Group: r.Group, Participants: rep.participants(),
	}
	if r.Group == 0 {
		a.Person = r.Person
	}
	return x.near.Recorder.RecordActivity(tx, a)
}

// record counts a report that was filed before its reservation was finished.
func (x *Use) record(ctx context.Context, id db.ID) (err error) {
	defer fault.Wrap(&err, "use.record(%v)", id)
	return x.deps.DB.Write(ctx, jobActor, func(tx *db.Tx) error {
		r, err := reservation.Get(tx, id)
		if err != nil || r.State != reservation.Used {
			return err
		}
		rep, err := GetReport(tx, id)
		if err != nil {
			return err
		}
		return x.count(tx, r, rep)
	})
}

// askReport asks for the report of a use that has just ended; one that is there
// already is counted when everything else about the end is written.
func (x *Use) askReport(tx *db.Tx, r reservation.Reservation) error {
	_, err := GetReport(tx, r.ID)
	if err == nil {
		if x.deps.Jobs == nil {
			return nil
		}
		return jobs.Enqueue(tx, x.deps.Jobs, recordArgs{r.ID})
	}
	if !fault.Is(err, fault.NotFound) || tx.Now.Sub(r.Span.End) > askWithin {
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	}
	room, err := x.facilityOf(tx, r)
	if err != nil {
		return err
	}
	place, err := GetPlace(tx, room.Facility)
	if err != nil || !place.Reports {
		return err
	}
	if _, err := begin(tx, r.ID); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE uses SET asked_at = $2 WHERE reservation_id = $1`, r.ID, tx.Now); err != nil {
		return err
	}
	return x.ask(tx, r, false)
}

// ReportNotice is what the message that asks for a report is rendered from.
type ReportNotice struct {
	reservation.Notice
	Again bool    `json:"again"` // a reminder
	Until jp.Date `json:"until"` // the last day for it
}

func (x *Use) ask(tx *db.Tx, r reservation.Reservation, again bool) error {
	n, err := x.svc.Notice(tx, r)
	if err != nil {
		return err
	}
	return x.send(tx, r, MailReport, ReportNotice{Notice: n, Again: again, Until: jp.DateOf(r.Span.End.Add(-time.Second)).AddDays(1)})
}

// Remind reminds once of reports that were asked for and not filed.
func (x *Use) Remind(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "use.Remind()")
	for {
		n := 0
		err := x.deps.DB.Write(ctx, jobActor, func(tx *db.Tx) error {
			ids, err := db.All(tx, func(id *db.ID) []any { return []any{id} }, `SELECT u.reservation_id FROM uses AS u
				WHERE u.asked_at <> 0 AND u.reminded_at = 0 AND u.asked_at <= $1 ORDER BY u.asked_at, u.reservation_id LIMIT $2`,
				tx.Now.Add(-time.Hour), batch)
			if err != nil {
				return err
			}
			n = len(ids)
			for _, id := range ids {
				if err := x.remind(tx, id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || n < batch {
			return err
		}
	}
}

func (x *Use) remind(tx *db.Tx, id db.ID) error {
	if _, err := tx.Exec(`UPDATE uses SET reminded_at = $2 WHERE reservation_id = $1`, id, tx.Now); err != nil {
		return err
	}
	r, err := reservation.Get(tx, id)
	if err != nil || !Reportable(r, tx.Now) {
		return err
	}
	if _, err := GetReport(tx, id); !fault.Is(err, fault.NotFound) {
		return err
	}
	return x.ask(tx, r, true)
}
