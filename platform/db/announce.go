package db

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"
)

// announcer tells other processes on the same database which topics changed,
// and hears from them. It works behind the writes and never in their
// transactions: what changed within a moment is one message. What a crash
// between a commit and its message leaves unsaid is made good now and then by
// a look at the database, which makes every version grow when anything was
// written.
type announcer struct {
	node     int64 // of this handle, to know its own messages
	send     func(ctx context.Context, topics []string) error
	log      *slog.Logger
	interval time.Duration // between two messages at least

	mu      sync.Mutex
	pending map[string]bool
	wake    chan struct{}
	stop    context.CancelFunc
	stopped context.Context
	running sync.WaitGroup
}

// everything stands in a message for all topics, when there are too many.
const everything = "*"

// newAnnouncer starts the announcer; listen hears the others until its
// context ends.
func newAnnouncer(log *slog.Logger, interval time.Duration, send func(context.Context, int64, []string) error, listen func(ctx context.Context, node int64)) *announcer {
	a := &announcer{node: rand.Int64(), log: log, interval: interval, pending: map[string]bool{}, wake: make(chan struct{}, 1)}
	a.send = func(ctx context.Context, topics []string) error { return send(ctx, a.node, topics) }
	a.stopped, a.stop = context.WithCancel(context.Background())
	a.running.Go(a.run)
	a.running.Go(func() { listen(a.stopped, a.node) })
	return a
}

// add notes topics for the next message.
func (a *announcer) add(topics []string) {
	a.mu.Lock()
	for _, t := range topics {
		a.pending[t] = true
	}
	a.mu.Unlock()
	ring(a.wake)
}

// run sends what was noted, and the rest when the announcer is closed.
func (a *announcer) run() {
	for a.stopped.Err() == nil {
		select {
		case <-a.wake:
		case <-a.stopped.Done():
		}
		a.flush()
		pause(a.stopped, a.interval)
	}
	a.flush()
}

// messageMax bounds one message: PostgreSQL takes less than 8000 bytes.
const messageMax = 7000

func (a *announcer) flush() {
	a.mu.Lock()
	noted := a.pending
	a.pending = map[string]bool{}
	a.mu.Unlock()
	if len(noted) == 0 {
		return
	}
	size, names := 0, make([]string, 0, len(noted))
	for t := range noted {
		names = append(names, t)
		size += len(t) + 3
	}
	if size > messageMax {
		names = []string{everything}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(a.stopped), 5*time.Second)
	defer cancel()
	if err := a.send(ctx, names); err != nil {
		// Others learn it from their next look at the database.
		a.log.Warn("other nodes were not told of changes", "error", err)
	}
}

// close sends what is left and waits for both goroutines.
func (a *announcer) close() {
	a.stop()
	a.running.Wait()
}

// hear applies another node's topics.
func (t *topics) hear(names []string) {
	for _, n := range names {
		if n == everything {
			t.touchAll()
			return
		}
	}
	t.touch(names)
}

// pause waits for dt or until ctx ends, and reports whether it has not ended.
func pause(ctx context.Context, dt time.Duration) bool {
	t := time.NewTimer(dt)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// listenPause is how long a listener waits after an error.
const listenPause = time.Second

// fallbackPoll is the time between two looks at whether anything was written.
const fallbackPoll = 30 * time.Second
