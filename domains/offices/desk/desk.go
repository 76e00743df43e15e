package desk

import (
	"slices"

	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/web"
)

// Neighbours are what the desk asks of other modules.
type Neighbours struct {
	// Actions are the bulk actions of every module; they are known once all
	// modules are.
	Actions func() *inbox.Actions
	// OfficeNames names offices; those it does not know are left out.
	OfficeNames func(tx *db.Tx, ids []db.ID) (map[db.ID]i18n.Text, error)
	// PersonNames names persons as others see them; those it does not know are
	// left out.
	PersonNames func(tx *db.Tx, ids []db.ID) (map[db.ID]string, error)
	// Clerks lists who holds a clerk's post for the office today; nil: an item
	// can be taken, but not given to a colleague.
	Clerks func(tx *db.Tx, office db.ID) ([]db.ID, error)
}

// Desk serves the clerk's pages.
type Desk struct {
	db    *db.DB
	audit *audit.Log
	n     Neighbours
}

// New returns the pages. What a neighbour does not offer stays nameless.
func New(d *db.DB, log *audit.Log, n Neighbours) *Desk {
	if n.Actions == nil {
		none, _ := inbox.NewActions() // no action is no mistake
		n.Actions = func() *inbox.Actions { return none }
	}
	if n.OfficeNames == nil {
		n.OfficeNames = func(*db.Tx, []db.ID) (map[db.ID]i18n.Text, error) { return nil, nil }
	}
	if n.PersonNames == nil {
		n.PersonNames = func(*db.Tx, []db.ID) (map[db.ID]string, error) { return nil, nil }
	}
	if n.Clerks == nil {
		n.Clerks = func(*db.Tx, db.ID) ([]db.ID, error) { return nil, nil }
	}
	return &Desk{d, log, n}
}

// Routes are the pages.
func (d *Desk) Routes() []web.Route {
	clerk := web.Holding(web.RoleClerk)
	return []web.Route{
		{Pattern: "GET /office", Access: clerk, Handle: d.show},
		{Pattern: "POST /office", Access: clerk, Handle: d.do, MaxBody: 128 << 10},
		{Pattern: "GET /office/export/{format}", Access: clerk, Handle: d.export},
		{Pattern: "GET /office/print", Access: clerk, Handle: d.showPrint},
		{Pattern: "POST /office/print", Access: clerk, Handle: d.doPrint},
		{Pattern: "GET /office/print/{id}", Access: clerk, Handle: d.showLetter},
	}
}

// offices returns the offices that the viewer is a clerk of, each once.
func offices(v web.Viewer) []db.ID {
	var out []db.ID
	for _, s := range v.Scopes(web.RoleClerk) {
		if s.Kind == "office" && !slices.Contains(out, s.ID) {
			out = append(out, s.ID)
		}
	}
	return out
}

func today(tx *db.Tx) jp.Date { return jp.DateOf(tx.Now) }
