package inbox

import (
	"embed"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
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

// KindKey returns the message key of a kind's name, for filters and headings:
// "places.reservation" is "places.inbox.reservation", so that each module
// brings the words for its own kinds.
func KindKey(kind string) string {
	module, noun, _ := strings.Cut(kind, ".")
	return module + ".inbox." + noun
}

// Title returns the message of the item and its arguments as T takes them: names
// and values in turn. A value that is a date is handed on as one, so that it is
// said in the reader's language.
func (it Item) Title() (key string, args []any) {
	for _, name := range slices.Sorted(maps.Keys(it.Args)) {
		value := any(it.Args[name])
		if day, err := jp.ParseDate(it.Args[name]); err == nil {
			value = day
		}
		args = append(args, name, value)
	}
	return it.Key, args
}

// never is how "no due date" is stored: after every date.
var never = jp.NewDate(9999, time.December, 31)

// The outcomes this package knows itself, as message keys.
const (
	OutcomeDone = "inbox.outcome.done"
)

// Open lets the item wait for its office; nothing changes when its subject has
// an open item of this kind.
func Open(tx *db.Tx, it Item) (err error) {
	defer fault.Wrap(&err, "inbox.Open(%s, %v)", it.Kind, it.Subject)
	if it.Due.IsZero() {
		it.Due = never
	}
	args := []byte("{}")
	if len(it.Args) > 0 {
		if args, err = json.Marshal(it.Args); err != nil {
			return err
		}
	}
	id := db.NewID()
	n, err := tx.Exec(`INSERT INTO inbox_items (id, office, kind, subject, key, args, due, link, assignee, opened_at, closed_at, outcome, search)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '', $11)
		ON CONFLICT (kind, subject) WHERE closed_at = 0 DO NOTHING`,
		int64(id), int64(it.Office), it.Kind, int64(it.Subject), it.Key, string(args), it.Due.String(), it.Link,
		int64(it.Assignee), db.Micros(tx.Now), searchText(it.Args))
	if err != nil || n == 0 {
		return err
	}
	return changed(tx, "inbox.open", id, it.Kind, nil)
}

// searchText is what Filter.Text looks through: the title's values, folded.
func searchText(args map[string]string) string {
	values := make([]string, 0, len(args))
	for _, name := range slices.Sorted(maps.Keys(args)) {
		values = append(values, jp.Fold(args[name]))
	}
	return strings.Join(values, "\n")
}

// changed records a change and wakes who is watching.
func changed(tx *db.Tx, action string, item db.ID, kind string, detail map[string]string) error {
	tx.Touch(Topic)
	if detail == nil {
		detail = map[string]string{}
	}
	if kind != "" {
		detail["kind"] = kind
	}
	return audit.Record(tx, audit.Entry{Action: action, Subject: "inbox", ID: item, Detail: detail})
}

// Close ends the open item of the subject as done; nothing changes when there
// is none.
func Close(tx *db.Tx, kind string, subject db.ID) error {
	return CloseAs(tx, kind, subject, OutcomeDone)
}

// CloseAs is Close with an outcome of the caller's, a message key.
func CloseAs(tx *db.Tx, kind string, subject db.ID, outcome string) (err error) {
	defer fault.Wrap(&err, "inbox.CloseAs(%s, %v, %s)", kind, subject, outcome)
	ids, err := db.All(tx, func(id *db.ID) []any { return []any{id} },
		`UPDATE inbox_items SET closed_at = $1, outcome = $2 WHERE kind = $3 AND subject = $4 AND closed_at = 0 RETURNING id`,
		db.Micros(tx.Now), outcome, kind, int64(subject))
	if err != nil || len(ids) == 0 {
		return err
	}
	return changed(tx, "inbox.close", ids[0], kind, map[string]string{"outcome": outcome})
}

// Assign gives an open item to a person, or with 0 to nobody. A closed item is
// a Conflict: somebody was faster.
func Assign(tx *db.Tx, item, person db.ID) (err error) {
	defer fault.Wrap(&err, "inbox.Assign(%v, %v)", item, person)
	n, err := tx.Exec(`UPDATE inbox_items SET assignee = $1 WHERE id = $2 AND closed_at = 0`, int64(person), int64(item))
	if err != nil {
		return err
	}
	if n == 0 {
		return gone(tx, item)
	}
	return changed(tx, "inbox.assign", item, "", map[string]string{"assignee": person.String()})
}

// Move hands an open item to another office; its assignee is taken off. A
// closed item is a Conflict.
func Move(tx *db.Tx, item, office db.ID) (err error) {
	defer fault.Wrap(&err, "inbox.Move(%v, %v)", item, office)
	n, err := tx.Exec(`UPDATE inbox_items SET office = $1, assignee = 0 WHERE id = $2 AND closed_at = 0`, int64(office), int64(item))
	if err != nil {
		return err
	}
	if n == 0 {
		return gone(tx, item)
	}
	return changed(tx, "inbox.move", item, "", map[string]string{"office": office.String()})
}

// gone says why an open item was not there: closed, or never opened.
func gone(tx *db.Tx, item db.ID) error {
	if _, err := Get(tx, item); err != nil {
		return err
	}
	return fault.New(fault.Conflict, "inbox.error.closed")
}

const columns = `id, office, kind, subject, key, args, due, link, assignee, opened_at, closed_at, outcome`

// stored is an item as its row spells it.
type stored struct {
	Item
	args           string
	opened, closed int64
}

func (s *stored) scan() []any {
	return []any{&s.ID, &s.Office, &s.Kind, &s.Subject, &s.Key, &s.args, &s.Due, &s.Link, &s.Assignee, &s.opened, &s.closed, &s.Outcome}
}

func (s *stored) item() (Item, error) {
	it := s.Item
	it.OpenedAt, it.ClosedAt = db.Time(s.opened), db.Time(s.closed)
	if it.Due == never {
		it.Due = jp.Date{}
	}
	if s.args == "{}" {
		return it, nil
	}
	return it, json.Unmarshal([]byte(s.args), &it.Args)
}

// Get returns one item, or NotFound.
func Get(tx *db.Tx, item db.ID) (it Item, err error) {
	defer fault.Wrap(&err, "inbox.Get(%v)", item)
	s, err := db.One(tx, (*stored).scan, `SELECT `+columns+` FROM inbox_items WHERE id = $1`, int64(item))
	if err != nil {
		return it, err
	}
	return s.item()
}
