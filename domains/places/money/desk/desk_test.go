package desk_test

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/money"
	"kakehashi/domains/places/money/desk"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	rdesk "kakehashi/domains/places/reservation/desk"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
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
	linh  db.ID = 1<<40 + iota // books, reads Vietnamese
	clerk                      // of the office
	other                      // a clerk of another office
	office
	elsewhere
)

var tables = []db.Migrations{
	audit.Migrations(), inbox.Migrations(), deliver.Migrations(), web.Migrations(), {Name: "places", FS: os.DirFS("../../migrations")},
}

// town is a served city with one room for 800 yen a band.
type town struct {
	*webtest.Site
	svc  *reservation.Service
	db   *db.DB
	room db.ID
	day  jp.Date
}

func start(t *testing.T) *town {
	t.Helper()
	d := dbtest.Open(t, db.SQLite, tables)
	s := &town{db: d, day: jp.DateOf(d.Now()).AddDays(10)}
	catalog := i18n.NewCatalog(reservation.Messages(), money.Messages())
	deps := module.Deps{DB: d, Catalog: catalog, Deliver: deliver.New(deliver.Config{DB: d}), BaseURL: "https://city.example"}
	s.svc = reservation.New(deps, reservation.Neighbours{})
	names := func(_ *db.Tx, ids []db.ID) (map[db.ID]string, error) {
		return map[db.ID]string{linh: "Nguyễn Thị Linh", clerk: "田中"}, nil
	}
	m := desk.New(money.New(deps, s.svc, rules.NewDirectory(d), money.Neighbours{PersonNames: names}), s.svc)
	bookings := rdesk.New(deps, s.svc, reservation.Neighbours{})
	for _, name := range reservation.MessageKinds {
		deps.Deliver.Register(deliver.Kind{Name: name, Render: func(context.Context, *i18n.Localizer, json.RawMessage) (deliver.Content, error) {
			return deliver.Content{Subject: name, Text: name}, nil
		}})
	}
	m.Join(&module.Module{}, bookings)
	err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
		f, err := facility.Save(tx, facility.Facility{Name: i18n.Text{i18n.Ja: "市民会館"}, Address: "川口1-1-1", Phone: "048-227-7633", Bookable: true, Office: office, Opens: 510, Closes: 1035})
		if err != nil {
			return err
		}
		s.room, err = facility.SaveRoom(tx, facility.Room{Facility: f, Slug: "a", Name: i18n.Text{i18n.Ja: "会議室"}, Capacity: 20, Opens: 540, Closes: 1260, FeeYen: 800,
			Bands: []facility.Band{{From: 540, To: 750}, {From: 780, To: 990}}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	post := func(office db.ID) []web.Post {
		return []web.Post{{Role: web.RoleClerk, Scope: web.Scope{Kind: "office", ID: office}}}
	}
	s.Site = webtest.Start(t, webtest.Setup{
		DB: d, Routes: map[string][]web.Route{"places": append(bookings.Routes(), m.Routes()...)},
		Messages: []i18n.Source{reservation.Messages(), money.Messages(), ui.Messages(), table.Messages()},
		Viewers: map[db.ID]web.Viewer{
			linh: {Person: linh, Name: "Linh", Lang: i18n.Vi}, clerk: {Person: clerk, Name: "田中", Lang: i18n.Ja, Posts: post(office)},
			other: {Person: other, Lang: i18n.Ja, Posts: post(elsewhere)},
		},
	})
	return s
}

// charge books the room and returns the address of what is owed for it.
func (s *town) charge(t *testing.T) (r reservation.Reservation, path string) {
	t.Helper()
	r, err := s.svc.Book(t.Context(), db.Actor{Person: linh}, reservation.Reservation{
		Room: s.room, Person: linh, Headcount: 3, Purpose: "Họp", Span: quarter.On(s.day, 540, 990),
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.db.Read(t.Context(), func(tx *db.Tx) error {
		c, err := money.ChargeOf(tx, money.OfReservation, r.ID)
		path = money.Path(c.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r, path
}

func has(t *testing.T, p *webtest.Page, all ...string) {
	t.Helper()
	for _, want := range all {
		if !strings.Contains(p.Text(), want) {
			t.Errorf("the page lacks %q:\n%s", want, p.Text())
		}
	}
}

func TestBooking_SaysWhatItCostsInTheReadersLanguage(t *testing.T) {
	s := start(t)
	c := s.Client(t).SignIn(linh)
	p := c.Get("/reservations/new?room=" + s.room.String() + "&day=" + s.day.String() + "&from=540&to=990&for=me&people=3&purpose=x").Want(200)
	has(t, p, "Chi phí", "9:00–12:30", "1.600")
	r, _ := s.charge(t)
	has(t, c.Get(reservation.Path(r.ID)).Want(200), "1.600", "048-227-7633", "8:30", "17:15", "Số thanh toán")
}

func TestCounter_TwoPresses(t *testing.T) {
	s := start(t)
	_, path := s.charge(t)
	c := s.Client(t).SignIn(clerk)
	has(t, c.Get("/office/money").Want(200), "Nguyễn Thị Linh", "1,600円")
	short := c.Submit(c.Get(path).Want(200).Form(path), "tendered", "1000").Want(422)
	has(t, short, "600円 足りません")
	ready := c.Submit(short.Form(path), "tendered", "2,000").Want(200)
	has(t, ready, "お釣り", "400円")
	form := ready.Form(path + "/pay")
	done := c.Follow(c.Submit(form)).Want(200)
	has(t, done, "1,600円 を受け取りました", "-000001")
	again := c.Follow(c.Submit(form)).Want(200) // the button pressed twice
	if n := strings.Count(again.Text(), "-000001"); n < 1 || strings.Contains(again.Text(), "-000002") {
		t.Errorf("pressed twice, the page says:\n%s", again.Text())
	}
	s.Client(t).SignIn(other).Get(path).Want(404)
	s.Client(t).SignIn(linh).Get(path).Want(404)
}

func TestDay_CountAndClose(t *testing.T) {
	s := start(t)
	_, path := s.charge(t)
	c := s.Client(t).SignIn(clerk)
	ready := c.Submit(c.Get(path).Form(path), "tendered", "1600")
	c.Follow(c.Submit(ready.Form(path + "/pay"))).Want(200)
	day := c.Get("/office/money/day").Want(200)
	has(t, day, "1,600円")
	wrong := c.Submit(day.Form("/office/money/day/close"), "opening", "10000", "p10000", "1", "p1000", "1", "kept", "10000").Want(422)
	has(t, wrong, "-600")
	closed := c.Follow(c.Submit(wrong.Form("/office/money/day/close"), "opening", "10000", "p10000", "1", "p1000", "1", "p500", "1", "p100", "1", "kept", "10000")).Want(200)
	has(t, closed, "締めました", "11,600円")
	c.Get("/office/money/day/print").Want(200)
	for _, export := range []string{"/office/money/day/export?month=1", "/office/money/export?view=paid", "/office/money/day/export?format=xlsx"} {
		c.Get(export).Want(200)
	}
}

func TestBooking_AsksWhatTheFeeDependsOn(t *testing.T) {
	s := start(t)
	err := s.db.Write(t.Context(), db.System, func(tx *db.Tx) error {
		body, err := json.Marshal(rules.Fees{
			Surcharges: []rules.Surcharge{{When: "admission", Percent: 50}},
			Extras:     []rules.Extra{{Key: "mic", Name: i18n.Text{i18n.Vi: "Micrô"}, Per: "use", Yen: 200, Most: 4}},
		})
		if err != nil {
			return err
		}
		tx.Touch(rules.Topic)
		_, err = tx.Exec(`INSERT INTO rules (id, version, kind, facility_id, valid_from, body, note, state, made_by, made_at, changed_at)
			VALUES ($1, 1, 'fees', 0, '2020-01-01', $2, '', 'in_force', 0, 0, 0)`, db.NewID(), string(body))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	c := s.Client(t).SignIn(linh)
	ask := c.Get("/reservations/new?room=" + s.room.String() + "&day=" + s.day.String() + "&from=540&to=750&for=me&people=3").Want(200)
	has(t, ask, "Tiền vé vào cửa", "Micrô", "200 yên")
	if strings.Contains(ask.Text(), "Có bán hàng") {
		t.Error("it is asked whether something is sold, though nothing depends on it")
	}
	check := c.Submit(ask.Form("/reservations/new"), "purpose", "Hòa nhạc", "admission", "1000", "extra_mic", "2").Want(200)
	has(t, check, "Có thu tiền vé (50% của 800 yên)", "400 yên", "Micrô (2 × 200 yên)", "1.600 yên")
	booked := c.Submit(check.Form("/reservations"))
	id, err := db.ParseID(strings.Split(booked.Location(), "/")[2])
	if err != nil {
		t.Fatalf("booking leads to %q", booked.Location())
	}
	err = s.db.Read(t.Context(), func(tx *db.Tx) error {
		r, err := reservation.Get(tx, id)
		if err != nil || r.Asked.Admission != 1000 || r.Asked.Extras["mic"] != 2 {
			t.Errorf("booked: %+v %v", r.Asked, err)
		}
		ch, err := money.ChargeOf(tx, money.OfReservation, id)
		if err != nil || ch.Total != 1600 || len(ch.Working.Lines) != 3 {
			t.Errorf("charged: %+v %v", ch, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	change := c.Get(reservation.Path(id) + "/change").Want(200)
	c.Follow(c.Submit(change.Form(reservation.Path(id)+"/change"), "admission", "0")).Want(200)
	err = s.db.Read(t.Context(), func(tx *db.Tx) error {
		ch, err := money.ChargeOf(tx, money.OfReservation, id)
		if err != nil || ch.Total != 1200 {
			t.Errorf("without admission: %+v %v", ch, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
