package draw_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kakehashi/engines/draw"
	"kakehashi/engines/draw/check"

	"pgregory.net/rapid"
)

var frozenAt = time.Date(2026, 11, 11, 0, 0, 0, 0, time.UTC)

// february is a draw for a hall in two halves and two partner rooms on some days.
func february(days int) draw.Draw {
	d := draw.Draw{
		Title: "Hall, February 2027", Frozen: frozenAt, Partners: [][]string{{"studio1", "studio2"}},
		Source: draw.Source{Kind: draw.Beacon, What: "example beacon, round 4711", Due: frozenAt.Add(time.Hour)},
	}
	for _, room := range []string{"hall-a", "hall-b", "studio1", "studio2"} {
		for day := range days {
			d.Slots = append(d.Slots, draw.Slot{Room: room, Time: fmt.Sprintf("02-%02d.am", day+1), Period: "2027-02"})
		}
	}
	return d
}

func beacon(value string) []draw.Reveal { return []draw.Reveal{{Who: "example", Value: value}} }

func mustRun(t interface{ Fatal(...any) }, d draw.Draw, reveals []draw.Reveal) (*draw.FrozenDraw, *draw.Result) {
	f, err := draw.Freeze(d)
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Run(reveals)
	if err != nil {
		t.Fatal(err)
	}
	return f, r
}

func proofOf(t interface{ Fatal(...any) }, r *draw.Result) []byte {
	var b bytes.Buffer
	if err := r.WriteProof(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// anyEntries draws entries of up to eight groups; each group has up to most.
func anyEntries(t *rapid.T, d draw.Draw, most int) []draw.Entry {
	var es []draw.Entry
	days := len(d.Slots) / 4
	for g := range rapid.IntRange(1, 8).Draw(t, "groups") {
		for n := range rapid.IntRange(1, most).Draw(t, "entries") {
			e := draw.Entry{Group: fmt.Sprint("g", g), Number: n + 1, Tier: rapid.IntRange(1, 2).Draw(t, "tier")}
			for range rapid.IntRange(1, 4).Draw(t, "wishes") {
				s := rapid.IntRange(0, len(d.Slots)-1).Draw(t, "slot")
				w := draw.Wish{Slots: []int{s}}
				switch kind := rapid.IntRange(0, 2).Draw(t, "kind"); {
				case kind == 1 && s < days && d.Mode == draw.Plain: // both halves of the hall
					w.Slots = []int{s, s + days}
				case kind == 2 && s >= 2*days:
					w.Partners = true
					if s%days < days-1 && d.Mode == draw.Plain && rapid.Bool().Draw(t, "two days") {
						w.Slots = []int{s, s + 1}
					}
				}
				e.Wishes = append(e.Wishes, w)
			}
			es = append(es, e)
		}
	}
	return es
}

func anyDraw(t *rapid.T, mode draw.Mode, mostEntries int) draw.Draw {
	d := february(rapid.IntRange(1, 3).Draw(t, "days"))
	d.Mode = mode
	d.Entries = anyEntries(t, d, mostEntries)
	return d
}

func TestProof_TheCheckerFindsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDraw(t, rapid.SampledFrom([]draw.Mode{draw.Plain, draw.Ranks}).Draw(t, "mode"), 4)
		d.Caps = draw.Caps{Entries: rapid.IntRange(0, 3).Draw(t, "cap"), Wins: rapid.IntRange(0, 2).Draw(t, "wins")}
		if rapid.Bool().Draw(t, "held") {
			d.Held = []draw.Held{{Group: "g0", Period: "2027-02", Wins: 1}}
		}
		f, r := mustRun(t, d, beacon(rapid.StringMatching("[0-9a-f]{8}").Draw(t, "seed")))
		rep, err := check.Proof(bytes.NewReader(proofOf(t, r)))
		if err != nil {
			t.Fatal(err)
		}
		if rep.Commit != f.Commitment() || rep.Seed != r.Seed() || rep.Entries != len(d.Entries) {
			t.Fatalf("the checker reports %+v", rep)
		}
		given := map[int]bool{}
		for _, a := range r.Awards {
			for _, s := range a.Slots {
				if given[s] {
					t.Fatalf("slot %d is given twice", s)
				}
				given[s] = true
			}
		}
	})
}

// TestProof_OneByteChanged: every byte of a proof, changed to every kind of
// other byte, is found in the line it stands in.
func TestProof_OneByteChanged(t *testing.T) {
	for mode, dearest := range map[draw.Mode][]int{draw.Plain: {0, 1}, draw.Ranks: {1}} {
		d := february(1)
		d.Title, d.Mode = "抽選", mode
		for _, g := range []string{"g1", "g2", "g3"} {
			d.Entries = append(d.Entries, draw.Entry{Group: g, Number: 1, Tier: 1, Wishes: []draw.Wish{{Slots: dearest}, {Slots: []int{2}, Partners: true}}})
		}
		_, r := mustRun(t, d, beacon("cafe"))
		changeEveryByte(t, proofOf(t, r))
	}
}

// mustFault: the checker finds the proof broken in the line, and says why.
func mustFault(t interface{ Fatalf(string, ...any) }, how string, proof []byte, line int) {
	_, err := check.Proof(bytes.NewReader(proof))
	var fault *check.Fault
	if !errors.As(err, &fault) || fault.Line != line || fault.Why == "" {
		t.Fatalf("%s in line %d: %v", how, line, err)
	}
}

func changeEveryByte(t *testing.T, whole []byte) {
	lineNo := 1
	for i, was := range whole {
		for _, b := range []byte{'0', ' ', '\n', was ^ 1, was ^ 0x80, was ^ 0x20} {
			if b == was {
				continue
			}
			broken := slices.Clone(whole)
			broken[i] = b
			mustFault(t, fmt.Sprintf("byte %d changed from %q to %q", i, was, b), broken, lineNo)
		}
		if was == '\n' {
			lineNo++
		}
	}
	for i := range whole {
		if _, err := check.Proof(bytes.NewReader(whole[:i])); err == nil {
			t.Fatalf("a proof cut off after %d bytes holds", i)
		}
	}
}

// TestProof_ForgedWithItsChecksums changes a line and mends its checksum.
func TestProof_ForgedWithItsChecksums(t *testing.T) {
	d := february(1)
	for _, g := range []string{"g1", "g2"} {
		d.Entries = append(d.Entries, draw.Entry{Group: g, Number: 1, Tier: 1, Wishes: []draw.Wish{{Slots: []int{0}}}})
	}
	_, r := mustRun(t, d, beacon("cafe"))
	lines := strings.SplitAfter(string(proofOf(t, r)), "\n")
	at := func(prefix string) int {
		return slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, prefix) })
	}
	for _, c := range []struct{ line, from, to, fault, why string }{
		{"entry g1", "1 1", "1 2", "commit", "committed to"},
		{"reveal", "cafe", "caff", "seed", "gives the seed"},
		{"won", "hall-a", "hall-b", "won", "the draw gives"},
		{"slot hall-a", "2027-02 ", "2027-03 ", "commit", "committed to"},
	} {
		forged := slices.Clone(lines)
		i := at(c.line)
		body, _, _ := cutLast(forged[i])
		forged[i] = withSum(strings.Replace(body+" ", c.from, c.to, 1))
		_, err := check.Proof(strings.NewReader(strings.Join(forged, "")))
		var fault *check.Fault
		if !errors.As(err, &fault) || fault.Line != at(c.fault)+1 || !strings.Contains(fault.Why, c.why) {
			t.Errorf("%s forged: %v, want line %d: %s", c.line, err, at(c.fault)+1, c.why)
		}
	}
}

func TestFreeze_RefusesWhatIsOff(t *testing.T) {
	entry := func(w ...draw.Wish) draw.Entry { return draw.Entry{Group: "g", Number: 1, Tier: 1, Wishes: w} }
	for want, change := range map[string]func(*draw.Draw){
		"unknown mode": func(d *draw.Draw) { d.Mode = "best" },
		"set has no place": func(d *draw.Draw) {
			d.Mode, d.Entries = draw.Ranks, []draw.Entry{entry(draw.Wish{Slots: []int{0, 1}})}
		},
		"title":               func(d *draw.Draw) { d.Title = "two\nlines" },
		"unknown kind":        func(d *draw.Draw) { d.Source.Kind = "dice" },
		"after the list":      func(d *draw.Draw) { d.Source.Due = d.Frozen },
		"twice":               func(d *draw.Draw) { d.Slots = append(d.Slots, d.Slots[0]) },
		"wishes nothing":      func(d *draw.Draw) { d.Entries = []draw.Entry{entry()} },
		"a wish is empty":     func(d *draw.Draw) { d.Entries = []draw.Entry{entry(draw.Wish{})} },
		"there is no slot 99": func(d *draw.Draw) { d.Entries = []draw.Entry{entry(draw.Wish{Slots: []int{99}})} },
		"must ascend":         func(d *draw.Draw) { d.Entries = []draw.Entry{entry(draw.Wish{Slots: []int{1, 0}})} },
		"no partner rooms":    func(d *draw.Draw) { d.Entries = []draw.Entry{entry(draw.Wish{Slots: []int{0}, Partners: true})} },
		"keep to one room":    func(d *draw.Draw) { d.Entries = []draw.Entry{entry(draw.Wish{Slots: []int{4, 6}, Partners: true})} },
		"lie in the periods": func(d *draw.Draw) {
			d.Slots[0].Period = "p"
			d.Entries = []draw.Entry{entry(draw.Wish{Slots: []int{0, 1}})}
		},
		"another period":    func(d *draw.Draw) { d.Slots[4].Period = "p" },
		"entry g 1: stands": func(d *draw.Draw) { e := entry(draw.Wish{Slots: []int{0}}); d.Entries = []draw.Entry{e, e} },
		"the group must be": func(d *draw.Draw) {
			e := entry(draw.Wish{Slots: []int{0}})
			e.Group = "a b"
			d.Entries = []draw.Entry{e}
		},
		"needs two at least":    func(d *draw.Draw) { d.Source.Kind = draw.Entrants },
		"the source takes none": func(d *draw.Draw) { d.Pledges = []draw.Pledge{{Group: "g", Hash: draw.PledgeOf("g", "x")}} },
		"a group, a period":     func(d *draw.Draw) { d.Held = []draw.Held{{Group: "g", Period: "p"}} },
		"must not be negative":  func(d *draw.Draw) { d.Caps.Wins = -1 },
		"two rooms at least":    func(d *draw.Draw) { d.Partners = [][]string{{"hall-a"}} },
		"number and tier count": func(d *draw.Draw) {
			d.Entries = []draw.Entry{{Group: "g", Number: 1, Wishes: []draw.Wish{{Slots: []int{0}}}}}
		},
		"must be names":          func(d *draw.Draw) { d.Slots[0].Time = "" },
		"\"hall-a\" is no name,": func(d *draw.Draw) { d.Partners = [][]string{{"hall-a", "hall-a"}} },
	} {
		d := february(2)
		change(&d)
		var off *draw.Error
		if _, err := draw.Freeze(d); !errors.As(err, &off) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestRun_Sources(t *testing.T) {
	d := february(1)
	for _, g := range []string{"g1", "g2", "g3"} {
		d.Entries = append(d.Entries, draw.Entry{Group: g, Number: 1, Tier: 1, Wishes: []draw.Wish{{Slots: []int{0}}}})
	}
	typed, entrants := d, d
	typed.Source.Kind = draw.Typed
	entrants.Source.Kind = draw.Entrants
	for _, g := range []string{"g1", "g2", "g3"} {
		entrants.Pledges = append(entrants.Pledges, draw.Pledge{Group: g, Hash: draw.PledgeOf(g, "my-"+g)})
	}
	for _, c := range []struct {
		name    string
		d       draw.Draw
		reveals []draw.Reveal
		refused string
	}{
		{"beacon", d, beacon("cafe"), ""},
		{"two beacons", d, append(beacon("cafe"), draw.Reveal{Who: "z", Value: "1"}), "one value"},
		{"clerks agree", typed, []draw.Reveal{{Who: "sato", Value: draw.CleanValue("３８，９１５.12 ")}, {Who: "abe", Value: "38915.12"}}, ""},
		{"clerks differ", typed, []draw.Reveal{{Who: "sato", Value: "1"}, {Who: "abe", Value: "2"}}, "the same value"},
		{"one clerk twice", typed, []draw.Reveal{{Who: "sato", Value: "1"}, {Who: "sato", Value: "1"}}, "twice"},
		{"entrants, one withholds", entrants, []draw.Reveal{{Who: "g3", Value: "my-g3"}, {Who: "g1", Value: "my-g1"}}, ""},
		{"entrant changes", entrants, []draw.Reveal{{Who: "g3", Value: "other"}, {Who: "g1", Value: "my-g1"}}, "not what was pledged"},
		{"one entrant", entrants, []draw.Reveal{{Who: "g3", Value: "my-g3"}}, "two entrants"},
		{"value of words", d, beacon("ca fe"), "one printable word"},
	} {
		f, err := draw.Freeze(c.d)
		if err != nil {
			t.Fatal(err)
		}
		r, err := f.Run(c.reveals)
		if c.refused != "" {
			if err == nil || !strings.Contains(err.Error(), c.refused) {
				t.Errorf("%s: %v, want %q", c.name, err, c.refused)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if _, err := check.Proof(bytes.NewReader(proofOf(t, r))); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.d.Source.Kind == draw.Entrants && r.Awards[1].Outcome != draw.Unrevealed {
			t.Errorf("g2 withheld and is %q", r.Awards[1].Outcome)
		}
	}
}
