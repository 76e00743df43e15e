package programmes

import (
	"io"
	"slices"
	"strings"

	"kakehashi/domains/programmes/programme"
	"kakehashi/domains/programmes/record"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/table"
	"kakehashi/platform/web"
)

// routes are the pages that everybody sees. Those with Cached come from memory
// for whoever is not signed in.
func (p *Programmes) routes() []web.Route {
	texts := []string{programme.Topic}
	on := append([]string{programme.Topic}, p.near.HappeningTopics...)
	full := append(slices.Clone(on), record.Topic)
	counted := []string{programme.Topic, record.Topic}
	all := web.Public()
	return []web.Route{
		{Pattern: "GET /{$}", Access: all, Handle: p.showFront, Cached: on},
		{Pattern: "GET /fields/{field}", Access: all, Handle: p.showField, Cached: on},
		{Pattern: "GET /programmes", Access: all, Handle: p.showAll, Cached: texts, Query: []string{"field"}},
		{Pattern: "GET /programmes/open-data", Access: all, Handle: p.openData},
		{Pattern: "GET /programmes/{slug}", Access: all, Handle: p.showOne, Cached: full},
		{Pattern: "GET /programmes/{slug}/calendar.ics", Access: all, Handle: p.calendar},
		{Pattern: "GET /programmes/{slug}/feed.atom", Access: all, Handle: p.atom},
		{Pattern: "GET /programmes/{slug}/record", Access: all, Handle: p.showRecord, Cached: counted, Query: []string{"year"}},
		{Pattern: "GET /programmes/{slug}/record/print", Access: all, Handle: p.printRecord, Cached: counted, Query: []string{"year"}},
		{Pattern: "GET /programmes/{slug}/record/table", Access: all, Handle: p.recordTable},
		{Pattern: "GET /happenings", Access: all, Handle: p.showHappenings, Cached: on, Query: []string{"field"}},
		{Pattern: "GET /happenings/calendar.ics", Access: all, Handle: p.calendar},
		{Pattern: "GET /happenings/feed.atom", Access: all, Handle: p.atom},
	}
}

// frontData is the front page.
type frontData struct {
	All  *programme.Snapshot
	On   []module.Happening
	Near bool // chosen by where the reader lives
}

func (p *Programmes) showFront(c *web.Context) error {
	all, err := p.directory.Get(c.Context())
	if err != nil {
		return err
	}
	d := frontData{All: all}
	err = p.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		list, err := p.happenings(tx, from(c.Now(), weekDays))
		if err != nil {
			return err
		}
		town, err := p.town(c, tx)
		if err != nil {
			return err
		}
		d.Near = town != "" && p.near.TownDistance != nil
		d.On = pick(list, onFront, perDay, town, p.near.TownDistance)
		return nil
	})
	if err != nil {
		return err
	}
	return c.Page(web.Meta{
		Title: c.Loc.T("programmes.front.title"), Description: c.Loc.T("programmes.front.description"), Feed: "/happenings/feed.atom",
	}, frontView(d))
}

// fieldData is the page behind one door.
type fieldData struct {
	Field      programme.Field
	Act        FieldAct // no Path: none
	Programmes []programme.Programme
	On         []module.Happening
}

func (p *Programmes) showField(c *web.Context) error {
	all, err := p.directory.Get(c.Context())
	if err != nil {
		return err
	}
	f, err := all.Field(c.Path("field"))
	if err != nil {
		return err
	}
	d := fieldData{Field: f, Act: p.near.FieldActs[f.Slug], Programmes: all.In(f.Slug)}
	err = p.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		list, err := p.happenings(tx, from(c.Now(), aheadDays))
		d.On = pick(ofField(list, f.Slug, all), onPage, perDay, "", nil)
		return err
	})
	if err != nil {
		return err
	}
	return c.Page(web.Meta{Title: c.Loc.Text(f.Name), Description: c.Loc.Text(f.Lead), Field: f.Slug}, fieldView(d))
}

// allData is the list of programmes.
type allData struct {
	Query, Field string
	Fields       []programme.Field
	Programmes   []programme.Programme
}

func (p *Programmes) showAll(c *web.Context) error {
	all, err := p.directory.Get(c.Context())
	if err != nil {
		return err
	}
	d := allData{Query: strings.TrimSpace(c.Query("q")), Field: c.Query("field"), Fields: all.Fields}
	if _, err := all.Field(d.Field); err != nil {
		d.Field = ""
	}
	for _, one := range all.In(d.Field) {
		if one.Matches(d.Query, c.Loc.Lang()) {
			d.Programmes = append(d.Programmes, one)
		}
	}
	return c.Page(web.Meta{Title: c.Loc.T("programmes.all"), Field: d.Field, Description: c.Loc.T("programmes.all.lead")}, allView(d))
}

// oneData is the page of a programme.
type oneData struct {
	Programme *programme.Programme
	Act       FieldAct
	On        []module.Happening
	Groups    []group
	HasRecord bool
}

// group is a group that took part.
type group struct {
	ID   db.ID
	Name i18n.Text
}

// How many groups a programme's page names, and how far back it looks.
const (
	maxGroups   = 12
	groupMonths = 24
)

func (p *Programmes) showOne(c *web.Context) error {
	all, err := p.directory.Get(c.Context())
	if err != nil {
		return err
	}
	one, err := all.BySlug(c.Path("slug"))
	if err != nil {
		return err
	}
	d := oneData{Programme: one}
	if all.In(one.Field)[0].ID == one.ID {
		d.Act = p.near.FieldActs[one.Field] // a field's first programme is the one its act belongs to
	}
	err = p.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		q := from(c.Now(), aheadDays)
		q.Programme = one.ID
		list, err := p.happenings(tx, q)
		if err != nil {
			return err
		}
		d.On = pick(list, onPage, perDay, "", nil)
		years, err := record.Years(tx, one.ID)
		if err != nil {
			return err
		}
		d.HasRecord = len(years) > 0
		d.Groups, err = p.groups(tx, one.ID, jp.DateOf(c.Now()).AddMonths(-groupMonths))
		return err
	})
	if err != nil {
		return err
	}
	return c.Page(web.Meta{
		Title: c.Loc.Text(one.Name), Description: c.Loc.Text(one.Says()), Field: one.Field, Back: "/fields/" + one.Field,
		Feed: "/programmes/" + one.Slug + "/feed.atom",
	}, oneView(d))
}

// groups names the groups that took part since the day and show themselves.
func (p *Programmes) groups(tx *db.Tx, of db.ID, since jp.Date) (out []group, err error) {
	if p.near.GroupNames == nil {
		return nil, nil
	}
	ids, err := record.Groups(tx, of, since, maxGroups)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	names, err := p.near.GroupNames(tx, ids)
	for _, id := range ids {
		if name, ok := names[id]; ok {
			out = append(out, group{id, name})
		}
	}
	return out, err
}

// happeningsData is everything that is on in the next weeks.
type happeningsData struct {
	Field  string
	Fields []programme.Field
	Days   []happeningDay
}

// happeningDay is what is on on one day.
type happeningDay struct {
	Day jp.Date
	On  []module.Happening
}

func (p *Programmes) showHappenings(c *web.Context) error {
	all, err := p.directory.Get(c.Context())
	if err != nil {
		return err
	}
	d := happeningsData{Field: c.Query("field"), Fields: all.Fields}
	if _, err := all.Field(d.Field); err != nil {
		d.Field = ""
	}
	err = p.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		list, err := p.happenings(tx, from(c.Now(), aheadDays))
		if d.Field != "" {
			list = ofField(list, d.Field, all)
		}
		d.Days = byDay(list)
		return err
	})
	if err != nil {
		return err
	}
	return c.Page(web.Meta{Title: c.Loc.T("programmes.happenings"), Field: d.Field, Feed: "/happenings/feed.atom"}, happeningsView(d))
}

// byDay groups a list that is in order of start.
func byDay(list []module.Happening) (out []happeningDay) {
	for _, h := range list {
		day := jp.DateOf(h.Start)
		if n := len(out); n == 0 || out[n-1].Day != day {
			out = append(out, happeningDay{Day: day})
		}
		at := &out[len(out)-1]
		at.On = append(at.On, h)
	}
	return out
}

// openData is the list of programmes as a table, in the layout that import
// reads: ?format=utf8, cp932 or xlsx.
func (p *Programmes) openData(c *web.Context) error {
	all, err := p.directory.Get(c.Context())
	if err != nil {
		return err
	}
	return download(c, "programmes", programme.Header(), slices.Collect(all.Lines()))
}

// download sends a table in the format that the query asks for, UTF-8 CSV as a
// rule.
func download(c *web.Context, name string, header []string, rows [][]string) error {
	f, ok := table.ParseFormat(c.Query("format"))
	if !ok {
		f = table.UTF8CSV
	}
	return c.Download(name+f.Ext(), f.MIME(), func(w io.Writer) error { return table.Write(w, f, header, slices.Values(rows)) })
}
