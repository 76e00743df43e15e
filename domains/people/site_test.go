package people_test

import (
	"context"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"kakehashi/domains/people"
	"kakehashi/domains/people/person"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/deliver"
	"kakehashi/platform/i18n"
	"kakehashi/platform/jobs"
	"kakehashi/platform/module"
	"kakehashi/platform/seal"
	"kakehashi/platform/web"
	"kakehashi/platform/web/webtest"
	"kakehashi/ui"
)

const baseURL = "https://kakehashi.example.jp"

// site is a city with this module alone, served, and with its mails in hand.
type site struct {
	t *testing.T
	*webtest.Site
	d      *db.DB
	people *people.People
	audit  *audit.Log
	mails  chan deliver.Mail
}

type setup struct {
	oidc    string
	demo    bool
	names   person.Directory
	baseURL string // baseURL unless a real browser comes
}

// serve starts a city on the engine.
func serve(t *testing.T, e db.Engine, c setup) *site {
	t.Helper()
	s := &site{t: t, mails: make(chan deliver.Mail, 20)}
	s.d = dbtest.Open(t, e, []db.Migrations{
		audit.Migrations(), deliver.Migrations(), web.Migrations(), people.Migrations(),
	})
	keys, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	catalog := i18n.NewCatalog(
		web.Messages(), ui.Messages(), deliver.Messages(), audit.Messages(), people.Messages())
	s.audit = audit.New(audit.Config{DB: s.d})
	quiet := slog.New(slog.DiscardHandler)
	post := deliver.New(deliver.Config{
		DB: s.d, Catalog: catalog, Mail: mailer{s.mails}, Log: quiet,
		Recipient: func(tx *db.Tx, id db.ID) (deliver.Recipient, error) { return s.people.Recipient(tx, id) },
	})
	if c.baseURL == "" {
		c.baseURL = baseURL
	}
	deps := module.Deps{DB: s.d, Keys: keys, Jobs: jobs.New(), Deliver: post, Audit: s.audit, Catalog: catalog, Log: quiet, BaseURL: c.baseURL, Demo: c.demo}
	if s.people, err = people.New(deps, people.Config{OIDC: c.oidc}); err != nil {
		t.Fatal(err)
	}
	s.people.Connect(c.names, nil)
	m := s.people.Module()
	post.Register(m.Mails...)
	if err := post.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := post.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	s.Site = webtest.Start(t, webtest.Setup{
		DB: s.d, Routes: map[string][]web.Route{"people": append(m.Routes, home)},
		Messages: []i18n.Source{people.Messages(), ui.Messages()},
		Config: func(w *web.Config) {
			w.Identify, w.SaveLang, w.Token, w.Demo = s.people.Identify, s.people.SaveLang, s.people.Token, c.demo
			w.Shell = ui.NewShell(ui.Frame{Nav: m.Nav, City: func(context.Context) ui.City { return ui.City{Name: i18n.Text{i18n.Ja: "見本市"}} }})
			w.ErrorPage, w.DraftPage, w.Assets = ui.ErrorPage, ui.DraftPage, ui.Assets
		},
	})
	return s
}

// home stands for the front page, which belongs to another module.
var home = web.Route{Pattern: "GET /{$}", Access: web.Public(), Handle: func(c *web.Context) error {
	return c.Page(web.Meta{Title: "home"}, ui.Verbatim("home of "+c.Viewer.Name+" for "+c.Viewer.OnBehalfName))
}}

type mailer struct{ to chan deliver.Mail }

func (m mailer) Open(context.Context) (deliver.MailSession, error) { return m, nil }
func (m mailer) Close() error                                      { return nil }
func (m mailer) Send(_ context.Context, mail *deliver.Mail) error {
	m.to <- *mail
	return nil
}

// mail returns the next mail that goes out.
func (s *site) mail() deliver.Mail {
	s.t.Helper()
	select {
	case m := <-s.mails:
		return m
	case <-s.t.Context().Done():
		s.t.Fatal("no mail came")
	}
	return deliver.Mail{}
}

var sixDigits = regexp.MustCompile(`\d{3} \d{3}`)

// code returns the six digits of the next mail.
func (s *site) code() string {
	s.t.Helper()
	m := s.mail()
	found := sixDigits.FindString(m.Text)
	if found == "" {
		s.t.Fatalf("no digits in %q", m.Text)
	}
	return found
}

func (s *site) write(actor db.ID, fn func(tx *db.Tx) error) {
	s.t.Helper()
	if err := s.d.Write(s.t.Context(), db.Actor{Person: actor, Via: "web"}, fn); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) read(fn func(tx *db.Tx) error) {
	s.t.Helper()
	if err := s.d.Read(s.t.Context(), fn); err != nil {
		s.t.Fatal(err)
	}
}

// add keeps a person; who has a mail address has an account.
func (s *site) add(p person.Person) person.Person {
	s.t.Helper()
	if p.Langs == nil {
		p.Langs = []i18n.Lang{i18n.Ja}
	}
	p.Account = p.Mail != ""
	s.write(0, func(tx *db.Tx) (err error) {
		p, err = s.people.Create(tx, p)
		return err
	})
	return p
}

// clerk adds a person with a clerk's post.
func (s *site) clerk(name string) person.Person {
	s.t.Helper()
	p := s.add(person.Person{Name: name, Private: person.Private{Mail: "clerk@city.example.jp"}})
	s.give(p.ID, web.RoleClerk, web.Scope{Kind: "office", ID: 77})
	return p
}

func (s *site) give(who db.ID, role web.Role, scope web.Scope) {
	s.t.Helper()
	s.write(0, func(tx *db.Tx) error {
		_, err := s.people.Give(tx, person.Post{Person: who, Role: role, Scope: scope})
		return err
	})
}

// actions are the audit actions that concern the person, the newest first.
func (s *site) actions(who db.ID) (out []string) {
	s.t.Helper()
	s.read(func(tx *db.Tx) error {
		lines, err := s.audit.ByPerson(tx, who, audit.Page{Limit: 100})
		for _, l := range lines {
			out = append(out, l.Action)
		}
		return err
	})
	return out
}

func has(list []string, want string) bool {
	return strings.Contains(" "+strings.Join(list, " ")+" ", " "+want+" ")
}
