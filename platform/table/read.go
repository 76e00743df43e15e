package table

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"kakehashi/engines/jp"
	"kakehashi/platform/fault"
)

// Sheet is a table as it was read: every cell as text, dates of Excel's date
// cells as YYYY-MM-DD. Blank rows and control characters are left out. Rows are
// as long as the header, or longer where a row has cells beyond it.
type Sheet struct {
	Header   []string
	Rows     [][]string
	Encoding string // jp's name of a text's encoding, or "xlsx"

	headerLine int
	lines      []int // of each row, as a spreadsheet numbers them
}

// EncodingXLSX is the Encoding of a sheet read from an Excel workbook.
const EncodingXLSX = "xlsx"

// Limits bound what Read accepts. Fields that are zero take those of DefaultLimits.
type Limits struct {
	Rows       int   // below the header, blank ones apart
	Columns    int   // in any row
	CellBytes  int   // in any cell, as UTF-8
	TotalBytes int64 // of the file; its unzipped parts may have four times as many
}

// DefaultLimits hold a national list of shelters (100,000 rows) and keep the
// memory of one reading to a few hundred megabytes.
var DefaultLimits = Limits{Rows: 150_000, Columns: 300, CellBytes: 100_000, TotalBytes: 32 << 20}

// unzippedTimes is how many times a workbook's limit its unzipped parts may have.
const unzippedTimes = 4

// maxCells bounds all cells together: each costs 16 bytes even when it is empty.
const maxCells = 10_000_000

func (l Limits) orDefault() Limits {
	if l.Rows <= 0 {
		l.Rows = DefaultLimits.Rows
	}
	if l.Columns <= 0 {
		l.Columns = DefaultLimits.Columns
	}
	if l.CellBytes <= 0 {
		l.CellBytes = DefaultLimits.CellBytes
	}
	if l.TotalBytes <= 0 {
		l.TotalBytes = DefaultLimits.TotalBytes
	}
	return l
}

var (
	zipMagic = []byte("PK\x03\x04")
	oleMagic = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1} // .xls, and workbooks with a password
)

// Read reads a CSV file (UTF-8 or CP932, commas or tabs, any line ends) or the
// first visible sheet with anything in it of an .xlsx workbook. What the bytes
// are decides, not the name, which only stands in errors. A file that cannot be
// taken is an Invalid fault with one of this package's keys.
func Read(name string, r io.Reader, limit Limits) (sheet *Sheet, err error) {
	defer fault.Wrap(&err, "table.Read(%q)", name)
	limit = limit.orDefault()
	b, err := io.ReadAll(io.LimitReader(r, limit.TotalBytes+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit.TotalBytes {
		return nil, tooLarge(limit)
	}
	build := &builder{limit: limit}
	switch {
	case bytes.HasPrefix(b, zipMagic):
		build.sheet.Encoding = EncodingXLSX
		err = readWorkbook(build, b)
	case bytes.HasPrefix(b, oleMagic):
		err = fault.New(fault.Invalid, "table.old_excel")
	default:
		text, enc, decodeErr := jp.DecodeText(b)
		if decodeErr != nil {
			return nil, fault.New(fault.Invalid, "table.encoding").Because(decodeErr)
		}
		build.sheet.Encoding = string(enc)
		err = readCSV(build, text)
	}
	if err != nil {
		return nil, err
	}
	if build.sheet.Header == nil {
		return nil, fault.New(fault.Invalid, "table.empty")
	}
	return &build.sheet, nil
}

func tooLarge(limit Limits) error {
	return fault.New(fault.Invalid, "table.too_large", "limit", fmt.Sprintf("%d MB", max(1, limit.TotalBytes>>20)))
}

// builder takes rows one by one and holds them against the limits.
type builder struct {
	sheet Sheet
	limit Limits
	cells int
	bytes int64
}

// add takes the row with the number that a spreadsheet shows. The first row that
// is not blank is the header.
func (b *builder) add(line int, row []string) error {
	row = trimmed(row)
	if len(row) > b.limit.Columns {
		return fault.New(fault.Invalid, "table.too_many_columns", "limit", b.limit.Columns, "line", line)
	}
	blank := true
	for i, cell := range row {
		if len(cell) > b.limit.CellBytes {
			return fault.New(fault.Invalid, "table.cell_too_long", "line", line, "column", i+1)
		}
		b.bytes += int64(len(cell))
		row[i] = whole(printable(cell))
		blank = blank && strings.TrimSpace(row[i]) == ""
	}
	if blank {
		return nil
	}
	row = trimmed(row)
	if b.sheet.Header == nil {
		b.sheet.Header, b.sheet.headerLine = row, line
		return nil
	}
	if len(b.sheet.Rows) == b.limit.Rows {
		return fault.New(fault.Invalid, "table.too_many_rows", "limit", b.limit.Rows)
	}
	for len(row) < len(b.sheet.Header) {
		row = append(row, "")
	}
	b.cells += len(row)
	if b.cells > maxCells || b.bytes > unzippedTimes*b.limit.TotalBytes {
		return tooLarge(b.limit)
	}
	b.sheet.Rows = append(b.sheet.Rows, row)
	b.sheet.lines = append(b.sheet.lines, line)
	return nil
}

// trimmed returns the row without the empty cells at its end.
func trimmed(row []string) []string {
	for len(row) > 0 && row[len(row)-1] == "" {
		row = row[:len(row)-1]
	}
	return row
}
