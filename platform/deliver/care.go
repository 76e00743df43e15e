package deliver

import (
	"context"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/jobs"
)

// Delivery is one message as the operator and the person concerned see it:
// without what it said.
type Delivery struct {
	ID      db.ID // its Time is when the message was asked for
	Person  db.ID // 0 when only an address was known
	Kind    string
	Channel string    // mail or paper; empty until sent
	Sent    time.Time // zero until sent
	Dead    time.Time // zero unless it failed for good
	Tries   int
	Error   string // of the last try
	// Again says that a dead message can be tried again: what it says is still
	// there.
	Again bool
}

// StateKey returns the message that says what became of it.
func (d Delivery) StateKey() string {
	switch {
	case !d.Sent.IsZero():
		return "deliver.state.sent"
	case !d.Dead.IsZero():
		return "deliver.state.dead"
	}
	return "deliver.state.waiting"
}

// ChannelKey returns the message that names its channel; empty until it is sent.
func (d Delivery) ChannelKey() string {
	switch d.Channel {
	case channelMail:
		return "deliver.channel.mail"
	case channelPaper:
		return "deliver.channel.paper"
	}
	return ""
}

const deliveryColumns = `id, person, kind, channel, state, ended, tries, error, CASE WHEN payload = '' THEN 0 ELSE 1 END`

func deliveries(tx *db.Tx, q string, args ...any) ([]Delivery, error) {
	type row struct {
		Delivery
		state, ended, has int64
	}
	rows, err := db.All(tx, func(r *row) []any {
		return []any{&r.ID, &r.Person, &r.Kind, &r.Channel, &r.state, &r.ended, &r.Tries, &r.Error, &r.has}
	}, q, args...)
	list := make([]Delivery, len(rows))
	for i, r := range rows {
		list[i] = r.Delivery
		switch r.state {
		case 1:
			list[i].Sent = db.Time(r.ended)
		case 2:
			list[i].Dead, list[i].Again = db.Time(r.ended), r.has == 1
		}
	}
	return list, err
}

// DeadLetters lists up to limit messages that failed for good, the latest
// first, asked for earlier than the one before (0: from the latest).
func DeadLetters(tx *db.Tx, before db.ID, limit int) (_ []Delivery, err error) {
	defer fault.Wrap(&err, "deliver.DeadLetters(before %v)", before)
	return deliveries(tx, `SELECT `+deliveryColumns+` FROM deliveries WHERE state = 2 AND (CAST($1 AS BIGINT) = 0 OR id < $1) ORDER BY id DESC LIMIT $2`,
		int64(before), limit)
}

// ByPerson lists up to limit messages to the person that are still kept, the
// latest first. It reads the whole table: for the "my data" page.
func ByPerson(tx *db.Tx, person db.ID, limit int) (_ []Delivery, err error) {
	defer fault.Wrap(&err, "deliver.ByPerson(%v)", person)
	return deliveries(tx, `SELECT `+deliveryColumns+` FROM deliveries WHERE person = $1 ORDER BY id DESC LIMIT $2`, person, limit)
}

// Retry gives a dead message a fresh set of tries, the first at once. NotFound
// when there is no such dead message, or what it said is erased.
func (s *Service) Retry(tx *db.Tx, id db.ID) (err error) {
	defer fault.Wrap(&err, "deliver.Retry(%v)", id)
	n, err := tx.Exec(`UPDATE deliveries SET state = 0, tries = 0, ended = 0, due = $2 WHERE id = $1 AND state = 2 AND payload <> ''`, id, tx.Now)
	return s.again(tx, n, err)
}

// RetryAll gives every dead message whose words are still there a fresh set of
// tries, and returns how many: after a setting was wrong.
func (s *Service) RetryAll(tx *db.Tx) (n int64, err error) {
	defer fault.Wrap(&err, "deliver.RetryAll")
	n, err = tx.Exec(`UPDATE deliveries SET state = 0, tries = 0, ended = 0, due = $1 WHERE state = 2 AND payload <> ''`, tx.Now)
	if n == 0 {
		return n, err
	}
	return n, s.again(tx, n, err)
}

func (s *Service) again(tx *db.Tx, n int64, err error) error {
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.NotFound, "web.error.not_found")
	}
	tx.Touch("deliveries")
	tx.After(s.Nudge)
	return nil
}

// Forget removes a dead message for good. NotFound when there is none.
func Forget(tx *db.Tx, id db.ID) (err error) {
	defer fault.Wrap(&err, "deliver.Forget(%v)", id)
	n, err := tx.Exec(`DELETE FROM deliveries WHERE id = $1 AND state = 2`, id)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.NotFound, "web.error.not_found")
	}
	tx.Touch("deliveries")
	return nil
}

// Erase removes every message to the person: sent, waiting, dead, in the
// mailbox and in the print queue.
func Erase(tx *db.Tx, person db.ID) (err error) {
	defer fault.Wrap(&err, "deliver.Erase(%v)", person)
	for _, q := range []string{
		`DELETE FROM deliveries WHERE person = $1`,
		`DELETE FROM mailbox WHERE person = $1`,
		`DELETE FROM print_queue WHERE person = $1`,
	} {
		if _, err := tx.Exec(q, person); err != nil {
			return err
		}
	}
	tx.Touch("mailbox", "print", "deliveries")
	return nil
}

// sweep is the job that removes what was kept long enough.
type sweep struct{}

// Kind names the job.
func (sweep) Kind() string { return "deliver.sweep" }

// sweepAt is when it runs: minutes after midnight in Tokyo.
const sweepAt = 3*60 + 10

// Jobs registers the service's own work: the nightly sweep.
func (s *Service) Jobs(r *jobs.Registry) {
	jobs.Work(r, func(ctx context.Context, _ sweep) error { return s.Sweep(ctx) }, jobs.Timeout(10*time.Minute))
	r.Daily("deliver.sweep", sweepAt, sweep{})
}

// Sweep removes the rows of what was sent, printed or given up before the time
// that Config.Keep says, a thousand a transaction, so that nobody waits for it.
func (s *Service) Sweep(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "deliver.Sweep")
	const step = 1000
	for _, q := range []string{
		`DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE state <> 0 AND ended < $1 ORDER BY ended LIMIT $2)`,
		`DELETE FROM print_queue WHERE id IN (SELECT id FROM print_queue WHERE printed <> 0 AND printed < $1 ORDER BY printed LIMIT $2)`,
		`DELETE FROM mailbox WHERE id IN (SELECT id FROM mailbox WHERE sent < $1 ORDER BY id LIMIT $2)`,
	} {
		for n := int64(step); n == step; {
			err := s.c.DB.Write(ctx, jobs.Actor, func(tx *db.Tx) (err error) {
				n, err = tx.Exec(q, tx.Now.Add(-s.c.Keep), step)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
