package table

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"kakehashi/engines/jp"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// Format is a way of writing a table, for the reader to choose.
type Format int

// The formats. UTF-8 goes with a byte order mark, without which Excel takes it
// for CP932.
const (
	UTF8CSV Format = iota
	CP932CSV
	XLSX
)

// Label returns the name of the format as a menu shows it.
func (f Format) Label(loc *i18n.Localizer) string { return loc.T("table.format." + f.String()) }

// Formats are all formats, in the order of a menu.
var Formats = []Format{UTF8CSV, CP932CSV, XLSX}

var formatNames = [...]string{"utf8", "cp932", "xlsx"}

// String returns the name that stands in addresses and, after "table.format.", in
// message keys: utf8, cp932 or xlsx.
func (f Format) String() string {
	if f < 0 || int(f) >= len(formatNames) {
		return fmt.Sprintf("format(%d)", int(f))
	}
	return formatNames[f]
}

// ParseFormat returns the format that String names.
func ParseFormat(s string) (Format, bool) {
	for i, name := range formatNames {
		if s == name {
			return Format(i), true
		}
	}
	return UTF8CSV, false
}

// Ext returns the ending of a file's name, with its dot.
func (f Format) Ext() string {
	if f == XLSX {
		return ".xlsx"
	}
	return ".csv"
}

// MIME returns the media type.
func (f Format) MIME() string {
	switch f {
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case CP932CSV:
		return "text/csv; charset=Shift_JIS"
	}
	return "text/csv; charset=utf-8"
}

// Write streams the table. Cells that a spreadsheet would run as formulas are
// made harmless; negative numbers stay numbers, and in XLSX so do plain numbers
// that lose nothing by it, and dates written YYYY-MM-DD. Characters that the
// format cannot hold are replaced: in CP932 by 〓 (see Unencodable), control
// characters by nothing.
func Write(w io.Writer, f Format, header []string, rows iter.Seq[[]string]) (err error) {
	defer fault.Wrap(&err, "table.Write(%v)", f)
	switch f {
	case UTF8CSV, CP932CSV:
		return writeCSV(w, f, header, rows)
	case XLSX:
		return writeWorkbook(w, header, rows)
	}
	return fmt.Errorf("no such format")
}

const byteOrderMark = "\uFEFF"

func writeCSV(w io.Writer, f Format, header []string, rows iter.Seq[[]string]) error {
	out := bufio.NewWriterSize(w, 64<<10)
	if f == UTF8CSV {
		if _, err := out.WriteString(byteOrderMark); err != nil {
			return err
		}
	}
	var line []byte
	put := func(row []string) error {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = harmless(printable(cell))
		}
		line = appendRecord(line[:0], cells)
		if f == CP932CSV {
			line, _ = jp.EncodeCP932(string(line))
		}
		_, err := out.Write(line)
		return err
	}
	if err := put(header); err != nil {
		return err
	}
	for row := range rows {
		if err := put(row); err != nil {
			return err
		}
	}
	return out.Flush()
}

// Unencodable returns the characters of the table that CP932 has no place for,
// once each, so that the reader can be told before choosing it.
//
//i18n:uses table.unencodable
func Unencodable(header []string, rows iter.Seq[[]string]) []rune {
	var all []rune
	seen := map[rune]bool{}
	look := func(row []string) {
		for _, cell := range row {
			_, missing := jp.EncodeCP932(printable(cell))
			for _, r := range missing {
				if !seen[r] {
					seen[r] = true
					all = append(all, r)
				}
			}
		}
	}
	look(header)
	for row := range rows {
		look(row)
	}
	return all
}

// printable drops what no cell can hold: control characters but tab and line
// ends, and bytes that are not UTF-8.
func printable(cell string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return r
		case r < ' ' || r == '\uFFFE' || r == '\uFFFF':
			return -1
		}
		return r
	}, strings.ToValidUTF8(cell, ""))
}

// What Excel can hold (Excel specifications and limits).
const (
	excelRows  = 1_048_576
	excelChars = 32_767 // of a cell, in UTF-16 units

	excelDigits = 15 // of a number; a decimal point may count as one, to be safe
)

// firstExcelDate is the first that Excel counts rightly: it has a 29 February 1900.
var firstExcelDate = jp.Date{Year: 1900, Month: 3, Day: 1}

// writeWorkbook streams through excelize, which keeps the rows in a temporary
// file once there are many.
func writeWorkbook(w io.Writer, header []string, rows iter.Seq[[]string]) (err error) {
	f := excelize.NewFile()
	defer func() {
		if closeErr := f.Close(); err == nil && closeErr != nil {
			err = closeErr
		}
	}()
	code := dateCode
	date, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
	if err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	sheet, err := f.NewStreamWriter(f.GetSheetName(0))
	if err != nil {
		return err
	}
	if err := sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	line := 0
	put := func(row []string, value func(string) any) error {
		line++
		if line > excelRows {
			return fault.New(fault.Invalid, "table.too_many_rows", "limit", excelRows-1)
		}
		cells := make([]any, len(row))
		for i, cell := range row {
			if utf8.RuneCountInString(cell)*2 > excelChars && utf16Len(cell) > excelChars {
				return fault.New(fault.Invalid, "table.cell_too_long", "line", line, "column", i+1)
			}
			cells[i] = value(printable(cell))
		}
		return sheet.SetRow(fmt.Sprintf("A%d", line), cells)
	}
	asHeader := func(cell string) any { return excelize.Cell{StyleID: bold, Value: harmless(cell)} }
	if err := put(header, asHeader); err != nil {
		return err
	}
	for row := range rows {
		if err := put(row, func(cell string) any { return excelValue(cell, date) }); err != nil {
			return err
		}
	}
	if err := sheet.Flush(); err != nil {
		return err
	}
	_, err = f.WriteTo(w)
	return err
}

func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > '\uFFFF' {
			n++
		}
	}
	return n
}

// numberRe is a number that Excel shows as it was written: no zeros to lose, and
// few enough digits never to be shown as a power of ten.
var numberRe = regexp.MustCompile(`^-?(0|[1-9]\d{0,9})(\.\d{0,8}[1-9])?$`)

func excelValue(cell string, dateStyle int) any {
	if cell == "" {
		return nil
	}
	if numberRe.MatchString(cell) && len(strings.Trim(cell, "-.")) <= excelDigits {
		if n, err := strconv.ParseFloat(cell, 64); err == nil && strconv.FormatFloat(n, 'f', -1, 64) == cell {
			return n
		}
	}
	if d, err := jp.ParseDate(cell); err == nil && !d.Before(firstExcelDate) {
		return excelize.Cell{StyleID: dateStyle, Value: d.Sub(firstExcelDate) + firstSerial}
	}
	return harmless(cell)
}

// firstSerial is Excel's number of firstExcelDate.
const firstSerial = 61
