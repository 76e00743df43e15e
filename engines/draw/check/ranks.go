package check

import (
	"slices"
	"strings"
)

// link is a slot that is still to be had for a wish of an entry. Links are drawn
// between the entries, by their names, and the slots.
type link struct {
	entry, slot string
	wish        int  // from 1
	granted     bool // the proof says that it came true
	live        bool // it is part of a best assignment, as far as is known
}

// heat checks what the proof says of the entries of one tier and round, which
// begin at from, and grants it to them. It returns where the next ones begin.
//
// It looks for no assignment of its own: of the one in the proof it shows that
// no other has more first wishes, or as many and more second ones, and so on;
// and that among those as good as it no entry could have more without another
// having less whose turn comes before.
func (p *proof) heat(order []*entry, from, winsCap int, taken map[string]bool) (to int) {
	var links []*link
	most, given := 0, map[string]bool{}
	for to = from; to < len(order) && order[to].tier == order[from].tier && order[to].round == order[from].round; to++ {
		e := order[to]
		if winsCap > 0 && p.counts["wins "+e.group+" "+e.period] >= winsCap {
			continue
		}
		says, listed, granted := strings.Split(e.says, " "), map[string]bool{}, false
		gone := func(s string) bool { return taken[s] || listed[s] }
		for wish, slots := p.first(e, gone); wish > 0; wish, slots = p.first(e, gone) {
			p.at(e, len(slots) == 1, "a set has no place in this mode")
			l := &link{entry: e.name, slot: slots[0], wish: wish}
			if says[0] == "won" && says[5] == l.slot {
				p.at(e, !given[l.slot], "the slot was given twice")
				e.grant, l.granted, given[l.slot], granted = l.slot, true, true, true
			}
			links, listed[l.slot], most = append(links, l), true, max(most, wish)
		}
		p.at(e, granted || says[0] != "won", "what it won was not to be had for it")
	}
	must := map[string]bool{} // of entries and slots: every best assignment makes use of it
	for wish := 1; wish <= most; wish++ {
		p.rank(order[from:to], links, wish, must)
	}
	p.turns(order[from:to], links, must)
	return to
}

// at says of an entry what must hold, in the line of its award.
func (p *proof) at(e *entry, ok bool, why string, args ...any) {
	for i := 0; !ok && i < len(p.entries); i++ {
		if p.entries[i] == e {
			p.n = p.awards + 1 + i
		}
	}
	p.must(ok, why, args...)
}

// rank shows that as many wishes up to the rank came true as can, and strikes
// the links that are in no such assignment: those between two who must both
// have something, one of them at the cost of somebody who need not.
func (p *proof) rank(entries []*entry, links []*link, rank int, must map[string]bool) {
	has, arcs, back := map[string]bool{}, map[string][]string{}, map[string][]string{}
	byName := map[string]*entry{}
	for _, e := range entries {
		byName[e.name] = e
	}
	for _, l := range links {
		l.live = l.live || l.wish == rank && !must[l.entry] && !must[l.slot]
		p.at(byName[l.entry], l.live || !l.granted || l.wish != rank, "wish %d came true for it, which costs others a dearer one", rank)
		if l.granted && l.wish <= rank {
			has[l.entry], has[l.slot] = true, true
			arcs[l.slot], back[l.entry] = []string{l.entry}, []string{l.slot}
		} else if l.live {
			arcs[l.entry], back[l.slot] = append(arcs[l.entry], l.slot), append(back[l.slot], l.entry)
		}
	}
	var without, free []string
	for _, e := range entries {
		if !has[e.name] {
			without = append(without, e.name)
		}
	}
	for _, l := range links {
		if !has[l.slot] {
			free = append(free, l.slot)
		}
	}
	fromEntries, fromSlots := reach(arcs, nil, without...), reach(back, nil, free...)
	for _, name := range without {
		p.at(byName[name], !fromSlots[name], "with it, one wish of rank %d more could come true", rank)
	}
	for _, l := range links {
		mayLack, mayStay := fromEntries[l.entry], fromSlots[l.slot]
		must[l.entry], must[l.slot] = must[l.entry] || !mayLack, must[l.slot] || !mayStay
		l.live = l.live && (mayLack || mayStay || !fromSlots[l.entry] && !fromEntries[l.slot])
	}
}

// turns shows that no entry could have had more without cost to those whose
// turns come before: that slots cannot be passed on from it, by links that are
// left, around a circle; or from somebody who needs nothing to a slot that may
// stay free, which is a circle through "".
func (p *proof) turns(entries []*entry, links []*link, must map[string]bool) {
	arcs, back, settled := map[string][]string{}, map[string][]string{}, map[string]bool{}
	arc := func(a, b string) { arcs[a], back[b] = append(arcs[a], b), append(back[b], a) }
	given, of := map[string]bool{}, map[string][]*link{}
	for _, l := range links {
		of[l.entry] = append(of[l.entry], l)
		if given[l.slot] = given[l.slot] || l.granted; !l.granted {
			continue
		}
		if arc(l.slot, l.entry); !must[l.entry] {
			arc(l.entry, "")
		}
		if !must[l.slot] {
			arc("", l.slot)
		}
	}
	for _, l := range links {
		if l.live && !l.granted {
			arc(l.entry, l.slot)
		}
		if !given[l.slot] {
			arc(l.slot, "")
		}
	}
	for _, e := range entries {
		if e.grant == "" {
			arc("", e.name)
		}
	}
	for _, e := range entries {
		for _, l := range of[e.name] {
			if l.granted {
				break
			}
			if !l.live || settled[l.slot] {
				continue
			}
			ahead := reach(arcs, settled, l.slot)
			p.at(e, !ahead[e.name] && !(ahead[""] && reach(back, settled, e.name)[""]), "its turn gives it %s, and nobody who comes before has less", l.slot)
		}
		settled[e.name], settled[e.grant] = true, e.grant != ""
	}
}

// reach returns where the arcs lead from the starts, past what is not settled
// and not beyond "".
func reach(arcs map[string][]string, settled map[string]bool, starts ...string) map[string]bool {
	seen := map[string]bool{}
	next := slices.Clone(starts)
	for len(next) > 0 {
		at := next[len(next)-1]
		if next = next[:len(next)-1]; seen[at] || settled[at] {
			continue
		}
		if seen[at] = true; at != "" {
			next = append(next, arcs[at]...)
		}
	}
	return seen
}
