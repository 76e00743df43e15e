package web

import (
	"kakehashi/platform/fault"
)

// Problem is an error as the reader is told of it, in the reader's language.
// The zero Problem says that nothing is wrong.
type Problem struct {
	Kind   fault.Kind
	Status int               // HTTP status; 0 when nothing is wrong
	Title  string            // what happened
	Kept   string            // what was kept
	Todo   string            // what to do
	Fields map[string]string // what is wrong with which field
	Number string            // a short number to tell the office, for Internal; else ""
}

// Field returns what is wrong with the field, "" when nothing is.
func (p Problem) Field(name string) string { return p.Fields[name] }

// Any reports whether something is wrong.
func (p Problem) Any() bool { return p.Status != 0 }
