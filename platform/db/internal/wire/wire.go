// Package wire saves round trips to PostgreSQL.
//
// A transaction of one statement costs database/sql three turns: BEGIN, the
// statement, COMMIT or ROLLBACK. Between pgx and the connection this package
// answers BEGIN by itself and sends it together with the first statement, and
// it answers ROLLBACK by itself and sends it without waiting. A read then
// takes one turn instead of three, a write two, and a transaction without
// statements none.
//
// Promises: the server sees the same commands in the same order. A statement
// never runs when its BEGIN failed, because both are one unit to the server (a
// pipeline before its Sync, or one simple query). An error of a ROLLBACK that
// nobody waited for closes the connection. Everything else passes unchanged.
package wire

import (
	"encoding/binary"
	"errors"
	"io"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"
)

// Frontend is a pgconn.BuildFrontendFunc.
func Frontend(r io.Reader, w io.Writer) *pgproto3.Frontend {
	s := &saver{r: r, w: w}
	return pgproto3.NewFrontend(s, s)
}

// ErrRollback means that a ROLLBACK failed that nobody waited for. Nothing
// that was sent after it has run.
var ErrRollback = errors.New("the connection's last transaction could not be rolled back")

// saver sits between pgx's frontend and the connection. Like the frontend it
// is used by one goroutine at a time.
type saver struct {
	r io.Reader
	w io.Writer

	begin string  // a BEGIN that is answered and not yet sent
	drop  []reply // of the server, that pgx has been given already
	in    []byte  // received, not yet looked at
	out   []byte  // to be read by pgx
}

// reply is an expected message of the server.
type reply struct {
	kind     byte
	rollback bool // belongs to a ROLLBACK
}

// Kinds of messages in the protocol, version 3.
const (
	query       = 'Q' // pgx to server: a simple query
	terminate   = 'X'
	complete    = 'C' // server to pgx: a command is done
	ready       = 'Z'
	parsed      = '1'
	bound       = '2'
	failed      = 'E'
	notice      = 'N' // may come at any time, as the next two
	notified    = 'A'
	parameter   = 'S'
	headerBytes = 5 // kind and length
)

// Write sends one or more messages of pgx.
func (s *saver) Write(b []byte) (int, error) {
	switch text := simple(b); {
	case isBegin(text) && s.begin == "":
		s.begin = text
		s.answer("BEGIN", 'T')
		return len(b), nil
	case s.begin != "" && (text == "rollback" || text == "commit"):
		s.begin = ""
		s.answer(strings.ToUpper(text), 'I')
		return len(b), nil
	case text == "rollback":
		if _, err := s.w.Write(b); err != nil {
			return 0, err
		}
		s.drop = append(s.drop, reply{complete, true}, reply{ready, true})
		s.answer("ROLLBACK", 'I')
		return len(b), nil
	case s.begin == "":
		return s.w.Write(b)
	}
	begin := s.begin
	s.begin = ""
	switch b[0] {
	case terminate:
		return s.w.Write(b)
	case query:
		// One query of two statements: an error in the first ends it.
		end := 1 + int(binary.BigEndian.Uint32(b[1:]))
		q := (&pgproto3.Query{String: begin + "; " + string(b[headerBytes:end-1])})
		return s.send(q, nil, b, b[end:], reply{kind: complete})
	}
	// Before the Sync that pgx sends, an error makes the server skip the rest.
	return s.send(&pgproto3.Parse{Query: begin}, []pgproto3.FrontendMessage{&pgproto3.Bind{}, &pgproto3.Execute{}},
		b, b, reply{kind: parsed}, reply{kind: bound}, reply{kind: complete})
}

// send sends the messages and then rest, in the place of b, and expects the
// replies to what pgx did not send.
func (s *saver) send(first pgproto3.FrontendMessage, more []pgproto3.FrontendMessage, b, rest []byte, expect ...reply) (int, error) {
	out, err := first.Encode(make([]byte, 0, 128+len(b)))
	for _, m := range more {
		if err == nil {
			out, err = m.Encode(out)
		}
	}
	if err != nil {
		return 0, err
	}
	s.drop = append(s.drop, expect...)
	if _, err := s.w.Write(append(out, rest...)); err != nil {
		return 0, err
	}
	return len(b), nil
}

// simple returns the text of b when b is one simple query, else "".
func simple(b []byte) string {
	if len(b) <= headerBytes || b[0] != query || int(binary.BigEndian.Uint32(b[1:]))+1 != len(b) {
		return ""
	}
	return string(b[headerBytes : len(b)-1])
}

// isBegin reports whether the query only begins a transaction, as pgx does.
func isBegin(text string) bool {
	return text == "begin" || strings.HasPrefix(text, "begin isolation level ") && !strings.Contains(text, ";")
}

// answer gives pgx the reply to a command: its tag and the status after it.
func (s *saver) answer(tag string, status byte) {
	s.out, _ = (&pgproto3.CommandComplete{CommandTag: []byte(tag)}).Encode(s.out)
	s.out, _ = (&pgproto3.ReadyForQuery{TxStatus: status}).Encode(s.out)
}

// Read receives what pgx has not been given yet.
func (s *saver) Read(p []byte) (int, error) {
	for len(s.out) == 0 {
		if len(s.drop) == 0 && len(s.in) == 0 {
			return s.r.Read(p)
		}
		if len(s.drop) == 0 {
			s.out, s.in = append(s.out, s.in...), s.in[:0]
			break
		}
		done, err := s.next()
		if err != nil {
			return 0, err
		}
		if done {
			continue
		}
		n, err := s.r.Read(p) // p is pgx's buffer and large; what it holds is copied
		s.in = append(s.in, p[:n]...)
		if err != nil && n == 0 {
			return 0, err
		}
	}
	n := copy(p, s.out)
	s.out = append(s.out[:0], s.out[n:]...)
	return n, nil
}

// next looks at one whole message, and reports whether there was one.
func (s *saver) next() (bool, error) {
	if len(s.in) < headerBytes {
		return false, nil
	}
	size := 1 + int(binary.BigEndian.Uint32(s.in[1:]))
	if size < headerBytes {
		return false, errors.New("a message of negative length")
	}
	if len(s.in) < size {
		return false, nil
	}
	switch want := s.drop[0]; s.in[0] {
	case want.kind:
		s.drop = append(s.drop[:0], s.drop[1:]...)
	case notice, notified, parameter:
		s.out = append(s.out, s.in[:size]...)
	case failed:
		if want.rollback {
			return false, ErrRollback
		}
		// BEGIN failed: its error is the answer to what came with it.
		s.out = append(s.out, s.in[:size]...)
		s.drop = s.drop[:0]
	default:
		return false, errors.New("an unexpected message of the server: " + string(rune(s.in[0])))
	}
	s.in = append(s.in[:0], s.in[size:]...)
	return true, nil
}
