package reader

import (
	"crypto/rand"
	"net/url"
	"strings"
)

// Clean makes text fit for a database: PostgreSQL refuses NUL and broken UTF-8.
func Clean(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// Tidy makes every value of the form fit for a database, and its line ends
// "\n", whatever the browser's. It changes the form and returns it.
func Tidy(form url.Values) url.Values {
	for _, values := range form {
		for i, v := range values {
			if strings.IndexByte(v, '\r') >= 0 {
				v = strings.ReplaceAll(strings.ReplaceAll(v, "\r\n", "\n"), "\r", "\n")
			}
			values[i] = Clean(v)
		}
	}
	return form
}

// Number returns a number that can be read over the phone: letters that are
// taken for digits are left out.
func Number() string {
	const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	var b [5]byte
	_, _ = rand.Read(b[:])
	for i := range b {
		b[i] = letters[b[i]%32]
	}
	return string(b[:3]) + "-" + string(b[3:])
}
