package mailbox

import (
	"io"
	"net/url"
	"strconv"
	"strings"

	"kakehashi/platform/db"
	"kakehashi/platform/deliver/mail"
	"kakehashi/platform/fault"
	"kakehashi/platform/web"
)

// Topic is touched by every mail that arrives.
const Topic = "mailbox"

// pageSize is how many mails a page shows.
const pageSize = 30

// sandbox takes everything from a mail's document but its own style: the page
// has no origin, no script, no forms, and reaches for nothing.
const sandbox = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Mailbox serves the pages.
type Mailbox struct{ db *db.DB }

// New returns the pages over d.
func New(d *db.DB) *Mailbox { return &Mailbox{d} }

// Routes are the pages.
func (m *Mailbox) Routes() []web.Route {
	demo := web.DemoOnly()
	return []web.Route{
		{Pattern: "GET /mailbox", Access: demo, Handle: m.show},
		{Pattern: "GET /mailbox/{id}", Access: demo, Handle: m.letter},
		{Pattern: "GET /mailbox/{id}/html", Access: demo, Handle: m.html},
		{Pattern: "GET /mailbox/{id}/file/{n}", Access: demo, Handle: m.file},
	}
}

// listData is the mails of one person or address.
type listData struct {
	Address string // "" = the reader's own
	Asked   bool   // there is somebody to list mails for
	Letters []mail.Letter
	First   string
	Next    string
}

func listPath(address string, before db.ID) string {
	q := url.Values{}
	if address != "" {
		q.Set("to", address)
	}
	if before != 0 {
		q.Set("before", before.String())
	}
	if len(q) == 0 {
		return "/mailbox"
	}
	return "/mailbox?" + q.Encode()
}

func (m *Mailbox) show(c *web.Context) error {
	d := listData{Address: strings.TrimSpace(c.Query("to"))}
	to := mail.To{Address: d.Address}
	if d.Address == "" {
		to.Person = c.Viewer.Person
	}
	if d.Asked = to != (mail.To{}); d.Asked {
		before, _ := db.ParseID(c.Query("before"))
		err := m.db.Read(c.Context(), func(tx *db.Tx) (err error) {
			d.Letters, err = mail.List(tx, to, before, pageSize+1)
			return err
		})
		if err != nil {
			return err
		}
		if len(d.Letters) > pageSize {
			d.Letters = d.Letters[:pageSize]
			d.Next = listPath(d.Address, d.Letters[pageSize-1].ID)
		}
		if before != 0 {
			d.First = listPath(d.Address, 0)
		}
	}
	return c.Page(web.Meta{Title: c.Loc.T("offices.mailbox.title"), Back: "/"}, listView(d))
}

func (m *Mailbox) get(c *web.Context) (l mail.Letter, err error) {
	id, err := c.PathID("id")
	if err != nil {
		return l, err
	}
	err = m.db.Read(c.Context(), func(tx *db.Tx) error {
		l, err = mail.Get(tx, id)
		return err
	})
	return l, err
}

func (m *Mailbox) letter(c *web.Context) error {
	l, err := m.get(c)
	if err != nil {
		return err
	}
	back := listPath(l.Address, 0)
	if l.Person != 0 && l.Person == c.Viewer.Person {
		back = listPath("", 0)
	}
	return c.Page(web.Meta{Title: l.Subject, Back: back}, letterView(l))
}

// html hands out the mail's HTML as a document of its own.
func (m *Mailbox) html(c *web.Context) error {
	l, err := m.get(c)
	if err != nil {
		return err
	}
	if l.HTML == "" {
		return fault.New(fault.NotFound, "web.error.not_found")
	}
	c.Writer().Header().Set("Content-Security-Policy", sandbox)
	return c.Bytes("text/html; charset=utf-8", []byte(l.HTML))
}

// file hands out an attachment to be saved.
func (m *Mailbox) file(c *web.Context) error {
	l, err := m.get(c)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(c.Path("n"))
	if err != nil || n < 0 || n >= len(l.Attachments) {
		return fault.New(fault.NotFound, "web.error.not_found")
	}
	a := l.Attachments[n]
	return c.Download(a.Name, a.Mime, func(w io.Writer) error {
		_, err := w.Write(a.Data)
		return err
	})
}
