package deliver_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"

	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/deliver"
	"kakehashi/platform/deliver/paper"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/i18n/i18ntest"
)

func TestMessages(t *testing.T) {
	i18ntest.Complete(t, "deliver", deliver.Messages().FS)
	i18ntest.Keys(t, deliver.Messages(), ".")
}

var tables = []db.Migrations{audit.Migrations(), deliver.Migrations()}

// outside is the outside world: a mailer that hands every mail to the test and
// does what it says.
type outside struct {
	mails chan *deliver.Mail
	mu    sync.Mutex
	open  func() error                // nil: succeeds
	fate  func(m *deliver.Mail) error // nil: sent
	opens int
}

func newOutside() *outside { return &outside{mails: make(chan *deliver.Mail, 10000)} }

func (o *outside) Open(context.Context) (deliver.MailSession, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.open != nil {
		if err := o.open(); err != nil {
			return nil, err
		}
	}
	o.opens++
	return o, nil
}

func (o *outside) Send(_ context.Context, m *deliver.Mail) error {
	o.mu.Lock()
	fate := o.fate
	o.mu.Unlock()
	var err error
	if fate != nil {
		err = fate(m)
	}
	o.mails <- m
	return err
}

func (o *outside) Close() error { return nil }

func (o *outside) set(open func() error, fate func(*deliver.Mail) error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.open, o.fate = open, fate
}

// The people of these tests.
const (
	linh   db.ID = 101 // mail, reads Vietnamese
	hanako db.ID = 102 // takes paper, reads Japanese, has an address all the same
	taro   db.ID = 103 // has no address
	gone   db.ID = 104 // was erased
	office db.ID = 900
)

func recipient(_ *db.Tx, p db.ID) (deliver.Recipient, error) {
	switch p {
	case linh:
		return deliver.Recipient{Name: "Nguyễn Thị Linh", Lang: i18n.Vi, Email: "linh@example.jp"}, nil
	case hanako:
		return deliver.Recipient{Name: "川口 花子", Lang: i18n.Ja, Email: "hanako@example.jp", Paper: true, Furigana: true, Office: office}, nil
	case taro:
		return deliver.Recipient{Name: "鋳物 太郎", Lang: i18n.Ja}, nil
	case gone:
		return deliver.Recipient{}, fault.New(fault.NotFound, "people.gone")
	}
	return deliver.Recipient{Name: "P", Lang: i18n.En, Email: fmt.Sprintf("p%d@example.jp", int64(p))}, nil
}

type hello struct {
	Room string `json:"room"`
}

func render(ctx context.Context, loc *i18n.Localizer, data json.RawMessage) (deliver.Content, error) {
	var h hello
	if err := json.Unmarshal(data, &h); err != nil {
		return deliver.Content{}, err
	}
	switch h.Room {
	case "broken":
		return deliver.Content{}, errors.New("template broken")
	case "panic":
		panic("template on fire")
	}
	if i18n.From(ctx) != loc {
		return deliver.Content{}, errors.New("the context carries another language")
	}
	return deliver.Content{
		Subject: "Room\r\n" + h.Room,
		Text:    "<" + string(loc.Lang()) + ">\nline two\n\n" + h.Room,
		Paper: templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			_, err := io.WriteString(w, "<p>"+h.Room+"</p>")
			return err
		}),
	}, nil
}

func service(t testing.TB, d *db.DB, m deliver.Mailer, change ...func(*deliver.Config)) *deliver.Service {
	t.Helper()
	c := deliver.Config{
		DB: d, Catalog: i18n.NewCatalog(deliver.Messages()), Recipient: recipient, Mail: m,
		City: func(*db.Tx) (i18n.Text, error) {
			return i18n.Text{i18n.Ja: "川口市", i18n.En: "Kawaguchi City", i18n.Vi: "Thành phố Kawaguchi"}, nil
		},
		Unsubscribe: func(p db.ID, kind string) string { return "https://city.example.jp/u/" + p.String() + "/" + kind },
		Log:         slog.New(slog.DiscardHandler),
	}
	for _, f := range change {
		f(&c)
	}
	s := deliver.New(c)
	s.Register(deliver.Kind{Name: "test.hello", Render: render}, deliver.Kind{Name: "test.news", Render: render, News: true})
	return s
}

func start(t *testing.T, s *deliver.Service) {
	t.Helper()
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

func send(t *testing.T, d *db.DB, s *deliver.Service, ms ...deliver.Message) {
	t.Helper()
	write(t, d, func(tx *db.Tx) error {
		for _, m := range ms {
			if m.Kind == "" {
				m.Kind = "test.hello"
			}
			if m.Data == nil {
				m.Data = hello{Room: "会議室1"}
			}
			if err := s.Send(tx, m); err != nil {
				return err
			}
		}
		return nil
	})
}

func write(t *testing.T, d *db.DB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), db.Actor{Person: 7, Via: "web"}, fn); err != nil {
		t.Fatal(err)
	}
}

func read[T any](t *testing.T, d *db.DB, fn func(tx *db.Tx) (T, error)) (v T) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
		v, err = fn(tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func soon[T any](t *testing.T, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(20 * time.Second):
		t.Fatal("waited in vain")
		panic("unreachable")
	}
}

// settled waits until that is how many messages are not sent.
func settled(t *testing.T, d *db.DB, want deliver.Counts) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		got := read(t, d, deliver.Count)
		if got == want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("messages = %+v, want %+v", got, want)
		}
		runtime.Gosched()
	}
}

// released waits until nobody holds a claim: the last results are written down.
func released(t *testing.T, d *db.DB) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for count(t, d, `SELECT COUNT(*) FROM deliveries WHERE claim <> 0`) > 0 {
		if time.Now().After(deadline) {
			t.Fatal("claims are not given back")
		}
		runtime.Gosched()
	}
}

func count(t *testing.T, d *db.DB, q string) int {
	t.Helper()
	return read(t, d, func(tx *db.Tx) (n int, err error) {
		err = tx.Row(q).Scan(&n)
		return n, err
	})
}

// timePasses makes every message due, as if its time had come.
func timePasses(t *testing.T, d *db.DB, s *deliver.Service) {
	t.Helper()
	write(t, d, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE deliveries SET due = 1 WHERE state = 0`)
		return err
	})
	s.Nudge()
}

func TestSend_ReachesThePersonInTheirLanguage(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		out := newOutside()
		s := service(t, d, out)
		start(t, s)
		undone := errors.New("undone")
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) error {
			if err := s.Send(tx, deliver.Message{To: linh, Kind: "test.hello", Data: hello{"undone"}}); err != nil {
				return err
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatalf("Write = %v", err)
		}
		send(t, d, s, deliver.Message{To: linh, Data: json.RawMessage(`{"room":"<b>会議室1</b>"}`)})
		m := soon(t, out.mails)
		if m.To != "linh@example.jp" || m.Lang != i18n.Vi || m.Person != linh || m.Sender != "Thành phố Kawaguchi" {
			t.Errorf("mail = %+v", m)
		}
		if m.Subject != "Room <b>会議室1</b>" {
			t.Errorf("subject = %q, want it on one line", m.Subject)
		}
		if !strings.HasPrefix(m.Text, "<vi>\nline two\n\n<b>") || !strings.Contains(m.Text, "\n-- \nThành phố Kawaguchi\n") {
			t.Errorf("text = %q", m.Text)
		}
		for _, want := range []string{`<html lang="vi" dir="ltr">`, "&lt;vi&gt;<br> line two", "<p> &lt;b&gt;会議室1", "Thành phố Kawaguchi"} {
			if !strings.Contains(m.HTML, want) {
				t.Errorf("HTML lacks %s:\n%s", want, m.HTML)
			}
		}
		if m.Unsubscribe != "" || strings.Contains(m.HTML, "href") {
			t.Error("what concerns the person's own affairs can be unsubscribed")
		}
		if time.Since(m.Date) > time.Hour {
			t.Errorf("date = %v", m.Date)
		}
		settled(t, d, deliver.Counts{})
		if n := count(t, d, `SELECT COUNT(*) FROM deliveries WHERE payload <> '' OR address <> ''`); n != 0 {
			t.Error("what a sent message said is still there")
		}
		list := read(t, d, func(tx *db.Tx) ([]deliver.Delivery, error) { return deliver.ByPerson(tx, linh, 10) })
		if len(list) != 1 || list[0].ChannelKey() != "deliver.channel.mail" || list[0].StateKey() != "deliver.state.sent" || list[0].ID != m.ID {
			t.Errorf("kept: %+v", list)
		}
		if len(out.mails) != 0 {
			t.Error("what was rolled back went out too")
		}
	})
}

func TestSend_NewsToAnAddressAndToAPerson(t *testing.T) {
	d := dbtest.Open(t, db.SQLite, tables)
	out := newOutside()
	s := service(t, d, out)
	start(t, s)
	send(t, d, s, deliver.Message{To: linh, Kind: "test.news"})
	m := soon(t, out.mails)
	if want := "https://city.example.jp/u/" + linh.String() + "/test.news"; m.Unsubscribe != want || !strings.Contains(m.HTML, want) || !strings.Contains(m.Text, want) {
		t.Errorf("unsubscribe = %q, want %q, in text and HTML too", m.Unsubscribe, want)
	}
	send(t, d, s, deliver.Message{Address: "new@example.jp", Lang: i18n.Tr, Urgent: true})
	if m = soon(t, out.mails); m.To != "new@example.jp" || m.Lang != i18n.Tr || m.Person != 0 || m.Unsubscribe != "" {
		t.Errorf("mail to an address = %+v", m)
	}
	send(t, d, s, deliver.Message{To: linh, Address: "unconfirmed@example.jp"})
	if m = soon(t, out.mails); m.To != "unconfirmed@example.jp" || m.Lang != i18n.Vi {
		t.Errorf("mail to a person's new address = %+v", m)
	}
	settled(t, d, deliver.Counts{})
	for _, m := range []deliver.Message{{Kind: "test.hello"}, {To: linh, Kind: "test.unknown"}, {To: linh, Kind: "test.hello", Data: func() {}}} {
		if err := d.Write(t.Context(), db.System, func(tx *db.Tx) error { return s.Send(tx, m) }); err == nil {
			t.Errorf("Send(%+v) was taken", m)
		}
	}
}

func TestSend_PaperWaitsInThePrintQueue(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		out := newOutside()
		s := service(t, d, out)
		start(t, s)
		// No address, a wish for paper, and a code that cannot wait for paper.
		send(t, d, s, deliver.Message{To: hanako}, deliver.Message{To: taro, Office: 901}, deliver.Message{To: hanako, Urgent: true})
		if m := soon(t, out.mails); m.To != "hanako@example.jp" {
			t.Errorf("urgent mail to %s", m.To)
		}
		settled(t, d, deliver.Counts{})
		pages := func(f paper.Filter, at db.ID) []paper.Page {
			return read(t, d, func(tx *db.Tx) ([]paper.Page, error) { return paper.List(tx, f, at, 1) })
		}
		first := pages(paper.Filter{Office: office}, 0)
		if len(first) != 1 || first[0].Person != hanako || first[0].Name != "川口 花子" || first[0].HTML != "" {
			t.Fatalf("queue of the recipient's office = %+v", first)
		}
		if rest := pages(paper.Filter{Office: office}, first[0].ID); len(rest) != 0 {
			t.Errorf("second page of the list = %+v", rest)
		}
		if l := pages(paper.Filter{Office: 901}, 0); len(l) != 1 || l[0].Person != taro {
			t.Errorf("queue of the message's office = %+v", l)
		}
		var p paper.Page
		write(t, d, func(tx *db.Tx) (err error) {
			p, err = paper.Read(tx, first[0].ID)
			return err
		})
		for _, want := range []string{`<article class="letter" lang="ja" dir="ltr">`, "川口 花子 様", "川口市", "<p>会議室1</p>", "Room 会議室1"} {
			if !strings.Contains(p.HTML, want) {
				t.Errorf("page lacks %s:\n%s", want, p.HTML)
			}
		}
		for range 2 { // the second changes nothing
			write(t, d, func(tx *db.Tx) error { return paper.MarkPrinted(tx, p.ID) })
		}
		done := pages(paper.Filter{Printed: true}, 0)
		if len(done) != 1 || done[0].ID != p.ID || done[0].PrintedBy != 7 || done[0].Printed.IsZero() {
			t.Errorf("printed = %+v", done)
		}
		if older := pages(paper.Filter{Printed: true}, p.ID); len(older) != 0 {
			t.Errorf("second page of what is printed = %+v", older)
		}
		write(t, d, func(tx *db.Tx) (err error) {
			p, err = paper.Read(tx, p.ID)
			return err
		})
		if p.HTML != "" {
			t.Error("a printed page still says something")
		}
		if n := read(t, d, func(tx *db.Tx) (int, error) { return paper.Waiting(tx, 0) }); n != 1 {
			t.Errorf("%d pages wait, want 1", n)
		}
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) error { return paper.MarkPrinted(tx, 12345) })
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("MarkPrinted of nothing = %v", err)
		}
	})
}

func TestErase_LeavesNothingOfAPerson(t *testing.T) {
	d := dbtest.Open(t, db.SQLite, tables)
	s := service(t, d, newOutside())
	start(t, s)
	send(t, d, s, deliver.Message{To: hanako}, deliver.Message{To: linh})
	settled(t, d, deliver.Counts{})
	write(t, d, func(tx *db.Tx) error { return deliver.Erase(tx, hanako) })
	if n := count(t, d, `SELECT COUNT(*) FROM print_queue`) + count(t, d, `SELECT COUNT(*) FROM deliveries`); n != 1 {
		t.Errorf("%d rows are left, want the other person's one", n)
	}
}

func TestSweep_RemovesWhatWasKeptLongEnough(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		s := service(t, d, newOutside())
		start(t, s)
		send(t, d, s, deliver.Message{To: hanako}, deliver.Message{To: linh}, deliver.Message{To: linh})
		settled(t, d, deliver.Counts{})
		write(t, d, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE deliveries SET ended = $1 WHERE person = $2`, tx.Now.Add(-deliver.DefaultKeep-time.Minute), linh)
			return err
		})
		if err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := count(t, d, `SELECT COUNT(*) FROM deliveries`); n != 1 {
			t.Errorf("%d rows are left, want 1", n)
		}
		if n := count(t, d, `SELECT COUNT(*) FROM print_queue`); n != 1 {
			t.Error("a page that nobody printed was removed")
		}
	})
}
