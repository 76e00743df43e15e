// Package limit counts how often things are done, and says when it is too often.
//
// Two counters: Memory, a token bucket a subject, fast and a node's own, for
// what everybody does all the time; and Shared, in the database, for what must
// hold across nodes and restarts (codes of sign-in). Neither keeps a subject in
// the clear: an address or a mail address is hashed before it is a key.
package limit

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"kakehashi/platform/db"
)

// Rate is at most Times in Per. A Strict rate is counted in the database and
// holds across nodes; any other is counted in memory, a node for itself.
type Rate struct {
	Name   string // names the action in the counter: "people.code"
	Times  int
	Per    time.Duration
	Strict bool
}

// Key is the hash of an action and its subject.
type Key [16]byte

// KeyOf returns the key of the subject doing the action; without the secret
// nobody finds the subject from the key.
func KeyOf(secret []byte, action, subject string) (k Key) {
	m := hmac.New(sha256.New, secret)
	m.Write([]byte(action))
	m.Write([]byte{0})
	m.Write([]byte(subject))
	copy(k[:], m.Sum(nil))
	return k
}

// Limiter counts in memory or in the database, as the rate asks.
type Limiter struct {
	secret []byte
	memory *Memory
	shared *Shared
}

// New returns a Limiter. Nodes that count together share the secret.
func New(d *db.DB, secret []byte) *Limiter {
	return &Limiter{secret: secret, memory: NewMemory(), shared: NewShared(d)}
}

// Hit counts one more of the rate's action for the subject, and returns how
// long to wait: 0 when the rate is kept.
func (l *Limiter) Hit(ctx context.Context, r Rate, subject string) (time.Duration, error) {
	key := KeyOf(l.secret, r.Name, subject)
	if r.Strict {
		return l.shared.Hit(ctx, key, r)
	}
	return l.memory.Hit(key, r, time.Now()), nil
}

// Sweep deletes counters that are over.
func (l *Limiter) Sweep(ctx context.Context) error { return l.shared.Sweep(ctx) }

// maxBuckets bounds the memory of a Memory: about 200 bytes each.
const maxBuckets = 20_000

// Memory counts in memory.
type Memory struct {
	mu      sync.Mutex
	buckets map[Key]*rate.Limiter
}

// NewMemory returns a Memory that has counted nothing.
func NewMemory() *Memory { return &Memory{buckets: make(map[Key]*rate.Limiter)} }

// Hit counts one, and returns how long to wait: 0 when the rate is kept.
func (m *Memory) Hit(k Key, r Rate, now time.Time) time.Duration {
	m.mu.Lock()
	b := m.buckets[k]
	if b == nil {
		if len(m.buckets) >= maxBuckets {
			m.forget(now)
		}
		b = rate.NewLimiter(rate.Limit(float64(r.Times)/r.Per.Seconds()), r.Times)
		m.buckets[k] = b
	}
	m.mu.Unlock()
	res := b.ReserveN(now, 1)
	if !res.OK() {
		return r.Per
	}
	wait := res.DelayFrom(now)
	if wait > 0 {
		res.CancelAt(now)
	}
	return wait
}

// forget drops the buckets that are full again, and, when that is not enough,
// any: whoever floods us with new addresses gains some tries, and no memory.
func (m *Memory) forget(now time.Time) {
	for k, b := range m.buckets {
		if b.TokensAt(now) >= float64(b.Burst()) {
			delete(m.buckets, k)
		}
	}
	for k := range m.buckets {
		if len(m.buckets) < maxBuckets*9/10 {
			return
		}
		delete(m.buckets, k)
	}
}
