// Package office is the clerk's pages about groups: the list with its filters
// and its way into Excel, one group whole with its history, the decision on
// what waits, groups entered at the counter, and the rules of registration.
package office

import (
	"io"
	"iter"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"kakehashi/domains/groups/group"
	"kakehashi/domains/groups/words"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/files"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/table"
	"kakehashi/platform/web"
)

// Pages are the clerk's pages.
type Pages struct {
	db      *db.DB
	files   *files.Store
	service *group.Service
	people  group.People
}

// New returns the pages; it does no I/O.
func New(d module.Deps, s *group.Service, people group.People) *Pages {
	return &Pages{db: d.DB, files: d.Files, service: s, people: people}
}

// Routes are the pages.
func (p *Pages) Routes() []web.Route {
	clerk := web.Holding(web.RoleClerk)
	both := web.Holding(web.RoleClerk, web.RoleOperator)
	return []web.Route{
		{Pattern: "GET /office/groups", Access: both, Handle: p.list},
		{Pattern: "GET /office/groups/export", Access: clerk, Handle: p.export},
		{Pattern: "GET /office/groups/new", Access: both, Handle: p.showNew},
		{Pattern: "POST /office/groups/new", Access: both, Handle: p.add},
		{Pattern: "GET /office/groups/rules", Access: both, Handle: p.showRules},
		{Pattern: "POST /office/groups/rules", Access: both, Handle: p.saveRules},
		{Pattern: "GET /office/groups/{id}", Access: both, Handle: p.one},
		{Pattern: "POST /office/groups/{id}/decide", Access: clerk, Handle: p.decide},
		{Pattern: "POST /office/groups/{id}/close", Access: clerk, Handle: p.close},
	}
}

type listData struct {
	Filter    group.Filter
	Query     url.Values
	Found     group.Listing
	Districts []group.District
	Today     jp.Date
}

var filters = []string{"q", "kind", "state", "town", "district"}

func filter(c *web.Context) (f group.Filter, q url.Values) {
	q = url.Values{}
	for _, name := range filters {
		if v := c.Query(name); v != "" {
			q.Set(name, v)
		}
	}
	f = group.Filter{
		Text: c.Query("q"), Kind: group.Kind(c.Query("kind")), State: group.State(c.Query("state")),
		Town: c.Query("town"), After: c.Query("after"),
	}
	if id, err := db.ParseID(c.Query("district")); err == nil {
		f.District = id
	}
	return f, q
}

func (p *Pages) list(c *web.Context) error {
	var d listData
	d.Filter, d.Query = filter(c)
	err := p.db.Read(c.Context(), func(tx *db.Tx) (err error) {
		d.Today = group.Today(tx)
		if d.Found, err = group.List(tx, d.Filter); err != nil {
			return err
		}
		d.Districts, err = group.Districts(tx)
		return err
	})
	if err != nil {
		return err
	}
	return c.Page(web.Meta{Title: c.Loc.T("groups.office.title"), Back: "/office", Wide: true}, listView(d))
}

type exported struct {
	group.Group
	members, residents int64
	head               string
}

// export hands out what the list shows, with numbers of members and the name
// of who speaks for the group.
func (p *Pages) export(c *web.Context) error {
	f, _ := filter(c)
	f.After = ""
	format, ok := table.ParseFormat(c.Query("format"))
	if !ok {
		format = table.XLSX
	}
	var all []exported
	var today jp.Date
	err := p.db.Read(c.Context(), func(tx *db.Tx) error {
		all, today = nil, group.Today(tx)
		return group.Each(tx, f, func(g group.Group) error {
			e := exported{Group: g}
			var err error
			if e.members, e.residents, err = group.Count(tx, g.ID); err != nil {
				return err
			}
			terms, err := group.Terms(tx, g.ID)
			for i := range terms {
				if terms[i].Role == group.Representative && terms[i].On(today) {
					e.head = terms[i].Name
				}
			}
			all = append(all, e)
			return err
		})
	})
	if err != nil {
		return err
	}
	return c.Download("groups"+format.Ext(), format.MIME(), func(w io.Writer) error {
		return table.Write(w, format, header(c.Loc), records(c.Loc, all, today))
	})
}

func header(loc *i18n.Localizer) []string {
	return []string{
		loc.T("groups.field.name"), loc.T("groups.field.kana"), loc.T("groups.field.kind"), loc.T("groups.field.town"), loc.T("groups.field.state"),
		loc.T("groups.role.representative"), loc.T("groups.members.title"), loc.T("groups.office.residents"), loc.T("groups.field.from"), loc.T("groups.field.expires"),
	}
}

func records(loc *i18n.Localizer, all []exported, today jp.Date) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for i := range all {
			e := &all[i]
			if !yield([]string{
				loc.Text(e.Name), e.Kana, e.Kind.Word(loc), e.Town, e.Standing(today).Word(loc), e.head,
				strconv.FormatInt(e.members, 10), strconv.FormatInt(e.residents, 10), date(e.From), date(e.Until),
			}) {
				return
			}
		}
	}
}

func date(d jp.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

type oneData struct {
	Problem            web.Problem
	Group              group.Group
	Standing           group.State
	Members, Residents int64
	Officers           []group.Member
	Rules              group.Rules
	Files              []files.File
	Waits              *group.Registration // what the clerk decides on; nil when nothing waits
	Applicant          string
	Past               []group.Registration
	MayDecide          bool
	Clerk              bool
}

func (p *Pages) one(c *web.Context) error { return p.onePage(c, nil) }

func (p *Pages) onePage(c *web.Context, failed error) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var d oneData
	err = p.db.Read(c.Context(), func(tx *db.Tx) (err error) {
		d, err = p.whole(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	d.Clerk = c.Viewer.Holds(web.RoleClerk)
	d.MayDecide = d.Waits != nil && decides(c, d.Waits.Office)
	return c.Retry(failed, web.Meta{Title: c.Loc.Text(d.Group.Name), Back: "/office/groups", Wide: true}, func(problem web.Problem) templ.Component {
		d.Problem = problem
		return oneView(d)
	})
}

// decides reports whether the reader is a clerk of the office; an application
// that waits for no office is any clerk's.
func decides(c *web.Context, office db.ID) bool {
	if office == 0 {
		return c.Viewer.Holds(web.RoleClerk)
	}
	return c.Viewer.HoldsFor(web.RoleClerk, web.Scope{Kind: "office", ID: office})
}

func (p *Pages) whole(tx *db.Tx, id db.ID) (d oneData, err error) {
	if d.Group, err = group.Get(tx, id); err != nil {
		return d, err
	}
	d.Standing = d.Group.Standing(group.Today(tx))
	if d.Members, d.Residents, err = group.Count(tx, id); err != nil {
		return d, err
	}
	list, err := group.Members(tx, id)
	if err != nil {
		return d, err
	}
	for _, m := range list {
		if m.Role != group.Plain {
			d.Officers = append(d.Officers, m)
		}
	}
	if d.Rules, err = group.RulesFor(tx, d.Group.Kind); err != nil {
		return d, err
	}
	if d.Files, err = p.files.ByOwner(tx, id); err != nil {
		return d, err
	}
	if d.Past, err = group.Registrations(tx, id); err != nil {
		return d, err
	}
	if len(d.Past) > 0 && d.Past[0].State == group.Sent {
		d.Waits = &d.Past[0]
		d.Applicant, err = p.people.PersonName(tx, d.Waits.Applicant)
		if fault.Is(err, fault.NotFound) {
			err = nil
		}
	}
	return d, err
}

func (p *Pages) decide(c *web.Context) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	f := c.Form()
	v := group.Verdict{State: group.State(f.Get("decision")), Reasons: f["reasons"], Note: f.Get("note")}
	err = p.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) error {
		r, ok, err := group.Latest(tx, id)
		if err != nil {
			return err
		}
		if !ok || r.State != group.Sent {
			return fault.New(fault.Conflict, "groups.error.decided")
		}
		if !decides(c, r.Office) {
			return fault.New(fault.Denied, "groups.error.office")
		}
		_, err = p.service.Decide(tx, r.ID, v)
		return err
	})
	if err != nil {
		return p.onePage(c, err)
	}
	c.Flash("groups.decide.done")
	return c.Redirect("/office/groups/" + id.String())
}

func (p *Pages) close(c *web.Context) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	err = p.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) error {
		g, err := group.Get(tx, id)
		if err != nil {
			return err
		}
		if g.State != group.Registered {
			return fault.New(fault.Conflict, "groups.error.state")
		}
		var check fault.Check
		check.Field(c.Form().Get("reason") != "", "reason", "groups.error.reason")
		if err := check.Err(); err != nil {
			return err
		}
		return group.Close(tx, id, c.Form().Get("reason"))
	})
	if err != nil {
		return p.onePage(c, err)
	}
	c.Flash("groups.saved")
	return c.Redirect("/office/groups/" + id.String())
}

func newMeta(c *web.Context) web.Meta {
	return web.Meta{Title: c.Loc.T("groups.office.new"), Back: "/office/groups"}
}

func (p *Pages) showNew(c *web.Context) error { return c.Page(newMeta(c), newView(web.Problem{})) }

// add keeps a group whose papers the clerk has before them, or an office.
func (p *Pages) add(c *web.Context) error {
	f := c.Form()
	g := group.Group{
		Kind: group.Kind(f.Get("kind")), Name: i18n.Text{i18n.Ja: f.Get("name")}, Kana: f.Get("kana"), Town: f.Get("town"),
		Langs: []i18n.Lang{i18n.Ja}, Listed: true,
	}
	err := p.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) (err error) {
		if g.Kind == group.Office && !c.Viewer.Holds(web.RoleOperator) {
			return fault.New(fault.Denied, "groups.error.office_new")
		}
		g, err = group.Add(tx, g)
		return err
	})
	if err != nil {
		return c.Retry(err, newMeta(c), newView)
	}
	c.Flash("groups.saved")
	if c.Viewer.Holds(web.RoleClerk) && g.Kind != group.Office {
		return c.Redirect(words.At(g.ID, "members"))
	}
	return c.Redirect("/office/groups/" + g.ID.String())
}

type rulesData struct {
	Problem web.Problem
	Rules   []group.Rules
	Offices []group.Group
}

func (p *Pages) showRules(c *web.Context) error { return p.rulesPage(c, nil) }

func (p *Pages) rulesPage(c *web.Context, failed error) error {
	var d rulesData
	err := p.db.Read(c.Context(), func(tx *db.Tx) (err error) {
		if d.Rules, err = group.AllRules(tx); err != nil {
			return err
		}
		l, err := group.List(tx, group.Filter{Kind: group.Office, State: group.Registered, Limit: 200})
		d.Offices = l.Groups
		return err
	})
	if err != nil {
		return err
	}
	return c.Retry(failed, web.Meta{Title: c.Loc.T("groups.rules.title"), Back: "/office/groups", Wide: true}, func(problem web.Problem) templ.Component {
		d.Problem = problem
		return rulesView(d)
	})
}

// saveRules changes the rules of one kind.
func (p *Pages) saveRules(c *web.Context) error {
	f := c.Form()
	number := func(name string) int64 {
		n, err := strconv.ParseInt(jp.Fold(f.Get(name)), 10, 64)
		if err != nil {
			return -1 // told as a number that cannot be taken
		}
		return n
	}
	r := group.Rules{
		Kind: group.Kind(f.Get("kind")), MinMembers: number("min_members"), ResidentPercent: number("resident_percent"),
		ValidMonths: number("valid_months"), Papers: f.Get("papers") == "on",
	}
	if id, err := db.ParseID(f.Get("office")); err == nil {
		r.Office = id
	}
	err := p.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) error {
		if r.Office != 0 {
			if o, err := group.Get(tx, r.Office); err != nil || o.Kind != group.Office {
				return fault.New(fault.NotFound, "groups.error.office").Because(err)
			}
		}
		return group.SaveRules(tx, r)
	})
	if err != nil {
		return p.rulesPage(c, err)
	}
	c.Flash("groups.saved")
	return c.Redirect("/office/groups/rules")
}
