package cells

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"kakehashi/domains/places/quarter"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// Row is quarter hours of one cell's day.
type Row struct {
	Cell db.ID
	Day  jp.Date
	Bits quarter.Bits
}

// Rows returns the rows of a span in all cells, in their order.
func Rows(cells []db.ID, span quarter.Span) []Row {
	days := span.Days()
	out := make([]Row, 0, len(days)*len(cells))
	for _, d := range days {
		for _, c := range cells {
			out = append(out, Row{Cell: c, Day: d.Date, Bits: d.Bits})
		}
	}
	return out
}

// order is by day, then by cell.
func order(a, b Row) int { return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.Cell, b.Cell)) }

// Merge puts lists of rows into one, in order, each cell's day once. It reports
// false when two of them want the same quarter.
func Merge(lists ...[]Row) (out []Row, ok bool) {
	all := slices.Concat(lists...)
	slices.SortStableFunc(all, order)
	ok = true
	for _, r := range all {
		if n := len(out); n > 0 && order(out[n-1], r) == 0 {
			ok = ok && !out[n-1].Bits.Meets(r.Bits)
			out[n-1].Bits = out[n-1].Bits.Or(r.Bits)
			continue
		}
		out = append(out, r)
	}
	return out, ok
}

// Minus returns what of a is not in b.
func Minus(a, b []Row) []Row {
	out := make([]Row, 0, len(a))
	for _, r := range a {
		for _, o := range b {
			if order(r, o) == 0 {
				r.Bits = r.Bits.Without(o.Bits)
			}
		}
		if r.Bits != (quarter.Bits{}) {
			out = append(out, r)
		}
	}
	return out
}

// Meet reports whether a quarter is in both.
func Meet(a, b []Row) bool {
	for _, r := range a {
		for _, o := range b {
			if order(r, o) == 0 && r.Bits.Meets(o.Bits) {
				return true
			}
		}
	}
	return false
}

// most is how many rows one statement carries; a longer list takes several.
const most = 16

// valueLists are "($1, $2, $3, $4), …" for up to most rows.
var valueLists = sync.OnceValue(func() [most + 1]string {
	var out [most + 1]string
	var b strings.Builder
	for n := 1; n <= most; n++ {
		if n > 1 {
			b.WriteString(", ")
		}
		for i := range 4 {
			b.WriteString([4]string{"($", ", $", ", $", ", $"}[i])
			b.WriteString(strconv.Itoa(4*(n-1) + i + 1))
		}
		b.WriteString(")")
		out[n] = b.String()
	}
	return out
})

const (
	insert   = `INSERT INTO cell_days (cell_id, day, am, pm) VALUES `
	ifFree   = ` ON CONFLICT (cell_id, day) DO UPDATE SET am = cell_days.am | excluded.am, pm = cell_days.pm | excluded.pm WHERE cell_days.am & excluded.am = 0 AND cell_days.pm & excluded.pm = 0`
	untouch  = ` ON CONFLICT (cell_id, day) DO UPDATE SET am = cell_days.am`
	giveBack = `UPDATE cell_days SET am = am & ~CAST($3 AS BIGINT), pm = pm & ~CAST($4 AS BIGINT) WHERE cell_id = $1 AND day = $2`
)

// takes and holds are the whole statements by how many rows they carry.
var takes, holds = statements(ifFree), statements(untouch)

func statements(tail string) func() [most + 1]string {
	return sync.OnceValue(func() [most + 1]string {
		out := valueLists()
		for n := range out {
			out[n] = insert + out[n] + tail
		}
		return out
	})
}

// values are a statement's arguments; empty leaves the bits out.
func values(rows []Row, empty bool) []any {
	args := make([]any, 0, 4*len(rows))
	for _, r := range rows {
		if empty {
			r.Bits = quarter.Bits{}
		}
		args = append(args, r.Cell, r.Day, r.Bits.AM, r.Bits.PM)
	}
	return args
}

// Take takes all the rows, which stand in order. When it reports false somebody
// had one of them, others may be taken all the same, and the transaction must
// not be committed.
func Take(tx *db.Tx, rows []Row) (ok bool, err error) {
	for some := range slices.Chunk(rows, most) {
		n, err := tx.Exec(takes()[len(some)], values(some, false)...)
		if err != nil || int(n) < len(some) {
			return false, err
		}
	}
	return true, nil
}

// TryTake takes all the rows, which stand in order, or none.
func TryTake(tx *db.Tx, rows []Row) (ok bool, err error) {
	for i, r := range rows {
		n, err := tx.Exec(takes()[1], values([]Row{r}, false)...)
		if err != nil {
			return false, err
		}
		if n == 0 {
			return false, GiveBack(tx, rows[:i])
		}
	}
	return true, nil
}

// GiveBack frees the rows, which stand in order.
func GiveBack(tx *db.Tx, rows []Row) error {
	for _, r := range rows {
		if _, err := tx.Exec(giveBack, r.Cell, r.Day, r.Bits.AM, r.Bits.PM); err != nil {
			return err
		}
	}
	return nil
}

// Hold takes rows in hand, which stand in order, and changes nothing. Whoever
// takes some rows and gives back others holds all of them first, so that two who
// go opposite ways wait in line.
func Hold(tx *db.Tx, rows []Row) error {
	for some := range slices.Chunk(rows, most) {
		if _, err := tx.Exec(holds()[len(some)], values(some, true)...); err != nil {
			return err
		}
	}
	return nil
}

// few are as many cells as nearly every room has; the last is repeated in a
// shorter list.
const few = 4

// Taken returns which quarters are taken in any of the cells from one day to
// another, both included.
func Taken(tx *db.Tx, cells []db.ID, from, until jp.Date) (_ map[jp.Date]quarter.Bits, err error) {
	defer fault.Wrap(&err, "cells.Taken(%v, %v, %v)", cells, from, until)
	out := map[jp.Date]quarter.Bits{}
	scan := func(r *Row) []any { return []any{&r.Day, &r.Bits.AM, &r.Bits.PM} }
	for some := range slices.Chunk(cells, few) {
		var rows []Row
		if len(some) == 1 {
			rows, err = db.All(tx, scan, `SELECT day, am, pm FROM cell_days WHERE cell_id = $1 AND day >= $2 AND day <= $3`, some[0], from, until)
		} else {
			at := func(i int) db.ID { return some[min(i, len(some)-1)] }
			rows, err = db.All(tx, scan, `SELECT day, am, pm FROM cell_days WHERE cell_id IN ($1, $2, $3, $4) AND day >= $5 AND day <= $6`,
				at(0), at(1), at(2), at(3), from, until)
		}
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out[r.Day] = out[r.Day].Or(r.Bits)
		}
	}
	return out, nil
}

// Free reports whether nobody has any of the rows.
func Free(tx *db.Tx, cells []db.ID, span quarter.Span) (bool, error) {
	days := span.Days()
	taken, err := Taken(tx, cells, days[0].Date, days[len(days)-1].Date)
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(days, func(d quarter.Day) bool { return taken[d.Date].Meets(d.Bits) }), nil
}
