package desk

import (
	"context"
	"io"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/use"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/table"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

func tr(ctx context.Context, key string, args ...any) string { return i18n.T(ctx, key, args...) }

// pointKey says what points were given for.
//
//i18n:uses use.offence.*
func pointKey(k use.Offence) string { return "use.offence." + string(k) }

// whoOf names who comes: the group, or the person alone.
func whoOf(loc *i18n.Localizer, e use.Entry) string {
	if name := loc.Text(e.Group); name != "" {
		return name
	}
	return e.Who
}

// clock is a time of the day of the entry; "" for the zero time.
func clock(e use.Entry, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return jp.FormatClock(int(t.Sub(e.Reservation.Day().At(0)).Minutes()))
}

func count(n int64) string {
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

// stateOf says how far an entry of the day has come.
func stateOf(ctx context.Context, e use.Entry) ui.TagOf {
	switch {
	case e.State == reservation.NoShow:
		return ui.TagOf{Label: tr(ctx, "use.state.no_show"), Tone: ui.Bad}
	case e.Kind != reservation.ForUse:
		return ui.TagOf{Label: tr(ctx, "use.state.office")}
	case !e.Day.Ended.IsZero():
		return ui.TagOf{Label: tr(ctx, "use.state.ended")}
	case !e.Day.Arrived.IsZero():
		return ui.TagOf{Label: tr(ctx, "use.state.here"), Tone: ui.Good, Icon: ui.IconCheck}
	case e.Late:
		return ui.TagOf{Label: tr(ctx, "use.state.late"), Tone: ui.Care, Icon: ui.IconWarning}
	}
	return ui.TagOf{Label: tr(ctx, "use.state.waited")}
}

// dayColumns are the columns of the list of the day.
func dayColumns(ctx context.Context, o dayData) []ui.Column[use.Entry] {
	loc := i18n.From(ctx)
	return []ui.Column[use.Entry]{
		{Label: tr(ctx, "use.field.when"), Head: true, Cell: func(e use.Entry) templ.Component { return entryLink(e) }},
		{Label: tr(ctx, "use.field.room"), Cell: func(e use.Entry) templ.Component { return ui.Text(e.Room) }},
		{Label: tr(ctx, "use.field.who"), Text: func(e use.Entry) string { return whoOf(loc, e) }},
		{Label: tr(ctx, "use.field.people"), Number: true, Text: func(e use.Entry) string {
			if e.Day.Headcount > 0 {
				return count(e.Day.Headcount)
			}
			return count(e.Reservation.Headcount)
		}},
		{Label: tr(ctx, "use.field.state"), Cell: func(e use.Entry) templ.Component { return ui.Tag(stateOf(ctx, e)) }},
		{Label: tr(ctx, "use.field.do"), Act: true, Cell: func(e use.Entry) templ.Component { return entryActs(o, e) }},
	}
}

// hand is what is to be handed to an entry now and lies in its place.
func (o dayData) hand(e use.Entry, now time.Time) (out []use.Thing) {
	if !use.Open(e.Reservation, now) || !e.Day.Ended.IsZero() {
		return nil
	}
	for _, t := range use.Asked(e.Reservation, o.Things) {
		if !o.Out[t.ID] {
			out = append(out, t)
		}
	}
	return out
}

// dayActs are the other pages of the day.
func dayActs(ctx context.Context, o dayData) []ui.Act {
	loc, q := i18n.From(ctx), "?facility="+o.Here.ID.String()
	out := []ui.Act{
		{Label: tr(ctx, "use.things.title"), Href: "/office/use/things" + q, Icon: ui.IconKey},
		{Label: tr(ctx, "use.board.open"), Href: "/today/" + o.Here.ID.String() + "/board?lang=en", Icon: ui.IconPlace},
		{Label: tr(ctx, "use.points.office"), Href: "/office/use/points", Icon: ui.IconList},
		{Label: tr(ctx, "use.place.title"), Href: "/office/use/place" + q, Icon: ui.IconEdit},
	}
	for _, f := range table.Formats {
		out = append(out, ui.Act{Label: f.Label(loc), Href: "/office/use/export" + q + "&format=" + f.String(), Icon: ui.IconDownload})
	}
	return out
}

func thingColumns(ctx context.Context, o thingsData) []ui.Column[use.Thing] {
	loc := i18n.From(ctx)
	rooms := map[string]string{}
	for _, r := range o.Rooms {
		rooms[r.ID.String()] = loc.Text(r.Name)
	}
	return []ui.Column[use.Thing]{
		{Label: tr(ctx, "use.field.thing"), Head: true, Cell: func(t use.Thing) templ.Component { return thingLink(t) }},
		{Label: tr(ctx, "use.field.kind"), Text: func(t use.Thing) string { return tr(ctx, kindKey(t.Kind)) }},
		{Label: tr(ctx, "use.field.room"), Text: func(t use.Thing) string { return rooms[t.Room.String()] }},
		{Label: tr(ctx, "use.field.out"), Cell: func(t use.Thing) templ.Component { return outView(o, t) }},
		{Label: tr(ctx, "use.field.do"), Act: true, Cell: func(t use.Thing) templ.Component { return thingActs(t) }},
	}
}

// kindKey names the kind of a thing.
//
//i18n:uses use.kind.*
func kindKey(kind string) string { return "use.kind." + kind }

func kindOptions(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: use.Key, Label: tr(ctx, kindKey(use.Key))}, {Value: use.Equipment, Label: tr(ctx, kindKey(use.Equipment))}}
}

func roomOptions(ctx context.Context, o thingsData) []ui.Option {
	loc := i18n.From(ctx)
	out := []ui.Option{{Label: tr(ctx, "use.thing.anywhere")}}
	for _, r := range o.Rooms {
		out = append(out, ui.Option{Value: r.ID.String(), Label: loc.Text(r.Name)})
	}
	return out
}

// logColumns say who had a thing.
func logColumns(ctx context.Context, o thingData) []ui.Column[use.Loan] {
	return []ui.Column[use.Loan]{
		{Label: tr(ctx, "use.field.who"), Head: true, Text: func(l use.Loan) string { return o.Holders[l.ID] }},
		{Label: tr(ctx, "use.field.handed"), Cell: func(l use.Loan) templ.Component { return ui.Moment(l.Out) }},
		{Label: tr(ctx, "use.field.back"), Cell: func(l use.Loan) templ.Component { return ui.Moment(l.Back) }},
	}
}

// checkOptions are what a group can say of how it left the room.
//
//i18n:uses use.check.*
func checkOptions(ctx context.Context) []ui.Option {
	out := make([]ui.Option, len(use.Checks))
	for i, k := range use.Checks {
		out[i] = ui.Option{Value: k, Label: tr(ctx, "use.check."+k)}
	}
	return out
}

// bandKey names an age band.
//
//i18n:uses use.band.*
func bandKey(i int) string { return "use.band." + strconv.Itoa(i+1) }

func langOptions(ctx context.Context) []ui.Option {
	out := []ui.Option{{Label: tr(ctx, "use.report.lang.none")}}
	for _, l := range i18n.Langs {
		if l != i18n.JaEasy {
			out = append(out, ui.Option{Value: string(l), Label: l.Name(), In: l})
		}
	}
	return out
}

// pointColumns are the columns of the office's list.
func pointColumns(ctx context.Context) []ui.Column[pointLine] {
	return []ui.Column[pointLine]{
		{Label: tr(ctx, "use.field.day"), Head: true, Cell: func(l pointLine) templ.Component { return pointLink(l) }},
		{Label: tr(ctx, "use.field.who"), Text: func(l pointLine) string { return l.Who }},
		{Label: tr(ctx, "use.field.why"), Text: func(l pointLine) string { return tr(ctx, pointKey(l.Kind)) }},
		{Label: tr(ctx, "use.field.points"), Number: true, Text: func(l pointLine) string { return strconv.Itoa(l.Points) }},
		{Label: tr(ctx, "use.field.state"), Cell: func(l pointLine) templ.Component { return ui.Tag(pointTag(ctx, l)) }},
	}
}

func pointTag(ctx context.Context, l pointLine) ui.TagOf {
	switch {
	case !l.Lifted.IsZero():
		return ui.TagOf{Label: tr(ctx, "use.point.lifted"), Tone: ui.Good}
	case l.Suspension != 0:
		return ui.TagOf{Label: tr(ctx, "use.point.spent"), Tone: ui.Care}
	}
	return ui.TagOf{Label: tr(ctx, "use.point.counts")}
}

// facts of one arrival.
func (a arriveData) facts(ctx context.Context) []ui.Definition {
	return []ui.Definition{
		{Term: tr(ctx, "use.field.who"), Is: ui.Verbatim(a.Who)},
		{Term: tr(ctx, "use.field.when"), Is: ui.When(a.Span.Start, a.Span.End)},
		{Term: tr(ctx, "use.field.room"), Is: ui.Join(ui.Text(a.Place), ui.Text(a.Room))},
	}
}

// reportFacts are what a filed report says.
func reportFacts(ctx context.Context, r use.Report) []ui.Definition {
	loc := i18n.From(ctx)
	out := []ui.Definition{
		{Term: tr(ctx, "use.field.when"), Is: ui.Say(loc.Times(r.Started, r.Ended))},
		{Term: tr(ctx, "use.field.people"), Is: ui.Say(headsLine(ctx, r))},
	}
	var done []string
	for _, k := range r.Checks {
		done = append(done, tr(ctx, "use.check."+k))
	}
	if len(done) > 0 {
		out = append(out, ui.Definition{Term: tr(ctx, "use.report.checks"), Is: ui.Say(loc.List(done))})
	}
	if r.Note != "" {
		out = append(out, ui.Definition{Term: tr(ctx, "use.report.note"), Is: ui.Verbatim(r.Note)})
	}
	return out
}

// headsLine says how many of which age came.
func headsLine(ctx context.Context, r use.Report) string {
	loc := i18n.From(ctx)
	parts := []string{}
	for i, band := range use.Bands {
		if n := r.Heads[band]; n > 0 {
			parts = append(parts, tr(ctx, "use.report.heads", "band", tr(ctx, bandKey(i)), "n", n))
		}
	}
	return tr(ctx, "use.report.sum", "n", r.Sum(), "parts", loc.List(parts))
}

// entryMinutes are the start and end of an entry after midnight of its day.
func entryMinutes(e use.Entry) (from, to int) {
	day := e.Reservation.Day()
	return int(e.Span.Start.Sub(day.At(0)).Minutes()), int(e.Span.End.Sub(day.At(0)).Minutes())
}

// ctxNow is the instant of the request, by the database's clock.
func ctxNow(ctx context.Context) time.Time {
	if c := web.From(ctx); c != nil {
		return c.Now()
	}
	return time.Time{}
}

// firstLook makes the first choice the one to press.
func firstLook(i int) ui.Look {
	if i == 0 {
		return ui.Primary
	}
	return ui.Quiet
}

// reportLine names the room and time of a report.
func reportLine(ctx context.Context, n named) string {
	loc := i18n.From(ctx)
	return loc.Range(n.Span.Start, n.Span.End) + " " + loc.Text(n.Room)
}

// faultFacts say what is broken, and what was done about it.
func faultFacts(ctx context.Context, f faultData) []ui.Definition {
	out := []ui.Definition{{Term: tr(ctx, "use.report.what"), Is: ui.Verbatim(f.What)}}
	if f.Who != "" {
		out = append(out, ui.Definition{Term: tr(ctx, "use.field.who"), Is: ui.Verbatim(f.Who)})
	}
	if !f.Settled.IsZero() {
		out = append(out, ui.Definition{Term: tr(ctx, "use.fault.outcome"), Is: ui.Join(ui.Verbatim(f.Outcome), ui.Moment(f.Settled))})
	}
	return out
}

// panelFacts say what happened on the day, to the clerk.
func panelFacts(ctx context.Context, o panelData) []ui.Definition {
	var out []ui.Definition
	if !o.Day.Arrived.IsZero() {
		out = append(out, ui.Definition{Term: tr(ctx, "use.field.arrived"), Is: ui.Join(ui.Moment(o.Day.Arrived), ui.T("use.people", "n", o.Day.Headcount))})
	}
	if !o.Day.Ended.IsZero() {
		out = append(out, ui.Definition{Term: tr(ctx, "use.field.ended"), Is: ui.Moment(o.Day.Ended)})
	}
	for _, l := range o.Loans {
		out = append(out, ui.Definition{Term: tr(ctx, "use.field.out"), Is: ui.Verbatim(l.Name)})
	}
	return out
}

// pointFacts say what was given for what, and until when it counts.
func pointFacts(ctx context.Context, l pointLine) []ui.Definition {
	out := []ui.Definition{
		{Term: tr(ctx, "use.field.why"), Is: ui.T(pointKey(l.Kind))},
		{Term: tr(ctx, "use.field.points"), Is: ui.Number(int64(l.Points))},
		{Term: tr(ctx, "use.field.when"), Is: ui.When(l.Span.Start, l.Span.End)},
		{Term: tr(ctx, "use.field.room"), Is: ui.Join(ui.Text(l.Place), ui.Text(l.Room))},
	}
	switch {
	case !l.Lifted.IsZero():
		out = append(out, ui.Definition{Term: tr(ctx, "use.point.lifted"), Is: ui.Verbatim(l.Reason)})
	case l.Suspension == 0 && !l.Ends.IsZero():
		out = append(out, ui.Definition{Term: tr(ctx, "use.point.ends"), Is: ui.Date(l.Ends)})
	}
	return out
}

func holderTitle(ctx context.Context, h holderPoints) string {
	if h.Name == "" {
		return tr(ctx, "use.points.me")
	}
	return h.Name
}

// noticeFacts are the room and time of a letter.
func noticeFacts(ctx context.Context, n reservation.Notice) []ui.Definition {
	loc := i18n.From(ctx)
	return []ui.Definition{
		{Term: tr(ctx, "use.field.when"), Is: ui.Say(loc.Range(db.Time(n.Start), db.Time(n.End)))},
		{Term: tr(ctx, "use.field.room"), Is: ui.Join(ui.Text(n.Place), ui.Text(n.Room))},
		{Term: tr(ctx, "use.field.receipt"), Is: ui.Verbatim(n.Receipt)},
	}
}

// paperReport prints the form with readings over kanji.
func paperReport(n use.ReportNotice, link string) templ.Component {
	body := paperForm(n, link)
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error { return body.Render(ui.WithFurigana(ctx, true), w) })
}
