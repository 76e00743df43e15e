package groups

import (
	"context"
	_ "embed"
	"fmt"
	"strings"

	"kakehashi/domains/groups/group"
	"kakehashi/domains/groups/town"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
)

var (
	//go:embed demo/groups.txt
	demoGroups string
	//go:embed demo/rules.txt
	demoRules string
	//go:embed demo/offices.txt
	demoOffices string
	//go:embed demo/districts.txt
	demoDistricts string
)

// demoRows returns the lines of a table by their fields, comments left out.
func demoRows(table string) (out [][]string) {
	for l := range strings.SplitSeq(strings.TrimSpace(table), "\n") {
		if !strings.HasPrefix(l, "#") {
			out = append(out, strings.Split(l, "\t"))
		}
	}
	return out
}

// demo fills the offices, districts and groups of the demo city: Refs
// "office:…", "district:…" and "group:…", Lists "groups".
func (g *Groups) demo(ctx context.Context, d *module.Demo) (err error) {
	defer fault.Wrap(&err, "groups.demo")
	all, err := parseDemo()
	if err != nil {
		return err
	}
	return d.DB.Write(ctx, db.Actor{Via: "demo"}, func(tx *db.Tx) error {
		c := &demoCity{Groups: g, d: d, tx: tx}
		if err := c.offices(); err != nil {
			return err
		}
		if err := c.districts(); err != nil {
			return err
		}
		var ids []db.ID
		for i := range all {
			if all[i].waits {
				if err := c.apply(i, &all[i]); err != nil {
					return fmt.Errorf("%s: %w", all[i].slug, err)
				}
				continue
			}
			id, err := c.group(i, &all[i])
			if err != nil {
				return fmt.Errorf("%s: %w", all[i].slug, err)
			}
			ids = append(ids, id)
		}
		d.Lists["groups"] = ids
		return c.overlap(ids)
	})
}

type demoGroup struct {
	slug  string
	waits bool // for its registration
	group.Group
}

func parseDemo() (out []demoGroup, err error) {
	for n, f := range demoRows(demoGroups) {
		switch {
		case (f[0] == "G" || f[0] == "N") && len(f) == 9:
			one := demoGroup{slug: f[1], waits: f[0] == "N", Group: group.Group{
				Kind: group.Kind(f[2]), Town: f[3], Kana: f[5],
				Name:  i18n.Text{i18n.Ja: f[6], i18n.JaEasy: f[7], i18n.En: f[8]},
				About: i18n.Text{}, Meets: i18n.Text{}, Wants: i18n.Text{}, Listed: true,
			}}
			for l := range strings.SplitSeq(f[4], ",") {
				one.Langs = append(one.Langs, i18n.Lang(l))
			}
			out = append(out, one)
		case len(f) == 3 && len(out) > 0:
			last := &out[len(out)-1]
			in := map[string]i18n.Text{"A": last.About, "M": last.Meets, "W": last.Wants, "T": last.Name}[f[0]]
			if in == nil {
				return nil, fmt.Errorf("groups.txt: row %d: %q", n, f[0])
			}
			in[i18n.Lang(f[1])] = f[2]
		default:
			return nil, fmt.Errorf("groups.txt: row %d has %d fields", n, len(f))
		}
	}
	return out, nil
}

// demoCity fills one demo city within one transaction. It draws nothing by
// chance, so that running it twice makes the same.
type demoCity struct {
	*Groups
	d    *module.Demo
	tx   *db.Tx
	next int // of the list of persons
}

// ref returns the id reserved under the name, or a fresh one.
func (c *demoCity) ref(name string) db.ID {
	if c.d.Refs[name] == 0 {
		c.d.Refs[name] = db.NewID()
	}
	return c.d.Refs[name]
}

func (c *demoCity) offices() error {
	for _, f := range demoRows(demoOffices) {
		o := group.Group{ID: c.ref(f[0]), Kind: group.Office, Kana: f[1], Name: i18n.Text{}, Listed: true, From: c.d.Today.AddMonths(-60)}
		for i, l := range i18n.Langs {
			o.Name[l] = f[2+i]
		}
		if _, err := group.Add(c.tx, o); err != nil {
			return err
		}
	}
	decides := map[group.Kind]string{group.Association: "office:jichi", group.DisasterOrg: "office:bosai", group.SeniorClub: "office:choju"}
	for _, k := range group.Kinds {
		name := decides[k]
		if name == "" {
			name = "office:kyodo"
		}
		r, err := group.RulesFor(c.tx, k)
		if err != nil {
			return err
		}
		r.Office = c.d.Ref(name)
		if err := group.SaveRules(c.tx, r); err != nil {
			return err
		}
	}
	return nil
}

func (c *demoCity) districts() error {
	rows := demoRows(demoDistricts)
	towns := make([][]string, len(rows))
	for _, t := range town.Kawaguchi() {
		if at := districtFor(rows, t.Name); at >= 0 {
			towns[at] = append(towns[at], t.Name)
		}
	}
	for i, f := range rows {
		if _, err := group.AddDistrict(c.tx, group.District{ID: c.ref(f[0]), Name: i18n.Text{i18n.Ja: f[1], i18n.En: f[2]}}, i, towns[i]); err != nil {
			return err
		}
	}
	return nil
}

// districtFor is the row whose longest beginning of a town's name fits; -1 when
// none does.
func districtFor(rows [][]string, name string) (at int) {
	at, longest := -1, 0
	for i, f := range rows {
		for prefix := range strings.SplitSeq(f[3], " ") {
			if strings.HasPrefix(name, prefix) && len(prefix) > longest {
				at, longest = i, len(prefix)
			}
		}
	}
	return at
}

// leaders are those of the cast who speak for a group.
var leaders = map[string]string{"aozora": "person:aozora", "honcho4": "person:chokai", "viet": "person:linh"}

// until is the last day of a group's registration: most run for another year or
// so, one ends soon, one ended.
func (c *demoCity) until(i int, slug string) jp.Date {
	switch slug {
	case "honcho4":
		return c.d.Today.AddDays(25)
	case "shogi":
		return c.d.Today.AddDays(-40)
	}
	return c.d.Today.AddDays(100 + (i*37)%600)
}

func (c *demoCity) group(i int, one *demoGroup) (db.ID, error) {
	g := one.Group
	g.ID = c.ref("group:" + one.slug)
	g.Until = c.until(i, one.slug)
	g.From = g.Until.AddMonths(-24).AddDays(1)
	if g.Kind != group.Company && g.Kind != group.School {
		g.Rules = fmt.Sprintf(demoRules, g.Name[i18n.Ja])
	}
	g.Contact = "048-000-" + fmt.Sprintf("%04d", 2000+i)
	added, err := group.Add(c.tx, g)
	if err != nil {
		return 0, err
	}
	head, err := c.leader(one.slug, g.Langs[0])
	if err != nil {
		return 0, err
	}
	if err := c.members(i, added.ID, head); err != nil {
		return 0, err
	}
	return added.ID, c.service.GivePosts(c.tx, added.ID)
}

// leader is who speaks for the group: somebody of the cast, or the next person
// who reads the group's first language.
func (c *demoCity) leader(slug string, lang i18n.Lang) (db.ID, error) {
	if who := c.d.Refs[leaders[slug]]; who != 0 {
		return who, nil
	}
	pool := c.d.Lists["adults"]
	if len(pool) == 0 {
		pool = c.d.Lists["persons"]
	}
	for range pool {
		who := pool[c.next%len(pool)]
		c.next++
		reads, err := c.near.People.PersonLang(c.tx, who)
		if err != nil {
			return 0, err
		}
		if reads == lang {
			if slug == "turk" {
				c.d.Refs["person:second"] = who
			}
			return who, nil
		}
	}
	return 0, nil
}

// members fills the list and the offices of a group. The first speaks for it;
// most have an account, a few are known by name only.
func (c *demoCity) members(i int, id, head db.ID) error {
	pool := c.d.Lists["persons"]
	size := 10 + (i*7)%15
	since := jp.NewDate(jp.FiscalYear(c.d.Today), 4, 1)
	roles := []group.Role{group.Representative, group.Treasurer, group.Officer, group.Officer}
	seen := map[db.ID]bool{}
	for n := 0; n < size && len(pool) > 0; n++ {
		who := head
		if n > 0 || head == 0 {
			who = pool[(i*31+n*17+n*n)%len(pool)]
		}
		if seen[who] {
			continue
		}
		seen[who] = true
		name, err := c.near.People.PersonName(c.tx, who)
		if err != nil {
			return err
		}
		home, err := c.near.People.PersonTown(c.tx, who)
		if err != nil {
			return err
		}
		m := group.Member{Group: id, Person: who, Name: name, Town: home, Tie: "lives", Number: fmt.Sprintf("%03d", n+1), Joined: since.AddMonths(-(n * 5) % 90)}
		if n%6 == 5 {
			m.Person, m.Tie = 0, "works" // known by name only
		}
		if m, err = group.AddMember(c.tx, m); err != nil {
			return err
		}
		if len(seen) <= len(roles) {
			if err := c.appoint(m, roles[len(seen)-1], since); err != nil {
				return err
			}
		}
	}
	return nil
}

// appoint gives a member an office for this fiscal year.
func (c *demoCity) appoint(m group.Member, role group.Role, since jp.Date) error {
	return group.Appoint(c.tx, group.Term{Group: m.Group, Member: m.ID, Role: role, Since: since, Until: since.AddMonths(12).AddDays(-1)})
}

// demoApplicants is how many members a group that waits for its registration
// names.
const demoApplicants = 12

// apply leaves a group waiting in the inbox of 協働推進課. The i-th of the city.
func (c *demoCity) apply(i int, one *demoGroup) error {
	head, err := c.leader(one.slug, one.Langs[0])
	if err != nil || head == 0 {
		return err
	}
	one.Rules = fmt.Sprintf(demoRules, one.Name[i18n.Ja])
	g, err := c.service.Begin(c.tx, head, one.Group)
	if err != nil {
		return err
	}
	pool := c.d.Lists["persons"]
	for n := range demoApplicants {
		who := pool[(n*19+i*7+3)%len(pool)]
		if who == head {
			continue
		}
		name, err := c.near.People.PersonName(c.tx, who)
		if err != nil {
			return err
		}
		if _, err := group.AddMember(c.tx, group.Member{Group: g.ID, Name: name, Tie: "lives", Number: fmt.Sprint(n + 1)}); err != nil {
			return err
		}
	}
	_, err = c.service.Send(c.tx, g.ID, head, 0)
	return err
}
