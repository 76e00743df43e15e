package web_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"

	"kakehashi/platform/web"
)

// BenchmarkLiveMemory reports what one idle live connection costs the server:
// resident bytes, the client's half of the connection subtracted by keeping it
// to a bare descriptor.
func BenchmarkLiveMemory(b *testing.B) {
	site := start(b, openDB(b), nil, func(c *web.Config) {
		c.LiveTopics = []string{"front"}
		c.LivePerReader = 1 << 20
	})
	ln, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- site.Server.Serve(ctx, ln) }()
	const connections = 2000
	conns := make([]net.Conn, 0, connections)
	before := resident(b)
	for b.Loop() {
		for len(conns) < connections {
			var d net.Dialer
			conn, err := d.DialContext(ctx, "tcp", ln.Addr().String())
			if err != nil {
				b.Fatal(err)
			}
			conns = append(conns, conn)
			if _, err := fmt.Fprint(conn, "GET /live?topic=front HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"); err != nil {
				b.Fatal(err)
			}
			r := bufio.NewReaderSize(conn, 16)
			for line := ""; !strings.HasPrefix(line, "retry"); {
				if line, err = r.ReadString('\n'); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	b.ReportMetric(float64(resident(b)-before)/connections, "B/connection")
	for _, c := range conns {
		c.Close()
	}
	cancel()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
}

// resident returns the bytes of memory the process holds now (Linux).
func resident(b *testing.B) int64 {
	runtime.GC()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		b.Fatalf("resident memory is read from /proc: %v", err)
	}
	var size, pages int64
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		b.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}
