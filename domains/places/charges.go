package places

import (
	"slices"
	"time"

	"kakehashi/domains/places/money"
	"kakehashi/domains/places/papers"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// charges says of a reservation what its papers tell of money.
func (p *Places) charges(tx *db.Tx, loc *i18n.Localizer, r reservation.Reservation) (out papers.Charge, err error) {
	defer fault.Wrap(&err, "places.charges(%v)", r.ID)
	c, err := money.ChargeOf(tx, money.OfReservation, r.ID)
	if err != nil {
		if fault.Is(err, fault.NotFound) { // it costs nothing
			err = nil
		}
		return out, err
	}
	out = papers.Charge{Total: c.Total, Owed: c.Owed(), Due: c.Due, Reference: c.Reference, Waived: c.State == money.Waived}
	for _, l := range c.Working.Lines {
		out.Lines = append(out.Lines, papers.Line{Text: money.LineText(loc, l), Yen: l.Yen})
	}
	if c.Working.Total != c.Total { // what is kept after a change of mind
		out.Lines = nil
	}
	back := map[db.ID]bool{}
	for _, e := range c.Entries {
		back[e.Corrects] = true
	}
	for _, e := range c.Entries {
		if e.Kind == money.Payment && !back[e.ID] {
			out.Paid = append(out.Paid, papers.Payment{ID: e.ID, Number: e.ReceiptNumber(), Yen: e.Amount, On: jp.DateOf(e.At), Method: loc.T(money.MethodKey(e.Method))})
		}
	}
	if out.Owed == 0 {
		return out, nil
	}
	room, err := p.Reservations.Room(tx, r.Room)
	if err != nil {
		return out, err
	}
	book, err := p.Rules.Book(tx)
	if err != nil {
		return out, err
	}
	pay := book.Payment(rules.PlaceOf(&room.Room), jp.DateOf(tx.Now))
	if slices.Contains(pay.Methods, money.Bank) {
		out.Bank = pay.Bank
	}
	return out, nil
}

// ledger lets papers follow what was paid.
func ledger() papers.Ledger {
	return papers.Ledger{
		Newest: money.Newest,
		After: func(tx *db.Tx, after db.ID, until time.Time, limit int) ([]papers.Came, error) {
			all, err := money.CameAfter(tx, after, until, limit)
			out := make([]papers.Came, len(all))
			for i, c := range all {
				out[i] = papers.Came{Entry: c.Entry}
				if c.Kind == money.OfReservation {
					out[i].Reservation = c.Source
				}
			}
			return out, err
		},
	}
}
