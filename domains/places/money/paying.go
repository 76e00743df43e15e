package money

import (
	"context"
	"slices"
	"strings"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// Act is what a clerk does to a charge with one form.
type Act struct {
	Charge  db.ID
	Version int64  // as the clerk saw it
	Turn    string // of the form: the same turn does it once
	Method  string // Counter or Bank; Online for a refund of what was paid online
	Reason  string
}

// done returns the entry that a form already made.
func done(c Charge, turn string) (Entry, bool) {
	i := slices.IndexFunc(c.Entries, func(e Entry) bool { return turn != "" && e.Turn == turn })
	if i < 0 {
		return Entry{}, false
	}
	return c.Entries[i], true
}

// open reads the charge of an act in a write, or tells that another was quicker.
func (x *Money) open(tx *db.Tx, a Act) (Charge, error) {
	c, err := get(tx, a.Charge)
	if err != nil {
		return c, err
	}
	if c, err = x.hold(tx, c.ID, c.Office); err != nil {
		return c, err
	}
	if _, twice := done(c, a.Turn); !twice && c.Version != a.Version {
		return c, fault.New(fault.Conflict, "money.error.changed")
	}
	return c, nil
}

// act does something to a charge, once for a turn.
func (x *Money) act(ctx context.Context, actor db.Actor, a Act, do func(tx *db.Tx, c *Charge) (Entry, error)) (e Entry, err error) {
	err = x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		c, err := x.open(tx, a)
		if err != nil {
			return err
		}
		var twice bool
		if e, twice = done(c, a.Turn); twice {
			return nil
		}
		if e, err = do(tx, &c); err != nil {
			return err
		}
		return x.keep(tx, &c)
	})
	return e, err
}

// Pay takes what is owed, at the counter or as seen on a bank's statement.
// Pressed twice, or by two clerks at once, it is taken once.
func (x *Money) Pay(ctx context.Context, actor db.Actor, a Act) (_ Entry, err error) {
	defer fault.Wrap(&err, "Pay(%v)", a.Charge)
	if a.Method != Counter && a.Method != Bank {
		return Entry{}, fault.New(fault.Invalid, "money.error.method")
	}
	return x.act(ctx, actor, a, func(tx *db.Tx, c *Charge) (Entry, error) {
		if c.Owed() == 0 {
			return Entry{}, fault.New(fault.Conflict, "money.error.nothing_owed")
		}
		return enter(tx, c, Entry{Kind: Payment, Method: a.Method, Amount: c.Owed(), Turn: a.Turn})
	})
}

// receive writes down money that came in by itself, once for what names it
// elsewhere, whether or not it was owed.
func (x *Money) receive(tx *db.Tx, id db.ID, method string, yen int64, outside string) error {
	c, err := get(tx, id)
	if err != nil {
		return err
	}
	if c, err = x.hold(tx, id, c.Office); err != nil {
		return err
	}
	if slices.ContainsFunc(c.Entries, func(e Entry) bool { return e.Outside == outside }) {
		return nil
	}
	if _, err := enter(tx, &c, Entry{Kind: Payment, Method: method, Amount: yen, Outside: outside}); err != nil {
		return err
	}
	return x.keep(tx, &c)
}

// GiveBack pays out what is to be given back: over the counter, by transfer, or
// through the provider by which it came.
func (x *Money) GiveBack(ctx context.Context, actor db.Actor, a Act) (_ Entry, err error) {
	defer fault.Wrap(&err, "GiveBack(%v)", a.Charge)
	if !slices.Contains(Methods, a.Method) {
		return Entry{}, fault.New(fault.Invalid, "money.error.method")
	}
	outside := ""
	if a.Method == Online {
		if outside, err = x.refundOnline(ctx, a); err != nil {
			return Entry{}, err
		}
	}
	return x.act(ctx, actor, a, func(tx *db.Tx, c *Charge) (Entry, error) {
		if c.Back() == 0 {
			return Entry{}, fault.New(fault.Conflict, "money.error.nothing_back")
		}
		return enter(tx, c, Entry{Kind: Refund, Method: a.Method, Amount: -c.Back(), Turn: a.Turn, Outside: outside, Reason: a.Reason})
	})
}

// Correct takes an entry back by its counter-entry: a payment that was typed for
// the wrong charge. The reason stays with it.
func (x *Money) Correct(ctx context.Context, actor db.Actor, a Act, entry db.ID) (_ Entry, err error) {
	defer fault.Wrap(&err, "Correct(%v, %v)", a.Charge, entry)
	if strings.TrimSpace(a.Reason) == "" {
		var c fault.Check
		c.Field(false, "reason", "money.error.reason")
		return Entry{}, c.Err()
	}
	return x.act(ctx, actor, a, func(tx *db.Tx, c *Charge) (Entry, error) {
		i := slices.IndexFunc(c.Entries, func(e Entry) bool { return e.ID == entry })
		if i < 0 || !Correctable(*c, c.Entries[i]) {
			return Entry{}, fault.New(fault.Conflict, "money.error.corrected")
		}
		was := c.Entries[i]
		return enter(tx, c, Entry{Kind: Correction, Method: was.Method, Amount: -was.Amount, Corrects: was.ID, Reason: a.Reason, Turn: a.Turn})
	})
}

// Correctable reports whether a clerk can take an entry back: once, and not what
// a provider or a bank says has happened.
func Correctable(c Charge, e Entry) bool {
	return e.Kind != Correction && e.Outside == "" &&
		!slices.ContainsFunc(c.Entries, func(o Entry) bool { return o.Corrects == e.ID })
}

// Waive lets off what is still owed, for a reason that stays.
func (x *Money) Waive(ctx context.Context, actor db.Actor, a Act) (err error) {
	defer fault.Wrap(&err, "Waive(%v)", a.Charge)
	if strings.TrimSpace(a.Reason) == "" {
		var c fault.Check
		c.Field(false, "reason", "money.error.reason")
		return c.Err()
	}
	_, err = x.act(ctx, actor, a, func(tx *db.Tx, c *Charge) (Entry, error) {
		if c.Owed() == 0 {
			return Entry{}, fault.New(fault.Conflict, "money.error.nothing_owed")
		}
		c.State, c.Total, c.Reason = Waived, c.Paid, a.Reason
		return Entry{}, record(tx, "waive", *c)
	})
	return err
}
