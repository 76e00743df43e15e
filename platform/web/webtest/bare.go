package webtest

import (
	"context"
	"fmt"
	"html"
	"io"

	"github.com/a-h/templ"

	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
	"kakehashi/platform/web/draft"
)

// The bare pages of tests that are not about the look: Setup.Config may set
// better ones.

func bareShell(m web.Meta, body templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		_, err := fmt.Fprintf(w, "<!doctype html><html lang=%q><head><meta charset=\"utf-8\"><title>%s</title></head><body>",
			i18n.From(ctx).Lang().HTML(), html.EscapeString(m.Title))
		if err != nil {
			return err
		}
		for _, text := range web.From(ctx).Flashes() {
			if _, err := fmt.Fprintf(w, "<p role=\"status\">%s</p>", html.EscapeString(text)); err != nil {
				return err
			}
		}
		if err := body.Render(ctx, w); err != nil {
			return err
		}
		_, err = io.WriteString(w, "</body></html>")
		return err
	})
}

func bareError(_ web.Meta, p web.Problem) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := fmt.Fprintf(w, "<main><h1>%s</h1><p>%s</p><p>%s</p></main>",
			html.EscapeString(p.Title), html.EscapeString(p.Kept), html.EscapeString(p.Todo))
		if err != nil || p.Again == nil {
			return err
		}
		return again(w, p.Again.Path, p.Again.Fields())
	})
}

// again is a form that sends what was typed once more.
func again(w io.Writer, path string, fields []draft.HiddenField) error {
	if _, err := fmt.Fprintf(w, "<form method=\"post\" action=\"%s\">", html.EscapeString(path)); err != nil {
		return err
	}
	for _, f := range fields {
		_, err := fmt.Fprintf(w, "<input type=\"hidden\" name=\"%s\" value=\"%s\">",
			html.EscapeString(f.Name), html.EscapeString(f.Value))
		if err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, "<button></button></form>")
	return err
}

func bareDraft(m web.Meta, d web.Draft) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		if _, err := fmt.Fprintf(w, "<main><h1>%s</h1>", html.EscapeString(m.Title)); err != nil {
			return err
		}
		return again(w, d.Path, d.Hidden())
	})
}
