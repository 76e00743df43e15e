package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/a-h/templ"

	"kakehashi/platform/web/encode"
	"kakehashi/platform/web/reader"
)

// output is the writer of one request. It knows what was written, and keeps
// the mux's own words from the reader.
type output struct {
	http.ResponseWriter
	c       *Context
	status  int
	bytes   int64
	written bool // headers are on their way
}

// Unwrap gives http.ResponseController the connection's own writer.
func (o *output) Unwrap() http.ResponseWriter { return o.ResponseWriter }

func (o *output) WriteHeader(status int) {
	o.status = status
	// Before an endpoint is found it is the mux that speaks: a redirect to the
	// clean path may go out, "404 page not found" may not.
	if o.c.endpoint == nil && o.c.err == nil && status >= 400 {
		return
	}
	if status >= 200 {
		o.written = true
	}
	o.ResponseWriter.WriteHeader(status)
}

func (o *output) Write(b []byte) (int, error) {
	if !o.written {
		if o.status == 0 {
			o.WriteHeader(http.StatusOK)
		}
		if !o.written {
			return len(b), nil
		}
	}
	n, err := o.ResponseWriter.Write(b)
	o.bytes += int64(n)
	return n, err
}

// allow gives the connection as long from now, to read and to write.
func (o *output) allow(d time.Duration) {
	until := time.Now().Add(d)
	rc := http.NewResponseController(o.ResponseWriter)
	// A connection that has no deadlines (a test's recorder) needs none.
	_ = rc.SetReadDeadline(until)
	_ = rc.SetWriteDeadline(until)
}

// capture is a reply on its way into the cache of pages. It stays empty when
// the reply is anything but a whole page for everybody.
type capture struct {
	contentType string
	body        []byte
	personal    bool // it set a cookie
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxPooled keeps one huge page from holding its memory for ever.
const maxPooled = 1 << 20

func putBuffer(b *bytes.Buffer) {
	if b.Cap() <= maxPooled {
		b.Reset()
		buffers.Put(b)
	}
}

// Status sets the status of the reply that follows.
func (c *Context) Status(code int) *Context {
	c.status = code
	return c
}

// Page replies with the body in the shell. The page is rendered whole before
// anything is sent, so that an error in the middle is still told as one.
func (c *Context) Page(m Meta, body templ.Component) error {
	b := buffers.Get().(*bytes.Buffer)
	defer putBuffer(b)
	if err := c.server.cfg.Shell(m, body).Render(c.ctx, b); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	return c.send(headerHTML, b.Bytes())
}

// Part replies with the component alone, without the shell, for the script
// that puts a piece of a page in its place.
func (c *Context) Part(body templ.Component) error {
	b := buffers.Get().(*bytes.Buffer)
	defer putBuffer(b)
	if err := body.Render(c.ctx, b); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	return c.send(headerHTML, b.Bytes())
}

// JSON replies with v.
func (c *Context) JSON(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("json: %w", err)
	}
	return c.send([]string{"application/json"}, append(b, '\n'))
}

// Bytes replies with the whole body at once: a feed, a calendar, an image.
func (c *Context) Bytes(contentType string, body []byte) error {
	return c.send([]string{contentType}, body)
}

// send writes a whole reply in the coding that the reader prefers.
func (c *Context) send(contentType []string, body []byte) error {
	status := c.status
	if status == 0 {
		status = http.StatusOK
	}
	h := c.out.Header()
	if c.kept != nil {
		if status == http.StatusOK {
			c.kept.contentType, c.kept.body = contentType[0], bytes.Clone(body)
		}
		return nil
	}
	h["Content-Type"] = contentType
	h["Vary"] = headerVary
	if h["Cache-Control"] == nil {
		h["Cache-Control"] = headerNoCache
		if c.Viewer.SignedIn() || c.cookies.Session != "" {
			h["Cache-Control"] = headerNoStore
		}
	}
	c.writeFlashes()
	if coding := encode.Of(c.r.Header); coding != encode.Identity && len(body) >= encode.MinSize && encode.Compressible(contentType[0]) {
		b := buffers.Get().(*bytes.Buffer)
		defer putBuffer(b)
		packed := coding.Append(b.AvailableBuffer(), body)
		b.Write(packed) // lends the grown space to the next page
		body = packed
		h.Set("Content-Encoding", coding.Token())
	}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	c.out.WriteHeader(status)
	// A reader who is gone is nobody's error.
	_, _ = c.out.Write(body)
	return nil
}

// Redirect replies 303 to a local path; anything else leads to the front page.
func (c *Context) Redirect(path string) error { return c.redirect(reader.LocalPath(path)) }

// Leave replies 303 to an address elsewhere that the program itself chose: a
// sign-in service, never what came in with a request. Reach it by a link: the
// content security policy keeps forms within our own pages.
func (c *Context) Leave(address string) error {
	if u, err := url.Parse(address); err != nil || u.Host == "" {
		return fmt.Errorf("web: Leave(%q) is no address elsewhere", address)
	}
	return c.redirect(address)
}

func (c *Context) redirect(to string) error {
	if c.kept != nil {
		return nil
	}
	c.writeFlashes()
	h := c.out.Header()
	h["Cache-Control"] = headerNoStore
	h.Set("Location", to)
	c.out.WriteHeader(http.StatusSeeOther)
	return nil
}

// Download streams a file that the reader saves under the name. When write
// fails before its first 32 KiB are out, the reader is told; later the download
// breaks off, which a browser shows as failed.
func (c *Context) Download(name, contentType string, write func(io.Writer) error) error {
	h := c.out.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h["Cache-Control"] = headerNoStore
	h["Vary"] = headerVaryCoding
	c.out.allow(slowReading) // phones read slowly
	d := &download{c: c}
	var z io.WriteCloser
	if encode.Compressible(contentType) && encode.AcceptsGzip(c.r.Header) {
		h.Set("Content-Encoding", "gzip")
		z = encode.Stream(d)
	}
	var err error
	if z != nil {
		err = write(z)
		if cerr := z.Close(); err == nil {
			err = cerr
		}
	} else {
		err = write(d)
	}
	if err == nil {
		return d.flush()
	}
	if !d.sent {
		for _, k := range []string{"Content-Type", "Content-Disposition", "Content-Encoding"} {
			h.Del(k)
		}
	}
	return err
}

// download holds back the first bytes of a file.
type download struct {
	c    *Context
	b    bytes.Buffer
	sent bool
}

const heldBack = 32 << 10

func (d *download) Write(p []byte) (int, error) {
	if d.b.Len()+len(p) > heldBack {
		if err := d.flush(); err != nil {
			return 0, err
		}
		return d.c.out.Write(p)
	}
	return d.b.Write(p)
}

func (d *download) flush() error {
	if !d.sent {
		d.sent = true
		status := d.c.status
		if status == 0 {
			status = http.StatusOK
		}
		d.c.out.WriteHeader(status)
	}
	_, err := d.c.out.Write(d.b.Bytes())
	d.b.Reset()
	return err
}
