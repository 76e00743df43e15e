package session

import (
	"testing"
	"time"
)

func TestDevice(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36":                   "Chrome, Android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1": "Safari, iPhone",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0":           "Edge, Windows",
		"Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0":                                                                  "Firefox, Linux",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari Line/14.9.0":                      "LINE, iPhone",
		"": "", "something else": "",
	} {
		if got := Device(agent); got != want {
			t.Errorf("Device(%q) = %q, want %q", agent, got, want)
		}
	}
}

func TestStore_Over(t *testing.T) {
	s := Store{Idle: time.Hour}
	now := time.Unix(1e9, 0)
	for _, tt := range []struct {
		seen, expires time.Duration
		over          bool
	}{
		{0, time.Hour, false},
		{-59 * time.Minute, time.Hour, false},
		{-time.Hour, time.Hour, true},
		{0, 0, true},
		{0, -time.Second, true},
	} {
		x := Session{Seen: now.Add(tt.seen), Expires: now.Add(tt.expires)}
		if s.Over(x, now) != tt.over {
			t.Errorf("seen %v, expires %v: over = %v", tt.seen, tt.expires, !tt.over)
		}
	}
}

func TestCache_ForgetsTheOldTheTouchedAndTheUnused(t *testing.T) {
	version := uint64(1)
	c := NewCache[string](func(...string) uint64 { return version })
	now := time.Unix(1e9, 0)
	put := func(i int) [32]byte {
		key := [32]byte{byte(i), byte(i >> 8)}
		c.Put(key, &Cached[string]{Value: "v", Version: version, Loaded: now})
		return key
	}
	key := put(1)
	if got := c.Get(key, now.Add(maxAge)); got == nil || got.Value != "v" {
		t.Fatalf("Get = %v", got)
	}
	if c.Get(key, now.Add(maxAge+1)) != nil {
		t.Error("known for too long")
	}
	key = put(1)
	version++
	if c.Get(key, now) != nil {
		t.Error("known after a touch")
	}
	key = put(1)
	c.Forget(key)
	if c.Get(key, now) != nil {
		t.Error("known after Forget")
	}
	first, second := put(0), put(1)
	for i := 2; i < maxCached; i++ {
		put(i)
	}
	if c.Get(first, now) == nil {
		t.Fatal("forgotten before the cache was full")
	}
	put(maxCached)
	if c.Get(first, now) == nil || c.Get(second, now) != nil {
		t.Error("the one not used for longest must leave first")
	}
	if c.order.Len() != len(c.byKey) || len(c.byKey) != maxCached {
		t.Errorf("%d in order, %d by key", c.order.Len(), len(c.byKey))
	}
}
