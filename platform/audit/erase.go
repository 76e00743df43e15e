package audit

import (
	"context"
	"math"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// Rule says which entries lose their detail.
type Rule struct {
	Prefix string    // of the action, "places."; "" is every action
	Before time.Time // entries older than this
	Person db.ID     // only entries that concern this person; 0 is everyone
}

// eraseBatch is how many entries one transaction erases.
const eraseBatch = 500

// What a rule selects: $1 and $2 bound seq, $3 is before, $4 the prefix, $5 the
// person. The log's own erasures are never erased: they prove the others.
const eraseWhere = ` WHERE seq >= $1 AND seq <= $2 AND at < $3 AND substr(action, 1, length(CAST($4 AS TEXT))) = $4
	AND (CAST($5 AS BIGINT) = 0 OR person = $5) AND detail <> '' AND action <> '` + eraseAction + `'`

// Erase removes the detail, with its salt, of the sealed entries that the rule
// names, and records that it did. It returns how many entries lost their
// detail. The entries themselves and their proofs stay.
func (l *Log) Erase(ctx context.Context, actor db.Actor, r Rule) (erased int, err error) {
	defer fault.Wrap(&err, "audit.Erase(%+v)", r)
	before := db.Micros(r.Before)
	next := int64(0)
	for {
		var seqs []int64
		err := l.cfg.DB.Read(ctx, func(tx *db.Tx) error {
			seqs, err = db.All(tx, func(s *int64) []any { return []any{s} },
				`SELECT seq FROM audit_entries`+eraseWhere+` ORDER BY seq LIMIT $6`,
				next, int64(math.MaxInt64), before, r.Prefix, int64(r.Person), eraseBatch)
			return err
		})
		if err != nil || len(seqs) == 0 {
			return erased, err
		}
		from, to := seqs[0], seqs[len(seqs)-1]
		var n int64
		err = l.cfg.DB.Write(ctx, actor, func(tx *db.Tx) error {
			at := db.Micros(tx.Now)
			n, err = tx.Exec(`UPDATE audit_entries SET detail = '', salt = $6, erased_at = $7`+eraseWhere,
				from, to, before, r.Prefix, int64(r.Person), []byte{}, at)
			if err != nil || n == 0 {
				return err
			}
			e := erasure{at: at, from: from, to: to, before: before, prefix: r.Prefix, person: int64(r.Person)}
			return Record(tx, Entry{Action: eraseAction, Subject: "audit", Person: r.Person, Detail: e.detail()})
		})
		if err != nil {
			return erased, err
		}
		erased += int(n)
		next = to + 1
	}
}
