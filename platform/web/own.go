package web

import (
	"context"
	"net/http"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web/reader"
	"kakehashi/platform/web/session"
)

// The routes of this package itself.
func (s *Server) own() []Route {
	routes := []Route{
		{Pattern: "GET /language/{lang}", Access: Public(), Handle: s.setLang},
		{Pattern: "POST /aids", Access: Public(), Handle: s.setAids},
		{Pattern: "GET /continue", Access: SignedIn(), Handle: s.showDraft},
		{Pattern: "GET /healthz", Access: Public(), Handle: s.health, Rate: Rate{Times: -1}},
		{Pattern: "GET /robots.txt", Access: Public(), Handle: s.robots},
	}
	if s.cfg.MetricsAddr == "" {
		routes = append(routes, Route{Pattern: "GET /metrics", Handle: s.serveMetrics,
			Access: AnyOf(Holding(RoleOperator), ByLink("loopback", fromLoopback))})
	}
	if s.cfg.Assets != nil {
		routes = append(routes, Route{Pattern: "GET /assets/{hash}/{name...}", Access: Public(), Handle: s.serveAsset, Rate: Rate{Times: -1}})
	}
	return routes
}

// prefsFor is how long a browser keeps language and aids.
const prefsFor = 400 * 24 * time.Hour

// Aids are a reader's aids, kept in a cookie.
type Aids = reader.Aids

// setLang answers GET /language/{lang}?back=/path.
func (s *Server) setLang(c *Context) error {
	lang, ok := i18n.ParseLang(c.Path("lang"))
	if !ok {
		return notFound()
	}
	c.setCookie(s.names.Lang, string(lang), prefsFor)
	if c.Viewer.SignedIn() && s.cfg.SaveLang != nil {
		if err := s.cfg.SaveLang(c.Context(), c.Actor(), c.Viewer.Person, lang); err != nil {
			return err
		}
		s.viewers.Forget(session.Hash(c.cookies.Session))
	}
	return c.Redirect(c.Query("back"))
}

// setAids answers POST /aids, with the fields of Aids.Change and back.
func (s *Server) setAids(c *Context) error {
	c.setCookie(s.names.Aids, c.Aids.Change(c.cookies.Aids, c.Form()), prefsFor)
	return c.Redirect(c.Form().Get("back"))
}

// PublicTopics adds topics that anybody may watch at /live; a trailing "*"
// stands for the rest of a name.
func (s *Server) PublicTopics(topics ...string) { s.live.Open(topics...) }

// serveLive answers GET /live?topic=…&topic=… with server-sent events; see
// package live.
func (s *Server) serveLive(c *Context) error {
	topics := c.Form()["topic"]
	if err := s.live.Check(topics); err != nil {
		return err
	}
	home := reader.Home(c.address())
	if !s.live.Enter(home) {
		return tooBusy()
	}
	h := c.out.Header()
	h.Set("Content-Type", "text/event-stream")
	h["Cache-Control"] = headerNoStore
	h.Set("X-Accel-Buffering", "no") // nginx would wait for more
	err := s.live.Serve(&c.out, c.out.ResponseWriter, topics, c.r.Header.Get("Last-Event-ID"), home)
	if err == nil {
		c.out.status, c.out.written = http.StatusOK, true
	}
	return err
}

// AssetURL returns the address of a file of Config.Assets, with its content's
// hash in it; the name as it is when there is no such file.
func (s *Server) AssetURL(name string) string { return s.assets.URL(name) }

func (s *Server) serveAsset(c *Context) error {
	if !s.assets.Serve(&c.out, c.r, c.Path("hash"), c.Path("name")) {
		return notFound()
	}
	return nil
}

func (s *Server) serveMetrics(c *Context) error {
	s.metrics.Handler.ServeHTTP(&c.out, c.r)
	return nil
}

// fromLoopback lets in a request from this machine that came by no proxy, on a
// server that is not set up behind one.
func fromLoopback(c *Context) (bool, error) {
	h := c.r.Header
	forwarded := h.Get("X-Forwarded-For") != "" || h.Get("Forwarded") != "" || h.Get("Via") != "" || h.Get("X-Real-Ip") != ""
	cfg := c.server.cfg
	return !cfg.HTTPS && len(cfg.Proxies) == 0 && !forwarded && c.address().IsLoopback(), nil
}

// health answers GET /healthz: 200 "ok" when the database answers.
func (s *Server) health(c *Context) error {
	ctx, cancel := context.WithTimeout(c.ctx, 2*time.Second)
	defer cancel()
	err := s.cfg.DB.Read(ctx, func(tx *db.Tx) error {
		var one int
		return tx.Row(`SELECT 1`).Scan(&one)
	})
	if err != nil {
		return fault.New(fault.Unavailable, "web.error.unavailable").Because(err)
	}
	return c.Bytes("text/plain; charset=utf-8", []byte("ok\n"))
}

// robots answers GET /robots.txt. A demo is not to be found by searching.
func (s *Server) robots(c *Context) error {
	text := "User-agent: *\nDisallow: /sign-in\nDisallow: /language/\nDisallow: /live\nDisallow: /continue\n"
	if s.cfg.Demo {
		text = "User-agent: *\nDisallow: /\n"
	}
	return c.Bytes("text/plain; charset=utf-8", []byte(text))
}

// limit counts one more of the rate's action for the subject.
func (s *Server) limit(ctx context.Context, r Rate, subject string) error {
	wait, err := s.limiter.Hit(ctx, r, subject)
	if err != nil || wait <= 0 {
		return err
	}
	minutes := int64((wait + time.Minute - 1) / time.Minute)
	return &tooOften{fault.New(fault.Unavailable, "web.error.rate", "count", minutes), wait}
}
