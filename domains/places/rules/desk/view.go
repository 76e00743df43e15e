package desk

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"kakehashi/domains/places/rules"
	"kakehashi/domains/places/rules/replay"
	"kakehashi/engines/jp"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

//i18n:uses rules.state.*
func tone(s rules.State) ui.Tone {
	switch s {
	case rules.Draft:
		return ui.Info
	case rules.Withdrawn:
		return ui.Care
	}
	return ui.Good
}

// items are rules as lines that lead to them.
func (e env) items(ctx context.Context, all []rules.Rule) []ui.ListItem {
	out := make([]ui.ListItem, len(all))
	for i, r := range all {
		out[i] = ui.ListItem{
			Href: rulePath(r.ID), Lead: ui.Say(e.since(r, jp.Date{})),
			Title: ui.Say(e.place(r.Facility) + " · " + i18n.T(ctx, "rules.state."+string(r.State))), Note: ui.Verbatim(r.Note),
		}
	}
	return out
}

// clock lets a new line begin at midnight.
func clock(f formData, in ui.Input) ui.Input {
	in.Required = true
	if !f.Values.Has(in.Name) {
		in.Value = "0"
	}
	return in
}

// lineName says what a line of the list is: the message rules.line.NAME.
//
//i18n:uses rules.line.*
//i18n:uses rules.do.add.*
func lineName(_ rules.Kind, of field) string { return of.name }

func (p previewData) tabs(ctx context.Context) []ui.Tab {
	var out []ui.Tab
	for _, m := range previewMonths {
		out = append(out, ui.Tab{
			Label: p.count("months", m), Href: rulePath(p.Rule.ID) + "/preview?months=" + strconv.Itoa(m), Count: -1, Here: m == p.Months,
		})
	}
	return out
}

// amount says yen or points.
func (p previewData) amount(n int64) string {
	if p.Money {
		return p.loc.Yen(n)
	}
	return p.count("points", int(n))
}

func (p previewData) changes(ctx context.Context) ui.TableOf[replay.Change] {
	return ui.TableOf[replay.Change]{
		Caption: i18n.T(ctx, "rules.preview.which", "n", len(p.Result.Changes)), Rows: p.Result.Changes,
		Columns: []ui.Column[replay.Change]{
			{Label: i18n.T(ctx, "rules.preview.when"), Head: true, Cell: func(c replay.Change) templ.Component { return changedLink(c) }},
			{Label: i18n.T(ctx, "rules.field.room"), Text: func(c replay.Change) string { return p.roomName(c.Room.ID) }},
			{Label: i18n.T(ctx, "rules.preview.who"), Text: func(c replay.Change) string { return p.groupKind(c.Who.Kind) }},
			{Label: i18n.T(ctx, "rules.preview.what"), Cell: func(c replay.Change) templ.Component { return why(c) }},
		},
	}
}

func (p previewData) sums(ctx context.Context) ui.TableOf[replay.Sum] {
	return ui.TableOf[replay.Sum]{
		Caption: i18n.T(ctx, "rules.preview.biggest"), Rows: p.Result.Sums,
		Columns: []ui.Column[replay.Sum]{
			{Label: i18n.T(ctx, "rules.field.room"), Head: true, Text: func(s replay.Sum) string { return p.roomName(s.Room) }},
			{Label: i18n.T(ctx, "rules.preview.who"), Text: func(s replay.Sum) string { return p.groupKind(s.Kind) }},
			{Label: i18n.T(ctx, "rules.preview.bookings"), Number: true, Text: func(s replay.Sum) string { return p.loc.Number(int64(s.Count)) }},
			{Label: i18n.T(ctx, "rules.preview.before"), Number: true, Text: func(s replay.Sum) string { return p.amount(s.Before) }},
			{Label: i18n.T(ctx, "rules.preview.after"), Number: true, Text: func(s replay.Sum) string { return p.amount(s.After) }},
		},
	}
}

// reason says a refusal in the reader's words.
func reason(ctx context.Context, err error) string {
	p := web.From(ctx).Problem(err)
	for _, text := range p.Fields {
		return text
	}
	return p.Title
}

func (d publicData) lead(ctx context.Context) string {
	if d.Facility.ID != 0 {
		return d.loc.Text(d.Facility.Name)
	}
	return i18n.T(ctx, "rules.public.lead")
}

// others are the other places that have rules, and the city's own.
func (d publicData) others(ctx context.Context) []ui.ListItem {
	var out []ui.ListItem
	if d.Facility.ID != 0 {
		out = append(out, ui.ListItem{Href: Path, Title: ui.T("rules.city")})
	}
	for _, f := range d.Others {
		out = append(out, ui.ListItem{Href: Path + "?facility=" + f.ID.String(), Title: ui.Text(f.Name)})
	}
	return out
}
