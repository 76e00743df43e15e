package jobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"kakehashi/platform/db"
)

// Args says what one job shall do. It is stored as JSON, so it holds numbers
// and names, never a person's data: a Work function reads those when it runs.
type Args interface {
	// Kind names the work, "module.noun": the same for every value of a type.
	Kind() string
}

// Option changes how one job is kept or one kind is worked.
type Option func(*options)

type options struct {
	at      time.Time
	unique  string
	tries   int
	timeout time.Duration
}

// At lets the job wait until the instant.
func At(t time.Time) Option { return func(o *options) { o.at = t } }

// Unique keeps at most one waiting or running job of the kind with the key;
// a second one is quietly dropped.
func Unique(key string) Option { return func(o *options) { o.unique = key } }

// Tries says after how many failed tries a job is dead (25 unless said: about
// nine days of trying).
func Tries(n int) Option { return func(o *options) { o.tries = n } }

// Timeout says how long one try may take (one minute unless said). It is a
// property of a kind, given to Work.
func Timeout(d time.Duration) Option { return func(o *options) { o.timeout = d } }

// Config is what the workers need.
type Config struct {
	DB      *db.DB
	Workers int                   // how many jobs run at once on this node; 4 when 0
	Log     *slog.Logger          // slog.Default() when nil
	Metrics prometheus.Registerer // nothing is counted when nil
}

// Registry holds the kinds of job there are and the schedules that start them,
// and works them between Start and Stop.
type Registry struct {
}

// New returns a registry without any kind.
func New() *Registry { return &Registry{} }

// Work registers the function that does the jobs of T's kind. It may be called
// until Start; a second function for a kind is a programmer's mistake and
// panics.
func Work[T Args](r *Registry, fn func(ctx context.Context, args T) error, opts ...Option) {}

// Enqueue keeps the job in the transaction; it runs soon after the commit.
func Enqueue(tx *db.Tx, r *Registry, args Args, opts ...Option) error { return nil }

// Every starts a job once an interval (counted from midnight UTC 1970, so that
// all nodes agree), on one node only.
func (r *Registry) Every(name string, interval time.Duration, args Args) {}

// Daily starts a job once a day at the minute after midnight in Tokyo, on one
// node only.
func (r *Registry) Daily(name string, minute int, args Args) {}

// Start begins to work. It returns at once; the jobs run until Stop.
func (r *Registry) Start(ctx context.Context, c Config) error { return nil }

// Stop lets the running jobs finish until ctx ends, then cancels them; a
// cancelled job runs again after the next Start.
func (r *Registry) Stop(ctx context.Context) error { return nil }

// Dead is one job whose tries are used up.
type Dead struct {
	ID    db.ID
	Kind  string
	Args  string // JSON
	Tries int
	Error string // of the last try
	Since time.Time
}

// DeadLetters lists dead jobs, the newest first, that are older than before
// (0: from the newest).
func DeadLetters(tx *db.Tx, before db.ID, limit int) ([]Dead, error) { return nil, nil }

// Retry gives a dead job a fresh set of tries, the first at once.
func (r *Registry) Retry(tx *db.Tx, id db.ID) error { return nil }

// Forget removes a dead job for good.
func (r *Registry) Forget(tx *db.Tx, id db.ID) error { return nil }

// Migrate brings the tables of the jobs up to date; quick when they are.
func Migrate(ctx context.Context, d *db.DB) error { return nil }
