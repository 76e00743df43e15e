package person

import (
	"database/sql"
	"errors"
	"strings"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// PageSize is how many persons one page of a search shows.
const PageSize = 30

// Found is one page of a search.
type Found struct {
	Persons []Person // without what is sealed
	Next    string   // cursor of the page after; empty at the end
}

// ByMail returns the open account that the address signs in.
func (s *Store) ByMail(tx *db.Tx, mail string) (id db.ID, found bool, err error) {
	err = tx.Row(`SELECT id FROM persons WHERE mail_index = $1 AND account = 1 AND closed = 0`, s.MailIndex(mail)).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return id, err == nil, err
}

// IsContact reports whether Search would look the query up whole, as a mail
// address or a phone number.
func IsContact(query string) bool {
	_, phone := phoneKey(query)
	return phone || strings.Contains(query, "@")
}

// Search finds open persons. What looks like a mail address or a phone number
// is looked up whole by its blind index; anything else finds the names, kana,
// ローマ字 and 通称 in which a word begins with it, in the order of the folded
// names. An empty query finds nobody: nobody leafs through persons. cursor is
// Next of the page before, or empty.
func (s *Store) Search(tx *db.Tx, query, cursor string) (_ Found, err error) {
	defer fault.Wrap(&err, "person.Search")
	query = oneLine(query)
	if query == "" {
		return Found{}, nil
	}
	if strings.Contains(query, "@") {
		m, err := ParseMail(query)
		if err != nil {
			return Found{}, nil
		}
		return s.byIndex(tx, `SELECT `+columns+` FROM persons WHERE mail_index = $1 AND closed = 0 ORDER BY id LIMIT 30`, s.MailIndex(m))
	}
	if digits, ok := phoneKey(query); ok {
		return s.byIndex(tx, `SELECT `+columns+` FROM persons WHERE phone_index = $1 AND closed = 0 ORDER BY id LIMIT 30`, s.keys.Index("person.phone", digits))
	}
	return s.byName(tx, query, cursor)
}

func (s *Store) byIndex(tx *db.Tx, q string, index []byte) (Found, error) {
	rows, err := db.All(tx, (*row).open, q, index)
	var out Found
	for i := range rows {
		out.Persons = append(out.Persons, rows[i].person())
	}
	return out, err
}

func (s *Store) byName(tx *db.Tx, query, cursor string) (Found, error) {
	prefix := fold(query)
	if prefix == "" {
		return Found{}, nil
	}
	fromKey, fromID, err := parseCursor(cursor)
	if err != nil {
		return Found{}, err
	}
	type hit struct {
		row
		key string
	}
	// A person is found by several of their names; the smallest that matches
	// gives the place in the list, so that pages neither repeat nor skip one.
	hits, err := db.All(tx, func(h *hit) []any { return append(h.open(), &h.key) },
		`SELECT `+columns+`, fold FROM persons JOIN (
			SELECT person_id, MIN(fold) AS fold FROM person_names
			WHERE fold >= $1 AND fold < $2 GROUP BY person_id
		) AS found ON found.person_id = id
		WHERE closed = 0 AND (fold > $3 OR fold = $3 AND id > $4)
		ORDER BY fold, id LIMIT $5`,
		prefix, after(prefix), fromKey, fromID, PageSize+1)
	if err != nil {
		return Found{}, err
	}
	var out Found
	for i := range hits {
		if i == PageSize {
			out.Next = formatCursor(hits[i-1].key, hits[i-1].ID)
			break
		}
		out.Persons = append(out.Persons, hits[i].person())
	}
	return out, nil
}

// A cursor is the id and the folded name of the last person shown.
func formatCursor(key string, id db.ID) string { return id.String() + "." + key }

func parseCursor(s string) (key string, id db.ID, err error) {
	if s == "" {
		return "", 0, nil
	}
	first, key, _ := strings.Cut(s, ".")
	if id, err = db.ParseID(first); err != nil || len(key) > 2*MaxFold || strings.Trim(key, "0123456789abcdef") != "" {
		return "", 0, fault.New(fault.NotFound, "web.error.not_found")
	}
	return key, id, nil
}

// EachID calls fn with every person, closed ones too, in batches that hold no
// cursor open.
func (s *Store) EachID(tx *db.Tx, fn func(db.ID) error) (err error) {
	defer fault.Wrap(&err, "person.EachID")
	const batch = 1000
	last := db.ID(0)
	for {
		ids, err := db.All(tx, func(id *db.ID) []any { return []any{id} }, `SELECT id FROM persons WHERE id > $1 ORDER BY id LIMIT $2`, last, batch)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := fn(id); err != nil {
				return err
			}
			last = id
		}
		if len(ids) < batch {
			return nil
		}
	}
}
