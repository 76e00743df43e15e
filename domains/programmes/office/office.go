package office

import (
	"slices"

	"kakehashi/domains/programmes/programme"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// Office serves the pages.
type Office struct {
	db        *db.DB
	directory *programme.Directory
}

// New returns the pages.
func New(d *db.DB, directory *programme.Directory) *Office {
	return &Office{db: d, directory: directory}
}

// Shown reports whether the desk has something for the reader here.
func Shown(v web.Viewer) bool { return v.Holds(web.RoleClerk) || v.Holds(web.RoleOperator) }

// Routes are the pages.
func (o *Office) Routes() []web.Route {
	desk := web.Holding(web.RoleClerk, web.RoleOperator)
	own := web.Concerned("programme.office", o.mayChange).Shown()
	return []web.Route{
		{Pattern: "GET /office/programmes", Access: desk, Handle: o.showAll},
		{Pattern: "GET /office/programmes/{id}/texts", Access: own, Handle: o.showTexts},
		{Pattern: "POST /office/programmes/{id}/texts", Access: own, Handle: o.saveTexts},
		{Pattern: "GET /office/programmes/{id}/contact", Access: own, Handle: o.showContact},
		{Pattern: "POST /office/programmes/{id}/contact", Access: own, Handle: o.saveContact},
		{Pattern: "GET /office/programmes/{id}/activities", Access: own, Handle: o.showActivities},
		{Pattern: "GET /office/programmes/{id}/activities/new", Access: own, Handle: o.showNew},
		{Pattern: "POST /office/programmes/{id}/activities/new", Access: own, Handle: o.enter},
		{Pattern: "GET /office/programmes/{id}/activities/{activity}", Access: own, Handle: o.showActivity},
		{Pattern: "POST /office/programmes/{id}/activities/{activity}", Access: own, Handle: o.correct},
		{Pattern: "POST /office/programmes/{id}/activities/{activity}/take-out", Access: own, Handle: o.takeOut},
	}
}

// may reports whether the posts let their holder change the programme.
func may(v web.Viewer, office db.ID) bool {
	return v.Holds(web.RoleOperator) ||
		v.Holds(web.RoleClerk) && (office == 0 || v.HoldsFor(web.RoleClerk, web.Scope{Kind: "office", ID: office}))
}

// mayChange reports whether the reader may change the programme of the path.
func (o *Office) mayChange(c *web.Context) (bool, error) {
	if !Shown(c.Viewer) {
		return false, nil
	}
	id, err := c.PathID("id")
	if err != nil {
		return false, err
	}
	all, err := o.directory.Get(c.Context())
	if err != nil {
		return false, err
	}
	p := all.ByID(id)
	if p == nil {
		return false, fault.New(fault.NotFound, "web.error.not_found")
	}
	return may(c.Viewer, p.Office), nil
}

// row is one programme of the list.
type row struct {
	*programme.Programme
	May     bool
	Missing []i18n.Lang // languages that lack something Japanese has
}

// showAll lists the programmes, the reader's own first.
func (o *Office) showAll(c *web.Context) error {
	all, err := o.directory.Get(c.Context())
	if err != nil {
		return err
	}
	rows := make([]row, len(all.Programmes))
	for i := range all.Programmes {
		p := &all.Programmes[i]
		rows[i] = row{Programme: p, May: may(c.Viewer, p.Office)}
		for _, l := range i18n.Langs {
			if p.Missing(l) > 0 {
				rows[i].Missing = append(rows[i].Missing, l)
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		switch {
		case a.May && !b.May:
			return -1
		case b.May && !a.May:
			return 1
		}
		return 0
	})
	return c.Page(web.Meta{Title: c.Loc.T("programmes.office.title"), Wide: true}, listView(rows))
}

func at(id db.ID, rest string) string { return "/office/programmes/" + id.String() + rest }

// meta describes a page of one programme.
func meta(c *web.Context, key string, p *programme.Programme, back string) web.Meta {
	return web.Meta{Title: c.Loc.T(key) + " — " + c.Loc.Text(p.Name), Wide: true, Field: p.Field, Back: back}
}

// open returns the programme of the path as the transaction sees it.
func open(c *web.Context, tx *db.Tx) (programme.Programme, error) {
	id, err := c.PathID("id")
	if err != nil {
		return programme.Programme{}, err
	}
	return programme.Get(tx, id)
}

func langOptions() []ui.Option {
	out := make([]ui.Option, len(i18n.Langs))
	for i, l := range i18n.Langs {
		out[i] = ui.Option{Value: string(l), Label: l.Name()}
	}
	return out
}
