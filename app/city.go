package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"kakehashi/domains"
	"kakehashi/platform/api"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/deliver/mail"
	"kakehashi/platform/files"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/jobs"
	"kakehashi/platform/module"
	"kakehashi/platform/seal"
	"kakehashi/platform/table"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// Version is the program's version, set by the linker for releases.
var Version = "dev"

// city is one municipality, put together: its database, everything the modules
// stand on, and the modules.
type city struct {
	cfg     *Config
	log     *slog.Logger
	deps    module.Deps
	house   domains.House
	modules []module.Module
	demo    bool
}

// openCity opens the city that cfg describes and puts the program together.
// It starts nothing. fresh allows keys and folders to be made.
func openCity(ctx context.Context, cfg *Config, log *slog.Logger, demo, fresh bool) (c *city, err error) {
	if fresh {
		if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
			return nil, err
		}
	}
	keys, err := seal.Load(cfg.Keys)
	if errors.Is(err, fs.ErrNotExist) && fresh {
		keys, err = seal.Create(cfg.Keys)
	}
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	d, err := db.Open(ctx, db.Config{URL: cfg.Database, Log: log})
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			d.Close()
		}
	}()
	store, err := files.New(filepath.Join(cfg.Data, "files"))
	if err != nil {
		return nil, err
	}
	catalog := i18n.NewCatalog(platformMessages()...)
	c = &city{cfg: cfg, log: log, demo: demo}
	c.deps = module.Deps{
		DB: d, Keys: keys, Jobs: jobs.New(), Files: store, Catalog: catalog, Log: log,
		Audit:   audit.New(audit.Config{DB: d, Signer: keys.Audit(), Log: log}),
		BaseURL: cfg.BaseURL, Demo: demo,
	}
	mailer, err := cfg.mailer(d, demo)
	if err != nil {
		return nil, err
	}
	c.deps.Deliver = deliver.New(deliver.Config{
		DB: d, Catalog: catalog, Mail: mailer, Log: log,
		Recipient: func(tx *db.Tx, person db.ID) (deliver.Recipient, error) { return c.house.Recipient(tx, person) },
		Context: func(ctx context.Context, to deliver.Recipient) context.Context {
			return ui.WithFurigana(ctx, to.Furigana)
		},
		City: func(tx *db.Tx) (i18n.Text, error) { return c.house.CityName(tx) },
	})
	c.house, err = domains.Build(c.deps, domains.Settings{OIDC: cfg.OIDC})
	if err != nil {
		return nil, err
	}
	for _, m := range c.house.Modules {
		catalog.Add(m.Messages...)
		c.deps.Deliver.Register(m.Mails...)
		if m.Jobs != nil {
			m.Jobs(c.deps.Jobs)
		}
	}
	c.modules = c.house.Modules
	platformJobs(c.deps)
	return c, nil
}

// platformMessages are the texts of what every module stands on.
func platformMessages() []i18n.Source {
	return []i18n.Source{
		{Name: "web", FS: web.Messages}, {Name: "ui", FS: ui.Messages}, {Name: "table", FS: table.Messages},
		audit.Messages(), deliver.Messages(), files.Messages(), inbox.Messages(),
	}
}

// migrations are the tables of the platform and of every module, in order.
func (c *city) migrations() []db.Migrations {
	ms := []db.Migrations{
		audit.Migrations(), jobs.Migrations(), inbox.Migrations(), files.Migrations(), deliver.Migrations(),
		{Name: "web", FS: web.Migrations},
	}
	for _, m := range c.modules {
		if m.Migrations != nil {
			ms = append(ms, db.Migrations{Name: m.Name, FS: m.Migrations})
		}
	}
	return ms
}

// migrate brings every table up to date.
func (c *city) migrate(ctx context.Context) error {
	return c.deps.DB.Migrate(ctx, c.migrations())
}

// server puts the web server together: routes of all modules, API, shell. The
// adjustments are for benchmarks and tests.
func (c *city) server(adjust ...func(*web.Config)) (*web.Server, error) {
	proxies, err := c.cfg.proxies()
	if err != nil {
		return nil, err
	}
	var live []string
	for _, m := range c.modules {
		live = append(live, m.Live...)
	}
	cfg := web.Config{
		DB: c.deps.DB, Catalog: c.deps.Catalog, Log: c.log,
		Identify: c.house.Identify, SaveLang: c.house.SaveLang, Token: c.house.Token,
		Shell:       ui.NewShell(ui.Frame{City: c.house.City, Nav: c.nav(), Demo: c.demo}),
		ErrorPage:   ui.ErrorPage,
		DraftPage:   ui.DraftPage,
		Assets:      ui.Assets,
		Demo:        c.demo,
		HTTPS:       strings.HasPrefix(c.cfg.BaseURL, "https://"),
		Proxies:     proxies,
		Secret:      c.deps.Keys.Index("web.remember", "secret"),
		LiveTopics:  live,
		MetricsAddr: c.cfg.MetricsAddr,
	}
	for _, f := range adjust {
		f(&cfg)
	}
	s := web.New(cfg)
	a := api.New(s, api.Config{Title: "Kakehashi", Version: Version})
	for _, m := range c.modules {
		s.Handle(m.Name, m.Routes)
		if m.API != nil {
			m.API(a)
		}
	}
	serverJobs(c.deps, s)
	return s, nil
}

// nav collects the navigation of all modules, in their order.
func (c *city) nav() []module.Nav {
	var nav []module.Nav
	for _, m := range c.modules {
		nav = append(nav, m.Nav...)
	}
	return nav
}

// start begins the work in the background; the returned function ends it.
func (c *city) start(ctx context.Context) (stop func(), err error) {
	if err := c.deps.Jobs.Start(ctx, jobs.Config{DB: c.deps.DB, Log: c.log}); err != nil {
		return nil, err
	}
	if err := c.deps.Deliver.Start(ctx); err != nil {
		return nil, err
	}
	return func() {
		const grace = 10 * time.Second
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		err := errors.Join(c.deps.Deliver.Stop(ctx), c.deps.Jobs.Stop(ctx))
		if _, sealErr := c.deps.Audit.Seal(ctx); sealErr != nil {
			err = errors.Join(err, sealErr)
		}
		if err != nil {
			c.log.Error("background work did not stop cleanly", "err", err)
		}
	}, nil
}

func (c *city) close() { c.deps.DB.Close() }

// proxies reads the networks whose X-Forwarded-For is believed.
func (c *Config) proxies() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for s := range strings.FieldsFuncSeq(c.TrustedProxy, func(r rune) bool { return r == ',' || r == ' ' }) {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("--trusted-proxy: %w", err)
		}
		out = append(out, p)
	}
	return out, nil
}

// mailer returns what sends mails: the demo's mailbox, the SMTP server, or one
// that lets them wait until there is a server.
func (c *Config) mailer(d *db.DB, demo bool) (deliver.Mailer, error) {
	switch {
	case demo:
		return mail.NewMailbox(d), nil
	case c.SMTP == "":
		return mail.None{}, nil
	}
	return mail.NewSMTP(c.SMTP, c.MailFrom)
}
