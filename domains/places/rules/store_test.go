package rules_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
)

var tables = []db.Migrations{audit.Migrations(), {Name: "places", FS: os.DirFS("../migrations")}}

func write(t *testing.T, d *db.DB, fn func(tx *db.Tx) error) error {
	t.Helper()
	return d.Write(t.Context(), db.Actor{Person: 5, Via: "web"}, fn)
}

func save(t *testing.T, d *db.DB, r rules.Rule) (out rules.Rule, err error) {
	t.Helper()
	err = write(t, d, func(tx *db.Tx) error { out, err = rules.Save(tx, r); return err })
	return out, err
}

func TestStore_ADraftBecomesARuleAndStays(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		today := jp.DateOf(d.Now())
		r := rules.Rule{Kind: rules.KindAccess, From: today.AddDays(10), Body: perDay(2), Note: "議会で決まった", State: rules.Draft}
		r, err := save(t, d, r)
		if err != nil {
			t.Fatal(err)
		}
		dir := rules.NewDirectory(d)
		perDayOn := func(day jp.Date) int {
			b, err := dir.Get(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return b.Access(rules.Place{}, day).PerDay
		}
		if got := perDayOn(r.From); got != 4 {
			t.Errorf("a draft holds: %d a day", got)
		}
		r.State, r.Body = rules.InForce, perDay(3)
		if r, err = save(t, d, r); err != nil {
			t.Fatal(err)
		}
		if before, after := perDayOn(r.From.AddDays(-1)), perDayOn(r.From); before != 4 || after != 3 {
			t.Errorf("%d a day before, %d after", before, after)
		}
		twin := rules.Rule{Kind: rules.KindAccess, From: r.From, Body: perDay(9), State: rules.InForce}
		if _, err := save(t, d, twin); !fault.Is(err, fault.Conflict) {
			t.Errorf("two rules of one day: %v", err)
		}
		twin.Facility = 77
		if _, err := save(t, d, twin); err != nil {
			t.Errorf("a facility's own of that day: %v", err)
		}
		old := r
		old.Version--
		if _, err := save(t, d, old); !fault.Is(err, fault.Conflict) {
			t.Errorf("over another's change: %v", err)
		}
		if err := write(t, d, func(tx *db.Tx) error { return rules.Withdraw(tx, r.ID, r.Version) }); err != nil {
			t.Fatal(err)
		}
		if got := perDayOn(r.From); got != 4 {
			t.Errorf("a withdrawn rule holds: %d a day", got)
		}
		if _, err := save(t, d, r); !fault.Is(err, fault.Conflict) {
			t.Errorf("a withdrawn rule can be saved: %v", err)
		}
	})
}

func TestStore_WhatIsInForceIsNeverChanged(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		today := jp.DateOf(d.Now())
		var r rules.Rule
		err := write(t, d, func(tx *db.Tx) (err error) {
			r, err = rules.Enter(tx, rules.Rule{Kind: rules.KindAccess, From: today, Body: perDay(2)})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		r.Body, r.State, r.From = perDay(9), rules.InForce, today.AddDays(30)
		if _, err := save(t, d, r); !fault.Is(err, fault.Conflict) {
			t.Errorf("changed: %v", err)
		}
		if err := write(t, d, func(tx *db.Tx) error { return rules.Withdraw(tx, r.ID, r.Version) }); !fault.Is(err, fault.Conflict) {
			t.Errorf("withdrawn: %v", err)
		}
		r.ID = 0
		for _, from := range []jp.Date{{}, today.AddDays(-1), today} {
			r.From = from
			if _, err := save(t, d, r); !fault.Is(err, fault.Invalid) {
				t.Errorf("from %v: %v", from, err)
			}
		}
	})
}

// A transaction that began before a change must not leave what it read to those
// that come after.
func TestDirectory_KeepsNothingOld(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		dir, from := rules.NewDirectory(d), jp.DateOf(d.Now()).AddDays(3)
		if _, err := dir.Get(t.Context()); err != nil {
			t.Fatal(err)
		}
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			if _, err := rules.List(tx, rules.KindAccess); err != nil { // the snapshot is taken
				return err
			}
			if _, err := save(t, d, rules.Rule{Kind: rules.KindAccess, From: from, Body: perDay(2), State: rules.InForce}); err != nil {
				return err
			}
			b, err := dir.Book(tx)
			if err == nil && b.Access(rules.Place{}, from).PerDay != 4 {
				err = errors.New("the old snapshot has the new rule")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		until := time.Now().Add(5 * time.Second)
		for {
			b, err := dir.Get(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if b.Access(rules.Place{}, from).PerDay == 2 {
				break
			}
			if time.Now().After(until) {
				t.Fatal("the directory keeps what was read before the change")
			}
		}
	})
}
