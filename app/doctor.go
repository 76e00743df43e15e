package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// doctorCommand explains the settings and asks every check of the platform and
// the modules; `doctor audit` verifies the log alone. It fails when anything
// is wrong.
func doctorCommand(*flag.FlagSet) func(context.Context, *run, []string) error {
	return func(ctx context.Context, r *run, args []string) error {
		if len(args) > 1 || len(args) == 1 && args[0] != "audit" {
			return errUsage
		}
		if len(args) == 0 {
			fmt.Fprintln(r.out, "Settings (flag or environment variable, value, where from, meaning)")
			r.cfg.explain(r.out)
			fmt.Fprintln(r.out)
		}
		c, err := openCity(ctx, r.cfg, r.log, false, false)
		if err != nil {
			return err
		}
		defer c.close()
		if err := c.migrate(ctx); err != nil {
			return err
		}
		sick := 0
		report := func(name, help string, problems []string) {
			mark := "ok  "
			if len(problems) > 0 {
				mark = "BAD "
				sick++
			}
			fmt.Fprintf(r.out, "%s %-24s %s\n", mark, name, help)
			for _, p := range problems {
				fmt.Fprintln(r.out, "       ", p)
			}
		}
		if err := c.checkAudit(ctx, report); err != nil {
			return err
		}
		if len(args) == 0 {
			if err := c.checkAll(ctx, report); err != nil {
				return err
			}
			rows, err := countRows(ctx, c.deps.DB)
			if err != nil {
				return err
			}
			fmt.Fprintf(r.out, "\nRows (%s)\n", c.deps.DB.Engine())
			for _, t := range slices.Sorted(maps.Keys(rows)) {
				fmt.Fprintf(r.out, "%12d %s\n", rows[t], t)
			}
		}
		if sick > 0 {
			return errors.New("not well: see the lines marked BAD")
		}
		return nil
	}
}

// checkAudit verifies the whole log.
func (c *city) checkAudit(ctx context.Context, report func(name, help string, problems []string)) error {
	rep, err := c.deps.Audit.Verify(ctx)
	if err != nil {
		return err
	}
	var problems []string
	if !rep.OK() {
		problems = []string{rep.Problem.String()}
	}
	report("audit", fmt.Sprintf("the log is whole: %d entries under signed roots", rep.Entries), problems)
	return nil
}

// checkAll asks the messages and every module.
func (c *city) checkAll(ctx context.Context, report func(name, help string, problems []string)) error {
	var problems []string
	if err := c.deps.Catalog.Check(); err != nil {
		problems = strings.Split(err.Error(), "\n")
	}
	report("messages", "every language can be read", problems)
	for _, m := range c.modules {
		for _, check := range m.Checks {
			problems, err := check.Run(ctx, c.deps)
			if err != nil {
				return fmt.Errorf("%s: %w", check.Name, err)
			}
			report(check.Name, check.Help, problems)
		}
	}
	return nil
}
