package web

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/web/session"
)

// Draft is a form that was sent by a session that was over, or before anybody
// signed in, and that waits for the person to send it again.
//
// How it is kept: the form is sealed (AES-256-GCM) under a key that is derived
// from a random token, and lies in web_drafts for an hour; the token is in the
// reader's browser alone, so the table by itself opens nothing, and the browser
// by itself holds no form. A draft of a session that is over opens for that
// session's person only: the next one at a shared computer gets nothing. After
// sign-in GET /continue shows one page with one button, which sends the form
// again from the reader's own hand; files must be chosen again.
type Draft struct {
	Path  string     `json:"path"`  // where to send it: the form's action
	Form  url.Values `json:"form"`  // what was typed
	Files bool       `json:"files"` // it had files, which could not be kept
}

const (
	draftField = "_draft"  // marks a form that comes from the page of a draft
	draftFor   = time.Hour // how long a draft waits
	maxDraft   = 256 << 10 // bytes of a draft
)

// draftRate keeps whoever is not signed in from filling the table.
var draftRate = Rate{Name: "web.draft", Times: 20, Per: 10 * time.Minute}

// askToSignIn answers an anonymous request for what needs a person: 303 to the
// sign-in page, which leads back here, with what was typed kept.
func (c *Context) askToSignIn() error {
	next := c.Here()
	wasOver := c.over.ID != 0
	if c.r.Method != http.MethodGet && c.r.Method != http.MethodHead {
		kept, err := c.keepDraft()
		if err != nil {
			return err
		}
		if kept {
			next = "/continue"
			if wasOver {
				c.Flash("web.session.over_kept")
			} else {
				c.Flash("web.session.first_kept")
			}
			wasOver = false
		}
	}
	if wasOver {
		c.Flash("web.session.over")
	}
	return c.Redirect("/sign-in?next=" + url.QueryEscape(next))
}

// keepDraft keeps the form of the request, if it has one.
func (c *Context) keepDraft() (kept bool, err error) {
	defer fault.Wrap(&err, "web: keep draft")
	if c.r.Method != http.MethodPost || c.json {
		return false, nil
	}
	c.out.limitBody(c, c.endpoint.route.MaxBody)
	if err := c.readForm(); err != nil {
		return false, err
	}
	if len(c.form) == 0 {
		return false, nil
	}
	if err := c.Limit(draftRate, "address:"+c.network64()); err != nil {
		return false, err
	}
	plain, err := json.Marshal(Draft{Path: localPath(c.r.URL.RequestURI()), Form: c.form, Files: c.files})
	if err != nil {
		return false, err
	}
	if len(plain) > maxDraft {
		return false, nil
	}
	token := session.NewToken()
	aead, err := box([]byte(token), "draft")
	if err != nil {
		return false, err
	}
	sealed := aead.Seal(nil, nil, plain, nil)
	hash := sha256.Sum256([]byte(token))
	person := c.over.Person
	err = c.server.cfg.DB.Write(c.ctx, c.Actor(), func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO web_drafts (token, person, sealed, expires) VALUES ($1, $2, $3, $4)`,
			hash[:], person, sealed, tx.Now.Add(draftFor))
		return err
	})
	if err != nil {
		return false, err
	}
	c.setCookie(c.server.names.draft, token, draftFor)
	return true, nil
}

// openDraft returns the viewer's draft; NotFound when there is none, or it is
// too old, or somebody else's.
func (c *Context) openDraft() (d Draft, err error) {
	defer fault.Wrap(&err, "web: open draft")
	gone := fault.New(fault.NotFound, "web.draft.gone")
	token := c.cookies.draft
	if token == "" {
		return d, gone
	}
	type row struct {
		person db.ID
		sealed []byte
	}
	hash := sha256.Sum256([]byte(token))
	var kept row
	err = c.server.cfg.DB.Read(c.ctx, func(tx *db.Tx) (err error) {
		kept, err = db.One(tx, func(r *row) []any { return []any{&r.person, &r.sealed} },
			`SELECT person, sealed FROM web_drafts WHERE token = $1 AND expires > $2`, hash[:], tx.Now)
		return err
	})
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			return d, gone.Because(err)
		}
		return d, err
	}
	if kept.person != 0 && kept.person != c.Viewer.Person {
		return d, gone.Because(errors.New("another person's draft"))
	}
	aead, err := box([]byte(token), "draft")
	if err != nil {
		return d, err
	}
	plain, err := aead.Open(nil, nil, kept.sealed, nil)
	if err != nil {
		return d, gone.Because(err)
	}
	return d, json.Unmarshal(plain, &d)
}

// showDraft answers GET /continue.
func (s *Server) showDraft(c *Context) error {
	d, err := c.openDraft()
	if err != nil {
		return err
	}
	meta := Meta{Title: c.Loc.T("web.draft.title")}
	return c.Page(meta, s.cfg.DraftPage(meta, d))
}

// dropSentDraft forgets a draft whose form was sent and taken. The cookie goes
// with the draft's hour: the headers of this reply are out already.
func (c *Context) dropSentDraft() {
	if !c.draft || c.cookies.draft == "" || c.out.status >= 400 {
		return
	}
	hash := sha256.Sum256([]byte(c.cookies.draft))
	err := c.server.cfg.DB.Write(c.ctx, c.Actor(), func(tx *db.Tx) error {
		_, err := tx.Exec(`DELETE FROM web_drafts WHERE token = $1`, hash[:])
		return err
	})
	if err != nil {
		c.server.cfg.Log.Warn("draft stays for its hour", "error", err)
	}
}
