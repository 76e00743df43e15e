package deliver_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/deliver"
	"kakehashi/platform/deliver/mail"
	"kakehashi/platform/deliver/mail/smtptest"
	"kakehashi/platform/deliver/paper"
	"kakehashi/platform/fault"
)

func deadLetters(t *testing.T, d *db.DB) []deliver.Delivery {
	t.Helper()
	return read(t, d, func(tx *db.Tx) ([]deliver.Delivery, error) { return deliver.DeadLetters(tx, 0, 10) })
}

func TestFailure_IsTriedAgainUnderTheSameID(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		out := newOutside()
		s := service(t, d, out)
		out.set(nil, func(*deliver.Mail) error { return errors.New("450 linh@example.jp is busy") })
		start(t, s)
		send(t, d, s, deliver.Message{To: linh})
		first := soon(t, out.mails)
		released(t, d)
		if e := read(t, d, func(tx *db.Tx) (e string, err error) {
			err = tx.Row(`SELECT error FROM deliveries`).Scan(&e)
			return e, err
		}); strings.Contains(e, "linh") || !strings.Contains(e, "450") {
			t.Errorf("kept error = %q, want it without the address", e)
		}
		out.set(nil, nil)
		timePasses(t, d, s)
		if again := soon(t, out.mails); again.ID != first.ID {
			t.Errorf("the second try has ID %v, the first had %v", again.ID, first.ID)
		}
		settled(t, d, deliver.Counts{})
	})
}

func TestDead_IsShownRetriedAndForgotten(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		out := newOutside()
		reg := prometheus.NewRegistry()
		s := service(t, d, out, func(c *deliver.Config) { c.Metrics = reg })
		out.set(nil, func(*deliver.Mail) error { return deliver.Permanent(errors.New("550 no such user")) })
		start(t, s)
		send(t, d, s, deliver.Message{To: linh}, deliver.Message{To: linh, Urgent: true}, deliver.Message{To: gone})
		settled(t, d, deliver.Counts{Dead: 3})
		list := deadLetters(t, d)
		if len(list) != 3 || list[2].Tries != 1 || list[2].StateKey() != "deliver.state.dead" {
			t.Fatalf("dead = %+v", list)
		}
		if list[1].Again || !list[2].Again {
			t.Errorf("a code that came too late can be sent again (%v), or an ordinary message cannot (%v)", list[1].Again, list[2].Again)
		}
		if older := read(t, d, func(tx *db.Tx) ([]deliver.Delivery, error) { return deliver.DeadLetters(tx, list[0].ID, 1) }); len(older) != 1 || older[0].ID != list[1].ID {
			t.Errorf("second page = %+v", older)
		}
		if _, err := reg.Gather(); err != nil {
			t.Error(err)
		}
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) error { return s.Retry(tx, list[1].ID) })
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("Retry of what is erased = %v", err)
		}
		for len(out.mails) > 0 {
			<-out.mails
		}
		out.set(nil, nil)
		write(t, d, func(tx *db.Tx) error { return deliver.Forget(tx, list[0].ID) })
		write(t, d, func(tx *db.Tx) error { return s.Retry(tx, list[2].ID) })
		soon(t, out.mails)
		settled(t, d, deliver.Counts{Dead: 1})
		out.set(nil, nil)
		write(t, d, func(tx *db.Tx) error {
			n, err := s.RetryAll(tx)
			if n != 0 {
				t.Errorf("RetryAll = %d, want 0: nothing is left to say", n)
			}
			return err
		})
	})
}

func TestRenderer_ABrokenOneStopsNobodyElse(t *testing.T) {
	d := dbtest.Open(t, db.SQLite, tables)
	out := newOutside()
	s := service(t, d, out)
	send(t, d, s,
		deliver.Message{To: linh, Data: hello{"panic"}}, deliver.Message{To: linh, Data: hello{"broken"}},
		deliver.Message{To: linh, Data: hello{"会議室2"}})
	write(t, d, func(tx *db.Tx) error { // by a newer program
		_, err := tx.Exec(`UPDATE deliveries SET kind = 'test.newer' WHERE payload LIKE '%broken%'`)
		return err
	})
	start(t, s)
	if m := soon(t, out.mails); m.Subject != "Room 会議室2" {
		t.Errorf("subject = %q", m.Subject)
	}
	settled(t, d, deliver.Counts{Waiting: 2})
}

func TestOutage_CostsNoTriesAndStopsNoPaper(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		out := newOutside()
		asked := make(chan struct{}, 1000)
		out.set(func() error { asked <- struct{}{}; return errors.New("connection refused") }, nil)
		s := service(t, d, out)
		start(t, s)
		send(t, d, s, deliver.Message{To: linh}, deliver.Message{To: hanako})
		soon(t, asked)
		settled(t, d, deliver.Counts{Waiting: 1})
		released(t, d)
		if n := read(t, d, func(tx *db.Tx) (int, error) { return paper.Waiting(tx, office) }); n != 1 {
			t.Errorf("%d pages wait, want 1", n)
		}
		if n := count(t, d, `SELECT tries FROM deliveries WHERE state = 0`); n != 0 {
			t.Errorf("the outage cost %d tries", n)
		}
		out.set(nil, nil)
		soon(t, out.mails) // by itself, after two seconds
		settled(t, d, deliver.Counts{})
	})
}

func TestBrokenConnection_IsReplacedWithinTheBatch(t *testing.T) {
	d := dbtest.Open(t, db.SQLite, tables)
	var mu sync.Mutex
	seen := 0
	srv := smtptest.Start(t, smtptest.Options{Answer: func(line string) string {
		mu.Lock()
		defer mu.Unlock()
		if line == "." {
			if seen++; seen == 3 {
				return smtptest.Drop // taken or not? nobody knows
			}
		}
		return ""
	}})
	m, err := mail.NewSMTP("smtp://"+srv.Addr+"?tls=none", "info@city.example.jp")
	if err != nil {
		t.Fatal(err)
	}
	s := service(t, d, m, func(c *deliver.Config) { c.Senders = 1 })
	var ms []deliver.Message
	for i := range 5 {
		ms = append(ms, deliver.Message{To: db.ID(2000 + i)})
	}
	send(t, d, s, ms...)
	start(t, s)
	settled(t, d, deliver.Counts{Waiting: 1})
	released(t, d)
	timePasses(t, d, s)
	settled(t, d, deliver.Counts{})
	sessions := map[int]int{}
	ids := map[string]bool{}
	for range 5 {
		r := soon(t, srv.Received)
		sessions[r.Session]++
		ids[r.Message.Header.Get("Message-Id")] = true
	}
	if sessions[1] != 2 || sessions[2] != 2 || sessions[3] != 1 || len(ids) != 5 {
		t.Errorf("mails by connection = %v, %d different IDs", sessions, len(ids))
	}
}

func TestUrgent_GoesAheadOfTheQueue(t *testing.T) {
	d := dbtest.Open(t, db.SQLite, tables)
	out := newOutside()
	goOn := make(chan struct{})
	var once sync.Once
	release := func() { once.Do(func() { close(goOn) }) }
	defer release()
	urgent := make(chan struct{})
	out.set(nil, nil)
	s := service(t, d, gate{out, goOn, urgent})
	var ms []deliver.Message
	for i := range 500 {
		ms = append(ms, deliver.Message{To: db.ID(2000 + i)})
	}
	send(t, d, s, ms...)
	start(t, s)
	send(t, d, s, deliver.Message{To: linh, Urgent: true})
	soon(t, urgent) // while all others stand still
	release()
	settled(t, d, deliver.Counts{})
}

// gate holds every mail but Linh's until goOn.
type gate struct {
	*outside
	goOn, urgent chan struct{}
}

func (g gate) Open(context.Context) (deliver.MailSession, error) { return g, nil }

func (g gate) Send(_ context.Context, m *deliver.Mail) error {
	if m.Person == linh {
		close(g.urgent)
		return nil
	}
	<-g.goOn
	return nil
}

func TestStop_GivesBackWhatIsNotSent(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		out := newOutside()
		stopped := make(chan error, 1)
		var s *deliver.Service
		var once sync.Once
		begun := make(chan struct{})
		out.set(nil, func(*deliver.Mail) error {
			once.Do(func() {
				go func() { stopped <- s.Stop(context.Background()) }()
				close(begun)
			})
			return nil
		})
		s = service(t, d, out, func(c *deliver.Config) { c.Senders = 1 })
		var ms []deliver.Message
		for i := range 3000 {
			ms = append(ms, deliver.Message{To: db.ID(2000 + i)})
		}
		send(t, d, s, ms...)
		if err := s.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		soon(t, begun)
		if err := soon(t, stopped); err != nil {
			t.Fatal(err)
		}
		sent := len(out.mails)
		if n := count(t, d, `SELECT COUNT(*) FROM deliveries WHERE claim <> 0 OR (state = 0 AND tries <> 0)`); n != 0 {
			t.Errorf("%d messages were not given back untouched", n)
		}
		if c := read(t, d, deliver.Count); int(c.Waiting) != 3000-sent {
			t.Errorf("%d wait, %d sent, of 3000", c.Waiting, sent)
		}
		next := service(t, d, out)
		out.set(nil, nil)
		start(t, next)
		settled(t, d, deliver.Counts{})
		ids := map[db.ID]int{}
		for len(out.mails) > 0 {
			ids[(<-out.mails).ID]++
		}
		if len(ids) != 3000 {
			t.Errorf("%d messages went out, want 3000", len(ids))
		}
		for id, n := range ids {
			if n != 1 {
				t.Errorf("message %v went out %d times", id, n)
			}
		}
	})
}

func TestNodes_SendEachMessageOnce(t *testing.T) {
	d := dbtest.Open(t, db.Postgres, tables)
	out := newOutside()
	var nodes []*deliver.Service
	for range 3 {
		nodes = append(nodes, service(t, d, out, func(c *deliver.Config) { c.Log = slog.New(slog.DiscardHandler) }))
	}
	var ms []deliver.Message
	for i := range 2000 {
		ms = append(ms, deliver.Message{To: db.ID(2000 + i)})
	}
	send(t, d, nodes[0], ms...)
	for _, s := range nodes {
		start(t, s)
	}
	settled(t, d, deliver.Counts{})
	ids := map[db.ID]int{}
	for len(out.mails) > 0 {
		ids[(<-out.mails).ID]++
	}
	if len(ids) != 2000 {
		t.Errorf("%d messages went out, want 2000", len(ids))
	}
	for id, n := range ids {
		if n != 1 {
			t.Errorf("message %v went out %d times", id, n)
		}
	}
}
