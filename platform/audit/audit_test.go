package audit_test

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
	"kakehashi/platform/seal"
)

var tables = []db.Migrations{audit.Migrations()}

func newLog(t testing.TB, d *db.DB) *audit.Log {
	t.Helper()
	k, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	return audit.New(audit.Config{DB: d, Signer: k.Audit()})
}

// clerk acts for resident in every test that does not say otherwise.
const (
	clerk    db.ID = 11
	resident db.ID = 22
	room     db.ID = 33
)

var byClerk = db.Actor{Person: clerk, OnBehalfOf: resident, Via: "web"}

func record(t testing.TB, d *db.DB, actor db.Actor, entries ...audit.Entry) {
	t.Helper()
	err := d.Write(t.Context(), actor, func(tx *db.Tx) error {
		for _, e := range entries {
			if err := audit.Record(tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// fill records n entries in transactions of their own and seals them, some at
// a time, so that there are several signed roots.
func fill(t testing.TB, d *db.DB, l *audit.Log, n int) {
	t.Helper()
	for i := range n {
		record(t, d, byClerk, audit.Entry{
			Action: "places.reserve", Subject: "reservation", ID: db.ID(100 + i), Person: resident,
			Detail: map[string]string{"room": room.String(), "n": fmt.Sprint(i)},
		})
		if i%5 == 4 {
			sealAll(t, l)
		}
	}
	sealAll(t, l)
}

func sealAll(t testing.TB, l *audit.Log) {
	t.Helper()
	if _, err := l.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func verify(t testing.TB, l *audit.Log, known ...[]byte) audit.Report {
	t.Helper()
	rep, err := l.Verify(t.Context(), known...)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// tamper changes the database behind the log's back.
func tamper(t testing.TB, d *db.DB, q string, args ...any) {
	t.Helper()
	err := d.Write(context.Background(), db.System, func(tx *db.Tx) error {
		n, err := tx.Exec(q, args...)
		if err == nil && n == 0 {
			return fmt.Errorf("changed nothing: %s", q)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestVerify_UntouchedLogHolds(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		if rep := verify(t, l); !rep.OK() || rep.Entries != 0 {
			t.Fatalf("empty log: %+v", rep)
		}
		if cp, err := l.Checkpoint(t.Context()); cp != nil || err != nil {
			t.Fatalf("empty log: checkpoint %q, %v", cp, err)
		}
		fill(t, d, l, 23)
		record(t, d, byClerk, audit.Entry{Action: "places.cancel", Subject: "reservation", ID: 100})
		rep := verify(t, l)
		if !rep.OK() || rep.Entries != 23 || rep.Pending != 1 || rep.Checkpoints != 5 {
			t.Fatalf("%+v %v", rep, rep.Problem)
		}
		if n, err := l.Seal(t.Context()); n != 1 || err != nil {
			t.Fatalf("Seal = %d, %v", n, err)
		}
		if n, err := l.Seal(t.Context()); n != 0 || err != nil {
			t.Fatalf("Seal with nothing pending = %d, %v", n, err)
		}
	})
}

func TestRecord_RollsBackWithItsChange(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		err := d.Write(t.Context(), byClerk, func(tx *db.Tx) error {
			if err := audit.Record(tx, audit.Entry{Action: "places.reserve"}); err != nil {
				return err
			}
			return fault.New(fault.Conflict, "places.taken")
		})
		if !fault.Is(err, fault.Conflict) {
			t.Fatal(err)
		}
		sealAll(t, l)
		if rep := verify(t, l); rep.Entries != 0 {
			t.Fatalf("%+v", rep)
		}
	})
}

// TestSeal_ManyAtOnce lets several sealers run against several recorders; the
// log must hold, with each entry in it once.
func TestSeal_ManyAtOnce(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		const writers, each = 4, 60
		var recorders, sealers sync.WaitGroup
		done := make(chan struct{})
		for range 3 {
			sealers.Go(func() {
				for {
					if _, err := l.Seal(t.Context()); err != nil {
						t.Errorf("Seal: %v", err)
						return
					}
					select {
					case <-done:
						return
					default:
					}
				}
			})
		}
		for w := range writers {
			recorders.Go(func() {
				for i := range each {
					err := d.Write(t.Context(), byClerk, func(tx *db.Tx) error {
						return audit.Record(tx, audit.Entry{Action: "places.reserve", Subject: "reservation", ID: db.ID(w*1000 + i + 1)})
					})
					if err != nil {
						t.Errorf("Record: %v", err)
					}
				}
			})
		}
		recorders.Wait()
		close(done)
		sealers.Wait()
		sealAll(t, l)
		rep := verify(t, l)
		if !rep.OK() || rep.Entries != writers*each || rep.Pending != 0 {
			t.Fatalf("%+v %v", rep, rep.Problem)
		}
	})
}

// TestSeal_LateCommit seals while a transaction that began earlier is open: its
// entry has the smaller id, and must not be left out.
func TestSeal_LateCommit(t *testing.T) {
	d := dbtest.Open(t, db.Postgres, tables)
	l := newLog(t, d)
	recorded, release := make(chan struct{}), make(chan struct{})
	late := make(chan error, 1)
	go func() {
		var once sync.Once
		late <- d.Write(t.Context(), byClerk, func(tx *db.Tx) error {
			if err := audit.Record(tx, audit.Entry{Action: "places.late"}); err != nil {
				return err
			}
			once.Do(func() { close(recorded) })
			<-release
			return nil
		})
	}()
	<-recorded
	record(t, d, byClerk, audit.Entry{Action: "places.early"})
	if n, err := l.Seal(t.Context()); n != 1 || err != nil {
		t.Fatalf("Seal = %d, %v", n, err)
	}
	close(release)
	if err := <-late; err != nil {
		t.Fatal(err)
	}
	if n, err := l.Seal(t.Context()); n != 1 || err != nil {
		t.Fatalf("Seal of the late one = %d, %v", n, err)
	}
	if rep := verify(t, l); !rep.OK() || rep.Entries != 2 {
		t.Fatalf("%+v %v", rep, rep.Problem)
	}
}

func TestLists_NewestFirstPagedAcrossSealedAndPending(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		for i := range 7 {
			action := "people.change"
			if i%2 == 1 {
				action = "people.read"
			}
			record(t, d, db.Actor{Person: clerk, Via: "web"}, audit.Entry{
				Action: action, Subject: "person", ID: resident, Person: resident,
				Detail: map[string]string{"n": fmt.Sprint(i), "why": "電話で\"依頼\"\n"},
			})
			record(t, d, db.System, audit.Entry{Action: "places.clean", Subject: "room", ID: room})
			if i == 3 {
				sealAll(t, l)
			}
		}
		// pages walks one list to its end, three lines at a time.
		pages := func(get func(*db.Tx, audit.Page) ([]audit.Line, error), reads bool) (all []audit.Line) {
			p := audit.Page{Limit: 3, ReadsOnly: reads}
			for {
				var lines []audit.Line
				if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { lines, err = get(tx, p); return err }); err != nil {
					t.Fatal(err)
				}
				if len(lines) == 0 {
					return all
				}
				all = append(all, lines...)
				p.Before = lines[len(lines)-1].ID
			}
		}
		person := pages(func(tx *db.Tx, p audit.Page) ([]audit.Line, error) { return l.ByPerson(tx, resident, p) }, false)
		if len(person) != 7 {
			t.Fatalf("%d lines by person", len(person))
		}
		for i, line := range person {
			if line.Detail["n"] != fmt.Sprint(6-i) || line.Detail["why"] != "電話で\"依頼\"\n" || line.Actor != clerk || line.SubjectID != resident || line.At.IsZero() || line.Via != "web" {
				t.Errorf("line %d: %+v", i, line)
			}
			if pending := line.Seq < 0; pending != (i < 3) {
				t.Errorf("line %d: seq %d", i, line.Seq)
			}
		}
		if reads := pages(func(tx *db.Tx, p audit.Page) ([]audit.Line, error) { return l.ByPerson(tx, resident, p) }, true); len(reads) != 3 {
			t.Errorf("%d reads of the person", len(reads))
		}
		if got := pages(func(tx *db.Tx, p audit.Page) ([]audit.Line, error) { return l.BySubject(tx, "room", room, p) }, false); len(got) != 7 {
			t.Errorf("%d lines by subject", len(got))
		}
		if got := pages(func(tx *db.Tx, p audit.Page) ([]audit.Line, error) { return l.BySubject(tx, "person", room, p) }, false); len(got) != 0 {
			t.Errorf("%d lines of another subject", len(got))
		}
		if got := pages(func(tx *db.Tx, p audit.Page) ([]audit.Line, error) { return l.ByActor(tx, 0, p) }, false); len(got) != 7 {
			t.Errorf("%d lines by the system", len(got))
		}
		if got := pages(l.All, false); len(got) != 14 {
			t.Errorf("%d lines in all", len(got))
		}
		// Nobody's entries are not a person's.
		if got := pages(func(tx *db.Tx, p audit.Page) ([]audit.Line, error) { return l.ByPerson(tx, 0, p) }, false); len(got) != 0 {
			t.Errorf("%d lines of person 0", len(got))
		}
	})
}

func TestErase_TheProofStays(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		fill(t, d, l, 12)
		record(t, d, byClerk, audit.Entry{Action: "people.move", Person: 99, Detail: map[string]string{"from": "x"}})
		sealAll(t, l)
		var proved audit.Line
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			lines, err := l.BySubject(tx, "reservation", 103, audit.Page{})
			proved = lines[0]
			return err
		}); err != nil {
			t.Fatal(err)
		}
		before, err := l.ProveEntry(t.Context(), proved.ID)
		if err != nil {
			t.Fatal(err)
		}
		erase := func(r audit.Rule) int {
			t.Helper()
			n, err := l.Erase(t.Context(), db.Actor{Via: "job"}, r)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		future := time.Now().Add(time.Hour)
		if n := erase(audit.Rule{Prefix: "places.", Before: time.Now().Add(-time.Hour)}); n != 0 {
			t.Fatalf("erased %d entries that are younger", n)
		}
		if n := erase(audit.Rule{Before: future, Person: 99}); n != 1 {
			t.Fatalf("erased %d entries of one person", n)
		}
		if n := erase(audit.Rule{Prefix: "places.", Before: future}); n != 12 {
			t.Fatalf("erased %d", n)
		}
		if n := erase(audit.Rule{Prefix: "", Before: future}); n != 0 {
			t.Fatalf("erased %d twice, or the record of an erasure", n)
		}
		for range 2 { // with the record of the erasure pending, then sealed
			if rep := verify(t, l); !rep.OK() || rep.Erased != 13 {
				t.Fatalf("%+v %v", rep, rep.Problem)
			}
			sealAll(t, l)
		}
		if n := erase(audit.Rule{Before: future}); n != 0 {
			t.Fatalf("erased %d sealed records of erasures", n)
		}
		after, err := l.ProveEntry(t.Context(), proved.ID)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(before.Record, after.Record) {
			t.Fatal("erasing the detail changed what the tree proves")
		}
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			lines, err := l.BySubject(tx, "reservation", 103, audit.Page{})
			if len(lines) != 1 || !lines[0].Erased || lines[0].Detail != nil {
				t.Errorf("%+v", lines)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		// Without the recorded rule the gap is a problem.
		tamper(t, d, `UPDATE audit_entries SET erased_at = erased_at + 1 WHERE seq = 5`)
		if rep := verify(t, l); rep.OK() || rep.Problem.What != audit.Erased || rep.Problem.Seq != 5 {
			t.Fatalf("%v", rep.Problem)
		}
	})
}
