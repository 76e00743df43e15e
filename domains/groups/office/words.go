package office

import (
	"context"
	"errors"
	"net/url"

	"github.com/a-h/templ"

	"kakehashi/domains/groups/group"
	"kakehashi/domains/groups/words"
	"kakehashi/engines/jp"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/table"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

func (d listData) address(path, name, value string) string {
	v := url.Values{}
	for n := range d.Query {
		v.Set(n, d.Query.Get(n))
	}
	if value != "" {
		v.Set(name, value)
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

func (d listData) first() string {
	if d.Filter.After == "" {
		return ""
	}
	return d.address("/office/groups", "", "")
}

func (d listData) next() string {
	if d.Found.Next == "" {
		return ""
	}
	return d.address("/office/groups", "after", d.Found.Next)
}

func (d listData) others(ctx context.Context) []ui.Act {
	out := []ui.Act{
		{Label: i18n.T(ctx, "groups.office.new"), Href: "/office/groups/new", Icon: ui.IconPlus},
		{Label: i18n.T(ctx, "groups.rules.title"), Href: "/office/groups/rules", Icon: ui.IconEdit},
	}
	for _, f := range table.Formats {
		out = append(out, ui.Act{Label: f.Label(i18n.From(ctx)), Href: d.address("/office/groups/export", "format", f.String()), Icon: ui.IconDownload})
	}
	return out
}

func groupColumns(ctx context.Context, today jp.Date) []ui.Column[group.Group] {
	loc := i18n.From(ctx)
	return []ui.Column[group.Group]{
		{Label: loc.T("groups.field.name"), Head: true, Cell: func(g group.Group) templ.Component {
			return words.Link(loc.Text(g.Name), "/office/groups/"+g.ID.String())
		}},
		{Label: loc.T("groups.field.kind"), Text: func(g group.Group) string { return g.Kind.Word(loc) }},
		{Label: loc.T("groups.field.town"), Text: func(g group.Group) string { return g.Town }},
		{Label: loc.T("groups.field.state"), Cell: func(g group.Group) templ.Component { return words.StateTag(ctx, g.Standing(today)) }},
		{Label: loc.T("groups.field.expires"), Cell: func(g group.Group) templ.Component { return ui.DateLong(g.Until) }},
	}
}

func (d oneData) waitingKey() string {
	if d.Waits.Kind == group.Renewal {
		return "groups.waiting.renewal"
	}
	return "groups.waiting.new"
}

func (d oneData) shown() group.Shown {
	s := group.Shown{Members: d.Members, Residents: d.Residents, Papers: len(d.Files) > 0 || d.Group.Rules != ""}
	about, _ := d.Group.About.Pick(i18n.Ja)
	s.About = about != ""
	for _, m := range d.Officers {
		s.Representative = s.Representative || m.Role == group.Representative
	}
	return s
}

func (d oneData) missing() []fault.Field {
	var f *fault.Error
	if errors.As(d.Rules.Check(d.shown()), &f) {
		return f.Fields
	}
	return nil
}

func (d oneData) facts(ctx context.Context) []ui.Definition {
	g, loc := d.Group, i18n.From(ctx)
	out := []ui.Definition{{Term: loc.T("groups.field.kind"), Is: ui.Say(g.Kind.Word(loc))}}
	add := func(known bool, term string, is templ.Component) {
		if known {
			out = append(out, ui.Definition{Term: term, Is: is})
		}
	}
	add(g.Town != "", loc.T("groups.field.town"), ui.Say(g.Town))
	add(len(g.About) > 0, loc.T("groups.field.about"), ui.Text(g.About))
	add(g.Kind != group.Office, loc.T("groups.members.title"), ui.T("groups.send.members", "number", d.Members, "residents", d.Residents))
	add(len(g.Langs) > 0, loc.T("groups.field.langs"), ui.Verbatim(words.LangNames(loc, g.Langs)))
	add(g.Contact != "", loc.T("groups.field.contact"), ui.Verbatim(g.Contact))
	add(!g.From.IsZero(), loc.T("groups.field.from"), ui.DateLong(g.From))
	add(!g.Until.IsZero(), loc.T("groups.field.expires"), ui.DateLong(g.Until))
	return out
}

func (d oneData) others(ctx context.Context) []ui.Act {
	return []ui.Act{
		{Label: i18n.T(ctx, "groups.members.title"), Href: words.At(d.Group.ID, "members"), Icon: ui.IconGroup},
		{Label: i18n.T(ctx, "groups.handover.title"), Href: words.At(d.Group.ID, "handover"), Icon: ui.IconEdit},
		{Label: i18n.T(ctx, "groups.desk.open"), Href: words.At(d.Group.ID, "desk"), Icon: ui.IconEdit},
		{Label: i18n.T(ctx, "groups.history.title"), Href: words.At(d.Group.ID, "history"), Icon: ui.IconClock},
	}
}

// personPath leads to the page of an officer who is a person.
func personPath(m group.Member) string {
	if m.Person == 0 {
		return ""
	}
	return "/office/people/" + m.Person.String()
}

func pastColumns(ctx context.Context) []ui.Column[group.Registration] {
	loc := i18n.From(ctx)
	return []ui.Column[group.Registration]{
		{Label: loc.T("groups.field.receipt"), Head: true, Text: func(r group.Registration) string { return r.Receipt }},
		{Label: loc.T("groups.field.state"), Cell: func(r group.Registration) templ.Component { return words.StateTag(ctx, r.State) }},
		{Label: loc.T("groups.field.sent"), Cell: func(r group.Registration) templ.Component { return ui.Moment(r.SentAt) }},
		{Label: loc.T("groups.field.decided"), Cell: func(r group.Registration) templ.Component { return ui.Moment(r.DecidedAt) }},
		{Label: loc.T("groups.field.reason"), Text: func(r group.Registration) string { return why(loc, r) }},
	}
}

func why(loc *i18n.Localizer, r group.Registration) string {
	var all []string
	for _, reason := range r.Reasons {
		all = append(all, group.ReasonWord(loc, reason))
	}
	if r.Note != "" {
		all = append(all, r.Note)
	}
	return loc.List(all)
}

func decisions(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: string(group.Approved), Label: i18n.T(ctx, "groups.decide.approve")},
		{Value: string(group.Changes), Label: i18n.T(ctx, "groups.decide.changes")},
		{Value: string(group.Refused), Label: i18n.T(ctx, "groups.decide.refuse")},
	}
}

func reasonOptions(ctx context.Context) (out []ui.Option) {
	for _, r := range group.Reasons {
		out = append(out, ui.Option{Value: r, Label: group.ReasonWord(i18n.From(ctx), r)})
	}
	return out
}

func ruleLabel(ctx context.Context, r group.Rules) string {
	loc := i18n.From(ctx)
	return loc.T("groups.rules.line", "kind", r.Kind.Word(loc), "members", r.MinMembers, "percent", r.ResidentPercent, "months", r.ValidMonths)
}

// problem is what was wrong with the form of this kind; the others have none.
func (d rulesData) problem(ctx context.Context, r group.Rules) web.Problem {
	if c := web.From(ctx); c != nil && c.Form().Get("kind") == string(r.Kind) {
		return d.Problem
	}
	return web.Problem{}
}

func officeValue(r group.Rules) string {
	if r.Office == 0 {
		return ""
	}
	return r.Office.String()
}

func (d rulesData) offices(ctx context.Context) []ui.Option {
	out := make([]ui.Option, len(d.Offices))
	for i, o := range d.Offices {
		out[i] = ui.Option{Value: o.ID.String(), Label: i18n.From(ctx).Text(o.Name)}
	}
	return out
}
