package ui

import (
	"cmp"
	"context"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
)

// City is what every page says of the city and of the office that answers.
type City struct {
	Name   i18n.Text
	Office i18n.Text // the office that answers
	Phone  string    // its number, as people write it; "" = no address in the footer
	Hours  i18n.Text // when it answers
	About  string    // path of "how this is made"; "" = none
}

// Frame is what the shell is made of.
type Frame struct {
	City  func(ctx context.Context) City
	Doors []Door       // where the five doors lead; nil = FieldDoors
	Nav   []module.Nav // of all modules
	Paths Paths
	Demo  bool // says on every page that this is a demo
	// Asset returns the address of an asset: web.Server.AssetURL; nil = AssetURL.
	Asset func(name string) string
	// Alarm returns what stands above everything in an emergency; nil, or a
	// nil component, as a rule.
	Alarm func(ctx context.Context) templ.Component
}

// Paths are the addresses that the shell itself needs; "" = the usual one.
type Paths struct {
	SignIn   string // /sign-in
	SignOut  string // /sign-out, takes a POST
	Language string // /language, followed by /<language>?back=…
	Aids     string // /aids, takes a POST of one aid and back
	StopFor  string // /behalf/stop, takes a POST
}

// NewShell returns what puts the frame around a page: web.Config.Shell.
func NewShell(f Frame) web.Shell {
	f = f.filled()
	return func(m web.Meta, body templ.Component) templ.Component {
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			return f.page(requestReader(ctx), m, body).Render(ctx, w)
		})
	}
}

// page draws the shell with what is known of the reader.
func (h Frame) page(r reader, m web.Meta, body templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		ctx = withReader(templ.ClearChildren(ctx), r)
		return document(h, h.City(ctx), m, body).Render(ctx, w)
	})
}

func (h Frame) filled() Frame {
	if h.City == nil {
		h.City = func(context.Context) City { return City{} }
	}
	if h.Doors == nil {
		h.Doors = FieldDoors()
	}
	h.Nav = slices.Clone(h.Nav)
	slices.SortStableFunc(h.Nav, func(a, b module.Nav) int { return cmp.Compare(a.Order, b.Order) })
	if h.Asset == nil {
		h.Asset = AssetURL
	}
	h.Paths = Paths{
		SignIn:   cmp.Or(h.Paths.SignIn, "/sign-in"),
		SignOut:  cmp.Or(h.Paths.SignOut, "/sign-out"),
		Language: cmp.Or(h.Paths.Language, "/language"),
		Aids:     cmp.Or(h.Paths.Aids, "/aids"),
		StopFor:  cmp.Or(h.Paths.StopFor, "/behalf/stop"),
	}
	return h
}

// at returns the entries of a place that the viewer is shown, in their order.
func (h Frame) at(place module.Place, v web.Viewer) []module.Nav {
	var out []module.Nav
	for _, n := range h.Nav {
		if n.Place == place && (n.Show == nil || n.Show(v)) {
			out = append(out, n)
		}
	}
	return out
}

// FieldDoors are the doors to the pages of the five fields, /fields/place and
// so on.
func FieldDoors() []Door {
	doors := make([]Door, len(Fields))
	for i, f := range Fields {
		doors[i] = Door{Field: f, Href: "/fields/" + string(f)}
	}
	return doors
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

// nearest returns the path of the entry that the page lies under; of several,
// the longest: /office/groups rather than /office.
func nearest(here string, nav []module.Nav) (path string) {
	for _, n := range nav {
		if under(here, n.Path) && len(n.Path) > len(path) {
			path = n.Path
		}
	}
	return path
}

// mostOften is how many pages of an office its bar has room for.
const mostOften = 7

// oftenFirst parts an office's pages into those of its bar, one of which is
// the current page, and those behind "other work".
func oftenFirst(desk []module.Nav, current string) (often, rest []module.Nav) {
	if len(desk) <= mostOften+1 {
		return desk, nil
	}
	often, rest = slices.Clone(desk[:mostOften]), slices.Clone(desk[mostOften:])
	for i, n := range rest {
		if n.Path == current {
			often = append(often, n)
			rest = slices.Delete(rest, i, i+1)
			break
		}
	}
	return often, rest
}

// title is what the browser's tab says.
func (c City) title(ctx context.Context, m web.Meta) string {
	l := i18n.From(ctx)
	parts := make([]string, 0, 3)
	if m.Title != "" {
		parts = append(parts, m.Title)
	}
	parts = append(parts, l.T("ui.product"))
	if city := l.Text(c.Name); city != "" {
		parts = append(parts, city)
	}
	return strings.Join(parts, " | ")
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
func signInPath(h Frame, here string) string {
	if here == "" || isFront(here) {
		return h.Paths.SignIn
	}
	return h.Paths.SignIn + "?next=" + url.QueryEscape(here)
}

// languagePath changes the language and comes back to where one was.
func languagePath(h Frame, l i18n.Lang, here string) string {
	return h.Paths.Language + "/" + string(l) + "?back=" + url.QueryEscape(here)
}

// personMark tells the script whose half-typed forms it may bring back, without
// saying who it is beyond this browser.
func personMark(f reader) string {
	if !f.viewer.SignedIn() {
		return ""
	}
	return f.viewer.Person.String()
}

// currentDoor is the aria-current of a door: "page" on its own pages, "true" on
// pages of its field that lie elsewhere, "" else.
func currentDoor(here string, d Door, field string) string {
	switch {
	case under(here, d.Href):
		return "page"
	case field == string(d.Field):
		return "true"
	}
	return ""
}
