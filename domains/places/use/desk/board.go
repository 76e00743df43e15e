package desk

import (
	"slices"
	"strings"

	"kakehashi/domains/places/use"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// boardData is the display at the entrance, in Japanese and one other language.
type boardData struct {
	use.Board
	Ja, Other *i18n.Localizer
	Next      string // address of the next turn
	Style     string
}

// turns are the languages that take turns beside Japanese.
var turns = slices.DeleteFunc(slices.Clone(i18n.Langs), func(l i18n.Lang) bool { return l == i18n.Ja || l == i18n.JaEasy })

func (d *Desk) onBoard(c *web.Context) (use.Board, error) {
	id, err := c.PathID("id")
	if err != nil {
		return use.Board{}, err
	}
	snap, err := d.rooms.Get(c.Context())
	if err != nil {
		return use.Board{}, err
	}
	f, ok := snap.Facility(id)
	if !ok || len(snap.Rooms(id)) == 0 {
		return use.Board{}, fault.New(fault.NotFound, "web.error.not_found")
	}
	return d.use.Board(c.Context(), f, snap.Rooms(id))
}

// today is the same as the display, for a phone, and for paper.
func (d *Desk) today(c *web.Context) error {
	b, err := d.onBoard(c)
	if err != nil {
		return err
	}
	m := web.Meta{Title: c.Loc.T("use.board.title"), Field: "place", Back: "/places/" + b.Facility.ID.String()}
	m.Print = strings.HasSuffix(c.URL().Path, "/print")
	return c.Page(m, todayView(b, m.Print))
}

// board is the display at the entrance: it turns by itself, in any browser.
func (d *Desk) board(c *web.Context) error {
	b, err := d.onBoard(c)
	if err != nil {
		return err
	}
	lang, ok := i18n.ParseLang(c.Query("lang"))
	at := slices.Index(turns, lang)
	turning := ok && at >= 0
	at = max(at, 0)
	o := boardData{Board: b, Ja: d.deps.Catalog.For(i18n.Ja), Other: d.deps.Catalog.For(turns[at])}
	// Without a language it stands still: for who looks at it once.
	if turning {
		o.Next = "/today/" + b.Facility.ID.String() + "/board?lang=" + string(turns[(at+1)%len(turns)])
	}
	o.Style = c.Asset(ui.StyleName)
	var page strings.Builder
	if err := boardView(o).Render(i18n.With(c.Context(), o.Ja), &page); err != nil {
		return err
	}
	return c.Bytes("text/html; charset=utf-8", []byte(page.String()))
}
