package check

import (
	"crypto/sha256"
	"fmt"
	"sort"
	"strings"
)

// entry reads an entry and checks what it wishes.
func (p *proof) entry() *entry {
	w := p.words
	e := &entry{group: w[1], name: w[1] + " " + w[2], number: p.number(w[2]), tier: p.number(w[3]), wishes: w[4:]}
	if k := len(p.entries) - 1; k >= 0 {
		b := p.entries[k]
		p.must(b.group < e.group || b.group == e.group && b.number < e.number, "the entry stands there twice, or out of order")
	}
	for _, wish := range e.wishes {
		slots := strings.Split(strings.TrimPrefix(wish, "~"), "+")
		for _, s := range slots {
			period := p.periods[s]
			p.must(period != "" && (e.period == "" || e.period == period), "%s is no slot, or one of another period", s)
			e.period = period
			p.must(wish[0] != '~' || p.partners[room(s)] != nil && room(s) == room(slots[0]), "%s has no partners, or is in another room", s)
		}
	}
	return e
}

func room(slot string) string { return slot[:strings.IndexByte(slot, '@')] }

// reveals reads what was revealed and returns what the seed is made of.
func (p *proof) reveals(kind string) (material string, n int) {
	for p.next(); p.is("reveal", 3, 3); p.next() {
		who, value := p.words[1], p.words[2]
		p.must(!p.shown[who], "%s revealed twice", who)
		p.shown[who] = true
		n++
		pledge := sha256.Sum256([]byte("kakehashi-draw pledge\n" + who + "\n" + value + "\n"))
		switch {
		case kind == "entrants":
			p.must(fmt.Sprintf("%x", pledge) == p.pledges[who], "%s had pledged something else", who)
			material += who + " " + value + "\n"
		case kind == "typed" && n == 2:
			p.must(material == value+"\n", "the two clerks typed different values")
		default:
			material += value + "\n"
		}
	}
	return material, n
}

// draw runs the draw and notes for every entry the line that must stand there.
func (p *proof) draw(seed string, winsCap int) {
	var order []*entry
	for _, e := range p.entries {
		switch {
		case p.pledges[e.group] != "" && !p.shown[e.group]:
			e.award = "lost " + e.name + " 0 unrevealed"
		case e.round == 0:
			e.award = "lost " + e.name + " 0 surplus"
		default:
			key := sha256.Sum256([]byte(fmt.Sprintf("%s%s\n%s\n%d", seed, e.group, e.period, e.round)))
			e.key = string(key[:])
			order = append(order, e)
		}
	}
	sort.SliceStable(order, func(i, j int) bool {
		a, b := order[i], order[j]
		if a.tier != b.tier {
			return a.tier < b.tier
		}
		if a.round != b.round {
			return a.round < b.round
		}
		return a.key < b.key
	})
	taken := map[string]bool{}
	for turn, e := range order {
		e.award = fmt.Sprintf("lost %s %d taken", e.name, turn+1)
		if purse := e.group + " " + e.period; winsCap > 0 && p.held[purse] >= winsCap {
			e.award = fmt.Sprintf("lost %s %d capped", e.name, turn+1)
		} else if wish, slots := p.first(e, taken); wish > 0 {
			e.award = fmt.Sprintf("won %s %d %d %s", e.name, turn+1, wish, slots)
			p.held[purse]++
			for _, s := range strings.Split(slots, "+") {
				taken[s] = true
			}
		}
	}
}

// first returns the first wish that can still come true, from 1, and its slots.
func (p *proof) first(e *entry, taken map[string]bool) (int, string) {
	for i, wish := range e.wishes {
		plain := strings.TrimPrefix(wish, "~")
		rooms := []string{room(plain)}
		if wish != plain {
			rooms = append(rooms, p.partners[rooms[0]]...)
		}
		for _, r := range rooms {
			ok := true
			slots := strings.Split(plain, "+")
			for k, s := range slots {
				if r != rooms[0] {
					slots[k] = r + s[strings.IndexByte(s, '@'):]
				}
				ok = ok && p.periods[slots[k]] != "" && !taken[slots[k]]
			}
			if ok {
				return i + 1, strings.Join(slots, "+")
			}
		}
	}
	return 0, ""
}
