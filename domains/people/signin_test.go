package people_test

import (
	"net/url"
	"strings"
	"testing"

	"kakehashi/domains/people/person"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
)

func TestSignIn_FirstTimeInVietnamese(t *testing.T) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			s := serve(t, e, setup{})
			phone := s.Client(t).Speak(i18n.Vi)
			page := phone.Get("/sign-in?next=/me").Want(200).Has("Đăng nhập")
			page = phone.Follow(phone.Submit(page.Form("/sign-in"), "mail", "Linh@Example.jp"))
			page.Want(200).Has("Nhập chữ số", "Linh@example.jp")
			m := s.mail()
			if m.Lang != i18n.Vi || !strings.Contains(m.Text, "Mã đăng nhập") || m.To != "Linh@example.jp" {
				t.Errorf("mail %+v", m)
			}
			page = phone.Follow(phone.Submit(page.Form("/sign-in/code"), "code", sixDigits.FindString(m.Text)))
			page.Want(200).Has("Chào mừng bạn")
			// The form keeps what was typed when something is missing.
			page = phone.Submit(page.Form("/welcome"), "name", "")
			page.Want(422).Has("Hãy ghi tên")
			page = phone.Follow(phone.Submit(page.Form("/welcome"), "name", "Nguyễn Thị Linh", "lang", "vi"))
			page.Want(200).Has("Trang của Nguyễn Thị Linh")
			// The second time there is no form.
			other := s.Client(t)
			page = other.Follow(other.Submit(other.Get("/sign-in").Form("/sign-in"), "mail", "linh@example.jp"))
			m = s.mail()
			if m.Lang != i18n.Vi {
				t.Errorf("the second mail is in %s, not in the person's language", m.Lang)
			}
			page = other.Follow(other.Submit(page.Form("/sign-in/code"), "code", sixDigits.FindString(m.Text)))
			page.Want(200).Has("home of Nguyễn Thị Linh")
			// Signing out is a form of the page.
			page = other.Follow(other.Post("/sign-out", nil))
			page.Want(200).Has("home of for")
		})
	}
}

func TestSignIn_SameAnswerKnownOrNot(t *testing.T) {
	s := serve(t, db.SQLite, setup{})
	s.add(person.Person{Name: "佐々木", Private: person.Private{Mail: "known@example.jp"}})
	var texts []string
	for _, mail := range []string{"known@example.jp", "nobody@example.jp"} {
		c := s.Client(t)
		page := c.Post("/sign-in", url.Values{"mail": {mail}}).Want(303)
		texts = append(texts, strings.ReplaceAll(c.Follow(page).Want(200).Text(), mail, "-"))
		s.mail()
	}
	if texts[0] != texts[1] {
		t.Errorf("known: %s\nunknown: %s", texts[0], texts[1])
	}
}

func TestCode_FiveTriesInItsOwnBrowser(t *testing.T) {
	s := serve(t, db.SQLite, setup{})
	s.add(person.Person{Name: "佐々木", Private: person.Private{Mail: "a@example.jp"}})
	c := s.Client(t)
	c.Post("/sign-in", url.Values{"mail": {"a@example.jp"}}).Want(303)
	code := s.code()
	wrong := "111111"
	if strings.ReplaceAll(code, " ", "") == wrong {
		wrong = "222222"
	}
	// Another browser with the right digits gets nowhere.
	thief := s.Client(t)
	thief.Post("/sign-in/code", url.Values{"code": {code}}).Want(409)
	c.Post("/sign-in/code", url.Values{"code": {"12a"}}).Want(422) // costs no try
	for left := 4; left > 0; left-- {
		c.Post("/sign-in/code", url.Values{"code": {wrong}}).Want(422).Has("数字がちがいます")
	}
	c.Post("/sign-in/code", url.Values{"code": {wrong}}).Want(409).Has("もう使えません")
	c.Post("/sign-in/code", url.Values{"code": {code}}).Want(409)
}

// A code that ran out costs neither the address nor the way to what was begun.
func TestCode_RunOutKeepsAddressAndWay(t *testing.T) {
	s := serve(t, db.SQLite, setup{})
	c := s.Client(t)
	c.Post("/sign-in", url.Values{"mail": {"a@example.jp"}, "next": {"/continue?a=b"}}).Want(303)
	wrong := "111111"
	if strings.ReplaceAll(s.code(), " ", "") == wrong {
		wrong = "222222"
	}
	for left := 4; left > 0; left-- {
		c.Post("/sign-in/code", url.Values{"code": {wrong}}).Want(422).Has("a@example.jp")
	}
	form := c.Post("/sign-in/code", url.Values{"code": {wrong}}).Want(409).Form("/sign-in").Values
	if form.Get("mail") != "a@example.jp" || form.Get("next") != "/continue?a=b" {
		t.Errorf("the form for a new code holds %v", form)
	}
	// Who never asked for a code is not told of a mail to nobody.
	s.Client(t).Post("/sign-in/code", url.Values{"code": {""}}).Want(409).Form("/sign-in")
}

func TestCode_WorksOnce(t *testing.T) {
	s := serve(t, db.SQLite, setup{})
	s.add(person.Person{Name: "佐々木", Private: person.Private{Mail: "a@example.jp"}})
	c := s.Client(t)
	c.Post("/sign-in", url.Values{"mail": {"a@example.jp"}})
	cookie := c.Cookie("kakehashi-keep-sign-in")
	code := s.code()
	c.Post("/sign-in/code", url.Values{"code": {code}}).Want(303)
	if cookie == "" {
		t.Fatal("the browser keeps nothing")
	}
	var states int
	s.read(func(tx *db.Tx) error {
		return tx.Row(`SELECT COUNT(*) FROM sign_in_codes WHERE state = 'used' AND mail IS NULL`).Scan(&states)
	})
	if states != 1 {
		t.Errorf("%d used flows without an address, want 1", states)
	}
}

func TestCode_IsLimitedByAddressee(t *testing.T) {
	s := serve(t, db.SQLite, setup{})
	for i := range 7 {
		c := s.Client(t)
		page := c.Post("/sign-in", url.Values{"mail": {"victim@example.jp"}})
		if want := map[bool]int{true: 303, false: 429}[i < 5]; page.Status != want {
			t.Errorf("code %d: %d, want %d", i+1, page.Status, want)
		}
	}
}

func TestWelcome_FindsWhomTheOfficeEntered(t *testing.T) {
	s := serve(t, db.SQLite, setup{})
	var entered person.Person
	s.write(0, func(tx *db.Tx) (err error) {
		entered, err = s.people.Create(tx, person.Person{Name: "高橋 正雄", Town: "本町", Langs: []i18n.Lang{i18n.Ja}, Private: person.Private{Mail: "m@example.jp"}})
		return err
	})
	c := s.Client(t)
	page := c.Follow(c.Post("/sign-in", url.Values{"mail": {"m@example.jp"}}))
	page = c.Follow(c.Submit(page.Form("/sign-in/code"), "code", s.code()))
	page.Has("高橋 正雄さんですか")
	c.Follow(c.Submit(page.Form("/welcome"), "earlier", "yes", "lang", "en")).Want(200)
	s.read(func(tx *db.Tx) error {
		p, err := s.people.Get(tx, entered.ID)
		if !p.Account || p.Town != "本町" || p.Lang() != i18n.En || p.Name != "高橋 正雄" {
			t.Errorf("after claiming: %+v", p)
		}
		return err
	})
}

func TestWelcome_NeedsAProvedAddress(t *testing.T) {
	s := serve(t, db.SQLite, setup{})
	c := s.Client(t)
	if got := c.Get("/welcome").Want(303).Location(); got != "/sign-in" {
		t.Errorf("the first form leads to %s", got)
	}
	c.Post("/sign-in", url.Values{"mail": {"new@example.jp"}}).Want(303)
	s.code()
	if got := c.Post("/welcome", url.Values{"name": {"X"}, "lang": {"en"}}).Want(303).Location(); got != "/sign-in" {
		t.Errorf("without the digits the first form leads to %s", got)
	}
	s.read(func(tx *db.Tx) error {
		var n int
		err := tx.Row(`SELECT COUNT(*) FROM persons`).Scan(&n)
		if n != 0 {
			t.Errorf("%d persons were made", n)
		}
		return err
	})
}

func TestDemoSignIn_OnlyInTheDemo(t *testing.T) {
	real := serve(t, db.SQLite, setup{})
	real.Client(t).Get("/demo-sign-in").Want(404)
	real.Client(t).Post("/demo-sign-in", url.Values{"as": {"operator"}}).Want(404)
	for _, r := range real.Server.Routes() {
		if strings.Contains(r.Path, "demo") {
			t.Errorf("%s is registered outside the demo", r.Pattern)
		}
	}
}
