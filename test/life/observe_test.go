package life

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kakehashi/domains/places/money"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
)

// life is one run: the city, and what the model knows of it.
type life struct {
	*paper
	t     *testing.T
	rt    *rapid.T
	c     *city
	mail  db.ID          // the last message seen
	turns int            // forms sent, and strangers who came
	here  map[db.ID]bool // who has arrived
}

// cause is what may have changed bookings in one step.
type cause struct {
	what   string
	by     db.ID            // who acted; 0: the clock
	whole  bool             // the office ended it: everything paid is given back
	may    map[db.ID]string // bookings that the step may change, to their new state; nil: see transitions
	made   int              // bookings that it makes
	blocks bool             // it may make one of the office's
}

// transitions are what the clock may do, by the job.
var transitions = map[string][]string{
	"expire": {"offered lapsed", "resting lapsed"},
	"finish": {"confirmed used", "requested refused"},
	"watch":  {"confirmed cancelled", "requested cancelled"},
	"minute": {"confirmed no_show"},
}

func (l *life) now() time.Time { return l.c.clock.Now() }

func (l *life) today() jp.Date { return jp.DateOf(l.now()) }

func (l *life) read(fn func(tx *db.Tx) error) {
	if err := l.c.db.Read(l.t.Context(), fn); err != nil {
		l.rt.Fatal(err)
	}
}

func say(b *booking) string {
	return fmt.Sprintf("%s %s of %v/%v, room %c, %s to %s (version %d, from %q, due %v)", b.Kind, b.State, b.Group, b.Person, 'A'+b.room,
		b.Span.Start.In(jp.NewDate(2027, 1, 1).At(0).Location()).Format("01-02 15:04"), b.Span.End.In(jp.NewDate(2027, 1, 1).At(0).Location()).Format("01-02 15:04"),
		b.Version, b.Source, b.Due)
}

// change is a booking before and after a step.
type change struct{ was, now *booking }

// changes reads what has changed since the last step.
func (l *life) changes() (out []change) {
	l.read(func(tx *db.Tx) error {
		out = nil
		type row struct {
			id      db.ID
			version int64
		}
		rows, err := db.All(tx, func(r *row) []any { return []any{&r.id, &r.version} }, `SELECT id, version FROM reservations ORDER BY id`)
		if err != nil {
			return err
		}
		for _, row := range rows {
			was := l.all[row.id]
			if was != nil && was.Version == row.version {
				continue
			}
			r, err := reservation.Get(tx, row.id)
			if err != nil {
				return err
			}
			now := &booking{Reservation: r, room: l.c.number(r.Room)}
			if was != nil {
				now.purse = was.purse
			}
			out = append(out, change{was, now})
		}
		return nil
	})
	return out
}

// observe reads what a step did, asks whether it may have, and takes it down.
func (l *life) observe(c cause) {
	l.rt.Helper()
	all := l.changes()
	var freed []*booking
	made, passed := 0, []*booking(nil)
	for _, x := range all {
		if x.was != nil {
			l.mayBecome(c, x)
			if holds(x.was.State) && (!holds(x.now.State) || moved(x.was, x.now)) {
				freed = append(freed, x.was)
			}
			continue
		}
		switch {
		case x.now.Kind != reservation.ForUse:
			if !c.blocks || x.now.State != reservation.Confirmed {
				l.rt.Fatalf("%s made %s", c.what, say(x.now))
			}
		case x.now.State == reservation.Offered || x.now.State == reservation.Resting:
			passed = append(passed, x.now)
		default:
			made++
		}
	}
	if made != c.made {
		l.rt.Fatalf("%s made %d bookings, want %d", c.what, made, c.made)
	}
	for _, r := range passed {
		l.mayPass(c, r, freed)
	}
	before := map[db.ID]string{} // of waits
	for id, w := range l.waits {
		before[id] = w.state
	}
	l.follow(c, all)
	l.inTurn(passed, before)
	l.heirs(c, all, passed, before)
	if a, b := l.clashes(); a != nil {
		l.rt.Fatalf("after %s two have one time:\n%s\n%s", c.what, say(a), say(b))
	}
	l.told(c, all)
	l.counted()
}

// mayBecome fails unless the step may have changed the booking so.
func (l *life) mayBecome(c cause, x change) {
	l.rt.Helper()
	to := fmt.Sprint(x.was.State, " ", x.now.State)
	ok := slices.Contains(transitions[c.what], to)
	if c.may != nil {
		ok = c.may[x.was.ID] == string(x.now.State)
	}
	now := l.now()
	switch {
	case c.what == "expire":
		ok = ok && !x.was.Due.After(now)
	case c.what == "finish":
		ok = ok && !x.was.Span.End.After(now)
	case c.what == "watch":
		ok = ok && x.was.purse.owed() > 0 && x.was.purse.due.Before(l.today()) && x.was.Span.End.After(now)
	case c.what == "minute":
		ok = ok && !now.Before(x.was.Span.Start.Add(release*time.Minute)) && x.was.Span.End.After(now)
	}
	if !ok {
		l.rt.Fatalf("%s changed\n%s to\n%s", c.what, say(x.was), say(x.now))
	}
}

// mayPass fails unless time that is offered or rests was given back in the step,
// or was free for the draw or for who had to give way.
func (l *life) mayPass(c cause, r *booking, freed []*booking) {
	l.rt.Helper()
	if r.State == reservation.Resting && (r.Group != 0 || r.Person != 0) || !r.Due.After(l.now()) || r.Due.After(r.Span.End) {
		l.rt.Fatalf("%s left %s", c.what, say(r))
	}
	if c.what == "draw" && r.Source == "draw" || c.what == "block" && r.Source == "block" {
		return // that it was free is seen by what overlaps
	}
	for _, gone := range freed {
		all := !slices.ContainsFunc(l.rooms[r.room].bases, func(b int) bool { return !slices.Contains(l.rooms[gone.room].bases, b) })
		// A half may complete the whole for who waits for it.
		if within(r.Span, gone.Span) && (all || r.Source == "waiting" && meet(l.rooms[r.room].bases, l.rooms[gone.room].bases)) {
			return
		}
	}
	l.rt.Fatalf("%s passed on what nobody gave back: %s", c.what, say(r))
}

// follow takes the changes down: what is owed, who is to blame, who gave what
// back, and whose wait is over.
func (l *life) follow(c cause, all []change) {
	now, today := l.now(), l.today()
	for _, x := range all {
		b := x.now
		l.all[b.ID] = b
		if b.Kind != reservation.ForUse {
			continue
		}
		use := jp.DateOf(b.Span.Start)
		switch b.State {
		case reservation.Confirmed:
			if x.was == nil || x.was.State != reservation.Confirmed || moved(x.was, b) || x.was.Asked.Extras["projector"] != b.Asked.Extras["projector"] {
				l.charge(b, now)
			}
		case reservation.Cancelled, reservation.Lapsed, reservation.Refused:
			b.purse.end(use, today, c.whole || b.State == reservation.Refused)
		}
		if x.was == nil {
			if b.Source == "waiting" {
				l.waits[b.SourceID].state = "offered"
			}
			continue
		}
		own := c.by != 0 && c.by == b.Person
		switch {
		case b.State == reservation.NoShow && x.was.State != reservation.NoShow:
			l.blame(b, noShow, now)
		case b.State == reservation.Cancelled && x.was.State == reservation.Confirmed && own && use.Sub(today) < lateDays:
			l.blame(b, late, now)
		case b.State == reservation.Lapsed && x.was.State == reservation.Offered && b.Source == "draw" && c.by == 0:
			l.blame(b, let, now)
		}
		if x.was.State == reservation.Offered && b.State != reservation.Offered && b.Source == "waiting" {
			l.waits[b.SourceID].state = "passed"
			if b.State == reservation.Confirmed {
				l.waits[b.SourceID].state = "taken"
			}
		}
		if (!holds(b.State) || moved(x.was, b)) && x.was.State != reservation.Resting && c.what != "block" {
			sure := (b.State == reservation.Cancelled || b.State == reservation.Lapsed) && x.was.Span.Start.After(now)
			l.gave = append(l.gave, gave{x.was.room, x.was.Span, who{group: b.Group, person: b.Person}, sure})
		}
	}
}

// plainly reports whether nothing speaks against offering the time to who waits
// for it: the rules of the waiting list, but for those of doubt.
func (l *life) plainly(w *wait, before map[db.ID]string) bool {
	now := l.now()
	if before[w.id] != "waiting" || w.span.Start.Before(now.Add(4*time.Hour)) || !l.opened(w.room, w.span, now) {
		return false
	}
	if u := l.until[w.by.holder()]; !u.IsZero() && !l.today().After(u) {
		return false
	}
	for _, o := range l.waits {
		if o.by == w.by && o.id != w.id && (o.state == "offered" || before[o.id] == "offered") {
			return false
		}
	}
	return !slices.ContainsFunc(l.gave, func(g gave) bool {
		return meet(l.rooms[g.room].bases, l.rooms[w.room].bases) && overlap(g.span, w.span) &&
			(g.by.person == w.by.person || g.by.group != 0 && g.by.group == w.by.group)
	})
}

// gaveAway reports whether a holder gave time of the room back, beyond doubt.
func (l *life) gaveAway(at int, span quarter.Span, by who) bool {
	return slices.ContainsFunc(l.gave, func(g gave) bool {
		return g.sure && g.room == at && overlap(g.span, span) && g.by.person == by.person
	})
}

// inTurn fails when somebody was offered a time for which another waited longer.
func (l *life) inTurn(passed []*booking, before map[db.ID]string) {
	l.rt.Helper()
	for _, r := range passed {
		if r.Source != "waiting" {
			continue
		}
		w := l.waits[r.SourceID]
		if w == nil || w.room != r.room || !w.span.Start.Equal(r.Span.Start) || !w.span.End.Equal(r.Span.End) || w.by.person != r.Person || w.by.group != r.Group || before[w.id] != "waiting" {
			l.rt.Fatalf("offered to who did not wait for it: %s; %+v", say(r), w)
		}
		if l.gaveAway(w.room, w.span, w.by) {
			l.rt.Fatalf("offered to who gave it back: %s", say(r))
		}
		for _, o := range l.waits {
			if o.id < w.id && !o.rested && o.state == "waiting" && o.room == w.room && o.span.Start.Equal(w.span.Start) && o.span.End.Equal(w.span.End) && l.plainly(o, before) {
				l.rt.Fatalf("%+v was passed over for %s", *o, say(r))
			}
		}
	}
}

// heirs fails when time that was given back whole is with nobody though somebody
// waits for it, is free at once though it has to rest, or rests though its use is
// close.
func (l *life) heirs(c cause, all []change, passed []*booking, before map[db.ID]string) {
	l.rt.Helper()
	if c.what == "block" || c.what == "unblock" {
		return
	}
	now := l.now()
	for _, x := range all {
		if x.was == nil || !holds(x.was.State) || holds(x.now.State) || x.was.Kind != reservation.ForUse {
			continue
		}
		gone := x.was
		whole := gone.Span.End.Sub(gone.Span.Start)
		covered := whole
		for _, base := range l.rooms[gone.room].bases {
			of := time.Duration(0)
			for _, r := range passed {
				if slices.Contains(l.rooms[r.room].bases, base) && within(r.Span, gone.Span) {
					of += r.Span.End.Sub(r.Span.Start)
				}
			}
			covered = min(covered, of)
		}
		for _, w := range l.waits {
			if w.room == gone.room && within(w.span, gone.Span) && w.state == "waiting" && l.plainly(w, before) &&
				!slices.ContainsFunc(passed, func(r *booking) bool {
					return r.State == reservation.Offered && meet(l.rooms[r.room].bases, l.rooms[w.room].bases) && overlap(r.Span, w.span)
				}) {
				l.rt.Fatalf("%s gave back %s,\nfor which %+v waits and got nothing", c.what, say(gone), *w)
			}
		}
		far := gone.Span.Start.Sub(now) > 6*24*time.Hour
		switch {
		case gone.State == reservation.Resting:
			for _, r := range passed {
				if r.State == reservation.Resting && r.room == gone.room && overlap(r.Span, gone.Span) {
					l.rt.Fatalf("time rests twice: %s", say(r))
				}
			}
		case far && covered != whole:
			l.rt.Fatalf("%s gave back %s,\nof which %v pass on or rest", c.what, say(gone), covered)
		case gone.Span.Start.Sub(now) < 24*time.Hour:
			for _, r := range passed {
				if r.State == reservation.Resting && overlap(r.Span, gone.Span) && r.room == gone.room {
					l.rt.Fatalf("%s left to rest what is used soon: %s", c.what, say(r))
				}
			}
		}
	}
}

// told fails when somebody was told twice of one change, or not at all of one
// that they have to know.
func (l *life) told(c cause, all []change) {
	l.rt.Helper()
	type row struct {
		id, person    db.ID
		kind, payload string
	}
	var rows []row
	l.read(func(tx *db.Tx) (err error) {
		rows, err = db.All(tx, func(r *row) []any { return []any{&r.id, &r.person, &r.kind, &r.payload} },
			`SELECT id, person, kind, payload FROM deliveries WHERE id > $1 ORDER BY id`, l.mail)
		return err
	})
	about := map[db.ID]int{}
	for _, r := range rows {
		l.mail = r.id
		if !slices.Contains(reservation.MessageKinds, r.kind) {
			continue
		}
		var n reservation.Notice
		if err := json.Unmarshal([]byte(r.payload), &n); err != nil {
			l.rt.Fatalf("%s: %v in %q", r.kind, err, r.payload)
		}
		ids := []db.ID{n.ID}
		for _, more := range n.More {
			ids = append(ids, more.ID)
		}
		for _, id := range ids {
			b := l.all[id]
			if about[id]++; about[id] > 1 || b == nil || b.Person != r.person {
				l.rt.Fatalf("after %s %v is told of %v for the %d. time (%s)", c.what, r.person, id, about[id], r.kind)
			}
		}
	}
	for _, x := range all {
		must := x.now.Person != 0 && (x.was == nil || x.was.State != x.now.State || moved(x.was, x.now)) &&
			x.now.State != reservation.Used && x.now.State != reservation.NoShow && c.what != "finish" && c.what != "decline"
		if n := about[x.now.ID]; must && n != 1 || x.now.Person == 0 && n != 0 {
			l.rt.Fatalf("after %s %d messages tell of %s", c.what, n, say(x.now))
		}
	}
}

// counted compares each charge with its purse and with its entries.
func (l *life) counted() {
	l.rt.Helper()
	type row struct {
		source           db.ID
		total, paid, sum int64
		entries          int
		state            money.State
		due              jp.Date
	}
	var rows []row
	l.read(func(tx *db.Tx) (err error) {
		rows, err = db.All(tx, func(r *row) []any {
			return []any{&r.source, &r.total, &r.paid, &r.state, &r.due, &r.sum, &r.entries}
		}, `SELECT c.source_id, c.total, c.paid, c.state, c.due_day, COALESCE(SUM(e.amount), 0), COUNT(e.id) FROM charges AS c
			LEFT JOIN entries AS e ON e.charge_id = c.id GROUP BY c.id, c.source_id, c.total, c.paid, c.state, c.due_day`)
		return err
	})
	charged := map[db.ID]bool{}
	for _, r := range rows {
		charged[r.source] = true
		b := l.all[r.source]
		if b == nil || b.purse == nil {
			l.rt.Fatalf("a charge of %d for what costs nothing: %+v", r.total, b)
		}
		u := b.purse
		state := money.Paid
		switch {
		case u.ended:
			state = money.Cancelled
		case u.waived:
			state = money.Waived
		case u.total > u.paid:
			state = money.Due
		}
		if r.total != u.total || r.paid != u.paid || r.sum != u.paid || r.entries != u.entries || r.state != state || r.due != u.due {
			l.rt.Fatalf("the charge is %+v, the purse %+v (%s), of\n%s", r, *u, state, say(b))
		}
	}
	for id, b := range l.all {
		if b.purse != nil && !charged[id] {
			l.rt.Fatalf("nothing is charged for %s", say(b))
		}
	}
}

// sound asks doctor, and compares waits, suspensions and tills.
func (l *life) sound() {
	l.rt.Helper()
	for _, c := range l.c.checks {
		problems, err := c.Run(l.t.Context(), l.c.deps)
		if err != nil || len(problems) > 0 {
			l.rt.Fatalf("doctor: %s: %v %v", c.Name, problems, err)
		}
	}
	type row struct {
		id    db.ID
		state string
		until jp.Date
	}
	l.read(func(tx *db.Tx) error {
		waits, err := db.All(tx, func(r *row) []any { return []any{&r.id, &r.state} }, `SELECT id, state FROM waits`)
		for _, r := range waits {
			if w := l.waits[r.id]; w == nil || w.state != r.state {
				l.rt.Fatalf("a wait is %s, on paper %+v", r.state, w)
			}
		}
		if err != nil {
			return err
		}
		barred := map[db.ID]jp.Date{}
		until, err := db.All(tx, func(r *row) []any { return []any{&r.id, &r.until} }, `SELECT holder_id, MAX(until) FROM suspensions WHERE lifted_at = 0 GROUP BY holder_id`)
		for _, r := range until {
			barred[r.id] = r.until
		}
		for h, u := range l.until {
			if barred[h] != u {
				l.rt.Fatalf("%v is suspended until %v, on paper until %v", h, barred[h], u)
			}
		}
		if err != nil || len(barred) != len(l.until) {
			l.rt.Fatalf("suspended: %v, on paper %v (%v)", barred, l.until, err)
		}
		for day, yen := range l.cash {
			d, err := money.DayOf(tx, office, day)
			if err != nil || d.Sum() != yen {
				l.rt.Fatalf("the report of %v says %d yen, the paper %d (%v)", day, d.Sum(), yen, err)
			}
		}
		var ledger, paid int64
		for _, b := range l.all {
			if b.purse != nil {
				paid += b.purse.paid
			}
		}
		if err := tx.Row(`SELECT COALESCE(SUM(amount), 0) FROM entries`).Scan(&ledger); err != nil || ledger != paid {
			l.rt.Fatalf("the ledger has %d yen, the purses %d (%v)", ledger, paid, err)
		}
		return nil
	})
}
