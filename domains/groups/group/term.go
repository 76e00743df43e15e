package group

import (
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// Term says that a member held an office of the group from one day to another,
// both included.
type Term struct {
	ID     db.ID
	Group  db.ID
	Member db.ID
	Role   Role
	Since  jp.Date
	Until  jp.Date // zero has no end
	Ended  jp.Date // the first day on which a term that was cut short counts no more; zero when it was not
	// Name and Person are the member's.
	Name   string
	Person db.ID
}

// On reports whether the office is held on the day.
func (t *Term) On(day jp.Date) bool {
	return !day.Before(t.Since) && (t.Until.IsZero() || !day.After(t.Until)) && (t.Ended.IsZero() || day.Before(t.Ended))
}

// open reports whether the office is held on the day or will be.
func (t *Term) open(day jp.Date) bool {
	return t.Ended.IsZero() && (t.Until.IsZero() || !t.Until.Before(day))
}

// last is the last day on which the term counts; zero when it has no end.
func (t *Term) last() jp.Date {
	if !t.Ended.IsZero() {
		return t.Ended.AddDays(-1)
	}
	return t.Until
}

// Last is the last day on which the term counted or will count; zero when it
// has no end.
func (t *Term) Last() jp.Date { return t.last() }

// Terms returns every term of the group, the newest first.
func Terms(tx *db.Tx, group db.ID) (_ []Term, err error) {
	defer fault.Wrap(&err, "group.Terms(%v)", group)
	return db.All(tx, func(t *Term) []any {
		return []any{&t.ID, &t.Group, &t.Member, &t.Role, &t.Since, &t.Until, &t.Ended, &t.Name, &t.Person}
	}, `SELECT t.id, t.group_id, t.member_id, t.role, t.since, t.until, t.ended_on, m.name, m.person_id
		FROM terms t JOIN memberships m ON m.id = t.member_id WHERE t.group_id = $1 ORDER BY t.since DESC, t.id DESC LIMIT 2000`, group)
}

// currentRoles returns the first office that each member holds on the day.
func currentRoles(terms []Term, day jp.Date) map[db.ID]Role {
	out := map[db.ID]Role{}
	for _, role := range Roles {
		for i := range terms {
			if t := &terms[i]; t.Role == role && t.On(day) && out[t.Member] == "" {
				out[t.Member] = role
			}
		}
	}
	return out
}

func insertTerm(tx *db.Tx, t Term) error {
	_, err := tx.Exec(`INSERT INTO terms (id, group_id, member_id, role, since, until, ended_on) VALUES ($1, $2, $3, $4, $5, $6, '')`,
		db.NewID(), t.Group, t.Member, string(t.Role), t.Since, t.Until)
	return err
}

// endTerm cuts a term short: on is the first day that counts no more. A term
// that had not begun by then is empty, and still shown in the history.
func endTerm(tx *db.Tx, id db.ID, on jp.Date) error {
	_, err := tx.Exec(`UPDATE terms SET ended_on = $2 WHERE id = $1 AND ended_on = ''`, id, on)
	return err
}

// Appoint keeps a term of a member, for imports and sample data; who is a
// person gets the post from GivePosts.
func Appoint(tx *db.Tx, t Term) (err error) {
	defer fault.Wrap(&err, "group.Appoint(%v)", t.Member)
	if err := insertTerm(tx, t); err != nil {
		return err
	}
	tx.Touch(Topic)
	return nil
}

// CaretakerDays is how long whoever led a group last can still hand it over,
// when nobody leads it any more: general meetings are held until June, and
// terms end with March.
const CaretakerDays = 120

// Caretaker returns who led the group last, while nobody leads it and no more
// than CaretakerDays have passed; 0 when there is nobody.
func Caretaker(tx *db.Tx, group db.ID) (person db.ID, err error) {
	defer fault.Wrap(&err, "group.Caretaker(%v)", group)
	terms, err := Terms(tx, group)
	if err != nil {
		return 0, err
	}
	today := Today(tx)
	var last jp.Date
	for i := range terms {
		t := &terms[i]
		if t.Role != Representative || t.Since.After(today) {
			continue
		}
		if t.On(today) {
			return 0, nil
		}
		if l := t.last(); l.After(last) {
			last, person = l, t.Person
		}
	}
	if last.IsZero() || today.Sub(last) > CaretakerDays {
		return 0, nil
	}
	return person, nil
}
