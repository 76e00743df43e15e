package table

import (
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"kakehashi/engines/jp"
)

// Rows walks the rows of a matched sheet:
//
//	for rows.Next() {
//		name := rows.Get("名称")
//		if name == "" {
//			rows.Refuse("名称", table.Missing)
//		}
//		since := rows.Date("開始日")
//		if rows.Refused() {
//			continue
//		}
//		…
//	}
type Rows struct {
	sheet    *Sheet
	header   header
	at       int // index of the current row in sheet.Rows; the header's before the first
	declared map[string]bool
	refusals []Refusal
	refused  int // rows, not refusals
	current  bool
}

// Next steps to the next row and reports whether there is one.
func (r *Rows) Next() bool {
	r.at++
	r.current = false
	return r.at < len(r.sheet.Rows)
}

// Get returns the cell of the named column, trimmed, and "" where the file has no
// such column. Asking for a column that Match was not told of is a mistake in
// the program and panics.
func (r *Rows) Get(column string) string {
	if !r.declared[column] {
		panic("table: column " + column + " is not among those matched")
	}
	i, ok := r.header.known[column]
	if !ok {
		return ""
	}
	return r.cell(i)
}

func (r *Rows) cell(i int) string {
	row := r.sheet.Rows[r.at]
	if i >= len(row) {
		return ""
	}
	return strings.TrimSpace(row[i])
}

// Has reports whether the file has the column at all: a column that is not there
// says nothing, where an empty cell says none.
func (r *Rows) Has(column string) bool {
	_, ok := r.header.known[column]
	return ok
}

// Line returns the row's number as a spreadsheet shows it, counted from 1.
func (r *Rows) Line() int {
	if r.at < len(r.sheet.lines) {
		return r.sheet.lines[r.at]
	}
	return r.at + 2 // a sheet that was not read from a file: the header is line 1
}

// Extra returns the cells that are not empty of the columns that nobody asked
// for, by header. A header that is blank or stands there twice gets # and the
// column's number after it, as do cells beyond the header.
func (r *Rows) Extra() map[string]string {
	extra := map[string]string{}
	row := r.sheet.Rows[r.at]
	for i := range row {
		cell := r.cell(i)
		if cell == "" {
			continue
		}
		if name, ok := r.header.extra[i]; ok {
			extra[name] = cell
		} else if i >= len(r.header.known)+len(r.header.extra) {
			extra["#"+strconv.Itoa(i+1)] = cell
		}
	}
	return extra
}

// Date returns the date in the column, in any form that jp.ParseAnyDate knows;
// the zero date for an empty cell, and for one that is no date, which refuses
// the row.
func (r *Rows) Date(column string) jp.Date {
	cell := r.Get(column)
	if cell == "" {
		return jp.Date{}
	}
	d, err := jp.ParseAnyDate(cell)
	if err != nil {
		r.Refuse(column, NotDate)
	}
	return d
}

// Int returns the whole number in the column, in any width and with commas
// between thousands; 0 for an empty cell, and for one that is no whole number,
// which refuses the row.
func (r *Rows) Int(column string) int64 {
	cell := strings.ReplaceAll(norm.NFKC.String(r.Get(column)), ",", "")
	if cell == "" {
		return 0
	}
	if whole, zeros, ok := strings.Cut(cell, "."); ok && strings.Trim(zeros, "0") == "" {
		cell = whole
	}
	n, err := strconv.ParseInt(cell, 10, 64)
	if err != nil {
		r.Refuse(column, NotNumber)
		return 0
	}
	return n
}

// Refuse notes that the current row cannot be taken, for which column and why:
// one of this package's reasons or any message key, with its alternating names
// and values. A row may be refused for several columns.
func (r *Rows) Refuse(column, reasonKey string, args ...any) {
	r.refusals = append(r.refusals, Refusal{Line: r.Line(), Column: column, Key: reasonKey, Args: args})
	if !r.current {
		r.current = true
		r.refused++
	}
}

// Refused reports whether the current row was refused.
func (r *Rows) Refused() bool { return r.current }

// Refusals returns all refusals so far, in the order of the file.
func (r *Rows) Refusals() []Refusal { return r.refusals }

// Summary returns the summary with the refusals so far; the caller counts the rest.
func (r *Rows) Summary() Summary {
	return Summary{Refused: r.refused, Refusals: r.refusals}
}
