package ui

import (
	"bytes"
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
)

// in returns a context that speaks the language.
func in(l i18n.Lang) context.Context {
	return i18n.With(context.Background(), i18n.NewCatalog(Messages()).For(l))
}

func render(t *testing.T, ctx context.Context, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// with gives a component its children, as templ does.
func with(c templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(templ.WithChildren(ctx, templ.Join(children...)), w)
	})
}

func parse(t *testing.T, page string) *html.Node {
	t.Helper()
	n, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// every returns the elements of the names below n, in order; no name is all.
func every(n *html.Node, names ...string) []*html.Node {
	var out []*html.Node
	for d := range n.Descendants() {
		if d.Type != html.ElementNode {
			continue
		}
		if len(names) == 0 {
			out = append(out, d)
		}
		for _, name := range names {
			if d.Data == name {
				out = append(out, d)
			}
		}
	}
	return out
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// kawaguchi is a frame with everything in it.
func kawaguchi() Frame {
	return Frame{
		City: func(context.Context) City {
			return City{Name: i18n.Text{i18n.Ja: "川口市", i18n.En: "Kawaguchi"}, Office: i18n.Text{i18n.Ja: "協働推進課"}, Phone: "048-258-1110", About: "/about"}
		},
		Doors: append([]Door{{FieldPlace, "/places"}}, FieldDoors()[1:]...),
		Nav: []module.Nav{
			{Place: module.InOffice, Path: "/desk/second", LabelKey: "ui.gallery.what", Icon: "list", Show: isClerk, Order: 20},
			{Place: module.InOffice, Path: "/desk", LabelKey: "ui.gallery.desk", Icon: "inbox", Show: isClerk, Order: 10},
			{Place: module.InMine, Path: "/me", LabelKey: "ui.gallery.mine", Icon: "person", Show: web.Viewer.SignedIn},
			{Place: module.InFooter, Path: "/rules", LabelKey: "ui.foot.made"},
		},
		Demo: true,
	}.filled()
}

func isClerk(v web.Viewer) bool { return v.Holds(web.RoleClerk) }

// pages are whole pages in every shape the shell has.
func pages(t *testing.T) map[string]string {
	t.Helper()
	clerk := web.Viewer{Person: db.ID(7), Name: "T. Tanaka", OnBehalfOf: 8, OnBehalfName: "I. Suzuki", Posts: []web.Post{{Role: web.RoleClerk}}}
	out := make(map[string]string)
	for _, l := range i18n.Langs {
		r := reader{here: "/_components?q=a&b=c", viewer: clerk, flashes: []string{"ok"}, aids: web.Aids{Furigana: true, Size: 2, Contrast: true, Motion: true}}
		meta := web.Meta{Title: "x", Back: "/", Field: "place", Wide: true, Feed: "/feed"}
		out["gallery "+string(l)] = render(t, in(l), kawaguchi().page(r, meta, Gallery()))
		out["front "+string(l)] = render(t, in(l), kawaguchi().page(reader{here: "/"}, web.Meta{}, Doors(kawaguchi().Doors)))
		out["paper "+string(l)] = render(t, in(l), kawaguchi().page(reader{}, web.Meta{Title: "x", Print: true, Back: "/"}, galleryPaper()))
		draft := web.Draft{Path: "/places/1", Form: url.Values{"people": {"20"}}, Files: true}
		out["draft "+string(l)] = render(t, in(l), kawaguchi().page(reader{here: "/continue"}, web.Meta{}, DraftPage(web.Meta{}, draft)))
	}
	return out
}

// The content security policy of web allows no inline style and script and
// nothing from elsewhere; a page that needs either would look broken.
func TestPages_NothingInlineNothingFromElsewhere(t *testing.T) {
	for name, page := range pages(t) {
		for _, n := range every(parse(t, page)) {
			for _, a := range n.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
					t.Errorf("%s: <%s %s=%q>", name, n.Data, a.Key, a.Val)
				}
				switch a.Key {
				case "href", "src", "action", "formaction", "poster", "srcset", "data-begin", "data-finish":
					if strings.Contains(a.Val, "//") {
						t.Errorf("%s: <%s %s=%q> leads elsewhere", name, n.Data, a.Key, a.Val)
					}
				}
			}
			if n.Data == "style" || n.Data == "script" && n.FirstChild != nil {
				t.Errorf("%s: inline <%s>", name, n.Data)
			}
		}
	}
}

func TestPages_EveryMessageIsThere(t *testing.T) {
	for name, page := range pages(t) {
		if i := strings.Index(page, "⟦"); i >= 0 {
			t.Errorf("%s: %s", name, page[i:min(len(page), i+60)])
		}
	}
}

func TestPages_IdsAreUniqueAndLabelsLead(t *testing.T) {
	for name, page := range pages(t) {
		doc := parse(t, page)
		ids := make(map[string]bool)
		for _, n := range every(doc) {
			if id := attr(n, "id"); id != "" {
				if ids[id] {
					t.Errorf("%s: id %q is there twice", name, id)
				}
				ids[id] = true
			}
		}
		for _, n := range every(doc) {
			for _, key := range []string{"for", "aria-describedby", "aria-labelledby", "data-weekday", "data-dialog"} {
				for id := range strings.FieldsSeq(attr(n, key)) {
					if !ids[id] {
						t.Errorf("%s: <%s %s=%q> leads to nothing", name, n.Data, key, id)
					}
				}
			}
			if href := attr(n, "href"); strings.HasPrefix(href, "#") && !ids[href[1:]] {
				t.Errorf("%s: link to %s leads to nothing", name, href)
			}
		}
	}
}

func TestPages_TablesHaveHeads(t *testing.T) {
	for name, page := range pages(t) {
		for _, table := range every(parse(t, page), "table") {
			if len(every(table, "caption")) == 0 && attr(table, "aria-labelledby") == "" {
				t.Errorf("%s: a table without a name: %s", name, text(table))
			}
			heads := every(table, "th")
			if len(heads) == 0 {
				t.Errorf("%s: a table without heads: %s", name, text(table))
			}
			for _, th := range heads {
				if s := attr(th, "scope"); s != "col" && s != "row" {
					t.Errorf("%s: th %q has scope %q", name, text(th), s)
				}
			}
		}
	}
}

// An icon never stands alone: whatever is pressed has words.
func TestPages_WhatIsPressedHasWords(t *testing.T) {
	for name, page := range pages(t) {
		for _, n := range every(parse(t, page), "a", "button", "summary") {
			if text(n) == "" {
				t.Errorf("%s: <%s href=%q> says nothing", name, n.Data, attr(n, "href"))
			}
		}
	}
}

func TestShell_TenLanguagesOnEveryPage(t *testing.T) {
	for _, l := range i18n.Langs {
		page := render(t, in(l), kawaguchi().page(reader{here: "/places/1?day=2026-11-28&x=ü"}, web.Meta{Title: "x"}, Say("")))
		doc := parse(t, page)
		found := make(map[string]int)
		for _, a := range every(doc, "a") {
			if u, err := url.Parse(attr(a, "href")); err == nil && strings.HasPrefix(u.Path, "/language/") {
				if back := u.Query().Get("back"); back != "/places/1?day=2026-11-28&x=ü" {
					t.Errorf("%s: loses the page: back to %q", l, back)
				}
				found[text(a)]++
			}
		}
		for _, other := range i18n.Langs {
			if found[other.Name()] != 2 {
				t.Errorf("%s: %s is offered %d times, want in the menu and in the footer", l, other.Name(), found[other.Name()])
			}
		}
		if got := attr(every(doc, "html")[0], "lang"); got != l.HTML() {
			t.Errorf("%s: html lang is %q", l, got)
		}
	}
}

func TestShell_AidsBecomeAttributes(t *testing.T) {
	for _, c := range []struct {
		lang i18n.Lang
		aids web.Aids
		want string
	}{
		{i18n.Ja, web.Aids{}, `lang="ja" dir="ltr" data-size="1">`},
		{i18n.JaEasy, web.Aids{Furigana: true, Size: 1}, `lang="ja" dir="ltr" data-size="2" data-furigana="on">`},
		{i18n.Vi, web.Aids{Furigana: true, Size: 2, Contrast: true, Motion: true}, `lang="vi" dir="ltr" data-size="3" data-contrast="high" data-motion="calm">`},
		{i18n.En, web.Aids{Size: 9}, `lang="en" dir="ltr" data-size="3">`},
	} {
		page := render(t, in(c.lang), kawaguchi().page(reader{here: "/x", aids: c.aids}, web.Meta{}, Say("")))
		if !strings.Contains(page, c.want) {
			t.Errorf("%s %+v: %.120s lacks %s", c.lang, c.aids, page, c.want)
		}
	}
}

func TestShell_WhoSeesWhat(t *testing.T) {
	show := func(v web.Viewer) string {
		return render(t, in(i18n.Ja), kawaguchi().page(reader{here: "/places", viewer: v}, web.Meta{Wide: true}, Say("")))
	}
	anonymous, linh := show(web.Viewer{}), show(web.Viewer{Person: 1, Name: "Linh <b>"})
	clerk := show(web.Viewer{Person: 2, Name: "T", OnBehalfOf: 3, OnBehalfName: "S & co", Posts: []web.Post{{Role: web.RoleClerk}}})
	for _, c := range []struct {
		name, page, text string
		want             bool
	}{
		{"anonymous signs in and comes back", anonymous, `/sign-in?next=%2Fplaces`, true},
		{"anonymous has no sign-out", anonymous, `/sign-out`, false},
		{"a resident sees no desk", linh, `href="/desk"`, false},
		{"a resident's name is escaped", linh, "Linh &lt;b&gt;", true},
		{"a resident signs out", linh, `action="/sign-out"`, true},
		{"a clerk sees the desk", clerk, `href="/desk"`, true},
		{"for whom one acts is on the page", clerk, "S &amp; co", true},
		{"the doors lead where the city says", anonymous, `href="/places"`, true},
		{"the footer is for all", anonymous, `href="/rules"`, true},
		{"a resident acts for nobody", linh, `class="acting"`, false},
	} {
		if strings.Contains(c.page, c.text) != c.want {
			t.Errorf("%s: %q there = %v", c.name, c.text, !c.want)
		}
	}
}

func TestFrame_NavigationInItsOrder(t *testing.T) {
	clerk := web.Viewer{Person: 1, Posts: []web.Post{{Role: web.RoleClerk}}}
	got := kawaguchi().at(module.InOffice, clerk)
	if len(got) != 2 || got[0].Path != "/desk" || got[1].Path != "/desk/second" {
		t.Errorf("the clerk's bar is %+v", got)
	}
}

// Every component is in the gallery, which is where it is looked at and where
// the other tests find it.
func TestGallery_ShowsEveryComponent(t *testing.T) {
	elsewhere := map[string]bool{ // drawn by the shell, by another component, or by web
		"Gallery": true, "Logo": true, "Doors": true, "DraftPage": true, "T": true, "PageHead": true, "Stack": true,
		"Hidden": true, "Verbatim": true, "Moment": true, "Join": true, "SlotKey": true, "Draw": true,
	}
	var source strings.Builder
	files, err := fs.Glob(os.DirFS("."), "gallery*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f, "_templ.go") {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(b)
	}
	names := components(t)
	if len(names) < 40 {
		t.Fatalf("only %d components found: the test looks at nothing", len(names))
	}
	for _, name := range names {
		used := regexp.MustCompile(`\b` + name + `\(`).MatchString(source.String())
		if !used && !elsewhere[name] {
			t.Errorf("%s is not in the gallery", name)
		}
	}
}

// components lists the exported functions that return a templ.Component.
func components(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !f.Name.IsExported() || f.Type.Results == nil || len(f.Type.Results.List) != 1 {
				continue
			}
			if sel, ok := f.Type.Results.List[0].Type.(*ast.SelectorExpr); ok && sel.Sel.Name == "Component" {
				names = append(names, f.Name.Name)
			}
		}
	}
	return names
}
