package dump

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// Dialect is what differs between the engines.
type Dialect interface {
	tables() string          // asks for the names of all tables
	references() string      // asks for pairs of child and parent table
	columns() string         // asks for name, type and place in the key of $1's columns
	dumped(c column) string  // a column as it is selected
	ordered(c column) string // a column as rows are ordered by it
	integer(c column) bool   // whether it holds integers
	// deferKeys has foreign keys checked by restore, or by the commit.
	deferKeys(ctx context.Context, tx *sql.Tx) (restore func() error, err error)
	inserter(tx *sql.Tx, table string, cs []column) inserter
}

// The two engines.
var (
	SQLite   Dialect = sqliteDialect{}
	Postgres Dialect = postgresDialect{}
)

type (
	sqliteDialect   struct{}
	postgresDialect struct{}
)

// loadBatch is how many rows PostgreSQL inserts by one statement.
const loadBatch = 500

func (sqliteDialect) tables() string {
	return `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'`
}

func (sqliteDialect) references() string {
	return `SELECT m.name, f."table" FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table'`
}

func (sqliteDialect) columns() string {
	return `SELECT name, type, pk FROM pragma_table_info($1) ORDER BY cid`
}

func (sqliteDialect) dumped(c column) string  { return ident(c.name) }
func (sqliteDialect) ordered(c column) string { return ident(c.name) }

func (sqliteDialect) integer(c column) bool { return strings.Contains(strings.ToUpper(c.typ), "INT") }

// deferKeys lets foreign keys be checked by the commit.
func (sqliteDialect) deferKeys(ctx context.Context, tx *sql.Tx) (func() error, error) {
	_, err := tx.ExecContext(ctx, `PRAGMA defer_foreign_keys = ON`)
	return func() error { return nil }, err
}

func (sqliteDialect) inserter(tx *sql.Tx, table string, cs []column) inserter {
	names, places := make([]string, len(cs)), make([]string, len(cs))
	for i, c := range cs {
		names[i], places[i] = ident(c.name), "$"+strconv.Itoa(i+1)
	}
	return &sqliteInserter{tx: tx, cs: cs, q: fmt.Sprintf(`INSERT INTO %s (%s) VALUES (%s)`,
		ident(table), strings.Join(names, ", "), strings.Join(places, ", "))}
}

type sqliteInserter struct {
	tx *sql.Tx
	cs []column
	q  string
}

// row stores text as text and bytes as bytes, as the column says: PostgreSQL
// cannot mix them, SQLite would compare them as different.
func (s *sqliteInserter) row(ctx context.Context, values []any) error {
	if len(values) != len(s.cs) {
		return fmt.Errorf("a row of %d values for %d columns", len(values), len(s.cs))
	}
	for i, c := range s.cs {
		blob := strings.EqualFold(c.typ, "BLOB")
		switch v := values[i].(type) {
		case string:
			if blob {
				values[i] = []byte(v)
			}
		case []byte:
			if !blob {
				values[i] = string(v)
			}
		}
	}
	_, err := s.tx.ExecContext(ctx, s.q, values...)
	return err
}

func (*sqliteInserter) flush(context.Context) error { return nil }

func (postgresDialect) tables() string {
	return `SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`
}

func (postgresDialect) references() string {
	return `SELECT c.relname, p.relname FROM pg_constraint AS k
		JOIN pg_class AS c ON c.oid = k.conrelid JOIN pg_class AS p ON p.oid = k.confrelid
		WHERE k.contype = 'f' AND c.relnamespace = current_schema()::regnamespace`
}

func (postgresDialect) columns() string {
	return `SELECT a.attname, format_type(a.atttypid, a.atttypmod),
		coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0)
		FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
		LEFT JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = $1
		AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
		ORDER BY a.attnum`
}

// dumped returns what is selected of a column: types that the stream does not
// know go as their text.
func (p postgresDialect) dumped(c column) string {
	if p.integer(c) || c.typ == "text" || c.typ == "bytea" || c.typ == "double precision" {
		return ident(c.name)
	}
	return ident(c.name) + "::text"
}

// ordered returns how rows are ordered by a column: text by its bytes, as
// SQLite does.
func (postgresDialect) ordered(c column) string {
	if c.typ == "text" {
		return ident(c.name) + ` COLLATE "C"`
	}
	return ident(c.name)
}

func (postgresDialect) integer(c column) bool {
	return c.typ == "bigint" || c.typ == "integer" || c.typ == "smallint"
}

// deferKeys makes foreign keys deferrable for this transaction, so that rows
// may come before those they refer to. The change of the tables is undone
// before the commit, after all keys were checked.
func (postgresDialect) deferKeys(ctx context.Context, tx *sql.Tx) (func() error, error) {
	rows, err := tx.QueryContext(ctx, `SELECT c.relname, k.conname FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid
		WHERE k.contype = 'f' AND NOT k.condeferrable AND k.connamespace = current_schema()::regnamespace`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var alter []string
	for rows.Next() {
		var table, name string
		if err := rows.Scan(&table, &name); err != nil {
			return nil, err
		}
		alter = append(alter, fmt.Sprintf(`ALTER TABLE %s ALTER CONSTRAINT %s`, ident(table), ident(name)))
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, q := range alter {
		if _, err := tx.ExecContext(ctx, q+` DEFERRABLE INITIALLY DEFERRED`); err != nil {
			return nil, err
		}
	}
	return func() error {
		if _, err := tx.ExecContext(ctx, `SET CONSTRAINTS ALL IMMEDIATE`); err != nil {
			return err
		}
		for _, q := range alter {
			if _, err := tx.ExecContext(ctx, q+` NOT DEFERRABLE`); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

func (postgresDialect) inserter(tx *sql.Tx, table string, cs []column) inserter {
	var names, values, arrays, as []string
	for i, c := range cs {
		v := "v" + strconv.Itoa(i+1)
		names, values = append(names, ident(c.name)), append(values, v+"::"+c.typ)
		arrays, as = append(arrays, "$"+strconv.Itoa(i+1)+"::text[]"), append(as, v)
	}
	return &postgresInserter{tx: tx, cs: cs, held: make([][]*string, len(cs)), q: fmt.Sprintf(
		`INSERT INTO %s (%s) SELECT %s FROM unnest(%s) AS u(%s)`, ident(table),
		strings.Join(names, ", "), strings.Join(values, ", "), strings.Join(arrays, ", "), strings.Join(as, ", "))}
}

// postgresInserter sends columns as arrays of text: every type reads text.
type postgresInserter struct {
	tx   *sql.Tx
	cs   []column
	q    string
	held [][]*string // by column
}

func (p *postgresInserter) row(ctx context.Context, values []any) error {
	if len(values) != len(p.cs) {
		return fmt.Errorf("a row of %d values for %d columns", len(values), len(p.cs))
	}
	for i, v := range values {
		var s string
		switch v := v.(type) {
		case nil:
			p.held[i] = append(p.held[i], nil)
			continue
		case int64:
			s = strconv.FormatInt(v, 10)
		case float64:
			s = strconv.FormatFloat(v, 'g', -1, 64)
		case string:
			if s = v; p.cs[i].typ == "bytea" {
				s = `\x` + hex.EncodeToString([]byte(v))
			}
		case []byte:
			if s = string(v); p.cs[i].typ == "bytea" {
				s = `\x` + hex.EncodeToString(v)
			}
		}
		p.held[i] = append(p.held[i], &s)
	}
	if len(p.held) > 0 && len(p.held[0]) >= loadBatch {
		return p.flush(ctx)
	}
	return nil
}

func (p *postgresInserter) flush(ctx context.Context) error {
	if len(p.held) == 0 || len(p.held[0]) == 0 {
		return nil
	}
	args := make([]any, len(p.held))
	for i := range p.held {
		args[i] = p.held[i]
	}
	_, err := p.tx.ExecContext(ctx, p.q, args...)
	for i := range p.held {
		p.held[i] = p.held[i][:0]
	}
	return err
}
