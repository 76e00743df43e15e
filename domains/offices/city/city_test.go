package city

import (
	"os"
	"testing"

	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

func TestParseCode(t *testing.T) {
	for _, c := range []struct {
		in, want string
		ok       bool
	}{
		{"112038", "112038", true}, // 川口市
		{"11203", "112038", true},
		{"１１２０３８", "112038", true},
		{" 131016 ", "131016", true}, // 千代田区
		{"271004", "271004", true},   // 大阪市
		{"112039", "", false},        // the check digit is off
		{"1120", "", false},
		{"11203x", "", false},
		{"", "", false},
	} {
		got, ok := ParseCode(c.in)
		if ok != c.ok || ok && got != c.want {
			t.Errorf("ParseCode(%q) = %q, %v; want %q, %v", c.in, got, ok, c.want, c.ok)
		}
	}
}

func TestFill_SaysEverythingThatIsWrongAtOnce(t *testing.T) {
	long := make([]rune, MaxText+1)
	for i := range long {
		long[i] = 'あ'
	}
	form := map[string]string{"text_en": string(long)}
	var c City
	err := c.Fill(PartName, func(name string) string { return form[name] })
	if !fault.Is(err, fault.Invalid) {
		t.Fatalf("got %v, want Invalid", err)
	}
	f := err.(*fault.Error)
	if len(f.Fields) != 2 {
		t.Errorf("fields %+v, want the long English and the missing Japanese", f.Fields)
	}
	form = map[string]string{"phone": "０４８（０００）１０００", "code": "11203"}
	if err := c.Fill(PartContact, func(name string) string { return form[name] }); err != nil || c.Phone != "048-000-1000" || c.Code != "112038" {
		t.Errorf("phone %q, code %q, %v", c.Phone, c.Code, err)
	}
}

func migrations() []db.Migrations {
	return []db.Migrations{audit.Migrations(), {Name: "offices", FS: os.DirFS("../migrations")}}
}

func TestSave_TheSecondEditorIsTold(t *testing.T) {
	dbtest.Each(t, migrations(), func(t *testing.T, d *db.DB) {
		write := func(fn func(tx *db.Tx) error) error { return d.Write(t.Context(), db.System, fn) }
		read := func() (c City) {
			if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { c, err = Get(tx); return err }); err != nil {
				t.Fatal(err)
			}
			return c
		}
		if c := read(); c.Version != 0 || len(c.Name) != 0 {
			t.Fatalf("a city nobody described: %+v", c)
		}
		first := City{Name: i18n.Text{i18n.Ja: "川口市", i18n.En: "Kawaguchi City"}, Phone: "048-000-1000"}
		if err := write(func(tx *db.Tx) error { return Save(tx, first, "name") }); err != nil {
			t.Fatal(err)
		}
		mine, theirs := read(), read()
		if mine.Name[i18n.En] != "Kawaguchi City" || mine.Version != 1 || mine.ChangedAt.IsZero() {
			t.Fatalf("read back %+v", mine)
		}
		theirs.Phone = "048-000-2000"
		if err := write(func(tx *db.Tx) error { return Save(tx, theirs, "contact") }); err != nil {
			t.Fatal(err)
		}
		mine.Phone = "048-000-3000"
		if err := write(func(tx *db.Tx) error { return Save(tx, mine, "contact") }); !fault.Is(err, fault.Conflict) {
			t.Errorf("the second editor got %v, want Conflict", err)
		}
		if err := write(func(tx *db.Tx) error { return Save(tx, first, "name") }); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second first description got %v, want Conflict", err)
		}
		if c := read(); c.Phone != "048-000-2000" || c.Version != 2 {
			t.Errorf("kept %+v, want what was saved first", c)
		}
	})
}

func TestCache_SeesAChangeAndAsksOnce(t *testing.T) {
	d := dbtest.Open(t, db.SQLite, migrations())
	cache := NewCache(d, nil)
	if c := cache.City(t.Context()); len(c.Name) != 0 || c.About != AboutPath {
		t.Fatalf("an empty city: %+v", c)
	}
	err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
		return Save(tx, City{Name: i18n.Text{i18n.Ja: "川口市"}}, "name")
	})
	if err != nil {
		t.Fatal(err)
	}
	if c := cache.City(t.Context()); c.Name[i18n.Ja] != "川口市" {
		t.Errorf("after the change: %+v", c)
	}
	d.Close()
	if c := cache.City(t.Context()); c.Name[i18n.Ja] != "川口市" {
		t.Errorf("without a query: %+v", c)
	}
}
