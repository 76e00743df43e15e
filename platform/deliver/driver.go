package deliver

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

const (
	lease     = 5 * time.Minute // of a claim: after a crash its messages go out so much later
	sendLimit = time.Minute     // for one mail
	renewing  = time.Minute     // when a claim that old is renewed
	flushAt   = 50              // results that wait to be written down at most
	flushFor  = 10 * time.Second
	stopGrace = 10 * time.Second
	mend      = time.Second // pause after the database failed

	// Other programs on the same database (another node, a command) do not
	// nudge this one, so it looks by itself now and then.
	pollSQLite   = 30 * time.Second
	pollPostgres = 5 * time.Second

	triesBulk   = 14 // about four days
	triesUrgent = 7  // about ten minutes: longer than a code is good for
)

func triesOf(urgent bool) int {
	if urgent {
		return triesUrgent
	}
	return triesBulk
}

// backoff returns how long a message waits after its nth failed try: 1, 2, 4 …
// minutes, at most 12 hours; an urgent one 5, 10, 20 … seconds. A tenth up or
// down at random keeps what failed together from coming back together.
func backoff(n int, urgent bool) time.Duration {
	d := min(time.Minute<<min(n-1, 20), 12*time.Hour)
	if urgent {
		d = 5 * time.Second << min(n-1, 10)
	}
	return d + time.Duration((rand.Float64()-0.5)*0.2*float64(d))
}

// lane is one queue: that of the urgent messages, or that of all others.
type lane struct {
	urgent            bool
	batch             int // messages claimed at once
	claimSQL, nextSQL string
	claimSkippingSQL  string
	wake              chan struct{} // of one place
	nudge             func()        // kept, so that Send allocates nothing for it
}

func newLanes() [2]*lane {
	lanes := [2]*lane{
		{batch: 200, claimSQL: claimBulk, claimSkippingSQL: claimBulkSkipping, nextSQL: nextBulk},
		{batch: 8, urgent: true, claimSQL: claimUrgent, claimSkippingSQL: claimUrgentSkipping, nextSQL: nextUrgent},
	}
	for _, l := range lanes {
		wake := make(chan struct{}, 1)
		l.wake = wake
		l.nudge = func() {
			select {
			case wake <- struct{}{}:
			default:
			}
		}
	}
	return lanes
}

// outage remembers that mail cannot be sent at present, so that not every
// batch finds out for itself.
type outage struct {
	mu    sync.Mutex
	until time.Time
	n     int
}

// wait returns until when mail waits, or the zero time when it may be tried.
func (o *outage) wait(now time.Time) time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	if now.Before(o.until) {
		return o.until
	}
	return time.Time{}
}

// began returns until when mail waits now: 2, 4, 8 … seconds, a minute at most.
// It reports whether the outage is news.
func (o *outage) began(now time.Time) (until time.Time, first bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.n++
	o.until = now.Add(min(time.Second<<min(o.n, 6), time.Minute))
	return o.until, o.n == 1
}

// ended reports whether there was an outage until now.
func (o *outage) ended() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	was := o.n > 0
	o.n, o.until = 0, time.Time{}
	return was
}

// reclaim frees what a process that is gone had claimed. An SQLite file has one
// process that sends; on PostgreSQL the claims of other nodes end by themselves.
func (s *Service) reclaim() {
	if s.c.DB.Engine() != db.SQLite {
		return
	}
	ctx, left := context.WithoutCancel(s.ctx), 0
	err := s.c.DB.Read(ctx, func(tx *db.Tx) error {
		return tx.Row(`SELECT COUNT(*) FROM deliveries WHERE state = 0 AND claim <> 0`).Scan(&left)
	})
	if err == nil && left > 0 {
		err = s.c.DB.Write(ctx, db.System, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE deliveries SET claim = 0, due = $1 WHERE state = 0 AND claim <> 0`, tx.Now)
			return err
		})
	}
	if err != nil {
		s.c.Log.Error("deliver: claims not freed; they end by themselves", "error", err)
	}
}

// drive sends what comes along in one lane until Stop.
func (s *Service) drive(l *lane) {
	defer s.drivers.Done()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for !s.stopping() {
		list, wait, err := s.take(l)
		if err != nil {
			s.c.Log.Error("deliver: database", "error", err)
			wait = mend
		}
		if len(list) == l.batch {
			l.nudge() // there may be more: wake a colleague
		}
		if len(list) > 0 {
			s.send(list)
			continue
		}
		timer.Reset(wait)
		select {
		case <-l.wake:
		case <-timer.C:
		case <-s.stop:
		}
	}
}

// take claims a batch, or returns how long there is nothing to claim.
func (s *Service) take(l *lane) (list []delivery, wait time.Duration, err error) {
	ctx := context.WithoutCancel(s.ctx)
	var due time.Time
	err = s.c.DB.Read(ctx, func(tx *db.Tx) (err error) {
		due, err = l.next(tx)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	now := s.c.DB.Now()
	wait = pollSQLite
	if s.c.DB.Engine() == db.Postgres {
		wait = pollPostgres
	}
	if due.IsZero() {
		return nil, wait, nil
	}
	if due.After(now) {
		return nil, min(wait, due.Sub(now)), nil
	}
	err = s.c.DB.Write(ctx, db.System, func(tx *db.Tx) (err error) {
		list, err = l.claim(tx)
		return err
	})
	// When others were faster there is nothing yet; ask again in a moment.
	return list, 10 * time.Millisecond, err
}

// batch is the sending of the messages of one claim.
type batch struct {
	*Service
	to      map[db.ID]Recipient
	lost    map[db.ID]error // persons who could not be looked up
	city    i18n.Text
	session MailSession // nil until a mail needs it
	done    []result
	flushed time.Time // last
	claimed time.Time // or renewed
}

// send sends the messages of one claim and writes down what became of them.
func (s *Service) send(list []delivery) {
	b := &batch{Service: s, flushed: time.Now(), claimed: time.Now()}
	defer b.close()
	if err := b.lookUp(list); err != nil {
		s.c.Log.Error("deliver: recipients", "error", err)
		b.giveBack(list, s.c.DB.Now().Add(mend))
		return
	}
	for i, d := range list {
		if s.stopping() {
			b.giveBack(list[i:], s.c.DB.Now())
			return
		}
		if time.Since(b.claimed) > lease-2*sendLimit {
			// The program slept (or the database did): others may have these
			// by now.
			break
		}
		b.done = append(b.done, b.one(d))
		if d.urgent || len(b.done) >= flushAt || time.Since(b.flushed) > flushFor {
			if !b.flush(list[i+1:]) {
				return
			}
		}
	}
	b.flush(nil)
}

// lookUp asks for the recipients, each once, and for the city's name.
func (b *batch) lookUp(list []delivery) error {
	return b.c.DB.Read(b.ctx, func(tx *db.Tx) (err error) {
		b.to, b.lost = make(map[db.ID]Recipient, len(list)), map[db.ID]error{}
		if b.city, err = b.c.City(tx); err != nil {
			return err
		}
		for _, d := range list {
			if _, known := b.to[d.person]; known || d.person == 0 {
				continue
			}
			r, err := b.c.Recipient(tx, d.person)
			if err != nil {
				b.lost[d.person] = err
			}
			b.to[d.person] = r
		}
		return b.ctx.Err()
	})
}

// flush writes the results down, and renews the claims of the rest when they
// grow old. It reports whether the batch may go on.
func (b *batch) flush(rest []delivery) bool {
	if len(b.done) == 0 {
		return true
	}
	now := time.Now()
	if now.Sub(b.claimed) < renewing {
		rest = nil
	}
	err := b.c.DB.Write(context.WithoutCancel(b.ctx), db.System, func(tx *db.Tx) error { return settle(tx, b.done, rest) })
	if err != nil {
		// What was sent and not written down is sent again when the claims
		// end, under the same Message-ID.
		b.c.Log.Error("deliver: results not written down", "messages", len(b.done), "error", err)
		return false
	}
	for i := range b.done {
		b.report(&b.done[i])
	}
	b.done, b.flushed = b.done[:0], now
	if len(rest) > 0 {
		b.claimed = now
	}
	return true
}

// giveBack flushes, and returns the rest untried.
func (b *batch) giveBack(rest []delivery, until time.Time) {
	for _, d := range rest {
		b.done = append(b.done, result{delivery: d, until: until})
		if len(b.done) >= flushAt && !b.flush(nil) {
			return
		}
	}
	b.flush(nil)
}

func (b *batch) report(r *result) {
	as := "sent"
	switch {
	case !r.until.IsZero():
		return
	case r.err == nil:
	case r.dead():
		as = "dead"
		b.c.Log.Error("message is dead", "kind", r.kind, "delivery", r.id, "tries", r.tries, "error", reason(r.err))
	default:
		as = "failed"
		b.c.Log.Warn("message failed, will be tried again", "kind", r.kind, "delivery", r.id, "tries", r.tries, "error", reason(r.err))
	}
	b.metrics.tries.WithLabelValues(r.kind, as).Inc()
}

func (b *batch) close() {
	if b.session != nil {
		_ = b.session.Close() // what was sent is sent
		b.session = nil
	}
}

// one renders and sends one message.
func (b *batch) one(d delivery) (r result) {
	r.delivery = d
	defer func() {
		if v := recover(); v != nil {
			r.err = fmt.Errorf("panic: %v", v)
			b.close() // whatever state the session is in
			b.c.Log.Error("deliver: panic while a message was made", "kind", d.kind, "delivery", d.id, "stack", string(debug.Stack()))
		}
	}()
	k, known := b.kinds[d.kind]
	if !known {
		r.err = fmt.Errorf("nobody registered the kind %q", d.kind)
		return r
	}
	to, err := b.recipient(d)
	if err != nil {
		r.err = err
		return r
	}
	onPaper := !d.urgent && (to.Paper || to.Email == "")
	if !onPaper && to.Email == "" {
		r.err = Permanent(errors.New("no address"))
		return r
	}
	if !onPaper {
		if r.until = b.outage.wait(b.c.DB.Now()); !r.until.IsZero() {
			return r
		}
	}
	ctx, cancel := context.WithTimeout(b.ctx, sendLimit)
	defer cancel()
	loc := b.c.Catalog.For(to.Lang)
	ctx = b.c.Context(i18n.With(ctx, loc), to)
	content, err := k.Render(ctx, loc, []byte(d.payload))
	if err != nil {
		r.err = fmt.Errorf("render: %w", err)
		return r
	}
	if onPaper {
		r.page, r.err = b.page(ctx, loc, d, to, content)
		return r
	}
	m, err := b.mail(ctx, loc, d, k, to, content)
	if err != nil {
		r.err = err
		return r
	}
	b.mailOut(ctx, &r, m)
	return r
}

// recipient returns whom the message goes to.
func (b *batch) recipient(d delivery) (Recipient, error) {
	to := b.to[d.person]
	if err := b.lost[d.person]; err != nil {
		if fault.Is(err, fault.NotFound) {
			return to, Permanent(errors.New("no such person any more"))
		}
		return to, err
	}
	if d.address != "" {
		to.Email, to.Paper = d.address, false
	}
	if l, ok := i18n.ParseLang(d.lang); ok {
		to.Lang = l
	}
	if to.Lang == "" {
		to.Lang = i18n.Ja
	}
	return to, nil
}

// mailOut sends the mail over the batch's connection.
func (b *batch) mailOut(ctx context.Context, r *result, m *Mail) {
	if b.session == nil {
		session, err := b.c.Mail.Open(ctx)
		if err != nil {
			until, first := b.outage.began(b.c.DB.Now())
			if first {
				b.c.Log.Error("mail cannot be sent at present; messages wait", "error", err)
			}
			r.until = until
			return
		}
		if b.outage.ended() {
			b.c.Log.Info("mail can be sent again")
		}
		b.session = session
	}
	r.err = b.session.Send(ctx, m)
	if IsBroken(r.err) {
		b.close()
	}
}
