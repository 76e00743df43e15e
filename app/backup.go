package app

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"
)

// Names inside a backup: a tar archive compressed with zstd, in this order.
const (
	backupAbout = "backup.json" // about
	backupFiles = "files/"      // uploads, as they lie in the data folder
	backupRows  = "rows.jsonl"  // every table, from one moment, in the form of db.Dump
)

// about says what a backup is of.
type about struct {
	Format  int       `json:"kakehashi_backup"` // 1
	Version string    `json:"version"`          // of the program that wrote it
	At      time.Time `json:"at"`
	Engine  string    `json:"engine"`
	LogKey  string    `json:"log_key"` // public half of the city's key: tells which key file belongs to it
}

const backupFormat = 1

// backupCommand writes everything the city holds into one file. The keys stay
// out: whoever finds a backup must not be able to open what is sealed. It
// migrates nothing, so that it can be run before an update.
func backupCommand(*flag.FlagSet) func(context.Context, *run, []string) error {
	return func(ctx context.Context, r *run, args []string) error {
		if len(args) != 1 {
			return errUsage
		}
		c, err := openCity(ctx, r.cfg, r.log, existing)
		if err != nil {
			return err
		}
		defer c.close()
		if err := c.mustHoldTables(ctx); err != nil {
			return err
		}
		if err := c.checkKeys(ctx); err != nil {
			return err
		}
		size, err := writeWhole(args[0], func(w io.Writer) error { return c.backup(ctx, w, filepath.Dir(args[0])) })
		if err != nil {
			return err
		}
		fmt.Fprintf(r.out, "backed up to %s (%d bytes); keep %s apart from it: both are needed to restore\n", args[0], size, r.cfg.Keys)
		return nil
	}
}

// mustHoldTables fails where nothing was ever served.
func (c *city) mustHoldTables(ctx context.Context) error {
	tables, err := c.deps.DB.Tables(ctx)
	if err == nil && len(tables) == 0 {
		err = errors.New("the database is empty: is --data or --database right?")
	}
	return err
}

// writeWhole writes a file that appears under its name when it is complete and
// on the disk, and never over another.
func writeWhole(name string, write func(io.Writer) error) (size int64, err error) {
	if _, err := os.Lstat(name); err == nil {
		return 0, fmt.Errorf("%s exists already", name)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".backup-")
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if err := write(f); err != nil {
		return 0, err
	}
	if err := f.Sync(); err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	if err := os.Link(f.Name(), name); err != nil { // unlike a rename it never replaces
		return 0, err
	}
	return info.Size(), nil
}

// backup writes what the city holds. The rows are of a moment before that of
// the uploads, which are only added meanwhile: what a row names is there,
// unless somebody has deleted it since. dir has room for the rows on their way.
func (c *city) backup(ctx context.Context, w io.Writer, dir string) error {
	rows, err := os.CreateTemp(dir, ".rows-")
	if err != nil {
		return err
	}
	defer os.Remove(rows.Name())
	defer rows.Close()
	if err := c.deps.DB.Dump(ctx, rows); err != nil {
		return err
	}
	z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1)) // the city is served meanwhile
	if err != nil {
		return err
	}
	t := tar.NewWriter(z)
	now := c.deps.DB.Now()
	head, err := json.Marshal(about{backupFormat, Version, now, string(c.deps.DB.Engine()), c.deps.Keys.Audit().VerifierKey()})
	if err != nil {
		return err
	}
	if err := t.WriteHeader(&tar.Header{Name: backupAbout, Mode: 0o600, Size: int64(len(head)), ModTime: now}); err != nil {
		return err
	}
	if _, err := t.Write(head); err != nil {
		return err
	}
	uploads := filepath.Join(c.cfg.Data, "files")
	err = filepath.WalkDir(uploads, func(name string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist): // deleted meanwhile
			return nil
		case err != nil || d.IsDir() || strings.HasPrefix(d.Name(), "."):
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		}
		rel, err := filepath.Rel(uploads, name)
		if err != nil {
			return err
		}
		err = addFile(t, path.Join(backupFiles, filepath.ToSlash(rel)), name, now)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := addFile(t, backupRows, rows.Name(), now); err != nil {
		return err
	}
	return errors.Join(t.Close(), z.Close())
}

// addFile puts a file into the archive. The error is fs.ErrNotExist only when
// nothing was written.
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

// restoreCommand reads a backup into an empty city. The key file must be that
// of the city that was backed up.
func restoreCommand(*flag.FlagSet) func(context.Context, *run, []string) error {
	return func(ctx context.Context, r *run, args []string) error {
		if len(args) != 1 {
			return errUsage
		}
		f, err := os.Open(args[0])
		if err != nil {
			return err
		}
		defer f.Close()
		if _, err := os.Stat(r.cfg.Keys); err != nil {
			return fmt.Errorf("put the city's key file at %s first: %w", r.cfg.Keys, err)
		}
		c, err := openCity(ctx, r.cfg, r.log, orNew)
		if err != nil {
			return err
		}
		defer c.close()
		if err := c.mustBeEmpty(ctx); err != nil {
			return err
		}
		what, err := c.restore(ctx, f)
		if err != nil {
			return fmt.Errorf("%s: nothing was restored: %w", args[0], err)
		}
		if err := c.checkKeys(ctx); err != nil {
			return err
		}
		if err := c.keepCheckpoint(ctx); err != nil {
			return err
		}
		fmt.Fprintf(r.out, "restored what was backed up on %s\n", what.At.Local().Format(time.DateTime))
		return nil
	}
}

// restore reads a backup: the uploads first, which nobody sees before the rows
// name them, and then the rows, all or none.
func (c *city) restore(ctx context.Context, r io.Reader) (what about, err error) {
	z, err := zstd.NewReader(r)
	if err != nil {
		return what, err
	}
	defer z.Close()
	t := tar.NewReader(z)
	if what, err = c.restoreAbout(t); err != nil {
		return what, err
	}
	for {
		h, err := t.Next()
		switch {
		case errors.Is(err, io.EOF):
			return what, errors.New("the file is cut off: it holds no rows")
		case err != nil:
			return what, err
		case ctx.Err() != nil:
			return what, ctx.Err()
		case h.Name == backupRows:
			return what, c.deps.DB.Load(ctx, t)
		case strings.HasPrefix(h.Name, backupFiles):
			if err := c.restoreFile(strings.TrimPrefix(h.Name, backupFiles), t); err != nil {
				return what, err
			}
		}
	}
}

// restoreAbout reads the head of a backup, and refuses one of another city.
func (c *city) restoreAbout(t *tar.Reader) (what about, err error) {
	if h, err := t.Next(); err != nil || h.Name != backupAbout {
		return what, errors.New("this is no backup, or it is damaged")
	}
	const most = 64 << 10 // bytes; it is a few hundred
	if err := json.NewDecoder(io.LimitReader(t, most)).Decode(&what); err != nil {
		return what, fmt.Errorf("this is no backup: %w", err)
	}
	switch {
	case what.Format != backupFormat:
		return what, fmt.Errorf("format %d; this program reads %d", what.Format, backupFormat)
	case what.LogKey != c.deps.Keys.Audit().VerifierKey():
		return what, fmt.Errorf("the key file %s is not that of the city that was backed up", c.cfg.Keys)
	}
	return what, nil
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
	return errors.Join(err, f.Sync(), f.Close())
}
