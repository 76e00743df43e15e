package pages

import (
	"cmp"
	"slices"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/search"
	"kakehashi/engines/jp"
	"kakehashi/platform/i18n"
	"kakehashi/ui"
)

// day is what is known of one room's day.
type day struct {
	room   *facility.Room
	date   jp.Date
	taken  quarter.Bits
	shut   quarter.Bits // closed, past, or not to be booked yet
	own    []search.Own
	early  jp.Date      // from when the day can be booked, where that is still to come
	closed quarter.Bits // by the office: what is early is not among them
}

// leastFree is how long a free stretch must be to count as partly free.
const leastFree = 60

// slot returns what stands for a stretch of the room's day.
func (d day) slot(loc *i18n.Localizer, t search.Times) ui.Slot {
	for i := range d.own {
		if o := &d.own[i]; o.From < t.To && o.To > t.From {
			return ui.Slot{State: ui.Full, Note: loc.T("places.mine"), Href: "/reservations/" + o.ID.String()}
		}
	}
	if t.To > d.room.Closes && len(d.room.Bands) == 0 {
		t.To = d.room.Closes
	}
	if t.From < d.room.Opens && len(d.room.Bands) == 0 {
		t.From = d.room.Opens
	}
	state := d.state(t)
	switch {
	case state == ui.Free:
		return ui.Slot{State: state, Href: BookPath(d.room.ID, d.date, t.From, t.To)}
	case state == ui.Part:
		return ui.Slot{State: state, Href: RoomPath(d.room.ID, d.date)}
	}
	if open := t.Bits().Without(t.Bits().Without(d.room.Hours())).Without(d.closed); state == ui.Shut && !d.early.IsZero() && open != (quarter.Bits{}) {
		return ui.Slot{State: ui.Early, Note: loc.Date(d.early)}
	}
	return ui.Slot{State: state}
}

// state says whether the stretch can be had: all of it, some of it, or none
// because it is taken, or because it is shut or past.
func (d day) state(t search.Times) ui.State {
	if t.To <= t.From {
		return ui.Shut
	}
	all := t.Bits()
	open := all.Without(all.Without(d.room.Hours()))
	left := open.Without(d.shut)
	free := left.Without(d.taken)
	switch {
	case left == quarter.Bits{}:
		return ui.Shut
	case free == all:
		return ui.Free
	case len(d.room.Bands) > 0:
		if len(bandsIn(d.room, t)) > 1 && free.Count() > 0 {
			return ui.Part
		}
		if !left.Meets(d.taken) {
			return ui.Shut
		}
		return ui.Full
	case longest(free)*quarter.Minutes >= leastFree:
		return ui.Part
	}
	if !left.Meets(d.taken) {
		return ui.Shut
	}
	return ui.Full
}

// bandsIn returns the room's bands that lie within the stretch.
func bandsIn(r *facility.Room, t search.Times) []facility.Band {
	var out []facility.Band
	for _, b := range r.Bands {
		if b.From >= t.From && b.To <= t.To {
			out = append(out, b)
		}
	}
	return out
}

// longest returns the length of the longest run of quarters.
func longest(b quarter.Bits) int {
	best, run := 0, 0
	for q := range quarter.PerDay {
		if !b.Has(q) {
			run = 0
			continue
		}
		run++
		best = max(best, run)
	}
	return best
}

// whole says whether anything of the day can be had, for the week's grid.
func (d day) whole() ui.State {
	hours := d.room.Hours()
	left := hours.Without(d.shut)
	free := left.Without(d.taken)
	if left == (quarter.Bits{}) {
		return ui.Shut
	}
	if len(d.room.Bands) > 0 {
		some, all := false, true
		for _, b := range d.room.Bands {
			ok := free.Holds(b.Bits())
			some, all = some || ok, all && ok
		}
		return grade(some, all)
	}
	return grade(longest(free)*quarter.Minutes >= leastFree, free == hours)
}

func grade(some, all bool) ui.State {
	switch {
	case all:
		return ui.Free
	case some:
		return ui.Part
	}
	return ui.Full
}

// mostColumns is how many different bands a day's grid shows; beyond it the
// three parts of the day stand for them.
const mostColumns = 6

// columnsOf returns the stretches that a day of the rooms is shown in: the bands
// that they have, or parts of the day where none has any.
func columnsOf(rooms []facility.Room) []search.Times {
	var out []search.Times
	first, last := facility.DayEnd, 0
	for i := range rooms {
		first, last = min(first, rooms[i].Opens), max(last, rooms[i].Closes)
		for _, b := range rooms[i].Bands {
			if !slices.Contains(out, search.Times(b)) {
				out = append(out, search.Times(b))
			}
		}
	}
	if len(out) == 0 || len(out) > mostColumns {
		const lunch, tea = 12 * 60, 17 * 60
		out = nil
		for _, t := range []search.Times{{From: first, To: lunch}, {From: lunch, To: tea}, {From: tea, To: last}} {
			if t.From < t.To {
				out = append(out, t)
			}
		}
	}
	slices.SortFunc(out, func(a, b search.Times) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return out
}

// bandName is what a stretch is called: morning, afternoon, evening.
func bandName(loc *i18n.Localizer, t search.Times) string {
	return loc.T("places.part." + string(search.PartOf(t.From, t.To)))
}

// ownBy sorts the reader's reservations by room and day.
func ownBy(own []search.Own) map[search.RoomDay][]search.Own {
	if len(own) == 0 {
		return nil
	}
	out := make(map[search.RoomDay][]search.Own, len(own))
	for _, o := range own {
		k := search.RoomDay{Room: o.Room, Day: o.Day}
		out[k] = append(out[k], o)
	}
	return out
}
