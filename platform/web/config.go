package web

import (
	"cmp"
	"context"
	"crypto/rand"
	"io/fs"
	"log/slog"
	"net/netip"
	"time"

	"github.com/a-h/templ"
	"github.com/prometheus/client_golang/prometheus"

	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
)

// Grant is what a personal token lets its bearer do.
type Grant struct {
	Person db.ID
	Scopes []string // "read", "write", or finer; see platform/api
}

// Config is what a Server is made of. DB, Catalog, Identify and the three pages are
// needed; everything else has a default.
type Config struct {
	DB      *db.DB
	Catalog *i18n.Catalog
	Log     *slog.Logger // nil = slog.Default()

	// Identify loads a person as a viewer: name, language, posts held now.
	// The answer is kept until the topic "posts" or "person:<id>" is touched,
	// one minute at the longest.
	Identify func(ctx context.Context, tx *db.Tx, person db.ID) (Viewer, error)
	// StillActs reports whether the person may still act for the other (代理入力),
	// asked when a session is loaded; nil = whoever began may go on.
	StillActs func(tx *db.Tx, actor, person db.ID) (bool, error)
	// SaveLang keeps a signed-in person's choice of language; nil = cookie only.
	SaveLang func(ctx context.Context, actor db.Actor, person db.ID, lang i18n.Lang) error
	// Token finds a personal token by the SHA-256 of its text; NotFound when
	// there is none. nil = the API takes no tokens.
	Token func(ctx context.Context, tx *db.Tx, hash []byte) (Grant, error)

	Shell     Shell                                   // the frame of every page
	ErrorPage func(m Meta, p Problem) templ.Component // the body of a page that tells of an error
	DraftPage func(m Meta, d Draft) templ.Component   // the body of GET /continue, see Draft

	Demo       bool           // demo routes exist
	HTTPS      bool           // readers reach us over https: __Host- cookies, HSTS
	Origin     string         // scheme and host readers type: forms from it are ours even when a proxy changes Host; "" = the request's Host alone
	Proxies    []netip.Prefix // whose X-Forwarded-For is believed
	Secret     []byte         // 32 bytes that all nodes share, for Remember; nil = random
	LiveTopics []string       // topics anybody may watch; a trailing "*" stands for the rest
	Assets     fs.FS          // served under /assets/, see AssetURL; nil = none

	Idle          time.Duration        // a session ends when not used for so long; 0 = 12 h
	Absolute      time.Duration        // a session ends after so long in any case; 0 = 30 days
	Timeout       time.Duration        // time a handler has; 0 = 15 s
	Grace         time.Duration        // time running requests have at shutdown; 0 = 20 s
	MaxConcurrent int                  // requests handled at once; 0 = 512
	MaxLive       int                  // live connections at once; 0 = 10,000
	CacheBytes    int64                // bytes of pages kept; 0 = 8 MiB
	General       Rate                 // the general limit an account or address; Times 0 = 600 a minute, < 0 = none
	LivePerReader int                  // live connections of one address; 0 = 64, for offices behind one
	Registry      *prometheus.Registry // /metrics serves what is in it, and the server's own counts; nil = these alone
	MetricsAddr   string               // a second address that serves /metrics only; "" = /metrics on the main one, for operators and the loopback interface
}

// withDefaults returns the Config with every default put in, or panics when
// something needed is missing: that is a mistake of the program, not of data.
func (c Config) withDefaults() Config {
	if c.DB == nil || c.Catalog == nil || c.Identify == nil || c.Shell == nil || c.ErrorPage == nil || c.DraftPage == nil {
		panic("web: Config needs DB, Catalog, Identify, Shell, ErrorPage and DraftPage")
	}
	c.Log = cmp.Or(c.Log, slog.Default())
	c.Idle = cmp.Or(c.Idle, 12*time.Hour)
	c.Absolute = cmp.Or(c.Absolute, 30*24*time.Hour)
	c.Timeout = cmp.Or(c.Timeout, 15*time.Second)
	c.Grace = cmp.Or(c.Grace, 20*time.Second)
	c.MaxConcurrent = cmp.Or(c.MaxConcurrent, 512)
	c.MaxLive = cmp.Or(c.MaxLive, 10_000)
	c.LivePerReader = cmp.Or(c.LivePerReader, 64)
	c.CacheBytes = cmp.Or(c.CacheBytes, 8<<20)
	if c.General.Times == 0 {
		c.General = Rate{Times: 600, Per: time.Minute}
	}
	c.General.Name = "web.general"
	if c.Registry == nil {
		c.Registry = prometheus.NewRegistry()
	}
	if c.Secret == nil {
		c.Secret = make([]byte, 32)
		_, _ = rand.Read(c.Secret)
	}
	return c
}
