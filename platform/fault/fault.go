// Package fault holds the six kinds of error that a reader can meet, each with
// the key of the message that explains it.
//
// A rule or a store returns a fault where the reader can do something about
// it, and any other error where only the operator can. platform/web maps the
// kind to a status and the key to the reader's language exactly once; inner
// detail goes to the log and never to the page.
package fault

import (
	"errors"
	"fmt"
)

// Kind says what sort of trouble an error is, and with it which HTTP status
// and which page the reader gets.
type Kind uint8

// The six kinds. The zero value is Internal, so that an error nobody
// classified is never mistaken for the reader's.
const (
	Internal    Kind = iota // our mistake: 500
	Invalid                 // what was typed cannot be used: 422
	NotFound                // no such thing, or not for this reader: 404
	Denied                  // the reader may not do this: 403
	Conflict                // somebody else was first, or the thing changed meanwhile: 409
	Unavailable             // try again later: 503, or 429 when a limit was reached
)

var kindNames = [...]string{"internal", "invalid", "not_found", "denied", "conflict", "unavailable"}

// String returns the kind's name as it stands in logs and problem details.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Error is a fault: its kind, the message that explains it, and, for Invalid,
// the fields it is about.
type Error struct {
	Kind   Kind
	Key    string  // message key, for example "places.taken"
	Args   []any   // alternating names and values for the message
	Fields []Field // what is wrong with which field; Invalid only
	Err    error   // the cause, for the log; may be nil
}

// Field is one field of a form or request that cannot be used as it is.
type Field struct {
	Name string // the field's name in the form
	Key  string // message key
	Args []any  // alternating names and values for the message
}

// Error returns the fault for the log: kind, key and cause.
func (e *Error) Error() string {
	s := e.Kind.String() + " " + e.Key
	for _, f := range e.Fields {
		s += " " + f.Name + ":" + f.Key
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// New returns a fault of the kind, explained by the message key with its
// alternating names and values.
func New(kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: args}
}

// Because returns the fault with its cause, for the log.
func (e *Error) Because(err error) *Error {
	e.Err = err
	return e
}

// Check collects what is wrong with the fields of one form, so that the reader
// is told everything at once.
type Check struct {
	fields []Field
}

// Field notes that a field cannot be used, unless ok.
func (c *Check) Field(ok bool, name, key string, args ...any) {
	if !ok {
		c.fields = append(c.fields, Field{Name: name, Key: key, Args: args})
	}
}

// Err returns nil when nothing was noted, else an Invalid fault with the fields.
func (c *Check) Err() error {
	if len(c.fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Key: "web.error.fields", Args: []any{"count", len(c.fields)}, Fields: c.fields}
}

// KindOf returns the kind of the first fault in err's chain, or Internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Is reports whether err is a fault of the kind.
func Is(err error, kind Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}

// Wrap puts what was being done in front of *err, if there is one. Deferred at
// the top of a function it makes every error carry the function's arguments:
//
//	defer fault.Wrap(&err, "Reserve(room %v)", room)
func Wrap(err *error, format string, args ...any) {
	if *err != nil {
		*err = fmt.Errorf(format+": %w", append(args, *err)...)
	}
}
