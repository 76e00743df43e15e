package mail

import (
	"context"
	"encoding/json"
	"time"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// tokyo is the zone in which a mail's Date is written.
var tokyo = jp.Tokyo

// None is the sender of a city that has no mail server yet: mails wait.
type None struct{}

// Open says that there is none.
func (None) Open(context.Context) (deliver.MailSession, error) {
	return nil, fault.New(fault.Unavailable, "deliver.mail.none")
}

// Mailbox is the demo's sender: mails land in the table mailbox.
type Mailbox struct {
	db *db.DB
}

// NewMailbox returns a sender that writes into d.
func NewMailbox(d *db.DB) *Mailbox { return &Mailbox{d} }

// Open begins a batch.
func (b *Mailbox) Open(context.Context) (deliver.MailSession, error) {
	return mailboxSession{b.db}, nil
}

type mailboxSession struct{ db *db.DB }

// Send writes the mail down; the same one twice is there once.
func (s mailboxSession) Send(ctx context.Context, m *deliver.Mail) error {
	files, err := json.Marshal(m.Attachments)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, db.System, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO mailbox (id, person, address, name, lang, kind, subject, text, html, attachments, sent)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING`,
			m.ID, m.Person, m.To, m.Name, string(m.Lang), m.Kind, m.Subject, m.Text, m.HTML, string(files), tx.Now)
		tx.Touch("mailbox")
		return err
	})
}

// Close ends the batch.
func (mailboxSession) Close() error { return nil }

// Letter is one mail in the mailbox.
type Letter struct {
	ID          db.ID // of the delivery
	Person      db.ID // 0 when only the address was known
	Address     string
	Name        string
	Lang        i18n.Lang
	Kind        string
	Subject     string
	Text, HTML  string               // only from Get
	Attachments []deliver.Attachment // only from Get
	Sent        time.Time
}

// To selects whose mails are listed; the zero value is everybody's.
type To struct {
	Person  db.ID
	Address string
}

// List returns up to limit mails without what they say, the latest first and
// older than the one before (0: from the latest).
func List(tx *db.Tx, to To, before db.ID, limit int) (_ []Letter, err error) {
	defer fault.Wrap(&err, "mail.List(before %v)", before)
	type row struct {
		Letter
		lang string
		sent int64
	}
	rows, err := db.All(tx, func(r *row) []any {
		return []any{&r.ID, &r.Person, &r.Address, &r.Name, &r.lang, &r.Kind, &r.Subject, &r.sent}
	}, `SELECT id, person, address, name, lang, kind, subject, sent FROM mailbox
		WHERE (CAST($1 AS BIGINT) = 0 OR person = $1) AND (CAST($2 AS TEXT) = '' OR address = $2) AND (CAST($3 AS BIGINT) = 0 OR id < $3) ORDER BY id DESC LIMIT $4`,
		int64(to.Person), to.Address, int64(before), limit)
	list := make([]Letter, len(rows))
	for i, r := range rows {
		list[i] = r.Letter
		list[i].Lang, list[i].Sent = i18n.Lang(r.lang), db.Time(r.sent)
	}
	return list, err
}

// Get returns one mail with what it says.
func Get(tx *db.Tx, id db.ID) (l Letter, err error) {
	defer fault.Wrap(&err, "mail.Get(%v)", id)
	type row struct {
		Letter
		lang, files string
		sent        int64
	}
	r, err := db.One(tx, func(r *row) []any {
		return []any{&r.ID, &r.Person, &r.Address, &r.Name, &r.lang, &r.Kind, &r.Subject, &r.sent, &r.Text, &r.HTML, &r.files}
	}, `SELECT id, person, address, name, lang, kind, subject, sent, text, html, attachments FROM mailbox WHERE id = $1`, id)
	if err != nil {
		return l, err
	}
	l = r.Letter
	l.Lang, l.Sent = i18n.Lang(r.lang), db.Time(r.sent)
	return l, json.Unmarshal([]byte(r.files), &l.Attachments)
}
