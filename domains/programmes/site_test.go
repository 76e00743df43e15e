package programmes_test

import (
	"context"
	"encoding/csv"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"kakehashi/domains/programmes"
	"kakehashi/domains/programmes/demo"
	"kakehashi/engines/jp"
	"kakehashi/platform/api"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/table"
	"kakehashi/platform/web"
	"kakehashi/platform/web/webtest"
	"kakehashi/ui"
)

// The readers of these tests.
const (
	kyodoOffice = db.ID(501)
	clerk       = db.ID(601) // of 協働推進課
	stranger    = db.ID(602) // a clerk of another office
	resident    = db.ID(603) // lives in 芝
)

var tables = []db.Migrations{audit.Migrations(), web.Migrations(), programmes.Migrations()}

// site is the demo city's programmes, served, with what is on in the days to
// come.
func site(t *testing.T, d *db.DB) *webtest.Site {
	t.Helper()
	city := &module.Demo{
		DB: d, Now: d.Now(), Today: jp.DateOf(d.Now()), Rand: rand.New(rand.NewPCG(1, 1)),
		Refs:  map[string]db.ID{"office:kyodo": kyodoOffice, "office:fukushi": 502},
		Lists: map[string][]db.ID{"groups": {701, 702}},
	}
	if err := demo.Fill(t.Context(), city); err != nil {
		t.Fatal(err)
	}
	tomorrow := city.Today.AddDays(1)
	on := []module.Happening{
		{ID: 801, Programme: city.Ref("programme:fair"), Start: tomorrow.At(600), End: tomorrow.At(720), Title: i18n.Text{i18n.Ja: "見本市の下見", i18n.Vi: "Xem trước hội chợ"}, Where: i18n.Text{i18n.Ja: "駅前ホール"}, Town: "栄町", Path: "/places/1"},
		{ID: 802, Programme: city.Ref("programme:tabunka"), Start: tomorrow.At(780), End: tomorrow.At(900), Title: i18n.Text{i18n.Ja: "スピーチの練習"}, Town: "芝", Path: "/places/2"},
	}
	happenings := func(_ *db.Tx, q module.HappeningQuery) (out []module.Happening, err error) {
		for _, h := range on {
			if h.End.After(q.From) && h.Start.Before(q.Until) && (q.Programme == 0 || q.Programme == h.Programme) {
				out = append(out, h)
			}
		}
		return out, nil
	}
	messages := programmes.Messages()
	catalog := i18n.NewCatalog(ui.Messages(), web.Messages(), table.Messages(), messages)
	p := programmes.New(module.Deps{DB: d, Catalog: catalog, BaseURL: "https://kakehashi.example.jp"}, programmes.Neighbours{})
	p.Connect(programmes.Neighbours{
		Happenings: []module.Happenings{happenings},
		GroupNames: func(_ *db.Tx, ids []db.ID) (map[db.ID]i18n.Text, error) {
			return map[db.ID]i18n.Text{701: {i18n.Ja: "あおぞら日本語クラブ"}}, nil
		},
		PersonTown:   func(_ *db.Tx, _ db.ID) (string, error) { return "芝", nil },
		TownDistance: func(a, b string) (int64, bool) { return 1000, a != b },
		FieldActs:    map[string]programmes.FieldAct{"place": {Path: "/places/search", LabelKey: "programmes.act.place"}},
	})
	m := p.Module()
	post := func(office db.ID) []web.Post {
		return []web.Post{{Role: web.RoleClerk, Scope: web.Scope{Kind: "office", ID: office}}}
	}
	return webtest.Start(t, webtest.Setup{
		DB: d, Routes: map[string][]web.Route{"programmes": m.Routes},
		Viewers: map[db.ID]web.Viewer{
			clerk:    {Person: clerk, Name: "田中", Lang: i18n.Ja, Posts: post(kyodoOffice)},
			stranger: {Person: stranger, Name: "鈴木", Lang: i18n.Ja, Posts: post(502)},
			resident: {Person: resident, Name: "Linh", Lang: i18n.Vi},
		},
		Config: func(c *web.Config) {
			c.Catalog = catalog
			c.Shell = ui.NewShell(ui.Frame{City: func(context.Context) ui.City { return ui.City{} }})
		},
		Server: func(s *web.Server) { m.API(api.New(s, api.Config{Title: "test", Version: "1"})) },
	})
}

func TestPages_SpeakTenLanguages(t *testing.T) {
	s := site(t, dbtest.Open(t, db.SQLite, tables))
	for _, lang := range i18n.Langs {
		c := s.Client(t).Speak(lang)
		for _, path := range []string{
			"/", "/fields/place", "/fields/ask", "/programmes", "/programmes?q=zzz", "/programmes/station", "/programmes/youth",
			"/programmes/minsei/record", "/programmes/minsei/record?year=2000", "/programmes/minsei/record/print", "/happenings", "/happenings?field=take",
		} {
			c.Get(path).Want(http.StatusOK).Lacks("⟦")
		}
	}
}

func TestFront_SaysWhatIsOnInTheReadersLanguage(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		s := site(t, d)
		front := s.Client(t).Speak(i18n.Vi).Get("/").Want(http.StatusOK).Has("Xem trước hội chợ", "スピーチの練習", "Mượn chỗ")
		for _, want := range []string{"/fields/place", "/fields/ask", "/places/1", "/happenings", "/programmes"} {
			if !slices.Contains(front.Links(), want) {
				t.Errorf("the front page does not lead to %s: %v", want, front.Links())
			}
		}
		near := s.Client(t).SignIn(resident).Get("/").Want(http.StatusOK).Has("Gần bạn tuần này")
		if near.Header.Get("Content-Language") == "ja" {
			t.Error("a resident who reads Vietnamese is shown Japanese")
		}
	})
}

func TestProgramme_SaysWhoAnswersAndWhoTakesPart(t *testing.T) {
	s := site(t, dbtest.Open(t, db.SQLite, tables))
	c := s.Client(t)
	c.Get("/programmes/station").Want(http.StatusOK).Has("かわくち市民パートナーステーション施設管理業務", "協働推進課", "048-000-1000", "市民団体同士など形態は様々", "あおぞら日本語クラブ")
	links := c.Get("/programmes/station").Links()
	for _, want := range []string{"/places/search", "tel:0480001000", "mailto:kyodo@city.example.jp", "/programmes/station/record", "/groups/" + db.ID(701).String()} {
		if !slices.Contains(links, want) {
			t.Errorf("the page does not lead to %s: %v", want, links)
		}
	}
	c.Get("/programmes/nothing").Want(http.StatusNotFound)
	c.Get("/fields/nothing").Want(http.StatusNotFound)
	c.Get("/programmes?q=%EF%BE%8E%EF%BE%9E%EF%BE%97%EF%BE%9D%EF%BE%83%EF%BD%A8%EF%BD%B1").Want(http.StatusOK).Has("ボランティア見本市").Lacks("町会相談員制度")
	c.Get("/programmes?field=ask").Want(http.StatusOK).Has("町会相談員制度").Lacks("ボランティア見本市")
}

func TestFeeds_HoldWhatIsOn(t *testing.T) {
	s := site(t, dbtest.Open(t, db.SQLite, tables))
	c := s.Client(t)
	for path, want := range map[string]int{"/happenings/calendar.ics?lang=vi": 2, "/programmes/fair/calendar.ics?lang=vi": 1, "/programmes/csw/calendar.ics": 0} {
		cal, err := ics.ParseCalendar(strings.NewReader(string(c.Get(path).Want(http.StatusOK).Body)))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if got := len(cal.Events()); got != want {
			t.Errorf("%s has %d events, want %d", path, got, want)
		}
		for _, e := range cal.Events() {
			if start, err := e.GetStartAt(); err != nil || !start.After(time.Now()) {
				t.Errorf("%s: begins at %v, %v", path, start, err)
			}
		}
	}
	feed := c.Get("/programmes/fair/feed.atom?lang=vi").Want(http.StatusOK)
	if body := string(feed.Body); !strings.Contains(body, "Xem trước hội chợ") || !strings.Contains(body, "https://kakehashi.example.jp/places/1") {
		t.Errorf("the feed says %s", body)
	}
}

func TestRecord_ComesAsATable(t *testing.T) {
	s := site(t, dbtest.Open(t, db.SQLite, tables))
	c := s.Client(t)
	year := jp.FiscalYear(jp.DateOf(s.DB.Now())) - 1
	path := "/programmes/rojin/record/table?format=utf8&year=" + jp.NewDate(year, 4, 1).String()[:4]
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(c.Get(path).Want(http.StatusOK).Body), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 13 {
		t.Fatalf("%d rows, want a header and twelve months: %v", len(rows), err)
	}
	if rows[1][0] != jp.NewDate(year, 4, 1).String()[:7] || rows[1][1] == "0" {
		t.Errorf("April: %v", rows[1])
	}
	c.Get(path + "&part=participants").Want(http.StatusOK)
	var record struct {
		FiscalYear int `json:"fiscal_year"`
		Months     []struct{ Activities int64 }
		Total      struct{ Activities, Participants int64 }
	}
	c.Get("/api/v1/programmes/rojin/record").Want(http.StatusOK).JSON(&record)
	if record.FiscalYear != year+1 || len(record.Months) != 12 || record.Total.Activities == 0 {
		t.Errorf("the API says %+v", record)
	}
	var list struct{ Items []struct{ Slug string } }
	c.Get("/api/v1/programmes?field=watch").Want(http.StatusOK).JSON(&list)
	if len(list.Items) != 4 {
		t.Errorf("the API lists %v, want four", list.Items)
	}
	c.Get("/api/v1/programmes/nothing").Want(http.StatusNotFound)
	c.Get("/api/v1/fields").Want(http.StatusOK)
	c.Get("/api/v1/happenings?programme=fair").Want(http.StatusOK).JSON(&list)
	if len(list.Items) != 1 {
		t.Errorf("the API says that %v is on, want one", list.Items)
	}
	c.Get("/api/v1/happenings?from=2026-99-01").Want(http.StatusUnprocessableEntity)
}

func TestOffice_TheSecondEditorLosesNothing(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		s := site(t, d)
		c := s.Client(t).SignIn(clerk)
		path := ""
		for _, l := range c.Get("/office/programmes").Want(http.StatusOK).Links() {
			if strings.HasSuffix(l, "/texts") {
				path = l
				break
			}
		}
		mine := c.Get(path + "?lang=vi").Want(http.StatusOK).Form(path)
		theirs := c.Get(path + "?lang=vi").Form(path)
		if got := c.Submit(theirs, "summary", "Câu của người kia").Want(http.StatusSeeOther).Location(); !strings.HasPrefix(got, path) {
			t.Errorf("saved, one is led to %s", got)
		}
		again := c.Submit(mine, "summary", "Câu của tôi").Want(http.StatusConflict).Has("Câu của người kia", "Câu của tôi")
		c.Submit(again.Form(path)).Want(http.StatusSeeOther)
		c.Get("/programmes").Want(http.StatusOK)
		s.Client(t).Speak(i18n.Vi).Get("/programmes/station").Want(http.StatusOK).Has("Câu của tôi")

		s.Client(t).SignIn(stranger).Get(path).Want(http.StatusForbidden)
		s.Client(t).SignIn(resident).Get(path).Want(http.StatusForbidden)
		if got := s.Client(t).Get("/office/programmes").Status; got == http.StatusOK {
			t.Error("anybody may read the office's pages")
		}
	})
}

func TestOffice_ActivityByHand(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		s := site(t, d)
		c := s.Client(t).SignIn(clerk)
		path := ""
		for _, l := range c.Get("/office/programmes").Links() {
			if strings.HasSuffix(l, "/activities") {
				path = l
				break
			}
		}
		form := c.Get(path + "/new").Want(http.StatusOK).Form("")
		yesterday := jp.DateOf(d.Now()).AddDays(-1).String()
		form.Action = path + "/new"
		c.Submit(form, "on", yesterday, "kind", "event", "minutes", "９０", "heads.65+.ja", "12", "reason", "").Want(http.StatusUnprocessableEntity).Has("理由を入れてください")
		c.Submit(form, "on", yesterday, "kind", "event", "minutes", "９０", "heads.65+.ja", "12", "more_age", "18-39", "more_lang", "ne", "more_heads", "3", "reason", "紙の報告書から").Want(http.StatusSeeOther)
		list := c.Get(path).Want(http.StatusOK).Has("紙の報告書から", "15")
		one := ""
		for _, l := range list.Links() {
			if strings.HasPrefix(l, path+"/") && !strings.HasSuffix(l, "/new") {
				one = l
				break
			}
		}
		edit := c.Get(one).Want(http.StatusOK).Form(one)
		if edit.Values.Get("minutes") != "90" || edit.Values.Get("heads.18-39.ne") != "3" {
			t.Errorf("the form holds %v", edit.Values)
		}
		c.Submit(edit, "minutes", "60", "reason", "訂正").Want(http.StatusSeeOther)
		c.Submit(edit, "minutes", "61", "reason", "もう一度").Want(http.StatusConflict).Has("もう一度")
		out := c.Get(one).Form(one + "/take-out")
		c.Submit(out, "reason", "二重").Want(http.StatusSeeOther)
		c.Get(one).Want(http.StatusNotFound)
	})
}
