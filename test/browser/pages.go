package browser

import "net/http"

// Page is one page of the demo city that is looked at and checked: a path, and
// who opens it ("" for anybody).
type Page struct {
	Name string // of the picture: "front"
	Path string
	As   string // person of the demo city
	// Find leads from Path to the page that is meant, by the links a reader
	// would follow; empty when Path is it.
	Find []string // selectors to click
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
		{Name: "reservation", Path: "/me/reservations", As: "linh", Find: []string{`main a[href^="/reservations/"]`}},
		{Name: "me-calendar", Path: "/me/calendar", As: "linh"},
		{Name: "group-mine", Path: "/groups/mine", As: "linh"},
		{Name: "group-desk", Path: "/groups/mine", As: "linh", Find: []string{`main a[href^="/groups/"][href$="/desk"]`}},
		{Name: "group-new", Path: "/groups/new", As: "linh"},
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
		if status, err = v.Press(selector); err != nil {
			return 0, err
		}
	}
	return status, nil
}
