package people_test

import (
	"flag"
	"math/rand/v2"
	"strings"
	"testing"

	"kakehashi/domains/people"
	"kakehashi/domains/people/cast"
	"kakehashi/domains/people/person"
	"kakehashi/domains/people/signin"
	"kakehashi/engines/jp"
	"kakehashi/platform/api"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/seal"
	"kakehashi/platform/web"
	"kakehashi/platform/web/webtest"
)

func fill(t *testing.T, s *site) *module.Demo {
	t.Helper()
	d := &module.Demo{
		DB: s.d, Rand: rand.New(rand.NewPCG(1, 2)), Now: s.d.Now(), Today: jp.DateOf(s.d.Now()),
		Refs: map[string]db.ID{}, Lists: map[string][]db.ID{},
	}
	if err := s.people.Module().Demo(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDemo_CityIsAlive(t *testing.T) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			s := serve(t, e, setup{demo: true})
			d := fill(t, s)
			if len(d.Lists["persons"]) != cast.Size {
				t.Errorf("%d persons, want %d", len(d.Lists["persons"]), cast.Size)
			}
			langs := map[i18n.Lang]int{}
			minors := 0
			s.read(func(tx *db.Tx) error {
				for _, id := range d.Lists["persons"] {
					p, err := s.people.Reveal(tx, id)
					if err != nil {
						return err
					}
					langs[p.Lang()]++
					if p.Minor(d.Today) {
						minors++
						if ok, err := s.people.GuardianConsents(tx, id); err != nil || !ok {
							t.Errorf("%s has no guardian: %v", p.Name, err)
						}
					}
				}
				return nil
			})
			if len(langs) != len(i18n.Langs) || minors == 0 {
				t.Errorf("languages %v, %d minors", langs, minors)
			}
			for _, name := range signin.Cast {
				c := s.Client(t)
				page := c.Get("/demo-sign-in?next=/me").Want(200)
				c.Follow(c.Submit(page.Form("/demo-sign-in"), "as", name)).Want(200)
			}
			c := s.Client(t)
			c.Submit(c.Get("/demo-sign-in").Form("/demo-sign-in"), "as", "noaccount").Want(404)
			s.read(func(tx *db.Tx) error {
				r, err := s.people.Recipient(tx, d.Ref("person:noaccount"))
				if !r.Paper || r.Email != "" || !r.Furigana {
					t.Errorf("the man without a phone is reached by %+v", r)
				}
				return err
			})
			if got := s.people.Module().Checks[0]; got.Name != "people.sealed" {
				t.Errorf("check %s", got.Name)
			}
		})
	}
}

func TestHouseholds_SameSeedSamePeople(t *testing.T) {
	today := jp.NewDate(2026, 11, 23)
	names := func(seed uint64) string {
		var b strings.Builder
		for _, h := range cast.Households(rand.New(rand.NewPCG(seed, 0)), today, 100) {
			p := h.Adult
			if err := p.Settle(today); err != nil {
				t.Errorf("%s: %v", p.Name, err)
			}
			b.WriteString(p.Name + p.Town + p.Birth.String())
			if h.Child != nil && !h.Child.Minor(today) {
				t.Errorf("%s is no child", h.Child.Name)
			}
		}
		return b.String()
	}
	first := names(1)
	if again := names(1); again != first {
		t.Error("the same seed makes another city")
	}
	if other := names(2); other == first {
		t.Error("another seed makes the same city")
	}
}

func TestAPI_MeByToken(t *testing.T) {
	s := serve(t, db.SQLite, setup{})
	p := s.add(person.Person{Name: "佐々木", Langs: []i18n.Lang{i18n.Ja, i18n.En}, Private: person.Private{Mail: "a@example.jp"}})
	s.give(p.ID, web.RoleBridge, web.Scope{Kind: "city"})
	keys, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	deps := module.Deps{DB: s.d, Keys: keys, BaseURL: baseURL}
	var out, help strings.Builder
	run := func(name string, args ...string) error {
		for _, c := range people.Commands() {
			if c.Name == name {
				fs := flag.NewFlagSet(name, flag.ContinueOnError)
				fs.SetOutput(&help)
				fn := c.Setup(fs)
				if err := fs.Parse(args); err != nil {
					return err
				}
				return fn(t.Context(), module.Env{Deps: deps, Stdout: &out}, fs.Args())
			}
		}
		t.Fatalf("no command %s", name)
		return nil
	}
	if err := run("token", "--person", p.ID.String(), "--scopes", "read"); err != nil {
		t.Fatal(err)
	}
	if err := run("token", "--person", ""); err == nil {
		t.Error("a token for nobody")
	}
	token := strings.TrimSpace(out.String())
	m := s.people.Module()
	other := webtest.Start(t, webtest.Setup{
		DB: s.d, Config: func(c *web.Config) { c.Identify, c.Token = s.people.Identify, s.people.Token },
		Server: func(srv *web.Server) { m.API(api.New(srv, api.Config{Title: "t", Version: "1"})) },
	})
	c := other.Client(t)
	c.Header.Set("Accept", "application/json")
	c.Get("/api/v1/me").Want(401)
	c.Header.Set("Authorization", "Bearer "+token)
	var me people.Me
	c.Get("/api/v1/me").Want(200).JSON(&me)
	if me.ID != p.ID || me.Name != "佐々木" || len(me.Languages) != 2 || len(me.Posts) != 1 || me.Posts[0].Role != web.RoleBridge {
		t.Errorf("me is %+v", me)
	}
	out.Reset()
	if err := run("operator", "--mail", "boss@example.jp", "--name", "石井"); err != nil || !strings.Contains(out.String(), "boss@example.jp") {
		t.Errorf("operator: %v, %s", err, out.String())
	}
	if err := run("operator", "--mail", "nonsense"); err == nil {
		t.Error("an operator without an address")
	}
	s.read(func(tx *db.Tx) error {
		held, err := s.people.HoldersOf(tx, web.RoleOperator, web.Scope{Kind: "city"})
		if len(held) != 1 {
			t.Errorf("%d operators", len(held))
		}
		return err
	})
}

func TestNeighbours_SpeakInPlatformTypes(t *testing.T) {
	s := serve(t, db.SQLite, setup{})
	scope := web.Scope{Kind: "group", ID: 9}
	s.write(0, func(tx *db.Tx) error {
		id, err := s.people.AddPerson(tx, "会員 一郎", "カイイン", "090-1234-5678", "", "本町一丁目", i18n.Ko)
		if err != nil {
			return err
		}
		today := person.Today(tx)
		if _, err := s.people.GivePost(tx, id, web.RoleOfficer, scope, today, today.AddMonths(12), "総会"); err != nil {
			return err
		}
		name, _ := s.people.PersonName(tx, id)
		lang, _ := s.people.PersonLang(tx, id)
		town, _ := s.people.PersonTown(tx, id)
		age, err := s.people.PersonAge(tx, id)
		if name != "会員 一郎" || lang != i18n.Ko || town != "本町一丁目" || age != -1 || err != nil {
			t.Errorf("%s %s %s %d %v", name, lang, town, age, err)
		}
		if who, found, err := s.people.FindPerson(tx, "09012345678"); who != id || !found {
			t.Errorf("found %v %v %v", who, found, err)
		}
		if _, found, _ := s.people.FindPerson(tx, "会員 一郎"); found {
			t.Error("a name alone finds one person")
		}
		n, err := s.people.EndPost(tx, id, web.RoleOfficer, scope, "交代")
		if n != 1 || err != nil {
			t.Errorf("ended %d, %v", n, err)
		}
		held, err := s.people.HoldersOf(tx, web.RoleOfficer, scope)
		if len(held) != 0 {
			t.Error("still held")
		}
		return err
	})
}
