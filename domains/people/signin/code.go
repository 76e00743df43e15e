package signin

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"kakehashi/domains/people/person"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// What a code is worth.
const (
	CodeDigits = 6
	CodeTries  = 5
	CodeFor    = 10 * time.Minute
	WelcomeFor = 30 * time.Minute // from a right code to the end of the first form
)

// How often codes are asked for and tried. With five tries a code and twenty
// codes a day, somebody who guesses has one chance in ten thousand a day.
var (
	perMail    = web.Rate{Name: "people.code.mail", Times: 5, Per: 15 * time.Minute, Strict: true}
	perMailDay = web.Rate{Name: "people.code.mail.day", Times: 20, Per: 24 * time.Hour, Strict: true}
	perAddress = web.Rate{Name: "people.code.address", Times: 30, Per: 15 * time.Minute, Strict: true}
	perTry     = web.Rate{Name: "people.code.try", Times: 60, Per: 15 * time.Minute, Strict: true}
)

// The states of a flow.
const (
	stateSent     = "sent"     // the code is on its way
	stateVerified = "verified" // the address is proved, nobody is known by it
	stateUsed     = "used"     // it signed somebody in
)

// flow is one try to sign in.
type flow struct {
	id              db.ID
	mail            string // proved or to be proved; "" when a service gave none
	person          db.ID  // who proves a new address; 0 for a sign-in
	next            string
	state           string
	issuer, subject string // the service's name for the person, when it came from one
	name            string // as the service writes it
}

// newCode returns six random digits, each equally likely.
func newCode() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%0*d", CodeDigits, n.Int64()), nil
}

// ParseCode reads a code as people type it: full-width digits, spaces and
// hyphens are fine.
func ParseCode(s string) (string, error) {
	var b strings.Builder
	for _, r := range norm.NFKC.String(s) {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == ' ' || r == '-' || r == '\t' || r == '\r' || r == '\n' || r == 'ー' || r == '−':
		default:
			return "", errCodeForm()
		}
		if b.Len() > CodeDigits {
			return "", errCodeForm()
		}
	}
	if b.Len() != CodeDigits {
		return "", errCodeForm()
	}
	return b.String(), nil
}

func errCodeForm() error {
	var c fault.Check
	c.Field(false, "code", "people.code.form", "digits", CodeDigits)
	return c.Err()
}

// newToken returns 256 random bits, which only the browser keeps.
func newToken() string {
	b := make([]byte, 32)
	rand.Read(b)
	return hex.EncodeToString(b)
}

func hashToken(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

// hashCode binds the code to the token: from the database alone, even a
// million guesses tell nothing.
func hashCode(token, code string) []byte {
	m := hmac.New(sha256.New, []byte(token))
	m.Write([]byte(code))
	return m.Sum(nil)
}

// start keeps a flow and puts its code into the mail. It does the same work
// whether or not the address is known.
func (s *SignIn) start(tx *db.Tx, mail, next string, reads i18n.Lang) (token string, err error) {
	defer fault.Wrap(&err, "signin.start")
	code, err := newCode()
	if err != nil {
		return "", err
	}
	who, known, err := s.store.ByMail(tx, mail)
	if err != nil {
		return "", err
	}
	if known {
		p, err := s.store.Get(tx, who)
		if err != nil {
			return "", err
		}
		reads = p.Lang()
	}
	token = newToken()
	if err := s.keep(tx, token, hashCode(token, code), flow{mail: mail, next: next, state: stateSent}, CodeFor); err != nil {
		return "", err
	}
	return token, s.deliver.Send(tx, deliver.Message{
		Kind: KindCode, Address: mail, Lang: reads, Urgent: true,
		Data: codeMail{Code: code, Minutes: int(CodeFor / time.Minute)},
	})
}

// keep inserts the row of a flow.
func (s *SignIn) keep(tx *db.Tx, token string, code []byte, f flow, lasts time.Duration) error {
	id := db.NewID()
	mail, err := s.keys.Seal("sign_in_codes", "mail", id, f.mail)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO sign_in_codes (id, flow_hash, code_hash, mail, person_id, next, state, tries, issuer, subject, name, created, expires)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12)`,
		id, hashToken(token), code, mail, f.person, f.next, f.state, f.issuer, f.subject, f.name, tx.Now, tx.Now.Add(lasts))
	return err
}

// find returns the sign-in of the token in the state, while it lasts.
func (s *SignIn) find(tx *db.Tx, token, state string) (flow, bool, error) {
	return s.findFor(tx, 0, token, state)
}

// findFor is find for a person who proves a new address.
func (s *SignIn) findFor(tx *db.Tx, who db.ID, token, state string) (f flow, found bool, err error) {
	type row struct {
		flow
		sealed []byte
	}
	rows, err := db.All(tx, func(r *row) []any {
		return []any{&r.id, &r.sealed, &r.next, &r.state, &r.issuer, &r.subject, &r.name}
	}, `SELECT id, mail, next, state, issuer, subject, name FROM sign_in_codes WHERE flow_hash = $1 AND state = $2 AND expires > $3 AND person_id = $4`,
		hashToken(token), state, tx.Now, who)
	if err != nil || len(rows) == 0 {
		return flow{}, false, err
	}
	f = rows[0].flow
	f.mail, err = s.keys.Open("sign_in_codes", "mail", f.id, rows[0].sealed)
	return f, err == nil, err
}

// lapsed returns the address and the way of a flow whose code was sent, whether
// or not it still signs in: so that a new code needs no typing and leads to
// where the old one was to. The zero flow when there is none.
func (s *SignIn) lapsed(tx *db.Tx, token string) (f flow, err error) {
	type row struct {
		flow
		sealed []byte
	}
	rows, err := db.All(tx, func(r *row) []any { return []any{&r.id, &r.sealed, &r.next} },
		`SELECT id, mail, next FROM sign_in_codes WHERE flow_hash = $1 AND state = $2 AND person_id = 0`, hashToken(token), stateSent)
	if err != nil || len(rows) == 0 {
		return flow{}, err
	}
	f = rows[0].flow
	f.mail, err = s.keys.Open("sign_in_codes", "mail", f.id, rows[0].sealed)
	return f, err
}

// answer is what became of a code.
type answer struct {
	over   bool   // the flow is used up or too old: a new code is needed
	wrong  bool   // not this code; there are tries left
	left   int    // tries left
	person db.ID  // who signs in; 0 when nobody is known by the address yet
	next   string // where they were going
}

// count counts a try and compares the code; a.over and a.wrong say when it is
// not right. The count stands whether or not it is.
func (s *SignIn) count(tx *db.Tx, who db.ID, token, code string) (a answer, f flow, err error) {
	n, err := tx.Exec(`UPDATE sign_in_codes SET tries = tries + 1
		WHERE flow_hash = $1 AND state = $2 AND tries < $3 AND expires > $4 AND person_id = $5`,
		hashToken(token), stateSent, CodeTries, tx.Now, who)
	if err != nil {
		return a, f, err
	}
	if n == 0 {
		return answer{over: true}, f, nil
	}
	var want []byte
	var tries int
	if err := tx.Row(`SELECT code_hash, tries FROM sign_in_codes WHERE flow_hash = $1`, hashToken(token)).Scan(&want, &tries); err != nil {
		return a, f, err
	}
	if subtle.ConstantTimeCompare(want, hashCode(token, code)) != 1 {
		return answer{wrong: tries < CodeTries, over: tries >= CodeTries, left: CodeTries - tries}, f, nil
	}
	f, _, err = s.findFor(tx, who, token, stateSent)
	return a, f, err
}

// try signs in, or lets to the first form, whoever brings the right code.
func (s *SignIn) try(tx *db.Tx, token, code string) (a answer, err error) {
	defer fault.Wrap(&err, "signin.try")
	a, f, err := s.count(tx, 0, token, code)
	if err != nil || a.over || a.wrong {
		return a, err
	}
	who, known, err := s.store.ByMail(tx, f.mail)
	if err != nil {
		return a, err
	}
	if !known {
		_, err := tx.Exec(`UPDATE sign_in_codes SET state = $2, expires = $3 WHERE id = $1`, f.id, stateVerified, tx.Now.Add(WelcomeFor))
		return answer{next: f.next}, err
	}
	if err := s.use(tx, f.id); err != nil {
		return a, err
	}
	return answer{person: who, next: f.next}, s.entered(tx, who, "mail")
}

// use marks a flow as used and forgets whose address it was.
func (s *SignIn) use(tx *db.Tx, id db.ID) error {
	_, err := tx.Exec(`UPDATE sign_in_codes SET state = $2, mail = NULL, name = '' WHERE id = $1`, id, stateUsed)
	return err
}

// entered leaves the audit entry of a sign-in.
func (s *SignIn) entered(tx *db.Tx, who db.ID, method string) error {
	return audit.Record(tx, audit.Entry{Action: "people.signin", Subject: "person", ID: who, Person: who,
		Detail: map[string]string{"method": method}})
}

// claimable returns the one person without an account who has the proved
// address, whom a clerk may have entered earlier. When two share it, nobody
// can tell which of them it is.
func (s *SignIn) claimable(tx *db.Tx, f flow) (person.Person, bool, error) {
	if f.mail == "" {
		return person.Person{}, false, nil
	}
	found, err := s.store.Search(tx, f.mail, "")
	if err != nil || len(found.Persons) != 1 || found.Persons[0].Account {
		return person.Person{}, false, err
	}
	return found.Persons[0], true, nil
}

// welcome makes the person of a proved flow, or gives the one who was entered
// earlier an account, and returns who signs in and where they were going.
func (s *SignIn) welcome(tx *db.Tx, token string, p person.Person, claim bool) (who db.ID, next string, err error) {
	defer fault.Wrap(&err, "signin.welcome")
	f, found, err := s.find(tx, token, stateVerified)
	if err != nil {
		return 0, "", err
	}
	if !found {
		return 0, "", fault.New(fault.Conflict, "people.code.over")
	}
	method := "mail"
	if f.issuer != "" {
		method = "oidc"
	}
	known := false
	if f.mail != "" {
		if who, known, err = s.store.ByMail(tx, f.mail); err != nil {
			return 0, "", err
		}
	}
	earlier, may, err := s.claimable(tx, f)
	if err != nil {
		return 0, "", err
	}
	switch {
	case known: // the form was sent twice
	case claim && may:
		full, err := s.store.Reveal(tx, earlier.ID)
		if err != nil {
			return 0, "", err
		}
		full.Account = true
		full.Langs = append(p.Langs, full.Langs...)
		if full, err = s.store.Update(tx, full); err != nil {
			return 0, "", err
		}
		who = full.ID
	default:
		p.Mail, p.Account = f.mail, true
		if p, err = s.store.Create(tx, p); err != nil {
			return 0, "", err
		}
		who = p.ID
	}
	if f.issuer != "" {
		if err := s.link(tx, who, f.issuer, f.subject); err != nil {
			return 0, "", err
		}
	}
	if err := s.use(tx, f.id); err != nil {
		return 0, "", err
	}
	return who, f.next, s.entered(tx, who, method)
}
