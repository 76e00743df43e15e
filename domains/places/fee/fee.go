package fee

import (
	"slices"

	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
)

// usualRound is what surcharges and reductions are rounded down to where the
// rules do not say, in yen.
const usualRound = 10

// stretch is one priced part of a day: a band, or hours.
type stretch struct {
	day      jp.Date
	from, to int
	yen      int64
	band     bool
}

// hours are the hours begun.
func (s stretch) hours() int64 { return int64(s.to-s.from+59) / 60 }

// Work works out what a use costs.
func Work(in Input) Working {
	var w Working
	parts := in.base()
	base := int64(0)
	for _, p := range parts {
		base += p.yen
		l := Line{Key: Band, Yen: p.yen, Day: p.day.String(), From: p.from, To: p.to}
		if !p.band {
			l.Key, l.Count, l.Each = Hour, p.hours(), p.yen/p.hours()
		}
		w.Lines = append(w.Lines, l)
	}
	use := base
	for _, l := range in.surcharges(parts, base) {
		use += l.Yen
		w.Lines = append(w.Lines, l)
	}
	extras := int64(0)
	for _, l := range in.extras(parts) {
		extras += l.Yen
		w.Lines = append(w.Lines, l)
	}
	if l, ok := in.reduction(use, extras); ok {
		w.Lines = append(w.Lines, l)
	}
	w.Lines = slices.DeleteFunc(w.Lines, func(l Line) bool { return l.Yen == 0 && l.Key != Band && l.Key != Hour })
	for _, l := range w.Lines {
		w.Total += l.Yen
	}
	return w
}

// base covers the time of each day from its beginning: at each moment the first
// line of the rules that begins there and ends within the use counts, so that a
// line for the whole day goes before those of its bands when it stands above
// them. Where no line begins, the room's own fee holds; a break between bands
// costs nothing.
func (in Input) base() []stretch {
	var out []stretch
	for _, d := range in.Days {
		for at := d.From; at < d.To; {
			s, ok := in.next(d, at)
			if !ok {
				at = in.resume(d, at)
				continue
			}
			out = append(out, s)
			at = s.to
		}
	}
	return out
}

// next is the stretch that begins at the minute, if one does.
func (in Input) next(d Day, at int) (stretch, bool) {
	for _, b := range in.Rules.Base {
		if !fits(b, in.Room, d.Date) {
			continue
		}
		if b.From == 0 && b.To == 0 {
			s := stretch{day: d.Date, from: at, to: d.To}
			s.yen = max(0, b.Yen) * s.hours()
			return s, true
		}
		if b.From == at && b.To > at && b.To <= d.To {
			return stretch{day: d.Date, from: at, to: b.To, yen: max(0, b.Yen), band: true}, true
		}
	}
	if len(in.Room.Bands) == 0 {
		s := stretch{day: d.Date, from: at, to: in.resume(d, at)}
		s.yen = max(0, in.Room.Fee) * s.hours()
		return s, true
	}
	for _, b := range in.Room.Bands {
		if b.From == at && b.To > at && b.To <= d.To {
			return stretch{day: d.Date, from: at, to: b.To, yen: max(0, in.Room.Fee), band: true}, true
		}
	}
	return stretch{}, false
}

// resume is the next minute of the day at which a line or a band begins.
func (in Input) resume(d Day, at int) int {
	to := d.To
	for _, b := range in.Rules.Base {
		if b.From > at && b.From < to && b.To <= d.To && fits(b, in.Room, d.Date) {
			to = b.From
		}
	}
	for _, b := range in.Room.Bands {
		if b.From > at && b.From < to {
			to = b.From
		}
	}
	return to
}

// fits reports whether a line of the base is for the room on the day.
func fits(b rules.Base, r Room, d jp.Date) bool {
	return (b.Room == 0 || b.Room == r.ID) && named(b.Classes, r.Class) &&
		(b.Days == "" || (b.Days == "weekend") == Weekend(d))
}

// surcharges are the lines that come on top of the base.
func (in Input) surcharges(parts []stretch, base int64) []Line {
	when := map[string]bool{
		Admission: in.Asked.Admission > 0, Commercial: in.Asked.Commercial, AdmissionCommercial: in.Asked.Admission > 0 && in.Asked.Commercial,
		Outside: !in.Who.Resident, AfterHours: true, WeekendDays: true,
	}
	of := map[string]int64{
		Admission: base, Commercial: base, AdmissionCommercial: base, Outside: base, AfterHours: in.after(parts), WeekendDays: weekends(parts),
	}
	percent := map[string]int{}
	over := map[string]int64{}
	for _, s := range in.Rules.Surcharges {
		switch s.When {
		case Admission, AdmissionCommercial:
			if in.Asked.Admission <= s.Over {
				continue
			}
			if _, known := percent[s.When]; !known || s.Over > over[s.When] || s.Over == over[s.When] && s.Percent > percent[s.When] {
				percent[s.When], over[s.When] = max(0, s.Percent), s.Over
			}
		default:
			percent[s.When] += max(0, s.Percent)
		}
	}
	if _, both := percent[AdmissionCommercial]; both && when[AdmissionCommercial] {
		when[Admission], when[Commercial] = false, false
	}
	var out []Line
	for _, key := range []string{Admission, Commercial, AdmissionCommercial, AfterHours, Outside, WeekendDays} {
		if when[key] {
			out = append(out, Line{Key: key, Percent: percent[key], Of: of[key], Yen: in.down(share(of[key], percent[key]))})
		}
	}
	return out
}

// after is what the part outside of the room's hours costs.
func (in Input) after(parts []stretch) int64 {
	opens, closes := in.Room.hours()
	sum := int64(0)
	for _, p := range parts {
		inside := max(0, min(p.to, closes)-max(p.from, opens))
		sum += p.yen * int64(p.to-p.from-inside) / int64(p.to-p.from)
	}
	return sum
}

// hours are when the room is open: from its first band to its last, where it
// has bands.
func (r Room) hours() (opens, closes int) {
	if len(r.Bands) == 0 {
		return r.Opens, r.Closes
	}
	opens, closes = r.Bands[0].From, r.Bands[0].To
	for _, b := range r.Bands {
		opens, closes = min(opens, b.From), max(closes, b.To)
	}
	return opens, closes
}

func weekends(parts []stretch) int64 {
	sum := int64(0)
	for _, p := range parts {
		if Weekend(p.day) {
			sum += p.yen
		}
	}
	return sum
}

// extras are the lines for heating and equipment, in the order of the rules.
func (in Input) extras(parts []stretch) []Line {
	var out []Line
	for _, e := range in.Rules.Extras {
		pieces := min(int64(in.Asked.Extras[e.Key]), int64(max(1, e.Most)))
		if e.Always {
			pieces = max(1, pieces)
		}
		if pieces <= 0 || !named(e.Classes, in.Room.Class) {
			continue
		}
		bands, hours := int64(0), int64(0)
		for _, p := range parts {
			if named(e.Months, int(p.day.Month)) {
				bands++
				hours += p.hours()
			}
		}
		l := Line{Name: e.Name, Count: pieces, Each: max(0, e.Yen)}
		switch e.Per {
		case "band":
			l.Key, l.Times = ExtraBand, bands
		case "hour":
			l.Key, l.Times = ExtraHour, hours
		default:
			l.Key, l.Times = ExtraUse, min(1, bands)
		}
		l.Yen = l.Each * l.Count * l.Times
		out = append(out, l)
	}
	return out
}

// reduction is the line of the reduction that saves most; of two that save the
// same, the first.
func (in Input) reduction(use, extras int64) (best Line, ok bool) {
	for _, r := range in.Reductions.Lines {
		if !named(r.Kinds, in.Who.Kind) || !named(r.Uses, in.Asked.Use) {
			continue
		}
		percent := min(100, max(0, r.Percent))
		of := use
		if r.Extras {
			of += extras
		}
		saved := in.down(share(of, percent))
		if percent == 100 {
			saved = of
		}
		if saved > -best.Yen {
			best, ok = Line{Key: Reduction, Name: r.Name, Percent: percent, Of: of, Yen: -saved}, true
		}
	}
	return best, ok
}

func (in Input) down(yen int64) int64 {
	to := in.Rules.Round
	if to <= 0 {
		to = usualRound
	}
	return yen - yen%to
}

// share is so many percent of yen, rounded down.
func share(yen int64, percent int) int64 { return yen * int64(percent) / 100 }

// named reports whether a list names the value; an empty list names all.
func named[T comparable](list []T, v T) bool { return len(list) == 0 || slices.Contains(list, v) }
