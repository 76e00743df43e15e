package web_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"

	"kakehashi/platform/web"
)

// frontPage is about as long as the front page: 30 kB of Japanese and marks.
var frontPage = strings.Repeat("<li><a href=\"/places/7\">会議室1 20人 段差なし</a></li>", 450)

func benchSite(b *testing.B) *web.Server {
	return start(b, openDB(b), []web.Route{
		{Pattern: "GET /{$}", Access: web.Public(), Handle: page(frontPage), Cached: []string{"front", "programmes", "places"}},
		{Pattern: "GET /fresh", Access: web.Public(), Handle: page(frontPage)},
		{Pattern: "GET /mine", Access: web.SignedIn(), Handle: page("short")},
	}, func(c *web.Config) { c.Log = slog.New(slog.DiscardHandler) }).Server
}

// BenchmarkHandler is the cost of our own part of a request, without network.
func BenchmarkHandler(b *testing.B) {
	s := benchSite(b)
	for _, path := range []string{"/", "/fresh"} {
		b.Run(strings.Trim(path, "/")+"|", func(b *testing.B) {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
			r.Header.Set("Accept-Language", "vi-VN,vi;q=0.9,en;q=0.8")
			w := &nowhere{header: http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				s.ServeHTTP(w, r)
			}
		})
	}
}

type nowhere struct{ header http.Header }

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) WriteHeader(int)             {}
func (n *nowhere) Write(b []byte) (int, error) { return len(b), nil }

// BenchmarkServer compares a page from memory with the least that net/http can
// do, over real connections: "bare" sends as many bytes as the compressed page.
func BenchmarkServer(b *testing.B) {
	s := benchSite(b)
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Accept-Encoding", "zstd")
	s.ServeHTTP(w, r)
	body := w.Body.Bytes()
	for name, h := range map[string]http.Handler{
		"bare":   http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }),
		"memory": s,
	} {
		b.Run(name, func(b *testing.B) {
			hs := httptest.NewServer(h)
			defer hs.Close()
			load(b, hs.Listener.Addr().String())
		})
	}
}

// load sends requests over as many connections as are useful, reading replies
// with as little of our own work as can be.
func load(b *testing.B, addr string) {
	const request = "GET / HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n" +
		"Accept-Language: vi-VN,vi;q=0.9,en;q=0.8\r\nAccept: text/html\r\nUser-Agent: Mozilla/5.0 (Linux; Android 14)\r\n\r\n"
	var wg sync.WaitGroup
	var next sync.Mutex
	left := b.N
	take := func() bool {
		next.Lock()
		defer next.Unlock()
		left--
		return left >= 0
	}
	b.ResetTimer()
	for range 4 * runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			var d net.Dialer
			conn, err := d.DialContext(context.Background(), "tcp", addr)
			if err != nil {
				b.Error(err)
				return
			}
			defer conn.Close()
			buf := make([]byte, 64<<10)
			for take() {
				if _, err := io.WriteString(conn, request); err != nil {
					b.Error(err)
					return
				}
				if err := readReply(conn, buf); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// readReply reads one reply with a Content-Length.
func readReply(conn net.Conn, buf []byte) error {
	n, end, length := 0, -1, 0
	for end < 0 || n < end+length {
		m, err := conn.Read(buf[n:])
		if err != nil {
			return err
		}
		n += m
		if end < 0 {
			head := string(buf[:n])
			if i := strings.Index(head, "\r\n\r\n"); i >= 0 {
				end = i + 4
				_, rest, _ := strings.Cut(head, "Content-Length: ")
				for _, d := range []byte(rest) {
					if d < '0' || d > '9' {
						break
					}
					length = length*10 + int(d-'0')
				}
			}
		}
	}
	return nil
}
