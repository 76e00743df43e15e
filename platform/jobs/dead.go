package jobs

import (
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// Dead is one job whose tries are used up.
type Dead struct {
	ID    db.ID
	Kind  string
	Args  string // JSON
	Tries int
	Error string // of the last try
	Since time.Time
}

// DeadLetters lists up to limit dead jobs, the latest asked for first, that were
// asked for earlier than the job before (0: from the latest).
func DeadLetters(tx *db.Tx, before db.ID, limit int) (_ []Dead, err error) {
	defer fault.Wrap(&err, "jobs.DeadLetters(before %v)", before)
	type row struct {
		Dead
		since int64
	}
	rows, err := db.All(tx, func(r *row) []any { return []any{&r.ID, &r.Kind, &r.Args, &r.Tries, &r.Error, &r.since} },
		`SELECT id, kind, args, tries, error, dead FROM jobs WHERE dead <> 0 AND (CAST($1 AS BIGINT) = 0 OR id < $1) ORDER BY id DESC LIMIT $2`,
		int64(before), limit)
	list := make([]Dead, len(rows))
	for i, r := range rows {
		list[i] = r.Dead
		list[i].Since = db.Time(r.since)
	}
	return list, err
}

// Retry gives a dead job a fresh set of tries, the first at once. A unique job
// that lives again anyway takes the dead one's place. NotFound when there is no
// such dead job.
func (r *Registry) Retry(tx *db.Tx, id db.ID) (err error) {
	defer fault.Wrap(&err, "jobs.Retry(%v)", id)
	n, err := tx.Exec(`UPDATE jobs SET dead = 0, tries = 0, due = $2 WHERE id = $1 AND dead <> 0
		AND NOT EXISTS (SELECT 1 FROM jobs AS living WHERE living.kind = jobs.kind
			AND living.unique_key = jobs.unique_key AND living.unique_key <> '' AND living.dead = 0)`, id, tx.Now)
	if err != nil {
		return err
	}
	if n == 0 {
		return r.Forget(tx, id)
	}
	tx.Touch("jobs")
	tx.After(r.Nudge)
	return nil
}

// Forget removes a dead job for good. NotFound when there is no such dead job.
func (r *Registry) Forget(tx *db.Tx, id db.ID) (err error) {
	defer fault.Wrap(&err, "jobs.Forget(%v)", id)
	n, err := tx.Exec(`DELETE FROM jobs WHERE id = $1 AND dead <> 0`, id)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.NotFound, "web.error.not_found")
	}
	tx.Touch("jobs")
	return nil
}

// Counts is how many jobs there are.
type Counts struct {
	Waiting, Running, Dead int64
}

// Count returns how many jobs there are.
func Count(tx *db.Tx) (c Counts, err error) {
	defer fault.Wrap(&err, "jobs.Count")
	err = tx.Row(`SELECT COUNT(CASE WHEN dead = 0 AND claim = 0 THEN 1 END), COUNT(CASE WHEN dead = 0 AND claim <> 0 THEN 1 END),
		COUNT(CASE WHEN dead <> 0 THEN 1 END) FROM jobs`).Scan(&c.Waiting, &c.Running, &c.Dead)
	return c, err
}
