package papers

import (
	"context"

	"github.com/a-h/templ"

	"kakehashi/platform/i18n"
	"kakehashi/ui"
)

// sheetFacts are the facts of a sheet, with the sum it is about first.
func sheetFacts(s Sheet) []ui.Definition {
	var out []ui.Definition
	if s.Amount != "" {
		out = append(out, ui.Definition{Term: s.AmountName, Is: amountView(s)})
	}
	for _, f := range s.Facts {
		is := ui.Say(f.Value)
		if f.Data {
			is = ui.Verbatim(f.Value)
		}
		out = append(out, ui.Definition{Term: f.Label, Is: is})
	}
	return out
}

// feeTable is how the fee comes about.
func feeTable(s Sheet) ui.TableOf[[2]string] {
	last := s.Lines[len(s.Lines)-1]
	return ui.TableOf[[2]string]{
		Caption: s.LinesName, Keep: true, Rows: s.Lines[:len(s.Lines)-1], Foot: last[:],
		Columns: []ui.Column[[2]string]{
			{Label: s.LinesHead[0], Head: true, Text: func(l [2]string) string { return l[0] }},
			{Label: s.LinesHead[1], Number: true, Text: func(l [2]string) string { return l[1] }},
		},
	}
}

// standingKey is the message for what a permit is worth.
//
//i18n:uses papers.check.valid* papers.check.changed* papers.check.cancelled*
func standingKey(s Standing) string { return "papers.check." + string(s) }

func standingTone(s Standing) ui.Tone {
	switch s {
	case Valid:
		return ui.Good
	case Changed:
		return ui.Care
	}
	return ui.Bad
}

// checkFacts are what the caretaker may know: of a person alone no name.
func checkFacts(ctx context.Context, k checkData) []ui.Definition {
	loc := i18n.From(ctx)
	who := ui.T("papers.check.person")
	if len(k.Group) > 0 {
		who = ui.Verbatim(loc.Text(k.Group))
	}
	return []ui.Definition{
		{Term: loc.T("papers.field.place"), Is: ui.Say(k.place(loc))},
		{Term: loc.T("papers.field.when"), Is: ui.Say(when(loc, k.Reservation))},
		{Term: loc.T("papers.day.who"), Is: who},
		{Term: loc.T("papers.field.people"), Is: ui.Say(loc.T("papers.people", "count", k.Headcount))},
	}
}

// dayTable is the list of a day.
func dayTable(ctx context.Context, d dayData) ui.TableOf[dayLine] {
	loc := i18n.From(ctx)
	return ui.TableOf[dayLine]{
		Caption: loc.T("papers.day.title"), HideCaption: true, Rows: d.Lines,
		Empty: ui.EmptyOf{Title: loc.T("papers.day.empty")},
		Columns: []ui.Column[dayLine]{
			{Label: loc.T("papers.day.time"), Cell: func(l dayLine) templ.Component { return clockOf(l) }},
			{Label: loc.T("papers.day.room"), Text: func(l dayLine) string { return loc.Text(l.Room.Name) }},
			{Label: loc.T("papers.day.who"), Head: true, Cell: func(l dayLine) templ.Component { return permitLink(l) }},
			{Label: loc.T("papers.field.receipt"), Text: func(l dayLine) string { return l.Receipt }},
			{Label: loc.T("papers.day.permit"), Cell: func(l dayLine) templ.Component { return ui.Tag(l.state(loc)) }},
		},
	}
}
