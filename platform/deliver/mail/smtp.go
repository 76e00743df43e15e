package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"kakehashi/platform/deliver"
	"kakehashi/platform/fault"
)

// commandLimit is how long the conversation about one mail may take.
const commandLimit = 45 * time.Second

// SMTP sends mails through a mail server (RFC 5321).
type SMTP struct {
	host    string
	options []mail.Option
	implied bool // TLS from the first byte
	tls     *tls.Config
	from    netmail.Address
	domain  string // of from: right-hand side of every Message-ID
}

// NewSMTP returns a sender over the server at the URL, in the name of the
// address from ("info@city.example.jp" or with a name, which the city's own
// replaces in each language).
//
//	smtp://user:password@host:port   STARTTLS, required (port 587 unless given)
//	smtps://user:password@host:port  TLS from the first byte (port 465)
//	smtp://host:25?tls=none          no TLS: a relay on this machine or network
//	smtp://host:25?tls=optional      STARTTLS where the server offers it
//	…?tls=insecure                   STARTTLS without checking the certificate
func NewSMTP(server, from string) (_ *SMTP, err error) {
	u, err := url.Parse(server)
	if err != nil {
		return nil, errors.New("SMTP server: not a URL") // err would repeat the password
	}
	defer fault.Wrap(&err, "SMTP server %s", u.Redacted())
	if u.Hostname() == "" {
		return nil, errors.New("no host")
	}
	sender, err := netmail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("sender address %q: %w", from, err)
	}
	s := &SMTP{host: u.Hostname(), from: *sender, tls: &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}}
	_, s.domain, _ = strings.Cut(sender.Address, "@")
	policy, port := mail.TLSMandatory, 587
	switch mode := u.Query().Get("tls"); {
	case u.Scheme == "smtps" && mode == "":
		port, s.implied = 465, true
	case u.Scheme != "smtp":
		return nil, errors.New("scheme must be smtp or smtps")
	case mode == "" || mode == "starttls":
	case mode == "optional":
		policy = mail.TLSOpportunistic
	case mode == "none":
		policy = mail.NoTLS
	case mode == "insecure":
		s.tls.InsecureSkipVerify = true
	default:
		return nil, errors.New("tls must be starttls, optional, insecure or none")
	}
	if p := u.Port(); p != "" {
		if port, err = strconv.Atoi(p); err != nil {
			return nil, err
		}
	}
	s.options = []mail.Option{
		mail.WithPort(port), mail.WithTimeout(commandLimit), mail.WithTLSConfig(s.tls),
		mail.WithHELO(s.domain),
	}
	if s.implied {
		policy = mail.NoTLS // no STARTTLS on top
	}
	s.options = append(s.options, mail.WithTLSPolicy(policy))
	if name := u.User.Username(); name != "" {
		auth := mail.SMTPAuthAutoDiscover
		if policy == mail.NoTLS || s.implied {
			// The library does not see the TLS that our dial puts beneath it,
			// and the operator who says tls=none means it.
			auth = mail.SMTPAuthPlainNoEnc
		}
		password, _ := u.User.Password()
		s.options = append(s.options, mail.WithSMTPAuth(auth), mail.WithUsername(name), mail.WithPassword(password))
	}
	return s, nil
}

// Open connects to the server and signs in.
func (s *SMTP) Open(ctx context.Context) (_ deliver.MailSession, err error) {
	defer fault.Wrap(&err, "SMTP %s", s.host)
	session := &smtpSession{smtp: s}
	c, err := mail.NewClient(s.host, append(s.options, mail.WithDialContextFunc(session.dial))...)
	if err != nil {
		return nil, err
	}
	session.client = c
	release := session.closeWhenDone(ctx)
	defer release()
	if err := c.DialWithContext(ctx); err != nil {
		session.hangUp()
		return nil, err
	}
	return session, nil
}

// smtpSession is one connection.
type smtpSession struct {
	smtp   *SMTP
	client *mail.Client
	conn   net.Conn
}

// dial keeps the connection, so that a context that ends can cut it: the
// library itself waits for its own time limit.
func (s *smtpSession) dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	s.conn = conn
	if !s.smtp.implied {
		return conn, nil
	}
	secure := tls.Client(conn, s.smtp.tls)
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return secure, nil
}

func (s *smtpSession) closeWhenDone(ctx context.Context) (release func() bool) {
	return context.AfterFunc(ctx, func() {
		if s.conn != nil {
			s.conn.Close()
		}
	})
}

func (s *smtpSession) hangUp() {
	if s.conn != nil {
		s.conn.Close()
	}
}

// Send hands the mail over. It is sent once the server has answered the end of
// its data, whatever comes after that.
func (s *smtpSession) Send(ctx context.Context, m *deliver.Mail) error {
	msg, err := s.smtp.message(m)
	if err != nil {
		return deliver.Permanent(err)
	}
	release := s.closeWhenDone(ctx)
	defer release()
	err = s.client.Send(msg)
	if msg.IsDelivered() {
		if err != nil {
			s.hangUp() // the next mail will find out
		}
		return nil
	}
	if err == nil {
		return deliver.Broken(errors.New("neither sent nor refused"))
	}
	var refused *mail.SendError
	if !errors.As(err, &refused) {
		return deliver.Broken(err)
	}
	code := refused.ErrorCode()
	switch {
	case code == 0 || code == 421: // the conversation broke off, or the server is closing
		return deliver.Broken(err)
	case refused.Reason == mail.ErrSMTPData:
		return deliver.Broken(err) // between commands: begin anew
	case code >= 500 && (refused.Reason == mail.ErrSMTPRcptTo || refused.Reason == mail.ErrSMTPDataClose):
		return deliver.Permanent(err) // this address, or this mail; not us
	}
	return err
}

// Close says goodbye to the server.
func (s *smtpSession) Close() error {
	defer s.hangUp()
	return s.client.Close()
}

// MessageID returns the Message-ID of a delivery's mail, without brackets: the
// same every time it is sent.
func (s *SMTP) MessageID(m *deliver.Mail) string {
	return m.ID.String() + "@" + s.domain
}

// message puts the mail into its form on the wire.
func (s *SMTP) message(m *deliver.Mail) (*mail.Msg, error) {
	// Quoted-printable and base64 pass every server, also one without 8BITMIME,
	// and keep lines below 998 bytes.
	msg := mail.NewMsg(mail.WithCharset(mail.CharsetUTF8), mail.WithEncoding(mail.EncodingQP), mail.WithNoDefaultUserAgent())
	to, err := netmail.ParseAddress(m.To)
	if err != nil {
		return nil, fmt.Errorf("recipient's address: %w", err)
	}
	to.Name = m.Name
	msg.ToMailAddress(to)
	from := s.from
	if m.Sender != "" {
		from.Name = m.Sender
	}
	msg.FromMailAddress(&from)
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(s.MessageID(m))
	msg.SetDateWithValue(m.Date.In(tokyo))
	msg.SetGenHeader("Content-Language", m.Lang.HTML())
	// No vacation notice answers what no person wrote (RFC 3834).
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	if m.Unsubscribe != "" {
		if err := msg.SetListUnsubscribeOneClick(m.Unsubscribe); err != nil {
			return nil, err
		}
	}
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	}
	for _, a := range m.Attachments {
		kind := a.Mime
		if a.Method != "" {
			kind += "; charset=utf-8; method=" + a.Method
		}
		if err := msg.AttachReader(a.Name, bytes.NewReader(a.Data), mail.WithFileContentType(mail.ContentType(kind))); err != nil {
			return nil, fmt.Errorf("attachment: %w", err)
		}
	}
	return msg, nil
}
