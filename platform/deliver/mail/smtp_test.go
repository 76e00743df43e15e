package mail_test

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"strings"
	"testing"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/deliver/mail"
	"kakehashi/platform/deliver/mail/smtptest"
	"kakehashi/platform/i18n"
)

func sample() *deliver.Mail {
	return &deliver.Mail{
		ID: db.NewID(), Person: db.NewID(), To: "linh@example.jp", Name: "Nguyễn Thị Linh", Sender: "川口市",
		Lang: i18n.Vi, Kind: "test.kind", Subject: "Đã đặt phòng: 会議室1 " + strings.Repeat("rất dài ", 20),
		// A lone dot, a leading dot, a bare LF, a long line and every script.
		Text: ".\n..two\n.dot\r\nKính gửi\n" + strings.Repeat("あ", 2000) + "\nनमस्ते 한국어 🌉\n",
		HTML: "<p>.</p>\n<p>" + strings.Repeat("長い行", 1000) + "</p>",
		Date: time.Date(2026, 11, 24, 1, 2, 3, 0, time.UTC),
		Attachments: []deliver.Attachment{{
			Name: "予約.ics", Mime: "text/calendar", Method: "PUBLISH", Data: []byte("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
		}},
	}
}

func open(t *testing.T, url string) deliver.MailSession {
	t.Helper()
	s, err := mail.NewSMTP(url, "かけはし <info@city.example.jp>")
	if err != nil {
		t.Fatal(err)
	}
	session, err := s.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { session.Close() })
	return session
}

func TestSMTP_WhatIsSentArrivesWhole(t *testing.T) {
	for name, plain := range map[string]bool{"8BITMIME": false, "without 8BITMIME": true} {
		t.Run(name, func(t *testing.T) {
			srv := smtptest.Start(t, smtptest.Options{Plain: plain})
			session := open(t, "smtp://"+srv.Addr+"?tls=none")
			m := sample()
			if err := session.Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			got := <-srv.Received
			if got.From != "info@city.example.jp" || got.To != m.To {
				t.Errorf("envelope %s → %s", got.From, got.To)
			}
			h := got.Message.Header
			var dec mime.WordDecoder
			if s, err := dec.DecodeHeader(h.Get("Subject")); err != nil || s != m.Subject {
				t.Errorf("Subject = %q, %v", s, err)
			}
			if from, err := h.AddressList("From"); err != nil || from[0].Name != "川口市" {
				t.Errorf("From = %v, %v", from, err)
			}
			if to, err := h.AddressList("To"); err != nil || to[0].Name != m.Name {
				t.Errorf("To = %v, %v", to, err)
			}
			if d, err := h.Date(); err != nil || !d.Equal(m.Date) {
				t.Errorf("Date = %v, %v", d, err)
			}
			for k, want := range map[string]string{
				"Message-Id": "<" + m.ID.String() + "@city.example.jp>", "Content-Language": "vi", "Auto-Submitted": "auto-generated",
				"List-Unsubscribe": "",
			} {
				if h.Get(k) != want {
					t.Errorf("%s = %q, want %q", k, h.Get(k), want)
				}
			}
			parts := map[string]string{}
			walk(t, h.Get("Content-Type"), h.Get("Content-Transfer-Encoding"), got.Message.Body, parts)
			if text := strings.ReplaceAll(parts["text/plain"], "\r\n", "\n"); text != strings.ReplaceAll(m.Text, "\r\n", "\n") {
				t.Errorf("text = %.80q…", text)
			}
			if html := strings.ReplaceAll(parts["text/html"], "\r\n", "\n"); html != m.HTML {
				t.Errorf("HTML = %.80q…", html)
			}
			if parts["text/calendar PUBLISH"] != string(m.Attachments[0].Data) {
				t.Errorf("parts = %q", parts)
			}
		})
	}
}

// walk decodes every part of a mail.
func walk(t *testing.T, contentType, encoding string, r io.Reader, parts map[string]string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		for mr := multipart.NewReader(r, params["boundary"]); ; {
			p, err := mr.NextRawPart()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			walk(t, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p, parts)
		}
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if m := params["method"]; m != "" {
		kind += " " + m
	}
	parts[kind] = string(b)
}

func TestSMTP_OneConnectionCarriesABatch(t *testing.T) {
	srv := smtptest.Start(t, smtptest.Options{})
	session := open(t, "smtp://"+srv.Addr+"?tls=optional")
	for range 20 {
		if err := session.Send(t.Context(), sample()); err != nil {
			t.Fatal(err)
		}
		if got := <-srv.Received; got.Session != 1 {
			t.Fatalf("mail came over connection %d", got.Session)
		}
	}
}

func TestSMTP_SecuresTheConnection(t *testing.T) {
	for _, c := range []struct {
		name, scheme, query string
		o                   smtptest.Options
		ok                  bool
	}{
		{"starttls", "smtp", "?tls=insecure", smtptest.Options{StartTLS: true, Login: "u:p@ss"}, true},
		{"a certificate nobody trusts", "smtp", "", smtptest.Options{StartTLS: true, Login: "u:p@ss"}, false},
		{"implied, untrusted", "smtps", "", smtptest.Options{TLS: true, Login: "u:p@ss"}, false},
		{"required and not offered", "smtp", "", smtptest.Options{Login: "u:p@ss"}, false},
		{"wrong password", "smtp", "?tls=insecure", smtptest.Options{StartTLS: true, Login: "u:other"}, false},
		{"password over a private line", "smtp", "?tls=none", smtptest.Options{Login: "u:p@ss"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := smtptest.Start(t, c.o)
			s, err := mail.NewSMTP(c.scheme+"://u:p%40ss@"+srv.Addr+c.query, "info@city.example.jp")
			if err != nil {
				t.Fatal(err)
			}
			session, err := s.Open(t.Context())
			if (err == nil) != c.ok {
				t.Fatalf("Open = %v, want success %v", err, c.ok)
			}
			if err != nil {
				if strings.Contains(err.Error(), "p@ss") || strings.Contains(err.Error(), "p%40ss") {
					t.Errorf("error tells the password: %v", err)
				}
				return
			}
			defer session.Close()
			if err := session.Send(t.Context(), sample()); err != nil {
				t.Fatal(err)
			}
			if got := <-srv.Received; got.TLS != c.o.StartTLS {
				t.Errorf("TLS = %v", got.TLS)
			}
		})
	}
}

func TestSMTP_TellsRefusalsApart(t *testing.T) {
	type fate int
	const (
		sent fate = iota
		later
		never
		hangup
	)
	for _, c := range []struct {
		name, at, answer string
		want             fate
	}{
		{"no such mailbox", "RCPT", "550 5.1.1 no such user", never},
		{"mailbox busy", "RCPT", "450 4.2.1 busy", later},
		{"our sender is refused: not the recipient's fault", "MAIL", "550 5.7.1 not you", later},
		{"content refused", ".", "554 5.6.0 spam", never},
		{"disk full", ".", "452 4.3.1 full", later},
		{"closing", "RCPT", "421 4.3.2 closing", hangup},
		{"gone before the mail", "MAIL", smtptest.Drop, hangup},
		{"gone at the recipient", "RCPT", smtptest.Drop, hangup},
		{"gone before the data", "DATA", smtptest.Drop, hangup},
		{"gone after the data", ".", smtptest.Drop, hangup},
		{"gone after it was accepted", "RSET", smtptest.Drop, sent},
	} {
		t.Run(c.name, func(t *testing.T) {
			said := false
			srv := smtptest.Start(t, smtptest.Options{Answer: func(line string) string {
				if !said && strings.HasPrefix(line, c.at) {
					said = true
					return c.answer
				}
				return ""
			}})
			session := open(t, "smtp://"+srv.Addr+"?tls=none")
			err := session.Send(t.Context(), sample())
			got := later
			switch {
			case err == nil:
				got = sent
			case deliver.IsPermanent(err):
				got = never
			case deliver.IsBroken(err):
				got = hangup
			}
			if got != c.want {
				t.Fatalf("Send = %v: fate %d, want %d", err, got, c.want)
			}
			if got == never || got == later { // the connection goes on
				if err := session.Send(t.Context(), sample()); err != nil {
					t.Errorf("the next mail: %v", err)
				}
			}
		})
	}
}

func TestSMTP_AContextThatEndsCutsTheConversation(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	srv := smtptest.Start(t, smtptest.Options{Answer: func(line string) string {
		if line == "DATA" {
			cancel()
			<-ctx.Done()
			return smtptest.Drop
		}
		return ""
	}})
	err := open(t, "smtp://"+srv.Addr+"?tls=none").Send(ctx, sample())
	if !deliver.IsBroken(err) {
		t.Errorf("Send = %v, want broken", err)
	}
}

func TestSMTP_NewsCanBeUnsubscribed(t *testing.T) {
	srv := smtptest.Start(t, smtptest.Options{})
	m := sample()
	m.Unsubscribe = "https://city.example.jp/unsubscribe?t=abc"
	if err := open(t, "smtp://"+srv.Addr+"?tls=none").Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	h := (<-srv.Received).Message.Header
	if h.Get("List-Unsubscribe") != "<"+m.Unsubscribe+">" || h.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		t.Errorf("List-Unsubscribe = %q, -Post = %q", h.Get("List-Unsubscribe"), h.Get("List-Unsubscribe-Post"))
	}
}

func TestSMTP_AHeaderCannotBeInjected(t *testing.T) {
	srv := smtptest.Start(t, smtptest.Options{})
	m := sample()
	m.Name = "Eve\r\nBcc: everybody@example.jp"
	m.Subject = "x\r\nBcc: everybody@example.jp"
	m.Attachments[0].Name = "a\"\r\nX-Evil: 1.ics"
	err := open(t, "smtp://"+srv.Addr+"?tls=none").Send(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	got := <-srv.Received
	if got.Message.Header.Get("Bcc") != "" || strings.Contains(string(got.Raw), "\r\nX-Evil") || strings.Contains(string(got.Raw), "\r\nBcc") {
		t.Errorf("headers = %v", got.Message.Header)
	}
}

func TestNewSMTP_RefusesWhatItCannotUse(t *testing.T) {
	for _, c := range []struct{ url, from string }{
		{"http://mail.example.jp", "a@b.jp"},
		{"smtp://", "a@b.jp"},
		{"smtp://mail.example.jp?tls=maybe", "a@b.jp"},
		{"smtp://mail.example.jp:x", "a@b.jp"},
		{"smtp://mail.example.jp", "nobody"},
	} {
		if _, err := mail.NewSMTP(c.url, c.from); err == nil {
			t.Errorf("NewSMTP(%q, %q) was taken", c.url, c.from)
		}
	}
}

func TestNone_LetsMailsWait(t *testing.T) {
	if _, err := (mail.None{}).Open(t.Context()); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("Open = %v", err)
	}
}
