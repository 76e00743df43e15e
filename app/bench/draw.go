package bench

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"kakehashi/engines/draw"
	"kakehashi/engines/draw/check"
)

// drawResult is the line that `bench draw` prints. Times are of the fastest of
// the turns, the limit's a mean over a turn.
type drawResult struct {
	Bench    string  `json:"bench"`
	Mode     string  `json:"mode"`
	Entries  int     `json:"entries"`
	Slots    int     `json:"slots"`
	Wishes   int     `json:"wishes"`
	Limit    string  `json:"limit"`
	LimitSec float64 `json:"limit_seconds"`
	Seconds  float64 `json:"seconds"`
	Ratio    float64 `json:"ratio"` // how many times the limit the draw takes
	Won      int     `json:"won"`
	First    int     `json:"won_first"` // of these, by their first wishes
	Proof    int64   `json:"proof_bytes"`
	Memory   float64 `json:"memory_mib"`        // most that was ever resident
	Checked  bool    `json:"checked,omitempty"` // the independent checker finds the same; not asked about too many
}

// checkedUpTo is how many entries the independent checker is asked about: it
// is made to be read, not to be fast.
const checkedUpTo = 100_000

// drawMemory is the heap that a draw is held to, so that all of it stays below
// a GiB.
const drawMemory = 850 << 20

// limitsATurn is how many times the limit is reached in a turn, so that it has to
// stand the machine's moods for about as long as a draw has.
const limitsATurn = 3

// drawTurns are more than other benchmarks take: a draw is one long breath, and
// on a busy machine few of them are undisturbed.
const drawTurns = 9

// drawGarbage is how much the heap may grow, in percent, before it is swept:
// below drawMemory there is room, and what a draw makes it keeps.
const drawGarbage = 300

func drawSetup(fs *flag.FlagSet) func(context.Context, Env) error {
	entries := fs.Int("entries", 1_000_000, "entries in the draw")
	slots := fs.Int("slots", 100_000, "slots they are drawn for")
	wishes := fs.Int("wishes", 5, "wishes an entry")
	mode := fs.String("mode", "plain", "plain: in turn; ranks: as many first wishes as possible, then second ones")
	return func(ctx context.Context, env Env) error {
		if *entries < 1 || *slots < 10 || *wishes < 1 {
			return errors.New("--entries and --wishes must be at least 1, --slots at least 10")
		}
		modes := map[string]draw.Mode{"plain": draw.Plain, "ranks": draw.Ranks}
		if _, known := modes[*mode]; !known {
			return errors.New("--mode must be plain or ranks")
		}
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(drawMemory))
		defer debug.SetGCPercent(debug.SetGCPercent(drawGarbage))
		res := drawResult{Bench: "draw", Mode: *mode, Entries: *entries, Slots: *slots, Wishes: *wishes, Limit: "the SHA-256 of each entry, all sorted"}
		d := drawOf(*entries, *slots, *wishes, modes[*mode])
		f, err := os.CreateTemp(".", "bench-draw-")
		if err != nil {
			return err
		}
		defer os.Remove(f.Name())
		defer f.Close()
		for range drawTurns {
			if err := ctx.Err(); err != nil {
				return err
			}
			runtime.GC()
			took := 0.0
			for range limitsATurn {
				took += hashAndSort(d.Entries) / limitsATurn
			}
			if res.LimitSec == 0 || took < res.LimitSec {
				res.LimitSec = took
			}
			if err := f.Truncate(0); err != nil {
				return err
			}
			if _, err := f.Seek(0, 0); err != nil {
				return err
			}
			runtime.GC()
			began := time.Now()
			won, first, err := wholeDraw(d, f)
			if err != nil {
				return err
			}
			if took = time.Since(began).Seconds(); res.Seconds == 0 || took < res.Seconds {
				res.Seconds = took
			}
			res.Won, res.First = won, first
		}
		res.Memory = round(peakMemory())
		if res.Proof, err = f.Seek(0, 1); err != nil {
			return err
		}
		if *entries <= checkedUpTo {
			if _, err := f.Seek(0, 0); err != nil {
				return err
			}
			rep, err := check.Proof(f)
			if err != nil {
				return fmt.Errorf("the independent checker: %w", err)
			}
			if rep.Won != res.Won || rep.Entries != res.Entries {
				return fmt.Errorf("the independent checker finds %d winners of %d", rep.Won, rep.Entries)
			}
			res.Checked = true
		}
		res.Ratio = round(res.Seconds / res.LimitSec)
		res.LimitSec, res.Seconds = round(res.LimitSec), round(res.Seconds)
		return print(env.Out, res)
	}
}

// wholeDraw freezes the draw, runs it and writes its proof; it returns how many
// won, and how many their first wishes.
func wholeDraw(d draw.Draw, f *os.File) (won, first int, err error) {
	frozen, err := draw.Freeze(d)
	if err != nil {
		return 0, 0, err
	}
	res, err := frozen.Run([]draw.Reveal{{Who: "beacon", Value: "7d3f9a"}})
	if err != nil {
		return 0, 0, err
	}
	for i := range res.Awards {
		switch wish := res.Awards[i].Wish; {
		case wish == 0:
			first++
			won++
		case wish > 0:
			won++
		}
	}
	w := bufio.NewWriterSize(f, 1<<20)
	if err := res.WriteProof(w); err != nil {
		return 0, 0, err
	}
	return won, first, w.Flush()
}

// hashAndSort is the limit: the key of each entry, hashed and sorted.
func hashAndSort(entries []draw.Entry) float64 {
	type key struct {
		hash  [sha256.Size]byte
		entry int32
	}
	began := time.Now()
	seed := sha256.Sum256([]byte("seed"))
	keys := make([]key, len(entries))
	var b []byte
	for i := range entries {
		e := &entries[i]
		b = append(append(append(b[:0], seed[:]...), e.Group...), "\n2027-02\n"...)
		b = strconv.AppendInt(b, int64(e.Number), 10)
		sum := sha256.Sum256(b)
		keys[i] = key{sum, int32(i)}
	}
	slices.SortFunc(keys, func(a, b key) int { return bytes.Compare(a.hash[:], b.hash[:]) })
	return time.Since(began).Seconds()
}

// drawOf makes a draw up: rooms in pairs of partners, ten times each; groups
// with one to three entries in two tiers; of the wishes a tenth are sets and a
// tenth take partner rooms. In the mode Ranks, which has no sets, these are
// single slots.
func drawOf(entries, slots, wishes int, mode draw.Mode) draw.Draw {
	const times = 10
	rnd := rand.New(rand.NewPCG(3, 1))
	d := draw.Draw{
		Title: "Bench", Mode: mode, Frozen: time.Date(2026, 11, 11, 0, 0, 0, 0, time.UTC),
		Source: draw.Source{Kind: draw.Beacon, What: "bench round 1", Due: time.Date(2026, 11, 11, 3, 0, 0, 0, time.UTC)},
		Caps:   draw.Caps{Entries: 3, Wins: 2},
		Slots:  make([]draw.Slot, slots), Entries: make([]draw.Entry, 0, entries),
	}
	for i := range d.Slots {
		d.Slots[i] = draw.Slot{Room: fmt.Sprintf("r%05d", i/times), Time: fmt.Sprintf("6.%d", i%times), Period: "2027-02"}
	}
	for r := 0; (r+2)*times <= slots; r += 2 {
		d.Partners = append(d.Partners, []string{d.Slots[r*times].Room, d.Slots[(r+1)*times].Room})
	}
	for group := 0; len(d.Entries) < entries; group++ {
		name := fmt.Sprintf("g%07d", group)
		for number := range 1 + rnd.IntN(3) {
			if len(d.Entries) == entries {
				break
			}
			e := draw.Entry{Group: name, Number: number + 1, Tier: 1 + rnd.IntN(2), Wishes: make([]draw.Wish, wishes)}
			all := make([]int, 0, wishes*2) // the slots of all its wishes
			for k := range e.Wishes {
				s, from := rnd.IntN(slots), len(all)
				all = append(all, s)
				switch room := s / times; rnd.IntN(10) {
				case 0:
					if mode == draw.Plain && s+1 < slots && (s+1)/times == room {
						all = append(all, s+1)
					}
				case 1:
					e.Wishes[k].Partners = room < 2*len(d.Partners)
				}
				e.Wishes[k].Slots = all[from:len(all):len(all)]
			}
			d.Entries = append(d.Entries, e)
		}
	}
	return d
}

// peakMemory is the most memory that was ever resident, in MiB: the kernel's
// word for it, or where it gives none, all that was asked of it.
func peakMemory() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err == nil {
		for line := range bytes.Lines(status) {
			if rest, ok := strings.CutPrefix(string(line), "VmHWM:"); ok {
				if kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64); err == nil {
					return kib / 1024
				}
			}
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.Sys) / (1 << 20)
}
