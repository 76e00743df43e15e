package dump

import (
	"bufio"
	"cmp"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// format is the number of the stream's form.
const format = 1

// line is a line that is not a row.
type line struct {
	Format  int              `json:"kakehashi,omitempty"`
	Modules map[string]int64 `json:"modules,omitempty"`
	Table   string           `json:"table,omitempty"`
	Columns []string         `json:"columns,omitempty"`
	End     bool             `json:"end,omitempty"`
	Rows    *int64           `json:"rows,omitempty"`
}

// Write writes all rows of all modules' tables as the transaction sees them.
// The versions of the modules go with them, for Read to compare.
func Write(ctx context.Context, tx *sql.Tx, d Dialect, versions map[string]int64, w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<16)
	lines := json.NewEncoder(out)
	if err := lines.Encode(line{Format: format, Modules: versions}); err != nil {
		return err
	}
	tables, err := Tables(ctx, tx, d)
	if err != nil {
		return err
	}
	var rows int64
	for _, t := range tables {
		n, err := writeTable(ctx, tx, d, t, out, lines)
		if err != nil {
			return fmt.Errorf("table %s: %w", t, err)
		}
		rows += n
	}
	if err := lines.Encode(line{End: true, Rows: &rows}); err != nil {
		return err
	}
	return out.Flush()
}

func writeTable(ctx context.Context, tx *sql.Tx, d Dialect, table string, out *bufio.Writer, lines *json.Encoder) (n int64, err error) {
	cs, err := columnsOf(ctx, tx, d, table)
	if err != nil {
		return 0, err
	}
	head := line{Table: table}
	values, order := make([]string, len(cs)), slices.Clone(cs)
	for i, c := range cs {
		head.Columns = append(head.Columns, c.name)
		values[i] = d.dumped(c)
	}
	if err := lines.Encode(head); err != nil {
		return 0, err
	}
	q := "SELECT " + strings.Join(values, ", ") + " FROM " + ident(table)
	order = slices.DeleteFunc(order, func(c column) bool { return c.key == 0 })
	slices.SortFunc(order, func(a, b column) int { return cmp.Compare(a.key, b.key) })
	for i, c := range order {
		q += [...]string{" ORDER BY ", ", "}[min(i, 1)] + d.ordered(c)
	}
	rows, err := tx.QueryContext(ctx, q)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	row, dest := make([]any, len(cs)), make([]any, len(cs))
	for i := range row {
		dest[i] = &row[i]
	}
	var text []byte
	for ; rows.Next(); n++ {
		if err := rows.Scan(dest...); err != nil {
			return n, err
		}
		text = append(text[:0], '[')
		for i, v := range row {
			if i > 0 {
				text = append(text, ',')
			}
			if text, err = appendValue(text, v); err != nil {
				return n, fmt.Errorf("column %s: %w", cs[i].name, err)
			}
		}
		if _, err := out.Write(append(text, ']', '\n')); err != nil {
			return n, err
		}
	}
	return n, rows.Err()
}

func appendValue(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case float64:
		return strconv.AppendFloat(b, v, 'e', -1, 64), nil
	case string:
		if utf8.ValidString(v) {
			s, err := json.Marshal(v)
			return append(b, s...), err
		}
		return appendBytes(b, []byte(v)), nil
	case []byte:
		return appendBytes(b, v), nil
	}
	return nil, fmt.Errorf("a %T cannot be dumped", v)
}

func appendBytes(b, v []byte) []byte {
	b = append(b, `{"b":"`...)
	b = base64.StdEncoding.AppendEncode(b, v)
	return append(b, `"}`...)
}

// parseValue reads one value of a row: nil, int64, float64, string or []byte.
func parseValue(raw json.RawMessage) (any, error) {
	if !json.Valid(raw) {
		return nil, fmt.Errorf("%.40q: not JSON", raw)
	}
	switch c := raw[0]; {
	case c == 'n':
		return nil, nil
	case c == '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err
	case c == '{':
		var v struct{ B *[]byte }
		if err := json.Unmarshal(raw, &v); err != nil {
			return nil, err
		}
		if v.B == nil {
			return nil, fmt.Errorf("%.40s: not a value", raw)
		}
		return *v.B, nil
	case c == '-' || c >= '0' && c <= '9':
		if strings.ContainsAny(string(raw), ".eE") {
			return strconv.ParseFloat(string(raw), 64)
		}
		return strconv.ParseInt(string(raw), 10, 64)
	}
	return nil, fmt.Errorf("%.40s: not a value", raw)
}
