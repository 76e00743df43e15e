package desk

import (
	"context"

	"kakehashi/domains/places/draws"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// stuck is a win that could not be given, with what else can.
type stuck struct {
	result
	Board  *draws.Board
	Others []draws.Wish
}

// stuckOf reads the wins that wait for the office.
func (d *Desk) stuckOf(tx *db.Tx, c *web.Context, o *officeData) error {
	es, err := draws.Stuck(tx, o.ID)
	if err != nil || len(es) == 0 {
		return err
	}
	b, err := draws.LoadBoard(tx, o.Draw)
	if err != nil {
		return err
	}
	rs, err := d.results(tx, c.Loc, es)
	for _, r := range rs {
		o.Stuck = append(o.Stuck, stuck{r, b, b.Others(r.Entry)})
	}
	return err
}

// options are the times that can be offered instead.
func (s stuck) options(ctx context.Context) []ui.Option {
	out := make([]ui.Option, len(s.Others))
	for i, w := range s.Others {
		out[i] = ui.Option{Value: code(w), Label: oneDraw{}.say(ctx, s.Board, w)}
	}
	return out
}

// settle offers something else to a winner whose room was taken, or closes the
// win with a reason.
func (d *Desk) settle(c *web.Context) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	form := c.Form()
	entry, _ := db.ParseID(form.Get("entry"))
	var w draws.Wish
	flash := "draws.flash.done"
	if form.Get("act") == "offer" {
		var ok bool
		if w, ok = readWish(form.Get("other")); !ok {
			return d.did(c, "settle:"+entry.String(), fault.New(fault.Conflict, "draws.error.other"), "")
		}
		flash = "draws.flash.offered"
	}
	err = d.x.Settle(c.Context(), c.Actor(), id, entry, w, form.Get("reason"))
	return d.did(c, "settle:"+entry.String(), err, flash)
}
