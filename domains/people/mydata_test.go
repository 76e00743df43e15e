package people_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"io"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"kakehashi/domains/people/person"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
	"kakehashi/platform/web/webtest"
)

func sum(secret string) []byte {
	h := sha256.Sum256([]byte(secret))
	return h[:]
}

func TestSettings_EachPageSavesWhatItShows(t *testing.T) {
	s := serve(t, db.SQLite, setup{})
	p := s.add(person.Person{Name: "Linh", Private: person.Private{Mail: "l@example.jp"}})
	c := s.Client(t).SignIn(p.ID)
	for _, link := range c.Get("/me").Want(200).Links() {
		if strings.HasPrefix(link, "/me") {
			c.Get(link).Want(200)
		}
	}
	for _, link := range c.Get("/me/settings").Want(200).Links() {
		if strings.HasPrefix(link, "/me") {
			c.Get(link).Want(200)
		}
	}
	c.Follow(c.Submit(c.Get("/me/settings/languages").Form("/me/settings/languages"), "lang1", "vi", "lang2", "ja-easy", "lang3", "vi")).Want(200).Has("Đã lưu")
	c.Submit(c.Get("/me/settings/channels").Form("/me/settings/channels"), "channel", "paper").Want(422)
	c.Submit(c.Get("/me/profile").Form("/me/profile"), "address", "芝園町3-9", "birth", "1994-05-06", "kana", "リン", "phone", "090-1234-5678").Want(303)
	c.Submit(c.Get("/me/settings/channels").Form("/me/settings/channels"), "channel", "paper").Want(303)
	aids := c.Submit(c.Get("/me/settings/aids").Form("/me/settings/aids"), "furigana", "on", "size", "2", "contrast", "on").Want(307)
	if aids.Location() != "/aids" {
		t.Errorf("aids go on to %s", aids.Location())
	}
	s.read(func(tx *db.Tx) error {
		got, err := s.people.Reveal(tx, p.ID)
		want := person.Aids{Furigana: true, Size: person.SizeLargest, Contrast: true, Paper: true}
		if len(got.Langs) != 2 || got.Langs[0] != i18n.Vi || got.Langs[1] != i18n.JaEasy || got.Aids != want || got.Birth != jp.NewDate(1994, 5, 6) {
			t.Errorf("saved %+v", got)
		}
		return err
	})
}

func TestSettings_NewMailIsProvedFirst(t *testing.T) {
	s := serve(t, db.SQLite, setup{})
	p := s.add(person.Person{Name: "佐々木", Private: person.Private{Mail: "old@example.jp"}})
	s.add(person.Person{Name: "山本", Private: person.Private{Mail: "taken@example.jp"}})
	c := s.Client(t).SignIn(p.ID)
	mailNow := func() (m string) {
		s.read(func(tx *db.Tx) error { p, err := s.people.Reveal(tx, p.ID); m = p.Mail; return err })
		return m
	}
	page := c.Follow(c.Submit(c.Get("/me/settings/mail").Form("/me/settings/mail"), "mail", "new@example.jp")).Want(200)
	code := s.code()
	c.Submit(page.Form("/me/settings/mail/code"), "code", "000001").Want(422)
	// The code is good for this and not for signing in.
	thief := s.Client(t)
	thief.Post("/sign-in/code", url.Values{"code": {code}}).Want(409)
	if mailNow() != "old@example.jp" {
		t.Error("the address changed before it was proved")
	}
	c.Follow(c.Submit(page.Form("/me/settings/mail/code"), "code", code)).Want(200).Has("保存しました")
	if mailNow() != "new@example.jp" {
		t.Errorf("the address is %s", mailNow())
	}
	page = c.Follow(c.Submit(c.Get("/me/settings/mail").Form("/me/settings/mail"), "mail", "taken@example.jp")).Want(200)
	c.Submit(page.Form("/me/settings/mail/code"), "code", s.code()).Want(422)
}

func TestSettings_SignOutEverywhere(t *testing.T) {
	s := serve(t, db.SQLite, setup{})
	p := s.add(person.Person{Name: "佐々木", Private: person.Private{Mail: "a@example.jp"}})
	one, two, three := s.Client(t).SignIn(p.ID), s.Client(t).SignIn(p.ID), s.Client(t).SignIn(p.ID)
	page := one.Get("/me/settings/sessions").Want(200).Has("この端末")
	one.Follow(one.Submit(page.Form("/me/settings/sessions/end"))).Want(200)
	one.Post("/me/settings/sessions/end", nil).Want(303)
	for _, c := range []*webtest.Client{one, two, three} {
		c.Get("/me").Want(303)
	}
}

func TestTokens_ShownOnceAndScoped(t *testing.T) {
	s := serve(t, db.SQLite, setup{})
	p := s.add(person.Person{Name: "佐々木", Private: person.Private{Mail: "a@example.jp"}})
	c := s.Client(t).SignIn(p.ID)
	form := c.Get("/me/settings/tokens").Want(200).Form("/me/settings/tokens")
	c.Submit(form, "label", "", "days", "9999").Want(422).Has("何に使うか", "400日まで")
	page := c.Submit(form, "label", "家のカレンダー").Want(200)
	secret := regexp.MustCompile(`kakehashi_[a-z2-7]{40}`).FindString(page.Text())
	if secret == "" {
		t.Fatalf("no token on the page: %s", page.Text())
	}
	c.Get("/me/settings/tokens").Want(200).Has("家のカレンダー").Lacks(secret)
	s.read(func(tx *db.Tx) error {
		g, err := s.people.Token(tx.Context(), tx, sum(secret))
		if g.Person != p.ID || strings.Join(g.Scopes, ",") != "read" {
			t.Errorf("grant %+v", g)
		}
		return err
	})
	c.Submit(c.Get("/me/settings/tokens").Form("/me/settings/tokens/revoke")).Want(303)
	err := s.d.Read(t.Context(), func(tx *db.Tx) error { _, err := s.people.Token(tx.Context(), tx, sum(secret)); return err })
	if err == nil {
		t.Error("a revoked token still works")
	}
}

func TestMyData_ShowsReadersAndExports(t *testing.T) {
	s := serve(t, db.SQLite, setup{})
	p := s.add(person.Person{Name: "=高橋 正雄", Kana: "タカハシ", Private: person.Private{Mail: "t@example.jp", Phone: "048-258-1110"}})
	s.people.Connect(nil, func() []module.Personal {
		return append(s.people.Module().Personal, module.Personal{Title: "people.posts.title", Export: func(_ *db.Tx, loc *i18n.Localizer, who db.ID) ([]module.Record, error) {
			return []module.Record{{Title: "会議室1", Values: []module.Value{{Label: "日", Value: "11月28日"}}}}, nil
		}})
	})
	clerk := s.clerk("田中")
	s.Client(t).SignIn(clerk.ID).Get("/office/people/" + p.ID.String()).Want(200)
	c := s.Client(t).SignIn(p.ID)
	c.Get("/me/data").Want(200).Has("048-258-1110", "会議室1", "11月28日")
	c.Get("/me/data/readers").Want(200).Has("田中", "名前や連絡先を見た").Lacks("登録した")
	c.Get("/me/data/readers?all=1").Want(200).Has("登録した")

	page := c.Get("/me/data/export").Want(200)
	z, err := zip.NewReader(bytes.NewReader(page.Body), int64(len(page.Body)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(b)
	}
	var all struct {
		Sections []struct{ Title string }
		Traces   []struct{ Who, Action string }
	}
	if err := json.Unmarshal([]byte(files["my-data.json"]), &all); err != nil || len(all.Sections) != 2 || len(all.Traces) == 0 {
		t.Errorf("json %v: %s", err, files["my-data.json"])
	}
	if !strings.Contains(files["01.csv"], "048-258-1110") || strings.Contains(files["01.csv"], ",=高橋") || !strings.Contains(files["readers.csv"], "田中") {
		t.Errorf("files %v", files)
	}
}

func TestErase_SaysWhatStaysAndKeepsIt(t *testing.T) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			s := serve(t, e, setup{})
			p := s.add(person.Person{Name: "山口", Private: person.Private{Mail: "y@example.jp"}})
			s.give(p.ID, web.RoleMinsei, web.Scope{Kind: "district", ID: 5})
			c := s.Client(t).SignIn(p.ID)
			page := c.Get("/me/data/erase").Want(200).Has("役割の記録", "名前は残りません")
			s.read(func(tx *db.Tx) error { // looking changed nothing
				p, err := s.people.Get(tx, p.ID)
				if p.Name != "山口" {
					t.Errorf("the preview erased %+v", p)
				}
				return err
			})
			c.Submit(page.Form("/me/data/erase")).Want(422).Has("しるしをつけてください")
			c.Follow(c.Submit(page.Form("/me/data/erase"), "sure", "on")).Want(200).Has("情報を消しました")
			c.Get("/me").Want(303)
			s.read(func(tx *db.Tx) error {
				posts, err := s.people.Posts(tx, p.ID)
				if len(posts) != 1 || posts[0].EndedAt.IsZero() {
					t.Errorf("posts after erasing: %+v", posts)
				}
				return err
			})
			// The address is free for a new beginning.
			s.add(person.Person{Name: "新しい山口", Private: person.Private{Mail: "y@example.jp"}})
		})
	}
}

func TestFamily_ParentAddsSeesAndActs(t *testing.T) {
	s := serve(t, db.SQLite, setup{})
	parent := s.add(person.Person{Name: "गीता", Langs: []i18n.Lang{i18n.Ne}, Private: person.Private{Mail: "g@example.jp"}})
	c := s.Client(t).SignIn(parent.ID)
	form := c.Get("/me/family/add").Want(200).Form("/me/family/add")
	year := time.Now().Year()
	adult, young := jp.NewDate(year-20, 1, 1).String(), jp.NewDate(year-10, 1, 1).String()
	c.Submit(form, "name", "राम", "birth", young).Want(422)
	c.Submit(form, "name", "राम", "birth", adult, "consent", "on").Want(422)
	page := c.Follow(c.Submit(form, "name", "राम", "birth", young, "consent", "on")).Want(200).Has("राम")
	page = c.Follow(c.Submit(page.Form("/me/family/act"))).Want(200).Has("home of गीता for राम")
	// A guardian sees the child's data, and that is on record.
	c.Get("/me/data").Want(200).Has("राम")
	c.Get("/me/settings/passkeys").Want(403)
	var child db.ID
	s.read(func(tx *db.Tx) error {
		gs, _, err := s.people.Children(tx, parent.ID)
		child = gs[0].Child
		return err
	})
	if got := s.actions(child); !has(got, "people.data.read") || !has(got, "people.act.begin") || !has(got, "people.guardian.consent") {
		t.Errorf("log has %v", got)
	}
	c.Follow(c.Submit(page.Form("/behalf/stop"))).Want(200)
	// Somebody else's child is nobody's business.
	stranger := s.add(person.Person{Name: "X", Private: person.Private{Mail: "x@example.jp"}})
	s.Client(t).SignIn(stranger.ID).Post("/me/family/act", url.Values{"id": {child.String()}}).Want(403)
}

func TestFamily_ChildAsksByMail(t *testing.T) {
	s := serve(t, db.SQLite, setup{})
	child := s.add(person.Person{Name: "ゆい", Private: person.Private{Mail: "yui@example.jp", Birth: jp.NewDate(time.Now().Year()-14, 1, 1)}})
	mother := s.add(person.Person{Name: "母", Private: person.Private{Mail: "mother@example.jp"}})
	c := s.Client(t).SignIn(child.ID)
	form := c.Get("/me/family/ask").Want(200).Form("/me/family/ask")
	c.Submit(form, "mail", "yui@example.jp").Want(422)
	c.Follow(c.Submit(form, "mail", "mother@example.jp")).Want(200).Has("メールを送りました")
	m := s.mail()
	link := regexp.MustCompile(regexp.QuoteMeta(baseURL) + `(/me/family/consent/\S+)`).FindStringSubmatch(m.Text)
	if link == nil || !strings.Contains(m.Subject, "ゆい") {
		t.Fatalf("mail %q: %q", m.Subject, m.Text)
	}
	s.Client(t).Get(link[1]).Want(303) // sign in first
	g := s.Client(t).SignIn(mother.ID)
	page := g.Get(link[1]).Want(200).Has("ゆい")
	g.Submit(page.Form(link[1])).Want(422)
	g.Follow(g.Submit(page.Form(link[1]), "consent", "on")).Want(200).Has("ゆい", "同意を受けつけました")
	g.Get(link[1]).Want(404)
	c.Get("/me/family").Want(200).Has("母")
	g.Get("/me/family/consent/guess").Want(404)
}
