// Package dbtest runs store tests on every database engine.
package dbtest

import (
	"log/slog"
	"path/filepath"
	"testing"

	"kakehashi/platform/db"
)

// Each runs fn on a fresh migrated database of every engine.
func Each(t *testing.T, ms []db.Migrations, fn func(t *testing.T, d *db.DB)) {
	t.Run("sqlite", func(t *testing.T) {
		d, err := db.Open(t.Context(), db.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "test.db"), Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		if err := d.Migrate(t.Context(), ms); err != nil {
			t.Fatal(err)
		}
		fn(t, d)
	})
}
