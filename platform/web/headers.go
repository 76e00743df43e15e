package web

import "net/http"

// The values of headers are slices that are put into every reply as they are:
// no allocation a header. Nobody changes them.
var (
	headerCSP = []string{"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; " +
		"font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"}
	headerNosniff     = []string{"nosniff"}
	headerReferrer    = []string{"same-origin"}
	headerPermissions = []string{"camera=(), geolocation=(self), microphone=(), payment=(), usb=()"}
	headerSameOrigin  = []string{"same-origin"}
	headerHSTS        = []string{"max-age=31536000; includeSubDomains"}
	headerVary        = []string{"Accept-Encoding, Accept-Language, Cookie"}
	headerVaryCoding  = []string{"Accept-Encoding"}
	headerNoCache     = []string{"no-cache"}
	headerNoStore     = []string{"private, no-store"}
	headerHTML        = []string{"text/html; charset=utf-8"}
)

// protect puts the headers that every reply has. Geolocation stays with our
// own pages, for "near me".
func (s *Server) protect(h http.Header) {
	h["Content-Security-Policy"] = headerCSP
	h["X-Content-Type-Options"] = headerNosniff
	h["Referrer-Policy"] = headerReferrer
	h["Permissions-Policy"] = headerPermissions
	h["Cross-Origin-Opener-Policy"] = headerSameOrigin
	h["Cross-Origin-Resource-Policy"] = headerSameOrigin
	if s.cfg.HTTPS {
		h["Strict-Transport-Security"] = headerHSTS
	}
}
