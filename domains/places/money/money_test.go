package money_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/money"
	"kakehashi/domains/places/money/pay"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/deliver"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/module"
	"kakehashi/platform/table"
)

// tables are those that money stands on.
var tables = []db.Migrations{
	audit.Migrations(), inbox.Migrations(), deliver.Migrations(), {Name: "places", FS: os.DirFS("../migrations")},
}

const (
	office = db.ID(42)
	clerk  = db.ID(900)
	person = db.ID(1000)
)

var atDesk = db.Actor{Person: clerk, Via: "web"}

// house is a room for 1,000 yen an hour, and the money over it.
type house struct {
	db     *db.DB
	svc    *reservation.Service
	m      *money.Money
	room   db.ID
	today  jp.Date
	online *provider
}

// provider pays back whatever it is asked to, once for a key.
type provider struct {
	mu   sync.Mutex
	keys map[string]int64
	next pay.Event
}

func (p *provider) Begin(_ context.Context, w pay.Wish) (pay.Session, error) {
	return pay.Session{ID: "cs_" + w.Key, URL: "https://pay.example/" + w.Key}, nil
}

func (p *provider) Read(h http.Header, _ []byte, _ time.Time) (pay.Event, error) {
	if h.Get("Signature") != "good" {
		return pay.Event{}, pay.ErrSignature
	}
	return p.next, nil
}

func (p *provider) Refund(_ context.Context, key, _ string, yen int64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys[key] = yen
	return nil
}

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) { fn(t, open(t, d)) })
}

func open(t testing.TB, d *db.DB) *house {
	t.Helper()
	h := &house{db: d, today: jp.DateOf(d.Now()), online: &provider{keys: map[string]int64{}}}
	catalog := i18n.NewCatalog(money.Messages())
	deps := module.Deps{DB: d, Deliver: deliver.New(deliver.Config{DB: d}), Catalog: catalog}
	for _, name := range append([]string{money.ReminderKind}, reservation.MessageKinds...) {
		deps.Deliver.Register(deliver.Kind{Name: name, Render: func(context.Context, *i18n.Localizer, json.RawMessage) (deliver.Content, error) {
			return deliver.Content{Subject: name, Text: name}, nil
		}})
	}
	h.svc = reservation.New(deps, reservation.Neighbours{})
	l := reservation.DefaultLimits
	l.PerDay = 1_000_000
	h.svc.SetLimits(l)
	h.m = money.New(deps, h.svc, rules.NewDirectory(d), money.Neighbours{Online: h.online})
	err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
		f, err := facility.Save(tx, facility.Facility{Name: i18n.Text{i18n.Ja: "市民会館"}, Address: "川口市本町1-1", Bookable: true, Office: office, Opens: -1, Closes: -1})
		if err != nil {
			return err
		}
		h.room, err = facility.SaveRoom(tx, facility.Room{Facility: f, Slug: "a", Name: i18n.Text{i18n.Ja: "会議室"}, Capacity: 20, Opens: 0, Closes: facility.DayEnd, FeeYen: 1000})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	h.rule(t, rules.KindRefunds, rules.Refunds{Tiers: []rules.Refund{{Days: 7, Percent: 100}, {Days: 1, Percent: 50}}})
	h.rule(t, rules.KindPayment, rules.Payment{Within: 5, Before: 1, Lapse: true, Methods: []string{"counter", "bank"}})
	return h
}

// rule puts a rule into force.
func (h *house) rule(t testing.TB, kind rules.Kind, body any) {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	h.write(t, func(tx *db.Tx) error {
		tx.Touch(rules.Topic)
		_, err := tx.Exec(`INSERT INTO rules (id, version, kind, facility_id, valid_from, body, note, state, made_by, made_at, changed_at)
			VALUES ($1, 1, $2, 0, '2020-01-01', $3, '', 'in_force', 0, 0, 0)`, db.NewID(), string(kind), string(b))
		return err
	})
}

func (h *house) write(t testing.TB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := h.db.Write(t.Context(), db.System, fn); err != nil {
		t.Fatal(err)
	}
}

// book books the room some days from now for hours from an hour on.
func (h *house) book(t testing.TB, day, from, hours int) reservation.Reservation {
	t.Helper()
	r, err := h.svc.Book(t.Context(), db.Actor{Person: person, Via: "web"}, reservation.Reservation{
		Room: h.room, Person: person, Headcount: 5, Purpose: "定例会", Span: quarter.On(h.today.AddDays(day), from*60, (from+hours)*60),
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (h *house) charge(t testing.TB, r reservation.Reservation) (c money.Charge) {
	t.Helper()
	err := h.db.Read(t.Context(), func(tx *db.Tx) (err error) { c, err = money.ChargeOf(tx, money.OfReservation, r.ID); return err })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (h *house) pay(t testing.TB, c money.Charge) money.Entry {
	t.Helper()
	e, err := h.m.Pay(t.Context(), atDesk, money.Act{Charge: c.ID, Version: c.Version, Turn: fmt.Sprint(c.ID, c.Version), Method: money.Counter})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// sound asks doctor about the ledger.
func (h *house) sound(t testing.TB) {
	t.Helper()
	problems, err := money.Checks()[0].Run(t.Context(), module.Deps{DB: h.db})
	if err != nil || len(problems) > 0 {
		t.Fatalf("doctor: %v %v", problems, err)
	}
}

func (h *house) waiting(t testing.TB) (n int64) {
	t.Helper()
	err := h.db.Read(t.Context(), func(tx *db.Tx) error {
		return tx.Row(`SELECT COUNT(*) FROM inbox_items WHERE kind = $1 AND closed_at = 0`, money.RefundKind).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestCharge_FollowsTheReservation(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := h.book(t, 10, 10, 2)
		c := h.charge(t, r)
		if c.Total != 2000 || c.Owed() != 2000 || c.State != money.Due || c.Due != h.today.AddDays(5) || !c.Lapses || len(c.Working.Lines) != 1 {
			t.Fatalf("booked: %+v", c)
		}
		if e := h.pay(t, c); e.Number != 1 || e.Amount != 2000 || e.Clerk != clerk {
			t.Fatalf("paid: %+v", e)
		}
		r.Span = quarter.On(h.today.AddDays(10), 600, 780) // an hour more
		r, err := h.svc.Change(t.Context(), db.Actor{Person: person}, r)
		if err != nil {
			t.Fatal(err)
		}
		if c = h.charge(t, r); c.Owed() != 1000 || c.State != money.Due {
			t.Fatalf("an hour more: %+v", c)
		}
		r.Span = quarter.On(h.today.AddDays(10), 600, 660) // two hours less
		if r, err = h.svc.Change(t.Context(), db.Actor{Person: person}, r); err != nil {
			t.Fatal(err)
		}
		if c = h.charge(t, r); c.Back() != 1000 || c.State != money.Paid || h.waiting(t) != 1 {
			t.Fatalf("two hours less: %+v", c)
		}
		if _, err := h.m.GiveBack(t.Context(), atDesk, money.Act{Charge: c.ID, Version: c.Version, Turn: "x", Method: money.Counter}); err != nil {
			t.Fatal(err)
		}
		if c = h.charge(t, r); c.Paid != 1000 || c.Back() != 0 || h.waiting(t) != 0 {
			t.Fatalf("given back: %+v", c)
		}
		h.sound(t)
	})
}

func TestCharge_RefundsByTheDay(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for _, c := range []struct {
			name  string
			day   int
			actor db.Actor
			back  int64
		}{
			{"a week before", 7, db.Actor{Person: person}, 2000},
			{"three days before", 3, db.Actor{Person: person}, 1000},
			{"by a clerk who acts for them", 4, db.Actor{Person: clerk, OnBehalfOf: person}, 1000},
			{"by the office for its own reasons", 5, atDesk, 2000},
		} {
			r := h.book(t, c.day, 10, 2)
			h.pay(t, h.charge(t, r))
			if _, err := h.svc.Cancel(t.Context(), c.actor, r.ID, r.Version, "急用"); err != nil {
				t.Fatal(err)
			}
			if got := h.charge(t, r); got.State != money.Cancelled || got.Back() != c.back || got.Owed() != 0 {
				t.Errorf("%s: to give back %d, want %d: %+v", c.name, got.Back(), c.back, got)
			}
		}
		r := h.book(t, 2, 10, 1)
		if _, err := h.svc.Cancel(t.Context(), db.Actor{Person: person}, r.ID, r.Version, ""); err != nil {
			t.Fatal(err)
		}
		if got := h.charge(t, r); got.State != money.Cancelled || got.Back() != 0 || got.Owed() != 0 || got.Total != 0 {
			t.Errorf("unpaid: %+v", got)
		}
		h.sound(t)
	})
}

func TestPay_TwoClerksAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.charge(t, h.book(t, 10, 10, 2))
		var won, conflicts atomic.Int32
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				_, err := h.m.Pay(t.Context(), atDesk, money.Act{Charge: c.ID, Version: c.Version, Turn: fmt.Sprint("clerk ", i%2), Method: money.Counter})
				switch {
				case err == nil:
					won.Add(1)
				case fault.Is(err, fault.Conflict):
					conflicts.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		got := money.Charge{}
		err := h.db.Read(t.Context(), func(tx *db.Tx) (err error) { got, err = money.Get(tx, c.ID); return err })
		if err != nil || len(got.Entries) != 1 || got.Paid != 2000 || won.Load() != 8 || conflicts.Load() != 8 {
			t.Fatalf("%d pressed in time, %d did not: %+v %v", won.Load(), conflicts.Load(), got, err)
		}
		h.sound(t)
	})
}

func TestCorrect_ByCounterEntry(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := h.book(t, 10, 10, 2)
		e := h.pay(t, h.charge(t, r))
		c := h.charge(t, r)
		a := money.Act{Charge: c.ID, Version: c.Version, Turn: "1", Reason: "別の人の料金だった"}
		if _, err := h.m.Correct(t.Context(), atDesk, a, e.ID); err != nil {
			t.Fatal(err)
		}
		if c = h.charge(t, r); c.Owed() != 2000 || len(c.Entries) != 2 || c.Entries[1].Corrects != e.ID || c.Entries[0].Amount != 2000 {
			t.Fatalf("corrected: %+v", c)
		}
		a.Version, a.Turn = c.Version, "2"
		if _, err := h.m.Correct(t.Context(), atDesk, a, e.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("corrected twice: %v", err)
		}
		if again := h.pay(t, c); again.Number != 2 {
			t.Errorf("the next receipt has number %d", again.Number)
		}
		if err := h.m.Waive(t.Context(), atDesk, money.Act{Charge: c.ID, Version: h.charge(t, r).Version, Reason: "災害"}); !fault.Is(err, fault.Conflict) {
			t.Errorf("what is paid was waived: %v", err)
		}
		h.sound(t)
	})
}

func TestImportStatement_Twice(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a, b := h.charge(t, h.book(t, 10, 10, 2)), h.charge(t, h.book(t, 10, 13, 1))
		csv := fmt.Sprintf("口座明細\nお取引日,お支払金額,お預り金額,お取扱内容\n2026/11/20,,\"2,000\",%sアオゾラ\n2026/11/20,,900,%s ホンチョウ\n2026/11/20,,1000,ヤマダ\n2026/11/21,500,,手数料\n昨日,,1000,x\n2026/11/21,,1000,12345674\n",
			a.Reference, money.Pretty(b.Reference))
		sjis, _ := jp.EncodeCP932(csv)
		read := func() (table.Summary, error) {
			sheet, err := table.Read("meisai.csv", bytes.NewReader(sjis), table.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			return h.m.ImportStatement(t.Context(), atDesk, office, sheet)
		}
		sum, err := read()
		if err != nil || sum.Imported != 4 || sum.Refused != 1 {
			t.Fatalf("first: %v %v %+v", sum, err, sum.Refusals)
		}
		if sum, err = read(); err != nil || sum.Imported != 0 || sum.Updated != 0 || sum.Unchanged != 4 {
			t.Fatalf("again: %v %v", sum, err)
		}
		h.db.Read(t.Context(), func(tx *db.Tx) error {
			lines, err := money.Unmatched(tx, office, 0, 50)
			var why []string
			for _, l := range lines {
				why = append(why, l.Reason)
			}
			want := strings.Join([]string{money.UnknownOne, money.NoReference, money.OtherAmount}, " ")
			if err != nil || strings.Join(why, " ") != want {
				t.Errorf("unmatched %v %v, want %s", why, err, want)
			}
			got, err := money.Get(tx, a.ID)
			if err != nil || got.Paid != 2000 || len(got.Entries) != 1 || got.Entries[0].Method != money.Bank {
				t.Errorf("paid by transfer: %+v %v", got, err)
			}
			return nil
		})
		h.sound(t)
	})
}

func TestTold_OnceAndAlsoTooLate(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := h.book(t, 10, 10, 2)
		c := h.charge(t, r)
		s, err := h.m.Begin(t.Context(), db.Actor{Person: person}, c.ID, "会議室", "https://x.example/", i18n.Ja)
		if err != nil {
			t.Fatal(err)
		}
		h.online.next = pay.Event{Paid: true, Session: s.ID, Intent: "pi_1", Reference: c.Reference, Yen: 2000}
		if err := h.m.Told(t.Context(), http.Header{}, nil); !fault.Is(err, fault.Denied) {
			t.Fatalf("without a signature: %v", err)
		}
		good := http.Header{"Signature": {"good"}}
		for range 3 {
			if err := h.m.Told(t.Context(), good, nil); err != nil {
				t.Fatal(err)
			}
		}
		if c = h.charge(t, r); c.Paid != 2000 || len(c.Entries) != 1 || c.Entries[0].Method != money.Online {
			t.Fatalf("told three times: %+v", c)
		}
		h.online.next.Intent, h.online.next.Session = "pi_2", "cs_other" // paid twice by the resident
		if err := h.m.Told(t.Context(), good, nil); err != nil {
			t.Fatal(err)
		}
		if c = h.charge(t, r); c.Back() != 2000 || h.waiting(t) != 1 {
			t.Fatalf("paid twice: %+v", c)
		}
		for range 2 {
			if _, err := h.m.GiveBack(t.Context(), atDesk, money.Act{Charge: c.ID, Version: c.Version, Turn: "t", Method: money.Online}); err != nil {
				t.Fatal(err)
			}
		}
		if c = h.charge(t, r); c.Back() != 0 || c.Paid != 2000 || len(h.online.keys) != 1 {
			t.Fatalf("given back: %+v %v", c, h.online.keys)
		}
		h.sound(t)
	})
}

func TestClose_TheDayBalances(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.pay(t, h.charge(t, h.book(t, 10, 10, 2)))
		n := money.Count{Office: office, Day: h.today, Opening: 10_000, Pieces: map[int64]int64{10_000: 1, 1000: 1, 500: 1}, Kept: 10_000, Seen: 2000}
		if err := h.m.Close(t.Context(), atDesk, n); !fault.Is(err, fault.Invalid) {
			t.Fatalf("500 yen are missing, and nobody says why: %v", err)
		}
		late := h.book(t, 11, 10, 1)
		h.pay(t, h.charge(t, late))
		n.Reason = "釣り銭の渡しまちがい"
		if err := h.m.Close(t.Context(), atDesk, n); !fault.Is(err, fault.Conflict) {
			t.Fatalf("a payment slipped in: %v", err)
		}
		n.Seen, n.Pieces[1000] = 3000, 2
		if err := h.m.Close(t.Context(), atDesk, n); err != nil {
			t.Fatal(err)
		}
		if err := h.m.Close(t.Context(), atDesk, n); !fault.Is(err, fault.Conflict) {
			t.Fatalf("closed twice: %v", err)
		}
		e := h.pay(t, h.charge(t, h.book(t, 12, 10, 1)))
		if e.CashDay != h.today.AddDays(1) {
			t.Errorf("a payment after closing went into %v", e.CashDay)
		}
		h.db.Read(t.Context(), func(tx *db.Tx) error {
			d, err := money.DayOf(tx, office, h.today)
			if err != nil || !d.Closed || d.Expected != 13_000 || d.Difference() != -500 || len(d.Entries) != 2 || d.Counts[1000] != 2 {
				t.Errorf("the day: %+v %v", d, err)
			}
			next, err := money.DayOf(tx, office, h.today.AddDays(1))
			if err != nil || next.Opening != 10_000 || next.Expected != 11_000 {
				t.Errorf("the next day: %+v %v", next, err)
			}
			return nil
		})
		h.sound(t)
	})
}

func TestWatch_RemindsOnceAndLapses(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		soon, late, paid := h.book(t, 10, 9, 1), h.book(t, 10, 11, 1), h.book(t, 10, 13, 1)
		h.pay(t, h.charge(t, paid))
		due := func(r reservation.Reservation, day jp.Date) {
			h.write(t, func(tx *db.Tx) error {
				_, err := tx.Exec(`UPDATE charges SET due_day = $2 WHERE source_id = $1`, r.ID, day)
				return err
			})
		}
		due(soon, h.today.AddDays(3))
		due(late, h.today.AddDays(-1))
		due(paid, h.today.AddDays(-1))
		for range 2 {
			if err := h.m.Watch(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		var reminders int
		h.write(t, func(tx *db.Tx) error {
			return tx.Row(`SELECT COUNT(*) FROM deliveries WHERE kind = $1`, money.ReminderKind).Scan(&reminders)
		})
		if reminders != 1 || !h.charge(t, soon).Reminded {
			t.Errorf("%d reminders were sent, want 1", reminders)
		}
		err := h.db.Read(t.Context(), func(tx *db.Tx) error {
			for r, want := range map[db.ID]reservation.State{soon.ID: reservation.Confirmed, late.ID: reservation.Cancelled, paid.ID: reservation.Confirmed} {
				if got, err := reservation.Get(tx, r); err != nil || got.State != want {
					t.Errorf("reservation is %v, want %v: %v", got.State, want, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if c := h.charge(t, late); c.State != money.Cancelled || c.Owed() != 0 || c.Back() != 0 {
			t.Errorf("the unpaid charge: %+v", c)
		}
	})
}

func TestReference(t *testing.T) {
	for in, want := range map[string]string{"1234-5674": "12345674", "１２３４５６７４": "12345674", "12345675": "", "1234567": "", "x": ""} {
		got, ok := money.ParseReference(in)
		if got != want || ok != (want != "") {
			t.Errorf("ParseReference(%q) = %q, %v", in, got, ok)
		}
	}
	if got := money.ReferencesIn("ﾌﾘｺﾐ 12345674アオゾラ 0001 99999999"); len(got) != 1 || got[0] != "12345674" {
		t.Errorf("ReferencesIn() = %v", got)
	}
}
