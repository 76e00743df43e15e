package bench

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// liveResult is the line that `bench live` prints.
type liveResult struct {
	Bench       string  `json:"bench"`
	Connections int     `json:"connections"`
	Before      float64 `json:"resident_mb_before"`
	After       float64 `json:"resident_mb_after"`
	Each        float64 `json:"kb_each"` // growth of the whole process, both ends of the connection included
}

// liveSetup measures what one idle live-update connection costs. Client and
// server share the process, so the figure is above what a server pays.
func liveSetup(fs *flag.FlagSet) func(context.Context, Env) error {
	n := fs.Int("connections", 2000, "idle connections")
	topic := fs.String("topic", "places", "topic they watch")
	return func(ctx context.Context, env Env) error {
		c, done, err := env.Open(ctx)
		if err != nil {
			return err
		}
		defer done()
		addr, stop, err := listen(c.Server)
		if err != nil {
			return err
		}
		defer stop()
		request := fmt.Appendf(nil, "GET /live?topic=%s HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n", *topic)
		before, err := resident()
		if err != nil {
			return err
		}
		for range *n {
			conn, err := dial(addr)
			if err != nil {
				return err
			}
			defer conn.c.Close()
			if _, err := conn.c.Write(request); err != nil {
				return err
			}
			line, err := conn.r.ReadString('\n')
			if err != nil {
				return err
			}
			if !strings.Contains(line, strconv.Itoa(http.StatusOK)) {
				return fmt.Errorf("/live answered %q", strings.TrimSpace(line))
			}
		}
		after, err := resident()
		if err != nil {
			return err
		}
		const mb = 1 << 20
		return print(env.Out, liveResult{
			Bench: "live", Connections: *n,
			Before: round(before / mb), After: round(after / mb), Each: round((after - before) / float64(*n) / 1024),
		})
	}
}

// resident returns the resident memory of this process in bytes, after a
// collection.
func resident() (float64, error) {
	runtime.GC()
	debug.FreeOSMemory()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(b))
	if len(fields) < 2 {
		return 0, fmt.Errorf("/proc/self/statm: %q", b)
	}
	pages, err := strconv.ParseFloat(fields[1], 64)
	return pages * float64(os.Getpagesize()), err
}
