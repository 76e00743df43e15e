// Package webtest drives a web.Server the way readers do: over HTTP, with
// cookies, by the links and forms of the pages.
//
//	site := webtest.Start(t, webtest.Setup{DB: d, Routes: map[string][]web.Route{"places": routes}})
//	clerk := site.Client(t).SignIn(clerkID)
//	page := clerk.Get("/places")
//	done := clerk.Submit(page.Form("/places/1"), "people", "20")
package webtest

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// Setup is what a test wants of a Site. DB needs the tables of web.Migrations.
type Setup struct {
	DB       *db.DB
	Routes   map[string][]web.Route // by module
	Messages []i18n.Source          // those of web are there
	Viewers  map[db.ID]web.Viewer   // who exists, unless Config sets Identify
	Config   func(*web.Config)      // last word on the configuration; nil = none
	Server   func(*web.Server)      // registers more (an API); nil = none
}

// Site is a running server.
type Site struct {
	Server *web.Server
	URL    string
	DB     *db.DB
	log    *syncBuffer
}

// Start runs a server until the test ends. Nothing limits its rates unless
// Config says so.
func Start(t testing.TB, s Setup) *Site {
	t.Helper()
	site := &Site{DB: s.DB, log: new(syncBuffer)}
	cfg := web.Config{
		DB: s.DB, Catalog: i18n.NewCatalog(append(slices.Clip(s.Messages), web.Messages())...), General: web.Rate{Times: -1},
		Shell: bareShell, ErrorPage: bareError, DraftPage: bareDraft,
		Log: slog.New(slog.NewTextHandler(site.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Identify: func(_ context.Context, _ *db.Tx, person db.ID) (web.Viewer, error) {
			v, ok := s.Viewers[person]
			if !ok {
				return v, fault.New(fault.NotFound, "web.error.not_found")
			}
			return v, nil
		},
	}
	if s.Config != nil {
		s.Config(&cfg)
	}
	site.Server = web.New(cfg)
	for _, name := range slices.Sorted(maps.Keys(s.Routes)) {
		site.Server.Handle(name, s.Routes[name])
	}
	if s.Server != nil {
		s.Server(site.Server)
	}
	hs := httptest.NewServer(site.Server)
	t.Cleanup(hs.Close)
	site.URL = hs.URL
	return site
}

// Log returns what the server has logged so far.
func (s *Site) Log() string { return s.log.String() }

// Client is one browser. It fails its test when a request cannot be sent.
type Client struct {
	Site   *Site
	Header http.Header // sent with every request: Accept-Language, Accept
	t      testing.TB
	http   *http.Client
}

// Client returns a new browser without cookies, which reads Japanese.
func (s *Site) Client(t testing.TB) *Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Client{
		Site: s, t: t,
		Header: http.Header{"Accept-Language": {"ja"}, "Accept": {"text/html,*/*;q=0.8"}},
		http: &http.Client{
			Jar:           jar,
			Transport:     &http.Transport{DisableCompression: true},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// SignIn makes the browser the person's, and returns it.
func (c *Client) SignIn(person db.ID) *Client {
	c.t.Helper()
	cookie, err := c.Site.Server.NewSession(c.t.Context(), person)
	if err != nil {
		c.t.Fatal(err)
	}
	c.Cookies(cookie)
	return c
}

// Speak makes the browser ask for the language, and returns it.
func (c *Client) Speak(lang i18n.Lang) *Client {
	c.Header.Set("Accept-Language", lang.Tag().String())
	return c
}

// Cookies puts cookies into the browser's jar; it is reached over http, so none
// of them is secure.
func (c *Client) Cookies(cookies ...*http.Cookie) {
	for _, ck := range cookies {
		ck.Secure = false
	}
	c.http.Jar.SetCookies(c.at("/"), cookies)
}

// Cookie returns the value of a cookie in the jar, "" when there is none.
func (c *Client) Cookie(name string) string {
	for _, ck := range c.http.Jar.Cookies(c.at("/")) {
		if ck.Name == name {
			return ck.Value
		}
	}
	return ""
}

func (c *Client) at(path string) *url.URL {
	c.t.Helper()
	base, err := url.Parse(c.Site.URL)
	if err != nil {
		c.t.Fatal(err)
	}
	u, err := base.Parse(path)
	if err != nil {
		c.t.Fatal(err)
	}
	return u
}

// Get asks for a path. Redirects are not followed: see Follow.
func (c *Client) Get(path string) *Page {
	c.t.Helper()
	return c.Do(http.MethodGet, path, "", nil)
}

// Post sends a form.
func (c *Client) Post(path string, form url.Values) *Page {
	c.t.Helper()
	return c.Do(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// Do sends any request, as from a page of the site itself.
func (c *Client) Do(method, path, contentType string, body io.Reader) *Page {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.at(path).String(), body)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header = c.Header.Clone()
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return c.Send(req)
}

// Send sends a request as it is, with the browser's cookies.
func (c *Client) Send(req *http.Request) *Page {
	c.t.Helper()
	resp, err := c.http.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return &Page{Status: resp.StatusCode, Header: resp.Header, Body: b, Path: req.URL.RequestURI(), t: c.t}
}

// Follow follows redirects from the page until there is one that is none.
func (c *Client) Follow(p *Page) *Page {
	c.t.Helper()
	const most = 10
	for range most {
		if p.Status < 300 || p.Status >= 400 || p.Location() == "" {
			return p
		}
		p = c.Get(p.Location())
	}
	c.t.Fatalf("more than %d redirects, the last to %s", most, p.Location())
	return nil
}

// Submit sends a form of a page as its first button does, with some fields
// changed: names and values in turn.
func (c *Client) Submit(f *Form, changes ...string) *Page {
	c.t.Helper()
	values := maps.Clone(f.Values)
	for i := 0; i+1 < len(changes); i += 2 {
		values[changes[i]] = []string{changes[i+1]}
	}
	if f.Method == http.MethodGet {
		return c.Get(f.Action + "?" + values.Encode())
	}
	return c.Post(f.Action, values)
}

// syncBuffer is a buffer that the server and the test share.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
