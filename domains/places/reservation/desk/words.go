package desk

import (
	"context"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/letter"
	"kakehashi/engines/jp"
	"kakehashi/platform/i18n"
	"kakehashi/platform/table"
	"kakehashi/ui"
)

func stepLabels(ctx context.Context) []string {
	return []string{tr(ctx, "reservation.step.when"), tr(ctx, "reservation.step.who"), tr(ctx, "reservation.step.what"), tr(ctx, "reservation.step.check")}
}

// roomLine names the facility and the room.
func roomLine(ctx context.Context, r reservation.RoomInfo) string {
	loc := i18n.From(ctx)
	return loc.Text(r.Place()) + " " + loc.Text(r.Name)
}

func bandValue(d draft) string {
	if d.To == 0 {
		return ""
	}
	return strconv.Itoa(d.From) + "-" + strconv.Itoa(d.To)
}

// minutes is a time of day as its field sends it, "" while none is chosen.
func minutes(n, to int) string {
	if to == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return ""
}

func everyOptions(ctx context.Context) []ui.Option {
	out := make([]ui.Option, len(reservation.EveryWay))
	for i, e := range reservation.EveryWay {
		out[i] = ui.Option{Value: string(e), Label: tr(ctx, "reservation.every."+string(e))}
	}
	return out
}

// summary is what the reader checks before booking.
func (b bookData) summary(ctx context.Context) []ui.Definition {
	d, loc := b.Draft, i18n.From(ctx)
	holder := tr(ctx, "reservation.for.me", "name", b.Name)
	for _, g := range b.Groups {
		if g.Value == d.For {
			holder = g.Label
		}
	}
	out := []ui.Definition{
		{Term: tr(ctx, "reservation.field.when"), Is: ui.When(d.span().Start, d.span().End)},
		{Term: tr(ctx, "reservation.field.room"), Is: ui.Say(roomLine(ctx, b.Room))},
		{Term: tr(ctx, "reservation.field.for"), Is: ui.Say(holder)},
		{Term: tr(ctx, "reservation.field.people"), Is: ui.T("reservation.people", "count", d.People)},
		{Term: tr(ctx, "reservation.field.purpose"), Is: ui.Verbatim(d.Purpose)},
	}
	if d.Public {
		out = append(out, ui.Definition{Term: tr(ctx, "reservation.field.title"), Is: ui.In(loc.Lang(), d.Title)})
	}
	if d.repeats() {
		out = append(out, ui.Definition{Term: tr(ctx, "reservation.field.every"), Is: ui.T("reservation.every." + string(d.Every))})
	}
	if b.Room.FeeYen > 0 && len(b.Panels) == 0 {
		out = append(out, ui.Definition{Term: tr(ctx, "reservation.field.fee"), Is: ui.T("reservation.fee", "yen", loc.Yen(b.Room.FeeYen))})
	}
	return out
}

// whoActs are what else one may do where it is asked who uses the room.
func whoActs(ctx context.Context, b bookData) []ui.Act {
	acts := []ui.Act{{Label: tr(ctx, "reservation.back.when"), Href: b.Draft.back(stepWhen)}}
	if b.Helper && !b.Behalf {
		acts = append(acts, ui.Act{Label: tr(ctx, "reservation.for.other"), Href: "/office/act-for", Icon: ui.IconHand})
	}
	return acts
}

func bookLabel(ctx context.Context, b bookData) string {
	if b.Room.Approval {
		return tr(ctx, "reservation.request")
	}
	return tr(ctx, "reservation.book")
}

// vacancyLabel says what one press takes: the time, and the room where it is
// another one.
func vacancyLabel(ctx context.Context, v reservation.Vacancy, wished reservation.RoomInfo) string {
	loc := i18n.From(ctx)
	when := loc.Range(v.Span.Start, v.Span.End)
	if v.Room == wished.ID {
		return when
	}
	room := loc.Text(v.Name)
	if place := loc.Text(v.Place); place != loc.Text(wished.Place()) {
		room = place + " " + room
	}
	return room + " · " + when
}

// looks makes the nearest choice the one to press.
func looks(i int) ui.Look {
	if i == 0 {
		return ui.Primary
	}
	return ui.Quiet
}

// searchPath searches the same time everywhere.
func searchPath(d draft) string {
	q := url.Values{"on": {d.Day.String()}}
	if d.To > 0 {
		q.Set("from", strconv.Itoa(d.From))
		q.Set("to", strconv.Itoa(d.To))
	}
	if d.People > 0 {
		q.Set("people", number(d.People))
	}
	return "/places/search?" + q.Encode()
}

// skippedItems lists the days that a series cannot have: why, and what is free
// instead.
func skippedItems(ctx context.Context, skipped []reservation.Skip) []ui.ListItem {
	loc := i18n.From(ctx)
	out := make([]ui.ListItem, len(skipped))
	for i, s := range skipped {
		out[i] = ui.ListItem{Lead: ui.Date(s.Day), Title: ui.T(s.Key)}
		if v := s.Near; v != nil {
			day := jp.DateOf(v.Span.Start)
			from := int(v.Span.Start.Sub(day.At(0)).Minutes())
			out[i].Href = reservation.Link(v.Room, day, from, from+v.Span.Minutes())
			out[i].Note = ui.T("reservation.skip.near", "room", loc.Text(v.Name), "when", loc.Range(v.Span.Start, v.Span.End))
		}
	}
	return out
}

// aboutFacts are what those concerned see of a reservation.
func aboutFacts(ctx context.Context, o oneData) []ui.Definition {
	out := letter.Definitions(ctx, o.Letter.Facts(i18n.From(ctx)))
	for _, f := range []letter.Fact{{Key: "reservation.field.for", Value: o.Group}, {Key: "reservation.field.person", Value: o.Who}, {Key: "reservation.field.by", Value: o.By}} {
		if f.Value != "" {
			out = append(out, ui.Definition{Term: tr(ctx, f.Key), Is: ui.Verbatim(f.Value)})
		}
	}
	if o.Public() {
		out = append(out, ui.Definition{Term: tr(ctx, "reservation.field.title"), Is: ui.Text(o.PublicTitle)})
	}
	return out
}

// otherActs are what else one may do with a reservation.
func otherActs(ctx context.Context, o oneData) []ui.Act {
	acts := []ui.Act{
		{Label: tr(ctx, "reservation.ics"), Href: reservation.Path(o.ID) + "/calendar.ics", Icon: ui.IconCalendar},
		{Label: tr(ctx, "reservation.print"), Href: reservation.Path(o.ID) + "/print", Icon: ui.IconPrint},
	}
	if o.Series != nil {
		acts = append(acts, ui.Act{Label: tr(ctx, o.seriesKey()), Href: reservation.Path(o.ID) + "/series", Icon: ui.IconList})
	}
	return acts
}

// seriesItems are the reservations of a series; the room is named where it is
// another than the one the page is about.
func seriesItems(ctx context.Context, o oneData) []ui.ListItem {
	out := make([]ui.ListItem, len(o.Booked))
	for i, l := range o.Booked {
		out[i] = ui.ListItem{
			Href: reservation.Path(l.ID), Lead: ui.When(l.Span.Start, l.Span.End), Title: ui.Tag(stateTag(ctx, l.Reservation)),
			Note: ui.Verbatim(l.Receipt),
		}
		if l.Reservation.Room != o.Reservation.Room {
			out[i].Title = ui.Join(ui.Text(l.Place), ui.Text(l.Room), ui.Tag(stateTag(ctx, l.Reservation)))
		}
	}
	return out
}

// publicFacts are what anybody may know of a reservation that is open to all.
func publicFacts(ctx context.Context, o oneData) []ui.Definition {
	out := []ui.Definition{
		{Term: tr(ctx, "reservation.field.when"), Is: ui.When(o.Span.Start, o.Span.End)},
		{Term: tr(ctx, "reservation.field.place"), Is: ui.Say(roomLine(ctx, o.Room))},
		{Term: tr(ctx, "reservation.field.address"), Is: ui.Verbatim(o.Room.Address())},
	}
	if o.Group != "" {
		out = append(out, ui.Definition{Term: tr(ctx, "reservation.field.for"), Is: ui.Verbatim(o.Group)})
	}
	return out
}

func stateOptions(ctx context.Context) []ui.Option {
	out := make([]ui.Option, len(states))
	for i, s := range states {
		out[i] = ui.Option{Value: string(s), Label: tr(ctx, "reservation.state."+string(s))}
	}
	return out
}

func officeColumns(ctx context.Context) []ui.Column[line] {
	return []ui.Column[line]{
		{Label: tr(ctx, "reservation.field.when"), Head: true, Cell: func(l line) templ.Component { return whenLink(l) }},
		{Label: tr(ctx, "reservation.field.room"), Cell: func(l line) templ.Component { return ui.Join(ui.Text(l.Place), ui.Text(l.Room)) }},
		{Label: tr(ctx, "reservation.field.for"), Text: func(l line) string {
			if l.Group != "" {
				return l.Group
			}
			return l.Who
		}},
		{Label: tr(ctx, "reservation.field.people"), Number: true, Text: func(l line) string { return number(l.Headcount) }},
		{Label: tr(ctx, "reservation.field.state"), Cell: func(l line) templ.Component { return ui.Tag(stateTag(ctx, l.Reservation)) }},
		{Label: tr(ctx, "reservation.field.receipt"), Text: func(l line) string { return l.Receipt }},
	}
}

func exportActs(ctx context.Context, o officeData) []ui.Act {
	loc := i18n.From(ctx)
	out := make([]ui.Act, len(table.Formats))
	for i, f := range table.Formats {
		out[i] = ui.Act{Label: f.Label(loc), Href: o.exportPath(f), Icon: ui.IconDownload}
	}
	return out
}

func officeActs(ctx context.Context, o oneData) []ui.Act {
	acts := otherActs(ctx, o)
	if o.Open {
		acts = append(acts,
			ui.Act{Label: tr(ctx, "reservation.change"), Href: reservation.Path(o.ID) + "/change", Icon: ui.IconEdit},
			ui.Act{Label: tr(ctx, "reservation.cancel"), Href: reservation.Path(o.ID) + "/cancel", Icon: ui.IconCross})
	}
	return acts
}
