package programme

import (
	"context"
	"sync"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// Directory keeps the fields and programmes in memory, and reads them again
// when Topic was touched, here or on another node: a few dozen rows.
type Directory struct {
	db *db.DB

	mu      sync.Mutex
	version uint64
	now     *Snapshot
}

// NewDirectory returns a directory of the city. It reads nothing yet.
func NewDirectory(d *db.DB) *Directory { return &Directory{db: d} }

// Snapshot is the directory at one moment. Nobody may change what it holds.
type Snapshot struct {
	Fields     []Field
	Programmes []Programme
}

// Get returns the directory as it stands. It reads the database when something
// has changed, in a transaction of its own: call it outside of one.
func (d *Directory) Get(ctx context.Context) (_ *Snapshot, err error) {
	defer fault.Wrap(&err, "programme.Directory.Get()")
	d.mu.Lock()
	defer d.mu.Unlock()
	// The version is taken first: what is read after it is never older.
	version := d.db.Version(Topic)
	if d.now != nil && d.version == version {
		return d.now, nil
	}
	s := &Snapshot{}
	err = d.db.Read(ctx, func(tx *db.Tx) (err error) {
		if s.Fields, err = Fields(tx); err != nil {
			return err
		}
		s.Programmes, err = All(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	d.now, d.version = s, version
	return s, nil
}

// Field returns the field with the slug; NotFound when there is none.
func (s *Snapshot) Field(slug string) (Field, error) {
	for _, f := range s.Fields {
		if f.Slug == slug {
			return f, nil
		}
	}
	return Field{}, fault.New(fault.NotFound, "web.error.not_found")
}

// BySlug returns the programme with the slug; NotFound when there is none.
func (s *Snapshot) BySlug(slug string) (*Programme, error) {
	for i := range s.Programmes {
		if s.Programmes[i].Slug == slug {
			return &s.Programmes[i], nil
		}
	}
	return nil, fault.New(fault.NotFound, "web.error.not_found")
}

// ByID returns the programme, or nil when there is none.
func (s *Snapshot) ByID(id db.ID) *Programme {
	for i := range s.Programmes {
		if s.Programmes[i].ID == id {
			return &s.Programmes[i]
		}
	}
	return nil
}

// In returns the programmes of a field in the city's order; of every field
// when it is "".
func (s *Snapshot) In(field string) []Programme {
	var out []Programme
	for i := range s.Programmes {
		if field == "" || s.Programmes[i].Field == field {
			out = append(out, s.Programmes[i])
		}
	}
	return out
}
