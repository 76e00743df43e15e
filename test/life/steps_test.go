package life

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"kakehashi/domains/places/blocks"
	"kakehashi/domains/places/draws"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/domains/places/waiting"
	"kakehashi/engines/draw/check"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

func (l *life) ctx() context.Context { return l.t.Context() }

// agree fails unless the city decided as the paper says, and said no as to a
// reader.
func (l *life) agree(what string, err error, want bool) {
	l.rt.Helper()
	switch {
	case want && err != nil:
		l.rt.Fatalf("%s: refused, though on paper it can be: %v", what, err)
	case !want && err == nil:
		l.rt.Fatalf("%s: done, though on paper it cannot be", what)
	case err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Denied):
		l.rt.Fatalf("%s: %v", what, err)
	}
}

// some draws one of the bookings in a state, by their order.
func (l *life) some(states ...reservation.State) *booking {
	var ids []db.ID
	for id, b := range l.all {
		if b.Kind == reservation.ForUse && slices.Contains(states, b.State) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		l.rt.Skip("none")
	}
	slices.Sort(ids)
	return l.all[rapid.SampledFrom(ids).Draw(l.rt, "which")]
}

// span draws a time of a room: near days, so that wishes meet.
func (l *life) span(at int) quarter.Span {
	ahead := rapid.SampledFrom([]int{0, 1, 2, 3, 7, 7, 7, 9, 14, 14, 20, 30, 80, 95}).Draw(l.rt, "days")
	r := l.rooms[at]
	from, to := 0, 0
	if len(r.bands) > 0 {
		a := rapid.IntRange(0, len(r.bands)-1).Draw(l.rt, "first")
		b := rapid.IntRange(a, len(r.bands)-1).Draw(l.rt, "last")
		from, to = r.bands[a].From, r.bands[b].To
	} else {
		from = rapid.IntRange(r.opens/hour, r.closes/hour-1).Draw(l.rt, "from") * hour
		to = from + 15*rapid.IntRange(1, 20).Draw(l.rt, "quarters")
		if at != night {
			to = min(to, r.closes)
		}
	}
	return quarter.On(l.today().AddDays(ahead), from, to)
}

// wish draws what somebody wants.
func (l *life) wish() booking {
	at := rapid.SampledFrom([]int{hall, east, east, west, west, studio, studio, neighbour, neighbour, free, decided, decided, night}).Draw(l.rt, "room")
	h := holders[max(0, rapid.IntRange(-4, len(holders)-1).Draw(l.rt, "holder"))] // one books more than the others, up to every limit
	b := booking{room: at}
	b.Room, b.Span, b.Group, b.Person, b.Kind = l.rooms[at].id, l.span(at), h.group, h.person, reservation.ForUse
	b.Purpose, b.Headcount = "定例会", rapid.SampledFrom([]int64{1, 5, 50, 50, 51}).Draw(l.rt, "people")
	b.Loud = at == studio && rapid.Bool().Draw(l.rt, "loud")
	b.Asked = l.asked()
	return b
}

func (l *life) asked() rules.Asked {
	if n := rapid.IntRange(-3, 3).Draw(l.rt, "projectors"); n > 0 {
		return rules.Asked{Extras: map[string]int{"projector": n}}
	}
	return rules.Asked{}
}

// hand is who acts for a holder: themselves, or a clerk who keys it in.
func (l *life) hand(person db.ID) db.Actor {
	if rapid.IntRange(0, 4).Draw(l.rt, "on paper") == 0 {
		return db.Actor{Person: clerk, Via: "web"}
	}
	return db.Actor{Person: person, Via: "web"}
}

func (l *life) book() {
	w := l.wish()
	want := l.canBook(w, l.now())
	_, err := l.c.svc.Book(l.ctx(), l.hand(w.Person), w.Reservation)
	l.agree("book "+say(&w), err, want)
	l.observe(cause{what: "book", made: int(bit(err == nil))})
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// bookMany takes several rooms or times of one day and holder, all or none.
func (l *life) bookMany() {
	first := l.wish()
	list := []booking{first}
	for range rapid.IntRange(1, 2).Draw(l.rt, "more") {
		w := l.wish()
		w.Group, w.Person = first.Group, first.Person
		list = append(list, w)
	}
	// On paper they are written one by one, and all struck out where one cannot be.
	want := true
	var rs []reservation.Reservation
	for i, w := range list {
		want = want && l.canBook(w, l.now())
		line := w
		line.ID, line.State = db.ID(-1-i), reservation.Confirmed
		l.all[line.ID] = &line
		rs = append(rs, w.Reservation)
	}
	for i := range list {
		delete(l.all, db.ID(-1-i))
	}
	_, err := l.c.svc.BookMany(l.ctx(), l.hand(first.Person), rs)
	l.agree("book many", err, want)
	l.observe(cause{what: "book many", made: len(list) * int(bit(err == nil))})
}

func (l *life) change() {
	b := l.some(reservation.Requested, reservation.Confirmed)
	w := *b
	switch rapid.IntRange(0, 3).Draw(l.rt, "how") {
	case 0: // elsewhere
		other := l.wish()
		w.room, w.Room, w.Span, w.Loud = other.room, other.Room, other.Span, other.Loud
	case 1: // to the next room, at the same time
		w.room = rapid.SampledFrom([]int{hall, east, west, studio, neighbour}).Draw(l.rt, "room")
		w.Room, w.Loud = l.rooms[w.room].id, w.Loud && w.room == studio
	case 2: // longer or shorter
		day, from, to := minutes(b.Span)
		if r := l.rooms[b.room]; len(r.bands) > 0 {
			w.Span = quarter.On(day, from, rapid.SampledFrom(r.bands).Draw(l.rt, "until").To)
		} else {
			w.Span = quarter.On(day, from, max(from+15, to+15*rapid.IntRange(-8, 8).Draw(l.rt, "more")))
		}
	default:
		w.Asked, w.Loud = l.asked(), b.room == studio && rapid.Bool().Draw(l.rt, "loud")
	}
	want := l.canChange(b, w, l.now()) && w.Span.Start.Before(w.Span.End)
	_, err := l.c.svc.Change(l.ctx(), db.Actor{Person: b.Person, Via: "web"}, w.Reservation)
	l.agree("change "+say(b)+" to "+say(&w), err, want)
	to := b.State
	if moved(b, &w) {
		to = reservation.Confirmed
		if l.rooms[w.room].approval {
			to = reservation.Requested
		}
	}
	l.observe(cause{what: "change", by: b.Person, may: map[db.ID]string{b.ID: string(to)}})
}

func (l *life) cancel() {
	b := l.some(reservation.Requested, reservation.Confirmed)
	by := rapid.SampledFrom([]db.ID{b.Person, b.Person, b.Person, clerk, second}).Draw(l.rt, "by")
	l.read(func(tx *db.Tx) error {
		const paid = 1000
		back, err := l.c.parts.Money.IfCancelled(tx, b.Reservation, paid)
		if want := refund(paid, jp.DateOf(b.Span.Start), l.today()); err == nil && back != want {
			l.rt.Fatalf("of %d yen %d would come back, on paper %d: %s", paid, back, want, say(b))
		}
		return err
	})
	want := b.Span.End.After(l.now())
	_, err := l.c.svc.Cancel(l.ctx(), db.Actor{Person: by, Via: "web"}, b.ID, b.Version, "都合")
	l.agree("cancel "+say(b), err, want)
	l.observe(cause{what: "cancel", by: by, whole: by != b.Person && by != b.MadeBy, may: map[db.ID]string{b.ID: "cancelled"}})
	if _, err := l.c.svc.Cancel(l.ctx(), db.Actor{Person: by, Via: "web"}, b.ID, 0, ""); err == nil {
		l.rt.Fatal("cancelled twice")
	}
}

func (l *life) decide() {
	b := l.some(reservation.Requested)
	actor, to := db.Actor{Person: second, Via: "web"}, "confirmed"
	var err error
	if rapid.IntRange(0, 2).Draw(l.rt, "refuse") == 0 {
		to, err = "refused", l.c.svc.Refuse(l.ctx(), actor, b.ID, "使えません")
	} else {
		err = l.c.svc.Approve(l.ctx(), actor, b.ID, "")
	}
	l.agree("decide "+say(b), err, true)
	l.observe(cause{what: "decide", by: second, may: map[db.ID]string{b.ID: to}})
}

// answer accepts or declines an offer.
func (l *life) answer() {
	b := l.some(reservation.Offered)
	actor := db.Actor{Person: b.Person, Via: "web"}
	c := cause{what: "decline", by: b.Person, may: map[db.ID]string{b.ID: "lapsed"}}
	if rapid.Bool().Draw(l.rt, "accept") {
		c.what, c.may[b.ID] = "accept", "confirmed"
		_, err := l.c.svc.Accept(l.ctx(), actor, b.ID, b.Version)
		l.agree("accept "+say(b), err, b.Due.After(l.now()))
	} else {
		l.agree("decline "+say(b), l.c.svc.Decline(l.ctx(), actor, b.ID, b.Version, ""), true)
	}
	l.observe(c)
}

// line lets somebody wait for all or a part of a time that somebody has.
func (l *life) line() {
	b := l.some(reservation.Requested, reservation.Confirmed, reservation.Confirmed, reservation.Offered, reservation.Resting)
	h := rapid.SampledFrom(holders).Draw(l.rt, "holder")
	if b.Person != 0 && b.Person < 2000 && rapid.IntRange(0, 3).Draw(l.rt, "their own") == 0 {
		h = holderOf(b.Group, b.Person) // so that they can give back what they wait for
	}
	span := b.Span
	if r := l.rooms[b.room]; len(r.bands) > 0 && rapid.Bool().Draw(l.rt, "a part") {
		band := rapid.SampledFrom(r.bands).Draw(l.rt, "band")
		span = quarter.On(jp.DateOf(span.Start), band.From, band.To)
	}
	w := &wait{room: b.room, span: span, by: h, state: "waiting", rested: b.State == reservation.Resting}
	open := 0
	for _, o := range l.waits {
		if o.by == h && (o.state == "waiting" || o.state == "offered") {
			open++
		}
	}
	// With none of their own, nothing is doubtful about who has never given back.
	sure := open == 0 && within(span, b.Span) && !span.Start.Before(l.now().Add(5*time.Hour)) && l.plainly(w, map[db.ID]string{0: "waiting"})
	in, err := l.c.parts.Waiting.Enter(l.ctx(), db.Actor{Person: h.person, Via: "web"}, waiting.Wait{
		Room: l.rooms[b.room].id, Span: span, Group: h.group, Person: h.person, Purpose: "練習", Headcount: 5,
	})
	l.agree("wait for "+say(b), err, err == nil || sure)
	if err == nil {
		if l.gaveAway(b.room, span, h) {
			l.rt.Fatal("somebody waits for what they gave back")
		}
		if !within(span, b.Span) && len(l.standing(b.room, span, false, 0)) == 0 {
			l.rt.Fatal("somebody waits for what is free")
		}
		w.id, w.rested = in.ID, in.Rested
		l.waits[w.id] = w
	}
	l.observe(cause{what: "wait"})
}

func (l *life) leave() {
	var ids []db.ID
	for id, w := range l.waits {
		if w.state == "waiting" {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		l.rt.Skip("nobody waits")
	}
	slices.Sort(ids)
	w := l.waits[rapid.SampledFrom(ids).Draw(l.rt, "who")]
	l.agree("leave", l.c.parts.Waiting.Leave(l.ctx(), db.Actor{Person: w.by.person, Via: "web"}, w.id), true)
	w.state = "left"
	l.observe(cause{what: "leave"})
}

// block takes a room for the office; who is there gives way, and is held another
// time perhaps.
func (l *life) block() {
	at := rapid.SampledFrom([]int{hall, west, studio, neighbour, decided}).Draw(l.rt, "room")
	span := l.span(at)
	if rapid.Bool().Draw(l.rt, "on somebody") {
		b := l.some(reservation.Confirmed, reservation.Offered, reservation.Resting)
		at, span = b.room, b.Span
	}
	day, from, to := minutes(span)
	if to > 24*hour || !span.End.After(l.now()) {
		l.rt.Skip("not a day to come")
	}
	w := blocks.Wish{Office: office, Kind: reservation.Official, Reason: "選挙", Rooms: []db.ID{l.rooms[at].id}, First: day, Last: day, From: from, To: to}
	hits, err := l.c.parts.Blocks.Preview(l.ctx(), w)
	if err != nil {
		l.rt.Fatal(err)
	}
	c := cause{what: "block", by: clerk, whole: true, blocks: true, may: map[db.ID]string{}}
	way := l.standing(at, span, false, 0)
	if len(way) != len(hits) {
		l.rt.Fatalf("%d stand in the way, on paper %d", len(hits), len(way))
	}
	can := true
	for _, b := range way {
		can = can && b.Kind == reservation.ForUse && b.Span.Start.After(l.now())
		c.may[b.ID] = "cancelled"
	}
	if !can {
		c.may, c.blocks = map[db.ID]string{}, false
	}
	instead := map[db.ID]reservation.Vacancy{}
	for _, h := range hits {
		if len(h.Near) > 0 && rapid.Bool().Draw(l.rt, "another time") {
			instead[h.ID] = h.Near[0]
		}
	}
	made, err := l.c.parts.Blocks.Make(l.ctx(), db.Actor{Person: clerk, Via: "web"}, w, instead)
	if err != nil {
		l.rt.Fatal(err)
	}
	l.observe(c)
	for id := range c.may {
		if l.all[id].State != reservation.Cancelled {
			l.rt.Fatalf("the block left %s", say(l.all[id]))
		}
	}
	if !can || rapid.Bool().Draw(l.rt, "take it back") {
		c := cause{what: "unblock", by: clerk, may: map[db.ID]string{}}
		for id, b := range l.all {
			if b.Kind != reservation.ForUse && b.State == reservation.Confirmed && b.room == at && b.Span.Start.Equal(span.Start) {
				c.may[id] = "cancelled"
			}
		}
		if err := l.c.parts.Blocks.Remove(l.ctx(), db.Actor{Person: clerk, Via: "web"}, made.ID); err != nil {
			l.rt.Fatal(err)
		}
		l.observe(c)
	}
}

// arrive notes who came, where one is in the house.
func (l *life) arrive() {
	b := l.some(reservation.Confirmed, reservation.Used)
	if now := l.now(); b.Span.Start.After(now.Add(24 * time.Hour)) {
		l.rt.Skip("not today")
	} else if at := b.Span.Start.Add(-10 * time.Minute); at.After(now) && rapid.Bool().Draw(l.rt, "wait for them") {
		l.pass(at.Sub(now))
	}
	want := (b.State == reservation.Confirmed || b.State == reservation.Used) && !l.now().Before(b.Span.Start.Add(-time.Hour)) && l.now().Before(b.Span.End)
	if b = l.all[b.ID]; b.State != reservation.Confirmed && b.State != reservation.Used {
		want = false
	}
	before := l.all[b.ID].State
	err := l.c.parts.Use.Arrive(l.ctx(), db.Actor{Person: b.Person, Via: "web"}, b.ID, 0)
	if !l.here[b.ID] {
		l.agree("arrive "+say(b), err, want)
	}
	if err == nil {
		l.here[b.ID] = true
	}
	l.observe(cause{what: "arrive", by: b.Person})
	if l.all[b.ID].State != before {
		l.rt.Fatal("arriving changed the booking")
	}
}

func (l *life) noShow() {
	b := l.some(reservation.Confirmed, reservation.Used)
	err := l.c.svc.MarkNoShow(l.ctx(), atDesk, b.ID)
	l.agree("no-show "+say(b), err, !b.Span.Start.After(l.now()))
	l.observe(cause{what: "no show", by: second, may: map[db.ID]string{b.ID: "no_show"}})
}

// pass lets time pass, and everything that the clock does come due.
func (l *life) pass(d time.Duration) {
	l.c.clock.set(l.now().Add(d))
	l.due()
}

func (l *life) due() {
	for _, job := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"expire", l.c.svc.Expire}, {"finish", l.c.svc.Finish}, {"watch", l.c.parts.Money.Watch}, {"minute", l.c.parts.Use.Minute},
		{"draw", l.c.parts.Draws.Plan}, {"draw", l.c.parts.Draws.Step},
	} {
		if err := job.do(l.ctx()); err != nil {
			l.rt.Fatalf("%s: %v", job.what, err)
		}
		l.observe(cause{what: job.what})
	}
	l.nothingLate()
}

// nothingLate fails when the clock left something that was due.
func (l *life) nothingLate() {
	l.rt.Helper()
	now := l.now()
	for _, b := range l.all {
		switch {
		case (b.State == reservation.Offered || b.State == reservation.Resting) && !b.Due.After(now),
			(b.State == reservation.Requested || b.State == reservation.Confirmed) && !b.Span.End.After(now):
			l.rt.Fatalf("left behind: %s", say(b))
		case (b.State == reservation.Requested || b.State == reservation.Confirmed) && b.purse != nil && b.purse.owed() > 0 && b.purse.due.Before(l.today()):
			l.rt.Fatalf("not paid in time, and still there: %s", say(b))
		case b.State == reservation.Confirmed && b.Kind == reservation.ForUse && !l.here[b.ID] && !b.MadeAt.After(b.Span.Start) &&
			!now.Before(b.Span.Start.Add(release*time.Minute)) && jp.DateOf(b.Span.Start) == l.today():
			l.rt.Fatalf("nobody came, and it was not let go: %s", say(b))
		}
	}
}

func (l *life) wander() {
	l.pass(rapid.SampledFrom([]time.Duration{
		15 * time.Minute, 2 * time.Hour, 9 * time.Hour, 24 * time.Hour, 50 * time.Hour, 5 * 24 * time.Hour, 12 * 24 * time.Hour,
	}).Draw(l.rt, "how long"))
}

// taking returns the draw whose entries are taken, waiting for one to open where
// there is none.
func (l *life) taking() (d draws.Draw) {
	for range 2 {
		l.read(func(tx *db.Tx) error {
			all, err := draws.OfOffice(tx, office, 0)
			for _, one := range all {
				if one.Taking(tx.Now) {
					d = one
				}
			}
			return err
		})
		if d.ID != 0 {
			return d
		}
		if rapid.IntRange(0, 2).Draw(l.rt, "wait for the draw") > 0 {
			l.rt.Skip("no draw is open")
		}
		first := jp.NewDate(l.today().Year, l.today().Month, 1).AddMonths(1)
		l.pass(first.At(10).Sub(l.now()))
	}
	l.rt.Fatal("no draw is open on the first of the month")
	return d
}

// enter enters a group in the draw with a wish or two.
func (l *life) enter() {
	d := l.taking()
	h := holders[rapid.IntRange(0, 5).Draw(l.rt, "group")]
	e := draws.Entry{Draw: d.ID, Group: h.group, Person: h.person, Purpose: "演奏会", People: 30}
	for range rapid.IntRange(1, 3).Draw(l.rt, "wishes") {
		a := rapid.IntRange(0, 2).Draw(l.rt, "first")
		b := rapid.IntRange(a, 2).Draw(l.rt, "last")
		e.Wishes = append(e.Wishes, draws.Wish{
			Room: l.rooms[rapid.SampledFrom([]int{hall, east, west}).Draw(l.rt, "room")].id, Day: d.Month.AddDays(rapid.IntRange(0, 2).Draw(l.rt, "day")),
			From: bands[a].From, To: bands[b].To, Partners: rapid.Bool().Draw(l.rt, "partners"),
		})
	}
	_, err := l.c.parts.Draws.Enter(l.ctx(), db.Actor{Person: h.person, Via: "web"}, e)
	l.agree("enter the draw", err, err == nil)
	if err == nil && l.barred(h.group, l.now()) {
		l.rt.Fatal("entered though suspended")
	}
	l.observe(cause{what: "enter"})
}

// draw brings an open draw through: frozen, its value typed by two, run, and its
// wins offered.
func (l *life) draw() {
	d := l.taking()
	for _, at := range []time.Time{d.Closes.Add(time.Minute), d.Freezes.Add(time.Minute), d.Due.Add(time.Minute)} {
		l.pass(at.Sub(l.now()))
	}
	l.read(func(tx *db.Tx) (err error) { d, err = draws.Get(tx, d.ID); return err })
	if d.State == draws.Closed {
		return // nobody had entered
	}
	value := fmt.Sprint(rapid.IntRange(0, 9999).Draw(l.rt, "value"))
	for i, by := range []db.ID{clerk, second} {
		ran, err := l.c.parts.Draws.Type(l.ctx(), db.Actor{Person: by, Via: "web"}, d.ID, value)
		if err != nil || ran != (i == 1) {
			l.rt.Fatalf("the %d. clerk typed: %v, %v", i+1, ran, err)
		}
	}
	l.pass(time.Minute)
	l.read(func(tx *db.Tx) error {
		proof, err := draws.ReadPaper(tx, d.ID, draws.ProofPaper)
		if err != nil {
			return err
		}
		if _, err := check.Proof(bytes.NewReader(proof)); err != nil {
			l.rt.Fatal(err)
		}
		entries, err := draws.Entries(tx, d.ID, draws.Entry{}, 1000)
		wins := map[db.ID]int{}
		for _, e := range entries {
			if e.Standing == draws.Entered && e.Outcome == "" {
				l.rt.Fatalf("the draw left an entry without an outcome: %+v", e)
			}
			if e.Reservation != 0 {
				wins[e.Group]++
			}
			if wins[e.Group] > 1 {
				l.rt.Fatalf("%v has won %d times", e.Group, wins[e.Group])
			}
		}
		return err
	})
}
