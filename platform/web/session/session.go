// Package session keeps who is signed in: one row a browser, found by the
// SHA-256 of a random token that only the browser holds, so that a copy of the
// table signs nobody in.
//
// A session is over when it was not used for Idle, or Absolute after it began.
// Its row stays a week longer, so that a form which its person sends late can
// be kept for that person and nobody else.
package session

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// SeenEvery is how exactly the last use of a session is known.
const SeenEvery = 5 * time.Minute

// keepOver is how long the row of a session that is over stays.
const keepOver = 7 * 24 * time.Hour

// Session is one browser of one person.
type Session struct {
	ID           db.ID
	Person       db.ID
	OnBehalfOf   db.ID // 0 when the person acts for nobody else
	OnBehalfName string
	Created      time.Time
	Seen         time.Time // last used, to SeenEvery
	Expires      time.Time // ends then in any case
	Device       string    // browser and system as far as the browser tells: "Firefox, Android"
	Current      bool      // the one that asks
}

// Topic is touched when a session of the person starts, changes or ends.
func Topic(person db.ID) string { return "sessions:" + person.String() }

// Store keeps sessions in the table web_sessions.
type Store struct {
	DB       *db.DB
	Idle     time.Duration
	Absolute time.Duration
}

// NewToken returns 32 random bytes as text, for a cookie.
func NewToken() string {
	var b [32]byte
	_, _ = rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Hash returns what the table holds of a token.
func Hash(token string) [32]byte { return sha256.Sum256([]byte(token)) }

// Over reports whether the session is over at now.
func (s *Store) Over(x Session, now time.Time) bool {
	return !now.Before(x.Expires) || now.Sub(x.Seen) >= s.Idle
}

// Start begins a session of the person and ends the one of the old token, if
// there is one: a token known before sign-in is worth nothing after it.
func (s *Store) Start(ctx context.Context, person db.ID, device, old string) (token string, err error) {
	defer fault.Wrap(&err, "session.Start(%v)", person)
	token = NewToken()
	hash := Hash(token)
	err = s.DB.Write(ctx, db.Actor{Person: person, Via: "web"}, func(tx *db.Tx) error {
		if old != "" {
			before := Hash(old)
			if _, err := tx.Exec(`DELETE FROM web_sessions WHERE token = $1`, before[:]); err != nil {
				return err
			}
		}
		tx.Touch(Topic(person))
		_, err := tx.Exec(`INSERT INTO web_sessions
			(id, token, person, on_behalf_of, on_behalf_name, device, created, seen, expires)
			VALUES ($1, $2, $3, 0, '', $4, $5, $6, $7)`,
			db.NewID(), hash[:], person, device, tx.Now, tx.Now, tx.Now.Add(s.Absolute))
		return err
	})
	return token, err
}

const columns = `id, person, on_behalf_of, on_behalf_name, device, created, seen, expires`

// row is a session as the table has it.
type row struct {
	Session
	created, seen, expires int64
}

func (r *row) dest() []any {
	return []any{&r.ID, &r.Person, &r.OnBehalfOf, &r.OnBehalfName, &r.Device, &r.created, &r.seen, &r.expires}
}

func (r row) session() Session {
	x := r.Session
	x.Created, x.Seen, x.Expires = db.Time(r.created), db.Time(r.seen), db.Time(r.expires)
	return x
}

// Find returns the session of the token's hash; NotFound when there is none.
// Whether it is over is for the caller to ask.
func Find(tx *db.Tx, hash [32]byte) (Session, error) {
	r, err := db.One(tx, (*row).dest, `SELECT `+columns+` FROM web_sessions WHERE token = $1`, hash[:])
	return r.session(), err
}

// Touch notes that the session was used now.
func (s *Store) Touch(ctx context.Context, x Session) (err error) {
	defer fault.Wrap(&err, "session.Touch(%v)", x.ID)
	return s.DB.Write(ctx, db.System, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE web_sessions SET seen = $1 WHERE id = $2 AND seen < $1`, tx.Now, x.ID)
		return err
	})
}

// List returns the person's sessions that are not over, the latest used first.
func (s *Store) List(ctx context.Context, person db.ID, current db.ID) (list []Session, err error) {
	defer fault.Wrap(&err, "session.List(%v)", person)
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := db.All(tx, (*row).dest, `SELECT `+columns+` FROM web_sessions
			WHERE person = $1 AND expires > $2 AND seen > $3 ORDER BY seen DESC, id DESC`,
			person, tx.Now, tx.Now.Add(-s.Idle))
		list = nil
		for _, r := range rows {
			x := r.session()
			x.Current = x.ID == current
			list = append(list, x)
		}
		return err
	})
	return list, err
}

// End ends one session of the person; ending one that is gone is no error.
func (s *Store) End(ctx context.Context, person, id db.ID) (err error) {
	defer fault.Wrap(&err, "session.End(%v, %v)", person, id)
	return s.DB.Write(ctx, db.Actor{Person: person, Via: "web"}, func(tx *db.Tx) error {
		tx.Touch(Topic(person))
		_, err := tx.Exec(`DELETE FROM web_sessions WHERE id = $1 AND person = $2`, id, person)
		return err
	})
}

// EndAll ends every session of the person.
func (s *Store) EndAll(ctx context.Context, person db.ID) (err error) {
	defer fault.Wrap(&err, "session.EndAll(%v)", person)
	return s.DB.Write(ctx, db.Actor{Person: person, Via: "web"}, func(tx *db.Tx) error {
		tx.Touch(Topic(person))
		_, err := tx.Exec(`DELETE FROM web_sessions WHERE person = $1`, person)
		return err
	})
}

// ActFor makes the session act on behalf of the person with the name; 0 and ""
// end it.
func (s *Store) ActFor(ctx context.Context, x Session, onBehalfOf db.ID, name string) (err error) {
	defer fault.Wrap(&err, "session.ActFor(%v, %v)", x.ID, onBehalfOf)
	return s.DB.Write(ctx, db.Actor{Person: x.Person, OnBehalfOf: onBehalfOf, Via: "web"}, func(tx *db.Tx) error {
		tx.Touch(Topic(x.Person))
		_, err := tx.Exec(`UPDATE web_sessions SET on_behalf_of = $1, on_behalf_name = $2 WHERE id = $3`,
			onBehalfOf, name, x.ID)
		return err
	})
}

// Sweep deletes the rows of sessions that are long over.
func (s *Store) Sweep(ctx context.Context) error {
	return s.DB.Write(ctx, db.System, func(tx *db.Tx) error {
		_, err := tx.Exec(`DELETE FROM web_sessions WHERE expires < $1 OR seen < $2`,
			tx.Now.Add(-keepOver), tx.Now.Add(-s.Idle-keepOver))
		return err
	})
}

// marks are looked for in this order in what a browser says of itself; many
// claim to be others as well, so the narrower name stands first.
var (
	browsers = []struct{ mark, name string }{
		{"Line/", "LINE"}, {"MicroMessenger/", "WeChat"}, {"FBAN/", "Facebook"}, {"Edg", "Edge"}, {"OPR/", "Opera"},
		{"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"},
	}
	systems = []struct{ mark, name string }{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"},
		{"Mac OS X", "Mac"}, {"CrOS", "Chromebook"}, {"Linux", "Linux"},
	}
)

// Device returns what a User-Agent header says in two names at most, "" when
// it says nothing known. Names of products are the same in every language.
func Device(userAgent string) string {
	var parts []string
	for _, b := range browsers {
		if strings.Contains(userAgent, b.mark) {
			parts = append(parts, b.name)
			break
		}
	}
	for _, s := range systems {
		if strings.Contains(userAgent, s.mark) {
			parts = append(parts, s.name)
			break
		}
	}
	return strings.Join(parts, ", ")
}
