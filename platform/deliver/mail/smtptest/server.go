package smtptest

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"
)

// Drop is the answer after which the server hangs up without a word.
const Drop = "drop"

// Options says what the server offers and how it behaves.
type Options struct {
	StartTLS bool   // offers STARTTLS, and takes mail only after it
	TLS      bool   // TLS from the first byte
	Login    string // "user:password" that must be given; empty: none
	Plain    bool   // without 8BITMIME, so that every byte must be ASCII
	// Answer may answer a line in the place of the server: "MAIL FROM:<…>",
	// "RCPT TO:<…>", "DATA", or "." for the end of a mail. Empty: as usual.
	Answer func(line string) string
}

// Received is one mail that the server accepted.
type Received struct {
	From, To string
	Raw      []byte // without dot-stuffing
	Message  *mail.Message
	Session  int // number of the connection, from 1
	TLS      bool
}

// Server is a running server.
type Server struct {
	Addr     string // host:port
	Received chan Received

	t        testing.TB
	o        Options
	tls      *tls.Config
	listener net.Listener
	wg       sync.WaitGroup
	mu       sync.Mutex
	conns    map[net.Conn]bool
	sessions int
}

// Start starts a server, which ends with the test.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Addr: l.Addr().String(), Received: make(chan Received, 1000), t: t, o: o, listener: l, conns: map[net.Conn]bool{}}
	if o.TLS || o.StartTLS {
		s.tls = certificate(t)
	}
	s.wg.Go(s.accept)
	t.Cleanup(s.Close)
	return s
}

// Close ends the server and every conversation.
func (s *Server) Close() {
	s.listener.Close()
	s.mu.Lock()
	for c := range s.conns {
		c.Close()
	}
	s.mu.Unlock()
	s.wg.Wait()
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.sessions++
		n := s.sessions
		s.conns[conn] = true
		s.mu.Unlock()
		s.wg.Go(func() {
			defer func() {
				conn.Close()
				s.mu.Lock()
				delete(s.conns, conn)
				s.mu.Unlock()
			}()
			c := &conversation{s: s, number: n, secure: s.o.TLS}
			if s.o.TLS {
				c.use(tls.Server(conn, s.tls))
			} else {
				c.use(conn)
			}
			c.talk()
		})
	}
}

// conversation is one connection.
type conversation struct {
	s        *Server
	number   int
	conn     net.Conn
	r        *bufio.Reader
	secure   bool
	greeted  bool
	loggedIn bool
	from, to string
	eightBit bool
}

func (c *conversation) use(conn net.Conn) { c.conn, c.r = conn, bufio.NewReader(conn) }

func (c *conversation) say(format string, args ...any) {
	fmt.Fprintf(c.conn, format+"\r\n", args...)
}

var errHangUp = errors.New("hung up")

// line reads one line that ends in CRLF and has no other CR or LF.
func (c *conversation) line(most int) (string, error) {
	s, err := c.r.ReadString('\n')
	if err != nil {
		return "", err
	}
	body, ok := strings.CutSuffix(s, "\r\n")
	if !ok || strings.ContainsAny(body, "\r\n") {
		c.s.t.Errorf("SMTP: bare CR or LF in %q", s)
		c.say("500 5.5.2 bare CR or LF")
		return "", errHangUp
	}
	if len(s) > most {
		c.s.t.Errorf("SMTP: line of %d bytes, at most %d are allowed", len(s), most)
		c.say("500 5.5.2 line too long")
		return "", errHangUp
	}
	return body, nil
}

func (c *conversation) talk() {
	c.say("220 test.invalid ESMTP")
	for {
		line, err := c.line(512)
		if err != nil {
			return
		}
		if c.s.o.Answer != nil {
			if a := c.s.o.Answer(line); a == Drop {
				return
			} else if a != "" {
				c.say("%s", a)
				continue
			}
		}
		verb, rest, _ := strings.Cut(line, " ")
		if err := c.command(strings.ToUpper(verb), rest); err != nil {
			return
		}
	}
}

func (c *conversation) command(verb, rest string) error {
	switch verb {
	case "EHLO":
		c.greeted, c.from, c.to = true, "", ""
		c.hello()
	case "STARTTLS":
		if !c.s.o.StartTLS || c.secure {
			c.say("503 5.5.1 no")
			return nil
		}
		c.say("220 2.0.0 go ahead")
		c.use(tls.Server(c.conn, c.s.tls))
		c.secure, c.greeted = true, false
	case "AUTH":
		c.auth(rest)
	case "*": // the client gives up signing in (RFC 4954)
		c.say("501 5.7.0 as you like")
	case "MAIL":
		c.mailFrom(rest)
	case "RCPT":
		address, _, ok := path(rest, "TO:")
		if c.from == "" || !ok {
			c.refuse("503 5.5.1 RCPT at the wrong time or malformed: " + rest)
			return nil
		}
		c.to = address
		c.say("250 2.1.5 ok")
	case "DATA":
		return c.data()
	case "RSET":
		c.from, c.to = "", ""
		c.say("250 2.0.0 ok")
	case "NOOP":
		c.say("250 2.0.0 ok")
	case "QUIT":
		c.say("221 2.0.0 bye")
		return errHangUp
	default:
		c.refuse("500 5.5.1 unknown: " + verb)
	}
	return nil
}

// refuse answers what a correct client never provokes.
func (c *conversation) refuse(answer string) {
	c.s.t.Errorf("SMTP: %s", answer)
	c.say("%s", answer)
}

func (c *conversation) hello() {
	offers := []string{"test.invalid", "ENHANCEDSTATUSCODES", "SIZE 10000000"}
	if !c.s.o.Plain {
		offers = append(offers, "8BITMIME")
	}
	if c.s.o.StartTLS && !c.secure {
		offers = append(offers, "STARTTLS")
	}
	if c.s.o.Login != "" && (c.secure || !c.s.o.StartTLS) {
		offers = append(offers, "AUTH PLAIN")
	}
	for i, o := range offers {
		sep := "-"
		if i == len(offers)-1 {
			sep = " "
		}
		c.say("250%s%s", sep, o)
	}
}

func (c *conversation) auth(rest string) {
	token, ok := strings.CutPrefix(rest, "PLAIN ")
	raw, err := base64.StdEncoding.DecodeString(token)
	if !ok || err != nil {
		c.refuse("501 5.5.2 AUTH " + rest)
		return
	}
	user, password, _ := strings.Cut(c.s.o.Login, ":")
	if string(raw) != "\x00"+user+"\x00"+password {
		c.say("535 5.7.8 wrong")
		return
	}
	c.loggedIn = true
	c.say("235 2.7.0 welcome")
}

func (c *conversation) mailFrom(rest string) {
	address, parameters, ok := path(rest, "FROM:")
	switch {
	case !c.greeted || c.from != "" || !ok:
		c.refuse("503 5.5.1 MAIL at the wrong time or malformed: " + rest)
		return
	case c.s.o.StartTLS && !c.secure:
		c.say("530 5.7.0 STARTTLS first")
		return
	case c.s.o.Login != "" && !c.loggedIn:
		c.say("530 5.7.0 sign in first")
		return
	}
	c.eightBit = false
	for p := range strings.FieldsSeq(parameters) {
		if p != "BODY=8BITMIME" || c.s.o.Plain {
			c.refuse("555 5.5.4 not offered: " + p)
			return
		}
		c.eightBit = true
	}
	c.from = address
	c.say("250 2.1.0 ok")
}

// path reads FROM:<a@b> and what comes after it.
func path(s, word string) (address, parameters string, ok bool) {
	rest, ok := strings.CutPrefix(s, word)
	if !ok || !strings.HasPrefix(rest, "<") {
		return "", "", false
	}
	address, parameters, ok = strings.Cut(rest[1:], ">")
	return address, parameters, ok && strings.Contains(address, "@")
}

// data takes one mail and checks its form.
func (c *conversation) data() error {
	if c.from == "" || c.to == "" {
		c.refuse("503 5.5.1 DATA at the wrong time")
		return nil
	}
	c.say("354 go on")
	var raw bytes.Buffer
	for {
		line, err := c.line(1000)
		if err != nil {
			return err
		}
		if line == "." {
			break
		}
		if unstuffed, ok := strings.CutPrefix(line, "."); ok {
			if !strings.HasPrefix(unstuffed, ".") {
				c.s.t.Errorf("SMTP: line begins with a single dot: %q", line)
			}
			line = unstuffed
		}
		if !c.eightBit && strings.ContainsFunc(line, func(r rune) bool { return r >= 0x80 }) {
			c.s.t.Errorf("SMTP: bytes above 127 without BODY=8BITMIME: %q", line)
		}
		raw.WriteString(line + "\r\n")
	}
	if c.s.o.Answer != nil {
		if a := c.s.o.Answer("."); a == Drop {
			return errHangUp
		} else if a != "" {
			c.from, c.to = "", ""
			c.say("%s", a)
			return nil
		}
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw.Bytes()))
	if err != nil {
		c.refuse("554 5.6.0 not a mail: " + err.Error())
		return nil
	}
	for _, h := range []string{"From", "To", "Date", "Message-Id", "Subject", "Mime-Version", "Content-Type"} {
		if len(m.Header[h]) != 1 {
			c.s.t.Errorf("mail: %d headers %s, want one", len(m.Header[h]), h)
		}
	}
	body, err := io.ReadAll(m.Body)
	if err != nil {
		return err
	}
	m.Body = bytes.NewReader(body)
	c.s.Received <- Received{From: c.from, To: c.to, Raw: raw.Bytes(), Message: m, Session: c.number, TLS: c.secure}
	c.from, c.to = "", ""
	c.say("250 2.0.0 accepted")
	return nil
}

// certificate makes a certificate that nobody trusts.
func certificate(t testing.TB) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}
