package web

import (
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web/session"
)

// Aids are a reader's aids, kept in a cookie.
type Aids struct {
	Furigana bool // readings above kanji
	Size     int  // text size: 0 normal, 1 large, 2 largest
	Contrast bool // high contrast
	Motion   bool // reduced motion
}

// Meta describes a page to the shell around it.
type Meta struct {
	Title       string // already in the reader's language
	Description string // one sentence for search engines and previews; "" = none
	Wide        bool   // desks and tables instead of the reading width
	Field       string // colour of a field: place, take, watch, help, ask; "" = none
	Print       bool   // a page made for paper
	Back        string // local path of the page above; "" = none
	Feed        string // local path of the page's Atom feed; "" = none
}

// Shell puts the page's frame around a body.
type Shell func(m Meta, body templ.Component) templ.Component

// Context is one request of one viewer.
type Context struct {
	Viewer Viewer
	Loc    *i18n.Localizer
	Aids   Aids
}

// File is one uploaded file. Close it.
type File struct {
	multipart.File
	Name string // as the reader's device calls it: for display only
	Size int64  // bytes
}

// From returns the Context of a request, for components. It panics outside one.
func From(ctx context.Context) *Context { return nil }

// Request returns the request.
func (c *Context) Request() *http.Request { return nil }

// Writer returns the raw writer, for replies that no method here makes. The
// handler that uses it writes the whole reply.
func (c *Context) Writer() http.ResponseWriter { return nil }

// Context returns the request's context; it carries the Localizer and c.
func (c *Context) Context() context.Context { return nil }

// Actor returns who writes, for db.Write.
func (c *Context) Actor() db.Actor { return db.Actor{} }

// Now returns the database's clock.
func (c *Context) Now() time.Time { return time.Time{} }

// URL returns the request's URL.
func (c *Context) URL() *url.URL { return nil }

// Here returns the page's own path with its query, for links that come back.
func (c *Context) Here() string { return "" }

// Path returns the named part of the path.
func (c *Context) Path(name string) string { return "" }

// PathID returns the named part of the path as an ID; NotFound when it is none.
func (c *Context) PathID(name string) (db.ID, error) { return 0, nil }

// Query returns the first value of the query parameter.
func (c *Context) Query(name string) string { return "" }

// Form returns the form that was sent, or the query of a GET.
func (c *Context) Form() url.Values { return nil }

// File returns the uploaded file of the field; Invalid when there is none.
func (c *Context) File(name string) (*File, error) { return nil, nil }

// WantsJSON reports whether the client asked for JSON rather than a page.
func (c *Context) WantsJSON() bool { return false }

// Status sets the status of the reply that follows.
func (c *Context) Status(code int) *Context { return c }

// Page replies with the body in the shell.
func (c *Context) Page(m Meta, body templ.Component) error { return nil }

// Redirect replies 303 to a local path; anything else leads to the front page.
func (c *Context) Redirect(path string) error { return nil }

// JSON replies with v.
func (c *Context) JSON(v any) error { return nil }

// Bytes replies with the whole body at once.
func (c *Context) Bytes(mime string, body []byte) error { return nil }

// Download streams a file that the reader saves under the name.
func (c *Context) Download(name, mime string, write func(io.Writer) error) error { return nil }

// Flash keeps a message for the next page.
func (c *Context) Flash(key string, args ...any) {}

// Flashes returns the messages kept for this page, and forgets them.
func (c *Context) Flashes() []string { return nil }

// Problem returns err as the reader is told of it.
func (c *Context) Problem(err error) Problem { return Problem{} }

// Retry shows a form again with what was typed: the status follows the kind of
// err, and page gets the problem. With a nil err it shows the form with no
// problem. A client that wants JSON gets problem details.
func (c *Context) Retry(err error, meta Meta, page func(p Problem) templ.Component) error { return nil }

// SignIn starts a new session of the person.
func (c *Context) SignIn(person db.ID) error { return nil }

// SignOut ends this session.
func (c *Context) SignOut() error { return nil }

// SignOutEverywhere ends every session of the viewer.
func (c *Context) SignOutEverywhere() error { return nil }

// Sessions lists the viewer's own sessions, the latest first.
func (c *Context) Sessions() ([]session.Session, error) { return nil, nil }

// EndSession ends one of the viewer's own sessions.
func (c *Context) EndSession(id db.ID) error { return nil }

// ActFor makes the session act on behalf of the person; 0 ends it. Whether the
// viewer may is for the caller to decide.
func (c *Context) ActFor(person db.ID, name string) error { return nil }

// Remember keeps a sealed value in the reader's browser for a while, for what
// happens before sign-in (a challenge, a state). Nobody else can read or forge it.
func (c *Context) Remember(name, value string, d time.Duration) error { return nil }

// Recall returns what Remember kept, "" when nothing, or too old.
func (c *Context) Recall(name string) string { return "" }

// Forget drops what Remember kept.
func (c *Context) Forget(name string) {}

// Limit counts one more of an action for a subject (a mail address, say), and
// returns an Unavailable fault when the rate is passed.
func (c *Context) Limit(r Rate, subject string) error { return nil }
