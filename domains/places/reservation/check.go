package reservation

import (
	"context"
	"fmt"
	"time"

	"kakehashi/domains/places/quarter"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/module"
)

// finishEvery is how often what is over is finished.
const finishEvery = time.Hour

// Checks are what `kakehashi doctor` asks of reservations.
func Checks() []module.Check {
	return []module.Check{{
		Name: "places.days",
		Help: "each room's taken quarter hours are exactly those of its live reservations, none of which overlap",
		Run:  func(ctx context.Context, d module.Deps) ([]string, error) { return checkDays(ctx, d.DB) },
	}}
}

type roomDay struct {
	room db.ID
	day  jp.Date
}

// checkDays computes every room's day from the reservations, one by one, and
// compares it with what is stored.
func checkDays(ctx context.Context, d *db.DB) (problems []string, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		problems = nil
		want, held := map[roomDay]quarter.Bits{}, map[holderDay]int64{}
		rows, err := db.All(tx, (*row).dest, `SELECT `+columns+` FROM reservations WHERE state NOT IN ('refused', 'cancelled')`)
		if err != nil {
			return err
		}
		for i := range rows {
			r := rows[i].reservation()
			held[holderDay{r.holder(), r.Day()}]++
			for _, d := range r.Span.Days() {
				at := roomDay{r.Room, d.Date}
				if want[at].Meets(d.Bits) {
					problems = append(problems, fmt.Sprintf("room %v on %v: reservation %s overlaps another; cancel one of them", r.Room, d.Date, r.Receipt))
				}
				want[at] = want[at].Or(d.Bits)
			}
		}
		p, err := compareDays(tx, want)
		if err != nil {
			return err
		}
		problems = append(problems, p...)
		p, err = compareHeld(tx, held)
		problems = append(problems, p...)
		return err
	})
	return problems, err
}

const repairHint = "; `kakehashi repair bookings` counts anew"

func compareDays(tx *db.Tx, want map[roomDay]quarter.Bits) (problems []string, err error) {
	type stored struct {
		roomDay
		bits quarter.Bits
	}
	have, err := db.All(tx, func(s *stored) []any { return []any{&s.room, &s.day, &s.bits.AM, &s.bits.PM} }, `SELECT cell_id, day, am, pm FROM cell_days`)
	if err != nil {
		return nil, err
	}
	for _, h := range have {
		w := want[h.roomDay]
		delete(want, h.roomDay)
		if n := h.bits.Without(w).Count(); n > 0 {
			problems = append(problems, fmt.Sprintf("room %v on %v: %d quarter hours are taken by no reservation", h.room, h.day, n)+repairHint)
		}
		if n := w.Without(h.bits).Count(); n > 0 {
			problems = append(problems, fmt.Sprintf("room %v on %v: %d reserved quarter hours count as free", h.room, h.day, n)+repairHint)
		}
	}
	for at, w := range want {
		problems = append(problems, fmt.Sprintf("room %v on %v: %d reserved quarter hours count as free", at.room, at.day, w.Count())+repairHint)
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
