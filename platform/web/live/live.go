// Package live tells readers that something changed, by server-sent events.
//
// It says that a topic changed, never what: the reader asks for the page anew,
// by the route that decides what they may see. Anybody may listen to topics
// that are registered as public, and to no others. An idle connection costs
// two goroutines and its buffers, below 30 kB.
package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

const (
	maxTopics = 8                // topics of one connection
	heartbeat = 25 * time.Second // below the minute after which proxies cut
	writeIn   = 10 * time.Second // a reader who takes longer is gone
)

// Hub knows the public topics, and counts connections, in all and of each
// address.
type Hub struct {
	DB    *db.DB
	Max   int // connections in all
	Apart int // connections of one address

	mu     sync.Mutex
	topics []string
	total  int
	by     map[string]int
	closed chan struct{}
	close  sync.Once
}

// NewHub returns a Hub without topics.
func NewHub(d *db.DB, most, apart int) *Hub {
	return &Hub{DB: d, Max: most, Apart: apart, by: make(map[string]int), closed: make(chan struct{})}
}

// Open lets anybody listen to the topics; a trailing "*" stands for the rest.
func (h *Hub) Open(topics ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.topics = append(h.topics, topics...)
}

// Close ends every connection, and refuses new ones.
func (h *Hub) Close() { h.close.Do(func() { close(h.closed) }) }

// Count returns how many connections there are.
func (h *Hub) Count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.total
}

// Check returns a fault unless the topics are few, public, and there are some.
func (h *Hub) Check(topics []string) error {
	if len(topics) == 0 || len(topics) > maxTopics {
		return fault.New(fault.Invalid, "web.error.form")
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, topic := range topics {
		if !slices.ContainsFunc(h.topics, func(t string) bool {
			rest, all := strings.CutSuffix(t, "*")
			return t == topic || all && strings.HasPrefix(topic, rest)
		}) {
			return fault.New(fault.NotFound, "web.error.not_found")
		}
	}
	return nil
}

// Enter takes a place for the address, or returns false. Leave gives it back.
func (h *Hub) Enter(address string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case <-h.closed:
		return false
	default:
	}
	if h.total >= h.Max || h.by[address] >= h.Apart {
		return false
	}
	h.total++
	h.by[address]++
	return true
}

// Leave gives the place of the address back.
func (h *Hub) Leave(address string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.total--
	if h.by[address]--; h.by[address] == 0 {
		delete(h.by, address)
	}
}

// ErrGone says that the reader left.
var ErrGone = errors.New("live: the reader left")

// Serve writes events to w until the reader leaves (ErrGone) or the Hub closes
// (nil): "change" whenever one of the topics was touched, with the version as
// data and id, so that a reader who comes back with last (Last-Event-ID) hears
// at once of what happened meanwhile. conn is the connection's own writer.
func (h *Hub) Serve(ctx context.Context, w, conn http.ResponseWriter, topics []string, last string) error {
	rc := http.NewResponseController(conn)
	if err := rc.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	send := func(text string) error {
		if err := rc.SetWriteDeadline(time.Now().Add(writeIn)); err != nil {
			return ErrGone
		}
		if _, err := io.WriteString(w, text); err != nil {
			return ErrGone
		}
		if rc.Flush() != nil {
			return ErrGone
		}
		return nil
	}
	changed, stop := h.DB.Watch(topics...)
	defer stop()
	w.WriteHeader(http.StatusOK)
	said := h.DB.Version(topics...)
	hello := "retry: 5000\n\n"
	if last != "" && last != strconv.FormatUint(said, 10) {
		hello += event(said)
	}
	if err := send(hello); err != nil {
		return err
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		text := ": \n\n"
		select {
		case <-h.closed:
			return nil
		case <-ctx.Done():
			return ErrGone
		case <-changed:
			text = event(h.DB.Version(topics...))
		case <-beat.C:
		}
		if err := send(text); err != nil {
			return err
		}
	}
}

func event(version uint64) string {
	return fmt.Sprintf("event: change\nid: %d\ndata: %d\n\n", version, version)
}
