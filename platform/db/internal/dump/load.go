package dump

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// seedMax is above every id that a migration gives and below every one that
// db.NewID makes.
const seedMax = 1 << 22

// Read reads what Write wrote into tables that hold nothing but what
// migrations put there, which it replaces. versions are those of the
// database's modules, and must be the stream's.
func Read(ctx context.Context, tx *sql.Tx, d Dialect, versions map[string]int64, r io.Reader) error {
	l := loader{tx: tx, dialect: d, lines: json.NewDecoder(r), columns: map[string][]column{}}
	if err := l.prepare(ctx, versions); err != nil {
		return err
	}
	restore, err := d.deferKeys(ctx, tx)
	if err != nil {
		return err
	}
	if err := l.load(ctx); err != nil {
		return err
	}
	return restore()
}

type loader struct {
	tx      *sql.Tx
	dialect Dialect
	lines   *json.Decoder
	columns map[string][]column // of each table

	insert inserter
	rows   int64
}

// inserter puts rows into one table; flush puts what it held back.
type inserter interface {
	row(ctx context.Context, values []any) error
	flush(ctx context.Context) error
}

// prepare reads the stream's head and checks that it fits this database.
func (l *loader) prepare(ctx context.Context, versions map[string]int64) error {
	var head line
	if err := l.lines.Decode(&head); err != nil {
		return fmt.Errorf("not a dump: %w", err)
	}
	if head.Format != format {
		return fmt.Errorf("not a dump of format %d", format)
	}
	if !maps.Equal(versions, head.Modules) {
		return fmt.Errorf("the dump is of modules %v, the database of %v: use the program that wrote the dump", head.Modules, versions)
	}
	tables, err := Tables(ctx, l.tx, l.dialect)
	if err != nil {
		return err
	}
	for _, t := range tables {
		cs, err := columnsOf(ctx, l.tx, l.dialect, t)
		if err != nil {
			return err
		}
		l.columns[t] = cs
		if !slices.ContainsFunc(cs, func(c column) bool { return c.name == "id" && l.dialect.integer(c) }) {
			continue
		}
		var used int64
		q := `SELECT count(*) FROM (SELECT 1 FROM ` + ident(t) + ` WHERE id >= $1 LIMIT 1) AS used`
		if err := l.tx.QueryRowContext(ctx, q, seedMax).Scan(&used); err != nil {
			return err
		}
		if used > 0 {
			return fmt.Errorf("the database is in use: table %s has rows", t)
		}
	}
	return nil
}

func (l *loader) load(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		var raw json.RawMessage
		if err := l.lines.Decode(&raw); err != nil {
			if errors.Is(err, io.EOF) {
				err = fmt.Errorf("the dump is cut off: %w", io.ErrUnexpectedEOF)
			}
			return err
		}
		if raw[0] == '[' {
			if err := l.row(ctx, raw); err != nil {
				return err
			}
			continue
		}
		var head line
		if err := json.Unmarshal(raw, &head); err != nil {
			return err
		}
		if l.insert != nil {
			if err := l.insert.flush(ctx); err != nil {
				return err
			}
		}
		if head.End {
			if head.Rows == nil || *head.Rows != l.rows {
				return fmt.Errorf("the dump holds %d rows and says otherwise", l.rows)
			}
			return nil
		}
		if err := l.table(ctx, head); err != nil {
			return err
		}
	}
}

// table empties a table of its seeds and begins to fill it.
func (l *loader) table(ctx context.Context, head line) error {
	known := l.columns[head.Table]
	if known == nil {
		return fmt.Errorf("no table %q", head.Table)
	}
	var cs []column
	for _, name := range head.Columns {
		i := slices.IndexFunc(known, func(c column) bool { return c.name == name })
		if i < 0 {
			return fmt.Errorf("table %s: no column %q", head.Table, name)
		}
		cs = append(cs, known[i])
	}
	if _, err := l.tx.ExecContext(ctx, `DELETE FROM `+ident(head.Table)); err != nil {
		return fmt.Errorf("table %s: %w", head.Table, err)
	}
	l.insert = l.dialect.inserter(l.tx, head.Table, cs)
	return nil
}

func (l *loader) row(ctx context.Context, raw json.RawMessage) error {
	if l.insert == nil {
		return errors.New("a row before any table")
	}
	var cells []json.RawMessage
	if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&cells); err != nil {
		return err
	}
	values := make([]any, len(cells))
	for i, c := range cells {
		v, err := parseValue(c)
		if err != nil {
			return err
		}
		values[i] = v
	}
	l.rows++
	return l.insert.row(ctx, values)
}
