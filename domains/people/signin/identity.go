package signin

import (
	"database/sql"
	"errors"
	"time"

	"kakehashi/domains/people/person"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// Identity is who a person is at a sign-in service.
type Identity struct {
	ID      db.ID
	Issuer  string // address of the service
	Created time.Time
	Used    time.Time
}

// identify returns the open person whom the service knows by the subject.
func (s *SignIn) identify(tx *db.Tx, issuer, subject string) (who db.ID, found bool, err error) {
	err = tx.Row(`SELECT p.id FROM identities i JOIN persons p ON p.id = i.person_id
		WHERE i.issuer = $1 AND i.subject = $2 AND p.closed = 0`, issuer, subject).Scan(&who)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return who, err == nil, err
}

// link lets the service sign the person in from now on. It is Conflict when
// the service already signs in somebody else by the subject.
func (s *SignIn) link(tx *db.Tx, who db.ID, issuer, subject string) (err error) {
	defer fault.Wrap(&err, "signin.link(%v)", who)
	other, found, err := s.identify(tx, issuer, subject)
	if err != nil {
		return err
	}
	if found {
		if other != who {
			return fault.New(fault.Conflict, "people.oidc.taken")
		}
		return nil
	}
	id := db.NewID()
	if _, err := tx.Exec(`INSERT INTO identities (id, person_id, issuer, subject, created, used) VALUES ($1, $2, $3, $4, $5, $5)`,
		id, who, issuer, subject, tx.Now); err != nil {
		return err
	}
	tx.Touch(person.Topic(who))
	return audit.Record(tx, audit.Entry{Action: "people.identity.link", Subject: "identity", ID: id, Person: who,
		Detail: map[string]string{"issuer": issuer}})
}

// Identities returns the services that sign the person in.
func (s *SignIn) Identities(tx *db.Tx, who db.ID) ([]Identity, error) {
	type row struct {
		Identity
		created, used int64
	}
	rows, err := db.All(tx, func(r *row) []any { return []any{&r.ID, &r.Issuer, &r.created, &r.used} },
		`SELECT id, issuer, created, used FROM identities WHERE person_id = $1 ORDER BY id`, who)
	out := make([]Identity, len(rows))
	for i, r := range rows {
		out[i] = r.Identity
		out[i].Created, out[i].Used = db.Time(r.created), db.Time(r.used)
	}
	return out, err
}

// Unlink takes a service away. It is Conflict when the person would have no
// way in any more.
func (s *SignIn) Unlink(tx *db.Tx, who, id db.ID) (err error) {
	defer fault.Wrap(&err, "signin.Unlink(%v)", id)
	if err := s.keepsAWayIn(tx, who); err != nil {
		return err
	}
	n, err := tx.Exec(`DELETE FROM identities WHERE id = $1 AND person_id = $2`, id, who)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.NotFound, "web.error.not_found")
	}
	return audit.Record(tx, audit.Entry{Action: "people.identity.unlink", Subject: "identity", ID: id, Person: who})
}

// keepsAWayIn makes sure that a person without a mail address, who gives up
// one passkey or service, has another one left.
func (s *SignIn) keepsAWayIn(tx *db.Tx, who db.ID) error {
	var ways int
	if err := tx.Row(`SELECT (SELECT COUNT(*) FROM persons WHERE id = $1 AND mail IS NOT NULL)
		+ (SELECT COUNT(*) FROM passkeys WHERE person_id = $1)
		+ (SELECT COUNT(*) FROM identities WHERE person_id = $1)`, who).Scan(&ways); err != nil {
		return err
	}
	if ways < 2 {
		return fault.New(fault.Conflict, "people.signin.last_way")
	}
	return nil
}
