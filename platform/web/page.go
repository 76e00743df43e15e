package web

import "github.com/a-h/templ"

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
