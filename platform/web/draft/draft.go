// Package draft keeps forms that were sent by a session that was over, or
// before anybody signed in, until their person can send them again.
//
// A form is sealed under a key derived from a random token and lies in
// web_drafts for an hour; the token is in the reader's browser alone, so the
// table by itself opens nothing, and the browser by itself holds no form. A
// draft of a session that is over opens for that session's person only: the
// next one at a shared computer gets nothing.
package draft

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/web/sealed"
	"kakehashi/platform/web/session"
)

const (
	// For is how long a draft waits.
	For = time.Hour
	// Field marks a form that comes from the page of a draft.
	Field = "_draft"

	maxSize = 256 << 10 // bytes
	purpose = "draft"
)

// Draft is a form that waits to be sent again.
type Draft struct {
	Path  string     `json:"path"`  // where to send it: the form's action
	Form  url.Values `json:"form"`  // what was typed
	Files bool       `json:"files"` // it had files, which could not be kept
}

// HiddenField is a hidden input.
type HiddenField struct{ Name, Value string }

// Hidden returns the fields that the page of a draft sends again, hidden in its
// form, in the order of their names, with the mark that ends the draft.
func (d Draft) Hidden() []HiddenField {
	return append([]HiddenField{{Field, "1"}}, d.Fields()...)
}

// Fields returns what was typed, in the order of the fields' names.
func (d Draft) Fields() []HiddenField {
	var out []HiddenField
	names := make([]string, 0, len(d.Form))
	for name := range d.Form {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range d.Form[name] {
			out = append(out, HiddenField{name, v})
		}
	}
	return out
}

// Keep keeps the draft for the person, 0 for whoever holds the token, which it
// returns; "" when the draft is too large to be kept.
func Keep(ctx context.Context, d *db.DB, actor db.Actor, person db.ID, x Draft) (token string, err error) {
	defer fault.Wrap(&err, "draft.Keep(%v)", person)
	plain, err := json.Marshal(x)
	if err != nil || len(plain) > maxSize {
		return "", err
	}
	token = session.NewToken()
	text, err := sealed.Seal([]byte(token), purpose, plain)
	if err != nil {
		return "", err
	}
	hash := sha256.Sum256([]byte(token))
	err = d.Write(ctx, actor, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO web_drafts (token, person, sealed, expires) VALUES ($1, $2, $3, $4)`,
			hash[:], person, text, tx.Now.Add(For))
		return err
	})
	return token, err
}

// Open returns the draft of the token for the person; NotFound when there is
// none, or it is too old, or somebody else's.
func Open(ctx context.Context, d *db.DB, person db.ID, token string) (x Draft, err error) {
	defer fault.Wrap(&err, "draft.Open(%v)", person)
	gone := fault.New(fault.NotFound, "web.draft.gone")
	type row struct {
		person db.ID
		text   []byte
	}
	hash := sha256.Sum256([]byte(token))
	var kept row
	err = d.Read(ctx, func(tx *db.Tx) (err error) {
		kept, err = db.One(tx, func(r *row) []any { return []any{&r.person, &r.text} },
			`SELECT person, sealed FROM web_drafts WHERE token = $1 AND expires > $2`, hash[:], tx.Now)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return x, gone.Because(err)
	}
	if err != nil {
		return x, err
	}
	if kept.person != 0 && kept.person != person {
		return x, gone.Because(errors.New("another person's draft"))
	}
	plain, err := sealed.Open([]byte(token), purpose, kept.text)
	if err != nil {
		return x, gone.Because(err)
	}
	return x, json.Unmarshal(plain, &x)
}

// Drop forgets the draft of the token.
func Drop(ctx context.Context, d *db.DB, actor db.Actor, token string) (err error) {
	defer fault.Wrap(&err, "draft.Drop")
	hash := sha256.Sum256([]byte(token))
	return d.Write(ctx, actor, func(tx *db.Tx) error {
		_, err := tx.Exec(`DELETE FROM web_drafts WHERE token = $1`, hash[:])
		return err
	})
}

// Sweep deletes drafts that waited long enough.
func Sweep(ctx context.Context, d *db.DB) error {
	return d.Write(ctx, db.System, func(tx *db.Tx) error {
		_, err := tx.Exec(`DELETE FROM web_drafts WHERE expires < $1`, tx.Now)
		return err
	})
}
