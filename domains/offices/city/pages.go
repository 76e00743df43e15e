package city

import (
	"slices"

	"github.com/a-h/templ"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// Pages are the operator's pages of the city's words, and the public page that
// says how all this is made.
type Pages struct {
	db    *db.DB
	cache *Cache
}

// NewPages returns the pages over d.
func NewPages(d *db.DB, cache *Cache) *Pages { return &Pages{d, cache} }

// Routes are the pages.
func (p *Pages) Routes() []web.Route {
	operator := web.Holding(web.RoleOperator)
	return []web.Route{
		{Pattern: "GET " + AboutPath, Access: web.Public(), Handle: p.about, Cached: []string{Topic}},
		{Pattern: "GET /operator/city", Access: operator, Handle: p.show},
		{Pattern: "GET /operator/city/{part}", Access: operator, Handle: p.showPart},
		{Pattern: "POST /operator/city/{part}", Access: operator, Handle: p.save},
	}
}

func (p *Pages) about(c *web.Context) error {
	return c.Page(web.Meta{Title: c.Loc.T("offices.about.title"), Description: c.Loc.T("offices.about.lead")}, aboutView(p.cache.City(c.Context())))
}

func (p *Pages) get(c *web.Context) (city City, err error) {
	err = p.db.Read(c.Context(), func(tx *db.Tx) error {
		city, err = Get(tx)
		return err
	})
	return city, err
}

func (p *Pages) show(c *web.Context) error {
	city, err := p.get(c)
	if err != nil {
		return err
	}
	return c.Page(web.Meta{Title: c.Loc.T("offices.city.title"), Wide: true, Back: "/operator"}, cityView(city))
}

// part returns the part that the path names.
func part(c *web.Context) (Part, error) {
	p := Part(c.Path("part"))
	if !slices.Contains(Parts, p) {
		return "", fault.New(fault.NotFound, "web.error.not_found")
	}
	return p, nil
}

func (p *Pages) showPart(c *web.Context) error { return p.form(c, nil) }

func (p *Pages) form(c *web.Context, failed error) error {
	which, err := part(c)
	if err != nil {
		return err
	}
	city, err := p.get(c)
	if err != nil {
		return err
	}
	meta := web.Meta{Title: c.Loc.T("offices.city.part." + string(which)), Wide: true, Back: "/operator/city"}
	return c.Retry(failed, meta, func(problem web.Problem) templ.Component {
		return partView(partData{Part: which, City: city, Problem: problem, Theirs: fault.Is(failed, fault.Conflict)})
	})
}

func (p *Pages) save(c *web.Context) error {
	which, err := part(c)
	if err != nil {
		return err
	}
	version := c.Form().Get("version")
	err = p.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) error {
		city, err := Get(tx)
		if err != nil {
			return err
		}
		if err := city.Fill(which, c.Form().Get); err != nil {
			return err
		}
		if version != mark(city.Version) {
			return fault.New(fault.Conflict, "offices.city.changed")
		}
		return Save(tx, city, string(which))
	})
	if err != nil {
		return p.form(c, err)
	}
	c.Flash("offices.city.saved")
	return c.Redirect("/operator/city")
}

// said lists a text with the languages that it is in, for reading.
func said(t i18n.Text) []i18n.Lang {
	return slices.DeleteFunc(slices.Clone(i18n.Langs), func(l i18n.Lang) bool { return t[l] == "" })
}
