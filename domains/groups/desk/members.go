package desk

import (
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"kakehashi/domains/groups/group"
	"kakehashi/domains/groups/roster"
	"kakehashi/domains/groups/words"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/table"
	"kakehashi/platform/web"
)

// pageSize is how many members one page shows.
const pageSize = 100

type membersData struct {
	Problem web.Problem
	Group   group.Group
	Typed   group.Member
	Shown   []group.Member
	All     int
	Query   string
	From    int
	Next    string
}

func (p *Pages) showMembers(c *web.Context) error { return p.membersPage(c, nil, group.Member{}) }

func (p *Pages) membersPage(c *web.Context, failed error, typed group.Member) error {
	d := membersData{Typed: typed, Query: c.Query("q")}
	var list []group.Member
	g, err := p.read(c, func(tx *db.Tx, g *group.Group) (err error) {
		list, err = group.Members(tx, g.ID)
		return err
	})
	if err != nil {
		return err
	}
	d.Group, d.All = g, len(list)
	d.From, err = strconv.Atoi(c.Query("from"))
	if err != nil || d.From < 0 {
		d.From = 0
	}
	want := jp.Fold(d.Query)
	for _, m := range list {
		if want == "" || strings.Contains(jp.Fold(m.Name+"\n"+m.Kana+"\n"+m.Number+"\n"+m.Town), want) {
			d.Shown = append(d.Shown, m)
		}
	}
	if d.From > len(d.Shown) {
		d.From = 0
	}
	d.Shown = d.Shown[d.From:]
	if len(d.Shown) > pageSize {
		d.Shown = d.Shown[:pageSize]
		d.Next = words.At(g.ID, "members") + "?" + url.Values{"q": {d.Query}, "from": {strconv.Itoa(d.From + pageSize)}}.Encode()
	}
	return c.Retry(failed, web.Meta{Title: c.Loc.T("groups.members.title"), Back: words.At(g.ID, "desk")}, func(problem web.Problem) templ.Component {
		d.Problem = problem
		return membersView(d)
	})
}

// formMember puts what the form says into the member. A date that is none is
// told with the rest of the form.
func formMember(c *web.Context, m *group.Member) {
	f := c.Form()
	m.Number, m.Name, m.Kana = f.Get("number"), f.Get("name"), f.Get("kana")
	m.Town, m.Tie, m.Note = f.Get("town"), f.Get("tie"), f.Get("note")
	if d, err := jp.ParseAnyDate(f.Get("joined")); err == nil {
		m.Joined = d
	}
}

func (p *Pages) addMember(c *web.Context) error {
	var m group.Member
	formMember(c, &m)
	g, err := p.write(c, func(tx *db.Tx, g *group.Group) error {
		m.Group = g.ID
		_, err := group.AddMember(tx, m)
		return err
	})
	if err != nil {
		return p.membersPage(c, err, m)
	}
	c.Flash("groups.members.added", "name", m.Name)
	return c.Redirect(words.At(g.ID, "members"))
}

type memberData struct {
	Problem web.Problem
	Group   group.Group
	Member  group.Member
}

func (p *Pages) member(c *web.Context, tx *db.Tx, g *group.Group) (group.Member, error) {
	id, err := c.PathID("member")
	if err != nil {
		return group.Member{}, err
	}
	return group.GetMember(tx, g.ID, id)
}

func (p *Pages) showMember(c *web.Context) error { return p.memberPage(c, nil, nil) }

func (p *Pages) memberPage(c *web.Context, failed error, typed *group.Member) error {
	var d memberData
	g, err := p.read(c, func(tx *db.Tx, g *group.Group) (err error) {
		d.Member, err = p.member(c, tx, g)
		return err
	})
	if err != nil {
		return err
	}
	d.Group = g
	title := d.Member.Name
	if typed != nil {
		typed.ID = d.Member.ID
		d.Member = *typed
	}
	return c.Retry(failed, web.Meta{Title: title, Back: words.At(g.ID, "members")}, func(problem web.Problem) templ.Component {
		d.Problem = problem
		return memberView(d)
	})
}

func (p *Pages) saveMember(c *web.Context) error {
	var m group.Member
	g, err := p.write(c, func(tx *db.Tx, g *group.Group) (err error) {
		if m, err = p.member(c, tx, g); err != nil {
			return err
		}
		formMember(c, &m)
		return group.ChangeMember(tx, m)
	})
	if err != nil {
		return p.memberPage(c, err, &m)
	}
	c.Flash("groups.saved")
	return c.Redirect(words.At(g.ID, "members"))
}

func (p *Pages) leave(c *web.Context) error {
	g, err := p.write(c, func(tx *db.Tx, g *group.Group) error {
		m, err := p.member(c, tx, g)
		if err != nil {
			return err
		}
		return group.Leave(tx, g.ID, m.ID)
	})
	if err != nil {
		return p.memberPage(c, err, nil)
	}
	c.Flash("groups.members.gone")
	return c.Redirect(words.At(g.ID, "members"))
}

// export hands out the list of members. It leaves a trace: the list holds
// personal data.
func (p *Pages) export(c *web.Context) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	format, ok := table.ParseFormat(c.Query("format"))
	if !ok {
		format = table.UTF8CSV
	}
	var list []group.Member
	err = p.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) (err error) {
		if list, err = group.Members(tx, id); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "groups.members.read", Subject: "group", ID: id, Detail: map[string]string{"format": format.String()}})
	})
	if err != nil {
		return err
	}
	return c.Download("members"+format.Ext(), format.MIME(), func(w io.Writer) error { return roster.Write(w, format, list) })
}

func (p *Pages) showImport(c *web.Context) error { return p.importPage(c, nil) }

func (p *Pages) importPage(c *web.Context, failed error) error {
	g, err := p.again(c)
	if err != nil {
		return err
	}
	return c.Retry(failed, web.Meta{Title: c.Loc.T("groups.import.title"), Back: words.At(g.ID, "members")}, func(problem web.Problem) templ.Component {
		return importView(g, problem)
	})
}

// upload reads a list and keeps it until its preview is confirmed.
func (p *Pages) upload(c *web.Context) error {
	f, err := c.File("file")
	if err != nil {
		return p.importPage(c, err)
	}
	defer f.Close()
	list, err := roster.Read(f.Name, f)
	if err != nil {
		return p.importPage(c, err)
	}
	var id db.ID
	g, err := p.write(c, func(tx *db.Tx, g *group.Group) (err error) {
		id, err = roster.Keep(tx, g.ID, self(c), list)
		return err
	})
	if err != nil {
		return p.importPage(c, err)
	}
	return c.Redirect(words.At(g.ID, "import/"+id.String()))
}

type previewData struct {
	Group   group.Group
	List    db.ID
	Summary table.Summary
	Steps   []roster.Step // new and changed ones, at most previewRows
	More    int           // of them that are not shown
}

// previewRows is how many rows a preview shows at once.
const previewRows = 200

func (p *Pages) showPreview(c *web.Context) error {
	id, err := c.PathID("list")
	if err != nil {
		return err
	}
	d := previewData{List: id}
	g, err := p.read(c, func(tx *db.Tx, g *group.Group) error {
		list, err := roster.Kept(tx, g.ID, id)
		if err != nil {
			return err
		}
		now, err := group.Members(tx, g.ID)
		if err != nil {
			return err
		}
		steps := roster.Compare(list, now)
		d.Summary, d.Steps = roster.Count(list, steps), nil
		for _, s := range steps {
			if s.Action != roster.Keeps {
				d.Steps = append(d.Steps, s)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	d.Group = g
	if len(d.Steps) > previewRows {
		d.More = len(d.Steps) - previewRows
		d.Steps = d.Steps[:previewRows]
	}
	return c.Page(web.Meta{Title: c.Loc.T("groups.import.check"), Back: words.At(g.ID, "import"), Wide: true}, previewView(d))
}

func (p *Pages) takeList(c *web.Context) error {
	id, err := c.PathID("list")
	if err != nil {
		return err
	}
	var sum table.Summary
	g, err := p.write(c, func(tx *db.Tx, g *group.Group) (err error) {
		sum, err = roster.Import(tx, g.ID, id)
		return err
	})
	if err != nil {
		return p.importPage(c, err)
	}
	c.Flash("groups.import.done", "counts", sum.Text(c.Loc))
	return c.Redirect(words.At(g.ID, "members"))
}
