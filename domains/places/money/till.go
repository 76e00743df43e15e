package money

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// Pieces are the denominations of yen that a till is counted in (金種).
var Pieces = []int64{10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10, 5, 1}

// CashDay is one day of an office's money (日計表).
type CashDay struct {
	Office   db.ID
	Day      jp.Date
	Opening  int64            // yen in the till in the morning
	In, Out  map[string]int64 // by method: what came in, and what went out as a positive number
	Entries  []Entry          // in their order
	Expected int64            // yen that must be in the till in the evening
	Closed   bool
	Counted  int64
	Kept     int64           // left in the till for the next day
	Counts   map[int64]int64 // denomination to pieces
	Reason   string          // of a difference
	ClosedBy db.ID
	ClosedAt time.Time
	First    bool    // no day was ever closed: nobody knows yet what was in the till
	Before   jp.Date // an earlier day that is still open and has entries; zero: none
}

// Difference is what was counted above what was expected, in yen.
func (d CashDay) Difference() int64 { return d.Counted - d.Expected }

// Sum is what all methods took in less what they gave out, in yen.
func (d CashDay) Sum() int64 {
	sum := int64(0)
	for _, m := range Methods {
		sum += d.In[m] - d.Out[m]
	}
	return sum
}

// mostEntries bounds what one day's report shows.
const mostEntries = 5000

// DayOf reads an office's report of a day.
func DayOf(tx *db.Tx, office db.ID, day jp.Date) (d CashDay, err error) {
	defer fault.Wrap(&err, "money.DayOf(%v, %v)", office, day)
	d = CashDay{Office: office, Day: day, In: map[string]int64{}, Out: map[string]int64{}, Counts: map[int64]int64{}}
	d.Entries, err = entries(tx, `SELECT `+entryColumns+` FROM entries WHERE office_id = $1 AND cash_day = $2 ORDER BY id LIMIT $3`, office, day, mostEntries)
	if err != nil {
		return d, err
	}
	for _, e := range d.Entries {
		if e.Amount >= 0 {
			d.In[e.Method] += e.Amount
		} else {
			d.Out[e.Method] -= e.Amount
		}
	}
	if err := d.closing(tx); err != nil {
		return d, err
	}
	d.Expected = d.Opening + d.In[Counter] - d.Out[Counter]
	return d, nil
}

type closing struct {
	day                              jp.Date
	opening, expected, counted, kept int64
	counts, reason                   string
	by                               db.ID
	at                               int64
}

func (c *closing) dest() []any {
	return []any{&c.day, &c.opening, &c.expected, &c.counted, &c.kept, &c.counts, &c.reason, &c.by, &c.at}
}

// closing reads how the day was closed, or what the one before left in the till.
func (d *CashDay) closing(tx *db.Tx) error {
	rows, err := db.All(tx, (*closing).dest, `SELECT day, opening, expected, counted, kept, counts, reason, closed_by, closed_at FROM cash_days
		WHERE office_id = $1 AND day <= $2 ORDER BY day DESC LIMIT 1`, d.Office, d.Day)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		d.First = true
	} else if last := rows[0]; last.day == d.Day {
		d.Closed, d.Opening, d.Counted, d.Kept, d.Reason, d.ClosedBy, d.ClosedAt = true, last.opening, last.counted, last.kept, last.reason, last.by, db.Time(last.at)
		return json.Unmarshal([]byte(last.counts), &d.Counts)
	} else {
		d.Opening = last.kept
	}
	since := "" // the last closed day
	if len(rows) > 0 {
		since = rows[0].day.String()
	}
	var first *string
	if err := tx.Row(`SELECT MIN(cash_day) FROM entries WHERE office_id = $1 AND cash_day > $2 AND cash_day < $3`, d.Office, since, d.Day).Scan(&first); err != nil {
		return err
	}
	if first != nil {
		d.Before, err = jp.ParseDate(*first)
	}
	return err
}

// Count is what a clerk counted in the evening.
type Count struct {
	Office  db.ID
	Day     jp.Date
	Opening int64 // of the first day ever; else what the day before left counts
	Pieces  map[int64]int64
	Kept    int64 // yen left in the till for the next day
	Reason  string
	Seen    int64 // the sum of the day as the clerk saw it, so that nothing slips in between
}

// Close counts and closes a day. What comes later goes into the next one. A
// difference needs its reason; an earlier day is closed first.
func (x *Money) Close(ctx context.Context, actor db.Actor, n Count) (err error) {
	defer fault.Wrap(&err, "Close(%v, %v)", n.Office, n.Day)
	return x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		t, err := take(tx, n.Office)
		if err != nil {
			return err
		}
		d, err := DayOf(tx, n.Office, n.Day)
		if err != nil {
			return err
		}
		switch {
		case d.Closed || !t.closed.IsZero() && !n.Day.After(t.closed):
			return fault.New(fault.Conflict, "money.error.day_closed")
		case n.Day.After(jp.DateOf(tx.Now)):
			return fault.New(fault.Invalid, "money.error.day_ahead")
		case !d.Before.IsZero():
			return fault.New(fault.Conflict, "money.error.day_before", "day", d.Before)
		case d.Sum() != n.Seen:
			return fault.New(fault.Conflict, "money.error.day_moved")
		}
		if d.First {
			d.Opening, d.Expected = n.Opening, d.Expected+n.Opening
		}
		for _, p := range Pieces {
			d.Counted += p * n.Pieces[p]
		}
		if err := n.check(d); err != nil {
			return err
		}
		counts, err := json.Marshal(n.Pieces)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO cash_days (office_id, day, opening, expected, counted, kept, counts, reason, closed_by, closed_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			n.Office, n.Day, d.Opening, d.Expected, d.Counted, n.Kept, string(counts), n.Reason, tx.Actor.Person, db.Micros(tx.Now)); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE tills SET closed = $2 WHERE office_id = $1`, n.Office, n.Day); err != nil {
			return err
		}
		tx.Touch(Topic)
		return audit.Record(tx, audit.Entry{Action: "money.close", Subject: "office", ID: n.Office, Detail: map[string]string{"day": n.Day.String()}})
	})
}

func (n Count) check(d CashDay) error {
	var c fault.Check
	for _, pieces := range n.Pieces {
		c.Field(pieces >= 0 && pieces < 1_000_000, "counted", "money.error.pieces")
	}
	c.Field(n.Opening >= 0, "opening", "money.error.pieces")
	c.Field(n.Kept >= 0 && n.Kept <= d.Counted, "kept", "money.error.kept", "most", d.Counted)
	c.Field(d.Difference() == 0 || strings.TrimSpace(n.Reason) != "", "reason", "money.error.difference", "yen", d.Difference())
	return c.Err()
}

// EntriesBetween lists an office's entries of a run of days, both included, for
// export, in pages of at most limit after the given one.
func EntriesBetween(tx *db.Tx, office db.ID, from, until jp.Date, after db.ID, limit int) (_ []Entry, err error) {
	defer fault.Wrap(&err, "money.EntriesBetween(%v, %v, %v)", office, from, until)
	return entries(tx, `SELECT `+entryColumns+` FROM entries WHERE office_id = $1 AND cash_day >= $2 AND cash_day <= $3 AND id > $4 ORDER BY id LIMIT $5`,
		office, from, until, after, limit)
}
