// Package api carries the JSON twins of pages under /api/v1, described by an
// OpenAPI 3.1 document that is made from the Go types.
package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"kakehashi/platform/web"
)

// API is the set of operations under /api/v1.
type API struct{}

// Config is what an API is made of.
type Config struct {
	Title   string // the city's name for it
	Version string // of the program
}

// New returns an API on the server, with /api/v1/openapi.json.
func New(s *web.Server, cfg Config) *API { return &API{} }

// Register adds an operation. Its path is relative to /api/v1, its access is
// decided before h runs, and a fault that h returns becomes problem details.
func Register[I, O any](a *API, access web.Access, op huma.Operation, h func(ctx context.Context, in *I) (*O, error)) {
}
