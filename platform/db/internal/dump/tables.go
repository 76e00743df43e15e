package dump

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// Tables returns the tables of the modules, each after those it refers to
// with a foreign key, else by name. Left out are package db's own, and those
// of goose and of SQLite.
func Tables(ctx context.Context, tx *sql.Tx, d Dialect) ([]string, error) {
	all, err := list(ctx, tx, func(s *string) []any { return []any{s} }, d.tables())
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(n string) bool {
		return strings.HasPrefix(n, "db_") || strings.HasPrefix(n, "goose_") || strings.HasPrefix(n, "sqlite_")
	})
	slices.Sort(all)
	type reference struct{ child, parent string }
	refs, err := list(ctx, tx, func(r *reference) []any { return []any{&r.child, &r.parent} }, d.references())
	if err != nil {
		return nil, err
	}
	parents := map[string][]string{}
	for _, r := range refs {
		parents[r.child] = append(parents[r.child], r.parent)
	}
	return sorted(all, parents), nil
}

// sorted returns the names, each after its parents. A cycle has no right
// order: one of its tables comes too early.
func sorted(names []string, parents map[string][]string) (list []string) {
	placed := map[string]bool{}
	var place func(string)
	place = func(n string) {
		if placed[n] { // or being placed
			return
		}
		placed[n] = true
		slices.Sort(parents[n])
		for _, p := range parents[n] {
			place(p)
		}
		list = append(list, n)
	}
	for _, n := range names {
		place(n)
	}
	return list
}

// column is one column of a table.
type column struct {
	name string
	typ  string // the engine's name of its type
	key  int64  // place in the primary key from 1; 0: not in it
}

func columnsOf(ctx context.Context, tx *sql.Tx, d Dialect, table string) ([]column, error) {
	cs, err := list(ctx, tx, func(c *column) []any { return []any{&c.name, &c.typ, &c.key} }, d.columns(), table)
	if err == nil && len(cs) == 0 {
		err = fmt.Errorf("no table %s", table)
	}
	return cs, err
}

// list returns the rows of a query; scan returns a row's destinations.
func list[T any](ctx context.Context, tx *sql.Tx, scan func(*T) []any, q string, args ...any) (all []T, err error) {
	rows, err := tx.QueryContext(ctx, q, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var v T
		if err := rows.Scan(scan(&v)...); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// ident returns the name of a table or column, quoted.
func ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
