package desk

import (
	"context"

	"github.com/a-h/templ"

	"kakehashi/domains/places/blocks"
	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/ui"
)

func listColumns(ctx context.Context) []ui.Column[blocks.Block] {
	return []ui.Column[blocks.Block]{
		{Label: tr(ctx, "blocks.field.reason"), Head: true, Cell: func(b blocks.Block) templ.Component { return reasonLink(b) }},
		{Label: tr(ctx, "blocks.field.kind"), Cell: func(b blocks.Block) templ.Component { return kindTag(b.Kind, !b.Removed.IsZero()) }},
		{Label: tr(ctx, "blocks.field.last"), Cell: func(b blocks.Block) templ.Component { return ui.Date(b.Last) }},
	}
}

func facilityItems(_ context.Context, all []facility.Facility) []ui.ListItem {
	out := make([]ui.ListItem, len(all))
	for i, f := range all {
		out[i] = ui.ListItem{Href: "/office/blocks/new?facility=" + f.ID.String(), Title: ui.Text(f.Name)}
	}
	return out
}

func oustedItems(_ context.Context, all []oustedRow) []ui.ListItem {
	out := make([]ui.ListItem, len(all))
	for i, r := range all {
		out[i] = ui.ListItem{Href: "/office/reservations/" + r.ID.String(), Lead: ui.When(r.Span.Start, r.Span.End), Title: ui.Verbatim(r.Who)}
		if r.Offered != 0 {
			out[i].Note = ui.T("blocks.ousted.offered")
		}
	}
	return out
}

// nearItems lead to booking a free time with one press.
func nearItems(all []reservation.Vacancy) []ui.ListItem {
	out := make([]ui.ListItem, len(all))
	for i, v := range all {
		day := jp.DateOf(v.Span.Start)
		from := int(v.Span.Start.Sub(day.At(0)).Minutes())
		out[i] = ui.ListItem{
			Href: reservation.Link(v.Room, day, from, from+v.Span.Minutes()), Lead: ui.When(v.Span.Start, v.Span.End),
			Title: ui.Join(ui.Text(v.Place), ui.Text(v.Name)),
		}
	}
	return out
}
