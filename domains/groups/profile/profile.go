// Package profile is what everybody may read of groups: the list with its
// search, the profile of one, the Atom feed, the open data, and the JSON twins.
package profile

import (
	"io"
	"iter"
	"net/url"
	"strings"
	"time"

	"kakehashi/domains/groups/group"
	"kakehashi/domains/groups/words"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/feed"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/table"
	"kakehashi/platform/web"
)

// Pages are the public pages.
type Pages struct {
	db   *db.DB
	base string
}

// New returns the pages; it does no I/O.
func New(d module.Deps) *Pages { return &Pages{db: d.DB, base: d.BaseURL} }

// filters are the parts of the address that choose groups.
var filters = []string{"q", "kind", "town", "district", "lang", "after"}

// Routes are the pages.
func (p *Pages) Routes() []web.Route {
	topics := []string{group.Topic}
	return []web.Route{
		{Pattern: "GET /groups", Access: web.Public(), Handle: p.list, Cached: topics, Query: filters},
		{Pattern: "GET /groups/{id}", Access: web.Public(), Handle: p.one, Cached: topics},
		{Pattern: "GET /groups/feed", Access: web.Public(), Handle: p.feed, Cached: topics},
		{Pattern: "GET /groups/data", Access: web.Public(), Handle: p.data},
	}
}

type listData struct {
	Filter    group.Filter
	Found     group.Listing
	Districts []group.District
	Query     url.Values // what was asked, without the page
}

// filter reads what is asked for from the address.
func filter(c *web.Context) group.Filter {
	f := group.Filter{
		Public: true, Text: c.Query("q"), Kind: group.Kind(c.Query("kind")), Town: c.Query("town"),
		Lang: i18n.Lang(c.Query("lang")), After: c.Query("after"),
	}
	if id, err := db.ParseID(c.Query("district")); err == nil {
		f.District = id
	}
	return f
}

func (p *Pages) list(c *web.Context) error {
	d := listData{Filter: filter(c), Query: url.Values{}}
	for _, name := range filters {
		if v := c.Query(name); v != "" && name != "after" {
			d.Query.Set(name, v)
		}
	}
	err := p.db.Read(c.Context(), func(tx *db.Tx) (err error) {
		if d.Found, err = group.List(tx, d.Filter); err != nil {
			return err
		}
		d.Districts, err = group.Districts(tx)
		return err
	})
	if err != nil {
		return err
	}
	return c.Page(web.Meta{Title: c.Loc.T("groups.list.title"), Back: "/", Feed: "/groups/feed"}, listView(d))
}

// public returns the group of the path; NotFound unless everybody may read it.
func (p *Pages) public(c *web.Context, tx *db.Tx) (g group.Group, err error) {
	id, err := c.PathID("id")
	if err != nil {
		return g, err
	}
	if g, err = group.Get(tx, id); err != nil {
		return g, err
	}
	if !g.Public(group.Today(tx)) {
		return g, fault.New(fault.NotFound, "groups.error.not_public")
	}
	return g, nil
}

type oneData struct {
	Group   group.Group
	Members int64
	Mine    bool // the reader may open the group's desk
}

func (p *Pages) one(c *web.Context) error {
	var d oneData
	err := p.db.Read(c.Context(), func(tx *db.Tx) (err error) {
		if d.Group, err = p.public(c, tx); err != nil {
			return err
		}
		d.Members, _, err = group.Count(tx, d.Group.ID)
		return err
	})
	if err != nil {
		return err
	}
	scope := web.Scope{Kind: "group", ID: d.Group.ID}
	d.Mine = c.Viewer.HoldsFor(web.RoleRepresentative, scope) || c.Viewer.HoldsFor(web.RoleOfficer, scope)
	about := c.Loc.Text(d.Group.About)
	return c.Page(web.Meta{Title: c.Loc.Text(d.Group.Name), Description: firstLine(about), Back: "/groups"}, oneView(d))
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	if r := []rune(line); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return line
}

// feedSize is how many groups the feed holds, the latest changed first among
// those that a list has.
const feedSize = 100

func (p *Pages) feed(c *web.Context) error {
	var updated time.Time
	var entries []feed.Entry
	err := p.db.Read(c.Context(), func(tx *db.Tx) error {
		l, err := group.List(tx, group.Filter{Public: true, Limit: feedSize})
		entries = make([]feed.Entry, len(l.Groups))
		for i, g := range l.Groups {
			entries[i] = feed.Entry{
				Title: c.Loc.Text(g.Name), Text: c.Loc.Text(g.About), Link: p.base + words.At(g.ID, ""), Created: g.Created, Updated: g.Changed,
			}
			if g.Changed.After(updated) {
				updated = g.Changed
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	atom, err := feed.Atom(c.Loc.T("groups.list.title"), p.base+"/groups", updated, entries)
	if err != nil {
		return err
	}
	return c.Bytes(feed.AtomMIME, atom)
}

// data is the list as open data: public fields alone, in the reader's language
// and in Japanese.
func (p *Pages) data(c *web.Context) error {
	format, ok := table.ParseFormat(c.Query("format"))
	if !ok {
		format = table.UTF8CSV
	}
	var all []group.Group
	f := filter(c)
	f.After = ""
	err := p.db.Read(c.Context(), func(tx *db.Tx) error {
		return group.Each(tx, f, func(g group.Group) error {
			all = append(all, g)
			return nil
		})
	})
	if err != nil {
		return err
	}
	return c.Download("groups"+format.Ext(), format.MIME(), func(w io.Writer) error {
		return table.Write(w, format, header(c.Loc), records(c.Loc, all))
	})
}

func header(loc *i18n.Localizer) []string {
	keys := []string{
		"groups.field.id", "groups.field.kind", "groups.field.name", "groups.field.kana", "groups.field.town", "groups.field.langs",
		"groups.field.about", "groups.field.meets", "groups.field.wants", "groups.field.contact", "groups.field.site", "groups.field.expires",
	}
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = label(loc, k)
	}
	return out
}

func label(loc *i18n.Localizer, key string) string { return loc.T(key) }

func records(loc *i18n.Localizer, all []group.Group) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for _, g := range all {
			if !yield([]string{
				g.ID.String(), g.Kind.Word(loc), loc.Text(g.Name), g.Kana, g.Town, words.LangNames(loc, g.Langs),
				loc.Text(g.About), loc.Text(g.Meets), loc.Text(g.Wants), g.Contact, g.Site, date(g.Until),
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
