package audit

import (
	"context"
	"log/slog"
	"time"

	"kakehashi/platform/db"
)

// Signer signs checkpoints and names its key; *seal.Keys is one.
type Signer interface {
	// SignNote signs the text of a checkpoint and returns the signed note.
	SignNote(text string) ([]byte, error)
	// VerifierKey is the public half, in the form golang.org/x/mod/sumdb/note reads.
	VerifierKey() string
}

// Config is what a Log stands on.
type Config struct {
	DB     *db.DB
	Signer Signer
	Log    *slog.Logger
}

// Log seals, proves and lists the entries of one city.
type Log struct{ cfg Config }

// New returns the log of the city in cfg.DB.
func New(cfg Config) *Log { return &Log{cfg: cfg} }

// Seal puts what is pending into the tree and signs the new root. It returns
// how many entries it took. A scheduled job calls it every minute, and so does
// the shutdown; several programs may call it at once.
func (l *Log) Seal(ctx context.Context) (sealed int, err error) { return 0, nil }

// ByPerson lists what concerns the person, newest first.
func (l *Log) ByPerson(tx *db.Tx, person db.ID, p Page) ([]Line, error) { return nil, nil }

// BySubject lists what was done to one thing, newest first.
func (l *Log) BySubject(tx *db.Tx, subject string, id db.ID, p Page) ([]Line, error) {
	return nil, nil
}

// ByActor lists what one person did, newest first.
func (l *Log) ByActor(tx *db.Tx, actor db.ID, p Page) ([]Line, error) { return nil, nil }

// All lists everything, newest first, for the operator.
func (l *Log) All(tx *db.Tx, p Page) ([]Line, error) { return nil, nil }

// Rule says which entries lose their detail.
type Rule struct {
	Prefix string    // of the action, "places."; "" is every action
	Before time.Time // entries older than this
	Person db.ID     // only entries that concern this person; 0 is everyone
}

// Erase removes the detail of the sealed entries that the rule names and
// records that it did. It returns how many entries lost their detail.
func (l *Log) Erase(ctx context.Context, actor db.Actor, r Rule) (int, error) { return 0, nil }

// Report is the outcome of Verify.
type Report struct {
	Entries     int64 // sealed entries read
	Pending     int64 // entries not sealed yet
	Checkpoints int   // signed roots checked
	Erased      int64 // entries whose detail was erased by a rule
	Problem     *Problem
}

// OK reports whether nothing was found wrong.
func (r Report) OK() bool { return r.Problem == nil }

// Problem is the first thing that Verify found wrong.
type Problem struct {
	Seq  int64  // place in the tree; -1 when it is not about one entry
	ID   db.ID  // the entry, where known
	What string // changed, removed, inserted, erased, tree or checkpoint
	Why  string // for the operator, in English
}

// Verify reads the whole log and recomputes every hash. known are checkpoints
// that were kept elsewhere; the log must still contain what they signed.
func (l *Log) Verify(ctx context.Context, known ...[]byte) (Report, error) { return Report{}, nil }

// Checkpoint returns the newest signed root, to be kept elsewhere; nil when
// nothing was ever sealed.
func (l *Log) Checkpoint(ctx context.Context) ([]byte, error) { return nil, nil }
