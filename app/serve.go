package app

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"time"

	"kakehashi/domains"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/module"
)

// serveCommand serves the city in the data folder until it is told to stop.
func serveCommand(*flag.FlagSet) func(context.Context, *run, []string) error {
	return func(ctx context.Context, r *run, args []string) error {
		if len(args) > 0 {
			return errUsage
		}
		c, err := openCity(ctx, r.cfg, r.log, false, true)
		if err != nil {
			return err
		}
		defer c.close()
		if err := c.migrate(ctx); err != nil {
			return err
		}
		return c.serve(ctx, r)
	}
}

// demoCommand fills an empty data folder with the demo city, and serves it.
func demoCommand(fs *flag.FlagSet) func(context.Context, *run, []string) error {
	seed := fs.Uint64("seed", 1, "the demo city's seed: the same seed makes the same city")
	fillOnly := fs.Bool("fill-only", false, "fill the folder and stop")
	return func(ctx context.Context, r *run, args []string) error {
		if len(args) > 0 {
			return errUsage
		}
		c, err := openCity(ctx, r.cfg, r.log, true, true)
		if err != nil {
			return err
		}
		defer c.close()
		if err := c.migrate(ctx); err != nil {
			return err
		}
		if err := c.fill(ctx, *seed); err != nil {
			return err
		}
		if *fillOnly {
			return nil
		}
		return c.serve(ctx, r)
	}
}

// serve starts the background work and the server, and ends both in order.
func (c *city) serve(ctx context.Context, r *run) error {
	s, err := c.server()
	if err != nil {
		return err
	}
	stop, err := c.start(ctx)
	if err != nil {
		return err
	}
	defer stop()
	fmt.Fprintf(r.err, "%s\n", c.cfg.BaseURL)
	return s.Run(ctx, c.cfg.Addr)
}

// filled reports whether anybody lives in the city yet.
func (c *city) filled(ctx context.Context) (filled bool, err error) {
	err = c.deps.DB.Read(ctx, func(tx *db.Tx) error {
		filled, err = c.house.Settled(tx)
		return err
	})
	return filled, err
}

// fill makes the demo city, unless somebody lives there already. Every module
// fills its part in the order of the list; the seed decides everything but
// today's date, around which the city's weeks are laid.
func (c *city) fill(ctx context.Context, seed uint64) error {
	if filled, err := c.filled(ctx); filled || err != nil {
		return err
	}
	now := c.deps.DB.Now()
	d := &module.Demo{
		DB: c.deps.DB, Keys: c.deps.Keys, Now: now, Today: jp.DateOf(now),
		Rand: rand.New(rand.NewPCG(seed, seed)),
		Refs: map[string]db.ID{}, Lists: map[string][]db.ID{},
	}
	for _, ref := range domains.Reserved {
		d.Refs[ref] = db.NewID()
	}
	start := time.Now()
	for _, m := range c.modules {
		if m.Demo == nil {
			continue
		}
		if err := m.Demo(ctx, d); err != nil {
			return fmt.Errorf("demo city, %s: %w", m.Name, err)
		}
	}
	if _, err := c.deps.Audit.Seal(ctx); err != nil {
		return err
	}
	c.log.Info("demo city filled", "seed", seed, "took", time.Since(start).Round(time.Millisecond).String())
	return nil
}

// versionCommand says which version this is.
func versionCommand(*flag.FlagSet) func(context.Context, *run, []string) error {
	return func(_ context.Context, r *run, _ []string) error {
		_, err := fmt.Fprintf(r.out, "kakehashi %s\n", Version)
		return err
	}
}
