package seal

import (
	"kakehashi/platform/db"
)

// Keys are the secrets of one city. They are safe for use by many at once.
type Keys struct{}

// New returns fresh keys that live in memory only, for tests and the demo.
func New() (*Keys, error) { return nil, nil }

// Create makes fresh keys and writes them to a new file at path, readable to
// its owner alone. It fails when something is there already.
func Create(path string) (*Keys, error) { return nil, nil }

// Load reads the key file at path.
func Load(path string) (*Keys, error) { return nil, nil }

// Rotate puts a new sealing key in front of those in the file at path; older
// ones still open. Programs that are running see it after their next start.
func Rotate(path string) (*Keys, error) { return nil, nil }

// Seal encrypts plain for one column of one row.
func (k *Keys) Seal(table, column string, row db.ID, plain string) ([]byte, error) { return nil, nil }

// Open decrypts what Seal made for the same column of the same row.
func (k *Keys) Open(table, column string, row db.ID, sealed []byte) (string, error) { return "", nil }

// Rewrap seals again, with the newest key, what an older one sealed. changed
// is false, and the value the same, when the newest key had sealed it.
func (k *Keys) Rewrap(table, column string, row db.ID, sealed []byte) (out []byte, changed bool, err error) {
	return sealed, false, nil
}

// Index returns the blind index of the value for the purpose: 16 bytes, equal
// for equal values of one purpose and city. Fold the value first.
func (k *Keys) Index(purpose, value string) []byte { return nil }

// SignNote signs a checkpoint of the audit log (golang.org/x/mod/sumdb/note).
func (k *Keys) SignNote(text string) ([]byte, error) { return nil, nil }

// VerifierKey is the public half of the signing key, as note.NewVerifier reads it.
func (k *Keys) VerifierKey() string { return "" }

// Column is one sealed column, so that a store names it once.
type Column struct{ Table, Column string }

// Seal encrypts s for the row with this id.
func (c Column) Seal(k *Keys, id db.ID, s string) ([]byte, error) {
	return k.Seal(c.Table, c.Column, id, s)
}

// Open decrypts what Seal made for the row with this id.
func (c Column) Open(k *Keys, id db.ID, sealed []byte) (string, error) {
	return k.Open(c.Table, c.Column, id, sealed)
}

// Rewrap moves a sealed value of the row to the newest key.
func (c Column) Rewrap(k *Keys, id db.ID, sealed []byte) ([]byte, bool, error) {
	return k.Rewrap(c.Table, c.Column, id, sealed)
}
