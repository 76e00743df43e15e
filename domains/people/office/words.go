package office

import (
	"context"
	"net/url"

	"github.com/a-h/templ"

	"kakehashi/domains/people/person"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// personColumns are what a list of persons shows: enough to tell two of one
// name apart, and nothing sealed.
func personColumns(ctx context.Context) []ui.Column[person.Person] {
	return []ui.Column[person.Person]{
		{Label: i18n.T(ctx, "people.field.name"), Text: fullName, Head: true},
		{Label: i18n.T(ctx, "people.field.kana"), Text: func(p person.Person) string { return p.Kana }},
		{Label: i18n.T(ctx, "people.field.town"), Text: func(p person.Person) string { return p.Town }},
		{Label: i18n.T(ctx, "people.field.lang"), Cell: func(p person.Person) templ.Component { return ui.In(p.Lang(), p.Lang().Name()) }},
	}
}

// fullName is the name with the 通称 behind it, where there is one.
func fullName(p person.Person) string {
	if p.Alias == "" {
		return p.Name
	}
	return p.Name + " (" + p.Alias + ")"
}

func pagePath(path, query, from string) string {
	v := url.Values{"q": {query}}
	if from != "" {
		v.Set("from", from)
	}
	return path + "?" + v.Encode()
}

func firstPage(path, query, from string) string {
	if from == "" {
		return ""
	}
	return pagePath(path, query, "")
}

func nextPage(path, query, next string) string {
	if next == "" {
		return ""
	}
	return pagePath(path, query, next)
}

// newPath leads to the form for a person who was not found, to act for them.
func newPath(query string) string {
	return "/office/people/new?" + url.Values{"act": {"1"}, "name": {query}}.Encode()
}

func newLabel(ctx context.Context, d newData) string {
	if len(d.Known) > 0 {
		return i18n.T(ctx, "people.new.anyway")
	}
	return i18n.T(ctx, "people.new.go")
}

func actValue(on bool) string {
	if on {
		return "on"
	}
	return ""
}

func roleOptions(ctx context.Context, roles []web.Role) []ui.Option {
	out := make([]ui.Option, len(roles))
	for i, r := range roles {
		out[i] = ui.Option{Value: string(r), Label: person.RoleWord(i18n.From(ctx), r)}
	}
	return out
}

// state says in a word what became of a post.
func (p *postLine) state(ctx context.Context) string {
	switch {
	case !p.EndedAt.IsZero():
		return i18n.T(ctx, "people.post.state.ended")
	case p.Now:
		return i18n.T(ctx, "people.post.state.now")
	case p.Later:
		return i18n.T(ctx, "people.post.state.later")
	}
	return i18n.T(ctx, "people.post.state.over")
}

func (p *postLine) reason() string {
	if p.EndReason != "" {
		return p.Reason + " → " + p.EndReason
	}
	return p.Reason
}

// definitions are what the page of a person lists; the operator sees nothing
// that is sealed.
func (d personData) definitions(ctx context.Context) []ui.Definition {
	p, loc := d.Person, i18n.From(ctx)
	var out []ui.Definition
	add := func(key, value string, is templ.Component) {
		if value != "" {
			out = append(out, ui.Definition{Term: loc.T("people.field." + key), Is: is})
		}
	}
	add("name", p.Name, ui.Verbatim(p.Name))
	add("roman", p.Roman, ui.Verbatim(p.Roman))
	add("alias", p.Alias, ui.Verbatim(p.Alias))
	add("town", p.Town, ui.Verbatim(p.Town))
	add("lang", string(p.Lang()), ui.In(p.Lang(), p.Lang().Name()))
	add("account", "-", yesNo(p.Account))
	add("paper", "-", yesNo(p.Aids.Paper))
	if d.Clerk {
		add("birth", p.Birth.String(), ui.DateLong(p.Birth))
		add("phone", p.Phone, ui.Phone(p.Phone))
		add("mail", p.Mail, ui.Verbatim(p.Mail))
		add("address", p.Address, ui.Verbatim(p.Address))
	}
	return out
}

func yesNo(yes bool) templ.Component {
	if yes {
		return ui.T("people.yes")
	}
	return ui.T("people.no")
}

// others are what else a clerk may do on a person's page.
func (d personData) others(ctx context.Context) []ui.Act {
	out := []ui.Act{
		{Label: i18n.T(ctx, "people.edit.title"), Href: at(d.Person.ID, "/edit"), Icon: ui.IconEdit},
		{Label: i18n.T(ctx, "people.wish.title"), Href: at(d.Person.ID, "/wish")},
	}
	if d.Minor {
		out = append(out, ui.Act{Label: i18n.T(ctx, "people.guardian.title"), Href: at(d.Person.ID, "/guardian")})
	}
	return out
}
