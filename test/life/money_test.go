package life

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"kakehashi/domains/places/money"
	"kakehashi/platform/db"
)

// charged draws a booking with a purse, and its charge as a clerk sees it.
func (l *life) charged() (*booking, money.Charge) {
	var ids []db.ID
	for id, b := range l.all {
		if b.purse != nil {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		l.rt.Skip("nothing is charged")
	}
	slices.Sort(ids)
	b := l.all[rapid.SampledFrom(ids).Draw(l.rt, "which")]
	return b, l.chargeOf(b)
}

func (l *life) chargeOf(b *booking) (c money.Charge) {
	l.read(func(tx *db.Tx) (err error) { c, err = money.ChargeOf(tx, money.OfReservation, b.ID); return err })
	return c
}

func (l *life) form(c money.Charge) money.Act {
	l.turns++
	return money.Act{Charge: c.ID, Version: c.Version, Turn: fmt.Sprint("turn-", l.turns), Method: money.Counter, Reason: "理由"}
}

var atDesk = db.Actor{Person: second, Via: "web"}

// pay pays what is owed, presses twice, and comes again with the same paper.
func (l *life) pay() {
	b, c := l.charged()
	form, owed := l.form(c), b.purse.owed()
	e, err := l.c.parts.Money.Pay(l.ctx(), atDesk, form)
	l.agree("pay "+say(b), err, owed > 0)
	if err == nil {
		if e.Amount != owed {
			l.rt.Fatalf("took %d of %d yen", e.Amount, owed)
		}
		l.paper.move(b.purse, owed, l.now())
		again, err := l.c.parts.Money.Pay(l.ctx(), atDesk, form)
		if err != nil || again.ID != e.ID {
			l.rt.Fatalf("pressed twice: %+v, %v", again, err)
		}
		_, err = l.c.parts.Money.Pay(l.ctx(), atDesk, l.form(c))
		l.agree("pay from an old page", err, false)
	}
	l.observe(cause{what: "pay"})
}

func (l *life) refund() {
	b, c := l.charged()
	l.giveBack(b, c)
	l.observe(cause{what: "refund"})
}

func (l *life) giveBack(b *booking, c money.Charge) {
	form, back := l.form(c), b.purse.back()
	e, err := l.c.parts.Money.GiveBack(l.ctx(), atDesk, form)
	l.agree("give back for "+say(b), err, back > 0)
	if err != nil {
		return
	}
	if e.Amount != -back {
		l.rt.Fatalf("gave back %d of %d yen", -e.Amount, back)
	}
	l.paper.move(b.purse, -back, l.now())
	if again, err := l.c.parts.Money.GiveBack(l.ctx(), atDesk, form); err != nil || again.ID != e.ID {
		l.rt.Fatalf("pressed twice: %+v, %v", again, err)
	}
}

func (l *life) waive() {
	b, c := l.charged()
	err := l.c.parts.Money.Waive(l.ctx(), atDesk, l.form(c))
	l.agree("waive "+say(b), err, b.purse.owed() > 0)
	if err == nil {
		b.purse.waived, b.purse.total = true, b.purse.paid
	}
	l.observe(cause{what: "waive"})
}

func (l *life) correct() {
	b, c := l.charged()
	if len(c.Entries) == 0 {
		l.rt.Skip("nothing to correct")
	}
	e := rapid.SampledFrom(c.Entries).Draw(l.rt, "entry")
	can := e.Kind != money.Correction && !slices.ContainsFunc(c.Entries, func(o money.Entry) bool { return o.Corrects == e.ID })
	_, err := l.c.parts.Money.Correct(l.ctx(), atDesk, l.form(c), e.ID)
	l.agree("correct", err, can)
	if err == nil {
		l.paper.move(b.purse, -e.Amount, l.now())
	}
	l.observe(cause{what: "correct"})
}

// closeTill counts the till of the day; what comes later goes into the next one.
func (l *life) closeTill() {
	day := l.today()
	for d := range l.cash {
		if d.Before(day) && d.After(l.closed) {
			day = d // the earliest that is open
		}
	}
	if !day.After(l.closed) {
		l.rt.Skip("closed")
	}
	var d money.CashDay
	l.read(func(tx *db.Tx) (err error) { d, err = money.DayOf(tx, office, day); return err })
	n := money.Count{Office: office, Day: day, Seen: d.Sum(), Reason: "数え直し", Pieces: map[int64]int64{1: max(0, d.Expected)}}
	if err := l.c.parts.Money.Close(l.ctx(), atDesk, n); err != nil {
		l.rt.Fatal(err)
	}
	l.closed = day
	l.observe(cause{what: "close"})
}
