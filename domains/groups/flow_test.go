package groups_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"path/filepath"
	"strings"
	"testing"

	"kakehashi/domains/groups"
	"kakehashi/domains/groups/group"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/deliver"
	"kakehashi/platform/fault"
	"kakehashi/platform/files"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/module"
	"kakehashi/platform/table"
	"kakehashi/platform/web"
	"kakehashi/platform/web/webtest"
	"kakehashi/ui"
)

// people are the few that the stories need; posts given are kept in memory.
type people struct {
	names map[db.ID]string
	posts map[db.ID][]web.Post
	given int
}

func (p *people) GivePost(tx *db.Tx, who db.ID, role web.Role, scope web.Scope, since, until jp.Date, _ string) (db.ID, error) {
	p.given++
	if today := jp.DateOf(tx.Now); !today.Before(since) && !today.After(until) {
		p.posts[who] = append(p.posts[who], web.Post{Role: role, Scope: scope})
	}
	tx.Touch("posts")
	return db.NewID(), nil
}

func (p *people) EndPost(tx *db.Tx, who db.ID, role web.Role, scope web.Scope, _ string) (int, error) {
	var kept []web.Post
	for _, post := range p.posts[who] {
		if post != (web.Post{Role: role, Scope: scope}) {
			kept = append(kept, post)
		}
	}
	p.posts[who] = kept
	tx.Touch("posts")
	return 1, nil
}
func (p *people) PostsNow(_ *db.Tx, who db.ID) ([]web.Post, error)       { return p.posts[who], nil }
func (p *people) HoldersOf(*db.Tx, web.Role, web.Scope) ([]db.ID, error) { return nil, nil }
func (p *people) PersonName(_ *db.Tx, who db.ID) (string, error)         { return p.names[who], nil }
func (p *people) PersonTown(*db.Tx, db.ID) (string, error)               { return "芝園町", nil }
func (p *people) PersonLang(_ *db.Tx, who db.ID) (i18n.Lang, error) {
	return i18n.Langs[int(who)%len(i18n.Langs)], nil
}
func (p *people) FindPerson(_ *db.Tx, contact string) (db.ID, bool, error) {
	for id, name := range p.names {
		if contact == name+"@example.jp" {
			return id, true, nil
		}
	}
	return 0, false, nil
}

const (
	linh     db.ID = 2001
	stranger db.ID = 2002
	clerk    db.ID = 2003
	other    db.ID = 2004 // a clerk of another office
	heir     db.ID = 2005
	operator db.ID = 2006
)

type city struct {
	*webtest.Site
	people *people
	groups *groups.Groups
}

func open(t *testing.T, e db.Engine) *city {
	t.Helper()
	d := dbtest.Open(t, e, []db.Migrations{
		audit.Migrations(), inbox.Migrations(), files.Migrations(), deliver.Migrations(), web.Migrations(), groups.Migrations(),
	})
	store, err := files.New(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	p := &people{
		names: map[db.ID]string{linh: "Linh", stranger: "Murat", clerk: "田中", other: "石川", heir: "佐々木", operator: "石井"},
		posts: map[db.ID][]web.Post{operator: {{Role: web.RoleOperator, Scope: web.Scope{Kind: "city"}}}},
	}
	deps := module.Deps{DB: d, Files: store, Audit: audit.New(audit.Config{DB: d}), Deliver: deliver.New(deliver.Config{DB: d}), BaseURL: "https://city.example.jp"}
	c := &city{people: p, groups: groups.New(deps, groups.Neighbours{People: p})}
	m := c.groups.Module()
	deps.Deliver.Register(m.Mails...)
	err = d.Write(t.Context(), db.System, func(tx *db.Tx) error {
		for i, who := range []db.ID{clerk, other} {
			o, err := group.Add(tx, group.Group{Kind: group.Office, Name: i18n.Text{i18n.Ja: fmt.Sprint("課", i)}})
			if err != nil {
				return err
			}
			p.posts[who] = []web.Post{{Role: web.RoleClerk, Scope: web.Scope{Kind: "office", ID: o.ID}}}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Site = webtest.Start(t, webtest.Setup{
		DB: d, Routes: map[string][]web.Route{"groups": m.Routes},
		Messages: []i18n.Source{groups.Messages(), ui.Messages(), table.Messages(), files.Messages(), audit.Messages()},
		Config: func(cfg *web.Config) {
			cfg.Identify = func(_ context.Context, _ *db.Tx, who db.ID) (web.Viewer, error) {
				name, ok := p.names[who]
				if !ok {
					return web.Viewer{}, fault.New(fault.NotFound, "web.error.not_found")
				}
				return web.Viewer{Person: who, Name: name, Posts: p.posts[who]}, nil
			}
			cfg.Shell, cfg.ErrorPage = ui.NewShell(ui.Frame{City: func(context.Context) ui.City { return ui.City{} }}), ui.ErrorPage
		},
	})
	return c
}

// A Vietnamese resident registers her group, is asked for changes in her own
// language, and after the approval everybody finds it.
func TestStory_AGroupIsRegistered(t *testing.T) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			s := open(t, e)
			phone := s.Client(t).Speak(i18n.Vi).SignIn(linh)
			page := phone.Get("/groups/new").Want(200).Has("Đăng ký nhóm")
			page = phone.Submit(page.Form("/groups/new"), "name", "", "kana", "ベトナム", "kind", "civic")
			page.Want(422).Has("Xin ghi tên")
			if kept := page.Form("/groups/new").Values.Get("kana"); kept != "ベトナム" {
				t.Errorf("the kana was lost: %q", kept)
			}
			page = phone.Follow(phone.Submit(page.Form("/groups/new"), "name", "Hội Bạn bè Việt Nam"))
			at := strings.TrimSuffix(page.Want(200).Path, "/about")
			page = phone.Follow(phone.Submit(page.Form(at+"/about"), "town", "芝園町", "contact", "linh@example.jp"))
			page = phone.Follow(phone.Submit(page.Want(200).Form(at+"/profile"), "about", "Nấu ăn <b>cùng nhau</b>"))
			for i := range 4 {
				page = phone.Follow(phone.Submit(page.Want(200).Form(at+"/members"), "name", fmt.Sprint("Bạn ", i), "tie", "lives"))
			}
			page.Want(200).Has("Bạn 3", "5 người")
			phone.Submit(page.Form(at+"/members"), "name", "Bạn 3", "tie", "lives").Want(422).Has("đã có trong danh sách")
			phone.Get(at+"/send").Want(200).Has("Trước khi gửi", "quy chế")
			phone.Submit(phone.Get(at + "/send").Form(at + "/send")).Want(422)
			page = phone.Follow(phone.Submit(phone.Get(at+"/papers").Want(200).Form(at+"/papers"), "rules", "目的：交流"))
			page = phone.Follow(phone.Submit(page.Want(200).Form(at + "/send")))
			page.Want(200).Has("Đơn đã được tiếp nhận", "Số tiếp nhận")
			phone.Get(at + "/desk").Want(200)
			if got := phone.Post(at+"/about", nil).Status; got != 409 && got != 422 {
				t.Errorf("changed while the office reads it: %d", got)
			}

			// Nobody else sees it.
			s.Client(t).Get(at).Want(404)
			s.Client(t).SignIn(stranger).Get(at + "/desk").Want(404)
			s.Client(t).SignIn(stranger).Get(at + "/members").Want(404)

			desk := s.Client(t).SignIn(clerk)
			inOffice := "/office" + at
			desk.Get("/office/groups?state=sent").Want(200).Has("Hội Bạn bè Việt Nam", "審査中")
			page = desk.Get(inOffice).Want(200).Has("団体登録の申請", "5人")
			desk.Submit(page.Form(inOffice+"/decide"), "decision", "changes").Want(422).Has("理由")
			form := page.Form(inOffice + "/decide")
			strangerDesk := s.Client(t).SignIn(other)
			strangerDesk.Get(inOffice).Want(200).Lacks("この答えを送る")
			strangerDesk.Submit(form, "decision", "approved").Want(403)
			desk.Follow(desk.Submit(form, "decision", "changes", "reasons", "profile", "note", "もう少し書いてください")).Want(200).Has("直しのお願い")

			phone.Get(at+"/desk").Want(200).Has("Có chỗ cần sửa", "Xin viết rõ hơn về hoạt động", "もう少し書いてください")
			phone.Follow(phone.Submit(phone.Get(at + "/send").Form(at + "/send"))).Want(200).Has("Đơn đã được tiếp nhận")
			desk.Follow(desk.Submit(desk.Get(inOffice).Form(inOffice+"/decide"), "decision", "approved")).Want(200).Has("登録済み")
			desk.Submit(form, "decision", "refused", "note", "x").Want(409)

			anyone := s.Client(t).Speak(i18n.En)
			anyone.Get(at).Want(200).Has("Hội Bạn bè Việt Nam", "Nấu ăn <b>cùng nhau</b>", "Written in")
			anyone.Get("/groups?q=ban%20be%20nobody").Want(200).Has("No group fits")
			anyone.Get("/groups?kind=civic&town=" + "%E8%8A%9D%E5%9C%92%E7%94%BA").Want(200).Has("Hội Bạn bè Việt Nam")
			anyone.Get("/groups/feed").Want(200)
			if csv := anyone.Get("/groups/data").Want(200).Body; !bytes.HasPrefix(csv, []byte("\ufeff")) || !bytes.Contains(csv, []byte("Hội Bạn bè")) {
				t.Errorf("open data: %.80q", csv)
			}
			phone.Get("/groups/mine").Want(200).Has("Hội Bạn bè Việt Nam", "Đã đăng ký")
			if body := desk.Get("/office/groups/export?format=xlsx").Want(200).Body; !bytes.HasPrefix(body, []byte("PK")) {
				t.Errorf("Excel: %.20q", body)
			}
		})
	}
}

// registered returns the path of a group that Linh speaks for.
func (c *city) registered(t *testing.T) string {
	t.Helper()
	var id db.ID
	err := c.DB.Write(t.Context(), db.System, func(tx *db.Tx) error {
		g, err := group.Add(tx, group.Group{Kind: group.Civic, Name: i18n.Text{i18n.Ja: "友の会"}, About: i18n.Text{i18n.Ja: "料理"}, Listed: true})
		if err != nil {
			return err
		}
		id = g.ID
		m, err := group.AddMember(tx, group.Member{Group: id, Person: linh, Name: "Linh", Tie: "lives"})
		if err != nil {
			return err
		}
		today := group.Today(tx)
		return group.Appoint(tx, group.Term{Group: id, Member: m.ID, Role: group.Representative, Since: today.AddDays(-300), Until: today.AddDays(60)})
	})
	if err != nil {
		t.Fatal(err)
	}
	c.people.posts[linh] = []web.Post{{Role: web.RoleRepresentative, Scope: web.Scope{Kind: "group", ID: id}}}
	return "/groups/" + id.String()
}

func TestStory_OfficersAreHandedOver(t *testing.T) {
	s := open(t, db.SQLite)
	at := s.registered(t)
	head := s.Client(t).SignIn(linh)
	form := head.Get(at + "/handover").Want(200).Form(at + "/handover")
	var role string
	for name := range form.Values {
		if strings.HasPrefix(name, "role_") {
			role = name
		}
	}
	page := head.Submit(form, role, "member")
	page.Want(422).Has("代表者をちょうど一人")
	page = head.Submit(form, role, "officer", "name_0", "佐々木", "newrole_0", "representative", "contact_0", "nobody@example.jp")
	page.Want(422).Has("見つかりません")
	if kept := page.Form(at + "/handover").Values.Get("name_0"); kept != "佐々木" {
		t.Errorf("the newcomer was lost: %q", kept)
	}
	page = head.Submit(page.Form(at+"/handover"), "contact_0", "佐々木@example.jp")
	page.Want(200).Has("佐々木", "いままで", "これから", "役員")
	head.Follow(head.Submit(page.Form(at+"/handover"), "confirm", "1")).Want(200).Has("引き継ぎました", "佐々木")
	s.Client(t).SignIn(heir).Get(at + "/handover").Want(200)
	head.Get(at + "/handover").Want(404) // an officer now, who does not lead
	head.Get(at+"/history").Want(200).Has("代表者", "Linh")
	if page := s.Client(t).SignIn(heir).Submit(form, role, "member"); page.Status != 409 {
		t.Errorf("an old form was taken: %d", page.Status)
	}
}

func TestStory_AListIsImported(t *testing.T) {
	s := open(t, db.SQLite)
	at := s.registered(t)
	head := s.Client(t).SignIn(linh)
	upload := func() *webtest.Page {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		f, err := m.CreateFormFile("file", "名簿.csv")
		if err != nil {
			t.Fatal(err)
		}
		cp932, _ := jp.EncodeCP932("氏名,フリガナ,区分\n田中,タナカ,在住\n,サトウ,在住\n")
		if _, err := f.Write(cp932); err != nil {
			t.Fatal(err)
		}
		m.Close()
		return head.Follow(head.Do("POST", at+"/import", m.FormDataContentType(), &b))
	}
	page := upload().Want(200).Has("田中", "新しい", "氏名")
	head.Follow(head.Submit(page.Form(at+"/import/"))).Want(200).Has("田中", "2人")
	upload().Want(200).Has("変わるところはありません")
	if body := head.Get(at + "/export?format=cp932").Want(200).Body; len(body) == 0 {
		t.Error("nothing was exported")
	}
	s.Client(t).SignIn(stranger).Get(at + "/export").Want(404)
}

func TestRules_OnlyTheOperatorMakesOffices(t *testing.T) {
	s := open(t, db.SQLite)
	desk := s.Client(t).SignIn(clerk)
	form := desk.Get("/office/groups/new").Want(200).Form("/office/groups/new")
	desk.Submit(form, "name", "新しい課", "kind", "office").Want(403)
	op := s.Client(t).SignIn(operator)
	op.Follow(op.Submit(form, "name", "新しい課", "kind", "office")).Want(200).Has("新しい課")
	page := desk.Get("/office/groups/rules").Want(200).Has("市民団体：5人以上")
	desk.Submit(page.Form("/office/groups/rules"), "min_members", "x").Want(422)
	s.Client(t).SignIn(linh).Get("/office/groups").Want(403)
}

// Mails speak the reader's language and carry the office's own words as they
// were written.
func TestMails_EveryLanguage(t *testing.T) {
	s := open(t, db.SQLite)
	catalog := i18n.NewCatalog(groups.Messages())
	for _, state := range []group.State{group.Sent, group.Approved, group.Changes, group.Refused} {
		data, err := json.Marshal(group.Letter{Group: 5, Name: i18n.Text{i18n.Ja: "友の会"}, Receipt: "7K4-Q2", State: state, Reasons: []string{"members"}, Note: "名簿", Due: jp.NewDate(2026, 12, 8), Until: jp.NewDate(2028, 11, 23)})
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range s.groups.Module().Mails {
			seen := map[string]bool{}
			for _, l := range i18n.Langs {
				c, err := kind.Render(t.Context(), catalog.For(l), data)
				if err != nil || c.Subject == "" || strings.Contains(c.Subject+c.Text, "⟦") || !strings.Contains(c.Text, "https://city.example.jp/groups/") {
					t.Errorf("%s %s %s: %v %+v", kind.Name, state, l, err, c)
				}
				seen[c.Text] = true
			}
			if len(seen) != len(i18n.Langs) {
				t.Errorf("%s %s: only %d different texts", kind.Name, state, len(seen))
			}
		}
	}
}
