// Command startup measures what the operator waits for: from the start of the
// process to the first page on existing data, and the memory it keeps.
//
//	go run ./test/startup [-n 9] [-idle 2s] [-database postgres://…]
//
// It builds the program, fills a demo city, then starts it n times and prints
// one line of JSON: milliseconds to the whole front page (median and worst),
// those of them in which a processor worked for it (which says more on a busy
// machine), and resident memory (MB) after that page and idle seconds.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"
)

func main() {
	n := flag.Int("n", 9, "how many starts")
	idle := flag.Duration("idle", 2*time.Second, "how long after the first page memory is read")
	database := flag.String("database", "", "empty database to use instead of SQLite")
	flag.Parse()
	if err := measure(*n, *idle, *database); err != nil {
		fmt.Fprintln(os.Stderr, "startup:", err)
		os.Exit(1)
	}
}

// result is what is printed.
type result struct {
	Starts   int     `json:"starts"`
	MedianMS float64 `json:"first_page_ms_median"`
	WorstMS  float64 `json:"first_page_ms_worst"`
	WorkMS   float64 `json:"first_page_cpu_ms_median"`
	MemoryMB float64 `json:"resident_mb"`
	OwnMB    float64 `json:"resident_without_files_mb"` // without the pages of the binary and the database
}

func measure(n int, idle time.Duration, database string) error {
	dir, err := os.MkdirTemp("", "startup-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	bin := filepath.Join(dir, "kakehashi")
	flags := []string{"--data", filepath.Join(dir, "data")}
	if database != "" {
		flags = append(flags, "--database", database)
	}
	for _, cmd := range []*exec.Cmd{
		exec.Command("go", "build", "-trimpath", "-o", bin, "."),
		exec.Command(bin, append([]string{"demo", "--fill-only"}, flags...)...),
	} {
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%v: %w\n%s", cmd, err, out)
		}
	}
	r := result{Starts: n}
	var took, worked []float64
	for range n {
		s, err := once(bin, flags, idle)
		if err != nil {
			return err
		}
		took, worked = append(took, s.took), append(worked, s.worked)
		r.MemoryMB, r.OwnMB = max(r.MemoryMB, s.resident), max(r.OwnMB, s.own)
	}
	slices.Sort(took)
	slices.Sort(worked)
	r.MedianMS, r.WorstMS, r.WorkMS = took[n/2], took[n-1], worked[n/2]
	return json.NewEncoder(os.Stdout).Encode(r)
}

// start is what one start comes to, in milliseconds and MB.
type start struct{ took, worked, resident, own float64 }

// once starts the program, asks for the front page until it comes, and reads
// what that took.
func once(bin string, flags []string, idle time.Duration) (s start, err error) {
	addr, err := freeAddr()
	if err != nil {
		return s, err
	}
	cmd := exec.Command(bin, append([]string{"demo", "--addr", addr}, flags...)...)
	var said bytes.Buffer
	cmd.Stderr = &said
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return s, err
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if werr := cmd.Wait(); werr != nil {
			err = errors.Join(err, fmt.Errorf("%w\n%s", werr, &said))
		}
	}()
	if err := firstPage(addr, begun.Add(10*time.Second)); err != nil {
		return s, err
	}
	s.took = float64(time.Since(begun).Microseconds()) / 1000
	if s.worked, err = work(cmd.Process.Pid); err != nil {
		return s, err
	}
	time.Sleep(idle)
	s.resident, s.own, err = memory(cmd.Process.Pid)
	return s, err
}

// work returns how long processors have worked for the process (Linux), in
// milliseconds.
func work(pid int) (ms float64, err error) {
	names, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if errors.Is(err, os.ErrNotExist) { // a thread that has ended
			continue
		}
		if err != nil {
			return 0, err
		}
		var ns float64
		if _, err := fmt.Sscan(string(b), &ns); err != nil {
			return 0, err
		}
		ms += ns / 1e6
	}
	return ms, nil
}

// freeAddr returns an address that nobody listens on.
func freeAddr() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer ln.Close()
	return ln.Addr().String(), nil
}

// firstPage asks until the front page comes whole. The first time somebody
// listens is at most a millisecond before the next try.
func firstPage(addr string, until time.Time) error {
	for {
		res, err := http.Get("http://" + addr + "/")
		if err == nil {
			defer res.Body.Close()
			var page bytes.Buffer
			if _, err := page.ReadFrom(res.Body); err != nil {
				return err
			}
			if res.StatusCode != http.StatusOK {
				return errors.New("GET /: " + res.Status)
			}
			return nil
		}
		if time.Now().After(until) {
			return err
		}
		time.Sleep(time.Millisecond)
	}
}

// memory reads VmRSS and RssAnon of a process (Linux), in MB.
func memory(pid int) (resident, own float64, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range bytes.Lines(b) {
		f := bytes.Fields(line)
		if len(f) < 2 {
			continue
		}
		kb, _ := strconv.ParseFloat(string(f[1]), 64)
		switch string(f[0]) {
		case "VmRSS:":
			resident = kb / 1024
		case "RssAnon:":
			own = kb / 1024
		}
	}
	return resident, own, nil
}
