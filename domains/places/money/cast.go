package money

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/inbox"
	"kakehashi/platform/module"
)

// float is what the demo's till holds every morning, in yen.
const float = 30_000

// How far the demo's charges go, in days from today: as far as its bookings.
const (
	behind = 62
	ahead  = 60
)

// bundle is how many charges of the demo one transaction writes.
const bundle = 200

// Fill writes the charges of the demo city: what is past is paid as a rule, of
// what is to come a part, and yesterday's cash was counted and closed.
func (x *Money) Fill(ctx context.Context, d *module.Demo) (err error) {
	defer fault.Wrap(&err, "money.Fill()")
	var all []reservation.Reservation
	err = d.DB.Read(ctx, func(tx *db.Tx) error {
		all = nil
		for _, room := range d.Lists["rooms"] {
			some, err := reservation.Between(tx, room, d.Today.AddDays(-behind), d.Today.AddDays(ahead))
			if err != nil {
				return err
			}
			all = append(all, some...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	bills, used := make([]bill, len(all)), map[string]bool{}
	for i, r := range all {
		bills[i] = bill{Reservation: r, lucky: d.Rand.IntN(10), reference: referenceBy(d.Rand.IntN)}
		for used[bills[i].reference] { // some thousands of seven digits meet now and then
			bills[i].reference = referenceBy(d.Rand.IntN)
		}
		used[bills[i].reference] = true
		bills[i].forgetful, bills[i].twice = d.Rand.IntN(6) == 0, d.Rand.IntN(6) == 0
		bills[i].paid = jp.DateOf(r.MadeAt).AddDays(bills[i].lucky % 3).At(9*60 + d.Rand.IntN(8*60))
		if bills[i].paid.Before(r.MadeAt) {
			bills[i].paid = r.MadeAt.Add(time.Minute)
		}
	}
	slices.SortStableFunc(bills, func(a, b bill) int { return a.paid.Compare(b.paid) })
	numbers := map[db.ID]int64{}
	for part := range slices.Chunk(bills, bundle) {
		err := d.DB.Write(ctx, db.Actor{Via: "demo"}, func(tx *db.Tx) error {
			for _, b := range part {
				if err := x.fillOne(tx, d, b, numbers); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return d.DB.Write(ctx, db.Actor{Via: "demo"}, func(tx *db.Tx) error {
		for _, office := range slices.Sorted(maps.Keys(numbers)) {
			if err := closeYesterday(tx, d, office, numbers[office]); err != nil {
				return err
			}
		}
		tx.Touch(Topic)
		return nil
	})
}

// bill is a reservation of the demo with what chance says of its charge.
type bill struct {
	reservation.Reservation
	lucky     int  // 0 to 9
	forgetful bool // does not pay even when the day to pay by is over
	twice     bool
	reference string
	paid      time.Time // when it is paid, if it is
}

// fillOne writes the charge of one reservation, and what was paid of it.
func (x *Money) fillOne(tx *db.Tx, d *module.Demo, b bill, numbers map[db.ID]int64) error {
	r := b.Reservation
	if r.State != reservation.Confirmed && r.State != reservation.Used && r.State != reservation.NoShow || r.Office == 0 {
		return nil
	}
	w, err := x.Reckon(tx, r)
	if err != nil || w.Total == 0 {
		return err
	}
	made := jp.DateOf(r.MadeAt)
	c := Charge{
		ID: db.NewID(), Kind: OfReservation, Source: r.ID, Reference: b.reference, Office: r.Office, Group: r.Group, Person: r.Person, Receipt: r.Receipt,
		Day: r.Day(), Working: w, Total: w.Total, Due: jp.DateOf(earlier(made.AddDays(14).At(0), r.Day().At(0))), Reminded: true,
	}
	waits := b.lucky == 0 && r.State != reservation.Used && (b.forgetful || !c.Due.Before(d.Today))
	if b.paid.After(d.Now) || waits {
		return put(tx, &c)
	}
	c.Paid = c.Total
	twice := b.twice && b.lucky == 9 && r.State == reservation.Confirmed && r.Day().After(d.Today.AddDays(18)) // by transfer and at the counter
	if twice {
		c.Paid += c.Total
	}
	if err := put(tx, &c); err != nil {
		return err
	}
	e := Entry{Method: Counter, Amount: c.Total, At: b.paid}
	if b.lucky%3 == 0 {
		e.Method = Bank
	}
	if err := fillPayment(tx, d, c, e, numbers); err != nil || !twice {
		return err
	}
	e.Method = Counter
	if err := fillPayment(tx, d, c, e, numbers); err != nil {
		return err
	}
	return inbox.Open(tx, backItem(tx, c))
}

// put writes a charge over the one that the reservation got when it was entered,
// if it did.
func put(tx *db.Tx, c *Charge) error {
	*c = c.settled()
	was, err := chargeOf(tx, c.Kind, c.Source)
	if fault.Is(err, fault.NotFound) {
		return insert(tx, c)
	}
	if err != nil {
		return err
	}
	c.ID = was.ID
	_, err = tx.Exec(`UPDATE charges SET reference = $2, due_day = $3, total = $4, paid = $5, state = $6, reminded = $7, lapses = 0 WHERE id = $1`,
		c.ID, c.Reference, c.Due, c.Total, c.Paid, c.State, c.Reminded)
	return err
}

// fillPayment writes a payment for a charge of the demo.
func fillPayment(tx *db.Tx, d *module.Demo, c Charge, e Entry, numbers map[db.ID]int64) error {
	e.Kind, e.CashDay, e.Clerk = Payment, jp.DateOf(e.At), d.Refs["person:clerk"]
	e.Year = jp.FiscalYear(e.CashDay)
	if e.Year == jp.FiscalYear(d.Today) {
		numbers[c.Office]++
		e.Number = numbers[c.Office]
	}
	_, err := tx.Exec(`INSERT INTO entries (`+entryColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		db.NewID(), c.ID, c.Office, e.Kind, e.Method, e.Amount, db.Micros(e.At), e.CashDay, e.Clerk, e.Year, e.Number, e.Corrects, "", "", "")
	return err
}

// closeYesterday counts and closes the demo's cash of yesterday.
func closeYesterday(tx *db.Tx, d *module.Demo, office db.ID, number int64) error {
	yesterday := d.Today.AddDays(-1)
	if _, err := tx.Exec(`INSERT INTO tills (office_id, turns, closed, fiscal_year, number) VALUES ($1, 1, $2, $3, $4)
		ON CONFLICT (office_id) DO UPDATE SET closed = excluded.closed, fiscal_year = excluded.fiscal_year, number = excluded.number`,
		office, yesterday, jp.FiscalYear(d.Today), number); err != nil {
		return err
	}
	day, err := DayOf(tx, office, yesterday)
	if err != nil {
		return err
	}
	expected := float + day.In[Counter] - day.Out[Counter]
	counts, left := map[int64]int64{}, expected
	for _, p := range Pieces {
		counts[p], left = left/p, left%p
	}
	b, err := json.Marshal(counts)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO cash_days (office_id, day, opening, expected, counted, kept, counts, reason, closed_by, closed_at)
		VALUES ($1, $2, $3, $4, $4, $3, $5, '', $6, $7)`,
		office, yesterday, float, expected, string(b), d.Refs["person:clerk"], db.Micros(yesterday.At(17*60+20)))
	return err
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
