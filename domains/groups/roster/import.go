package roster

import (
	"encoding/json"
	"errors"
	"io"
	"time"

	"kakehashi/domains/groups/group"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/table"
)

// The columns, by the names they have in an exported list.
const (
	colNumber = "会員番号"
	colName   = "氏名"
	colKana   = "フリガナ"
	colTown   = "町名"
	colTie    = "区分"
	colJoined = "入会日"
	colNote   = "備考"
)

var columns = table.Columns{
	{Name: colNumber, Aliases: []string{"番号", "No", "会員No", "number"}},
	{Name: colName, Aliases: []string{"名前", "会員名", "会員氏名", "name", "full name"}, Required: true},
	{Name: colKana, Aliases: []string{"カナ", "ふりがな", "氏名カナ", "氏名フリガナ", "kana"}},
	{Name: colTown, Aliases: []string{"住所", "町丁目", "町", "town", "address"}},
	{Name: colTie, Aliases: []string{"在住在勤在学", "在住・在勤・在学", "居住区分", "tie"}},
	{Name: colJoined, Aliases: []string{"入会年月日", "加入日", "joined"}},
	{Name: colNote, Aliases: []string{"メモ", "摘要", "note"}},
}

var ties = map[string]string{
	"": "", "在住": "lives", "市内在住": "lives", "市内": "lives", "lives": "lives",
	"在勤": "works", "市内在勤": "works", "works": "works",
	"在学": "studies", "市内在学": "studies", "studies": "studies",
	"市外": "outside", "その他": "outside", "outside": "outside",
}

// Limits bound an uploaded list.
var Limits = table.Limits{Rows: group.MaxMembers, Columns: 60, CellBytes: 2000, TotalBytes: 2 << 20}

// Row is one row of a list that could be read.
type Row struct {
	Line   int          `json:"line"`
	Member group.Member `json:"member"`
	Has    []string     `json:"has"` // the columns that the file has
}

// List is an uploaded list.
type List struct {
	Rows     []Row           `json:"rows"`
	Refusals []table.Refusal `json:"refusals"`
	Refused  int             `json:"refused"`
}

// Read reads a list. A file that cannot be understood is Invalid; rows that
// cannot be taken are among the refusals.
func Read(name string, r io.Reader) (_ List, err error) {
	defer fault.Wrap(&err, "roster.Read")
	sheet, err := table.Read(name, r, Limits)
	if err != nil {
		return List{}, err
	}
	rows, err := sheet.Match(columns)
	if err != nil {
		return List{}, err
	}
	var l List
	seen := map[string]int{}
	for rows.Next() {
		m := group.Member{
			Number: rows.Get(colNumber), Name: rows.Get(colName), Kana: rows.Get(colKana),
			Town: rows.Get(colTown), Note: rows.Get(colNote), Joined: rows.Date(colJoined),
		}
		if m.Name == "" {
			rows.Refuse(colName, table.Missing)
		}
		tie, ok := ties[jp.Fold(rows.Get(colTie))]
		if !ok {
			rows.Refuse(colTie, table.NotListed, "value", rows.Get(colTie))
		}
		m.Tie = tie
		refuseFields(rows, m.Settle())
		key := m.Number + "/" + m.Name + "/" + m.Kana
		if line, twice := seen[key]; twice {
			rows.Refuse(colName, table.Twice, "line", line)
		}
		if rows.Refused() {
			continue
		}
		seen[key] = rows.Line()
		row := Row{Line: rows.Line(), Member: m}
		for _, c := range columns {
			if rows.Has(c.Name) {
				row.Has = append(row.Has, c.Name)
			}
		}
		l.Rows = append(l.Rows, row)
	}
	l.Refusals, l.Refused = rows.Refusals(), rows.Summary().Refused
	return l, nil
}

var columnOf = map[string]string{"name": colName, "kana": colKana, "number": colNumber, "town": colTown, "note": colNote, "tie": colTie}

// refuseFields refuses the row for what a member cannot be kept with; a missing
// name is said already.
func refuseFields(rows *table.Rows, err error) {
	var f *fault.Error
	if err == nil || !errors.As(err, &f) {
		return
	}
	for _, field := range f.Fields {
		if field.Name == "name" && rows.Get(colName) == "" {
			continue
		}
		rows.Refuse(columnOf[field.Name], field.Key, field.Args...)
	}
}

// Action is what an import does with a row.
type Action string

// The actions.
const (
	Adds    Action = "new"
	Changes Action = "changed"
	Keeps   Action = "unchanged"
)

// Step is what an import does with one row.
type Step struct {
	Line   int
	Action Action
	Member group.Member // as it will stand
	Before group.Member // as it stands; zero when new
}

// Compare says what the list would do to the members that stand.
func Compare(l List, now []group.Member) []Step {
	byNumber, byName := map[string]int{}, map[string]int{}
	for i, m := range now {
		if m.Number != "" {
			byNumber[jp.Fold(m.Number)] = i
		}
		byName[nameKey(&m)] = i
	}
	used := map[int]bool{}
	out := make([]Step, 0, len(l.Rows))
	for _, row := range l.Rows {
		at, known := -1, false
		if row.Member.Number != "" {
			at, known = lookup(byNumber, jp.Fold(row.Member.Number))
		}
		if !known {
			at, known = lookup(byName, nameKey(&row.Member))
			known = known && (row.Member.Number == "" || now[at].Number == "")
		}
		if !known || used[at] {
			out = append(out, Step{Line: row.Line, Action: Adds, Member: row.Member})
			continue
		}
		used[at] = true
		s := Step{Line: row.Line, Action: Keeps, Before: now[at], Member: merge(now[at], row)}
		if s.Member != s.Before {
			s.Action = Changes
		}
		out = append(out, s)
	}
	return out
}

func lookup(in map[string]int, key string) (int, bool) {
	i, ok := in[key]
	return i, ok
}

func nameKey(m *group.Member) string { return jp.Fold(m.Name) + "/" + jp.Fold(m.Kana) }

// merge puts what the row says over what stands; columns that the file does
// not have, and a date or tie that it leaves empty, change nothing.
func merge(m group.Member, row Row) group.Member {
	for _, c := range row.Has {
		switch c {
		case colNumber:
			m.Number = row.Member.Number
		case colName:
			m.Name = row.Member.Name
		case colKana:
			m.Kana = row.Member.Kana
		case colTown:
			m.Town = row.Member.Town
		case colNote:
			m.Note = row.Member.Note
		case colTie:
			if row.Member.Tie != "" {
				m.Tie = row.Member.Tie
			}
		case colJoined:
			if !row.Member.Joined.IsZero() {
				m.Joined = row.Member.Joined
			}
		}
	}
	return m
}

// Count counts the steps and the refusals.
func Count(l List, steps []Step) table.Summary {
	s := table.Summary{Refused: l.Refused, Refusals: l.Refusals}
	for _, st := range steps {
		switch st.Action {
		case Adds:
			s.Imported++
		case Changes:
			s.Updated++
		case Keeps:
			s.Unchanged++
		}
	}
	return s
}

// KeepFor is how long an uploaded list waits to be confirmed.
const KeepFor = 24 * time.Hour

// Keep stores a list until it is confirmed.
func Keep(tx *db.Tx, groupID, person db.ID, l List) (id db.ID, err error) {
	defer fault.Wrap(&err, "roster.Keep(%v)", groupID)
	body, err := json.Marshal(l)
	if err != nil {
		return 0, err
	}
	id = db.NewID()
	_, err = tx.Exec(`INSERT INTO member_imports (id, group_id, person_id, body, created) VALUES ($1, $2, $3, $4, $5)`,
		id, groupID, person, string(body), tx.Now)
	return id, err
}

// Kept returns a stored list of the group, or NotFound.
func Kept(tx *db.Tx, groupID, id db.ID) (l List, err error) {
	defer fault.Wrap(&err, "roster.Kept(%v, %v)", groupID, id)
	body, err := db.One(tx, func(s *string) []any { return []any{s} },
		`SELECT body FROM member_imports WHERE group_id = $1 AND id = $2 AND created > $3`, groupID, id, tx.Now.Add(-KeepFor))
	if err != nil {
		return l, err
	}
	return l, json.Unmarshal([]byte(body), &l)
}

// Sweep forgets lists that nobody confirmed.
func Sweep(tx *db.Tx) (err error) {
	defer fault.Wrap(&err, "roster.Sweep")
	_, err = tx.Exec(`DELETE FROM member_imports WHERE created <= $1`, tx.Now.Add(-KeepFor))
	return err
}

// Import does what Compare says to the list as it stands now, all in one, and
// forgets the stored list.
func Import(tx *db.Tx, groupID, id db.ID) (_ table.Summary, err error) {
	defer fault.Wrap(&err, "roster.Import(%v, %v)", groupID, id)
	if err := group.Hold(tx, groupID); err != nil {
		return table.Summary{}, err
	}
	l, err := Kept(tx, groupID, id)
	if err != nil {
		return table.Summary{}, err
	}
	now, err := group.Members(tx, groupID)
	if err != nil {
		return table.Summary{}, err
	}
	steps := Compare(l, now)
	for _, s := range steps {
		s.Member.Group = groupID
		switch s.Action {
		case Adds:
			_, err = group.AddMember(tx, s.Member)
		case Changes:
			err = group.ChangeMember(tx, s.Member)
		}
		if err != nil {
			return table.Summary{}, err
		}
	}
	if _, err := tx.Exec(`DELETE FROM member_imports WHERE id = $1`, id); err != nil {
		return table.Summary{}, err
	}
	sum := Count(l, steps)
	return sum, audit.Record(tx, audit.Entry{Action: "groups.import", Subject: "group", ID: groupID, Detail: map[string]string{"counts": sum.String()}})
}
