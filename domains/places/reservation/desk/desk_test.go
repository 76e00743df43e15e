package desk_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/desk"
	"kakehashi/domains/places/reservation/letter"
	"kakehashi/domains/places/reservation/tally"
	"kakehashi/domains/places/search"
	"kakehashi/engines/jp"
	"kakehashi/platform/api"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/deliver"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/module"
	"kakehashi/platform/table"
	"kakehashi/platform/web"
	"kakehashi/platform/web/webtest"
	"kakehashi/ui"
)

// The cast of these tests.
const (
	linh   db.ID = 1<<40 + iota // reads Vietnamese, officer of nurses
	turk                        // reads Turkish
	clerk                       // of the office
	other                       // a clerk of another office
	child                       // may not book alone
	paper                       // has no account: a clerk enters it
	nurses                      // a group
	office
	elsewhere
)

var tables = []db.Migrations{
	audit.Migrations(), inbox.Migrations(), deliver.Migrations(), web.Migrations(),
	{Name: "places", FS: os.DirFS("../../migrations")},
}

// town is a served city with two rooms: one with bands, and one that a clerk
// decides on.
type town struct {
	*webtest.Site
	svc    *reservation.Service
	desk   *desk.Desk
	db     *db.DB
	banded db.ID
	asked  db.ID
	day    jp.Date // a day on which nothing is booked
}

var names = map[db.ID]string{linh: "Nguyễn Thị Linh", turk: "Yılmaz", clerk: "田中", paper: "山本 一郎", child: "こども"}

func start(t *testing.T) *town {
	t.Helper()
	d := dbtest.Open(t, db.SQLite, tables)
	s := &town{db: d, day: jp.DateOf(d.Now()).AddDays(10)}
	rooms := facility.NewDirectory(d)
	near := reservation.Neighbours{
		Search: search.New(d, rooms, search.Window{LeadMinutes: 30, HorizonDays: 92}),
		GroupName: func(_ *db.Tx, g db.ID) (i18n.Text, error) {
			return i18n.Text{i18n.Ja: "看護の会", i18n.Vi: "Nhóm Y tá"}, nil
		},
		PersonName: func(_ *db.Tx, p db.ID) (string, error) { return names[p], nil },
		GroupsOf: func(_ *db.Tx, p db.ID) ([]db.ID, error) {
			if p == linh {
				return []db.ID{nurses}, nil
			}
			return nil, nil
		},
		MayAlone: func(_ *db.Tx, p db.ID) error {
			if p == child {
				return reservation.ErrChild()
			}
			return nil
		},
	}
	catalog := i18n.NewCatalog(reservation.Messages())
	deps := module.Deps{DB: d, Catalog: catalog, Deliver: deliver.New(deliver.Config{DB: d}), BaseURL: "https://city.example"}
	s.svc = reservation.New(deps, near)
	s.desk = desk.New(deps, s.svc, near)
	deps.Deliver.Register(letter.Kinds("https://city.example")...)
	err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
		f, err := facility.Save(tx, facility.Facility{
			Name: i18n.Text{i18n.Ja: "市民パートナーステーション", i18n.Vi: "Trạm Đối tác", i18n.Tr: "Ortak İstasyonu"}, Address: "川口1-1-1", Phone: "048-227-7633",
			Bookable: true, Office: office, Opens: -1, Closes: -1,
		})
		if err != nil {
			return err
		}
		room := facility.Room{Facility: f, Slug: "one", Name: i18n.Text{i18n.Ja: "会議室1", i18n.Vi: "Phòng họp 1", i18n.Tr: "1. toplantı odası"}, Capacity: 20, Opens: 540, Closes: 1260,
			Bands: []facility.Band{{From: 540, To: 750}, {From: 780, To: 990}, {From: 1020, To: 1260}}}
		if s.banded, err = facility.SaveRoom(tx, room); err != nil {
			return err
		}
		s.asked, err = facility.SaveRoom(tx, facility.Room{Facility: f, Slug: "hall", Name: i18n.Text{i18n.Ja: "ホール"}, Capacity: 100, Opens: 540, Closes: 1260, Approval: true})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	post := func(office db.ID) []web.Post {
		return []web.Post{{Role: web.RoleClerk, Scope: web.Scope{Kind: "office", ID: office}}}
	}
	s.Site = webtest.Start(t, webtest.Setup{
		DB: d, Routes: map[string][]web.Route{"places": s.desk.Routes()},
		Messages: []i18n.Source{reservation.Messages(), ui.Messages(), table.Messages()},
		Viewers: map[db.ID]web.Viewer{
			linh: {Person: linh, Name: names[linh], Lang: i18n.Vi}, turk: {Person: turk, Name: names[turk], Lang: i18n.Tr},
			clerk: {Person: clerk, Name: names[clerk], Lang: i18n.Ja, Posts: post(office)}, other: {Person: other, Lang: i18n.Ja, Posts: post(elsewhere)},
			child: {Person: child, Name: names[child], Lang: i18n.JaEasy},
		},
		Server: func(srv *web.Server) { s.desk.API(api.New(srv, api.Config{Title: "t", Version: "1"})) },
	})
	return s
}

func (s *town) link(room db.ID, from, to int) string { return reservation.Link(room, s.day, from, to) }

// walk goes through the steps to the page that asks whether all is right.
func (s *town) walk(c *webtest.Client, link, holder, purpose string) *webtest.Page {
	p := c.Get(link).Want(http.StatusOK)
	p = c.Submit(p.Form("/reservations/new"), "for", holder, "people", "12").Want(http.StatusOK)
	return c.Submit(p.Form("/reservations/new"), "purpose", purpose).Want(http.StatusOK)
}

func (s *town) finish(c *webtest.Client, check *webtest.Page) *webtest.Page {
	return c.Submit(check.Form("/reservations"))
}

func idOf(t *testing.T, p *webtest.Page) db.ID {
	t.Helper()
	part := strings.Split(p.Want(http.StatusSeeOther).Location(), "/")
	if len(part) < 3 {
		t.Fatalf("leads to %q", p.Location())
	}
	id, err := db.ParseID(part[2])
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestBook_StepByStepInVietnamese(t *testing.T) {
	s := start(t)
	c := s.Client(t).SignIn(linh)
	check := s.walk(c, s.link(s.banded, 780, 990), nurses.String(), "Học tiếng Nhật")
	check.Has("Phòng họp 1", "Nhóm Y tá", "12 người", "Học tiếng Nhật", "Như vậy đã đúng chưa?")
	made := s.finish(c, check)
	done := c.Follow(made).Want(http.StatusOK).Has("Đã đặt phòng", "Thêm vào lịch")
	id := idOf(t, made)
	r := s.get(t, id)
	if r.Group != nurses || r.Person != linh || r.Headcount != 12 || r.State != reservation.Confirmed {
		t.Errorf("%+v", r)
	}
	done.Has(r.Receipt)
	file := c.Get(reservation.Path(id) + "/calendar.ics").Want(http.StatusOK)
	if got := file.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/calendar") || !strings.Contains(string(file.Body), "DTSTART;TZID=Asia/Tokyo") {
		t.Errorf("%s\n%s", got, file.Body)
	}
	c.Get("/me/reservations").Want(http.StatusOK).Has("Phòng họp 1", "Đã đặt")
	c.Get(reservation.Path(id)+"/print").Want(http.StatusOK).Has(r.Receipt, "048-227-7633")
}

func TestBook_PressedTwiceBooksOnce(t *testing.T) {
	s := start(t)
	c := s.Client(t).SignIn(linh)
	check := s.walk(c, s.link(s.banded, 780, 990), nurses.String(), "Học tiếng Nhật")
	first := idOf(t, s.finish(c, check))
	if again := idOf(t, s.finish(c, check)); again != first {
		t.Errorf("pressed again: led to %v, want %v", again, first)
	}
}

func (s *town) get(t *testing.T, id db.ID) (r reservation.Reservation) {
	t.Helper()
	if err := s.db.Read(t.Context(), func(tx *db.Tx) (err error) { r, err = reservation.Get(tx, id); return err }); err != nil {
		t.Fatal(err)
	}
	return r
}

func (s *town) book(t *testing.T, room db.ID, person db.ID, from, to int) reservation.Reservation {
	t.Helper()
	r, err := s.svc.Book(t.Context(), db.Actor{Person: person}, reservation.Reservation{
		Room: room, Span: quarter.On(s.day, from, to), Person: person, Headcount: 5, Purpose: "打合せ",
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestBook_SecondGroupIsToldInTurkishAndLosesNothing(t *testing.T) {
	s := start(t)
	c := s.Client(t).SignIn(turk)
	check := s.walk(c, s.link(s.banded, 780, 990), "me", "Çay sohbeti")
	s.book(t, s.banded, linh, 780, 990) // meanwhile
	lost := s.finish(c, check).Want(http.StatusConflict).Has("Başkası sizden önce ayırdı", "Yazdıklarınız duruyor.", "Yakındaki boş seçenekler")
	form := lost.Form("/reservations/new")
	if form.Values.Get("purpose") != "Çay sohbeti" || form.Values.Get("people") != "12" {
		t.Errorf("lost what was typed: %v", form.Values)
	}
	again := c.Submit(form).Want(http.StatusOK).Has("Çay sohbeti", "Bunlar doğru mu?") // one press takes the nearest
	id := idOf(t, s.finish(c, again))
	if r := s.get(t, id); r.Purpose != "Çay sohbeti" || r.Span == quarter.On(s.day, 780, 990) {
		t.Errorf("%+v", r)
	}
}

func TestBook_ErrorsKeepWhatWasTyped(t *testing.T) {
	s := start(t)
	c := s.Client(t).SignIn(linh).Speak(i18n.Vi)
	p := c.Get(s.link(s.banded, 780, 990))
	p = c.Submit(p.Form("/reservations/new"), "for", nurses.String(), "people", "21").Want(http.StatusUnprocessableEntity)
	p.Has("20")
	if got := p.Form("/reservations/new").Values; got.Get("people") != "21" || got.Get("for") != nurses.String() {
		t.Errorf("lost what was typed: %v", got)
	}
	c.Get(s.link(s.banded, 800, 990)).Want(http.StatusUnprocessableEntity) // half a band
	c.Get("/reservations/new").Want(http.StatusSeeOther)                   // which room?
	s.Client(t).SignIn(child).Get(s.link(s.banded, 780, 990)).Want(http.StatusForbidden)
	// Somebody else's group is not theirs to book for, whatever the form says.
	sly := s.Client(t).SignIn(turk).Post("/reservations", url.Values{"room": {s.banded.String()}, "day": {s.day.String()}, "from": {"780"}, "to": {"990"},
		"for": {nurses.String()}, "people": {"3"}, "purpose": {"x"}})
	sly.Want(http.StatusForbidden)
}

func TestSeries_SaysWhatItSkips(t *testing.T) {
	s := start(t)
	s.day = s.day.AddDays(7)
	s.book(t, s.banded, turk, 780, 990)
	s.day = s.day.AddDays(-7)
	c := s.Client(t).SignIn(linh)
	p := c.Get(s.link(s.banded, 780, 990))
	p = c.Submit(p.Form("/reservations/new"), "for", nurses.String(), "people", "12")
	p = c.Submit(p.Form("/reservations/new"), "purpose", "Hợp xướng", "every", "weekly", "times", "3").Want(http.StatusOK)
	p.Has("2 lần đặt phòng", "Những ngày không đặt được", "Đã có người đặt", "Còn trống")
	done := c.Follow(s.finish(c, p)).Want(http.StatusOK).Has("2 lần đặt phòng", "Đã có người đặt")
	id := s.get(t, idOfPath(t, done.Path)).ID
	c.Get(reservation.Path(id) + "/series").Want(http.StatusOK)
	c.Submit(c.Get(reservation.Path(id) + "/series").Form(reservation.Path(id) + "/series/cancel")).Want(http.StatusSeeOther)
	if r := s.get(t, id); r.State != reservation.Cancelled {
		t.Errorf("%v", r.State)
	}
}

func idOfPath(t *testing.T, path string) db.ID {
	t.Helper()
	id, err := db.ParseID(strings.Split(path, "/")[2])
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestChange_ShowsBothTexts(t *testing.T) {
	s := start(t)
	r := s.book(t, s.banded, linh, 780, 990)
	c := s.Client(t).SignIn(linh)
	form := c.Get(reservation.Path(r.ID) + "/change").Want(http.StatusOK).Form(reservation.Path(r.ID) + "/change")
	if form.Values.Get("purpose") != "打合せ" || form.Values.Get("band") != "780-990" {
		t.Errorf("begins with %v", form.Values)
	}
	now := r
	now.Purpose = "総会"
	if _, err := s.svc.Change(t.Context(), db.Actor{Person: clerk}, now); err != nil {
		t.Fatal(err)
	}
	stale := c.Submit(form, "purpose", "Họp nhóm").Want(http.StatusConflict).Has("総会")
	again := stale.Form(reservation.Path(r.ID) + "/change")
	if again.Values.Get("purpose") != "Họp nhóm" {
		t.Errorf("lost what was typed: %v", again.Values)
	}
	c.Submit(c.Get(reservation.Path(r.ID)+"/change").Form(reservation.Path(r.ID)+"/change"), "purpose", "Họp nhóm", "band", "540-750").Want(http.StatusSeeOther)
	if got := s.get(t, r.ID); got.Purpose != "Họp nhóm" || got.Span.Start != quarter.On(s.day, 540, 750).Start.UTC() {
		t.Errorf("%+v", got)
	}
}

func TestOffice_DecidesAndMeetsNobodyElses(t *testing.T) {
	s := start(t)
	r := s.book(t, s.asked, linh, 600, 720)
	path := "/office/reservations/" + r.ID.String()
	c := s.Client(t).SignIn(clerk)
	c.Get("/office/reservations").Want(http.StatusOK).Has("ホール", "承認待ち", names[linh])
	c.Get("/office/reservations?state=confirmed").Want(http.StatusOK).Lacks("ホール")
	c.Follow(c.Get("/office/reservations?q=" + strings.ToLower(strings.ReplaceAll(r.Receipt, "-", ""))).Want(http.StatusSeeOther)).Want(http.StatusOK).Has("ホール")
	s.Client(t).SignIn(other).Get("/office/reservations?q=" + r.Receipt).Want(http.StatusOK).Lacks("ホール")
	c.Get("/office/reservations?q=" + url.QueryEscape("打合")).Want(http.StatusOK).Has("ホール")
	form := c.Get(path).Want(http.StatusOK).Form(path)
	c.Post(path+"/refuse", url.Values{"reason": {""}}).Want(http.StatusUnprocessableEntity)
	c.Submit(form).Want(http.StatusSeeOther)
	if got := s.get(t, r.ID); got.State != reservation.Confirmed {
		t.Errorf("%v", got.State)
	}
	for _, f := range table.Formats {
		c.Get("/office/reservations/export?format=" + f.String()).Want(http.StatusOK)
	}
	csv := c.Get("/office/reservations/export?format=utf8")
	if !strings.Contains(string(csv.Body), r.Receipt+","+s.day.String()+",10:00,12:00") {
		t.Errorf("%s", csv.Body)
	}
	for who, want := range map[db.ID]int{linh: http.StatusNotFound, other: http.StatusNotFound} {
		s.Client(t).SignIn(who).Get(path).Want(want)
	}
	for who, want := range map[db.ID]int{linh: http.StatusOK, clerk: http.StatusOK, turk: http.StatusNotFound, other: http.StatusNotFound} {
		s.Client(t).SignIn(who).Get(reservation.Path(r.ID)).Want(want)
	}
}

func TestCancel_FreesTheRoom(t *testing.T) {
	s := start(t)
	r := s.book(t, s.banded, linh, 780, 990)
	c := s.Client(t).SignIn(linh)
	c.Submit(c.Get(reservation.Path(r.ID) + "/cancel").Want(http.StatusOK).Form("")).Want(http.StatusSeeOther)
	s.book(t, s.banded, turk, 780, 990)
	c.Get(reservation.Path(r.ID)).Want(http.StatusOK).Has("Đã hủy")
}

func TestBehalf_IsRecorded(t *testing.T) {
	s := start(t)
	r, err := s.svc.Book(t.Context(), db.Actor{Person: clerk, OnBehalfOf: paper, Via: "web"}, reservation.Reservation{
		Room: s.banded, Span: quarter.On(s.day, 780, 990), Person: paper, Headcount: 5, Purpose: "囲碁",
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Client(t).SignIn(clerk).Get(reservation.Path(r.ID)).Want(http.StatusOK).Has("山本 一郎", "入力した人", "田中")
}

func TestFeeds_PublicAndPrivate(t *testing.T) {
	s := start(t)
	r := s.book(t, s.banded, linh, 780, 990)
	room := s.Client(t).Get(reservation.RoomCalendar(s.banded)).Want(http.StatusOK)
	if body := string(room.Body); !strings.Contains(body, "DTSTART;TZID=Asia/Tokyo") || strings.Contains(body, r.Purpose) || strings.Contains(body, r.Receipt) {
		t.Errorf("%s", body)
	}
	c := s.Client(t).SignIn(linh)
	made := c.Submit(c.Get("/me/calendar").Want(http.StatusOK).Form("/me/calendar")).Want(http.StatusOK)
	_, after, ok := strings.Cut(string(made.Body), "https://city.example/calendar/")
	if !ok {
		t.Fatal("no address shown")
	}
	secret := "/calendar/" + after[:strings.IndexAny(after, " <\"")]
	if !strings.HasSuffix(secret, ".ics?lang=vi") {
		t.Errorf("address %s", secret)
	}
	if body := string(s.Client(t).Get(secret).Want(http.StatusOK).Body); !strings.Contains(body, r.Purpose) || !strings.Contains(body, "Phòng họp 1") {
		t.Errorf("%s", body)
	}
	s.Client(t).Get("/calendar/AAAA.ics").Want(http.StatusNotFound)
	c.Post("/me/calendar/revoke", nil).Want(http.StatusSeeOther)
	s.Client(t).Get(secret).Want(http.StatusNotFound)
}

func TestPublic_ShowsOnlyWhatIsOpenToAll(t *testing.T) {
	s := start(t)
	r := s.book(t, s.banded, linh, 780, 990)
	s.Client(t).Get(reservation.PublicPath(r.ID)).Want(http.StatusNotFound)
	r.PublicTitle = i18n.Text{i18n.Ja: "お茶の会"}
	if _, err := s.svc.Change(t.Context(), db.Actor{Person: linh}, r); err != nil {
		t.Fatal(err)
	}
	s.Client(t).Get(reservation.PublicPath(r.ID)).Want(http.StatusOK).Has("お茶の会").Lacks("打合せ", r.Receipt)
}

func TestAPI_BooksListsAndCancels(t *testing.T) {
	s := start(t)
	c := s.Client(t).SignIn(linh)
	body := func(from int) *strings.Reader {
		span := quarter.On(s.day, from, from+210)
		return strings.NewReader(fmt.Sprintf(`{"room":%q,"start":%q,"end":%q,"people":4,"purpose":"会議"}`, s.banded, span.Start.Format("2006-01-02T15:04:05Z07:00"), span.End.Format("2006-01-02T15:04:05Z07:00")))
	}
	var one struct{ ID, Receipt, State string }
	c.Do("POST", "/api/v1/reservations", "application/json", body(780)).Want(http.StatusCreated).JSON(&one)
	if one.State != "confirmed" || one.Receipt == "" {
		t.Errorf("%+v", one)
	}
	if p := c.Do("POST", "/api/v1/reservations", "application/json", body(780)).Want(http.StatusConflict).Problem(); !strings.Contains(p.Type, "reservation.error.taken") {
		t.Errorf("%+v", p)
	}
	c.Do("POST", "/api/v1/reservations", "application/json", body(790)).Want(http.StatusUnprocessableEntity)
	var list struct{ Items []struct{ ID string } }
	c.Get("/api/v1/reservations").Want(http.StatusOK).JSON(&list)
	if len(list.Items) != 1 || list.Items[0].ID != one.ID {
		t.Errorf("%+v", list)
	}
	s.Client(t).SignIn(turk).Get("/api/v1/reservations/" + one.ID).Want(http.StatusNotFound)
	c.Do("DELETE", "/api/v1/reservations/"+one.ID, "", nil).Want(http.StatusOK)
	c.Do("POST", "/api/v1/reservations", "application/json", body(780)).Want(http.StatusCreated)
}

func TestErase_KeepsTheRoomsRight(t *testing.T) {
	s := start(t)
	r := s.book(t, s.banded, linh, 780, 990)
	err := s.db.Write(t.Context(), db.Actor{Person: linh}, func(tx *db.Tx) error {
		kept, err := s.desk.Personal().Erase(tx, linh)
		if len(kept) != 0 {
			t.Errorf("kept %v", kept)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.get(t, r.ID); got.State != reservation.Cancelled || got.Person != 0 || got.Purpose != "" {
		t.Errorf("%+v", got)
	}
	problems, err := tally.Checks()[0].Run(t.Context(), module.Deps{DB: s.db})
	if err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
}
