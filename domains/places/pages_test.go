package places

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/search"
	"kakehashi/engines/jp"
	"kakehashi/platform/api"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/deliver"
	"kakehashi/platform/files"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/jobs"
	"kakehashi/platform/module"
	"kakehashi/platform/table"
	"kakehashi/platform/web"
	"kakehashi/platform/web/webtest"
	"kakehashi/ui"
)

// now is a Monday morning, a holiday (勤労感謝の日).
var now = jp.NewDate(2026, time.November, 23).At(10 * 60)

const day = "2026-11-28" // the Saturday after

const (
	clerk    db.ID = 11
	resident db.ID = 12
)

// house is the demo's places on one engine, served.
type house struct {
	*webtest.Site
	places *Places
	demo   *module.Demo
}

func newHouse(t testing.TB, e db.Engine) *house {
	t.Helper()
	url := dbtest.URL(t, e)
	d, err := db.Open(t.Context(), db.Config{URL: url, Log: slog.New(slog.DiscardHandler), Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	ms := []db.Migrations{audit.Migrations(), inbox.Migrations(), files.Migrations(), deliver.Migrations(), web.Migrations(), Migrations()}
	if err := d.Migrate(t.Context(), ms); err != nil {
		t.Fatal(err)
	}
	store, err := files.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h := &house{}
	catalog := i18n.NewCatalog(web.Messages(), ui.Messages(), table.Messages(), files.Messages())
	h.places = New(module.Deps{DB: d, Files: store, Catalog: catalog, Jobs: jobs.New(), Log: slog.New(slog.DiscardHandler)}, Neighbours{Towns: towns})
	m := h.places.Module()
	catalog.Add(m.Messages...)
	h.demo = &module.Demo{
		DB: d, Rand: rand.New(rand.NewPCG(1, 1)), Now: now, Today: jp.DateOf(now),
		Refs: map[string]db.ID{"office:kyodo": 5}, Lists: map[string][]db.ID{},
	}
	if err := h.places.demo(t.Context(), h.demo); err != nil { // the rooms alone
		t.Fatal(err)
	}
	h.Site = webtest.Start(t, webtest.Setup{
		DB: d, Routes: map[string][]web.Route{"places": m.Routes},
		Viewers: map[db.ID]web.Viewer{
			clerk:    {Person: clerk, Name: "田中", Posts: []web.Post{{Role: web.RoleClerk, Scope: web.Scope{Kind: "office", ID: 5}}}},
			resident: {Person: resident, Name: "Linh", Lang: i18n.Vi},
		},
		Config: func(c *web.Config) {
			c.Catalog, c.Shell, c.ErrorPage, c.Assets = catalog, ui.NewShell(ui.Frame{Nav: m.Nav}), ui.ErrorPage, ui.Assets
			c.LiveTopics = m.Live
		},
		Server: func(s *web.Server) { m.API(api.New(s, api.Config{Title: "test", Version: "1"})) },
	})
	return h
}

func towns(*db.Tx) ([]Town, error) {
	return []Town{{Name: "本町二丁目", Lat: 35.799551, Lng: 139.72664}, {Name: "戸塚三丁目", Lat: 35.869191, Lng: 139.748336}}, nil
}

// take books a stretch of a room for somebody, past the rules.
func (h *house) take(t testing.TB, room, person db.ID, d jp.Date, from, to int) (id db.ID) {
	t.Helper()
	id = db.NewID()
	span, bits := quarter.On(d, from, to), quarter.Between(from, to)
	err := h.DB.Write(t.Context(), db.System, func(tx *db.Tx) error {
		tx.Touch("reservations")
		if _, err := tx.Exec(`INSERT INTO cell_days (cell_id, day, am, pm) VALUES ($1, $2, $3, $4)
			ON CONFLICT (cell_id, day) DO UPDATE SET am = cell_days.am | excluded.am, pm = cell_days.pm | excluded.pm`, room, d, bits.AM, bits.PM); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO reservations (id, version, receipt, room_id, day, starts_at, ends_at, state, group_id, person_id, programme_id,
			office_id, purpose, headcount, public_title, series_id, made_by, made_at, changed_at, reason)
			VALUES ($1, 0, $2, $3, $4, $5, $6, 'confirmed', 0, $7, 0, 5, 'x', 1, $8, 0, $7, 0, 0, '')`,
			id, id.String(), room, d, span.Start, span.End, person, i18n.Text{i18n.Ja: "だれでも来られる会"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (h *house) ref(name string) string { return h.demo.Ref(name).String() }

// Every page of a resident says everything in every language.
func TestPages_TenLanguages(t *testing.T) {
	h := newHouse(t, db.SQLite)
	h.take(t, h.demo.Ref("room:station-1"), resident, jp.NewDate(2026, time.November, 28), 780, 990)
	paths := []string{
		"/places", "/places?q=xyzzy", "/places?near=本町二丁目", "/places/search", "/places/search?on=saturday&part=afternoon&people=20&step_free=1&near=戸塚三丁目",
		"/places/search?on=" + day + "&people=900&equipment=piano&loud=1", "/places/" + h.ref("facility:station"),
		"/places/availability/" + h.ref("facility:station") + "?on=" + day, "/places/availability/" + h.ref("facility:station") + "?on=" + day + "&view=week",
		"/places/rooms/" + h.ref("room:station-1") + "?on=" + day, "/places/rooms/" + h.ref("room:station-7"), "/places/rooms/" + h.ref("room:station-9"),
		"/places/rooms/" + h.ref("room:station-1") + "?on=2026-12-30",
	}
	for _, lang := range i18n.Langs {
		c := h.Client(t).Speak(lang)
		for _, p := range paths {
			page := c.Get(strings.ReplaceAll(p, "本町二丁目", url.QueryEscape("本町二丁目"))).Want(http.StatusOK)
			page.Lacks("⟦", "⟧")
		}
	}
}

// What everybody sees of a Saturday, and what changes when somebody books.
func TestAvailability_FreeTimesLeadToTheForm(t *testing.T) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			h := newHouse(t, e)
			room, c := h.demo.Ref("room:station-1"), h.Client(t)
			book := "/reservations/new?room=" + room.String() + "&day=" + day + "&from=780&to=990"
			for _, p := range []string{"/places/rooms/" + room.String() + "?on=" + day, "/places/availability/" + h.ref("facility:station") + "?on=" + day} {
				if !linked(c.Get(p).Want(200), book) {
					t.Errorf("%s does not lead to %s", p, book)
				}
			}
			own := h.take(t, room, resident, jp.NewDate(2026, time.November, 28), 780, 990)
			for _, p := range []string{"/places/rooms/" + room.String() + "?on=" + day, "/places/availability/" + h.ref("facility:station") + "?on=" + day} {
				if linked(c.Get(p).Want(200), book) {
					t.Errorf("%s leads to a form for what is taken", p)
				}
				mine := h.Client(t).SignIn(resident).Get(p).Want(200).Has("Bạn đã đặt")
				if !linked(mine, "/reservations/"+own.String()) {
					t.Errorf("%s does not lead the reader to their own", p)
				}
			}
			c.Get("/places/"+h.ref("facility:station")).Want(200).Has("だれでも来られる会", "048-227-0101", "エレベーター")
			c.Get("/places/rooms/"+room.String()+"?on=2026-12-30").Want(200).Has("年末年始", "この日は休みです")
		})
	}
}

func linked(p *webtest.Page, href string) bool {
	for _, l := range p.Links() {
		if l == href {
			return true
		}
	}
	return false
}

func TestSearch_ByTimeAndWhatToGiveUp(t *testing.T) {
	h := newHouse(t, db.SQLite)
	c := h.Client(t)
	c.Get("/places/search?on=saturday&part=afternoon&people=20&step_free=1&near="+url.QueryEscape("本町二丁目")).Want(200).
		Has("11月28日（土） 午後", "本町公民館", "かわくち市民パートナーステーション", "13:00〜16:30").Lacks("会議室3")
	c.Get("/places/search?on=saturday&part=afternoon&people=500").Want(200).Has("この条件では空きがありません", "人数を180人にすると、1つ見つかります。")
	var out searchOut
	c.Get("/api/v1/availability?on=saturday&part=afternoon&people=500").Want(200).JSON(&out.Body)
	if len(out.Body.Relaxations) == 0 || out.Body.Relaxations[0].People != 180 {
		t.Errorf("the API tells %+v", out.Body)
	}
}

func TestAPI_FacilitiesRoomsAvailability(t *testing.T) {
	h := newHouse(t, db.SQLite)
	c := h.Client(t)
	var list facilitiesOut
	seen := 0
	for next := ""; ; next = list.Body.Next {
		list = facilitiesOut{}
		c.Get("/api/v1/facilities?limit=4&after=" + next).Want(200).JSON(&list.Body)
		seen += len(list.Body.Facilities)
		if list.Body.Next == "" {
			break
		}
	}
	if seen != len(h.demo.Lists["facilities"]) {
		t.Errorf("%d facilities by pages, want %d", seen, len(h.demo.Lists["facilities"]))
	}
	var rooms roomsOut
	c.Get("/api/v1/rooms?facility=" + h.ref("facility:station")).Want(200).JSON(&rooms.Body)
	if len(rooms.Body.Rooms) != 12 {
		t.Errorf("the station has %d rooms", len(rooms.Body.Rooms))
	}
	var days availabilityOut
	room := h.ref("room:station-1")
	h.take(t, h.demo.Ref("room:station-1"), resident, jp.NewDate(2026, time.November, 28), 780, 990)
	c.Get("/api/v1/rooms/" + room + "/availability?from=" + day + "&to=2026-11-29").Want(200).JSON(&days.Body)
	if len(days.Body.Days) != 2 || fmt.Sprint(days.Body.Days[0].Free) != "[{9:00 12:30} {17:00 21:00}]" {
		t.Errorf("free is %+v", days.Body.Days)
	}
	c.Get("/api/v1/rooms/" + room + "/availability?from=2026-11-29&to=" + day).Want(422)
	c.Get("/api/v1/rooms/0000000000001/availability").Want(404)
}

// A clerk's mistakes keep what was typed, and what is right is seen at once.
func TestOffice_EditsFacilitiesRoomsAndClosures(t *testing.T) {
	h := newHouse(t, db.SQLite)
	c, anybody := h.Client(t).SignIn(clerk), h.Client(t)
	h.Client(t).SignIn(resident).Get("/office/places").Want(http.StatusForbidden)
	at := "/office/places/" + h.ref("facility:station")
	page := c.Get(at)
	f := page.Form(at)
	wrong := c.Submit(f, "phone", "内線12", "name", "駅前の家").Want(422).Has("電話番号として読めません")
	if typed := wrong.Form(at).Values; typed.Get("phone") != "内線12" || typed.Get("name") != "駅前の家" {
		t.Errorf("what was typed is gone: %v", typed)
	}
	c.Follow(c.Submit(f, "phone", "０４８－２２７－９９９９（平日）", "name.vi", "Nhà trước ga")).Want(200).Has("保存しました")
	anybody.Speak(i18n.Vi).Get("/places/"+h.ref("facility:station")).Want(200).Has("Nhà trước ga", "048-227-9999")
	c.Submit(f, "phone", "048-227-8888").Want(409).Has("ほかの人が先に変えました", "今の内容を見る")

	room := at + "/rooms/" + h.ref("room:station-1")
	rf := c.Get(room).Want(200).Form(room)
	c.Submit(rf, "bands", "9:00-13:00\n12:00-16:00").Want(422)
	c.Follow(c.Submit(rf, "bands", "９時〜12時半、13:00-17:00", "equipment_own", "ドローン")).Want(200).Has("保存しました")
	h.Client(t).Get("/places/rooms/"+h.ref("room:station-1")+"?on="+day).Want(200).Has("13:00〜17:00", "ドローン").Lacks("16:30")
	fresh := at + "/rooms/new"
	c.Submit(c.Get(fresh).Want(200).Form(fresh), "name", "相談室", "capacity", "").Want(422)
	c.Follow(c.Submit(c.Get(fresh).Form(fresh), "name", "相談室", "capacity", "４")).Want(200).Has("相談室")

	shut := at + "/closures"
	c.Post(shut, url.Values{"rule": {"date"}}).Want(422).Has("最初の日を入れてください")
	c.Follow(c.Post(shut, url.Values{"rule": {"date"}, "day": {day}, "reason": {"大掃除"}})).Want(200).Has("大掃除")
	h.Client(t).Get("/places/rooms/"+h.ref("room:station-1")+"?on="+day).Want(200).Has("大掃除", "この日は、空いている時間がありません")
	drop := c.Get(shut).Form(shut + "/")
	c.Follow(c.Submit(drop)).Want(200).Has("取り消しました")
	c.Submit(drop).Want(404)
}

// upload sends a file with fields, as a browser does.
func upload(t *testing.T, c *webtest.Client, path, field, name string, content []byte, fields ...string) *webtest.Page {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile(field, name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return c.Do(http.MethodPost, path, w.FormDataContentType(), &b)
}

func TestOffice_TakesPhotosWithWordsAndLists(t *testing.T) {
	h := newHouse(t, db.SQLite)
	c := h.Client(t).SignIn(clerk)
	at := "/office/places/" + h.ref("facility:station") + "/photos"
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	upload(t, c, at, "photo", "a.png", picture.Bytes()).Want(422).Has("写真に何が写っているか")
	c.Follow(upload(t, c, at, "photo", "a.png", picture.Bytes(), "alt", "入口の風景")).Want(200).Has("入口の風景")
	seen := h.Client(t).Get("/places/" + h.ref("facility:station")).Want(200)
	body := string(seen.Body)
	from := strings.Index(body, "/places/photos/")
	if from < 0 || !strings.Contains(body, `alt="入口の風景"`) {
		t.Fatalf("the photo is not shown:\n%s", seen.Text())
	}
	src := body[from : from+strings.Index(body[from:], `"`)]
	if got := h.Client(t).Get(src).Want(200).Header.Get("Content-Type"); !strings.HasPrefix(got, "image/") {
		t.Errorf("the photo is %s", got)
	}
	const list = "名称,住所,電話番号\n新しい会館,川口市芝1-1,048-265-1234\n,川口市芝1-2,\n"
	upload(t, c, "/office/places/import", "file", "list.csv", []byte(list)).Want(200).Has("追加 1件", "取り込めなかったもの 1件", "3", "名称")
	h.Client(t).Get("/places?all=1").Want(200).Has("新しい会館")
	if open := string(h.Client(t).Get("/places/facilities.csv").Want(200).Body); !strings.Contains(open, "新しい会館") {
		t.Error("the open data lacks what went in")
	}
	h.Client(t).Get("/places").Lacks("新しい会館")
	places := c.Get("/office/places?q=" + url.QueryEscape("新しい会館")).Want(200).Has("案内だけ").Links()
	for _, l := range places {
		if strings.HasSuffix(l, "/rooms") {
			c.Follow(c.Submit(c.Get(l+"/new").Form(l+"/new"), "name", "大広間", "capacity", "50")).Want(200).Has("大広間")
		}
	}
	h.Client(t).Get("/places").Has("新しい会館") // its first room made it one to book
	if out := c.Get("/office/places/export").Want(200); !strings.Contains(string(out.Body), "新しい会館") {
		t.Error("the list that comes out lacks what went in")
	}
	upload(t, c, "/office/places/import", "file", "x.csv", []byte("a,b\n1,2\n")).Want(422)
}

// BenchmarkAvailability_SignedIn is the page of ten rooms on a day, with 200
// reservations in the house, for a reader who is signed in: the goal is 0.4 ms.
func BenchmarkAvailability_SignedIn(b *testing.B) {
	h := newHouse(b, db.SQLite)
	first := jp.NewDate(2026, time.November, 23)
	for n := range 200 {
		t := []search.Times{{From: 540, To: 750}, {From: 780, To: 990}}[n/10%2]
		h.take(b, h.demo.Ref(fmt.Sprintf("room:station-%d", n%10+1)), []db.ID{resident, 99}[n%2], first.AddDays(n/20), t.From, t.To)
	}
	cookie, err := h.Server.NewSession(context.Background(), resident)
	if err != nil {
		b.Fatal(err)
	}
	path := "/places/availability/" + h.ref("facility:station") + "?on=" + day
	var size int
	for b.Loop() {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.AddCookie(cookie)
		w := httptest.NewRecorder()
		h.Server.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Code, w.Body.String())
		}
		size = w.Body.Len()
	}
	b.ReportMetric(float64(size), "bytes/page")
}
