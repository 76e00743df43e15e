package group

import (
	"strings"
	"time"
	"unicode/utf8"

	"kakehashi/domains/groups/town"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// MaxMembers is how many members a list can have.
const MaxMembers = 5000

// Member is somebody in a group.
type Member struct {
	ID      db.ID
	Group   db.ID
	Person  db.ID  // 0 for a name alone
	Number  string // the group's own number; optional
	Name    string
	Kana    string
	Town    string // as the group wrote it
	Tie     string // one of Ties; "" = not said, which counts as outside
	Note    string
	Joined  jp.Date
	Left    jp.Date // the first day of being none; zero while a member
	Changed time.Time
	Role    Role // the first of today's offices; Plain when none
}

// Resident reports whether the rules count the member as one of the city.
func (m *Member) Resident() bool { return m.Tie == "lives" || m.Tie == "works" || m.Tie == "studies" }

// matchKey is how an import and a handover know a member again: by the group's
// own number, else by the name and kana, without blanks.
func (m *Member) matchKey() string {
	if m.Number != "" {
		return "#" + jp.Fold(m.Number)
	}
	return squeeze(m.Name) + "/" + squeeze(m.Kana)
}

func squeeze(s string) string { return strings.Join(strings.Fields(jp.Fold(s)), "") }

// Settle brings what was typed into the form in which it is kept and says
// everything that cannot be kept, field by field.
func (m *Member) Settle() error {
	m.Name, m.Number, m.Note = strings.TrimSpace(m.Name), strings.TrimSpace(m.Number), strings.TrimSpace(m.Note)
	m.Kana, m.Town = jp.Katakana(strings.TrimSpace(m.Kana)), strings.TrimSpace(m.Town)
	if t, ok := town.Find(m.Town); ok {
		m.Town = t.Name
		if m.Tie == "" {
			m.Tie = "lives"
		}
	}
	var c fault.Check
	c.Field(m.Name != "", "name", "groups.error.name")
	c.Field(utf8.RuneCountInString(m.Name) <= MaxName, "name", "groups.error.long", "max", MaxName)
	c.Field(utf8.RuneCountInString(m.Kana) <= MaxName, "kana", "groups.error.long", "max", MaxName)
	c.Field(utf8.RuneCountInString(m.Number) <= 40, "number", "groups.error.long", "max", 40)
	c.Field(utf8.RuneCountInString(m.Town) <= MaxName, "town", "groups.error.long", "max", MaxName)
	c.Field(utf8.RuneCountInString(m.Note) <= MaxLine, "note", "groups.error.long", "max", MaxLine)
	c.Field(m.Tie == "" || tieIndex(m.Tie) >= 0, "tie", "groups.error.tie")
	return c.Err()
}

func tieIndex(tie string) int {
	for i, t := range Ties {
		if t == tie {
			return i
		}
	}
	return -1
}

const memberColumns = `id, group_id, person_id, number, name, kana, town, tie, note, joined, left_on, changed`

type memberRow struct {
	Member
	changed int64
}

func (r *memberRow) dest() []any {
	return []any{&r.ID, &r.Group, &r.Person, &r.Number, &r.Name, &r.Kana, &r.Town, &r.Tie, &r.Note, &r.Joined, &r.Left, &r.changed}
}

func (r *memberRow) member() Member {
	r.Changed = db.Time(r.changed)
	return r.Member
}

// Members returns today's members of the group with their offices, officers
// first, then by name.
func Members(tx *db.Tx, group db.ID) (_ []Member, err error) {
	defer fault.Wrap(&err, "group.Members(%v)", group)
	return members(tx, group, `SELECT `+memberColumns+` FROM memberships WHERE group_id = $1 AND left_on = '' ORDER BY sort_key, id`)
}

// Former returns those who left, the latest first, at most 500.
func Former(tx *db.Tx, group db.ID) (_ []Member, err error) {
	defer fault.Wrap(&err, "group.Former(%v)", group)
	return members(tx, group, `SELECT `+memberColumns+` FROM memberships WHERE group_id = $1 AND left_on <> '' ORDER BY left_on DESC, id LIMIT 500`)
}

func members(tx *db.Tx, group db.ID, query string) ([]Member, error) {
	rows, err := db.All(tx, (*memberRow).dest, query, group)
	if err != nil {
		return nil, err
	}
	terms, err := Terms(tx, group)
	if err != nil {
		return nil, err
	}
	roles := currentRoles(terms, Today(tx))
	ordered := make([]Member, 0, len(rows))
	for _, want := range []Role{Representative, Treasurer, Officer, Plain} {
		for i := range rows {
			if m := rows[i].member(); roles[m.ID] == want {
				m.Role = want
				ordered = append(ordered, m)
			}
		}
	}
	return ordered, nil
}

// GetMember returns one member of the group, or NotFound.
func GetMember(tx *db.Tx, group, id db.ID) (_ Member, err error) {
	defer fault.Wrap(&err, "group.GetMember(%v, %v)", group, id)
	row, err := db.One(tx, (*memberRow).dest, `SELECT `+memberColumns+` FROM memberships WHERE group_id = $1 AND id = $2`, group, id)
	return row.member(), err
}

// AddMember keeps a new member. It is Invalid when the list has them already.
func AddMember(tx *db.Tx, m Member) (_ Member, err error) {
	defer fault.Wrap(&err, "group.AddMember(%v)", m.Group)
	if err := m.Settle(); err != nil {
		return m, err
	}
	if err := free(tx, &m); err != nil {
		return m, err
	}
	m.ID = db.NewID()
	if m.Joined.IsZero() {
		m.Joined = Today(tx)
	}
	if _, err := tx.Exec(`INSERT INTO memberships (`+memberColumns+`, match_key, sort_key)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', $11, $12, $13)`,
		m.ID, m.Group, m.Person, m.Number, m.Name, m.Kana, m.Town, m.Tie, m.Note, m.Joined, tx.Now, m.matchKey(), m.sortKey()); err != nil {
		if db.IsUnique(err) { // somebody added them at the same moment
			err = fault.New(fault.Conflict, "groups.error.twice").Because(err)
		}
		return m, err
	}
	tx.Touch(Topic)
	return m, audit.Record(tx, audit.Entry{Action: "groups.member_add", Subject: "group", ID: m.Group, Person: m.Person})
}

func (m *Member) sortKey() string {
	if m.Kana != "" {
		return sortKey(m.Kana)
	}
	return sortKey(m.Name)
}

// free makes sure that nobody else in the list has the member's key, and that
// the list is not full.
func free(tx *db.Tx, m *Member) error {
	n, err := db.One(tx, func(n *int64) []any { return []any{n} },
		`SELECT COUNT(*) FROM memberships WHERE group_id = $1 AND match_key = $2 AND left_on = '' AND id <> $3`, m.Group, m.matchKey(), m.ID)
	if err != nil {
		return err
	}
	all, err := db.One(tx, func(n *int64) []any { return []any{n} },
		`SELECT COUNT(*) FROM memberships WHERE group_id = $1 AND left_on = ''`, m.Group)
	if err != nil {
		return err
	}
	var c fault.Check
	field := "name"
	if m.Number != "" {
		field = "number"
	}
	c.Field(n == 0, field, "groups.error.twice")
	c.Field(m.ID != 0 || all < MaxMembers, field, "groups.error.full", "max", MaxMembers)
	return c.Err()
}

// ChangeMember keeps what was typed about a member.
func ChangeMember(tx *db.Tx, m Member) (err error) {
	defer fault.Wrap(&err, "group.ChangeMember(%v)", m.ID)
	if err := m.Settle(); err != nil {
		return err
	}
	if err := free(tx, &m); err != nil {
		return err
	}
	n, err := tx.Exec(`UPDATE memberships SET person_id = $3, number = $4, name = $5, kana = $6, town = $7, tie = $8, note = $9,
		joined = $10, changed = $11, match_key = $12, sort_key = $13 WHERE group_id = $1 AND id = $2 AND left_on = ''`,
		m.Group, m.ID, m.Person, m.Number, m.Name, m.Kana, m.Town, m.Tie, m.Note, m.Joined, tx.Now, m.matchKey(), m.sortKey())
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "groups.error.left")
	}
	tx.Touch(Topic)
	return audit.Record(tx, audit.Entry{Action: "groups.member_change", Subject: "group", ID: m.Group, Person: m.Person})
}

// leave marks a member as gone from today on. Terms are the caller's to end.
func leave(tx *db.Tx, m *Member) error {
	if _, err := tx.Exec(`UPDATE memberships SET left_on = $3, changed = $4 WHERE group_id = $1 AND id = $2 AND left_on = ''`,
		m.Group, m.ID, Today(tx), tx.Now); err != nil {
		return err
	}
	tx.Touch(Topic)
	return audit.Record(tx, audit.Entry{Action: "groups.member_leave", Subject: "group", ID: m.Group, Person: m.Person})
}

// Leave marks a plain member as gone from today on. Who holds an office leaves
// through a handover, so that nobody notices too late.
func Leave(tx *db.Tx, group, id db.ID) (err error) {
	defer fault.Wrap(&err, "group.Leave(%v, %v)", group, id)
	m, err := GetMember(tx, group, id)
	if err != nil || !m.Left.IsZero() {
		return err
	}
	terms, err := Terms(tx, group)
	if err != nil {
		return err
	}
	for _, t := range terms {
		if t.Member == id && t.open(Today(tx)) {
			return fault.New(fault.Conflict, "groups.error.officer_leaves")
		}
	}
	return leave(tx, &m)
}

// Count returns how many members the group has today, and how many of them
// live, work or study in the city.
func Count(tx *db.Tx, group db.ID) (members, residents int64, err error) {
	defer fault.Wrap(&err, "group.Count(%v)", group)
	got, err := db.One(tx, func(n *[2]int64) []any { return []any{&n[0], &n[1]} },
		`SELECT COUNT(*), COALESCE(SUM(CASE WHEN tie IN ('lives', 'works', 'studies') THEN 1 ELSE 0 END), 0)
		FROM memberships WHERE group_id = $1 AND left_on = ''`, group)
	return got[0], got[1], err
}

// OfPerson returns every membership of a person, today's and former.
func OfPerson(tx *db.Tx, person db.ID) (out []Member, err error) {
	defer fault.Wrap(&err, "group.OfPerson(%v)", person)
	rows, err := db.All(tx, (*memberRow).dest, `SELECT `+memberColumns+` FROM memberships WHERE person_id = $1 AND person_id <> 0 ORDER BY id`, person)
	for i := range rows {
		out = append(out, rows[i].member())
	}
	return out, err
}
