package offices

import (
	"bytes"
	"flag"
	"net/http"
	"strings"
	"testing"

	"kakehashi/domains/offices/city"
	"kakehashi/domains/offices/desk"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
	"kakehashi/platform/web/webtest"
)

// TestDemo_NamesTheCityInTenLanguages, also where it is named already, and lays
// a desk on which work goes on.
func TestDemo_NamesTheCityInTenLanguages(t *testing.T) {
	s := one(t)
	for i := range 20 {
		s.wait(ours, db.ID(100+i), "申請", s.today())
	}
	d := &module.Demo{DB: s.d, Refs: map[string]db.ID{"person:clerk": clerk, "person:noaccount": colleague, "office:kyodo": ours}}
	for range 2 {
		if err := s.o.demo(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	c := s.o.City(t.Context())
	for _, l := range i18n.Langs {
		if c.Name[l] == "" || c.Office[l] == "" || c.Hours[l] == "" {
			t.Errorf("%s: %q, %q, %q", l, c.Name[l], c.Office[l], c.Hours[l])
		}
	}
	with, err := readSample()
	if err != nil {
		t.Fatal(err)
	}
	var again city.City
	err = again.Fill(city.PartContact, func(name string) string {
		return map[string]string{"phone": with.City.Phone, "code": with.City.Code}[name]
	})
	if err != nil || again.Phone != with.City.Phone || again.Code != with.City.Code {
		t.Errorf("the operator could not save the demo's contact: %v", err)
	}
	var n inbox.Numbers
	s.write(func(tx *db.Tx) (err error) { n, err = inbox.Counts(tx, ours, clerk); return err })
	s.as(clerk).Get("/office/print").Want(http.StatusOK).Has("鈴木 花子")
	if n.Mine == 0 || n.Unassigned == 0 || n.Overdue == 0 || n.Today == 0 {
		t.Errorf("the clerk's desk holds %+v", n)
	}
}

// TestDesk_WorksWithoutNeighbours: names are ids then.
func TestDesk_WorksWithoutNeighbours(t *testing.T) {
	s := one(t)
	id := s.wait(ours, 71, "ひとりの申請", s.today())
	bare := New(s.deps, Neighbours{})
	site := webtest.Start(t, webtest.Setup{
		DB: s.d, Routes: map[string][]web.Route{"offices": desk.New(s.d, nil, desk.Neighbours{}).Routes()},
		Viewers: map[db.ID]web.Viewer{clerk: {Person: clerk, Posts: []web.Post{{Role: web.RoleClerk, Scope: web.Scope{Kind: "office", ID: ours}}}}},
	})
	c := site.Client(t).SignIn(clerk)
	c.Get("/office?item=" + id.String()).Want(http.StatusOK)
	if bare.City(t.Context()).About != "/about" {
		t.Error("a city without a name has no page about it")
	}
}

func TestCityCommand_SaysAndPrints(t *testing.T) {
	dbtest.Each(t, migrate(), func(t *testing.T, d *db.DB) {
		command := Commands()[0]
		run := func(args ...string) (string, error) {
			f := flag.NewFlagSet(command.Name, flag.ContinueOnError)
			f.SetOutput(new(bytes.Buffer))
			do := command.Setup(f)
			if err := f.Parse(args); err != nil {
				return "", err
			}
			var out bytes.Buffer
			err := do(t.Context(), module.Env{Deps: module.Deps{DB: d}, Stdout: &out}, f.Args())
			return out.String(), err
		}
		if _, err := run("--name", "川口市", "--name", "en=Kawaguchi City", "--phone", "048-000-1000"); err != nil {
			t.Fatal(err)
		}
		if _, err := run("--code", "11203", "--hours", "平日"); err != nil {
			t.Fatal(err)
		}
		out, err := run()
		for _, want := range []string{"川口市", "Kawaguchi City", "048-000-1000", "112038", "平日"} {
			if err != nil || !strings.Contains(out, want) {
				t.Errorf("%q is not in %q, %v", want, out, err)
			}
		}
		if _, err := run("--name", "xx=Nowhere"); err == nil {
			t.Error("a language that is none passes")
		}
		if _, err := run("--code", "123"); err == nil {
			t.Error("a code that is none passes")
		}
	})
}
