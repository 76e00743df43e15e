package db

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/pressly/goose/v3"

	"kakehashi/platform/fault"
)

// Migrations are the tables of one module: goose's *.sql files, in the FS's
// root or in its folder migrations. In them {{id}} stands for the type of a
// primary key that holds an ID, {{bytes}} for that of bytes, and {{keyed}} after a
// table for keeping its rows in the order of a primary key of several columns,
// where the engine can (one tree to write instead of two). Rows that a
// migration inserts have ids below 4,194,304, which no NewID has.
type Migrations struct {
	Name string // the module; its versions are in the table goose_<name>
	FS   fs.FS
}

// Migrate brings the tables of all modules up to date, in the given order, so
// a module may refer to those before it. When nothing is to be done it costs
// one query. Several processes may migrate one database at once. A database
// that a newer program has migrated is refused.
func (d *DB) Migrate(ctx context.Context, ms []Migrations) (err error) {
	defer fault.Wrap(&err, "db.Migrate")
	applied, err := d.applied(ctx)
	if err != nil {
		return err
	}
	due, err := behind(applied, ms)
	if err != nil || len(due) == 0 && applied != nil {
		return err
	}
	pool, err := d.dialect.migrator(ctx)
	if err != nil {
		return err
	}
	defer pool.Close()
	unlock, err := d.dialect.lock(ctx, pool)
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := pool.ExecContext(ctx, d.dialect.ownTables()); err != nil {
		return err
	}
	// Another process may have done it while we waited for the lock.
	if applied, err = d.applied(ctx); err != nil {
		return err
	}
	if due, err = behind(applied, ms); err != nil {
		return err
	}
	for _, m := range due {
		if err := d.migrate(ctx, pool, m); err != nil {
			return err
		}
	}
	return nil
}

// applied returns the version of each module, or nil when the package's own
// tables are missing.
func (d *DB) applied(ctx context.Context) (versions map[string]int64, err error) {
	err = d.Read(ctx, func(tx *Tx) error {
		var there int
		if err := tx.Row(d.dialect.hasTable(), "db_modules").Scan(&there); err != nil || there == 0 {
			return err
		}
		type row struct {
			module  string
			version int64
		}
		rows, err := All(tx, func(r *row) []any { return []any{&r.module, &r.version} }, `SELECT module, version FROM db_modules`)
		versions = make(map[string]int64, len(rows))
		for _, r := range rows {
			versions[r.module] = r.version
		}
		return err
	})
	return versions, err
}

// behind returns the modules whose newest file is newer than what is applied.
func behind(applied map[string]int64, ms []Migrations) (due []Migrations, err error) {
	for _, m := range ms {
		newest, err := m.newest()
		if err != nil {
			return nil, err
		}
		switch {
		case applied[m.Name] < newest:
			due = append(due, m)
		case applied[m.Name] > newest:
			return nil, fmt.Errorf("module %s: the database is at version %d, this program knows %d: it was migrated by a newer program", m.Name, applied[m.Name], newest)
		}
	}
	return due, nil
}

// newest returns the greatest number of the module's files.
func (m Migrations) newest() (newest int64, err error) {
	names, err := fs.Glob(m.root(), "*.sql")
	if err != nil {
		return 0, err
	}
	if len(names) == 0 {
		return 0, fmt.Errorf("module %s: no *.sql files", m.Name)
	}
	for _, n := range names {
		v, err := goose.NumericComponent(path.Base(n))
		if err != nil {
			return 0, fmt.Errorf("module %s: %s: %w", m.Name, n, err)
		}
		newest = max(newest, v)
	}
	return newest, nil
}

// migrate brings one module up to date. On SQLite two processes can meet
// here, where each migration is a transaction: who comes second fails because
// the work is done, sees that there was progress, and looks again.
func (d *DB) migrate(ctx context.Context, pool *sql.DB, m Migrations) (err error) {
	defer fault.Wrap(&err, "module %s", m.Name)
	newest, err := m.newest()
	if err != nil {
		return err
	}
	files := macroFS{m.root(), d.dialect.macros()}
	for at := int64(-1); ; {
		p, err := goose.NewProvider(d.dialect.goose(), pool, files,
			goose.WithTableName("goose_"+m.Name), goose.WithDisableGlobalRegistry(true), goose.WithSlog(d.log))
		if err != nil {
			return err
		}
		_, err = p.Up(ctx)
		if err == nil {
			break
		}
		now, verr := p.GetDBVersion(ctx)
		if verr != nil || now <= at {
			return errors.Join(err, verr)
		}
		at = now
	}
	_, err = pool.ExecContext(ctx, `INSERT INTO db_modules (module, version) VALUES ($1, $2)
		ON CONFLICT (module) DO UPDATE SET version = excluded.version`, m.Name, newest)
	return err
}

// root returns the folder of the *.sql files.
func (m Migrations) root() fs.FS {
	if found, _ := fs.Glob(m.FS, "*.sql"); len(found) == 0 {
		if sub, err := fs.Sub(m.FS, "migrations"); err == nil {
			return sub
		}
	}
	return m.FS
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
