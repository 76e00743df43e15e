package draws

import (
	"bytes"
	"context"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"kakehashi/domains/places/draws/beacon"
	"kakehashi/domains/places/draws/replay"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/draw"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
)

// Alias is how a group stands in the public files of a draw: another one in each
// draw, the same for whoever computes it with the city's keys, and no clue for
// anybody else.
func (x *Draws) Alias(d, group db.ID) string {
	sum := x.deps.Keys.Index("draws.alias", d.String()+"/"+group.String())
	return "g-" + strings.ToLower(base32.HexEncoding.EncodeToString(sum[:10]))
}

// who is the group as rules see it.
func (x *Draws) who(tx *db.Tx, group db.ID) (rules.Who, error) {
	if x.near.Who == nil {
		return rules.Who{Holder: group, Kind: "civic", Resident: true}, nil
	}
	return x.near.Who(tx, group, 0)
}

// tier is when a holder takes turns: the first of the rule's tiers that fits, and
// after all of them where none does.
func tier(tiers []rules.Tier, w rules.Who) int {
	for i, t := range tiers {
		if (len(t.Kinds) == 0 || slices.Contains(t.Kinds, w.Kind)) && (!t.Resident || w.Resident) {
			return i + 1
		}
	}
	return len(tiers) + 1
}

// list is a frozen list on its way to the database.
type list struct {
	frozen replay.Frozen
	draw   *draw.FrozenDraw
}

// compile makes the list of a draw whose entries have closed, as frozen at the
// instant.
func (x *Draws) compile(tx *db.Tx, d *Draw, at time.Time) (*list, error) {
	b, err := LoadBoard(tx, *d)
	if err != nil {
		return nil, err
	}
	l := &list{frozen: replay.Frozen{Groups: map[string]db.ID{}}}
	f := &l.frozen
	f.Draw.Slots, f.Places = b.slots()
	for _, line := range b.lines() {
		names := make([]string, len(line))
		for i, r := range line {
			names[i] = roomName(r)
		}
		f.Draw.Partners = append(f.Draw.Partners, names)
	}
	index := replay.IndexOf(f.Places)
	var last Entry
	var t int
	for {
		some, err := Entries(tx, d.ID, last, 1000)
		if err != nil {
			return nil, err
		}
		for _, e := range some {
			if e.Group != last.Group {
				who, err := x.who(tx, e.Group)
				if err != nil {
					return nil, err
				}
				t = tier(d.Rule.Tiers, who)
			}
			if last = e; e.Standing != Entered {
				continue
			}
			if out, ok := b.entry(index, e, x.Alias(d.ID, e.Group), t); ok {
				f.Draw.Entries = append(f.Draw.Entries, out)
				f.Groups[out.Group] = e.Group
			}
		}
		if len(some) < 1000 {
			break
		}
	}
	if f.Draw.Pledges, err = x.pledges(tx, d.ID, f.Groups); err != nil {
		return nil, err
	}
	if d.What = line(d.What); d.What == "" {
		d.What = "words of the groups that entered, " + titleOf(b)
	}
	f.Draw.Title, f.Draw.Mode = titleOf(b), d.Rule.Mode
	f.Draw.Caps = draw.Caps{Entries: d.Rule.Entries, Wins: d.Rule.Wins}
	f.Draw.Frozen = at.Truncate(time.Second)
	if !d.Due.After(f.Draw.Frozen) { // the job came late: the value must still lie ahead
		d.Due = f.Draw.Frozen.Add(time.Duration(max(1, d.Rule.Wait)) * time.Hour)
	}
	if d.Source == draw.Beacon {
		round := beacon.Quicknet.Round(d.Due)
		if x.near.Beacon != nil {
			round = x.near.Beacon.Chain.Round(d.Due)
			d.What = x.near.Beacon.Chain.What(round)
			d.Due = x.near.Beacon.Chain.At(round)
		} else { // clerks read the same public value and type it
			d.Source, d.What = draw.Typed, beacon.Quicknet.What(round)
		}
		if d.Due = d.Due.Truncate(time.Second); !d.Due.After(f.Draw.Frozen) {
			d.Due = d.Due.Add(time.Second)
		}
	}
	f.Draw.Source = draw.Source{Kind: d.Source, What: d.What, Due: d.Due}
	if len(f.Draw.Entries) == 0 {
		return l, nil
	}
	l.draw, err = draw.Freeze(f.Draw)
	return l, err
}

// titleOf names the draw in its files.
func titleOf(b *Board) string {
	names := make([]string, 0, 3)
	for _, r := range b.Rooms {
		part := slices.ContainsFunc(r.PartOf, func(whole db.ID) bool { return slices.Contains(b.Draw.Rooms, whole) })
		if name, _ := r.Name.Pick(i18n.Ja); !part && len(names) < 3 {
			names = append(names, name)
		}
	}
	name, _ := b.Facility.Name.Pick(i18n.Ja)
	return line(name + " " + strings.Join(names, "・") + " " + b.Draw.Month.String()[:7])
}

// line makes a line of printable words with single spaces, as the format of a
// proof wants it.
func line(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	for len(s) > mostText {
		r := []rune(s)
		s = strings.TrimSpace(string(r[:len(r)-1]))
	}
	return s
}

// entry is an entry as it is published; false when nothing it wished for is
// given away any more.
func (b *Board) entry(index map[replay.Place]int, e Entry, alias string, tier int) (draw.Entry, bool) {
	out := draw.Entry{Group: alias, Number: e.Number, Tier: tier}
	for _, w := range e.Wishes {
		if slots := b.slotsOf(index, w); len(slots) > 0 {
			partners := w.Partners && len(b.Partners(w.Room)) > 0
			out.Wishes = append(out.Wishes, draw.Wish{Slots: slots, Partners: partners})
		}
	}
	return out, len(out.Wishes) > 0
}

// freeze closes the list and publishes it. What changes in between makes it
// start anew at the job's next turn.
func (x *Draws) freeze(ctx context.Context, d Draw) (err error) {
	defer fault.Wrap(&err, "draws.freeze(%v)", d.ID)
	var l *list
	err = x.deps.DB.Read(ctx, func(tx *db.Tx) error {
		var err error
		if d, err = Get(tx, d.ID); err != nil {
			return err
		}
		l, err = x.compile(tx, &d, tx.Now)
		return err
	})
	if err != nil {
		return err
	}
	return x.deps.DB.Write(ctx, db.Actor{Via: "job"}, func(tx *db.Tx) error {
		d := d
		if len(l.frozen.Draw.Entries) == 0 {
			return x.end(tx, &d)
		}
		if ok, err := x.publish(tx, &d, l); err != nil || !ok || d.Source != draw.Entrants {
			return err
		}
		return x.tellAll(tx, revealMail, d)
	})
}

// publish writes the list; false when the draw or its entries have changed since
// it was read.
func (x *Draws) publish(tx *db.Tx, d *Draw, l *list) (bool, error) {
	d.State, d.Commit, d.Next = Frozen, l.draw.Commitment(), d.Due
	if ok, err := move(tx, d); err != nil || !ok {
		return false, err
	}
	text, err := json.Marshal(l.frozen)
	if err != nil {
		return false, err
	}
	if err := writePaper(tx, d.ID, frozenPaper, text); err != nil {
		return false, err
	}
	var b bytes.Buffer
	if _, err := l.draw.WriteTo(&b); err != nil {
		return false, err
	}
	if err := writePaper(tx, d.ID, EntriesPaper, b.Bytes()); err != nil {
		return false, err
	}
	if err := inbox.Close(tx, OverlapInbox, d.ID); err != nil {
		return false, err
	}
	return true, audit.Record(tx, audit.Entry{Action: "draws.freeze", Subject: "draw", ID: d.ID, Detail: map[string]string{"commit": d.Commit}})
}

// end closes a draw that nobody has entered.
func (x *Draws) end(tx *db.Tx, d *Draw) error {
	d.State, d.Next = Closed, time.Time{}
	if _, err := move(tx, d); err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Action: "draws.close", Subject: "draw", ID: d.ID})
}

// run makes the seed of what was revealed and draws, in one transaction with the
// proof. It returns the engine's error when the seed cannot be made yet.
func (x *Draws) run(tx *db.Tx, d Draw, reveals []draw.Reveal) error {
	body, err := ReadPaper(tx, d.ID, frozenPaper)
	if err != nil {
		return err
	}
	r, err := replay.Run(body, reveals)
	if err != nil {
		return err
	}
	var proof bytes.Buffer
	if err := r.Result.WriteProof(&proof); err != nil {
		return err
	}
	d.State, d.Seed, d.Next = Drawn, r.Result.Seed(), tx.Now
	if d.Confirm.IsZero() { // whole days from the next one on
		d.Confirm = jp.DateOf(tx.Now).AddDays(max(1, d.Rule.Confirm) + 1).At(0)
	}
	if ok, err := move(tx, &d); err != nil || !ok {
		return again(err)
	}
	text, err := json.Marshal(reveals)
	if err != nil {
		return err
	}
	if err := writePaper(tx, d.ID, revealsPaper, text); err != nil {
		return err
	}
	if err := writePaper(tx, d.ID, ProofPaper, proof.Bytes()); err != nil {
		return err
	}
	if err := inbox.Close(tx, ValueInbox, d.ID); err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Action: "draws.run", Subject: "draw", ID: d.ID, Detail: map[string]string{"seed": d.Seed}})
}

// mostRan is how many draws are kept ready at once.
const mostRan = 16

// replayed returns a draw that was run, from memory as a rule.
func (x *Draws) replayed(tx *db.Tx, id db.ID) (*replay.Ran, error) {
	x.mu.Lock()
	r := x.ran[id]
	x.mu.Unlock()
	if r != nil {
		return r, nil
	}
	body, err := ReadPaper(tx, id, frozenPaper)
	if err != nil {
		return nil, err
	}
	text, err := ReadPaper(tx, id, revealsPaper)
	if err != nil {
		return nil, err
	}
	var reveals []draw.Reveal
	if err := json.Unmarshal(text, &reveals); err != nil {
		return nil, err
	}
	if r, err = replay.Run(body, reveals); err != nil {
		return nil, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.ran) >= mostRan {
		clear(x.ran)
	}
	x.ran[id] = r
	return r, nil
}

// plainWord is a group's word as it goes into the seed: a proof has no spaces
// in it and nothing that looks like something else.
func plainWord(s string) string {
	return hex.EncodeToString([]byte(draw.CleanValue(s)))
}
