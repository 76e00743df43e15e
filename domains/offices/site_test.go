package offices

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/deliver"
	"kakehashi/platform/deliver/mail"
	"kakehashi/platform/fault"
	"kakehashi/platform/files"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/jobs"
	"kakehashi/platform/module"
	"kakehashi/platform/seal"
	"kakehashi/platform/web"
	"kakehashi/platform/web/webtest"
	"kakehashi/ui"
)

// The people and offices of the tests.
const (
	clerk     db.ID = 1_000_000_000_000_001
	colleague db.ID = 1_000_000_000_000_002
	stranger  db.ID = 1_000_000_000_000_003 // clerk of the other office
	both      db.ID = 1_000_000_000_000_004 // clerk of both
	runner    db.ID = 1_000_000_000_000_005 // operator
	resident  db.ID = 1_000_000_000_000_006
	ours      db.ID = 2_000_000_000_000_001
	theirs    db.ID = 2_000_000_000_000_002
)

// stubborn is the subject to which nothing can be done.
const stubborn db.ID = 666

type site struct {
	*webtest.Site
	t    *testing.T
	d    *db.DB
	deps module.Deps
	o    *Offices
}

func migrate() []db.Migrations {
	return []db.Migrations{
		audit.Migrations(), jobs.Migrations(), inbox.Migrations(), files.Migrations(), deliver.Migrations(),
		web.Migrations(), Migrations(),
	}
}

// each runs fn against a running site on both engines.
func each(t *testing.T, fn func(s *site)) {
	dbtest.Each(t, migrate(), func(t *testing.T, d *db.DB) { fn(open(t, d)) })
}

// one runs against a running site on SQLite, where only pages are in question.
func one(t *testing.T) *site { return open(t, dbtest.Open(t, db.SQLite, migrate())) }

func open(t *testing.T, d *db.DB) *site {
	keys, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, d: d}
	catalog := i18n.NewCatalog(Messages())
	s.deps = module.Deps{
		DB: d, Keys: keys, Jobs: jobs.New(), Catalog: catalog, Log: slog.New(slog.DiscardHandler), Demo: true,
		Audit: audit.New(audit.Config{DB: d, Signer: keys.Audit()}),
	}
	s.deps.Deliver = deliver.New(deliver.Config{
		DB: d, Catalog: catalog, Mail: mail.NewMailbox(d),
		Recipient: func(*db.Tx, db.ID) (deliver.Recipient, error) { return deliver.Recipient{}, nil },
		City:      func(tx *db.Tx) (i18n.Text, error) { return s.o.CityName(tx) },
	})
	actions, err := inbox.NewActions(
		inbox.Action{Kind: "places.reservation", Name: "approve", LabelKey: "offices.inbox.take", Do: s.approve},
		inbox.Action{Kind: "places.reservation", Name: "refuse", LabelKey: "offices.inbox.release", Reason: true, Do: s.approve},
	)
	if err != nil {
		t.Fatal(err)
	}
	names := map[db.ID]string{clerk: "田中 一郎", colleague: "鈴木 花子"}
	s.o = New(s.deps, Neighbours{
		Actions: func() *inbox.Actions { return actions },
		OfficeNames: func(_ *db.Tx, ids []db.ID) (map[db.ID]i18n.Text, error) {
			return map[db.ID]i18n.Text{ours: {i18n.Ja: "協働推進課"}, theirs: {i18n.Ja: "長寿支援課"}}, nil
		},
		PersonNames: func(_ *db.Tx, ids []db.ID) (map[db.ID]string, error) { return names, nil },
		Clerks: func(_ *db.Tx, office db.ID) ([]db.ID, error) {
			if office == ours {
				return []db.ID{clerk, colleague}, nil
			}
			return []db.ID{stranger}, nil
		},
	})
	post := func(offices ...db.ID) web.Viewer {
		v := web.Viewer{Lang: i18n.Ja, Name: "課の人"}
		for _, o := range offices {
			v.Posts = append(v.Posts, web.Post{Role: web.RoleClerk, Scope: web.Scope{Kind: "office", ID: o}})
		}
		return v
	}
	viewers := map[db.ID]web.Viewer{
		clerk: post(ours), colleague: post(ours), stranger: post(theirs), both: post(ours, theirs),
		runner:   {Lang: i18n.Ja, Posts: []web.Post{{Role: web.RoleOperator, Scope: web.Scope{Kind: "city"}}}},
		resident: {Lang: i18n.Ja},
	}
	for id, v := range viewers {
		v.Person = id
		viewers[id] = v
	}
	m := s.o.Module()
	m.Jobs(s.deps.Jobs)
	s.Site = webtest.Start(t, webtest.Setup{
		DB: d, Viewers: viewers, Routes: map[string][]web.Route{"offices": m.Routes},
		Messages: []i18n.Source{
			Messages(), ui.Messages(), inbox.Messages(), deliver.Messages(), audit.Messages(),
		},
		Config: func(c *web.Config) {
			c.Demo = true
			c.Shell = ui.NewShell(ui.Frame{City: s.o.City, Nav: m.Nav, Demo: true})
			c.Assets = ui.Assets
		},
	})
	return s
}

// approve stands for what a module does to its own thing.
func (s *site) approve(ctx context.Context, actor db.Actor, subject db.ID, _ string) error {
	if subject == stubborn {
		return fault.New(fault.Conflict, "offices.city.changed")
	}
	return s.d.Write(ctx, actor, func(tx *db.Tx) error { return inbox.Close(tx, "places.reservation", subject) })
}

// wait lets an item wait for the office and returns its id. Its title is the
// message offices.log.for, which takes any words.
func (s *site) wait(office, subject db.ID, words string, due jp.Date) (id db.ID) {
	s.t.Helper()
	s.write(func(tx *db.Tx) error {
		err := inbox.Open(tx, inbox.Item{
			Office: office, Kind: "places.reservation", Subject: subject, Key: "offices.log.for", Args: map[string]string{"number": words}, Due: due, Link: "/office/reservations/1",
		})
		if err != nil {
			return err
		}
		list, err := inbox.List(tx, inbox.Filter{Offices: []db.ID{office}, Text: words})
		if err == nil && len(list.Items) > 0 {
			id = list.Items[0].ID
		}
		return err
	})
	return id
}

func (s *site) write(fn func(tx *db.Tx) error) {
	s.t.Helper()
	if err := s.d.Write(s.t.Context(), db.System, fn); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) item(id db.ID) (it inbox.Item) {
	s.t.Helper()
	err := s.d.Read(s.t.Context(), func(tx *db.Tx) (err error) { it, err = inbox.Get(tx, id); return err })
	if err != nil {
		s.t.Fatal(err)
	}
	return it
}

func (s *site) as(person db.ID) *webtest.Client { return s.Client(s.t).SignIn(person) }

func (s *site) today() jp.Date { return jp.DateOf(s.d.Now()) }

// eventually asks until it holds, since some things happen in the background.
func (s *site) eventually(what string, holds func() bool) {
	s.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	over := time.After(20 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-over:
			s.t.Fatalf("%s: not within 20 s", what)
		}
	}
}
