package web_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
	"kakehashi/platform/web/webtest"
)

var longText = strings.Repeat("会議室を借りる。", 400)

func touch(t testing.TB, d *db.DB, topic string) {
	t.Helper()
	if err := d.Write(context.Background(), db.System, func(tx *db.Tx) error { tx.Touch(topic); return nil }); err != nil {
		t.Fatal(err)
	}
}

func unpack(t *testing.T, p *webtest.Page) string {
	t.Helper()
	var r io.Reader = bytes.NewReader(p.Body)
	switch p.Header.Get("Content-Encoding") {
	case "gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		r = z
	case "zstd":
		z, err := zstd.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		r = z
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestCoding_IsNegotiated(t *testing.T) {
	site := start(t, openDB(t), []web.Route{
		{Pattern: "GET /long", Access: web.Public(), Handle: page(longText)},
		{Pattern: "GET /kept", Access: web.Public(), Handle: page(longText), Cached: []string{"x"}},
		{Pattern: "GET /short", Access: web.Public(), Handle: page("x")},
		{Pattern: "GET /image", Access: web.Public(), Handle: func(c *web.Context) error { return c.Bytes("image/png", []byte(longText)) }},
		{Pattern: "GET /file", Access: web.Public(), Handle: func(c *web.Context) error {
			return c.Download("一覧.csv", "text/csv; charset=utf-8", func(w io.Writer) error {
				_, err := io.WriteString(w, strings.Repeat(longText, 10))
				return err
			})
		}},
	}, nil)
	for _, tt := range []struct{ path, accept, want string }{
		{"/long", "gzip, deflate, br, zstd", "zstd"},
		{"/long", "gzip;q=1, zstd;q=0.2", "gzip"},
		{"/long", "gzip;q=0", ""},
		{"/long", "", ""},
		{"/kept", "gzip, zstd", "zstd"},
		{"/kept", "gzip", "gzip"},
		{"/kept", "br", ""},
		{"/short", "gzip", ""},
		{"/image", "gzip", ""},
		{"/file", "gzip, zstd", "gzip"},
		{"/file", "zstd", ""},
	} {
		c := site.Client(t)
		c.Header.Set("Accept-Encoding", tt.accept)
		p := c.Get(tt.path).Want(200)
		if got := p.Header.Get("Content-Encoding"); got != tt.want {
			t.Errorf("%s for %q is %q, want %q", tt.path, tt.accept, got, tt.want)
		}
		if !strings.Contains(p.Header.Get("Vary"), "Accept-Encoding") {
			t.Errorf("%s: Vary = %q", tt.path, p.Header.Get("Vary"))
		}
		if tt.path != "/short" && !strings.Contains(unpack(t, p), longText) {
			t.Errorf("%s for %q does not read back", tt.path, tt.accept)
		}
	}
}

func TestDownload_FailureBeforeAndAfterTheStart(t *testing.T) {
	site := start(t, openDB(t), []web.Route{
		{Pattern: "GET /early", Access: web.Public(), Handle: func(c *web.Context) error {
			return c.Download("a.csv", "text/csv", func(io.Writer) error { return io.ErrUnexpectedEOF })
		}},
		{Pattern: "GET /late", Access: web.Public(), Handle: func(c *web.Context) error {
			return c.Download("a.bin", "application/octet-stream", func(w io.Writer) error {
				if _, err := w.Write(make([]byte, 200<<10)); err != nil {
					return err
				}
				return io.ErrUnexpectedEOF
			})
		}},
	}, nil)
	p := site.Client(t).Get("/early").Want(500).Has("こちらの不具合")
	if p.Header.Get("Content-Disposition") != "" {
		t.Error("the error is offered as a file")
	}
	resp, err := http.Get(site.URL + "/late")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err == nil {
		t.Error("half a file looks like a whole one")
	}
}

func TestCached_RenderedOnceALanguageAndVersion(t *testing.T) {
	var renders atomic.Int32
	handle := func(c *web.Context) error {
		renders.Add(1)
		return c.Page(web.Meta{}, say("front "+c.Loc.T("web.error.busy")+c.Query("day")))
	}
	site := start(t, openDB(t), []web.Route{
		{Pattern: "GET /{$}", Access: web.Public(), Handle: handle, Cached: []string{"front"}, Query: []string{"day"}},
	}, nil)
	want := func(n int32, what string) {
		t.Helper()
		if got := renders.Swap(0); got != n {
			t.Errorf("%s: rendered %d times, want %d", what, got, n)
		}
	}
	c := site.Client(t)
	first := c.Get("/").Want(200)
	c.Get("/")
	site.Client(t).Get("/")
	want(1, "one language")
	site.Client(t).Speak(i18n.Vi).Get("/").Has("rất nhiều người")
	want(1, "a second language")
	c.Get("/?day=1")
	c.Get("/?day=1")
	want(1, "a query the page depends on")
	c.Get("/?utm=1")
	c.Get("/?utm=1")
	want(2, "a query it does not depend on")
	c.SignIn(tanaka).Get("/")
	c.Get("/")
	want(2, "signed in")

	anonymous := site.Client(t)
	anonymous.Header.Set("If-None-Match", first.Header.Get("ETag"))
	p := anonymous.Get("/").Want(304)
	if len(p.Body) != 0 || p.Header.Get("ETag") != first.Header.Get("ETag") || p.Header.Get("Content-Security-Policy") == "" {
		t.Errorf("304 with %v and %d bytes", p.Header, len(p.Body))
	}
	want(0, "304")
	touch(t, site.DB, "front")
	anonymous.Get("/").Want(304) // rendered again, the same again
	want(1, "after a touch")
	anonymous.Header.Set("If-None-Match", `"other", W/`+first.Header.Get("ETag"))
	anonymous.Get("/").Want(304)
	anonymous.Header.Set("If-None-Match", `"other"`)
	anonymous.Get("/").Want(200)
	head := anonymous.Do(http.MethodHead, "/", "", nil).Want(200)
	if len(head.Body) != 0 || head.Header.Get("Content-Length") == "0" {
		t.Errorf("HEAD: %v", head.Header)
	}
}

func TestCached_CookieOrErrorIsNotKept(t *testing.T) {
	var renders atomic.Int32
	site := start(t, openDB(t), []web.Route{
		{Pattern: "GET /cookie", Access: web.Public(), Cached: []string{"x"}, Handle: func(c *web.Context) error {
			renders.Add(1)
			if err := c.Remember("x", "own", time.Minute); err != nil {
				return err
			}
			return c.Page(web.Meta{}, say("personal"))
		}},
		{Pattern: "GET /away", Access: web.Public(), Cached: []string{"x"}, Handle: func(c *web.Context) error {
			renders.Add(1)
			return c.Redirect("/cookie")
		}},
		{Pattern: "GET /error", Access: web.Public(), Cached: []string{"x"}, Handle: func(*web.Context) error {
			renders.Add(1)
			return io.ErrUnexpectedEOF
		}},
	}, nil)
	for path, status := range map[string]int{"/cookie": 200, "/away": 303, "/error": 500} {
		renders.Store(0)
		for range 2 {
			site.Client(t).Get(path).Want(status)
		}
		if renders.Load() < 2 {
			t.Errorf("%s was kept", path)
		}
	}
	c := site.Client(t)
	c.Get("/cookie")
	if c.Cookie("kakehashi-keep-x") == "" {
		t.Error("the cookie of a page that cannot be kept is lost")
	}
}

func TestLanguage_ChosenByPersonCookieBrowser(t *testing.T) {
	var saved i18n.Lang
	site := start(t, openDB(t), []web.Route{
		{Pattern: "GET /p", Access: web.Public(), Handle: func(c *web.Context) error {
			return c.Page(web.Meta{}, say(string(c.Loc.Lang())+" "+c.Here()))
		}},
	}, func(c *web.Config) {
		c.SaveLang = func(_ context.Context, actor db.Actor, person db.ID, lang i18n.Lang) error {
			if actor.Person != person {
				t.Errorf("actor %v saves for %v", actor, person)
			}
			saved = lang
			return nil
		}
	})
	c := site.Client(t)
	c.Get("/p").Has("ja ")
	c.Header.Set("Accept-Language", "tr-TR,tr;q=0.9")
	c.Get("/p").Has("tr ")
	p := c.Get("/language/ne?back=" + "%2Fp%3Fa%3D%E4%BC%9A%26b%3D2").Want(303)
	if p.Location() != "/p?a=%E4%BC%9A&b=2" && p.Location() != "/p?a=会&b=2" {
		t.Errorf("back to %q", p.Location())
	}
	c.Follow(p).Has("ne /p?a=")
	c.SignIn(lan).Get("/p").Has("vi ")
	c.Get("/language/ko?back=/p").Want(303)
	if saved != i18n.Ko {
		t.Errorf("saved %q", saved)
	}
	c.Get("/language/xx?back=/p").Want(404)
	for _, back := range []string{"https://evil.example", "//evil.example", `/\evil.example`, ""} {
		if to := c.Get("/language/ja?back=" + back).Location(); to != "/" {
			t.Errorf("back=%q leads to %q", back, to)
		}
	}
}

func TestAids_AreKept(t *testing.T) {
	site := start(t, openDB(t), []web.Route{{Pattern: "GET /p", Access: web.Public(), Cached: []string{"x"}, Handle: func(c *web.Context) error {
		a := c.Aids
		return c.Page(web.Meta{}, say(strings.Join([]string{
			map[bool]string{true: "furigana"}[a.Furigana], map[bool]string{true: "contrast"}[a.Contrast],
			map[bool]string{true: "motion"}[a.Motion], []string{"normal", "large", "largest"}[a.Size]}, ",")))
	}}}, nil)
	c := site.Client(t)
	c.Get("/p").Has(",,,normal")
	c.Post("/aids", map[string][]string{"size": {"2"}, "contrast": {"on"}, "back": {"/p?x=1"}}).Want(303)
	c.Get("/p").Has(",contrast,,largest")
	c.Post("/aids", map[string][]string{"contrast": {"off"}, "motion": {"off", "on"}, "furigana": {"on"}, "size": {"7"}}).Want(303)
	c.Get("/p").Has("furigana,,motion,largest")
	easy := site.Client(t)
	easy.Get("/language/ja-easy?back=/p")
	easy.Get("/p").Has("furigana,,,normal")
	easy.Post("/aids", map[string][]string{"furigana": {"off"}}).Want(303)
	easy.Get("/p").Has(",,,normal").Lacks("furigana")
}

func TestAssets_KeptForEverByTheirHash(t *testing.T) {
	files := fstest.MapFS{"app.css": {Data: []byte(strings.Repeat("body{margin:0}", 200))}, "icons/a.svg": {Data: []byte("<svg/>")}}
	site := start(t, openDB(t), nil, func(c *web.Config) { c.Assets = files })
	at := site.Server.AssetURL("app.css")
	c := site.Client(t)
	c.Header.Set("Accept-Encoding", "gzip")
	p := c.Get(at).Want(200)
	if p.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || p.Header.Get("Content-Encoding") != "gzip" ||
		p.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("headers: %v", p.Header)
	}
	c.Header.Set("If-None-Match", p.Header.Get("ETag"))
	c.Get(at).Want(304)
	c.Header.Del("If-None-Match")
	if p := c.Get("/assets/000000000000/icons/a.svg").Want(200); p.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("an old hash: %v", p.Header)
	}
	c.Get("/assets/000000000000/nothing.css").Want(404)
	if got := site.Server.AssetURL("nothing.css"); got != "nothing.css" {
		t.Errorf("AssetURL of nothing = %q", got)
	}
}

func TestLimit_OfRouteAndStrict(t *testing.T) {
	for _, strict := range []bool{false, true} {
		eachEngine(t, []web.Route{{
			Pattern: "POST /code", Access: web.Public(), Handle: page("sent"),
			Rate: web.Rate{Name: "test.code", Times: 3, Per: time.Hour, Strict: strict},
		}}, func(c *web.Config) { c.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} },
			func(t *testing.T, site *webtest.Site) {
				c := site.Client(t)
				c.Header.Set("X-Forwarded-For", "198.51.100.9, 203.0.113.5")
				for range 3 {
					c.Post("/code", nil).Want(200)
				}
				p := c.Post("/code", nil).Want(429).Has("少し止めています")
				if p.Header.Get("Retry-After") == "" {
					t.Error("no Retry-After")
				}
				c.Header.Set("X-Forwarded-For", "198.51.100.10, 203.0.113.5")
				c.Post("/code", nil).Want(429) // what stands before the proxy's word counts for nothing
				c.Header.Set("X-Forwarded-For", "203.0.113.6")
				c.Post("/code", nil).Want(200)
			})
	}
}

func TestLimit_StrictHoldsAcrossNodesAndAtOnce(t *testing.T) {
	route := web.Route{Pattern: "POST /code", Access: web.Public(), Handle: page("sent"),
		Rate: web.Rate{Name: "test.code", Times: 10, Per: time.Hour, Strict: true}}
	secret := make([]byte, 32)
	eachEngine(t, []web.Route{route}, func(c *web.Config) { c.Secret = secret }, func(t *testing.T, one *webtest.Site) {
		two := start(t, one.DB, []web.Route{route}, func(c *web.Config) { c.Secret = secret })
		var passed atomic.Int32
		var wg sync.WaitGroup
		for i := range 40 {
			site := []*webtest.Site{one, two}[i%2]
			c := site.Client(t)
			wg.Go(func() {
				if c.Post("/code", nil).Status == 200 {
					passed.Add(1)
				}
			})
		}
		wg.Wait()
		if passed.Load() != 10 {
			t.Errorf("%d of 40 passed, want 10", passed.Load())
		}
	})
}

func TestGeneralLimit_AndBusy(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	site := start(t, openDB(t), []web.Route{
		{Pattern: "GET /slow", Access: web.Public(), Handle: func(c *web.Context) error {
			entered <- struct{}{}
			<-release
			return page("done")(c)
		}},
		{Pattern: "GET /p", Access: web.Public(), Handle: page("p")},
	}, func(c *web.Config) {
		c.MaxConcurrent = 1
		c.General = web.Rate{Times: 5, Per: time.Hour}
	})
	done := make(chan *webtest.Page)
	c := site.Client(t)
	go func() { done <- c.Get("/slow") }()
	<-entered
	site.Client(t).Get("/p").Want(503).Has("混み合って")
	close(release)
	(<-done).Want(200)
	for range 4 {
		site.Client(t).Get("/p").Want(200)
	}
	site.Client(t).Get("/p").Want(429)
	site.Client(t).SignIn(lan).Get("/p").Want(200) // an account is counted by itself
}

func TestTimeout_IsToldAsUnavailable(t *testing.T) {
	site := start(t, openDB(t), []web.Route{{Pattern: "GET /slow", Access: web.Public(), Timeout: time.Millisecond,
		Handle: func(c *web.Context) error {
			<-c.Context().Done()
			return context.Cause(c.Context())
		}}}, nil)
	site.Client(t).Get("/slow").Want(503).Has("時間がかかりすぎた")
}

func TestHealthMetricsRobots(t *testing.T) {
	d := openDB(t)
	site := start(t, d, nil, nil)
	c := site.Client(t)
	c.Get("/healthz").Want(200).Has("ok")
	c.Get("/robots.txt").Want(200).Has("Disallow: /sign-in")
	c.Get("/metrics").Want(200).Has("kakehashi_requests_total", "go_goroutines")
	c.Header.Set("X-Forwarded-For", "203.0.113.9")
	c.Get("/metrics").Want(303)
	site.Client(t).Get("/nowhere").Want(404)

	proxied := start(t, d, nil, func(c *web.Config) { c.HTTPS = true })
	proxied.Client(t).Get("/metrics").Want(303)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	c.Header.Del("X-Forwarded-For")
	c.Get("/healthz").Want(503)
}

// serve runs the site's server on a port of its own, as the program does, and
// returns its address, a function that begins the end, and the outcome.
func serve(t *testing.T, site *webtest.Site) (addr string, stop func(), ended <-chan error) {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	out := make(chan error, 1)
	go func() { out <- site.Server.Serve(ctx, ln) }()
	return "http://" + ln.Addr().String(), cancel, out
}

func TestServe_ShutdownFinishesWhatRuns(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	site := start(t, openDB(t), []web.Route{{Pattern: "GET /slow", Access: web.Public(), Handle: func(c *web.Context) error {
		close(entered)
		<-release
		return page("finished")(c)
	}}}, func(c *web.Config) { c.LiveTopics = []string{"a"} })
	addr, stop, ended := serve(t, site)

	live, err := http.Get(addr + "/live?topic=a")
	if err != nil {
		t.Fatal(err)
	}
	defer live.Body.Close()
	type reply struct {
		body string
		err  error
	}
	slow := make(chan reply, 1)
	go func() {
		resp, err := http.Get(addr + "/slow")
		if err != nil {
			slow <- reply{err: err}
			return
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		slow <- reply{string(b), err}
	}()
	<-entered
	stop()
	// The live update ends first, while the slow request still runs.
	if _, err := io.Copy(io.Discard, live.Body); err != nil {
		t.Errorf("the live update broke off: %v", err)
	}
	select {
	case err := <-ended:
		t.Fatalf("the server did not wait: %v", err)
	default:
	}
	close(release)
	if r := <-slow; r.err != nil || !strings.Contains(r.body, "finished") {
		t.Errorf("the slow request got %q, %v", r.body, r.err)
	}
	if err := <-ended; err != nil {
		t.Errorf("Serve = %v", err)
	}
	if _, err := http.Get(addr + "/healthz"); err == nil {
		t.Error("the server still accepts")
	}
}

func TestLive_TellsOfChanges(t *testing.T) {
	site := start(t, openDB(t), nil, func(c *web.Config) {
		c.LiveTopics = []string{"front", "room:*"}
		c.LivePerReader = 1
	})
	addr, stop, ended := serve(t, site)
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Serve = %v", err)
		}
	}()
	c := site.Client(t)
	c.Get("/live").Want(422)
	c.Get("/live?topic=secret").Want(404)
	c.Get("/live?topic=front&topic=secret").Want(404)

	resp, err := http.Get(addr + "/live?topic=front&topic=room:7")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if kind := resp.Header.Get("Content-Type"); kind != "text/event-stream" || resp.Header.Get("Content-Encoding") != "" {
		t.Errorf("headers: %v", resp.Header)
	}
	lines := bufio.NewScanner(resp.Body)
	next := func(prefix string) string {
		t.Helper()
		for lines.Scan() {
			if rest, ok := strings.CutPrefix(lines.Text(), prefix); ok {
				return rest
			}
		}
		t.Fatalf("no %q came: %v", prefix, lines.Err())
		return ""
	}
	next("retry: ")
	touch(t, site.DB, "room:8")
	touch(t, site.DB, "room:7")
	if got := next("event: "); got != "change" {
		t.Errorf("event %q", got)
	}
	id := next("id: ")
	if busy, err := http.Get(addr + "/live?topic=front"); err != nil || busy.StatusCode != 503 {
		t.Errorf("a second connection of the address: %v, %v", busy.StatusCode, err)
	} else {
		busy.Body.Close()
	}
	touch(t, site.DB, "front")
	next("event: change")
	if again := next("id: "); again == id {
		t.Error("the id did not change")
	}
}
