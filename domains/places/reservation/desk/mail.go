package desk

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/calendar"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/feed"
	"kakehashi/platform/i18n"
)

// Mails are the messages that reservations send, each with a calendar file that
// keeps the recipient's calendar right.
//
//i18n:uses reservation.mail.*
func (d *Desk) Mails() []deliver.Kind {
	out := make([]deliver.Kind, len(reservation.MessageKinds))
	for i, name := range reservation.MessageKinds {
		short := strings.TrimPrefix(name, "places.")
		out[i] = deliver.Kind{Name: name, Render: func(_ context.Context, loc *i18n.Localizer, data json.RawMessage) (deliver.Content, error) {
			var n reservation.Notice
			if err := json.Unmarshal(data, &n); err != nil {
				return deliver.Content{}, err
			}
			return d.render(loc, short, n), nil
		}}
	}
	return out
}

// render writes the message of one kind.
func (d *Desk) render(loc *i18n.Localizer, kind string, n reservation.Notice) deliver.Content {
	l := letter{Notice: n, Kind: kind, Link: d.deps.BaseURL + reservation.Path(n.ID)}
	gone := l.gone()
	c := deliver.Content{
		Subject: loc.T("reservation.mail."+kind+".subject", "room", loc.Text(n.Room), "when", l.when(loc)),
		Text:    l.text(loc),
		Paper:   onPaper(paperView(l)),
	}
	method := feed.Publish
	if gone {
		method = feed.Cancel
	}
	asked := kind == "requested" || kind == "series_requested" || kind == "many_requested" || kind == "offered"
	c.Attachments = []deliver.Attachment{{
		Name: "reservation.ics", Mime: "text/calendar", Method: method,
		Data: feed.Calendar("", method, calendar.Of(loc, n, d.deps.BaseURL, gone, asked, d.stamp(n))...),
	}}
	return c
}

// stamp is when the version that a message tells of was made, as nearly as the
// message knows; it must not change when the message is rendered again.
func (d *Desk) stamp(n reservation.Notice) time.Time {
	return n.ID.Time().Add(time.Duration(n.Sequence) * time.Second).Truncate(time.Second)
}

// letter is a Notice on its way to a reader.
type letter struct {
	reservation.Notice
	Kind string
	Link string
}

func (l letter) span() quarter.Span {
	return quarter.Span{Start: db.Time(l.Start), End: db.Time(l.End)}
}

func (l letter) when(loc *i18n.Localizer) string {
	return loc.Range(l.span().Start, l.span().End)
}

// gone reports whether the message says that the time is the reader's no longer.
func (l letter) gone() bool {
	return slices.Contains([]string{"cancelled", "refused", "lapsed", "displaced"}, l.Kind)
}

// until is when an offer ends; "" where there is none.
func (l letter) until(loc *i18n.Localizer) string {
	if l.Kind != "offered" || l.Until == 0 {
		return ""
	}
	return loc.DateTime(db.Time(l.Until))
}

// near are the free times that could be had instead, a line each.
func (l letter) near(loc *i18n.Localizer) []string {
	out := make([]string, len(l.Near))
	for i, n := range l.Near {
		room := loc.Text(n.Place) + " " + loc.Text(n.Room)
		out[i] = loc.T("reservation.near.line", "room", room, "when", loc.Range(db.Time(n.Start), db.Time(n.End)))
	}
	return out
}

// fact is one labelled line of a message or page.
type fact struct{ Key, Value string }

// facts are what a message says of a reservation, in reading order.
func (l letter) facts(loc *i18n.Localizer) []fact {
	out := []fact{
		{"reservation.field.until", l.until(loc)},
		{"reservation.field.when", l.when(loc)},
		{"reservation.field.room", loc.Text(l.Room)},
		{"reservation.field.place", loc.Text(l.Place)},
		{"reservation.field.address", l.Address},
		{"reservation.field.phone", l.Phone},
		{"reservation.field.people", loc.T("reservation.people", "count", l.Headcount)},
		{"reservation.field.purpose", l.Purpose},
		{"reservation.field.receipt", l.Receipt},
		{"reservation.field.reason", l.Reason},
	}
	kept := out[:0]
	for _, f := range out {
		if f.Value != "" {
			kept = append(kept, f)
		}
	}
	return kept
}

// others are the other days of a series, and those it could not have, a line
// each.
func (l letter) others(loc *i18n.Localizer) (booked, skipped []string) {
	for _, s := range l.More {
		line := loc.T("reservation.series.line", "when", loc.Range(db.Time(s.Start), db.Time(s.End)), "receipt", s.Receipt)
		if len(s.Room) > 0 {
			line = loc.Text(s.Room) + " " + line
		}
		booked = append(booked, line)
	}
	for _, s := range l.Skipped {
		skipped = append(skipped, loc.T("reservation.skip.line", "day", s.Day, "why", loc.T(s.Key)))
	}
	return booked, skipped
}

// base is the address that Link begins with.
func (l letter) base() string { return strings.TrimSuffix(l.Link, reservation.Path(l.ID)) }

// nextKey is the message that says what the link is for.
func (l letter) nextKey() string {
	switch {
	case l.gone():
		return "reservation.mail.next.closed"
	case l.Kind == "offered":
		return "reservation.mail.next.offered"
	}
	return "reservation.mail.next.open"
}

// text is the message as plain text.
func (l letter) text(loc *i18n.Localizer) string {
	var b strings.Builder
	b.WriteString(loc.T("reservation.mail."+l.Kind+".lead") + "\n\n")
	for _, f := range l.facts(loc) {
		b.WriteString(loc.T("reservation.fact", "label", loc.T(f.Key), "value", f.Value) + "\n")
	}
	booked, skipped := l.others(loc)
	if len(booked) > 0 {
		b.WriteString("\n" + loc.T("reservation.series.more") + "\n" + strings.Join(booked, "\n") + "\n")
	}
	if len(skipped) > 0 {
		b.WriteString("\n" + loc.T("reservation.series.skipped") + "\n" + strings.Join(skipped, "\n") + "\n")
	}
	if near := l.near(loc); len(near) > 0 {
		b.WriteString("\n" + loc.T("reservation.near") + "\n")
		for i, line := range near {
			b.WriteString(line + "\n" + l.base() + l.Near[i].Path + "\n")
		}
	}
	b.WriteString("\n" + loc.T(l.nextKey()) + "\n" + l.Link + "\n")
	return b.String()
}
