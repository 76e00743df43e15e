// Package pagecache keeps whole replies in memory: what everybody sees, once a
// path, query, language and aids, until the data beneath it changes.
//
// Promises: a page is rendered by one request at a time, however many wait for
// it; it is never served after one of its topics was touched; the pages
// together stay within their bytes, those not asked for lately leaving first.
package pagecache

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"kakehashi/platform/web/encode"
)

// MaxAge is how long a page is served without being rendered afresh, although
// nothing was touched: pages say "today" and "in two hours".
const MaxAge = time.Minute

// overhead is the bytes of a page's bookkeeping, beside its bodies.
const overhead = 1024

// Key names a page.
type Key struct {
	Path, Query string
	Lang        string
	Aids        uint8
}

// Variant is a page in one coding. The slices are header values, ready to be
// put into a header as they are; nobody may change them.
type Variant struct {
	Body     []byte
	ETag     []string
	Length   []string
	Encoding []string // nil for none
}

// Write writes the variant, or 304 when the reader has it already. Headers that
// are the same for both (Vary, Cache-Control) are the caller's.
func (v *Variant) Write(w http.ResponseWriter, r *http.Request, contentType []string) {
	h := w.Header()
	h["Etag"] = v.ETag
	if encode.Has(r.Header, v.ETag[0]) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Type"] = contentType
	h["Content-Length"] = v.Length
	if v.Encoding != nil {
		h["Content-Encoding"] = v.Encoding
	}
	// A reader who is gone is nobody's error.
	_, _ = w.Write(v.Body)
}

// Page is one rendered page. It is never changed, but for variants that are
// made when first asked for.
type Page struct {
	Type   []string // Content-Type
	Topics []string
	Data   uint64 // version of the topics before the page was rendered
	Until  time.Time

	hash     string
	used     atomic.Bool
	mu       sync.Mutex
	variants [encode.Count]atomic.Pointer[Variant]
	cache    *Cache
	size     int64 // bytes of all variants; guarded by cache.mu
	gone     bool  // evicted; guarded by cache.mu
}

// New returns a page of the body, which the page keeps.
func New(contentType string, body []byte, topics []string, data uint64, now time.Time) *Page {
	sum := sha256.Sum256(body)
	p := &Page{
		Type: []string{contentType}, Topics: topics, Data: data, Until: now.Add(MaxAge),
		hash: hex.EncodeToString(sum[:12]), size: int64(len(body)) + overhead,
	}
	p.variants[encode.Identity].Store(&Variant{
		Body: body, ETag: []string{`"` + p.hash + `"`}, Length: []string{strconv.Itoa(len(body))},
	})
	return p
}

// Variant returns the page in the coding, or in none when that is not smaller.
func (p *Page) Variant(c encode.Coding) *Variant {
	if v := p.variants[c].Load(); v != nil {
		return v
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if v := p.variants[c].Load(); v != nil {
		return v
	}
	plain := p.variants[encode.Identity].Load()
	v := plain
	if len(plain.Body) >= encode.MinSize && encode.Compressible(p.Type[0]) {
		if body := c.Append(nil, plain.Body); len(body) < len(plain.Body) {
			v = &Variant{
				Body:     append(make([]byte, 0, len(body)), body...),
				ETag:     []string{`"` + p.hash + "-" + c.Token() + `"`},
				Length:   []string{strconv.Itoa(len(body))},
				Encoding: []string{c.Token()},
			}
			p.grow(int64(len(body)))
		}
	}
	p.variants[c].Store(v)
	return v
}

func (p *Page) grow(by int64) {
	c := p.cache
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.gone {
		return
	}
	p.size += by
	c.bytes += by
	c.evict(p)
}

// Cache holds pages within a number of bytes.
type Cache struct {
	version func(topics ...string) uint64
	now     func() time.Time
	limit   int64
	flight  singleflight.Group

	mu    sync.RWMutex
	pages map[Key]*Page
	bytes int64
}

// NewCache returns a cache of at most limit bytes. version grows whenever one
// of the topics is touched.
func NewCache(limit int64, version func(topics ...string) uint64, now func() time.Time) *Cache {
	return &Cache{version: version, now: now, limit: limit, pages: make(map[Key]*Page)}
}

// Get returns the page, or nil when there is none that is still true.
func (c *Cache) Get(k Key) *Page {
	c.mu.RLock()
	p := c.pages[k]
	c.mu.RUnlock()
	if p == nil || c.version(p.Topics...) != p.Data || c.now().After(p.Until) {
		return nil
	}
	if !p.used.Load() {
		p.used.Store(true)
	}
	return p
}

// Render returns the page, calling render for it when it must; of many who ask
// at once, one renders. A nil page from render says that the reply cannot be
// kept; then every caller gets nil, and must answer for itself.
func (c *Cache) Render(k Key, topics []string, render func() (contentType string, body []byte, err error)) (*Page, error) {
	if p := c.Get(k); p != nil {
		return p, nil
	}
	id := k.Path + "\x00" + k.Query + "\x00" + k.Lang + "\x00" + strconv.Itoa(int(k.Aids))
	v, err, _ := c.flight.Do(id, func() (any, error) {
		if p := c.Get(k); p != nil {
			return p, nil
		}
		// The version is read before the data, so that a change in between
		// makes the page stale rather than wrong.
		data := c.version(topics...)
		contentType, body, err := render()
		if err != nil || body == nil {
			return (*Page)(nil), err
		}
		p := New(contentType, body, topics, data, c.now())
		c.put(k, p)
		return p, nil
	})
	return v.(*Page), err
}

// Bytes returns how many bytes the pages take now.
func (c *Cache) Bytes() int64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.bytes
}

// Len returns how many pages are kept.
func (c *Cache) Len() int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return len(c.pages)
}

func (c *Cache) put(k Key, p *Page) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.pages[k]; old != nil {
		c.bytes -= old.size
		old.gone = true
	}
	p.cache = c
	p.used.Store(true)
	c.pages[k] = p
	c.bytes += p.size
	c.evict(p)
}

// evict makes room by second chance: a map is walked in random order, so pages
// used since the last walk lose their mark, the others leave. keep leaves last.
func (c *Cache) evict(keep *Page) {
	for pass := 0; pass < 3 && c.bytes > c.limit; pass++ {
		for k, p := range c.pages {
			if c.bytes <= c.limit {
				return
			}
			if pass < 2 && (p == keep || p.used.Swap(false)) {
				continue
			}
			delete(c.pages, k)
			c.bytes -= p.size
			p.gone = true
		}
	}
}
