package web_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
	"kakehashi/platform/web"
	"kakehashi/platform/web/webtest"
)

// eachEngine runs fn on a server over every engine.
func eachEngine(t *testing.T, routes []web.Route, change func(*web.Config), fn func(t *testing.T, site *webtest.Site)) {
	dbtest.Each(t, []db.Migrations{web.Migrations()}, func(t *testing.T, d *db.DB) {
		fn(t, start(t, d, routes, change))
	})
}

func signInRoute(person db.ID) web.Route {
	return web.Route{Pattern: "POST /sign-in", Access: web.Public(), Handle: func(c *web.Context) error {
		if err := c.SignIn(person); err != nil {
			return err
		}
		return c.Redirect(c.Form().Get("next"))
	}}
}

func whoami(c *web.Context) error {
	return c.Page(web.Meta{}, say(fmt.Sprintf("%s/%v/%s/%s", c.Viewer.Name, c.Viewer.OnBehalfOf, c.Viewer.OnBehalfName, c.Actor().Via)))
}

func TestSession_BeginsWithANewTokenAndEnds(t *testing.T) {
	eachEngine(t, []web.Route{
		signInRoute(lan),
		{Pattern: "GET /who", Access: web.Public(), Handle: whoami},
		{Pattern: "POST /out", Access: web.SignedIn(), Handle: func(c *web.Context) error {
			if err := c.SignOut(); err != nil {
				return err
			}
			return c.Redirect("/")
		}},
	}, nil, func(t *testing.T, site *webtest.Site) {
		c := site.Client(t)
		c.Post("/sign-in", nil).Want(303)
		first := c.Cookie("kakehashi")
		c.Get("/who").Has("Lan/")
		c.Post("/sign-in", nil).Want(303)
		second := c.Cookie("kakehashi")
		if first == "" || first == second {
			t.Fatal("the token was not changed at sign-in")
		}
		thief := site.Client(t)
		thief.Cookies(&http.Cookie{Name: "kakehashi", Value: first, Path: "/"})
		thief.Get("/who").Lacks("Lan")
		thief.Cookies(&http.Cookie{Name: "kakehashi", Value: second, Path: "/"})
		thief.Get("/who").Has("Lan")
		c.Post("/out", nil).Want(303)
		if c.Cookie("kakehashi") != "" {
			t.Error("the cookie stays after sign-out")
		}
		thief.Get("/who").Lacks("Lan")
	})
}

func TestSession_TokenIsNotInTheDatabase(t *testing.T) {
	eachEngine(t, []web.Route{{Pattern: "GET /who", Access: web.Public(), Handle: whoami}}, nil, func(t *testing.T, site *webtest.Site) {
		c := site.Client(t).SignIn(lan)
		err := site.DB.Read(t.Context(), func(tx *db.Tx) error {
			var hash []byte
			if err := tx.Row(`SELECT token FROM web_sessions`).Scan(&hash); err != nil {
				return err
			}
			if len(hash) != 32 || strings.Contains(string(hash), c.Cookie("kakehashi")) {
				t.Errorf("the table holds %x", hash)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestSession_EverywhereAndOneByOne(t *testing.T) {
	eachEngine(t, []web.Route{
		{Pattern: "GET /who", Access: web.SignedIn(), Handle: whoami},
		{Pattern: "GET /sessions", Access: web.SignedIn(), Handle: func(c *web.Context) error {
			list, err := c.Sessions()
			if err != nil {
				return err
			}
			text := ""
			for _, x := range list {
				text += fmt.Sprintf("%v %v %q;", x.ID, x.Current, x.Device)
			}
			return c.Page(web.Meta{}, say(text))
		}},
		{Pattern: "POST /sessions/{id}/end", Access: web.SignedIn(), Handle: func(c *web.Context) error {
			id, err := c.PathID("id")
			if err != nil {
				return err
			}
			if err := c.EndSession(id); err != nil {
				return err
			}
			return c.Redirect("/sessions")
		}},
		{Pattern: "POST /everywhere", Access: web.SignedIn(), Handle: func(c *web.Context) error {
			if err := c.SignOutEverywhere(); err != nil {
				return err
			}
			return c.Redirect("/")
		}},
	}, nil, func(t *testing.T, site *webtest.Site) {
		phone, desk, stranger := site.Client(t).SignIn(lan), site.Client(t).SignIn(lan), site.Client(t).SignIn(other)
		text := desk.Get("/sessions").Want(200).Text()
		if strings.Count(text, ";") != 2 || strings.Count(text, "true") != 1 {
			t.Fatalf("sessions: %s", text)
		}
		var theirs string
		for line := range strings.SplitSeq(text, ";") {
			if strings.Contains(line, "false") {
				theirs = strings.Fields(line)[0]
			}
		}
		stranger.Post("/sessions/"+theirs+"/end", nil).Want(303)
		phone.Get("/who").Want(200)
		desk.Post("/sessions/"+theirs+"/end", nil).Want(303)
		phone.Get("/who").Want(303)
		desk.Get("/who").Want(200)
		phone.SignIn(lan)
		phone.Get("/who").Want(200)
		desk.Post("/everywhere", nil).Want(303)
		phone.Get("/who").Want(303)
		stranger.Get("/who").Want(200)
	})
}

func TestSession_ActsForSomebody(t *testing.T) {
	allowed := true
	eachEngine(t, []web.Route{
		{Pattern: "GET /who", Access: web.SignedIn(), Handle: whoami},
		{Pattern: "POST /act", Access: web.SignedIn(), Handle: func(c *web.Context) error {
			var id db.ID
			if text := c.Form().Get("for"); text != "" {
				var err error
				if id, err = db.ParseID(text); err != nil {
					return err
				}
			}
			if err := c.ActFor(id, c.Form().Get("name")); err != nil {
				return err
			}
			return c.Redirect("/who")
		}},
	}, func(c *web.Config) {
		c.StillActs = func(_ *db.Tx, actor, person db.ID) (bool, error) {
			return allowed && actor == tanaka && person == lan, nil
		}
	}, func(t *testing.T, site *webtest.Site) {
		allowed = true
		c := site.Client(t).SignIn(tanaka)
		c.Post("/act", url.Values{"for": {lan.String()}, "name": {"Lan"}}).Want(303)
		c.Get("/who").Has("田中/" + lan.String() + "/Lan/web")
		c.Post("/act", nil).Want(303)
		c.Get("/who").Has("田中/" + db.ID(0).String() + "//web")

		c.Post("/act", url.Values{"for": {lan.String()}, "name": {"Lan"}}).Want(303)
		allowed = false // the wish was withdrawn, or the child came of age
		err := site.DB.Write(t.Context(), db.System, func(tx *db.Tx) error { tx.Touch("posts"); return nil })
		if err != nil {
			t.Fatal(err)
		}
		c.Get("/who").Has("田中/" + db.ID(0).String() + "//web")
	})
}

func TestViewer_IsLoadedAgainWhenTouched(t *testing.T) {
	name, loads := "Before", 0
	eachEngine(t, []web.Route{{Pattern: "GET /who", Access: web.SignedIn(), Handle: whoami}}, func(c *web.Config) {
		c.Identify = func(context.Context, *db.Tx, db.ID) (web.Viewer, error) {
			loads++
			return web.Viewer{Name: name}, nil
		}
	}, func(t *testing.T, site *webtest.Site) {
		name, loads = "Before", 0
		c := site.Client(t).SignIn(lan)
		for range 5 {
			c.Get("/who").Has("Before")
		}
		if loads != 1 {
			t.Errorf("loaded %d times", loads)
		}
		name = "After"
		for _, topic := range []string{"posts", "person:" + lan.String()} {
			loads = 0
			err := site.DB.Write(t.Context(), db.System, func(tx *db.Tx) error { tx.Touch(topic); return nil })
			if err != nil {
				t.Fatal(err)
			}
			c.Get("/who").Has("After")
			if loads != 1 {
				t.Errorf("after %s was touched: loaded %d times", topic, loads)
			}
		}
	})
}

// expire makes every session of the site look as if it had not been used for a
// day.
func expire(t *testing.T, site *webtest.Site) {
	t.Helper()
	err := site.DB.Write(t.Context(), db.System, func(tx *db.Tx) error {
		tx.Touch("posts")
		_, err := tx.Exec(`UPDATE web_sessions SET seen = seen - $1`, (24 * time.Hour).Microseconds())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func draftRoutes(taken *url.Values) []web.Route {
	return []web.Route{
		{Pattern: "GET /sign-in", Access: web.Public(), Handle: page("sign in")},
		signInRoute(lan),
		{Pattern: "POST /sign-in/other", Access: web.Public(), Handle: func(c *web.Context) error {
			if err := c.SignIn(other); err != nil {
				return err
			}
			return c.Redirect("/continue")
		}},
		{Pattern: "POST /book/{room}", Access: web.SignedIn(), Handle: func(c *web.Context) error {
			*taken = c.Form()
			c.Flash("web.kept.form")
			return c.Redirect("/booked")
		}},
		{Pattern: "GET /booked", Access: web.Public(), Handle: page("booked")},
		{Pattern: "GET /mine", Access: web.SignedIn(), Handle: page("mine")},
	}
}

func TestDraft_OutlivesTheSession(t *testing.T) {
	var taken url.Values
	eachEngine(t, draftRoutes(&taken), nil, func(t *testing.T, site *webtest.Site) {
		taken = nil
		c := site.Client(t).SignIn(lan)
		c.Get("/mine").Want(200)
		expire(t, site)
		typed := url.Values{"purpose": {"日本語教室 <b>&\"'"}, "people": {"18"}, "item": {"a", "b"}, "note": {"一行目\r\n二行目"}}
		p := c.Post("/book/7?day=2026-11-28", typed).Want(303)
		if p.Location() != "/sign-in?next=%2Fcontinue" {
			t.Fatalf("leads to %s", p.Location())
		}
		c.Get(p.Location()).Want(200).Has("しばらく使われなかったので、いったん閉じました。書きかけの内容は残っています。")
		if taken != nil {
			t.Fatal("the handler ran without a session")
		}
		p = c.Post("/sign-in", url.Values{"next": {"/continue"}}).Want(303)
		// Lan reads Vietnamese, from here on the pages do too.
		cont := c.Follow(p).Want(200).Has("Gửi nội dung đang viết?")
		form := cont.Form("/book/7?day=2026-11-28")
		c.Submit(form).Want(303)
		if taken.Get("purpose") != typed.Get("purpose") || len(taken["item"]) != 2 || taken.Get("note") != "一行目\n二行目" || taken.Has("_draft") {
			t.Errorf("taken: %q", taken)
		}
		// Sent is sent: nothing waits any more.
		c.Get("/continue").Want(404)
	})
}

func TestDraft_IsNobodyElses(t *testing.T) {
	var taken url.Values
	eachEngine(t, draftRoutes(&taken), nil, func(t *testing.T, site *webtest.Site) {
		c := site.Client(t).SignIn(lan)
		c.Get("/mine").Want(200)
		expire(t, site)
		c.Post("/book/7", url.Values{"purpose": {"秘密"}}).Want(303)
		// The next one at the same computer.
		p := c.Post("/sign-in/other", nil).Want(303)
		c.Follow(p).Want(404).Lacks("秘密")
		err := site.DB.Read(t.Context(), func(tx *db.Tx) error {
			var sealed []byte
			if err := tx.Row(`SELECT sealed FROM web_drafts`).Scan(&sealed); err != nil {
				return err
			}
			if bytes.Contains(sealed, []byte("秘密")) || bytes.Contains(sealed, []byte("purpose")) {
				t.Error("the draft lies open in the table")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestDraft_BeforeAnySignIn(t *testing.T) {
	var taken url.Values
	eachEngine(t, draftRoutes(&taken), nil, func(t *testing.T, site *webtest.Site) {
		c := site.Client(t)
		p := c.Follow(c.Post("/book/9", url.Values{"purpose": {"x"}}).Want(303)).Want(200)
		p.Has("書いた内容は残っています")
		p = c.Follow(c.Post("/sign-in", url.Values{"next": {"/continue"}})).Want(200)
		c.Submit(p.Form("/book/9")).Want(303)
		if taken.Get("purpose") != "x" {
			t.Errorf("taken: %q", taken)
		}
	})
}

func TestDraft_GetAfterExpirySaysSo(t *testing.T) {
	var taken url.Values
	eachEngine(t, draftRoutes(&taken), nil, func(t *testing.T, site *webtest.Site) {
		c := site.Client(t).SignIn(lan)
		c.Get("/mine").Want(200)
		expire(t, site)
		p := c.Get("/mine?a=b").Want(303)
		if p.Location() != "/sign-in?next=%2Fmine%3Fa%3Db" {
			t.Errorf("leads to %s", p.Location())
		}
		c.Get(p.Location()).Has("いったん閉じました").Lacks("書きかけ")
		c.Get("/booked").Lacks("いったん閉じました")
	})
}

func TestSession_NeverLongerThanAbsolute(t *testing.T) {
	eachEngine(t, []web.Route{{Pattern: "GET /who", Access: web.SignedIn(), Handle: whoami}},
		func(c *web.Config) { c.Absolute = time.Nanosecond },
		func(t *testing.T, site *webtest.Site) {
			site.Client(t).SignIn(lan).Get("/who").Want(303)
		})
}

func TestSweep_DeletesWhatIsOver(t *testing.T) {
	eachEngine(t, []web.Route{{Pattern: "GET /who", Access: web.SignedIn(), Handle: whoami}}, nil, func(t *testing.T, site *webtest.Site) {
		site.Client(t).SignIn(lan)
		for range 9 {
			expire(t, site)
		}
		alive := site.Client(t).SignIn(lan)
		if err := site.Server.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		var left int
		err := site.DB.Read(t.Context(), func(tx *db.Tx) error { return tx.Row(`SELECT COUNT(*) FROM web_sessions`).Scan(&left) })
		if err != nil || left != 1 {
			t.Errorf("%d sessions are left, %v", left, err)
		}
		alive.Get("/who").Want(200)
	})
}

func TestRetry_KeepsWhatWasTyped(t *testing.T) {
	var fail error
	form := func(c *web.Context) func(web.Problem) templ.Component {
		return func(p web.Problem) templ.Component {
			return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
				_, err := fmt.Fprintf(w, `<form method="post" action="/f"><input name="name" value="%s"><p>%s|%s|%s|%s|%v</p></form>`,
					templ.EscapeString(c.Form().Get("name")), p.Title, p.Kept, p.Todo, p.Field("name"), p.Any())
				return err
			})
		}
	}
	site := start(t, openDB(t), []web.Route{
		{Pattern: "GET /f", Access: web.Public(), Handle: func(c *web.Context) error { return c.Retry(nil, web.Meta{}, form(c)) }},
		{Pattern: "POST /f", Access: web.Public(), Handle: func(c *web.Context) error { return c.Retry(fail, web.Meta{}, form(c)) }},
	}, nil)
	c := site.Client(t)
	c.Get("/f").Want(200).Has("||||false")
	var check fault.Check
	check.Field(false, "name", "web.error.file_missing")
	for _, tt := range []struct {
		err    error
		status int
		says   string
	}{
		{check.Err(), 422, "直してほしいところ"},
		{fault.New(fault.Conflict, "web.error.conflict"), 409, "ほかの人が先に"},
		{fault.New(fault.Unavailable, "web.error.busy"), 503, "混み合って"},
		{io.ErrUnexpectedEOF, 500, "こちらの不具合"},
	} {
		fail = tt.err
		p := c.Post("/f", url.Values{"name": {"あおぞら \"会\""}}).Want(tt.status).Has(tt.says, "入力した内容は残っています。", "true")
		if got := p.Form("/f").Values.Get("name"); got != "あおぞら \"会\"" {
			t.Errorf("%v: the field holds %q", tt.err, got)
		}
		if tt.status == 422 {
			p.Has("ファイルを選んでください")
		}
	}
	fail = fault.New(fault.NotFound, "web.error.not_found")
	c.Post("/f", nil).Want(404).Lacks("入力した内容")
	c.Header.Set("Accept", "application/json")
	fail = check.Err()
	d := c.Post("/f", nil).Want(422).Problem()
	if len(d.Errors) != 1 || d.Errors[0].Field != "name" || d.Errors[0].Detail != "ファイルを選んでください。" {
		t.Errorf("errors: %+v", d.Errors)
	}
}

func TestForm_LimitsAndTidiness(t *testing.T) {
	var got url.Values
	var size int64
	site := start(t, openDB(t), []web.Route{
		{Pattern: "POST /f", Access: web.Public(), Handle: func(c *web.Context) error { got = c.Form(); return c.Redirect("/") }},
		{Pattern: "POST /up", Access: web.Public(), MaxBody: 2 << 20, Handle: func(c *web.Context) error {
			f, err := c.File("photo")
			if err != nil {
				return err
			}
			size, err = io.Copy(io.Discard, f)
			if err != nil {
				return err
			}
			return c.Redirect("/")
		}},
	}, nil)
	c := site.Client(t)
	c.Post("/f", url.Values{"a": {"x\x00y\xff"}, "b": {"1\r\n2\r3"}}).Want(303)
	if got.Get("a") != "xy\uFFFD" || got.Get("b") != "1\n2\n3" {
		t.Errorf("form: %q", got)
	}
	c.Post("/f", url.Values{"a": {strings.Repeat("x", 270<<10)}}).Want(413).Has("256 KB")
	c.Do("POST", "/f", "application/x-www-form-urlencoded", strings.NewReader("a=%zz")).Want(422).Has("読み取れません")

	upload := func(n int) *webtest.Page {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		part, err := w.CreateFormFile("photo", "a.jpg")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(make([]byte, n)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return c.Do("POST", "/up", w.FormDataContentType(), &b)
	}
	upload(1 << 20).Want(303)
	if size != 1<<20 {
		t.Errorf("%d bytes arrived", size)
	}
	upload(3 << 20).Want(413).Has("2 MB")
	upload(0).Want(422)
	c.Post("/up", nil).Want(422)
}

func TestForm_CanBeAskedByTheAccess(t *testing.T) {
	var got string
	mine := web.Concerned("form.mine", func(c *web.Context) (bool, error) { return c.Form().Get("who") == "me", nil })
	site := start(t, openDB(t), []web.Route{{Pattern: "POST /f", Access: mine, Handle: func(c *web.Context) error {
		got = c.Form().Get("text")
		return c.Redirect("/")
	}}}, nil)
	c := site.Client(t).SignIn(lan)
	c.Post("/f", url.Values{"who": {"you"}}).Want(404)
	c.Post("/f", url.Values{"who": {"me"}, "text": {"kept"}}).Want(303)
	if got != "kept" {
		t.Errorf("the handler got %q", got)
	}
}

func TestFlash_ShowsOnce(t *testing.T) {
	site := start(t, openDB(t), []web.Route{
		{Pattern: "POST /f", Access: web.Public(), Handle: func(c *web.Context) error {
			c.Flash("web.error.rate", "count", 3)
			return c.Redirect("/p")
		}},
		{Pattern: "GET /p", Access: web.Public(), Handle: page("p"), Cached: []string{"x"}},
	}, nil)
	c := site.Client(t).Speak("en")
	c.Get("/p").Lacks("Please wait")
	c.Post("/f", nil).Want(303)
	c.Get("/p").Has("Please wait about 3 minutes")
	c.Get("/p").Lacks("Please wait")
	site.Client(t).Speak("en").Get("/p").Lacks("Please wait")
}

func TestRemember_IsSealedAndEnds(t *testing.T) {
	site := start(t, openDB(t), []web.Route{
		{Pattern: "POST /keep", Access: web.Public(), Handle: func(c *web.Context) error {
			d, err := time.ParseDuration(c.Form().Get("for"))
			if err != nil {
				return err
			}
			if err := c.Remember("state", "challenge-1", d); err != nil {
				return err
			}
			return c.Redirect("/")
		}},
		{Pattern: "GET /recall", Access: web.Public(), Handle: func(c *web.Context) error {
			return c.Page(web.Meta{}, say("["+c.Recall("state")+"]["+c.Recall("other")+"]"))
		}},
	}, nil)
	c := site.Client(t)
	c.Post("/keep", url.Values{"for": {"5m"}}).Want(303)
	sealed := c.Cookie("kakehashi-keep-state")
	if sealed == "" || strings.Contains(sealed, "challenge") {
		t.Fatalf("cookie %q", sealed)
	}
	c.Get("/recall").Has("[challenge-1][]")
	c.Cookies(&http.Cookie{Name: "kakehashi-keep-other", Value: sealed, Path: "/"})
	c.Get("/recall").Has("[challenge-1][]")
	c.Cookies(&http.Cookie{Name: "kakehashi-keep-state", Value: sealed[:len(sealed)-2] + "AA", Path: "/"})
	c.Get("/recall").Has("[][]")
}
