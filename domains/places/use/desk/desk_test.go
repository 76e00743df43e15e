package desk_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	reservationdesk "kakehashi/domains/places/reservation/desk"
	"kakehashi/domains/places/rules"
	"kakehashi/domains/places/use"
	"kakehashi/domains/places/use/desk"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/deliver"
	"kakehashi/platform/files"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/jobs"
	"kakehashi/platform/module"
	"kakehashi/platform/receipt"
	"kakehashi/platform/seal"
	"kakehashi/platform/table"
	"kakehashi/platform/web"
	"kakehashi/platform/web/webtest"
	"kakehashi/ui"
)

const (
	linh   db.ID = 1<<40 + iota // reads Vietnamese, answers for nurses
	chokai                      // alone; her name is nobody's business
	clerk                       // of the office
	other                       // a clerk of another office
	nurses                      // a group that shows itself
	shy                         // a group that does not
	office
	elsewhere
)

var names = map[db.ID]string{linh: "Nguyễn Thị Linh", chokai: "鳥海 花子", clerk: "田中"}

var tables = []db.Migrations{
	audit.Migrations(), inbox.Migrations(), deliver.Migrations(), files.Migrations(), jobs.Migrations(), web.Migrations(),
	{Name: "places", FS: os.DirFS("../../migrations")},
}

// day is a Tuesday; the tests look at it at half past ten.
var day = jp.NewDate(2026, time.November, 24)

// town is a served facility with three bookings of this morning, one a room.
type town struct {
	*webtest.Site
	db    *db.DB
	use   *use.Use
	place db.ID
	of    map[db.ID]db.ID // holder to reservation
	rooms map[db.ID]db.ID // holder to room
	key   use.Thing
	mails []deliver.Kind
	loc   func(i18n.Lang) *i18n.Localizer
}

func start(t *testing.T, e db.Engine) *town {
	t.Helper()
	now := day.At(10*60 + 30)
	d, err := db.Open(t.Context(), db.Config{URL: dbtest.URL(t, e), Log: slog.New(slog.DiscardHandler), Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := d.Migrate(t.Context(), tables); err != nil {
		t.Fatal(err)
	}
	keys, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	store, err := files.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	groups := func(_ *db.Tx, p db.ID) ([]db.ID, error) {
		if p == linh {
			return []db.ID{nurses, shy}, nil
		}
		return nil, nil
	}
	name := func(_ *db.Tx, g db.ID) (i18n.Text, error) {
		return i18n.Text{i18n.Ja: map[db.ID]string{nurses: "看護の会", shy: "ひみつの会"}[g]}, nil
	}
	person := func(_ *db.Tx, p db.ID) (string, error) { return names[p], nil }
	near := reservation.Neighbours{GroupName: name, PersonName: person, GroupsOf: groups}
	sources := []i18n.Source{web.Messages(), use.Messages(), reservation.Messages(), ui.Messages(), table.Messages(), files.Messages()}
	catalog := i18n.NewCatalog(sources...)
	deps := module.Deps{DB: d, Keys: keys, Files: store, Catalog: catalog, Deliver: deliver.New(deliver.Config{DB: d}), BaseURL: "https://city.example"}
	svc := reservation.New(deps, near)
	s := &town{db: d, of: map[db.ID]db.ID{}, rooms: map[db.ID]db.ID{}, loc: catalog.For}
	s.use = use.New(deps, svc, rules.NewDirectory(d), use.Neighbours{
		GroupName: name, PersonName: person, GroupsOf: groups,
		Listed: func(tx *db.Tx, _ []db.ID) (map[db.ID]i18n.Text, error) {
			n, err := name(tx, nurses)
			return map[db.ID]i18n.Text{nurses: n}, err
		},
	})
	rd := reservationdesk.New(deps, svc, near)
	m := module.Module{Routes: rd.Routes()}
	desk.New(deps, s.use, svc, facility.NewDirectory(d)).Join(&m, rd)
	s.mails = m.Mails
	deps.Deliver.Register(m.Mails...)
	if err := d.Write(t.Context(), db.System, func(tx *db.Tx) error { return s.fill(tx, svc) }); err != nil {
		t.Fatal(err)
	}
	post := func(office db.ID) []web.Post {
		return []web.Post{{Role: web.RoleClerk, Scope: web.Scope{Kind: "office", ID: office}}}
	}
	s.Site = webtest.Start(t, webtest.Setup{
		DB: d, Routes: map[string][]web.Route{"places": m.Routes},
		Config: func(c *web.Config) {
			c.Catalog, c.Shell, c.ErrorPage, c.Assets = catalog, ui.NewShell(ui.Frame{Nav: m.Nav}), ui.ErrorPage, ui.Assets
			c.LiveTopics = m.Live
		},
		Viewers: map[db.ID]web.Viewer{
			linh: {Person: linh, Name: names[linh], Lang: i18n.Vi}, chokai: {Person: chokai, Name: names[chokai], Lang: i18n.Ja},
			clerk: {Person: clerk, Name: names[clerk], Lang: i18n.Ja, Posts: post(office)}, other: {Person: other, Lang: i18n.Ja, Posts: post(elsewhere)},
		},
	})
	return s
}

func (s *town) fill(tx *db.Tx, svc *reservation.Service) (err error) {
	if s.place, err = facility.Save(tx, facility.Facility{
		Name: i18n.Text{i18n.Ja: "ステーション", i18n.Vi: "Trạm"}, Address: "川口1-1-1", Phone: "048-227-7633", Bookable: true, Office: office, Opens: -1, Closes: -1,
	}); err != nil {
		return err
	}
	if err := use.SavePlace(tx, use.Place{Facility: s.place, Arrivals: true, Reports: true, Late: 15}); err != nil {
		return err
	}
	for i, h := range []struct{ group, person db.ID }{{nurses, linh}, {shy, linh}, {0, chokai}} {
		room, err := facility.SaveRoom(tx, facility.Room{Facility: s.place, Slug: string(rune('a' + i)), Name: i18n.Text{i18n.Ja: "会議室" + string(rune('1'+i))}, Capacity: 20, Opens: 540, Closes: 1260})
		if err != nil {
			return err
		}
		who := h.group
		if who == 0 {
			who = h.person
		}
		number := receipt.New()
		if ok, err := svc.Enter(tx, reservation.Reservation{
			Receipt: number, Room: room, Span: quarter.On(day, 600, 720), State: reservation.Confirmed, Group: h.group, Person: h.person,
			Purpose: "ないしょの話", Headcount: 5, MadeBy: h.person, MadeAt: tx.Now, ChangedAt: tx.Now,
		}); err != nil || !ok {
			return err
		}
		r, err := reservation.ByReceipt(tx, number)
		if err != nil {
			return err
		}
		s.of[who], s.rooms[who] = r.ID, room
	}
	s.key, err = use.AddThing(tx, use.Thing{Facility: s.place, Room: s.rooms[nurses], Kind: use.Key, Name: "会議室1の鍵"})
	return err
}

func each(t *testing.T, fn func(t *testing.T, s *town)) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) { fn(t, start(t, e)) })
	}
}

// TestBoard_ShowsNoPerson: a group that shows itself is named, everybody else is
// only in use, in every language and for everybody who looks.
func TestBoard_ShowsNoPerson(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		c := s.Client(t)
		at := "/today/" + s.place.String()
		for _, path := range []string{at, at + "/print", at + "/board", at + "/board?lang=vi", at + "/board?lang=nonsense"} {
			p := c.Get(path).Want(http.StatusOK)
			p.Has("看護の会", "会議室3")
			p.Lacks("鳥海", "Linh", "ひみつの会", "ないしょ")
		}
		turning := string(c.Get(at + "/board?lang=vi").Has("Trạm").Body)
		for _, part := range []string{`http-equiv="refresh"`, "lang=fil"} {
			if !strings.Contains(turning, part) {
				t.Errorf("the board does not turn: no %s", part)
			}
		}
		if strings.Contains(turning, "<script") || strings.Contains(turning, "style=") {
			t.Error("the board needs what the policy forbids")
		}
		if strings.Contains(string(c.Get(at+"/board").Body), "http-equiv") {
			t.Error("a board that was not asked to turns")
		}
		c.Get("/today/" + s.rooms[nurses].String()).Want(http.StatusNotFound)
	})
}

// TestScan_IsForTheOffice: the code of a reservation leads its group to its own
// page, its office to one press, and nobody else anywhere.
func TestScan_IsForTheOffice(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		path := "/use/" + s.use.Code(s.of[nurses])
		s.Client(t).SignIn(other).Get(path).Want(http.StatusNotFound)
		s.Client(t).SignIn(chokai).Get(path).Want(http.StatusNotFound)
		s.Client(t).SignIn(clerk).Get(path[:len(path)-1] + "_").Want(http.StatusNotFound)
		p := s.Client(t).SignIn(linh).Get(path).Want(http.StatusSeeOther)
		if p.Location() != reservation.Path(s.of[nurses]) {
			t.Errorf("the group is led to %s", p.Location())
		}
		s.Client(t).SignIn(linh).Post(path, nil).Want(http.StatusNotFound)
		c := s.Client(t).SignIn(clerk)
		p = c.Submit(c.Get(path).Want(http.StatusOK).Form(path), "heads", "７").Want(http.StatusSeeOther)
		c.Follow(p).Has("7人").Lacks(`name="heads"`)
	})
}

// TestHere_IsOnesOwn: the code in a room shows the reader's own booking there.
func TestHere_IsOnesOwn(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		path := "/use/at/" + s.rooms[nurses].String()
		c := s.Client(t).SignIn(linh)
		form := c.Get(path).Want(http.StatusOK).Form(path)
		p := c.Submit(form, "heads", "x").Want(http.StatusUnprocessableEntity)
		c.Submit(p.Form(path), "heads", "4").Want(http.StatusSeeOther)
		c.Get(reservation.Path(s.of[nurses])).Has("Đã báo đến")
		s.Client(t).SignIn(chokai).Get(path).Want(http.StatusOK).Lacks("看護の会", `name="heads"`)
		s.Client(t).SignIn(chokai).Get("/use/at/" + s.place.String()).Has("会議室3")
	})
}

// TestDay_OnePressEach walks the list of the day: late on top, arrive, key out,
// key back, gone.
func TestDay_OnePressEach(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		c := s.Client(t).SignIn(clerk)
		p := c.Get("/office/use").Want(http.StatusOK).Has("まだ来ていない", "鳥海 花子")
		id := s.of[nurses].String()
		for _, step := range []struct{ name, value, then string }{
			{"arrive", id, "利用中"}, {"hand", s.key.ID.String() + "." + id, "会議室1の鍵の返却"}, {"back", s.key.ID.String(), "会議室1の鍵を渡す"}, {"end", id, "終わりました"},
		} {
			if !strings.Contains(p.Text(), "会議室1") {
				t.Fatal("the list lost a room")
			}
			pressed := url.Values{"facility": {s.place.String()}, step.name: {step.value}}
			p = c.Follow(c.Post("/office/use", pressed).Want(http.StatusSeeOther)).Has(step.then)
		}
		s.Client(t).SignIn(other).Get("/office/use").Want(http.StatusNotFound)
		s.Client(t).SignIn(other).Get("/use/tag/" + s.key.Code).Want(http.StatusNotFound)
		c.Get("/use/tag/"+s.key.Code).Want(http.StatusOK).Has("看護の会", "渡す")
		c.Get("/office/use/export?format=utf8").Want(http.StatusOK).Has("看護の会", "10:30")
		c.Get("/office/use/tags").Want(http.StatusOK).Has("会議室1の鍵")
		c.Get("/office/use/things/" + s.key.ID.String()).Want(http.StatusOK).Has("看護の会")
	})
}

// TestReport_KeepsWhatWasTyped: a report that fails is shown again as it was.
func TestReport_KeepsWhatWasTyped(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		path := reservation.Path(s.of[nurses]) + "/report"
		s.Client(t).SignIn(chokai).Get(path).Want(http.StatusNotFound)
		c := s.Client(t).SignIn(linh)
		p := c.Submit(c.Get(path).Want(http.StatusOK).Form(path), "what", "壁に穴", "started", "600", "ended", "690").Want(http.StatusUnprocessableEntity)
		form := p.Form(path)
		c.Submit(form, "heads.18-39", "3").Want(http.StatusSeeOther)
		s.Client(t).SignIn(clerk).Get("/office"+reservation.Path(s.of[nurses])).Want(http.StatusOK).Has("壁に穴", "3人")
		var fault db.ID
		if err := s.db.Read(t.Context(), func(tx *db.Tx) error { return tx.Row(`SELECT id FROM use_faults`).Scan(&fault) }); err != nil {
			t.Fatal(err)
		}
		at := "/office/use/faults/" + fault.String()
		s.Client(t).SignIn(other).Get(at).Want(http.StatusNotFound)
		cl := s.Client(t).SignIn(clerk)
		p = cl.Submit(cl.Get(at).Want(http.StatusOK).Form(at), "reason", "").Want(http.StatusUnprocessableEntity)
		cl.Follow(cl.Submit(p.Form(at), "reason", "直しました").Want(http.StatusSeeOther)).Has("直しました").Lacks(`name="reason"`)
	})
}

// TestPoints_AreTold: the group reads what it was given and why, the clerk takes
// it back with a reason, and the group reads that too.
func TestPoints_AreTold(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		c := s.Client(t).SignIn(linh)
		c.Get("/me/points").Want(http.StatusOK).Lacks("看護の会")
		err := s.db.Write(t.Context(), db.System, func(tx *db.Tx) error {
			r, err := reservation.Get(tx, s.of[nurses])
			if err != nil {
				return err
			}
			return use.EnterPoints(tx, r, use.NoShow, 2)
		})
		if err != nil {
			t.Fatal(err)
		}
		c.Get("/me/points").Has("看護の会", "048-227-7633")
		s.Client(t).SignIn(chokai).Get("/me/points").Want(http.StatusOK).Lacks("看護の会")
		var point db.ID
		if err := s.db.Read(t.Context(), func(tx *db.Tx) error { return tx.Row(`SELECT id FROM points`).Scan(&point) }); err != nil {
			t.Fatal(err)
		}
		at := "/office/use/points/" + point.String()
		s.Client(t).SignIn(other).Get(at).Want(http.StatusNotFound)
		cl := s.Client(t).SignIn(clerk)
		cl.Get("/office/use/points").Want(http.StatusOK).Has("看護の会")
		cl.Submit(cl.Get(at).Want(http.StatusOK).Form(at), "reason", "急病のため").Want(http.StatusSeeOther)
		c.Get("/me/points").Has("急病のため")
	})
}

// TestMails renders every message in every language, with and without what may
// be missing.
func TestMails(t *testing.T) {
	s := start(t, db.SQLite)
	notice := reservation.Notice{
		ID: s.of[nurses], Receipt: "ABC-DEF", Room: i18n.Text{i18n.Ja: "会議室1"}, Place: i18n.Text{i18n.Ja: "ステーション"}, Phone: "048-227-7633",
		Start: db.Micros(day.At(600)), End: db.Micros(day.At(720)),
	}
	data := map[string][]any{
		use.MailPoints: {
			use.PointsNotice{Notice: notice, Kind: use.NoShow, Points: 2, Sum: 2, Limit: 5, Ends: day.AddMonths(6)},
			use.PointsNotice{Notice: notice, Kind: use.Late, Points: 3, Sum: 5, Limit: 5, Until: day.AddMonths(3)},
			use.PointsNotice{Notice: notice, Kind: use.Unconfirmed, Points: 1, Sum: 1},
		},
		use.MailReport: {use.ReportNotice{Notice: notice, Until: day.AddDays(1)}, use.ReportNotice{Notice: notice, Again: true, Until: day.AddDays(1)}},
	}
	for _, kind := range s.mails {
		for _, d := range data[kind.Name] {
			raw, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range i18n.Langs {
				loc := s.loc(l)
				c, err := kind.Render(i18n.With(context.Background(), loc), loc, raw)
				if err != nil {
					t.Fatalf("%s in %s: %v", kind.Name, l, err)
				}
				var paper strings.Builder
				if c.Paper != nil {
					if err := c.Paper.Render(i18n.With(context.Background(), loc), &paper); err != nil {
						t.Fatal(err)
					}
				}
				if all := c.Subject + c.Text + paper.String(); c.Subject == "" || strings.Contains(all, "⟦") || !strings.Contains(all, "https://city.example/") {
					t.Errorf("%s in %s: %s\n%s", kind.Name, l, c.Subject, all)
				}
			}
		}
	}
}
