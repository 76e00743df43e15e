package desk

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"kakehashi/domains/groups/group"
	"kakehashi/domains/groups/words"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

const hour = time.Hour

type mineLine struct {
	Group group.Group
	State group.State // standing of the group
}

func (p *Pages) showMine(c *web.Context) error {
	var lines []mineLine
	err := p.db.Read(c.Context(), func(tx *db.Tx) error {
		lines = nil
		ids, err := p.service.Leads(tx, self(c))
		if err != nil {
			return err
		}
		asked, err := group.ByApplicant(tx, self(c))
		if err != nil {
			return err
		}
		seen := map[db.ID]bool{}
		for _, r := range asked {
			if r.Kind == group.New && r.State != group.Approved {
				ids = append(ids, r.Group)
			}
		}
		in, err := group.OfPerson(tx, self(c))
		if err != nil {
			return err
		}
		for _, m := range in {
			last, err := group.Caretaker(tx, m.Group)
			if err != nil {
				return err
			}
			if last == self(c) {
				ids = append(ids, m.Group)
			}
		}
		for _, id := range ids {
			if seen[id] {
				continue
			}
			seen[id] = true
			g, err := group.Get(tx, id)
			if err != nil {
				return err
			}
			lines = append(lines, mineLine{g, g.Standing(group.Today(tx))})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.Page(web.Meta{Title: c.Loc.T("groups.mine.title"), Back: "/me"}, mineView(lines))
}

func newMeta(c *web.Context) web.Meta {
	return web.Meta{Title: c.Loc.T("groups.new.title"), Back: "/groups"}
}

func (p *Pages) showNew(c *web.Context) error { return c.Page(newMeta(c), newView(web.Problem{})) }

func (p *Pages) begin(c *web.Context) error {
	f := c.Form()
	g := group.Group{
		Kind: group.Kind(f.Get("kind")), Name: i18n.Text{typedIn(c): f.Get("name")}, Kana: f.Get("kana"), Langs: []i18n.Lang{i18n.Ja},
	}
	err := p.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) (err error) {
		g, err = p.service.Begin(tx, self(c), g)
		return err
	})
	if err != nil {
		return c.Retry(err, newMeta(c), newView)
	}
	return c.Redirect(words.At(g.ID, "about"))
}

// typedIn is the language in which the first name of a group is written: plain
// Japanese readers write Japanese.
func typedIn(c *web.Context) i18n.Lang {
	if l := c.Loc.Lang(); l != i18n.JaEasy {
		return l
	}
	return i18n.Ja
}

type deskData struct {
	Group        group.Group
	Standing     group.State
	Latest       group.Registration
	Members      int64
	Officers     []group.Member
	RenewSoon    bool // the registration ends within 60 days, or has
	Waits        bool // an application is with the office
	Clerk, Leads bool
}

// renewDays is how long before its end a registration can be renewed.
const renewDays = 90

func (p *Pages) showDesk(c *web.Context) error {
	var d deskData
	g, err := p.read(c, func(tx *db.Tx, g *group.Group) (err error) {
		today := group.Today(tx)
		d.Standing = g.Standing(today)
		if d.Latest, _, err = group.Latest(tx, g.ID); err != nil {
			return err
		}
		list, err := group.Members(tx, g.ID)
		if err != nil {
			return err
		}
		d.Members = int64(len(list))
		for _, m := range list {
			if m.Role != group.Plain {
				d.Officers = append(d.Officers, m)
			}
		}
		d.Waits = d.Latest.State == group.Sent
		d.RenewSoon = g.State == group.Registered && !g.Until.IsZero() && g.Until.Sub(today) <= renewDays && !d.Waits
		return nil
	})
	if err != nil {
		return err
	}
	d.Group, d.Clerk = g, c.Viewer.Holds(web.RoleClerk)
	if d.Leads, err = p.leads(c); err != nil {
		return err
	}
	d.Leads = d.Leads || d.Clerk
	return c.Page(web.Meta{Title: c.Loc.Text(g.Name), Back: "/groups/mine"}, deskView(d))
}

type aboutData struct {
	Problem web.Problem
	Group   group.Group
	Theirs  *group.Group // what somebody else saved meanwhile
}

func (p *Pages) showAbout(c *web.Context) error {
	g, err := p.again(c)
	if err != nil {
		return err
	}
	return c.Page(meta(c, &g, "groups.about.title"), aboutView(aboutData{Group: g}))
}

func (p *Pages) saveAbout(c *web.Context) error {
	f := c.Form()
	var typed group.Group
	g, err := p.write(c, func(tx *db.Tx, g *group.Group) error {
		typed = *g
		typed.Version = version(c)
		typed.Kana, typed.Town, typed.Site, typed.Contact = f.Get("kana"), f.Get("town"), f.Get("site"), f.Get("contact")
		typed.Name = with(g.Name, nameLang(g), f.Get("name"))
		if k, ok := group.ParseKind(f.Get("kind")); ok && applying(g) && k != group.Office {
			typed.Kind = k
		}
		typed.Langs = nil
		for _, l := range f["langs"] {
			if lang, ok := i18n.ParseLang(l); ok {
				typed.Langs = append(typed.Langs, lang)
			}
		}
		typed.Listed = f.Get("listed") == "on"
		_, err := group.Save(tx, typed)
		return err
	})
	if err != nil {
		d := aboutData{Group: typed}
		if typed.Version != g.Version && typed.ID != 0 {
			// Sent once more, the form means: mine, knowing theirs.
			d.Theirs, d.Group.Version = &g, g.Version
		}
		return c.Retry(err, meta(c, &g, "groups.about.title"), func(problem web.Problem) templ.Component {
			d.Problem = problem
			return aboutView(d)
		})
	}
	c.Flash("groups.saved")
	return c.Redirect(after(&g, "about"))
}

func version(c *web.Context) int64 {
	v, err := strconv.ParseInt(c.Form().Get("version"), 10, 64)
	if err != nil {
		return 0 // no group has it: the form is stale
	}
	return v
}

// with returns a copy of the text with one language changed.
func with(t i18n.Text, l i18n.Lang, s string) i18n.Text {
	out := i18n.Text{}
	for lang, text := range t {
		out[lang] = text
	}
	out[l] = s
	return out
}

// nameLang is the language of the group's own name: Japanese where it has one.
func nameLang(g *group.Group) i18n.Lang {
	_, in := g.Name.Pick(i18n.Ja)
	return in
}

type profileData struct {
	Problem web.Problem
	Group   group.Group
	Lang    i18n.Lang // being written
	Beside  i18n.Lang // shown as the original
	Theirs  *group.Group
}

func (p *Pages) profileLang(c *web.Context, g *group.Group) i18n.Lang {
	if l, ok := i18n.ParseLang(c.Query("lang")); ok {
		return l
	}
	return nameLang(g)
}

func (p *Pages) showProfile(c *web.Context) error {
	g, err := p.again(c)
	if err != nil {
		return err
	}
	return c.Page(meta(c, &g, "groups.profile.title"), profileView(profileData{Group: g, Lang: p.profileLang(c, &g), Beside: nameLang(&g)}))
}

func (p *Pages) saveProfile(c *web.Context) error {
	f := c.Form()
	var typed group.Group
	lang, _ := i18n.ParseLang(f.Get("lang"))
	g, err := p.write(c, func(tx *db.Tx, g *group.Group) error {
		if lang == "" {
			lang = nameLang(g)
		}
		typed = *g
		typed.Version = version(c)
		typed.Name = with(g.Name, lang, f.Get("name"))
		typed.About = with(g.About, lang, f.Get("about"))
		typed.Meets = with(g.Meets, lang, f.Get("meets"))
		typed.Wants = with(g.Wants, lang, f.Get("wants"))
		_, err := group.Save(tx, typed)
		return err
	})
	if err != nil {
		d := profileData{Group: typed, Lang: lang, Beside: nameLang(&g)}
		if typed.Version != g.Version && typed.ID != 0 {
			d.Theirs, d.Group.Version = &g, g.Version
		}
		return c.Retry(err, meta(c, &g, "groups.profile.title"), func(problem web.Problem) templ.Component {
			d.Problem = problem
			return profileView(d)
		})
	}
	c.Flash("groups.saved")
	return c.Redirect(after(&g, "profile"))
}
