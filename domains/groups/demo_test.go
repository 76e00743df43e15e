package groups_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"kakehashi/domains/groups/group"
	"kakehashi/domains/groups/town"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
)

// The demo city has groups of every kind, offices named in every language,
// districts that hold nearly every town, and two applications that wait.
func TestDemo_IsAlive(t *testing.T) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			s := open(t, e)
			d := &module.Demo{DB: s.DB, Rand: rand.New(rand.NewPCG(1, 2)), Now: s.DB.Now(), Today: jp.DateOf(s.DB.Now()), Refs: map[string]db.ID{}, Lists: map[string][]db.ID{}}
			for i := range 60 {
				id := db.ID(5000 + i)
				s.people.names[id] = fmt.Sprint("住民", i)
				d.Lists["persons"] = append(d.Lists["persons"], id)
			}
			d.Lists["adults"] = d.Lists["persons"]
			for i, name := range []string{"linh", "aozora", "chokai", "minsei", "clerk"} {
				d.Refs["person:"+name] = d.Lists["persons"][i]
			}
			d.Refs["office:kyodo"] = db.NewID()
			reserved := d.Refs["office:kyodo"]
			if err := s.groups.Module().Demo(t.Context(), d); err != nil {
				t.Fatal(err)
			}
			if len(d.Lists["groups"]) < 40 || d.Refs["office:kyodo"] != reserved || d.Refs["group:aozora"] == 0 {
				t.Errorf("%d groups, refs %v", len(d.Lists["groups"]), d.Refs)
			}
			if !(web.Viewer{Posts: s.people.posts[d.Refs["person:aozora"]]}).HoldsFor(web.RoleRepresentative, web.Scope{Kind: "group", ID: d.Refs["group:aozora"]}) {
				t.Error("佐々木 does not speak for あおぞら")
			}
			err := s.DB.Read(t.Context(), func(tx *db.Tx) error {
				kinds, whole := map[group.Kind]int{}, 0
				if err := group.Each(tx, group.Filter{}, func(g group.Group) error {
					kinds[g.Kind]++
					if len(g.Name) == len(i18n.Langs) {
						whole++
					}
					if _, ok := town.Find(g.Town); !ok || g.Name[i18n.Ja] == "" || g.Name[i18n.En] == "" || g.Name[i18n.JaEasy] == "" || g.About[i18n.Ja] == "" {
						t.Errorf("%v in %s", g.Name, g.Town)
					}
					return nil
				}); err != nil {
					return err
				}
				for _, k := range group.Kinds {
					if k != group.Office && kinds[k] < 2 {
						t.Errorf("%d of kind %s", kinds[k], k)
					}
				}
				if whole < 12 {
					t.Errorf("only %d groups have a name in every language", whole)
				}
				out := 0
				for _, place := range town.Kawaguchi() {
					at, err := group.DistrictOf(tx, place.Name)
					if err != nil {
						return err
					}
					if at == 0 {
						out++
						t.Logf("%s lies in no district", place.Name)
					}
				}
				if out > 20 {
					t.Errorf("%d towns lie in no district", out)
				}
				l, err := inbox.List(tx, inbox.Filter{Offices: []db.ID{reserved}})
				if len(l.Items) != 2 {
					t.Errorf("%d applications wait", len(l.Items))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range s.groups.Module().Checks {
				problems, err := c.Run(t.Context(), module.Deps{DB: s.DB})
				if err != nil || len(problems) > 0 {
					t.Errorf("%s: %v %v", c.Name, problems, err)
				}
			}
		})
	}
}
