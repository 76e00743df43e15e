package files

import (
	"context"
	"embed"
	"io"
	"net/http"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed messages/*.toml
var messages embed.FS

// Migrations returns the table of files.
func Migrations() db.Migrations { return db.Migrations{Name: "files", FS: migrations} }

// Messages returns the texts of this package in every language.
func Messages() i18n.Source { return i18n.Source{Name: "files", FS: messages} }

// File is one uploaded file.
type File struct {
	ID        db.ID
	Owner     db.ID  // the thing it belongs to: a room, a group
	Name      string // as it was called when uploaded, without any folder
	Mime      string
	Size      int64 // bytes as kept
	Width     int   // pixels; 0 when not a picture
	Height    int
	Hash      string // SHA-256 of the kept bytes, hexadecimal
	Thumb     string // the same of the thumbnail; "" when not a picture
	Alt       i18n.Text
	CreatedAt time.Time
}

// Store keeps the blobs of one city in a folder.
type Store struct{ dir string }

// New returns the store in the folder, which it makes when it is not there.
func New(dir string) (*Store, error) { return &Store{dir: dir}, nil }

// Staged is an upload whose bytes are kept and that no row names yet. Add it
// within the hour.
type Staged struct{}

// Stage reads, checks and keeps an upload. It takes its time for pictures, so
// it runs before the transaction, not inside.
func (s *Store) Stage(ctx context.Context, name string, r io.Reader) (*Staged, error) {
	return nil, nil
}

// Add writes the row of a staged upload.
func (s *Store) Add(tx *db.Tx, owner db.ID, st *Staged, alt i18n.Text) (db.ID, error) { return 0, nil }

// Put stages and adds in one call, for imports and sample data; the handlers of
// requests stage first, so that no writer waits for a picture.
func (s *Store) Put(ctx context.Context, tx *db.Tx, owner db.ID, name string, r io.Reader) (db.ID, error) {
	return 0, nil
}

// Get returns the row of a file, or NotFound.
func (s *Store) Get(tx *db.Tx, id db.ID) (File, error) { return File{}, nil }

// ByOwner lists the files of one thing, oldest first.
func (s *Store) ByOwner(tx *db.Tx, owner db.ID) ([]File, error) { return nil, nil }

// SetAlt changes the words that stand for a picture.
func (s *Store) SetAlt(tx *db.Tx, id db.ID, alt i18n.Text) error { return nil }

// Open opens the bytes of a file; the caller closes it.
func (s *Store) Open(f File) (io.ReadSeekCloser, error) { return nil, nil }

// OpenThumb opens the thumbnail of a picture; the caller closes it.
func (s *Store) OpenThumb(f File) (io.ReadSeekCloser, error) { return nil, nil }

// Delete removes the row, and after the commit the bytes too when no other row
// names them.
func (s *Store) Delete(tx *db.Tx, id db.ID) error { return nil }

// Collect removes the blobs that no row names and that were not staged lately.
// It returns how many, and their bytes.
func (s *Store) Collect(ctx context.Context, d *db.DB) (n int, bytes int64, err error) {
	return 0, 0, nil
}

// Audience says who may keep a copy of a served file.
type Audience string

// The two audiences: caches on the way may keep what everybody may see.
const (
	Everyone Audience = "public"
	Reader   Audience = "private"
)

// Serve answers a request with the file's bytes, to be cached for ever: the
// address of other bytes is another one. Access is the caller's to check.
func (s *Store) Serve(w http.ResponseWriter, r *http.Request, f File, a Audience) error { return nil }

// ServeThumb answers with the thumbnail.
func (s *Store) ServeThumb(w http.ResponseWriter, r *http.Request, f File, a Audience) error {
	return nil
}
