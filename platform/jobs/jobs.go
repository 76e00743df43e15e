package jobs

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations returns the tables of the jobs.
func Migrations() db.Migrations { return db.Migrations{Name: "jobs", FS: migrations} }

// Actor makes the changes that a Work function makes.
var Actor = db.Actor{Via: "job"}

// What holds for a job unless its options say otherwise.
const (
	DefaultTries   = 20          // about four days with backoff: longer than a long weekend
	DefaultTimeout = time.Minute // of one try
	DefaultWorkers = 4           // jobs at once on one node
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

// At lets the job wait until the instant; the zero time is now. Given to
// Enqueue.
func At(t time.Time) Option { return func(o *options) { o.at = t } }

// Unique keeps one living job of the kind with the key, which may not be
// empty. Asking for it while it waits changes nothing; asking while it runs
// makes it run once more afterwards, so that no change goes unseen. Given to
// Enqueue.
func Unique(key string) Option { return func(o *options) { o.unique = key } }

// Tries says after how many failed tries a job is dead; DefaultTries unless
// said. Given to Work or Enqueue.
func Tries(n int) Option { return func(o *options) { o.tries = n } }

// Timeout says how long one try may take; DefaultTimeout unless said. Its
// context ends then, and a try that goes on all the same is given up. Given to
// Work.
func Timeout(d time.Duration) Option { return func(o *options) { o.timeout = d } }

// permanent is an error that trying again cannot mend.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// Permanent marks err as one that trying again cannot mend: the job is dead at
// once. A nil err stays nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return permanent{err}
}

// Config is what the workers need.
type Config struct {
	DB      *db.DB
	Workers int                   // how many jobs run at once on this node; DefaultWorkers when 0
	Log     *slog.Logger          // slog.Default() when nil
	Metrics prometheus.Registerer // nothing is counted when nil
}

// Registry holds the kinds of job there are and the schedules that start them,
// and works them between Start and Stop.
type Registry struct {
	mu        sync.Mutex
	works     map[string]work
	schedules []*schedule
	wake      chan struct{} // of one place: somebody has something to do
	runs      *worker       // nil before Start
}

// work is how one kind of job is done.
type work struct {
	do      func(ctx context.Context, args []byte) error
	tries   int
	timeout time.Duration
}

// New returns a registry without any kind.
func New() *Registry {
	return &Registry{works: map[string]work{}, wake: make(chan struct{}, 1)}
}

// Work registers the function that does the jobs of T's kind. It may be called
// until Start; a second function for a kind is a programmer's mistake and
// panics.
func Work[T Args](r *Registry, fn func(ctx context.Context, args T) error, opts ...Option) {
	o := options{tries: DefaultTries, timeout: DefaultTimeout}
	for _, f := range opts {
		f(&o)
	}
	var zero T
	r.add(zero.Kind(), work{tries: o.tries, timeout: o.timeout, do: func(ctx context.Context, raw []byte) error {
		var args T
		if err := json.Unmarshal(raw, &args); err != nil {
			return Permanent(fmt.Errorf("args: %w", err))
		}
		return fn(ctx, args)
	}})
}

func (r *Registry) add(kind string, w work) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, twice := r.works[kind]; twice || kind == "" || r.runs != nil {
		panic(fmt.Sprintf("jobs: kind %q is registered twice, has no name, or comes after Start", kind))
	}
	r.works[kind] = w
}

func (r *Registry) work(kind string) (work, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	w, ok := r.works[kind]
	return w, ok
}

// Enqueue keeps the job in the transaction; it runs soon after the commit.
func Enqueue(tx *db.Tx, r *Registry, args Args, opts ...Option) (err error) {
	kind := args.Kind()
	defer fault.Wrap(&err, "jobs.Enqueue(%s)", kind)
	w, ok := r.work(kind)
	if !ok {
		return errors.New("nobody registered this kind")
	}
	o := options{tries: w.tries}
	for _, f := range opts {
		f(&o)
	}
	if o.at.IsZero() {
		o.at = tx.Now
	}
	raw, err := json.Marshal(args)
	if err != nil {
		return err
	}
	if err := insert(tx, kind, string(raw), o); err != nil {
		return err
	}
	tx.After(r.Nudge)
	return nil
}

// Nudge makes this node look for jobs that are due. Enqueue does it by itself;
// a test that moves the clock does it by hand.
func (r *Registry) Nudge() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Start begins to work. It returns at once; the jobs run until Stop, with the
// values of ctx but without its end. A registry is started once.
func (r *Registry) Start(ctx context.Context, c Config) (err error) {
	defer fault.Wrap(&err, "jobs.Start")
	if c.Workers <= 0 {
		c.Workers = DefaultWorkers
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	m, err := newMetrics(c.DB, c.Metrics)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.runs != nil {
		return errors.New("already started")
	}
	r.runs = newWorker(context.WithoutCancel(ctx), r, c, m)
	go r.runs.loop()
	return nil
}

// Stop takes no more jobs and lets the running ones finish until ctx ends, then
// cancels them; a cancelled job runs again after the next Start, without having
// lost a try. It returns ctx's error when a job went on in spite of that. Without
// Start it does nothing.
func (r *Registry) Stop(ctx context.Context) error {
	r.mu.Lock()
	w := r.runs
	r.mu.Unlock()
	if w == nil {
		return nil
	}
	return w.halt(ctx)
}
