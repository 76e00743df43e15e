package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead/aesgcm"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// prefixLen is the length of the prefix by which Tink tells which key sealed a
// value: one byte for the format, four for the key's number.
const prefixLen = 5

// indexLen is the length of a blind index in bytes. 128 bits keep the chance
// that two of a million values meet below 10^-26.
const indexLen = 16

// Keys are the secrets of one city. They are safe for use by many at once.
type Keys struct {
	handle *keyset.Handle

	// The primitives are built from the keyset by hand, because Tink's own
	// factory registers every primitive it knows when the program starts.
	primary tink.AEAD
	prefix  [prefixLen]byte
	byKey   map[[prefixLen]byte]tink.AEAD

	index []byte
	audit *Signer
}

// use builds the primitives of the keyset.
func (k *Keys) use(h *keyset.Handle) error {
	k.handle = h
	k.byKey = make(map[[prefixLen]byte]tink.AEAD, h.Len())
	for i := range h.Len() {
		e, err := h.Entry(i)
		if err != nil {
			return err
		}
		if e.KeyStatus() != keyset.Enabled {
			continue
		}
		key, ok := e.Key().(*aesgcm.Key)
		if !ok {
			return fmt.Errorf("key %d is no AES-GCM key", e.KeyID())
		}
		if len(key.OutputPrefix()) != prefixLen {
			return fmt.Errorf("key %d does not mark what it seals", e.KeyID())
		}
		a, err := aesgcm.NewAEAD(key)
		if err != nil {
			return err
		}
		prefix := [prefixLen]byte(key.OutputPrefix())
		k.byKey[prefix] = a
		if e.IsPrimary() {
			k.primary, k.prefix = a, prefix
		}
	}
	if k.primary == nil {
		return fmt.Errorf("no enabled primary key")
	}
	return nil
}

// bound is the associated data that ties a sealed value to its place.
func bound(table, column string, row db.ID) []byte {
	b := make([]byte, 0, len(table)+len(column)+15)
	b = append(b, table...)
	b = append(b, '/')
	b = append(b, column...)
	b = append(b, '/')
	return append(b, row.String()...)
}

// Seal encrypts plain for one column of one row. "" becomes nil.
func (k *Keys) Seal(table, column string, row db.ID, plain string) (sealed []byte, err error) {
	defer fault.Wrap(&err, "Seal(%s.%s, row %v)", table, column, row)
	if plain == "" {
		return nil, nil
	}
	return k.primary.Encrypt([]byte(plain), bound(table, column, row))
}

// Open decrypts what Seal made for the same column of the same row.
func (k *Keys) Open(table, column string, row db.ID, sealed []byte) (plain string, err error) {
	defer fault.Wrap(&err, "Open(%s.%s, row %v)", table, column, row)
	if len(sealed) == 0 {
		return "", nil
	}
	if len(sealed) < prefixLen {
		return "", fmt.Errorf("%d bytes are no sealed value", len(sealed))
	}
	a, ok := k.byKey[[prefixLen]byte(sealed)]
	if !ok {
		return "", fmt.Errorf("sealed with a key (%x) that the key file does not hold", sealed[:prefixLen])
	}
	p, err := a.Decrypt(sealed, bound(table, column, row))
	if err != nil {
		return "", err
	}
	return string(p), nil
}

// Rewrap seals again, with the newest key, what an older one sealed. changed
// is false, and the value the same, when the newest key had sealed it.
func (k *Keys) Rewrap(table, column string, row db.ID, sealed []byte) (out []byte, changed bool, err error) {
	if len(sealed) == 0 || (len(sealed) >= prefixLen && [prefixLen]byte(sealed) == k.prefix) {
		return sealed, false, nil
	}
	plain, err := k.Open(table, column, row, sealed)
	if err != nil {
		return nil, false, err
	}
	out, err = k.Seal(table, column, row, plain)
	return out, err == nil, err
}

// Index returns the blind index of the value for the purpose: 16 bytes, equal
// for equal values of one purpose and city. It is HMAC-SHA256 (RFC 2104) over
// purpose, a zero byte and value, cut to its first half. Fold the value first.
func (k *Keys) Index(purpose, value string) []byte {
	m := hmac.New(sha256.New, k.index)
	m.Write([]byte(purpose))
	m.Write([]byte{0})
	m.Write([]byte(value))
	return m.Sum(nil)[:indexLen]
}

// Audit returns the key that signs the checkpoints of the audit log.
func (k *Keys) Audit() *Signer { return k.audit }

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
