package groups_test

import (
	"fmt"
	"testing"
	"time"

	"kakehashi/domains/groups"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
)

// enlist writes groups of members who have only names: number i is in the groups
// that in says.
func enlist(t testing.TB, d *db.DB, n, members int, in func(group, i int) string) []db.ID {
	t.Helper()
	ids := make([]db.ID, n)
	for g := range ids {
		ids[g] = db.NewID()
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
			if _, err := tx.Exec(`INSERT INTO groups (id, version, kind, state, name, kana, about, meets, wants, langs, town, site, contact, rules, listed,
				registered_from, registered_until, reminded, sort_key, fold, created, changed)
				VALUES ($1, 1, 'civic', 'registered', '{}', '', '{}', '{}', '{}', '', '', '', '', '', 1, '', '', 0, '', '', 0, 0)`, ids[g]); err != nil {
				return err
			}
			for i := range members {
				if _, err := tx.Exec(`INSERT INTO memberships (id, group_id, person_id, number, name, kana, town, tie, note, joined, left_on, match_key, sort_key, changed)
					VALUES ($1, $2, 0, $3, $4, '', '', '', '', '', $5, $6, '', 0)`,
					db.NewID(), ids[g], fmt.Sprint(i), in(g, i), map[bool]string{true: "2026-01-01"}[i == members-1], fmt.Sprint("#", i)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

func TestOverlap(t *testing.T) {
	dbtest.Each(t, []db.Migrations{audit.Migrations(), groups.Migrations()}, func(t *testing.T, d *db.DB) {
		// Ten of each, and one who has left. The second shares six with the
		// first, written with other blanks and widths; the third shares numbers
		// and nobody.
		ids := enlist(t, d, 3, 11, func(g, i int) string {
			switch {
			case g == 1 && i < 6:
				return fmt.Sprintf("山田　花子Ａ%d", i)
			case g == 0:
				return fmt.Sprintf("山田花子A%d", i)
			}
			return fmt.Sprintf("%d組の%d", g, i)
		})
		var got []groups.Overlap
		var names []string
		err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
			g := &groups.Groups{}
			if got, err = g.Overlap(tx, ids, 50); err != nil {
				return err
			}
			names, err = g.Shared(tx, ids[0], ids[1])
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		want := groups.Overlap{A: min(ids[0], ids[1]), B: max(ids[0], ids[1]), Shared: 6, Percent: 60}
		if len(got) != 1 || got[0] != want || len(names) != 6 {
			t.Errorf("%+v and %d names, want %+v and 6", got, len(names), want)
		}
	})
}

// TestOverlap_ManyGroups: a thousand groups do not take the square of it.
func TestOverlap_ManyGroups(t *testing.T) {
	d := dbtest.Open(t, db.SQLite, []db.Migrations{audit.Migrations(), groups.Migrations()})
	ids := enlist(t, d, 1000, 20, func(g, i int) string { return fmt.Sprint("会員", g/2*20+i) })
	begun := time.Now()
	var got []groups.Overlap
	err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
		got, err = (&groups.Groups{}).Overlap(tx, ids, 90)
		return err
	})
	if err != nil || len(got) != 500 {
		t.Fatalf("%d pairs, %v", len(got), err)
	}
	t.Logf("1000 groups of 20 in %v", time.Since(begun))
}
