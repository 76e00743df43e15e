package desk

import (
	"context"
	"slices"

	"github.com/a-h/templ"

	"kakehashi/domains/groups/group"
	"kakehashi/domains/groups/roster"
	"kakehashi/domains/groups/words"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/i18n"
	"kakehashi/platform/table"
	"kakehashi/ui"
)

//i18n:uses groups.step.*
func stepLabels(ctx context.Context) []string {
	out := make([]string, len(steps))
	for i, s := range steps {
		out[i] = i18n.T(ctx, "groups.step."+s)
	}
	return out
}

func stepNumber(step string) int {
	for i, s := range steps {
		if s == step {
			return i + 1
		}
	}
	return 1
}

// stepOf is the page on which what a rule asks for is given.
func stepOf(field string) string {
	if field == "officers" {
		return "handover"
	}
	return field
}

func saveLabel(ctx context.Context, g group.Group) string {
	if applying(&g) {
		return i18n.T(ctx, "groups.next")
	}
	return i18n.T(ctx, "groups.save")
}

func dateValue(d jp.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// goOn is the first step of an application that lacks something to see, or its
// end.
func (d deskData) goOn() string {
	g := &d.Group
	about, _ := g.About.Pick(i18n.Ja)
	switch {
	case g.State == group.Changes:
		return words.At(g.ID, "send")
	case len(g.Contact) == 0 && g.Town == "" && about == "":
		return words.At(g.ID, "about")
	case about == "":
		return words.At(g.ID, "profile")
	}
	return words.At(g.ID, "send")
}

// lines are what an officer can open from the desk.
func (d deskData) lines(ctx context.Context) []ui.ListItem {
	loc := i18n.From(ctx)
	line := func(page, key string, note templ.Component) ui.ListItem {
		return ui.ListItem{Href: words.At(d.Group.ID, page), Title: ui.T(key), Note: note}
	}
	out := []ui.ListItem{
		line("members", "groups.members.title", ui.T("groups.heads", "number", d.Members)),
		line("profile", "groups.profile.title", ui.T("groups.profile.note")),
		line("about", "groups.about.title", ui.Say(loc.T("groups.about.note"))),
		line("papers", "groups.papers.title", nil),
		line("history", "groups.history.title", nil),
	}
	if d.Leads {
		out = append([]ui.ListItem{line("handover", "groups.handover.title", ui.T("groups.handover.note"))}, out...)
	}
	return out
}

func (d deskData) others(ctx context.Context) (out []ui.Act) {
	if d.Standing == group.Registered && d.Group.Listed {
		out = append(out, ui.Act{Label: i18n.T(ctx, "groups.desk.public"), Href: words.At(d.Group.ID, ""), Icon: ui.IconGroup})
	}
	if d.Clerk {
		out = append(out, ui.Act{Label: i18n.T(ctx, "groups.desk.office"), Href: "/office/groups/" + d.Group.ID.String(), Icon: ui.IconInbox})
	}
	return out
}

func theirFacts(ctx context.Context, g group.Group) []ui.Definition {
	loc := i18n.From(ctx)
	return []ui.Definition{
		{Term: loc.T("groups.field.name"), Is: ui.Text(g.Name)},
		{Term: loc.T("groups.field.kana"), Is: ui.Verbatim(g.Kana)},
		{Term: loc.T("groups.field.town"), Is: ui.Say(g.Town)},
		{Term: loc.T("groups.field.contact"), Is: ui.Verbatim(g.Contact)},
		{Term: loc.T("groups.field.site"), Is: ui.Verbatim(g.Site)},
	}
}

// wordsIn are the profile's words in one language.
func wordsIn(ctx context.Context, g group.Group, l i18n.Lang) []ui.Definition {
	loc := i18n.From(ctx)
	return []ui.Definition{
		{Term: loc.T("groups.field.name"), Is: ui.In(l, g.Name[l])},
		{Term: loc.T("groups.field.about"), Is: ui.In(l, g.About[l])},
		{Term: loc.T("groups.field.meets"), Is: ui.In(l, g.Meets[l])},
		{Term: loc.T("groups.field.wants"), Is: ui.In(l, g.Wants[l])},
	}
}

func (d profileData) tabs() []ui.Tab {
	out := make([]ui.Tab, len(i18n.Langs))
	for i, l := range i18n.Langs {
		label := l.Name()
		if d.Group.About[l] != "" {
			label += " ✓"
		}
		out[i] = ui.Tab{Label: label, Href: words.At(d.Group.ID, "profile") + "?lang=" + string(l), Count: -1, Here: l == d.Lang}
	}
	return out
}

func (d *sendData) title(ctx context.Context) string {
	if d.renewal() {
		return i18n.T(ctx, "groups.renew.title")
	}
	return i18n.T(ctx, "groups.send.title")
}

func (d *sendData) lead(ctx context.Context) string {
	if d.renewal() {
		return i18n.T(ctx, "groups.renew.lead")
	}
	return i18n.T(ctx, "groups.send.lead", "days", group.AnswerWithin)
}

func (d *sendData) button(ctx context.Context) string {
	if d.renewal() {
		return i18n.T(ctx, "groups.renew.go")
	}
	return i18n.T(ctx, "groups.send.go")
}

func (d *sendData) facts(ctx context.Context) []ui.Definition {
	loc := i18n.From(ctx)
	names := make([]string, len(d.Officers))
	for i, m := range d.Officers {
		names[i] = m.Role.Word(loc) + " " + m.Name
	}
	papers := loc.T("groups.papers.number", "number", d.Files)
	out := []ui.Definition{
		{Term: loc.T("groups.field.name"), Is: ui.Text(d.Group.Name)},
		{Term: loc.T("groups.field.kind"), Is: ui.Say(d.Group.Kind.Word(loc))},
		{Term: loc.T("groups.members.title"), Is: ui.T("groups.send.members", "number", d.Shown.Members, "residents", d.Shown.Residents)},
		{Term: loc.T("groups.officers.title"), Is: ui.Verbatim(loc.List(names))},
		{Term: loc.T("groups.papers.title"), Is: ui.Say(papers)},
		{Term: loc.T("groups.field.about"), Is: ui.Text(d.Group.About)},
	}
	if !d.Group.Until.IsZero() {
		out = append(out, ui.Definition{Term: loc.T("groups.field.expires"), Is: ui.DateLong(d.Group.Until)})
	}
	return out
}

// edits lead back to what may have changed.
func (d *sendData) edits(ctx context.Context) (out []ui.Act) {
	for i, label := range stepLabels(ctx)[:len(steps)-1] {
		out = append(out, ui.Act{Label: label, Href: words.At(d.Group.ID, steps[i]), Icon: ui.IconEdit})
	}
	return out
}

// addLook leaves the one primary button to the next step of an application.
func (d membersData) addLook() ui.Look {
	if applying(&d.Group) {
		return ui.Quiet
	}
	return ui.Primary
}

// memberColumns are what a list of members shows; without any kana, none.
func memberColumns(ctx context.Context, g group.Group, shown []group.Member) []ui.Column[group.Member] {
	loc := i18n.From(ctx)
	out := []ui.Column[group.Member]{
		{Label: loc.T("groups.field.person"), Head: true, Cell: func(m group.Member) templ.Component {
			return words.Link(m.Name, words.At(g.ID, "members/"+m.ID.String()))
		}},
		{Label: loc.T("groups.handover.role"), Text: func(m group.Member) string { return m.Role.Word(loc) }},
		{Label: loc.T("groups.field.tie"), Text: func(m group.Member) string { return words.Tie(ctx, m.Tie) }},
		{Label: loc.T("groups.field.town"), Text: func(m group.Member) string { return m.Town }},
	}
	if slices.ContainsFunc(shown, func(m group.Member) bool { return m.Kana != "" }) {
		out = slices.Insert(out, 1, ui.Column[group.Member]{Label: loc.T("groups.field.kana"), Text: func(m group.Member) string { return m.Kana }})
	}
	return out
}

func exports(ctx context.Context, g group.Group) []ui.Act {
	out := []ui.Act{{Label: i18n.T(ctx, "groups.import.title"), Href: words.At(g.ID, "import"), Icon: ui.IconUpload}}
	for _, f := range table.Formats {
		out = append(out, ui.Act{Label: f.Label(i18n.From(ctx)), Href: words.At(g.ID, "export") + "?format=" + f.String(), Icon: ui.IconDownload})
	}
	return out
}

func refusalColumns(ctx context.Context) []ui.Column[table.Refusal] {
	loc := i18n.From(ctx)
	return []ui.Column[table.Refusal]{
		{Label: loc.T("groups.import.line"), Number: true, Text: func(r table.Refusal) string { return loc.Number(int64(r.Line)) }},
		{Label: loc.T("groups.import.column"), Text: func(r table.Refusal) string { return r.Column }},
		{Label: loc.T("groups.import.reason"), Text: func(r table.Refusal) string { return refusal(loc, r) }},
	}
}

func refusal(loc *i18n.Localizer, r table.Refusal) string { return loc.T(r.Key, r.Args...) }

func stepColumns(ctx context.Context) []ui.Column[roster.Step] {
	loc := i18n.From(ctx)
	change := func(before, after string) string {
		if before == after || before == "" {
			return after
		}
		return before + " → " + after
	}
	return []ui.Column[roster.Step]{
		{Label: loc.T("groups.import.line"), Number: true, Text: func(s roster.Step) string { return loc.Number(int64(s.Line)) }},
		{Label: loc.T("groups.import.what"), Text: func(s roster.Step) string { return stepWord(loc, s.Action) }},
		{Label: loc.T("groups.field.person"), Head: true, Text: func(s roster.Step) string { return change(s.Before.Name, s.Member.Name) }},
		{Label: loc.T("groups.field.kana"), Text: func(s roster.Step) string { return change(s.Before.Kana, s.Member.Kana) }},
		{Label: loc.T("groups.field.number"), Text: func(s roster.Step) string { return change(s.Before.Number, s.Member.Number) }},
		{Label: loc.T("groups.field.town"), Text: func(s roster.Step) string { return change(s.Before.Town, s.Member.Town) }},
		{Label: loc.T("groups.field.tie"), Text: func(s roster.Step) string { return change(words.Tie(ctx, s.Before.Tie), words.Tie(ctx, s.Member.Tie)) }},
	}
}

func stepWord(loc *i18n.Localizer, a roster.Action) string {
	if a == roster.Adds {
		return loc.T("groups.import.new")
	}
	return loc.T("groups.import.changed")
}

// roleValue is a role as the form holds it.
func roleValue(r group.Role) string {
	if r == group.Plain {
		return "member"
	}
	return string(r)
}

// roleOptions are what a member can do from now on; who holds no office can
// leave without a handover, so leaving is offered to officers too.
func roleOptions(ctx context.Context, now group.Role) []ui.Option {
	loc := i18n.From(ctx)
	var out []ui.Option
	for _, r := range group.Roles {
		out = append(out, ui.Option{Value: string(r), Label: r.Word(loc)})
	}
	out = append(out, ui.Option{Value: roleValue(group.Plain), Label: group.Plain.Word(loc)})
	if now != group.Plain {
		out = append(out, ui.Option{Value: string(group.Leaves), Label: group.Leaves.Word(loc)})
	}
	return out
}

func newcomersKey(short bool) string {
	if short {
		return "groups.handover.new_or_named"
	}
	return "groups.handover.new"
}

func changeColumns(ctx context.Context) []ui.Column[group.Change] {
	loc := i18n.From(ctx)
	return []ui.Column[group.Change]{
		{Label: loc.T("groups.field.person"), Head: true, Text: func(c group.Change) string { return c.Name }},
		{Label: loc.T("groups.handover.before"), Text: func(c group.Change) string {
			if c.New {
				return "–"
			}
			return c.Before.Word(loc)
		}},
		{Label: loc.T("groups.handover.after"), Cell: func(c group.Change) templ.Component {
			if c.Same() {
				return ui.Say(loc.T("groups.handover.stays", "role", c.After.Word(loc)))
			}
			return ui.Say(c.After.Word(loc))
		}},
	}
}

func termColumns(ctx context.Context) []ui.Column[group.Term] {
	loc := i18n.From(ctx)
	return []ui.Column[group.Term]{
		{Label: loc.T("groups.field.person"), Head: true, Text: func(t group.Term) string { return t.Name }},
		{Label: loc.T("groups.handover.role"), Text: func(t group.Term) string { return t.Role.Word(loc) }},
		{Label: loc.T("groups.field.since"), Cell: func(t group.Term) templ.Component { return ui.DateLong(t.Since) }},
		{Label: loc.T("groups.field.until"), Cell: func(t group.Term) templ.Component { return ui.DateLong(t.Last()) }},
	}
}

func registrationColumns(ctx context.Context) []ui.Column[group.Registration] {
	loc := i18n.From(ctx)
	return []ui.Column[group.Registration]{
		{Label: loc.T("groups.field.receipt"), Head: true, Text: func(r group.Registration) string { return r.Receipt }},
		{Label: loc.T("groups.field.asked"), Text: func(r group.Registration) string { return kindWord(loc, r.Kind) }},
		{Label: loc.T("groups.field.state"), Cell: func(r group.Registration) templ.Component { return words.StateTag(ctx, r.State) }},
		{Label: loc.T("groups.field.sent"), Cell: func(r group.Registration) templ.Component { return ui.Moment(r.SentAt) }},
		{Label: loc.T("groups.field.decided"), Cell: func(r group.Registration) templ.Component { return ui.Moment(r.DecidedAt) }},
		{Label: loc.T("groups.field.expires"), Cell: func(r group.Registration) templ.Component { return ui.DateLong(r.Until) }},
	}
}

//i18n:uses groups.inbox.*
func kindWord(loc *i18n.Localizer, kind string) string {
	if kind == group.Renewal {
		return loc.T("groups.inbox.renewal")
	}
	return loc.T("groups.inbox.registration")
}

func formerColumns(ctx context.Context) []ui.Column[group.Member] {
	loc := i18n.From(ctx)
	return []ui.Column[group.Member]{
		{Label: loc.T("groups.field.person"), Head: true, Text: func(m group.Member) string { return m.Name }},
		{Label: loc.T("groups.field.joined"), Cell: func(m group.Member) templ.Component { return ui.DateLong(m.Joined) }},
		{Label: loc.T("groups.field.left"), Cell: func(m group.Member) templ.Component { return ui.DateLong(m.Left) }},
	}
}

func lineColumns(ctx context.Context) []ui.Column[historyLine] {
	loc := i18n.From(ctx)
	return []ui.Column[historyLine]{
		{Label: loc.T("groups.history.when"), Cell: func(h historyLine) templ.Component { return ui.Moment(h.Line.At) }},
		{Label: loc.T("groups.history.what"), Head: true, Text: func(h historyLine) string { return actionWord(loc, h.Line.Action) }},
		{Label: loc.T("groups.history.who"), Text: func(h historyLine) string { return h.Name }},
	}
}

func actionWord(loc *i18n.Localizer, action string) string { return loc.T(audit.ActionKey(action)) }
