// Package sealed keeps short values where others could read or change them (a
// cookie, a table) so that they can do neither: AES-256-GCM under a key that is
// derived for one purpose from key material.
package sealed

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"time"
)

// ErrClosed says that a sealed value cannot be opened: another key or purpose,
// changed on the way, or too old.
var ErrClosed = errors.New("sealed: cannot be opened")

func box(material []byte, purpose string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, material, nil, "kakehashi web "+purpose, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// Seal seals the bytes for the purpose.
func Seal(material []byte, purpose string, plain []byte) ([]byte, error) {
	aead, err := box(material, purpose)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, plain, nil), nil
}

// Open returns what Seal sealed, or ErrClosed.
func Open(material []byte, purpose string, text []byte) ([]byte, error) {
	aead, err := box(material, purpose)
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, nil, text, nil)
	if err != nil {
		return nil, ErrClosed
	}
	return plain, nil
}

// Text seals a value for a cookie, good until the instant.
func Text(material []byte, purpose, value string, until time.Time) (string, error) {
	plain := binary.BigEndian.AppendUint64(nil, uint64(until.UnixMicro()))
	b, err := Seal(material, purpose, append(plain, value...))
	return base64.RawURLEncoding.EncodeToString(b), err
}

// Value returns what Text sealed, or ErrClosed, also when its time is over.
func Value(material []byte, purpose, text string, now time.Time) (string, error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return "", ErrClosed
	}
	plain, err := Open(material, purpose, b)
	if err != nil || len(plain) < 8 || int64(binary.BigEndian.Uint64(plain)) < now.UnixMicro() {
		return "", ErrClosed
	}
	return string(plain[8:]), nil
}
