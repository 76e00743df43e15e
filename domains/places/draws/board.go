package draws

import (
	"fmt"
	"slices"

	"kakehashi/domains/places/draws/replay"
	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation/cells"
	"kakehashi/engines/draw"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// Board is what can be wished for in a draw: its rooms by the bands of the days
// of its month, and what of that is shut or taken already.
type Board struct {
	Draw     Draw
	Facility facility.Facility
	Rooms    []facility.Room // that can be wished for
	leaves   []facility.Room // what slots are made of: rooms without parts as a rule
	closures []facility.Closure
	taken    map[db.ID]map[jp.Date]quarter.Bits // by leaf
}

// LoadBoard reads what can be wished for.
func LoadBoard(tx *db.Tx, d Draw) (_ *Board, err error) {
	defer fault.Wrap(&err, "draws.LoadBoard(%v)", d.ID)
	b := &Board{Draw: d, taken: map[db.ID]map[jp.Date]quarter.Bits{}}
	if b.Facility, err = facility.Get(tx, d.Facility); err != nil {
		return nil, err
	}
	if b.closures, err = facility.Closures(tx, d.Facility); err != nil {
		return nil, err
	}
	all, err := facility.RoomsOf(tx, d.Facility)
	if err != nil {
		return nil, err
	}
	needed := map[db.ID]bool{}
	for _, r := range all {
		if !slices.Contains(d.Rooms, r.ID) {
			continue
		}
		b.Rooms = append(b.Rooms, r)
		for _, leaf := range b.bases(r) {
			needed[leaf] = true
		}
	}
	for _, r := range all {
		if !needed[r.ID] {
			continue
		}
		b.leaves = append(b.leaves, r)
		if b.taken[r.ID], err = cells.Taken(tx, r.Cells(r.Loud), d.Month, d.Last()); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// Bands are the times of the room that are drawn; its hours where it has none.
func Bands(r facility.Room) []facility.Band {
	if len(r.Bands) > 0 {
		return r.Bands
	}
	return []facility.Band{{From: r.Opens, To: r.Closes}}
}

// Room returns a room that can be wished for.
func (b *Board) Room(id db.ID) (facility.Room, bool) {
	for _, r := range b.Rooms {
		if r.ID == id {
			return r, true
		}
	}
	return facility.Room{}, false
}

// bases are what a room's slots are made of: its parts, or the room itself where
// sets are not taken.
func (b *Board) bases(r facility.Room) []db.ID {
	if b.Draw.Rule.Mode == draw.Ranks {
		return []db.ID{r.ID}
	}
	return r.Bases()
}

// apart reports whether no two of the rooms share a part.
func apart(rooms []facility.Room) bool {
	seen := map[db.ID]bool{}
	for _, r := range rooms {
		for _, id := range r.Bases() {
			if seen[id] {
				return false
			}
			seen[id] = true
		}
	}
	return true
}

// leavesOf are the rooms that a room is made of.
func (b *Board) leavesOf(room db.ID) []facility.Room {
	r, _ := b.Room(room)
	return slices.DeleteFunc(slices.Clone(b.leaves), func(l facility.Room) bool { return !slices.Contains(b.bases(r), l.ID) })
}

// open reports whether a leaf can be had on the day in the band.
func (b *Board) open(r facility.Room, d jp.Date, band facility.Band) bool {
	bits := band.Bits()
	return !b.taken[r.ID][d].Meets(bits) && !facility.Shut(b.closures, &r, d).Meets(bits)
}

// Free reports whether the wish can still come true: a whole band, or several in
// a row, of a room of the draw, with nothing shut or taken in it.
func (b *Board) Free(w Wish) bool {
	r, ok := b.Room(w.Room)
	if !ok || w.Day.Before(b.Draw.Month) || w.Day.After(b.Draw.Last()) || !inRow(r, w.From, w.To) {
		return false
	}
	if facility.Shut(b.closures, &r, w.Day).Meets(quarter.Between(w.From, w.To)) {
		return false
	}
	for _, l := range b.leavesOf(w.Room) {
		if !b.open(l, w.Day, facility.Band{From: w.From, To: w.To}) {
			return false
		}
	}
	return true
}

// inRow reports whether the times are those of bands in a row.
func inRow(r facility.Room, from, to int) bool {
	bands := Bands(r)
	return from < to && slices.ContainsFunc(bands, func(b facility.Band) bool { return b.From == from }) &&
		slices.ContainsFunc(bands, func(b facility.Band) bool { return b.To == to })
}

// Sole reports whether the wish is for one band alone.
func (b *Board) Sole(w Wish) bool {
	r, _ := b.Room(w.Room)
	return slices.Contains(Bands(r), facility.Band{From: w.From, To: w.To})
}

// slots lists what the draw gives away, and where each stands.
func (b *Board) slots() ([]draw.Slot, []replay.Place) {
	var slots []draw.Slot
	var places []replay.Place
	period := b.Draw.Month.String()[:7]
	for _, r := range b.leaves {
		for d := b.Draw.Month; !d.After(b.Draw.Last()); d = d.AddDays(1) {
			for _, band := range Bands(r) {
				if !b.open(r, d, band) {
					continue
				}
				slots = append(slots, draw.Slot{Room: roomName(r), Period: period,
					Time: fmt.Sprintf("%s.%02d%02d-%02d%02d", d, band.From/60, band.From%60, band.To/60, band.To%60)})
				places = append(places, replay.Place{Room: r.ID, Day: d, From: band.From, To: band.To})
			}
		}
	}
	return slots, places
}

// slotsOf are the slots of a wish, ascending; none when one of them is not given
// away.
func (b *Board) slotsOf(index map[replay.Place]int, w Wish) []int {
	var out []int
	for _, l := range b.leavesOf(w.Room) {
		n := 0
		for _, band := range Bands(l) {
			if band.From < w.From || band.To > w.To {
				continue
			}
			s, ok := index[replay.Place{Room: l.ID, Day: w.Day, From: band.From, To: band.To}]
			if !ok {
				return nil
			}
			out, n = append(out, s), n+1
		}
		if n == 0 {
			return nil
		}
	}
	slices.Sort(out)
	return out
}

// roomName is how files call a room.
func roomName(r facility.Room) string {
	for _, c := range r.Slug {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return r.ID.String()
		}
	}
	if r.Slug == "" {
		return r.ID.String()
	}
	return r.Slug
}

// Partners are the rooms that are as good as the room: those of its class that
// have no parts and the same bands. None when there is no other.
func (b *Board) Partners(room db.ID) []facility.Room {
	for _, line := range b.lines() {
		if slices.ContainsFunc(line, func(r facility.Room) bool { return r.ID == room }) {
			return line
		}
	}
	return nil
}

// lines are the lines of partner rooms, in the office's order.
func (b *Board) lines() [][]facility.Room {
	var out [][]facility.Room
	for _, r := range b.Rooms {
		if len(r.Parts) > 0 || r.Class == "" {
			continue
		}
		k := slices.IndexFunc(out, func(l []facility.Room) bool {
			return l[0].Class == r.Class && slices.Equal(Bands(l[0]), Bands(r))
		})
		if k < 0 {
			out = append(out, []facility.Room{r})
			continue
		}
		out[k] = append(out[k], r)
	}
	return slices.DeleteFunc(out, func(l []facility.Room) bool { return len(l) < 2 })
}
