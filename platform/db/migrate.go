package db

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"

	"kakehashi/platform/fault"
)

// Migrations are the tables of one module: goose's *.sql files, in the FS's
// root or in its folder migrations. In them {{id}} stands for the type of a
// primary key that holds an ID, and {{bytes}} for that of bytes.
type Migrations struct {
	Name string // the module; its versions are in the table goose_<name>
	FS   fs.FS
}

// Migrate brings the tables of all modules up to date, in the given order.
func (d *DB) Migrate(ctx context.Context, ms []Migrations) (err error) {
	defer fault.Wrap(&err, "db.Migrate")
	pool, err := d.dialect.migrator(ctx)
	if err != nil {
		return err
	}
	defer pool.Close()
	for _, m := range ms {
		if err := d.migrate(ctx, pool, m); err != nil {
			return err
		}
	}
	return nil
}

func (d *DB) migrate(ctx context.Context, pool *sql.DB, m Migrations) (err error) {
	defer fault.Wrap(&err, "module %s", m.Name)
	p, err := goose.NewProvider(d.dialect.goose(), pool, macroFS{rootOf(m.FS), d.dialect.macros()},
		goose.WithTableName("goose_"+m.Name), goose.WithDisableGlobalRegistry(true), goose.WithSlog(d.log))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// rootOf returns the folder of the *.sql files.
func rootOf(f fs.FS) fs.FS {
	if found, _ := fs.Glob(f, "*.sql"); len(found) == 0 {
		if sub, err := fs.Sub(f, "migrations"); err == nil {
			return sub
		}
	}
	return f
}

// macroFS is the files with their macros replaced.
type macroFS struct {
	fs.FS
	macros *strings.Replacer
}

func (m macroFS) Open(name string) (fs.File, error) {
	f, err := m.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return f, err
	}
	text, err := io.ReadAll(f)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return macroFile{f, strings.NewReader(m.macros.Replace(string(bytes.TrimPrefix(text, []byte("\ufeff")))))}, nil
}

type macroFile struct {
	fs.File
	text io.Reader
}

func (f macroFile) Read(b []byte) (int, error) { return f.text.Read(b) }
