package deliver

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/a-h/templ"
	"github.com/prometheus/client_golang/prometheus"

	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed messages/*.toml
var messages embed.FS

// Migrations returns the tables of deliveries, mailbox and print queue.
func Migrations() db.Migrations { return db.Migrations{Name: "deliver", FS: migrations} }

// Messages returns the texts of this package in every language.
func Messages() i18n.Source { return i18n.Source{Name: "deliver", FS: messages} }

// Message is what a change tells one person.
type Message struct {
	To     db.ID  // the person; 0 when only an address is known
	Kind   string // a registered Kind's name, "places.reserved"
	Data   any    // what the Renderer needs, as JSON; json.RawMessage is taken as it is
	Urgent bool   // ahead of the queue, by mail: a code that somebody waits for
	Office db.ID  // the office that prints it, should it go on paper; 0 for the recipient's

	// Address and Lang send a mail to somebody who is no person yet, or to an
	// address that is not confirmed yet. With To they take the place of what
	// is known of the person.
	Address string
	Lang    i18n.Lang
}

// Renderer turns a message's data into what the recipient reads. It gets a
// context that carries loc, and does not write to the database: it may run
// twice.
type Renderer func(ctx context.Context, loc *i18n.Localizer, data json.RawMessage) (Content, error)

// Content is one message in one language.
type Content struct {
	Subject     string
	Text        string          // plain text; paragraphs are set apart by an empty line
	HTML        templ.Component // the inside of the mail's HTML; nil: made of Text
	Attachments []Attachment
	Paper       templ.Component // the inside of the printed page; nil: made of Text
}

// Attachment is one file that goes with a mail.
type Attachment struct {
	Name string `json:"name"` // file name, "reservation.ics"
	Mime string `json:"mime"` // "text/calendar"
	// Method is the iTIP method of a calendar (RFC 6047): PUBLISH, REQUEST or
	// CANCEL; empty for other files.
	Method string `json:"method,omitempty"`
	Data   []byte `json:"data"`
}

// Kind is one kind of message that a module sends.
type Kind struct {
	Name   string // "places.reserved"
	Render Renderer
	// News marks what a person may unsubscribe from; such mail carries
	// List-Unsubscribe. Everything else is about the person's own affairs.
	News bool
}

// Recipient is what deliver needs to know of a person when it sends.
type Recipient struct {
	Name     string
	Lang     i18n.Lang
	Email    string // empty: none, so that everything goes on paper
	Paper    bool   // takes paper, also where there is an address
	Furigana bool   // wants readings over kanji
	Office   db.ID  // prints for the person when the message names none
}

// Config is what the service needs.
type Config struct {
	DB      *db.DB
	Catalog *i18n.Catalog
	// Recipient looks a person up; fault.NotFound drops the message.
	Recipient func(tx *db.Tx, person db.ID) (Recipient, error)
	Mail      Mailer
	// City returns the sender's name, as it stands in From and under every
	// message.
	City func(tx *db.Tx) (i18n.Text, error)
	// Unsubscribe returns the https address where the person leaves messages
	// of the kind; nil when there is none.
	Unsubscribe func(person db.ID, kind string) string
	// Context adds to the context of the renderer what a page's context would
	// have (aids such as furigana); nil adds nothing.
	Context func(ctx context.Context, to Recipient) context.Context
	Keep    time.Duration         // how long the row of what was sent is kept; DefaultKeep when 0
	Senders int                   // batches under way at once on one node; DefaultSenders when 0
	Log     *slog.Logger          // slog.Default() when nil
	Metrics prometheus.Registerer // nothing is counted when nil
}

// What holds unless Config says otherwise.
const (
	DefaultKeep    = 90 * 24 * time.Hour
	DefaultSenders = 2
)

// Mailer hands mails to the outside world. Its sender packages are
// platform/deliver/mail's SMTP and Mailbox.
type Mailer interface {
	// Open begins a batch; the session is used by one goroutine and closed. An
	// error means that no mail can be sent at present, which no mail is blamed
	// for.
	Open(ctx context.Context) (MailSession, error)
}

// MailSession sends the mails of one batch over one connection.
type MailSession interface {
	// Send hands one mail over, for good when the error is nil. Permanent and
	// Broken say more about an error; any other is tried again.
	Send(ctx context.Context, m *Mail) error
	Close() error
}

// Mail is one mail, ready to send.
type Mail struct {
	ID          db.ID // of the delivery; the Message-ID derives from it
	Person      db.ID // 0 when only the address is known
	To, Name    string
	Sender      string // the city's name in the mail's language
	Lang        i18n.Lang
	Kind        string
	Subject     string
	Text, HTML  string
	Attachments []Attachment
	Unsubscribe string // https address, or empty
	Date        time.Time
}

type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// Permanent marks an error of Send that trying again cannot mend: there is no
// such mailbox.
func Permanent(err error) error { return permanent{err} }

type broken struct{ error }

func (b broken) Unwrap() error { return b.error }

// Broken marks an error of Send after which the session cannot be used any
// more. Whether the mail went out is unknown, so it will be sent again.
func Broken(err error) error { return broken{err} }

// IsPermanent reports whether an error is marked as Permanent.
func IsPermanent(err error) bool { return errors.As(err, new(permanent)) }

// IsBroken reports whether an error is marked as Broken.
func IsBroken(err error) bool { return errors.As(err, new(broken)) }
