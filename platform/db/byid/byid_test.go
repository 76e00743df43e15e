package byid_test

import (
	"slices"
	"testing"
	"testing/fstest"

	"kakehashi/platform/db"
	"kakehashi/platform/db/byid"
	"kakehashi/platform/db/dbtest"
)

func TestRows_ReadsEachOnce(t *testing.T) {
	ms := []db.Migrations{{Name: "many", FS: fstest.MapFS{"0001_many.sql": {Data: []byte("-- +goose Up\nCREATE TABLE things (id {{id}}, n BIGINT NOT NULL);\n")}}}}
	dbtest.Each(t, ms, func(t *testing.T, d *db.DB) {
		ids := make([]db.ID, 600)
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
			for i := range ids {
				ids[i] = db.NewID()
				if _, err := tx.Exec(`INSERT INTO things (id, n) VALUES ($1, $2)`, ids[i], i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{0, 1, 3, 4, 5, 32, 33, 256, 257, 600} {
			asked := append(slices.Clone(ids[:n]), ids[:min(n, 7)]...) // some twice
			asked = append(asked, db.NewID())                          // one that nothing has
			err := d.Read(t.Context(), func(tx *db.Tx) error {
				got, err := byid.Rows(tx, func(id *db.ID) []any { return []any{id} }, `SELECT id FROM things WHERE id IN ({{ids}})`, asked)
				slices.Sort(got)
				want := slices.Sorted(slices.Values(ids[:n]))
				if !slices.Equal(got, want) {
					t.Errorf("%d asked: %d rows, want each once", n, len(got))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}
