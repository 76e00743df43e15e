package table

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"kakehashi/platform/fault"
)

// Columns are the columns that an import knows.
type Columns []Column

// Column is a column by its name and the other names it goes by in files. Names
// that differ only in width, case, brackets, blanks, underscores, hyphens, dots
// or the separators ・、, are the same and need no alias.
type Column struct {
	Name     string
	Aliases  []string
	Required bool // a file without it is refused as a whole
}

// titleRows is how many rows above the header may hold a title, a date, a note.
const titleRows = 5

// Match finds the columns in the sheet, whose header is the first row with every
// required column in it, among the first few: offices set titles above. It is an
// Invalid fault that names what is missing when there is no such row, or when
// none has any of the columns.
func (s *Sheet) Match(columns Columns) (*Rows, error) {
	best, bestRow, bestMissing := header{}, -1, []string(nil)
	for at := -1; at < min(titleRows, len(s.Rows)); at++ {
		row := s.Header
		if at >= 0 {
			row = s.Rows[at]
		}
		h, missing := columns.find(row)
		complete, wasComplete := len(missing) == 0, bestMissing != nil && len(bestMissing) == 0
		if bestMissing == nil || complete && !wasComplete || complete == wasComplete && len(h.known) > len(best.known) {
			best, bestRow, bestMissing = h, at, append([]string{}, missing...)
		}
	}
	if len(bestMissing) > 0 {
		return nil, fault.New(fault.Invalid, "table.columns_missing", "columns", strings.Join(bestMissing, ", "), "count", len(bestMissing))
	}
	if len(best.known) == 0 {
		return nil, fault.New(fault.Invalid, "table.columns_none")
	}
	return &Rows{sheet: s, header: best, at: bestRow, declared: columns.names()}, nil
}

// header says where the known columns of one sheet are, and what else it has.
type header struct {
	known map[string]int // by Column.Name
	extra map[int]string // by position; names are unique
}

func (c Columns) names() map[string]bool {
	names := map[string]bool{}
	for _, column := range c {
		names[column.Name] = true
	}
	return names
}

// find claims each cell of a header row for at most one column: by the name as
// written, then by the name as folded, then by an alias.
func (c Columns) find(row []string) (h header, missing []string) {
	h = header{known: map[string]int{}, extra: map[int]string{}}
	folded := make([]string, len(row))
	for i, cell := range row {
		folded[i] = foldHeader(cell)
	}
	claimed := map[int]bool{}
	claim := func(column Column, fits func(i int) bool) {
		if _, found := h.known[column.Name]; found {
			return
		}
		for i := range row {
			if !claimed[i] && fits(i) {
				h.known[column.Name], claimed[i] = i, true
				return
			}
		}
	}
	for _, column := range c {
		claim(column, func(i int) bool { return strings.TrimSpace(row[i]) == column.Name })
	}
	for _, column := range c {
		want := foldHeader(column.Name)
		claim(column, func(i int) bool { return folded[i] == want })
	}
	for _, column := range c {
		for _, alias := range column.Aliases {
			want := foldHeader(alias)
			claim(column, func(i int) bool { return folded[i] == want })
		}
		if _, found := h.known[column.Name]; !found && column.Required {
			missing = append(missing, column.Name)
		}
	}
	taken := map[string]bool{}
	for i, cell := range row {
		if claimed[i] {
			continue
		}
		name := strings.TrimSpace(cell)
		if name == "" || taken[name] {
			name += "#" + strconv.Itoa(i+1)
		}
		taken[name] = true
		h.extra[i] = name
	}
	return h, missing
}

// foldHeader returns what of a header's name tells it from others.
func foldHeader(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r), strings.ContainsRune("()[]{}<>「」『』【】〈〉《》〔〕・、,，。.‐-–—―−_/:;*※'\"", r):
			return -1
		}
		return r
	}, strings.ToLower(norm.NFKC.String(s)))
}
