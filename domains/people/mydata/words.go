package mydata

import (
	"context"
	"strconv"
	"strings"

	"kakehashi/domains/people/person"
	"kakehashi/domains/people/signin"
	"kakehashi/platform/i18n"
	"kakehashi/ui"
)

// line leads to one of the reader's pages, whose messages begin with the name.
func line(href, name string) ui.ListItem {
	return ui.ListItem{Href: href, Title: ui.T("people." + name + ".title"), Note: ui.T("people." + name + ".note")}
}

// settings lists the pages of settings.
func settings(services bool) []ui.ListItem {
	out := []ui.ListItem{
		line("/me/settings/languages", "languages"),
		line("/me/settings/aids", "aids"),
		line("/me/settings/channels", "channels"),
		line("/me/settings/mail", "mail"),
		line("/me/settings/passkeys", "passkeys"),
	}
	if services {
		out = append(out, line("/me/settings/services", "services"))
	}
	return append(out,
		line("/me/settings/sessions", "sessions"),
		line("/me/settings/wishes", "wishes"),
		line("/me/settings/tokens", "tokens"),
	)
}

// rank is the language in the place, "" when there is none.
func rank(langs []i18n.Lang, place int) string {
	if place < len(langs) {
		return string(langs[place])
	}
	return ""
}

func rankLabel(ctx context.Context, place int) string {
	return i18n.T(ctx, "people.languages.rank."+strconv.Itoa(place+1))
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return ""
}

func sizes(ctx context.Context) []ui.Option {
	out := make([]ui.Option, len(person.Sizes))
	for i := range person.Sizes {
		out[i] = ui.Option{Value: strconv.Itoa(i), Label: i18n.T(ctx, "people.aids.size."+strconv.Itoa(i))}
	}
	return out
}

// RelationOptions offers the relations of a guardian to a child.
func RelationOptions(ctx context.Context) []ui.Option {
	out := make([]ui.Option, len(person.Relations))
	for i, r := range person.Relations {
		out[i] = ui.Option{Value: r, Label: i18n.T(ctx, "people.relation."+r)}
	}
	return out
}

// device names a browser and system that do not say what they are.
func device(ctx context.Context, name string) string {
	if name == "" {
		return i18n.T(ctx, "people.passkeys.device")
	}
	return name
}

// scopeWords names the scopes of a token.
func scopeWords(ctx context.Context, scopes []string) string {
	words := make([]string, len(scopes))
	for i, s := range scopes {
		words[i] = i18n.T(ctx, "people.token.scope."+s)
	}
	return i18n.From(ctx).List(words)
}

// serviceName is the name of the service at the address, or the address of one
// that is configured no more.
func serviceName(all []signin.Issuer, issuer string) string {
	for _, s := range all {
		if s.URL == issuer {
			return s.Name
		}
	}
	return strings.TrimPrefix(issuer, "https://")
}

// unlinked are the services that do not sign the reader in yet.
func unlinked(all []signin.Issuer, linked []signin.Identity) (out []signin.Issuer) {
	for _, s := range all {
		found := false
		for _, l := range linked {
			found = found || l.Issuer == s.URL
		}
		if !found {
			out = append(out, s)
		}
	}
	return out
}

// lines lists the reader's own pages.
func (d meData) lines() []ui.ListItem {
	out := []ui.ListItem{
		line("/me/profile", "profile"),
		line("/me/settings", "settings"),
		line("/me/family", "family"),
		line("/me/data", "data"),
	}
	if d.Officer {
		out = append(out, line("/office/act-for", "act"))
	}
	return out
}
