package ui

import (
	"context"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"kakehashi/engines/jp"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// Routes are the pages of this package: the gallery, in the demo only.
func Routes() []web.Route {
	return []web.Route{
		{Pattern: "GET /_components", Access: web.DemoOnly(), Handle: showGallery},
		{Pattern: "POST /_components", Access: web.DemoOnly(), Handle: showGallery},
		{Pattern: "GET /_components/paper", Access: web.DemoOnly(), Handle: showPaper},
	}
}

func showGallery(c *web.Context) error {
	return c.Page(web.Meta{Title: c.Loc.T("ui.gallery.title"), Field: string(FieldPlace), Back: "/"}, Gallery())
}

func showPaper(c *web.Context) error {
	return c.Page(web.Meta{Title: c.Loc.T("ui.gallery.paper"), Print: true, Back: "/_components"}, galleryPaper())
}

// task is a row of the gallery's inbox.
type task struct {
	id, what, who string
	due           jp.Date
	late          bool
}

// sample is what the gallery shows: a Saturday in November and the people of
// the demo city. g looks its words up.
type sample struct {
	g       func(key string, args ...any) string
	day     jp.Date
	tasks   []task
	problem web.Problem
}

func newSample(ctx context.Context) sample {
	g := func(key string, args ...any) string { return i18n.T(ctx, "ui.gallery."+key, args...) }
	day := jp.NewDate(2026, time.November, 28)
	return sample{
		g:   g,
		day: day,
		tasks: []task{
			{"1", g("task.1"), g("group.1"), day.AddDays(-6), true},
			{"2", g("task.2"), g("group.3"), day.AddDays(-1), false},
			{"3", g("task.3"), g("group.2"), day, false},
		},
		problem: web.Problem{
			Kind: fault.Invalid, Status: 422,
			Title: g("err.title"), Kept: g("err.kept"), Todo: g("err.todo"),
			Fields: map[string]string{"mail": g("err.mail"), "count": g("err.count"), "kind": g("err.kind")},
		},
	}
}

// taskColumns are the columns of the gallery's tables.
func (s sample) taskColumns() []Column[task] {
	return []Column[task]{
		{Label: s.g("what"), Head: true, Cell: func(t task) templ.Component { return anchor("/_components?id="+t.id, t.what) }},
		{Label: s.g("who"), Text: func(t task) string { return t.who }},
		{Label: s.g("due"), Class: "cell-due", Cell: func(t task) templ.Component { return Date(t.due) }},
		{Label: s.g("status"), Cell: func(task) templ.Component { return Tag(TagOf{Label: s.g("waiting"), Tone: Care, Icon: IconClock}) }},
	}
}

// inbox is the gallery's table of things to decide.
func (s sample) inbox() BulkOf[task] {
	return BulkOf[task]{
		Action: "/_components", Caption: s.g("desk"), Columns: s.taskColumns(), Rows: s.tasks,
		ID:   func(t task) string { return t.id },
		Name: func(t task) string { return t.what + " " + t.who },
		Late: func(t task) bool { return t.late },
		Acts: []Act{
			{Label: s.g("approve"), Icon: IconCheck, Look: Primary, Name: "do", Value: "approve", Key: "a"},
			{Label: s.g("refuse"), Icon: IconCross, Look: Danger, Name: "do", Value: "refuse", Key: "r"},
		},
	}
}

func (s sample) bands() []Band {
	return []Band{
		{Value: "am", Name: s.g("morning"), From: 540, To: 750},
		{Value: "pm", Name: s.g("afternoon"), From: 780, To: 990, State: Part},
		{Value: "night", Name: s.g("evening"), From: 1020, To: 1260, State: Full},
	}
}

// month has Mondays closed and everything else in turn.
func (s sample) month() MonthOf {
	return MonthOf{Month: s.day, Prev: "/_components?month=2026-10", Next: "/_components?month=2026-12", Current: s.day, Day: func(d jp.Date) DayState {
		state := DayState{State: State(d.Day*7%5) % 3, Href: "/_components?day=" + d.String()}
		if d.Weekday() == time.Monday {
			return DayState{State: Shut}
		}
		if state.State == Full {
			state.Href = ""
		}
		return state
	}}
}

func (s sample) grid(ctx context.Context) GridOf {
	loc := i18n.From(ctx)
	g := GridOf{Caption: s.g("days"), Corner: loc.Date(s.day)}
	for _, b := range s.bands() {
		g.Columns = append(g.Columns, GridHead{Label: b.Name, Sub: loc.Time(b.From)})
	}
	for i, room := range []string{"room", "room2", "hall"} {
		row := GridRow{Label: s.g(room), Sub: s.g("capacity", "n", strconv.Itoa(20*(i+1))), Href: "/_components?room=" + room}
		for j := range g.Columns {
			slot := Slot{State: State((i*2 + j) % 4), Href: "/_components?slot=" + strconv.Itoa(i*3+j)}
			if slot.State >= Full {
				slot.Href = ""
			}
			row.Slots = append(row.Slots, slot)
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

func (s sample) charts() []ChartOf {
	reach := ChartOf{ID: "reach", Title: s.g("reach"), Unit: s.g("q.unit"), Corner: s.g("language"), Series: []Series{{Name: s.g("q.unit")}}}
	for i, l := range []i18n.Lang{i18n.Ja, i18n.ZhHans, i18n.Vi, i18n.Tr} {
		reach.Labels = append(reach.Labels, l.Name())
		reach.Series[0].Values = append(reach.Series[0].Values, []int64{4210, 1630, 820, 95}[i])
	}
	use := ChartOf{ID: "use", Kind: Stacked, Title: s.g("use"), Unit: s.g("times"), Corner: s.g("status"),
		Labels: []string{s.g("morning"), s.g("afternoon"), s.g("evening")},
		Series: []Series{{s.g("adults"), []int64{42, 61, 18}}, {s.g("young"), []int64{8, 27, 31}}}}
	hours := ChartOf{ID: "hours", Kind: Lines, Title: s.g("hours"), Unit: s.g("hour"), Corner: s.g("month"),
		Series: []Series{{s.g("adults"), []int64{120, 96, 140, 155, 130, 98, 160, 172}}, {s.g("young"), []int64{20, 34, 31, 80, 88, 45, 52, 60}}}}
	for m := 4; m <= 11; m++ {
		hours.Labels = append(hours.Labels, strconv.Itoa(m))
	}
	return []ChartOf{reach, use, hours}
}

func (s sample) kinds() []Option {
	return []Option{
		{Value: "association", Label: s.g("kind.association"), Hint: s.g("kind.association.hint")},
		{Value: "civic", Label: s.g("kind.civic")},
		{Value: "student", Label: s.g("kind.student")},
	}
}

func (s sample) needs() []Option {
	return []Option{
		{Value: "screen", Label: s.g("need.screen")},
		{Value: "mic", Label: s.g("need.mic")},
		{Value: "piano", Label: s.g("need.piano"), Hint: s.g("need.piano.off"), Off: true},
	}
}

// towns are the kinds again, as a list to choose from.
func (s sample) towns() []Option {
	return []Option{{Value: "1", Label: s.g("group.1")}, {Value: "2", Label: s.g("group.2")}, {Value: "3", Label: s.g("group.3")}}
}

// typed is what was typed in the form that failed.
func (s sample) typed() map[string][]string {
	return map[string][]string{"mail": {"linh.example.jp"}, "count": {"26"}, "purpose": {s.g("task.1")}}
}
