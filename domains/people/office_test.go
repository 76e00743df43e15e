package people_test

import (
	"net/url"
	"strings"
	"testing"

	"kakehashi/domains/people/person"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// directory names the groups and districts of these tests.
type directory struct{ members map[db.ID][]web.Scope }

var (
	honcho   = web.Scope{Kind: "group", ID: 4001}
	district = web.Scope{Kind: "district", ID: 5001}
)

func (directory) ScopeName(_ *db.Tx, s web.Scope) (i18n.Text, error) {
	return i18n.Text{i18n.Ja: map[web.Scope]string{honcho: "本町四丁目町会", district: "本町地区"}[s]}, nil
}

func (directory) Scopes(_ *db.Tx, kind string) ([]web.Scope, error) {
	return map[string][]web.Scope{"district": {district}, "group": {honcho}}[kind], nil
}

func (d directory) GroupsOf(_ *db.Tx, who db.ID) ([]web.Scope, error) { return d.members[who], nil }

func TestOffice_SearchOpenAndTrace(t *testing.T) {
	s := serve(t, db.SQLite, setup{})
	p := s.add(person.Person{Name: "高橋 正雄", Kana: "タカハシ マサオ", Town: "本町", Private: person.Private{Phone: "048-258-1110", Birth: jp.NewDate(1944, 3, 4)}})
	clerk := s.clerk("田中")
	c := s.Client(t).SignIn(clerk.ID)
	c.Get("/office/people").Want(200).Lacks("高橋")
	for _, q := range []string{"たかはし", "048-258-1110", "高橋"} {
		page := c.Get("/office/people?q="+url.QueryEscape(q)).Want(200).Has("高橋 正雄", "本町")
		page.Lacks("1944", "048-258-1110 ")
	}
	if has(s.actions(p.ID), "people.person.read") {
		t.Error("a search alone counts as reading")
	}
	c.Get("/office/people/"+p.ID.String()).Want(200).Has("高橋 正雄", "048-258-1110", "1944")
	if !has(s.actions(p.ID), "people.person.read") {
		t.Error("opening a person leaves no trace")
	}
	c.Get("/office/people/" + strings.Repeat("0", 12) + "1").Want(404)

	// The operator sees names and posts, and nothing sealed.
	op := s.add(person.Person{Name: "石井", Private: person.Private{Mail: "op@example.jp"}})
	s.give(op.ID, web.RoleOperator, web.Scope{Kind: "city"})
	o := s.Client(t).SignIn(op.ID)
	o.Get("/office/people/"+p.ID.String()).Want(200).Has("高橋 正雄").Lacks("048-258-1110", "1944")
	o.Get("/office/people/" + p.ID.String() + "/edit").Want(403)

	// Residents see nothing of it.
	r := s.Client(t).SignIn(p.ID)
	r.Get("/office/people?q=x").Want(403)
}

func TestOffice_EntersAPersonAndActsForThem(t *testing.T) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			s := serve(t, e, setup{})
			s.add(person.Person{Name: "高橋　正雄", Town: "栄町"})
			clerk := s.clerk("田中")
			c := s.Client(t).SignIn(clerk.ID)
			c.Get("/office/act-for?q=" + url.QueryEscape("高橋正吉")).Want(200).Has("見つかりませんでした")
			form := c.Get("/office/people/new?act=1&name=" + url.QueryEscape("高橋 正雄")).Want(200).Form("/office/people/new")
			// Somebody of that name is known: asked first, nothing lost.
			page := c.Submit(form, "kana", "たかはし まさお", "birth", "1944-03-04", "paper", "on", "lang", "ja", "address", "本町1-2")
			page.Want(409).Has("もう登録されている方かもしれません", "栄町")
			again := page.Form("/office/people/new")
			if again.Values.Get("kana") == "" || again.Values.Get("address") != "本町1-2" {
				t.Errorf("the form lost %v", again.Values)
			}
			page = c.Follow(c.Submit(again)).Want(200).Has("home of 田中 for 高橋 正雄")
			var id db.ID
			s.read(func(tx *db.Tx) error {
				f, err := s.people.Search(tx, "タカハシ", "")
				if len(f.Persons) == 1 {
					id = f.Persons[0].ID
				}
				return err
			})
			var p person.Person
			s.read(func(tx *db.Tx) (err error) { p, err = s.people.Reveal(tx, id); return err })
			if p.Account || !p.Aids.Paper || p.Kana != "タカハシ マサオ" || p.Birth != jp.NewDate(1944, 3, 4) {
				t.Errorf("entered as %+v", p)
			}
			// A clerk who acts sees nobody's own room.
			c.Get("/me/data").Want(403).Has("ご本人だけ")
			c.Get("/me/settings/tokens").Want(403)
			c.Follow(c.Submit(page.Form("/behalf/stop"))).Want(200).Has("代わりの入力を終えました")
			c.Get("/").Want(200).Lacks("高橋")
			got := s.actions(id)
			if !has(got, "people.act.begin") || !has(got, "people.act.end") || !has(got, "people.person.create") {
				t.Errorf("log has %v", got)
			}
		})
	}
}

func TestOffice_SecondEditorSeesBothTexts(t *testing.T) {
	s := serve(t, db.SQLite, setup{})
	p := s.add(person.Person{Name: "高橋 正雄", Town: "本町"})
	clerk := s.clerk("田中")
	c := s.Client(t).SignIn(clerk.ID)
	path := "/office/people/" + p.ID.String() + "/edit"
	mine, theirs := c.Get(path).Form(path), c.Get(path).Form(path)
	c.Submit(theirs, "town", "栄町一丁目").Want(303)
	page := c.Submit(mine, "town", "幸町二丁目").Want(409).Has("ほかの人が、先に書きかえました", "栄町一丁目")
	again := page.Form(path)
	if got := again.Values.Get("town"); got != "幸町二丁目" {
		t.Errorf("the form shows %q, not what was typed", got)
	}
	c.Submit(again).Want(303)
	s.read(func(tx *db.Tx) error {
		p, err := s.people.Get(tx, p.ID)
		if p.Town != "幸町二丁目" {
			t.Errorf("town is %q", p.Town)
		}
		return err
	})
}

func TestOffice_PostsAreGivenByWhoMay(t *testing.T) {
	s := serve(t, db.SQLite, setup{names: directory{}})
	p := s.add(person.Person{Name: "山口", Private: person.Private{Mail: "y@example.jp"}})
	clerk := s.clerk("田中")
	c := s.Client(t).SignIn(clerk.ID)
	path := "/office/people/" + p.ID.String() + "/posts"
	page := c.Get(path).Want(200).Has("民生委員").Lacks("運用担当")
	form := c.Submit(page.Form(path), "role", "minsei").Want(200).Has("本町地区").Form(path)
	if form.Values.Get("until") == "" {
		t.Error("a term is not proposed")
	}
	c.Submit(form, "reason", "", "scope", district.ID.String()).Want(422).Has("理由を書いてください")
	c.Submit(form, "reason", "厚生労働大臣委嘱").Want(422) // no district
	page = c.Follow(c.Submit(form, "reason", "厚生労働大臣委嘱", "scope", district.ID.String())).Want(200)
	page.Has("本町地区の民生委員", "つとめています", "田中")
	s.Client(t).SignIn(p.ID).Get("/me").Want(200).Has("本町地区の民生委員")
	// Not by hand either: what the form does not offer is refused.
	for _, role := range []string{"clerk", "operator"} {
		c.Post(path, url.Values{"role": {role}, "scope": {db.ID(77).String()}, "since": {"2026-01-01"}, "reason": {"x"}}).Want(403)
	}
	// Nobody appoints themselves.
	c.Post("/office/people/"+clerk.ID.String()+"/posts", url.Values{"role": {"bridge"}, "since": {"2026-01-01"}, "reason": {"x"}}).Want(403)
	end := page.Form(path + "/end")
	c.Follow(c.Submit(end, "reason-"+end.Values.Get("id"), "転居")).Want(200).Has("途中で終わりました", "転居")
	s.Client(t).SignIn(p.ID).Get("/me").Want(200).Lacks("民生委員")
}

func TestActFor_OfficerForMembersWhoAsked(t *testing.T) {
	names := directory{members: map[db.ID][]web.Scope{}}
	s := serve(t, db.SQLite, setup{names: names})
	member := s.add(person.Person{Name: "会員 花子", Private: person.Private{Mail: "m@example.jp"}})
	other := s.add(person.Person{Name: "別の 会員"})
	officer := s.add(person.Person{Name: "役員 一郎", Private: person.Private{Mail: "o@example.jp"}})
	s.give(officer.ID, web.RoleOfficer, honcho)
	names.members[member.ID] = []web.Scope{honcho}

	o := s.Client(t).SignIn(officer.ID)
	o.Get("/office/act-for").Want(200).Has("頼んだ人は、まだいません")
	o.Post("/office/act-for", url.Values{"id": {member.ID.String()}}).Want(403)
	o.Get("/office/people?q=x").Want(403)

	m := s.Client(t).SignIn(member.ID)
	page := m.Get("/me/settings/wishes").Want(200).Has("役員 一郎 – 本町四丁目町会の役員")
	form := page.Form("/me/settings/wishes")
	var post db.ID
	s.read(func(tx *db.Tx) error {
		held, err := s.people.Holders(tx, web.RoleOfficer, honcho)
		post = held[0].ID
		return err
	})
	m.Submit(form, "officer", post.String(), "until", "2099-01-01").Want(422).Has("1年以内")
	m.Follow(m.Submit(form, "officer", post.String())).Want(200).Has("保存しました")

	page = o.Get("/office/act-for").Want(200).Has("会員 花子", "本町四丁目町会").Lacks("別の")
	o.Post("/office/act-for", url.Values{"id": {other.ID.String()}}).Want(403)
	o.Follow(o.Submit(page.Form("/office/act-for"))).Want(200).Has("home of 役員 一郎 for 会員 花子")
	o.Get("/me/data").Want(403)
	o.Get("/me/profile").Want(403)

	page = m.Get("/me/settings/wishes")
	m.Submit(page.Form("/me/settings/wishes/withdraw")).Want(303)
	s.Client(t).SignIn(officer.ID).Post("/office/act-for", url.Values{"id": {member.ID.String()}}).Want(403)
}

func TestOffice_RecordsAWishOnPaperAndAGuardian(t *testing.T) {
	names := directory{members: map[db.ID][]web.Scope{}}
	s := serve(t, db.SQLite, setup{names: names})
	member := s.add(person.Person{Name: "会員 花子"})
	officer := s.add(person.Person{Name: "役員 一郎"})
	mother := s.add(person.Person{Name: "母", Private: person.Private{Phone: "090-1234-5678"}})
	child := s.add(person.Person{Name: "子", Private: person.Private{Birth: jp.NewDate(2015, 5, 5)}})
	s.give(officer.ID, web.RoleRepresentative, honcho)
	names.members[member.ID] = []web.Scope{honcho}
	clerk := s.clerk("田中")
	c := s.Client(t).SignIn(clerk.ID)

	path := "/office/people/" + member.ID.String() + "/wish"
	var post db.ID
	s.read(func(tx *db.Tx) error {
		held, err := s.people.Holders(tx, web.RoleRepresentative, honcho)
		post = held[0].ID
		return err
	})
	c.Submit(c.Get(path).Want(200).Form(path), "officer", post.String()).Want(303)
	s.read(func(tx *db.Tx) error {
		all, err := s.people.ProxiesOf(tx, member.ID)
		if len(all) != 1 || all[0].Given != "paper" || all[0].RecordedBy != clerk.ID {
			t.Errorf("recorded %+v", all)
		}
		return err
	})

	path = "/office/people/" + child.ID.String() + "/guardian"
	form := c.Get(path).Want(200).Form(path)
	c.Submit(form, "guardian", "090-0000-0000", "seen", "on").Want(422).Has("見つかりません")
	c.Submit(form, "guardian", "090-1234-5678").Want(422).Has("書類を確かめてから")
	c.Follow(c.Submit(form, "guardian", "090-1234-5678", "seen", "on")).Want(200).Has("保護者", "母")
	s.read(func(tx *db.Tx) error {
		gs, err := s.people.Guardians(tx, child.ID)
		if len(gs) != 1 || gs[0].Guardian != mother.ID || gs[0].ConfirmedBy != clerk.ID {
			t.Errorf("guardians %+v", gs)
		}
		return err
	})
}
