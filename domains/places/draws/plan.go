package draws

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/draw"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/fault"
)

// freezeAt is when, in minutes after midnight, a list is frozen on its day: after
// a morning in which the office sees which groups overlap.
const freezeAt = 12 * 60

// ahead is how many months before entries open a draw is made.
const ahead = 1

// mostMonths bounds for how many months of use draws are looked for.
const mostMonths = 24

// planned is the draw that a line of the rules makes for a month. Rooms that are
// let whole and in parts make sets, which draw.Ranks does not take: they are drawn
// in turn, as the pages of rules say.
func planned(f facility.Facility, of []facility.Room, line rules.DrawLine, month jp.Date) Draw {
	from, until, on := line.Days(month)
	if !apart(of) {
		line.Mode = draw.Plain
	}
	rooms := make([]db.ID, len(of))
	for i, r := range of {
		rooms[i] = r.ID
	}
	d := Draw{
		ID: db.NewID(), Facility: f.ID, Office: f.Office, Month: month, Rooms: rooms, Rule: line, Source: line.Source, What: line.What,
		State: Planned, Opens: from.At(0), Closes: until.AddDays(1).At(0), Freezes: on.At(freezeAt),
	}
	d.Due = d.Freezes.Add(time.Duration(max(1, line.Wait)) * time.Hour)
	return d
}

// Plan makes the draws of the coming months that the rules ask for and that are
// not there yet. Running it twice changes nothing.
func (x *Draws) Plan(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "draws.Plan()")
	var due []Draw
	err = x.deps.DB.Read(ctx, func(tx *db.Tx) error {
		due = nil
		book, err := x.rules.Book(tx)
		if err != nil {
			return err
		}
		ids, err := db.All(tx, func(id *db.ID) []any { return []any{id} }, `SELECT id FROM facilities WHERE bookable = 1 ORDER BY id LIMIT 2000`)
		if err != nil {
			return err
		}
		for _, id := range ids {
			some, err := x.dueAt(tx, book, id)
			if err != nil {
				return err
			}
			due = append(due, some...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, d := range due {
		if _, err := x.make(ctx, db.Actor{Via: "job"}, d); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return nil
}

// dueAt lists the draws that the rules ask for at one facility.
func (x *Draws) dueAt(tx *db.Tx, book *rules.Book, id db.ID) ([]Draw, error) {
	f, err := facility.Get(tx, id)
	if err != nil || f.Closed {
		return nil, err
	}
	rooms, err := facility.RoomsOf(tx, id)
	if err != nil {
		return nil, err
	}
	today := jp.DateOf(tx.Now)
	month := jp.NewDate(today.Year, today.Month, 1)
	var out []Draw
	for range mostMonths {
		for _, d := range monthly(book, f, rooms, month) {
			// One whose entries have closed already is nobody's to enter.
			if d.Closes.After(tx.Now) && jp.DateOf(d.Opens).Before(today.AddMonths(ahead)) {
				out = append(out, d)
			}
		}
		month = month.AddMonths(1)
	}
	return out, nil
}

// monthly are the draws of one month of use, one a line of the rules.
func monthly(book *rules.Book, f facility.Facility, rooms []facility.Room, month jp.Date) []Draw {
	var lines []rules.DrawLine
	var drawn [][]facility.Room
	for _, r := range rooms {
		p := rules.PlaceOf(&r)
		line, ok := book.Draw(p, month).For(p)
		if !ok {
			continue
		}
		same := func(l rules.DrawLine) bool {
			return l.Before == line.Before && l.From == line.From && l.On == line.On && l.Mode == line.Mode && slices.Equal(l.Classes, line.Classes)
		}
		k := slices.IndexFunc(lines, same)
		if k < 0 {
			k, lines, drawn = len(lines), append(lines, line), append(drawn, nil)
		}
		drawn[k] = append(drawn[k], r)
	}
	out := make([]Draw, len(lines))
	for i := range lines {
		out[i] = planned(f, drawn[i], lines[i], month)
	}
	return out
}

// make writes a draw, unless one of its rooms is drawn for the month already:
// Conflict then.
func (x *Draws) make(ctx context.Context, actor db.Actor, d Draw) (Draw, error) {
	err := x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		// The facility's row is held, so that two who plan wait for each other.
		if _, err := tx.Exec(`UPDATE facilities SET version = version WHERE id = $1`, d.Facility); err != nil {
			return err
		}
		has, err := drawsOf(db.All(tx, (*drawRow).dest, `SELECT `+drawColumns+` FROM draws WHERE facility_id = $1 AND month = $2 LIMIT 500`, d.Facility, d.Month))
		if err != nil {
			return err
		}
		for _, h := range has {
			if slices.ContainsFunc(h.Rooms, func(r db.ID) bool { return slices.Contains(d.Rooms, r) }) {
				return fault.New(fault.Conflict, "draws.error.there")
			}
		}
		if err := checkMode(tx, d); err != nil {
			return err
		}
		if err := insertDraw(tx, d); err != nil {
			return err
		}
		tx.Touch(Topic)
		return audit.Record(tx, audit.Entry{Action: "draws.plan", Subject: "draw", ID: d.ID})
	})
	d.Version = 1
	return d, err
}

// checkMode refuses draw.Ranks where a wish could be a set.
func checkMode(tx *db.Tx, d Draw) error {
	var c fault.Check
	c.Field(slices.Contains(rules.Modes, d.Rule.Mode), "mode", "draws.error.empty")
	if d.Rule.Mode == draw.Ranks {
		all, err := facility.RoomsOf(tx, d.Facility)
		if err != nil {
			return err
		}
		ours := slices.DeleteFunc(all, func(r facility.Room) bool { return !slices.Contains(d.Rooms, r.ID) })
		c.Field(!d.Rule.Sets && apart(ours), "mode", "draws.error.ranks")
	}
	return c.Err()
}

// checkDates says what of a draw's times and rules cannot be, as fields of the
// office's form.
func (d Draw) checkDates(now time.Time) error {
	var c fault.Check
	c.Field(len(d.Rooms) > 0, "rooms", "draws.error.empty")
	c.Field(!d.Month.IsZero() && d.Month.At(0).After(d.Freezes), "month", "draws.error.dates")
	c.Field(d.Opens.Before(d.Closes), "until", "draws.error.dates")
	c.Field(d.Closes.After(now), "until", "draws.error.dates")
	c.Field(!d.Freezes.Before(d.Closes), "on", "draws.error.dates")
	c.Field(d.Due.After(d.Freezes), "on", "draws.error.dates")
	c.Field(slices.Contains([]draw.Kind{draw.Beacon, draw.Typed, draw.Entrants}, d.Source), "source", "draws.error.empty")
	c.Field(d.Source != draw.Typed || strings.TrimSpace(d.What) != "", "what", "draws.error.empty")
	c.Field(len(d.What) <= mostText, "what", "draws.error.wordy", "most", mostText/3)
	return c.Err()
}

// mostText is how many bytes a line of a proof may have for one text.
const mostText = 180

// Make writes a draw that a clerk asks for with dates of its own.
func (x *Draws) Make(ctx context.Context, actor db.Actor, d Draw) (_ Draw, err error) {
	defer fault.Wrap(&err, "draws.Make(%v, %v)", d.Facility, d.Month)
	if err := d.checkDates(x.deps.DB.Now()); err != nil {
		return d, err
	}
	d.ID, d.State = db.NewID(), Planned
	return x.make(ctx, actor, d)
}

// Postpone moves the end of entries, the freezing and the value of a draw that
// is not frozen yet, and tells everybody who entered why.
func (x *Draws) Postpone(ctx context.Context, actor db.Actor, id db.ID, until, on jp.Date, reason string) (err error) {
	defer fault.Wrap(&err, "draws.Postpone(%v)", id)
	return x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		d, err := Get(tx, id)
		if err != nil {
			return err
		}
		if d.State != Planned && d.State != Open {
			return fault.New(fault.Conflict, "draws.error.frozen")
		}
		wait := d.Due.Sub(d.Freezes)
		d.Closes, d.Freezes, d.Note = until.AddDays(1).At(0), on.At(freezeAt), strings.TrimSpace(reason)
		d.Due, d.Counted = d.Freezes.Add(wait), false
		var c fault.Check
		c.Field(d.Note != "", "reason", "draws.error.empty")
		c.Field(len(d.Note) <= 3*MaxPurpose, "reason", "draws.error.wordy", "most", MaxPurpose)
		c.Field(!until.IsZero() && d.Closes.After(tx.Now), "until", "draws.error.dates")
		c.Field(!d.Freezes.Before(d.Closes) && d.Month.At(0).After(d.Freezes), "on", "draws.error.dates")
		if err := c.Err(); err != nil {
			return err
		}
		if d.State == Open {
			d.Next = d.Closes
		}
		if ok, err := move(tx, &d); err != nil || !ok {
			return again(err)
		}
		if err := audit.Record(tx, audit.Entry{Action: "draws.postpone", Subject: "draw", ID: d.ID}); err != nil {
			return err
		}
		return x.tellAll(tx, postponedMail, d)
	})
}

// again is a Conflict for who read what has changed since, unless err says more.
func again(err error) error {
	return cmp.Or(err, error(fault.New(fault.Conflict, "draws.error.changed")))
}

// tellAll tells everybody who answers for an entry of the draw, once each.
func (x *Draws) tellAll(tx *db.Tx, kind string, d Draw) error {
	told := map[db.ID]bool{}
	var last Entry
	for {
		some, err := Entries(tx, d.ID, last, 500)
		if err != nil || len(some) == 0 {
			return err
		}
		for _, e := range some {
			if last = e; told[e.Person] {
				continue
			}
			told[e.Person] = true
			if err := x.tell(tx, kind, d, e); err != nil {
				return err
			}
		}
	}
}

// tell sends a message about an entry to who answers for it.
func (x *Draws) tell(tx *db.Tx, kind string, d Draw, e Entry) error {
	n, err := x.notice(tx, d, e)
	if err != nil {
		return err
	}
	return x.deps.Deliver.Send(tx, deliver.Message{To: e.Person, Kind: kind, Data: n, Office: d.Office})
}
