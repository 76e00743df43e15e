package web_test

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"kakehashi/platform/fault"
	"kakehashi/platform/web"
)

// What was typed comes back with the page that says "not now": after the wait,
// one press sends it.
func TestProblem_OffersToSendAgainWhatWasTyped(t *testing.T) {
	var fail error
	site := start(t, openDB(t), []web.Route{
		{Pattern: "POST /often", Access: web.Public(), Rate: web.Rate{Times: 1, Per: time.Hour}, Handle: func(c *web.Context) error { return c.Redirect("/") }},
		{Pattern: "POST /f", Access: web.Public(), Handle: func(*web.Context) error { return fail }},
	}, nil)
	c := site.Client(t)
	typed := url.Values{"name": {`あおぞら "会" <b>`}, "day": {"1", "2"}}
	c.Post("/often", typed).Want(303)
	form := c.Post("/often", typed).Want(429).Has("入力した内容は残っています。").Form("/often")
	if got := form.Values.Encode(); got != typed.Encode() {
		t.Errorf("the page of the limit holds %s", got)
	}
	for _, err := range []error{errors.New("disk"), fault.New(fault.Unavailable, "web.error.slow")} {
		fail = err
		if got := c.Post("/f", typed).Has("入力した内容は残っています。").Form("/f").Values.Encode(); got != typed.Encode() {
			t.Errorf("%v: the page holds %s", err, got)
		}
	}
	// To send the same again is no use, or no safe thing to offer.
	fail = fault.New(fault.Denied, "web.error.denied")
	c.Post("/f", typed).Want(403).Lacks("<form", "入力した内容")
	c.Post("/f", nil).Want(403).Lacks("<form")
	req, err := http.NewRequest(http.MethodPost, site.URL+"/often", strings.NewReader(typed.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	c.Send(req).Want(403).Lacks("<form", "会")
}

// Ten languages of the longest form arrive as they are.
func TestForm_HasRoomForTenLanguages(t *testing.T) {
	var got url.Values
	site := start(t, openDB(t), []web.Route{
		{Pattern: "POST /f", Access: web.Public(), Handle: func(c *web.Context) error { got = c.Form(); return c.Redirect("/") }},
	}, nil)
	form := url.Values{}
	for _, l := range strings.Fields("ja ja-easy en zh-Hans zh-Hant ko vi fil tr ne") {
		form.Set("description."+l, strings.Repeat("नमस्ते", 340)) // 2,040 letters, nine bytes each on the way
	}
	site.Client(t).Post("/f", form).Want(303)
	if got.Encode() != form.Encode() {
		t.Error("the form did not arrive whole")
	}
}

// A browser that still sends hears no reply; so the rest is taken first.
func TestForm_TooLargeIsToldToWhoeverIsStillSending(t *testing.T) {
	site := start(t, openDB(t), []web.Route{
		{Pattern: "POST /f", Access: web.Public(), Handle: func(c *web.Context) error { return c.Redirect("/") }},
	}, nil)
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("photo", "a.jpg")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(make([]byte, 24<<20)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	body := &counted{r: bytes.NewReader(b.Bytes())}
	req, err := http.NewRequest(http.MethodPost, site.URL+"/f", body)
	if err != nil {
		t.Fatal(err)
	}
	req.ContentLength = int64(b.Len())
	req.Header.Set("Content-Type", w.FormDataContentType())
	site.Client(t).Send(req).Want(413)
	if body.n < int64(b.Len()) {
		t.Errorf("%d of %d bytes were taken", body.n, b.Len())
	}
}

// A file cannot be put back into a form, and the page says so.
func TestRetry_SaysThatTheFileMustBeChosenAgain(t *testing.T) {
	site := start(t, openDB(t), []web.Route{
		{Pattern: "POST /f", Access: web.Public(), Handle: func(c *web.Context) error {
			return c.Retry(fault.New(fault.Conflict, "web.error.conflict"), web.Meta{}, func(p web.Problem) templ.Component { return say(p.Kept) })
		}},
	}, nil)
	for _, tt := range []struct{ file, kept string }{{"x", "ファイルだけ、もう一度"}, {"", "入力した内容は残っています。"}} {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		part, err := w.CreateFormFile("photo", "a.jpg")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, tt.file); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		site.Client(t).Do("POST", "/f", w.FormDataContentType(), &b).Want(409).Has(tt.kept)
	}
}

type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
