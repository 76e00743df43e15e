package web

import (
	"errors"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"

	"kakehashi/platform/fault"
	"kakehashi/platform/web/draft"
	"kakehashi/platform/web/reader"
)

// formMemory is the bytes of an upload that are held in memory; the rest goes
// to temporary files, which are removed with the request.
const formMemory = 256 << 10

// File is one uploaded file. Close it.
type File struct {
	multipart.File
	Name string // as the reader's device calls it: for display only
	Size int64  // bytes
}

// readForm reads the form of the request, if it has one, within the route's
// MaxBody. It runs before the handler, so that a form that is too large or
// broken is told in one place; or earlier, when an access asks for the form.
func (c *Context) readForm() error {
	if c.form == nil && c.formErr == nil {
		c.formErr = c.parseForm()
	}
	return c.formErr
}

func (c *Context) parseForm() error {
	if c.r.Method == http.MethodGet || c.r.Method == http.MethodHead {
		c.form = reader.Tidy(c.r.URL.Query())
		return nil
	}
	kind, _, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	var err error
	switch kind {
	case "application/x-www-form-urlencoded":
		err = c.r.ParseForm()
	case "multipart/form-data":
		err = c.r.ParseMultipartForm(formMemory)
	default:
		c.form = url.Values{}
		return nil
	}
	if err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			reader.TakeRest(c.body, c.r.ContentLength)
			return err
		}
		return fault.New(fault.Invalid, "web.error.form").Because(err)
	}
	c.form = reader.Tidy(c.r.PostForm)
	if m := c.r.MultipartForm; m != nil {
		c.files = reader.HasFiles(m)
	}
	if c.form.Has(draft.Field) {
		c.form.Del(draft.Field)
		c.draft = true
	}
	return nil
}

// Form returns the form that was sent, or the query of a GET: text in valid
// UTF-8 without NUL, line ends "\n".
func (c *Context) Form() url.Values {
	if c.form == nil && c.json {
		// A route of the API reads its body itself; a form it has none.
		c.form = reader.Tidy(c.r.URL.Query())
	}
	if c.readForm() != nil {
		return url.Values{}
	}
	return c.form
}

// File returns the uploaded file of the field; Invalid, about that field, when
// none was chosen. Its bytes are within the route's MaxBody.
func (c *Context) File(name string) (*File, error) {
	f, head, err := c.r.FormFile(name)
	if err != nil || head.Size == 0 {
		if f != nil {
			_ = f.Close()
		}
		return nil, (&fault.Error{
			Kind: fault.Invalid, Key: "web.error.fields", Args: []any{"count", 1},
			Fields: []fault.Field{{Name: name, Key: "web.error.file_missing"}},
		}).Because(err)
	}
	return &File{File: f, Name: reader.Clean(head.Filename), Size: head.Size}, nil
}
