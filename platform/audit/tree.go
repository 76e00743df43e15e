package audit

import (
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"kakehashi/platform/db"
)

// grower adds entries to the right edge of a tree. It holds one hash a level,
// so that neither sealing nor verifying reads the tree's inside.
type grower struct {
	size int64
	edge [64]tlog.Hash // the newest complete subtree of each level, where size has that bit
}

// add appends a leaf and returns the hashes to store for it, as
// tlog.StoredHashesForRecordHash would.
func (g *grower) add(leaf tlog.Hash, stored []tlog.Hash) []tlog.Hash {
	stored = append(stored, leaf)
	level := 0
	for n := g.size; n&1 == 1; n >>= 1 {
		leaf = tlog.NodeHash(g.edge[level], leaf)
		stored = append(stored, leaf)
		level++
	}
	g.edge[level] = leaf
	g.size++
	return stored
}

// root returns the tree's root hash (RFC 6962, section 2.1). The size is not 0.
func (g *grower) root() tlog.Hash {
	var h tlog.Hash
	first := true
	for level := 0; g.size>>level > 0; level++ {
		if g.size>>level&1 == 0 {
			continue
		}
		if first {
			h, first = g.edge[level], false
		} else {
			h = tlog.NodeHash(g.edge[level], h)
		}
	}
	return h
}

// loadGrower reads the right edge of the stored tree.
func loadGrower(tx *db.Tx, size int64) (*grower, error) {
	g := &grower{size: size}
	r := hashReader{tx: tx}
	for level := 0; size>>level > 0; level++ {
		if size>>level&1 == 0 {
			continue
		}
		h, err := r.at(tlog.StoredHashIndex(level, size>>level-1))
		if err != nil {
			return nil, err
		}
		g.edge[level] = h
	}
	return g, nil
}

// blockHashes is how many hashes one row of audit_hashes holds at most.
const blockHashes = 256

// storeHashes writes the hashes whose first has the index.
func storeHashes(tx *db.Tx, first int64, hashes []tlog.Hash) error {
	for len(hashes) > 0 {
		n := min(len(hashes), blockHashes)
		b := make([]byte, 0, n*tlog.HashSize)
		for _, h := range hashes[:n] {
			b = append(b, h[:]...)
		}
		if _, err := tx.Exec(`INSERT INTO audit_hashes (first, hashes) VALUES ($1, $2)`, first, b); err != nil {
			return err
		}
		first, hashes = first+int64(n), hashes[n:]
	}
	return nil
}

// hashReader reads stored hashes; it is a tlog.HashReader that keeps the block
// it read last.
type hashReader struct {
	tx    *db.Tx
	first int64
	block []byte
}

// errHash means that the tree's stored hashes are not whole.
var errHash = errors.New("stored hash missing")

func (r *hashReader) at(index int64) (h tlog.Hash, err error) {
	if index < r.first || index >= r.first+int64(len(r.block)/tlog.HashSize) {
		err := r.tx.Row(`SELECT first, hashes FROM audit_hashes WHERE first <= $1 ORDER BY first DESC LIMIT 1`, index).
			Scan(&r.first, &r.block)
		if errors.Is(err, sql.ErrNoRows) {
			return h, fmt.Errorf("%w: %d", errHash, index)
		}
		if err != nil {
			return h, err
		}
	}
	at := (index - r.first) * tlog.HashSize
	if at+tlog.HashSize > int64(len(r.block)) {
		return h, fmt.Errorf("%w: %d", errHash, index)
	}
	return tlog.Hash(r.block[at : at+tlog.HashSize]), nil
}

// ReadHashes implements tlog.HashReader.
func (r *hashReader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		h, err := r.at(index)
		if err != nil {
			return nil, err
		}
		hashes[i] = h
	}
	return hashes, nil
}

// Origin is the first line of every checkpoint.
const Origin = "kakehashi-audit"

// Checkpoint is a signed state of the log: it held Size entries, under Root.
type Checkpoint struct {
	Size int64
	Root tlog.Hash
}

// text is the checkpoint as it is signed (C2SP tlog-checkpoint: origin, size,
// root in base64).
func (c Checkpoint) text() string {
	return Origin + "\n" + strconv.FormatInt(c.Size, 10) + "\n" + c.Root.String() + "\n"
}

// ParseCheckpoint checks the signature of a checkpoint against the public half
// of a city's key, and reads it. It needs no database.
func ParseCheckpoint(verifierKey string, signed []byte) (Checkpoint, error) {
	v, err := note.NewVerifier(verifierKey)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("verifier key: %w", err)
	}
	n, err := note.Open(signed, note.VerifierList(v))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("checkpoint: %w", err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 4 || lines[0] != Origin {
		return Checkpoint{}, errors.New("checkpoint: not of an audit log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 1 || strconv.FormatInt(size, 10) != lines[1] {
		return Checkpoint{}, errors.New("checkpoint: size")
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return Checkpoint{}, errors.New("checkpoint: root")
	}
	return Checkpoint{Size: size, Root: tlog.Hash(root)}, nil
}
