package app

import (
	"archive/tar"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"kakehashi/platform/db"
)

// Names inside a backup: a tar archive compressed with zstd.
const (
	backupRows  = "rows.jsonl" // every table, from one moment, in the form of db.Dump
	backupFiles = "files/"     // uploads, as they lie in the data folder
)

// migrateCommand brings the tables up to date, or moves a city to another
// engine: every row, counted on both sides.
func migrateCommand(fs *flag.FlagSet) func(context.Context, *run, []string) error {
	from := fs.String("from", "", "database to move from: sqlite:PATH or postgres://…")
	to := fs.String("to", "", "empty database to move to")
	return func(ctx context.Context, r *run, args []string) error {
		switch {
		case len(args) > 0 || (*from == "") != (*to == ""):
			return errUsage
		case *from != "":
			return moveCity(ctx, r, *from, *to)
		}
		c, err := openCity(ctx, r.cfg, r.log, false, true)
		if err != nil {
			return err
		}
		defer c.close()
		return c.migrate(ctx)
	}
}

// moveCity copies every row of one database into another, empty one.
func moveCity(ctx context.Context, r *run, from, to string) error {
	source, target := *r.cfg, *r.cfg
	source.Database, target.Database = from, to
	a, err := openCity(ctx, &source, r.log, false, false)
	if err != nil {
		return err
	}
	defer a.close()
	if err := a.migrate(ctx); err != nil {
		return err
	}
	b, err := openCity(ctx, &target, r.log, false, false)
	if err != nil {
		return err
	}
	defer b.close()
	if err := b.mustBeEmpty(ctx); err != nil {
		return err
	}
	pr, pw := io.Pipe()
	go func() { pw.CloseWithError(a.deps.DB.Dump(ctx, pw)) }()
	if err := b.deps.DB.Load(ctx, pr); err != nil {
		return err
	}
	fmt.Fprintln(r.out, "moved; the data folder and the key file stay where they are")
	return nil
}

// mustBeEmpty migrates the city and fails when somebody lives in it.
func (c *city) mustBeEmpty(ctx context.Context) error {
	if err := c.migrate(ctx); err != nil {
		return err
	}
	filled, err := c.filled(ctx)
	if err == nil && filled {
		err = errors.New("the database to fill is not empty")
	}
	return err
}

// backupCommand writes everything the city holds into one file. The keys stay
// out: whoever finds a backup must not be able to open what is sealed.
func backupCommand(*flag.FlagSet) func(context.Context, *run, []string) error {
	return func(ctx context.Context, r *run, args []string) error {
		if len(args) != 1 {
			return errUsage
		}
		c, err := openCity(ctx, r.cfg, r.log, false, false)
		if err != nil {
			return err
		}
		defer c.close()
		if err := c.migrate(ctx); err != nil {
			return err
		}
		if err := writeWhole(args[0], func(w io.Writer) error { return c.backup(ctx, w) }); err != nil {
			return err
		}
		fmt.Fprintf(r.out, "backed up to %s; keep %s apart from it, both are needed to restore\n", args[0], r.cfg.Keys)
		return nil
	}
}

// writeWhole writes a file that appears under its name when it is complete,
// and never over another.
func writeWhole(name string, write func(io.Writer) error) error {
	if _, err := os.Stat(name); err == nil {
		return fmt.Errorf("%s exists already", name)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".backup-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// backup writes rows, then uploads. Uploads are only ever added while it runs,
// so every one that a row names is there.
func (c *city) backup(ctx context.Context, w io.Writer) error {
	z, err := zstd.NewWriter(w)
	if err != nil {
		return err
	}
	t := tar.NewWriter(z)
	rows, err := os.CreateTemp("", "kakehashi-rows-")
	if err != nil {
		return err
	}
	defer os.Remove(rows.Name())
	defer rows.Close()
	if err := c.deps.DB.Dump(ctx, rows); err != nil {
		return err
	}
	if err := addFile(t, backupRows, rows.Name(), c.deps.DB.Now()); err != nil {
		return err
	}
	dir := filepath.Join(c.cfg.Data, "files")
	err = filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		return addFile(t, path.Join(backupFiles, filepath.ToSlash(rel)), name, c.deps.DB.Now())
	})
	return errors.Join(err, t.Close(), z.Close())
}

func addFile(t *tar.Writer, name, from string, at time.Time) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := t.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: info.Size(), ModTime: at}); err != nil {
		return err
	}
	_, err = io.Copy(t, f)
	return err
}

// restoreCommand reads a backup into an empty city. The key file must be the
// one of the city that was backed up.
func restoreCommand(*flag.FlagSet) func(context.Context, *run, []string) error {
	return func(ctx context.Context, r *run, args []string) error {
		if len(args) != 1 {
			return errUsage
		}
		if _, err := os.Stat(r.cfg.Keys); err != nil {
			return fmt.Errorf("put the city's key file at %s first: %w", r.cfg.Keys, err)
		}
		c, err := openCity(ctx, r.cfg, r.log, false, true)
		if err != nil {
			return err
		}
		defer c.close()
		if err := c.mustBeEmpty(ctx); err != nil {
			return err
		}
		f, err := os.Open(args[0])
		if err != nil {
			return err
		}
		defer f.Close()
		if err := c.restore(ctx, f); err != nil {
			return fmt.Errorf("%s: %w", args[0], err)
		}
		fmt.Fprintln(r.out, "restored")
		return nil
	}
}

func (c *city) restore(ctx context.Context, r io.Reader) error {
	z, err := zstd.NewReader(r)
	if err != nil {
		return err
	}
	defer z.Close()
	seenRows := false
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		switch {
		case errors.Is(err, io.EOF) && !seenRows:
			return errors.New("not a backup: it holds no rows")
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case h.Name == backupRows:
			seenRows = true
			if err := c.deps.DB.Load(ctx, t); err != nil {
				return err
			}
		case strings.HasPrefix(h.Name, backupFiles):
			if err := c.restoreFile(strings.TrimPrefix(h.Name, backupFiles), t); err != nil {
				return err
			}
		}
	}
}

// restoreFile writes one upload inside the data folder, whatever its name says.
func (c *city) restoreFile(name string, r io.Reader) error {
	root, err := os.OpenRoot(filepath.Join(c.cfg.Data, "files"))
	if err != nil {
		return err
	}
	defer root.Close()
	name = filepath.FromSlash(name)
	if err := root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}

// countRows returns how many rows every table holds, for doctor.
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
