package draws

import (
	"encoding/json"
	"fmt"
	"time"

	"kakehashi/domains/places/rules"
	"kakehashi/engines/draw"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// State is how far a draw has come.
type State string

// The states.
const (
	Planned    State = "planned"    // entries are not taken yet
	Open       State = "open"       // entries are taken, until Closes
	Frozen     State = "frozen"     // the list is published; the value is waited for
	Drawn      State = "drawn"      // the proof stands; wins are being offered
	Confirming State = "confirming" // winners accept, or the next in line is asked
	Closed     State = "closed"
)

// Draw gives rooms of a facility away for a month.
type Draw struct {
	ID       db.ID
	Version  int64
	Facility db.ID
	Office   db.ID
	Month    jp.Date // the first day of the month of use
	Rooms    []db.ID // that can be wished for
	Rule     rules.DrawLine
	Source   draw.Kind
	What     string // names the value that decides
	State    State
	Opens    time.Time
	Closes   time.Time // no entry from this instant on
	Freezes  time.Time
	Due      time.Time // when the value comes into being
	Confirm  time.Time // until when winners accept
	Next     time.Time // when the job looks again; zero: when somebody has done something
	Counted  bool      // overlaps were looked for after closing
	Commit   string    // SHA-256 of the frozen list; "" before
	Seed     string
	Note     string // why it was put off
}

// Path is where everybody reads of the draw.
func Path(id db.ID) string { return "/draws/" + id.String() }

// Taking reports whether entries are taken.
func (d Draw) Taking(now time.Time) bool {
	return d.State == Open && !now.Before(d.Opens) && now.Before(d.Closes)
}

// Last is the last day of the month of use.
func (d Draw) Last() jp.Date { return d.Month.AddMonths(1).AddDays(-1) }

const drawColumns = `id, version, facility_id, office_id, month, rooms, rule, source, what, state, opens_at, closes_at, freezes_at,
	due_at, confirm_until, next_at, counted, commitment, seed, note`

type drawRow struct {
	Draw
	rooms, rule                                  string
	opens, closes, freezes, due, confirm, nextAt int64
	counted                                      int64
}

func (r *drawRow) dest() []any {
	return []any{&r.ID, &r.Version, &r.Facility, &r.Office, &r.Month, &r.rooms, &r.rule, &r.Source, &r.What, &r.State,
		&r.opens, &r.closes, &r.freezes, &r.due, &r.confirm, &r.nextAt, &r.counted, &r.Commit, &r.Seed, &r.Note}
}

func (r *drawRow) draw() (Draw, error) {
	d := r.Draw
	d.Opens, d.Closes, d.Freezes, d.Due = db.Time(r.opens), db.Time(r.closes), db.Time(r.freezes), db.Time(r.due)
	d.Counted = r.counted != 0
	if r.confirm != 0 {
		d.Confirm = db.Time(r.confirm)
	}
	if r.nextAt != 0 {
		d.Next = db.Time(r.nextAt)
	}
	if err := json.Unmarshal([]byte(r.rooms), &d.Rooms); err != nil {
		return d, fmt.Errorf("draw %v: rooms: %w", d.ID, err)
	}
	if err := json.Unmarshal([]byte(r.rule), &d.Rule); err != nil {
		return d, fmt.Errorf("draw %v: rule: %w", d.ID, err)
	}
	return d, nil
}

func drawsOf(rows []drawRow, err error) ([]Draw, error) {
	if err != nil {
		return nil, err
	}
	out := make([]Draw, len(rows))
	for i := range rows {
		if out[i], err = rows[i].draw(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Get returns the draw, or NotFound.
func Get(tx *db.Tx, id db.ID) (_ Draw, err error) {
	defer fault.Wrap(&err, "draws.Get(%v)", id)
	row, err := db.One(tx, (*drawRow).dest, `SELECT `+drawColumns+` FROM draws WHERE id = $1`, id)
	if err != nil {
		return Draw{}, err
	}
	return row.draw()
}

// PageSize is how many draws a list shows.
const PageSize = 50

// Ahead lists the draws whose entries have not closed, the next to close first.
func Ahead(tx *db.Tx) (_ []Draw, err error) {
	defer fault.Wrap(&err, "draws.Ahead()")
	return drawsOf(db.All(tx, (*drawRow).dest, `SELECT `+drawColumns+` FROM draws WHERE closes_at > $1 ORDER BY closes_at, id LIMIT $2`,
		db.Micros(tx.Now), PageSize))
}

// Behind lists a page of the draws whose entries have closed, the latest first:
// those behind the last one of the page before, or from the latest.
func Behind(tx *db.Tx, last Draw) (_ []Draw, err error) {
	defer fault.Wrap(&err, "draws.Behind(%v)", last.ID)
	if last.ID == 0 {
		return drawsOf(db.All(tx, (*drawRow).dest, `SELECT `+drawColumns+` FROM draws WHERE closes_at <= $1 ORDER BY closes_at DESC, id DESC LIMIT $2`,
			db.Micros(tx.Now), PageSize))
	}
	closed := min(db.Micros(last.Closes), db.Micros(tx.Now))
	return drawsOf(db.All(tx, (*drawRow).dest, `SELECT `+drawColumns+` FROM draws
		WHERE closes_at < $1 OR closes_at = $1 AND id < $2 ORDER BY closes_at DESC, id DESC LIMIT $3`, closed, last.ID, PageSize))
}

// OfOffice lists an office's draws, the latest made first, those made before the
// one with the id (0: from the latest).
func OfOffice(tx *db.Tx, office, before db.ID) (_ []Draw, err error) {
	defer fault.Wrap(&err, "draws.OfOffice(%v)", office)
	return drawsOf(db.All(tx, (*drawRow).dest, `SELECT `+drawColumns+` FROM draws
		WHERE office_id = $1 AND (CAST($2 AS BIGINT) = 0 OR id < $2) ORDER BY id DESC LIMIT $3`, office, before, PageSize))
}

func insertDraw(tx *db.Tx, d Draw) error {
	rooms, err := json.Marshal(d.Rooms)
	if err != nil {
		return err
	}
	rule, err := json.Marshal(d.Rule)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO draws (`+drawColumns+`)
		VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, $14, 0, '', '', '')`,
		d.ID, d.Facility, d.Office, d.Month, string(rooms), string(rule), d.Source, d.What, d.State,
		d.Opens, d.Closes, d.Freezes, d.Due, d.Opens)
	return err
}

// move writes how far the draw has come over the version that was read, and
// reports false when the draw or its entries have changed since.
func move(tx *db.Tx, d *Draw) (bool, error) {
	next, confirm := int64(0), int64(0)
	if !d.Next.IsZero() {
		next = db.Micros(d.Next)
	}
	if !d.Confirm.IsZero() {
		confirm = db.Micros(d.Confirm)
	}
	n, err := tx.Exec(`UPDATE draws SET version = version + 1, state = $3, source = $4, what = $5, closes_at = $6, freezes_at = $7, due_at = $8,
			confirm_until = $9, next_at = $10, counted = $11, commitment = $12, seed = $13, note = $14
		WHERE id = $1 AND version = $2`, d.ID, d.Version, d.State, d.Source, d.What, d.Closes, d.Freezes, d.Due,
		confirm, next, d.Counted, d.Commit, d.Seed, d.Note)
	if err != nil || n == 0 {
		return false, err
	}
	d.Version++
	tx.Touch(Topic)
	return true, nil
}

// touch counts a change of the draw's entries, which are only made while they
// are taken; it reports false when they are not. It also holds the draw's row,
// so that a group's entries are counted by one at a time.
func touch(tx *db.Tx, id db.ID) (bool, error) {
	n, err := tx.Exec(`UPDATE draws SET version = version + 1 WHERE id = $1 AND state = 'open' AND opens_at <= $2 AND closes_at > $2`,
		id, db.Micros(tx.Now))
	tx.Touch(Topic)
	return n == 1, err
}

// Paper is what was written of a draw once, for everybody to read.
type Paper string

// The papers of a draw.
const (
	EntriesPaper Paper = "entries" // the text whose hash is the commitment
	ProofPaper   Paper = "proof"
	frozenPaper  Paper = "frozen"
	revealsPaper Paper = "reveals"
)

// ReadPaper returns a paper of the draw, or NotFound.
func ReadPaper(tx *db.Tx, id db.ID, kind Paper) (_ []byte, err error) {
	defer fault.Wrap(&err, "draws.ReadPaper(%v, %s)", id, kind)
	return db.One(tx, func(b *[]byte) []any { return []any{b} }, `SELECT body FROM draw_papers WHERE draw_id = $1 AND kind = $2`, id, kind)
}

func writePaper(tx *db.Tx, id db.ID, kind Paper, body []byte) error {
	_, err := tx.Exec(`INSERT INTO draw_papers (draw_id, kind, body) VALUES ($1, $2, $3)`, id, kind, body)
	return err
}
