package programme

import (
	"context"
	_ "embed"
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/table"
)

//go:embed columns.toml
var columnNames string

// Columns are the table of a city's programmes: field, office, programme,
// description and partners in Japanese, as the city's paper prints it, and,
// where somebody added them, slug, phone and mail.
var Columns = readColumns()

func readColumns() (out table.Columns) {
	var file struct {
		Column []struct {
			Name     string
			Also     []string
			Required bool
		}
	}
	if _, err := toml.Decode(columnNames, &file); err != nil {
		panic(err) // the file is embedded above
	}
	for _, c := range file.Column {
		out = append(out, table.Column{Name: c.Name, Aliases: c.Also, Required: c.Required})
	}
	return out
}

// Import takes a table of programmes in one transaction. A programme is known
// by its Japanese name; a known one gets the table's Japanese texts, and its
// texts in other languages stay. Rows that cannot be used are refused, each
// with its reason, and the others go in.
func Import(ctx context.Context, d *db.DB, actor db.Actor, sheet *table.Sheet) (sum table.Summary, err error) {
	defer fault.Wrap(&err, "programme.Import()")
	err = d.Write(ctx, actor, func(tx *db.Tx) error {
		rows, err := sheet.Match(Columns)
		if err != nil {
			return err
		}
		imp, err := newImport(tx)
		if err != nil {
			return err
		}
		var n table.Summary
		for rows.Next() {
			became, err := imp.row(tx, rows)
			if err != nil {
				return err
			}
			switch became {
			case "imported":
				n.Imported++
			case "updated":
				n.Updated++
			case "unchanged":
				n.Unchanged++
			}
		}
		sum = rows.Summary()
		sum.Imported, sum.Updated, sum.Unchanged = n.Imported, n.Updated, n.Unchanged
		return nil
	})
	return sum, err
}

// importer is what an import knows of the city while it goes through the rows.
type importer struct {
	fields map[string]string     // folded Japanese name or slug to slug
	known  map[string]*Programme // by folded Japanese name
	slugs  map[string]bool
	office map[string]db.ID // by folded name
	seen   map[string]int   // line a programme stands on
	last   int64
}

func newImport(tx *db.Tx) (*importer, error) {
	imp := &importer{fields: map[string]string{}, known: map[string]*Programme{}, slugs: map[string]bool{}, office: map[string]db.ID{}, seen: map[string]int{}}
	fields, err := Fields(tx)
	if err != nil {
		return nil, err
	}
	for _, f := range fields {
		imp.fields[jp.Fold(f.Slug)] = f.Slug
		imp.fields[jp.Fold(f.Name[i18n.Ja])] = f.Slug
	}
	all, err := All(tx)
	if err != nil {
		return nil, err
	}
	for i := range all {
		imp.learn(&all[i])
	}
	return imp, nil
}

func (imp *importer) learn(p *Programme) {
	imp.known[key(p.Name[i18n.Ja])] = p
	imp.slugs[p.Slug] = true
	imp.last = max(imp.last, p.Sort)
	if p.Office != 0 {
		imp.office[key(p.Contact[i18n.Ja])] = p.Office
	}
}

// key folds a name so that blanks and widths do not make two of one.
func key(name string) string { return strings.Join(strings.Fields(jp.Fold(name)), "") }

// row takes one row, and says what became of it: imported, updated, unchanged,
// or "" when it was refused.
func (imp *importer) row(tx *db.Tx, rows *table.Rows) (became string, err error) {
	name := strings.TrimSpace(rows.Get("programme"))
	field, ok := imp.fields[jp.Fold(rows.Get("field"))]
	if !ok {
		rows.Refuse("field", table.NotListed, "value", rows.Get("field"))
	}
	if name == "" {
		rows.Refuse("programme", table.Missing)
	}
	for i, column := range []string{"programme", "office", "description", "partners"} {
		if most := []int{MaxName, MaxName, MaxText, MaxText}[i]; utf8.RuneCountInString(rows.Get(column)) > most {
			rows.Refuse(column, table.TooLong, "limit", most)
		}
	}
	if line, twice := imp.seen[key(name)]; twice {
		rows.Refuse("programme", table.Twice, "line", line)
	}
	slug := strings.TrimSpace(rows.Get("slug"))
	if slug != "" && !slugForm.MatchString(slug) {
		rows.Refuse("slug", table.NotListed, "value", slug)
	}
	phone := strings.TrimSpace(rows.Get("phone"))
	if phone != "" {
		n, err := jp.Phone(phone)
		if err != nil {
			rows.Refuse("phone", table.NotPhone)
		}
		phone = n.Number
	}
	mail := strings.TrimSpace(rows.Get("mail"))
	if mail != "" && !mailForm.MatchString(mail) {
		rows.Refuse("mail", table.NotMail)
	}
	if rows.Refused() {
		return "", nil
	}
	imp.seen[key(name)] = rows.Line()
	old := imp.known[key(name)]
	p := Programme{Slug: slug, Sort: imp.last + 10}
	if old != nil {
		p = *old
	}
	p.Field = field
	p.Official = strings.TrimSpace(rows.Get("description"))
	write := func(at *i18n.Text, s string) {
		Part{text: func(*Texts) *i18n.Text { return at }}.Write(nil, i18n.Ja, s)
	}
	write(&p.Name, name)
	write(&p.Partners, rows.Get("partners"))
	write(&p.Contact, rows.Get("office"))
	if office := imp.office[key(rows.Get("office"))]; office != 0 {
		p.Office = office
	}
	if phone != "" {
		p.Phone = phone
	}
	if mail != "" {
		p.Mail = mail
	}
	if old != nil {
		changed, err := Save(tx, &p)
		if err != nil {
			return "", err
		}
		imp.learn(&p)
		if changed {
			return "updated", nil
		}
		return "unchanged", nil
	}
	if imp.slugs[p.Slug] {
		p.Slug = "" // taken by another: its id will do
	}
	if err := Add(tx, &p); err != nil {
		return "", err
	}
	imp.learn(&p)
	return "imported", nil
}

// Header and Lines are the open-data table of the programmes, in the layout
// that Import reads.
func Header() []string {
	out := make([]string, len(Columns))
	for i, c := range Columns {
		out[i] = c.Name
	}
	return out
}

// Lines returns one line a programme below Header.
func (s *Snapshot) Lines() iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		names := map[string]string{}
		for _, f := range s.Fields {
			names[f.Slug] = f.Name[i18n.Ja]
		}
		for i := range s.Programmes {
			p := &s.Programmes[i]
			if !yield([]string{
				names[p.Field], p.Contact[i18n.Ja], p.Name[i18n.Ja], p.Official, p.Partners[i18n.Ja], p.Slug, p.Phone, p.Mail,
			}) {
				return
			}
		}
	}
}
