package app

import (
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// Config is how one process is set up. Every setting is a flag and an
// environment variable; the flag wins. `kakehashi doctor` prints them all with
// what they mean and where the value came from.
type Config struct {
	Data          string
	Database      string
	Keys          string
	Addr          string
	BaseURL       string
	SMTP          string
	MailFrom      string
	OIDC          string
	TrustedProxy  string
	StripeKey     string
	StripeWebhook string
	Beacon        string
	MetricsAddr   string
	LogLevel      string

	source map[string]string // setting → "flag", "environment" or "default"
}

// setting describes one entry of Config.
type setting struct {
	name, env, fallback, help string
	secret                    bool // may hold a password: doctor shows only that it is set
	at                        func(*Config) *string
}

var settings = []setting{
	{name: "data", env: "KAKEHASHI_DATA", fallback: "data", help: "folder of the city: database, uploads, keys", at: func(c *Config) *string { return &c.Data }},
	{name: "database", env: "KAKEHASHI_DATABASE", help: "sqlite:PATH or postgres://…?search_path=SCHEMA; default: kakehashi.db in the data folder", secret: true, at: func(c *Config) *string { return &c.Database }},
	{name: "keys", env: "KAKEHASHI_KEYS", help: "key file that opens sealed columns; keep a copy apart from the backups; default: keys.json in the data folder", at: func(c *Config) *string { return &c.Keys }},
	{name: "addr", env: "KAKEHASHI_ADDR", fallback: "127.0.0.1:8080", help: "address to listen on", at: func(c *Config) *string { return &c.Addr }},
	{name: "base-url", env: "KAKEHASHI_BASE_URL", help: "address residents type, for mails, passkeys and feeds; default: http:// and the listening address", at: func(c *Config) *string { return &c.BaseURL }},
	{name: "smtp", env: "KAKEHASHI_SMTP", help: "mail server, smtp://user:password@host:port or smtps://…; empty: mails wait in the queue", secret: true, at: func(c *Config) *string { return &c.SMTP }},
	{name: "mail-from", env: "KAKEHASHI_MAIL_FROM", fallback: "kakehashi@localhost", help: "sender of mails", at: func(c *Config) *string { return &c.MailFrom }},
	{name: "oidc", env: "KAKEHASHI_OIDC", help: "sign-in services: NAME ISSUER CLIENT-ID SECRET, several separated by semicolons", secret: true, at: func(c *Config) *string { return &c.OIDC }},
	{name: "stripe-key", env: "KAKEHASHI_STRIPE_KEY", help: "secret key of Stripe, where fees are paid online; empty: nobody pays online", secret: true, at: func(c *Config) *string { return &c.StripeKey }},
	{name: "stripe-webhook-secret", env: "KAKEHASHI_STRIPE_WEBHOOK_SECRET", help: "signing secret of Stripe's webhook to /money/told", secret: true, at: func(c *Config) *string { return &c.StripeWebhook }},
	{name: "beacon", env: "KAKEHASHI_BEACON", help: "drand server whose values decide draws, https://api.drand.sh, or ADDRESS CHAIN-HASH GENESIS PERIOD for another chain than quicknet; empty: clerks type the values", at: func(c *Config) *string { return &c.Beacon }},
	{name: "trusted-proxy", env: "KAKEHASHI_TRUSTED_PROXY", help: "networks (CIDR, comma separated) whose X-Forwarded-For is believed", at: func(c *Config) *string { return &c.TrustedProxy }},
	{name: "metrics-addr", env: "KAKEHASHI_METRICS_ADDR", help: "separate address for /metrics; empty: served on the main address to the loopback interface only", at: func(c *Config) *string { return &c.MetricsAddr }},
	{name: "log-level", env: "KAKEHASHI_LOG", fallback: "info", help: "debug, info, warn or error", at: func(c *Config) *string { return &c.LogLevel }},
}

// flags declares every setting on fs with its value from the environment as
// the default, and returns the Config that fs.Parse fills.
func flags(fs *flag.FlagSet, getenv func(string) string) *Config {
	c := &Config{source: make(map[string]string, len(settings))}
	for _, s := range settings {
		value, source := s.fallback, "default"
		if v := getenv(s.env); v != "" {
			value, source = v, "environment"
		}
		c.source[s.name] = source
		fs.StringVar(s.at(c), s.name, value, s.help+" ["+s.env+"]")
	}
	return c
}

// settle fills what depends on other settings, once fs has been parsed.
func (c *Config) settle(fs *flag.FlagSet) error {
	fs.Visit(func(f *flag.Flag) {
		if _, ours := c.source[f.Name]; ours {
			c.source[f.Name] = "flag"
		}
	})
	if c.Database == "" {
		c.Database = "sqlite:" + filepath.Join(c.Data, "kakehashi.db")
	}
	if c.Keys == "" {
		c.Keys = filepath.Join(c.Data, "keys.json")
	}
	if c.BaseURL == "" {
		c.listening(c.Addr)
	}
	c.BaseURL = strings.TrimSuffix(c.BaseURL, "/")
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("--base-url %q must begin with http:// or https://", c.BaseURL)
	}
	if u.Host == "" || c.BaseURL != u.Scheme+"://"+u.Host {
		return fmt.Errorf("--base-url %q must be a scheme and a host, for example https://kakehashi.example.jp", c.BaseURL)
	}
	return nil
}

// listening makes the address that is listened on the base URL, when none is
// set.
func (c *Config) listening(addr string) {
	if c.source["base-url"] == "default" {
		c.BaseURL = "http://" + strings.Replace(addr, "127.0.0.1", "localhost", 1)
	}
}

// explain writes every setting, its value and source, for doctor. Values that
// may hold a password are not shown.
func (c *Config) explain(w io.Writer) {
	for _, s := range settings {
		value := *s.at(c)
		switch {
		case value == "":
			value = "(empty)"
		case s.secret && strings.Contains(value, "@"), s.name == "oidc", strings.HasPrefix(s.name, "stripe"):
			value = "(set, not shown)"
		}
		fmt.Fprintf(w, "%-14s %-40s %-12s %s\n", s.name, value, c.source[s.name], s.help+" ["+s.env+"]")
	}
}

// unknown returns the variables that look like settings and are none: most
// likely mistyped.
func unknown(environ []string) (names []string) {
	for _, v := range environ {
		name, _, _ := strings.Cut(v, "=")
		if strings.HasPrefix(name, "KAKEHASHI_") && !slices.ContainsFunc(settings, func(s setting) bool { return s.env == name }) {
			names = append(names, name)
		}
	}
	return names
}

// logger writes structured lines to w at the configured level. What is logged
// never names a person: handlers log route patterns and ids only.
func (c *Config) logger(w io.Writer) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return nil, fmt.Errorf("--log-level: %w", err)
	}
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level})), nil
}
