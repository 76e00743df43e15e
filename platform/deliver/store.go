package deliver

import (
	"database/sql"
	"regexp"
	"strconv"
	"strings"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/deliver/paper"
)

// The channels there are.
const (
	channelMail  = "mail"
	channelPaper = "paper"
)

// delivery is one claimed message.
type delivery struct {
	id, person    db.ID
	kind, payload string
	address, lang string
	office        db.ID
	urgent        bool
	tries         int
	claim         db.ID
}

// Nobody else takes a row that one node is about to claim. SQLite has one
// writer, and so nothing to lock or skip. The bulk and the urgent lane each
// have an index, which wants its condition word by word.
const (
	claimTail = ` UPDATE deliveries SET claim = $3, due = $4, tries = tries + 1 WHERE id IN (SELECT id FROM picked)
		RETURNING id, person, kind, payload, address, lang, office, urgent, tries`
	claimBulk = `WITH picked AS MATERIALIZED (SELECT id FROM deliveries
		WHERE state = 0 AND urgent = 0 AND due <= $1 ORDER BY due LIMIT $2)` + claimTail
	claimBulkSkipping = `WITH picked AS MATERIALIZED (SELECT id FROM deliveries
		WHERE state = 0 AND urgent = 0 AND due <= $1 ORDER BY due LIMIT $2 FOR UPDATE SKIP LOCKED)` + claimTail
	claimUrgent = `WITH picked AS MATERIALIZED (SELECT id FROM deliveries
		WHERE state = 0 AND urgent = 1 AND due <= $1 ORDER BY due LIMIT $2)` + claimTail
	claimUrgentSkipping = `WITH picked AS MATERIALIZED (SELECT id FROM deliveries
		WHERE state = 0 AND urgent = 1 AND due <= $1 ORDER BY due LIMIT $2 FOR UPDATE SKIP LOCKED)` + claimTail

	nextBulk   = `SELECT MIN(due) FROM deliveries WHERE state = 0 AND urgent = 0`
	nextUrgent = `SELECT MIN(due) FROM deliveries WHERE state = 0 AND urgent = 1`
)

// claim takes what is due in the lane, a batch at most.
func (l *lane) claim(tx *db.Tx) ([]delivery, error) {
	q, token := l.claimSQL, db.NewID()
	if tx.Engine() == db.Postgres {
		q = l.claimSkippingSQL
	}
	var urgent int64
	list, err := db.All(tx, func(d *delivery) []any {
		return []any{&d.id, &d.person, &d.kind, &d.payload, &d.address, &d.lang, &d.office, &urgent, &d.tries}
	}, q, tx.Now, l.batch, token, tx.Now.Add(lease))
	for i := range list {
		list[i].claim = token
		list[i].urgent = l.urgent
	}
	return list, err
}

// next returns when something is due in the lane, or the zero time when there
// is nothing.
func (l *lane) next(tx *db.Tx) (time.Time, error) {
	var due sql.NullInt64
	err := tx.Row(l.nextSQL).Scan(&due)
	return db.Time(due.Int64), err
}

// result is what became of one delivery.
type result struct {
	delivery
	page  *paper.Page // to be printed; nil: mailed
	err   error       // not sent
	until time.Time   // not even tried: wait so long
}

func (r *result) dead() bool {
	return IsPermanent(r.err) || r.tries >= triesOf(r.urgent)
}

// sentSQL marks up to flushAt mails of one claim as sent; what is not needed of
// its places is filled with 0, so that the text is always the same.
var sentSQL = func() string {
	places := make([]string, flushAt)
	for i := range places {
		places[i] = "$" + strconv.Itoa(i+3)
	}
	return `UPDATE deliveries SET state = 1, claim = 0, channel = '` + channelMail + `', payload = '', address = '', error = '', ended = $2
		WHERE claim = $1 AND id IN (` + strings.Join(places, ", ") + `)`
}()

// settle writes the results of one claim down, flushAt at most, and renews the
// claim of the rest.
func settle(tx *db.Tx, results []result, rest []delivery) error {
	sent := make([]any, 2, 2+flushAt)
	for i := range results {
		r := &results[i]
		if r.err == nil && r.until.IsZero() && r.page == nil {
			sent[0], sent[1] = int64(r.claim), db.Micros(tx.Now)
			sent = append(sent, int64(r.id))
			continue
		}
		if err := r.settle(tx); err != nil {
			return err
		}
	}
	if len(sent) > 2 {
		for len(sent) < cap(sent) {
			sent = append(sent, int64(0))
		}
		if _, err := tx.Exec(sentSQL, sent...); err != nil {
			return err
		}
	}
	for _, d := range rest {
		if _, err := tx.Exec(`UPDATE deliveries SET due = $3 WHERE id = $1 AND claim = $2`, d.id, d.claim, tx.Now.Add(lease)); err != nil {
			return err
		}
	}
	return nil
}

// settle writes down what became of a message that was not simply mailed.
func (r *result) settle(tx *db.Tx) error {
	switch {
	case !r.until.IsZero():
		_, err := tx.Exec(`UPDATE deliveries SET claim = 0, tries = tries - 1, due = $3 WHERE id = $1 AND claim = $2`, r.id, r.claim, r.until)
		return err
	case r.err == nil:
		n, err := tx.Exec(`UPDATE deliveries SET state = 1, claim = 0, channel = $3, payload = '', address = '', error = '', ended = $4
			WHERE id = $1 AND claim = $2`, r.id, r.claim, channelPaper, tx.Now)
		if err != nil || n == 0 {
			return err
		}
		return paper.Add(tx, *r.page)
	case r.dead():
		tx.Touch("deliveries")
		// An urgent message that comes too late is of no use to anybody, and
		// may hold a code.
		_, err := tx.Exec(`UPDATE deliveries SET state = 2, claim = 0, error = $3, ended = $4,
			payload = CASE WHEN urgent = 1 THEN '' ELSE payload END WHERE id = $1 AND claim = $2`, r.id, r.claim, reason(r.err), tx.Now)
		return err
	default:
		_, err := tx.Exec(`UPDATE deliveries SET claim = 0, error = $3, due = $4 WHERE id = $1 AND claim = $2`,
			r.id, r.claim, reason(r.err), tx.Now.Add(backoff(r.tries, r.urgent)))
		return err
	}
}

var address = regexp.MustCompile(`[^\s<>"':;,()]+@[^\s<>"':;,()]+`)

// reason returns an error as it may be kept and logged: without the addresses
// that mail servers like to repeat, and as both engines can store it
// (PostgreSQL takes neither broken UTF-8 nor NUL).
func reason(err error) string {
	const most = 1000 // bytes
	s := address.ReplaceAllString(err.Error(), "…@…")
	if len(s) > most {
		s = s[:most]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "�"), "\x00", "")
}
