package signin

import (
	"context"
	"net/url"

	"kakehashi/platform/i18n"
	"kakehashi/ui"
)

// others are the other ways in.
func (d mailData) others(ctx context.Context) []ui.Act {
	with := func(path string) string {
		if d.Next == "" {
			return path
		}
		return path + "?next=" + url.QueryEscape(d.Next)
	}
	out := []ui.Act{{Label: i18n.T(ctx, "people.signin.by_passkey"), Href: with("/sign-in/passkey"), Icon: ui.IconPerson}}
	for _, s := range d.Services {
		out = append(out, ui.Act{Label: i18n.T(ctx, "people.signin.by_service", "service", s.Name), Href: with("/sign-in/oidc/" + s.Key()), Icon: ui.IconNext})
	}
	if d.Demo {
		out = append(out, ui.Act{Label: i18n.T(ctx, "people.demo.title"), Href: with("/demo-sign-in"), Icon: ui.IconNext})
	}
	return out
}

func signInPath(next string) string {
	if next == "" {
		return "/sign-in"
	}
	return "/sign-in?next=" + url.QueryEscape(next)
}

// LangOptions offers every language under its own name.
func LangOptions() []ui.Option {
	out := make([]ui.Option, len(i18n.Langs))
	for i, l := range i18n.Langs {
		out[i] = ui.Option{Value: string(l), Label: l.Name(), In: l}
	}
	return out
}

// others are what else one may do while waiting for a code.
func (d codeData) others(ctx context.Context) []ui.Act {
	acts := []ui.Act{{Label: i18n.T(ctx, "people.code.again"), Href: signInPath(d.Next), Icon: ui.IconMail}}
	if d.Demo {
		acts = append(acts, ui.Act{Label: i18n.T(ctx, "people.code.demo"), Href: "/mailbox?to=" + url.QueryEscape(d.Mail), Icon: ui.IconInbox})
	}
	return acts
}
