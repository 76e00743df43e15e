package reservation

import (
	"context"
	"encoding/json"
	"slices"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation/cells"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/receipt"
)

// Every says how often a series repeats.
type Every string

// The ways to repeat. Monthly keeps the weekday: the second Saturday of each
// month; months without a fifth one are left out.
const (
	Weekly   Every = "weekly"
	Biweekly Every = "biweekly"
	Monthly  Every = "monthly"
)

// EveryWay lists the ways to repeat, in the order of a menu.
var EveryWay = []Every{Weekly, Biweekly, Monthly}

// Rule says on which days a series falls: until a day, which is included, or a
// number of times, the first included. Where both are given, what comes first.
type Rule struct {
	Every Every   `json:"every"`
	Until jp.Date `json:"until"`
	Times int     `json:"times"` // 0: Until alone
}

// Dates returns the days of a series that begins on first, at most most.
func (r Rule) Dates(first jp.Date, most int) []jp.Date {
	if r.Times > 0 {
		most = min(most, r.Times)
	}
	nth := (first.Day-1)/7 + 1
	var out []jp.Date
	for n := 0; len(out) < most; n++ {
		d := first
		switch r.Every {
		case Weekly:
			d = first.AddDays(7 * n)
		case Biweekly:
			d = first.AddDays(14 * n)
		case Monthly:
			month := jp.NewDate(first.Year, first.Month, 1).AddMonths(n)
			d = month.AddDays((int(first.Weekday())-int(month.Weekday())+7)%7 + 7*(nth-1))
			if d.Month != month.Month {
				d = jp.Date{} // no fifth one
			}
		default:
			return []jp.Date{first}
		}
		if !r.Until.IsZero() && d.After(r.Until) {
			break
		}
		if !d.IsZero() {
			out = append(out, d)
		} else if !r.Until.IsZero() && jp.NewDate(first.Year, first.Month, 1).AddMonths(n).After(r.Until) {
			break
		}
	}
	return out
}

// Check returns what is wrong with the rule: the fields every, until and times.
func (r Rule) Check(first jp.Date, most int) error {
	var c fault.Check
	c.Field(slices.Contains(EveryWay, r.Every), "every", "reservation.error.every")
	c.Field(!r.Until.IsZero() || r.Times > 0, "until", "reservation.error.until")
	c.Field(r.Until.IsZero() || !r.Until.Before(first), "until", "reservation.error.until")
	c.Field(r.Times >= 0 && r.Times <= most, "times", "reservation.error.times", "most", most)
	return c.Err()
}

// Skip is one day that a series could not have, and why.
type Skip struct {
	Day  jp.Date      `json:"day"`
	Key  string       `json:"key"` // message that says why, without values of its own
	Span quarter.Span `json:"-"`
	Near *Vacancy     `json:"-"` // the nearest free time, when there is one
}

// Why a series skips a day, as message keys.
const (
	SkipTaken  = "reservation.skip.taken"
	SkipClosed = "reservation.skip.closed"
	SkipFar    = "reservation.skip.far"
	SkipMany   = "reservation.skip.many"
	SkipPast   = "reservation.skip.past"
)

// Plan is what a series would book and what it would skip.
type Plan struct {
	Spans   []quarter.Span
	Skipped []Skip
}

// on moves a span to another day, keeping its time of day.
func on(s quarter.Span, from, to jp.Date) quarter.Span {
	n := to.Sub(from)
	return quarter.Span{Start: s.Start.AddDate(0, 0, n), End: s.End.AddDate(0, 0, n)} // Tokyo has no summer time
}

// Plan returns what a series of r by the rule would book, with the nearest
// free time for each day it would skip. Nothing is taken.
func (s *Service) Plan(ctx context.Context, r Reservation, rule Rule) (p Plan, err error) {
	defer fault.Wrap(&err, "Plan(room %v, %v)", r.Room, r.Span.Start)
	err = s.deps.DB.Read(ctx, func(tx *db.Tx) error {
		k, err := s.room(tx, r.Room)
		if err != nil {
			return err
		}
		p, err = s.plan(tx, r, rule, k)
		return err
	})
	if err != nil {
		return p, err
	}
	for i := range p.Skipped {
		found, err := s.Nearest(ctx, r.Room, p.Skipped[i].Span, r.Headcount)
		if err != nil {
			return p, err
		}
		if len(found) > 0 {
			p.Skipped[i].Near = &found[0]
		}
	}
	return p, nil
}

// plan divides the days of a series into those that can be had and the others.
func (s *Service) plan(tx *db.Tx, r Reservation, rule Rule, k *known) (p Plan, err error) {
	if err := rule.Check(r.Day(), s.limits.MaxSeries); err != nil {
		return p, err
	}
	if err := s.limits.CheckDetails(r, k.Room); err != nil {
		return p, err
	}
	if err := k.bears(r); err != nil {
		return p, err
	}
	dates := rule.Dates(r.Day(), s.limits.MaxSeries)
	taken, err := cells.Taken(tx, k.Cells(r.Loud), r.Day(), dates[len(dates)-1].AddDays(s.limits.MaxDays))
	if err != nil {
		return p, err
	}
	for _, d := range dates {
		one := r
		one.Span = on(r.Span, r.Day(), d)
		key, err := s.whySkip(tx, one, k, taken)
		if err != nil {
			return p, err
		}
		if key != "" {
			p.Skipped = append(p.Skipped, Skip{Day: d, Key: key, Span: one.Span})
			continue
		}
		p.Spans = append(p.Spans, one.Span)
	}
	return p, nil
}

// whySkip returns why a day of a series cannot be had, "" when it can.
func (s *Service) whySkip(tx *db.Tx, r Reservation, k *known, taken map[jp.Date]quarter.Bits) (string, error) {
	today := jp.DateOf(tx.Now)
	for _, d := range r.Span.Days() {
		if taken[d.Date].Meets(d.Bits) {
			return SkipTaken, nil
		}
	}
	l, err := s.limitsFor(tx, r, k)
	if err != nil {
		return "", err
	}
	switch err := l.CheckTime(r, k.Room, k.closures, tx.Now); {
	case err == nil:
		return "", nil
	case l.early(tx.Now), l.Opens.IsZero() && r.Day().After(today.AddDays(l.HorizonDays)):
		return SkipFar, nil
	case !r.Day().After(today):
		return SkipPast, nil
	}
	return SkipClosed, nil
}

// Series is what became of a series: its reservations and the days it could
// not have.
type Series struct {
	ID      db.ID
	Rule    Rule
	MadeBy  db.ID
	Booked  []Reservation
	Skipped []Skip
}

// seriesRow is what is stored of a series as JSON.
type seriesRow struct {
	Rule
	Skipped []Skip `json:"skipped,omitempty"`
}

// BookSeries books r and its repetitions by the rule in one transaction. Days
// that are taken, closed or too far ahead are skipped and said so; when no day
// at all can be had, it is the Conflict that Book returns. One message tells of
// them all.
func (s *Service) BookSeries(ctx context.Context, actor db.Actor, r Reservation, rule Rule) (out Series, err error) {
	defer fault.Wrap(&err, "BookSeries(room %v, %v)", r.Room, r.Span.Start)
	var k *known
	var p Plan
	err = s.deps.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if k, err = s.room(tx, r.Room); err != nil {
			return err
		}
		if r.Group != 0 && s.near.GroupMayBook != nil {
			if err := s.near.GroupMayBook(tx, r.Group, r.Day()); err != nil {
				return err
			}
		}
		p, err = s.plan(tx, r, rule, k)
		return err
	})
	if err != nil {
		return Series{}, err
	}
	r = s.fresh(actor, r, k)
	err = s.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		// The function may run again, so it begins with nothing done.
		out = Series{ID: db.NewID(), Rule: rule, MadeBy: actor.Person, Skipped: slices.Clone(p.Skipped)}
		return s.bookAll(tx, r, p.Spans, &out)
	})
	if db.IsUnique(err) { // a receipt: draw again
		return s.BookSeries(ctx, actor, r, rule)
	}
	return out, err
}

// bookAll books the spans one after another, the earliest first, and writes
// the series.
func (s *Service) bookAll(tx *db.Tx, r Reservation, spans []quarter.Span, out *Series) error {
	k, err := s.firm(tx, r.Room)
	if err != nil {
		return err
	}
	for _, span := range spans {
		one := r
		one.ID, one.Receipt, one.Span, one.Series = db.NewID(), receipt.New(), span, out.ID
		one.MadeAt, one.ChangedAt = tx.Now, tx.Now
		key, err := s.bookIfFree(tx, one, k)
		if err != nil {
			return err
		}
		if key != "" {
			out.Skipped = append(out.Skipped, Skip{Day: one.Day(), Key: key, Span: span})
			continue
		}
		out.Booked = append(out.Booked, one)
	}
	if len(out.Booked) == 0 {
		return taken(r)
	}
	slices.SortFunc(out.Skipped, func(a, b Skip) int { return a.Day.Sub(b.Day) })
	rule, err := json.Marshal(seriesRow{Rule: out.Rule, Skipped: out.Skipped})
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO series (id, rule, made_by, made_at) VALUES ($1, $2, $3, $4)`,
		out.ID, string(rule), out.MadeBy, tx.Now); err != nil {
		return err
	}
	tx.Touch(Topic, RoomTopic(r.Room))
	n := noticeOf(out.Booked[0], k)
	n.More, n.Skipped = slots(out.Booked[1:]), out.Skipped
	kind := "places.series"
	if r.State == Requested {
		kind = "places.series_requested"
	}
	note, err := n.message(kind, out.Booked[0])
	if err != nil {
		return err
	}
	return s.send(tx, note)
}

func slots(rs []Reservation) []Slot {
	out := make([]Slot, len(rs))
	for i, r := range rs {
		out[i] = Slot{ID: r.ID, Receipt: r.Receipt, Start: db.Micros(r.Span.Start), End: db.Micros(r.Span.End), Sequence: r.Version - 1}
	}
	return out
}

// bookIfFree books one reservation of a series, or returns why not.
func (s *Service) bookIfFree(tx *db.Tx, r Reservation, k *known) (skip string, err error) {
	rows := k.rows(r)
	if ok, err := cells.TryTake(tx, rows); err != nil {
		return "", err
	} else if !ok {
		return SkipTaken, nil
	}
	if err := s.countIn(tx, r, k, jp.Date{}); fault.Is(err, fault.Conflict) {
		return SkipMany, cells.GiveBack(tx, rows)
	} else if err != nil {
		return "", err
	}
	if err := s.enter(tx, r, k); err != nil {
		return "", err
	}
	return "", audit.Record(tx, audit.Entry{Action: "reservation.book", Subject: "reservation", ID: r.ID, Person: r.Person})
}

// GetSeries returns the series with its reservations, the earliest first, or
// NotFound.
func GetSeries(tx *db.Tx, id db.ID) (_ Series, err error) {
	defer fault.Wrap(&err, "reservation.GetSeries(%v)", id)
	type stored struct {
		by   db.ID
		rule string
	}
	row, err := db.One(tx, func(r *stored) []any { return []any{&r.rule, &r.by} }, `SELECT rule, made_by FROM series WHERE id = $1`, id)
	if err != nil {
		return Series{}, err
	}
	var rule seriesRow
	if err := json.Unmarshal([]byte(row.rule), &rule); err != nil {
		return Series{}, err
	}
	out := Series{ID: id, Rule: rule.Rule, MadeBy: row.by, Skipped: rule.Skipped}
	out.Booked, err = many(tx, `SELECT `+columns+` FROM reservations WHERE series_id = $1 AND series_id <> 0 ORDER BY starts_at, id`, id)
	return out, err
}

// CancelSeries gives back what is still to come of a series, in one
// transaction and with one message. It returns how many reservations that were.
func (s *Service) CancelSeries(ctx context.Context, actor db.Actor, id db.ID, reason string) (n int, err error) {
	defer fault.Wrap(&err, "CancelSeries(%v)", id)
	err = s.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		all, err := GetSeries(tx, id)
		if err != nil {
			return err
		}
		var ended []Reservation
		for _, r := range all.Booked {
			if !r.Open(tx.Now) {
				continue
			}
			if err := s.turn(tx, &r, Cancelled, reason); err != nil {
				return err
			}
			ended = append(ended, r)
		}
		if n = len(ended); n == 0 {
			return fault.New(fault.Conflict, "reservation.error.over")
		}
		k, err := s.room(tx, ended[0].Room)
		if err != nil {
			return err
		}
		note := noticeOf(ended[0], k)
		note.More = slots(ended[1:])
		msg, err := note.message("places.cancelled", ended[0])
		if err != nil {
			return err
		}
		return s.send(tx, msg)
	})
	return n, err
}
