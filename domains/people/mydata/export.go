package mydata

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"kakehashi/domains/people/person"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/table"
)

// Section is what one module holds about the person.
type Section struct {
	Title   string          `json:"title"`
	Records []module.Record `json:"records"`
}

// Trace is one thing that was done with the person's data.
type Trace struct {
	ID     db.ID     `json:"-"`
	At     time.Time `json:"at"`
	Who    string    `json:"who"`            // "" = the program itself
	For    string    `json:"for,omitempty"`  // on whose behalf, when not the person's
	Self   bool      `json:"self,omitempty"` // the person themselves
	Action string    `json:"action"`         // in the reader's language
}

// collect asks every module what it holds about the person.
func (m *MyData) collect(tx *db.Tx, loc *i18n.Localizer, who db.ID) (out []Section, err error) {
	defer fault.Wrap(&err, "mydata.collect(%v)", who)
	for _, p := range m.personal() {
		if p.Export == nil {
			continue
		}
		records, err := p.Export(tx, loc, who)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Title, err)
		}
		if len(records) > 0 {
			out = append(out, Section{Title: loc.T(p.Title), Records: records})
		}
	}
	return out, nil
}

// traces lists what was done with the person's data, the newest first; reads
// only when readsOnly.
func (m *MyData) traces(tx *db.Tx, loc *i18n.Localizer, who db.ID, page audit.Page) (_ []Trace, err error) {
	defer fault.Wrap(&err, "mydata.traces(%v)", who)
	lines, err := m.audit.ByPerson(tx, who, page)
	if err != nil {
		return nil, err
	}
	names := map[db.ID]string{0: ""}
	name := func(id db.ID) (string, error) {
		if n, ok := names[id]; ok {
			return n, nil
		}
		p, err := m.store.Get(tx, id)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return "", err
		}
		names[id] = p.Shown()
		return names[id], nil
	}
	out := make([]Trace, len(lines))
	for i, l := range lines {
		t := Trace{ID: l.ID, At: l.At, Self: l.Actor == who, Action: loc.T(audit.ActionKey(l.Action))}
		if t.Who, err = name(l.Actor); err != nil {
			return nil, err
		}
		if l.OnBehalfOf != 0 && l.OnBehalfOf != who {
			if t.For, err = name(l.OnBehalfOf); err != nil {
				return nil, err
			}
		}
		out[i] = t
	}
	return out, nil
}

// tracesInExport is how many traces an export holds at most.
const tracesInExport = 500

// archive writes everything as a ZIP: one JSON file for programs, one CSV a
// section for people, and who did what with the data.
func archive(w io.Writer, loc *i18n.Localizer, now time.Time, sections []Section, traces []Trace) (err error) {
	defer fault.Wrap(&err, "mydata.archive")
	z := zip.NewWriter(w)
	f, err := z.CreateHeader(&zip.FileHeader{Name: "my-data.json", Method: zip.Deflate, Modified: now})
	if err != nil {
		return err
	}
	e := json.NewEncoder(f)
	e.SetIndent("", "  ")
	if err := e.Encode(map[string]any{"made": now, "language": loc.Lang(), "sections": sections, "traces": traces}); err != nil {
		return err
	}
	for i, s := range sections {
		header, rows := tabulate(s.Records)
		if err := writeCSV(z, fmt.Sprintf("%02d.csv", i+1), now, append([]string{s.Title}, header...), rows); err != nil {
			return err
		}
	}
	rows := make([][]string, len(traces))
	for i, t := range traces {
		rows[i] = []string{t.At.In(jp.Tokyo).Format("2006-01-02 15:04"), who(loc, t), t.For, t.Action}
	}
	header := []string{loc.T("people.data.when"), loc.T("people.data.who"), loc.T("people.data.for"), loc.T("people.data.what")}
	if err := writeCSV(z, "readers.csv", now, header, rows); err != nil {
		return err
	}
	return z.Close()
}

func writeCSV(z *zip.Writer, name string, now time.Time, header []string, rows [][]string) error {
	f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: now})
	if err != nil {
		return err
	}
	return table.Write(f, table.UTF8CSV, header, slices.Values(rows))
}

// tabulate turns records into one table: the records' titles first, then a
// column a label, in the order in which labels first appear.
func tabulate(records []module.Record) (header []string, rows [][]string) {
	at := make(map[string]int)
	for _, r := range records {
		for _, v := range r.Values {
			if _, ok := at[v.Label]; !ok {
				at[v.Label] = len(header)
				header = append(header, v.Label)
			}
		}
	}
	for _, r := range records {
		row := make([]string, len(header)+1)
		row[0] = r.Title
		for _, v := range r.Values {
			cell := &row[at[v.Label]+1]
			if *cell != "" {
				*cell += " / "
			}
			*cell += v.Value
		}
		rows = append(rows, row)
	}
	return header, rows
}

// who names the one who did it, for a list in the reader's language.
func who(loc *i18n.Localizer, t Trace) string {
	switch {
	case t.Self:
		return loc.T("people.data.you")
	case t.Who == "":
		return loc.T("people.data.system")
	}
	return t.Who
}

// errPreview rolls a preview back.
var errPreview = errors.New("only a preview")

// preview says what erasing would leave and why, and changes nothing.
func (m *MyData) preview(tx *db.Tx, who db.ID) (kept []string, err error) {
	if kept, err = m.erase(tx, who); err == nil {
		err = errPreview
	}
	return kept, err
}

// erase lets every module delete what the law lets it, and closes the person.
// It returns the message keys of what stays.
func (m *MyData) erase(tx *db.Tx, who db.ID) (kept []string, err error) {
	defer fault.Wrap(&err, "mydata.erase(%v)", who)
	for _, p := range m.personal() {
		if p.Erase == nil {
			continue
		}
		stays, err := p.Erase(tx, who)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Title, err)
		}
		for _, key := range stays {
			if !slices.Contains(kept, key) {
				kept = append(kept, key)
			}
		}
	}
	stays, err := ErasePerson(tx, m.store, who)
	return append(kept, stays...), err
}

// ErasePerson ends the person's posts, guardianships and wishes, closes the
// person, and returns what stays and why.
func ErasePerson(tx *db.Tx, store *person.Store, who db.ID) (kept []string, err error) {
	posts, err := store.Posts(tx, who)
	if err != nil {
		return nil, err
	}
	for _, p := range posts {
		if p.Until.IsZero() || !p.Until.Before(person.Today(tx)) {
			if err := store.End(tx, p.ID, "erased"); err != nil {
				return nil, err
			}
		}
	}
	if err := store.EndTies(tx, who); err != nil {
		return nil, err
	}
	if err := store.Close(tx, who, "own wish"); err != nil {
		return nil, err
	}
	if len(posts) > 0 {
		kept = append(kept, "people.kept.posts")
	}
	return append(kept, "people.kept.log"), nil
}
