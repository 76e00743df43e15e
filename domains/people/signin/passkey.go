package signin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"kakehashi/domains/people/person"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// MaxPasskeys is how many passkeys one person keeps at most.
const MaxPasskeys = 20

// MaxCredential is the longest answer of an authenticator that is read, in
// bytes. Real ones have two to six thousand.
const MaxCredential = 32 << 10

// Passkey is one passkey of a person, as settings list it.
type Passkey struct {
	ID      db.ID
	Label   string // as the person named it
	Created time.Time
	Used    time.Time
}

// relyingParty makes the WebAuthn side of the city at baseURL. A passkey made
// here works for this host name only (Web Authentication Level 3, section 5.1).
func relyingParty(baseURL string) (*webauthn.WebAuthn, error) {
	u, err := url.Parse(baseURL)
	if err != nil {
		return nil, fmt.Errorf("relyingParty(%q): %w", baseURL, err)
	}
	return webauthn.New(&webauthn.Config{
		RPID:          u.Hostname(),
		RPDisplayName: "Kakehashi",
		RPOrigins:     []string{u.Scheme + "://" + u.Host},
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired,
			// The passkey is all that is asked for, so the device has to make
			// sure who holds it.
			UserVerification: protocol.VerificationRequired,
		},
		AttestationPreference: protocol.PreferNoAttestation,
	})
}

// holder is a person as package webauthn asks for one.
type holder struct {
	id    db.ID
	name  string
	creds []webauthn.Credential
}

func (h *holder) WebAuthnID() []byte                         { return handle(h.id) }
func (h *holder) WebAuthnName() string                       { return h.name }
func (h *holder) WebAuthnDisplayName() string                { return h.name }
func (h *holder) WebAuthnCredentials() []webauthn.Credential { return h.creds }

// handle is the user handle that authenticators keep: the person's id, which
// says nothing about them.
func handle(id db.ID) []byte { return []byte(id.String()) }

// holderOf loads a person with their passkeys.
func (s *SignIn) holderOf(tx *db.Tx, who db.ID) (*holder, error) {
	p, err := s.store.Get(tx, who)
	if err != nil {
		return nil, err
	}
	if !p.Closed.IsZero() {
		return nil, fault.New(fault.NotFound, "people.closed")
	}
	type row struct {
		id     db.ID
		sealed []byte
	}
	rows, err := db.All(tx, func(r *row) []any { return []any{&r.id, &r.sealed} },
		`SELECT id, data FROM passkeys WHERE person_id = $1 ORDER BY id`, who)
	if err != nil {
		return nil, err
	}
	h := &holder{id: who, name: p.Shown()}
	for _, r := range rows {
		plain, err := s.keys.Open("passkeys", "data", r.id, r.sealed)
		if err != nil {
			return nil, err
		}
		var c webauthn.Credential
		if err := json.Unmarshal([]byte(plain), &c); err != nil {
			return nil, err
		}
		h.creds = append(h.creds, c)
	}
	return h, nil
}

// Passkeys lists a person's passkeys.
func (s *SignIn) Passkeys(tx *db.Tx, who db.ID) ([]Passkey, error) {
	type row struct {
		Passkey
		created, used int64
	}
	rows, err := db.All(tx, func(r *row) []any { return []any{&r.ID, &r.Label, &r.created, &r.used} },
		`SELECT id, label, created, used FROM passkeys WHERE person_id = $1 ORDER BY id`, who)
	out := make([]Passkey, len(rows))
	for i, r := range rows {
		out[i] = r.Passkey
		out[i].Created, out[i].Used = db.Time(r.created), db.Time(r.used)
	}
	return out, err
}

// Options is the question for the browser's navigator.credentials, as the
// page's script reads it.
type Options struct {
	PublicKey any `json:"publicKey"`
}

// BeginPasskey starts the making of a passkey and returns the question for the
// browser and the token that FinishPasskey takes.
func (s *SignIn) BeginPasskey(tx *db.Tx, who db.ID) (options Options, token string, err error) {
	defer fault.Wrap(&err, "signin.BeginPasskey(%v)", who)
	h, err := s.holderOf(tx, who)
	if err != nil {
		return Options{}, "", err
	}
	if len(h.creds) >= MaxPasskeys {
		return Options{}, "", fault.New(fault.Conflict, "people.passkey.many", "max", MaxPasskeys)
	}
	creation, session, err := s.rp.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.creds).CredentialDescriptors()))
	if err != nil {
		return Options{}, "", err
	}
	token = newToken()
	return Options{creation.Response}, token, begin(tx, ceremonyRegister, token, who, session)
}

// FinishPasskey checks what the authenticator made and keeps it. It is Invalid
// when the answer is not one to the question asked.
func (s *SignIn) FinishPasskey(tx *db.Tx, who db.ID, token string, credential []byte, label string) (err error) {
	defer fault.Wrap(&err, "signin.FinishPasskey(%v)", who)
	var session webauthn.SessionData
	if err := finish(tx, ceremonyRegister, token, who, &session); err != nil {
		return err
	}
	if len(credential) > MaxCredential {
		return fault.New(fault.Invalid, "people.passkey.failed")
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(credential)
	if err != nil {
		return fault.New(fault.Invalid, "people.passkey.failed").Because(err)
	}
	h, err := s.holderOf(tx, who)
	if err != nil {
		return err
	}
	c, err := s.rp.CreateCredential(h, session, parsed)
	if err != nil {
		return fault.New(fault.Invalid, "people.passkey.failed").Because(err)
	}
	var taken int
	if err := tx.Row(`SELECT COUNT(*) FROM passkeys WHERE credential_id = $1`, c.ID).Scan(&taken); err != nil {
		return err
	}
	if taken > 0 {
		return fault.New(fault.Conflict, "people.passkey.taken")
	}
	id := db.NewID()
	sealed, err := s.sealCredential(id, c)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO passkeys (id, person_id, credential_id, label, data, created, used) VALUES ($1, $2, $3, $4, $5, $6, 0)`,
		id, who, c.ID, label, sealed, tx.Now); err != nil {
		return err
	}
	tx.Touch(person.Topic(who))
	return audit.Record(tx, audit.Entry{Action: "people.passkey.add", Subject: "passkey", ID: id, Person: who})
}

func (s *SignIn) sealCredential(id db.ID, c *webauthn.Credential) ([]byte, error) {
	b, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	return s.keys.Seal("passkeys", "data", id, string(b))
}

// RemovePasskey forgets a passkey of the person. It is Conflict when they
// would have no way in any more.
func (s *SignIn) RemovePasskey(tx *db.Tx, who, id db.ID) (err error) {
	defer fault.Wrap(&err, "signin.RemovePasskey(%v)", id)
	if err := s.keepsAWayIn(tx, who); err != nil {
		return err
	}
	n, err := tx.Exec(`DELETE FROM passkeys WHERE id = $1 AND person_id = $2`, id, who)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.NotFound, "web.error.not_found")
	}
	return audit.Record(tx, audit.Entry{Action: "people.passkey.remove", Subject: "passkey", ID: id, Person: who})
}

// beginLogin starts a sign-in with whatever passkey the device has for us.
func (s *SignIn) beginLogin(tx *db.Tx) (options Options, token string, err error) {
	defer fault.Wrap(&err, "signin.beginLogin")
	assertion, session, err := s.rp.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Options{}, "", err
	}
	token = newToken()
	return Options{assertion.Response}, token, begin(tx, ceremonyPasskey, token, 0, session)
}

// finishLogin checks the authenticator's answer and returns who it is. Every
// reason to refuse looks alike from outside.
func (s *SignIn) finishLogin(tx *db.Tx, token string, credential []byte) (who db.ID, err error) {
	defer fault.Wrap(&err, "signin.finishLogin")
	var session webauthn.SessionData
	if err := finish(tx, ceremonyPasskey, token, 0, &session); err != nil {
		return 0, err
	}
	refused := func(cause error) error { return fault.New(fault.Denied, "people.passkey.unknown").Because(cause) }
	if len(credential) > MaxCredential {
		return 0, refused(errors.New("answer too long"))
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(credential)
	if err != nil {
		return 0, refused(err)
	}
	var inside error // what went wrong with us, not with the passkey
	user, c, err := s.rp.ValidatePasskeyLogin(func(rawID, userHandle []byte) (webauthn.User, error) {
		var h *holder
		h, inside = s.holderOfCredential(tx, rawID, userHandle)
		if inside != nil {
			return nil, inside
		}
		if h == nil {
			return nil, errors.New("no such passkey")
		}
		return h, nil
	}, session, parsed)
	if inside != nil && !fault.Is(inside, fault.NotFound) {
		return 0, inside
	}
	if err != nil {
		return 0, refused(err)
	}
	if c.Authenticator.CloneWarning {
		return 0, refused(errors.New("the signature counter went backwards"))
	}
	who = user.(*holder).id
	var id db.ID
	if err := tx.Row(`SELECT id FROM passkeys WHERE credential_id = $1`, c.ID).Scan(&id); err != nil {
		return 0, err
	}
	sealed, err := s.sealCredential(id, c)
	if err != nil {
		return 0, err
	}
	if _, err := tx.Exec(`UPDATE passkeys SET data = $2, used = $3 WHERE id = $1`, id, sealed, tx.Now); err != nil {
		return 0, err
	}
	return who, s.entered(tx, who, "passkey")
}

// holderOfCredential returns the person who has the passkey, nil when nobody
// has it under the handle.
func (s *SignIn) holderOfCredential(tx *db.Tx, credential, userHandle []byte) (*holder, error) {
	owners, err := db.All(tx, func(id *db.ID) []any { return []any{id} },
		`SELECT person_id FROM passkeys WHERE credential_id = $1`, credential)
	if err != nil || len(owners) == 0 || !bytes.Equal(userHandle, handle(owners[0])) {
		return nil, err
	}
	return s.holderOf(tx, owners[0])
}
