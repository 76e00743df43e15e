package web

import (
	"time"

	"github.com/a-h/templ"

	"kakehashi/platform/web/limit"
)

// Handler answers one request. It returns an error instead of writing one; a
// fault tells the reader what to do, any other error is our own mistake.
type Handler func(c *Context) error

// Rate limits how often an action is done: at most Times in Per, for one
// account or, when nobody is signed in, one address. The zero Rate leaves the
// general limit of the server.
type Rate = limit.Rate

// Route is one pattern with who may use it and what answers.
type Route struct {
	Pattern string        // ServeMux pattern with its method: "GET /places/{id}"
	Access  Access        // who may use it
	Handle  Handler       // what answers
	MaxBody int64         // bytes of the body; 0 = 64 KiB
	Cached  []string      // topics of an anonymous page that is rendered once and kept until one of them is touched
	Query   []string      // query parameters a Cached page depends on; a request with others is rendered afresh
	Rate    Rate          // a limit of this action's own; Times < 0 = none, nor the general one
	Timeout time.Duration // time the handler has; 0 = the server's
	JSON    bool          // a route of the API: errors are problem details, bearer tokens are accepted, the body is the handler's to read
}

// RouteInfo describes a registered route to tests and to doctor.
type RouteInfo struct {
	Module  string
	Pattern string
	Method  string
	Path    string
	Access  Access
	Cached  []string
	JSON    bool
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
