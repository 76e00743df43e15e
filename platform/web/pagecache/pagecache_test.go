package pagecache

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kakehashi/platform/web/encode"
)

type world struct {
	version atomic.Uint64
	clock   atomic.Int64
}

func (w *world) cache(limit int64) *Cache {
	return NewCache(limit, func(...string) uint64 { return w.version.Load() },
		func() time.Time { return time.Unix(w.clock.Load(), 0) })
}

func body(s string) func() (string, []byte, error) {
	return func() (string, []byte, error) { return "text/html", []byte(s), nil }
}

func TestRender_OnceUntilTouchedOrOld(t *testing.T) {
	var w world
	c := w.cache(1 << 20)
	key := Key{Path: "/", Lang: "ja"}
	show := func(s string) string {
		p, err := c.Render(key, []string{"a"}, body(s))
		if err != nil {
			t.Fatal(err)
		}
		return string(p.Variant(encode.Identity).Body)
	}
	if got := show("one"); got != "one" {
		t.Fatal(got)
	}
	if got := show("two"); got != "one" {
		t.Errorf("rendered again although nothing changed: %q", got)
	}
	w.version.Add(1)
	if c.Get(key) != nil {
		t.Error("served after a touch")
	}
	if got := show("three"); got != "three" {
		t.Errorf("after a touch: %q", got)
	}
	w.clock.Add(int64(MaxAge/time.Second) + 1)
	if got := show("four"); got != "four" {
		t.Errorf("after a minute: %q", got)
	}
}

func TestRender_ChangeWhileRenderingIsNotKept(t *testing.T) {
	var w world
	c := w.cache(1 << 20)
	key := Key{Path: "/"}
	_, err := c.Render(key, []string{"a"}, func() (string, []byte, error) {
		w.version.Add(1)
		return "text/html", []byte("old"), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.Get(key) != nil {
		t.Error("a page older than the change is served")
	}
}

func TestRender_ManyWaitForOne(t *testing.T) {
	var w world
	c := w.cache(1 << 20)
	var calls atomic.Int32
	began, release := make(chan struct{}), make(chan struct{})
	render := func() (string, []byte, error) {
		if calls.Add(1) == 1 {
			close(began)
		}
		<-release
		return "text/html", []byte("x"), nil
	}
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = c.Render(Key{Path: "/"}, nil, render) })
	<-began
	for range 20 {
		wg.Go(func() {
			if p, err := c.Render(Key{Path: "/"}, nil, render); p == nil || err != nil {
				t.Errorf("Render = %v, %v", p, err)
			}
		})
	}
	close(release)
	wg.Wait()
	if n := calls.Load(); n != 1 {
		t.Errorf("rendered %d times", n)
	}
}

func TestRender_FailureIsNotKept(t *testing.T) {
	var w world
	c := w.cache(1 << 20)
	want := errors.New("no data")
	if _, err := c.Render(Key{}, nil, func() (string, []byte, error) { return "", nil, want }); !errors.Is(err, want) {
		t.Errorf("err = %v", err)
	}
	if p, err := c.Render(Key{}, nil, func() (string, []byte, error) { return "", nil, nil }); p != nil || err != nil {
		t.Errorf("a reply that cannot be kept: %v, %v", p, err)
	}
	if c.Len() != 0 {
		t.Error("something was kept")
	}
}

func TestCache_StaysWithinItsBytes(t *testing.T) {
	var w world
	const limit = 100 << 10
	c := w.cache(limit)
	for i := range 200 {
		p, err := c.Render(Key{Path: fmt.Sprint(i)}, nil, body(strings.Repeat(fmt.Sprint(i), 2000)))
		if err != nil {
			t.Fatal(err)
		}
		p.Variant(encode.Gzip)
		if i == 0 {
			continue
		}
		if c.Bytes() > limit {
			t.Fatalf("after %d pages: %d bytes", i, c.Bytes())
		}
	}
	if c.Len() < 5 {
		t.Errorf("only %d pages are left", c.Len())
	}
	var sum int64
	for _, p := range c.pages {
		sum += p.size
	}
	if sum != c.Bytes() {
		t.Errorf("bytes = %d, pages add up to %d", c.Bytes(), sum)
	}
}

func TestVariant(t *testing.T) {
	long := New("text/html", []byte(strings.Repeat("word ", 1000)), nil, 0, time.Time{})
	tags := map[string]bool{}
	for _, coding := range []encode.Coding{encode.Identity, encode.Gzip, encode.Zstd} {
		v := long.Variant(coding)
		tags[v.ETag[0]] = true
		if v.Length[0] != fmt.Sprint(len(v.Body)) {
			t.Errorf("length %v of %d bytes", v.Length, len(v.Body))
		}
		if long.Variant(coding) != v {
			t.Error("made twice")
		}
	}
	if len(tags) != 3 {
		t.Errorf("strong tags must differ between codings: %v", tags)
	}
	if v := New("text/html", []byte("short"), nil, 0, time.Time{}).Variant(encode.Gzip); v.Encoding != nil {
		t.Error("a short body was compressed")
	}
}
