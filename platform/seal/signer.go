package seal

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Signer is the ed25519 key that signs the checkpoints of the audit log.
type Signer struct {
	private string // in the form of package note
	public  string
	key     note.Signer
}

func newSigner(private string) (*Signer, error) {
	key, err := note.NewSigner(private)
	if err != nil {
		return nil, err
	}
	public, err := publicHalf(private)
	if err != nil {
		return nil, err
	}
	return &Signer{private: private, public: public, key: key}, nil
}

// publicHalf derives the verifier key from the private one, which package note
// spells PRIVATE+KEY+name+hash+base64(algorithm, ed25519 seed).
func publicHalf(private string) (string, error) {
	parts := strings.SplitN(private, "+", 5)
	if len(parts) != 5 {
		return "", errors.New("malformed")
	}
	b, err := base64.StdEncoding.DecodeString(parts[4])
	if err != nil || len(b) != 1+ed25519.SeedSize {
		return "", errors.New("malformed")
	}
	pub := ed25519.NewKeyFromSeed(b[1:]).Public().(ed25519.PublicKey)
	return note.NewEd25519VerifierKey(parts[2], pub)
}

// SignNote signs the text of a checkpoint, which ends in a newline
// (golang.org/x/mod/sumdb/note).
func (s *Signer) SignNote(text string) ([]byte, error) {
	return note.Sign(&note.Note{Text: text}, s.key)
}

// VerifierKey is the public half, as note.NewVerifier reads it. It may be
// published: whoever has it can check the log's proofs.
func (s *Signer) VerifierKey() string { return s.public }
