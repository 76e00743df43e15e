package money_test

import (
	"os"
	"testing"
	"time"

	"kakehashi/domains/places/money"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
)

func TestCameAfter(t *testing.T) {
	dbtest.Each(t, []db.Migrations{{Name: "places", FS: os.DirFS("../migrations")}}, func(t *testing.T, d *db.DB) {
		noon := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
			if last, err := money.Newest(tx); err != nil || last != 0 {
				t.Errorf("the newest of an empty ledger is %v, %v", last, err)
			}
			_, err := tx.Exec(`INSERT INTO charges (id, version, kind, source_id, reference, office_id, group_id, person_id, receipt, day, working,
				total, paid, state, due_day, lapses, reminded, reason, made_at, changed_at)
				VALUES (1, 1, 'reservation', 70, '12345674', 1, 0, 1, '', '2026-12-01', '{}', 300, 300, 'paid', '', 0, 0, '', 0, 0)`)
			if err != nil {
				return err
			}
			for i, kind := range []string{money.Payment, money.Refund, money.Payment, money.Payment} {
				_, err := tx.Exec(`INSERT INTO entries (id, charge_id, office_id, kind, method, amount, made_at, cash_day, clerk_id, fiscal_year, number,
					corrects, reason, outside, turn) VALUES ($1, 1, 1, $2, 'counter', 100, $3, '2026-11-24', 0, 2026, 0, 0, '', '', '')`,
					10+i, kind, noon.Add(time.Duration(i)*time.Minute))
				if err != nil {
					return err
				}
			}
			got, err := money.CameAfter(tx, 10, noon.Add(2*time.Minute), 50)
			if want := (money.Came{Entry: 12, Kind: money.OfReservation, Source: 70}); err != nil || len(got) != 1 || got[0] != want {
				t.Errorf("after the first until the third minute: %+v, %v; want %+v", got, err, want)
			}
			if last, err := money.Newest(tx); err != nil || last != 13 {
				t.Errorf("the newest is %v, %v; want 13", last, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
