package facility

import (
	"os"
	"slices"
	"testing"

	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// TestLayout_Cells joins two rooms to a hall, one of which disturbs a third, and
// asks what each takes; what cannot be is refused by its field.
func TestLayout_Cells(t *testing.T) {
	tables := []db.Migrations{audit.Migrations(), {Name: "places", FS: os.DirFS("../migrations")}}
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		var of, a, b, c, hall db.ID
		write := func(fn func(tx *db.Tx) error) error { return d.Write(t.Context(), db.System, fn) }
		save := func(tx *db.Tx, r Room) db.ID {
			r.Facility, r.Capacity, r.Opens, r.Closes = of, 10, 0, DayEnd
			r.Name = i18n.Text{i18n.Ja: "室"}
			id, err := SaveRoom(tx, r)
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		err := write(func(tx *db.Tx) (err error) {
			if of, err = Save(tx, Facility{Name: i18n.Text{i18n.Ja: "館"}, Address: "館", Opens: -1, Closes: -1}); err != nil {
				return err
			}
			c = save(tx, Room{})
			a = save(tx, Room{Disturbs: []db.ID{c}, Class: "hall"})
			b = save(tx, Room{})
			hall = save(tx, Room{Parts: []db.ID{b, a}})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var quiet db.ID // the cell between a and c
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			if err := tx.Row(`SELECT id FROM disturbances`).Scan(&quiet); err != nil {
				return err
			}
			snap, err := load(tx)
			if err != nil {
				return err
			}
			rooms, err := GetRooms(tx, []db.ID{a, b, c, hall})
			if err != nil {
				return err
			}
			for id, want := range map[db.ID][2][]db.ID{
				a: {{a}, {a, quiet}}, b: {{b}, {b}}, c: {{c, quiet}, {c, quiet}}, hall: {{a, b}, {a, b, quiet}},
			} {
				got, err := GetRoom(tx, id)
				if err != nil {
					return err
				}
				known, _ := snap.Room(id)
				for _, r := range []Room{got, known, rooms[id]} {
					for i, cells := range want {
						slices.Sort(cells)
						if !slices.Equal(r.Cells(i == 1), cells) {
							t.Errorf("%v takes %v, want %v", id, r.Cells(i == 1), cells)
						}
					}
				}
			}
			if r := rooms[a]; r.Class != "hall" || !slices.Equal(r.PartOf, []db.ID{hall}) || !slices.Equal(rooms[c].DisturbedBy, []db.ID{a}) {
				t.Errorf("%+v", r)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for name, change := range map[string]func(r *Room){
			"a part with parts":       func(r *Room) { r.ID, r.Parts = a, []db.ID{b, c} },
			"a whole of a whole":      func(r *Room) { r.ID, r.Parts = c, []db.ID{hall, b} },
			"one part alone":          func(r *Room) { r.ID, r.Parts, r.Disturbs = b, []db.ID{c}, nil },
			"a whole that disturbs":   func(r *Room) { r.ID, r.Parts, r.Disturbs = hall, []db.ID{a, b}, []db.ID{c} },
			"a whole that is quiet":   func(r *Room) { r.ID, r.Disturbs = c, []db.ID{hall} },
			"itself":                  func(r *Room) { r.ID, r.Disturbs = c, []db.ID{c} },
			"a room of another house": func(r *Room) { r.ID, r.Disturbs = c, []db.ID{12345} },
			"no class":                func(r *Room) { r.ID, r.Class = c, "castle" },
		} {
			err := write(func(tx *db.Tx) error {
				var r Room
				change(&r)
				now, err := GetRoom(tx, r.ID)
				if err != nil {
					return err
				}
				now.Parts, now.Disturbs, now.Class = r.Parts, r.Disturbs, r.Class
				_, err = SaveRoom(tx, now)
				return err
			})
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		err = write(func(tx *db.Tx) error { // and it can be undone
			r, err := GetRoom(tx, hall)
			if err != nil {
				return err
			}
			r.Parts = nil
			_, err = SaveRoom(tx, r)
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}
