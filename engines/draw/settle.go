package draw

// trade is a search for a best assignment in which an entry holds another slot:
// who would have to move where. It goes ahead from the slot that is wanted, whose
// holder must move, and back from the slot that is given up, which somebody must
// take; each way may end where somebody may hold nothing, or a slot may stay
// free. A slot is known in a trade when its stamp is the trade's.
type trade struct {
	*heat
	settled []bool  // by slot: given for good
	passed  []int32 // by slot: how many of those who asked for it have had their turns
	stamp   int32
	ahead   []int32 // by slot: stamp
	from    []int32 // by slot: whose holder would move here, -1 for none
	back    []int32 // by slot: stamp
	to      []int32 // by slot: where its holder would move, -1 for none
	moves   []move
	queues  [2][]int32 // of slots: ahead, back
}

type move struct{ entry, slot int32 }

// settle lets the entries choose in turn among the best assignments: each keeps
// those in which it gets the first of its options that any of them gives it. It
// returns by entry the option that came true, nil for none.
func (h *heat) settle() []*option {
	n, m := len(h.at)-1, len(h.slots)
	t := trade{heat: h, settled: make([]bool, m), passed: make([]int32, m), ahead: make([]int32, m), from: make([]int32, m),
		back: make([]int32, m), to: make([]int32, m)}
	chosen := make([]*option, n)
	for e := range n {
		for k := h.at[e]; k < h.at[e+1]; k++ {
			o := &h.options[k]
			if !o.live || t.settled[o.slot] {
				continue
			}
			if h.seat[e] == o.slot || t.get(int32(e), o.slot) {
				chosen[e], t.settled[o.slot] = o, true
				break
			}
		}
	}
	return chosen
}

// get changes the assignment so that the entry, whose turn it is, holds the
// slot, if a best assignment leaves all that is settled as it is.
func (t *trade) get(e, want int32) bool {
	const nowhere = -2 // not found yet where the way ends
	t.stamp++
	outAhead, outBack, taker := int32(nowhere), int32(nowhere), int32(-1)
	t.queues[0], t.queues[1] = t.queues[0][:0], t.queues[1][:0]
	// goAhead and goBack note a slot, and say whether the two ways meet in it.
	goAhead := func(s, from int32) bool {
		t.ahead[s], t.from[s] = t.stamp, from
		t.queues[0] = append(t.queues[0], s)
		if f := t.holder[s]; f < 0 || !t.mustHold[f] {
			outAhead = s
		}
		return t.back[s] == t.stamp
	}
	goBack := func(s, to int32) bool {
		t.back[s], t.to[s] = t.stamp, to
		t.queues[1] = append(t.queues[1], s)
		if !t.mustServe[s] {
			outBack = s
		}
		return t.ahead[s] == t.stamp
	}
	goAhead(want, -1)
	given := t.seat[e]
	if given < 0 {
		outBack = -1
	} else {
		goBack(given, -1)
	}
	for i, k := 0, 0; outAhead == nowhere || outBack == nowhere; {
		if outAhead == nowhere {
			if i == len(t.queues[0]) {
				return false
			}
			s := t.queues[0][i]
			i++
			f := t.holder[s]
			for _, o := range t.options[t.at[f]:t.at[f+1]] {
				if o.live && !t.settled[o.slot] && t.ahead[o.slot] != t.stamp && goAhead(o.slot, s) {
					t.way(o.slot, o.slot)
					return t.apply(e, want)
				}
			}
		}
		if outBack == nowhere {
			if k == len(t.queues[1]) {
				return false
			}
			s := t.queues[1][k]
			k++
			for _, asked := range t.waiting(e, s) {
				o := &t.options[asked]
				if !o.live {
					continue
				}
				held := t.seat[o.entry]
				if held < 0 {
					outBack, taker = s, o.entry
					break
				}
				if t.back[held] != t.stamp && goBack(held, s) {
					t.way(held, held)
					return t.apply(e, want)
				}
			}
		}
	}
	// Whoever is at the end of the way ahead goes without; the way back begins
	// with a slot that is left free, or with a taker who held nothing.
	without := t.holder[outAhead]
	t.way(outAhead, outBack)
	if without >= 0 {
		t.seat[without] = -1
	}
	switch {
	case taker >= 0:
		t.moves = append(t.moves, move{taker, outBack})
	case outBack >= 0:
		t.holder[outBack] = -1
	}
	return t.apply(e, want)
}

// waiting are the options of those whose turns come after e's that ask for the
// slot.
func (t *trade) waiting(e, slot int32) []int32 {
	asked := t.asked[t.askedAt[slot]:t.askedAt[slot+1]]
	k := t.passed[slot]
	for int(k) < len(asked) && t.options[asked[k]].entry <= e {
		k++
	}
	t.passed[slot] = k
	return asked[k:]
}

// way notes the moves of the way ahead up to the one slot, and of the way back
// from the other, -1 for none.
func (t *trade) way(ahead, back int32) {
	t.moves = t.moves[:0]
	for s := ahead; t.from[s] >= 0; s = t.from[s] {
		t.moves = append(t.moves, move{t.holder[t.from[s]], s})
	}
	for s := back; s >= 0 && t.to[s] >= 0; s = t.to[s] {
		t.moves = append(t.moves, move{t.holder[s], t.to[s]})
	}
}

func (t *trade) apply(e, want int32) bool {
	for _, m := range append(t.moves, move{e, want}) {
		t.seat[m.entry], t.holder[m.slot] = m.slot, m.entry
	}
	return true
}
