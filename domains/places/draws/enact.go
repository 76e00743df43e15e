package draws

import (
	"context"

	"kakehashi/engines/draw"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// Enact writes a draw with its entries as they were, and with a value (of Typed)
// also what it came to: a draw that was held on paper, or of the demo city. Its
// wins are offered by the next turn of the job, until d.Confirm. The rules of
// Enter are not asked, and nobody is told of an entry.
func (x *Draws) Enact(ctx context.Context, actor db.Actor, d Draw, entries []Entry, value string) (_ Draw, err error) {
	defer fault.Wrap(&err, "draws.Enact(%v, %v)", d.Facility, d.Month)
	d.ID, d.Version, d.State = db.NewID(), 1, Open
	if value != "" {
		d.Counted = true
	}
	err = x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		if err := insertDraw(tx, d); err != nil {
			return err
		}
		for _, e := range entries {
			e.ID, e.Version, e.Draw, e.Standing, e.MadeBy = db.NewID(), 1, d.ID, Entered, e.Person
			if err := insertEntry(tx, e); err != nil {
				return err
			}
		}
		d := d
		d.Next = d.Closes
		_, err := move(tx, &d)
		return err
	})
	if err != nil || value == "" {
		return d, err
	}
	value = draw.CleanValue(value)
	err = x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		confirm := d.Confirm
		d, err := Get(tx, d.ID)
		if err != nil {
			return err
		}
		d.Confirm = confirm
		l, err := x.compile(tx, &d, d.Freezes)
		if err != nil {
			return err
		}
		if _, err := x.publish(tx, &d, l); err != nil {
			return err
		}
		return x.run(tx, d, []draw.Reveal{{Who: "clerk-1", Value: value}, {Who: "clerk-2", Value: value}})
	})
	return d, err
}
