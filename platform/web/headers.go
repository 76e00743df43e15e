package web

// The values of headers are slices that are put into replies as they are: no
// allocation a header. Nobody changes them.
var (
	headerVary       = []string{"Accept-Encoding, Accept-Language, Cookie"}
	headerVaryCoding = []string{"Accept-Encoding"}
	headerNoCache    = []string{"no-cache"}
	headerNoStore    = []string{"private, no-store"}
	headerHTML       = []string{"text/html; charset=utf-8"}
)
