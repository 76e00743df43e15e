// Package desk is the pages on which the officers of a group keep it: the
// application, the profile, the members, the yearly handover, the renewal.
//
// Until a group is registered its applicant works here alone; the pages are
// then the steps of the application, in the order of steps. A clerk may open
// any desk, for groups that come to the counter.
package desk

import (
	"kakehashi/domains/groups/group"
	"kakehashi/domains/groups/words"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/files"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
)

// Pages are the officers' pages.
type Pages struct {
	db      *db.DB
	files   *files.Store
	audit   *audit.Log
	service *group.Service
	people  group.People
}

// New returns the pages; it does no I/O.
func New(d module.Deps, s *group.Service, people group.People) *Pages {
	return &Pages{db: d.DB, files: d.Files, audit: d.Audit, service: s, people: people}
}

// Limits of uploads, in bytes, with room for the form around them.
const (
	maxList  = 3 << 20
	maxPaper = files.MaxSize + 1<<20
)

// Routes are the pages.
func (p *Pages) Routes() []web.Route {
	in := web.SignedIn()
	clerk := web.Holding(web.RoleClerk)
	keeps := web.AnyOf(clerk, web.Concerned("group.keeps", p.keeps))
	leads := web.AnyOf(clerk, web.Concerned("group.leads", p.leads))
	return []web.Route{
		{Pattern: "GET /groups/mine", Access: in, Handle: p.showMine},
		{Pattern: "GET /groups/new", Access: in, Handle: p.showNew},
		{Pattern: "POST /groups/new", Access: in, Handle: p.begin, Rate: web.Rate{Times: 20, Per: hour}},
		{Pattern: "GET /groups/{id}/desk", Access: keeps, Handle: p.showDesk},
		{Pattern: "GET /groups/{id}/about", Access: keeps, Handle: p.showAbout},
		{Pattern: "POST /groups/{id}/about", Access: keeps, Handle: p.saveAbout},
		{Pattern: "GET /groups/{id}/profile", Access: keeps, Handle: p.showProfile},
		{Pattern: "POST /groups/{id}/profile", Access: keeps, Handle: p.saveProfile},
		{Pattern: "GET /groups/{id}/members", Access: keeps, Handle: p.showMembers},
		{Pattern: "POST /groups/{id}/members", Access: keeps, Handle: p.addMember},
		{Pattern: "GET /groups/{id}/members/{member}", Access: keeps, Handle: p.showMember},
		{Pattern: "POST /groups/{id}/members/{member}", Access: keeps, Handle: p.saveMember},
		{Pattern: "POST /groups/{id}/members/{member}/leave", Access: keeps, Handle: p.leave},
		{Pattern: "GET /groups/{id}/export", Access: keeps, Handle: p.export},
		{Pattern: "GET /groups/{id}/import", Access: keeps, Handle: p.showImport},
		{Pattern: "POST /groups/{id}/import", Access: keeps, Handle: p.upload, MaxBody: maxList},
		{Pattern: "GET /groups/{id}/import/{list}", Access: keeps, Handle: p.showPreview},
		{Pattern: "POST /groups/{id}/import/{list}", Access: keeps, Handle: p.takeList},
		{Pattern: "GET /groups/{id}/handover", Access: leads, Handle: p.showHandover},
		{Pattern: "POST /groups/{id}/handover", Access: leads, Handle: p.handOver, MaxBody: 1 << 20, Rate: web.Rate{Times: 30, Per: hour}},
		{Pattern: "GET /groups/{id}/papers", Access: keeps, Handle: p.showPapers},
		{Pattern: "POST /groups/{id}/papers", Access: keeps, Handle: p.savePapers, MaxBody: maxPaper},
		{Pattern: "GET /groups/{id}/papers/{file}", Access: keeps, Handle: p.openPaper},
		{Pattern: "POST /groups/{id}/papers/{file}/remove", Access: keeps, Handle: p.removePaper},
		{Pattern: "GET /groups/{id}/send", Access: keeps, Handle: p.showSend},
		{Pattern: "POST /groups/{id}/send", Access: leads, Handle: p.send},
		{Pattern: "GET /groups/{id}/history", Access: keeps, Handle: p.showHistory},
	}
}

// self is whose groups the pages are about: the reader, or whom they act for.
func self(c *web.Context) db.ID {
	if c.Viewer.OnBehalfOf != 0 {
		return c.Viewer.OnBehalfOf
	}
	return c.Viewer.Person
}

// keeps reports whether the reader holds an office of the group, led it last
// while nobody leads it now, or applied for it and it is not registered yet.
func (p *Pages) keeps(c *web.Context) (bool, error) {
	return p.concerned(c, web.RoleRepresentative, web.RoleOfficer)
}

// leads reports the same of the representative alone.
func (p *Pages) leads(c *web.Context) (bool, error) {
	return p.concerned(c, web.RoleRepresentative)
}

func (p *Pages) concerned(c *web.Context, roles ...web.Role) (yes bool, err error) {
	id, err := c.PathID("id")
	if err != nil {
		return false, err
	}
	scope := web.Scope{Kind: "group", ID: id}
	if c.Viewer.OnBehalfOf == 0 {
		for _, r := range roles {
			if c.Viewer.HoldsFor(r, scope) {
				return true, nil
			}
		}
	}
	err = p.db.Read(c.Context(), func(tx *db.Tx) error {
		if c.Viewer.OnBehalfOf != 0 {
			posts, err := p.people.PostsNow(tx, c.Viewer.OnBehalfOf)
			if err != nil {
				return err
			}
			for _, post := range posts {
				for _, r := range roles {
					yes = yes || post == web.Post{Role: r, Scope: scope}
				}
			}
		}
		if yes {
			return nil
		}
		last, err := group.Caretaker(tx, id)
		if err != nil || last != 0 && last == self(c) {
			yes = err == nil
			return err
		}
		r, ok, err := group.Latest(tx, id)
		if err != nil || !ok {
			return err
		}
		yes = r.Kind == group.New && r.State != group.Approved && r.Applicant == self(c)
		return nil
	})
	return yes, err
}

func (p *Pages) read(c *web.Context, fn func(tx *db.Tx, g *group.Group) error) (g group.Group, err error) {
	id, err := c.PathID("id")
	if err != nil {
		return g, err
	}
	return g, p.db.Read(c.Context(), func(tx *db.Tx) (err error) {
		if g, err = group.Get(tx, id); err != nil {
			return err
		}
		return fn(tx, &g)
	})
}

// write runs fn with the group, in one transaction. A group that waits for the
// office's answer, or was refused or closed, is not changed.
func (p *Pages) write(c *web.Context, fn func(tx *db.Tx, g *group.Group) error) (g group.Group, err error) {
	id, err := c.PathID("id")
	if err != nil {
		return g, err
	}
	return g, p.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) (err error) {
		if g, err = group.Get(tx, id); err != nil {
			return err
		}
		switch g.State {
		case group.Sent:
			return fault.New(fault.Conflict, "groups.error.sent")
		case group.Refused, group.Closed:
			return fault.New(fault.Conflict, "groups.error.state")
		}
		return fn(tx, &g)
	})
}

func (p *Pages) again(c *web.Context) (group.Group, error) {
	return p.read(c, func(*db.Tx, *group.Group) error { return nil })
}

// steps are the pages of an application, in order.
var steps = []string{"about", "profile", "members", "handover", "papers", "send"}

// applying reports whether the group is still on its way to being registered.
func applying(g *group.Group) bool { return g.State == group.Draft || g.State == group.Changes }

// after is where a saved page leads: on to the next step of an application,
// else back to the desk.
func after(g *group.Group, step string) string {
	if applying(g) {
		for i, s := range steps[:len(steps)-1] {
			if s == step {
				return words.At(g.ID, steps[i+1])
			}
		}
	}
	return words.At(g.ID, "desk")
}

func meta(c *web.Context, g *group.Group, key string) web.Meta {
	return web.Meta{Title: c.Loc.T(key), Back: words.At(g.ID, "desk")}
}
