package paper

import (
	"time"

	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// Page is one letter.
type Page struct {
	ID        db.ID // of the delivery; its Time is when the message was asked for
	Person    db.ID
	Office    db.ID // that prints it; 0: any
	Kind      string
	Name      string // the addressee
	Lang      i18n.Lang
	Title     string
	HTML      string // an <article class="letter">; empty in lists and once printed
	Printed   time.Time
	PrintedBy db.ID
}

// Add queues the page; one that is there already stays as it is.
func Add(tx *db.Tx, p Page) (err error) {
	defer fault.Wrap(&err, "paper.Add(%v)", p.ID)
	_, err = tx.Exec(`INSERT INTO print_queue (id, person, office, kind, name, lang, title, page) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (id) DO NOTHING`, p.ID, p.Person, p.Office, p.Kind, p.Name, string(p.Lang), p.Title, p.HTML)
	tx.Touch("print")
	return err
}

// Filter selects pages.
type Filter struct {
	Office  db.ID // that office's and those of any; 0: all offices'
	Printed bool  // those that are printed, instead of those that wait
}

type row struct {
	Page
	lang    string
	printed int64
}

func (r *row) page() Page {
	p := r.Page
	p.Lang, p.Printed = i18n.Lang(r.lang), db.Time(r.printed)
	return p
}

func list(tx *db.Tx, q string, args ...any) ([]Page, error) {
	rows, err := db.All(tx, func(r *row) []any {
		return []any{&r.ID, &r.Person, &r.Office, &r.Kind, &r.Name, &r.lang, &r.Title, &r.printed, &r.PrintedBy}
	}, q, args...)
	pages := make([]Page, len(rows))
	for i := range rows {
		pages[i] = rows[i].page()
	}
	return pages, err
}

// List returns up to limit pages without what they say: those that wait, the
// oldest first and younger than the page at; or those printed, the latest first
// and older than it. With at 0 it begins at the beginning.
func List(tx *db.Tx, f Filter, at db.ID, limit int) (_ []Page, err error) {
	defer fault.Wrap(&err, "paper.List(%+v)", f)
	if f.Printed {
		return list(tx, `SELECT id, person, office, kind, name, lang, title, printed, printed_by FROM print_queue
			WHERE printed <> 0 AND (CAST($1 AS BIGINT) = 0 OR office = $1 OR office = 0) AND (CAST($2 AS BIGINT) = 0 OR id < $2) ORDER BY id DESC LIMIT $3`,
			int64(f.Office), int64(at), limit)
	}
	return list(tx, `SELECT id, person, office, kind, name, lang, title, printed, printed_by FROM print_queue
		WHERE printed = 0 AND (CAST($1 AS BIGINT) = 0 OR office = $1 OR office = 0) AND id > $2 ORDER BY id LIMIT $3`,
		int64(f.Office), int64(at), limit)
}

// Waiting returns how many pages wait for the office and for any; 0: for all
// offices.
func Waiting(tx *db.Tx, office db.ID) (n int, err error) {
	defer fault.Wrap(&err, "paper.Waiting(%v)", office)
	err = tx.Row(`SELECT COUNT(*) FROM print_queue WHERE printed = 0 AND (CAST($1 AS BIGINT) = 0 OR office = $1 OR office = 0)`, int64(office)).Scan(&n)
	return n, err
}

// Read returns the page with what it says, and notes in the audit log that the
// actor read it. It needs a write transaction.
func Read(tx *db.Tx, id db.ID) (p Page, err error) {
	defer fault.Wrap(&err, "paper.Read(%v)", id)
	r, err := db.One(tx, func(r *row) []any {
		return []any{&r.ID, &r.Person, &r.Office, &r.Kind, &r.Name, &r.lang, &r.Title, &r.printed, &r.PrintedBy, &r.HTML}
	}, `SELECT id, person, office, kind, name, lang, title, printed, printed_by, page FROM print_queue WHERE id = $1`, id)
	if err != nil {
		return p, err
	}
	return r.page(), audit.Record(tx, audit.Entry{
		Action: "deliver.page.read", Subject: "page", ID: id, Person: r.Person, Detail: map[string]string{"kind": r.Kind},
	})
}

// MarkPrinted says that the page lies in somebody's hand: what it says is
// erased, and the audit log notes who says so. A page that is marked already
// stays as it is; NotFound when there is none.
func MarkPrinted(tx *db.Tx, id db.ID) (err error) {
	defer fault.Wrap(&err, "paper.MarkPrinted(%v)", id)
	r, err := db.One(tx, func(r *row) []any { return []any{&r.Person, &r.Kind, &r.printed} },
		`SELECT person, kind, printed FROM print_queue WHERE id = $1`, id)
	if err != nil || r.printed != 0 {
		return err
	}
	n, err := tx.Exec(`UPDATE print_queue SET printed = $2, printed_by = $3, page = '' WHERE id = $1 AND printed = 0`, id, tx.Now, tx.Actor.Person)
	if err != nil || n == 0 {
		return err
	}
	tx.Touch("print")
	return audit.Record(tx, audit.Entry{
		Action: "deliver.page.print", Subject: "page", ID: id, Person: r.Person, Detail: map[string]string{"kind": r.Kind},
	})
}
