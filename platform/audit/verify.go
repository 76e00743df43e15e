package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// Report is the outcome of Verify.
type Report struct {
	Entries     int64 // sealed entries read
	Pending     int64 // entries not sealed yet
	Checkpoints int   // signed roots checked, the given ones included
	Erased      int64 // entries whose detail was erased by a rule
	Problem     *Problem
}

// OK reports whether nothing was found wrong.
func (r Report) OK() bool { return r.Problem == nil }

// String says the outcome in one line, for the operator: the problem, if there
// is one, else what was read.
func (r Report) String() string {
	if r.Problem != nil {
		return r.Problem.String()
	}
	return fmt.Sprintf("%d entries under %d signed roots, %d pending, %d with erased detail", r.Entries, r.Checkpoints, r.Pending, r.Erased)
}

// What can be wrong with the log.
const (
	Changed      = "changed"    // an entry is not what was sealed
	Removed      = "removed"    // an entry is gone
	Inserted     = "inserted"   // an entry was never sealed by this program
	Erased       = "erased"     // a detail is gone, and no recorded rule took it
	Tree         = "tree"       // entries and the tree's hashes were changed together
	Checkpointed = "checkpoint" // a signed root is missing, forged or contradicted
)

// Problem is the first thing that Verify found wrong.
type Problem struct {
	Seq  int64  // place in the tree; -1 when it is not about one entry
	ID   db.ID  // the entry, where known
	What string // one of the constants above
	Why  string // for the operator, in English
}

// String says what is wrong in one line, for the operator.
func (p *Problem) String() string {
	if p.Seq < 0 {
		return p.What + ": " + p.Why
	}
	return fmt.Sprintf("%s: entry %d (id %v): %s", p.What, p.Seq, p.ID, p.Why)
}

// Error lets a problem end the walk.
func (p *Problem) Error() string { return p.String() }

// verifyPage is how many entries one read transaction looks at.
const verifyPage = 2000

// walk is one Verify under way.
type walk struct {
	key   string
	g     grower
	rep   Report
	known []Checkpoint // sorted by size; those given by the caller
	buf   []byte
}

// Verify reads the whole log and recomputes every hash: about 5 µs an entry.
// It may run beside everything else; entries sealed meanwhile are left for the
// next time. known are checkpoints that were kept elsewhere; the log must still
// contain what they signed. The error is about reading, never about the log's
// content: that is Report.Problem.
func (l *Log) Verify(ctx context.Context, known ...[]byte) (rep Report, err error) {
	defer fault.Wrap(&err, "audit.Verify()")
	w := walk{key: l.cfg.Signer.VerifierKey()}
	for _, signed := range known {
		c, err := ParseCheckpoint(w.key, signed)
		if err != nil {
			return rep, fmt.Errorf("a checkpoint kept elsewhere: %w", err)
		}
		w.known = append(w.known, c)
	}
	slices.SortFunc(w.known, func(a, b Checkpoint) int { return int(min(max(a.Size-b.Size, -1), 1)) })

	var size int64
	err = l.cfg.DB.Read(ctx, func(tx *db.Tx) error {
		if err := tx.Row(`SELECT COUNT(*) FROM audit_pending`).Scan(&w.rep.Pending); err != nil {
			return err
		}
		size, err = w.border(tx)
		return err
	})
	for err == nil && w.g.size < size {
		err = l.cfg.DB.Read(ctx, func(tx *db.Tx) error { return w.page(tx, min(w.g.size+verifyPage, size)) })
	}
	if err == nil && len(w.known) > 0 {
		c := w.known[0]
		err = &Problem{Seq: -1, What: Checkpointed, Why: fmt.Sprintf("a checkpoint kept elsewhere signs %d entries, but the log holds %d: it was cut back or restored from an older copy", c.Size, size)}
	}
	var p *Problem
	if errors.As(err, &p) {
		w.rep.Problem, err = p, nil
	}
	return w.rep, err
}

// border checks what lies outside the tree, and returns the tree's size.
func (w *walk) border(tx *db.Tx) (size int64, err error) {
	if err := tx.Row(`SELECT size FROM audit_tree WHERE id = 1`).Scan(&size); err != nil {
		return 0, err
	}
	outside, err := db.All(tx, (*row).scanSealed, `SELECT seq, `+columns+`, salt, detail_hash, erased_at FROM audit_entries
		WHERE seq < 0 OR seq >= $1 ORDER BY seq LIMIT 1`, size)
	if err != nil {
		return 0, err
	}
	var roots, hashes int64
	if err := tx.Row(`SELECT COALESCE(MAX(size), 0) FROM audit_roots`).Scan(&roots); err != nil {
		return 0, err
	}
	if err := tx.Row(`SELECT COUNT(*) FROM audit_hashes WHERE first < 0 OR first >= $1`, tlog.StoredHashCount(size)).Scan(&hashes); err != nil {
		return 0, err
	}
	switch {
	case roots > size:
		// Seen first, because a log cut back leaves rows beyond its end.
		return 0, &Problem{Seq: -1, What: Checkpointed, Why: fmt.Sprintf("the newest signed root covers %d entries, the tree only %d", roots, size)}
	case len(outside) > 0:
		return 0, &Problem{Seq: outside[0].seq, ID: db.ID(outside[0].id), What: Inserted, Why: fmt.Sprintf("the tree has %d entries", size)}
	case roots < size:
		return 0, &Problem{Seq: -1, What: Checkpointed, Why: fmt.Sprintf("the tree has %d entries, the newest signed root covers %d", size, roots)}
	case hashes > 0:
		return 0, &Problem{Seq: -1, What: Tree, Why: "hashes are stored beyond the tree's end"}
	}
	return size, nil
}

// root is one row of audit_roots.
type root struct {
	size int64
	note string
}

// page checks the entries from where the walk stands up to until.
func (w *walk) page(tx *db.Tx, until int64) error {
	from := w.g.size
	rows, err := db.All(tx, (*row).scanSealed, `SELECT seq, `+columns+`, salt, detail_hash, erased_at FROM audit_entries
		WHERE seq >= $1 AND seq < $2 ORDER BY seq`, from, until)
	if err != nil {
		return err
	}
	roots, err := db.All(tx, func(r *root) []any { return []any{&r.size, &r.note} },
		`SELECT size, note FROM audit_roots WHERE size > $1 AND size <= $2 ORDER BY size`, from, until)
	if err != nil {
		return err
	}
	hashes := hashReader{tx: tx}
	var rules []erasure
	var computed []tlog.Hash
	for seq := from; seq < until; seq++ {
		if len(rows) == 0 || rows[0].seq != seq {
			return &Problem{Seq: seq, What: Removed, Why: "the tree has this entry, the table does not"}
		}
		r := &rows[0]
		rows = rows[1:]
		if p := r.checkDetail(); p != nil {
			return p
		}
		if r.erasedAt != 0 {
			if rules == nil {
				if rules, err = loadErasures(tx); err != nil {
					return err
				}
			}
			if !slices.ContainsFunc(rules, func(e erasure) bool { return e.covers(r) }) {
				return &Problem{Seq: seq, ID: db.ID(r.id), What: Erased, Why: "its detail is gone, and no recorded rule took it"}
			}
			w.rep.Erased++
		}
		var leaf tlog.Hash
		leaf, w.buf = r.leaf(w.buf)
		computed = w.g.add(leaf, computed[:0])
		if err := compareStored(&hashes, r, computed); err != nil {
			return err
		}
		w.rep.Entries++
		if len(roots) > 0 && roots[0].size == w.g.size {
			if err := w.checkRoot(roots[0]); err != nil {
				return err
			}
			roots = roots[1:]
		}
		if err := w.checkKnown(); err != nil {
			return err
		}
	}
	return nil
}

// checkDetail checks the columns that the leaf hash binds only through the
// detail's salted hash.
func (r *row) checkDetail() *Problem {
	wrong := func(why string) *Problem {
		return &Problem{Seq: r.seq, ID: db.ID(r.id), What: Changed, Why: why}
	}
	switch {
	case r.erasedAt != 0:
		if r.detail != "" || len(r.salt) != 0 || len(r.detailHash) == 0 {
			return wrong("it is marked erased, but still holds its detail")
		}
	case len(r.detailHash) == 0:
		if r.detail != "" || len(r.salt) != 0 {
			return wrong("it had no detail")
		}
	case r.detail == "" && len(r.salt) == 0:
		return &Problem{Seq: r.seq, ID: db.ID(r.id), What: Erased, Why: "its detail is gone, and no recorded rule took it"}
	case !bytes.Equal(hashDetail(r.salt, r.detail), r.detailHash):
		return wrong("its detail is not what was sealed")
	}
	return nil
}

// compareStored compares an entry's leaf, and the inner hashes it completes,
// with those that were stored when it was sealed.
func compareStored(hashes *hashReader, r *row, computed []tlog.Hash) error {
	first := tlog.StoredHashIndex(0, r.seq)
	for i, h := range computed {
		stored, err := hashes.at(first + int64(i))
		if err != nil && !errors.Is(err, errHash) {
			return err
		}
		switch {
		case err != nil:
			return &Problem{Seq: r.seq, ID: db.ID(r.id), What: Tree, Why: "its hash is missing from the tree"}
		case stored == h:
		case i == 0:
			return &Problem{Seq: r.seq, ID: db.ID(r.id), What: Changed, Why: "it is not what was sealed"}
		default:
			return &Problem{Seq: r.seq, ID: db.ID(r.id), What: Tree, Why: "an inner hash of the tree was changed"}
		}
	}
	return nil
}

// checkRoot checks a signed root against what was computed up to its size.
func (w *walk) checkRoot(r root) error {
	c, err := ParseCheckpoint(w.key, []byte(r.note))
	switch {
	case err != nil:
		return &Problem{Seq: -1, What: Checkpointed, Why: fmt.Sprintf("the signed root of %d entries: %v", r.size, err)}
	case c.Size != r.size:
		return &Problem{Seq: -1, What: Checkpointed, Why: fmt.Sprintf("the signed root of %d entries signs %d", r.size, c.Size)}
	case c.Root != w.g.root():
		return &Problem{Seq: -1, What: Tree, Why: fmt.Sprintf("entries up to %d were changed together with their hashes, or the signed root belongs to another log", c.Size-1)}
	}
	w.rep.Checkpoints++
	return nil
}

// checkKnown checks the checkpoints from elsewhere that the walk has reached.
func (w *walk) checkKnown() error {
	for len(w.known) > 0 && w.known[0].Size == w.g.size {
		if w.known[0].Root != w.g.root() {
			return &Problem{Seq: -1, What: Checkpointed, Why: fmt.Sprintf("a checkpoint kept elsewhere signs other content for the first %d entries", w.g.size)}
		}
		w.known = w.known[1:]
		w.rep.Checkpoints++
	}
	return nil
}

// eraseAction is the action under which the log records its own erasures.
const eraseAction = "audit.erase"

// erasure is one recorded erasure: the rule, and the part of the log it went over.
type erasure struct {
	at       int64 // when; the erased entries carry the same instant
	from, to int64 // first and last seq
	before   int64
	prefix   string
	person   int64
}

func (e erasure) covers(r *row) bool {
	return r.erasedAt == e.at && r.seq >= e.from && r.seq <= e.to && r.at < e.before &&
		strings.HasPrefix(r.action, e.prefix) && (e.person == 0 || e.person == r.person)
}

func (e erasure) detail() map[string]string {
	d := map[string]string{
		"from": strconv.FormatInt(e.from, 10), "to": strconv.FormatInt(e.to, 10),
		"before": strconv.FormatInt(e.before, 10), "prefix": e.prefix,
	}
	if e.person != 0 {
		d["person"] = db.ID(e.person).String()
	}
	return d
}

// loadErasures reads what the log records about its own erasures, sealed or
// pending.
func loadErasures(tx *db.Tx) ([]erasure, error) {
	rows, err := db.All(tx, func(r *row) []any { return []any{&r.at, &r.detail} },
		`SELECT at, detail FROM audit_entries WHERE subject_id = 0 AND subject = 'audit' AND action = $1
		UNION ALL SELECT at, detail FROM audit_pending WHERE action = $1`, eraseAction)
	if err != nil {
		return nil, err
	}
	list := []erasure{}
	for i := range rows {
		d, err := decodeDetail(rows[i].detail)
		if err != nil {
			continue // tampered with: its own hash will tell
		}
		e := erasure{at: rows[i].at, prefix: d["prefix"]}
		e.from, _ = strconv.ParseInt(d["from"], 10, 64)
		e.to, _ = strconv.ParseInt(d["to"], 10, 64)
		e.before, _ = strconv.ParseInt(d["before"], 10, 64)
		if p := d["person"]; p != "" {
			id, err := db.ParseID(p)
			if err != nil {
				continue
			}
			e.person = int64(id)
		}
		list = append(list, e)
	}
	return list, nil
}
