package programmes

import (
	"bytes"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/gorilla/feeds"

	"kakehashi/domains/programmes/programme"
	"kakehashi/platform/db"
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
func uid(h module.Happening) string { return h.ID.String() + "@kakehashi" }

// calendar is what is on as an iCalendar file (RFC 5545).
func (p *Programmes) calendar(c *web.Context) error {
	list, title, _, loc, err := p.ahead(c)
	if err != nil {
		return err
	}
	cal := ics.NewCalendarFor("Kakehashi")
	cal.SetMethod(ics.MethodPublish)
	cal.SetXWRCalName(title)
	cal.SetRefreshInterval("PT1H")
	for _, h := range list {
		e := cal.AddEvent(uid(h))
		e.SetDtStampTime(c.Now())
		e.SetStartAt(h.Start)
		e.SetEndAt(h.End)
		e.SetSummary(loc.Text(h.Title))
		if where := loc.Text(h.Where); where != "" {
			e.SetLocation(where)
		}
		if h.Path != "" {
			e.SetURL(p.deps.BaseURL + h.Path)
		}
	}
	return c.Bytes("text/calendar; charset=utf-8", []byte(cal.Serialize()))
}

// feed is what is on as an Atom feed (RFC 4287). A happening's time says when it
// is; the entry says so in words too.
func (p *Programmes) feed(c *web.Context) error {
	list, title, page, loc, err := p.ahead(c)
	if err != nil {
		return err
	}
	f := &feeds.Feed{Title: title, Link: &feeds.Link{Href: p.deps.BaseURL + page}, Id: p.deps.BaseURL + page, Updated: c.Now().Truncate(24 * time.Hour)}
	for _, h := range list {
		words := loc.Range(h.Start, h.End)
		if where := loc.Text(h.Where); where != "" {
			words += " · " + where
		}
		f.Items = append(f.Items, &feeds.Item{
			Title: loc.Text(h.Title), Description: words, Link: &feeds.Link{Href: p.deps.BaseURL + h.Path},
			Id: "urn:kakehashi:happening:" + h.ID.String(), Updated: h.ID.Time(),
		})
	}
	var b bytes.Buffer
	if err := f.WriteAtom(&b); err != nil {
		return err
	}
	return c.Bytes("application/atom+xml; charset=utf-8", b.Bytes())
}
