package draw

import "slices"

// option is a slot that would fulfil a wish of an entry.
type option struct {
	entry, slot int32 // of the heat
	wish        int32
	live        bool // some best assignment may use it, as far as is known
}

// heat is the entries of one tier and round, in the order of their turns, with
// what is still to be had of their wishes: a graph between entries and slots.
type heat struct {
	options []option // an entry's together: by wish, in a wish the own room first
	at      []int32  // by entry: where its options begin; and the end
	asked   []int32  // indices of options, a slot's together, by turn
	askedAt []int32  // by slot: where they begin; and the end
	slots   []int32  // by slot of the heat: its index in the draw

	seat   []int32 // by entry: the slot that it holds, -1 for none
	holder []int32 // by slot: the entry that holds it, -1 for none
	// Of what must hold, every best assignment makes use.
	mustHold  []bool // by entry
	mustServe []bool // by slot
}

// allocateRanks runs the draw in the mode Ranks: heat by heat.
func (r *Result) allocateRanks() {
	f := r.frozen
	taken := make([]bool, len(f.spans))
	place := make([]int32, len(f.spans)) // of slots in the heat, from 1
	wins := slices.Clone(f.held)
	limit := int32(min(f.draw.Caps.Wins, 1<<30))
	of := func(k int) (tier int, round int32) {
		return f.draw.Entries[r.Order[k]].Tier, f.round[r.Order[k]]
	}
	for from, to := 0, 0; from < len(r.Order); from = to {
		tier, round := of(from)
		for to = from + 1; to < len(r.Order); to++ {
			if t, n := of(to); t != tier || n != round {
				break
			}
		}
		h := &heat{at: make([]int32, 1, to-from+1)}
		for k, i := range r.Order[from:to] {
			a := &r.Awards[i]
			a.Turn, a.Outcome = from+k+1, Taken
			if limit > 0 && wins[f.account[i]] >= limit {
				a.Outcome = Capped
			} else {
				h.addEntry(f, i, taken, place)
			}
			h.at = append(h.at, int32(len(h.options)))
		}
		h.index()
		h.maximise()
		for k, o := range h.settle() {
			if o == nil {
				continue
			}
			i, slot := r.Order[from+k], h.slots[o.slot]
			a := &r.Awards[i]
			a.Outcome, a.Wish, a.Slots = Won, int(o.wish), []int{int(slot)}
			taken[slot] = true
			wins[f.account[i]]++
		}
		for _, s := range h.slots {
			place[s] = 0
		}
	}
}

// addEntry adds what is still to be had of the entry's wishes.
func (h *heat) addEntry(f *FrozenDraw, entry int, taken []bool, place []int32) {
	add := func(wish int, slot int32) {
		if taken[slot] {
			return
		}
		if place[slot] == 0 {
			h.slots = append(h.slots, slot)
			place[slot] = int32(len(h.slots))
		}
		h.options = append(h.options, option{entry: int32(len(h.at) - 1), slot: place[slot] - 1, wish: int32(wish)})
	}
	for wish, code := range f.flat[f.at[entry]:f.at[entry+1]] {
		own := code >> 2
		add(wish, own)
		if code&partners == 0 {
			continue
		}
		for _, s := range f.row(own) {
			if s >= 0 && s != own {
				add(wish, s)
			}
		}
	}
}

// index makes room for the assignment, and finds options by their slots.
func (h *heat) index() {
	n, m := len(h.at)-1, len(h.slots)
	h.askedAt, h.asked = make([]int32, m+1), make([]int32, len(h.options))
	for i := range h.options {
		h.askedAt[h.options[i].slot+1]++
	}
	for s := range m {
		h.askedAt[s+1] += h.askedAt[s]
	}
	next := slices.Clone(h.askedAt)
	for i := range h.options {
		s := h.options[i].slot
		h.asked[next[s]] = int32(i)
		next[s]++
	}
	h.seat, h.holder = slices.Repeat([]int32{-1}, n), slices.Repeat([]int32{-1}, m)
	h.mustHold, h.mustServe = make([]bool, n), make([]bool, m)
}

// maximise finds an assignment with as many first wishes as possible, then as
// many second ones, and so on (Irving, Kavitha, Mehlhorn, Michail and Paluch
// 2006). Rank after rank the assignment is made as large as options up to that
// rank allow; then options go that no largest assignment makes use of, and
// later ones of those who hold something in all of them.
//
// What is left describes all best assignments: they are those of live options
// in which everybody holds something who must, and every slot is held that must.
func (h *heat) maximise() {
	n := len(h.at) - 1
	s := search{heat: h, level: make([]int32, n), cursor: make([]int32, n), end: slices.Clone(h.at[:n]),
		odd: make([]bool, len(h.slots)), from: make([]mark, n), to: make([]mark, len(h.slots))}
	for wish, more := int32(0), true; more; wish++ {
		more = false
		opened := false
		for e := range n {
			if h.mustHold[e] {
				continue
			}
			k := s.end[e]
			for ; k < h.at[e+1] && h.options[k].wish == wish; k++ {
				if o := &h.options[k]; !h.mustServe[o.slot] {
					o.live, opened = true, true
				}
			}
			s.end[e] = k
			more = more || k < h.at[e+1]
		}
		if opened {
			s.grow()
			s.prune()
		}
	}
}

// mark says how an entry or a slot is reached on paths of options that are and
// are not made use of, by turns.
type mark uint8

const (
	unreached mark = iota
	even           // may hold nothing in a largest assignment
	odd            // holds something in all of them, and takes it from who may not
)

// search is what maximise needs besides the heat.
type search struct {
	*heat
	level  []int32 // by entry: steps from an entry that holds nothing, -1 for out of reach
	cursor []int32 // by entry: the next option to try
	end    []int32 // by entry: behind the last option that was opened
	odd    []bool  // by slot: reached from an entry that holds nothing
	queue  []int32
	from   []mark // by entry
	to     []mark // by slot
}

// grow makes the assignment as large as live options allow (Hopcroft and Karp
// 1973). It leaves level and odd as they are when nothing more is to be had.
func (s *search) grow() {
	for e := range s.seat {
		for k := s.at[e]; k < s.end[e] && s.seat[e] < 0; k++ {
			if o := &s.options[k]; o.live && s.holder[o.slot] < 0 {
				s.seat[e], s.holder[o.slot] = o.slot, o.entry
			}
		}
	}
	for s.layer() {
		copy(s.cursor, s.at)
		for e := range s.seat {
			if s.seat[e] < 0 {
				s.augment(int32(e))
			}
		}
	}
}

// layer finds how far entries are from one that holds nothing, and whether a
// slot that nobody holds is within reach.
func (s *search) layer() (found bool) {
	s.queue = s.queue[:0]
	clear(s.odd)
	for e := range s.level {
		if s.level[e] = -1; s.seat[e] < 0 {
			s.level[e] = 0
			if s.end[e] > s.at[e] {
				s.queue = append(s.queue, int32(e))
			}
		}
	}
	for i := 0; i < len(s.queue); i++ {
		e := s.queue[i]
		for k := s.at[e]; k < s.end[e]; k++ {
			o := &s.options[k]
			if !o.live || s.odd[o.slot] {
				continue
			}
			s.odd[o.slot] = true
			if f := s.holder[o.slot]; f < 0 {
				found = true
			} else if s.level[f] < 0 {
				s.level[f] = s.level[e] + 1
				s.queue = append(s.queue, f)
			}
		}
	}
	return found
}

// augment lets the entry take a slot, its holder the next, to one that is free.
func (s *search) augment(e int32) bool {
	for ; s.cursor[e] < s.end[e]; s.cursor[e]++ {
		o := &s.options[s.cursor[e]]
		if !o.live {
			continue
		}
		if f := s.holder[o.slot]; f < 0 || s.level[f] == s.level[e]+1 && s.augment(f) {
			s.seat[e], s.holder[o.slot] = o.slot, e
			return true
		}
	}
	return false
}

// prune marks entries and slots after Dulmage and Mendelsohn (1958) and strikes
// options that no largest assignment makes use of.
func (s *search) prune() {
	for e := range s.from {
		if s.from[e] = unreached; s.level[e] >= 0 {
			s.from[e] = even
		}
	}
	s.queue = s.queue[:0]
	for x := range s.to {
		switch s.to[x] = unreached; {
		case s.holder[x] < 0:
			s.to[x] = even
			s.queue = append(s.queue, int32(x))
		case s.odd[x]:
			s.to[x] = odd
		}
	}
	for i := 0; i < len(s.queue); i++ {
		x := s.queue[i]
		for _, k := range s.asked[s.askedAt[x]:s.askedAt[x+1]] {
			if o := &s.options[k]; o.live && s.from[o.entry] == unreached {
				s.from[o.entry] = odd
				held := s.seat[o.entry]
				s.to[held] = even
				s.queue = append(s.queue, held)
			}
		}
	}
	for e := range s.from {
		s.mustHold[e] = s.mustHold[e] || s.from[e] != even
		for k := s.at[e]; k < s.end[e]; k++ {
			o := &s.options[k]
			if a, b := s.from[e], s.to[o.slot]; a != even && b != even && (a == odd || b == odd) {
				o.live = false
			}
		}
	}
	for x := range s.to {
		s.mustServe[x] = s.mustServe[x] || s.to[x] != even
	}
}
