package draws

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/draw"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/receipt"
)

// Standing says whether an entry takes part.
type Standing string

// The standings.
const (
	Entered   Standing = "entered"
	Withdrawn Standing = "withdrawn"
	Aside     Standing = "aside" // set aside by the office, with a reason
)

// Outcomes of entries beside those of the engine.
const (
	Void    draw.Outcome = "void"    // all its wishes were taken for something else before the list was frozen
	Blocked draw.Outcome = "blocked" // won, but the room was taken before it could be offered
)

// Wish is a room for one band of a day, or for several in a row.
type Wish struct {
	Room     db.ID   `json:"room"`
	Day      jp.Date `json:"day"`
	From     int     `json:"from"` // minutes after midnight
	To       int     `json:"to"`
	Partners bool    `json:"partners,omitempty"` // another room of its kind will do
}

// Entry asks for one win.
type Entry struct {
	ID          db.ID
	Version     int64
	Draw        db.ID
	Group       db.ID
	Person      db.ID // who answers for it and gets the messages
	MadeBy      db.ID
	Number      int    // 1 matters most to the group
	Wishes      []Wish // the dearest first
	Purpose     string
	People      int64
	Asked       rules.Asked // what the fee depends on
	Loud        bool        // with music
	Receipt     string
	Standing    Standing
	Reason      string       // why it was set aside
	Outcome     draw.Outcome // "" until the result has reached it
	Turn        int
	Reservation db.ID // of a win
	MadeAt      time.Time
	ChangedAt   time.Time
	Pledge      string // with entrants as source: the group's word, for the first entry; never stored
}

// MaxPurpose is how many characters a purpose may have.
const MaxPurpose = 200

// mostAdmission is how many yen a ticket may cost.
const mostAdmission = 10_000_000

const entryColumns = `id, version, draw_id, group_id, person_id, made_by, number, wishes, purpose, headcount, receipt, state,
	reason, outcome, turn, reservation_id, made_at, changed_at, asked, loud`

type entryRow struct {
	Entry
	wishes, asked string
	made, changed int64
}

func (r *entryRow) dest() []any {
	return []any{&r.ID, &r.Version, &r.Draw, &r.Group, &r.Person, &r.MadeBy, &r.Number, &r.wishes, &r.Purpose, &r.People, &r.Receipt,
		&r.Standing, &r.Reason, &r.Outcome, &r.Turn, &r.Reservation, &r.made, &r.changed, &r.asked, &r.Loud}
}

func (r *entryRow) entry() (Entry, error) {
	r.MadeAt, r.ChangedAt = db.Time(r.made), db.Time(r.changed)
	if err := json.Unmarshal([]byte(r.wishes), &r.Wishes); err != nil {
		return Entry{}, fmt.Errorf("draw entry %v: wishes: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(r.asked), &r.Asked); err != nil {
		return Entry{}, fmt.Errorf("draw entry %v: answers: %w", r.ID, err)
	}
	return r.Entry, nil
}

func entriesOf(rows []entryRow, err error) ([]Entry, error) {
	if err != nil {
		return nil, err
	}
	out := make([]Entry, len(rows))
	for i := range rows {
		if out[i], err = rows[i].entry(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// GetEntry returns the entry, or NotFound.
func GetEntry(tx *db.Tx, id db.ID) (_ Entry, err error) {
	defer fault.Wrap(&err, "draws.GetEntry(%v)", id)
	row, err := db.One(tx, (*entryRow).dest, `SELECT `+entryColumns+` FROM draw_entries WHERE id = $1`, id)
	if err != nil {
		return Entry{}, err
	}
	return row.entry()
}

// EntriesOf lists what a group has entered in a draw, what matters most first;
// withdrawn ones are left out.
func EntriesOf(tx *db.Tx, of, group db.ID) (_ []Entry, err error) {
	defer fault.Wrap(&err, "draws.EntriesOf(%v, %v)", of, group)
	return entriesOf(db.All(tx, (*entryRow).dest, `SELECT `+entryColumns+` FROM draw_entries
		WHERE draw_id = $1 AND group_id = $2 AND state <> 'withdrawn' ORDER BY number, id LIMIT 1000`, of, group))
}

// Entries lists a page of the entries of a draw by group and number, behind the
// last of the page before; withdrawn ones are left out.
func Entries(tx *db.Tx, of db.ID, after Entry, limit int) (_ []Entry, err error) {
	defer fault.Wrap(&err, "draws.Entries(%v)", of)
	return entriesOf(db.All(tx, (*entryRow).dest, `SELECT `+entryColumns+` FROM draw_entries
		WHERE draw_id = $1 AND (group_id > $2 OR group_id = $2 AND number > $3) AND state <> 'withdrawn'
		ORDER BY group_id, number LIMIT $4`, of, after.Group, after.Number, limit))
}

// Count returns how many entries take part, and of how many groups.
func Count(tx *db.Tx, of db.ID) (entries, groups int64, err error) {
	defer fault.Wrap(&err, "draws.Count(%v)", of)
	err = tx.Row(`SELECT COUNT(*), COUNT(DISTINCT group_id) FROM draw_entries WHERE draw_id = $1 AND state = 'entered'`, of).Scan(&entries, &groups)
	return entries, groups, err
}

// check says what cannot be entered, all at once.
func (e *Entry) check(b *Board) error {
	var c fault.Check
	most := max(1, b.Draw.Rule.Wishes)
	c.Field(len(e.Wishes) > 0, "wishes", "draws.error.no_wish")
	c.Field(len(e.Wishes) <= most, "wishes", "draws.error.wishes", "most", most)
	for i, w := range e.Wishes {
		switch {
		case slices.Contains(e.Wishes[:i], w):
			c.Field(false, "wishes", "draws.error.twice", "rank", i+1)
		case !b.Free(w):
			c.Field(false, "wishes", "draws.error.slot", "rank", i+1)
		case !b.Draw.Rule.Sets && !b.Sole(w):
			c.Field(false, "wishes", "draws.error.sets", "rank", i+1)
		}
		if r, ok := b.Room(w.Room); ok {
			c.Field(e.People <= r.Capacity, "people", "draws.error.crowded", "most", r.Capacity)
		}
		if w.Partners && len(b.Partners(w.Room)) == 0 {
			e.Wishes[i].Partners = false
		}
	}
	c.Field(e.People > 0, "people", "draws.error.nobody")
	c.Field(strings.TrimSpace(e.Purpose) != "", "purpose", "draws.error.empty")
	c.Field(e.Asked.Use == "" || slices.Contains(rules.Uses, e.Asked.Use), "use", "draws.error.asked")
	c.Field(e.Asked.Admission >= 0 && e.Asked.Admission <= mostAdmission, "admission", "draws.error.asked")
	c.Field(utf8.RuneCountInString(e.Purpose) <= MaxPurpose, "purpose", "draws.error.wordy", "most", MaxPurpose)
	return c.Err()
}

// May returns the fault that says why the group may not enter the draw, if so.
func (x *Draws) May(tx *db.Tx, d Draw, group db.ID) error {
	if x.near.GroupMayBook != nil {
		if err := x.near.GroupMayBook(tx, group, d.Month); err != nil {
			return err
		}
	}
	if x.near.Suspended != nil {
		if err := x.near.Suspended(tx, group, jp.DateOf(tx.Now)); err != nil {
			return err
		}
	}
	who, err := x.who(tx, group)
	if err != nil || x.near.Who == nil {
		return err
	}
	book, err := x.rules.Book(tx)
	if err != nil {
		return err
	}
	for _, id := range d.Rooms {
		room, err := facility.GetRoom(tx, id)
		if err != nil {
			return err
		}
		_, err = book.Wish(rules.PlaceOf(&room), who, "", d.Month)
		var f *fault.Error
		if errors.As(err, &f) && f.Key == "rules.refuse.opening" {
			continue // may be drawn without ever being first come, first served
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Enter writes the group's entry, a new one or (with an ID) over the Version
// that was read. It returns Denied when the group may not, Conflict when entries
// are not taken now or somebody else changed it, Invalid with the fields wishes,
// people, purpose and pledge. Whether the actor may act for the group is the
// caller's to know.
func (x *Draws) Enter(ctx context.Context, actor db.Actor, e Entry) (_ Entry, err error) {
	defer fault.Wrap(&err, "draws.Enter(%v, group %v)", e.Draw, e.Group)
	wished := slices.Clone(e.Wishes)
	err = x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		e.Wishes = slices.Clone(wished)
		return x.enter(tx, &e)
	})
	if db.IsUnique(err) { // the receipt: draw again
		return x.Enter(ctx, actor, e)
	}
	return e, err
}

func (x *Draws) enter(tx *db.Tx, e *Entry) error {
	taking, err := touch(tx, e.Draw)
	if err != nil {
		return err
	}
	d, err := Get(tx, e.Draw)
	if err != nil {
		return err
	}
	if !taking {
		return notTaken(d)
	}
	if err := x.May(tx, d, e.Group); err != nil {
		return err
	}
	b, err := LoadBoard(tx, d)
	if err != nil {
		return err
	}
	if err := e.check(b); err != nil {
		return err
	}
	has, err := EntriesOf(tx, d.ID, e.Group)
	if err != nil {
		return err
	}
	if err := x.pledge(tx, d, *e, len(has) == 0); err != nil {
		return err
	}
	e.Purpose, e.ChangedAt, e.Standing = strings.TrimSpace(e.Purpose), tx.Now, Entered
	if e.ID != 0 {
		return x.rewrite(tx, d, e, has)
	}
	if d.Rule.Entries > 0 && len(has) >= d.Rule.Entries {
		return fault.New(fault.Conflict, "draws.error.cap", "most", d.Rule.Entries)
	}
	e.ID, e.Version, e.Receipt, e.Number, e.MadeAt = db.NewID(), 1, receipt.New(), len(has)+1, tx.Now
	e.MadeBy = tx.Actor.Person
	if err := insertEntry(tx, *e); err != nil {
		return err
	}
	if err := record(tx, "enter", *e); err != nil {
		return err
	}
	return x.tell(tx, enteredMail, d, *e)
}

// rewrite puts what was typed over what stood.
func (x *Draws) rewrite(tx *db.Tx, d Draw, e *Entry, has []Entry) error {
	k := slices.IndexFunc(has, func(h Entry) bool { return h.ID == e.ID })
	switch {
	case k < 0:
		return fault.New(fault.NotFound, "draws.error.gone")
	case has[k].Standing == Aside:
		return fault.New(fault.Conflict, "draws.error.not_now")
	case has[k].Version != e.Version:
		return fault.New(fault.Conflict, "draws.error.changed")
	}
	was := has[k]
	was.Wishes, was.Purpose, was.People, was.Person, was.ChangedAt = e.Wishes, e.Purpose, e.People, e.Person, tx.Now
	was.Asked, was.Loud = e.Asked, e.Loud
	wishes, asked, err := was.texts()
	if err != nil {
		return err
	}
	was.Version++
	if _, err := tx.Exec(`UPDATE draw_entries SET version = $2, wishes = $3, purpose = $4, headcount = $5, person_id = $6, changed_at = $7,
			asked = $8, loud = $9 WHERE id = $1`,
		was.ID, was.Version, wishes, was.Purpose, was.People, was.Person, was.ChangedAt, asked, was.Loud); err != nil {
		return err
	}
	*e = was
	if err := record(tx, "change", was); err != nil {
		return err
	}
	return x.tell(tx, enteredMail, d, was)
}

// texts are the wishes and the answers as they are stored.
func (e Entry) texts() (wishes, asked string, err error) {
	w, err := json.Marshal(e.Wishes)
	if err != nil {
		return "", "", err
	}
	a, err := json.Marshal(e.Asked)
	return string(w), string(a), err
}

func insertEntry(tx *db.Tx, e Entry) error {
	wishes, asked, err := e.texts()
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO draw_entries (`+entryColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
		e.ID, e.Version, e.Draw, e.Group, e.Person, e.MadeBy, e.Number, wishes, e.Purpose, e.People, e.Receipt, e.Standing,
		e.Reason, e.Outcome, e.Turn, e.Reservation, e.MadeAt, e.ChangedAt, asked, e.Loud)
	return err
}

func record(tx *db.Tx, what string, e Entry) error {
	return audit.Record(tx, audit.Entry{Action: "draws." + what, Subject: "draw_entry", ID: e.ID, Person: e.Person})
}

// notTaken says why no entries are taken.
func notTaken(d Draw) error {
	if d.State == Planned {
		return fault.New(fault.Conflict, "draws.error.early", "day", jp.DateOf(d.Opens))
	}
	return fault.New(fault.Conflict, "draws.error.closed", "day", jp.DateOf(d.Closes.Add(-time.Minute)))
}

// Withdraw takes an entry back before the draw closes; those behind it move up.
func (x *Draws) Withdraw(ctx context.Context, actor db.Actor, id db.ID) (err error) {
	defer fault.Wrap(&err, "draws.Withdraw(%v)", id)
	return x.reorder(ctx, actor, id, func(tx *db.Tx, e Entry, has []Entry) error {
		if _, err := tx.Exec(`UPDATE draw_entries SET state = 'withdrawn', version = version + 1, changed_at = $2 WHERE id = $1`, e.ID, tx.Now); err != nil {
			return err
		}
		if err := record(tx, "withdraw", e); err != nil {
			return err
		}
		return number(tx, slices.DeleteFunc(has, func(h Entry) bool { return h.ID == e.ID }))
	})
}

// Raise makes an entry matter one more to its group.
func (x *Draws) Raise(ctx context.Context, actor db.Actor, id db.ID) (err error) {
	defer fault.Wrap(&err, "draws.Raise(%v)", id)
	return x.reorder(ctx, actor, id, func(tx *db.Tx, e Entry, has []Entry) error {
		k := slices.IndexFunc(has, func(h Entry) bool { return h.ID == e.ID })
		if k <= 0 {
			return nil
		}
		has[k-1], has[k] = has[k], has[k-1]
		if err := record(tx, "raise", e); err != nil {
			return err
		}
		return number(tx, has)
	})
}

// reorder does something to an entry and its group's others while entries are
// taken.
func (x *Draws) reorder(ctx context.Context, actor db.Actor, id db.ID, do func(tx *db.Tx, e Entry, has []Entry) error) error {
	return x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		e, err := GetEntry(tx, id)
		if err != nil {
			return err
		}
		taking, err := touch(tx, e.Draw)
		if err != nil {
			return err
		}
		if !taking {
			d, err := Get(tx, e.Draw)
			if err != nil {
				return err
			}
			return notTaken(d)
		}
		has, err := EntriesOf(tx, e.Draw, e.Group)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(has, func(h Entry) bool { return h.ID == id }) {
			return fault.New(fault.NotFound, "draws.error.gone")
		}
		return do(tx, e, has)
	})
}

// number counts a group's entries anew.
func number(tx *db.Tx, has []Entry) error {
	for i, h := range has {
		if h.Number == i+1 {
			continue
		}
		if _, err := tx.Exec(`UPDATE draw_entries SET number = $2 WHERE id = $1`, h.ID, i+1); err != nil {
			return err
		}
	}
	return nil
}

// Wished is the reservation that a wish of the entry would become.
func (e Entry) Wished(w Wish) reservation.Reservation {
	return reservation.Reservation{
		Room: w.Room, Span: quarter.On(w.Day, w.From, w.To), Group: e.Group, Person: e.Person, Purpose: e.Purpose,
		Headcount: e.People, Asked: e.Asked, Loud: e.Loud, Source: Source, SourceID: e.ID, MadeBy: e.MadeBy,
	}
}
