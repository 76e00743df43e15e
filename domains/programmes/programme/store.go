package programme

import (
	"maps"
	"strconv"

	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// Fields returns the five fields in the order of the doors.
func Fields(tx *db.Tx) (_ []Field, err error) {
	defer fault.Wrap(&err, "programme.Fields()")
	return db.All(tx, func(f *Field) []any { return []any{&f.Slug, &f.Name, &f.Lead} },
		`SELECT slug, name, lead FROM fields ORDER BY sort`)
}

const columns = `id, version, slug, field, sort, office_id, official, name, summary, audience, steps, partners, partner_work, contact, phone, mail, hours`

func (p *Programme) scan() []any {
	return []any{
		&p.ID, &p.Version, &p.Slug, &p.Field, &p.Sort, &p.Office, &p.Official, &p.Name, &p.Summary, &p.Audience,
		&p.Steps, &p.Partners, &p.PartnerWork, &p.Contact, &p.Phone, &p.Mail, &p.Hours,
	}
}

// All returns every programme in the city's order.
func All(tx *db.Tx) (_ []Programme, err error) {
	defer fault.Wrap(&err, "programme.All()")
	return db.All(tx, (*Programme).scan, `SELECT `+columns+` FROM programmes ORDER BY sort, id`)
}

// Get returns the programme; NotFound when there is none.
func Get(tx *db.Tx, id db.ID) (_ Programme, err error) {
	defer fault.Wrap(&err, "programme.Get(%v)", id)
	return db.One(tx, (*Programme).scan, `SELECT `+columns+` FROM programmes WHERE id = $1`, id)
}

// BySlug returns the programme with the slug; NotFound when there is none.
func BySlug(tx *db.Tx, slug string) (_ Programme, err error) {
	defer fault.Wrap(&err, "programme.BySlug(%q)", slug)
	return db.One(tx, (*Programme).scan, `SELECT `+columns+` FROM programmes WHERE slug = $1`, slug)
}

// Name returns what the programme is called; NotFound when there is none.
func Name(tx *db.Tx, id db.ID) (_ i18n.Text, err error) {
	defer fault.Wrap(&err, "programme.Name(%v)", id)
	return db.One(tx, func(t *i18n.Text) []any { return []any{t} }, `SELECT name FROM programmes WHERE id = $1`, id)
}

// Add keeps a new programme. Without an id or slug it is given them.
func Add(tx *db.Tx, p *Programme) (err error) {
	defer fault.Wrap(&err, "programme.Add(%q)", p.Slug)
	if err := p.Check(); err != nil {
		return err
	}
	if p.ID == 0 {
		p.ID = db.NewID()
	}
	if p.Slug == "" {
		p.Slug = p.ID.String()
	}
	p.Version = 1
	now := db.Micros(tx.Now)
	_, err = tx.Exec(`INSERT INTO programmes (`+columns+`, created, changed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $18)`,
		p.ID, p.Version, p.Slug, p.Field, p.Sort, p.Office, p.Official, p.Name, p.Summary, p.Audience,
		p.Steps, p.Partners, p.PartnerWork, p.Contact, p.Phone, p.Mail, p.Hours, now)
	if err != nil {
		return err
	}
	tx.Touch(Topic)
	return audit.Record(tx, audit.Entry{Action: "programmes.add", Subject: "programme", ID: p.ID, Detail: map[string]string{"slug": p.Slug}})
}

// Stale is the Conflict of an edit that did not begin from what stands there
// now.
type Stale struct{ Theirs Programme }

// Error returns what happened, for the log.
func (s *Stale) Error() string { return "programme " + s.Theirs.Slug + " was changed meanwhile" }

// Save replaces what the programme says and who answers for it; its id, slug
// and order stay. It is Conflict because of *Stale when p.Version is not the
// one that stands there. Saving without a difference changes nothing.
func Save(tx *db.Tx, p *Programme) (changed bool, err error) {
	defer fault.Wrap(&err, "programme.Save(%v)", p.ID)
	if err := p.Check(); err != nil {
		return false, err
	}
	now, err := Get(tx, p.ID)
	if err != nil {
		return false, err
	}
	if now.Version != p.Version {
		return false, fault.New(fault.Conflict, "programmes.edit.stale").Because(&Stale{Theirs: now})
	}
	diff := differences(&now, p)
	if len(diff) == 0 {
		return false, nil
	}
	n, err := tx.Exec(`UPDATE programmes SET version = version + 1, field = $3, office_id = $4, official = $5, name = $6,
		summary = $7, audience = $8, steps = $9, partners = $10, partner_work = $11, contact = $12, phone = $13, mail = $14,
		hours = $15, changed = $16 WHERE id = $1 AND version = $2`,
		p.ID, p.Version, p.Field, p.Office, p.Official, p.Name, p.Summary, p.Audience, p.Steps, p.Partners, p.PartnerWork,
		p.Contact, p.Phone, p.Mail, p.Hours, db.Micros(tx.Now))
	if err != nil {
		return false, err
	}
	if n == 0 { // somebody else committed between our reading and writing
		if now, err = Get(tx, p.ID); err != nil {
			return false, err
		}
		return false, fault.New(fault.Conflict, "programmes.edit.stale").Because(&Stale{Theirs: now})
	}
	p.Version++
	tx.Touch(Topic)
	return true, audit.Record(tx, audit.Entry{Action: "programmes.edit", Subject: "programme", ID: p.ID, Detail: diff})
}

// differences says what of a programme differs, for the log: the parts with
// their languages, and what is no text with its new value.
func differences(a, b *Programme) map[string]string {
	out := map[string]string{}
	for _, part := range Parts {
		was, is := part.Of(&a.Texts), part.Of(&b.Texts)
		if maps.Equal(was, is) {
			continue
		}
		langs := ""
		for _, l := range i18n.Langs {
			if was[l] != is[l] {
				langs += " " + string(l)
			}
		}
		out[part.Name] = langs[min(1, len(langs)):]
	}
	for name, v := range map[string][2]string{
		"field": {a.Field, b.Field}, "official": {a.Official, b.Official}, "phone": {a.Phone, b.Phone}, "mail": {a.Mail, b.Mail},
		"office": {strconv.FormatInt(int64(a.Office), 10), strconv.FormatInt(int64(b.Office), 10)},
	} {
		if v[0] != v[1] {
			out[name] = v[1]
		}
	}
	return out
}
