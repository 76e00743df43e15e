package deliver

import (
	"context"
	"errors"
	"strings"

	"github.com/a-h/templ"

	"kakehashi/engines/jp"
	"kakehashi/platform/deliver/paper"
	"kakehashi/platform/i18n"
)

// errEmpty is a renderer's mistake that a retry after the next update mends.
var errEmpty = errors.New("the renderer gave no subject or no text")

// mail puts the mail together: what the renderer wrote, between the city's name
// and the foot that every mail has.
func (b *batch) mail(ctx context.Context, loc *i18n.Localizer, d delivery, k Kind, to Recipient, c Content) (*Mail, error) {
	if c.Subject == "" || c.Text == "" {
		return nil, errEmpty
	}
	m := &Mail{
		ID: d.id, Person: d.person, To: to.Email, Name: to.Name, Lang: loc.Lang(), Kind: d.kind,
		Sender: loc.Text(b.city), Subject: oneLine(c.Subject), Attachments: c.Attachments, Date: d.id.Time(),
	}
	if k.News && b.c.Unsubscribe != nil && d.person != 0 {
		m.Unsubscribe = b.c.Unsubscribe(d.person, d.kind)
	}
	f := frame{Lang: loc.Lang(), City: m.Sender, Title: m.Subject, Foot: loc.T("deliver.mail.foot"), Unsubscribe: m.Unsubscribe}
	m.Text = strings.TrimSpace(c.Text) + "\n\n-- \n" + m.Sender + "\n" + f.Foot + "\n"
	if m.Unsubscribe != "" {
		m.Text += loc.T("deliver.mail.unsubscribe") + " " + m.Unsubscribe + "\n"
	}
	body := c.HTML
	if body == nil {
		body = paragraphs(split(c.Text))
	}
	var err error
	m.HTML, err = render(ctx, mailPage(f, body))
	return m, err
}

// page puts the printed page together: addressee, date and sender around what
// the renderer wrote.
func (b *batch) page(ctx context.Context, loc *i18n.Localizer, d delivery, to Recipient, c Content) (*paper.Page, error) {
	if c.Subject == "" || c.Paper == nil && c.Text == "" {
		return nil, errEmpty
	}
	office := d.office
	if office == 0 {
		office = to.Office
	}
	f := frame{
		Lang: loc.Lang(), City: loc.Text(b.city), Title: oneLine(c.Subject), Foot: loc.T("deliver.paper.foot"),
		To: loc.T("deliver.paper.to", "name", to.Name), Date: loc.DateLong(jp.DateOf(d.id.Time())),
	}
	body := c.Paper
	if body == nil {
		body = paragraphs(split(c.Text))
	}
	html, err := render(ctx, letter(f, body))
	return &paper.Page{
		ID: d.id, Person: d.person, Office: office, Kind: d.kind, Name: to.Name, Lang: loc.Lang(), Title: f.Title, HTML: html,
	}, err
}

// frame is what stands around a message, in the message's language.
type frame struct {
	Lang        i18n.Lang
	City, Title string
	Foot        string
	Unsubscribe string // https address, or empty
	To, Date    string // of a letter
}

func render(ctx context.Context, c templ.Component) (string, error) {
	var s strings.Builder
	err := c.Render(ctx, &s)
	return s.String(), err
}

// split returns the paragraphs of a text, each as its lines.
func split(text string) [][]string {
	var out [][]string
	for p := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if p = strings.Trim(p, "\n"); p != "" {
			out = append(out, strings.Split(p, "\n"))
		}
	}
	return out
}

// oneLine makes a subject fit a header: a line break in it would begin
// another one.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
