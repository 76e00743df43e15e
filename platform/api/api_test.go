package api_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kakehashi/platform/api"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
	"kakehashi/platform/web/webtest"
)

const (
	lan    db.ID = 101
	tanaka db.ID = 102
)

type room struct {
	ID    db.ID `json:"id"`
	Seats int64 `json:"seats" minimum:"1"`
}

type oneRoom struct{ Body room }

func operations(a *api.API) {
	api.Register(a, web.Public(), huma.Operation{OperationID: "list-rooms", Method: http.MethodGet, Path: "/rooms"},
		func(ctx context.Context, in *struct{ api.Paged }) (*api.Page[room], error) {
			keys, err := in.Keys(1)
			if err != nil {
				return nil, err
			}
			first := db.ID(1)
			if len(keys) > 0 {
				if first, err = db.ParseID(keys[0]); err != nil {
					return nil, err
				}
				first++
			}
			var items []room
			for id := first; id <= 5 && len(items) < in.Limit; id++ {
				items = append(items, room{ID: id, Seats: 20})
			}
			next := ""
			if last := items[len(items)-1].ID; last < 5 {
				next = api.Cursor(last.String())
			}
			return api.NewPage(ctx, items, next), nil
		})
	api.Register(a, web.Public(), huma.Operation{OperationID: "get-room", Method: http.MethodGet, Path: "/rooms/{id}"},
		func(_ context.Context, in *struct {
			ID api.ID `path:"id"`
		}) (*oneRoom, error) {
			switch in.ID.ID {
			case 7:
				return nil, fault.New(fault.Conflict, "web.error.conflict")
			case 8:
				return nil, errors.New("inner detail 42")
			case 9:
				panic("inner detail 42")
			}
			return &oneRoom{room{ID: in.ID.ID, Seats: 1}}, nil
		})
	api.Register(a, web.SignedIn(), huma.Operation{OperationID: "add-room", Method: http.MethodPost, Path: "/rooms", DefaultStatus: 201, MaxBodyBytes: 1024},
		func(ctx context.Context, in *struct{ Body room }) (*oneRoom, error) {
			c := web.From(ctx)
			if c.Actor().Via != "api" || c.Actor().Person != lan {
				return nil, fault.New(fault.Denied, "web.error.denied")
			}
			return &oneRoom{in.Body}, nil
		})
	api.Register(a, web.Holding(web.RoleClerk), huma.Operation{OperationID: "drop-room", Method: http.MethodDelete, Path: "/rooms/{id}"},
		func(context.Context, *struct {
			ID api.ID `path:"id"`
		}) (*struct{}, error) {
			return nil, nil
		})
}

func start(t *testing.T) *webtest.Site {
	t.Helper()
	d := dbtest.Open(t, db.SQLite, []db.Migrations{web.Migrations()})
	grants := map[[32]byte]web.Grant{
		sha256.Sum256([]byte("lan-reads")):     {Person: lan, Scopes: []string{api.ScopeRead}},
		sha256.Sum256([]byte("lan-writes")):    {Person: lan, Scopes: []string{api.ScopeRead, api.ScopeWrite}},
		sha256.Sum256([]byte("tanaka-writes")): {Person: tanaka, Scopes: []string{api.ScopeWrite}},
	}
	return webtest.Start(t, webtest.Setup{
		DB: d,
		Viewers: map[db.ID]web.Viewer{
			lan:    {Name: "Lan", Lang: i18n.Vi},
			tanaka: {Name: "田中", Posts: []web.Post{{Role: web.RoleClerk}}},
		},
		Config: func(c *web.Config) {
			c.Token = func(_ context.Context, _ *db.Tx, hash []byte) (web.Grant, error) {
				g, ok := grants[[32]byte(hash)]
				if !ok {
					return g, fault.New(fault.NotFound, "web.error.not_found")
				}
				return g, nil
			}
		},
		Server: func(s *web.Server) {
			operations(api.New(s, api.Config{Title: "Test", Version: "1", Rate: web.Rate{Times: 40, Per: time.Hour}}))
		},
	})
}

func client(t *testing.T, site *webtest.Site, token string) *webtest.Client {
	c := site.Client(t)
	c.Header = http.Header{"Accept-Language": {"en"}}
	if token != "" {
		c.Header.Set("Authorization", "Bearer "+token)
	}
	return c
}

func send(c *webtest.Client, method, path, body string) *webtest.Page {
	return c.Do(method, "/api/v1"+path, "application/json", strings.NewReader(body))
}

func TestAccess_ByTokenScopeAndPost(t *testing.T) {
	site := start(t)
	body := `{"id":"` + db.ID(1).String() + `","seats":3}`
	one := "/rooms/" + db.ID(1).String()
	for _, tt := range []struct {
		token, method, path, body string
		want                      int
	}{
		{"", "GET", "/rooms", "", 200},
		{"", "POST", "/rooms", body, 401},
		{"guess", "POST", "/rooms", body, 401},
		{"guess", "GET", "/rooms", "", 401},
		{"lan-reads", "GET", "/rooms", "", 200},
		{"lan-reads", "POST", "/rooms", body, 403},
		{"lan-writes", "POST", "/rooms", body, 201},
		{"lan-writes", "DELETE", one, "", 403},
		{"tanaka-writes", "DELETE", one, "", 204},
		{"tanaka-writes", "GET", "/rooms", "", 403},
	} {
		p := send(client(t, site, tt.token), tt.method, tt.path, tt.body)
		if p.Status != tt.want {
			t.Errorf("%s %s with %q = %d, want %d: %s", tt.method, tt.path, tt.token, p.Status, tt.want, p.Body)
		}
		if tt.want >= 400 {
			if d := p.Problem(); d.Status != tt.want || d.Title == "" {
				t.Errorf("%s %s with %q: %+v", tt.method, tt.path, tt.token, d)
			}
		}
		if challenge := p.Header.Get("WWW-Authenticate"); (tt.want == 401) != (challenge == "Bearer") {
			t.Errorf("%s %s with %q: WWW-Authenticate %q", tt.method, tt.path, tt.token, challenge)
		}
	}
	// A session serves as well, and a token is nothing outside the API.
	c := client(t, site, "").SignIn(lan)
	send(c, "POST", "/rooms", body).Want(201)
	req, err := http.NewRequest("POST", site.URL+"/api/v1/rooms", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	c.Send(req).Want(403)
}

func TestErrors_AreProblemsInTheLanguageAskedFor(t *testing.T) {
	site := start(t)
	at := func(id db.ID) string { return "/rooms/" + id.String() }
	for _, tt := range []struct {
		path, lang, kind, says string
		status                 int
	}{
		{at(7), "en", "conflict", "Someone else changed this first.", 409},
		{at(7), "ko", "conflict", "다른 분이 먼저 변경했습니다.", 409},
		{at(8), "en", "internal", "Something went wrong on our side.", 500},
		{at(9), "en", "internal", "Something went wrong on our side.", 500},
		{"/rooms/no-id!", "en", "not_found", "We can't find that page.", 404},
		{"/nothing", "ne", "not_found", "यो पृष्ठ भेटिएन।", 404},
		{"/rooms?limit=1000", "tr", "invalid", "Girdiklerinizde düzeltilmesi gereken yerler var.", 422},
		{"/rooms?after=x!", "en", "invalid", "Some of what you entered needs another look.", 422},
	} {
		c := client(t, site, "")
		c.Header.Set("Accept-Language", tt.lang)
		p := send(c, "GET", tt.path, "").Want(tt.status).Lacks("inner detail")
		if d := p.Problem(); d.Title != tt.says || d.Kind != tt.kind {
			t.Errorf("%s in %s: %+v", tt.path, tt.lang, d)
		}
	}
	// Lan reads Vietnamese, but this client of hers asks for English.
	c := client(t, site, "lan-writes")
	d := send(c, "POST", "/rooms", `{"id":"`+db.ID(1).String()+`","seats":0}`).Want(422).Problem()
	if len(d.Errors) != 1 || d.Errors[0].Field != "seats" || !strings.HasPrefix(d.Errors[0].Detail, "This value can't be used (") {
		t.Errorf("problem: %+v", d)
	}
	c.Header.Del("Accept-Language")
	if d := send(c, "GET", at(7), "").Want(409).Problem(); d.Title != "Người khác đã thay đổi trước." {
		t.Errorf("without Accept-Language: %+v", d)
	}
	for body, status := range map[string]int{"": 400, "{": 400, `{"id":"` + strings.Repeat("x", 2000) + `"}`: 413} {
		if d := send(c, "POST", "/rooms", body).Want(status).Problem(); d.Kind != "invalid" {
			t.Errorf("%.10q: %+v", body, d)
		}
	}
	if !strings.Contains(site.Log(), "inner detail 42") {
		t.Error("the log lacks the inner detail")
	}
}

func TestPage_WalksTheList(t *testing.T) {
	site := start(t)
	c := client(t, site, "")
	var ids []string
	path := "/rooms?limit=2"
	for path != "" {
		var body api.PageBody[room]
		p := send(c, "GET", path, "").Want(200).JSON(&body)
		for _, r := range body.Items {
			ids = append(ids, r.ID.String())
		}
		link := p.Header.Get("Link")
		if (body.Next == "") != (link == "") {
			t.Fatalf("next %q, Link %q", body.Next, link)
		}
		path = ""
		if target, _, ok := strings.Cut(strings.TrimPrefix(link, "</api/v1"), `>; rel="next"`); ok {
			path = target
		}
	}
	want := []string{db.ID(1).String(), db.ID(2).String(), db.ID(3).String(), db.ID(4).String(), db.ID(5).String()}
	if !slices.Equal(ids, want) {
		t.Errorf("walked %v", ids)
	}
}

func TestDocument_IsOpenAPI31(t *testing.T) {
	site := start(t)
	var doc struct {
		OpenAPI string `json:"openapi"`
		Servers []struct{ URL string }
		Paths   map[string]map[string]struct {
			Access    string                `json:"x-access"`
			Security  []map[string][]string `json:"security"`
			Responses map[string]struct {
				Content map[string]any `json:"content"`
			} `json:"responses"`
			Parameters []struct {
				Name   string
				Schema struct{ Type string }
			} `json:"parameters"`
		} `json:"paths"`
	}
	p := client(t, site, "").Get("/api/v1/openapi.json").Want(200).JSON(&doc)
	if strings.Contains(string(p.Body), "http://") || strings.Contains(string(p.Body), "https://") {
		t.Errorf("the document names an address elsewhere: %s", p.Body)
	}
	if doc.OpenAPI != "3.1.0" || len(doc.Servers) != 1 || doc.Servers[0].URL != "/api/v1" {
		t.Errorf("document: %+v", doc)
	}
	drop := doc.Paths["/rooms/{id}"]["delete"]
	if drop.Access != "holding(clerk)" || len(drop.Security) != 2 || drop.Parameters[0].Schema.Type != "string" {
		t.Errorf("delete: %+v", drop)
	}
	list := doc.Paths["/rooms"]["get"]
	if list.Access != "public" || len(list.Security) != 0 {
		t.Errorf("list: %+v", list)
	}
	if list.Responses["default"].Content["application/problem+json"] == nil {
		t.Errorf("responses: %+v", list.Responses)
	}
}

func TestRate_OfAnAccount(t *testing.T) {
	site := start(t)
	c := client(t, site, "lan-reads")
	for range 40 {
		send(c, "GET", "/rooms", "").Want(200)
	}
	p := send(c, "GET", "/rooms", "").Want(429)
	if p.Problem().Kind != "unavailable" || p.Header.Get("Retry-After") == "" {
		t.Errorf("refused with %+v", p.Problem())
	}
	send(client(t, site, ""), "GET", "/rooms", "").Want(200)
}

func TestRegister_RefusesABareIDAsParameter(t *testing.T) {
	d := dbtest.Open(t, db.SQLite, []db.Migrations{web.Migrations()})
	defer func() {
		if recover() == nil {
			t.Error("it was registered")
		}
	}()
	webtest.Start(t, webtest.Setup{DB: d, Server: func(s *web.Server) {
		api.Register(api.New(s, api.Config{}), web.Public(), huma.Operation{OperationID: "x", Method: http.MethodGet, Path: "/x"},
			func(context.Context, *struct {
				ID db.ID `query:"id"`
			}) (*struct{}, error) {
				return nil, nil
			})
	}})
}
