package db_test

import (
	"strings"
	"testing"

	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
)

func TestLike_FindsPartsAndStandsAnything(t *testing.T) {
	for part, finds := range map[string]bool{
		"50%": true, "_": false, "100%": false, `\`: false, strings.Repeat("あ", 100_000): false, strings.Repeat(`%_\`, 50_000): false,
	} {
		dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
			var n int
			err := d.Read(t.Context(), func(tx *db.Tx) error {
				return tx.Row(`SELECT COUNT(*) FROM (SELECT '減免 50% です' AS text) AS one WHERE text LIKE $1 ESCAPE '\'`, db.Like(part)).Scan(&n)
			})
			if err != nil || (n == 1) != finds {
				t.Errorf("%.10q finds %d, %v", part, n, err)
			}
		})
	}
	if db.Like("") != "" {
		t.Error("nothing looks for something")
	}
}
