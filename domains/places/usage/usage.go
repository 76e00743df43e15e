package usage

import (
	"cmp"
	"embed"
	"io"
	"iter"
	"net/url"
	"slices"
	"strconv"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/reservation/desk"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/table"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

//go:embed messages/*.toml
var messages embed.FS

// Messages returns the texts of the monthly report in every language.
func Messages() i18n.Source { return i18n.Source{Name: "usage", FS: messages} }

// Usage serves the monthly report on how rooms are used.
type Usage struct {
	deps  module.Deps
	rooms *facility.Directory
	near  Neighbours
}

// Neighbours are what the report needs of others.
type Neighbours struct {
	// GroupKinds returns the kinds of groups by id; nil: all are unknown.
	GroupKinds func(tx *db.Tx, ids []db.ID) (map[db.ID]string, error)
	// KindKey returns the message key that names a kind of group.
	KindKey func(kind string) string
	// OfficeName names an office for a menu; nil: by its id.
	OfficeName func(tx *db.Tx, office db.ID) (i18n.Text, error)
}

// New returns the report; it does no I/O.
func New(deps module.Deps, rooms *facility.Directory, near Neighbours) *Usage {
	return &Usage{deps: deps, rooms: rooms, near: near}
}

// Join hands over the pages.
func (u *Usage) Join(m *module.Module, _ *desk.Desk) {
	clerk := web.Holding(web.RoleClerk)
	m.Messages = append(m.Messages, Messages())
	m.Routes = append(m.Routes,
		web.Route{Pattern: "GET /office/usage", Access: clerk, Handle: u.show},
		web.Route{Pattern: "GET /office/usage/export", Access: clerk, Handle: u.export},
	)
	m.Nav = append(m.Nav, module.Nav{Place: module.InOffice, Path: "/office/usage", LabelKey: "usage.title", Icon: string(ui.IconChart),
		Show: func(v web.Viewer) bool { return v.Holds(web.RoleClerk) }, Order: 45})
}

// monthsBack is how many months the menu goes back; one to come is offered too.
const monthsBack = 36

// data is what the page shows.
type data struct {
	Month
	Query      url.Values
	Offices    []ui.Option
	Facilities []ui.Option
	Months     []ui.Option
	names      map[db.ID]string // of rooms, with their facility where there are several
	kindKey    func(string) string
}

// choice reads what the address selects: the month, one of the clerk's offices,
// and one facility of it.
func (u *Usage) choice(c *web.Context) (office, only db.ID, first jp.Date) {
	want, _ := db.ParseID(c.Query("office"))
	for _, s := range c.Viewer.Scopes(web.RoleClerk) {
		if s.Kind == "office" && (office == 0 || s.ID == want) {
			office = s.ID
		}
	}
	only, _ = db.ParseID(c.Query("facility"))
	first, err := jp.ParseDate(c.Query("month") + "-01")
	if err != nil {
		today := jp.DateOf(u.deps.DB.Now())
		first = jp.NewDate(today.Year, today.Month, 1).AddMonths(-1)
	}
	return office, only, first
}

// load reads what the address selects.
func (u *Usage) load(c *web.Context) (d data, err error) {
	office, only, first := u.choice(c)
	d.Query = url.Values{"office": {office.String()}, "facility": {""}, "month": {first.String()[:7]}}
	if only != 0 {
		d.Query.Set("facility", only.String())
	}
	d.kindKey = u.near.KindKey
	today := jp.DateOf(u.deps.DB.Now())
	for n := 1; n >= -monthsBack; n-- {
		m := jp.NewDate(today.Year, today.Month, 1).AddMonths(n)
		d.Months = append(d.Months, ui.Option{Value: m.String()[:7], Label: c.Loc.Month(m)})
	}
	snap, err := u.rooms.Get(c.Context())
	if err != nil {
		return d, err
	}
	d.names = map[db.ID]string{}
	d.Facilities = []ui.Option{{Label: c.Loc.T("usage.all")}}
	for _, f := range snap.Facilities {
		rooms := snap.Rooms(f.ID)
		if f.Office != office || len(rooms) == 0 {
			continue
		}
		d.Facilities = append(d.Facilities, ui.Option{Value: f.ID.String(), Label: c.Loc.Text(f.Name)})
		for _, r := range rooms {
			d.names[r.ID] = c.Loc.Text(r.Name)
			if only == 0 {
				d.names[r.ID] = c.Loc.Text(f.Name) + " " + d.names[r.ID]
			}
		}
	}
	err = u.deps.DB.Read(c.Context(), func(tx *db.Tx) (err error) {
		for _, s := range c.Viewer.Scopes(web.RoleClerk) {
			o := ui.Option{Value: s.ID.String(), Label: s.ID.String()}
			if u.near.OfficeName != nil {
				name, err := u.near.OfficeName(tx, s.ID)
				if err != nil {
					return err
				}
				o.Label = cmp.Or(c.Loc.Text(name), o.Label)
			}
			d.Offices = append(d.Offices, o)
		}
		d.Month, err = u.read(tx, snap, office, only, first)
		return err
	})
	return d, err
}

func (u *Usage) show(c *web.Context) error {
	d, err := u.load(c)
	if err != nil {
		return err
	}
	return c.Page(web.Meta{Title: c.Loc.T("usage.title"), Back: "/office", Wide: true}, view(d))
}

// exportFields are the columns of the table, as message keys.
var exportFields = []string{
	"usage.month", "usage.by", "usage.name", "usage.percent", "usage.bookings", "usage.hours", "usage.people", "usage.no_shows", "usage.cancelled",
}

// export writes the report as a table, one row a line of it.
func (u *Usage) export(c *web.Context) error {
	d, err := u.load(c)
	if err != nil {
		return err
	}
	format, ok := table.ParseFormat(c.Query("format"))
	if !ok {
		format = table.XLSX
	}
	header := make([]string, len(exportFields))
	for i, key := range exportFields {
		header[i] = c.Loc.T(key)
	}
	name := c.Loc.T("usage.title") + d.First.String()[:7] + format.Ext()
	return c.Download(name, format.MIME(), func(w io.Writer) error { return table.Write(w, format, header, d.rows(c.Loc)) })
}

func (d data) rows(loc *i18n.Localizer) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for _, g := range d.groups(loc) {
			for _, l := range g.lines {
				percent := ""
				if p := l.Percent(); p >= 0 {
					percent = strconv.FormatInt(p, 10)
				}
				if !yield([]string{d.First.String()[:7], g.title, l.Name, percent, strconv.FormatInt(l.Bookings, 10), hours(l.Minutes),
					strconv.FormatInt(l.People, 10), strconv.FormatInt(l.NoShows, 10), strconv.FormatInt(l.Cancelled, 10)}) {
					return
				}
			}
		}
	}
}

// hours writes minutes as hours with a quarter's precision: 3.25.
func hours(minutes int64) string { return strconv.FormatFloat(float64(minutes)/60, 'f', -1, 64) }

// UseKey returns the message that names a use.
//
//i18n:uses usage.use.*
func UseKey(u rules.Use) string { return "usage.use." + string(cmp.Or(u, "unknown")) }

// named is a line with its name in the reader's language.
type named struct {
	Name string
	Line
}

// group is one table of the report.
type group struct {
	id, title, corner string
	lines             []named
}

// groups are the tables: by room, part of the day, kind of group, and use.
//
//i18n:uses usage.part.*
func (d data) groups(loc *i18n.Localizer) []group {
	name := func(all []Line, of func(Line) string) []named {
		out := make([]named, len(all))
		for i, l := range all {
			out[i] = named{of(l), l}
		}
		return out
	}
	return []group{
		{"room", loc.T("usage.by.room"), loc.T("usage.room"), name(d.Rooms, func(l Line) string { return d.names[l.Room] })},
		{"part", loc.T("usage.by.part"), loc.T("usage.part"), name(d.Parts, func(l Line) string { return loc.T("usage.part." + l.Key) })},
		{"kind", loc.T("usage.by.kind"), loc.T("usage.kind"), name(d.Kinds, func(l Line) string {
			if l.Key == "" || d.kindKey == nil {
				return loc.T("usage.alone")
			}
			return loc.T(d.kindKey(l.Key))
		})},
		{"use", loc.T("usage.by.use"), loc.T("usage.use"), name(d.Uses, func(l Line) string { return loc.T(UseKey(rules.Use(l.Key))) })},
	}
}

// chart compares how much of each room was taken, the most used first, at most
// a dozen.
func (d data) chart(loc *i18n.Localizer, g group) ui.ChartOf {
	const most = 12
	lines := slices.Clone(g.lines)
	c := ui.ChartOf{ID: "usage-" + g.id, Corner: g.corner}
	if lines[0].Open > 0 {
		slices.SortStableFunc(lines, func(a, b named) int { return cmp.Compare(b.Percent(), a.Percent()) })
		c.Title, c.Unit, c.Series = loc.T("usage.percent"), "%", []ui.Series{{Name: loc.T("usage.percent")}}
	} else {
		c.Title, c.Unit, c.Series = loc.T("usage.hours"), loc.T("usage.unit.hours"), []ui.Series{{Name: loc.T("usage.hours")}}
	}
	for _, l := range lines[:min(most, len(lines))] {
		v := l.Percent()
		if v < 0 {
			v = (l.Minutes + 30) / 60
		}
		c.Labels = append(c.Labels, l.Name)
		c.Series[0].Values = append(c.Series[0].Values, v)
	}
	return c
}
