package app

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"

	"kakehashi/app/bench"
	"kakehashi/platform/web"
)

// benchCommand makes a command of a benchmark. It runs in a fresh folder, in
// the database that --database names when it does, which must be empty.
func benchCommand(b bench.Benchmark) command {
	return command{help: b.Help, setup: func(fs *flag.FlagSet) func(context.Context, *run, []string) error {
		do := b.Setup(fs)
		return func(ctx context.Context, r *run, args []string) error {
			if len(args) > 0 {
				return errUsage
			}
			return do(ctx, bench.Env{Out: r.out, Open: func(ctx context.Context) (*bench.City, func(), error) {
				return benchCity(ctx, r)
			}})
		}
	}}
}

// benchCity puts together an empty city for a benchmark, without rate limits,
// since one address sends everything, and with a quiet log.
func benchCity(ctx context.Context, r *run) (*bench.City, func(), error) {
	dir, err := os.MkdirTemp(".", "bench-")
	if err != nil {
		return nil, nil, err
	}
	remove := func() { os.RemoveAll(dir) }
	cfg := *r.cfg
	cfg.Data, cfg.Keys = dir, dir+"/keys.json"
	if cfg.source["database"] == "default" {
		cfg.Database = "sqlite:" + dir + "/kakehashi.db"
	}
	log := slog.New(slog.DiscardHandler)
	c, err := openCity(ctx, &cfg, log, true, true)
	if err != nil {
		remove()
		return nil, nil, err
	}
	stop := func() {}
	done := func() {
		stop()
		c.close()
		remove()
	}
	if err := c.mustBeEmpty(ctx); err != nil {
		done()
		return nil, nil, fmt.Errorf("--database: %w", err)
	}
	s, err := c.server(func(w *web.Config) { w.General = web.Rate{Times: -1} })
	if err != nil {
		done()
		return nil, nil, err
	}
	if stop, err = c.start(ctx); err != nil {
		stop = func() {}
		done()
		return nil, nil, err
	}
	const seed = 1
	return &bench.City{Deps: c.deps, House: c.house, Server: s, Fill: func(ctx context.Context) error { return c.fill(ctx, seed) }}, done, nil
}
