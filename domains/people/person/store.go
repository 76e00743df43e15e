package person

import (
	"strings"

	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/byid"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/seal"
)

// Store keeps persons and all that hangs on them. It holds no state of its own
// but the keys; every method works in the transaction that is handed to it.
type Store struct {
	keys *seal.Keys
}

// NewStore returns a store that seals with keys.
func NewStore(keys *seal.Keys) *Store { return &Store{keys: keys} }

// Topic is the data topic of one person: whatever is known of them and every
// post they hold.
func Topic(id db.ID) string { return "person:" + id.String() }

// Today is the city's date in the transaction.
func Today(tx *db.Tx) jp.Date { return jp.DateOf(tx.Now) }

// Stale is the error of a writer who saw an older version than the one that
// stands: nothing was written, and both texts are here to choose from.
type Stale struct {
	Mine, Theirs Person
}

// Error says that somebody else was first.
func (s *Stale) Error() string {
	return "person " + s.Mine.ID.String() + " was changed meanwhile"
}

// Unwrap makes Stale a Conflict with its message.
func (s *Stale) Unwrap() error { return fault.New(fault.Conflict, "people.stale") }

const columns = `id, version, name, kana, roman, alias, langs, town, furigana, text_size,
	contrast, calm, paper, account, created, changed, closed`

type row struct {
	Person
	langs, size                              string
	furigana, contrast, calm, paper, account bool
	created, changed, closed                 int64
	mail, phone, birth, address              []byte
}

func (r *row) open() []any {
	return []any{&r.ID, &r.Version, &r.Name, &r.Kana, &r.Roman, &r.Alias, &r.langs, &r.Town, &r.furigana, &r.size,
		&r.contrast, &r.calm, &r.paper, &r.account, &r.created, &r.changed, &r.closed}
}

func (r *row) all() []any {
	return append(r.open(), &r.mail, &r.phone, &r.birth, &r.address)
}

func (r *row) person() Person {
	p := r.Person
	for l := range strings.SplitSeq(r.langs, ",") {
		if known, ok := i18n.ParseLang(l); ok {
			p.Langs = append(p.Langs, known)
		}
	}
	p.Aids = Aids{Furigana: r.furigana, Size: Size(r.size), Contrast: r.contrast, Calm: r.calm, Paper: r.paper}
	p.Account = r.account
	p.Created, p.Changed, p.Closed = db.Time(r.created), db.Time(r.changed), db.Time(r.closed)
	return p
}

// Get returns a person without what is sealed; NotFound when there is none.
func (s *Store) Get(tx *db.Tx, id db.ID) (_ Person, err error) {
	defer fault.Wrap(&err, "person.Get(%v)", id)
	r, err := db.One(tx, (*row).open, `SELECT `+columns+` FROM persons WHERE id = $1`, id)
	if err != nil {
		return Person{}, err
	}
	return r.person(), nil
}

// Reveal returns a person with what is sealed, for the machinery that delivers
// to them or reckons with their age. Whoever shows it to a reader uses Read.
func (s *Store) Reveal(tx *db.Tx, id db.ID) (_ Person, err error) {
	defer fault.Wrap(&err, "person.Reveal(%v)", id)
	r, err := db.One(tx, (*row).all, `SELECT `+columns+`, mail, phone, birth, address FROM persons WHERE id = $1`, id)
	if err != nil {
		return Person{}, err
	}
	p := r.person()
	p.Private, err = s.unseal(&r)
	return p, err
}

func (s *Store) unseal(r *row) (out Private, err error) {
	var birth string
	for _, f := range []struct {
		column string
		sealed []byte
		to     *string
	}{{"mail", r.mail, &out.Mail}, {"phone", r.phone, &out.Phone}, {"birth", r.birth, &birth}, {"address", r.address, &out.Address}} {
		if f.sealed == nil {
			continue
		}
		if *f.to, err = s.keys.Open("persons", f.column, r.ID, f.sealed); err != nil {
			return Private{}, err
		}
	}
	if birth != "" {
		out.Birth, err = jp.ParseDate(birth)
	}
	return out, err
}

// Read returns a person with what is sealed and leaves the audit entry
// "people.person.read" that the person can see, unless they read themselves.
// It writes, so tx comes from db.Write. Why says where it was read.
func (s *Store) Read(tx *db.Tx, id db.ID, why string) (Person, error) {
	p, err := s.Reveal(tx, id)
	if err != nil || tx.Actor.Person == id {
		return p, err
	}
	return p, audit.Record(tx, audit.Entry{
		Action: "people.person.read", Subject: "person", ID: id, Person: id,
		Detail: map[string]string{"why": why},
	})
}

// Create settles and keeps a new person and returns them with their id. It is
// Invalid at field mail when the person has an account and the address signs
// somebody else in already.
func (s *Store) Create(tx *db.Tx, p Person) (_ Person, err error) {
	defer fault.Wrap(&err, "person.Create")
	if err := p.Settle(Today(tx)); err != nil {
		return p, err
	}
	if p.ID == 0 {
		p.ID = db.NewID()
	}
	p.Version, p.Created, p.Changed = 1, tx.Now, tx.Now
	if err := s.mailFree(tx, &p); err != nil {
		return p, err
	}
	sealed, err := s.sealAll(&p)
	if err != nil {
		return p, err
	}
	if _, err := tx.Exec(`INSERT INTO persons (id, version, name, kana, roman, alias, langs, town, furigana, text_size,
			contrast, calm, paper, account, created, changed, closed,
			mail, mail_index, phone, phone_index, birth, address)
		VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, $16, $17, $18, $19, $20, $21)`,
		append([]any{p.ID, p.Name, p.Kana, p.Roman, p.Alias, joinLangs(p.Langs), p.Town, bit(p.Aids.Furigana), string(p.Aids.Size),
			bit(p.Aids.Contrast), bit(p.Aids.Calm), bit(p.Aids.Paper), bit(p.Account), db.Micros(tx.Now), db.Micros(tx.Now)}, sealed...)...); err != nil {
		return p, err
	}
	if err := s.indexNames(tx, &p); err != nil {
		return p, err
	}
	return p, s.note(tx, "people.person.create", p.ID, nil)
}

// Update settles and keeps p where p.Version is the version that stands, and
// returns it with the next version. It returns *Stale when somebody changed
// the person meanwhile, and Conflict when the person was closed. What did not
// change leaves no trace.
func (s *Store) Update(tx *db.Tx, p Person) (_ Person, err error) {
	defer fault.Wrap(&err, "person.Update(%v)", p.ID)
	old, err := s.Reveal(tx, p.ID)
	if err != nil {
		return p, err
	}
	if !old.Closed.IsZero() {
		return p, fault.New(fault.Conflict, "people.closed")
	}
	if err := p.Settle(Today(tx)); err != nil {
		return p, err
	}
	changed := differences(&old, &p)
	if len(changed) == 0 {
		return old, nil
	}
	if old.Version != p.Version {
		return p, &Stale{Mine: p, Theirs: old}
	}
	if err := s.mailFree(tx, &p); err != nil {
		return p, err
	}
	sealed, err := s.sealAll(&p)
	if err != nil {
		return p, err
	}
	n, err := tx.Exec(`UPDATE persons SET version = version + 1, name = $3, kana = $4, roman = $5, alias = $6, langs = $7, town = $8,
			furigana = $9, text_size = $10, contrast = $11, calm = $12, paper = $13, account = $14, changed = $15,
			mail = $16, mail_index = $17, phone = $18, phone_index = $19, birth = $20, address = $21
		WHERE id = $1 AND version = $2`,
		append([]any{p.ID, p.Version, p.Name, p.Kana, p.Roman, p.Alias, joinLangs(p.Langs), p.Town, bit(p.Aids.Furigana), string(p.Aids.Size),
			bit(p.Aids.Contrast), bit(p.Aids.Calm), bit(p.Aids.Paper), bit(p.Account), db.Micros(tx.Now)}, sealed...)...)
	if err != nil {
		return p, err
	}
	if n == 0 {
		return p, &Stale{Mine: p, Theirs: old}
	}
	if err := s.indexNames(tx, &p); err != nil {
		return p, err
	}
	p.Version, p.Changed = p.Version+1, tx.Now
	return p, s.note(tx, "people.person.change", p.ID, map[string]string{"fields": strings.Join(changed, " ")})
}

// Close takes everything away that the law lets the city forget: names, sealed
// values, what signs the person in. The row stays, closed, because bookings,
// posts and the log point at it.
func (s *Store) Close(tx *db.Tx, id db.ID, reason string) (err error) {
	defer fault.Wrap(&err, "person.Close(%v)", id)
	n, err := tx.Exec(`UPDATE persons SET version = version + 1, name = '', kana = '', roman = '', alias = '', town = '',
			account = 0, mail = NULL, mail_index = NULL, phone = NULL, phone_index = NULL, birth = NULL, address = NULL,
			changed = $2, closed = $2
		WHERE id = $1 AND closed = 0`, id, db.Micros(tx.Now))
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.NotFound, "web.error.not_found")
	}
	for _, q := range []string{
		`DELETE FROM person_names WHERE person_id = $1`,
		`DELETE FROM passkeys WHERE person_id = $1`,
		`DELETE FROM identities WHERE person_id = $1`,
		`DELETE FROM ceremonies WHERE person_id = $1`,
		`DELETE FROM tokens WHERE person_id = $1`,
	} {
		if _, err := tx.Exec(q, id); err != nil {
			return err
		}
	}
	return s.note(tx, "people.person.close", id, map[string]string{"reason": reason})
}

// mailFree makes sure that an account's address signs in nobody else.
func (s *Store) mailFree(tx *db.Tx, p *Person) error {
	if !p.Account || p.Mail == "" {
		return nil
	}
	other, found, err := s.ByMail(tx, p.Mail)
	if err != nil || !found || other == p.ID {
		return err
	}
	var c fault.Check
	c.Field(false, "mail", "people.mail.taken")
	return c.Err()
}

// sealAll returns mail, mail_index, phone, phone_index, birth and address as
// they stand in the row.
func (s *Store) sealAll(p *Person) ([]any, error) {
	seal := func(column, plain string) (any, error) {
		if plain == "" {
			return nil, nil
		}
		return s.keys.Seal("persons", column, p.ID, plain)
	}
	mail, err := seal("mail", p.Mail)
	if err != nil {
		return nil, err
	}
	phone, err := seal("phone", p.Phone)
	if err != nil {
		return nil, err
	}
	birth, err := seal("birth", p.Birth.String())
	if err != nil {
		return nil, err
	}
	address, err := seal("address", p.Address)
	if err != nil {
		return nil, err
	}
	var mailIndex, phoneIndex any
	if p.Mail != "" {
		mailIndex = s.MailIndex(p.Mail)
	}
	if digits, ok := phoneKey(p.Phone); ok && p.Phone != "" {
		phoneIndex = s.keys.Index("person.phone", digits)
	}
	return []any{mail, mailIndex, phone, phoneIndex, birth, address}, nil
}

// MailIndex is the blind index of a settled mail address.
func (s *Store) MailIndex(mail string) []byte { return s.keys.Index("person.mail", mailKey(mail)) }

func (s *Store) indexNames(tx *db.Tx, p *Person) error {
	if _, err := tx.Exec(`DELETE FROM person_names WHERE person_id = $1`, p.ID); err != nil {
		return err
	}
	for _, key := range p.folds() {
		if _, err := tx.Exec(`INSERT INTO person_names (fold, person_id) VALUES ($1, $2)`, key, p.ID); err != nil {
			return err
		}
	}
	return nil
}

// note writes the audit entry of a change to a person and wakes their topic.
func (s *Store) note(tx *db.Tx, action string, id db.ID, detail map[string]string) error {
	tx.Touch(Topic(id))
	return audit.Record(tx, audit.Entry{Action: action, Subject: "person", ID: id, Person: id, Detail: detail})
}

// differences names the fields in which two versions differ.
func differences(a, b *Person) []string {
	var out []string
	for _, f := range []struct {
		name string
		same bool
	}{
		{"name", a.Name == b.Name}, {"kana", a.Kana == b.Kana}, {"roman", a.Roman == b.Roman}, {"alias", a.Alias == b.Alias},
		{"langs", joinLangs(a.Langs) == joinLangs(b.Langs)}, {"aids", a.Aids == b.Aids}, {"town", a.Town == b.Town},
		{"account", a.Account == b.Account}, {"birth", a.Birth == b.Birth}, {"phone", a.Phone == b.Phone},
		{"address", a.Address == b.Address}, {"mail", a.Mail == b.Mail},
	} {
		if !f.same {
			out = append(out, f.name)
		}
	}
	return out
}

func joinLangs(langs []i18n.Lang) string {
	out := make([]string, len(langs))
	for i, l := range langs {
		out[i] = string(l)
	}
	return strings.Join(out, ",")
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// Names returns the names others see of many persons, in one turn; those who are
// not known, or were closed, are left out.
func Names(tx *db.Tx, ids []db.ID) (_ map[db.ID]string, err error) {
	defer fault.Wrap(&err, "person.Names(%d)", len(ids))
	rows, err := byid.Rows(tx, func(p *Person) []any { return []any{&p.ID, &p.Name, &p.Alias} },
		`SELECT id, name, alias FROM persons WHERE closed = 0 AND id IN ({{ids}})`, ids)
	out := make(map[db.ID]string, len(rows))
	for i := range rows {
		out[rows[i].ID] = rows[i].Shown()
	}
	return out, err
}
