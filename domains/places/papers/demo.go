package papers

import (
	"context"

	"kakehashi/domains/places/reservation"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/module"
)

// issuedAhead is for how many days the demo city has issued its permits.
const issuedAhead = 7

// demo issues the permits of the next days that were asked for already: every
// other one that can be had.
func (x *Papers) demo(ctx context.Context, d *module.Demo) (err error) {
	defer fault.Wrap(&err, "papers.demo()")
	office := d.Refs["office:kyodo"]
	if office == 0 {
		return nil
	}
	return d.DB.Write(ctx, db.Actor{Via: "demo"}, func(tx *db.Tx) error {
		rs, err := reservation.List(tx, reservation.Filter{Office: office, From: d.Today, Until: d.Today.AddDays(issuedAhead), State: reservation.Confirmed, Limit: mostADay})
		if err != nil {
			return err
		}
		for i, r := range rs {
			if i%2 != 0 {
				continue
			}
			charge, err := x.charge(tx, x.ja(), r)
			if err != nil {
				return err
			}
			if gap(r, charge.Owed, false, tx.Now) != NoGap {
				continue
			}
			if _, err := Issue(tx, d.Keys, r); err != nil {
				return err
			}
		}
		return nil
	})
}
