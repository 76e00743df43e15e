package jobs

import (
	"database/sql"
	"time"

	"kakehashi/platform/db"
)

// lease is how long a claim holds without being renewed: so long after a crash
// of its node, a job that ran there runs again elsewhere.
const lease = time.Minute

// job is one claimed job.
type job struct {
	id              db.ID
	kind, args      string
	tries, maxTries int
	claim           db.ID
}

// insert keeps a job. One that is unique and lives already is asked for again
// when it runs, and otherwise left as it is.
func insert(tx *db.Tx, kind, args string, o options) error {
	if o.unique == "" {
		_, err := tx.Exec(`INSERT INTO jobs (id, kind, args, unique_key, due, max_tries) VALUES ($1, $2, $3, '', $4, $5)`,
			db.NewID(), kind, args, o.at, o.tries)
		return err
	}
	_, err := tx.Exec(`INSERT INTO jobs (id, kind, args, unique_key, due, max_tries) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (kind, unique_key) WHERE unique_key <> '' AND dead = 0
		DO UPDATE SET again = CASE WHEN jobs.claim <> 0 THEN 1 ELSE jobs.again END`,
		db.NewID(), kind, args, o.unique, o.at, o.tries)
	return err
}

// hurry makes a job that waits because it failed due at once.
func hurry(tx *db.Tx, kind, unique string) error {
	_, err := tx.Exec(`UPDATE jobs SET due = $3 WHERE kind = $1 AND unique_key = $2 AND unique_key <> '' AND dead = 0 AND claim = 0 AND due > $3`,
		kind, unique, tx.Now)
	return err
}

// Nobody else takes a row that one node is about to claim. SQLite has one
// writer, and so nothing to lock or skip.
const (
	claimSQL = `WITH picked AS MATERIALIZED (SELECT id FROM jobs WHERE dead = 0 AND due <= $1 ORDER BY due LIMIT $2)
		UPDATE jobs SET claim = $3, due = $4, tries = tries + 1 WHERE id IN (SELECT id FROM picked)
		RETURNING id, kind, args, tries, max_tries`
	claimSkippingSQL = `WITH picked AS MATERIALIZED (SELECT id FROM jobs WHERE dead = 0 AND due <= $1 ORDER BY due LIMIT $2 FOR UPDATE SKIP LOCKED)
		UPDATE jobs SET claim = $3, due = $4, tries = tries + 1 WHERE id IN (SELECT id FROM picked)
		RETURNING id, kind, args, tries, max_tries`
)

// claim takes up to n jobs that are due.
func claim(tx *db.Tx, n int) ([]job, error) {
	q, token := claimSQL, db.NewID()
	if tx.Engine() == db.Postgres {
		q = claimSkippingSQL
	}
	list, err := db.All(tx, func(j *job) []any { return []any{&j.id, &j.kind, &j.args, &j.tries, &j.maxTries} },
		q, tx.Now, n, token, tx.Now.Add(lease))
	for i := range list {
		list[i].claim = token
	}
	return list, err
}

// nextDue returns when the next job can be claimed, or the zero time when there
// is none.
func nextDue(tx *db.Tx) (time.Time, error) {
	var due sql.NullInt64
	err := tx.Row(`SELECT MIN(due) FROM jobs WHERE dead = 0`).Scan(&due)
	return db.Time(due.Int64), err
}

// renew makes the claim last for another lease, and reports whether the job
// still is the claimer's.
func renew(tx *db.Tx, j job) (bool, error) {
	n, err := tx.Exec(`UPDATE jobs SET due = $3 WHERE id = $1 AND claim = $2`, j.id, j.claim, tx.Now.Add(lease))
	return n > 0, err
}

// finish removes a job that was done, or starts it afresh when it was asked for
// again meanwhile.
func finish(tx *db.Tx, j job) error {
	n, err := tx.Exec(`DELETE FROM jobs WHERE id = $1 AND claim = $2 AND again = 0`, j.id, j.claim)
	if err != nil || n > 0 {
		return err
	}
	return refresh(tx, j, tx.Now)
}

func refresh(tx *db.Tx, j job, due time.Time) error {
	_, err := tx.Exec(`UPDATE jobs SET claim = 0, again = 0, tries = 0, error = '', due = $3 WHERE id = $1 AND claim = $2`,
		j.id, j.claim, due)
	return err
}

// postpone lets a job that failed wait until due.
func postpone(tx *db.Tx, j job, reason string, due time.Time) error {
	_, err := tx.Exec(`UPDATE jobs SET claim = 0, again = 0, error = $3, due = $4 WHERE id = $1 AND claim = $2`,
		j.id, j.claim, reason, due)
	return err
}

// bury makes a job dead, unless it was asked for again meanwhile.
func bury(tx *db.Tx, j job, reason string) error {
	n, err := tx.Exec(`UPDATE jobs SET claim = 0, dead = $3, error = $4 WHERE id = $1 AND claim = $2 AND again = 0`,
		j.id, j.claim, tx.Now, reason)
	if err != nil {
		return err
	}
	if n > 0 {
		tx.Touch("jobs")
		// Of a schedule that fails for days the operator sees one letter.
		_, err := tx.Exec(`DELETE FROM jobs WHERE dead <> 0 AND id <> $1 AND EXISTS (SELECT 1 FROM jobs AS latest
			WHERE latest.id = $1 AND latest.kind = jobs.kind AND latest.unique_key = jobs.unique_key AND latest.unique_key <> '')`, j.id)
		return err
	}
	return refresh(tx, j, tx.Now.Add(backoff(1)))
}

// giveBack returns a job that was interrupted, as if it had not been begun.
func giveBack(tx *db.Tx, j job) error {
	_, err := tx.Exec(`UPDATE jobs SET claim = 0, again = 0, tries = tries - 1, due = $3 WHERE id = $1 AND claim = $2`,
		j.id, j.claim, tx.Now)
	return err
}

// reclaim frees the jobs that a process which is gone had claimed.
func reclaim(tx *db.Tx) error {
	_, err := tx.Exec(`UPDATE jobs SET claim = 0, due = $1 WHERE claim <> 0`, tx.Now)
	return err
}

func claimed(tx *db.Tx) (n int, err error) {
	err = tx.Row(`SELECT COUNT(*) FROM jobs WHERE claim <> 0`).Scan(&n)
	return n, err
}
