package money

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"kakehashi/domains/places/money/pay"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// payWithin is how long somebody has on the provider's page.
const payWithin = time.Hour

// Begin makes the provider's page on which somebody pays what is owed. What was
// begun for the same debt within the same hour is the same page.
func (x *Money) Begin(ctx context.Context, actor db.Actor, id db.ID, what, back string, lang i18n.Lang) (_ pay.Session, err error) {
	defer fault.Wrap(&err, "Begin(%v)", id)
	if x.near.Online == nil {
		return pay.Session{}, fault.New(fault.NotFound, "money.error.offline")
	}
	var c Charge
	var now time.Time
	err = x.deps.DB.Read(ctx, func(tx *db.Tx) (err error) {
		now = tx.Now
		c, err = get(tx, id)
		return err
	})
	if err != nil {
		return pay.Session{}, err
	}
	if c.Owed() == 0 {
		return pay.Session{}, fault.New(fault.Conflict, "money.error.nothing_owed")
	}
	hour := now.Truncate(payWithin)
	s, err := x.near.Online.Begin(ctx, pay.Wish{
		Key: fmt.Sprintf("charge-%v-%d-%d-%s", c.ID, c.Version, hour.Unix(), lang), Reference: c.Reference, Yen: c.Owed(), What: what, Lang: string(lang),
		Done: back, Leave: back, Until: hour.Add(2 * payWithin),
	})
	if err != nil {
		return s, err
	}
	return s, x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO online_payments (session, charge_id, amount, intent, made_at) VALUES ($1, $2, $3, '', $4)
			ON CONFLICT (session) DO NOTHING`, s.ID, c.ID, c.Owed(), db.Micros(tx.Now))
		return err
	})
}

// Told takes in what the provider tells: a payment is written down once, however
// often it is told, and also where nothing is owed any more. A message whose
// signature does not hold is Denied.
func (x *Money) Told(ctx context.Context, header http.Header, body []byte) (err error) {
	defer fault.Wrap(&err, "Told()")
	if x.near.Online == nil {
		return fault.New(fault.NotFound, "money.error.offline")
	}
	var now time.Time
	if err := x.deps.DB.Read(ctx, func(tx *db.Tx) error { now = tx.Now; return nil }); err != nil {
		return err
	}
	e, err := x.near.Online.Read(header, body, now)
	if err != nil {
		return fault.New(fault.Denied, "money.error.signature")
	}
	if !e.Paid {
		return nil
	}
	return x.deps.DB.Write(ctx, db.Actor{Via: "system"}, func(tx *db.Tx) error {
		var charge db.ID
		rows, err := db.All(tx, func(id *db.ID) []any { return []any{id} }, `SELECT charge_id FROM online_payments WHERE session = $1`, e.Session)
		if err != nil {
			return err
		}
		if len(rows) == 1 {
			charge = rows[0]
		} else { // told before our own row was written
			c, err := ByReference(tx, e.Reference)
			if err != nil {
				return err
			}
			charge = c.ID
		}
		if _, err := tx.Exec(`INSERT INTO online_payments (session, charge_id, amount, intent, made_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (session) DO UPDATE SET intent = excluded.intent`, e.Session, charge, e.Yen, e.Intent, db.Micros(tx.Now)); err != nil {
			return err
		}
		return x.receive(tx, charge, Online, e.Yen, "online:"+e.Intent)
	})
}

// refundOnline gives back through the provider what an act is about to write
// down. The key is the act's version: pressed again after a fault in between,
// the provider gives it back once.
func (x *Money) refundOnline(ctx context.Context, a Act) (outside string, err error) {
	var c Charge
	err = x.deps.DB.Read(ctx, func(tx *db.Tx) error {
		c, err = Get(tx, a.Charge)
		return err
	})
	intent, ok := Intent(c)
	switch {
	case err != nil:
		return "", err
	case c.Version != a.Version:
		return "", nil // act tells, or finds that it is done
	case c.Back() == 0:
		return "", fault.New(fault.Conflict, "money.error.nothing_back")
	case !ok:
		return "", fault.New(fault.Conflict, "money.error.not_online")
	case x.near.Online == nil:
		return "", fault.New(fault.NotFound, "money.error.offline")
	}
	key := fmt.Sprintf("refund-%v-%d", c.ID, c.Version)
	if err := x.near.Online.Refund(ctx, key, intent, c.Back()); err != nil {
		return "", err
	}
	return key, nil
}

// Intent returns the provider's name of the payment from which all that is to
// be given back can be taken.
func Intent(c Charge) (intent string, ok bool) {
	left := int64(0)
	for _, e := range c.Entries {
		if e.Method != Online {
			continue
		}
		left += e.Amount
		if e.Kind == Payment && e.Amount >= c.Back() {
			intent = e.Outside[len("online:"):]
		}
	}
	return intent, intent != "" && c.Back() > 0 && left >= c.Back()
}
