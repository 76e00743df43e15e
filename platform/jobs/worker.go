package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"kakehashi/platform/db"
)

const (
	// Other programs on the same database (another node, a command) do not
	// nudge this one, so it looks by itself now and then.
	pollSQLite   = 30 * time.Second
	pollPostgres = 5 * time.Second

	beat   = lease / 3        // how often the claims of running jobs are renewed
	grace  = 10 * time.Second // between the end of a try's context and giving it up
	mend   = time.Second      // pause after the database failed
	maxErr = 2000             // bytes of an error that are kept
)

// errOverlong is what a try failed with that did not heed the end of its
// context.
var errOverlong = errors.New("went on after its time was up; given up")

// backoff returns how long a job waits after its nth failed try: 1 s, 16 s,
// 81 s … n⁴ seconds, at most 12 hours, with a tenth up or down at random so
// that what failed together does not come back together.
func backoff(n int) time.Duration {
	d := min(time.Duration(n*n*n*n)*time.Second, 12*time.Hour)
	return d + time.Duration((rand.Float64()-0.5)*0.2*float64(d))
}

// outcome is how one try ended.
type outcome struct {
	job
	err         error
	interrupted bool // by Stop
}

// worker works the jobs of one registry on one database. Its loop is the only
// goroutine that talks to the database, so that what several jobs end with and
// the claim of the next ones share a transaction.
type worker struct {
	r         *Registry
	db        *db.DB
	log       *slog.Logger
	metrics   *metrics
	schedules []*schedule
	slots     int

	ctx    context.Context // of the jobs
	cancel context.CancelFunc
	stop   chan struct{} // closed by halt: claim no more
	once   sync.Once
	ended  chan struct{} // closed when the loop has ended
	done   chan outcome

	running map[db.ID]*try // used by the loop alone
}

// try is one run of a job.
type try struct {
	job
	cancel context.CancelFunc
}

func newWorker(ctx context.Context, r *Registry, c Config, m *metrics) *worker {
	w := &worker{
		r: r, db: c.DB, log: c.Log, metrics: m, schedules: r.schedules, slots: c.Workers,
		stop: make(chan struct{}), ended: make(chan struct{}), done: make(chan outcome, c.Workers),
		running: map[db.ID]*try{},
	}
	w.ctx, w.cancel = context.WithCancel(ctx)
	return w
}

// halt stops the loop; see Registry.Stop.
func (w *worker) halt(ctx context.Context) error {
	w.once.Do(func() { close(w.stop) })
	select {
	case <-w.ended:
		return nil
	case <-ctx.Done():
	}
	w.cancel()
	// A job that heeds its context needs a moment to come back; one that does
	// not is left to the end of its claim.
	last := time.NewTimer(grace)
	defer last.Stop()
	select {
	case <-w.ended:
		return nil
	case <-last.C:
		return fmt.Errorf("jobs still running after Stop: %w", ctx.Err())
	}
}

// loop claims, starts and settles jobs until it is stopped and nothing runs.
func (w *worker) loop() {
	defer close(w.ended)
	defer w.cancel()
	ctx := context.WithoutCancel(w.ctx) // what has begun is written down, also after Stop
	beats := time.NewTicker(beat)
	defer beats.Stop()
	timer := time.NewTimer(0)
	defer timer.Stop()
	stop := w.stop
	ready := false
	var ends []outcome
	for {
		var wait time.Duration
		var err error
		if !ready {
			if err = w.prepare(ctx); err == nil {
				ready = true
			}
		}
		if ready {
			if wait, err = w.turn(ctx, ends, stop == nil); err == nil {
				ends = ends[:0]
			}
		}
		if err != nil {
			w.log.Error("jobs: database", "error", err)
			wait = mend
		}
		if stop == nil && len(w.running) == 0 && (len(ends) == 0 || w.ctx.Err() != nil) {
			return
		}
		timer.Reset(wait)
		select {
		case o := <-w.done:
			ends = w.collect(append(ends, o))
		case <-w.r.wake:
		case <-timer.C:
		case <-beats.C:
			w.renewAll(ctx)
		case <-stop:
			stop = nil
		}
	}
}

// prepare learns what happened before this process began. An SQLite file has
// one process that works its jobs: whatever is claimed was claimed by one that
// is gone.
func (w *worker) prepare(ctx context.Context) error {
	if err := w.recall(ctx); err != nil || w.db.Engine() != db.SQLite {
		return err
	}
	left := 0
	err := w.db.Read(ctx, func(tx *db.Tx) (err error) {
		left, err = claimed(tx)
		return err
	})
	if err != nil || left == 0 {
		return err
	}
	return w.db.Write(ctx, Actor, reclaim)
}

// collect adds the outcomes that have come meanwhile and frees their slots.
func (w *worker) collect(ends []outcome) []outcome {
	for {
		select {
		case o := <-w.done:
			ends = append(ends, o)
			continue
		default:
		}
		for _, o := range ends {
			if t := w.running[o.id]; t != nil && t.claim == o.claim {
				delete(w.running, o.id)
			}
		}
		return ends
	}
}

// turn starts the schedules whose turn has come, settles what ended, claims
// and starts as many jobs as there are free slots, and returns how long there
// is nothing to do.
func (w *worker) turn(ctx context.Context, ends []outcome, stopping bool) (time.Duration, error) {
	free := w.slots - len(w.running)
	if stopping {
		free = 0
	}
	var next time.Time
	var err error
	if !stopping {
		if next, err = w.startTurns(ctx); err != nil {
			return 0, err
		}
	}
	var due time.Time
	if len(ends) == 0 && free > 0 {
		err = w.db.Read(ctx, func(tx *db.Tx) (err error) {
			due, err = nextDue(tx)
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	var list []job
	if len(ends) > 0 || free > 0 && !due.IsZero() && !due.After(w.db.Now()) {
		err = w.db.Write(ctx, Actor, func(tx *db.Tx) (err error) {
			for _, o := range ends {
				if err := o.settle(tx); err != nil {
					return err
				}
			}
			if free == 0 {
				return nil
			}
			if list, err = claim(tx, free); err != nil {
				return err
			}
			due, err = nextDue(tx)
			return err
		})
		if err != nil {
			return 0, err
		}
		w.report(ends)
		for _, j := range list {
			w.begin(j)
		}
	}
	wait := pollSQLite
	if w.db.Engine() == db.Postgres {
		wait = pollPostgres
	}
	if len(w.running) < w.slots && !due.IsZero() && !stopping {
		// What is due and yet was not claimed, another node is claiming now.
		wait = min(wait, max(due.Sub(w.db.Now()), 10*time.Millisecond))
	}
	if !next.IsZero() {
		wait = min(wait, next.Sub(w.db.Now()))
	}
	return max(wait, 0), nil
}

// settle writes down how a try ended.
func (o outcome) settle(tx *db.Tx) error {
	switch {
	case o.err == nil:
		return finish(tx, o.job)
	case o.interrupted:
		return giveBack(tx, o.job)
	case o.dead():
		return bury(tx, o.job, reason(o.err))
	default:
		return postpone(tx, o.job, reason(o.err), tx.Now.Add(backoff(o.tries)))
	}
}

func (o outcome) dead() bool {
	return o.tries >= o.maxTries || errors.As(o.err, new(permanent))
}

func (w *worker) report(ends []outcome) {
	for _, o := range ends {
		as := "done"
		switch {
		case o.err == nil:
		case o.interrupted:
			as = "interrupted"
		case o.dead():
			as = "dead"
			w.log.Error("job is dead", "kind", o.kind, "job", o.id, "tries", o.tries, "error", reason(o.err))
		default:
			as = "failed"
			w.log.Warn("job failed, will be tried again", "kind", o.kind, "job", o.id, "tries", o.tries, "error", reason(o.err))
		}
		w.metrics.tries.WithLabelValues(o.kind, as).Inc()
	}
}

// reason returns the error as it is kept.
func reason(err error) string {
	s := err.Error()
	if len(s) > maxErr {
		s = s[:maxErr]
	}
	return validText(s)
}

// begin runs a job in a goroutine of its own. One outcome comes of it, also
// when the function panics, ends its goroutine, or never comes back.
func (w *worker) begin(j job) {
	k, known := w.r.works[j.kind]
	if !known {
		k = work{timeout: DefaultTimeout, do: func(context.Context, []byte) error {
			return errors.New("nobody registered this kind")
		}}
	}
	ctx, cancel := context.WithTimeout(w.ctx, k.timeout)
	w.running[j.id] = &try{job: j, cancel: cancel}
	var once sync.Once
	end := func(err error) {
		once.Do(func() {
			cancel()
			w.done <- outcome{job: j, err: err, interrupted: w.ctx.Err() != nil && err != nil}
		})
	}
	giveUp := time.AfterFunc(k.timeout+grace, func() { end(errOverlong) })
	go func() {
		err := errors.New("ended its goroutine")
		defer func() {
			if v := recover(); v != nil {
				err = fmt.Errorf("panic: %v", v)
				w.log.Error("job panicked", "kind", j.kind, "job", j.id, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
			}
			giveUp.Stop()
			end(err)
		}()
		err = k.do(ctx, []byte(j.args))
	}()
}

// renewAll keeps the claims of the running jobs, and cancels those that were
// lost: another node runs them now.
func (w *worker) renewAll(ctx context.Context) {
	if len(w.running) == 0 {
		return
	}
	var lost []*try
	err := w.db.Write(ctx, Actor, func(tx *db.Tx) error {
		lost = lost[:0]
		for _, t := range w.running {
			ok, err := renew(tx, t.job)
			if err != nil {
				return err
			}
			if !ok {
				lost = append(lost, t)
			}
		}
		return nil
	})
	if err != nil {
		w.log.Error("jobs: claims not renewed", "error", err)
		return
	}
	for _, t := range lost {
		w.log.Warn("job was taken over by another node", "kind", t.kind, "job", t.id)
		t.cancel()
	}
}
