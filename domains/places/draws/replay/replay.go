// Package replay runs a stored draw again: the same bytes in, the same result
// out. It knows what the names of the engine stand for in the city, and who waits
// for a time that is given up.
package replay

import (
	"encoding/json"
	"slices"

	"kakehashi/domains/places/quarter"
	"kakehashi/engines/draw"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
)

// Place is one slot of the engine as the city knows it.
type Place struct {
	Room     db.ID
	Day      jp.Date
	From, To int
}

// Frozen is a draw as it was frozen, with what its names stand for.
type Frozen struct {
	Draw   draw.Draw
	Places []Place          // by slot
	Groups map[string]db.ID // by alias
}

// IndexOf finds slots by where they stand.
func IndexOf(places []Place) map[Place]int {
	index := make(map[Place]int, len(places))
	for i, p := range places {
		index[p] = i
	}
	return index
}

// Ran is a draw that was run, with what its names stand for.
type Ran struct {
	Frozen Frozen
	List   *draw.FrozenDraw
	Result *draw.Result
	At     map[Key]int // of the list's entries
	Index  map[Place]int
}

// Key names an entry of the list.
type Key struct {
	Group  db.ID
	Number int
}

// Run freezes and runs a stored draw again: the same bytes in, the same
// result out.
func Run(body []byte, reveals []draw.Reveal) (*Ran, error) {
	r := &Ran{At: map[Key]int{}}
	if err := json.Unmarshal(body, &r.Frozen); err != nil {
		return nil, err
	}
	var err error
	if r.List, err = draw.Freeze(r.Frozen.Draw); err != nil {
		return nil, err
	}
	if r.Result, err = r.List.Run(reveals); err != nil {
		return nil, err
	}
	for i, e := range r.List.Entries() {
		r.At[Key{r.Frozen.Groups[e.Group], e.Number}] = i
	}
	r.Index = IndexOf(r.Frozen.Places)
	return r, nil
}

// Waiting are the entries that wait for any of the slots, in the order of their
// turns.
func (r *Ran) Waiting(slots []int) []int {
	var all []int
	for _, s := range slots {
		all = append(all, r.Result.Waiting(s)...)
	}
	slices.SortFunc(all, func(a, b int) int { return r.Result.Awards[a].Turn - r.Result.Awards[b].Turn })
	return slices.Compact(all)
}

// Wanted returns which of the slots an entry wished for, in the same rooms or
// their partners: all of them, or those of a part of the time.
func (r *Ran) Wanted(e draw.Entry, slots []int) ([]int, bool) {
	rooms := r.rooms(slots)
	for _, w := range e.Wishes {
		var part []int
		for _, s := range w.Slots {
			k := slices.IndexFunc(slots, func(t int) bool {
				mine, theirs := r.Frozen.Draw.Slots[s], r.Frozen.Draw.Slots[t]
				return s == t || w.Partners && mine.Time == theirs.Time && r.partners(mine.Room, theirs.Room)
			})
			if k >= 0 {
				part = append(part, slots[k])
			}
		}
		if len(part) == len(w.Slots) && slices.Equal(r.rooms(part), rooms) {
			return part, true
		}
	}
	return nil, false
}

// rooms are those of the slots, once each.
func (r *Ran) rooms(slots []int) []db.ID {
	var out []db.ID
	for _, s := range slots {
		out = append(out, r.Frozen.Places[s].Room)
	}
	return slices.Compact(slices.Sorted(slices.Values(out)))
}

// SpanOf is the time of slots of one day.
func (r *Ran) SpanOf(slots []int) quarter.Span {
	first := r.Frozen.Places[slots[0]]
	from, to := first.From, first.To
	for _, s := range slots {
		from, to = min(from, r.Frozen.Places[s].From), max(to, r.Frozen.Places[s].To)
	}
	return quarter.On(first.Day, from, to)
}

// partners reports whether two rooms stand in one line of partners.
func (r *Ran) partners(a, b string) bool {
	return slices.ContainsFunc(r.Frozen.Draw.Partners, func(l []string) bool { return slices.Contains(l, a) && slices.Contains(l, b) })
}
