package app

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
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
		ln, err := listen(ctx, r.cfg)
		if err != nil {
			return err
		}
		defer ln.Close()
		c, err := openCity(ctx, r.cfg, r.log, orNew)
		if err != nil {
			return err
		}
		defer c.close()
		if err := c.migrate(ctx); err != nil {
			return err
		}
		played, err := c.played(ctx)
		if err != nil {
			return err
		}
		if played {
			r.log.Warn("this is the demo city, served for real: nobody signs in as its people with one click")
		}
		return c.serve(ctx, r, ln)
	}
}

// demoCommand fills an empty data folder with the demo city, and serves it. It
// refuses a real city, in which it would let anybody be anybody.
func demoCommand(fs *flag.FlagSet) func(context.Context, *run, []string) error {
	seed := fs.Uint64("seed", 1, "the demo city's seed: the same seed makes the same city")
	fillOnly := fs.Bool("fill-only", false, "fill the folder and stop")
	return func(ctx context.Context, r *run, args []string) error {
		if len(args) > 0 {
			return errUsage
		}
		var ln net.Listener
		if !*fillOnly {
			var err error
			if ln, err = listen(ctx, r.cfg); err != nil {
				return err
			}
			defer ln.Close()
		}
		c, err := openCity(ctx, r.cfg, r.log, asDemo)
		if err != nil {
			return err
		}
		defer c.close()
		if err := c.migrate(ctx); err != nil {
			return err
		}
		if err := c.fillOnce(ctx, *seed); err != nil {
			return err
		}
		if *fillOnly {
			return nil
		}
		return c.serve(ctx, r, ln)
	}
}

// listen takes the address before anything else is touched, so that a second
// program on it ends at once, and readers who come early wait instead of
// failing. A port of 0 is any free one, which then stands in the base URL too.
func listen(ctx context.Context, cfg *Config) (net.Listener, error) {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", cfg.Addr)
	if err != nil {
		return nil, fmt.Errorf("--addr: %w", err)
	}
	cfg.listening(ln.Addr().String())
	return ln, nil
}

// serve starts the background work and the server, and ends both in order:
// the requests under way, what they asked for, the log's last root.
func (c *city) serve(ctx context.Context, r *run, ln net.Listener) error {
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
	c.log.Info("serving", "addr", ln.Addr().String(), "engine", c.deps.DB.Engine(), "version", Version, "demo", c.demo)
	context.AfterFunc(ctx, func() { c.log.Info("stopping, after the requests under way") })
	err = s.Serve(ctx, ln)
	c.log.Info("the server has stopped")
	return err
}

// filled reports whether anybody lives in the city yet.
func (c *city) filled(ctx context.Context) (filled bool, err error) {
	err = c.deps.DB.Read(ctx, func(tx *db.Tx) error {
		filled, err = c.house.Settled(tx)
		return err
	})
	return filled, err
}

// played reports whether the city is the demo city: it has a cast.
func (c *city) played(ctx context.Context) (played bool, err error) {
	err = c.deps.DB.Read(ctx, func(tx *db.Tx) error {
		var cast int
		err := tx.Row(`SELECT COUNT(*) FROM demo_people`).Scan(&cast)
		played = cast > 0
		return err
	})
	return played, err
}

// fillOnce makes the demo city where nobody lives yet, and does nothing where
// it stands. A file marks the folder while it is being filled.
func (c *city) fillOnce(ctx context.Context, seed uint64) error {
	half := filepath.Join(c.cfg.Data, "demo-unfinished")
	if _, err := os.Stat(half); err == nil {
		return fmt.Errorf("filling %s was interrupted: delete the folder, and start again", c.cfg.Data)
	}
	filled, err := c.filled(ctx)
	if err != nil {
		return err
	}
	played, err := c.played(ctx)
	switch {
	case err != nil || played:
		return err
	case filled:
		return fmt.Errorf("%s holds a real city: a demo would let anybody sign in as anybody", c.cfg.Data)
	}
	if err := os.WriteFile(half, nil, 0o600); err != nil {
		return err
	}
	if err := c.fill(ctx, seed); err != nil {
		return err
	}
	return os.Remove(half)
}

// fill makes the demo city. Every module fills its part in the order of the
// list; the seed decides everything but today's date, around which the city's
// weeks are laid.
func (c *city) fill(ctx context.Context, seed uint64) error {
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
	if err := c.seal(ctx); err != nil {
		return err
	}
	c.log.Info("demo city filled", "seed", seed, "took", time.Since(start).Round(time.Millisecond).String())
	return nil
}
