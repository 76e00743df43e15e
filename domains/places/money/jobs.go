package money

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/jobs"
	"kakehashi/platform/module"
)

const (
	remindDays = 3 // before the due day
	batch      = 100
	watchEvery = time.Hour
)

// ReminderKind is the message that something is to be paid soon.
const ReminderKind = "money.reminder"

// Reminder is what such a message is made from.
type Reminder struct {
	Source    db.ID   `json:"source"` // the reservation
	Receipt   string  `json:"receipt"`
	Reference string  `json:"reference"`
	Yen       int64   `json:"yen"`
	Due       jp.Date `json:"due"`
	Day       jp.Date `json:"day"`
	Lapses    bool    `json:"lapses"`
}

type watchArgs struct{}

// Kind names the work.
func (watchArgs) Kind() string { return "money.watch" }

// Jobs registers the hourly look at what is due.
func (x *Money) Jobs(r *jobs.Registry) {
	jobs.Work(r, func(ctx context.Context, _ watchArgs) error { return x.Watch(ctx) })
	r.Every("money.watch", watchEvery, watchArgs{})
}

// Watch reminds of what is due soon, and cancels what was not paid in time
// where the rules say so. Running it again changes nothing.
func (x *Money) Watch(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "Watch()")
	if err := x.remind(ctx); err != nil {
		return err
	}
	return x.lapse(ctx)
}

// remind tells who still owes, once for a charge.
func (x *Money) remind(ctx context.Context) error {
	for {
		var n int
		err := x.deps.DB.Write(ctx, jobs.Actor, func(tx *db.Tx) error {
			today := jp.DateOf(tx.Now)
			cs, err := charges(tx, `SELECT `+chargeColumns+` FROM charges
				WHERE state = 'due' AND reminded = 0 AND due_day >= $1 AND due_day <= $2 ORDER BY due_day, id LIMIT $3`,
				today, today.AddDays(remindDays), batch)
			if err != nil {
				return err
			}
			n = len(cs)
			for _, c := range cs {
				if err := x.remindOf(tx, c); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || n < batch {
			return err
		}
	}
}

func (x *Money) remindOf(tx *db.Tx, c Charge) error {
	if _, err := tx.Exec(`UPDATE charges SET reminded = 1 WHERE id = $1`, c.ID); err != nil {
		return err
	}
	b, err := json.Marshal(Reminder{Source: c.Source, Receipt: c.Receipt, Reference: c.Reference, Yen: c.Owed(), Due: c.Due, Day: c.Day, Lapses: c.Lapses})
	if err != nil {
		return err
	}
	return x.deps.Deliver.Send(tx, deliver.Message{To: c.Person, Kind: ReminderKind, Data: json.RawMessage(b), Office: c.Office})
}

// lapse cancels the reservations whose charges were not paid in time. One that
// cannot be cancelled any more keeps its charge, which then no longer lapses.
func (x *Money) lapse(ctx context.Context) error {
	for {
		var late []Charge
		err := x.deps.DB.Read(ctx, func(tx *db.Tx) (err error) {
			late, err = charges(tx, `SELECT `+chargeColumns+` FROM charges
				WHERE state = 'due' AND lapses = 1 AND due_day < $1 ORDER BY due_day, id LIMIT $2`, jp.DateOf(tx.Now), batch)
			return err
		})
		if err != nil {
			return err
		}
		var failed error // one that cannot lapse must not hold up the others
		for _, c := range late {
			failed = errors.Join(failed, x.lapseOf(ctx, c))
		}
		if failed != nil || len(late) < batch {
			return failed
		}
	}
}

func (x *Money) lapseOf(ctx context.Context, c Charge) error {
	var r reservation.Reservation
	err := x.deps.DB.Read(ctx, func(tx *db.Tx) (err error) { r, err = reservation.Get(tx, c.Source); return err })
	if err == nil {
		reason := x.deps.Catalog.For(i18n.Ja).T("money.lapsed", "day", c.Due)
		_, err = x.svc.Cancel(ctx, jobs.Actor, r.ID, r.Version, reason)
	}
	if err == nil || fault.KindOf(err) == fault.Internal || fault.KindOf(err) == fault.Unavailable {
		return err
	}
	return x.deps.DB.Write(ctx, jobs.Actor, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE charges SET lapses = 0 WHERE id = $1 AND version = $2`, c.ID, c.Version)
		return err
	})
}

// Checks are what `kakehashi doctor` asks of money.
func Checks() []module.Check {
	return []module.Check{{
		Name: "money.ledger",
		Help: "each charge's payments less refunds are what its ledger adds up to, and no number of a receipt is missing",
		Run:  func(ctx context.Context, d module.Deps) ([]string, error) { return checkLedger(ctx, d.DB) },
	}}
}

func checkLedger(ctx context.Context, d *db.DB) (problems []string, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		problems = nil
		type sum struct {
			reference  string
			paid, sums int64
		}
		wrong, err := db.All(tx, func(s *sum) []any { return []any{&s.reference, &s.paid, &s.sums} },
			`SELECT c.reference, c.paid, COALESCE(e.sum, 0) FROM charges c
			LEFT JOIN (SELECT charge_id, SUM(amount) AS sum FROM entries GROUP BY charge_id) e ON e.charge_id = c.id
			WHERE c.paid <> COALESCE(e.sum, 0) ORDER BY c.id`)
		if err != nil {
			return err
		}
		for _, s := range wrong {
			problems = append(problems, fmt.Sprintf("charge %s says %d yen are paid, its entries %d", s.reference, s.paid, s.sums))
		}
		type run struct {
			office          db.ID
			year, most, all int64
		}
		gaps, err := db.All(tx, func(r *run) []any { return []any{&r.office, &r.year, &r.most, &r.all} },
			`SELECT office_id, fiscal_year, MAX(number), COUNT(*) FROM entries WHERE number <> 0
			GROUP BY office_id, fiscal_year HAVING MAX(number) <> COUNT(*) ORDER BY office_id, fiscal_year`)
		for _, r := range gaps {
			problems = append(problems, fmt.Sprintf("office %v, year %d: %d receipts, but the last has number %d", r.office, r.year, r.all, r.most))
		}
		return err
	})
	return problems, err
}
