// Package kiosk is the display at the entrance of a facility: who is in which
// room today, and where it is. It names no person, needs no script, and turns
// through the languages by itself; for readers and for paper the same stands
// still.
package kiosk

import (
	"slices"
	"strings"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/use"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// Kiosk serves the displays.
type Kiosk struct {
	deps  module.Deps
	use   *use.Use
	rooms *facility.Directory
}

// New returns the displays; it does no I/O.
func New(deps module.Deps, u *use.Use, rooms *facility.Directory) *Kiosk {
	return &Kiosk{deps: deps, use: u, rooms: rooms}
}

// Routes are the pages.
func (k *Kiosk) Routes() []web.Route {
	topics := []string{reservation.Topic, facility.Topic, use.Topic}
	return []web.Route{
		{Pattern: "GET /today/{id}", Access: web.Public(), Handle: k.today, Cached: topics},
		{Pattern: "GET /today/{id}/print", Access: web.Public(), Handle: k.today, Cached: topics},
		{Pattern: "GET /today/{id}/board", Access: web.Public(), Handle: k.board, Cached: topics, Query: []string{"lang"}},
	}
}

// boardData is the display at the entrance, in Japanese and one other language.
type boardData struct {
	use.Board
	Ja, Other *i18n.Localizer
	Next      string // address of the next turn
	Style     string
}

// turns are the languages that take turns beside Japanese.
var turns = slices.DeleteFunc(slices.Clone(i18n.Langs), func(l i18n.Lang) bool { return l == i18n.Ja || l == i18n.JaEasy })

func (k *Kiosk) onBoard(c *web.Context) (use.Board, error) {
	id, err := c.PathID("id")
	if err != nil {
		return use.Board{}, err
	}
	snap, err := k.rooms.Get(c.Context())
	if err != nil {
		return use.Board{}, err
	}
	f, ok := snap.Facility(id)
	if !ok || len(snap.Rooms(id)) == 0 {
		return use.Board{}, fault.New(fault.NotFound, "web.error.not_found")
	}
	return k.use.Board(c.Context(), f, snap.Rooms(id))
}

// today is the same as the display, for a phone, and for paper.
func (k *Kiosk) today(c *web.Context) error {
	b, err := k.onBoard(c)
	if err != nil {
		return err
	}
	m := web.Meta{Title: c.Loc.T("use.board.title"), Field: "place", Back: "/places/" + b.Facility.ID.String()}
	m.Print = strings.HasSuffix(c.URL().Path, "/print")
	return c.Page(m, todayView(b, m.Print))
}

// board is the display at the entrance: it turns by itself, in any browser.
func (k *Kiosk) board(c *web.Context) error {
	b, err := k.onBoard(c)
	if err != nil {
		return err
	}
	lang, ok := i18n.ParseLang(c.Query("lang"))
	at := slices.Index(turns, lang)
	turning := ok && at >= 0
	at = max(at, 0)
	o := boardData{Board: b, Ja: k.deps.Catalog.For(i18n.Ja), Other: k.deps.Catalog.For(turns[at])}
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
