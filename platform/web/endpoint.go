package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web/measure"
	"kakehashi/platform/web/pagecache"
	"kakehashi/platform/web/reader"
)

const (
	// maxBody is the bytes of a body, unless a route says otherwise: room for the
	// longest form, a facility with everything said in ten languages, whose every
	// letter travels as nine bytes.
	maxBody     = 256 << 10
	maxQuery    = 512 // bytes of a query that a page is kept for
	slowReading = 5 * time.Minute
	bigBody     = 1 << 20 // a body this big may take slowReading to arrive
)

// endpoint is a route as the mux holds it.
type endpoint struct {
	server *Server
	route  Route
	live   bool // a live update: no time limit, not one of the busy places
	seen   *measure.Route
}

func newEndpoint(s *Server, r Route, live bool) *endpoint {
	r.MaxBody = cmp.Or(r.MaxBody, maxBody)
	if r.Timeout == 0 {
		r.Timeout = s.cfg.Timeout
		if r.MaxBody >= bigBody { // its time begins before the body is here
			r.Timeout += slowReading
		}
	}
	return &endpoint{server: s, route: r, live: live, seen: s.metrics.Route(r.Pattern)}
}

// ServeHTTP is called by the mux, with the path values of r set.
func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := w.(*output).c
	c.endpoint = e
	c.json = e.route.JSON
	if r.Body != nil && r.Body != http.NoBody {
		c.body = r.Body
		r.Body = http.MaxBytesReader(c.out.ResponseWriter, r.Body, e.route.MaxBody)
	}
	if e.live {
		c.begin(r.Context(), r)
		c.settle(e.answer(c))
		return
	}
	s := e.server
	select {
	case s.busy <- struct{}{}:
		defer func() { <-s.busy }()
	default:
		c.begin(r.Context(), r)
		c.settle(tooBusy())
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), e.route.Timeout)
	defer cancel()
	e.deadlines(c)
	c.begin(ctx, r)
	c.settle(e.answer(c))
}

// deadlines gives the connection as long as the route has: the server's own
// limits are for the ordinary page.
func (e *endpoint) deadlines(c *Context) {
	if e.route.MaxBody < bigBody && e.route.Timeout <= e.server.cfg.Timeout {
		return
	}
	c.out.allow(e.route.Timeout + slowReading)
}

// answer decides who the viewer is and whether they may, and lets the handler
// answer. A panic becomes an Internal error; the process lives on.
func (e *endpoint) answer(c *Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler { //nolint:errorlint // the sentinel itself is panicked
				panic(p)
			}
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if err := c.identify(); err != nil {
		return err
	}
	if err := e.limit(c); err != nil {
		return err
	}
	// Whoever must sign in first is asked before their form is judged; the
	// form is read then, to be kept.
	if err := e.route.Access.admit(c); err != nil {
		return err
	}
	if !e.route.JSON {
		if err := c.readForm(); err != nil {
			return err
		}
	}
	if e.route.Cached != nil && !c.Viewer.SignedIn() && c.cookies.Flash == "" && e.keyed(c) {
		return e.fromCache(c)
	}
	return e.route.Handle(c)
}

// limit counts the request against the general rate and the route's own.
func (e *endpoint) limit(c *Context) error {
	if g := e.server.cfg.General; g.Times > 0 && e.route.Rate.Times >= 0 {
		if err := c.Limit(g, c.subject()); err != nil {
			return err
		}
	}
	if r := e.route.Rate; r.Times > 0 {
		r.Name = cmp.Or(r.Name, e.route.Pattern)
		return c.Limit(r, c.subject())
	}
	return nil
}

// keyed reports whether the query has only what the page depends on.
func (e *endpoint) keyed(c *Context) bool {
	q := c.r.URL.RawQuery
	if q == "" {
		return true
	}
	if len(q) > maxQuery {
		return false
	}
	for part := range strings.SplitSeq(q, "&") {
		name, _, _ := strings.Cut(part, "=")
		if !slices.Contains(e.route.Query, name) {
			return false
		}
	}
	return true
}

// fromCache renders the page for everybody, or waits for whoever does.
func (e *endpoint) fromCache(c *Context) error {
	s := e.server
	key := pagecache.Key{Path: c.r.URL.Path, Query: c.r.URL.RawQuery, Lang: string(c.Loc.Lang()), Aids: c.Aids.Key()}
	page, err := s.cache.Render(key, e.route.Cached, func() (string, []byte, error) {
		// The page is for all who wait, so it does not end with this reader.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), e.route.Timeout)
		defer cancel()
		own := *c
		own.out = output{ResponseWriter: pagecache.Discard{}, c: &own}
		own.ctx = context.WithValue(i18n.With(ctx, own.Loc), contextKey{}, &own)
		own.r = c.r.WithContext(own.ctx)
		own.kept = &capture{}
		if err := e.route.Handle(&own); err != nil {
			return "", nil, err
		}
		if own.kept.personal {
			return "", nil, nil
		}
		return own.kept.contentType, own.kept.body, nil
	})
	if err != nil {
		return err
	}
	if page == nil {
		return e.route.Handle(c)
	}
	c.out.status = http.StatusOK
	c.out.written = true
	s.writePage(c.out.ResponseWriter, c.r, page)
	return nil
}

// settle turns what the handler returned into a reply.
func (c *Context) settle(err error) {
	if err == nil {
		if !c.out.written {
			c.out.WriteHeader(http.StatusNoContent)
		}
		c.dropSentDraft()
		return
	}
	c.err = err
	if errors.Is(err, context.Canceled) && c.r.Context().Err() != nil {
		c.gone = true
		return
	}
	if c.out.written {
		// Half a reply is on its way: the only honest end is a broken one.
		c.Problem(err)
		c.finish()
		panic(http.ErrAbortHandler)
	}
	c.refuse(err)
}

// unmatched answers what the mux has no endpoint for: a path that is not ours,
// a method the path does not know, or a path to be cleaned.
func (c *Context) unmatched() {
	if c.out.written { // the mux redirected to the clean path
		return
	}
	c.begin(c.r.Context(), c.r)
	c.json = strings.HasPrefix(c.r.URL.Path, "/api/")
	if err := c.identify(); err != nil {
		c.refuse(err)
		return
	}
	if c.out.status == http.StatusMethodNotAllowed {
		c.refuse(&statusError{http.StatusMethodNotAllowed, fault.New(fault.NotFound, "web.error.method")})
		return
	}
	c.refuse(notFound())
}

// finish counts and logs the request, once. The log holds the route's pattern,
// never the path or the query, and of the address the network alone.
func (c *Context) finish() {
	if c.finished {
		return
	}
	c.finished = true
	if m := c.r.MultipartForm; m != nil {
		// The server cleans up after its own copy of the request, not after ours.
		if err := m.RemoveAll(); err != nil {
			c.server.cfg.Log.Warn("temporary files of an upload stay", "error", err)
		}
	}
	took := time.Since(c.start)
	status, pattern := c.out.status, "none"
	if c.gone {
		status = 499
	}
	if c.endpoint != nil {
		pattern = c.endpoint.route.Pattern
		c.endpoint.seen.Observe(status, took)
	}
	level := slog.LevelInfo
	if status >= 500 {
		level = slog.LevelWarn
	}
	attrs := []slog.Attr{
		slog.String("route", pattern), slog.String("method", c.r.Method), slog.Int("status", status),
		slog.Float64("ms", float64(took.Microseconds())/1000), slog.Int64("bytes", c.out.bytes),
		slog.String("network", reader.Network(c.address())),
	}
	var f *fault.Error
	if errors.As(c.err, &f) {
		attrs = append(attrs, slog.String("kind", f.Kind.String()), slog.String("key", f.Key))
	}
	c.server.cfg.Log.LogAttrs(context.WithoutCancel(c.r.Context()), level, "request", attrs...)
}
