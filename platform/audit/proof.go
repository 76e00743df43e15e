package audit

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// EntryProof shows to anyone who knows the city's public key that one entry
// stands in the log. It can be checked without the database.
type EntryProof struct {
	Checkpoint []byte           `json:"checkpoint"` // signed
	Seq        int64            `json:"seq"`
	Record     []byte           `json:"record"` // the entry's canonical text
	Path       tlog.RecordProof `json:"path"`   // RFC 6962 audit path
}

// GrowthProof shows that a later checkpoint's log begins with the whole log of
// an earlier one: nothing was changed or removed in between.
type GrowthProof struct {
	Old  []byte         `json:"old"` // signed checkpoints
	New  []byte         `json:"new"`
	Path tlog.TreeProof `json:"path"` // RFC 6962 consistency proof
}

// ProveEntry makes the proof of one sealed entry under the newest checkpoint.
// An entry that does not exist, or is still pending, is NotFound.
func (l *Log) ProveEntry(ctx context.Context, id db.ID) (p EntryProof, err error) {
	defer fault.Wrap(&err, "audit.ProveEntry(%v)", id)
	err = l.cfg.DB.Read(ctx, func(tx *db.Tx) error {
		r, err := db.One(tx, (*row).scanSealed, `SELECT seq, `+columns+`, salt, detail_hash, erased_at FROM audit_entries WHERE id = $1`, int64(id))
		if err != nil {
			return err
		}
		c, err := l.newest(tx, &p.Checkpoint)
		if err != nil {
			return err
		}
		p.Seq, p.Record = r.seq, r.canonical(nil)
		p.Path, err = tlog.ProveRecord(c.Size, r.seq, &hashReader{tx: tx})
		return err
	})
	return p, err
}

// ProveGrowth makes the proof that the log today extends the checkpoint old.
func (l *Log) ProveGrowth(ctx context.Context, old []byte) (p GrowthProof, err error) {
	defer fault.Wrap(&err, "audit.ProveGrowth()")
	from, err := ParseCheckpoint(l.cfg.Signer.VerifierKey(), old)
	if err != nil {
		return p, fault.New(fault.Invalid, "audit.error.checkpoint").Because(err)
	}
	err = l.cfg.DB.Read(ctx, func(tx *db.Tx) error {
		p.Old = old
		c, err := l.newest(tx, &p.New)
		if err != nil {
			return err
		}
		if from.Size > c.Size {
			return fault.New(fault.Conflict, "audit.error.shorter").
				Because(fmt.Errorf("the checkpoint signs %d entries, the log has %d", from.Size, c.Size))
		}
		p.Path, err = tlog.ProveTree(c.Size, from.Size, &hashReader{tx: tx})
		return err
	})
	return p, err
}

// newest reads and checks the newest checkpoint.
func (l *Log) newest(tx *db.Tx, signed *[]byte) (c Checkpoint, err error) {
	if *signed, err = newestRoot(tx); err != nil {
		return c, err
	}
	if *signed == nil {
		return c, fault.New(fault.NotFound, "audit.error.empty")
	}
	return ParseCheckpoint(l.cfg.Signer.VerifierKey(), *signed)
}

// CheckEntry checks a proof of one entry against the city's public key. It
// needs no database.
func CheckEntry(verifierKey string, p EntryProof) error {
	c, err := ParseCheckpoint(verifierKey, p.Checkpoint)
	if err != nil {
		return err
	}
	if p.Seq < 0 || p.Seq >= c.Size {
		return errors.New("the entry lies outside the checkpoint")
	}
	return tlog.CheckRecord(p.Path, c.Size, c.Root, p.Seq, tlog.RecordHash(p.Record))
}

// CheckGrowth checks a proof that the log only grew between two checkpoints,
// against the city's public key. It needs no database.
func CheckGrowth(verifierKey string, p GrowthProof) error {
	old, err := ParseCheckpoint(verifierKey, p.Old)
	if err != nil {
		return fmt.Errorf("old: %w", err)
	}
	now, err := ParseCheckpoint(verifierKey, p.New)
	if err != nil {
		return fmt.Errorf("new: %w", err)
	}
	if old.Size > now.Size {
		return errors.New("the new checkpoint is shorter than the old one")
	}
	return tlog.CheckTree(p.Path, now.Size, now.Root, old.Size, old.Root)
}
