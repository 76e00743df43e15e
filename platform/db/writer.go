package db

import (
	"context"
	"database/sql"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

const (
	groupMax  = 256                   // requests that share one commit at most
	groupTime = 10 * time.Millisecond // no request joins a group older than this
	busyFor   = 5 * time.Second       // how long another process may hold the file
)

// Panic is what Write raises in its caller's goroutine when the function
// panicked while the SQLite writer ran it.
type Panic struct {
	Value any
	Stack []byte // of the writer, where it happened
}

// Error returns the value and the stack.
func (p *Panic) Error() string { return fmt.Sprintf("%v\n\n%s", p.Value, p.Stack) }

// Unwrap returns the value when it was an error.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// request is one Write that waits for the writer.
type request struct {
	ctx   context.Context
	actor Actor
	fn    func(*Tx) error

	state  atomic.Int32 // waiting, taken or left
	done   chan struct{}
	tx     *Tx
	err    error
	raised *Panic
	exited bool // the function called runtime.Goexit, as t.FailNow does
	undone bool // its savepoint was rolled back
}

const (
	waiting int32 = iota
	taken         // the writer runs it: its caller waits for the outcome
	left          // its caller has gone: it is not run
)

var requests = sync.Pool{New: func() any { return &request{done: make(chan struct{}, 1)} }}

// writer runs all writes of one SQLite database, one after the other, in one
// goroutine. Those that wait while a commit is under way share the next one,
// each in its own savepoint.
type writer struct {
	db    *DB
	pool  *sql.DB // of one connection
	queue chan *request
	stop  chan struct{} // closed by close: no more requests
	ended chan struct{} // closed when the goroutine has ended

	// State of the group under way; used by the writer's goroutine alone.
	tx    *sql.Tx
	group []*request
	cur   *request   // runs now
	lost  bool       // SQLite rolled the whole transaction back by itself
	due   time.Time  // when the group is closed to newcomers
	redo  []*request // to be run once more, each alone
}

func newWriter(d *DB, pool *sql.DB) *writer {
	w := &writer{db: d, pool: pool, queue: make(chan *request, groupMax), stop: make(chan struct{}), ended: make(chan struct{})}
	go w.run()
	return w
}

// close lets the requests that were accepted finish.
func (w *writer) close() {
	close(w.stop)
	<-w.ended
}

// write hands a request to the writer and waits for its outcome. A caller
// that goes away before the writer has taken it withdraws it.
func (w *writer) write(ctx context.Context, actor Actor, fn func(*Tx) error) error {
	r := requests.Get().(*request)
	r.ctx, r.actor, r.fn = ctx, actor, fn
	r.state.Store(waiting)
	select {
	case w.queue <- r:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.stop:
		return ErrClosed
	}
	select {
	case <-r.done:
	case <-ctx.Done():
		if r.state.CompareAndSwap(waiting, left) {
			return ctx.Err() // the writer still holds r: it is not reused
		}
		<-r.done
	case <-w.ended:
		if r.state.CompareAndSwap(waiting, left) {
			return ErrClosed
		}
		<-r.done
	}
	tx, err, raised, exited := r.tx, r.err, r.raised, r.exited
	r.ctx, r.fn, r.tx, r.err, r.raised, r.exited, r.undone = nil, nil, nil, nil, nil, false, false
	requests.Put(r)
	switch {
	case raised != nil:
		panic(raised)
	case exited:
		runtime.Goexit()
	case err != nil:
		return err
	}
	for _, f := range tx.after {
		f()
	}
	return nil
}

// run is the writer's goroutine. When a function ends it by runtime.Goexit, a
// new one takes over where it stopped.
func (w *writer) run() {
	ended := false
	defer func() {
		if !ended {
			go w.run()
		}
	}()
	if w.cur != nil {
		w.settle(w.cur)
		w.rest()
	}
	for {
		for len(w.redo) > 0 {
			r := w.redo[0]
			w.redo = w.redo[1:]
			w.first(r, time.Time{})
		}
		select {
		case r := <-w.queue:
			if r.state.CompareAndSwap(waiting, taken) {
				w.first(r, time.Now().Add(groupTime))
			}
			continue
		default:
		}
		select {
		case r := <-w.queue:
			if r.state.CompareAndSwap(waiting, taken) {
				w.first(r, time.Now().Add(groupTime))
			}
		case <-w.stop:
			if len(w.queue) == 0 {
				ended = true
				close(w.ended)
				return
			}
		}
	}
}

// first begins a group with r, which others may join until due.
func (w *writer) first(r *request, due time.Time) {
	w.group, w.lost, w.due = append(w.group[:0], r), false, due
	tx, err := w.begin()
	if err != nil {
		r.err, r.undone = fmt.Errorf("begin: %w", err), true
		w.answer(w.group)
		return
	}
	w.tx = tx
	w.do(r)
	w.rest()
}

// rest lets those who wait join the group, commits and answers.
func (w *writer) rest() {
	for !w.lost && len(w.group) < groupMax && time.Now().Before(w.due) {
		select {
		case r := <-w.queue:
			if r.state.CompareAndSwap(waiting, taken) {
				w.group = append(w.group, r)
				w.do(r)
			}
			continue
		default:
		}
		break
	}
	w.finish()
}

// begin opens a transaction that holds the file's write lock. Another process
// may hold it for a while.
func (w *writer) begin() (*sql.Tx, error) {
	give := time.Now().Add(busyFor)
	for {
		tx, err := w.pool.BeginTx(context.Background(), nil)
		if err == nil || !isBusy(err) || time.Now().After(give) {
			return tx, err
		}
	}
}

// do runs one request between a savepoint and its release.
func (w *writer) do(r *request) {
	r.tx = &Tx{Now: w.db.Now(), Actor: r.actor, ctx: txContext{r.ctx, w.db}, db: w.db, sql: w.tx, stmt: context.Background()}
	r.err, r.undone = nil, false
	if err := w.exec("SAVEPOINT request"); err != nil {
		r.err, r.undone, w.lost = err, true, true
		return
	}
	w.cur = r
	w.call(r)
	w.settle(r)
}

// call runs the function. A panic is kept for the caller; a Goexit passes
// through and ends the goroutine, and run goes on in a new one.
func (w *writer) call(r *request) {
	r.exited = true
	defer func() {
		if v := recover(); v != nil {
			r.raised, r.exited = &Panic{Value: v, Stack: debug.Stack()}, false
		}
	}()
	r.err = r.fn(r.tx)
	r.exited = false
}

// settle keeps what the request did, or undoes it and nothing else.
func (w *writer) settle(r *request) {
	w.cur = nil
	r.err = r.tx.settle(r.err)
	if r.err == nil && r.raised == nil && !r.exited {
		if r.err = w.exec("RELEASE request"); r.err == nil {
			return
		}
	}
	r.undone = true
	if err := w.exec("ROLLBACK TO request"); err != nil {
		// SQLite has no such savepoint any more: on a full disk or an I/O
		// error it rolls the whole transaction back.
		w.lost = true
		return
	}
	if err := w.exec("RELEASE request"); err != nil {
		w.lost = true
	}
}

// finish commits the group and answers. When the commit fails, nobody's work
// is kept and everybody is told, also those whose own function had failed:
// what they saw may never have been.
//
// Two failures are one request's alone, and then the others are run again,
// each in its own transaction: a transaction that SQLite gave up in the middle
// (the last request's doing), and a deferred constraint that only the commit
// can check (nobody knows whose).
func (w *writer) finish() {
	tx, group := w.tx, w.group
	w.tx = nil
	if w.lost {
		// SQLite may have rolled it back already, which is no error to us.
		_ = tx.Rollback()
		last := len(group) - 1
		w.again(group[:last])
		w.answer(group[last:])
		return
	}
	if err := tx.Commit(); err != nil {
		if isConstraint(err) && len(group) > 1 {
			w.again(group)
			return
		}
		for _, r := range group {
			r.err, r.undone = fmt.Errorf("commit: %w", err), true
		}
	}
	w.answer(group)
}

// again puts requests aside to be run once more, each alone; also those that
// failed, since they may have failed by what they saw of others. Whose
// function did not return is not run again.
func (w *writer) again(group []*request) {
	for _, r := range group {
		if r.raised != nil || r.exited {
			w.answer([]*request{r})
		} else {
			w.redo = append(w.redo, r)
		}
	}
}

// answer publishes what the group changed, then lets the callers go on.
func (w *writer) answer(group []*request) {
	var names []string
	for _, r := range group {
		if !r.undone {
			names = append(names, r.tx.topics...)
		}
	}
	if len(names) > 0 {
		w.db.touched(names)
	}
	for i, r := range group {
		group[i] = nil
		r.done <- struct{}{}
	}
}

func (w *writer) exec(q string) error {
	_, err := w.tx.ExecContext(context.Background(), q)
	return err
}
