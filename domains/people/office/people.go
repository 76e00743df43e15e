package office

import (
	"errors"
	"strings"

	"github.com/a-h/templ"

	"kakehashi/domains/people/mydata"
	"kakehashi/domains/people/person"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

func (o *Office) showSearch(c *web.Context) error {
	d := searchData{Query: c.Query("q"), From: c.Query("from"), Clerk: c.Viewer.Holds(web.RoleClerk)}
	err := o.read(c, func(tx *db.Tx) (err error) {
		d.Found, err = o.store.Search(tx, d.Query, d.From)
		return err
	})
	if err != nil {
		return err
	}
	return c.Page(desk(c, "people.search.title", ""), searchView(d))
}

func (o *Office) showPerson(c *web.Context) error {
	d := personData{Clerk: c.Viewer.Holds(web.RoleClerk)}
	err := o.write(c, func(tx *db.Tx) (err error) {
		if d.Person, err = o.open(c, tx); err != nil {
			return err
		}
		if d.Clerk {
			if d.Person, err = o.store.Read(tx, d.Person.ID, "office"); err != nil {
				return err
			}
			d.Minor = d.Person.Minor(person.Today(tx))
		}
		if d.Posts, err = o.postLines(tx, c.Loc, c.Viewer.Posts, d.Person.ID); err != nil {
			return err
		}
		if d.Minor {
			d.Guardians, err = o.guardians(tx, d.Person.ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.Page(web.Meta{Title: d.Person.Name, Back: "/office/people", Wide: true}, personView(d))
}

func (o *Office) guardians(tx *db.Tx, child db.ID) (names []string, err error) {
	gs, err := o.store.Guardians(tx, child)
	if err != nil {
		return nil, err
	}
	for _, g := range gs {
		p, err := o.store.Get(tx, g.Guardian)
		if err != nil {
			return nil, err
		}
		names = append(names, p.Shown())
	}
	return names, nil
}

func (o *Office) showNew(c *web.Context) error {
	return c.Page(desk(c, "people.new.title", "/office/people"), newView(newData{Act: c.Query("act") != "", Person: person.Person{Name: c.Query("name")}}))
}

// create keeps a person without an account. When somebody with the name or the
// phone number is known already, it shows them first; sent once more, the form
// means somebody else.
func (o *Office) create(c *web.Context) error {
	f := c.Form()
	d := newData{Act: f.Get("act") == "on"}
	err := mydata.FormPerson(c, &d.Person)
	lang, ok := i18n.ParseLang(f.Get("lang"))
	if !ok {
		lang = i18n.Ja
	}
	d.Person.Langs = []i18n.Lang{lang}
	d.Person.Mail = f.Get("mail")
	d.Person.Aids.Paper = f.Get("paper") == "on"
	d.Person.Aids.Furigana = f.Get("furigana") == "on"
	var made person.Person
	if err == nil {
		err = o.write(c, func(tx *db.Tx) (err error) {
			d.Known = nil
			if f.Get("anyway") == "" {
				if d.Known, err = o.known(tx, d.Person); err != nil || len(d.Known) > 0 {
					return err
				}
			}
			if made, err = o.store.Create(tx, d.Person); err != nil || !d.Act {
				return err
			}
			_, err = o.store.BeginActing(tx, made.ID)
			return err
		})
	}
	if err == nil && len(d.Known) > 0 {
		err = fault.New(fault.Conflict, "people.new.known")
	}
	if err != nil {
		return c.Retry(err, desk(c, "people.new.title", "/office/people"), func(p web.Problem) templ.Component {
			d.Problem = p
			return newView(d)
		})
	}
	if d.Act {
		if err := c.ActFor(made.ID, made.Shown()); err != nil {
			return err
		}
		return c.Redirect("/")
	}
	c.Flash("people.new.done")
	return c.Redirect(at(made.ID, ""))
}

// known returns persons who may be the one being entered: the same name, or
// the same phone number.
func (o *Office) known(tx *db.Tx, p person.Person) (out []person.Person, err error) {
	seen := map[db.ID]bool{}
	for _, q := range []string{p.Name, p.Phone} {
		if strings.TrimSpace(q) == "" {
			continue
		}
		found, err := o.store.Search(tx, q, "")
		if err != nil {
			return nil, err
		}
		for _, k := range found.Persons {
			same := q != p.Name || jp.Fold(strings.Join(strings.Fields(k.Name), "")) == jp.Fold(strings.Join(strings.Fields(p.Name), ""))
			if same && !seen[k.ID] {
				seen[k.ID] = true
				out = append(out, k)
			}
		}
	}
	return out, nil
}

func (o *Office) showEdit(c *web.Context) error {
	var p person.Person
	err := o.write(c, func(tx *db.Tx) (err error) {
		if p, err = o.open(c, tx); err != nil {
			return err
		}
		p, err = o.store.Read(tx, p.ID, "edit")
		return err
	})
	if err != nil {
		return err
	}
	return c.Page(desk(c, "people.edit.title", at(p.ID, "")), editView(editData{Person: p}))
}

func (o *Office) edit(c *web.Context) error {
	var p person.Person
	err := o.write(c, func(tx *db.Tx) (err error) {
		if p, err = o.open(c, tx); err != nil {
			return err
		}
		if p, err = o.store.Reveal(tx, p.ID); err != nil {
			return err
		}
		if err := mydata.FormPerson(c, &p); err != nil {
			return err
		}
		if l, ok := i18n.ParseLang(c.Form().Get("lang")); ok && l != p.Lang() {
			p.Langs = append([]i18n.Lang{l}, p.Langs...)
		}
		if !p.Account {
			p.Mail = c.Form().Get("mail")
		}
		p.Aids.Paper = c.Form().Get("paper") == "on"
		_, err = o.store.Update(tx, p)
		return err
	})
	if err != nil {
		d := editData{Person: p}
		var stale *person.Stale
		if errors.As(err, &stale) {
			// Sent once more, the form means: mine, knowing theirs.
			d.Theirs, d.Person.Version = &stale.Theirs, stale.Theirs.Version
		}
		return c.Retry(err, desk(c, "people.edit.title", at(p.ID, "")), func(problem web.Problem) templ.Component {
			d.Problem = problem
			return editView(d)
		})
	}
	c.Flash("people.saved")
	return c.Redirect(at(p.ID, ""))
}

func (o *Office) showGuardian(c *web.Context) error { return o.askGuardian(c, nil) }

func (o *Office) askGuardian(c *web.Context, failed error) error {
	var p person.Person
	err := o.read(c, func(tx *db.Tx) (err error) {
		p, err = o.open(c, tx)
		return err
	})
	if err != nil {
		return err
	}
	return c.Retry(failed, desk(c, "people.guardian.title", at(p.ID, "")), func(problem web.Problem) templ.Component {
		return guardianView(p, problem)
	})
}

// link makes the one person found by a mail address or phone number the
// child's guardian; the clerk has seen the papers.
func (o *Office) link(c *web.Context) error {
	var id db.ID
	err := o.write(c, func(tx *db.Tx) error {
		p, err := o.open(c, tx)
		if err != nil {
			return err
		}
		id = p.ID
		found, err := o.store.Search(tx, c.Form().Get("guardian"), "")
		if err != nil {
			return err
		}
		var check fault.Check
		check.Field(len(found.Persons) > 0, "guardian", "people.guardian.none")
		check.Field(len(found.Persons) < 2, "guardian", "people.guardian.several")
		check.Field(c.Form().Get("seen") == "on", "seen", "people.guardian.seen.missing")
		if err := check.Err(); err != nil {
			return err
		}
		return o.store.Link(tx, p.ID, found.Persons[0].ID, c.Form().Get("relation"), tx.Actor.Person)
	})
	if err != nil {
		return o.askGuardian(c, err)
	}
	c.Flash("people.saved")
	return c.Redirect(at(id, ""))
}
