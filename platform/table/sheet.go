package table

import (
	"io"
	"iter"

	"kakehashi/platform/fault"
)

// Sheet is a table as it was read: every cell as text.
type Sheet struct {
	Header   []string
	Rows     [][]string
	Encoding string
}

// Limits bound what Read accepts; zero fields take DefaultLimits.
type Limits struct {
	Rows, Columns, CellBytes int
	TotalBytes               int64
}

// Read reads a CSV or .xlsx file.
func Read(name string, r io.Reader, limit Limits) (*Sheet, error) {
	return nil, fault.New(fault.Invalid, "table.format")
}

// Columns are the columns that an import knows.
type Columns []Column

// Column is one of them, by its name and the other names it has gone by.
type Column struct {
	Name     string
	Aliases  []string
	Required bool
}

// Match finds the columns in the sheet's header.
func (s *Sheet) Match(cols Columns) (*Rows, error) { return &Rows{}, nil }

// Rows walks the rows of a matched sheet.
type Rows struct{}

// Next steps to the next row.
func (r *Rows) Next() bool { return false }

// Get returns the cell of the current row in the named column.
func (r *Rows) Get(column string) string { return "" }

// Line returns the line of the current row in the file.
func (r *Rows) Line() int { return 0 }

// Extra returns the cells of unknown columns.
func (r *Rows) Extra() map[string]string { return nil }

// Refuse notes why the current row cannot be taken.
func (r *Rows) Refuse(column, reasonKey string, args ...any) {}

// Refused reports whether the current row was refused.
func (r *Rows) Refused() bool { return false }

// Refusals returns all refusals so far.
func (r *Rows) Refusals() []Refusal { return nil }

// Refusal says why a row was not taken.
type Refusal struct {
	Line   int
	Column string
	Key    string
	Args   []any
}

// Summary counts what an import did.
type Summary struct {
	Imported, Updated, Unchanged, Refused int
	Refusals                              []Refusal
}

// String returns "imported N, updated N, unchanged N, refused N".
func (s Summary) String() string { return "" }

// Format is a way of writing a table.
type Format int

// The formats.
const (
	UTF8CSV Format = iota
	CP932CSV
	XLSX
)

// Write streams a table.
func Write(w io.Writer, f Format, header []string, rows iter.Seq[[]string]) error { return nil }
