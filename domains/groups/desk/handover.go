package desk

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"kakehashi/domains/groups/group"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/web"
)

// Sizes of the form of a handover.
const (
	newcomers   = 4  // rows for who comes in
	listMembers = 60 // a longer list shows its officers alone; others are named in the rows for who comes in
)

type handoverData struct {
	Problem      web.Problem
	Group        group.Group
	Members      []group.Member
	Short        bool // the list is too long to show
	Since, Until jp.Date
	Typed        url.Values
}

// officers are the members who hold an office today.
func (d handoverData) officers() (out []group.Member) {
	for _, m := range d.Members {
		if m.Role != group.Plain {
			out = append(out, m)
		}
	}
	return out
}

// plain are the other members that the form shows.
func (d handoverData) plain() []group.Member { return d.Members[len(d.officers()):] }

func (p *Pages) showHandover(c *web.Context) error { return p.handoverPage(c, nil, nil) }

func (p *Pages) handoverPage(c *web.Context, failed error, typed url.Values) error {
	d := handoverData{Typed: typed}
	g, err := p.read(c, func(tx *db.Tx, g *group.Group) (err error) {
		if d.Members, err = group.Members(tx, g.ID); err != nil {
			return err
		}
		today := group.Today(tx)
		d.Since = today
		d.Until = jp.NewDate(jp.FiscalYear(today)+1, 3, 31)
		return nil
	})
	if err != nil {
		return err
	}
	d.Group = g
	if len(d.Members) > listMembers {
		d.Short = true
		d.Members = d.officers()
	}
	return c.Retry(failed, meta(c, &g, "groups.handover.title"), func(problem web.Problem) templ.Component {
		d.Problem = problem
		return handoverView(d)
	})
}

// formHandover reads the one form: who does what from when to when.
func formHandover(c *web.Context, g *group.Group) group.Handover {
	f := c.Form()
	h := group.Handover{Group: g.ID, Version: version(c), Roles: map[db.ID]group.Role{}}
	h.Since = formDate(f.Get("since"))
	h.Until = formDate(f.Get("until"))
	for name := range f {
		rest, ok := strings.CutPrefix(name, "role_")
		if !ok {
			continue
		}
		if id, err := db.ParseID(rest); err == nil {
			h.Roles[id] = parseRole(f.Get(name))
		}
	}
	for i := range newcomers {
		h.New = append(h.New, group.Newcomer{
			Name: f.Get(group.NewField("name", i)), Kana: f.Get(group.NewField("kana", i)),
			Contact: strings.TrimSpace(f.Get(group.NewField("contact", i))), Role: parseRole(f.Get(group.NewField("newrole", i))),
		})
	}
	return h
}

func formDate(s string) jp.Date {
	d, err := jp.ParseAnyDate(s)
	if err != nil {
		return jp.Date{} // the plan says that there is no date
	}
	return d
}

func parseRole(s string) group.Role {
	switch r := group.Role(s); r {
	case group.Representative, group.Treasurer, group.Officer, group.Leaves:
		return r
	}
	return group.Plain
}

type planData struct {
	Group group.Group
	Plan  []group.Change
	Since jp.Date
	Until jp.Date
	Typed url.Values
}

// handOver shows what would change, and does it when the reader says so.
func (p *Pages) handOver(c *web.Context) error {
	f := c.Form()
	if f.Get("edit") != "" {
		return p.handoverPage(c, nil, f)
	}
	if f.Get("confirm") == "" {
		var d planData
		g, err := p.read(c, func(tx *db.Tx, g *group.Group) (err error) {
			h := formHandover(c, g)
			if h.Version != g.Version {
				return group.Stale()
			}
			d.Since, d.Until, d.Typed = h.Since, h.Until, f
			d.Plan, err = p.service.Plan(tx, h)
			return err
		})
		if err != nil {
			return p.handoverPage(c, err, f)
		}
		d.Group = g
		return c.Page(meta(c, &g, "groups.handover.check"), planView(d))
	}
	g, err := p.write(c, func(tx *db.Tx, g *group.Group) error {
		_, err := p.service.HandOver(tx, formHandover(c, g))
		return err
	})
	if err != nil {
		return p.handoverPage(c, err, f)
	}
	c.Flash("groups.handover.done")
	return c.Redirect(after(&g, "handover"))
}

type historyData struct {
	Group         group.Group
	Terms         []group.Term
	Former        []group.Member
	Registrations []group.Registration
	Lines         []historyLine
}

type historyLine struct {
	Line audit.Line
	Name string // who did it
}

// historyLines is how many changes the history shows.
const historyLines = 100

func (p *Pages) showHistory(c *web.Context) error {
	var d historyData
	g, err := p.read(c, func(tx *db.Tx, g *group.Group) (err error) {
		d, err = p.history(tx, g)
		return err
	})
	if err != nil {
		return err
	}
	d.Group = g
	m := meta(c, &g, "groups.history.title")
	m.Wide = true
	return c.Page(m, historyView(d))
}

func (p *Pages) history(tx *db.Tx, g *group.Group) (d historyData, err error) {
	if d.Terms, err = group.Terms(tx, g.ID); err != nil {
		return d, err
	}
	if d.Former, err = group.Former(tx, g.ID); err != nil {
		return d, err
	}
	if d.Registrations, err = group.Registrations(tx, g.ID); err != nil {
		return d, err
	}
	lines, err := p.audit.BySubject(tx, "group", g.ID, audit.Page{Limit: historyLines})
	if err != nil {
		return d, err
	}
	for _, l := range lines {
		h := historyLine{Line: l}
		if l.Actor != 0 {
			h.Name, err = p.people.PersonName(tx, l.Actor)
			if err != nil && !fault.Is(err, fault.NotFound) {
				return d, err
			}
		}
		d.Lines = append(d.Lines, h)
	}
	return d, nil
}

func versionOf(g group.Group) string { return strconv.FormatInt(g.Version, 10) }
