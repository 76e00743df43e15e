package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/jackc/pgx/v5/pgproto3"
)

// talk is pgx's side of a conversation: what it sends, and what the server
// is scripted to say.
type talk struct {
	t      *testing.T
	pgx    *pgproto3.Frontend
	server *bytes.Buffer // to be read by pgx
	sent   *bytes.Buffer // by pgx
}

func start(t *testing.T, one func(io.Reader) io.Reader) *talk {
	k := &talk{t: t, server: &bytes.Buffer{}, sent: &bytes.Buffer{}}
	k.pgx = Frontend(one(k.server), k.sent)
	return k
}

func (k *talk) query(q string) {
	k.t.Helper()
	k.pgx.SendQuery(&pgproto3.Query{String: q})
	if err := k.pgx.Flush(); err != nil {
		k.t.Fatal(err)
	}
}

func (k *talk) statement(name string) {
	k.t.Helper()
	k.pgx.SendBind(&pgproto3.Bind{PreparedStatement: name})
	k.pgx.SendExecute(&pgproto3.Execute{})
	k.pgx.SendSync(&pgproto3.Sync{})
	if err := k.pgx.Flush(); err != nil {
		k.t.Fatal(err)
	}
}

// says scripts the server's next messages: tags of commands, a status after
// "=", or one of the words below.
func (k *talk) says(words ...string) {
	k.t.Helper()
	for _, w := range words {
		var m pgproto3.BackendMessage
		switch {
		case w == "parsed":
			m = &pgproto3.ParseComplete{}
		case w == "bound":
			m = &pgproto3.BindComplete{}
		case w == "notice":
			m = &pgproto3.NoticeResponse{Severity: "WARNING", Message: strings.Repeat("long ", 3000)}
		case w == "error":
			m = &pgproto3.ErrorResponse{Severity: "ERROR", Code: "57014"}
		case w[0] == '=':
			m = &pgproto3.ReadyForQuery{TxStatus: w[1]}
		default:
			m = &pgproto3.CommandComplete{CommandTag: []byte(w)}
		}
		b, err := m.Encode(nil)
		if err != nil {
			k.t.Fatal(err)
		}
		k.server.Write(b)
	}
}

// hears checks what pgx receives next.
func (k *talk) hears(words ...string) {
	k.t.Helper()
	for _, want := range words {
		m, err := k.pgx.Receive()
		if err != nil {
			k.t.Fatalf("instead of %q: %v", want, err)
		}
		got := fmt.Sprintf("%T", m)
		switch m := m.(type) {
		case *pgproto3.ParseComplete:
			got = "parsed"
		case *pgproto3.BindComplete:
			got = "bound"
		case *pgproto3.NoticeResponse:
			got = "notice"
		case *pgproto3.ErrorResponse:
			got = "error"
		case *pgproto3.ReadyForQuery:
			got = "=" + string(rune(m.TxStatus))
		case *pgproto3.CommandComplete:
			got = string(m.CommandTag)
		}
		if got != want {
			k.t.Fatalf("pgx heard %q, want %q", got, want)
		}
	}
}

// reached checks what was sent to the server since the last time.
func (k *talk) reached(want string) {
	k.t.Helper()
	var got []string
	for b := k.sent.Bytes(); len(b) > 0; {
		size := 1 + int(b[1])<<24 + int(b[2])<<16 + int(b[3])<<8 + int(b[4])
		word := string(rune(b[0]))
		if b[0] == 'Q' || b[0] == 'P' {
			word += strings.Trim(string(b[5:size]), "\x00")
		}
		got = append(got, word)
		b = b[size:]
	}
	k.sent.Reset()
	if s := strings.Join(got, " "); s != want {
		k.t.Fatalf("the server got %q, want %q", s, want)
	}
}

// each runs the test with answers that come at once and byte by byte.
func each(t *testing.T, f func(t *testing.T, k *talk)) {
	t.Run("at once", func(t *testing.T) { f(t, start(t, func(r io.Reader) io.Reader { return r })) })
	t.Run("by bytes", func(t *testing.T) { f(t, start(t, iotest.OneByteReader)) })
}

func TestTransaction_InTwoTurns(t *testing.T) {
	each(t, func(t *testing.T, k *talk) {
		k.query("begin isolation level repeatable read read only")
		k.hears("BEGIN", "=T")
		k.reached("")
		k.statement("s1")
		k.reached("Pbegin isolation level repeatable read read only B E B E S")
		k.says("parsed", "notice", "bound", "BEGIN", "bound", "INSERT 0 1", "=T")
		k.hears("notice", "bound", "INSERT 0 1", "=T")
		k.query("commit")
		k.reached("Qcommit")
		k.says("COMMIT", "=I")
		k.hears("COMMIT", "=I")
	})
}

func TestTransaction_OfASimpleQuery(t *testing.T) {
	each(t, func(t *testing.T, k *talk) {
		k.query("begin")
		k.hears("BEGIN", "=T")
		k.query("create table t (id bigint)")
		k.reached("Qbegin; create table t (id bigint)")
		k.says("BEGIN", "CREATE TABLE", "=T")
		k.hears("CREATE TABLE", "=T")
	})
}

func TestTransaction_OfNothingIsNotSent(t *testing.T) {
	each(t, func(t *testing.T, k *talk) {
		for _, end := range []string{"commit", "rollback"} {
			k.query("begin")
			k.hears("BEGIN", "=T")
			k.query(end)
			k.hears(strings.ToUpper(end), "=I")
			k.reached("")
		}
		k.query("select 1")
		k.reached("Qselect 1")
	})
}

func TestRollback_IsNotWaitedFor(t *testing.T) {
	each(t, func(t *testing.T, k *talk) {
		k.query("rollback")
		k.reached("Qrollback")
		k.hears("ROLLBACK", "=I") // the server has said nothing yet
		k.query("begin")
		k.hears("BEGIN", "=T")
		k.statement("s1")
		k.says("ROLLBACK", "=I", "parsed", "bound", "BEGIN", "bound", "UPDATE 1", "=T")
		k.hears("bound", "UPDATE 1", "=T")
	})
}

func TestBegin_ThatFailsIsTheStatementsError(t *testing.T) {
	each(t, func(t *testing.T, k *talk) {
		k.query("begin")
		k.hears("BEGIN", "=T")
		k.statement("s1")
		k.says("parsed", "bound", "error", "=I") // and the server skips the rest
		k.hears("error", "=I")
		k.query("select 1")
		k.says("SELECT 1", "=I")
		k.hears("SELECT 1", "=I")
	})
}

func TestRollback_ThatFailsEndsTheConnection(t *testing.T) {
	each(t, func(t *testing.T, k *talk) {
		k.query("rollback")
		k.hears("ROLLBACK", "=I")
		k.statement("s1")
		k.says("error", "=E", "bound", "UPDATE 1", "=T")
		if m, err := k.pgx.Receive(); !errors.Is(err, ErrRollback) {
			t.Errorf("heard %v, %v", m, err)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("C\x00\x00\x00\x0dROLLBACK\x00Z\x00\x00\x00\x05I1\x00\x00\x00\x04"))
	f.Add([]byte{'N', 255, 255, 255, 255, 0})
	f.Add([]byte{'C', 0, 0, 0, 0, 'E'})
	f.Fuzz(func(t *testing.T, b []byte) {
		s := &saver{r: iotest.HalfReader(bytes.NewReader(b)), w: io.Discard}
		for _, q := range []string{"rollback", "begin", "select 1"} {
			text, err := (&pgproto3.Query{String: q}).Encode(nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Write(text); err != nil {
				t.Fatal(err)
			}
		}
		p := make([]byte, 64)
		for range len(b) + 100 {
			if _, err := s.Read(p); err != nil {
				return
			}
		}
		t.Error("reading does not end")
	})
}
