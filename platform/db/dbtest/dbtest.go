package dbtest

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"

	"kakehashi/platform/db"
)

// Each runs fn as one subtest an engine, each on a fresh database with the
// migrations applied, which is closed and dropped afterwards.
func Each(t *testing.T, ms []db.Migrations, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) { fn(t, Open(t, e, ms)) })
	}
}

// Open returns a fresh database with the migrations applied, which is closed
// and dropped when the test ends.
func Open(t testing.TB, e db.Engine, ms []db.Migrations) *db.DB {
	t.Helper()
	d := OpenURL(t, URL(t, e))
	if err := d.Migrate(t.Context(), ms); err != nil {
		t.Fatal(err)
	}
	return d
}

// OpenURL opens a database, which is closed when the test ends. Its log is
// discarded.
func OpenURL(t testing.TB, u string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), db.Config{URL: u, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// URL returns the URL of a new, empty database of the engine, which is
// dropped when the test ends.
func URL(t testing.TB, e db.Engine) string {
	t.Helper()
	if e == db.SQLite {
		return "sqlite:" + filepath.Join(t.TempDir(), "test.db")
	}
	server, err := postgres()
	if err != nil {
		t.Fatalf("PostgreSQL for tests: %v", err)
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	schema := fmt.Sprintf("t_%016x", rand.Uint64())
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	t.Cleanup(func() {
		// t.Context has ended by now.
		if err := dropSchemas(context.Background(), server, schema); err != nil {
			t.Error(err)
		}
	})
	return u.String()
}

// dropSchemas drops the schemas whose names are LIKE the pattern.
func dropSchemas(ctx context.Context, server, pattern string) error {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, `SELECT nspname FROM pg_namespace WHERE nspname LIKE $1`, pattern)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, n := range names {
		if _, err := conn.Exec(ctx, "DROP SCHEMA IF EXISTS "+pgx.Identifier{n}.Sanitize()+" CASCADE"); err != nil {
			return err
		}
	}
	return nil
}
