package money

import (
	"maps"
	"strconv"

	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/inbox"
)

// RefundKind is what a refund waits for the clerk as.
//
//i18n:uses money.inbox.*
const RefundKind = "money.refund"

// refundIn is how many working days an office has to give money back.
const refundIn = 10

// follow keeps the charge of a reservation true: made when it is confirmed,
// reckoned anew when it moves, and ended with it.
func (x *Money) follow(tx *db.Tx, was, now reservation.Reservation) error {
	if now.Kind != "" && now.Kind != reservation.ForUse {
		return nil
	}
	switch now.State {
	case reservation.Confirmed:
		if was.State == reservation.Confirmed && was.ID != 0 && same(was, now) {
			return nil
		}
		return x.charge(tx, now, was.ID == 0)
	case reservation.Cancelled, reservation.Lapsed, reservation.Refused, reservation.Resting:
		if was.State == reservation.Cancelled || was.State == reservation.Lapsed || was.State == reservation.Refused {
			return nil
		}
		return x.end(tx, now)
	}
	return nil
}

// same reports whether two versions of a reservation cost the same anyway.
func same(a, b reservation.Reservation) bool {
	return a.Room == b.Room && a.Group == b.Group && a.Span.Start.Equal(b.Span.Start) && a.Span.End.Equal(b.Span.End) &&
		a.Asked.Use == b.Asked.Use && a.Asked.Admission == b.Asked.Admission && a.Asked.Commercial == b.Asked.Commercial &&
		maps.Equal(a.Asked.Extras, b.Asked.Extras)
}

// charge makes the charge of a reservation, or reckons it anew. A new one that
// costs nothing is not looked for.
func (x *Money) charge(tx *db.Tx, r reservation.Reservation, fresh bool) (err error) {
	defer fault.Wrap(&err, "charge(%v)", r.ID)
	w, err := x.Reckon(tx, r)
	if err != nil || fresh && w.Total == 0 {
		return err
	}
	room, err := x.svc.Room(tx, r.Room)
	if err != nil {
		return err
	}
	rule, err := x.PaymentOf(tx, room.Room)
	if err != nil {
		return err
	}
	due := dueDay(rule, jp.DateOf(tx.Now), r.Day())
	c, err := x.held(tx, OfReservation, r.ID)
	if fault.Is(err, fault.NotFound) {
		if w.Total == 0 {
			return nil
		}
		c = Charge{
			ID: db.NewID(), Kind: OfReservation, Source: r.ID, Office: r.Office, Group: r.Group, Person: r.Person, Receipt: r.Receipt,
			Day: r.Day(), Working: w, Total: w.Total, State: Due, Due: due, Lapses: rule.Lapse,
		}
		if err := insert(tx, &c); err != nil {
			return err
		}
		tx.Touch(Topic)
		return record(tx, "charge", c)
	}
	if err != nil {
		return err
	}
	if c.State == Cancelled {
		c.State = Due
	}
	if c.State == Waived {
		w.Total = min(w.Total, c.Paid)
	}
	if w.Total > c.Total {
		c.Due, c.Reminded = due, false
	} else if c.Due.After(due) {
		c.Due = due // an earlier use is paid earlier
	}
	c.Group, c.Receipt, c.Day, c.Working, c.Total = r.Group, r.Receipt, r.Day(), w, w.Total
	if err := x.keep(tx, &c); err != nil {
		return err
	}
	return record(tx, "recharge", c)
}

// held reads the charge of a thing with its office's till in hand, so that
// what it says stays true until the transaction ends.
func (x *Money) held(tx *db.Tx, kind string, source db.ID) (Charge, error) {
	c, err := chargeOf(tx, kind, source)
	if err != nil {
		return c, err
	}
	return x.hold(tx, c.ID, c.Office)
}

// hold takes the till in hand and reads the charge with its entries.
func (x *Money) hold(tx *db.Tx, id, office db.ID) (Charge, error) {
	if _, err := take(tx, office); err != nil {
		return Charge{}, err
	}
	return Get(tx, id)
}

// end ends the charge of a reservation that will not be used: what was paid is
// given back by the rule of the day, or whole when the office took the time.
func (x *Money) end(tx *db.Tx, r reservation.Reservation) (err error) {
	defer fault.Wrap(&err, "end(%v)", r.ID)
	c, err := x.held(tx, OfReservation, r.ID)
	if fault.Is(err, fault.NotFound) || err == nil && c.State == Cancelled {
		return nil
	}
	if err != nil {
		return err
	}
	ousted, err := x.ousted(tx, r)
	if err != nil {
		return err
	}
	back := c.Paid
	if !ousted {
		rule, err := x.refunds(tx, r)
		if err != nil {
			return err
		}
		// What was paid above the fee is no part of the fee, and is given back whole.
		over := c.Back()
		back = over + Given(rule, r.Day().Sub(jp.DateOf(tx.Now)), c.Paid-over)
	}
	c.State, c.Total = Cancelled, c.Paid-back
	if err := x.keep(tx, &c); err != nil {
		return err
	}
	return record(tx, "cancel", c)
}

// ousted reports whether the holder lost the reservation through no act of
// theirs: the office refused it, or left it undecided until it was too late, or
// took the time, which whoever keyed the booking in for them may do too.
func (x *Money) ousted(tx *db.Tx, r reservation.Reservation) (bool, error) {
	if r.State == reservation.Refused {
		return true, nil
	}
	if x.near.Displaced != nil {
		if yes, err := x.near.Displaced(tx, r.ID); err != nil || yes {
			return yes, err
		}
	}
	return x.displaced(tx, r), nil
}

// displaced reports whether a clerk ended the reservation for the office's own
// reasons: neither its holder nor anybody who acted for them.
func (x *Money) displaced(tx *db.Tx, r reservation.Reservation) bool {
	a := tx.Actor
	if a.Person == 0 || a.Person == r.Person || a.OnBehalfOf != 0 || a.Person == r.MadeBy {
		return false
	}
	if r.Group != 0 && x.near.Mine != nil {
		groups, err := x.near.Mine(tx, a.Person)
		for _, g := range groups {
			if g == r.Group {
				return false
			}
		}
		return err == nil
	}
	return true
}

func (x *Money) refunds(tx *db.Tx, r reservation.Reservation) (rules.Refunds, error) {
	room, err := x.svc.Room(tx, r.Room)
	if err != nil {
		return rules.Refunds{}, err
	}
	book, err := x.rules.Book(tx)
	if err != nil {
		return rules.Refunds{}, err
	}
	return book.Refunds(rules.PlaceOf(&room.Room), jp.DateOf(tx.Now)), nil
}

// IfCancelled returns how much of what was paid would be given back if the
// holder cancelled today, in yen.
func (x *Money) IfCancelled(tx *db.Tx, r reservation.Reservation, paid int64) (_ int64, err error) {
	defer fault.Wrap(&err, "IfCancelled(%v)", r.ID)
	rule, err := x.refunds(tx, r)
	return Given(rule, r.Day().Sub(jp.DateOf(tx.Now)), paid), err
}

// keep writes a charge, and lets what is to be given back wait for the clerk.
func (x *Money) keep(tx *db.Tx, c *Charge) error {
	if err := update(tx, c); err != nil {
		return err
	}
	if err := inbox.Close(tx, RefundKind, c.ID); err != nil {
		return err
	}
	if c.Back() == 0 || c.Office == 0 {
		return nil
	}
	return inbox.Open(tx, backItem(tx, *c))
}

// backItem is what waits for the clerk while money is to be given back.
func backItem(tx *db.Tx, c Charge) inbox.Item {
	return inbox.Item{
		Office: c.Office, Kind: RefundKind, Subject: c.ID, Key: "money.inbox.waiting",
		Args: map[string]string{"yen": strconv.FormatInt(c.Back(), 10), "receipt": c.Receipt, "reference": Pretty(c.Reference)},
		Due:  jp.WorkingDays(jp.DateOf(tx.Now), refundIn), Link: Path(c.ID),
	}
}

// Path is the address of a charge for the clerk.
func Path(id db.ID) string { return "/office/money/charges/" + id.String() }
