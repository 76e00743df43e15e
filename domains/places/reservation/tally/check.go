package tally

import (
	"context"
	"fmt"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/cells"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/module"
)

// Checks are what `kakehashi doctor` asks of reservations.
func Checks() []module.Check {
	return []module.Check{{
		Name: "places.days",
		Help: "each cell's taken quarter hours (of a room, a part, or the quiet between two) are exactly those of its live reservations, none of which overlap",
		Run:  func(ctx context.Context, d module.Deps) ([]string, error) { return checkDays(ctx, d.DB) },
	}}
}

type cellDay struct {
	cell db.ID
	day  jp.Date
}

// tally is what the live reservations, one by one, say of the days of cells and of
// holders.
type tally struct {
	days     map[cellDay]quarter.Bits
	held     map[holderDay]int64
	overlaps []string
}

// tallied counts the live reservations of a facility, or of all (0), that start on
// the day or later.
func tallied(tx *db.Tx, of db.ID, from jp.Date) (tally, error) {
	t := tally{days: map[cellDay]quarter.Bits{}, held: map[holderDay]int64{}}
	all, err := reservation.Live(tx, of, from)
	if err != nil {
		return t, err
	}
	var ids []db.ID
	for i := range all {
		ids = append(ids, all[i].Room)
	}
	rooms, err := facility.GetRooms(tx, ids)
	if err != nil {
		return t, err
	}
	for _, r := range all {
		if r.Counts() {
			t.held[holderDay{r.Holder(), r.Day()}]++
		}
		for _, c := range cells.Rows(rooms[r.Room].Cells(r.Loud), r.Span) {
			at := cellDay{c.Cell, c.Day}
			if t.days[at].Meets(c.Bits) {
				t.overlaps = append(t.overlaps, fmt.Sprintf("cell %v on %v: reservation %s overlaps another; cancel one of them", c.Cell, c.Day, r.Receipt))
			}
			t.days[at] = t.days[at].Or(c.Bits)
		}
	}
	return t, nil
}

// checkDays computes every cell's day from the reservations, one by one, and
// compares it with what is stored.
func checkDays(ctx context.Context, d *db.DB) (problems []string, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		want, err := tallied(tx, 0, jp.Date{})
		if err != nil {
			return err
		}
		problems = want.overlaps
		p, err := compareDays(tx, want.days)
		if err != nil {
			return err
		}
		problems = append(problems, p...)
		p, err = compareHeld(tx, want.held)
		problems = append(problems, p...)
		return err
	})
	return problems, err
}

const repairHint = "; `kakehashi repair bookings` counts anew"

func compareDays(tx *db.Tx, want map[cellDay]quarter.Bits) (problems []string, err error) {
	type stored struct {
		cellDay
		bits quarter.Bits
	}
	have, err := db.All(tx, func(s *stored) []any { return []any{&s.cell, &s.day, &s.bits.AM, &s.bits.PM} }, `SELECT cell_id, day, am, pm FROM cell_days`)
	if err != nil {
		return nil, err
	}
	for _, h := range have {
		w := want[h.cellDay]
		delete(want, h.cellDay)
		if n := h.bits.Without(w).Count(); n > 0 {
			problems = append(problems, fmt.Sprintf("cell %v on %v: %d quarter hours are taken by no reservation", h.cell, h.day, n)+repairHint)
		}
		if n := w.Without(h.bits).Count(); n > 0 {
			problems = append(problems, fmt.Sprintf("cell %v on %v: %d reserved quarter hours count as free", h.cell, h.day, n)+repairHint)
		}
	}
	for at, w := range want {
		problems = append(problems, fmt.Sprintf("cell %v on %v: %d reserved quarter hours count as free", at.cell, at.day, w.Count())+repairHint)
	}
	return problems, nil
}

type holderDay struct {
	holder db.ID
	day    jp.Date
}

func compareHeld(tx *db.Tx, want map[holderDay]int64) (problems []string, err error) {
	type stored struct {
		holderDay
		held int64
	}
	have, err := db.All(tx, func(s *stored) []any { return []any{&s.holder, &s.day, &s.held} }, `SELECT holder_id, day, held FROM holder_days`)
	if err != nil {
		return nil, err
	}
	for _, h := range have {
		if h.held != want[h.holderDay] {
			problems = append(problems, fmt.Sprintf("holder %v on %v: counts %d reservations, has %d", h.holder, h.day, h.held, want[h.holderDay])+repairHint)
		}
		delete(want, h.holderDay)
	}
	for at, n := range want {
		problems = append(problems, fmt.Sprintf("holder %v on %v: counts no reservation, has %d", at.holder, at.day, n)+repairHint)
	}
	return problems, nil
}
