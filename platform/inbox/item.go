package inbox

import (
	"context"
	"embed"
	"time"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed messages/*.toml
var messages embed.FS

// Migrations returns the table of the inbox.
func Migrations() db.Migrations { return db.Migrations{Name: "inbox", FS: migrations} }

// Messages returns the texts of this package in every language.
func Messages() i18n.Source { return i18n.Source{Name: "inbox", FS: messages} }

// Topic is touched by every change of any item.
const Topic = "inbox"

// Item is one thing that waits for an office. ID, OpenedAt, ClosedAt and
// Outcome are set by this package.
type Item struct {
	ID       db.ID
	Office   db.ID             // the group of kind office that it waits for
	Kind     string            // "places.reservation": module and noun
	Subject  db.ID             // the thing itself
	Key      string            // message key of its one-line title
	Args     map[string]string // values for the message, stored as JSON
	Due      jp.Date           // zero when nothing presses
	Link     string            // local path of the page where it is decided
	Assignee db.ID             // who has taken it on; 0 when nobody
	OpenedAt time.Time
	ClosedAt time.Time // zero while open
	Outcome  string    // message key of how it ended, "" while open
}

// Open lets the item wait for its office; nothing changes when its subject has
// an open item of this kind.
func Open(tx *db.Tx, it Item) error { return nil }

// Close ends the open item of the subject as done; nothing changes when there
// is none.
func Close(tx *db.Tx, kind string, subject db.ID) error { return nil }

// CloseAs is Close with an outcome of the caller's, a message key.
func CloseAs(tx *db.Tx, kind string, subject db.ID, outcome string) error { return nil }

// Assign gives an open item to a person, or with 0 to nobody.
func Assign(tx *db.Tx, item, person db.ID) error { return nil }

// Move hands an open item to another office; its assignee is taken off.
func Move(tx *db.Tx, item, office db.ID) error { return nil }

// Get returns one item, or NotFound.
func Get(tx *db.Tx, item db.ID) (Item, error) { return Item{}, nil }

// State selects open items, closed ones, or both.
type State string

// The states a list can show. The zero value is open.
const (
	StateOpen   State = ""
	StateClosed State = "closed"
	StateAll    State = "all"
)

// Filter selects items. Zero fields select nothing out.
type Filter struct {
	Offices    []db.ID // at least one: an inbox always belongs to offices
	Assignee   db.ID   // taken on by this person
	Unassigned bool    // taken on by nobody
	Kind       string
	DueBefore  jp.Date // due on an earlier day
	Overdue    bool    // due before today
	Text       string  // part of a value in the title, folded
	State      State
	Cursor     string // from the page before
	Limit      int    // 1 to 500; 0 means 50
}

// Listing is one page of items in order of due date; Next is "" on the last.
type Listing struct {
	Items []Item
	Next  string
}

// List returns a page of the items that the filter selects.
func List(tx *db.Tx, f Filter) (Listing, error) { return Listing{}, nil }

// Numbers are the open items of an office, as its tabs show them.
type Numbers struct {
	All, Mine, Unassigned int
	Today                 int // due today
	Overdue               int // due before today
}

// Counts counts the open items of the office; Mine are those of the person.
func Counts(tx *db.Tx, office, person db.ID) (Numbers, error) { return Numbers{}, nil }

// Action is something a clerk can do to many items of a kind at once.
type Action struct {
	Kind     string // of the items it fits
	Name     string // in URLs: "approve"
	LabelKey string // message key of its button
	// Do does it to one subject in its own transaction. It closes the item
	// itself, or leaves it open.
	Do func(ctx context.Context, actor db.Actor, subject db.ID, reason string) error
}

// Actions are the bulk actions of all kinds.
type Actions struct{}

// NewActions returns the actions; two of one kind and name are a mistake of
// the program.
func NewActions(actions ...Action) (*Actions, error) { return &Actions{}, nil }

// For returns the actions of the kind, in the order they were given.
func (a *Actions) For(kind string) []Action { return nil }

// Result is what became of one item in a bulk run.
type Result struct {
	Item    db.ID
	Subject db.ID
	Err     error // nil when done; a fault where the clerk can do something
}

// Run applies the action to each of the open items, which must belong to one of
// the offices, and reports on each in the order given.
func (a *Actions) Run(ctx context.Context, d *db.DB, actor db.Actor, offices []db.ID, name string, items []db.ID, reason string) ([]Result, error) {
	return nil, nil
}
