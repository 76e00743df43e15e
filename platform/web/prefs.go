package web

import (
	"net/http"
	"strings"
	"time"

	"kakehashi/platform/i18n"
)

// cookieNames are the names of our cookies: with the prefix __Host- where
// browsers know us by https, plain ones else, which browsers require.
type cookieNames struct {
	session, lang, aids, flash, draft, keep string
}

func namesOf(https bool) cookieNames {
	base := "kakehashi"
	if https {
		base = "__Host-kakehashi"
	}
	return cookieNames{
		session: base, lang: base + "-lang", aids: base + "-aids",
		flash: base + "-flash", draft: base + "-draft", keep: base + "-keep-",
	}
}

// cookies are the values of our cookies in one request, found in one walk.
type cookies struct {
	session, lang, aids, flash, draft string
}

// read finds our cookies. The values point into the header.
func (n *cookieNames) read(h http.Header) (c cookies) {
	for _, line := range h["Cookie"] {
		for line != "" {
			var pair string
			pair, line, _ = strings.Cut(line, ";")
			name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
			switch name {
			case n.session:
				c.session = value
			case n.lang:
				c.lang = value
			case n.aids:
				c.aids = value
			case n.flash:
				c.flash = value
			case n.draft:
				c.draft = value
			}
		}
	}
	return c
}

// anonymous reports whether nothing in the request is about this reader alone.
func (c *cookies) anonymous() bool { return c.session == "" && c.flash == "" }

// prefsFor is how long a browser keeps language and aids.
const prefsFor = 400 * 24 * time.Hour

// Aids are a reader's aids, kept in a cookie.
type Aids struct {
	Furigana bool // readings above kanji; on in plain Japanese unless switched off
	Size     int  // text size: 0 normal, 1 large, 2 largest
	Contrast bool // high contrast
	Motion   bool // reduced motion
}

// parseAids reads the cookie: two letters an aid, for example "f1s2c0m1".
// What is not there stays as the language has it.
func parseAids(s string, lang i18n.Lang) Aids {
	a := Aids{Furigana: lang == i18n.JaEasy}
	for ; len(s) >= 2; s = s[2:] {
		on := s[1] == '1'
		switch s[0] {
		case 'f':
			a.Furigana = on
		case 's':
			if s[1] >= '0' && s[1] <= '2' {
				a.Size = int(s[1] - '0')
			}
		case 'c':
			a.Contrast = on
		case 'm':
			a.Motion = on
		}
	}
	return a
}

// cookie returns the aids as parseAids reads them. Furigana is written only
// when chosen, so that a change of language keeps its own habit.
func (a Aids) cookie(furiganaChosen bool) string {
	digit := func(on bool) byte {
		if on {
			return '1'
		}
		return '0'
	}
	b := []byte{'s', byte('0' + a.Size), 'c', digit(a.Contrast), 'm', digit(a.Motion)}
	if furiganaChosen {
		b = append(b, 'f', digit(a.Furigana))
	}
	return string(b)
}

// key returns the aids in one byte, for the cache of pages.
func (a Aids) key() (k uint8) {
	k = uint8(a.Size)
	if a.Furigana {
		k |= 4
	}
	if a.Contrast {
		k |= 8
	}
	if a.Motion {
		k |= 16
	}
	return k
}

// langOf returns the language of a reader without one of their own: the
// cookie's, then the browser's.
func langOf(c *cookies, h http.Header) i18n.Lang {
	if c.lang != "" {
		if l, ok := i18n.ParseLang(c.lang); ok {
			return l
		}
	}
	if accept := h["Accept-Language"]; len(accept) > 0 {
		return i18n.Match(accept[0])
	}
	return i18n.Ja
}

// setLang answers GET /language/{lang}?back=/path.
func (s *Server) setLang(c *Context) error {
	lang, ok := i18n.ParseLang(c.Path("lang"))
	if !ok {
		return notFound()
	}
	c.setCookie(s.names.lang, string(lang), prefsFor)
	if c.Viewer.SignedIn() && s.cfg.SaveLang != nil {
		if err := s.cfg.SaveLang(c.Context(), c.Actor(), c.Viewer.Person, lang); err != nil {
			return err
		}
		s.viewers.forget(c.Viewer.Person)
	}
	return c.Redirect(c.Query("back"))
}

// setAids answers POST /aids. A field that was not sent stays as it is; of a
// field sent twice the last value counts, so that a hidden "off" may stand
// before a checkbox.
func (s *Server) setAids(c *Context) error {
	a, form := c.Aids, c.Form()
	last := func(name string) (string, bool) {
		v := form[name]
		if len(v) == 0 {
			return "", false
		}
		return v[len(v)-1], true
	}
	toggle := func(name string, at *bool) bool {
		v, ok := last(name)
		if ok {
			*at = v == "on" || v == "1"
		}
		return ok
	}
	chosen := toggle("furigana", &a.Furigana) || strings.Contains(c.cookies.aids, "f")
	toggle("contrast", &a.Contrast)
	toggle("motion", &a.Motion)
	if v, ok := last("size"); ok && len(v) == 1 && v[0] >= '0' && v[0] <= '2' {
		a.Size = int(v[0] - '0')
	}
	c.setCookie(s.names.aids, a.cookie(chosen), prefsFor)
	return c.Redirect(form.Get("back"))
}
