// Package secure has the headers that keep a page to itself: what it may load,
// who may frame it, what it may ask of the device.
package secure

import "net/http"

// The values are slices that are put into every reply as they are: no
// allocation a header. Nobody changes them.
var (
	csp = []string{"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; " +
		"font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"}
	nosniff     = []string{"nosniff"}
	sameOrigin  = []string{"same-origin"}
	permissions = []string{"camera=(), geolocation=(self), microphone=(), payment=(), usb=()"}
	hsts        = []string{"max-age=31536000; includeSubDomains"}
)

// Put sets the headers that every reply has; https adds that readers come by
// https only. Geolocation stays with our own pages, for "near me".
func Put(h http.Header, https bool) {
	h["Content-Security-Policy"] = csp
	h["X-Content-Type-Options"] = nosniff
	h["Referrer-Policy"] = sameOrigin
	h["Permissions-Policy"] = permissions
	h["Cross-Origin-Opener-Policy"] = sameOrigin
	h["Cross-Origin-Resource-Policy"] = sameOrigin
	if https {
		h["Strict-Transport-Security"] = hsts
	}
}
