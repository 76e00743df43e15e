package desk

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"kakehashi/domains/places/draws"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/draw"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

func tr(ctx context.Context, key string, args ...any) string { return i18n.T(ctx, key, args...) }

// number is a number as a field shows it; "" for none.
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

// mine are the reader's own entries as lines.
func (s showData) mine(ctx context.Context) []ui.ListItem {
	out := make([]ui.ListItem, len(s.Mine))
	for i, m := range s.Mine {
		title := ui.Say(tr(ctx, "draws.mine.line", "group", m.Group, "number", m.Number, "receipt", m.Receipt))
		if outcome(ctx, m.Entry) != "" {
			title = ui.Join(title, ui.Tag(outcomeTag(ctx, m.Entry)))
		}
		out[i] = ui.ListItem{Href: entryPath(m.Entry), Title: title}
		switch {
		case m.Turn > 0:
			out[i].Note = ui.Say(tr(ctx, "draws.mine.turn", "alias", m.Alias, "turn", m.Turn))
		case s.Commit != "":
			out[i].Note = ui.Say(tr(ctx, "draws.mine.alias", "alias", m.Alias))
		}
	}
	return out
}

func (s showData) enterLabel(ctx context.Context) string {
	if len(s.Mine) > 0 {
		return tr(ctx, "draws.enter.another")
	}
	return tr(ctx, "draws.enter")
}

func proofLook(s showData) ui.Look {
	for _, m := range s.Mine {
		if m.Outcome == "won" {
			return ui.Quiet
		}
	}
	return ui.Primary
}

func demandColumns(ctx context.Context) []ui.Column[demand] {
	loc := i18n.From(ctx)
	return []ui.Column[demand]{
		{Label: tr(ctx, "draws.field.day"), Head: true, Text: func(d demand) string { return loc.Date(d.Day) }},
		{Label: tr(ctx, "draws.field.entries"), Number: true, Text: func(d demand) string { return loc.Number(d.Entries) }},
	}
}

func enterSteps(ctx context.Context) []string {
	return []string{tr(ctx, "draws.step.wishes"), tr(ctx, "draws.step.what"), tr(ctx, "draws.step.done")}
}

// here is how far the entry has come.
func (e enterData) here() int {
	if e.Form {
		return 2
	}
	return 1
}

// question is the one question of the page.
func (e enterData) question(ctx context.Context) string {
	switch {
	case len(e.Groups) == 0:
		return tr(ctx, "draws.enter.title")
	case e.For == 0:
		return tr(ctx, "draws.enter.group")
	case e.Form:
		return tr(ctx, "draws.enter.what")
	case !e.Day.IsZero():
		return tr(ctx, "draws.enter.time", "rank", len(e.Wishes)+1, "day", e.Day)
	}
	return tr(ctx, "draws.enter.day", "rank", len(e.Wishes)+1)
}

func (e enterData) groupItems(ctx context.Context) []ui.ListItem {
	out := make([]ui.ListItem, len(e.Groups))
	for i, g := range e.Groups {
		out[i] = ui.ListItem{Href: draws.Path(e.ID) + "/enter?for=" + g.Value, Title: ui.Verbatim(g.Label)}
	}
	return out
}

// timeLabel says what one tap wishes for.
func timeLabel(ctx context.Context, e enterData, w choice) string {
	time := i18n.From(ctx).Times(w.From, w.To)
	if e.Board.Sole(w.Wish) {
		return time
	}
	return tr(ctx, "draws.time.set", "time", time)
}

func sendLabel(ctx context.Context, e enterData) string {
	if e.Entry.ID != 0 {
		return tr(ctx, "draws.enter.save")
	}
	return tr(ctx, "draws.enter.send")
}

// facts are what is known of an entry.
func (e entryData) facts(ctx context.Context) []ui.Definition {
	out := []ui.Definition{
		{Term: tr(ctx, "draws.field.receipt"), Is: ui.Verbatim(e.Mine.Receipt)},
		{Term: tr(ctx, "draws.field.group"), Is: ui.Verbatim(e.Mine.Group)},
		{Term: tr(ctx, "draws.field.number"), Is: ui.Number(int64(e.Mine.Number))},
	}
	for i, w := range e.Mine.Wishes {
		out = append(out, ui.Definition{Term: tr(ctx, "draws.rank", "rank", i+1), Is: ui.Say(e.say(ctx, e.Board, w))})
	}
	out = append(out,
		ui.Definition{Term: tr(ctx, "draws.field.purpose"), Is: ui.Verbatim(e.Mine.Purpose)},
		ui.Definition{Term: tr(ctx, "draws.field.people"), Is: ui.Number(e.Mine.People)})
	if e.Commit != "" {
		out = append(out, ui.Definition{Term: tr(ctx, "draws.field.alias"), Is: ui.Verbatim(e.Mine.Alias)})
	}
	if e.Mine.Turn > 0 {
		out = append(out, ui.Definition{Term: tr(ctx, "draws.field.turn"), Is: ui.Number(int64(e.Mine.Turn))})
	}
	return out
}

// problemOn is the problem of one of a page's forms.
func problemOn(o officeData, form string) web.Problem {
	if o.On == form {
		return o.Problem
	}
	return web.Problem{}
}

// mismatch reports whether two clerks have typed different values.
func mismatch(o officeData) bool {
	for _, v := range o.Values {
		if v.Value != o.Values[0].Value {
			return true
		}
	}
	return false
}

// reasonTitle says of what the office gave a reason.
func reasonTitle(ctx context.Context, e draws.Entry) string {
	if e.Standing == draws.Aside {
		return tr(ctx, "draws.aside")
	}
	return tr(ctx, "draws.field.reason")
}

// modeName ends the keys of what a mode is called and how it works.
//
//i18n:uses draws.mode.*
//i18n:uses draws.how.*
func modeName(m draw.Mode) string {
	if m == draw.Ranks {
		return "ranks"
	}
	return "turns"
}

func modeOptions(ctx context.Context) []ui.Option {
	out := make([]ui.Option, len(rules.Modes))
	for i, m := range rules.Modes {
		out[i] = ui.Option{Value: string(m), Label: tr(ctx, "draws.mode."+modeName(m))}
	}
	return out
}

//i18n:uses draws.kind.*
func sourceOptions(ctx context.Context) []ui.Option {
	out := make([]ui.Option, 0, 3)
	for _, k := range []draw.Kind{draw.Typed, draw.Entrants, draw.Beacon} {
		out = append(out, ui.Option{Value: string(k), Label: tr(ctx, "draws.kind."+string(k))})
	}
	return out
}

// hash prints hexadecimal digits so that a narrow page can break them and what
// is copied stays in one piece.
func hash(s string) templ.Component { return broken("", s) }

// command is what somebody types to draw again.
func command(commit string) templ.Component {
	return broken("kakehashi draw verify proof.txt --commit ", commit)
}

func broken(before, digits string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		for part := range slices.Chunk([]byte(digits), 8) {
			b.WriteString(templ.EscapeString(string(part)) + "<wbr>")
		}
		_, err := io.WriteString(w, "<code>"+templ.EscapeString(before)+b.String()+"</code>")
		return err
	})
}
