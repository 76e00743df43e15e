package desk

import (
	"net/url"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/inbox"
)

// View is what a clerk asked to see. The zero View is everything open.
type View struct {
	Office db.ID // one of the clerk's offices; 0 = all of them
	Due    string
	Kind   string
	Who    string
	Text   string
	State  inbox.State
	At     string // where the page begins
	Item   db.ID  // the item that is shown beside the list
}

// What a view can ask of the due date and of the assignee; "" asks nothing.
const (
	DueToday = "today" // today and before
	DueLate  = "late"  // before today
	DueWeek  = "week"  // within seven days

	WhoMine   = "mine"
	WhoNobody = "nobody"
)

// ParseView reads a view from an address. What it does not know it leaves out.
func ParseView(q url.Values) View {
	v := View{Kind: unless(q.Get("kind"), anyChoice), Text: q.Get("q"), At: q.Get("at")}
	v.Office, _ = db.ParseID(q.Get("office"))
	v.Item, _ = db.ParseID(q.Get("item"))
	switch d := q.Get("due"); d {
	case DueToday, DueLate, DueWeek:
		v.Due = d
	}
	switch w := q.Get("who"); w {
	case WhoMine, WhoNobody:
		v.Who = w
	}
	switch s := inbox.State(q.Get("state")); s {
	case inbox.StateClosed, inbox.StateAll:
		v.State = s
	}
	return v
}

// Path returns the address of the view under the path.
func (v View) Path(path string) string {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	if v.Office != 0 {
		q.Set("office", v.Office.String())
	}
	set("due", v.Due)
	set("kind", v.Kind)
	set("who", v.Who)
	set("q", v.Text)
	set("state", string(v.State))
	set("at", v.At)
	if v.Item != 0 {
		q.Set("item", v.Item.String())
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// Narrow reports whether the view leaves out anything that is open.
func (v View) Narrow() bool {
	return v.Due != "" || v.Kind != "" || v.Who != "" || v.Text != "" || v.State == inbox.StateClosed
}

// among returns the offices of the view: the chosen one where it is the
// clerk's own, else all of the clerk's.
func (v View) among(own []db.ID) []db.ID {
	for _, o := range own {
		if o == v.Office {
			return []db.ID{o}
		}
	}
	return own
}

// Filter returns what the view selects of the clerk's offices on the day.
func (v View) Filter(own []db.ID, clerk db.ID, today jp.Date) inbox.Filter {
	f := inbox.Filter{Offices: v.among(own), Kind: v.Kind, Text: v.Text, State: v.State, Cursor: v.At, Unassigned: v.Who == WhoNobody}
	if v.Who == WhoMine {
		f.Assignee = clerk
	}
	switch v.Due {
	case DueToday:
		f.DueBefore = today.AddDays(1)
	case DueLate:
		f.Overdue = true
	case DueWeek:
		f.DueBefore = today.AddDays(8)
	}
	return f
}

// unless returns s, or "" when it says nothing more than none.
func unless(s, none string) string {
	if s == none {
		return ""
	}
	return s
}
