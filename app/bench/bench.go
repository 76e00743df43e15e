// Package bench measures the program against a limit that the same run
// measures, and prints both with their ratio as one JSON line.
//
// Absolute figures of shared machines mean little; a ratio to what the disk,
// the database or net/http can do in the same minute does. Nothing here is a
// test with a clock: a person reads the line and decides.
package bench

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"math"
	"slices"
	"sync"
	"time"

	"kakehashi/domains"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
)

// City is an empty city, migrated and put together, that a benchmark fills.
type City struct {
	Deps   module.Deps
	House  domains.House
	Server *web.Server
	// Fill makes the demo city in it.
	Fill func(context.Context) error
}

// Env is what a benchmark runs in.
type Env struct {
	// Open makes an empty City in a fresh folder, with its background work
	// running; the returned function ends and removes it.
	Open     func(ctx context.Context) (*City, func(), error)
	Database string // URL of the operator's --database, "" for SQLite in the folder
	Out      io.Writer
}

// Benchmark is one `kakehashi bench NAME`.
type Benchmark struct {
	Name, Help string
	// Setup declares flags and returns the function that runs it.
	Setup func(*flag.FlagSet) func(ctx context.Context, env Env) error
}

// All are the benchmarks there are.
func All() []Benchmark {
	return []Benchmark{
		{"booking", "decisions a second on bookings, against grouped commits or a bare handler", bookingSetup},
		{"pages", "pages a second from memory, against a bare handler, and CPU a page", pagesSetup},
		{"live", "resident memory of one idle live-update connection", liveSetup},
		{"draw", "a whole draw with its proof, against hashing and sorting its entries' keys", drawSetup},
	}
}

// print writes the result as one JSON line.
func print(w io.Writer, v any) error { return json.NewEncoder(w).Encode(v) }

// tally is what a number of clients did together.
type tally struct {
	total   int64
	seconds float64
	times   []float64 // milliseconds, one an operation, sampled
}

func (t tally) rate() float64 { return float64(t.total) / t.seconds }

// add joins what was done in another turn.
func (t *tally) add(o tally) {
	t.total += o.total
	t.seconds += o.seconds
	t.times = append(t.times, o.times...)
	slices.Sort(t.times)
}

// takeTurns measures the limit and ours by turns, each for the duration in all.
func takeTurns(d time.Duration, limit, ours func(d time.Duration) (tally, error)) (l, o tally, err error) {
	for range turns {
		t, err := limit(d / turns)
		if err != nil {
			return l, o, err
		}
		l.add(t)
		if t, err = ours(d / turns); err != nil {
			return l, o, err
		}
		o.add(t)
	}
	return l, o, nil
}

// percentile returns the pth percentile of the sampled times, in milliseconds.
func (t tally) percentile(p float64) float64 {
	if len(t.times) == 0 {
		return 0
	}
	return t.times[min(len(t.times)-1, int(p/100*float64(len(t.times))))]
}

// turns is how many times a limit and what is measured against it take turns,
// so that a machine's moods touch both alike.
const turns = 5

// drive lets clients call op as fast as they can for the duration. op is told
// which client it is and how many it has done.
func drive(ctx context.Context, clients int, d time.Duration, op func(ctx context.Context, client, n int) error) (tally, error) {
	const sampled = 100_000 // times kept a client
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		out   tally
		first error
	)
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	start := time.Now()
	for c := range clients {
		wg.Go(func() {
			times := make([]float64, 0, 4096)
			n := 0
			var err error
			for ; ctx.Err() == nil; n++ {
				began := time.Now()
				if err = op(ctx, c, n); err != nil {
					break
				}
				if len(times) < sampled {
					times = append(times, float64(time.Since(began).Microseconds())/1000)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			out.total += int64(n)
			out.times = append(out.times, times...)
			if err != nil && ctx.Err() == nil && first == nil {
				first = err
				cancel()
			}
		})
	}
	wg.Wait()
	out.seconds = time.Since(start).Seconds()
	slices.Sort(out.times)
	return out, first
}

// round keeps three significant decimals, so that lines stay readable.
func round(f float64) float64 { return math.Round(f*1000) / 1000 }
