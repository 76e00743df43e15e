package papers_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/papers"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/letter"
	"kakehashi/domains/places/search"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/deliver"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/module"
	"kakehashi/platform/seal"
	"kakehashi/platform/web"
	"kakehashi/platform/web/webtest"
	"kakehashi/ui"
)

// The cast of these tests.
const (
	linh     db.ID = 1<<40 + iota // speaks for the group
	sita                          // her name is in a script that the PDF's font lacks
	stranger                      // has nothing to do with it
	clerk                         // of the office
	other                         // a clerk of another office
	group
	office
	elsewhere
	entry // a payment
)

var names = map[db.ID]string{linh: "Nguyễn Linh", sita: "सीता", clerk: "田中"}

// town is a served city with one room, whose charges the test sets.
type town struct {
	*webtest.Site
	db      *db.DB
	svc     *reservation.Service
	room    db.ID
	day     jp.Date
	charge  papers.Charge
	papers  *papers.Papers
	catalog *i18n.Catalog
	came    []papers.Came // the ledger
}

func tables() []db.Migrations {
	return []db.Migrations{
		audit.Migrations(), inbox.Migrations(), deliver.Migrations(), web.Migrations(), {Name: "places", FS: os.DirFS("../migrations")},
	}
}

func start(t *testing.T) *town {
	t.Helper()
	return startOn(t, dbtest.Open(t, db.SQLite, tables()))
}

func startOn(t *testing.T, d *db.DB) *town {
	t.Helper()
	keys, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	s := &town{db: d, day: jp.DateOf(d.Now()).AddDays(10)}
	near := papers.Neighbours{
		GroupName: func(_ *db.Tx, g db.ID) (i18n.Text, error) {
			if g == office {
				return i18n.Text{i18n.Ja: "協働推進課", i18n.En: "Collaboration Division"}, nil
			}
			return i18n.Text{i18n.Ja: "あおぞらの会", i18n.En: "Aozora"}, nil
		},
		PersonName: func(_ *db.Tx, p db.ID) (string, error) { return names[p], nil },
		GroupsOf: func(_ *db.Tx, p db.ID) ([]db.ID, error) {
			if p == linh {
				return []db.ID{group}, nil
			}
			return nil, nil
		},
		City: func(*db.Tx) (i18n.Text, error) {
			return i18n.Text{i18n.Ja: "川口市", i18n.En: "Kawaguchi City"}, nil
		},
		Ledger: papers.Ledger{
			Newest: func(*db.Tx) (db.ID, error) {
				if len(s.came) == 0 {
					return 0, nil
				}
				return s.came[len(s.came)-1].Entry, nil
			},
			After: func(_ *db.Tx, after db.ID, _ time.Time, limit int) (out []papers.Came, err error) {
				for _, c := range s.came {
					if c.Entry > after && len(out) < limit {
						out = append(out, c)
					}
				}
				return out, nil
			},
		},
		Charge: func(_ *db.Tx, loc *i18n.Localizer, _ reservation.Reservation) (papers.Charge, error) {
			return s.charge, nil
		},
	}
	catalog := i18n.NewCatalog(reservation.Messages(), papers.Messages(), ui.Messages(), i18n.Messages())
	deps := module.Deps{DB: d, Keys: keys, Catalog: catalog, Deliver: deliver.New(deliver.Config{DB: d}), BaseURL: "https://city.example"}
	rooms := facility.NewDirectory(d)
	booking := reservation.Neighbours{Search: search.New(d, rooms, search.Window{LeadMinutes: 30, HorizonDays: 92})}
	s.svc = reservation.New(deps, booking)
	deps.Deliver.Register(letter.Kinds(deps.BaseURL)...)
	err = d.Write(t.Context(), db.System, func(tx *db.Tx) error {
		f, err := facility.Save(tx, facility.Facility{
			Name: i18n.Text{i18n.Ja: "市民パートナーステーション", i18n.En: "Partner Station"}, Address: "川口1-1-1", Phone: "048-227-7633",
			Bookable: true, Office: office, Opens: -1, Closes: -1,
		})
		if err != nil {
			return err
		}
		s.room, err = facility.SaveRoom(tx, facility.Room{Facility: f, Slug: "one", Name: i18n.Text{i18n.Ja: "会議室1", i18n.En: "Room 1"}, Capacity: 40, Opens: 540, Closes: 1260})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	post := func(office db.ID) []web.Post {
		return []web.Post{{Role: web.RoleClerk, Scope: web.Scope{Kind: "office", ID: office}}}
	}
	s.papers = papers.New(deps, s.svc, near)
	deps.Deliver.Register(s.papers.Mails()...)
	s.catalog = catalog
	s.Site = webtest.Start(t, webtest.Setup{
		DB: d, Routes: map[string][]web.Route{"places": s.papers.Routes()},
		Messages: []i18n.Source{reservation.Messages(), papers.Messages(), ui.Messages()},
		Viewers: map[db.ID]web.Viewer{
			linh: {Person: linh, Name: names[linh], Lang: i18n.En}, sita: {Person: sita, Name: names[sita], Lang: i18n.Ne},
			stranger: {Person: stranger, Lang: i18n.Ja}, clerk: {Person: clerk, Lang: i18n.Ja, Posts: post(office)}, other: {Person: other, Lang: i18n.Ja, Posts: post(elsewhere)},
		},
	})
	return s
}

// book books the room from an hour for as many.
func (s *town) book(t *testing.T, person, group db.ID, hour int) reservation.Reservation {
	t.Helper()
	r, err := s.svc.Book(t.Context(), db.Actor{Person: person}, reservation.Reservation{
		Room: s.room, Span: quarter.On(s.day, hour*60, hour*60+120), Person: person, Group: group, Headcount: 12, Purpose: "読み聞かせの練習",
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// file fails unless the reply is a PDF to be saved.
func file(t *testing.T, p *webtest.Page, name string) {
	t.Helper()
	p.Want(http.StatusOK)
	if !bytes.HasPrefix(p.Body, []byte("%PDF-1.7")) || !strings.Contains(p.Header.Get("Content-Disposition"), name) {
		t.Errorf("%s is no PDF called %s: %q, %.20q", p.Path, name, p.Header.Get("Content-Disposition"), p.Body)
	}
}

func TestPermit_FromDebtToTheDoor(t *testing.T) {
	s := start(t)
	r := s.book(t, linh, group, 10)
	at := reservation.Path(r.ID)
	linhs := s.Client(t).SignIn(linh)

	s.charge = papers.Charge{Lines: []papers.Line{{Text: "Morning", Yen: 2400}}, Total: 2400, Owed: 2400, Due: s.day.AddDays(-3), Reference: "12345674", Bank: "武蔵野銀行 川口支店 普通 1234567"}
	linhs.Get(at+"/permit").Want(http.StatusOK).Has("not been paid", "¥2,400", "Invoice").Lacks("Permit no.")
	if to := linhs.Get(at + "/permit.pdf").Want(http.StatusSeeOther).Location(); to != at+"/permit" {
		t.Errorf("the PDF of a permit that is not there leads to %s", to)
	}
	linhs.Get(at+"/invoice").Want(http.StatusOK).Has("Invoice no. 12345674", "武蔵野銀行", "Aozora", "Kawaguchi City")
	file(t, linhs.Get(at+"/invoice.pdf"), "invoice-12345674.pdf")

	s.charge.Owed, s.charge.Paid = 0, []papers.Payment{{ID: entry, Number: "2026-000001", Yen: 2400, On: s.day.AddDays(-5), Method: "Counter"}}
	page := linhs.Get(at+"/permit").Want(http.StatusOK).Has("Permit no. ", "-00001", "Room 1", "読み聞かせの練習", "12 people", "¥2,400 (paid)", "Nguyễn Linh")
	file(t, linhs.Get(at+"/permit.pdf"), "-00001.pdf")
	if again := linhs.Get(at + "/permit"); again.Text() != page.Text() {
		t.Errorf("asked for again, the permit says something else")
	}
	linhs.Get(at+"/receipt/"+entry.String()).Want(http.StatusOK).Has("Receipt no. 2026-000001", "¥2,400", "Fee for the use of Room 1").Lacks("Second copy")
	file(t, linhs.Get(at+"/receipt/"+entry.String()+"/pdf"), "receipt-2026-000001.pdf")
	linhs.Get(at + "/receipt/" + db.NewID().String()).Want(http.StatusNotFound)
	linhs.Get(at + "/invoice").Want(http.StatusOK).Has("nothing to pay")

	door := s.Client(t).Speak(i18n.Ja) // the caretaker, who is not signed in
	code := s.code(t, r.ID)
	door.Get("/permits/"+code).Want(http.StatusOK).Has("有効です", "会議室1", "あおぞらの会", "12人").Lacks("Linh", "読み聞かせ")
	door.Get("/permits/" + strings.ToUpper(code[:4]+"-"+code[4:])).Want(http.StatusOK).Has("有効です")
	door.Get("/permits/0000000000000000").Want(http.StatusNotFound)

	r.Headcount = 20
	if _, err := s.svc.Change(t.Context(), db.Actor{Person: linh}, r); err != nil {
		t.Fatal(err)
	}
	door.Get("/permits/"+code).Want(http.StatusOK).Has("内容が変わっています", "20人")
	linhs.Get(at+"/permit").Want(http.StatusOK).Has("Issued again (version 2)", "20 people")
	door.Get("/permits/" + code).Want(http.StatusOK).Has("内容が変わっています")
	if newer := s.code(t, r.ID); newer == code {
		t.Error("the second version has the first one's code")
	} else {
		door.Get("/permits/" + newer).Want(http.StatusOK).Has("有効です")
	}
	if _, err := s.svc.Cancel(t.Context(), db.Actor{Person: linh}, r.ID, 0, ""); err != nil {
		t.Fatal(err)
	}
	door.Get("/permits/" + s.code(t, r.ID)).Want(http.StatusOK).Has("使えません")
	linhs.Get(at + "/permit").Want(http.StatusOK).Has("was cancelled")
}

func (s *town) code(t *testing.T, r db.ID) (code string) {
	t.Helper()
	err := s.db.Read(t.Context(), func(tx *db.Tx) error {
		p, err := papers.Latest(tx, r)
		code = p.Code
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestPapers_AreOnlyForThoseConcerned(t *testing.T) {
	s := start(t)
	r := s.book(t, linh, group, 10)
	s.charge = papers.Charge{Total: 100, Paid: []papers.Payment{{ID: entry, Number: "1", Yen: 100, On: s.day}}}
	for _, rest := range []string{"/permit", "/permit.pdf", "/invoice", "/receipt/" + entry.String()} {
		s.Client(t).SignIn(stranger).Get(reservation.Path(r.ID) + rest).Want(http.StatusNotFound)
		s.Client(t).SignIn(other).Get(reservation.Path(r.ID) + rest).Want(http.StatusNotFound)
		if got := s.Client(t).SignIn(clerk).Get(reservation.Path(r.ID) + rest).Status; got != http.StatusOK {
			t.Errorf("the clerk meets %d at %s", got, rest)
		}
	}
	s.Client(t).SignIn(linh).Get("/office/papers").Want(http.StatusForbidden)
}

// TestPermit_NameOutsideTheFont: nobody gets a paper with an empty box in their
// name; they are led to the page, which their own fonts print.
func TestPermit_NameOutsideTheFont(t *testing.T) {
	s := start(t)
	r := s.book(t, sita, 0, 10)
	sitas := s.Client(t).SignIn(sita)
	sent := sitas.Get(reservation.Path(r.ID) + "/permit.pdf").Want(http.StatusSeeOther)
	sitas.Follow(sent).Want(http.StatusOK).Has("सीता", "अनुमति नं.", "PDF मा राख्न सकिँदैन")
}

func TestDay_AllPermitsAtOnce(t *testing.T) {
	s := start(t)
	s.book(t, linh, group, 10)
	s.book(t, sita, 0, 13)
	clerks := s.Client(t).SignIn(clerk)
	on := "?on=" + s.day.String()
	clerks.Get("/office/papers"+on).Want(http.StatusOK).Has("あおぞらの会", "सीता", "発行できます", "（2枚）")
	book := clerks.Get("/office/papers/permits.pdf" + on)
	file(t, book, "permits-"+s.day.String()+".pdf")
	if pages := bytes.Count(book.Body, []byte("/Type /Page\n")); pages != 2 {
		t.Errorf("the file has %d pages, want the list and one permit", pages)
	}
	clerks.Get("/office/papers"+on).Want(http.StatusOK).Has("-00001", "-00002").Lacks("発行できます")
	s.Client(t).SignIn(other).Get("/office/papers" + on).Want(http.StatusOK).Has("予約はありません")
	if to := s.Client(t).SignIn(other).Get("/office/papers/permits.pdf" + on).Want(http.StatusSeeOther).Location(); !strings.HasPrefix(to, "/office/papers?") {
		t.Errorf("nothing to print leads to %s", to)
	}
}

// TestTell_PermitFollowsPayment: whoever paid is sent their permit once; what
// was paid before is left alone, and so is who still owes.
func TestTell_PermitFollowsPayment(t *testing.T) {
	dbtest.Each(t, tables(), func(t *testing.T, d *db.DB) { tellPermits(t, startOn(t, d)) })
}

func tellPermits(t *testing.T, s *town) {
	old, paid, part := s.book(t, linh, group, 10), s.book(t, linh, group, 13), s.book(t, linh, group, 16)
	s.came = []papers.Came{{Entry: 1, Reservation: old.ID}}
	tell := func() {
		t.Helper()
		if err := s.papers.Tell(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	told := func() (n int) {
		t.Helper()
		err := s.db.Read(t.Context(), func(tx *db.Tx) error {
			all, err := deliver.ByPerson(tx, linh, 100)
			for _, d := range all {
				if d.Kind == papers.PermitKind {
					n++
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if tell(); told() != 0 {
		t.Error("what was paid before the first run was told")
	}
	s.charge = papers.Charge{Total: 200, Owed: 100}
	s.came = append(s.came, papers.Came{Entry: 2, Reservation: part.ID})
	if tell(); told() != 0 {
		t.Error("who still owes was sent a permit")
	}
	s.charge.Owed = 0
	s.came = append(s.came, papers.Came{Entry: 3, Reservation: paid.ID}, papers.Came{Entry: 4})
	tell()
	if tell(); told() != 1 {
		t.Errorf("told %d times, want once", told())
	}
	code := s.code(t, paid.ID)
	data, err := json.Marshal(map[string]db.ID{"reservation": paid.ID})
	if err != nil {
		t.Fatal(err)
	}
	mail, err := s.papers.Mails()[0].Render(t.Context(), s.catalog.For(i18n.En), data)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(mail.Subject, "Your permit: Room 1") || !strings.Contains(mail.Text, reservation.Path(paid.ID)+"/permit") || strings.Contains(mail.Text, code) {
		t.Errorf("the mail says %q\n%s", mail.Subject, mail.Text)
	}
	if len(mail.Attachments) != 1 || !bytes.HasPrefix(mail.Attachments[0].Data, []byte("%PDF-1.7")) {
		t.Errorf("%d attachments, want the permit", len(mail.Attachments))
	}
}
