package web

import (
	"container/list"
	"sync"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/web/session"
)

const (
	maxViewers   = 4096        // sessions and tokens kept in memory, about 1 kB each
	viewerMaxAge = time.Minute // posts begin and end at their dates without a touch
)

// identity is what a session's token or a personal token stands for.
type identity struct {
	viewer  Viewer
	session session.Session
	grant   *Grant
	topics  []string
	version uint64
	loaded  time.Time
}

// viewerCache keeps the identities of the latest tokens.
type viewerCache struct {
	mu    sync.Mutex
	byKey map[[32]byte]*list.Element
	order *list.List // of *viewerEntry, the latest used first
}

type viewerEntry struct {
	key [32]byte
	id  *identity
}

func newViewerCache() *viewerCache {
	return &viewerCache{byKey: make(map[[32]byte]*list.Element), order: list.New()}
}

// get returns the identity of the token's hash, nil when it is not known or may
// have changed.
func (v *viewerCache) get(d *db.DB, key [32]byte, now time.Time) *identity {
	v.mu.Lock()
	defer v.mu.Unlock()
	e := v.byKey[key]
	if e == nil {
		return nil
	}
	id := e.Value.(*viewerEntry).id
	if now.Sub(id.loaded) > viewerMaxAge || d.Version(id.topics...) != id.version {
		v.order.Remove(e)
		delete(v.byKey, key)
		return nil
	}
	v.order.MoveToFront(e)
	return id
}

func (v *viewerCache) put(key [32]byte, id *identity) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if e := v.byKey[key]; e != nil {
		e.Value.(*viewerEntry).id = id
		v.order.MoveToFront(e)
		return
	}
	v.byKey[key] = v.order.PushFront(&viewerEntry{key, id})
	for v.order.Len() > maxViewers {
		last := v.order.Back()
		v.order.Remove(last)
		delete(v.byKey, last.Value.(*viewerEntry).key)
	}
}

// forget drops what is known of a person on this node.
func (v *viewerCache) forget(person db.ID) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for e := v.order.Front(); e != nil; {
		next := e.Next()
		if entry := e.Value.(*viewerEntry); entry.id.viewer.Person == person {
			v.order.Remove(e)
			delete(v.byKey, entry.key)
		}
		e = next
	}
}
