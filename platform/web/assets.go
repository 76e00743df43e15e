package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"kakehashi/platform/web/pagecache"
)

// assets are the files of Config.Assets, each under its content's hash, so that
// a browser may keep it for ever.
type assets struct {
	files map[string]*asset
}

type asset struct {
	hash string
	page *pagecache.Page
}

// types that mime's built-in table lacks on a machine without a system table.
var assetTypes = map[string]string{
	".woff2": "font/woff2", ".webmanifest": "application/manifest+json", ".ico": "image/x-icon",
	".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
}

// newAssets reads all files: they are embedded in the program, and few. It
// panics when one cannot be read.
func newAssets(fsys fs.FS) *assets {
	a := &assets{files: make(map[string]*asset)}
	if fsys == nil {
		return a
	}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		kind := assetTypes[path.Ext(name)]
		if kind == "" {
			kind = mime.TypeByExtension(path.Ext(name))
		}
		if kind == "" {
			kind = "application/octet-stream"
		}
		sum := sha256.Sum256(b)
		a.files[name] = &asset{hash: hex.EncodeToString(sum[:6]), page: pagecache.New(kind, b, nil, 0, time.Time{})}
		return nil
	})
	if err != nil {
		panic(fmt.Sprintf("web: assets: %v", err))
	}
	return a
}

func (a *assets) url(name string) string {
	f := a.files[name]
	if f == nil {
		return name
	}
	return "/assets/" + f.hash + "/" + name
}

// AssetURL returns the address of a file of Config.Assets, with its content's
// hash in it; the name as it is when there is no such file.
func (s *Server) AssetURL(name string) string { return s.assets.url(name) }

// serve answers GET /assets/{hash}/{name...}. A file asked for by an older hash
// is there all the same, but not to be kept: a page from before an update, or a
// style sheet that names its neighbour.
func (a *assets) serve(c *Context) error {
	f := a.files[strings.TrimPrefix(c.Path("name"), "/")]
	if f == nil {
		return notFound()
	}
	v := f.page.Variant(negotiate(c.r.Header))
	h := c.out.Header()
	h["Vary"] = headerVaryCoding
	h["Etag"] = v.ETag
	h["Cache-Control"] = headerNoCache
	if c.Path("hash") == f.hash {
		h["Cache-Control"] = headerForever
	}
	if matches(c.r.Header, v.ETag[0]) {
		c.out.WriteHeader(http.StatusNotModified)
		return nil
	}
	h["Content-Type"] = f.page.Type
	h["Content-Length"] = v.Length
	if v.Encoding != nil {
		h["Content-Encoding"] = v.Encoding
	}
	c.out.WriteHeader(http.StatusOK)
	// A reader who is gone is nobody's error.
	_, _ = c.out.Write(v.Body)
	return nil
}
