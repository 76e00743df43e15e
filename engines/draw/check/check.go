package check

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Fault is what is wrong with a proof: the line, counted from 1, and why.
type Fault struct {
	Line int
	Why  string
}

func (f *Fault) Error() string { return fmt.Sprintf("line %d: %s", f.Line, f.Why) }

// Report is what a proof shows that holds.
type Report struct {
	Title, Mode, Source, Commit, Seed string // Mode is plain or ranks
	Entries, Won                      int
}

// proof is a proof as far as it is read. Faults travel as panics up to Proof.
type proof struct {
	in               *bufio.Reader
	n, awards        int                 // the line at hand, from 1, and the one above the awards
	raw, text        string              // the line at hand, with its checksum and without
	words            []string            // of text
	above            hash.Hash           // of the lines before it
	partners         map[string][]string // by room, with a ~ before it
	periods, pledges map[string]string   // by slot, by group
	counts           map[string]int      // wins, entries and rounds of groups
	revealed         map[string]bool
	entries          []*entry
	before           entry // the last of entries
}

type entry struct {
	group, period, name, key, award, says, grant string
	tier, number, round                          int // round 0: no turn
	wishes                                       []string
}

// Proof reads a proof and runs its draw again. It returns a *Fault for the
// first line that is not what it must be, or the reader's error.
func Proof(in io.Reader) (rep Report, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = r.(error)
		}
	}()
	p := &proof{in: bufio.NewReader(in), above: sha256.New(), partners: map[string][]string{}, periods: map[string]string{},
		counts: map[string]int{}, pledges: map[string]string{}, revealed: map[string]bool{}}
	p.must(p.next("kakehashi-draw", 2) && p.words[1] == "1", "this is no proof in version 1 of the format")
	p.must(p.next("title", 2), "the title belongs here")
	rep.Title = p.text[len("title "):]
	p.must(p.next("frozen", 2), "the time at which the list was frozen belongs here")
	frozen := p.words[1] // times of this form sort as text
	p.must(p.next("source", 4) && p.words[2] > frozen, "the source of the seed belongs here, due after the list was frozen")
	rep.Source = p.text[len("source "):]
	kind := p.words[1]
	p.must(p.next("caps", 3), "the caps belong here")
	entriesCap, winsCap := p.number(p.words[1]), p.number(p.words[2])
	ranks := p.next("mode", 2)
	p.must(!ranks || p.text == "mode ranks" && !p.next("mode", 2), "there is no such mode")
	for more := p.is("partners", 3); more; more = p.next("partners", 3) {
		for _, room := range p.words[1:] {
			p.partners["~"+room] = p.words[1:]
		}
	}
	for more := p.is("slot", 3); more; more = p.next("slot", 3) {
		p.must(p.periods[p.words[1]] == "" && strings.Count(p.words[1], "@") == 1, "the slot stands there twice, or is none")
		p.periods[p.words[1]] = p.words[2]
	}
	for more := p.is("held", 4); more; more = p.next("held", 4) {
		p.counts["wins "+p.words[1]+" "+p.words[2]] = p.number(p.words[3])
	}
	for more := p.is("pledge", 3); more; more = p.next("pledge", 3) {
		p.pledges[p.words[1]] = p.words[2]
	}
	for more := p.is("entry", 5); more; more = p.next("entry", 5) {
		p.entry(entriesCap)
	}
	p.must(p.is("commit", 2), "%q does not belong here", p.words[0])
	rep.Entries, rep.Commit, rep.Mode = len(p.entries), fmt.Sprintf("%x", p.above.Sum(nil)), map[bool]string{false: "plain", true: "ranks"}[ranks]
	p.must(p.words[1] == rep.Commit, "the lines above are not those that were committed to: their hash is %s", rep.Commit)
	seed := sha256.Sum256([]byte("kakehashi-draw seed\n" + rep.Commit + "\n" + p.reveals(kind)))
	rep.Seed = fmt.Sprintf("%x", seed)
	p.must(p.is("seed", 2) && p.words[1] == rep.Seed, "what was revealed gives the seed %s", rep.Seed)
	p.awards = p.n
	for _, e := range p.entries {
		p.next("won", 6)
		e.says = p.text
		rep.Won += strings.Count(p.words[0], "won")
	}
	p.draw(string(seed[:]), winsCap, ranks)
	for i, e := range p.entries {
		p.n = p.awards + 1 + i
		p.must(e.says == e.award, "the draw gives %q", e.award)
	}
	p.must(p.next("proof", 2) && p.words[1] == fmt.Sprintf("%x", p.above.Sum(nil)), "the hash of the lines above belongs here: %x", p.above.Sum(nil))
	_, err = p.in.ReadByte()
	p.must(err == io.EOF, "something stands behind the proof")
	return rep, nil
}

func (p *proof) must(ok bool, why string, args ...any) {
	if !ok {
		panic(&Fault{p.n, fmt.Sprintf(why, args...)})
	}
}

// next goes to the next line, which must be whole, and says whether it is one of the word.
func (p *proof) next(word string, least int) bool {
	p.above.Write([]byte(p.raw))
	p.n++
	raw, err := p.in.ReadString('\n')
	at := strings.LastIndexByte(raw, ' ')
	p.must(err == nil || err == io.EOF, "the line cannot be read: %v", err)
	p.must(err == nil && at > 0, "the line is cut off")
	p.raw, p.text = raw, raw[:at]
	sum := fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(p.text)))
	p.must(p.raw[at+1:] == sum+"\n", "the line was changed: what stands in it has the checksum %s, it ends with %q", sum, strings.TrimSpace(p.raw[at:]))
	p.words = strings.Split(p.text, " ")
	return p.is(word, least)
}

// is says whether the line begins with the word; it then has that many words at least.
func (p *proof) is(word string, least int) bool {
	p.must(p.words[0] != word || len(p.words) >= least && !slices.Contains(p.words, ""), "a word is missing")
	return p.words[0] == word
}

func (p *proof) number(s string) int {
	n, _ := strconv.Atoi(s)
	p.must(n >= 0 && strconv.Itoa(n) == s, "%q is no number", s)
	return n
}

func (p *proof) entry(most int) {
	w := p.words
	e := &entry{group: w[1], name: w[1] + " " + w[2], number: p.number(w[2]), tier: p.number(w[3]), wishes: w[4:]}
	p.must(p.before.group < e.group || p.before.group == e.group && p.before.number < e.number, "the entry stands there twice, or out of order")
	for _, s := range strings.Split(strings.ReplaceAll(strings.Join(e.wishes, "+"), "~", ""), "+") {
		p.must(p.periods[s] != "" && (e.period == "" || e.period == p.periods[s]), "%q is no slot, or one of another period", s)
		e.period = p.periods[s]
	}
	asked, tier := "asked "+e.group+" "+e.period, fmt.Sprint("rounds ", e.group, " ", e.period, " ", e.tier)
	if p.counts[asked]++; most == 0 || p.counts[asked] <= most {
		p.counts[tier]++
		e.round = p.counts[tier]
	}
	p.before, p.entries = *e, append(p.entries, e)
}

// reveals reads what was revealed and returns what the seed is made of.
func (p *proof) reveals(kind string) (material string) {
	for more := p.next("reveal", 3); more; more = p.next("reveal", 3) {
		who, value := p.words[1], p.words[2]
		pledge := fmt.Sprintf("%x", sha256.Sum256([]byte("kakehashi-draw pledge\n"+who+"\n"+value+"\n")))
		p.must(!p.revealed[who] && (kind != "entrants" || pledge == p.pledges[who]), "%s revealed twice, or had pledged something else", who)
		p.revealed[who] = true
		line := value + "\n"
		if kind == "entrants" {
			line = material + who + " " + line
		}
		p.must(kind == "entrants" || material == "" || material == line, "the values differ")
		material = line
	}
	n := len(p.revealed)
	p.must(kind == "beacon" && n == 1 || kind == "typed" && n == 2 || kind == "entrants" && n >= 2, "a seed of the kind %s is not made of %d values", kind, n)
	return material
}

// draw runs the draw and notes for every entry the line that must stand there.
func (p *proof) draw(seed string, winsCap int, ranks bool) {
	var order []*entry
	for _, e := range p.entries {
		e.key = fmt.Sprintf("%012d %012d %x", e.tier, e.round, sha256.Sum256(fmt.Appendf(nil, "%s%s\n%s\n%d", seed, e.group, e.period, e.round)))
		if e.award = "lost " + e.name + " 0 surplus"; p.pledges[e.group] != "" && !p.revealed[e.group] {
			e.award = "lost " + e.name + " 0 unrevealed"
		} else if e.round > 0 {
			order = append(order, e)
		}
	}
	slices.SortStableFunc(order, func(a, b *entry) int { return strings.Compare(a.key, b.key) })
	taken, heat := map[string]bool{}, 0
	for turn, e := range order {
		if ranks && turn == heat {
			heat = p.heat(order, turn, winsCap, taken)
		}
		e.award = fmt.Sprintf("lost %s %d taken", e.name, turn+1)
		if wins := "wins " + e.group + " " + e.period; winsCap > 0 && p.counts[wins] >= winsCap {
			e.award = fmt.Sprintf("lost %s %d capped", e.name, turn+1)
		} else if wish, slots := p.first(e, func(s string) bool { return taken[s] || ranks && s != e.grant }); wish > 0 {
			e.award = fmt.Sprintf("won %s %d %d %s", e.name, turn+1, wish, strings.Join(slots, "+"))
			p.counts[wins]++
			for _, s := range slots {
				taken[s] = true
			}
		}
	}
}

// first returns the first wish that can still come true, from 1, and its slots.
func (p *proof) first(e *entry, gone func(slot string) bool) (int, []string) {
	for i, wish := range e.wishes {
		room, _, _ := strings.Cut(wish, "@")
		plain, own := strings.TrimPrefix(wish, "~"), strings.TrimPrefix(room, "~")
		for _, r := range append([]string{own}, p.partners[room]...) {
			slots := strings.Split(strings.ReplaceAll(plain, own+"@", r+"@"), "+")
			if !slices.ContainsFunc(slots, func(s string) bool { return p.periods[s] == "" || gone(s) }) {
				return i + 1, slots
			}
		}
	}
	return 0, nil
}
