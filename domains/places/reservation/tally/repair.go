package tally

import (
	"context"
	"flag"
	"fmt"
	"slices"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/module"
)

// Commands are the operator's commands of this package.
func Commands() []module.Command {
	return []module.Command{{
		Name: "repair bookings",
		Help: "count anew, from the reservations, which quarter hours of each room, part and quiet are taken",
		Setup: func(*flag.FlagSet) func(context.Context, module.Env, []string) error {
			return func(ctx context.Context, env module.Env, _ []string) error {
				n, err := Repair(ctx, env.Deps.DB, db.Actor{Via: "cli"})
				if err == nil {
					fmt.Fprintf(env.Stdout, "counted %d days anew\n", n)
				}
				return err
			}
		},
	}}
}

// Repair writes the days of cells and of holders anew from the live
// reservations, in one transaction, and returns how many days of cells there
// are. What doctor finds wrong with places.days is right afterwards, but for
// reservations that overlap: those are for a clerk to part.
func Repair(ctx context.Context, d *db.DB, actor db.Actor) (n int, err error) {
	defer fault.Wrap(&err, "tally.Repair()")
	err = d.Write(ctx, actor, func(tx *db.Tx) error {
		if err := facility.RaiseLayout(tx, 0); err != nil {
			return err
		}
		all, err := tallied(tx, 0, jp.Date{})
		if err != nil {
			return err
		}
		n = len(all.days)
		for _, table := range []string{`DELETE FROM cell_days`, `DELETE FROM holder_days`} {
			if _, err := tx.Exec(table); err != nil {
				return err
			}
		}
		if err := writeDays(tx, all.days); err != nil {
			return err
		}
		for at, h := range all.held {
			if _, err := tx.Exec(`INSERT INTO holder_days (holder_id, day, held) VALUES ($1, $2, $3)`, at.holder, at.day, h); err != nil {
				return err
			}
		}
		tx.Touch(reservation.Topic)
		return audit.Record(tx, audit.Entry{Action: "reservation.repair", Subject: "reservation"})
	})
	return n, err
}

func writeDays(tx *db.Tx, days map[cellDay]quarter.Bits) error {
	for at, b := range days {
		if _, err := tx.Exec(`INSERT INTO cell_days (cell_id, day, am, pm) VALUES ($1, $2, $3, $4)`, at.cell, at.day, b.AM, b.PM); err != nil {
			return err
		}
	}
	return nil
}

// Recount writes the days to come of a facility's cells anew, after its rooms
// came to stand otherwise to one another: before are its rooms as they stood. It
// is Invalid, the field parts, when reservations to come would then overlap.
func Recount(tx *db.Tx, of db.ID, before []facility.Room) (err error) {
	defer fault.Wrap(&err, "tally.Recount(%v)", of)
	if err := facility.RaiseLayout(tx, of); err != nil {
		return err
	}
	now, err := facility.AllRoomsOf(tx, of)
	if err != nil {
		return err
	}
	from := jp.DateOf(tx.Now).AddDays(-reservation.LongestDays) // whatever began then has ended today
	all, err := tallied(tx, of, from.AddDays(-reservation.LongestDays))
	if err != nil {
		return err
	}
	var c fault.Check
	c.Field(len(all.overlaps) == 0, "parts", "reservation.error.layout")
	if err := c.Err(); err != nil {
		return err
	}
	var ids []db.ID
	for _, r := range append(before, now...) {
		ids = append(ids, r.ID)
		ids = append(ids, r.Cells(true)...)
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if _, err := tx.Exec(`DELETE FROM cell_days WHERE cell_id = $1 AND day >= $2`, id, from); err != nil {
			return err
		}
	}
	for at := range all.days {
		if at.day.Before(from) {
			delete(all.days, at)
		}
	}
	tx.Touch(reservation.Topic)
	return writeDays(tx, all.days)
}
