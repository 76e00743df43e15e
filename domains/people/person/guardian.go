package person

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// AskGuardianFor is how long a guardian has to answer a child's request.
const AskGuardianFor = 14 * 24 * time.Hour

// Guardianship lets an adult see and act for a child.
type Guardianship struct {
	ID          db.ID
	Child       db.ID
	Guardian    db.ID // 0 while only asked for
	Relation    string
	AskedUntil  time.Time
	Created     time.Time
	Consented   time.Time // zero until the guardian consents
	ConfirmedBy db.ID     // the clerk who linked the two, 0 when the family did
	EndedAt     time.Time
}

// Relations are the relations of a guardian to a child that forms offer.
var Relations = []string{"parent", "grandparent", "relative", "guardian"}

// On reports whether the guardianship is in force on the day, for a child with
// the birth date. It needs consent and a child who is known to be a minor.
func (g *Guardianship) On(day jp.Date, child *Private) bool {
	return !g.Consented.IsZero() && g.EndedAt.IsZero() && child.Minor(day)
}

const guardianColumns = `id, child_id, guardian_id, relation, asked_until, created, consented, confirmed_by, ended_at`

type guardianRow struct {
	Guardianship
	asked, created, consented, ended int64
}

func (r *guardianRow) scan() []any {
	return []any{&r.ID, &r.Child, &r.Guardian, &r.Relation, &r.asked, &r.created, &r.consented, &r.ConfirmedBy, &r.ended}
}

func (s *Store) guardianships(tx *db.Tx, where string, args ...any) ([]Guardianship, error) {
	rows, err := db.All(tx, (*guardianRow).scan, `SELECT `+guardianColumns+` FROM guardianships WHERE `+where+` ORDER BY id`, args...)
	out := make([]Guardianship, len(rows))
	for i, r := range rows {
		out[i] = r.Guardianship
		out[i].AskedUntil, out[i].Created = db.Time(r.asked), db.Time(r.created)
		out[i].Consented, out[i].EndedAt = db.Time(r.consented), db.Time(r.ended)
	}
	return out, err
}

// Children returns the guardianships in force in which the person is the
// guardian, with each child.
func (s *Store) Children(tx *db.Tx, guardian db.ID) (gs []Guardianship, children []Person, err error) {
	defer fault.Wrap(&err, "person.Children(%v)", guardian)
	all, err := s.guardianships(tx, `guardian_id = $1 AND ended_at = 0`, guardian)
	if err != nil {
		return nil, nil, err
	}
	for _, g := range all {
		child, err := s.Reveal(tx, g.Child)
		if err != nil {
			return nil, nil, err
		}
		if g.On(Today(tx), &child.Private) {
			gs, children = append(gs, g), append(children, child)
		}
	}
	return gs, children, nil
}

// Guardians returns the guardianships in force over the child.
func (s *Store) Guardians(tx *db.Tx, child db.ID) (out []Guardianship, err error) {
	defer fault.Wrap(&err, "person.Guardians(%v)", child)
	all, err := s.guardianships(tx, `child_id = $1 AND ended_at = 0 AND guardian_id <> 0`, child)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	c, err := s.Reveal(tx, child)
	if err != nil {
		return nil, err
	}
	for _, g := range all {
		if g.On(Today(tx), &c.Private) {
			out = append(out, g)
		}
	}
	return out, nil
}

// GuardianConsents reports whether the person may take part without anybody's
// further consent: an adult, or a minor for whom a guardian has consented.
func (s *Store) GuardianConsents(tx *db.Tx, person db.ID) (bool, error) {
	p, err := s.Reveal(tx, person)
	if err != nil || !p.Minor(Today(tx)) {
		return err == nil, err
	}
	gs, err := s.Guardians(tx, person)
	return len(gs) > 0, err
}

// AddChild keeps a new person without an account, known to be a minor, for
// whom the guardian consents at once.
func (s *Store) AddChild(tx *db.Tx, guardian db.ID, child Person, relation string) (_ Person, err error) {
	defer fault.Wrap(&err, "person.AddChild(of %v)", guardian)
	var c fault.Check
	c.Field(!child.Birth.IsZero(), "birth", "people.birth.missing")
	c.Field(child.Birth.IsZero() || child.Minor(Today(tx)), "birth", "people.child.adult")
	if err := c.Err(); err != nil {
		return child, err
	}
	child.Account = false
	if child, err = s.Create(tx, child); err != nil {
		return child, err
	}
	return child, s.Link(tx, child.ID, guardian, relation, 0)
}

// Link makes guardian the child's guardian with consent given now. confirmedBy
// is the clerk who has seen the papers, or 0 when the guardian says so.
func (s *Store) Link(tx *db.Tx, child, guardian db.ID, relation string, confirmedBy db.ID) (err error) {
	defer fault.Wrap(&err, "person.Link(child %v, guardian %v)", child, guardian)
	if err := s.mayLink(tx, child, guardian); err != nil {
		return err
	}
	id := db.NewID()
	if _, err := tx.Exec(`INSERT INTO guardianships (id, child_id, guardian_id, relation, asked_hash, asked_until, created, consented, confirmed_by, ended_at, ended_by)
		VALUES ($1, $2, $3, $4, NULL, 0, $5, $5, $6, 0, 0)`, id, child, guardian, knownRelation(relation), tx.Now, confirmedBy); err != nil {
		return err
	}
	return s.noteGuardian(tx, "people.guardian.consent", id, child, guardian)
}

// mayLink refuses what no guardianship can be.
func (s *Store) mayLink(tx *db.Tx, child, guardian db.ID) error {
	c, err := s.Reveal(tx, child)
	if err != nil {
		return err
	}
	g, err := s.Reveal(tx, guardian)
	if err != nil {
		return err
	}
	switch {
	case child == guardian:
		return fault.New(fault.Invalid, "people.guardian.self")
	case !c.Closed.IsZero() || !g.Closed.IsZero():
		return fault.New(fault.Conflict, "people.closed")
	case c.Birth.IsZero():
		return fault.New(fault.Invalid, "people.birth.missing")
	case !c.Minor(Today(tx)):
		return fault.New(fault.Invalid, "people.child.adult")
	case g.Minor(Today(tx)):
		return fault.New(fault.Invalid, "people.guardian.minor")
	}
	all, err := s.guardianships(tx, `child_id = $1 AND guardian_id = $2 AND ended_at = 0`, child, guardian)
	if err == nil && len(all) > 0 {
		return fault.New(fault.Conflict, "people.guardian.already")
	}
	return err
}

// AskGuardian keeps a child's request for a guardian and returns the secret
// that the guardian's link carries. A new request takes the place of the last.
func (s *Store) AskGuardian(tx *db.Tx, child db.ID) (secret string, err error) {
	defer fault.Wrap(&err, "person.AskGuardian(%v)", child)
	c, err := s.Reveal(tx, child)
	if err != nil {
		return "", err
	}
	if !c.Minor(Today(tx)) {
		return "", fault.New(fault.Invalid, "people.child.adult")
	}
	if _, err := tx.Exec(`DELETE FROM guardianships WHERE child_id = $1 AND guardian_id = 0`, child); err != nil {
		return "", err
	}
	secret, hash := newSecret()
	id := db.NewID()
	if _, err := tx.Exec(`INSERT INTO guardianships (id, child_id, guardian_id, relation, asked_hash, asked_until, created, consented, confirmed_by, ended_at, ended_by)
		VALUES ($1, $2, 0, '', $3, $4, $5, 0, 0, 0, 0)`, id, child, hash, tx.Now.Add(AskGuardianFor), tx.Now); err != nil {
		return "", err
	}
	return secret, s.noteGuardian(tx, "people.guardian.ask", id, child, 0)
}

// Asked returns the child whose request carries the secret; NotFound when
// there is none, or it is too old.
func (s *Store) Asked(tx *db.Tx, secret string) (child Person, g Guardianship, err error) {
	defer fault.Wrap(&err, "person.Asked")
	all, err := s.guardianships(tx, `asked_hash = $1 AND guardian_id = 0 AND ended_at = 0 AND asked_until > $2`, hashSecret(secret), tx.Now)
	if err != nil {
		return Person{}, Guardianship{}, err
	}
	if len(all) == 0 {
		return Person{}, Guardianship{}, fault.New(fault.NotFound, "people.guardian.link_over")
	}
	child, err = s.Reveal(tx, all[0].Child)
	return child, all[0], err
}

// Consent answers a child's request: the guardian consents, and the link is
// used up.
func (s *Store) Consent(tx *db.Tx, secret string, guardian db.ID, relation string) (err error) {
	defer fault.Wrap(&err, "person.Consent(guardian %v)", guardian)
	_, g, err := s.Asked(tx, secret)
	if err != nil {
		return err
	}
	if err := s.mayLink(tx, g.Child, guardian); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE guardianships SET guardian_id = $2, relation = $3, consented = $4, asked_hash = NULL, asked_until = 0
		WHERE id = $1 AND guardian_id = 0`, g.ID, guardian, knownRelation(relation), tx.Now); err != nil {
		return err
	}
	return s.noteGuardian(tx, "people.guardian.consent", g.ID, g.Child, guardian)
}

// Release ends a guardianship of which the actor is the guardian or the child,
// or which a clerk ends.
func (s *Store) Release(tx *db.Tx, id db.ID) (err error) {
	defer fault.Wrap(&err, "person.Release(%v)", id)
	all, err := s.guardianships(tx, `id = $1 AND ended_at = 0`, id)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fault.New(fault.NotFound, "web.error.not_found")
	}
	if _, err := tx.Exec(`UPDATE guardianships SET ended_at = $2, ended_by = $3 WHERE id = $1`, id, tx.Now, tx.Actor.Person); err != nil {
		return err
	}
	return s.noteGuardian(tx, "people.guardian.end", id, all[0].Child, all[0].Guardian)
}

// Guardianship returns one guardianship; NotFound when there is none.
func (s *Store) Guardianship(tx *db.Tx, id db.ID) (Guardianship, error) {
	all, err := s.guardianships(tx, `id = $1`, id)
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "web.error.not_found")
	}
	if err != nil {
		return Guardianship{}, err
	}
	return all[0], nil
}

func (s *Store) noteGuardian(tx *db.Tx, action string, id, child, guardian db.ID) error {
	tx.Touch(Topic(child))
	detail := map[string]string{}
	if guardian != 0 {
		tx.Touch(Topic(guardian))
		detail["guardian"] = guardian.String()
	}
	return audit.Record(tx, audit.Entry{Action: action, Subject: "guardianship", ID: id, Person: child, Detail: detail})
}

func knownRelation(r string) string {
	for _, k := range Relations {
		if r == k {
			return r
		}
	}
	return "guardian"
}

// newSecret returns 128 random bits for a link and the hash that is kept.
func newSecret() (secret string, hash []byte) {
	b := make([]byte, 16)
	rand.Read(b)
	secret = hex.EncodeToString(b)
	return secret, hashSecret(secret)
}

func hashSecret(secret string) []byte {
	h := sha256.Sum256([]byte(secret))
	return h[:]
}
