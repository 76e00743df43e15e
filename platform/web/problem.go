package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"kakehashi/platform/fault"
	"kakehashi/platform/web/reader"
)

// Problem is an error as the reader is told of it, in the reader's language.
// The zero Problem says that nothing is wrong.
//
// What happened is the message of the fault's key. What was kept and what to
// do are the messages key.kept and key.todo where a module wrote them, and
// otherwise those of the kind (web.kept.… and web.todo.…).
type Problem struct {
	Kind   fault.Kind
	Status int               // HTTP status; 0 when nothing is wrong
	Key    string            // the fault's message key, which machines may know it by
	Title  string            // what happened
	Kept   string            // what was kept
	Todo   string            // what to do
	Fields map[string]string // what is wrong with which field
	Order  []string          // names of the fields, as they were checked
	Number string            // a short number to tell the office, for Internal; else ""
	Again  *Draft            // what was typed, to be sent once more from the page of the problem; nil when there is nothing, or no use in it
}

// Field returns what is wrong with the field, "" when nothing is.
func (p Problem) Field(name string) string { return p.Fields[name] }

// Any reports whether something is wrong.
func (p Problem) Any() bool { return p.Status != 0 }

// statusError is a fault that has a status of its own.
type statusError struct {
	status int
	fault  *fault.Error
}

func (e *statusError) Error() string { return e.fault.Error() }
func (e *statusError) Unwrap() error { return e.fault }

// WithStatus gives a fault an HTTP status other than its kind's.
func WithStatus(status int, f *fault.Error) error { return &statusError{status, f} }

// tooOften is a fault of somebody who must wait.
type tooOften struct {
	fault *fault.Error
	wait  time.Duration
}

func (e *tooOften) Error() string { return e.fault.Error() }
func (e *tooOften) Unwrap() error { return e.fault }

// errSignIn asks who is anonymous to sign in.
var errSignIn = &statusError{http.StatusUnauthorized, fault.New(fault.Denied, "web.error.sign_in")}

// Others ask for these: platform/api, and modules where two people met.
//
//i18n:uses web.api.*
//i18n:uses web.error.scope
//i18n:uses web.error.conflict

func notFound() *fault.Error { return fault.New(fault.NotFound, "web.error.not_found") }

func denied() *fault.Error { return fault.New(fault.Denied, "web.error.denied") }

func tooBusy() error { return &tooOften{fault.New(fault.Unavailable, "web.error.busy"), 0} }

func crossOrigin(err error) error {
	return fault.New(fault.Denied, "web.error.cross_origin").Because(err)
}

// statusOf returns the HTTP status of an error.
func statusOf(err error) int {
	var own *statusError
	if errors.As(err, &own) {
		return own.status
	}
	var often *tooOften
	if errors.As(err, &often) && often.wait > 0 {
		return http.StatusTooManyRequests
	}
	switch fault.KindOf(err) {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Denied:
		return http.StatusForbidden
	case fault.Conflict:
		return http.StatusConflict
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// classify makes faults of errors that the libraries beneath return.
func classify(err error) error {
	var big *http.MaxBytesError
	var f *fault.Error
	switch {
	case errors.As(err, &f):
		return err
	case errors.As(err, &big):
		return &statusError{http.StatusRequestEntityTooLarge, fault.New(fault.Invalid, "web.error.too_large", "size", reader.Size(big.Limit)).Because(err)}
	case errors.Is(err, context.DeadlineExceeded):
		return fault.New(fault.Unavailable, "web.error.slow").Because(err)
	}
	return fault.New(fault.Internal, "web.error.internal").Because(err)
}

// Problem returns err as the reader is told of it; the zero Problem for nil. An
// Internal error goes to the log with the number that the reader is given.
func (c *Context) Problem(err error) Problem { return c.problem(err, false) }

func (c *Context) problem(err error, form bool) Problem {
	if err == nil {
		return Problem{}
	}
	was := err
	err = classify(err)
	var f *fault.Error
	errors.As(err, &f)
	p := Problem{Kind: f.Kind, Status: statusOf(err), Key: f.Key}
	if f.Kind == fault.Internal {
		p.Number = c.numberOf(was)
	}
	args := append([]any{"number", p.Number}, f.Args...)
	say := func(suffix, otherwise string) string {
		if key := f.Key + suffix; c.Loc.Has(key) {
			return c.Loc.T(key, args...)
		}
		return c.Loc.T(otherwise, args...)
	}
	p.Title = say("", "web.error.internal")
	p.Kept = say(".kept", c.keptKey(form))
	p.Todo = say(".todo", "web.todo."+f.Kind.String())
	for _, field := range f.Fields {
		if p.Fields == nil {
			p.Fields = make(map[string]string, len(f.Fields))
		}
		if p.Fields[field.Name] == "" {
			p.Fields[field.Name] = c.Loc.T(field.Key, field.Args...)
			p.Order = append(p.Order, field.Name)
		}
	}
	return p
}

// keptKey says what became of what the reader did: a form is still there, or
// nothing was changed.
func (c *Context) keptKey(form bool) string {
	switch {
	case form && c.files:
		return "web.kept.form_files"
	case form:
		return "web.kept.form"
	case c.r.Method == http.MethodGet || c.r.Method == http.MethodHead:
		return "web.kept.reading"
	}
	return "web.kept.nothing"
}

// numberOf gives an Internal error its number, once, and logs both.
func (c *Context) numberOf(err error) string {
	if c.number != "" && errors.Is(err, c.numbered) {
		return c.number
	}
	c.number, c.numbered = reader.Number(), err
	pattern := "none"
	if c.endpoint != nil {
		pattern = c.endpoint.route.Pattern
	}
	c.server.cfg.Log.LogAttrs(context.WithoutCancel(c.ctx), slog.LevelError, "internal error",
		slog.String("number", c.number), slog.String("route", pattern), slog.String("error", err.Error()))
	return c.number
}

// refuse answers with an error: the sign-in page, a page that explains, or
// problem details.
func (c *Context) refuse(err error) {
	c.err = err
	if c.Context().Value(contextKey{}) == nil {
		c.begin(c.ctx, c.r)
	}
	if errors.Is(err, errSignIn) && !c.WantsJSON() {
		if err = c.askToSignIn(); err == nil {
			return
		}
		c.err = err
	}
	// The time of the route may be what is up: the page that says so is
	// rendered without it.
	c.ctx = context.WithoutCancel(c.ctx)
	c.flashes, c.kept = nil, nil
	again := c.again(err)
	p := c.problem(err, again != nil)
	p.Again = again
	h := c.out.Header()
	h["Cache-Control"] = headerNoStore
	var often *tooOften
	if errors.As(err, &often) {
		h.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(often.wait.Seconds())))))
	}
	if c.WantsJSON() {
		if p.Status == http.StatusUnauthorized {
			h.Set("WWW-Authenticate", "Bearer")
		}
		c.sendProblem(p)
		return
	}
	c.status = p.Status
	meta := Meta{Title: p.Title}
	if err := c.Page(meta, c.server.cfg.ErrorPage(meta, p)); err != nil {
		c.numberOf(err)
		c.sendProblem(p)
	}
}

// again returns the form that was sent, when nothing is wrong with it and it
// was only not its moment: its reader had to wait, or something of ours failed.
// What came from another site is never offered to be sent from ours, and a
// server that is full reads no forms.
func (c *Context) again(err error) *Draft {
	var often *tooOften
	switch kind := fault.KindOf(classify(err)); {
	case c.r.Method != http.MethodPost || c.json || c.endpoint == nil,
		kind != fault.Unavailable && kind != fault.Internal,
		errors.As(err, &often) && often.wait == 0,
		c.readForm() != nil || len(c.form) == 0:
		return nil
	}
	return &Draft{Path: reader.LocalPath(c.r.URL.RequestURI()), Form: c.form, Files: c.files}
}

// Details are problem details as RFC 9457 has them, with our own members: the
// kind, the fields, and the number of an Internal error.
type Details struct {
	Type   string        `json:"type" doc:"urn:kakehashi:problem: and the key of the problem"`
	Title  string        `json:"title" doc:"what happened, in the reader's language"`
	Status int           `json:"status" doc:"the HTTP status"`
	Detail string        `json:"detail,omitempty" doc:"what was kept, and what to do"`
	Kind   string        `json:"kind" enum:"invalid,not_found,denied,conflict,unavailable,internal"`
	Number string        `json:"number,omitempty" doc:"a short number to tell the office"`
	Errors []DetailField `json:"errors,omitempty" doc:"what is wrong with which field"`
}

// DetailField is one field that cannot be used as it is.
type DetailField struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// Details returns the problem for machines.
func (p Problem) Details() Details {
	d := Details{
		Type: "urn:kakehashi:problem:" + cmp.Or(p.Key, "web.error.internal"), Title: p.Title, Status: p.Status,
		Detail: strings.TrimSpace(p.Kept + " " + p.Todo), Kind: p.Kind.String(), Number: p.Number,
	}
	for _, name := range p.Order {
		d.Errors = append(d.Errors, DetailField{Field: name, Detail: p.Fields[name]})
	}
	return d
}

func (c *Context) sendProblem(p Problem) {
	b, err := json.Marshal(p.Details())
	if err != nil {
		b = []byte(`{"status":500}`)
	}
	c.status = p.Status
	// What cannot be sent any more is nobody's error.
	_ = c.send([]string{"application/problem+json"}, b)
}

// Retry shows a form again with what was typed: the status follows the kind of
// err, and page gets the problem. With a nil err it shows the form with no
// problem. A client that wants JSON gets problem details, and what cannot be
// told within the form (no such thing, please sign in) gets its own page.
func (c *Context) Retry(err error, meta Meta, page func(p Problem) templ.Component) error {
	if err == nil {
		return c.Page(meta, page(Problem{}))
	}
	if c.WantsJSON() || errors.Is(err, errSignIn) || fault.Is(err, fault.NotFound) ||
		errors.Is(err, context.Canceled) && c.r.Context().Err() != nil {
		return err
	}
	p := c.problem(err, true)
	c.err = err
	c.ctx = context.WithoutCancel(c.ctx)
	c.Status(p.Status)
	return c.Page(meta, page(p))
}
