package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// conn is one keep-alive connection of the load generator. It speaks just
// enough HTTP/1.1 that the server, and not the client, is what is measured.
type conn struct {
	c net.Conn
	r *bufio.Reader
}

func dial(addr string) (*conn, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &conn{c: c, r: bufio.NewReaderSize(c, 4<<10)}, nil
}

// do sends a whole request and reads the reply through, returning its status.
func (c *conn) do(request []byte) (status int, err error) {
	if _, err := c.c.Write(request); err != nil {
		return 0, err
	}
	line, err := c.r.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if len(line) < 12 {
		return 0, fmt.Errorf("status line %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, err
	}
	length := -1
	chunked := false
	for {
		line, err = c.r.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		if len(line) <= 2 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch {
		case len(name) == 14 && bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return 0, err
			}
		case len(name) == 17 && bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = true
		}
	}
	switch {
	case chunked:
		return status, c.skipChunks()
	case length >= 0:
		_, err = c.r.Discard(length)
		return status, err
	case status == http.StatusNotModified || status == http.StatusNoContent:
		return status, nil
	}
	return 0, errors.New("a reply without a length")
}

func (c *conn) skipChunks() error {
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 64)
		if err != nil {
			return err
		}
		if _, err := c.r.Discard(int(n) + 2); err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
	}
}

// listen serves h on a loopback port; the returned function ends it.
func listen(h http.Handler) (addr string, stop func(), err error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Serve(ln)
	}()
	return ln.Addr().String(), func() { s.Close(); <-done }, nil
}

// bare is the limit for pages: a handler that writes a body it holds.
func bare(body []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(body)
	})
}

// bareEcho is the limit for requests with a body: it reads it and answers OK.
func bareEcho() http.Handler {
	reply := []byte(`{"ok":true}`)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write(reply)
	})
}

// driveHTTP lets clients send the requests that request makes, each over its
// own connection.
func driveHTTP(ctx context.Context, addr string, clients int, d time.Duration, request func(client, n int) []byte, seen func(status int)) (tally, error) {
	conns := make([]*conn, clients)
	for i := range conns {
		c, err := dial(addr)
		if err != nil {
			return tally{}, err
		}
		defer c.c.Close()
		conns[i] = c
	}
	return drive(ctx, clients, d, func(_ context.Context, client, n int) error {
		status, err := conns[client].do(request(client, n))
		if err == nil {
			seen(status)
		}
		return err
	})
}
