package table

import (
	"strings"

	"kakehashi/platform/fault"
)

// readCSV reads text by RFC 4180 and takes what it forbids but offices send: any
// mixture of line ends, quotation marks inside unquoted cells, and cells that go
// on after their closing mark. encoding/csv would change line ends inside cells,
// and so lose them on the way out and in again.
func readCSV(b *builder, text string) error {
	sep := separator(text)
	line := 0
	for len(text) > 0 {
		line++
		row, rest, ok := record(text, sep, b.limit.Columns)
		if !ok {
			return fault.New(fault.Invalid, "table.quote_open", "line", line)
		}
		if err := b.add(line, row); err != nil {
			return err
		}
		text = rest
	}
	return nil
}

// separator is the tab where the first line has more of them than commas.
func separator(text string) byte {
	text = strings.TrimLeft(text, "\r\n")
	tabs, commas := 0, 0
	quoted, fresh := false, true // inside quotation marks; at the beginning of a cell
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '"' && strings.HasPrefix(text[i+1:], `"`):
			i++ // a doubled mark stands for one
		case quoted:
			quoted = c != '"'
		case c == '"' && fresh:
			quoted, fresh = true, false
		case c == '\t':
			tabs++
			fresh = true
		case c == ',':
			commas++
			fresh = true
		case c == '\r' || c == '\n':
			i = len(text)
		default:
			fresh = false
		}
	}
	if tabs > commas {
		return '\t'
	}
	return ','
}

// record cuts the first record from text, which is not empty. It is not ok when
// a quotation mark is never closed. It stops when more than limit cells are
// filled, and leaves out empty ones at the end, so that a line of commas costs
// nothing.
func record(text string, sep byte, limit int) (row []string, rest string, ok bool) {
	for at := 0; ; at++ {
		var cell string
		cell, text, ok = field(text, sep)
		if !ok {
			return nil, "", false
		}
		if cell != "" {
			row = append(row, make([]string, min(at, limit)-len(row))...)
			row = append(row, cell)
			if len(row) > limit {
				return row, "", true // too wide: whoever asked refuses the file
			}
		}
		if text == "" {
			return row, "", true
		}
		switch end := text[0]; {
		case end == sep:
			text = text[1:]
		case end == '\r' && len(text) > 1 && text[1] == '\n':
			return row, text[2:], true
		default:
			return row, text[1:], true
		}
	}
}

// field cuts the first cell from text and leaves what ended it.
func field(text string, sep byte) (cell, rest string, ok bool) {
	if !strings.HasPrefix(text, `"`) {
		end := endOfField(text, sep)
		return text[:end], text[end:], true
	}
	var out strings.Builder
	text = text[1:]
	for {
		end := strings.IndexByte(text, '"')
		if end < 0 {
			return "", "", false
		}
		out.WriteString(text[:end])
		text = text[end+1:]
		if !strings.HasPrefix(text, `"`) {
			break
		}
		out.WriteByte('"')
		text = text[1:]
	}
	end := endOfField(text, sep)
	out.WriteString(text[:end])
	return out.String(), text[end:], true
}

func endOfField(text string, sep byte) int {
	for i := range len(text) {
		if c := text[i]; c == sep || c == '\n' || c == '\r' {
			return i
		}
	}
	return len(text)
}

// appendRecord writes one record as RFC 4180 has it, ended by CR LF.
func appendRecord(out []byte, row []string) []byte {
	for i, cell := range row {
		if i > 0 {
			out = append(out, ',')
		}
		if !strings.ContainsAny(cell, ",\"\r\n\t") {
			out = append(out, cell...)
			continue
		}
		out = append(out, '"')
		out = append(out, strings.ReplaceAll(cell, `"`, `""`)...)
		out = append(out, '"')
	}
	return append(out, '\r', '\n')
}
