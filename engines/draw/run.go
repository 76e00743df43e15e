package draw

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Result is a draw that was run: what became of every entry.
type Result struct {
	// Awards belong to FrozenDraw.Entries, one each.
	Awards []Award
	// Order are the entries that had a turn, first to last.
	Order []int

	frozen  *FrozenDraw
	reveals []Reveal
	seed    [sha256.Size]byte
}

// PledgeOf is what a group publishes before the list is frozen, and reveals
// the value of once it is.
func PledgeOf(group, value string) string {
	sum := sha256.Sum256([]byte("kakehashi-draw pledge\n" + group + "\n" + value + "\n"))
	return hex.EncodeToString(sum[:])
}

// Run makes the seed of what was revealed and runs the draw.
//
// Of a Beacon one value is revealed; a Typed one is revealed twice, by two
// different clerks, to the same CleanValue; of Entrants, what was pledged: who
// withholds it loses their entries, and two at least must have revealed. It
// returns an *Error for what is off.
func (f *FrozenDraw) Run(reveals []Reveal) (*Result, error) {
	reveals = slices.SortedFunc(slices.Values(reveals), func(a, b Reveal) int { return strings.Compare(a.Who, b.Who) })
	if err := f.checkReveals(reveals); err != nil {
		return nil, err
	}
	r := &Result{frozen: f, reveals: reveals, Awards: make([]Award, len(f.draw.Entries))}
	r.seed = f.seedOf(reveals)
	r.order()
	r.allocate()
	return r, nil
}

// allocate gives the slots to the entries by the rule of the draw's mode.
func (r *Result) allocate() {
	if r.frozen.draw.Mode == Ranks {
		r.allocateRanks()
		return
	}
	r.allocateInTurn()
}

func (f *FrozenDraw) checkReveals(reveals []Reveal) error {
	for i, v := range reveals {
		switch {
		case !isName(v.Who) || !isText(v.Value) || strings.Contains(v.Value, " "):
			return wrong("reveal "+v.Who, "who must be a name, the value one printable word")
		case i > 0 && reveals[i-1].Who == v.Who:
			return wrong("reveal "+v.Who, "stands there twice")
		}
	}
	switch f.draw.Source.Kind {
	case Beacon:
		if len(reveals) != 1 {
			return wrong("reveal", "a beacon gives one value, not %d", len(reveals))
		}
	case Typed:
		if len(reveals) != 2 || reveals[0].Value != reveals[1].Value {
			return wrong("reveal", "two clerks must have typed the same value")
		}
	case Entrants:
		for _, v := range reveals {
			if f.pledged[v.Who] != PledgeOf(v.Who, v.Value) {
				return wrong("reveal "+v.Who, "is not what was pledged")
			}
		}
		if len(reveals) < 2 {
			return wrong("reveal", "two entrants at least must have revealed")
		}
	}
	return nil
}

// seedOf binds the seed to the frozen text, so that one public value makes
// different orders in different draws.
func (f *FrozenDraw) seedOf(reveals []Reveal) [sha256.Size]byte {
	var b bytes.Buffer
	b.WriteString("kakehashi-draw seed\n" + f.Commitment() + "\n")
	for _, v := range reveals {
		if f.draw.Source.Kind == Entrants {
			b.WriteString(v.Who + " ")
		}
		b.WriteString(v.Value + "\n")
		if f.draw.Source.Kind == Typed {
			break // the second clerk's is the same
		}
	}
	return sha256.Sum256(b.Bytes())
}

// turn is an entry with what its place in the order depends on.
type turn struct {
	rank  uint64 // tier, then round
	key   uint64 // the first eight bytes of its key
	entry int32
}

// appendKey appends what the key of an entry is the SHA-256 of.
func (r *Result) appendKey(b []byte, entry int32) []byte {
	f := r.frozen
	b = append(append(b, r.seed[:]...), f.draw.Entries[entry].Group...)
	b = append(append(b, '\n'), f.periods[f.account[entry]]...)
	return strconv.AppendInt(append(b, '\n'), int64(f.round[entry]), 10)
}

// order sets entries aside that have no turn, and puts the others in line.
func (r *Result) order() {
	f := r.frozen
	revealed := map[string]bool{}
	for _, v := range r.reveals {
		revealed[v.Who] = true
	}
	turns := make([]turn, 0, len(f.draw.Entries))
	buf := make([]byte, 0, 512)
	for i := range f.draw.Entries {
		e := &f.draw.Entries[i]
		r.Awards[i].Wish = -1
		if len(f.pledged) > 0 && f.pledged[e.Group] != "" && !revealed[e.Group] {
			r.Awards[i].Outcome = Unrevealed
			continue
		}
		if f.round[i] == 0 {
			r.Awards[i].Outcome = Surplus
			continue
		}
		buf = r.appendKey(buf[:0], int32(i))
		sum := sha256.Sum256(buf)
		turns = append(turns, turn{uint64(e.Tier)<<32 | uint64(f.round[i]), binary.BigEndian.Uint64(sum[:8]), int32(i)})
	}
	slices.SortFunc(turns, func(a, b turn) int {
		switch {
		case a.rank != b.rank:
			return cmp.Compare(a.rank, b.rank)
		case a.key != b.key:
			return cmp.Compare(a.key, b.key)
		}
		x, y := sha256.Sum256(r.appendKey(nil, a.entry)), sha256.Sum256(r.appendKey(nil, b.entry))
		return cmp.Or(bytes.Compare(x[:], y[:]), cmp.Compare(a.entry, b.entry))
	})
	r.Order = make([]int, len(turns))
	for i, t := range turns {
		r.Order[i] = int(t.entry)
	}
}

// allocateInTurn lets every entry in turn take the first of its wishes that is left.
func (r *Result) allocateInTurn() {
	f := r.frozen
	taken := make([]bool, len(f.spans))
	wins := slices.Clone(f.held)
	limit := int32(min(f.draw.Caps.Wins, 1<<30))
	// Turns jump from entry to entry. What a turn needs and what it brings is
	// put together, so that a jump ends in one place, and spread out afterwards.
	type stop struct {
		begin, end, account int32
		turn                uint32 // and the outcome, in the highest two bits
	}
	outcomes := [...]Outcome{Taken, Capped, Won}
	const isCapped, isWon, isTurn = 1 << 30, 2 << 30, 1<<30 - 1
	stops := make([]stop, len(r.Awards))
	for i := range stops {
		stops[i] = stop{begin: f.at[i], end: f.at[i+1], account: f.account[i]}
	}
	const inView = 64
	var view [inView]struct{ code, wins int32 }
	for place, i := range r.Order {
		if place%inView == 0 { // look at the next ones together, so that memory answers them together
			for k, next := range r.Order[place:min(place+inView, len(r.Order))] {
				at := &stops[next]
				view[k].code, view[k].wins = f.flat[at.begin], wins[at.account]
			}
		}
		at := &stops[i]
		at.turn = uint32(place + 1)
		if limit > 0 && wins[at.account] >= limit {
			at.turn |= isCapped
			continue
		}
		codes := f.flat[at.begin:at.end]
		for k := 0; len(codes) > 0; k++ {
			n := 1
			for codes[n-1]&more != 0 {
				n++
			}
			slots := f.free(taken, codes[:n])
			codes = codes[n:]
			if slots == nil {
				continue
			}
			at.turn |= isWon
			r.Awards[i].Wish, r.Awards[i].Slots = k, slots
			wins[at.account]++
			for _, s := range slots {
				taken[s] = true
			}
			break
		}
	}
	for i := range stops {
		if turn := stops[i].turn; turn > 0 {
			r.Awards[i].Outcome, r.Awards[i].Turn = outcomes[turn>>30], int(turn&isTurn)
		}
	}
}

// free returns slots that fulfil the wish: its own, or those of the first
// partner room that has all of them; nil for none.
func (f *FrozenDraw) free(taken []bool, wish []int32) []int {
	own := true
	for _, code := range wish {
		own = own && !taken[code>>2]
	}
	if !own && wish[0]&partners == 0 {
		return nil
	}
	slots := func(of func(slot int32) int32) []int {
		in := make([]int, len(wish))
		for k, code := range wish {
			in[k] = int(of(code >> 2))
		}
		return in
	}
	if own {
		return slots(func(s int32) int32 { return s })
	}
	for room := range f.row(wish[0] >> 2) {
		whole := true
		for _, code := range wish {
			s := f.row(code >> 2)[room]
			whole = whole && s >= 0 && !taken[s]
		}
		if whole {
			return slots(func(s int32) int32 { return f.row(s)[room] })
		}
	}
	return nil
}

// Waiting are the entries that wished the slot and won nothing, in the order of
// their turns: who is asked next when a winner lets it go. Entries that were set
// aside are not among them.
func (r *Result) Waiting(slot int) []int {
	var line []int
	for _, i := range r.Order {
		if r.Awards[i].Outcome != Taken {
			continue
		}
		wants := func(w Wish) bool {
			return slices.Contains(w.Slots, slot) || w.Partners && slices.ContainsFunc(w.Slots, func(s int) bool {
				return slices.Contains(r.frozen.row(int32(s)), int32(slot))
			})
		}
		if slices.ContainsFunc(r.frozen.draw.Entries[i].Wishes, wants) {
			line = append(line, i)
		}
	}
	return line
}

// Seed is the seed in hexadecimal.
func (r *Result) Seed() string { return hex.EncodeToString(r.seed[:]) }

// WriteProof writes everything that somebody else needs to run the draw again:
// the frozen text, its hash, what was revealed, the seed, every award and the
// hash of it all.
func (r *Result) WriteProof(w io.Writer) error {
	f := r.frozen
	if _, err := w.Write(f.text); err != nil {
		return err
	}
	sum, err := f.sum.Clone()
	if err != nil {
		return err
	}
	b := words(nil, "commit", f.Commitment())
	for _, v := range r.reveals {
		b = words(b, "reveal", v.Who, v.Value)
	}
	b = words(b, "seed", r.Seed())
	const chunk = 1 << 18
	for i := range r.Awards {
		b = r.appendAward(b, i)
		if len(b) > chunk {
			sum.Write(b)
			if _, err := w.Write(b); err != nil {
				return err
			}
			b = b[:0]
		}
	}
	sum.Write(b)
	b = words(b, "proof", hex.EncodeToString(sum.Sum(nil)))
	_, err = w.Write(b)
	return err
}

func (r *Result) appendAward(b []byte, i int) []byte {
	start := len(b)
	a, e := &r.Awards[i], &r.frozen.draw.Entries[i]
	if a.Outcome == Won {
		b = append(b, "won "...)
	} else {
		b = append(b, "lost "...)
	}
	b = strconv.AppendInt(append(append(b, e.Group...), ' '), int64(e.Number), 10)
	b = strconv.AppendInt(append(b, ' '), int64(a.Turn), 10)
	b = append(b, ' ')
	if a.Outcome == Won {
		b = strconv.AppendInt(b, int64(a.Wish)+1, 10)
		b = r.frozen.appendSlots(append(b, ' '), a.Slots)
	} else {
		b = append(b, a.Outcome...)
	}
	return line(b, start)
}
