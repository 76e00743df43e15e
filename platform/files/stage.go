package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"kakehashi/platform/fault"
)

// MaxSize is the largest upload in bytes; web.Route.MaxBody should leave a
// little more for the form around it.
const MaxSize = 25 << 20

const (
	// stageFor is how long a staged upload may wait for its row.
	stageFor = time.Hour
	// blobGrace is how old a blob without a row must be before it goes: stageFor
	// and, generously, the longest transaction, so that no row is ever written
	// for a blob that is going.
	blobGrace = 2 * time.Hour
)

// Store keeps the blobs of one city in a folder.
type Store struct {
	dir string
	now func() time.Time

	// sweep is held for reading while a blob is kept or used anew, and for
	// writing while one is removed.
	sweep sync.RWMutex
}

// New returns the store in the folder, which it makes when it is not there.
func New(dir string) (s *Store, err error) {
	defer fault.Wrap(&err, "files.New(%s)", dir)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	return &Store{dir: dir, now: time.Now}, nil
}

// Staged is an upload whose bytes are kept and that no row names yet. Add it
// within the hour.
type Staged struct {
	file File // without ID, Owner, Alt and CreatedAt
	at   time.Time
}

// File returns what is known of the file before its row is written.
func (st *Staged) File() File { return st.file }

// Stage reads, checks and keeps an upload. It takes its time for pictures, so
// it runs before the transaction, not inside. What cannot be kept is Invalid:
// too large, damaged, or of a kind that is not taken.
func (s *Store) Stage(ctx context.Context, name string, r io.Reader) (st *Staged, err error) {
	defer fault.Wrap(&err, "files.Stage()")
	b, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, err
	}
	switch {
	case len(b) == 0:
		return nil, fault.New(fault.Invalid, "files.error.empty")
	case len(b) > MaxSize:
		return nil, fault.New(fault.Invalid, "files.error.size", "megabytes", MaxSize>>20)
	}
	st = &Staged{at: s.now()}
	f := &st.file
	switch kind := http.DetectContentType(b); kind {
	case "image/jpeg", "image/png", "image/gif", "image/webp":
		p, err := redraw(ctx, b)
		if err != nil {
			return nil, err
		}
		f.Mime, f.Width, f.Height, f.ThumbMime = p.mime, p.width, p.height, p.thumbMime
		if f.Thumb, err = s.keep(p.thumb); err != nil {
			return nil, err
		}
		b = p.data
	case "application/pdf":
		if !bytes.Contains(b[max(0, len(b)-2048):], []byte("%%EOF")) {
			return nil, fault.New(fault.Invalid, "files.error.damaged").Because(errors.New("PDF without an end"))
		}
		f.Mime = kind
	default:
		return nil, fault.New(fault.Invalid, "files.error.kind").Because(errors.New(kind))
	}
	f.Name, f.Size = cleanName(name, f.Mime), int64(len(b))
	if f.Hash, err = s.keep(b); err != nil {
		return nil, err
	}
	return st, nil
}

// path returns where the blob lies.
func (s *Store) path(hash string) string { return filepath.Join(s.dir, hash[:2], hash) }

// keep makes the bytes a blob and returns its name. A blob that is there
// already is marked as used now.
func (s *Store) keep(b []byte) (hash string, err error) {
	sum := sha256.Sum256(b)
	hash = hex.EncodeToString(sum[:])
	s.sweep.RLock()
	defer s.sweep.RUnlock()
	at := s.path(hash)
	now := s.now()
	if err := os.Chtimes(at, now, now); err == nil {
		return hash, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	folder := filepath.Dir(at)
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return "", err
	}
	return hash, write(folder, at, b)
}

// write puts the bytes at the path whole and durably, or not at all.
func write(folder, at string, b []byte) (err error) {
	f, err := os.CreateTemp(folder, ".new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), at); err != nil {
		return err
	}
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// open opens a blob by its name.
func (s *Store) open(hash string) (*os.File, error) {
	if !isHash(hash) {
		return nil, fmt.Errorf("%q is no blob", hash)
	}
	f, err := os.Open(s.path(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "files.error.missing").Because(err)
	}
	return f, err
}

// isHash reports whether the name is a SHA-256 in lower-case hexadecimal.
func isHash(name string) bool {
	if len(name) != 2*sha256.Size {
		return false
	}
	for i := range len(name) {
		if c := name[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
