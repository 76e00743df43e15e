package record

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/module"
)

// shards is over how many rows the sums of one month are spread.
const shards = 8

// Record keeps an activity of a module; one with a source that was recorded
// before replaces the earlier. It is Invalid when programme, day, length or
// participants cannot be, and takes no part in the audit log: the module's own
// entry tells of the thing that was finished.
func Record(tx *db.Tx, a module.Activity) (err error) {
	defer fault.Wrap(&err, "record.Record(%s %v)", a.Kind, a.Source)
	if a.Source == 0 {
		return fault.New(fault.Internal, "web.error.internal")
	}
	_, err = put(tx, &Activity{Activity: a}, true)
	return err
}

// Drop takes the activity of a source out again, because it did not happen
// after all. A source that was never recorded is no error.
func Drop(tx *db.Tx, source db.ID) (err error) {
	defer fault.Wrap(&err, "record.Drop(%v)", source)
	// The row is taken first, so that two who drop it do not subtract twice.
	n, err := tx.Exec(`UPDATE activities SET version = version + 1 WHERE source_id = $1`, source)
	if err != nil || n == 0 {
		return err
	}
	a, err := one(tx, `source_id = $1`, source)
	if err != nil {
		return err
	}
	if err := remove(tx, &a); err != nil {
		return err
	}
	tx.Touch(Topic)
	return nil
}

// Enter writes down an activity by hand. Its source is itself.
func Enter(tx *db.Tx, a *Activity) (err error) {
	defer fault.Wrap(&err, "record.Enter(%v)", a.Programme)
	if err := checkByHand(tx, a); err != nil {
		return err
	}
	a.Source = db.NewID()
	if _, err := put(tx, a, false); err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Action: "programmes.activity.enter", Subject: "activity", ID: a.ID, Person: a.Person, Detail: detail(a)})
}

// Correct replaces an activity by hand; its programme, source, person and group
// stay. It is Conflict when a.Version is not the one that stands there.
func Correct(tx *db.Tx, a *Activity) (err error) {
	defer fault.Wrap(&err, "record.Correct(%v)", a.ID)
	if err := checkByHand(tx, a); err != nil {
		return err
	}
	n, err := tx.Exec(`UPDATE activities SET version = version + 1 WHERE id = $1 AND version = $2`, a.ID, a.Version)
	if err != nil {
		return err
	}
	old, err := Get(tx, a.ID)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "programmes.activity.stale")
	}
	a.Programme, a.Source, a.Person, a.Group, a.Version = old.Programme, old.Source, old.Person, old.Group, old.Version
	if err := replace(tx, &old, a); err != nil {
		return err
	}
	tx.Touch(Topic)
	d := detail(a)
	d["was"] = old.On.String() + " " + strconv.FormatInt(old.Minutes, 10) + "min " + strconv.FormatInt(old.Heads(), 10)
	return audit.Record(tx, audit.Entry{Action: "programmes.activity.correct", Subject: "activity", ID: a.ID, Person: a.Person, Detail: d})
}

// TakeOut removes an activity by hand; the audit log keeps what it was and why.
func TakeOut(tx *db.Tx, id db.ID, version int64, reason string) (err error) {
	defer fault.Wrap(&err, "record.TakeOut(%v)", id)
	reason = strings.TrimSpace(reason)
	var c fault.Check
	c.Field(reason != "", "reason", "programmes.activity.reason.missing")
	c.Field(utf8.RuneCountInString(reason) <= MaxReason, "reason", "programmes.edit.long", "limit", MaxReason)
	if err := c.Err(); err != nil {
		return err
	}
	n, err := tx.Exec(`UPDATE activities SET version = version + 1 WHERE id = $1 AND version = $2`, id, version)
	if err != nil {
		return err
	}
	a, err := Get(tx, id)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "programmes.activity.stale")
	}
	if err := remove(tx, &a); err != nil {
		return err
	}
	tx.Touch(Topic)
	a.Reason = reason
	return audit.Record(tx, audit.Entry{Action: "programmes.activity.take_out", Subject: "activity", ID: a.ID, Person: a.Person, Detail: detail(&a)})
}

func checkByHand(tx *db.Tx, a *Activity) error {
	a.Reason = strings.TrimSpace(a.Reason)
	err := check(a, jp.DateOf(tx.Now))
	var c fault.Check
	c.Field(a.Reason != "", "reason", "programmes.activity.reason.missing")
	c.Field(utf8.RuneCountInString(a.Reason) <= MaxReason, "reason", "programmes.edit.long", "limit", MaxReason)
	return join(err, c.Err())
}

// join makes one list of the fields that two checks found.
func join(a, b error) error {
	fa, aok := a.(*fault.Error)
	fb, bok := b.(*fault.Error)
	if !aok || !bok {
		if a != nil {
			return a
		}
		return b
	}
	fa.Fields = append(fa.Fields, fb.Fields...)
	fa.Args = []any{"count", len(fa.Fields)}
	return fa
}

func detail(a *Activity) map[string]string {
	return map[string]string{
		"programme": a.Programme.String(), "kind": a.Kind, "on": a.On.String(), "reason": a.Reason,
		"minutes": strconv.FormatInt(a.Minutes, 10), "heads": strconv.FormatInt(a.Heads(), 10),
	}
}

// put inserts the activity or, when again is allowed, replaces the one of the
// same source.
func put(tx *db.Tx, a *Activity, again bool) (replaced bool, err error) {
	rows, err := heads(a.Participants)
	if err != nil {
		return false, err
	}
	if err := check(a, jp.DateOf(tx.Now)); err != nil && !again {
		return false, err
	} else if err != nil {
		return false, fault.New(fault.Invalid, "programmes.activity.refused").Because(err)
	}
	a.ID, a.Version = db.NewID(), 1
	now := db.Micros(tx.Now)
	// On a conflict the row is only taken, so that whoever replaces it reads
	// what it adds up to now, alone.
	kept, err := db.One(tx, func(k *Activity) []any { return []any{&k.ID, &k.Version} },
		`INSERT INTO activities (id, version, source_id, programme_id, kind, on_date, minutes, person_id, group_id, heads, reason, created, changed)
		VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
		ON CONFLICT (source_id) DO UPDATE SET version = activities.version + 1
		RETURNING id, version`,
		a.ID, a.Source, a.Programme, a.Kind, a.On, a.Minutes, a.Person, a.Group, a.Heads(), a.Reason, now)
	if err != nil {
		return false, err
	}
	tx.Touch(Topic)
	if kept.ID != a.ID {
		old, err := Get(tx, kept.ID)
		if err != nil {
			return false, err
		}
		a.ID, a.Version = old.ID, old.Version
		return true, replace(tx, &old, a)
	}
	if err := insertHeads(tx, a.ID, rows); err != nil {
		return false, err
	}
	return false, add(tx, a, rows, 1)
}

// replace writes a over old, whose row the transaction has taken.
func replace(tx *db.Tx, old, a *Activity) error {
	was, err := heads(old.Participants)
	if err != nil {
		return err
	}
	is, err := heads(a.Participants)
	if err != nil {
		return err
	}
	if err := add(tx, old, was, -1); err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM activity_heads WHERE activity_id = $1`, a.ID); err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE activities SET programme_id = $2, kind = $3, on_date = $4, minutes = $5, person_id = $6, group_id = $7, heads = $8, reason = $9, changed = $10 WHERE id = $1`,
		a.ID, a.Programme, a.Kind, a.On, a.Minutes, a.Person, a.Group, a.Heads(), a.Reason, db.Micros(tx.Now))
	if err != nil {
		return err
	}
	if err := insertHeads(tx, a.ID, is); err != nil {
		return err
	}
	return add(tx, a, is, 1)
}

// remove deletes the activity, whose row the transaction has taken.
func remove(tx *db.Tx, a *Activity) error {
	rows, err := heads(a.Participants)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM activity_heads WHERE activity_id = $1`, a.ID); err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM activities WHERE id = $1`, a.ID); err != nil {
		return err
	}
	return add(tx, a, rows, -1)
}

func insertHeads(tx *db.Tx, id db.ID, rows []Head) error {
	for _, h := range rows {
		if _, err := tx.Exec(`INSERT INTO activity_heads (activity_id, age, lang, heads) VALUES ($1, $2, $3, $4)`, id, h.Age, h.Lang, h.Heads); err != nil {
			return err
		}
	}
	return nil
}

// add puts the activity into the sums, or with sign -1 takes it out. Rows are
// touched in the order of their keys.
func add(tx *db.Tx, a *Activity, rows []Head, sign int64) error {
	shard := int64(a.Source) % shards
	sum := func(age, lang string, acts, minutes, heads int64) error {
		_, err := tx.Exec(`INSERT INTO record_months (programme_id, month, shard, age, lang, acts, minutes, heads) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (programme_id, month, shard, age, lang) DO UPDATE SET acts = record_months.acts + excluded.acts,
			minutes = record_months.minutes + excluded.minutes, heads = record_months.heads + excluded.heads`,
			a.Programme, month(a.On), shard, age, lang, sign*acts, sign*minutes, sign*heads)
		return err
	}
	if err := sum("", "", 1, a.Minutes, 0); err != nil {
		return err
	}
	for _, h := range rows {
		if err := sum(h.Age, h.Lang, 0, 0, h.Heads); err != nil {
			return err
		}
	}
	if a.Group == 0 {
		return nil
	}
	_, err := tx.Exec(`INSERT INTO record_groups (programme_id, group_id, acts, last_on) VALUES ($1, $2, $3, $4)
		ON CONFLICT (programme_id, group_id) DO UPDATE SET acts = record_groups.acts + excluded.acts,
		last_on = CASE WHEN record_groups.last_on < excluded.last_on THEN excluded.last_on ELSE record_groups.last_on END`,
		a.Programme, a.Group, sign, a.On)
	return err
}

const columns = `id, version, source_id, programme_id, kind, on_date, minutes, person_id, group_id, reason`

func (a *Activity) scan() []any {
	return []any{&a.ID, &a.Version, &a.Source, &a.Programme, &a.Kind, &a.On, &a.Minutes, &a.Person, &a.Group, &a.Reason}
}

// Get returns the activity with its participants; NotFound when there is none.
func Get(tx *db.Tx, id db.ID) (_ Activity, err error) {
	defer fault.Wrap(&err, "record.Get(%v)", id)
	return one(tx, `id = $1`, id)
}

// one returns the activity that the condition, a constant, picks.
func one(tx *db.Tx, where string, id db.ID) (Activity, error) {
	a, err := db.One(tx, (*Activity).scan, `SELECT `+columns+` FROM activities WHERE `+where, id)
	if err != nil {
		return a, err
	}
	rows, err := db.All(tx, func(h *Head) []any { return []any{&h.Age, &h.Lang, &h.Heads} },
		`SELECT age, lang, heads FROM activity_heads WHERE activity_id = $1`, a.ID)
	a.Participants = make(map[string]int64, len(rows))
	for _, h := range rows {
		a.Participants[h.Age+"/"+h.Lang] = h.Heads
	}
	return a, err
}

// Line is an activity as lists show it, with its number of participants alone.
type Line struct {
	Activity
	Count int64
}

// List returns up to limit activities of a programme from the newest on, from
// those before the key of the last one; the zero key begins.
func List(tx *db.Tx, programme db.ID, before jp.Date, beforeID db.ID, limit int) (_ []Line, err error) {
	defer fault.Wrap(&err, "record.List(%v)", programme)
	day := before.String()
	if before.IsZero() {
		day = "9999-12-31"
	}
	return db.All(tx, func(l *Line) []any { return append(l.scan(), &l.Count) },
		`SELECT `+columns+`, heads FROM activities WHERE programme_id = $1 AND (on_date < $2 OR on_date = $2 AND id < $3)
		ORDER BY on_date DESC, id DESC LIMIT $4`, programme, day, beforeID, limit)
}

// ByPerson returns what the person did themselves, the newest first.
func ByPerson(tx *db.Tx, person db.ID) (_ []Activity, err error) {
	defer fault.Wrap(&err, "record.ByPerson(%v)", person)
	return db.All(tx, (*Activity).scan, `SELECT `+columns+` FROM activities WHERE person_id = $1 AND person_id <> 0 ORDER BY on_date DESC, id DESC`, person)
}

// Forget takes the person's name off everything they did; what was done stays
// counted.
func Forget(tx *db.Tx, person db.ID) (err error) {
	defer fault.Wrap(&err, "record.Forget(%v)", person)
	_, err = tx.Exec(`UPDATE activities SET person_id = 0, version = version + 1 WHERE person_id = $1 AND person_id <> 0`, person)
	return err
}
