package files

import (
	"net/http"
	"net/url"
	"strings"

	"kakehashi/platform/fault"
)

// Audience says who may keep a copy of a served file.
type Audience string

// The two audiences: caches on the way may keep what everybody may see.
const (
	Everyone Audience = "public"
	Reader   Audience = "private"
)

// Serve answers a request with the file's bytes, to be cached for a year: a
// file never changes under its ID. Pictures show in the page; everything else
// is downloaded. Access is the caller's to check. An error is returned before
// anything is written.
func (s *Store) Serve(w http.ResponseWriter, r *http.Request, f File, a Audience) (err error) {
	defer fault.Wrap(&err, "files.Serve(%v)", f.ID)
	return s.serve(w, r, f, a, f.Hash, f.Mime)
}

// ServeThumb answers with the thumbnail.
func (s *Store) ServeThumb(w http.ResponseWriter, r *http.Request, f File, a Audience) (err error) {
	defer fault.Wrap(&err, "files.ServeThumb(%v)", f.ID)
	if !f.Picture() {
		return fault.New(fault.NotFound, "files.error.missing")
	}
	return s.serve(w, r, f, a, f.Thumb, f.ThumbMime)
}

func (s *Store) serve(w http.ResponseWriter, r *http.Request, f File, a Audience, hash, mime string) error {
	b, err := s.open(hash)
	if err != nil {
		return err
	}
	defer b.Close()
	show := "attachment"
	if f.Picture() {
		show = "inline"
	}
	h := w.Header()
	h.Set("Content-Type", mime)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Disposition", disposition(show, f.Name))
	h.Set("Cache-Control", string(a)+", max-age=31536000, immutable")
	h.Set("ETag", `"`+hash+`"`)
	http.ServeContent(w, r, "", f.CreatedAt, b)
	return nil
}

// disposition names the file in both spellings of RFC 6266: plain ASCII for old
// programs, and UTF-8 (RFC 8187).
func disposition(show, name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, name)
	return show + `; filename="` + plain + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}
