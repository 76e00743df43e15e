package api

import (
	"context"
	"encoding/base64"
	"strings"

	"kakehashi/platform/fault"
	"kakehashi/platform/web"
)

// Paged is the part of an operation's input that asks for one page of a list.
// Embed it.
type Paged struct {
	After string `query:"after" doc:"the cursor that the page before gave as next"`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"50" doc:"items of a page"`
}

// Page is one page of a list.
type Page[T any] struct {
	Link string `header:"Link" doc:"the next page, rel=next"`
	Body PageBody[T]
}

// PageBody is the body of a Page.
type PageBody[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"pass as after to get the next page; absent on the last"`
}

// NewPage returns a page of items. next is the cursor of the page after it,
// made with Cursor, and "" on the last.
func NewPage[T any](ctx context.Context, items []T, next string) *Page[T] {
	if items == nil {
		items = []T{}
	}
	p := &Page[T]{Body: PageBody[T]{Items: items, Next: next}}
	if c := web.From(ctx); next != "" && c != nil {
		q := c.URL().Query()
		q.Set("after", next)
		p.Link = "<" + c.URL().Path + "?" + q.Encode() + `>; rel="next"`
	}
	return p
}

// Cursor returns the cursor that stands behind an item with these sort keys.
func Cursor(keys ...string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(keys, "\x00")))
}

// Keys returns the n sort keys of the page's cursor; none for the first page;
// Invalid when the cursor is not one of ours.
func (p Paged) Keys(n int) ([]string, error) {
	if p.After == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(p.After)
	keys := strings.Split(string(b), "\x00")
	if err != nil || len(keys) != n {
		return nil, &fault.Error{
			Kind: fault.Invalid, Key: "web.error.fields", Args: []any{"count", 1}, Err: err,
			Fields: []fault.Field{{Name: "after", Key: "web.api.cursor"}},
		}
	}
	return keys, nil
}
