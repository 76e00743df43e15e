package web

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"kakehashi/platform/fault"
)

const (
	maxTopics = 8                // topics of one connection
	heartbeat = 25 * time.Second // below the minute after which proxies cut
	writeIn   = 10 * time.Second // a reader who takes longer is gone
)

// liveHub counts live connections, in all and of each address.
type liveHub struct {
	topics     []string
	max, apart int

	mu    sync.Mutex
	total int
	by    map[string]int
}

func newLiveHub(cfg Config) *liveHub {
	return &liveHub{topics: cfg.LiveTopics, max: cfg.MaxLive, apart: cfg.LivePerReader, by: make(map[string]int)}
}

// enter takes a place for the address, and reports whether there was one.
func (l *liveHub) enter(address string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.total >= l.max || l.by[address] >= l.apart {
		return false
	}
	l.total++
	l.by[address]++
	return true
}

func (l *liveHub) leave(address string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total--
	if l.by[address]--; l.by[address] == 0 {
		delete(l.by, address)
	}
}

func (l *liveHub) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.total
}

// public reports whether anybody may watch the topic.
func (l *liveHub) public(topic string) bool {
	return slices.ContainsFunc(l.topics, func(t string) bool {
		if rest, ok := strings.CutSuffix(t, "*"); ok {
			return strings.HasPrefix(topic, rest)
		}
		return t == topic
	})
}

// PublicTopics adds topics that anybody may watch; a trailing "*" stands for
// the rest of a name. Call it before serving.
func (s *Server) PublicTopics(topics ...string) { s.live.topics = append(s.live.topics, topics...) }

// serveLive answers GET /live?topic=…&topic=… with server-sent events: "change"
// whenever one of the topics was touched, with the version as data and id, so
// that a reader who comes back with Last-Event-ID hears at once of what
// happened meanwhile. The event says that something changed, never what.
func (s *Server) serveLive(c *Context) error {
	topics := c.Form()["topic"]
	if len(topics) == 0 || len(topics) > maxTopics {
		return fault.New(fault.Invalid, "web.error.form")
	}
	for _, t := range topics {
		if !s.live.public(t) {
			return notFound()
		}
	}
	address := c.network64()
	if !s.live.enter(address) {
		return tooBusy()
	}
	defer s.live.leave(address)

	rc := http.NewResponseController(c.out.ResponseWriter)
	if err := rc.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	send := func(text string) error {
		if err := rc.SetWriteDeadline(time.Now().Add(writeIn)); err != nil {
			return err
		}
		if _, err := io.WriteString(&c.out, text); err != nil {
			return err
		}
		return rc.Flush()
	}
	changed, stop := s.cfg.DB.Watch(topics...)
	defer stop()
	h := c.out.Header()
	h.Set("Content-Type", "text/event-stream")
	h["Cache-Control"] = headerNoStore
	h.Set("X-Accel-Buffering", "no") // nginx would wait for more
	c.out.WriteHeader(http.StatusOK)

	said := s.cfg.DB.Version(topics...)
	hello := "retry: 5000\n\n"
	if last := c.r.Header.Get("Last-Event-ID"); last != "" && last != strconv.FormatUint(said, 10) {
		hello += event(said)
	}
	// From here on a failed write means that the reader is gone.
	if send(hello) != nil {
		c.gone = true
		return nil
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		text := ": \n\n"
		select {
		case <-s.closing:
			return nil
		case <-c.ctx.Done():
			c.gone = true
			return nil
		case <-changed:
			text = event(s.cfg.DB.Version(topics...))
		case <-beat.C:
		}
		if send(text) != nil {
			c.gone = true
			return nil
		}
	}
}

func event(version uint64) string {
	return fmt.Sprintf("event: change\nid: %d\ndata: %d\n\n", version, version)
}
