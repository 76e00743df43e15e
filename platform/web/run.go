package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"kakehashi/platform/fault"
	"kakehashi/platform/web/draft"
)

const (
	maxHeader     = 32 << 10         // bytes of a request's headers
	headersWithin = 5 * time.Second  // a client that sends them slower is cut
	readWithin    = 30 * time.Second // the whole request; longer for routes that say so
	idleWithin    = 2 * time.Minute  // between requests on one connection
	sweepEvery    = time.Hour
)

// Run listens on addr and serves until ctx is done; see Serve.
func (s *Server) Run(ctx context.Context, addr string) (err error) {
	defer fault.Wrap(&err, "web.Run(%q)", addr)
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	return s.Serve(ctx, ln)
}

// Serve serves on the listener until ctx is done. Then it stops accepting,
// closes live updates, and lets running requests finish within the grace; it
// returns nil when all did.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	hs := &http.Server{
		Handler:           s,
		MaxHeaderBytes:    maxHeader,
		ReadHeaderTimeout: headersWithin,
		ReadTimeout:       readWithin,
		WriteTimeout:      s.cfg.Timeout + readWithin,
		IdleTimeout:       idleWithin,
		ErrorLog:          slog.NewLogLogger(s.cfg.Log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 2)
	go func() { failed <- hs.Serve(ln) }()
	var ms *http.Server
	if s.cfg.MetricsAddr != "" {
		ms = &http.Server{
			Addr: s.cfg.MetricsAddr, Handler: http.NewServeMux(), ReadHeaderTimeout: headersWithin, WriteTimeout: readWithin,
		}
		ms.Handler.(*http.ServeMux).Handle("GET /metrics", s.metrics.Handler)
		go func() { failed <- ms.ListenAndServe() }()
	}
	sweeping, stopSweeping := context.WithCancel(ctx)
	defer stopSweeping()
	go s.sweep(sweeping)

	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
		err = fmt.Errorf("web: serve: %w", err)
	}
	return errors.Join(err, s.shutDown(hs, ms))
}

func (s *Server) shutDown(hs, ms *http.Server) error {
	// Shutdown waits for live updates as for any request, so they end first.
	s.live.Close()
	ctx, cancel := context.WithTimeout(context.Background(), s.cfg.Grace)
	defer cancel()
	err := hs.Shutdown(ctx)
	if ms != nil {
		err = errors.Join(err, ms.Shutdown(ctx))
	}
	if err != nil {
		_ = hs.Close()
		return fmt.Errorf("web: shut down: %w", err)
	}
	return nil
}

// sweep deletes what is over, every hour. Every node may: deleting
// twice is deleting.
func (s *Server) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
			s.cfg.Log.Warn("sweep", "error", err)
		}
	}
}

// Sweep deletes sessions long over, drafts too old, and counters past.
func (s *Server) Sweep(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "web.Sweep")
	if err := s.sessions.Sweep(ctx); err != nil {
		return err
	}
	if err := s.limiter.Sweep(ctx); err != nil {
		return err
	}
	return draft.Sweep(ctx, s.cfg.DB)
}
