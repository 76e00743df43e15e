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

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"kakehashi/domains"
	"kakehashi/domains/offices/clock"
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
	metrics *prometheus.Registry
	demo    bool
}

// mode says what openCity may make and how the city runs.
type mode int

const (
	existing mode = iota // the folder and the key file must be there
	orNew                // they may be made
	asDemo               // they may be made, and whoever comes may try the city out
)

// openCity opens the city that cfg describes and puts the program together.
// It starts nothing.
func openCity(ctx context.Context, cfg *Config, log *slog.Logger, m mode) (c *city, err error) {
	if m == existing {
		if _, err = os.Stat(cfg.Data); err == nil {
			err = cfg.mustExist()
		}
	} else {
		err = os.MkdirAll(cfg.Data, 0o700)
	}
	if err != nil {
		return nil, fmt.Errorf("--data: %w", err)
	}
	keys, err := seal.Load(cfg.Keys)
	if err != nil && (m == existing || !errors.Is(err, fs.ErrNotExist)) {
		return nil, fmt.Errorf("--keys: %w", err)
	}
	work := jobs.New()
	var now func() time.Time // nil: the machine's
	var move func(time.Duration) error
	if m == asDemo {
		var c clock.Clock
		now, move = c.Now, func(d time.Duration) error { defer work.Nudge(); return c.Move(d) }
	}
	d, err := db.Open(ctx, db.Config{URL: cfg.Database, Log: log, Clock: now})
	if err != nil {
		return nil, fmt.Errorf("--database: %w", err)
	}
	defer func() {
		if err != nil {
			d.Close()
		}
	}()
	if keys == nil {
		if keys, err = firstKeys(ctx, d, cfg.Keys); err != nil {
			return nil, err
		}
	}
	store, err := files.New(filepath.Join(cfg.Data, "files"))
	if err != nil {
		return nil, err
	}
	catalog := i18n.NewCatalog(platformMessages()...)
	c = &city{cfg: cfg, log: log, demo: m == asDemo, metrics: newMetrics(d)}
	c.deps = module.Deps{
		DB: d, Keys: keys, Jobs: work, Files: store, Catalog: catalog, Log: log,
		Audit:   audit.New(audit.Config{DB: d, Signer: keys.Audit(), Log: log}),
		BaseURL: cfg.BaseURL, Demo: c.demo, MoveClock: move,
	}
	mailer, err := cfg.mailer(d, c.demo)
	if err != nil {
		return nil, err
	}
	c.deps.Deliver = deliver.New(deliver.Config{
		DB: d, Catalog: catalog, Mail: mailer, Log: log,
		Recipient: func(tx *db.Tx, person db.ID) (deliver.Recipient, error) { return c.house.Recipient(tx, person) },
		Context: func(ctx context.Context, to deliver.Recipient) context.Context {
			return ui.WithFurigana(ctx, to.Furigana)
		},
		City:    func(tx *db.Tx) (i18n.Text, error) { return c.house.CityName(tx) },
		Metrics: c.metrics,
	})
	c.house, err = domains.Build(c.deps, domains.Settings{OIDC: cfg.OIDC, Stripe: cfg.StripeKey, StripeWebhook: cfg.StripeWebhook, Beacon: cfg.Beacon})
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
	c.platformJobs()
	return c, nil
}

// mustExist fails when the database is an SQLite file that is not there, which
// opening would make.
func (c *Config) mustExist() error {
	path, sqlite := strings.CutPrefix(c.Database, "sqlite:")
	if !sqlite {
		return nil
	}
	_, err := os.Stat(strings.TrimPrefix(path, "//"))
	return err
}

// platformMessages are the texts of what every module stands on.
func platformMessages() []i18n.Source {
	return []i18n.Source{
		web.Messages(), ui.Messages(), table.Messages(),
		audit.Messages(), deliver.Messages(), files.Messages(), inbox.Messages(),
	}
}

// migrations are the tables of the platform and of every module, in order.
func (c *city) migrations() []db.Migrations {
	ms := []db.Migrations{
		audit.Migrations(), jobs.Migrations(), inbox.Migrations(), files.Migrations(), deliver.Migrations(),
		web.Migrations(),
	}
	for _, m := range c.modules {
		if m.Migrations != nil {
			ms = append(ms, db.Migrations{Name: m.Name, FS: m.Migrations})
		}
	}
	return ms
}

// migrate brings every table up to date, after making sure that the keys are
// those of the city.
func (c *city) migrate(ctx context.Context) error {
	if err := c.deps.DB.Migrate(ctx, c.migrations()); err != nil {
		return err
	}
	return c.checkKeys(ctx)
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
		Identify: c.house.Identify, StillActs: c.house.People.StillActs, SaveLang: c.house.SaveLang, Token: c.house.Token,
		Shell:       ui.NewShell(ui.Frame{City: c.house.City, Nav: c.nav(), Demo: c.demo}),
		ErrorPage:   ui.ErrorPage,
		DraftPage:   ui.DraftPage,
		Assets:      ui.Assets,
		Demo:        c.demo,
		Origin:      c.cfg.BaseURL,
		HTTPS:       strings.HasPrefix(c.cfg.BaseURL, "https://"),
		Proxies:     proxies,
		Secret:      c.deps.Keys.Index("web.remember", "secret"),
		LiveTopics:  live,
		MetricsAddr: c.cfg.MetricsAddr,
		Registry:    c.metrics,
	}
	for _, f := range adjust {
		f(&cfg)
	}
	s := web.New(cfg)
	a := api.New(s, api.Config{Title: "Kakehashi", Version: Version, Rate: apiRate(cfg.General)})
	for _, m := range c.modules {
		s.Handle(m.Name, m.Routes)
		if m.API != nil {
			m.API(a)
		}
	}
	c.serverJobs(s)
	return s, nil
}

// apiRate is the limit of the API: its own, or none where there is none at all.
func apiRate(general web.Rate) web.Rate {
	if general.Times < 0 {
		return general
	}
	return web.Rate{}
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
	if err := c.deps.Jobs.Start(ctx, jobs.Config{DB: c.deps.DB, Log: c.log, Metrics: c.metrics}); err != nil {
		return nil, err
	}
	if err := c.deps.Deliver.Start(ctx); err != nil {
		return nil, errors.Join(err, c.deps.Jobs.Stop(ctx))
	}
	return func() {
		const grace = 10 * time.Second
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		if err := errors.Join(c.deps.Deliver.Stop(ctx), c.deps.Jobs.Stop(ctx), c.seal(ctx)); err != nil {
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

// newMetrics returns the registry of what the process counts, with its version
// and its database connections in it.
func newMetrics(d *db.DB) *prometheus.Registry {
	r := prometheus.NewRegistry()
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "kakehashi_info", Help: "1; the labels say which version runs on which engine.",
		ConstLabels: prometheus.Labels{"version": Version, "engine": string(d.Engine())},
	})
	info.Set(1)
	r.MustRegister(info, collectors.NewDBStatsCollector(d.SQL(), "city"))
	return r
}
