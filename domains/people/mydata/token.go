package mydata

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"
	"time"

	"kakehashi/domains/people/person"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/web"
)

// Limits of tokens.
const (
	MaxTokens    = 20
	MaxTokenDays = 400
	MaxLabel     = 80 // bytes
)

// TokenPrefix begins every token, so that one that leaks is recognised.
const TokenPrefix = "kakehashi_"

// Scopes are what a token may be allowed, in the order they are offered.
var Scopes = []string{"read", "write"}

// Token is a person's token, without its secret.
type Token struct {
	ID      db.ID
	Label   string
	Scopes  []string
	Created time.Time
	Expires time.Time
}

// CreateToken makes a token of the person that lasts so many days and returns
// its secret, which is nowhere else. It is Invalid at label, scopes or days.
func CreateToken(tx *db.Tx, who db.ID, label string, scopes []string, days int) (secret string, err error) {
	defer fault.Wrap(&err, "mydata.CreateToken(%v)", who)
	label = strings.TrimSpace(label)
	var c fault.Check
	c.Field(label != "", "label", "people.token.label.missing")
	c.Field(len(label) <= MaxLabel, "label", "people.token.label.long")
	c.Field(len(scopes) > 0 && !slices.ContainsFunc(scopes, func(s string) bool { return !slices.Contains(Scopes, s) }), "scopes", "people.token.scopes.missing")
	c.Field(days >= 1 && days <= MaxTokenDays, "days", "people.token.days", "max", MaxTokenDays)
	if err := c.Err(); err != nil {
		return "", err
	}
	have, err := Tokens(tx, who)
	if err != nil {
		return "", err
	}
	if len(have) >= MaxTokens {
		return "", fault.New(fault.Conflict, "people.token.many", "max", MaxTokens)
	}
	b := make([]byte, 25) // 200 bits: 40 characters, nothing left over
	rand.Read(b)
	secret = TokenPrefix + strings.ToLower(base32.StdEncoding.EncodeToString(b))
	hash := sha256.Sum256([]byte(secret))
	id := db.NewID()
	if _, err := tx.Exec(`INSERT INTO tokens (id, person_id, label, hash, scopes, created, expires) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id, who, label, hash[:], strings.Join(scopes, " "), tx.Now, tx.Now.AddDate(0, 0, days)); err != nil {
		return "", err
	}
	tx.Touch(person.Topic(who))
	return secret, audit.Record(tx, audit.Entry{Action: "people.token.create", Subject: "token", ID: id, Person: who,
		Detail: map[string]string{"scopes": strings.Join(scopes, " ")}})
}

// Tokens lists the person's tokens that still work.
func Tokens(tx *db.Tx, who db.ID) ([]Token, error) {
	type row struct {
		Token
		scopes           string
		created, expires int64
	}
	rows, err := db.All(tx, func(r *row) []any { return []any{&r.ID, &r.Label, &r.scopes, &r.created, &r.expires} },
		`SELECT id, label, scopes, created, expires FROM tokens WHERE person_id = $1 AND expires > $2 ORDER BY id`, who, tx.Now)
	out := make([]Token, len(rows))
	for i, r := range rows {
		out[i] = r.Token
		out[i].Scopes, out[i].Created, out[i].Expires = strings.Fields(r.scopes), db.Time(r.created), db.Time(r.expires)
	}
	return out, err
}

// RevokeToken ends a token of the person at once.
func RevokeToken(tx *db.Tx, who, id db.ID) (err error) {
	defer fault.Wrap(&err, "mydata.RevokeToken(%v)", id)
	n, err := tx.Exec(`DELETE FROM tokens WHERE id = $1 AND person_id = $2`, id, who)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.NotFound, "web.error.not_found")
	}
	tx.Touch(person.Topic(who))
	return audit.Record(tx, audit.Entry{Action: "people.token.revoke", Subject: "token", ID: id, Person: who})
}

// Grant finds a token by the SHA-256 of its text, as web.Config.Token asks;
// NotFound when there is none, it is over, or its person was closed.
func Grant(_ context.Context, tx *db.Tx, hash []byte) (web.Grant, error) {
	type row struct {
		person db.ID
		scopes string
	}
	r, err := db.One(tx, func(r *row) []any { return []any{&r.person, &r.scopes} },
		`SELECT t.person_id, t.scopes FROM tokens t JOIN persons p ON p.id = t.person_id
		WHERE t.hash = $1 AND t.expires > $2 AND p.closed = 0`, hash, tx.Now)
	return web.Grant{Person: r.person, Scopes: strings.Fields(r.scopes)}, err
}
