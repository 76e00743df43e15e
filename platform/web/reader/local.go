package reader

import (
	"net/url"
	"strings"
)

// LocalPath returns s when it is a path of this site, with its query: what a
// browser resolves within our own origin. Anything else (an address elsewhere,
// "//host", "/\host", control characters) is "/".
func LocalPath(s string) string {
	if len(s) > 2048 || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") {
		return "/"
	}
	for _, b := range []byte(s) {
		// Browsers read "\" as "/", and drop tabs and line ends.
		if b == '\\' || b < 0x20 || b == 0x7f {
			return "/"
		}
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" {
		return "/"
	}
	u.Fragment, u.RawFragment = "", ""
	// A path that is badly escaped is escaped anew, and "/%2fhost " would become
	// "//host%20". ("/.//host" stays within our origin: browsers clean the path
	// after they have found the host.)
	if out := u.String(); !strings.HasPrefix(out, "//") {
		return out
	}
	return "/"
}
