package desk_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kakehashi/domains/places/draws"
	"kakehashi/domains/places/draws/desk"
	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/draw"
	"kakehashi/engines/draw/check"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/deliver"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/module"
	"kakehashi/platform/seal"
	"kakehashi/platform/table"
	"kakehashi/platform/web"
	"kakehashi/platform/web/webtest"
	"kakehashi/ui"
)

// The cast of these tests.
const (
	aozora db.ID = 1<<40 + iota // reads Chinese, officer of the choir
	rival                       // officer of another choir
	stranger
	clerk
	second // clerk of the same office
	other  // clerk of another office
	choir
	choir2
	office
	elsewhere
)

var tables = []db.Migrations{
	audit.Migrations(), inbox.Migrations(), deliver.Migrations(), web.Migrations(),
	{Name: "places", FS: os.DirFS("../../migrations")},
}

// town is a served city whose hall is drawn for February.
type town struct {
	*webtest.Site
	x    *draws.Draws
	now  atomic.Int64
	path string // of the draw
}

func (s *town) set(t time.Time) { s.now.Store(t.UnixMicro()) }

func start(t *testing.T) *town {
	t.Helper()
	s := &town{}
	s.set(jp.NewDate(2026, 11, 1).At(600))
	d, err := db.Open(t.Context(), db.Config{
		URL: dbtest.URL(t, db.SQLite), Log: slog.New(slog.DiscardHandler), Clock: func() time.Time { return time.UnixMicro(s.now.Load()) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if err := d.Migrate(t.Context(), tables); err != nil {
		t.Fatal(err)
	}
	keys, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	deps := module.Deps{DB: d, Keys: keys, Catalog: i18n.NewCatalog(draws.Messages()), Deliver: deliver.New(deliver.Config{DB: d}), BaseURL: "https://city.example"}
	for _, name := range reservation.MessageKinds {
		deps.Deliver.Register(deliver.Kind{Name: name, Render: func(context.Context, *i18n.Localizer, json.RawMessage) (deliver.Content, error) {
			return deliver.Content{Subject: name, Text: name}, nil
		}})
	}
	svc := reservation.New(deps, reservation.Neighbours{})
	near := draws.Neighbours{
		GroupsOf: func(_ *db.Tx, p db.ID) ([]db.ID, error) {
			return map[db.ID][]db.ID{aozora: {choir}, rival: {choir2}}[p], nil
		},
		GroupNames: func(_ *db.Tx, _ []db.ID) (map[db.ID]i18n.Text, error) {
			return map[db.ID]i18n.Text{choir: {i18n.Ja: "あおぞら合唱団", i18n.ZhHans: "蓝天合唱团"}, choir2: {i18n.Ja: "みどり合唱団"}}, nil
		},
		Overlap: func(*db.Tx, []db.ID, int) ([]draws.Overlap, error) {
			return []draws.Overlap{{A: choir, B: choir2, Shared: 8, Percent: 80}}, nil
		},
		Shared: func(*db.Tx, db.ID, db.ID) ([]string, error) { return []string{"山田 花子"}, nil },
	}
	s.x = draws.New(deps, svc, rules.NewDirectory(d), near)
	deps.Deliver.Register(s.x.Mails()...)
	post := func(office db.ID) []web.Post {
		return []web.Post{{Role: web.RoleClerk, Scope: web.Scope{Kind: "office", ID: office}}}
	}
	s.Site = webtest.Start(t, webtest.Setup{
		DB: d, Routes: map[string][]web.Route{"places": desk.New(deps, s.x, svc, near).Routes()},
		Messages: []i18n.Source{draws.Messages(), ui.Messages(), table.Messages()},
		Viewers: map[db.ID]web.Viewer{
			aozora: {Person: aozora, Lang: i18n.ZhHans}, rival: {Person: rival, Lang: i18n.Ja}, stranger: {Person: stranger, Lang: i18n.Ja},
			clerk:  {Person: clerk, Lang: i18n.Ja, Posts: post(office)},
			second: {Person: second, Lang: i18n.Ja, Posts: post(office)},
			other:  {Person: other, Lang: i18n.Ja, Posts: post(elsewhere)},
		},
	})
	s.hall(t, d)
	return s
}

func (s *town) hall(t *testing.T, d *db.DB) {
	t.Helper()
	one := draws.Draw{
		Month: jp.NewDate(2027, 2, 1), Office: office, Source: draw.Typed, What: "第999回ロト6", Opens: jp.NewDate(2026, 11, 1).At(0),
		Closes: jp.NewDate(2026, 11, 11).At(0), Freezes: jp.NewDate(2026, 11, 11).At(720), Due: jp.NewDate(2026, 11, 11).At(1080),
		Rule: rules.DrawLine{Entries: 2, Wins: 1, Wishes: 3, Sets: true, Confirm: 7, Source: draw.Typed, Overlap: 50},
	}
	err := d.Write(t.Context(), db.System, func(tx *db.Tx) (err error) {
		one.Facility, err = facility.Save(tx, facility.Facility{Name: i18n.Text{i18n.Ja: "市民会館"}, Address: "川口1-1-1", Bookable: true, Office: office, Opens: -1, Closes: -1})
		if err != nil {
			return err
		}
		id, err := facility.SaveRoom(tx, facility.Room{Facility: one.Facility, Slug: "hall", Name: i18n.Text{i18n.Ja: "ホール"}, Capacity: 100, Opens: 540, Closes: 1260,
			Class: "hall", Bands: []facility.Band{{From: 540, To: 750}, {From: 780, To: 990}, {From: 1020, To: 1260}}})
		one.Rooms = []db.ID{id}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if one, err = s.x.Make(t.Context(), db.System, one); err != nil {
		t.Fatal(err)
	}
	s.path = draws.Path(one.ID)
	s.step(t)
}

func (s *town) step(t *testing.T) {
	t.Helper()
	if err := s.x.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// link is the first link of the page whose address contains the text.
func link(t *testing.T, p *webtest.Page, with string) string {
	t.Helper()
	for _, l := range p.Want(http.StatusOK).Links() {
		if strings.Contains(l, with) {
			return l
		}
	}
	t.Fatalf("no link with %q among %q", with, p.Links())
	return ""
}

// choose taps through ranked wishes: a day, then a time.
func (s *town) choose(t *testing.T, c *webtest.Client, days ...string) *webtest.Page {
	t.Helper()
	p := c.Get(s.path + "/enter")
	for _, day := range days {
		p = c.Get(link(t, p, "day="+day))
		p = c.Get(link(t, p, day+".540.750"))
	}
	return p
}

// TestEnter_ThreeWishesByThumb: in Chinese, without script, with a mistake in
// between.
func TestEnter_ThreeWishesByThumb(t *testing.T) {
	s := start(t)
	c := s.Client(t).SignIn(aozora)
	p := s.choose(t, c, "2027-02-06", "2027-02-07", "2027-02-13")
	p = c.Submit(p.Form(s.path+"/entries"), "purpose", "合唱练习", "people", "400")
	p.Want(http.StatusUnprocessableEntity).Has("这个房间最多100人", "第1志愿", "第3志愿")
	if v := p.Form(s.path + "/entries").Values; v.Get("purpose") != "合唱练习" || len(v["w"]) != 3 {
		t.Errorf("what was typed is lost: %v", v)
	}
	made := c.Submit(p.Form(s.path+"/entries"), "people", "40")
	mine := c.Follow(made).Want(http.StatusOK).Has("已报名", "蓝天合唱团", "合唱练习")
	where := made.Location()
	s.Client(t).SignIn(stranger).Get(where).Want(http.StatusNotFound)
	s.Client(t).SignIn(other).Get(where).Want(http.StatusNotFound)
	s.Client(t).SignIn(clerk).Get(where).Want(http.StatusOK)
	s.Client(t).SignIn(stranger).Get(s.path + "/enter").Want(http.StatusOK).Has("登録した団体")

	again := c.Get(link(t, mine, "/enter?entry="))
	c.Follow(c.Submit(again.Form(s.path+"/entries"), "purpose", "演出")).Has("演出")
	s.Client(t).Get(s.path).Want(http.StatusOK).Lacks("蓝天合唱团", "あおぞら合唱団")
	c.Follow(c.Submit(mine.Form(where + "/withdraw"))).Has("已撤回报名")
}

// TestOffice_FromOverlapToProof: the office sees a pair without names, reads
// them for a reason, types the value twice, and everybody finds themselves.
func TestOffice_FromOverlapToProof(t *testing.T) {
	s := start(t)
	for _, who := range []db.ID{aozora, rival} {
		c := s.Client(t).SignIn(who)
		p := s.choose(t, c, "2027-02-06")
		c.Submit(c.Get(link(t, p, "step=form")).Form(s.path+"/entries"), "purpose", "練習", "people", "40").Want(http.StatusSeeOther)
	}
	at := "/office" + s.path
	s.Client(t).SignIn(other).Get(at).Want(http.StatusNotFound)
	s.set(jp.NewDate(2026, 11, 11).At(60))
	s.step(t)
	c := s.Client(t).SignIn(clerk)
	p := c.Get(at).Want(http.StatusOK).Has("80%", "あおぞら合唱団").Lacks("山田 花子")
	decide := p.Form(at + "/decide")
	c.Submit(&webtest.Form{Action: at + "/names", Values: decide.Values}, "reason", "").Want(http.StatusUnprocessableEntity).Lacks("山田 花子")
	c.Submit(&webtest.Form{Action: at + "/names", Values: decide.Values}, "reason", "重なりを確かめるため").Want(http.StatusOK).Has("山田 花子")
	c.Follow(c.Submit(decide, "aside", "", "reason", "活動が別なので")).Want(http.StatusOK).Has("どちらも認めました")

	s.set(jp.NewDate(2026, 11, 11).At(720))
	s.step(t)
	s.Client(t).Get(s.path).Has("一覧を公開しました")
	s.set(jp.NewDate(2026, 11, 11).At(1080))
	s.step(t)
	c = s.Client(t).SignIn(clerk)
	p = c.Get(at)
	c.Follow(c.Submit(p.Form(at+"/value"), "value", "01 02 03")).Has("もう1人")
	c2 := s.Client(t).SignIn(second)
	c2.Follow(c2.Submit(c2.Get(at).Form(at+"/value"), "value", "01 02 04")).Has("2人の入力が違います")
	c2.Follow(c2.Submit(c2.Get(at).Form(at+"/value"), "value", "01,02,03")).Has("抽選しました", "当たりました", "外れました")

	proof := s.Client(t).Get(s.path + "/proof.txt").Want(http.StatusOK)
	rep, err := check.Proof(strings.NewReader(string(proof.Body)))
	if err != nil || rep.Entries != 2 || rep.Won != 1 {
		t.Errorf("%+v, %v", rep, err)
	}
	s.Client(t).Get(s.path).Has("kakehashi draw verify proof.txt --commit "+rep.Commit[:8]).Lacks("山田 花子", "あおぞら合唱団")
	csv := c.Get(at + "/export?format=utf8").Want(http.StatusOK)
	if !strings.Contains(string(csv.Body), "あおぞら合唱団") {
		t.Errorf("the table: %s", csv.Body)
	}
}
