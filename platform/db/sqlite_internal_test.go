package db

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
)

// Statements are prepared once a connection, also inside transactions, and
// their number is bounded.
func TestSQLite_StatementsAreKept(t *testing.T) {
	pool, err := openSQLite(sqliteDialect{filepath.Join(t.TempDir(), "test.db")}.dsn(false), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	kept := func() map[string]*sqliteStmt {
		conn, err := pool.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		var kept map[string]*sqliteStmt
		if err := conn.Raw(func(c any) error { kept = c.(*sqliteConn).stmts; return nil }); err != nil {
			t.Fatal(err)
		}
		return kept
	}
	if _, err := pool.Exec(`CREATE TABLE t (id INTEGER PRIMARY KEY)`); err != nil {
		t.Fatal(err)
	}
	const insert, count = `INSERT INTO t DEFAULT VALUES`, `SELECT count(*) FROM t`
	use := func() (n int) {
		tx, err := pool.BeginTx(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(insert); err != nil {
			t.Fatal(err)
		}
		if err := tx.QueryRow(count).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		return n
	}
	use()
	first := kept()
	one, two, commit := first[insert], first[count], first["COMMIT"]
	if one == nil || two == nil || commit == nil {
		t.Fatalf("kept %d statements, and not those", len(first))
	}
	for i := range 20 {
		if n := use(); n != i+2 {
			t.Fatalf("%d rows after %d inserts", n, i+2)
		}
	}
	if again := kept(); again[insert] != one || again[count] != two || again["COMMIT"] != commit {
		t.Error("a statement was prepared twice")
	}
	for i := range statementsMax + 50 {
		if _, err := pool.Exec(fmt.Sprintf(`SELECT %d`, i)); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(kept()); n > statementsMax {
		t.Errorf("%d statements are kept, want at most %d", n, statementsMax)
	}
}
