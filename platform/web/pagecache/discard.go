package pagecache

import "net/http"

// Discard takes the headers of a page that is rendered for the cache.
type Discard struct{}

// Header returns headers that nobody sees.
func (Discard) Header() http.Header { return http.Header{} }

// WriteHeader does nothing.
func (Discard) WriteHeader(int) {}

// Write takes all of b and keeps nothing.
func (Discard) Write(b []byte) (int, error) { return len(b), nil }
