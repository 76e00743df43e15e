package ui

import (
	"cmp"
	"context"
	"io"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// Link is an entry of navigation.
type Link struct {
	Path  string
	Label string // message key
	Icon  Icon
	Show  func(web.Viewer) bool // nil = everybody
}

// House is what the shell says on every page about the city it stands in.
type House struct {
	City   i18n.Text // the city's name
	Office i18n.Text // the office that answers
	Phone  string    // its number, as people write it
	Hours  i18n.Text // when it answers
	About  string    // path of "how this is made"; "" = none
	Doors  []Door    // where the five doors lead; nil = DefaultDoors
	Desk   []Link    // the clerk's bar
	Mine   []Link    // the menu under the reader's own name
	Footer []Link
	Paths  Paths
	// Asset returns the address of an asset: web.Server.AssetURL; nil = AssetURL.
	Asset func(name string) string
	// Alarm returns what stands above everything in an emergency, nil as a rule.
	Alarm func(ctx context.Context) templ.Component
}

// Paths are the addresses that the shell itself needs; "" = the usual one.
type Paths struct {
	SignIn   string // /sign-in
	SignOut  string // /sign-out, takes a POST
	Me       string // /me
	Language string // /language, followed by /<language>?back=…
	Aids     string // /aids, takes a POST of one aid and back
	StopFor  string // /behalf/stop, takes a POST
}

// DefaultDoors are the pages of the five fields.
func DefaultDoors() []Door {
	doors := make([]Door, len(Fields))
	for i, f := range Fields {
		doors[i] = Door{Field: f, Href: "/fields/" + string(f)}
	}
	return doors
}

// Shell puts the city's frame around a page: web.Config.Shell.
func (h House) Shell(m web.Meta, body templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return h.page(requestFrame(ctx), m, body).Render(ctx, w)
	})
}

// page draws the shell with what is known of the reader.
func (h House) page(f frame, m web.Meta, body templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		ctx = withFrame(templ.ClearChildren(ctx), f)
		return document(h.filled(), m, body).Render(ctx, w)
	})
}

func (h House) filled() House {
	if h.Doors == nil {
		h.Doors = DefaultDoors()
	}
	if h.Asset == nil {
		h.Asset = AssetURL
	}
	h.Paths = Paths{
		SignIn:   cmp.Or(h.Paths.SignIn, "/sign-in"),
		SignOut:  cmp.Or(h.Paths.SignOut, "/sign-out"),
		Me:       cmp.Or(h.Paths.Me, "/me"),
		Language: cmp.Or(h.Paths.Language, "/language"),
		Aids:     cmp.Or(h.Paths.Aids, "/aids"),
		StopFor:  cmp.Or(h.Paths.StopFor, "/behalf/stop"),
	}
	return h
}

// visible returns the links that the viewer is shown.
func visible(links []Link, v web.Viewer) []Link {
	var out []Link
	for _, l := range links {
		if l.Show == nil || l.Show(v) {
			out = append(out, l)
		}
	}
	return out
}

// isFront reports whether the page is the front page, whose doors are its
// heart and need no bar.
func isFront(here string) bool {
	return here == "/" || strings.HasPrefix(here, "/?")
}

// under reports whether the page lies under the path, to mark where one is.
func under(here, path string) bool {
	here, _, _ = strings.Cut(here, "?")
	return here == path || path != "/" && strings.HasPrefix(here, path+"/")
}

// title is what the browser's tab says.
func (h House) title(ctx context.Context, m web.Meta) string {
	l := i18n.From(ctx)
	parts := make([]string, 0, 3)
	if m.Title != "" {
		parts = append(parts, m.Title)
	}
	return strings.Join(append(parts, l.T("ui.product"), l.Text(h.City)), " | ")
}

func htmlSize(a web.Aids) string {
	return [...]string{"1", "2", "3"}[min(max(a.Size, 0), 2)]
}

func bodyClass(m web.Meta, front bool) string {
	var classes []string
	if m.Wide {
		classes = append(classes, "wide")
	}
	if !front {
		classes = append(classes, "has-ways")
	}
	if m.Print {
		classes = []string{"sheet-page"}
	}
	return strings.Join(classes, " ")
}

// aidChoice is one setting of an aid.
type aidChoice struct {
	value string
	label string // message key
	on    bool
}

func onOff(on bool) []aidChoice {
	return []aidChoice{{"off", "ui.aids.off", !on}, {"on", "ui.aids.on", on}}
}

func pressed(on bool) string {
	if on {
		return "true"
	}
	return "false"
}

// signInPath leads to the sign-in page and from there back to where one was.
func signInPath(h House, here string) string {
	if here == "" || isFront(here) {
		return h.Paths.SignIn
	}
	return h.Paths.SignIn + "?next=" + url.QueryEscape(here)
}

// languagePath changes the language and comes back to where one was.
func languagePath(h House, l i18n.Lang, here string) string {
	return h.Paths.Language + "/" + string(l) + "?back=" + url.QueryEscape(here)
}

// personMark tells the script whose half-typed forms it may bring back, without
// saying who it is beyond this browser.
func personMark(f frame) string {
	if !f.viewer.SignedIn() {
		return ""
	}
	return f.viewer.Person.String()
}
