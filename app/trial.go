package app

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/pprof"

	"kakehashi/app/bench"
	"kakehashi/platform/web"
)

// benchCommand makes a command of a benchmark. It runs in a fresh folder, in
// the database that --database names when it does, which must be empty.
func benchCommand(b bench.Benchmark) command {
	return command{help: b.Help, setup: func(fs *flag.FlagSet) func(context.Context, *run, []string) error {
		do := b.Setup(fs)
		profile := fs.String("cpuprofile", "", "write a CPU profile to this file")
		return func(ctx context.Context, r *run, args []string) error {
			if len(args) > 0 {
				return errUsage
			}
			if *profile != "" {
				f, err := os.Create(*profile)
				if err != nil {
					return err
				}
				defer f.Close()
				if err := pprof.StartCPUProfile(f); err != nil {
					return err
				}
				defer pprof.StopCPUProfile()
			}
			database := r.cfg.Database
			if r.cfg.source["database"] == "default" {
				database = ""
			}
			return do(ctx, bench.Env{Out: r.out, Database: database, Open: func(ctx context.Context) (*bench.City, func(), error) {
				dir, err := os.MkdirTemp(".", "bench-")
				if err != nil {
					return nil, nil, err
				}
				c, done, err := OpenTrial(ctx, dir, database)
				if err != nil {
					os.RemoveAll(dir)
					return nil, nil, err
				}
				return c, func() { done(); os.RemoveAll(dir) }, nil
			}})
		}
	}}
}

// OpenTrial puts an empty city together in the folder for a benchmark or a
// test: as a demo, with its background work running, a quiet log, and without
// rate limits, since one address sends everything. database is the URL of an
// empty database, "" for SQLite in the folder. The returned function ends it.
func OpenTrial(ctx context.Context, dir, database string) (*bench.City, func(), error) {
	cfg := &Config{
		Data: dir, Keys: filepath.Join(dir, "keys.json"), Database: database,
		BaseURL: "http://localhost", MailFrom: "kakehashi@localhost",
	}
	if database == "" {
		cfg.Database = "sqlite:" + filepath.Join(dir, "kakehashi.db")
	}
	c, err := openCity(ctx, cfg, slog.New(slog.DiscardHandler), asDemo)
	if err != nil {
		return nil, nil, err
	}
	if err := c.mustBeEmpty(ctx); err != nil {
		c.close()
		return nil, nil, fmt.Errorf("--database: %w", err)
	}
	s, err := c.server(func(w *web.Config) { w.General, w.LivePerReader = web.Rate{Times: -1}, 1<<20 })
	if err != nil {
		c.close()
		return nil, nil, err
	}
	stop, err := c.start(ctx)
	if err != nil {
		c.close()
		return nil, nil, err
	}
	const seed = 1
	trial := &bench.City{
		Deps: c.deps, House: c.house, Server: s,
		Fill: func(ctx context.Context) error { return c.fill(ctx, seed) },
	}
	return trial, func() { stop(); c.close() }, nil
}
