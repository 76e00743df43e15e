package programmes

import (
	"context"
	"net/url"

	"github.com/a-h/templ"

	"kakehashi/domains/programmes/office"
	"kakehashi/domains/programmes/programme"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/ui"
)

func frontHeading(ctx context.Context, d frontData) string {
	if d.Near {
		return i18n.T(ctx, "programmes.front.near")
	}
	return i18n.T(ctx, "programmes.front.week")
}

// byField lists every programme under its field.
func byField(loc *i18n.Localizer, all *programme.Snapshot) (out []ui.Definition) {
	for _, f := range all.Fields {
		if list := all.In(f.Slug); len(list) > 0 {
			out = append(out, ui.Definition{Term: loc.Text(f.Name), Is: links(list)})
		}
	}
	return out
}

// items lists what is on: when, what, where.
func items(list []module.Happening) []ui.ListItem {
	out := make([]ui.ListItem, len(list))
	for i, h := range list {
		out[i] = ui.ListItem{Href: h.Path, Lead: when(h), Title: ui.Text(h.Title)}
		if len(h.Where) > 0 {
			out[i].Note = ui.Text(h.Where)
		}
	}
	return out
}

func groupItems(groups []group) []ui.ListItem {
	out := make([]ui.ListItem, len(groups))
	for i, g := range groups {
		out[i] = ui.ListItem{Href: "/groups/" + g.ID.String(), Title: ui.Text(g.Name)}
	}
	return out
}

// fieldTabs lead from field to field; "" is all of them.
func fieldTabs(loc *i18n.Localizer, path, here string, fields []programme.Field, keep url.Values) []ui.Tab {
	href := func(field string) string {
		v := url.Values{}
		for name, values := range keep {
			v[name] = values
		}
		if field != "" {
			v.Set("field", field)
		}
		if len(v) == 0 {
			return path
		}
		return path + "?" + v.Encode()
	}
	out := []ui.Tab{{Label: loc.T("programmes.every"), Href: href(""), Count: -1, Here: here == ""}}
	for _, f := range fields {
		out = append(out, ui.Tab{Label: loc.Text(f.Name), Href: href(f.Slug), Count: -1, Here: here == f.Slug})
	}
	return out
}

func (d allData) tabs(loc *i18n.Localizer) []ui.Tab {
	keep := url.Values{}
	if d.Query != "" {
		keep.Set("q", d.Query)
	}
	return fieldTabs(loc, "/programmes", d.Field, d.Fields, keep)
}

// empty says why the list is empty and what to do: look in every field, or for
// something else; import the programmes of a city that has none.
func (d allData) empty(loc *i18n.Localizer) ui.EmptyOf {
	if d.Query == "" && d.Field == "" {
		return ui.EmptyOf{Title: loc.T("programmes.none")}
	}
	e := ui.EmptyOf{Title: loc.T("programmes.search.none"), Text: loc.T("programmes.search.none.text")}
	e.Act = ui.Act{Label: loc.T("programmes.front.all"), Href: "/programmes", Look: ui.Primary}
	if d.Field != "" && d.Query != "" {
		e.Act = ui.Act{Label: loc.T("programmes.search.every"), Href: "/programmes?" + url.Values{"q": {d.Query}}.Encode(), Look: ui.Primary}
	}
	return e
}

func (d happeningsData) tabs(loc *i18n.Localizer) []ui.Tab {
	return fieldTabs(loc, "/happenings", d.Field, d.Fields, nil)
}

// contact is who answers: office, number to tap, hours, mail.
func contact(ctx context.Context, p *programme.Programme) []ui.Definition {
	loc := i18n.From(ctx)
	out := []ui.Definition{{Term: loc.T("programmes.office"), Is: ui.Text(p.Contact)}}
	if p.Phone != "" {
		out = append(out, ui.Definition{Term: loc.T("programmes.phone"), Is: ui.Phone(p.Phone)})
	}
	if len(p.Hours) > 0 {
		out = append(out, ui.Definition{Term: loc.T("programmes.part.hours"), Is: ui.Text(p.Hours)})
	}
	if p.Mail != "" {
		out = append(out, ui.Definition{Term: loc.T("programmes.mail"), Is: mailLink(p.Mail)})
	}
	return out
}

func others(ctx context.Context, d oneData) (out []ui.Act) {
	if d.HasRecord {
		out = append(out, ui.Act{Label: i18n.T(ctx, "programmes.record.title"), Href: "/programmes/" + d.Programme.Slug + "/record", Icon: ui.IconChart})
	}
	return append(out, ui.Act{Label: i18n.T(ctx, "programmes.front.all"), Href: "/programmes", Icon: ui.IconList})
}

// change says by how much of a hundred a number grew or fell.
func change(loc *i18n.Localizer, r compared) string {
	switch {
	case r.Then == 0:
		return "—"
	case r.Now >= r.Then:
		return "+" + loc.Number((r.Now-r.Then)*100/r.Then) + "%"
	}
	return "−" + loc.Number((r.Then-r.Now)*100/r.Then) + "%"
}

// foot is the last line of the printed months.
func (d recordData) foot(loc *i18n.Localizer) []string {
	t := d.Year.Total()
	return []string{loc.T("programmes.record.total"), loc.Number(t.Acts), loc.Number(t.Hours()), loc.Number(t.Heads)}
}

// whoRow is one language of the printed table of participants.
type whoRow struct {
	lang  string
	ages  map[string]int64
	total int64
}

func (d recordData) who() (out []whoRow) {
	for _, l := range d.Year.ByLang() {
		if l.Heads == 0 {
			continue
		}
		r := whoRow{lang: l.Lang, ages: map[string]int64{}, total: l.Heads}
		for _, h := range d.Year.Heads {
			if h.Lang == l.Lang {
				r.ages[h.Age] += h.Heads
			}
		}
		out = append(out, r)
	}
	return out
}

func (d recordData) whoColumns(loc *i18n.Localizer) []ui.Column[whoRow] {
	out := []ui.Column[whoRow]{{Label: loc.T("programmes.record.lang"), Head: true, Cell: func(r whoRow) templ.Component {
		if l, ok := i18n.ParseLang(r.lang); ok {
			return ui.In(l, l.Name())
		}
		return ui.Say(langWord(loc, r.lang))
	}}}
	for _, a := range d.Year.ByAge() {
		if a.Heads == 0 {
			continue
		}
		out = append(out, ui.Column[whoRow]{
			Label: office.AgeWord(loc, a.Age), Number: true,
			Cell: func(r whoRow) templ.Component { return ui.Number(r.ages[a.Age]) },
		})
	}
	return append(out, ui.Column[whoRow]{
		Label: loc.T("programmes.record.total"), Number: true, Cell: func(r whoRow) templ.Component { return ui.Number(r.total) },
	})
}
