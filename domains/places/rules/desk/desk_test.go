package desk_test

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/domains/places/rules/desk"
	"kakehashi/domains/places/rules/replay"
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
	linh   db.ID = 1<<40 + iota // a resident
	clerk                       // of the office that answers for the hall
	second                      // a colleague
	other                       // a clerk of another office
	circle                      // a group
	office
	elsewhere
)

var tables = []db.Migrations{
	audit.Migrations(), inbox.Migrations(), deliver.Migrations(), web.Migrations(),
	{Name: "places", FS: os.DirFS("../../migrations")},
}

// city is a served city with one hall that has been booked.
type city struct {
	*webtest.Site
	db   *db.DB
	hall db.ID // the facility
	room db.ID
	day  jp.Date // today
}

func start(t *testing.T) *city {
	t.Helper()
	d := dbtest.Open(t, db.SQLite, tables)
	s := &city{db: d, day: jp.DateOf(d.Now())}
	deps := module.Deps{DB: d, Deliver: deliver.New(deliver.Config{DB: d})}
	svc := reservation.New(deps, reservation.Neighbours{})
	err := d.Write(t.Context(), db.System, func(tx *db.Tx) (err error) {
		if s.hall, err = facility.Save(tx, facility.Facility{Name: i18n.Text{i18n.Ja: "市民会館"}, Address: "川口1", Bookable: true, Office: office, Opens: -1, Closes: -1}); err != nil {
			return err
		}
		if s.room, err = facility.SaveRoom(tx, facility.Room{Facility: s.hall, Slug: "hall", Name: i18n.Text{i18n.Ja: "ホール"}, Class: "hall", Capacity: 50, Opens: 540, Closes: 1260, FeeYen: 1000}); err != nil {
			return err
		}
		for n := range 3 {
			on := s.day.AddDays(-10 * (n + 1))
			_, err := svc.Enter(tx, reservation.Reservation{
				Room: s.room, Span: quarter.On(on, 540, 660), State: reservation.Confirmed, Group: circle, Person: linh, Receipt: "R" + on.String(),
				Purpose: "練習", Headcount: 5, MadeAt: on.AddDays(-20).At(600), Kind: reservation.ForUse,
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	rooms := facility.NewDirectory(d)
	x := desk.New(deps, rules.NewDirectory(d), rooms, desk.Neighbours{
		GroupKinds: []string{"civic", "npo"},
		Who: func(_ *db.Tx, group, person db.ID) (rules.Who, error) {
			if group != 0 {
				return rules.Who{Holder: group, Kind: "civic", Resident: true}, nil
			}
			return rules.Who{Holder: person, Resident: true}, nil
		},
		PlaceOf: func(r *facility.Room) rules.Place {
			return rules.Place{Facility: r.Facility, Room: r.ID, Class: r.Class}
		},
		Fee: func(b *rules.Book, p replay.Past) int64 { return b.Fees(p.Place, p.Day()).Round * 2 },
	})
	var m module.Module
	x.Join(&m, nil)
	post := func(office db.ID) []web.Post {
		return []web.Post{{Role: web.RoleClerk, Scope: web.Scope{Kind: "office", ID: office}}}
	}
	s.Site = webtest.Start(t, webtest.Setup{
		DB: d, Routes: map[string][]web.Route{"places": m.Routes}, Messages: []i18n.Source{rules.Messages(), reservation.Messages(), ui.Messages(), table.Messages()},
		Viewers: map[db.ID]web.Viewer{
			linh: {Person: linh, Lang: i18n.Ja}, clerk: {Person: clerk, Lang: i18n.Ja, Posts: post(office)},
			second: {Person: second, Lang: i18n.Ja, Posts: post(office)}, other: {Person: other, Lang: i18n.Ja, Posts: post(elsewhere)},
		},
	})
	return s
}

// all returns the rules of a kind.
func (s *city) all(t *testing.T, k rules.Kind) (out []rules.Rule) {
	t.Helper()
	if err := s.db.Read(t.Context(), func(tx *db.Tx) (err error) { out, err = rules.List(tx, k); return err }); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDesk_AClerkAddsLinesAndDecides(t *testing.T) {
	s := start(t)
	c := s.Client(t).SignIn(clerk)
	c.Get("/office/rules").Want(http.StatusOK).Has("予約が始まる日", "まだ決めていません")
	const path = "/office/rules/new?kind=opening"
	p := c.Get(path).Want(http.StatusOK).Has("1行目").Lacks("2行目")
	p = c.Submit(p.Form(path), "lines.0.before", "2", "note", "議会", "do", "add:lines").Want(http.StatusOK).Has("2行目", "議会")
	p = c.Submit(p.Form(path), "lines.1.before", "x", "do", "decide").Want(http.StatusUnprocessableEntity).Has("数字で入れてください", "議会")
	p = c.Submit(p.Form(path), "lines.1.before", "５", "do", "drop:lines.0").Want(http.StatusOK).Lacks("2行目")
	from := s.day.AddDays(40)
	p = c.Submit(p.Form(path), "from", s.day.String(), "do", "decide").Want(http.StatusUnprocessableEntity).Has("あしたより後の日")
	c.Follow(c.Submit(p.Form(path), "from", from.String(), "do", "decide").Want(http.StatusSeeOther)).Want(http.StatusOK).Has("からのきまりにしました", "決定")
	got := s.all(t, rules.KindOpening)
	if len(got) != 1 || got[0].State != rules.InForce || got[0].From != from || got[0].MadeBy != clerk || got[0].Note != "議会" {
		t.Fatalf("%+v", got)
	}
	if o := got[0].Body.(rules.Opening); len(o.Lines) != 1 || o.Lines[0].Before != 5 {
		t.Errorf("%+v", o)
	}
	s.Client(t).Get("/places/rules").Want(http.StatusOK).Has("使う日の3か月前") // it does not hold yet
}

func TestDesk_EveryKindHasAForm(t *testing.T) {
	s := start(t)
	c := s.Client(t).SignIn(clerk)
	for _, k := range rules.Kinds {
		path := "/office/rules/new?kind=" + string(k)
		c.Follow(c.Submit(c.Get(path).Want(http.StatusOK).Form(path), "do", "draft").Want(http.StatusSeeOther)).Want(http.StatusOK).Has("下書きを保存しました")
		if got := s.all(t, k); len(got) != 1 || got[0].State != rules.Draft {
			t.Errorf("%s: %+v", k, got)
		}
		c.Get("/office/rules?kind=" + string(k)).Want(http.StatusOK).Has("下書き")
	}
	c.Get("/office/rules/new?kind=taxes").Want(http.StatusNotFound)
}

var ruleLink = regexp.MustCompile(`/office/rules/[0-9a-z]{13}`)

func TestDesk_TwoEditorsSeeBoth(t *testing.T) {
	s := start(t)
	one, two := s.Client(t).SignIn(clerk), s.Client(t).SignIn(second)
	const path = "/office/rules/new?kind=refunds"
	p := one.Submit(one.Get(path).Form(path), "do", "add:tiers").Want(http.StatusOK)
	made := one.Submit(p.Form(path), "tiers.0.days", "30", "tiers.0.percent", "100", "do", "draft").Want(http.StatusSeeOther)
	at := ruleLink.FindString(made.Location())
	mine, theirs := one.Get(at).Form(at), two.Get(at).Form(at)
	two.Submit(theirs, "tiers.0.percent", "80", "note", "近隣市", "do", "draft").Want(http.StatusSeeOther)
	p = one.Submit(mine, "tiers.0.percent", "60", "do", "draft").Want(http.StatusConflict).Has("ほかの人が先に保存しました", "80%", "近隣市")
	again := p.Form(at)
	if got := again.Values.Get("tiers.0.percent"); got != "60" {
		t.Errorf("what was typed became %q", got)
	}
	one.Submit(again, "do", "draft").Want(http.StatusSeeOther)
	if got := s.all(t, rules.KindRefunds)[0].Body.(rules.Refunds).Tiers[0].Percent; got != 60 {
		t.Errorf("%d percent", got)
	}
	one.Submit(one.Get(at).Form(at + "/withdraw")).Want(http.StatusSeeOther)
	one.Get(at).Want(http.StatusOK).Has("取り下げ", "この内容をもとに新しく作る")
}

func TestDesk_WhoMayDecide(t *testing.T) {
	s := start(t)
	mine := s.Client(t).SignIn(clerk)
	const path = "/office/rules/new?kind=access"
	made := mine.Submit(mine.Get(path).Form(path), "facility", s.hall.String(), "do", "draft").Want(http.StatusSeeOther)
	at := ruleLink.FindString(made.Location())
	theirs := s.Client(t).SignIn(other)
	theirs.Get(at).Want(http.StatusNotFound)
	theirs.Submit(theirs.Get(path).Form(path), "facility", s.hall.String(), "do", "decide").Want(http.StatusUnprocessableEntity).Has("あなたの課の施設ではありません")
	s.Client(t).SignIn(linh).Get("/office/rules").Want(http.StatusForbidden)
	s.Client(t).SignIn(linh).Get(at).Want(http.StatusNotFound)
}

func TestDesk_PreviewOnPastBookings(t *testing.T) {
	s := start(t)
	c := s.Client(t).SignIn(clerk)
	preview := func(path string, typed ...string) *webtest.Page {
		t.Helper()
		p := c.Get(path).Want(http.StatusOK)
		made := c.Submit(p.Form(path), append(typed, "do", "preview")...).Want(http.StatusSeeOther)
		if !strings.HasSuffix(made.Location(), "/preview") {
			t.Fatalf("leads to %s", made.Location())
		}
		return c.Follow(made).Want(http.StatusOK)
	}
	preview("/office/rules/new?kind=access", "kinds", "npo").Has("3件の予約を見ました", "断られたはずの予約", "市民会館 ホール", "この種類の団体は予約できません")
	preview("/office/rules/new?kind=opening", "lines.0.before", "0", "lines.0.day", "1").Has("3件の予約を見ました")
	preview("/office/rules/new?kind=fees", "round", "500").Has("3,000円")
	preview("/office/rules/new?kind=penalties").Has("変わる予約はありません")
}

func TestDesk_ResidentsReadTheRules(t *testing.T) {
	s := start(t)
	err := s.db.Write(t.Context(), db.System, func(tx *db.Tx) error {
		for _, r := range []rules.Rule{
			{From: s.day, Body: rules.Refunds{Tiers: []rules.Refund{{Days: 7, Percent: 50}, {Days: 30, Percent: 100}}}},
			{From: s.day, Facility: s.hall, Body: rules.Access{Kinds: []string{"npo"}, PerDay: 1}},
		} {
			r.Kind = r.Body.Kind()
			if _, err := rules.Enter(tx, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range i18n.Langs {
		p := s.Client(t).Speak(l).Get("/places/rules").Want(http.StatusOK)
		if strings.Contains(p.Text(), "⟦rules") {
			t.Errorf("%s misses a message: %s", l, p.Text())
		}
	}
	c := s.Client(t)
	c.Get("/places/rules").Has("使う30日前までの取り消し", "払った料金の100%を返します", "市民会館")
	c.Get("/places/rules?facility="+s.hall.String()).Has("市外の人", "予約できません")
	c.Get("/places/rules?facility=0000000000001").Want(http.StatusNotFound)
}
