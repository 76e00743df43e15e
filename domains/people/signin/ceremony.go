package signin

import (
	"context"
	"encoding/json"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// ceremonyFor is how long somebody may take between the two halves of a
// passkey's or a service's sign-in.
const ceremonyFor = 10 * time.Minute

// The kinds of ceremony.
const (
	ceremonyRegister = "passkey.register"
	ceremonyPasskey  = "passkey.login"
	ceremonyOIDC     = "oidc"
)

// begin keeps data until the ceremony with the token is finished.
func begin(tx *db.Tx, kind, token string, who db.ID, data any) (err error) {
	defer fault.Wrap(&err, "signin.begin(%s)", kind)
	b, err := json.Marshal(data)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO ceremonies (hash, kind, person_id, data, expires) VALUES ($1, $2, $3, $4, $5)`,
		hashToken(token), kind, who, string(b), tx.Now.Add(ceremonyFor))
	return err
}

// finish reads what begin kept into data, once: a second call finds nothing.
func finish(tx *db.Tx, kind, token string, who db.ID, data any) (err error) {
	defer fault.Wrap(&err, "signin.finish(%s)", kind)
	type row struct{ data string }
	rows, err := db.All(tx, func(r *row) []any { return []any{&r.data} },
		`DELETE FROM ceremonies WHERE hash = $1 AND kind = $2 AND person_id = $3 AND expires > $4 RETURNING data`,
		hashToken(token), kind, who, tx.Now)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return fault.New(fault.Conflict, "people.ceremony.over")
	}
	return json.Unmarshal([]byte(rows[0].data), data)
}

// Sweep is the job that forgets flows and ceremonies that are over.
type Sweep struct{}

// Kind names the job.
func (Sweep) Kind() string { return "people.sweep" }

// sweep does the job.
func (s *SignIn) sweep(ctx context.Context, _ Sweep) error {
	return s.db.Write(ctx, db.Actor{Via: "job"}, func(tx *db.Tx) error {
		if _, err := tx.Exec(`DELETE FROM sign_in_codes WHERE expires < $1`, tx.Now.Add(-time.Hour)); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM ceremonies WHERE expires < $1`, tx.Now)
		return err
	})
}
