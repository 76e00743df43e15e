package webtest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"kakehashi/platform/web"
)

// Page is one reply.
type Page struct {
	Status int
	Header http.Header
	Body   []byte
	Path   string // path and query that were asked for
	t      testing.TB
	doc    *html.Node
}

// Location returns where the reply leads, "" when nowhere.
func (p *Page) Location() string { return p.Header.Get("Location") }

// Want fails the test unless the reply has the status, and returns the page.
func (p *Page) Want(status int) *Page {
	p.t.Helper()
	if p.Status != status {
		p.t.Fatalf("%s = %d %s, want %d\n%s", p.Path, p.Status, p.Location(), status, p.brief())
	}
	return p
}

func (p *Page) brief() string {
	const most = 1200
	text := p.Text()
	if len(text) > most {
		text = text[:most] + "…"
	}
	return text
}

// Has fails the test unless the page says each of the texts, and returns it.
func (p *Page) Has(texts ...string) *Page {
	p.t.Helper()
	all := p.Text()
	for _, s := range texts {
		if !strings.Contains(all, s) {
			p.t.Errorf("%s (%d) does not say %q:\n%s", p.Path, p.Status, s, p.brief())
		}
	}
	return p
}

// Lacks fails the test when the page says one of the texts, and returns it.
func (p *Page) Lacks(texts ...string) *Page {
	p.t.Helper()
	all := p.Text()
	for _, s := range texts {
		if strings.Contains(all, s) {
			p.t.Errorf("%s (%d) says %q:\n%s", p.Path, p.Status, s, p.brief())
		}
	}
	return p
}

// Doc returns the parsed page.
func (p *Page) Doc() *html.Node {
	p.t.Helper()
	if p.doc == nil {
		doc, err := html.Parse(bytes.NewReader(p.Body))
		if err != nil {
			p.t.Fatalf("%s: %v", p.Path, err)
		}
		p.doc = doc
	}
	return p.doc
}

// Text returns what the page says, its title first, with each run of spaces as
// one, and without readings above kanji.
func (p *Page) Text() string {
	if !strings.Contains(p.Header.Get("Content-Type"), "html") {
		return string(p.Body)
	}
	var b strings.Builder
	for n := range p.Doc().Descendants() {
		if n.Type == html.TextNode && !within(n, "script", "style", "rt", "rp") {
			b.WriteString(n.Data)
			if !within(n, "ruby") {
				b.WriteByte(' ')
			}
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func within(n *html.Node, tags ...string) bool {
	for a := range n.Ancestors() {
		for _, tag := range tags {
			if a.Data == tag {
				return true
			}
		}
	}
	return false
}

// Links returns the addresses that the page links to, in its order.
func (p *Page) Links() []string {
	var out []string
	for n := range p.Doc().Descendants() {
		if n.Data == "a" {
			if href, ok := Attr(n, "href"); ok {
				out = append(out, href)
			}
		}
	}
	return out
}

// Attr returns an attribute of an element.
func Attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// JSON reads the body into v.
func (p *Page) JSON(v any) *Page {
	p.t.Helper()
	if err := json.Unmarshal(p.Body, v); err != nil {
		p.t.Fatalf("%s: %v\n%s", p.Path, err, p.Body)
	}
	return p
}

// Problem reads problem details, and fails the test when the reply is none.
func (p *Page) Problem() (d web.Details) {
	p.t.Helper()
	if kind := p.Header.Get("Content-Type"); kind != "application/problem+json" {
		p.t.Fatalf("%s is %q (%d), not problem details:\n%s", p.Path, kind, p.Status, p.brief())
	}
	p.JSON(&d)
	return d
}

// Form is a form of a page with what its fields hold.
type Form struct {
	Method string // GET or POST
	Action string
	Values url.Values
}

// Form returns the first form of the page whose action begins with the text;
// it fails the test when there is none.
func (p *Page) Form(action string) *Form {
	p.t.Helper()
	for n := range p.Doc().Descendants() {
		if n.Data != "form" {
			continue
		}
		to, _ := Attr(n, "action")
		if to = cmp.Or(to, p.Path); strings.HasPrefix(to, action) {
			return formOf(n, to)
		}
	}
	p.t.Fatalf("%s (%d) has no form to %q:\n%s", p.Path, p.Status, action, p.brief())
	return nil
}

// formOf reads what a browser would send.
func formOf(form *html.Node, action string) *Form {
	method, _ := Attr(form, "method")
	f := &Form{Method: strings.ToUpper(cmp.Or(method, http.MethodGet)), Action: action, Values: url.Values{}}
	pressed := false
	for n := range form.Descendants() {
		name, _ := Attr(n, "name")
		if _, off := Attr(n, "disabled"); off || n.Type != html.ElementNode {
			continue
		}
		value, hasValue := Attr(n, "value")
		switch n.Data {
		case "input":
			kind, _ := Attr(n, "type")
			_, checked := Attr(n, "checked")
			switch kind {
			case "checkbox", "radio":
				if !checked {
					continue
				}
				if !hasValue {
					value = "on"
				}
			case "submit", "button", "image", "reset", "file":
				continue
			}
			add(f.Values, name, value)
		case "textarea":
			add(f.Values, name, strings.TrimPrefix(textOf(n), "\n"))
		case "select":
			add(f.Values, name, chosen(n))
		case "button":
			if kind, _ := Attr(n, "type"); !pressed && (kind == "" || kind == "submit") {
				pressed = true
				add(f.Values, name, value)
			}
		}
	}
	return f
}

func add(v url.Values, name, value string) {
	if name != "" {
		v.Add(name, value)
	}
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// chosen returns the value of the selected option, or of the first.
func chosen(sel *html.Node) string {
	first, found := "", false
	for n := range sel.Descendants() {
		if n.Data != "option" || n.Type != html.ElementNode {
			continue
		}
		value, ok := Attr(n, "value")
		if !ok {
			value = strings.TrimSpace(textOf(n))
		}
		if _, selected := Attr(n, "selected"); selected {
			return value
		}
		if !found {
			first, found = value, true
		}
	}
	return first
}
