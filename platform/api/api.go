package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"kakehashi/platform/fault"
	"kakehashi/platform/web"
)

// Prefix stands before the path of every operation.
const Prefix = "/api/v1"

// The scopes of personal tokens: what only reads needs ScopeRead, everything
// else ScopeWrite.
const (
	ScopeRead  = "read"
	ScopeWrite = "write"
)

// maxBody is the bytes of a request, unless its operation says otherwise.
const maxBody = 1 << 20

// Config is what an API is made of.
type Config struct {
	Title   string   // what the document calls it
	Version string   // of the program
	Rate    web.Rate // of each operation and account or address; Times 0 = 300 a minute
}

// API is the set of operations under /api/v1.
type API struct {
	server *web.Server
	cfg    Config
	huma   huma.API

	mu     sync.Mutex
	access web.Access // of the operation being registered
	op     huma.Operation

	document func() ([]byte, error)
}

// New returns an API on the server, with its document at /api/v1/openapi.json.
func New(s *web.Server, cfg Config) *API {
	speakProblems()
	if cfg.Rate.Times == 0 {
		cfg.Rate = web.Rate{Times: 300, Per: time.Minute}
	}
	a := &API{server: s, cfg: cfg}
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: cfg.Title, Version: cfg.Version},
			Servers: []*huma.Server{{URL: Prefix}},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"token":   {Type: "http", Scheme: "bearer"},
					"session": {Type: "apiKey", In: "cookie", Name: "kakehashi"},
				},
			},
		},
		Formats:       huma.DefaultFormats,
		DefaultFormat: "application/json",
	}
	a.huma = humago.NewWithPrefix((*mux)(a), Prefix, config)
	a.document = sync.OnceValues(func() ([]byte, error) { return json.Marshal(a.huma.OpenAPI()) })
	s.Handle("api", []web.Route{{
		Pattern: "GET " + Prefix + "/openapi.json", Access: web.Public(), JSON: true,
		Handle: func(c *web.Context) error {
			b, err := a.document()
			if err != nil {
				return err
			}
			return c.Bytes("application/openapi+json", b)
		},
	}})
	return a
}

// Register adds an operation. Its path is relative to /api/v1, its access is
// decided before h runs, and a fault that h returns becomes problem details.
// Inside h, web.From(ctx) is the request.
func Register[I, O any](a *API, access web.Access, op huma.Operation, h func(ctx context.Context, in *I) (*O, error)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	mustReadIDs(reflect.TypeFor[I](), op.OperationID)
	if op.Extensions == nil {
		op.Extensions = make(map[string]any)
	}
	op.Extensions["x-access"] = access.String()
	if access.String() != web.Public().String() {
		op.Security = []map[string][]string{{"token": {scopeOf(op.Method)}}, {"session": {}}}
	}
	a.access, a.op = access, op
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, in)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return out, nil
	})
}

func scopeOf(method string) string {
	if method == http.MethodGet || method == http.MethodHead {
		return ScopeRead
	}
	return ScopeWrite
}

// mux is where huma registers an operation: it makes a route of it.
type mux API

// HandleFunc makes a route of the operation that Register is registering.
func (m *mux) HandleFunc(pattern string, serve func(http.ResponseWriter, *http.Request)) {
	op, scope := m.op, scopeOf(strings.ToUpper(m.op.Method))
	limit := m.cfg.Rate
	limit.Name = "api " + pattern
	route := web.Route{
		Pattern: pattern, Access: m.access, JSON: true, MaxBody: maxBody, Rate: limit,
		Handle: func(c *web.Context) error {
			if !c.HasScope(scope) {
				return fault.New(fault.Denied, "web.error.scope")
			}
			return answer(c, serve)
		},
	}
	if op.MaxBodyBytes > 0 {
		route.MaxBody = op.MaxBodyBytes
	}
	m.server.Handle("api", []web.Route{route})
}

// ServeHTTP is what huma's adapter has for tests; routes are served by the
// web server.
func (m *mux) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.server.ServeHTTP(w, r) }

// outcome is what became of one operation: the error that is to be told, if
// any, instead of what huma wrote.
type outcome struct{ err error }

type outcomeKey struct{}

// answer lets huma answer into a buffer, so that errors are told by the web
// server like any other, and bodies are compressed like any other.
func answer(c *web.Context, serve func(http.ResponseWriter, *http.Request)) error {
	var o outcome
	reply := &reply{header: c.Writer().Header()}
	r := c.Request()
	serve(reply, r.WithContext(context.WithValue(c.Context(), outcomeKey{}, &o)))
	if o.err != nil {
		return o.err
	}
	if reply.status == 0 {
		reply.status = http.StatusOK
	}
	if reply.body.Len() == 0 {
		c.Writer().WriteHeader(reply.status)
		return nil
	}
	kind := reply.header.Get("Content-Type")
	if kind == "" {
		kind = "application/json"
	}
	return c.Status(reply.status).Bytes(kind, reply.body.Bytes())
}

// reply is a buffered reply.
type reply struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *reply) Header() http.Header         { return r.header }
func (r *reply) WriteHeader(status int)      { r.status = status }
func (r *reply) Write(b []byte) (int, error) { return r.body.Write(b) }

// fail notes the error for answer, and gives huma something to write, which
// nobody will see.
func fail(ctx context.Context, err error) error {
	if o, ok := ctx.Value(outcomeKey{}).(*outcome); ok {
		o.err = err
	}
	return &problem{Details: web.Details{Status: http.StatusInternalServerError}, err: err}
}

// problem is problem details as huma knows them.
type problem struct {
	web.Details
	err error
}

// Error returns the cause, for the log.
func (p *problem) Error() string {
	if p.err == nil {
		return http.StatusText(p.Status)
	}
	return p.err.Error()
}

// GetStatus returns the HTTP status.
func (p *problem) GetStatus() int { return p.Status }

// ContentType makes JSON problem details.
func (p *problem) ContentType(string) string { return "application/problem+json" }

// speakProblems makes huma's own errors (a value that does not fit its schema,
// a body that is no JSON) faults like any other. huma has one setting for the
// whole process; requests that are not ours keep its own errors.
var speakProblems = sync.OnceFunc(func() {
	plain, otherwise := huma.NewError, huma.NewErrorWithContext
	huma.NewError = func(status int, text string, errs ...error) huma.StatusError {
		if status == 0 { // the document asks what errors look like
			return &problem{}
		}
		return plain(status, text, errs...)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, text string, errs ...error) huma.StatusError {
		o, ok := ctx.Context().Value(outcomeKey{}).(*outcome)
		if !ok {
			return otherwise(ctx, status, text, errs...)
		}
		if o.err == nil {
			o.err = faultOf(status, text, errs)
		}
		return &problem{Details: web.Details{Status: status}, err: o.err}
	}
})

// faultOf makes a fault of what huma found. What it says of a value is in
// English, and stands in brackets behind our own words.
func faultOf(status int, text string, errs []error) error {
	cause := errors.Join(append([]error{errors.New(text)}, errs...)...)
	f := &fault.Error{Kind: fault.Invalid, Key: "web.error.form", Err: cause}
	switch status {
	case http.StatusInternalServerError:
		return cause
	case http.StatusRequestEntityTooLarge:
		f.Key = "web.api.too_large"
		return web.WithStatus(status, f)
	}
	for _, err := range errs {
		var d huma.ErrorDetailer
		if !errors.As(err, &d) {
			continue
		}
		detail := d.ErrorDetail()
		if strings.HasPrefix(detail.Location, "path.") {
			return fault.New(fault.NotFound, "web.error.not_found").Because(cause)
		}
		name := strings.TrimPrefix(strings.TrimPrefix(detail.Location, "body."), "query.")
		f.Fields = append(f.Fields, fault.Field{Name: name, Key: "web.api.value", Args: []any{"rule", detail.Message}})
	}
	if len(f.Fields) > 0 {
		f.Key, f.Args = "web.error.fields", []any{"count", len(f.Fields)}
	}
	if status == http.StatusUnprocessableEntity {
		return f
	}
	return web.WithStatus(status, f)
}
