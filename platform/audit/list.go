package audit

import (
	"math"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// Page asks for one page of a list, newest first.
type Page struct {
	Before    db.ID // entries older than this one; 0 starts at the newest
	Limit     int   // lines, 1 to 500; 0 means 50
	ReadsOnly bool  // sensitive reads alone: "who read my data"
}

const (
	defaultLimit = 50
	maxLimit     = 500
)

// The lists read the sealed entries by their index, and add what is pending,
// which is at most a minute's. $1 to $4 are before, limit, reads only, whose.
const (
	pageHead = `SELECT seq, ` + columns + `, erased_at FROM (SELECT seq, ` + columns + `, erased_at FROM audit_entries
		WHERE id < $1 AND ($3 = 0 OR action LIKE '%.read')`
	pageMiddle = ` ORDER BY id DESC LIMIT $2) AS s
		UNION ALL SELECT -1, ` + columns + `, 0 FROM (SELECT ` + columns + ` FROM audit_pending
		WHERE id < $1 AND ($3 = 0 OR action LIKE '%.read')`
	pageTail = ` ORDER BY id DESC LIMIT $2) AS p ORDER BY id DESC LIMIT $2`

	wherePerson  = ` AND person = $4 AND person <> 0`
	whereSubject = ` AND subject_id = $4 AND subject = $5`
	whereActor   = ` AND actor = $4`

	listByPerson  = pageHead + wherePerson + pageMiddle + wherePerson + pageTail
	listBySubject = pageHead + whereSubject + pageMiddle + whereSubject + pageTail
	listByActor   = pageHead + whereActor + pageMiddle + whereActor + pageTail
	listAll       = pageHead + pageMiddle + pageTail
)

func list(tx *db.Tx, q string, p Page, args ...any) ([]Line, error) {
	if p.Before == 0 {
		p.Before = math.MaxInt64
	}
	if p.Limit <= 0 {
		p.Limit = defaultLimit
	}
	reads := int64(0)
	if p.ReadsOnly {
		reads = 1
	}
	all := append([]any{int64(p.Before), min(p.Limit, maxLimit), reads}, args...)
	rows, err := db.All(tx, func(r *row) []any {
		return append(append([]any{&r.seq}, r.scanPending()...), &r.erasedAt)
	}, q, all...)
	if err != nil {
		return nil, err
	}
	lines := make([]Line, len(rows))
	for i := range rows {
		if lines[i], err = rows[i].line(); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

// ByPerson lists what concerns the person, newest first.
func (l *Log) ByPerson(tx *db.Tx, person db.ID, p Page) (_ []Line, err error) {
	defer fault.Wrap(&err, "audit.ByPerson(%v, %+v)", person, p)
	return list(tx, listByPerson, p, int64(person))
}

// BySubject lists what was done to one thing, newest first.
func (l *Log) BySubject(tx *db.Tx, subject string, id db.ID, p Page) (_ []Line, err error) {
	defer fault.Wrap(&err, "audit.BySubject(%s, %v, %+v)", subject, id, p)
	return list(tx, listBySubject, p, int64(id), subject)
}

// ByActor lists what one person did, newest first; 0 is the system.
func (l *Log) ByActor(tx *db.Tx, actor db.ID, p Page) (_ []Line, err error) {
	defer fault.Wrap(&err, "audit.ByActor(%v, %+v)", actor, p)
	return list(tx, listByActor, p, int64(actor))
}

// All lists everything, newest first, for the operator.
func (l *Log) All(tx *db.Tx, p Page) (_ []Line, err error) {
	defer fault.Wrap(&err, "audit.All(%+v)", p)
	return list(tx, listAll, p)
}
