// Package live tells readers that something changed, by server-sent events.
//
// It says that a topic changed, never what: the reader asks for the page anew,
// by the route that decides what they may see. Anybody may listen to topics
// that are registered as public, and to no others.
//
// A connection is taken over from net/http, so that its buffers, its request
// and the stack that routing grew are given back: what is left of an idle one
// is two small goroutines and a descriptor, about 10 kB.
package live

import (
	"bytes"
	"fmt"
	"io"
	"net"
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

	running sync.WaitGroup
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

// Close refuses new connections, and ends those that are, before it returns.
func (h *Hub) Close() {
	h.mu.Lock()
	h.close.Do(func() { close(h.closed) })
	h.mu.Unlock()
	h.running.Wait()
}

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

// Enter takes a place for the address, for Serve, or returns false.
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
	h.running.Add(1)
	h.total++
	h.by[address]++
	return true
}

func (h *Hub) leave(address string) {
	defer h.running.Done()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.total--
	if h.by[address]--; h.by[address] == 0 {
		delete(h.by, address)
	}
}

// Serve takes the connection of w over and writes events to it, in the
// background, until the reader leaves or the Hub closes: "change" whenever one
// of the topics was touched, with the version as data and id, so that a reader
// who comes back with last (Last-Event-ID) hears at once of what happened
// meanwhile. The reply begins with the headers of w. It gives back the place of
// the address when it ends, also when it returns an error.
func (h *Hub) Serve(w http.ResponseWriter, conn http.ResponseWriter, topics []string, last, address string) (err error) {
	defer func() {
		if err != nil {
			h.leave(address)
		}
	}()
	c, _, err := http.NewResponseController(conn).Hijack()
	if err != nil {
		return err
	}
	// The watch begins before the version is read: nothing falls between.
	changed, stop := h.DB.Watch(topics...)
	said := h.DB.Version(topics...)
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 200 OK\r\nConnection: close\r\n")
	// Writing to a buffer does not fail.
	_ = w.Header().Write(&b)
	b.WriteString("\r\nretry: 5000\n\n")
	if last != "" && last != strconv.FormatUint(said, 10) {
		b.WriteString(event(said))
	}
	l := &listener{hub: h, conn: c, topics: topics, changed: changed, gone: make(chan struct{})}
	go l.read()
	go func() {
		defer h.leave(address)
		defer c.Close()
		defer stop()
		l.write(b.String())
	}()
	return nil
}

// listener is one connection.
type listener struct {
	hub     *Hub
	conn    net.Conn
	topics  []string
	changed <-chan struct{}
	gone    chan struct{} // closed when the reader left
}

// read waits for the reader to leave; a reader of events has nothing to say.
func (l *listener) read() {
	defer close(l.gone)
	if l.conn.SetReadDeadline(time.Time{}) != nil {
		return
	}
	var b [1]byte
	for {
		if _, err := l.conn.Read(b[:]); err != nil {
			return
		}
	}
}

// write sends the text and then what happens, until the reader leaves or the
// Hub closes.
func (l *listener) write(text string) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		if l.conn.SetWriteDeadline(time.Now().Add(writeIn)) != nil {
			return
		}
		if _, err := io.WriteString(l.conn, text); err != nil {
			return
		}
		select {
		case <-l.hub.closed:
			return
		case <-l.gone:
			return
		case <-l.changed:
			text = event(l.hub.DB.Version(l.topics...))
		case <-beat.C:
			text = ": \n\n"
		}
	}
}

func event(version uint64) string {
	return fmt.Sprintf("event: change\nid: %d\ndata: %d\n\n", version, version)
}
