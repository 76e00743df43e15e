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
	"time"
)

// Fault is what is wrong with a proof: the line, counted from 1, and why.
type Fault struct {
	Line int
	Why  string
}

func (f *Fault) Error() string { return fmt.Sprintf("line %d: %s", f.Line, f.Why) }

// Report is what a proof shows that holds.
type Report struct {
	Title, Source, Commit, Seed string
	Entries, Won                int
}

// proof is a proof as far as it is read. Faults travel as panics up to Proof.
type proof struct {
	in       *bufio.Reader
	n        int       // the line at hand, from 1
	raw      string    // it, with its end
	text     string    // it, without its checksum
	words    []string  // of text
	above    hash.Hash // of the lines before it
	partners map[string][]string
	periods  map[string]string // by slot
	held     map[string]int    // wins by group and period
	pledges  map[string]string
	shown    map[string]bool // who revealed
	entries  []*entry
}

type entry struct {
	group, period, key, name string
	tier, number, round      int // round 0: no turn
	wishes                   []string
	award                    string
}

// Proof reads a proof and runs its draw again. It returns a *Fault for the
// first line that is not what it must be, or the reader's error.
func Proof(in io.Reader) (rep Report, err error) {
	defer func() {
		if r := recover(); r != nil {
			var ok bool
			if err, ok = r.(error); !ok {
				panic(r)
			}
		}
	}()
	p := &proof{in: bufio.NewReaderSize(in, 1<<16), above: sha256.New(), partners: map[string][]string{}, periods: map[string]string{},
		held: map[string]int{}, pledges: map[string]string{}, shown: map[string]bool{}}
	p.one("kakehashi-draw", 2, 2)
	p.must(p.words[1] == "1", "this is version %s of the format, not 1", p.words[1])
	p.one("title", 2, 999)
	rep.Title = p.text[len("title "):]
	p.one("frozen", 2, 2)
	frozen := p.time(p.words[1])
	p.one("source", 4, 999)
	kind, due := p.words[1], p.time(p.words[2])
	rep.Source = p.text[len("source "):]
	p.must(slices.Contains([]string{"beacon", "typed", "entrants"}, kind) && due.After(frozen), "the seed is of no kind that is known, or was there before the list was frozen")
	p.one("caps", 3, 3)
	entriesCap, winsCap := p.number(p.words[1]), p.number(p.words[2])
	for p.next(); p.is("partners", 3, 9999); p.next() {
		for _, room := range p.words[1:] {
			p.must(p.partners[room] == nil, "%s has partners twice", room)
			p.partners[room] = p.words[1:]
		}
	}
	for ; p.is("slot", 3, 3); p.next() {
		p.must(p.periods[p.words[1]] == "" && strings.Count(p.words[1], "@") == 1, "the slot stands there twice, or is none")
		p.periods[p.words[1]] = p.words[2]
	}
	for ; p.is("held", 4, 4); p.next() {
		p.held[p.words[1]+" "+p.words[2]] += p.number(p.words[3])
	}
	for ; p.is("pledge", 3, 3); p.next() {
		p.pledges[p.words[1]] = p.words[2]
	}
	asked := map[string]int{}
	for ; p.is("entry", 5, 1<<20); p.next() {
		e := p.entry()
		if asked[e.group+" "+e.period]++; entriesCap == 0 || asked[e.group+" "+e.period] <= entriesCap {
			tier := fmt.Sprint(e.group, " ", e.period, " ", e.tier)
			asked[tier]++
			e.round = asked[tier]
		}
		p.entries = append(p.entries, e)
	}
	rep.Entries = len(p.entries)
	p.must(p.is("commit", 2, 2), "a line of another kind belongs here")
	rep.Commit = p.hash("the lines above are not those that were committed to")
	material, values := p.reveals(kind)
	p.must(kind == "beacon" && values == 1 || kind == "typed" && values == 2 || kind == "entrants" && values >= 2, "a seed of the kind %s is not made of %d values", kind, values)
	seed := sha256.Sum256([]byte("kakehashi-draw seed\n" + rep.Commit + "\n" + material))
	rep.Seed = fmt.Sprintf("%x", seed)
	p.must(p.is("seed", 2, 2) && p.words[1] == rep.Seed, "what was revealed gives the seed %s", rep.Seed)
	p.draw(string(seed[:]), winsCap)
	for _, e := range p.entries {
		p.next()
		p.must(p.text == e.award, "the draw gives %q", e.award)
		rep.Won += strings.Count(p.words[0], "won")
	}
	p.one("proof", 2, 2)
	p.hash("the lines above are not those of the proof")
	_, err = p.in.ReadByte()
	p.n++
	p.must(err == io.EOF, "something stands behind the proof")
	return rep, nil
}

func (p *proof) must(ok bool, why string, args ...any) {
	if !ok {
		panic(&Fault{p.n, fmt.Sprintf(why, args...)})
	}
}

// next goes to the next line, which must be whole.
func (p *proof) next() {
	p.above.Write([]byte(p.raw))
	p.n++
	var err error
	if p.raw, err = p.in.ReadString('\n'); err != nil && err != io.EOF {
		panic(err)
	}
	at := strings.LastIndexByte(p.raw, ' ')
	p.must(err == nil && at > 0, "the line is cut off")
	p.text = p.raw[:at]
	sum := fmt.Sprintf("%08x\n", crc32.ChecksumIEEE([]byte(p.text)))
	p.must(p.raw[at+1:] == sum, "the line was changed: what stands in it has the checksum %s, it ends with %q", sum[:8], strings.TrimSuffix(p.raw[at+1:], "\n"))
	p.words = strings.Split(p.text, " ")
	p.must(!slices.Contains(p.words, ""), "a space too many")
}

// is says whether the line begins with the word; it then has that many words.
func (p *proof) is(word string, least, most int) bool {
	if p.words[0] != word {
		return false
	}
	p.must(len(p.words) >= least && len(p.words) <= most, "%q has %d words", word, len(p.words))
	return true
}

func (p *proof) one(word string, least, most int) {
	p.next()
	p.must(p.is(word, least, most), "%q belongs here, not %q", word, p.words[0])
}

func (p *proof) number(s string) int {
	n, err := strconv.Atoi(s)
	p.must(err == nil && n >= 0 && strconv.Itoa(n) == s, "%q is no number", s)
	return n
}

func (p *proof) time(s string) time.Time {
	t, err := time.Parse("2006-01-02T15:04:05Z", s)
	p.must(err == nil, "%q is no time", s)
	return t
}

// hash returns the line's hash, which must be that of the lines above.
func (p *proof) hash(why string) string {
	got := fmt.Sprintf("%x", p.above.Sum(nil))
	p.must(p.words[1] == got, "%s: their hash is %s", why, got)
	return got
}
