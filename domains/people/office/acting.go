package office

import (
	"github.com/a-h/templ"

	"kakehashi/domains/people/person"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// member is one who asked an officer.
type member struct {
	Person person.Person
	Group  string
	Until  jp.Date
}

// showActFor lets a clerk search and an officer choose among those who asked.
func (o *Office) showActFor(c *web.Context) error {
	d := actData{Clerk: c.Viewer.Holds(web.RoleClerk), Query: c.Query("q"), From: c.Query("from")}
	err := o.read(c, func(tx *db.Tx) error {
		wishes, err := o.store.ProxiesFor(tx, c.Viewer.Person)
		if err != nil {
			return err
		}
		for _, w := range wishes {
			p, err := o.store.Get(tx, w.Member)
			if err != nil {
				return err
			}
			group, err := o.names().ScopeName(tx, w.Scope)
			if err != nil {
				return err
			}
			d.Members = append(d.Members, member{Person: p, Group: c.Loc.Text(group), Until: w.Until})
		}
		if d.Clerk {
			d.Found, err = o.store.Search(tx, d.Query, d.From)
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.Page(desk(c, "people.act.title", ""), actView(d))
}

// actFor begins to act. Whoever acts already ends that first, so that nothing
// is done for the wrong person.
func (o *Office) actFor(c *web.Context) error {
	id, err := formID(c, "id")
	if err != nil {
		return err
	}
	if c.Viewer.OnBehalfOf != 0 {
		if err := o.stopActing(c); err != nil {
			return err
		}
	}
	var p person.Person
	err = o.write(c, func(tx *db.Tx) (err error) {
		p, err = o.store.BeginActing(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	if err := c.ActFor(p.ID, p.Shown()); err != nil {
		return err
	}
	return c.Redirect("/")
}

func (o *Office) stopActing(c *web.Context) error {
	who := c.Viewer.OnBehalfOf
	if err := o.write(c, func(tx *db.Tx) error { return o.store.EndActing(tx, who) }); err != nil {
		return err
	}
	return c.ActFor(0, "")
}

func (o *Office) stop(c *web.Context) error {
	if c.Viewer.OnBehalfOf != 0 {
		if err := o.stopActing(c); err != nil {
			return err
		}
		c.Flash("people.act.stopped")
	}
	for _, r := range []web.Role{web.RoleClerk, web.RoleOfficer, web.RoleRepresentative} {
		if c.Viewer.Holds(r) {
			return c.Redirect("/office/act-for")
		}
	}
	return c.Redirect("/me/family")
}

func (o *Office) showWish(c *web.Context) error { return o.askWish(c, nil) }

// askWish shows the form with which a clerk records what a member asked for on
// paper.
func (o *Office) askWish(c *web.Context, failed error) error {
	var d wishData
	err := o.read(c, func(tx *db.Tx) (err error) {
		if d.Person, err = o.open(c, tx); err != nil {
			return err
		}
		d.Until = person.Today(tx).AddMonths(6)
		groups, err := o.names().GroupsOf(tx, d.Person.ID)
		if err != nil {
			return err
		}
		for _, g := range groups {
			for _, role := range []web.Role{web.RoleRepresentative, web.RoleOfficer} {
				held, err := o.store.Holders(tx, role, g)
				if err != nil {
					return err
				}
				for _, h := range held {
					p, err := o.store.Get(tx, h.Person)
					if err != nil {
						return err
					}
					label, err := person.PostLabel(tx, o.names(), c.Loc, role, g)
					if err != nil {
						return err
					}
					if p.ID != d.Person.ID {
						d.Officers = append(d.Officers, ui.Option{Value: h.ID.String(), Label: p.Shown() + " – " + label})
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.Retry(failed, desk(c, "people.wish.title", at(d.Person.ID, "")), func(p web.Problem) templ.Component {
		d.Problem = p
		return wishView(d)
	})
}

func (o *Office) wish(c *web.Context) error {
	until, bad := jp.ParseAnyDate(c.Form().Get("until"))
	post, none := formID(c, "officer")
	var check fault.Check
	check.Field(none == nil, "officer", "people.proxy.officer")
	check.Field(bad == nil, "until", "people.proxy.until")
	err := check.Err()
	var id db.ID
	if err == nil {
		err = o.write(c, func(tx *db.Tx) error {
			p, err := o.open(c, tx)
			if err != nil {
				return err
			}
			id = p.ID
			h, err := o.store.Post(tx, post)
			if err != nil {
				return err
			}
			_, err = o.store.Entrust(tx, person.Proxy{Member: p.ID, Officer: h.Person, Scope: h.Scope, Until: until, Given: "paper"})
			return err
		})
	}
	if err != nil {
		return o.askWish(c, err)
	}
	c.Flash("people.saved")
	return c.Redirect(at(id, ""))
}
