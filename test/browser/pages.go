package browser

import (
	"net/http"
	"strconv"
	"strings"
)

// Page is one page of the demo city that is looked at and checked: a path, and
// who opens it ("" for anybody).
type Page struct {
	Name string // of the picture: "front"
	Path string
	As   string // person of the demo city
	// Find leads from Path to the page that is meant, by the links a reader
	// would follow; empty when Path is it.
	Find []string // selectors to click; "selector ← text" types the text there, "✓ selector" ticks
}

// Pages are the pages of the demo city, in the order a resident meets them.
func Pages() []Page {
	return []Page{
		{Name: "front", Path: "/"},
		{Name: "field-place", Path: "/fields/place"},
		{Name: "field-take", Path: "/fields/take"},
		{Name: "programmes", Path: "/programmes"},
		{Name: "programme-station", Path: "/programmes/station"},
		{Name: "programme-record", Path: "/programmes/station/record"},
		{Name: "places", Path: "/places"},
		{Name: "search", Path: "/places/search"},
		{Name: "facility", Path: "/places", Find: []string{`main a[href^="/places/"]:not([href*="search"])`}},
		{Name: "groups", Path: "/groups"},
		{Name: "group", Path: "/groups", Find: []string{`main a[href^="/groups/"]:not([href*="feed"]):not([href*="data"]):not([href*="new"])`}},
		{Name: "happenings", Path: "/happenings"},
		{Name: "found", Path: "/places/search?on=saturday&part=afternoon&people=12"},
		{Name: "availability", Path: "/places/search?on=saturday&part=afternoon", Find: []string{`main a[href^="/places/availability/"]`}},
		{Name: "room", Path: "/places", Find: []string{`main a[href^="/places/"]:not([href*="search"])`, `main a[href^="/places/rooms/"]`}},
		{Name: "hall", Path: "/places/search?on=saturday&part=afternoon", Find: []string{`main a[href^="/places/availability/"]`, `main #free tbody tr:nth-child(7) a[href^="/places/rooms/"]`}},
		{Name: "rules", Path: "/places/rules"},
		{Name: "draws", Path: "/draws"},
		{Name: "draw-open", Path: "/draws", Find: []string{`main section:nth-of-type(1) a[href^="/draws/"]`}},
		{Name: "draw-drawn", Path: "/draws", Find: []string{`main section:nth-of-type(2) a[href^="/draws/"]`}},
		{Name: "sign-in", Path: "/sign-in"},
		{Name: "demo-sign-in", Path: "/demo-sign-in"},
		{Name: "about", Path: "/about"},
		{Name: "not-found", Path: "/no-such-page"},
		{Name: "components", Path: "/_components"},
		{Name: "me", Path: "/me", As: "linh"},
		{Name: "me-data", Path: "/me/data", As: "linh"},
		{Name: "me-settings", Path: "/me/settings", As: "linh"},
		{Name: "me-family", Path: "/me/family", As: "linh"},
		{Name: "me-reservations", Path: "/me/reservations", As: "linh"},
		{Name: "mailbox", Path: "/mailbox", As: "linh"},
		{Name: "book", Path: "/places/search?on=sunday&part=afternoon", As: "linh", Find: []string{`main a[href^="/reservations/new"]`}},
		{Name: "book-check", Path: "/places/search?on=sunday&part=afternoon&people=18", As: "linh", Find: []string{`main a[href^="/reservations/new"]`,
			`✓ [name="for"][value="me"]`, `[name="people"] ← 6`, `main form button.btn-primary`, `[name="purpose"] ← 歌の練習`, `main form button.btn-primary`}},
		{Name: "reservation", Path: "/me/reservations", As: "linh", Find: []string{`main a[href^="/reservations/"]`}},
		{Name: "me-calendar", Path: "/me/calendar", As: "linh"},
		{Name: "group-mine", Path: "/groups/mine", As: "linh"},
		{Name: "group-desk", Path: "/groups/mine", As: "linh", Find: []string{`main a[href^="/groups/"][href$="/desk"]`}},
		{Name: "group-new", Path: "/groups/new", As: "linh"},
		{Name: "basket", Path: "/places/search?on=sunday&part=afternoon", As: "linh", Find: []string{`main a[href^="/places/availability/"]`, `main a[href^="/places/rooms/"]`, `main a[href^="/basket/add"]`}},
		{Name: "draw-enter", Path: "/draws", As: "linh", Find: []string{`main section:nth-of-type(1) a[href^="/draws/"]`, `main a[href$="/enter"]`}},
		{Name: "draw-enter-bands", Path: "/draws", As: "linh", Find: []string{`main section:nth-of-type(1) a[href^="/draws/"]`, `main a[href$="/enter"]`, `main a[href*="-06&"]`}},
		{Name: "points", Path: "/me/points", As: "linh"},
		{Name: "waiting", Path: "/waiting", As: "aozora"},
		{Name: "draw-won", Path: "/draws", As: "aozora", Find: []string{`main section:nth-of-type(2) a[href^="/draws/"]`, `main a[href*="/entries/"]`}},
		{Name: "offer", Path: "/draws", As: "aozora", Find: []string{`main section:nth-of-type(2) a[href^="/draws/"]`, `main a[href*="/entries/"]`, `main a[href^="/reservations/"]`}},
		{Name: "office", Path: "/office", As: "clerk"},
		{Name: "office-item", Path: "/office", As: "clerk", Find: []string{`main tbody a`}},
		{Name: "office-people", Path: "/office/people", As: "clerk"},
		{Name: "office-person", Path: "/office/people?q=linh@example.jp", As: "clerk", Find: []string{`main tbody a`}},
		{Name: "office-group", Path: "/office/groups", As: "clerk", Find: []string{`main tbody a`}},
		{Name: "office-place", Path: "/office/places", As: "clerk", Find: []string{`main tbody a`}},
		{Name: "office-groups", Path: "/office/groups", As: "clerk"},
		{Name: "office-places", Path: "/office/places", As: "clerk"},
		{Name: "office-reservations", Path: "/office/reservations", As: "clerk"},
		{Name: "office-programmes", Path: "/office/programmes", As: "clerk"},
		{Name: "office-print", Path: "/office/print", As: "clerk"},
		{Name: "office-reservation", Path: "/office/reservations", As: "clerk", Find: []string{`main tbody a`}},
		{Name: "permit", Path: "/office/papers", As: "clerk", Find: []string{`main a[href$="/permit"]`}},
		{Name: "office-papers", Path: "/office/papers", As: "clerk"},
		{Name: "office-counter", Path: "/office/counter", As: "clerk"},
		{Name: "office-usage", Path: "/office/usage", As: "clerk"},
		{Name: "office-draws", Path: "/office/draws", As: "clerk"},
		{Name: "office-draw-open", Path: "/draws", As: "clerk", Find: []string{`main section:nth-of-type(1) a[href^="/draws/"]`, `main a[href^="/office/draws/"]`}},
		{Name: "office-draw-drawn", Path: "/draws", As: "clerk", Find: []string{`main section:nth-of-type(2) a[href^="/draws/"]`, `main a[href^="/office/draws/"]`}},
		{Name: "office-rules", Path: "/office/rules", As: "clerk"},
		{Name: "office-rule-new", Path: "/office/rules/new?kind=fees", As: "clerk"},
		{Name: "office-rule-draft", Path: "/office/rules", As: "clerk", Find: []string{`main a[href^="/office/rules/"]:not([href*="new"])`}},
		{Name: "office-money", Path: "/office/money", As: "clerk"},
		{Name: "office-charge", Path: "/office/money", As: "clerk", Find: []string{`main tbody a`}},
		{Name: "office-cash", Path: "/office/money/day", As: "clerk"},
		{Name: "office-bank", Path: "/office/money/bank", As: "clerk"},
		{Name: "office-use", Path: "/office/use", As: "clerk"},
		{Name: "office-keys", Path: "/office/use/things", As: "clerk"},
		{Name: "office-key-hand", Path: "/use/tag/demo000000000000", As: "clerk"},
		{Name: "office-tags", Path: "/office/use/tags", As: "clerk"},
		{Name: "office-use-place", Path: "/office/use/place", As: "clerk"},
		{Name: "office-points", Path: "/office/use/points", As: "clerk"},
		{Name: "office-point", Path: "/office/use/points", As: "clerk", Find: []string{`main tbody a`}},
		{Name: "office-waiting", Path: "/office/waiting", As: "clerk"},
		{Name: "office-blocks", Path: "/office/blocks", As: "clerk"},
		{Name: "office-block", Path: "/office/blocks", As: "clerk", Find: []string{`main tbody a`}},
		{Name: "office-block-new", Path: "/office/blocks/new", As: "clerk"},
		{Name: "operator", Path: "/operator", As: "operator"},
		{Name: "operator-jobs", Path: "/operator/jobs", As: "operator"},
		{Name: "operator-city", Path: "/operator/city", As: "operator"},
		{Name: "operator-audit", Path: "/operator/audit", As: "operator"},
	}
}

// Status is the status that the page answers with.
func (p Page) Status() int {
	if p.Name == "not-found" {
		return http.StatusNotFound
	}
	return http.StatusOK
}

// Open opens the page for a visitor who is signed in as the page wants.
func (p Page) Open(v *Visitor) (status int, err error) {
	if status, err = v.Go(p.Path); err != nil {
		return 0, err
	}
	for _, selector := range p.Find {
		if field, text, typed := strings.Cut(selector, " ← "); typed {
			if err := v.Fill(field, text); err != nil {
				return 0, err
			}
			continue
		}
		if box, ticked := strings.CutPrefix(selector, "✓ "); ticked {
			if _, err := Eval[bool](v, "document.querySelector("+strconv.Quote(box)+").checked = true"); err != nil {
				return 0, err
			}
			continue
		}
		if status, err = v.Press(selector); err != nil {
			return 0, err
		}
	}
	return status, nil
}
