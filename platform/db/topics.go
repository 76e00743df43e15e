package db

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"
)

// topics counts the changes of topics. A topic's count lives in one of a
// fixed number of slots, found by hash: any number of topics costs the same
// memory, and two that share a slot only make a cache renew itself once more
// than needed.
type topics struct {
	seed  maphash.Seed
	base  uint64        // start of this process in µs: versions grow across restarts
	all   atomic.Uint64 // bumped when anything may have changed
	slots [4096]atomic.Uint64

	mu       sync.RWMutex
	watchers map[string]map[chan struct{}]bool
}

func newTopics(now time.Time) *topics {
	return &topics{seed: maphash.MakeSeed(), base: uint64(now.UnixMicro()), watchers: map[string]map[chan struct{}]bool{}}
}

func (t *topics) slot(topic string) *atomic.Uint64 {
	return &t.slots[maphash.String(t.seed, topic)%uint64(len(t.slots))]
}

func (t *topics) version(names []string) uint64 {
	v := t.base + t.all.Load()
	for _, n := range names {
		v += t.slot(n).Load()
	}
	return v
}

// touch bumps the topics, then tells those who watch them. A topic named
// several times is bumped several times, which is harmless.
func (t *topics) touch(names []string) {
	for _, n := range names {
		t.slot(n).Add(1)
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	if len(t.watchers) == 0 {
		return
	}
	for _, n := range names {
		for ch := range t.watchers[n] {
			ring(ch)
		}
	}
}

// touchAll is touch for every topic there is.
func (t *topics) touchAll() {
	t.all.Add(1)
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, set := range t.watchers {
		for ch := range set {
			ring(ch)
		}
	}
}

// ring leaves one signal in a channel of capacity one.
func ring(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

func (t *topics) watch(names []string) (<-chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	t.mu.Lock()
	for _, n := range names {
		if t.watchers[n] == nil {
			t.watchers[n] = map[chan struct{}]bool{}
		}
		t.watchers[n][ch] = true
	}
	t.mu.Unlock()
	return ch, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		for _, n := range names {
			delete(t.watchers[n], ch)
			if len(t.watchers[n]) == 0 {
				delete(t.watchers, n)
			}
		}
	}
}

// Version returns a number that grows whenever one of the topics was touched
// by a committed write, here or (a moment later) on another node. Read it
// before the data that it stands for: what was rendered under a version is
// then never older than the version. It differs between nodes.
func (d *DB) Version(topics ...string) uint64 { return d.topics.version(topics) }

// Watch returns a channel that receives after one of the topics was touched;
// touches in quick succession are one signal. The function ends the watch.
func (d *DB) Watch(topics ...string) (<-chan struct{}, func()) { return d.topics.watch(topics) }
