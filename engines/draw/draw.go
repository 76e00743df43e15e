package draw

import (
	"fmt"
	"strings"
	"time"
)

// Slot is one room for one time: what a draw gives away, once.
type Slot struct {
	Room, Time string
	// Period is what caps are counted over, a month as a rule: "2027-02".
	Period string
}

// Name is how a file calls the slot: "hall@2027-02-06.am".
func (s Slot) Name() string { return s.Room + "@" + s.Time }

// Wish is one or several slots that are of use together or not at all.
type Wish struct {
	// Slots are indices into Draw.Slots, ascending, all of the entry's period.
	Slots []int
	// Partners says that any room of the same line of Draw.Partners will do,
	// the whole wish in one room. All slots are then of one room.
	Partners bool
}

// Entry asks for one win out of its wishes, the dearest first.
type Entry struct {
	Group  string // a pseudonym where the list is published
	Number int    // 1 is the entry that matters most to the group
	Tier   int    // 1 takes its turn before 2
	Wishes []Wish // at least one, all of one period
}

// Caps limit a group within a period. Zero means no limit.
type Caps struct {
	Entries int // entries beyond it are set aside, by their numbers
	Wins    int // a set is one win
}

// Held tells of wins that a group already has in a period, from earlier draws.
type Held struct {
	Group, Period string
	Wins          int
}

// Pledge is a group's promise of a contribution to the seed: PledgeOf it.
type Pledge struct{ Group, Hash string }

// Kind is where a seed comes from.
type Kind string

// The kinds of sources, and what is revealed of them.
const (
	Beacon   Kind = "beacon"   // one value, which a public beacon gives for a round
	Typed    Kind = "typed"    // one public value (a lottery's numbers, a stock index), typed in by two clerks
	Entrants Kind = "entrants" // contributions that entrants pledged before the list was frozen
)

// Source says before the draw what its seed will be made of.
type Source struct {
	Kind Kind
	// What names the value so that nobody can choose it afterwards: the
	// beacon and its round, the lottery and its number, the index and its day.
	What string
	// Due is when the value comes into being, later than Draw.Frozen.
	Due time.Time
}

// Mode is the rule by which slots are given.
type Mode string

// The modes; what each guarantees stands in the package documentation.
const (
	Plain Mode = ""      // in turn, everybody takes the dearest wish that is left
	Ranks Mode = "ranks" // as many first wishes as possible, then second ones, ...; no sets
)

// Draw is everything that is settled before the seed exists.
type Draw struct {
	Title  string
	Mode   Mode
	Frozen time.Time // when the list was closed; whole seconds
	Source Source
	Caps   Caps
	// Partners are lines of rooms that are as good as one another, in the
	// order in which they are tried. A room stands in one line at most.
	Partners [][]string
	Slots    []Slot
	Held     []Held
	Pledges  []Pledge
	Entries  []Entry
}

// Reveal is one part of what the seed is made of: who brought it, and the value.
type Reveal struct{ Who, Value string }

// Outcome is what became of an entry.
type Outcome string

// The outcomes of entries.
const (
	Won        Outcome = "won"
	Taken      Outcome = "taken"      // every wish went to others
	Capped     Outcome = "capped"     // the group had its wins of the period
	Surplus    Outcome = "surplus"    // beyond the cap on entries; it had no turn
	Unrevealed Outcome = "unrevealed" // the group did not reveal what it had pledged; it had no turn
)

// Award is what became of one entry.
type Award struct {
	Outcome Outcome
	Turn    int   // place in the order, from 1; 0 when it had none
	Wish    int   // index of the wish that came true; -1 for none
	Slots   []int // what was won: the wish's, or those of a partner room
}

// CleanValue brings a typed value into the form in which two clerks' are
// compared: full-width signs made narrow, spaces and thousands separators out.
func CleanValue(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		switch r {
		case ' ', '\t', '\n', '\r', '　', ',', '、':
			return -1
		}
		return r
	}, s)
}

// Error says what about a draw is off, and where.
type Error struct {
	Where string // "entry G 2", "slot hall@am"
	Why   string
}

func (e *Error) Error() string { return e.Where + ": " + e.Why }

func wrong(where, why string, args ...any) error {
	return &Error{where, fmt.Sprintf(why, args...)}
}
