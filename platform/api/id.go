package api

import (
	"encoding"
	"reflect"

	"kakehashi/platform/db"
)

// ID is a db.ID in the path, query or headers of an operation's input, where
// huma would read a bare db.ID, being an integer, as digits. In bodies db.ID
// itself is a string.
type ID struct{ db.ID }

var readsText = reflect.TypeFor[encoding.TextUnmarshaler]()

// mustReadIDs panics when a parameter of the input is an integer that reads
// text: huma would misread every value of it.
func mustReadIDs(in reflect.Type, operation string) {
	if in.Kind() != reflect.Struct {
		return
	}
	for _, f := range reflect.VisibleFields(in) {
		param := f.Tag.Get("path")+f.Tag.Get("query")+f.Tag.Get("header")+f.Tag.Get("cookie") != ""
		if param && f.Type.Kind() == reflect.Int64 && reflect.PointerTo(f.Type).Implements(readsText) {
			panic("api: " + operation + ": make parameter " + f.Name + " an api.ID")
		}
	}
}
