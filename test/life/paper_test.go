package life

import (
	"slices"
	"time"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
)

// booking is a line of the paper calendar, with the purse of who pays it.
type booking struct {
	reservation.Reservation
	room  int
	purse *purse // nil while nothing is charged
}

// wait is somebody's name on a waiting list.
type wait struct {
	id     db.ID
	room   int
	span   quarter.Span
	by     who
	state  string
	rested bool
}

// gave is time that a holder gave back, or let go.
type gave struct {
	room int
	span quarter.Span
	by   who
	sure bool // all of it, and by nobody's doing but theirs
}

type point struct {
	day   jp.Date
	n     int
	spent bool
}

// paper is all that the model knows of the city.
type paper struct {
	rooms  []room
	all    map[db.ID]*booking
	waits  map[db.ID]*wait
	gave   []gave
	points map[db.ID][]*point
	until  map[db.ID]jp.Date // suspended, this day included
	cash   map[jp.Date]int64
	closed jp.Date // the last day whose till was counted
}

func newPaper(rooms []room) *paper {
	return &paper{
		rooms: rooms, all: map[db.ID]*booking{}, waits: map[db.ID]*wait{},
		points: map[db.ID][]*point{}, until: map[db.ID]jp.Date{}, cash: map[jp.Date]int64{},
	}
}

// holds reports whether a state keeps others out.
func holds(s reservation.State) bool {
	switch s {
	case reservation.Requested, reservation.Confirmed, reservation.Offered, reservation.Resting, reservation.Used:
		return true
	}
	return false
}

func meet(a, b []int) bool {
	return slices.ContainsFunc(a, func(x int) bool { return slices.Contains(b, x) })
}

// apart reports whether two rooms can be used at once, loud or not.
func (p *paper) apart(a int, aLoud bool, b int, bLoud bool) bool {
	x, y := p.rooms[a], p.rooms[b]
	return !meet(x.bases, y.bases) && !(aLoud && meet(x.disturbs, y.bases)) && !(bLoud && meet(y.disturbs, x.bases))
}

func overlap(a, b quarter.Span) bool { return a.Start.Before(b.End) && b.Start.Before(a.End) }

func within(a, b quarter.Span) bool { return !a.Start.Before(b.Start) && !a.End.After(b.End) }

// standing lists what keeps a room's time from being used, but for one booking.
func (p *paper) standing(at int, span quarter.Span, loud bool, but db.ID) (out []*booking) {
	for id, b := range p.all {
		if id != but && holds(b.State) && overlap(b.Span, span) && !p.apart(at, loud, b.room, b.Loud) {
			out = append(out, b)
		}
	}
	return out
}

// clashes names two bookings that have one time.
func (p *paper) clashes() (a, b *booking) {
	for _, a := range p.all {
		if holds(a.State) {
			if others := p.standing(a.room, a.Span, a.Loud, a.ID); len(others) > 0 {
				return a, others[0]
			}
		}
	}
	return nil, nil
}

// minutes are those of the day on which the span starts.
func minutes(span quarter.Span) (day jp.Date, from, to int) {
	day = jp.DateOf(span.Start)
	return day, int(span.Start.Sub(day.At(0)) / time.Minute), int(span.End.Sub(day.At(0)) / time.Minute)
}

// opened reports whether the rooms' hours and the rules let anybody book the time
// now.
func (p *paper) opened(at int, span quarter.Span, now time.Time) bool {
	r := p.rooms[at]
	day, from, to := minutes(span)
	switch {
	case from >= to || from%15 != 0 || to%15 != 0 || span.Start.Before(now.Add(lead*time.Minute)):
		return false
	case len(r.bands) > 0:
		starts, ends := false, false
		for _, b := range r.bands {
			starts, ends = starts || b.From == from, ends || b.To == to
		}
		if !starts || !ends {
			return false
		}
	case to > 24*hour && at != night || to <= 24*hour && (from < r.opens || to > r.closes) || to > 7*24*hour:
		return false
	}
	opens := day.AddMonths(-3).At(0)
	if drawn := jp.NewDate(day.Year, day.Month, 7).AddMonths(-1).At(0); r.class == "hall" && opens.Before(drawn) {
		opens = drawn
	}
	return !now.Before(opens)
}

// held counts what a holder has on a day, and in its month.
func (p *paper) held(holder db.ID, day jp.Date, but db.ID) (onDay, inMonth int) {
	for id, b := range p.all {
		if id == but || !holds(b.State) || b.Kind != reservation.ForUse || b.Holder() != holder {
			continue
		}
		d := jp.DateOf(b.Span.Start)
		if d == day {
			onDay++
		}
		if d.Year == day.Year && d.Month == day.Month {
			inMonth++
		}
	}
	return onDay, inMonth
}

// canBook reports whether a wish comes true; taken are those of the same list
// that come before it.
func (p *paper) canBook(w booking, now time.Time) bool {
	day := jp.DateOf(w.Span.Start)
	onDay, inMonth := p.held(w.Holder(), day, 0)
	return p.opened(w.room, w.Span, now) && w.Headcount > 0 && w.Headcount <= 50 && (!w.Loud || p.rooms[w.room].loud) &&
		!p.barred(w.Group, now) && len(p.standing(w.room, w.Span, w.Loud, 0)) == 0 && onDay < perDay && inMonth < perMonth
}

// barred reports whether a group is suspended now.
func (p *paper) barred(group db.ID, now time.Time) bool {
	return group != 0 && !p.until[group].IsZero() && !jp.DateOf(now).After(p.until[group])
}

// canChange reports whether a booking can become what is wished for.
func (p *paper) canChange(old *booking, w booking, now time.Time) bool {
	if old.State != reservation.Requested && old.State != reservation.Confirmed || !old.Span.End.After(now) || w.Loud && !p.rooms[w.room].loud {
		return false
	}
	if w.Headcount <= 0 || w.Headcount > 50 {
		return false
	}
	if moved(old, &w) {
		if !p.opened(w.room, w.Span, now) {
			return false
		}
		if day := jp.DateOf(w.Span.Start); day != jp.DateOf(old.Span.Start) {
			onDay, inMonth := p.held(w.Holder(), day, old.ID)
			if onDay >= perDay || inMonth >= perMonth {
				return false
			}
		}
	}
	return len(p.standing(w.room, w.Span, w.Loud, old.ID)) == 0
}

func moved(a, b *booking) bool {
	return a.room != b.room || !a.Span.Start.Equal(b.Span.Start) || !a.Span.End.Equal(b.Span.End)
}

// blame gives a holder points, which may bring a suspension.
func (p *paper) blame(b *booking, n int, now time.Time) {
	h := b.Holder()
	today := jp.DateOf(now)
	p.points[h] = append(p.points[h], &point{day: today, n: n})
	sum := 0
	for _, x := range p.points[h] {
		if !x.spent && today.Before(x.day.AddMonths(12)) {
			sum += x.n
		}
	}
	if sum < limit {
		return
	}
	for _, x := range p.points[h] {
		x.spent = true
	}
	if u := today.AddMonths(suspended); u.After(p.until[h]) {
		p.until[h] = u
	}
}

// purse is what a resident would write down of one booking.
type purse struct {
	total, paid int64
	waived      bool
	ended       bool
	due         jp.Date
	entries     int
}

func (u *purse) owed() int64 {
	if u.waived || u.ended {
		return 0
	}
	return max(0, u.total-u.paid)
}

func (u *purse) back() int64 { return max(0, u.paid-u.total) }

// cost is what a booking costs by the price list on the wall.
func (p *paper) cost(b *booking) int64 {
	r := p.rooms[b.room]
	day, from, to := minutes(b.Span)
	base := int64(0)
	switch {
	case r.class == "meeting" && !day.Before(turned):
		base = newFee * int64((to-from+59)/60)
	case len(r.bands) > 0:
		for _, x := range r.bands {
			if x.From >= from && x.To <= to {
				base += r.fee
			}
		}
	default:
		for ; from < to; from = (from/(24*hour) + 1) * 24 * hour {
			base += r.fee * int64((min(to, (from/(24*hour)+1)*24*hour)-from+59)/60)
		}
	}
	h := holderOf(b.Group, b.Person)
	if !h.resident {
		base += base / 2
	}
	if h.kind == "civic" {
		base -= base / 2 / 10 * 10
	}
	return base + projector*int64(min(2, b.Asked.Extras["projector"]))
}

func holderOf(group, person db.ID) who {
	for _, h := range holders {
		if h.group == group && (group != 0 || h.person == person) {
			return h
		}
	}
	return who{group, person, "", true}
}

// charge writes down what a confirmed booking costs now.
func (p *paper) charge(b *booking, now time.Time) {
	today, cost := jp.DateOf(now), p.cost(b)
	due := today.AddDays(payWithin)
	if last := jp.DateOf(b.Span.Start).AddDays(-payBefore); last.Before(due) {
		due = last
	}
	if due.Before(today) {
		due = today
	}
	u := b.purse
	if u == nil {
		if cost > 0 {
			b.purse = &purse{total: cost, due: due}
		}
		return
	}
	if u.waived {
		cost = min(cost, u.paid)
	}
	if cost > u.total || u.due.After(due) {
		u.due = due
	}
	u.total = cost
}

// refund is how much of a fee comes back by the rule of the day.
func refund(paid int64, use, today jp.Date) int64 {
	all, half := 30, 7
	if !today.Before(turned) {
		all, half = 14, 3
	}
	switch days := use.Sub(today); {
	case days >= all:
		return paid
	case days >= half:
		return paid / 2
	}
	return 0
}

// end ends what is owed; whole says that it was the office's doing.
func (u *purse) end(use, today jp.Date, whole bool) {
	if u == nil || u.ended {
		return
	}
	over := u.back()
	back := over + refund(u.paid-over, use, today)
	if whole {
		back = u.paid
	}
	u.total, u.ended = u.paid-back, true
}

// move writes money that changed hands into purse and till.
func (p *paper) move(u *purse, yen int64, now time.Time) {
	u.paid += yen
	u.entries++
	day := jp.DateOf(now)
	if !p.closed.IsZero() && !day.After(p.closed) {
		day = p.closed.AddDays(1)
	}
	p.cash[day] += yen
}
