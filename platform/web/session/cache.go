package session

import (
	"container/list"
	"sync"
	"time"
)

const (
	maxCached = 4096        // tokens kept in memory, about 1 kB each
	maxAge    = time.Minute // posts begin and end at their dates without a touch
)

// Cached is what a token stands for, with what it is true of.
type Cached[T any] struct {
	Value   T
	Topics  []string  // when one of them is touched, it is not true any more
	Version uint64    // of the topics, read before the data
	Loaded  time.Time // it is true for a minute at the longest
}

// Cache keeps what the latest tokens stand for, by their hashes.
type Cache[T any] struct {
	version func(topics ...string) uint64

	mu    sync.Mutex
	byKey map[[32]byte]*list.Element
	order *list.List // of *cacheEntry[T], the latest used first
}

type cacheEntry[T any] struct {
	key  [32]byte
	kept *Cached[T]
}

// NewCache returns an empty Cache. version grows when a topic is touched.
func NewCache[T any](version func(topics ...string) uint64) *Cache[T] {
	return &Cache[T]{version: version, byKey: make(map[[32]byte]*list.Element), order: list.New()}
}

// Get returns what the token of the hash stands for, nil when it is not known
// or may have changed. Nobody may change what it returns.
func (c *Cache[T]) Get(key [32]byte, now time.Time) *Cached[T] {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.byKey[key]
	if e == nil {
		return nil
	}
	kept := e.Value.(*cacheEntry[T]).kept
	if now.Sub(kept.Loaded) > maxAge || c.version(kept.Topics...) != kept.Version {
		c.order.Remove(e)
		delete(c.byKey, key)
		return nil
	}
	c.order.MoveToFront(e)
	return kept
}

// Put keeps what the token of the hash stands for.
func (c *Cache[T]) Put(key [32]byte, kept *Cached[T]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.byKey[key]; e != nil {
		e.Value.(*cacheEntry[T]).kept = kept
		c.order.MoveToFront(e)
		return
	}
	c.byKey[key] = c.order.PushFront(&cacheEntry[T]{key, kept})
	for c.order.Len() > maxCached {
		last := c.order.Back()
		c.order.Remove(last)
		delete(c.byKey, last.Value.(*cacheEntry[T]).key)
	}
}

// Forget drops what is known of the token of the hash, on this node.
func (c *Cache[T]) Forget(key [32]byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.byKey[key]; e != nil {
		c.order.Remove(e)
		delete(c.byKey, key)
	}
}
