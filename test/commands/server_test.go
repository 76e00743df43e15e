package commands

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// patience is how long a program may take for what takes it a moment.
const patience = time.Minute

// server is a program that serves a city.
type server struct {
	url   string
	cmd   *exec.Cmd
	lines chan string   // what it says, until it ends
	done  chan struct{} // closed when its log is whole
}

// startServer starts the program and waits until it says its address. What it
// writes to the standard error goes to the file log.
func startServer(cmd *exec.Cmd, log string) (*server, error) {
	f, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	out, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{cmd: cmd, lines: make(chan string, 1000), done: make(chan struct{})}
	go func() {
		defer close(s.done)
		defer close(s.lines)
		defer f.Close()
		for sc := bufio.NewScanner(out); sc.Scan(); {
			fmt.Fprintln(f, sc.Text())
			select {
			case s.lines <- sc.Text():
			default:
			}
		}
	}()
	s.url, err = s.says("http://")
	return s, err
}

// says waits for a line with the words in it.
func (s *server) says(words string) (string, error) {
	late := time.After(patience)
	for {
		select {
		case line, more := <-s.lines:
			switch {
			case !more:
				return "", fmt.Errorf("it ended without saying %q", words)
			case strings.Contains(line, words):
				return line, nil
			}
		case <-late:
			return "", fmt.Errorf("it has not said %q for %v", words, patience)
		}
	}
}

// stop asks it to stop, and fails unless it ends well.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return s.wait()
}

func (s *server) wait() error {
	select {
	case <-s.done:
	case <-time.After(patience):
		s.kill()
		return fmt.Errorf("it has not stopped for %v", patience)
	}
	return s.cmd.Wait()
}

func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	<-s.done
	_ = s.cmd.Wait() // killed
}

// serveCity starts a command on a fresh demo city for the length of the test.
func serveCity(t *testing.T, command string, flags ...string) (s *server, data string) {
	t.Helper()
	data = filepath.Join(t.TempDir(), "city")
	if err := copyCity(data); err != nil {
		t.Fatal(err)
	}
	return serveAgain(t, data, command, flags...), data
}

func serveAgain(t *testing.T, data, command string, flags ...string) *server {
	t.Helper()
	cmd := exec.Command("kakehashi", append([]string{command, "--data", data, "--addr", "127.0.0.1:0"}, flags...)...)
	s, err := startServer(cmd, filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.kill)
	return s
}

// TestServe_FinishesRequestsUnderWay: a request whose body is still on its way
// when the program is told to stop gets its answer.
func TestServe_FinishesRequestsUnderWay(t *testing.T) {
	s, _ := serveCity(t, "serve")
	addr := strings.TrimPrefix(s.url, "http://")
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	const body = "mail=somebody%40example.jp"
	fmt.Fprintf(conn, "POST /sign-in HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\n"+
		"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n", addr, len(body))
	in := bufio.NewReader(conn)
	// The program says to continue when the request's handler wants the body.
	if line, err := in.ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 100") {
		t.Fatalf("instead of 100 Continue: %q, %v", line, err)
	}
	if _, err := in.ReadString('\n'); err != nil { // the empty line after it
		t.Fatal(err)
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if _, err := s.says("stopping"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, body); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatalf("the request under way was dropped: %v", err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		t.Errorf("%s instead of 303", res.Status)
	}
	if err := s.wait(); err != nil {
		t.Errorf("it did not end well: %v", err)
	}
	if c, err := net.Dial("tcp", addr); err == nil {
		c.Close()
		t.Error("it still listens")
	}
}

// TestDemo_KilledWhileWriting: what was acknowledged before kill -9 is there
// when the program runs again. A sign-in is acknowledged with its cookie.
func TestDemo_KilledWhileWriting(t *testing.T) {
	const clients, enough = 8, 150
	believe := []string{"--trusted-proxy", "127.0.0.0/8"}
	s, data := serveCity(t, "demo", believe...)
	var (
		mu      sync.Mutex
		cookies []*http.Cookie
		wg      sync.WaitGroup
		n       atomic.Int64
	)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for range clients {
		wg.Go(func() {
			for ctx.Err() == nil {
				c, err := signIn(ctx, s.url, n.Add(1))
				if err != nil {
					return // killed
				}
				mu.Lock()
				cookies = append(cookies, c)
				if len(cookies) == enough {
					_ = s.cmd.Process.Kill()
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	s.kill()
	if len(cookies) < enough {
		t.Fatalf("only %d sign-ins were acknowledged", len(cookies))
	}
	again := serveAgain(t, data, "demo", believe...)
	for i, c := range cookies {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, again.url+"/me", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.AddCookie(c)
		req.Header.Set("X-Forwarded-For", address(int64(i)))
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("sign-in %d of %d is lost: %s", i, len(cookies), res.Status)
		}
	}
	if err := again.stop(); err != nil {
		t.Error(err)
	}
	if out, err := exec.Command("kakehashi", "doctor", "--data", data).CombinedOutput(); err != nil {
		t.Errorf("doctor: %v\n%s", err, out)
	}
}

// signIn signs in as one of the cast from an address of its own.
func signIn(ctx context.Context, base string, n int64) (*http.Cookie, error) {
	form := strings.NewReader(url.Values{"as": {"linh"}}.Encode())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/demo-sign-in", form)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Forwarded-For", address(n))
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	for _, c := range res.Cookies() {
		if c.Name == "kakehashi" && res.StatusCode == http.StatusSeeOther {
			return c, nil
		}
	}
	return nil, fmt.Errorf("%s without a cookie", res.Status)
}

// address returns one of many addresses that belong to nobody (RFC 2544).
func address(n int64) string { return fmt.Sprintf("198.18.%d.%d", n/250%250, n%250+1) }
