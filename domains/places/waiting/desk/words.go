package desk

import (
	"context"

	"github.com/a-h/templ"

	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/domains/places/waiting"
	"kakehashi/engines/jp"
	"kakehashi/platform/i18n"
	"kakehashi/ui"
)

// stateTag says how far a wait has come: its place in line, as a rule.
//
//i18n:uses waiting.state.*
func stateTag(ctx context.Context, l line) ui.TagOf {
	label, tone := tr(ctx, "waiting.state."+string(l.State)), ui.Info
	switch l.State {
	case waiting.InLine:
		label = l.place(i18n.From(ctx))
	case waiting.Offered:
		tone = ui.Care
	case waiting.Taken:
		tone = ui.Good
	}
	return ui.TagOf{Label: label, Tone: tone}
}

// offerKey says why a time is held for the reader.
func offerKey(r reservation.Reservation) string {
	switch r.Source {
	case "draw":
		return "waiting.offer.draw"
	case waiting.Source:
		return "waiting.offer.turn"
	}
	return "waiting.offer.instead"
}

// windowDays are the days between which resting time is let again.
func windowDays(ctx context.Context, w waiting.Window) string {
	return i18n.From(ctx).Days(jp.DateOf(w.From), jp.DateOf(w.Until))
}

// lead says what becomes of time that is given back.
func lead(ctx context.Context, r rules.Reopening) string {
	if r.RestTo == 0 {
		return tr(ctx, "waiting.room.lead")
	}
	return tr(ctx, "waiting.room.lead.rest")
}

func (a askData) band() string {
	if a.To == 0 {
		return ""
	}
	return bandValue(a.From, a.To)
}

func times(ctx context.Context, from, to int) string { return i18n.From(ctx).Times(from, to) }

func roomLine(ctx context.Context, r reservation.RoomInfo) string {
	loc := i18n.From(ctx)
	return loc.Text(r.Place()) + " " + loc.Text(r.Name)
}

func columns(ctx context.Context) []ui.Column[line] {
	loc := i18n.From(ctx)
	return []ui.Column[line]{
		{Label: tr(ctx, "waiting.field.time"), Head: true, Cell: func(l line) templ.Component { return ui.When(l.Span.Start, l.Span.End) }},
		{Label: tr(ctx, "waiting.field.room"), Cell: func(l line) templ.Component { return roomLink(l) }},
		{Label: tr(ctx, "waiting.field.who"), Text: func(l line) string { return l.Who }},
		{Label: tr(ctx, "waiting.field.people"), Number: true, Text: func(l line) string { return loc.Number(l.Headcount) }},
		{Label: tr(ctx, "waiting.field.place"), Cell: func(l line) templ.Component { return ui.Tag(stateTag(ctx, l)) }},
	}
}
