package db

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"kakehashi/platform/db/internal/dump"
	"kakehashi/platform/fault"
)

// Tables returns the tables of the modules, each after those it refers to
// with a foreign key, else by name. Left out are this package's own, and those
// of goose and of SQLite.
func (d *DB) Tables(ctx context.Context) (names []string, err error) {
	defer fault.Wrap(&err, "db.Tables")
	err = d.Read(ctx, func(tx *Tx) (err error) {
		names, err = dump.Tables(ctx, tx.sql, d.dialect.dumps())
		return err
	})
	return names, err
}

// Dump writes all rows of the modules' tables, from one snapshot, in a form
// that Load reads into either engine; internal/dump describes it.
func (d *DB) Dump(ctx context.Context, w io.Writer) (err error) {
	defer fault.Wrap(&err, "db.Dump")
	versions, err := d.applied(ctx)
	if err != nil {
		return err
	}
	return d.Read(ctx, func(tx *Tx) error { return dump.Write(ctx, tx.sql, d.dialect.dumps(), versions, w) })
}

// Load reads what Dump wrote into a database that has been migrated by the
// same version of the program and is not in use yet: all rows or, when
// anything is wrong, none. Rows that migrations made are replaced. A database
// that holds a row with an ID of NewID is refused.
func (d *DB) Load(ctx context.Context, r io.Reader) (err error) {
	defer fault.Wrap(&err, "db.Load")
	versions, err := d.applied(ctx)
	if err != nil {
		return err
	}
	pool, err := d.dialect.migrator(ctx)
	if err != nil {
		return err
	}
	defer pool.Close()
	tx, err := pool.BeginTx(context.WithoutCancel(ctx), nil) // not ctx: see Read
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := dump.Read(ctx, tx, d.dialect.dumps(), versions, r); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	d.topics.touchAll()
	d.announce.add([]string{everything})
	return nil
}

// Backup copies an SQLite database, while it is in use, into a new file that
// appears complete or not at all; an existing file is refused. On PostgreSQL use Dump, or the server's own tools.
func (d *DB) Backup(ctx context.Context, path string) (err error) {
	defer fault.Wrap(&err, "db.Backup(%q)", path)
	if d.engine != SQLite {
		return errors.New("only SQLite is copied as a file")
	}
	if _, err := os.Lstat(path); err == nil {
		return os.ErrExist
	}
	part := path + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	defer os.Remove(part)
	pool, err := d.dialect.migrator(ctx)
	if err != nil {
		return err
	}
	defer pool.Close()
	if _, err := pool.ExecContext(ctx, `VACUUM INTO $1`, part); err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return syncPath(part) },
		func() error { return os.Link(part, path) }, // unlike a rename it never replaces
		func() error { return syncPath(filepath.Dir(path)) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// syncPath brings a file or the names in a folder to the disk.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
