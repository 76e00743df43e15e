package draws

import (
	"context"
	"embed"
	"encoding/json"
	"strings"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/i18n"
)

//go:embed messages/*.toml
var messages embed.FS

// Messages returns the texts of draws in every language.
func Messages() i18n.Source { return i18n.Source{Name: "draws", FS: messages} }

// The messages that draws send. Winners get that of their offer.
const (
	enteredMail   = "draws.entered"
	postponedMail = "draws.postponed"
	asideMail     = "draws.aside"
	revealMail    = "draws.reveal"
	lostMail      = "draws.lost"
	goneMail      = "draws.gone"
)

// What waits for an office.
//
//i18n:uses draws.inbox.*
const (
	ValueInbox   = "draws.value"
	OverlapInbox = "draws.overlap"
	BlockedInbox = "draws.blocked"
)

// notice is what a message about an entry is rendered from.
type notice struct {
	Draw    db.ID     `json:"draw"`
	Entry   db.ID     `json:"entry"`
	Place   i18n.Text `json:"place"`
	Month   string    `json:"month"`
	Receipt string    `json:"receipt"`
	Closes  int64     `json:"closes"` // microseconds UTC
	Freezes int64     `json:"freezes"`
	Due     int64     `json:"due"`
	Outcome string    `json:"outcome,omitempty"`
	Reason  string    `json:"reason,omitempty"`
	Wishes  []told    `json:"wishes"`
}

// told is a wish as a message tells it.
type told struct {
	Room i18n.Text `json:"room"`
	From int64     `json:"from"` // microseconds UTC
	To   int64     `json:"to"`
}

// notice collects what a message says.
func (x *Draws) notice(tx *db.Tx, d Draw, e Entry) (json.RawMessage, error) {
	f, err := facility.Get(tx, d.Facility)
	if err != nil {
		return nil, err
	}
	n := notice{
		Draw: d.ID, Entry: e.ID, Place: f.Name, Month: d.Month.String(), Receipt: e.Receipt, Closes: db.Micros(d.Closes),
		Freezes: db.Micros(d.Freezes), Due: db.Micros(d.Due), Outcome: string(e.Outcome), Reason: e.Reason,
	}
	if n.Reason == "" {
		n.Reason = d.Note
	}
	for _, w := range e.Wishes {
		r, err := x.svc.Room(tx, w.Room)
		if err != nil {
			return nil, err
		}
		n.Wishes = append(n.Wishes, told{r.Name, db.Micros(w.Day.At(w.From)), db.Micros(w.Day.At(w.To))})
	}
	return json.Marshal(n)
}

// Mails are the messages that draws send.
//
//i18n:uses draws.mail.*
//i18n:uses draws.outcome.*
func (x *Draws) Mails() []deliver.Kind {
	kinds := []string{enteredMail, postponedMail, asideMail, revealMail, lostMail, goneMail}
	out := make([]deliver.Kind, len(kinds))
	for i, name := range kinds {
		out[i] = deliver.Kind{Name: name, Render: func(_ context.Context, loc *i18n.Localizer, data json.RawMessage) (deliver.Content, error) {
			var n notice
			if err := json.Unmarshal(data, &n); err != nil {
				return deliver.Content{}, err
			}
			return x.render(loc, strings.TrimPrefix(name, "draws."), n), nil
		}}
	}
	return out
}

// render writes a message of one kind.
func (x *Draws) render(loc *i18n.Localizer, kind string, n notice) deliver.Content {
	var b strings.Builder
	place := loc.Text(n.Place)
	b.WriteString(loc.T("draws.mail."+kind+".lead", "place", place) + "\n\n")
	if n.Reason != "" && (kind == "aside" || kind == "postponed" || kind == "gone") {
		b.WriteString(loc.T("draws.mail.reason", "reason", n.Reason) + "\n")
	}
	if kind == "lost" {
		b.WriteString(loc.T("draws.outcome."+n.Outcome+".long") + "\n\n")
	}
	b.WriteString(loc.T("draws.mail.receipt", "receipt", n.Receipt) + "\n")
	for i, w := range n.Wishes {
		b.WriteString(loc.T("draws.mail.wish", "rank", i+1, "room", loc.Text(w.Room), "when", loc.Range(db.Time(w.From), db.Time(w.To))) + "\n")
	}
	switch kind {
	case "entered", "postponed":
		b.WriteString("\n" + loc.T("draws.mail.dates", "closes", loc.Date(jp.DateOf(db.Time(n.Closes).Add(-time.Minute))), "due", loc.DateTime(db.Time(n.Due))) + "\n")
	case "reveal":
		b.WriteString("\n" + loc.T("draws.mail.until", "due", loc.DateTime(db.Time(n.Due))) + "\n")
	}
	link := x.deps.BaseURL + Path(n.Draw)
	if kind == "lost" {
		b.WriteString("\n" + loc.T("draws.mail.lost.next") + "\n" + link + "\n" + link + "/proof.txt\n")
	} else {
		b.WriteString("\n" + loc.T("draws.mail.next") + "\n" + link + "/entries/" + n.Entry.String() + "\n")
	}
	return deliver.Content{Subject: loc.T("draws.mail."+kind+".subject", "place", place), Text: b.String()}
}
