package web

import (
	"context"
	"embed"
	"net"
	"net/http"
)

// Migrations are the tables of this package: sessions, drafts, counters.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Messages are the messages of this package, one file a language.
//
//go:embed messages/*.toml
var Messages embed.FS

// Server serves the routes of all modules.
type Server struct{}

// New returns a Server with the routes of this package: language, aids, live
// updates, drafts, assets, health and metrics.
func New(cfg Config) *Server { return &Server{} }

// Handle registers the routes of a module. It panics when a route has no
// access or handler, or when its pattern is taken: both are found at start.
func (s *Server) Handle(module string, routes []Route) {}

// Routes lists what is registered, in order of registration.
func (s *Server) Routes() []RouteInfo { return nil }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {}

// Run listens on addr and serves until ctx is done; see Serve.
func (s *Server) Run(ctx context.Context, addr string) error { return nil }

// Serve serves on the listener until ctx is done. Then it stops accepting,
// closes live updates, and lets running requests finish within the grace.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error { return nil }

// AssetURL returns the address of an asset, with its content's hash in it.
func (s *Server) AssetURL(name string) string { return "" }
