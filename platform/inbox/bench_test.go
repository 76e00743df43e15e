package inbox_test

import (
	"errors"
	"strings"
	"testing"

	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/inbox"
)

// TestPlans proves that lists and counts stay on the index of what waits.
func TestPlans(t *testing.T) {
	d := dbtest.Open(t, db.SQLite, tables)
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		for name, q := range map[string]string{
			"list":   `SELECT id, office, kind FROM inbox_items WHERE office IN ($1) AND closed_at = 0 AND (due, id) > ($2, $3) ORDER BY due, id LIMIT $4`,
			"counts": `SELECT COUNT(*), SUM(CASE WHEN assignee = $2 THEN 1 ELSE 0 END), SUM(CASE WHEN due < $3 THEN 1 ELSE 0 END) FROM inbox_items WHERE office = $1 AND closed_at = 0 AND due < $4`,
		} {
			rows, err := db.All(tx, func(s *string) []any { var skip int; return []any{&skip, &skip, &skip, s} }, `EXPLAIN QUERY PLAN `+q, 1, 2, 3, 4)
			if err != nil {
				return err
			}
			plan := strings.Join(rows, "; ")
			if !strings.Contains(plan, "inbox_items_waiting") || strings.Contains(plan, "TEMP B-TREE") || name == "counts" && !strings.Contains(plan, "COVERING") {
				t.Errorf("%s: %s", name, plan)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// BenchmarkInbox measures an office with 1,000 open items and 20,000 closed ones.
func BenchmarkInbox(b *testing.B) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		b.Run(string(e), func(b *testing.B) {
			d := dbtest.Open(b, e, tables)
			day := today(d)
			for from := 1; from <= 21_000; from += 1000 {
				write(b, d, func(tx *db.Tx) error {
					for i := from; i < from+1000; i++ {
						if err := inbox.Open(tx, waiting(db.ID(i), day.AddDays(i%40-10))); err != nil {
							return err
						}
						if i <= 20_000 {
							if err := inbox.Close(tx, kind, db.ID(i)); err != nil {
								return err
							}
						}
					}
					return nil
				})
			}
			measure := func(name string, fn func(*db.Tx) error) {
				b.Run(name, func(b *testing.B) {
					if err := d.Read(b.Context(), func(tx *db.Tx) error {
						for b.Loop() {
							if err := fn(tx); err != nil {
								return err
							}
						}
						return nil
					}); err != nil {
						b.Fatal(err)
					}
				})
			}
			measure("list50", func(tx *db.Tx) error {
				_, err := inbox.List(tx, inbox.Filter{Offices: []db.ID{office}})
				return err
			})
			measure("counts", func(tx *db.Tx) error { _, err := inbox.Counts(tx, office, clerkID); return err })
			b.Run("open", func(b *testing.B) {
				next := db.ID(1_000_000)
				err := d.Write(b.Context(), clerk, func(tx *db.Tx) error {
					for b.Loop() {
						next++
						if err := inbox.Open(tx, waiting(next, day)); err != nil {
							return err
						}
					}
					return errors.ErrUnsupported // what was measured is undone
				})
				if !errors.Is(err, errors.ErrUnsupported) {
					b.Fatal(err)
				}
			})
		})
	}
}
