// Package assets serves the program's own files (styles, the script, icons),
// each under its content's hash, so that a browser may keep it for ever.
package assets

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"time"

	"kakehashi/platform/web/encode"
	"kakehashi/platform/web/pagecache"
)

// Prefix stands before the hash in an asset's address.
const Prefix = "/assets/"

// Set is a set of files, held in memory.
type Set struct{ files map[string]*asset }

type asset struct {
	hash string
	page *pagecache.Page
}

// types holds what mime's built-in table lacks on a machine without a system's.
var types = map[string]string{
	".woff2": "font/woff2", ".webmanifest": "application/manifest+json", ".ico": "image/x-icon",
	".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
}

// New reads all files of fsys, which are few; nil has none. It panics when one
// cannot be read: they are embedded in the program.
func New(fsys fs.FS) *Set {
	s := &Set{files: make(map[string]*asset)}
	if fsys == nil {
		return s
	}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		kind := types[path.Ext(name)]
		if kind == "" {
			kind = mime.TypeByExtension(path.Ext(name))
		}
		if kind == "" {
			kind = "application/octet-stream"
		}
		sum := sha256.Sum256(b)
		s.files[name] = &asset{hash: hex.EncodeToString(sum[:6]), page: pagecache.New(kind, b, nil, 0, time.Time{})}
		return nil
	})
	if err != nil {
		panic(fmt.Sprintf("assets: %v", err))
	}
	return s
}

// URL returns the address of a file; the name as it is when there is none.
func (s *Set) URL(name string) string {
	f := s.files[name]
	if f == nil {
		return name
	}
	return Prefix + f.hash + "/" + name
}

var (
	vary    = []string{"Accept-Encoding"}
	forever = []string{"public, max-age=31536000, immutable"}
	noCache = []string{"no-cache"}
)

// Serve answers a request for the file by its hash and name, and reports
// whether there is one. A file asked for by another hash is there all the same,
// but not to be kept: a page from before an update, or a style sheet that names
// its neighbour.
func (s *Set) Serve(w http.ResponseWriter, r *http.Request, hash, name string) bool {
	f := s.files[name]
	if f == nil {
		return false
	}
	v := f.page.Variant(encode.Of(r.Header))
	h := w.Header()
	h["Vary"] = vary
	h["Cache-Control"] = noCache
	if hash == f.hash {
		h["Cache-Control"] = forever
	}
	v.Write(w, r, f.page.Type)
	return true
}
