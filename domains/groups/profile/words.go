package profile

import (
	"context"
	"net/url"

	"kakehashi/domains/groups/group"
	"kakehashi/domains/groups/words"
	"kakehashi/platform/i18n"
	"kakehashi/ui"
)

// address is a page with what was asked, from the group after the cursor.
func (d listData) address(path, after string) string {
	v := url.Values{}
	for name := range d.Query {
		v.Set(name, d.Query.Get(name))
	}
	if after != "" {
		v.Set("after", after)
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
	return d.address("/groups", "")
}

func (d listData) next() string {
	if d.Found.Next == "" {
		return ""
	}
	return d.address("/groups", d.Found.Next)
}

// meta is the soft line beneath a group's name.
func meta(ctx context.Context, g group.Group) string {
	loc := i18n.From(ctx)
	if g.Town == "" {
		return g.Kind.Word(loc)
	}
	return g.Kind.Word(loc) + " · " + g.Town
}

// shorten keeps the first line of each language.
func shorten(t i18n.Text) i18n.Text {
	out := make(i18n.Text, len(t))
	for l, s := range t {
		out[l] = firstLine(s)
	}
	return out
}

// elsewhere returns the language of the group's words where it is not the
// reader's.
func elsewhere(ctx context.Context, g group.Group) (i18n.Lang, bool) {
	want := i18n.From(ctx).Lang()
	text, in := g.About.Pick(want)
	return in, text != "" && in != want
}

//i18n:uses groups.field.*
func head(ctx context.Context, key string) string { return i18n.T(ctx, key) }

func townPath(g group.Group) string { return "/groups?" + url.Values{"town": {g.Town}}.Encode() }

// facts are what else is known of the group.
func (d oneData) facts(ctx context.Context) []ui.Definition {
	g, loc := d.Group, i18n.From(ctx)
	out := []ui.Definition{{Term: loc.T("groups.field.kind"), Is: ui.Say(g.Kind.Word(loc))}}
	if g.Town != "" {
		out = append(out, ui.Definition{Term: loc.T("groups.field.town"), Is: ui.Say(g.Town)})
	}
	if len(g.Langs) > 0 {
		out = append(out, ui.Definition{Term: loc.T("groups.field.langs"), Is: ui.Verbatim(words.LangNames(loc, g.Langs))})
	}
	if d.Members > 0 {
		out = append(out, ui.Definition{Term: loc.T("groups.members.title"), Is: ui.T("groups.heads", "number", d.Members)})
	}
	if g.Contact != "" {
		out = append(out, ui.Definition{Term: loc.T("groups.field.contact"), Is: ui.Verbatim(g.Contact)})
	}
	if g.Site != "" {
		out = append(out, ui.Definition{Term: loc.T("groups.field.site"), Is: site(g)})
	}
	if !g.From.IsZero() && g.Kind != group.Office {
		out = append(out, ui.Definition{Term: loc.T("groups.field.from"), Is: ui.DateLong(g.From)})
	}
	return out
}
