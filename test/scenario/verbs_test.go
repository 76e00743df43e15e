package scenario

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"mime/multipart"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/net/html"

	"kakehashi/app"
	"kakehashi/app/bench"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/deliver"
	"kakehashi/platform/deliver/mail"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web/webtest"
)

// patience is how long anybody waits for a mail or a letter.
const patience = 30 * time.Second

// city is the demo city, served, in which a story happens.
type city struct {
	t     *testing.T
	trial *bench.City
	site  *webtest.Site
	known []*reader // who has signed in
}

// inTheCity tells a story in a demo city of its own, once on each engine.
func inTheCity(t *testing.T, story func(t *testing.T, c *city)) {
	t.Helper()
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			trial, done, err := app.OpenTrial(t.Context(), t.TempDir(), dbtest.URL(t, engine))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(done)
			if err := trial.Fill(t.Context()); err != nil {
				t.Fatal(err)
			}
			server := httptest.NewServer(trial.Server)
			t.Cleanup(server.Close)
			story(t, &city{t: t, trial: trial, site: &webtest.Site{Server: trial.Server, URL: server.URL, DB: trial.Deps.DB}})
		})
	}
}

// reader is somebody at a screen, with a page open.
type reader struct {
	c    *city
	t    *testing.T
	tab  *webtest.Client
	lang i18n.Lang
	page *webtest.Page
	in   func() // signs in; nil for a stranger
}

// somebodyWhoReads is a reader whose phone asks for pages in the language.
func (c *city) somebodyWhoReads(lang i18n.Lang) *reader {
	return &reader{c: c, t: c.t, tab: c.site.Client(c.t).Speak(lang), lang: lang}
}

// partOf signs one of the demo's cast in with one click.
func (c *city) partOf(name string) *reader {
	c.t.Helper()
	r := c.somebodyWhoReads(i18n.Ja)
	r.in = func() {
		r.opens("/demo-sign-in")
		r.sends("/demo-sign-in", "as", name)
	}
	r.in()
	c.known = append(c.known, r)
	return r
}

// opens types an address.
func (r *reader) opens(path string) *reader {
	r.t.Helper()
	return r.arrives(r.tab.Get(path))
}

// arrives looks at where a reply leads.
func (r *reader) arrives(p *webtest.Page) *reader {
	r.t.Helper()
	r.page = r.tab.Follow(p)
	return r
}

// presses follows the link that says the text.
func (r *reader) presses(text string) *reader {
	r.t.Helper()
	for n := range r.page.Doc().Descendants() {
		if href, ok := webtest.Attr(n, "href"); ok && n.Data == "a" && strings.Contains(words(n), text) {
			return r.opens(href)
		}
	}
	r.t.Fatalf("%s has no link that says %q:\n%s", r.page.Path, text, r.page.Text())
	return r
}

// pressesToward follows the first link that leads to an address like this and
// says the text.
func (r *reader) pressesToward(address, text string) *reader {
	r.t.Helper()
	like := regexp.MustCompile(address)
	for n := range r.page.Doc().Descendants() {
		if href, ok := webtest.Attr(n, "href"); ok && n.Data == "a" && like.MatchString(href) && strings.Contains(words(n), text) {
			return r.opens(href)
		}
	}
	r.t.Fatalf("%s has no link to %s that says %q:\n%s", r.page.Path, address, text, r.page.Text())
	return r
}

// sends fills a form of the page, in fields and values in turn, and sends it.
func (r *reader) sends(action string, fields ...string) *reader {
	r.t.Helper()
	return r.arrives(r.tab.Submit(r.page.Form(action), fields...))
}

// sees fails the story unless the page is well and says each of the texts.
func (r *reader) sees(texts ...string) *reader {
	r.t.Helper()
	r.page.Want(200).Has(texts...)
	return r
}

// readsInOwnLanguage fails the story unless the page is in the reader's
// language: it says so, no message is missing, and its headings, links and
// buttons are without kana unless they are marked as Japanese.
func (r *reader) readsInOwnLanguage() *reader {
	r.t.Helper()
	for n := range r.page.Doc().Descendants() {
		if n.Data == "html" && n.Type == html.ElementNode {
			if lang, _ := webtest.Attr(n, "lang"); lang != r.lang.HTML() {
				r.t.Errorf("%s is in %q, not %q", r.page.Path, lang, r.lang.HTML())
			}
		}
		if r.lang == i18n.Ja || r.lang == i18n.JaEasy || n.Type != html.TextNode || inJapanese(n) {
			continue
		}
		if strings.ContainsFunc(n.Data, func(c rune) bool { return unicode.In(c, unicode.Hiragana, unicode.Katakana) && c != '・' }) {
			r.t.Errorf("%s says %q to a reader of %s", r.page.Path, strings.TrimSpace(n.Data), r.lang)
		}
	}
	if i := strings.Index(r.page.Text(), "⟦"); i >= 0 {
		r.t.Errorf("%s lacks a message: %.60s", r.page.Path, r.page.Text()[i:])
	}
	return r
}

// inJapanese reports whether the text is marked as another language's, is the
// name of a town in a menu, or no text.
func inJapanese(n *html.Node) bool {
	for a := range n.Ancestors() {
		if lang, ok := webtest.Attr(a, "lang"); ok {
			return strings.HasPrefix(lang, "ja") || a.Data != "html"
		}
		if a.Data == "script" || a.Data == "style" || a.Data == "option" {
			return true
		}
	}
	return false
}

// words is what an element says.
func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// linksTo returns the addresses on the page that match.
func (r *reader) linksTo(address string) (out []string) {
	r.t.Helper()
	like := regexp.MustCompile(address)
	seen := map[string]bool{}
	for _, l := range r.page.Links() {
		if like.MatchString(l) && !seen[l] {
			seen[l] = true
			out = append(out, l)
		}
	}
	return out
}

// receipt is the number on the page that somebody can read over the phone.
func (r *reader) receipt() string {
	r.t.Helper()
	found := shortNumber.FindStringSubmatch(r.page.Text())
	if found == nil {
		r.t.Fatalf("%s gives no number:\n%s", r.page.Path, r.page.Text())
	}
	return found[1]
}

// shortNumber is a number for the telephone, and no telephone number.
var shortNumber = regexp.MustCompile(`(?:^|[^-0-9A-Z])([0-9A-Z]{3}-[0-9A-Z]{3})(?:[^-0-9A-Z]|$)`)

// path is where the reader is.
func (r *reader) path() string { return r.page.Path }

// mailbox is the mails to one address, as the demo keeps them.
type mailbox struct {
	c       *city
	address string
	read    map[db.ID]bool
}

// mailboxOf opens a mailbox; what lies in it already has been read.
func (c *city) mailboxOf(address string) *mailbox {
	c.t.Helper()
	m := &mailbox{c: c, address: address, read: map[db.ID]bool{}}
	for _, l := range m.letters() {
		m.read[l.ID] = true
	}
	return m
}

func (m *mailbox) letters() (out []mail.Letter) {
	m.c.t.Helper()
	m.c.reads(func(tx *db.Tx) (err error) {
		out, err = mail.List(tx, mail.To{Address: m.address}, 0, 50)
		return err
	})
	return out
}

// next waits for the next mail and returns it whole.
func (m *mailbox) next() (letter mail.Letter) {
	t := m.c.t
	t.Helper()
	until := func() bool {
		for _, l := range m.letters() {
			if !m.read[l.ID] {
				m.read[l.ID] = true
				m.c.reads(func(tx *db.Tx) (err error) {
					letter, err = mail.Get(tx, l.ID)
					return err
				})
				return true
			}
		}
		return false
	}
	m.c.waits("a mail to "+m.address, until, "mailbox")
	return letter
}

// nextWith waits for the next mail that says the text, and returns it.
func (m *mailbox) nextWith(text string) mail.Letter {
	m.c.t.Helper()
	for {
		if l := m.next(); strings.Contains(l.Subject+l.Text, text) {
			return l
		}
	}
}

// waits asks until the answer is yes, each time the data may have changed.
func (c *city) waits(what string, until func() bool, topics ...string) {
	c.t.Helper()
	changed, stop := c.trial.Deps.DB.Watch(topics...)
	defer stop()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	for !until() {
		select {
		case <-changed:
		case <-ctx.Done():
			c.t.Fatalf("%s does not come", what)
		}
	}
}

func (c *city) reads(fn func(tx *db.Tx) error) {
	c.t.Helper()
	if err := c.trial.Deps.DB.Read(c.t.Context(), fn); err != nil {
		c.t.Fatal(err)
	}
}

// mailOfTheHeadOf returns the address of whoever represents the group.
func (c *city) mailOfTheHeadOf(group string) string {
	c.t.Helper()
	var to deliver.Recipient
	c.reads(func(tx *db.Tx) error {
		var who db.ID
		err := tx.Row(`SELECT p.person_id FROM posts AS p JOIN groups AS g ON g.id = p.scope_id
			WHERE p.scope_kind = 'group' AND p.role = 'representative' AND p.ended_at = 0 AND g.name LIKE $1`, "%"+group+"%").Scan(&who)
		if err != nil {
			return err
		}
		to, err = c.trial.House.Recipient(tx, who)
		return err
	})
	if to.Email == "" {
		c.t.Fatalf("whoever represents %s has no mail address", group)
	}
	return to.Email
}

// choice returns the value of the choice whose label says the text.
func (r *reader) choice(field, text string) string {
	r.t.Helper()
	for n := range r.page.Doc().Descendants() {
		if n.Data != "label" || !strings.Contains(words(n), text) {
			continue
		}
		for i := range n.Descendants() {
			if name, _ := webtest.Attr(i, "name"); name == field {
				value, _ := webtest.Attr(i, "value")
				return value
			}
		}
	}
	r.t.Fatalf("%s offers no %s that says %q:\n%s", r.page.Path, field, text, r.page.Text())
	return ""
}

var sixDigits = regexp.MustCompile(`\d{3} ?\d{3}`)

// signsInByMail asks for a code where the page asks who the reader is, and
// types what the mail says.
func (r *reader) signsInByMail(address string) *reader {
	r.t.Helper()
	box := r.c.mailboxOf(address)
	r.sends("/sign-in", "mail", address).sees(address).readsInOwnLanguage()
	letter := box.next()
	if letter.Lang != r.lang {
		r.t.Errorf("the mail with the code is in %s, not %s", letter.Lang, r.lang)
	}
	return r.sends("/sign-in/code", "code", sixDigits.FindString(letter.Text))
}

// says is a text of the program.
func (c *city) says(lang i18n.Lang, key string, args ...any) string {
	return c.trial.Deps.Catalog.For(lang).T(key, args...)
}

// headOf signs in whoever represents the group, and lets them read the language
// from now on.
func (c *city) headOf(group string, lang i18n.Lang) *reader {
	c.t.Helper()
	var who db.ID
	c.reads(func(tx *db.Tx) error {
		return tx.Row(`SELECT p.person_id FROM posts AS p JOIN groups AS g ON g.id = p.scope_id
			WHERE p.scope_kind = 'group' AND p.role = 'representative' AND p.ended_at = 0 AND g.name LIKE $1`, "%"+group+"%").Scan(&who)
	})
	return c.signedIn(who, lang)
}

// signedIn is somebody who has signed in before, and reads the language from now
// on.
func (c *city) signedIn(who db.ID, lang i18n.Lang) *reader {
	c.t.Helper()
	r := c.somebodyWhoReads(lang)
	r.in = func() { r.tab.SignIn(who) }
	r.in()
	c.known = append(c.known, r)
	return r.opens("/language/" + string(lang) + "?back=/me")
}

// now is the city's time.
func (c *city) now() (at time.Time) {
	c.reads(func(tx *db.Tx) error { at = tx.Now; return nil })
	return at
}

// movesTo moves the city's clock ahead to an instant. Whoever was signed in long
// before signs in again.
func (c *city) movesTo(at time.Time) {
	c.t.Helper()
	if err := c.trial.Deps.MoveClock(at.Sub(c.now())); err != nil {
		c.t.Fatalf("the clock does not move to %v: %v", at, err)
	}
	for _, r := range c.known {
		r.in()
	}
}

// downloads returns the text of a file.
func (r *reader) downloads(path string) string {
	r.t.Helper()
	return string(r.tab.Get(path).Want(200).Body)
}

// scanned is the address behind the code on the page that leads there, as a
// camera reads it.
func (r *reader) scanned(toward string) string {
	r.t.Helper()
	for n := range r.page.Doc().Descendants() {
		said, _ := webtest.Attr(n, "aria-label")
		if n.Data != "svg" || !strings.Contains(said, toward) {
			continue
		}
		return regexp.MustCompile(regexp.QuoteMeta(toward) + `[0-9A-Za-z./_-]+`).FindString(said)
	}
	r.t.Fatalf("%s has no code that leads to %s:\n%s", r.page.Path, toward, r.page.Text())
	return ""
}

// sendsPhoto is sends with a small picture in a field of files.
func (r *reader) sendsPhoto(action, field string, fields ...string) *reader {
	r.t.Helper()
	form := r.page.Form(action)
	for i := 0; i+1 < len(fields); i += 2 {
		form.Values.Set(fields[i], fields[i+1])
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, values := range form.Values {
		for _, v := range values {
			if err := w.WriteField(name, v); err != nil {
				r.t.Fatal(err)
			}
		}
	}
	part, err := w.CreateFormFile(field, "photo.png")
	if err == nil {
		err = png.Encode(part, image.NewGray(image.Rect(0, 0, 16, 16)))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return r.arrives(r.tab.Do("POST", form.Action, w.FormDataContentType(), &b))
}

// values are those of the choices of a field on the page.
func (r *reader) values(field string) (out []string) {
	r.t.Helper()
	for n := range r.page.Doc().Descendants() {
		if name, _ := webtest.Attr(n, "name"); n.Data == "input" && name == field {
			value, _ := webtest.Attr(n, "value")
			out = append(out, value)
		}
	}
	return out
}

// isInOwnLanguage fails the story unless the page says that it is in the
// reader's language and lacks no message; the names that it holds may be in
// another.
func (r *reader) isInOwnLanguage() *reader {
	r.t.Helper()
	for n := range r.page.Doc().Descendants() {
		if lang, _ := webtest.Attr(n, "lang"); n.Data == "html" && n.Type == html.ElementNode && lang != r.lang.HTML() {
			r.t.Errorf("%s is in %q, not %q", r.page.Path, lang, r.lang.HTML())
		}
	}
	if i := strings.Index(r.page.Text(), "⟦"); i >= 0 {
		r.t.Errorf("%s lacks a message: %.60s", r.page.Path, r.page.Text()[i:])
	}
	return r
}
