package draw

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// highestTier is the last tier there may be.
const highestTier = 1_000_000

// most is how many slots, or entries, a draw may have.
const most = 20_000_000

// longest is how many bytes a name, a title or a value may have.
const longest = 200

// FrozenDraw is a Draw that can no longer change: its text is fixed.
type FrozenDraw struct {
	draw    Draw
	names   names
	spans   []int32  // by slot: its period, an index into terms
	terms   []string // the periods there are
	rows    []int32  // rows of partners, their length before them: see row
	rowAt   []int32  // by slot: where its row begins in rows, 0 for none
	account []int32  // by entry: which (group, period) it counts for
	flat    []int32  // the wishes of all entries, one after the other: see more
	at      []int32  // by entry: where its wishes begin in flat; and the end
	periods []string // by account
	round   []int32  // by entry: 1 for the first of its group, period and tier; 0 when set aside
	held    []int32  // by account: wins from before
	pledged map[string]string
	text    []byte
	sum     hash.Cloner // of text
	commit  [sha256.Size]byte
}

// A number of flat is a slot times four and these bits. A draw jumps from entry
// to entry, and memory answers that better when an entry's wishes lie together.
const (
	more     = 1 // the next slot is of the same wish
	partners = 2 // partner rooms will do
)

// Freeze checks the draw, puts its entries into canonical order (by group, then
// number) and fixes its text. The Draw's slices must not be changed afterwards.
// It returns an *Error for what is off.
func Freeze(d Draw) (*FrozenDraw, error) {
	byGroup := func(a, b Entry) int {
		return cmp.Or(strings.Compare(a.Group, b.Group), cmp.Compare(a.Number, b.Number))
	}
	if !slices.IsSortedFunc(d.Entries, byGroup) {
		d.Entries = slices.Clone(d.Entries)
		slices.SortStableFunc(d.Entries, byGroup)
	}
	d.Held = slices.SortedFunc(slices.Values(d.Held), func(a, b Held) int {
		return cmp.Or(strings.Compare(a.Group, b.Group), strings.Compare(a.Period, b.Period))
	})
	d.Pledges = slices.SortedFunc(slices.Values(d.Pledges), func(a, b Pledge) int { return strings.Compare(a.Group, b.Group) })
	d.Frozen, d.Source.Due = d.Frozen.UTC().Truncate(time.Second), d.Source.Due.UTC().Truncate(time.Second)
	f := &FrozenDraw{draw: d}
	for _, step := range []func() error{f.checkHead, f.checkSlots, f.checkPartners, f.checkGroups, f.checkEntries} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	sum := sha256.New()
	parts, hashed := make(chan []byte, 8), make(chan struct{})
	go func() { // hashes what stands there while the rest is written
		defer close(hashed)
		for p := range parts {
			sum.Write(p)
		}
	}()
	f.text = f.appendText(make([]byte, 0, f.size()), parts)
	close(parts)
	<-hashed
	sum.Sum(f.commit[:0])
	f.sum = sum.(hash.Cloner)
	return f, nil
}

// Commitment is the hash that is published before the seed exists: SHA-256 of
// the text, in hexadecimal.
func (f *FrozenDraw) Commitment() string { return hex.EncodeToString(f.commit[:]) }

// Entries are the entries in canonical order, to which awards belong.
func (f *FrozenDraw) Entries() []Entry { return f.draw.Entries }

// WriteTo writes the text whose hash is the Commitment: title, source, rules,
// slots and entries. It is the beginning of every proof of this draw.
func (f *FrozenDraw) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(f.text)
	return int64(n), err
}

func isName(s string) bool {
	if s == "" || len(s) > longest || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if r <= ' ' || r == 0x7f || r == '+' || r == '~' || r == '@' || r > 0x7f && !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// isText: a line of words, printable, with single spaces between them.
func isText(s string) bool {
	if len(s) > longest {
		return false
	}
	for word := range strings.SplitSeq(s, " ") {
		if word == "" || !utf8.ValidString(word) || strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsPrint(r) }) {
			return false
		}
	}
	return true
}

func (f *FrozenDraw) checkHead() error {
	d := &f.draw
	switch {
	case len(d.Slots) > most || len(d.Entries) > most:
		return wrong("draw", "has more than %d slots or entries", most)
	case !isText(d.Title):
		return wrong("title", "must be a line of printable words")
	case d.Mode != Plain && d.Mode != Ranks:
		return wrong("mode", "unknown mode %q", d.Mode)
	case d.Source.Kind != Beacon && d.Source.Kind != Typed && d.Source.Kind != Entrants:
		return wrong("source", "unknown kind %q", d.Source.Kind)
	case !isText(d.Source.What):
		return wrong("source", "must name its value in a line of printable words")
	case d.Frozen.Year() < 1970 || d.Source.Due.Year() > 9999:
		return wrong("frozen", "is out of range")
	case !d.Source.Due.After(d.Frozen):
		return wrong("source", "its value must come into being after the list is frozen")
	case d.Caps.Entries < 0 || d.Caps.Wins < 0:
		return wrong("caps", "must not be negative")
	case d.Source.Kind == Entrants && len(d.Pledges) < 2:
		return wrong("pledges", "a seed of entrants needs two at least")
	case d.Source.Kind != Entrants && len(d.Pledges) > 0:
		return wrong("pledges", "the source takes none")
	}
	return nil
}

func (f *FrozenDraw) checkSlots() error {
	n := len(f.draw.Slots)
	f.names.at, f.spans = make([]int32, 1, n+1), make([]int32, n)
	seen, terms := make(map[string]bool, n), map[string]int32{}
	for i, s := range f.draw.Slots {
		name := s.Name()
		switch {
		case !isName(s.Room) || !isName(s.Time) || !isName(s.Period):
			return wrong("slot "+name, "room, time and period must be names")
		case seen[name]:
			return wrong("slot "+name, "stands there twice")
		}
		seen[name] = true
		f.names.add(name)
		term, known := terms[s.Period]
		if !known {
			term = int32(len(f.terms))
			terms[s.Period], f.terms = term, append(f.terms, s.Period)
		}
		f.spans[i] = term
	}
	return nil
}

func (f *FrozenDraw) checkPartners() error {
	f.rows, f.rowAt = make([]int32, 1), make([]int32, len(f.draw.Slots))
	type place struct{ line, at int }
	places := map[string]place{}
	for i, line := range f.draw.Partners {
		if len(line) < 2 {
			return wrong("partners", "a line needs two rooms at least")
		}
		for k, room := range line {
			if _, twice := places[room]; twice || !isName(room) {
				return wrong("partners", "%q is no name, or stands there twice", room)
			}
			places[room] = place{i, k}
		}
	}
	type when struct {
		line int
		time string
	}
	rows := map[when]int32{}
	for i, s := range f.draw.Slots {
		p, ok := places[s.Room]
		if !ok {
			continue
		}
		at := when{p.line, s.Time}
		row, known := rows[at]
		if !known {
			row = int32(len(f.rows))
			rows[at] = row
			f.rows = append(f.rows, int32(len(f.draw.Partners[p.line])))
			for range f.draw.Partners[p.line] {
				f.rows = append(f.rows, -1)
			}
		}
		f.rowAt[i] = row
		for _, other := range f.row(int32(i)) {
			if other >= 0 && f.spans[other] != f.spans[i] {
				return wrong("slot "+f.names.of(i), "its partner room has another period at that time")
			}
		}
		f.row(int32(i))[p.at] = int32(i)
	}
	return nil
}

// row are the slots at the slot's time in each room of its partner line, -1 for
// none; empty when its room has no partners.
func (f *FrozenDraw) row(slot int32) []int32 {
	at := f.rowAt[slot]
	if at == 0 {
		return nil
	}
	return f.rows[at+1 : at+1+f.rows[at]]
}

func (f *FrozenDraw) checkGroups() error {
	for i, h := range f.draw.Held {
		switch {
		case !isName(h.Group) || !isName(h.Period) || h.Wins < 1:
			return wrong("held "+h.Group, "needs a group, a period and wins")
		case i > 0 && f.draw.Held[i-1].Group == h.Group && f.draw.Held[i-1].Period == h.Period:
			return wrong("held "+h.Group, "stands there twice")
		}
	}
	f.pledged = make(map[string]string, len(f.draw.Pledges))
	for _, p := range f.draw.Pledges {
		b, err := hex.DecodeString(p.Hash)
		switch {
		case !isName(p.Group) || f.pledged[p.Group] != "":
			return wrong("pledge "+p.Group, "is no name, or stands there twice")
		case err != nil || len(b) != sha256.Size || strings.ToLower(p.Hash) != p.Hash:
			return wrong("pledge "+p.Group, "must be a SHA-256 in lower-case hexadecimal")
		}
		f.pledged[p.Group] = p.Hash
	}
	return nil
}

// checkEntries checks the entries and counts them: which account each counts
// for, and which round it takes its turn in.
func (f *FrozenDraw) checkEntries() error {
	type purse struct{ group, period string }
	held := make(map[purse]int, len(f.draw.Held))
	for _, h := range f.draw.Held {
		held[purse{h.Group, h.Period}] = h.Wins
	}
	type account struct {
		period  int32
		id      int32
		entries int
		tiers   map[int]int32 // rounds so far
		first   int           // the tier of the first entry, counted without a map
		rounds  int32
	}
	var open []account // of the group at hand
	es := f.draw.Entries
	f.account, f.round = make([]int32, len(es)), make([]int32, len(es))
	f.at, f.flat = make([]int32, 1, len(es)+1), make([]int32, 0, 6*len(es))
	for i := range es {
		e := &es[i]
		if i == 0 || es[i-1].Group != e.Group {
			if open = open[:0]; !isName(e.Group) {
				return f.wrongEntry(i, "the group must be a name")
			}
		} else if es[i-1].Number == e.Number {
			return f.wrongEntry(i, "stands there twice")
		}
		if err := f.checkWishes(i, e); err != nil {
			return err
		}
		period := f.spans[f.flat[f.at[i]]>>2]
		f.at = append(f.at, int32(len(f.flat)))
		k := slices.IndexFunc(open, func(a account) bool { return a.period == period })
		if k < 0 {
			k = len(open)
			open = append(open, account{period: period, id: int32(len(f.held)), first: e.Tier})
			f.periods = append(f.periods, f.terms[period])
			had := 0
			if len(held) > 0 {
				had = held[purse{e.Group, f.terms[period]}]
			}
			f.held = append(f.held, int32(had))
		}
		a := &open[k]
		f.account[i] = a.id
		if a.entries++; f.draw.Caps.Entries > 0 && a.entries > f.draw.Caps.Entries {
			continue
		}
		if e.Tier == a.first {
			a.rounds++
			f.round[i] = a.rounds
			continue
		}
		if a.tiers == nil {
			a.tiers = map[int]int32{}
		}
		a.tiers[e.Tier]++
		f.round[i] = a.tiers[e.Tier]
	}
	return nil
}

func (f *FrozenDraw) wrongEntry(i int, why string, args ...any) error {
	e := f.draw.Entries[i]
	return wrong("entry "+e.Group+" "+strconv.Itoa(e.Number), why, args...)
}

func (f *FrozenDraw) checkWishes(i int, e *Entry) error {
	switch {
	case e.Number < 1 || e.Tier < 1 || e.Tier > highestTier:
		return f.wrongEntry(i, "number and tier count from 1, tiers to %d", highestTier)
	case len(e.Wishes) == 0:
		return f.wrongEntry(i, "wishes nothing")
	}
	period := int32(-1)
	for _, w := range e.Wishes {
		if len(w.Slots) == 0 {
			return f.wrongEntry(i, "a wish is empty")
		}
		if len(w.Slots) > 1 && f.draw.Mode == Ranks {
			return f.wrongEntry(i, "a wish for a set has no place in the mode %s", Ranks)
		}
		for k, s := range w.Slots {
			switch {
			case s < 0 || s >= len(f.spans):
				return f.wrongEntry(i, "there is no slot %d", s)
			case k > 0 && w.Slots[k-1] >= s:
				return f.wrongEntry(i, "the slots of a wish must ascend")
			case w.Partners && f.rowAt[s] == 0:
				return f.wrongEntry(i, "%s has no partner rooms", f.names.of(s))
			case w.Partners && f.draw.Slots[s].Room != f.draw.Slots[w.Slots[0]].Room:
				return f.wrongEntry(i, "a wish with partners must keep to one room")
			}
			if p := f.spans[s]; period < 0 {
				period = p
			} else if p != period {
				return f.wrongEntry(i, "wishes lie in the periods %s and %s", f.terms[period], f.terms[p])
			}
			code := int32(s) << 2
			if k < len(w.Slots)-1 {
				code |= more
			}
			if w.Partners {
				code |= partners
			}
			f.flat = append(f.flat, code)
		}
	}
	return nil
}
