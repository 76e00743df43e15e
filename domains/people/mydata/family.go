package mydata

import (
	"context"
	"encoding/json"

	"github.com/a-h/templ"

	"kakehashi/domains/people/person"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// KindGuardian is the message in which a child asks for a guardian's consent.
const KindGuardian = "people.guardian"

type guardianMail struct {
	Child string `json:"child"`
	Link  string `json:"link"`
	Days  int    `json:"days"`
}

// Mails are the messages of the family pages.
func (m *MyData) Mails() []deliver.Kind {
	return []deliver.Kind{{Name: KindGuardian, Render: func(_ context.Context, loc *i18n.Localizer, data json.RawMessage) (deliver.Content, error) {
		var g guardianMail
		if err := json.Unmarshal(data, &g); err != nil {
			return deliver.Content{}, err
		}
		return deliver.Content{
			Subject: loc.T("people.mail.guardian.subject", "name", g.Child),
			Text:    loc.T("people.mail.guardian.text", "name", g.Child, "link", g.Link, "days", g.Days),
		}, nil
	}}}
}

// tie is one guardianship as a page shows it, with the one on the other side.
type tie struct {
	ID    db.ID
	Other db.ID
	Name  string
	Until jp.Date // the last day
}

type familyData struct {
	Children  []tie
	Guardians []tie
	Minor     bool
}

func (m *MyData) showFamily(c *web.Context) error {
	who, err := own(c)
	if err != nil {
		return err
	}
	var d familyData
	err = m.read(c, func(tx *db.Tx) error {
		gs, children, err := m.store.Children(tx, who)
		if err != nil {
			return err
		}
		for i, g := range gs {
			d.Children = append(d.Children, tie{ID: g.ID, Other: g.Child, Name: children[i].Shown(), Until: children[i].AdultOn().AddDays(-1)})
		}
		me, err := m.store.Reveal(tx, who)
		if err != nil {
			return err
		}
		d.Minor = me.Minor(person.Today(tx))
		over, err := m.store.Guardians(tx, who)
		if err != nil {
			return err
		}
		for _, g := range over {
			adult, err := m.store.Get(tx, g.Guardian)
			if err != nil {
				return err
			}
			d.Guardians = append(d.Guardians, tie{ID: g.ID, Other: g.Guardian, Name: adult.Shown(), Until: me.AdultOn().AddDays(-1)})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.Page(title(c, "people.family.title"), familyView(d))
}

func family(c *web.Context, key string) web.Meta {
	return web.Meta{Title: c.Loc.T(key), Back: "/me/family"}
}

func (m *MyData) showAddChild(c *web.Context) error {
	if _, err := own(c); err != nil {
		return err
	}
	return c.Page(family(c, "people.child.title"), childView(web.Problem{}))
}

func (m *MyData) addChild(c *web.Context) error {
	who, err := own(c)
	if err != nil {
		return err
	}
	var child person.Person
	if err = FormPerson(c, &child); err == nil {
		var check fault.Check
		check.Field(c.Form().Get("consent") == "on", "consent", "people.child.consent.missing")
		err = check.Err()
	}
	if err == nil {
		err = m.write(c, func(tx *db.Tx) error {
			me, err := m.store.Reveal(tx, who)
			if err != nil {
				return err
			}
			child.Langs = me.Langs
			if child.Town == "" {
				child.Town = me.Town
			}
			_, err = m.store.AddChild(tx, who, child, c.Form().Get("relation"))
			return err
		})
	}
	if err != nil {
		return c.Retry(err, family(c, "people.child.title"), func(p web.Problem) templ.Component { return childView(p) })
	}
	c.Flash("people.child.added")
	return c.Redirect("/me/family")
}

func (m *MyData) showAsk(c *web.Context) error {
	if _, err := own(c); err != nil {
		return err
	}
	return c.Page(family(c, "people.ask.title"), askView(web.Problem{}))
}

// askGuardian sends a link to the address the child names. The answer does not
// tell whether anybody is known by it.
func (m *MyData) askGuardian(c *web.Context) error {
	p, err := m.me(c)
	if err != nil {
		return err
	}
	mail, err := person.ParseMail(c.Form().Get("mail"))
	var check fault.Check
	check.Field(err == nil, "mail", "people.mail.invalid")
	check.Field(err != nil || mail != p.Mail, "mail", "people.guardian.self")
	if err = check.Err(); err == nil {
		err = m.signin.LimitMail(c, mail)
	}
	if err == nil {
		err = m.write(c, func(tx *db.Tx) error {
			secret, err := m.store.AskGuardian(tx, p.ID)
			if err != nil {
				return err
			}
			return m.deliver.Send(tx, deliver.Message{
				Kind: KindGuardian, Address: mail, Lang: p.Lang(),
				Data: guardianMail{Child: p.Shown(), Link: m.baseURL + "/me/family/consent/" + secret, Days: int(person.AskGuardianFor.Hours() / 24)},
			})
		})
	}
	if err != nil {
		return c.Retry(err, family(c, "people.ask.title"), func(p web.Problem) templ.Component { return askView(p) })
	}
	c.Flash("people.ask.sent")
	return c.Redirect("/me/family")
}

func (m *MyData) showConsent(c *web.Context) error {
	return m.consent(c, nil)
}

// consent shows the request behind the link, or what went wrong with answering.
func (m *MyData) consent(c *web.Context, failed error) error {
	if _, err := own(c); err != nil {
		return err
	}
	var child person.Person
	err := m.read(c, func(tx *db.Tx) (err error) {
		child, _, err = m.store.Asked(tx, c.Path("secret"))
		return err
	})
	if err != nil {
		return err
	}
	return c.Retry(failed, family(c, "people.consent.title"), func(p web.Problem) templ.Component {
		return consentView(child.Shown(), p)
	})
}

func (m *MyData) saveConsent(c *web.Context) error {
	who, err := own(c)
	if err != nil {
		return err
	}
	var check fault.Check
	check.Field(c.Form().Get("consent") == "on", "consent", "people.child.consent.missing")
	if err = check.Err(); err == nil {
		err = m.write(c, func(tx *db.Tx) error {
			return m.store.Consent(tx, c.Path("secret"), who, c.Form().Get("relation"))
		})
	}
	if err != nil {
		return m.consent(c, err)
	}
	c.Flash("people.consent.done")
	return c.Redirect("/me/family")
}

// actForChild lets a guardian go on as their child.
func (m *MyData) actForChild(c *web.Context) error {
	if _, err := own(c); err != nil {
		return err
	}
	id, err := formID(c, "id")
	if err != nil {
		return err
	}
	var child person.Person
	err = m.write(c, func(tx *db.Tx) error {
		basis, err := m.store.MayAct(tx, c.Viewer.Person, nil, id)
		if err != nil {
			return err
		}
		if basis != person.BasisGuardian {
			return fault.New(fault.Denied, "people.act.denied")
		}
		child, err = m.store.BeginActing(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	if err := c.ActFor(child.ID, child.Shown()); err != nil {
		return err
	}
	return c.Redirect("/")
}

func (m *MyData) endGuardianship(c *web.Context) error {
	return m.remove(c, "/me/family", "people.removed", func(tx *db.Tx, who, id db.ID) error {
		g, err := m.store.Guardianship(tx, id)
		if err != nil {
			return err
		}
		if g.Guardian != who && g.Child != who {
			return fault.New(fault.NotFound, "web.error.not_found")
		}
		return m.store.Release(tx, id)
	})
}

// wish is one wish as a page shows it.
type wish struct {
	ID      db.ID
	Officer string
	Group   string
	Until   jp.Date
}

// officer is one who may be asked: "person:kind:id" in forms.
type officer struct{ Value, Label string }

type wishesData struct {
	Problem  web.Problem
	Wishes   []wish
	Officers []officer
	Until    jp.Date // proposed
}

func (m *MyData) wishes(c *web.Context) (d wishesData, err error) {
	who, err := own(c)
	if err != nil {
		return d, err
	}
	err = m.read(c, func(tx *db.Tx) error {
		today := person.Today(tx)
		d.Until = today.AddMonths(6)
		all, err := m.store.ProxiesOf(tx, who)
		if err != nil {
			return err
		}
		for _, p := range all {
			if !p.On(today) {
				continue
			}
			o, err := m.store.Get(tx, p.Officer)
			if err != nil {
				return err
			}
			group, err := m.names().ScopeName(tx, p.Scope)
			if err != nil {
				return err
			}
			d.Wishes = append(d.Wishes, wish{ID: p.ID, Officer: o.Shown(), Group: c.Loc.Text(group), Until: p.Until})
		}
		d.Officers, err = m.officers(tx, c.Loc, who)
		return err
	})
	return d, err
}

// officers lists who may be asked: those who hold a post in the reader's own
// groups.
func (m *MyData) officers(tx *db.Tx, loc *i18n.Localizer, who db.ID) (out []officer, err error) {
	groups, err := m.names().GroupsOf(tx, who)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		for _, role := range []web.Role{web.RoleRepresentative, web.RoleOfficer} {
			held, err := m.store.Holders(tx, role, g)
			if err != nil {
				return nil, err
			}
			for _, p := range held {
				if p.Person == who {
					continue
				}
				o, err := m.store.Get(tx, p.Person)
				if err != nil {
					return nil, err
				}
				label, err := person.PostLabel(tx, m.names(), loc, role, g)
				if err != nil {
					return nil, err
				}
				out = append(out, officer{Value: p.ID.String(), Label: o.Shown() + " – " + label})
			}
		}
	}
	return out, nil
}

func (m *MyData) showWishes(c *web.Context) error {
	d, err := m.wishes(c)
	if err != nil {
		return err
	}
	return c.Page(setting(c, "people.wishes.title"), wishesView(d))
}

func (m *MyData) saveWish(c *web.Context) error {
	who, err := own(c)
	if err != nil {
		return err
	}
	until, bad := jp.ParseAnyDate(c.Form().Get("until"))
	post, none := formID(c, "officer")
	var check fault.Check
	check.Field(none == nil, "officer", "people.proxy.officer")
	check.Field(bad == nil, "until", "people.proxy.until")
	if err = check.Err(); err == nil {
		err = m.write(c, func(tx *db.Tx) error {
			p, err := m.store.Post(tx, post)
			if err != nil {
				return err
			}
			_, err = m.store.Entrust(tx, person.Proxy{Member: who, Officer: p.Person, Scope: p.Scope, Until: until, Given: "self"})
			return err
		})
	}
	if err != nil {
		d, again := m.wishes(c)
		if again != nil {
			return again
		}
		return c.Retry(err, setting(c, "people.wishes.title"), func(p web.Problem) templ.Component {
			d.Problem = p
			return wishesView(d)
		})
	}
	return saved(c)
}

func (m *MyData) withdrawWish(c *web.Context) error {
	return m.remove(c, "/me/settings/wishes", "people.removed", m.store.Withdraw)
}
