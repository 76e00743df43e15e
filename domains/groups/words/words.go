// Package words is what the pages of groups share: choices for their forms and
// a few lines of text.
package words

import (
	"context"

	"github.com/a-h/templ"

	"kakehashi/domains/groups/group"
	"kakehashi/domains/groups/town"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/ui"
)

// At is the address of a page of the group.
func At(id db.ID, page string) string {
	if page != "" {
		page = "/" + page
	}
	return "/groups/" + id.String() + page
}

// Kinds are the kinds of group to choose from, without the city's offices
// unless wanted.
func Kinds(ctx context.Context, offices bool) (out []ui.Option) {
	for _, k := range group.Kinds {
		if k != group.Office || offices {
			out = append(out, ui.Option{Value: string(k), Label: k.Word(i18n.From(ctx))})
		}
	}
	return out
}

// Towns are the towns of the city.
func Towns() []ui.Option {
	towns := town.Kawaguchi()
	out := make([]ui.Option, len(towns))
	for i, t := range towns {
		out[i] = ui.Option{Value: t.Name, Label: t.Name}
	}
	return out
}

// Langs are the languages, each by its own name.
func Langs() []ui.Option {
	out := make([]ui.Option, len(i18n.Langs))
	for i, l := range i18n.Langs {
		out[i] = ui.Option{Value: string(l), Label: l.Name()}
	}
	return out
}

// LangValues are languages as a form holds them.
func LangValues(langs []i18n.Lang) []string {
	out := make([]string, len(langs))
	for i, l := range langs {
		out[i] = string(l)
	}
	return out
}

// LangNames names languages in a row, each by its own name.
func LangNames(loc *i18n.Localizer, langs []i18n.Lang) string {
	names := make([]string, len(langs))
	for i, l := range langs {
		names[i] = l.Name()
	}
	return loc.List(names)
}

// Districts are the districts to choose from.
func Districts(ctx context.Context, all []group.District) []ui.Option {
	out := make([]ui.Option, len(all))
	for i, d := range all {
		out[i] = ui.Option{Value: d.ID.String(), Label: i18n.From(ctx).Text(d.Name)}
	}
	return out
}

// States are the states of a group to choose from.
func States(ctx context.Context) (out []ui.Option) {
	for _, s := range group.States {
		out = append(out, ui.Option{Value: string(s), Label: s.Word(i18n.From(ctx))})
	}
	return out
}

// Ties are how a member belongs to the city.
//
//i18n:uses groups.tie.*
func Ties(ctx context.Context) (out []ui.Option) {
	for _, t := range group.Ties {
		out = append(out, ui.Option{Value: t, Label: i18n.T(ctx, "groups.tie."+t)})
	}
	return out
}

// Tie names how a member belongs to the city; "" when it is not said.
func Tie(ctx context.Context, tie string) string {
	if tie == "" {
		return ""
	}
	return i18n.T(ctx, "groups.tie."+tie)
}

// StateTag shows how a group stands.
func StateTag(ctx context.Context, s group.State) templ.Component {
	tone := ui.Info
	switch s {
	case group.Registered, group.Approved:
		tone = ui.Good
	case group.Changes, group.Lapsed:
		tone = ui.Care
	case group.Refused:
		tone = ui.Bad
	}
	return ui.Tag(ui.TagOf{Label: s.Word(i18n.From(ctx)), Tone: tone})
}

// On is the value of a box that is ticked.
func On(on bool) string {
	if on {
		return "on"
	}
	return ""
}
