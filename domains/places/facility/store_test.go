package facility_test

import (
	"os"
	"testing"

	"kakehashi/domains/places/facility"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

func migrations() []db.Migrations {
	return []db.Migrations{audit.Migrations(), {Name: "places", FS: os.DirFS("../migrations")}}
}

func write(t *testing.T, d *db.DB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), db.System, fn); err != nil {
		t.Fatal(err)
	}
}

func sample() facility.Facility {
	return facility.Facility{
		Name: i18n.Text{i18n.Ja: "青木公民館", i18n.Vi: "Nhà văn hóa Aoki"}, Kana: "アオキコウミンカン", Address: "埼玉県川口市青木3丁目8-91", Town: "青木3丁目",
		Lat: 35.81, Lng: 139.72, Phone: "048-251-0103", Opens: 540, Closes: 1260, Bookable: true,
		Access: map[string]string{"lift": facility.Yes}, Extra: map[string]string{"元データID": "77"},
	}
}

func TestSave_WhatGoesInComesOut(t *testing.T) {
	dbtest.Each(t, migrations(), func(t *testing.T, d *db.DB) {
		var id, room db.ID
		write(t, d, func(tx *db.Tx) (err error) {
			if id, err = facility.Save(tx, sample()); err != nil {
				return err
			}
			room, err = facility.SaveRoom(tx, facility.Room{
				Facility: id, Name: i18n.Text{i18n.Ja: "講座室"}, Capacity: 24, StepFree: true, Opens: 540, Closes: 1260, FeeYen: 200,
				Equipment: []string{"wifi", "tables"}, Bands: []facility.Band{{From: 540, To: 750}, {From: 780, To: 990}},
			})
			return err
		})
		dir := facility.NewDirectory(d)
		snap, err := dir.Get(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		f, ok := snap.Facility(id)
		if want := sample(); !ok || !f.Same(want) || !f.Has("lift") || f.Has("toilet") {
			t.Errorf("came out as %+v", f)
		}
		r, ok := snap.Room(room)
		if !ok || r.Capacity != 24 || !r.StepFree || len(r.Bands) != 2 || r.Equipment[0] != "tables" || r.FeeYen != 200 || r.Approval {
			t.Errorf("the room came out as %+v", r)
		}
		if found := snap.Find("ｱｵｷ", true); len(found) != 1 {
			t.Errorf("half-width kana find %d facilities", len(found))
		}
		if found := snap.Find("AOKI", true); len(found) != 1 {
			t.Errorf("another language finds %d facilities", len(found))
		}
		again, err := dir.Get(t.Context())
		if err != nil || again != snap {
			t.Error("the directory was read again without a change")
		}
	})
}

// Two editors start from the same text: the second is told, and nothing of the
// first is lost.
func TestSave_SecondEditorIsTold(t *testing.T) {
	dbtest.Each(t, migrations(), func(t *testing.T, d *db.DB) {
		f := sample()
		write(t, d, func(tx *db.Tx) (err error) { f.ID, err = facility.Save(tx, f); return err })
		first, second := f, f
		first.Phone, second.Phone = "048-251-0001", "048-251-0002"
		write(t, d, func(tx *db.Tx) error { _, err := facility.Save(tx, first); return err })
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) error { _, err := facility.Save(tx, second); return err })
		if !fault.Is(err, fault.Conflict) {
			t.Fatalf("the second editor is told %v", err)
		}
		write(t, d, func(tx *db.Tx) error {
			now, err := facility.Get(tx, f.ID)
			if now.Phone != first.Phone {
				t.Errorf("the phone is %s, want the first editor's", now.Phone)
			}
			return err
		})
		err = d.Write(t.Context(), db.System, func(tx *db.Tx) error { _, err := facility.Save(tx, sample()); return err })
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("the same facility twice: %v", err)
		}
	})
}

func TestClosures_KeptAndDropped(t *testing.T) {
	dbtest.Each(t, migrations(), func(t *testing.T, d *db.DB) {
		var id, closure db.ID
		write(t, d, func(tx *db.Tx) (err error) {
			if id, err = facility.Save(tx, sample()); err != nil {
				return err
			}
			closure, err = facility.AddClosure(tx, facility.Closure{Facility: id, Rule: facility.Dates, Weekday: -1, Day: jp.NewDate(2026, 12, 1), To: facility.DayEnd})
			return err
		})
		write(t, d, func(tx *db.Tx) error {
			list, err := facility.Closures(tx, id)
			if err == nil && (len(list) != 1 || list[0].Until != list[0].Day) {
				t.Errorf("kept as %+v", list)
			}
			return err
		})
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) error { return facility.DropClosure(tx, id+1, closure) })
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("another facility's closure: %v", err)
		}
		write(t, d, func(tx *db.Tx) error { return facility.DropClosure(tx, id, closure) })
	})
}
