package programmes

import (
	"time"

	"kakehashi/domains/programmes/programme"
	"kakehashi/platform/db"
	"kakehashi/platform/feed"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
)

// feedDays is how far calendars and feeds look ahead.
const feedDays = 90

// ahead returns what is on in the programme of the path, or in all of them,
// and what a reader's calendar calls it, in the language of ?lang= or else of
// the request: a calendar program sends no cookies.
func (p *Programmes) ahead(c *web.Context) (list []module.Happening, title, page string, loc *i18n.Localizer, err error) {
	loc = c.Loc
	if l, ok := i18n.ParseLang(c.Query("lang")); ok {
		loc = p.deps.Catalog.For(l)
	}
	title, page = loc.T("programmes.happenings"), "/happenings"
	q := from(c.Now(), feedDays)
	if slug := c.Path("slug"); slug != "" {
		all, err := p.directory.Get(c.Context())
		if err != nil {
			return nil, "", "", nil, err
		}
		var one *programme.Programme
		if one, err = all.BySlug(slug); err != nil {
			return nil, "", "", nil, err
		}
		q.Programme, title, page = one.ID, loc.Text(one.Name), "/programmes/"+slug
	}
	err = p.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		list, err = p.happenings(tx, q)
		return err
	})
	return list, title, page, loc, err
}

// uid names a happening for calendars, the same every time (RFC 5545, 3.8.4.7).
func uid(h module.Happening) string { return h.ID.String() }

// calendar is what is on as an iCalendar file (RFC 5545).
func (p *Programmes) calendar(c *web.Context) error {
	list, title, _, loc, err := p.ahead(c)
	if err != nil {
		return err
	}
	events := make([]feed.Event, len(list))
	for i, h := range list {
		events[i] = feed.Event{UID: uid(h), Start: h.Start, End: h.End, Stamp: c.Now(), Summary: loc.Text(h.Title), Location: loc.Text(h.Where)}
		if h.Path != "" {
			events[i].URL = p.deps.BaseURL + h.Path
		}
	}
	return c.Bytes(feed.CalendarMIME, feed.Calendar(title, feed.Publish, events...))
}

// atom is what is on as an Atom feed (RFC 4287). A happening's time says when it
// is; the entry says so in words too.
func (p *Programmes) atom(c *web.Context) error {
	list, title, page, loc, err := p.ahead(c)
	if err != nil {
		return err
	}
	entries := make([]feed.Entry, len(list))
	for i, h := range list {
		words := loc.Range(h.Start, h.End)
		if where := loc.Text(h.Where); where != "" {
			words += " · " + where
		}
		entries[i] = feed.Entry{ID: "urn:kakehashi:happening:" + h.ID.String(), Title: loc.Text(h.Title), Text: words, Link: p.deps.BaseURL + h.Path, Updated: h.ID.Time()}
	}
	b, err := feed.Atom(title, p.deps.BaseURL+page, c.Now().Truncate(24*time.Hour), entries)
	if err != nil {
		return err
	}
	return c.Bytes(feed.AtomMIME, b)
}
