package deliver

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/a-h/templ"
	"github.com/prometheus/client_golang/prometheus"

	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
)

// Message is what a change tells one person.
type Message struct {
	To     db.ID  // the person; 0 when only an address is known
	Kind   string // a registered Kind's name, "places.reserved"
	Data   any    // what the Renderer needs, as JSON; json.RawMessage is taken as it is
	Urgent bool   // ahead of the queue: a code that somebody waits for
	Office db.ID  // the office that prints it, should it go on paper; 0 for the recipient's

	// Address and Lang send a mail to somebody who is no person yet, or to an
	// address that is not confirmed yet.
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
	Text        string          // plain text of the mail
	HTML        templ.Component // the inside of the mail's HTML; nil for text only
	Attachments []Attachment
	Paper       templ.Component // the inside of the printed page; nil prints Subject and Text
}

// Attachment is one file that goes with a mail.
type Attachment struct {
	Name string // file name, "reservation.ics"
	Mime string // "text/calendar"
	// Method is the iTIP method of a calendar (RFC 6047): PUBLISH, REQUEST or
	// CANCEL; empty for other files.
	Method string
	Data   []byte
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
	Email    string // empty: none
	Paper    bool   // takes paper, also where there is an address
	Furigana bool   // wants readings over kanji
	Office   db.ID  // prints for the person when the message names none
}

// Config is what the service needs.
type Config struct {
	DB        *db.DB
	Catalog   *i18n.Catalog
	Recipient func(tx *db.Tx, person db.ID) (Recipient, error)
	Mail      Mailer
	City      i18n.Text // the sender's name as it stands under every message
	// Unsubscribe returns the address (https) where the person leaves messages
	// of the kind; nil when there is none.
	Unsubscribe func(person db.ID, kind string) string
	Keep        time.Duration // how long the row of a sent message is kept; 90 days when 0
	Log         *slog.Logger
	Metrics     prometheus.Registerer
}

// Mailer hands mails to the outside world.
type Mailer interface {
	// Open begins a batch; the session is used by one goroutine and closed.
	Open(ctx context.Context) (MailSession, error)
}

// MailSession sends the mails of one batch over one connection.
type MailSession interface {
	// Send hands one mail over. A Permanent error is not tried again.
	Send(ctx context.Context, m *Mail) error
	Close() error
}

// Mail is one mail, ready to send.
type Mail struct {
	ID          db.ID // of the delivery; the Message-ID derives from it
	Person      db.ID
	To, Name    string
	Lang        i18n.Lang
	Subject     string
	Text, HTML  string
	Attachments []Attachment
	Unsubscribe string // https address, or empty
	Kind        string
	Date        time.Time
}

// Service keeps messages and, between Start and Stop, sends them.
type Service struct{}

// New returns a service without any kind.
func New(c Config) *Service { return &Service{} }

// Register adds kinds of message; a name used twice is a programmer's mistake
// and panics.
func (s *Service) Register(kinds ...Kind) {}

// Send keeps the message in the transaction; it goes out soon after the commit.
func (s *Service) Send(tx *db.Tx, m Message) error { return nil }

// Start begins to send. It returns at once.
func (s *Service) Start(ctx context.Context) error { return nil }

// Stop finishes the message under way until ctx ends, and gives back the rest.
func (s *Service) Stop(ctx context.Context) error { return nil }
