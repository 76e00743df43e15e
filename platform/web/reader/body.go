package reader

import (
	"io"
	"mime/multipart"
	"slices"
	"strconv"
)

// restOfBody is how much of a body that is too large is read and thrown away:
// photos and films off a phone.
const restOfBody = 64 << 20 // bytes

// TakeRest reads what still comes of a body of so many bytes that is too large.
// A browser hears no reply while it sends: closed on, it would show its own
// words in place of ours. The connection's deadline ends it for whoever sends
// slowly.
func TakeRest(body io.Reader, length int64) {
	if body != nil && length <= restOfBody {
		_, _ = io.CopyN(io.Discard, body, restOfBody)
	}
}

// HasFiles reports whether a file was chosen in the form: a field of files that
// was left alone is sent as an empty one.
func HasFiles(m *multipart.Form) bool {
	for _, heads := range m.File {
		if slices.ContainsFunc(heads, func(h *multipart.FileHeader) bool { return h.Size > 0 }) {
			return true
		}
	}
	return false
}

// Size writes bytes as limits are set: in MB or KB, which readers of every
// language know.
func Size(n int64) string {
	if n >= 1<<20 {
		return strconv.FormatInt(n>>20, 10) + " MB"
	}
	return strconv.FormatInt(n>>10, 10) + " KB"
}
