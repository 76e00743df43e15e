package files

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// Add writes the row of a staged upload. An upload that waited longer than an
// hour is Unavailable: it must be staged again.
func (s *Store) Add(tx *db.Tx, owner db.ID, st *Staged, alt i18n.Text) (id db.ID, err error) {
	defer fault.Wrap(&err, "files.Add(owner %v)", owner)
	f := st.file
	if s.now().Sub(st.at) > stageFor || !s.there(f.Hash) || (f.Picture() && !s.there(f.Thumb)) {
		return 0, fault.New(fault.Unavailable, "files.error.expired")
	}
	id = db.NewID()
	if _, err = tx.Exec(`INSERT INTO files (id, owner, name, mime, size, width, height, hash, thumb, thumb_mime, alt, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		id, owner, f.Name, f.Mime, f.Size, f.Width, f.Height, f.Hash, f.Thumb, f.ThumbMime, alt, db.Micros(tx.Now)); err != nil {
		return 0, err
	}
	return id, record(tx, "files.add", id, owner)
}

// record tells the log of a change. The file's name stays out: people write
// names of persons into it.
func record(tx *db.Tx, action string, id, owner db.ID) error {
	return audit.Record(tx, audit.Entry{Action: action, Subject: "file", ID: id, Detail: map[string]string{"owner": owner.String()}})
}

// there reports whether the blob lies in the folder.
func (s *Store) there(hash string) bool {
	st, err := os.Stat(s.path(hash))
	return err == nil && st.Mode().IsRegular()
}

// Put stages and adds in one call, for imports and sample data; the handlers of
// requests stage first, so that no writer waits for a picture.
func (s *Store) Put(ctx context.Context, tx *db.Tx, owner db.ID, name string, r io.Reader) (db.ID, error) {
	st, err := s.Stage(ctx, name, r)
	if err != nil {
		return 0, err
	}
	return s.Add(tx, owner, st, nil)
}

const columns = `id, owner, name, mime, size, width, height, hash, thumb, thumb_mime, alt, created_at`

// stored is a file as its row spells it.
type stored struct {
	File
	created int64
}

func (s *stored) scan() []any {
	return []any{&s.ID, &s.Owner, &s.Name, &s.Mime, &s.Size, &s.Width, &s.Height, &s.Hash, &s.Thumb, &s.ThumbMime, &s.Alt, &s.created}
}

func (s *stored) file() File {
	f := s.File
	f.CreatedAt = db.Time(s.created)
	return f
}

// Get returns the row of a file, or NotFound.
func (s *Store) Get(tx *db.Tx, id db.ID) (f File, err error) {
	defer fault.Wrap(&err, "files.Get(%v)", id)
	r, err := db.One(tx, (*stored).scan, `SELECT `+columns+` FROM files WHERE id = $1`, id)
	if fault.Is(err, fault.NotFound) {
		return f, fault.New(fault.NotFound, "files.error.missing").Because(err)
	}
	return r.file(), err
}

// ByOwner lists the files of one thing, oldest first.
func (s *Store) ByOwner(tx *db.Tx, owner db.ID) (list []File, err error) {
	defer fault.Wrap(&err, "files.ByOwner(%v)", owner)
	rows, err := db.All(tx, (*stored).scan, `SELECT `+columns+` FROM files WHERE owner = $1 ORDER BY id`, owner)
	for i := range rows {
		list = append(list, rows[i].file())
	}
	return list, err
}

// SetAlt changes the words that stand for a picture.
func (s *Store) SetAlt(tx *db.Tx, id db.ID, alt i18n.Text) (err error) {
	defer fault.Wrap(&err, "files.SetAlt(%v)", id)
	f, err := s.Get(tx, id)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE files SET alt = $1 WHERE id = $2`, alt, id); err != nil {
		return err
	}
	return record(tx, "files.describe", id, f.Owner)
}

// Open opens the bytes of a file; the caller closes it.
func (s *Store) Open(f File) (_ io.ReadSeekCloser, err error) {
	defer fault.Wrap(&err, "files.Open(%v)", f.ID)
	return s.open(f.Hash)
}

// OpenThumb opens the thumbnail of a picture; the caller closes it.
func (s *Store) OpenThumb(f File) (_ io.ReadSeekCloser, err error) {
	defer fault.Wrap(&err, "files.OpenThumb(%v)", f.ID)
	if !f.Picture() {
		return nil, fault.New(fault.NotFound, "files.error.missing")
	}
	return s.open(f.Thumb)
}

// Delete removes the row, and after the commit the bytes too when no other row
// names them and nobody uploaded the same ones within two hours; Collect takes
// those later.
func (s *Store) Delete(tx *db.Tx, id db.ID) (err error) {
	defer fault.Wrap(&err, "files.Delete(%v)", id)
	f, err := s.Get(tx, id)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM files WHERE id = $1`, id); err != nil {
		return err
	}
	for _, hash := range []string{f.Hash, f.Thumb} {
		if hash == "" {
			continue
		}
		asOf := s.now()
		used, err := named(tx, hash)
		if err != nil {
			return err
		}
		if !used {
			// What cannot be removed now is left to Collect.
			tx.After(func() { s.remove(hash, asOf) })
		}
	}
	return record(tx, "files.delete", id, f.Owner)
}

// named reports whether a row names the blob.
func named(tx *db.Tx, hash string) (bool, error) {
	var n int64
	err := tx.Row(`SELECT (SELECT COUNT(*) FROM files WHERE hash = $1) + (SELECT COUNT(*) FROM files WHERE thumb = $1)`, hash).Scan(&n)
	return n > 0, err
}

// remove deletes the blob, unless it was staged lately: its row may be on the
// way. The caller asked after asOf whether a row names it, and none does; what
// happened to the blob since then counts as lately, however long it took to
// come here.
func (s *Store) remove(hash string, asOf time.Time) (bytes int64, err error) {
	s.sweep.Lock()
	defer s.sweep.Unlock()
	st, err := os.Stat(s.path(hash))
	if err != nil || asOf.Sub(st.ModTime()) < blobGrace {
		return 0, err
	}
	return st.Size(), os.Remove(s.path(hash))
}

// removeHalf deletes what an interrupted upload left; one that is being written
// is waited for, and gone under that name then.
func (s *Store) removeHalf(at string) error {
	s.sweep.Lock()
	defer s.sweep.Unlock()
	if err := os.Remove(at); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Collect removes the blobs that no row names and that were not staged lately,
// and what an interrupted upload left behind. It returns how many, and their
// bytes. A scheduled job calls it every night.
func (s *Store) Collect(ctx context.Context, d *db.DB) (n int, bytes int64, err error) {
	defer fault.Wrap(&err, "files.Collect()")
	var old []string
	err = filepath.WalkDir(s.dir, func(at string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			return ctx.Err()
		}
		st, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || s.now().Sub(st.ModTime()) < blobGrace {
			return err
		}
		switch name := e.Name(); {
		case strings.HasPrefix(name, ".new-"):
			return s.removeHalf(at)
		case isHash(name):
			old = append(old, name)
		}
		return nil
	})
	if err != nil {
		return 0, 0, err
	}
	for _, hash := range old {
		used, asOf := true, s.now()
		if err := d.Read(ctx, func(tx *db.Tx) error { used, err = named(tx, hash); return err }); err != nil {
			return n, bytes, err
		}
		if used {
			continue
		}
		size, err := s.remove(hash, asOf)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return n, bytes, err
		}
		if size > 0 {
			n, bytes = n+1, bytes+size
		}
	}
	return n, bytes, nil
}
