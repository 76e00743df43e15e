package web_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
	"kakehashi/platform/web/webtest"
)

// The people of these tests.
const (
	lan    db.ID = 101 // a resident who reads Vietnamese
	tanaka db.ID = 102 // a clerk
	other  db.ID = 103 // somebody else
	root   db.ID = 104 // the operator
)

func viewers() map[db.ID]web.Viewer {
	return map[db.ID]web.Viewer{
		lan:    {Name: "Lan", Lang: i18n.Vi},
		tanaka: {Name: "田中", Posts: []web.Post{{Role: web.RoleClerk, Scope: web.Scope{Kind: "office", ID: 1}}}},
		other:  {Name: "Other"},
		root:   {Name: "Root", Posts: []web.Post{{Role: web.RoleOperator, Scope: web.Scope{Kind: "city"}}}},
	}
}

func openDB(t testing.TB) *db.DB {
	t.Helper()
	return dbtest.Open(t, db.SQLite, []db.Migrations{web.Migrations()})
}

func say(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, "<p>"+templ.EscapeString(text)+"</p>")
		return err
	})
}

func page(text string) web.Handler {
	return func(c *web.Context) error { return c.Page(web.Meta{Title: text}, say(text)) }
}

func start(t testing.TB, d *db.DB, routes []web.Route, change func(*web.Config)) *webtest.Site {
	t.Helper()
	return webtest.Start(t, webtest.Setup{DB: d, Routes: map[string][]web.Route{"test": routes}, Viewers: viewers(), Config: change})
}

func TestAccess_IsDecidedBeforeTheHandler(t *testing.T) {
	mine := web.Concerned("thing.mine", func(c *web.Context) (bool, error) {
		return c.Path("id") == "mine" && c.Viewer.Person == lan, nil
	})
	link := web.ByLink("thing.link", func(c *web.Context) (bool, error) { return c.Path("id") == "secret", nil })
	broken := web.Concerned("thing.broken", func(*web.Context) (bool, error) { return false, errors.New("no answer") })
	site := start(t, openDB(t), []web.Route{
		{Pattern: "GET /public", Access: web.Public(), Handle: page("in")},
		{Pattern: "GET /signed", Access: web.SignedIn(), Handle: page("in")},
		{Pattern: "GET /clerk", Access: web.Holding(web.RoleClerk, web.RoleBridge), Handle: page("in")},
		{Pattern: "GET /mine/{id}", Access: mine, Handle: page("in")},
		{Pattern: "GET /shown/{id}", Access: mine.Shown(), Handle: page("in")},
		{Pattern: "GET /link/{id}", Access: link, Handle: page("in")},
		{Pattern: "GET /either/{id}", Access: web.AnyOf(web.Holding(web.RoleClerk), mine), Handle: page("in")},
		{Pattern: "GET /linked/{id}", Access: web.AnyOf(link, mine), Handle: page("in")},
		{Pattern: "GET /demo", Access: web.DemoOnly(), Handle: page("in")},
		{Pattern: "GET /broken", Access: broken, Handle: page("in")},
	}, nil)
	for _, tt := range []struct {
		path                       string
		anonymous, resident, clerk int
	}{
		{"/public", 200, 200, 200},
		{"/signed", 303, 200, 200},
		{"/clerk", 303, 403, 200},
		{"/mine/mine", 303, 200, 404},
		{"/mine/other", 303, 404, 404},
		{"/shown/mine", 303, 200, 403},
		{"/link/secret", 200, 200, 200},
		{"/link/guess", 404, 404, 404},
		{"/either/mine", 303, 200, 200},
		{"/either/other", 303, 404, 200},
		{"/linked/secret", 200, 200, 200},
		{"/linked/mine", 303, 200, 404},
		{"/demo", 404, 404, 404},
		{"/broken", 303, 500, 500},
		{"/nothing", 404, 404, 404},
	} {
		for _, who := range []struct {
			person db.ID
			want   int
		}{{0, tt.anonymous}, {lan, tt.resident}, {tanaka, tt.clerk}} {
			c := site.Client(t)
			if who.person != 0 {
				c.SignIn(who.person)
			}
			p := c.Get(tt.path)
			if p.Status != who.want {
				t.Errorf("%s as %d = %d, want %d", tt.path, who.person, p.Status, who.want)
			}
			if in := strings.Contains(string(p.Body), "<p>in</p>"); in != (who.want == 200) {
				t.Errorf("%s as %d: the handler ran: %v", tt.path, who.person, in)
			}
			if p.Status == 303 && p.Location() != "/sign-in?next="+url.QueryEscape(tt.path) {
				t.Errorf("%s leads to %q", tt.path, p.Location())
			}
			// The same for a client that wants JSON.
			c.Header.Set("Accept", "application/json")
			want := who.want
			if want == 303 {
				want = 401
			}
			p = c.Get(tt.path)
			if p.Status != want {
				t.Errorf("%s as %d, JSON = %d, want %d", tt.path, who.person, p.Status, want)
			}
			if want != 200 && p.Problem().Status != want {
				t.Errorf("%s as %d: problem %+v", tt.path, who.person, p.Problem())
			}
		}
	}
}

func TestDemoOnly_InDemo(t *testing.T) {
	site := start(t, openDB(t), []web.Route{{Pattern: "GET /demo", Access: web.DemoOnly(), Handle: page("in")}},
		func(c *web.Config) { c.Demo = true })
	site.Client(t).Get("/demo").Want(200)
}

func TestHandle_RefusesAtStart(t *testing.T) {
	ok := page("x")
	check := func(*web.Context) (bool, error) { return true, nil }
	for name, r := range map[string]web.Route{
		"no access":           {Pattern: "GET /x", Handle: ok},
		"no handler":          {Pattern: "GET /x", Access: web.Public()},
		"no method":           {Pattern: "/x", Access: web.Public(), Handle: ok},
		"no role":             {Pattern: "GET /x", Access: web.Holding(), Handle: ok},
		"no name":             {Pattern: "GET /x", Access: web.Concerned("", check), Handle: ok},
		"no check":            {Pattern: "GET /x", Access: web.ByLink("x", nil), Handle: ok},
		"empty alternatives":  {Pattern: "GET /x", Access: web.AnyOf(), Handle: ok},
		"undeclared in any":   {Pattern: "GET /x", Access: web.AnyOf(web.Public(), web.Access{}), Handle: ok},
		"cached, not public":  {Pattern: "GET /x", Access: web.SignedIn(), Handle: ok, Cached: []string{"x"}},
		"cached, not reading": {Pattern: "POST /x", Access: web.Public(), Handle: ok, Cached: []string{"x"}},
		"rate without time":   {Pattern: "GET /x", Access: web.Public(), Handle: ok, Rate: web.Rate{Times: 1}},
		"taken":               {Pattern: "GET /healthz", Access: web.Public(), Handle: ok},
	} {
		t.Run(name, func(t *testing.T) {
			site := start(t, openDB(t), nil, nil)
			defer func() {
				if recover() == nil {
					t.Errorf("%q was registered", r.Pattern)
				}
			}()
			site.Server.Handle("test", []web.Route{r})
		})
	}
}

func TestRoutes_ListsEveryAccess(t *testing.T) {
	site := start(t, openDB(t), []web.Route{{
		Pattern: "GET /x/{id}", Handle: page("x"),
		Access: web.AnyOf(web.Holding(web.RoleClerk), web.Concerned("x.mine", func(*web.Context) (bool, error) { return false, nil })),
	}}, nil)
	found := false
	for _, r := range site.Server.Routes() {
		if r.Access.String() == "none" {
			t.Errorf("%s has no access", r.Pattern)
		}
		if r.Module == "test" && r.Method == "GET" && r.Path == "/x/{id}" {
			found = r.Access.String() == "any(holding(clerk), concerned(x.mine))"
		}
	}
	if !found {
		t.Error("the route of the test is missing, or its access reads otherwise")
	}
}

func TestHeaders_OnEveryReply(t *testing.T) {
	site := start(t, openDB(t), []web.Route{
		{Pattern: "GET /page", Access: web.Public(), Handle: page("x")},
		{Pattern: "GET /cached", Access: web.Public(), Handle: page("x"), Cached: []string{"x"}},
		{Pattern: "GET /panic", Access: web.Public(), Handle: func(*web.Context) error { panic("no") }},
	}, func(c *web.Config) { c.HTTPS = true })
	for _, path := range []string{"/page", "/cached", "/cached", "/panic", "/nothing", "/healthz", "/robots.txt", "/language/vi"} {
		p := site.Client(t).Get(path)
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; " +
				"connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "same-origin",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Strict-Transport-Security":    "max-age=31536000; includeSubDomains",
		} {
			if got := p.Header.Get(name); got != want {
				t.Errorf("%s: %s = %q, want %q", path, name, got, want)
			}
		}
		if p.Header.Get("Permissions-Policy") == "" {
			t.Errorf("%s has no Permissions-Policy", path)
		}
		for _, ck := range (&http.Response{Header: p.Header}).Cookies() {
			if !strings.HasPrefix(ck.Name, "__Host-") || !ck.Secure || !ck.HttpOnly || ck.SameSite != http.SameSiteLaxMode || ck.Path != "/" || ck.Domain != "" {
				t.Errorf("%s sets the cookie %s", path, ck)
			}
		}
	}
}

func TestCrossOrigin_IsRefused(t *testing.T) {
	site := start(t, openDB(t), []web.Route{{Pattern: "POST /x", Access: web.SignedIn(), Handle: page("done")}}, nil)
	c := site.Client(t).SignIn(tanaka)
	c.Post("/x", nil).Want(200)
	for name, header := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
		req, err := http.NewRequest(http.MethodPost, site.URL+"/x", strings.NewReader("a=b"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set(name, header)
		req.Header.Set("Accept-Language", "en")
		c.Send(req).Want(403).Has("This was sent from another site", "Nothing has been changed")
	}
}

func TestErrors_InEveryKindAndLanguage(t *testing.T) {
	kinds := map[fault.Kind]int{
		fault.Invalid: 422, fault.NotFound: 404, fault.Denied: 403, fault.Conflict: 409, fault.Unavailable: 503, fault.Internal: 500,
	}
	var routes []web.Route
	for kind := range kinds {
		key := map[fault.Kind]string{
			fault.Invalid: "web.error.fields", fault.NotFound: "web.error.not_found", fault.Denied: "web.error.denied",
			fault.Conflict: "web.error.conflict", fault.Unavailable: "web.error.unavailable", fault.Internal: "web.error.internal",
		}[kind]
		routes = append(routes, web.Route{Pattern: "POST /" + kind.String(), Access: web.Public(), Handle: func(*web.Context) error {
			return fmt.Errorf("doing: %w", fault.New(kind, key).Because(errors.New("the secret inside")))
		}})
	}
	site := start(t, openDB(t), routes, nil)
	said := map[string]string{}
	for kind, status := range kinds {
		for _, lang := range i18n.Langs {
			c := site.Client(t).Speak(lang)
			p := c.Post("/"+kind.String(), nil).Want(status).Lacks("secret", "⟦")
			if h := p.Header.Get("Cache-Control"); h != "private, no-store" {
				t.Errorf("%v: Cache-Control %q", kind, h)
			}
			// Three parts: what happened, what was kept, what to do.
			if n := strings.Count(string(p.Body), "<p>") + strings.Count(string(p.Body), "<h1>"); n != 3 || strings.Contains(string(p.Body), "<p></p>") {
				t.Errorf("%v in %s has %d parts: %s", kind, lang, n, p.Text())
			}
			if was := said[p.Text()]; was != "" {
				t.Errorf("%v in %s says the same as %s: %s", kind, lang, was, p.Text())
			}
			said[p.Text()] = fmt.Sprintf("%v in %s", kind, lang)
			c.Header.Set("Accept", "application/json")
			d := c.Post("/"+kind.String(), nil).Want(status).Lacks("secret").Problem()
			if d.Kind != kind.String() || d.Status != status || !strings.HasPrefix(d.Type, "urn:kakehashi:problem:web.error.") || d.Title == "" || d.Detail == "" {
				t.Errorf("%v in %s: %+v", kind, lang, d)
			}
		}
	}
}

func TestInternal_HasANumberThatTheLogKnows(t *testing.T) {
	site := start(t, openDB(t), []web.Route{
		{Pattern: "GET /error", Access: web.Public(), Handle: func(*web.Context) error { return errors.New("inner detail 42") }},
		{Pattern: "GET /panic", Access: web.Public(), Handle: func(*web.Context) error { panic("inner detail 42") }},
	}, nil)
	c := site.Client(t)
	c.Header.Set("Accept", "application/json")
	for _, path := range []string{"/error", "/panic"} {
		p := c.Get(path).Want(500).Lacks("inner detail")
		d := p.Problem()
		if len(d.Number) != 6 || !strings.Contains(d.Detail, d.Number) {
			t.Errorf("%s: number %q, detail %q", path, d.Number, d.Detail)
		}
		if log := site.Log(); !strings.Contains(log, "number="+d.Number) || !strings.Contains(log, "inner detail 42") {
			t.Errorf("%s: the log does not know %s:\n%s", path, d.Number, log)
		}
	}
}

func TestMethod_TheMuxDoesNotKnow(t *testing.T) {
	site := start(t, openDB(t), []web.Route{{Pattern: "POST /only", Access: web.Public(), Handle: page("x")}}, nil)
	p := site.Client(t).Get("/only").Want(405).Has("その開き方では")
	if p.Header.Get("Allow") != "POST" {
		t.Errorf("Allow = %q", p.Header.Get("Allow"))
	}
	if got := site.Client(t).Get("/a//b"); got.Status >= 300 && got.Status < 400 && !strings.HasPrefix(got.Location(), "/") {
		t.Errorf("cleaned to %q", got.Location())
	}
}

func TestLog_HoldsNoPersonalData(t *testing.T) {
	site := start(t, openDB(t), []web.Route{{Pattern: "GET /people/{name}", Access: web.Public(), Handle: page("x")}}, nil)
	c := site.Client(t).SignIn(lan)
	c.Get("/people/Nguyen?mail=lan@example.jp").Want(200)
	log := site.Log()
	for _, secret := range []string{"Nguyen", "lan@example", "127.0.0.1", c.Cookie("kakehashi")} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q:\n%s", secret, log)
		}
	}
	if !strings.Contains(log, `route="GET /people/{name}"`) {
		t.Errorf("the log lacks the route:\n%s", log)
	}
}
