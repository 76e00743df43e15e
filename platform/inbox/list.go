package inbox

import (
	"strconv"
	"strings"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

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
	Cursor     string // Next of the page before
	Limit      int    // 1 to 500; 0 means 50
}

// Listing is one page of items in order of due date, those without one last;
// Next is "" on the last page.
type Listing struct {
	Items []Item
	Next  string
}

const (
	defaultLimit = 50
	maxLimit     = 500
)

// query collects the conditions of a list. Its text is made of constants; all
// that comes from outside is an argument.
type query struct {
	text strings.Builder
	args []any
}

// arg adds an argument and returns its placeholder.
func (q *query) arg(v any) string {
	q.args = append(q.args, v)
	return "$" + strconv.Itoa(len(q.args))
}

// offices adds the condition that an item waits for one of them.
func (q *query) offices(offices []db.ID) {
	q.text.WriteString(`office IN (`)
	for i, o := range offices {
		if i > 0 {
			q.text.WriteString(`, `)
		}
		q.text.WriteString(q.arg(int64(o)))
	}
	q.text.WriteString(`)`)
}

// List returns a page of the items that the filter selects.
func List(tx *db.Tx, f Filter) (l Listing, err error) {
	defer fault.Wrap(&err, "inbox.List(%v)", f.Offices)
	if len(f.Offices) == 0 {
		return l, nil
	}
	limit := f.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	limit = min(limit, maxLimit)

	var q query
	q.offices(f.Offices)
	if f.Assignee != 0 {
		q.text.WriteString(` AND assignee = ` + q.arg(int64(f.Assignee)))
	}
	if f.Unassigned {
		q.text.WriteString(` AND assignee = 0`)
	}
	if f.Kind != "" {
		q.text.WriteString(` AND kind = ` + q.arg(f.Kind))
	}
	if !f.DueBefore.IsZero() {
		q.text.WriteString(` AND due < ` + q.arg(f.DueBefore.String()))
	}
	if f.Overdue {
		q.text.WriteString(` AND due < ` + q.arg(jp.DateOf(tx.Now).String()))
	}
	if text := jp.Fold(f.Text); text != "" {
		q.text.WriteString(` AND search LIKE ` + q.arg(db.Like(text)) + ` ESCAPE '\'`)
	}
	if f.Cursor != "" {
		due, id, err := parseCursor(f.Cursor)
		if err != nil {
			return l, err
		}
		q.text.WriteString(` AND (due, id) > (` + q.arg(due.String()) + `, ` + q.arg(int64(id)) + `)`)
	}
	order := ` ORDER BY due, id LIMIT ` + q.arg(limit+1)

	rows, err := db.All(tx, (*stored).scan, inState(f.State, q.text.String(), order), q.args...)
	if err != nil {
		return l, err
	}
	if len(rows) > limit {
		rows = rows[:limit]
		last := &rows[limit-1]
		l.Next = last.Due.String() + "." + last.ID.String()
	}
	l.Items = make([]Item, len(rows))
	for i := range rows {
		if l.Items[i], err = rows[i].item(); err != nil {
			return l, err
		}
	}
	return l, nil
}

// inState returns the query for the state. Open and closed items have an index
// each, so both together are two queries in one.
func inState(s State, where, order string) string {
	const (
		open   = `SELECT ` + columns + ` FROM inbox_items WHERE closed_at = 0 AND `
		closed = `SELECT ` + columns + ` FROM inbox_items WHERE closed_at > 0 AND `
		from   = `SELECT ` + columns + ` FROM (`
	)
	switch s {
	case StateClosed:
		return closed + where + order
	case StateAll:
		return from + open + where + order + `) AS a UNION ALL ` + from + closed + where + order + `) AS b` + order
	default:
		return open + where + order
	}
}

// parseCursor reads what List wrote: the due date and id of the last item.
func parseCursor(s string) (due jp.Date, id db.ID, err error) {
	day, rest, _ := strings.Cut(s, ".")
	if due, err = jp.ParseDate(day); err == nil {
		id, err = db.ParseID(rest)
	}
	if err != nil {
		return due, id, fault.New(fault.Invalid, "inbox.error.cursor").Because(err)
	}
	return due, id, nil
}

// Numbers are the open items of an office, as its tabs show them.
type Numbers struct {
	All, Mine, Unassigned int
	Today                 int // due today
	Overdue               int // due before today
}

// Counts counts the open items of the office; Mine are those of the person.
func Counts(tx *db.Tx, office, person db.ID) (n Numbers, err error) {
	defer fault.Wrap(&err, "inbox.Counts(%v)", office)
	return db.One(tx, func(n *Numbers) []any { return []any{&n.All, &n.Mine, &n.Unassigned, &n.Today, &n.Overdue} },
		`SELECT COUNT(*),
			COALESCE(SUM(CASE WHEN assignee = $2 AND assignee <> 0 THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN assignee = 0 THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN due = $3 THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN due < $3 THEN 1 ELSE 0 END), 0)
		FROM inbox_items WHERE office = $1 AND closed_at = 0`,
		int64(office), int64(person), jp.DateOf(tx.Now).String())
}
