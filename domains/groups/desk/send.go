package desk

import (
	"errors"

	"github.com/a-h/templ"

	"kakehashi/domains/groups/group"
	"kakehashi/domains/groups/words"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/files"
	"kakehashi/platform/web"
)

type papersData struct {
	Problem web.Problem
	Group   group.Group
	Rules   string
	Files   []files.File
}

func (p *Pages) showPapers(c *web.Context) error { return p.papersPage(c, nil) }

func (p *Pages) papersPage(c *web.Context, failed error) error {
	var d papersData
	g, err := p.read(c, func(tx *db.Tx, g *group.Group) (err error) {
		d.Files, err = p.files.ByOwner(tx, g.ID)
		return err
	})
	if err != nil {
		return err
	}
	d.Group, d.Rules = g, g.Rules
	return c.Retry(failed, meta(c, &g, "groups.papers.title"), func(problem web.Problem) templ.Component {
		d.Problem = problem
		return papersView(d)
	})
}

// maxPapers is how many papers a group keeps.
const maxPapers = 12

// savePapers keeps the bylaws as text, and a file when one was chosen.
func (p *Pages) savePapers(c *web.Context) error {
	var staged *files.Staged
	f, err := c.File("file")
	switch {
	case err == nil && f.Size > 0:
		defer f.Close()
		if staged, err = p.files.Stage(c.Context(), f.Name, f); err != nil {
			return p.papersPage(c, err)
		}
	case err != nil && !fault.Is(err, fault.Invalid):
		return err
	}
	g, err := p.write(c, func(tx *db.Tx, g *group.Group) error {
		g.Version, g.Rules = version(c), c.Form().Get("rules")
		if _, err := group.Save(tx, *g); err != nil || staged == nil {
			return err
		}
		kept, err := p.files.ByOwner(tx, g.ID)
		if err != nil {
			return err
		}
		var check fault.Check
		check.Field(len(kept) < maxPapers, "file", "groups.error.many_papers", "max", maxPapers)
		if err := check.Err(); err != nil {
			return err
		}
		if _, err := p.files.Add(tx, g.ID, staged, nil); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "groups.paper_add", Subject: "group", ID: g.ID})
	})
	if err != nil {
		return p.papersPage(c, err)
	}
	c.Flash("groups.saved")
	return c.Redirect(after(&g, "papers"))
}

// paper returns a file of the group; NotFound when it is another's.
func (p *Pages) paper(c *web.Context, tx *db.Tx, g *group.Group) (files.File, error) {
	id, err := c.PathID("file")
	if err != nil {
		return files.File{}, err
	}
	f, err := p.files.Get(tx, id)
	if err == nil && f.Owner != g.ID {
		err = fault.New(fault.NotFound, "groups.error.paper")
	}
	return f, err
}

func (p *Pages) openPaper(c *web.Context) error {
	var f files.File
	if _, err := p.read(c, func(tx *db.Tx, g *group.Group) (err error) {
		f, err = p.paper(c, tx, g)
		return err
	}); err != nil {
		return err
	}
	return p.files.Serve(c.Writer(), c.Request(), f, files.Reader)
}

func (p *Pages) removePaper(c *web.Context) error {
	g, err := p.write(c, func(tx *db.Tx, g *group.Group) error {
		f, err := p.paper(c, tx, g)
		if err != nil {
			return err
		}
		if err := p.files.Delete(tx, f.ID); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "groups.paper_remove", Subject: "group", ID: g.ID})
	})
	if err != nil {
		return p.papersPage(c, err)
	}
	c.Flash("groups.saved")
	return c.Redirect(words.At(g.ID, "papers"))
}

type sendData struct {
	Problem  web.Problem
	Group    group.Group
	Officers []group.Member
	Shown    group.Shown
	Files    int
	Rules    group.Rules
	Latest   group.Registration
	Missing  []fault.Field
}

// renewal reports whether sending asks for a renewal.
func (d *sendData) renewal() bool { return d.Group.State == group.Registered }

func (p *Pages) showSend(c *web.Context) error { return p.sendPage(c, nil) }

func (p *Pages) sendPage(c *web.Context, failed error) error {
	var d sendData
	g, err := p.read(c, func(tx *db.Tx, g *group.Group) error {
		papers, err := p.files.ByOwner(tx, g.ID)
		if err != nil {
			return err
		}
		d.Files = len(papers)
		if d.Shown, err = group.Shows(tx, g, d.Files); err != nil {
			return err
		}
		if d.Rules, err = group.RulesFor(tx, g.Kind); err != nil {
			return err
		}
		list, err := group.Members(tx, g.ID)
		if err != nil {
			return err
		}
		d.Officers = nil
		for _, m := range list {
			if m.Role != group.Plain {
				d.Officers = append(d.Officers, m)
			}
		}
		d.Latest, _, err = group.Latest(tx, g.ID)
		return err
	})
	if err != nil {
		return err
	}
	d.Group = g
	var missing *fault.Error
	if errors.As(d.Rules.Check(d.Shown), &missing) {
		d.Missing = missing.Fields
	}
	key := "groups.send.title"
	if d.renewal() {
		key = "groups.renew.title"
	}
	return c.Retry(failed, meta(c, &g, key), func(problem web.Problem) templ.Component {
		d.Problem = problem
		return sendView(d)
	})
}

// send hands in the application or asks for the renewal, and shows the receipt
// on the desk.
func (p *Pages) send(c *web.Context) error {
	var r group.Registration
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	err = p.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) error {
		papers, err := p.files.ByOwner(tx, id)
		if err != nil {
			return err
		}
		r, err = p.service.Send(tx, id, self(c), len(papers))
		return err
	})
	if err != nil {
		return p.sendPage(c, err)
	}
	c.Flash("groups.send.done", "receipt", r.Receipt)
	return c.Redirect(words.At(id, "desk"))
}
