package web

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/web/sealed"
)

// setCookie sets a cookie for d; 0 means until the browser is closed, and a
// negative d deletes it.
func (c *Context) setCookie(name, value string, d time.Duration) {
	if c.kept != nil {
		c.kept.personal = true
	}
	ck := http.Cookie{
		Name: name, Value: value, Path: "/", HttpOnly: true,
		Secure: c.server.cfg.HTTPS, SameSite: http.SameSiteLaxMode, MaxAge: int(d / time.Second),
	}
	if d < 0 {
		ck.MaxAge = -1
	}
	http.SetCookie(c.out.ResponseWriter, &ck)
}

// flash is a message for the next page, as its cookie holds it.
type flash struct {
	Key  string `json:"k"`
	Args []any  `json:"a,omitempty"`
}

// maxFlash is the bytes of the cookie; a browser keeps 4,096 with the name.
const maxFlash = 2048

// Flash keeps a message for the next page: after a redirect, or this one when
// it has not asked for its Flashes yet.
func (c *Context) Flash(key string, args ...any) {
	f := flash{Key: key}
	for _, a := range args {
		switch v := a.(type) {
		case db.ID:
			f.Args = append(f.Args, v.String())
		case fmt.Stringer:
			f.Args = append(f.Args, v.String())
		default:
			f.Args = append(f.Args, a)
		}
	}
	c.flashes = append(c.readFlashes(), f)
	c.cookies.Flash = ""
}

// Flashes returns the messages kept for this page, in the reader's language,
// and forgets them.
func (c *Context) Flashes() []string {
	if c.kept != nil {
		return nil
	}
	kept := c.readFlashes()
	if c.cookies.Flash != "" {
		c.setCookie(c.server.names.Flash, "", -1)
		c.cookies.Flash = ""
	}
	c.flashes = nil
	out := make([]string, len(kept))
	for i, f := range kept {
		out[i] = c.Loc.T(f.Key, f.Args...)
	}
	return out
}

func (c *Context) readFlashes() []flash {
	if c.cookies.Flash == "" {
		return c.flashes
	}
	b, err := base64.RawURLEncoding.DecodeString(c.cookies.Flash)
	if err != nil || len(b) > maxFlash {
		return c.flashes
	}
	var kept []flash
	if json.Unmarshal(b, &kept) != nil {
		return c.flashes
	}
	for _, f := range kept {
		for i, a := range f.Args {
			if n, ok := a.(float64); ok {
				f.Args[i] = int64(n) // counts are whole, and choose the plural
			}
		}
	}
	return append(kept, c.flashes...)
}

// writeFlashes puts what is still to be shown into the cookie; it runs before
// the headers of a reply go out.
func (c *Context) writeFlashes() {
	if len(c.flashes) == 0 {
		return
	}
	b, err := json.Marshal(c.flashes)
	if err != nil || len(b) > maxFlash*3/4 {
		c.server.cfg.Log.Warn("flash does not fit its cookie", "key", c.flashes[0].Key)
		return
	}
	c.setCookie(c.server.names.Flash, base64.RawURLEncoding.EncodeToString(b), 5*time.Minute)
}

// Remember keeps a sealed value (up to 2,500 bytes) in the reader's browser for
// d, for what happens before sign-in: a challenge, a state. Nobody else can
// read or forge it. It can be presented again until d is over, so what must
// happen once needs a row of its own.
func (c *Context) Remember(name, value string, d time.Duration) error {
	text, err := sealed.Text(c.server.cfg.Secret, "remember "+name, value, c.Now().Add(d))
	if err != nil {
		return err
	}
	if len(text) > 3500 {
		return fmt.Errorf("web: Remember(%q): %d bytes do not fit a cookie", name, len(value))
	}
	c.setCookie(c.server.names.Keep+name, text, d)
	return nil
}

// Recall returns what Remember kept, "" when there is nothing, or it is too old.
func (c *Context) Recall(name string) string {
	ck, err := c.r.Cookie(c.server.names.Keep + name)
	if err != nil {
		return ""
	}
	value, err := sealed.Value(c.server.cfg.Secret, "remember "+name, ck.Value, c.Now())
	if err != nil {
		return ""
	}
	return value
}

// Forget drops what Remember kept.
func (c *Context) Forget(name string) { c.setCookie(c.server.names.Keep+name, "", -1) }
