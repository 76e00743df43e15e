package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/seal"
)

// firstKeys makes the key file of a city that is about to begin. A database
// whose log has entries belongs to a city that has keys already: with others
// nothing sealed in it could be read again.
func firstKeys(ctx context.Context, d *db.DB, path string) (*seal.Keys, error) {
	begun, err := hasLog(ctx, d)
	if err != nil {
		return nil, err
	}
	if begun {
		return nil, fmt.Errorf("the key file %s is missing, and the database holds a city that was sealed with it: put it back", path)
	}
	keys, err := seal.Create(path)
	if err != nil {
		return nil, fmt.Errorf("--keys: %w", err)
	}
	return keys, nil
}

// hasLog reports whether anything was ever logged in the database.
func hasLog(ctx context.Context, d *db.DB) (begun bool, err error) {
	tables, err := d.Tables(ctx)
	if err != nil || !slices.Contains(tables, "audit_pending") || !slices.Contains(tables, "audit_roots") {
		return false, err
	}
	err = d.Read(ctx, func(tx *db.Tx) error {
		var n int
		err := tx.Row(`SELECT COUNT(*) FROM (SELECT id FROM audit_pending UNION ALL SELECT size FROM audit_roots LIMIT 1) AS entries`).Scan(&n)
		begun = n > 0
		return err
	})
	return begun, err
}

// checkKeys fails when the newest root of the log is not signed with the key
// at hand: then the file is another city's.
func (c *city) checkKeys(ctx context.Context) error {
	signed, err := c.deps.Audit.Checkpoint(ctx)
	if err != nil || signed == nil {
		return err
	}
	if _, err := audit.ParseCheckpoint(c.deps.Keys.Audit().VerifierKey(), signed); err != nil {
		return fmt.Errorf("the key file %s is not this city's: its log was signed with another key", c.cfg.Keys)
	}
	return nil
}

// seal puts what was logged lately under a signed root, and keeps the newest
// root outside the database.
func (c *city) seal(ctx context.Context) error {
	if _, err := c.deps.Audit.Seal(ctx); err != nil {
		return err
	}
	return c.keepCheckpoint(ctx)
}

// checkpointDir is the folder in the data folder that holds the last signed
// root of each day, one file a day. A database that is cut back, or replaced
// by an older copy, no longer contains what they sign.
const checkpointDir = "checkpoints"

// keepCheckpoint writes the newest signed root to the file of its day, unless
// it stands there already. Other nodes may do so at the same time: the file
// holds one root or the other, whole.
func (c *city) keepCheckpoint(ctx context.Context) error {
	signed, err := c.deps.Audit.Checkpoint(ctx)
	if err != nil || signed == nil {
		return err
	}
	dir := filepath.Join(c.cfg.Data, checkpointDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	name := filepath.Join(dir, jp.DateOf(c.deps.DB.Now()).String())
	if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, signed) {
		return nil
	}
	f, err := os.CreateTemp(dir, ".new-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(signed)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// keptCheckpoints returns the signed roots in the data folder, and says which
// files hold none.
func (c *city) keptCheckpoints() (kept [][]byte, damaged []string, err error) {
	names, err := filepath.Glob(filepath.Join(c.cfg.Data, checkpointDir, "[0-9]*"))
	if err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		if _, err := time.Parse(time.DateOnly, filepath.Base(name)); err != nil {
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, nil, err
		}
		if _, err := audit.ParseCheckpoint(c.deps.Keys.Audit().VerifierKey(), b); err != nil {
			damaged = append(damaged, fmt.Sprintf("%s: %v", name, err))
			continue
		}
		kept = append(kept, b)
	}
	return kept, damaged, nil
}
