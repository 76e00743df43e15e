package web

import (
	"context"
	"fmt"
	"html"
	"io"
	"slices"

	"github.com/a-h/templ"

	"kakehashi/platform/i18n"
)

// Meta describes a page to the shell around it.
type Meta struct {
	Title       string // already in the reader's language
	Description string // one sentence for search engines and previews; "" = none
	Wide        bool   // desks and tables instead of the reading width
	Field       string // colour of a field: place, take, watch, help, ask; "" = none
	Print       bool   // a page made for paper
	Back        string // local path of the page above; "" = none
	Feed        string // local path of the page's Atom feed; "" = none
}

// Shell puts the page's frame around a body.
type Shell func(m Meta, body templ.Component) templ.Component

// The bare pages stand in where nobody set better ones: in tests of this
// package, and of modules that do not need the look.

func bareShell(m Meta, body templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		_, err := fmt.Fprintf(w, "<!doctype html><html lang=%q><head><meta charset=\"utf-8\"><title>%s</title></head><body>",
			i18n.From(ctx).Lang().HTML(), html.EscapeString(m.Title))
		if err != nil {
			return err
		}
		if c := From(ctx); c != nil {
			for _, text := range c.Flashes() {
				if _, err := fmt.Fprintf(w, "<p role=\"status\">%s</p>", html.EscapeString(text)); err != nil {
					return err
				}
			}
		}
		if err := body.Render(ctx, w); err != nil {
			return err
		}
		_, err = io.WriteString(w, "</body></html>")
		return err
	})
}

func bareError(_ Meta, p Problem) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := fmt.Fprintf(w, "<main><h1>%s</h1><p>%s</p><p>%s</p></main>",
			html.EscapeString(p.Title), html.EscapeString(p.Kept), html.EscapeString(p.Todo))
		return err
	})
}

func bareDraft(m Meta, d Draft) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		t := i18n.From(ctx)
		if _, err := fmt.Fprintf(w, "<main><h1>%s</h1><p>%s</p><form method=\"post\" action=\"%s\">",
			html.EscapeString(m.Title), html.EscapeString(t.T("web.draft.text")), html.EscapeString(d.Path)); err != nil {
			return err
		}
		for _, f := range d.Hidden() {
			if _, err := fmt.Fprintf(w, "<input type=\"hidden\" name=\"%s\" value=\"%s\">",
				html.EscapeString(f.Name), html.EscapeString(f.Value)); err != nil {
				return err
			}
		}
		_, err := fmt.Fprintf(w, "<button>%s</button></form></main>", html.EscapeString(t.T("web.draft.send")))
		return err
	})
}

// Hidden returns the fields that the page of a draft sends again, hidden in its
// form, in the order of their names, with the mark that ends the draft.
func (d Draft) Hidden() []HiddenField {
	out := []HiddenField{{draftField, "1"}}
	names := make([]string, 0, len(d.Form))
	for name := range d.Form {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range d.Form[name] {
			out = append(out, HiddenField{name, v})
		}
	}
	return out
}

// HiddenField is a hidden input.
type HiddenField struct{ Name, Value string }
