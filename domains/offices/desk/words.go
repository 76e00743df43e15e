package desk

import (
	"context"

	"github.com/a-h/templ"

	"kakehashi/platform/db"
	"kakehashi/platform/deliver/paper"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/table"
	"kakehashi/ui"
)

// officeID is an office in an address; 0 = the first of the clerk's.
type officeID = db.ID

// anyChoice is how a choice that leaves nothing out is sent; ParseView drops it.
const anyChoice = "any"

func orAny(s string) string {
	if s == "" {
		return anyChoice
	}
	return s
}

func anyOf(ctx context.Context, options []ui.Option) []ui.Option {
	return append([]ui.Option{{Value: anyChoice, Label: i18n.T(ctx, "offices.inbox.any")}}, options...)
}

func stateValue(s inbox.State) string {
	if s == inbox.StateOpen {
		return "open"
	}
	return string(s)
}

// dueTabs lead to what presses; the counts are those of the chosen offices,
// whatever else the view leaves out.
func dueTabs(ctx context.Context, p pageData) []ui.Tab {
	at := func(due, key string, n int) ui.Tab {
		v := View{Office: p.View.Office, Due: due}
		return ui.Tab{Label: i18n.T(ctx, key), Href: v.Path("/office"), Count: int64(n), Here: p.View.Due == due && p.View.State == inbox.StateOpen && p.View.Who == ""}
	}
	mine := View{Office: p.View.Office, Who: WhoMine}
	return []ui.Tab{
		at(DueToday, "offices.inbox.tab.today", p.Numbers.Today+p.Numbers.Overdue),
		at(DueLate, "offices.inbox.tab.late", p.Numbers.Overdue),
		{Label: i18n.T(ctx, "offices.inbox.mine"), Href: mine.Path("/office"), Count: int64(p.Numbers.Mine), Here: p.View.Who == WhoMine && p.View.Due == ""},
		at("", "offices.inbox.tab.all", p.Numbers.All),
	}
}

func officeTabs(ctx context.Context, p pageData) []ui.Tab {
	tabs := []ui.Tab{{Label: i18n.T(ctx, "offices.inbox.all_offices"), Href: View{Due: p.View.Due}.Path("/office"), Count: -1, Here: p.View.Office == 0}}
	for _, o := range p.Offices {
		tabs = append(tabs, ui.Tab{Label: o.Name, Href: View{Office: o.ID, Due: p.View.Due}.Path("/office"), Count: -1, Here: p.View.Office == o.ID})
	}
	return tabs
}

// columns are what the list shows; beside an open item only what tells the
// lines apart, since the item says the rest.
func columns(ctx context.Context, p pageData) []ui.Column[line] {
	cols := []ui.Column[line]{
		{Label: i18n.T(ctx, "offices.inbox.due"), Class: "cell-due", Cell: dueCell},
		{Label: i18n.T(ctx, "offices.inbox.what"), Head: true, Cell: func(l line) templ.Component { return titleCell(p.View, l) }},
	}
	add := func(key string, cell func(line) templ.Component) {
		cols = append(cols, ui.Column[line]{Label: i18n.T(ctx, key), Cell: cell})
	}
	alone := p.Item == nil
	if alone {
		add("offices.inbox.kind", func(l line) templ.Component { return ui.Say(l.What) })
	}
	if alone && len(p.Offices) > 0 && p.View.Office == 0 {
		add("offices.inbox.office", func(l line) templ.Component { return ui.Say(l.Office) })
	}
	if alone {
		add("offices.inbox.since", func(l line) templ.Component { return ui.Ago(l.OpenedAt, p.Now) })
	}
	add("offices.inbox.who", whoCell)
	if alone && p.View.State != inbox.StateOpen {
		add("offices.inbox.outcome", closedCell)
	}
	return cols
}

func definitions(ctx context.Context, p pageData) []ui.Definition {
	l := *p.Item
	d := []ui.Definition{
		{Term: i18n.T(ctx, "offices.inbox.due"), Is: dueCell(l)},
		{Term: i18n.T(ctx, "offices.inbox.kind"), Is: ui.Say(l.What)},
		{Term: i18n.T(ctx, "offices.inbox.since"), Is: ui.Moment(l.OpenedAt)},
		{Term: i18n.T(ctx, "offices.inbox.who"), Is: whoCell(l)},
	}
	if l.Office != "" {
		d = append(d, ui.Definition{Term: i18n.T(ctx, "offices.inbox.office"), Is: ui.Say(l.Office)})
	}
	if !l.ClosedAt.IsZero() {
		d = append(d, ui.Definition{Term: i18n.T(ctx, "offices.inbox.outcome"), Is: closedCell(l)})
	}
	return d
}

func reasonInput(ctx context.Context, asked bool, typed string) ui.Input {
	if !asked {
		return ui.Input{}
	}
	return ui.Input{Name: "reason", Label: i18n.T(ctx, "offices.inbox.reason"), Value: typed, Length: maxReason}
}

func reasonArea(ctx context.Context, typed string) ui.Input {
	in := reasonInput(ctx, true, typed)
	in.Rows, in.Hint = 2, i18n.T(ctx, "offices.inbox.reason.hint")
	return in
}

func failedTitle(ctx context.Context, p pageData) string {
	if p.Done == 0 {
		return i18n.T(ctx, "offices.inbox.failed")
	}
	return i18n.T(ctx, "offices.inbox.failed.some", "count", p.Done)
}

func emptyInbox(ctx context.Context, p pageData) ui.EmptyOf {
	if p.View.Narrow() {
		return ui.EmptyOf{
			Title: i18n.T(ctx, "offices.inbox.none"),
			Act:   ui.Act{Label: i18n.T(ctx, "offices.inbox.show_all"), Href: View{Office: p.View.Office}.Path("/office")},
		}
	}
	return ui.EmptyOf{Title: i18n.T(ctx, "offices.inbox.empty"), Text: i18n.T(ctx, "offices.inbox.empty.text")}
}

// itemPath shows the item beside the same list, also on a phone, where it
// stands beneath.
func itemPath(v View, l line) string {
	v.Item = l.ID
	return v.Path("/office") + "#item"
}

func listPath(v View) string {
	v.Item = 0
	return v.Path("/office")
}

func firstPage(v View) string {
	if v.At == "" {
		return ""
	}
	v.At = ""
	return listPath(v)
}

func nextPage(v View, next string) string {
	if next == "" {
		return ""
	}
	v.At = next
	return listPath(v)
}

// exports are the ways out of the list, as it is filtered.
func exports(ctx context.Context, v View) (acts []ui.Act) {
	v.At, v.Item = "", 0
	for _, f := range table.Formats {
		acts = append(acts, ui.Act{Label: f.Label(i18n.From(ctx)), Href: v.Path("/office/export/" + f.String()), Icon: ui.IconDownload})
	}
	return append(acts, ui.Act{Label: i18n.T(ctx, "offices.print.title"), Href: "/office/print", Icon: ui.IconPrint})
}

func printOffices(p printData) (tabs []ui.Tab) {
	for _, o := range p.Offices {
		tabs = append(tabs, ui.Tab{Label: o.Name, Href: p.path(o.ID, p.Printed, 0), Count: -1, Here: o.ID == p.Office})
	}
	return tabs
}

func printTabs(ctx context.Context, p printData) []ui.Tab {
	return []ui.Tab{
		{Label: i18n.T(ctx, "offices.print.waiting"), Href: p.path(p.Office, false, 0), Count: int64(p.Waiting), Here: !p.Printed},
		{Label: i18n.T(ctx, "offices.print.printed"), Href: p.path(p.Office, true, 0), Count: -1, Here: p.Printed},
	}
}

func letterColumns(ctx context.Context, p printData) []ui.Column[paper.Page] {
	cols := []ui.Column[paper.Page]{
		{Label: i18n.T(ctx, "offices.print.what"), Head: true, Cell: func(l paper.Page) templ.Component { return letterTitle(p, l) }},
		{Label: i18n.T(ctx, "offices.print.to"), Text: func(l paper.Page) string { return l.Name }},
		{Label: i18n.T(ctx, "offices.print.lang"), Cell: func(l paper.Page) templ.Component { return ui.In(l.Lang, l.Lang.Name()) }},
		{Label: i18n.T(ctx, "offices.inbox.since"), Cell: func(l paper.Page) templ.Component { return ui.Moment(l.ID.Time()) }},
	}
	if p.Printed {
		cols = append(cols, ui.Column[paper.Page]{Label: i18n.T(ctx, "offices.print.printed"), Cell: func(l paper.Page) templ.Component { return ui.Moment(l.Printed) }})
	}
	return cols
}

func printFirst(p printData) string {
	if p.At == 0 {
		return ""
	}
	return p.path(p.Office, p.Printed, 0)
}

func printNext(p printData) string {
	if p.Next == 0 {
		return ""
	}
	return p.path(p.Office, p.Printed, p.Next)
}
