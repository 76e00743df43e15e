package money

import (
	"cmp"
	"fmt"
	"time"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// The kinds of entries.
const (
	Payment    = "payment"
	Refund     = "refund"
	Correction = "correction"
)

// The methods by which money moves, as rules.Payment has them.
const (
	Counter = "counter"
	Bank    = "bank"
	Online  = "online"
)

// Methods are all methods in the order of a report.
var Methods = []string{Counter, Bank, Online}

// Entry is one movement of money in the ledger.
type Entry struct {
	ID      db.ID
	Charge  db.ID
	Office  db.ID
	Kind    string // Payment, Refund or Correction
	Method  string // Counter, Bank or Online
	Amount  int64  // yen: what came in; negative what went out
	At      time.Time
	CashDay jp.Date // the day of the report it stands in
	Clerk   db.ID   // 0 when no clerk did it
	Year    int     // the fiscal year of Number
	Number  int64   // of the receipt; 0 for what is none
	// Corrects is the entry that a correction takes back; 0 for others.
	Corrects db.ID
	Reason   string
	Outside  string // what names the movement elsewhere
	Turn     string // of the form that made it
}

// ReceiptNumber is the number of the receipt as it is printed: fiscal year and
// running number; "" where there is no receipt.
func (e Entry) ReceiptNumber() string {
	if e.Number == 0 {
		return ""
	}
	return fmt.Sprintf("%d-%06d", e.Year, e.Number)
}

const entryColumns = `id, charge_id, office_id, kind, method, amount, made_at, cash_day, clerk_id, fiscal_year, number, corrects, reason, outside, turn`

type entryRow struct {
	Entry
	made int64
}

func (r *entryRow) dest() []any {
	return []any{&r.ID, &r.Charge, &r.Office, &r.Kind, &r.Method, &r.Amount, &r.made, &r.CashDay, &r.Clerk, &r.Year, &r.Number, &r.Corrects, &r.Reason, &r.Outside, &r.Turn}
}

func entries(tx *db.Tx, q string, args ...any) ([]Entry, error) {
	rows, err := db.All(tx, (*entryRow).dest, q, args...)
	out := make([]Entry, len(rows))
	for i := range rows {
		out[i] = rows[i].Entry
		out[i].At = db.Time(rows[i].made)
	}
	return out, err
}

// entriesOf lists the entries of a charge in their order.
func entriesOf(tx *db.Tx, charge db.ID) ([]Entry, error) {
	return entries(tx, `SELECT `+entryColumns+` FROM entries WHERE charge_id = $1 ORDER BY id`, charge)
}

// till is an office's till, taken in hand.
type till struct {
	closed jp.Date
	year   int
	number int64
}

// take takes the office's till in hand until the transaction ends: whoever
// writes an entry or closes a day waits in line here.
func take(tx *db.Tx, office db.ID) (t till, err error) {
	if _, err = tx.Exec(`INSERT INTO tills (office_id, turns, closed, fiscal_year, number) VALUES ($1, 1, '', 0, 0)
		ON CONFLICT (office_id) DO UPDATE SET turns = tills.turns + 1`, office); err != nil {
		return t, err
	}
	var closed string
	if err = tx.Row(`SELECT closed, fiscal_year, number FROM tills WHERE office_id = $1`, office).Scan(&closed, &t.year, &t.number); err != nil {
		return t, err
	}
	t.closed, _ = jp.ParseDate(closed) // '' before the first
	return t, nil
}

// day is the day into whose report a movement goes: today, or the day after the
// last one that was closed.
func (t till) day(today jp.Date) jp.Date {
	if !t.closed.IsZero() && !today.After(t.closed) {
		return t.closed.AddDays(1)
	}
	return today
}

// enter writes an entry into the ledger and adds its amount to the charge, which
// the caller holds and keeps. A payment gets the next number of a
// receipt.
func enter(tx *db.Tx, c *Charge, e Entry) (Entry, error) {
	t, err := take(tx, c.Office)
	if err != nil {
		return e, err
	}
	e.ID, e.Charge, e.Office, e.At, e.Clerk = db.NewID(), c.ID, c.Office, tx.Now, tx.Actor.Person
	e.CashDay = t.day(jp.DateOf(tx.Now))
	e.Year = jp.FiscalYear(e.CashDay)
	if e.Kind == Payment {
		if t.year != e.Year {
			t.number = 0
		}
		e.Number = t.number + 1
		if _, err := tx.Exec(`UPDATE tills SET fiscal_year = $2, number = $3 WHERE office_id = $1`, c.Office, e.Year, e.Number); err != nil {
			return e, err
		}
	}
	if _, err := tx.Exec(`INSERT INTO entries (`+entryColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		e.ID, e.Charge, e.Office, e.Kind, e.Method, e.Amount, db.Micros(e.At), e.CashDay, e.Clerk, e.Year, e.Number, e.Corrects, e.Reason, e.Outside, e.Turn); err != nil {
		if db.IsUnique(err) {
			err = fault.New(fault.Conflict, "money.error.twice")
		}
		return e, err
	}
	c.Paid += e.Amount
	c.Entries = append(c.Entries, e)
	return e, record(tx, cmp.Or(e.Kind, Payment), *c)
}
