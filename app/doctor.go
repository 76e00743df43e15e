package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/files"
	"kakehashi/platform/jobs"
)

// doctorCommand explains the settings and asks every check of the platform and
// the modules; `doctor audit` verifies the log alone. It fails when anything
// is wrong.
func doctorCommand(fl *flag.FlagSet) func(context.Context, *run, []string) error {
	var checkpoints []string
	fl.Func("checkpoint", "file with a signed root of the log that was kept elsewhere; may be given several times", func(s string) error {
		checkpoints = append(checkpoints, s)
		return nil
	})
	return func(ctx context.Context, r *run, args []string) error {
		if len(args) > 1 || len(args) == 1 && args[0] != "audit" {
			return errUsage
		}
		all := len(args) == 0
		if all {
			fmt.Fprintln(r.out, "Settings (flag, value, where from, meaning and environment variable)")
			r.cfg.explain(r.out)
			for _, name := range unknown(os.Environ()) {
				fmt.Fprintf(r.out, "%-14s is set in the environment, and means nothing to this program\n", name)
			}
			fmt.Fprintln(r.out)
		}
		c, err := openCity(ctx, r.cfg, r.log, existing)
		if err != nil {
			return err
		}
		defer c.close()
		if err := c.mustHoldTables(ctx); err != nil {
			return err
		}
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
		if err := c.checkAudit(ctx, checkpoints, report); err != nil {
			return err
		}
		if all {
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

// checkAudit verifies the whole log against the signed roots in the database,
// those in the data folder, and those in the named files.
func (c *city) checkAudit(ctx context.Context, names []string, report func(name, help string, problems []string)) error {
	known, problems, err := c.keptCheckpoints()
	if err != nil {
		return err
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("--checkpoint: %w", err)
		}
		if _, err := audit.ParseCheckpoint(c.deps.Keys.Audit().VerifierKey(), b); err != nil {
			return fmt.Errorf("--checkpoint %s: %w", name, err)
		}
		known = append(known, b)
	}
	rep, err := c.deps.Audit.Verify(ctx, known...)
	if err != nil {
		return err
	}
	if !rep.OK() {
		problems = append(problems, rep.Problem.String())
	}
	report("audit", fmt.Sprintf("the log is whole: %d entries under %d signed roots, %d of them kept outside the database, %d entries pending",
		rep.Entries, rep.Checkpoints, len(known), rep.Pending), problems)
	return nil
}

// checkAll asks the platform and every module.
func (c *city) checkAll(ctx context.Context, report func(name, help string, problems []string)) error {
	var problems []string
	if err := c.deps.Catalog.Check(); err != nil {
		problems = strings.Split(err.Error(), "\n")
	}
	report("messages", "every language can be read", problems)
	problems, err := c.missingUploads(ctx)
	if err != nil {
		return err
	}
	open, err := c.openToOthers()
	if err != nil {
		return err
	}
	report("folder", "nobody else on the machine can look into the data folder", open)
	report("files", "the bytes of every upload are in the data folder", problems)
	if problems, err = c.deadLetters(ctx); err != nil {
		return err
	}
	report("queues", "no background work and no message was given up", problems)
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

// missingUploads lists the uploads whose bytes are gone.
func (c *city) missingUploads(ctx context.Context) (problems []string, err error) {
	err = c.deps.DB.Read(ctx, func(tx *db.Tx) error {
		ids, err := db.All(tx, func(id *db.ID) []any { return []any{id} }, `SELECT id FROM files ORDER BY id`)
		if err != nil {
			return err
		}
		for _, id := range ids {
			f, err := c.deps.Files.Get(tx, id)
			if err != nil {
				return err
			}
			gone, err := c.gone(f)
			if err != nil {
				return err
			}
			if gone {
				problems = append(problems, fmt.Sprintf("upload %v (%s)", id, f.Mime))
			}
		}
		return nil
	})
	return problems, err
}

// openToOthers says which folder lets other accounts of the machine in: names
// stand in it as they are.
func (c *city) openToOthers() ([]string, error) {
	info, err := os.Stat(c.cfg.Data)
	if err != nil {
		return nil, err
	}
	if open := info.Mode().Perm() & 0o077; open != 0 {
		return []string{fmt.Sprintf("%s has mode %v: run chmod 700 on it", c.cfg.Data, info.Mode().Perm())}, nil
	}
	return nil, nil
}

// gone reports whether the bytes of the upload, or of its small picture, are
// missing.
func (c *city) gone(f files.File) (bool, error) {
	open := []func(files.File) (io.ReadSeekCloser, error){c.deps.Files.Open}
	if f.Picture() {
		open = append(open, c.deps.Files.OpenThumb)
	}
	for _, o := range open {
		b, err := o(f)
		if errors.Is(err, fs.ErrNotExist) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		b.Close()
	}
	return false, nil
}

// deadLetters says how much was given up after every try.
func (c *city) deadLetters(ctx context.Context) (problems []string, err error) {
	err = c.deps.DB.Read(ctx, func(tx *db.Tx) error {
		j, err := jobs.Count(tx)
		if err != nil {
			return err
		}
		m, err := deliver.Count(tx)
		if err != nil {
			return err
		}
		if j.Dead > 0 {
			problems = append(problems, fmt.Sprintf("%d jobs: the operator's pages show why, and can run them again", j.Dead))
		}
		if m.Dead > 0 {
			problems = append(problems, fmt.Sprintf("%d messages: the operator's pages show why, and can send them again", m.Dead))
		}
		return nil
	})
	return problems, err
}

// countRows returns how many rows every table holds.
func countRows(ctx context.Context, d *db.DB) (map[string]int64, error) {
	tables, err := d.Tables(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[string]int64, len(tables))
	err = d.Read(ctx, func(tx *db.Tx) error {
		for _, t := range tables {
			var n int64
			if err := tx.Row(`SELECT COUNT(*) FROM "` + strings.ReplaceAll(t, `"`, `""`) + `"`).Scan(&n); err != nil {
				return err
			}
			out[t] = n
		}
		return nil
	})
	return out, err
}
