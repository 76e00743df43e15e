package reader

import (
	"net/http"
	"strings"

	"kakehashi/platform/i18n"
)

// Names are the names of our cookies: with the prefix __Host- where browsers
// know us by https, plain ones else, which browsers require.
type Names struct {
	Session, Lang, Aids, Flash, Draft string
	Keep                              string // prefix of what Context.Remember keeps
}

// NamesOf returns the names.
func NamesOf(https bool) Names {
	base := "kakehashi"
	if https {
		base = "__Host-kakehashi"
	}
	return Names{
		Session: base, Lang: base + "-lang", Aids: base + "-aids",
		Flash: base + "-flash", Draft: base + "-draft", Keep: base + "-keep-",
	}
}

// Cookies are the values of our cookies in one request.
type Cookies struct {
	Session, Lang, Aids, Flash, Draft string
}

// Read finds our cookies in one walk. The values point into the header.
func (n *Names) Read(h http.Header) (c Cookies) {
	for _, line := range h["Cookie"] {
		for line != "" {
			var pair string
			pair, line, _ = strings.Cut(line, ";")
			name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
			switch name {
			case n.Session:
				c.Session = value
			case n.Lang:
				c.Lang = value
			case n.Aids:
				c.Aids = value
			case n.Flash:
				c.Flash = value
			case n.Draft:
				c.Draft = value
			}
		}
	}
	return c
}

// Anonymous reports whether nothing in the request is about this reader alone.
func (c *Cookies) Anonymous() bool { return c.Session == "" && c.Flash == "" }

// Language returns the language of a reader who has chosen none as a person:
// the cookie's, then the browser's.
func (c *Cookies) Language(h http.Header) i18n.Lang {
	if c.Lang != "" {
		if l, ok := i18n.ParseLang(c.Lang); ok {
			return l
		}
	}
	if accept := h["Accept-Language"]; len(accept) > 0 {
		return i18n.Match(accept[0])
	}
	return i18n.Ja
}
