package web

import (
	"net/http"
	"net/url"
	"time"

	"kakehashi/platform/web/draft"
	"kakehashi/platform/web/reader"
)

// Draft is a form that waits to be sent again; see package draft for how it is
// kept. After sign-in GET /continue shows one page with one button, which sends
// the form from the reader's own hand; files must be chosen again.
type Draft = draft.Draft

// draftRate keeps whoever is not signed in from filling the table.
var draftRate = Rate{Name: "web.draft", Times: 20, Per: 10 * time.Minute}

// askToSignIn answers an anonymous request for what needs a person: 303 to the
// sign-in page, which leads back here, with what was typed kept.
func (c *Context) askToSignIn() error {
	next := c.Here()
	kept, err := c.keepDraft()
	if err != nil {
		return err
	}
	over := c.over.ID != 0
	switch {
	case kept && over:
		c.Flash("web.session.over_kept")
	case kept:
		c.Flash("web.session.first_kept")
	case over:
		c.Flash("web.session.over")
	}
	if kept {
		next = "/continue"
	}
	return c.Redirect("/sign-in?next=" + url.QueryEscape(next))
}

// keepDraft keeps the form of the request, if it has one.
func (c *Context) keepDraft() (kept bool, err error) {
	if c.r.Method != http.MethodPost || c.json {
		return false, nil
	}
	if err := c.readForm(); err != nil {
		return false, err
	}
	if len(c.form) == 0 {
		return false, nil
	}
	if err := c.Limit(draftRate, "address:"+reader.Home(c.address())); err != nil {
		return false, err
	}
	token, err := draft.Keep(c.ctx, c.server.cfg.DB, c.Actor(), c.over.Person, Draft{
		Path: reader.LocalPath(c.r.URL.RequestURI()), Form: c.form, Files: c.files,
	})
	if token == "" {
		return false, err
	}
	c.setCookie(c.server.names.Draft, token, draft.For)
	return true, err
}

// showDraft answers GET /continue.
func (s *Server) showDraft(c *Context) error {
	d, err := draft.Open(c.ctx, s.cfg.DB, c.Viewer.Person, c.cookies.Draft)
	if err != nil {
		return err
	}
	meta := Meta{Title: c.Loc.T("web.draft.title")}
	return c.Page(meta, s.cfg.DraftPage(meta, d))
}

// dropSentDraft forgets a draft whose form was sent and taken. The cookie goes
// with the draft's hour: the headers of this reply are out already.
func (c *Context) dropSentDraft() {
	if !c.draft || c.cookies.Draft == "" || c.out.status >= http.StatusBadRequest {
		return
	}
	if err := draft.Drop(c.ctx, c.server.cfg.DB, c.Actor(), c.cookies.Draft); err != nil {
		c.server.cfg.Log.Warn("draft stays for its hour", "error", err)
	}
}
