package reservation

import (
	"context"
	"flag"
	"fmt"

	"kakehashi/domains/places/quarter"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/module"
)

// Commands are the operator's commands of this package.
func Commands() []module.Command {
	return []module.Command{{
		Name: "repair bookings",
		Help: "count anew, from the reservations, which quarter hours of each room are taken",
		Setup: func(*flag.FlagSet) func(context.Context, module.Env, []string) error {
			return func(ctx context.Context, env module.Env, _ []string) error {
				n, err := Repair(ctx, env.Deps.DB, db.Actor{Via: "cli"})
				if err == nil {
					fmt.Fprintf(env.Stdout, "counted %d days of rooms anew\n", n)
				}
				return err
			}
		},
	}}
}

// Repair writes the days of rooms and of holders anew from the live
// reservations, in one transaction, and returns how many days of rooms there
// are. What doctor finds wrong with places.days is right afterwards, but for
// reservations that overlap: those are for a clerk to part.
func Repair(ctx context.Context, d *db.DB, actor db.Actor) (n int, err error) {
	defer fault.Wrap(&err, "reservation.Repair()")
	err = d.Write(ctx, actor, func(tx *db.Tx) error {
		days, held := map[roomDay]quarter.Bits{}, map[holderDay]int64{}
		rows, err := db.All(tx, (*row).dest, `SELECT `+columns+` FROM reservations WHERE state NOT IN ('refused', 'cancelled')`)
		if err != nil {
			return err
		}
		for i := range rows {
			r := rows[i].reservation()
			held[holderDay{r.holder(), r.Day()}]++
			for _, d := range r.Span.Days() {
				at := roomDay{r.Room, d.Date}
				days[at] = days[at].Or(d.Bits)
			}
		}
		n = len(days)
		for _, table := range []string{`DELETE FROM cell_days`, `DELETE FROM holder_days`} {
			if _, err := tx.Exec(table); err != nil {
				return err
			}
		}
		for at, b := range days {
			if _, err := tx.Exec(`INSERT INTO cell_days (cell_id, day, am, pm) VALUES ($1, $2, $3, $4)`, at.room, at.day, b.AM, b.PM); err != nil {
				return err
			}
		}
		for at, h := range held {
			if _, err := tx.Exec(`INSERT INTO holder_days (holder_id, day, held) VALUES ($1, $2, $3)`, at.holder, at.day, h); err != nil {
				return err
			}
		}
		tx.Touch(Topic)
		return audit.Record(tx, audit.Entry{Action: "reservation.repair", Subject: "reservation"})
	})
	return n, err
}
