package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// Signer signs checkpoints and names its key; *seal.Signer is one.
type Signer interface {
	// SignNote signs the text of a checkpoint and returns the signed note.
	SignNote(text string) ([]byte, error)
	// VerifierKey is the public half, in the form golang.org/x/mod/sumdb/note reads.
	VerifierKey() string
}

// Config is what a Log stands on. Log may be nil.
type Config struct {
	DB     *db.DB
	Signer Signer
	Log    *slog.Logger
}

// Log seals, proves and lists the entries of one city.
type Log struct{ cfg Config }

// New returns the log of the city in cfg.DB.
func New(cfg Config) *Log {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Log{cfg: cfg}
}

// sealBatch is how many entries one transaction seals. It keeps the writer for
// a few milliseconds, so that bookings in between do not wait noticeably.
const sealBatch = 128

// Seal puts what is pending into the tree and signs the new root. It returns
// how many entries it took. A scheduled job calls it every minute, and so does
// the shutdown; several programs may call it at once.
func (l *Log) Seal(ctx context.Context) (sealed int, err error) {
	defer fault.Wrap(&err, "audit.Seal()")
	for {
		n, err := l.sealSome(ctx)
		if err != nil {
			return sealed, err
		}
		sealed += n
		if n < sealBatch {
			return sealed, nil
		}
	}
}

// sealSome seals one batch.
func (l *Log) sealSome(ctx context.Context) (n int, err error) {
	// Most of the time nothing is pending, and nobody needs the writer.
	waiting := false
	err = l.cfg.DB.Read(ctx, func(tx *db.Tx) error {
		var id int64
		err := tx.Row(`SELECT id FROM audit_pending LIMIT 1`).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		waiting = err == nil
		return err
	})
	if err != nil || !waiting {
		return 0, err
	}
	err = l.cfg.DB.Write(ctx, db.System, func(tx *db.Tx) error {
		n, err = l.sealIn(tx)
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

func (l *Log) sealIn(tx *db.Tx) (int, error) {
	// Taking the row first makes every other sealer wait until this batch is
	// committed; what it then reads as pending is what was left over.
	if _, err := tx.Exec(`UPDATE audit_tree SET size = size WHERE id = 1`); err != nil {
		return 0, err
	}
	var size int64
	if err := tx.Row(`SELECT size FROM audit_tree WHERE id = 1`).Scan(&size); err != nil {
		return 0, err
	}
	rows, err := db.All(tx, (*row).scanPending, `SELECT `+columns+` FROM audit_pending ORDER BY id LIMIT $1`, sealBatch)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	g, err := loadGrower(tx, size)
	if err != nil {
		return 0, err
	}
	var buf []byte
	var leaf tlog.Hash
	stored := make([]tlog.Hash, 0, 2*len(rows)+64)
	for i := range rows {
		r := &rows[i]
		r.seq = size + int64(i)
		r.saltDetail()
		leaf, buf = r.leaf(buf)
		stored = g.add(leaf, stored)
	}
	if err := insertSealed(tx, rows); err != nil {
		return 0, err
	}
	if err := storeHashes(tx, tlog.StoredHashCount(size), stored); err != nil {
		return 0, err
	}
	gone, err := tx.Exec(`DELETE FROM audit_pending WHERE id IN (SELECT id FROM audit_entries WHERE seq >= $1)`, size)
	if err != nil {
		return 0, err
	}
	if gone != int64(len(rows)) {
		return 0, fmt.Errorf("sealed %d entries, but %d were pending", len(rows), gone)
	}
	signed, err := l.cfg.Signer.SignNote(Checkpoint{Size: g.size, Root: g.root()}.text())
	if err != nil {
		return 0, err
	}
	if _, err := tx.Exec(`INSERT INTO audit_roots (size, at, note) VALUES ($1, $2, $3)`, g.size, db.Micros(tx.Now), string(signed)); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(`UPDATE audit_tree SET size = $1 WHERE id = 1`, g.size); err != nil {
		return 0, err
	}
	return len(rows), nil
}

const insertHead = `INSERT INTO audit_entries (seq, ` + columns + `, salt, detail_hash, erased_at) VALUES `

// Entries are inserted many to a statement, in two sizes so that the engines
// meet two texts only.
const manyRows, entryColumns = 32, 13

var insertMany, insertOne = insertText(manyRows), insertText(1)

func insertText(rows int) string {
	var b strings.Builder
	b.WriteString(insertHead)
	for i := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for c := range entryColumns {
			fmt.Fprintf(&b, "$%d, ", i*entryColumns+c+1)
		}
		b.WriteString("0)")
	}
	return b.String()
}

func insertSealed(tx *db.Tx, rows []row) error {
	for len(rows) > 0 {
		n, text := 1, insertOne
		if len(rows) >= manyRows {
			n, text = manyRows, insertMany
		}
		args := make([]any, 0, n*entryColumns)
		for i := range rows[:n] {
			r := &rows[i]
			args = append(args, r.seq, r.id, r.at, r.actor, r.behalf, r.via, r.action, r.subject, r.subjectID, r.person, r.detail, r.salt, r.detailHash)
		}
		if _, err := tx.Exec(text, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// Checkpoint returns the newest signed root, to be kept elsewhere; nil when
// nothing was ever sealed.
func (l *Log) Checkpoint(ctx context.Context) (signed []byte, err error) {
	defer fault.Wrap(&err, "audit.Checkpoint()")
	err = l.cfg.DB.Read(ctx, func(tx *db.Tx) error {
		signed, err = newestRoot(tx)
		return err
	})
	return signed, err
}

func newestRoot(tx *db.Tx) ([]byte, error) {
	var signed string
	err := tx.Row(`SELECT note FROM audit_roots ORDER BY size DESC LIMIT 1`).Scan(&signed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return []byte(signed), err
}
