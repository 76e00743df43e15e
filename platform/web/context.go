package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web/reader"
	"kakehashi/platform/web/session"
)

// Context is one request of one viewer. It is good until its handler returns,
// in the handler's goroutine.
type Context struct {
	Viewer Viewer
	Loc    *i18n.Localizer
	Aids   Aids

	server   *Server
	endpoint *endpoint // nil when no route matched
	r        *http.Request
	ctx      context.Context
	out      output
	cookies  reader.Cookies
	start    time.Time

	session session.Session // of the viewer; zero when anonymous
	over    session.Session // the session that is over, of whoever was signed in before
	grant   *Grant          // of a personal token
	json    bool            // a route of the API
	status  int             // of the reply that follows
	form    url.Values
	formErr error         // why there is none
	files   bool          // the form had files
	body    io.ReadCloser // as it comes in, without the route's limit; nil when there is none
	flashes []flash
	draft   bool     // the form was sent from the page of a draft
	kept    *capture // the page is rendered for the cache

	err      error  // what the handler returned
	number   string // of the Internal error
	numbered error
	gone     bool // the reader left
	finished bool
}

type contextKey struct{}

// From returns the Context of a request, for components and for operations of
// the API; nil outside a request.
func From(ctx context.Context) *Context {
	c, _ := ctx.Value(contextKey{}).(*Context)
	return c
}

func newContext(s *Server, w http.ResponseWriter, r *http.Request, ck reader.Cookies) *Context {
	c := &Context{server: s, r: r, ctx: r.Context(), cookies: ck, start: time.Now()}
	c.out = output{ResponseWriter: w, c: c}
	lang := ck.Language(r.Header)
	c.Aids = reader.ParseAids(ck.Aids, lang)
	c.Loc = s.cfg.Catalog.For(lang)
	c.Viewer.Demo = s.cfg.Demo
	return c
}

// begin puts the Context and its language into the request's context.
func (c *Context) begin(ctx context.Context, r *http.Request) {
	c.ctx = context.WithValue(i18n.With(ctx, c.Loc), contextKey{}, c)
	c.r = r.WithContext(c.ctx)
}

// speak changes the language of the request.
func (c *Context) speak(lang i18n.Lang) {
	c.Loc = c.server.cfg.Catalog.For(lang)
	c.Aids = reader.ParseAids(c.cookies.Aids, lang)
	c.ctx = i18n.With(c.ctx, c.Loc)
	c.r = c.r.WithContext(c.ctx)
}

// identify finds the viewer: by personal token on routes of the API, by the
// session's cookie everywhere. The person's own language then wins over the
// browser's, but for the API, whose clients say what they want.
func (c *Context) identify() (err error) {
	switch {
	case c.json && c.r.Header.Get("Authorization") != "":
		err = c.byToken()
	case c.cookies.Session != "":
		err = c.bySession()
	}
	c.Viewer.Demo = c.server.cfg.Demo
	if err != nil {
		return err
	}
	asked := c.json && c.r.Header.Get("Accept-Language") != ""
	if own := c.Viewer.Lang; own != "" && own != c.Loc.Lang() && !asked {
		c.speak(own)
	}
	return nil
}

// Request returns the request. Its path values are set; its form is read
// through Form.
func (c *Context) Request() *http.Request { return c.r }

// Writer returns the raw writer, for replies that no method of Context makes.
// A handler that uses it writes the whole reply.
func (c *Context) Writer() http.ResponseWriter { return &c.out }

// Context returns the request's context. It carries the Localizer and c, and
// ends with the reader, or when the route's time is up.
func (c *Context) Context() context.Context { return c.ctx }

// Log returns a logger that knows the route. Log no personal data.
func (c *Context) Log() *slog.Logger { return c.server.cfg.Log }

// Actor returns who writes, for db.Write.
func (c *Context) Actor() db.Actor {
	via := "web"
	switch {
	case c.grant != nil, c.json:
		via = "api"
	case c.Viewer.Person == 0 && c.server.cfg.Demo:
		via = "demo"
	}
	return db.Actor{Person: c.Viewer.Person, OnBehalfOf: c.Viewer.OnBehalfOf, Via: via}
}

// Now returns the instant by the database's clock.
func (c *Context) Now() time.Time { return c.server.cfg.DB.Now() }

// URL returns the request's URL.
func (c *Context) URL() *url.URL { return c.r.URL }

// Here returns the page's own path with its query, for links that come back.
// After a form was sent it is the path of the page that held the form.
func (c *Context) Here() string {
	if c.r.Method != http.MethodGet && c.r.Method != http.MethodHead {
		if u, err := url.Parse(c.r.Referer()); err == nil && u.Host == c.r.Host {
			return reader.LocalPath(u.RequestURI())
		}
	}
	return reader.LocalPath(c.r.URL.RequestURI())
}

// Asset returns the address of a file of Config.Assets, with its content's
// hash in it, for components; the name as it is when there is no such file.
func (c *Context) Asset(name string) string { return c.server.assets.URL(name) }

// Path returns the named part of the path, "" when the pattern has none.
func (c *Context) Path(name string) string { return reader.Clean(c.r.PathValue(name)) }

// PathID returns the named part of the path as an ID; NotFound when it is none.
func (c *Context) PathID(name string) (db.ID, error) {
	id, err := db.ParseID(c.r.PathValue(name))
	if err != nil {
		return 0, notFound().Because(err)
	}
	return id, nil
}

// Query returns the first value of the query parameter, "" when there is none.
func (c *Context) Query(name string) string {
	if c.r.URL.RawQuery == "" {
		return ""
	}
	return reader.Clean(c.r.URL.Query().Get(name))
}

// HasScope reports whether the request may do what the scope names: always
// with a session, with a personal token when it was given the scope.
func (c *Context) HasScope(scope string) bool {
	return c.grant == nil || slices.Contains(c.grant.Scopes, scope)
}

// WantsJSON reports whether the client asked for JSON rather than a page.
func (c *Context) WantsJSON() bool {
	if c.json {
		return true
	}
	accept := c.r.Header.Get("Accept")
	return strings.Contains(accept, "json") && !strings.Contains(accept, "text/html")
}

// Allowed reports whether the access lets the viewer in, for navigation. An
// access that asks about something in the path is judged on this page's path.
func (c *Context) Allowed(a Access) bool { return a.admit(c) == nil }

// Limit counts one more of an action for a subject (a mail address, a person),
// and returns an Unavailable fault, told as 429, when the rate is passed.
func (c *Context) Limit(r Rate, subject string) error { return c.server.limit(c.ctx, r, subject) }

// subject is whom a limit counts: the account, or the network address.
func (c *Context) subject() string {
	if c.Viewer.Person != 0 {
		return "person:" + c.Viewer.Person.String()
	}
	return "address:" + reader.Home(c.address())
}

// address returns where the reader's request comes from.
func (c *Context) address() netip.Addr { return reader.Address(c.r, c.server.cfg.Proxies) }
