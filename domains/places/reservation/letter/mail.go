package letter

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

// Kinds are the messages that reservations send; base is the address of the
// house, "https://…", that links begin with.
//
//i18n:uses reservation.mail.*
func Kinds(base string) []deliver.Kind {
	out := make([]deliver.Kind, len(reservation.MessageKinds))
	for i, name := range reservation.MessageKinds {
		short := strings.TrimPrefix(name, "places.")
		out[i] = deliver.Kind{Name: name, Render: func(_ context.Context, loc *i18n.Localizer, data json.RawMessage) (deliver.Content, error) {
			var n reservation.Notice
			if err := json.Unmarshal(data, &n); err != nil {
				return deliver.Content{}, err
			}
			return Of(n, short, base).content(loc), nil
		}}
	}
	return out
}

// Letter is a Notice on its way to a reader.
type Letter struct {
	reservation.Notice
	Kind string // of message, "reserved"
	Link string // the page of the reservation
	base string
}

// Of returns the letter of a kind, "reserved", that tells of the notice.
func Of(n reservation.Notice, kind, base string) Letter {
	return Letter{Notice: n, Kind: kind, Link: base + reservation.Path(n.ID), base: base}
}

// content is the letter as it is delivered.
func (l Letter) content(loc *i18n.Localizer) deliver.Content {
	c := deliver.Content{
		Subject: loc.T("reservation.mail."+l.Kind+".subject", "room", loc.Text(l.Room), "when", l.When(loc)),
		Text:    l.text(loc),
		Paper:   onPaper(l.Paper()),
	}
	gone, method := l.gone(), feed.Publish
	if gone {
		method = feed.Cancel
	}
	asked := slices.Contains([]string{"requested", "series_requested", "many_requested", "offered"}, l.Kind)
	c.Attachments = []deliver.Attachment{{
		Name: "reservation.ics", Mime: "text/calendar", Method: method,
		Data: feed.Calendar("", method, calendar.Of(loc, l.Notice, l.base, gone, asked, l.stamp())...),
	}}
	return c
}

// stamp is when the version that the letter tells of was made, as nearly as the
// letter knows; it must not change when the letter is rendered again.
func (l Letter) stamp() time.Time {
	return l.ID.Time().Add(time.Duration(l.Sequence) * time.Second).Truncate(time.Second)
}

func (l Letter) span() quarter.Span {
	return quarter.Span{Start: db.Time(l.Start), End: db.Time(l.End)}
}

// When is the time that the letter tells of.
func (l Letter) When(loc *i18n.Localizer) string {
	return loc.Range(l.span().Start, l.span().End)
}

// gone reports whether the message says that the time is the reader's no longer.
func (l Letter) gone() bool {
	return slices.Contains([]string{"cancelled", "refused", "lapsed", "displaced"}, l.Kind)
}

// until is when an offer ends; "" where there is none.
func (l Letter) until(loc *i18n.Localizer) string {
	if l.Kind != "offered" || l.Until == 0 {
		return ""
	}
	return loc.DateTime(db.Time(l.Until))
}

// near are the free times that could be had instead, a line each.
func (l Letter) near(loc *i18n.Localizer) []string {
	out := make([]string, len(l.Near))
	for i, n := range l.Near {
		room := loc.Text(n.Place) + " " + loc.Text(n.Room)
		out[i] = loc.T("reservation.near.line", "room", room, "when", loc.Range(db.Time(n.Start), db.Time(n.End)))
	}
	return out
}

// Fact is one labelled line of a letter or page: Key names its label.
type Fact struct{ Key, Value string }

// Facts are what a letter says of a reservation, in reading order.
func (l Letter) Facts(loc *i18n.Localizer) []Fact {
	out := []Fact{
		{"reservation.field.until", l.until(loc)},
		{"reservation.field.when", l.When(loc)},
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
func (l Letter) others(loc *i18n.Localizer) (booked, skipped []string) {
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

// nextKey is the message that says what the link is for.
func (l Letter) nextKey() string {
	switch {
	case l.gone():
		return "reservation.mail.next.closed"
	case l.Kind == "offered":
		return "reservation.mail.next.offered"
	}
	return "reservation.mail.next.open"
}

// text is the message as plain text.
func (l Letter) text(loc *i18n.Localizer) string {
	var b strings.Builder
	b.WriteString(loc.T("reservation.mail."+l.Kind+".lead") + "\n\n")
	for _, f := range l.Facts(loc) {
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
			b.WriteString(line + "\n" + l.base + l.Near[i].Path + "\n")
		}
	}
	b.WriteString("\n" + loc.T(l.nextKey()) + "\n" + l.Link + "\n")
	return b.String()
}
