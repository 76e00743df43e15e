package desk

import (
	"context"
	bookings "kakehashi/domains/places/reservation/desk"
	"slices"
	"time"

	"kakehashi/domains/places/draws"
	"kakehashi/engines/draw"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// oneDraw is a draw with the names that a page says of it.
type oneDraw struct {
	draws.Draw
	Place i18n.Text
	Names []i18n.Text // of its rooms
}

// named fills in names.
func (d *Desk) named(tx *db.Tx, one draws.Draw) (oneDraw, error) {
	out := oneDraw{Draw: one}
	for _, id := range one.Rooms {
		r, err := d.svc.Room(tx, id)
		if err != nil {
			return out, err
		}
		out.Place = r.Place()
		if !slices.ContainsFunc(r.PartOf, func(whole db.ID) bool { return slices.Contains(one.Rooms, whole) }) {
			out.Names = append(out.Names, r.Name) // a part goes without saying
		}
	}
	return out, nil
}

// title names a draw on a page.
func (o oneDraw) title(ctx context.Context) string {
	loc := i18n.From(ctx)
	rooms := make([]string, len(o.Names))
	for i, n := range o.Names {
		rooms[i] = loc.Text(n)
	}
	return loc.T("draws.one", "month", loc.Month(o.Month), "rooms", loc.List(rooms))
}

type listData struct {
	Open, Coming, Running, Past []oneDraw
	Later                       bool   // an older page
	Next                        string // address of the next page
}

func (d *Desk) list(c *web.Context) error {
	var l listData
	before, _ := db.ParseID(c.Query("before"))
	err := d.read(c, func(tx *db.Tx) error {
		l = listData{Later: before != 0}
		var last draws.Draw
		var ahead []draws.Draw
		var err error
		if l.Later {
			last, err = draws.Get(tx, before)
		} else {
			ahead, err = draws.Ahead(tx)
		}
		if err != nil {
			return err
		}
		behind, err := draws.Behind(tx, last)
		if err != nil {
			return err
		}
		if len(behind) == draws.PageSize {
			l.Next = "/draws?before=" + behind[len(behind)-1].ID.String()
		}
		for _, one := range slices.Concat(ahead, behind) {
			o, err := d.named(tx, one)
			if err != nil {
				return err
			}
			switch {
			case one.Taking(c.Now()):
				l.Open = append(l.Open, o)
			case one.State == draws.Planned:
				l.Coming = append(l.Coming, o)
			case one.State == draws.Closed:
				l.Past = append(l.Past, o)
			default:
				l.Running = append(l.Running, o)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.Page(web.Meta{Title: c.Loc.T("draws.title"), Field: "place", Back: "/places"}, listView(l))
}

// items are draws as lines of a list.
func items(ctx context.Context, all []oneDraw) []ui.ListItem {
	loc := i18n.From(ctx)
	out := make([]ui.ListItem, len(all))
	for i, o := range all {
		out[i] = ui.ListItem{
			Href: draws.Path(o.ID), Title: ui.Join(ui.Say(o.title(ctx)), ui.Tag(stateTag(ctx, o.Draw, loc.T))),
			Note: ui.Join(ui.Text(o.Place), ui.Say(loc.T("draws.until", "when", loc.Date(lastDay(o.Closes))))),
		}
	}
	return out
}

// stateTag says how far a draw has come.
//
//i18n:uses draws.state.*
func stateTag(_ context.Context, d draws.Draw, t func(string, ...any) string) ui.TagOf {
	tone := ui.Info
	if d.State == draws.Open {
		tone = ui.Good
	}
	return ui.TagOf{Label: t("draws.state." + string(d.State)), Tone: tone}
}

// result is what became of one of the reader's entries.
type result struct {
	draws.Entry
	Group string // its name
	Alias string
}

// demand is how many entries wish for a day.
type demand struct {
	Day     jp.Date
	Entries int64
}

type showData struct {
	oneDraw
	Entries, Groups int64 // 0 while entries are taken
	Taking          bool
	May             bool // the reader enters for a group
	In              bool // is signed in
	Full            bool // each of the reader's groups has entered as often as it may
	Mine            []result
	Demand          []demand
	Values          []draw.Reveal // what was revealed; none before the draw
	Clerk           bool
	Base            string // of addresses to copy
}

func (d *Desk) load(c *web.Context) (s showData, err error) {
	id, err := c.PathID("id")
	if err != nil {
		return s, err
	}
	err = d.read(c, func(tx *db.Tx) error {
		one, err := draws.Get(tx, id)
		if err != nil {
			return err
		}
		s = showData{Taking: one.Taking(c.Now()), In: c.Viewer.SignedIn(), Clerk: bookings.ClerkOf(c.Viewer, one.Office), Base: d.deps.BaseURL}
		if s.oneDraw, err = d.named(tx, one); err != nil {
			return err
		}
		if one.Commit != "" {
			if s.Entries, s.Groups, err = draws.Count(tx, id); err != nil {
				return err
			}
			if s.Demand, err = demandOf(tx, id); err != nil {
				return err
			}
		}
		groups, err := d.groupsOf(tx, c.Viewer)
		if err != nil {
			return err
		}
		s.May, s.Full = len(groups) > 0, len(groups) > 0
		names, err := d.groupNames(tx, c.Loc, groups)
		if err != nil {
			return err
		}
		for _, g := range groups {
			es, err := draws.EntriesOf(tx, id, g)
			if err != nil {
				return err
			}
			s.Full = s.Full && one.Rule.Entries > 0 && len(es) >= one.Rule.Entries
			for _, e := range es {
				s.Mine = append(s.Mine, result{e, names[g], d.x.Alias(id, g)})
			}
		}
		return nil
	})
	return s, err
}

// demandOf counts by day what the frozen list wishes for. While entries are
// taken nobody is told, so that nobody gains by entering last.
func demandOf(tx *db.Tx, id db.ID) ([]demand, error) {
	counts := map[jp.Date]int64{}
	var last draws.Entry
	for {
		some, err := draws.Entries(tx, id, last, 1000)
		if err != nil {
			return nil, err
		}
		for _, e := range some {
			last = e
			days := map[jp.Date]bool{}
			for _, w := range e.Wishes {
				days[w.Day] = true
			}
			for day := range days {
				if e.Standing == draws.Entered {
					counts[day]++
				}
			}
		}
		if len(some) < 1000 {
			break
		}
	}
	out := make([]demand, 0, len(counts))
	for day, n := range counts {
		out = append(out, demand{day, n})
	}
	slices.SortFunc(out, func(a, b demand) int { return a.Day.Compare(b.Day) })
	return out, nil
}

func (d *Desk) show(c *web.Context) error {
	s, err := d.load(c)
	if err != nil {
		return err
	}
	return c.Page(web.Meta{Title: s.title(c.Context()), Field: "place", Back: "/draws"}, showView(s))
}

func (d *Desk) entriesFile(c *web.Context) error { return d.file(c, draws.EntriesPaper) }

func (d *Desk) proofFile(c *web.Context) error { return d.file(c, draws.ProofPaper) }

// file sends a published text, byte for byte.
func (d *Desk) file(c *web.Context, kind draws.Paper) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var body []byte
	err = d.read(c, func(tx *db.Tx) (err error) { body, err = draws.ReadPaper(tx, id, kind); return err })
	if err != nil {
		return err
	}
	return c.Bytes("text/plain; charset=utf-8", body)
}

// stage is the sentence that says what happens now.
//
//i18n:uses draws.stage.*
func (s showData) stage(ctx context.Context) string {
	loc := i18n.From(ctx)
	state := string(s.State)
	if s.State == draws.Open && !s.Taking {
		state = "closing"
	}
	confirm := s.Due
	if !s.Confirm.IsZero() {
		confirm = s.Confirm
	}
	return loc.T("draws.stage."+state, "opens", loc.Date(jp.DateOf(s.Opens)), "closes", loc.Date(lastDay(s.Closes)), "freezes", loc.DateTime(s.Freezes),
		"due", loc.DateTime(s.Due), "confirm", loc.Date(lastDay(confirm)))
}

// lastDay is the day that ends at, or during which lies, the instant.
func lastDay(t time.Time) jp.Date { return jp.DateOf(t.Add(-time.Minute)) }

// facts are what is known of the draw.
//
//i18n:uses draws.source.*
func (s showData) facts(ctx context.Context) []ui.Definition {
	loc := i18n.From(ctx)
	out := []ui.Definition{
		{Term: loc.T("draws.field.place"), Is: ui.Text(s.Place)},
		{Term: loc.T("draws.field.window"), Is: ui.Say(loc.T("draws.window", "from", loc.Date(jp.DateOf(s.Opens)), "until", loc.Date(lastDay(s.Closes))))},
		{Term: loc.T("draws.field.freeze"), Is: ui.Moment(s.Freezes)},
		{Term: loc.T("draws.field.due"), Is: ui.Moment(s.Due)},
		{Term: loc.T("draws.field.source"), Is: ui.Say(loc.T("draws.source."+string(s.Source), "what", s.What))},
		{Term: loc.T("draws.field.mode"), Is: ui.Say(loc.T("draws.mode." + modeName(s.Rule.Mode)))},
		{Term: loc.T("draws.field.caps"), Is: ui.Say(caps(loc, s.Draw))},
	}
	if s.Entries > 0 {
		out = append(out, ui.Definition{Term: loc.T("draws.field.entries"), Is: ui.Say(loc.T("draws.entered", "entries", s.Entries, "groups", s.Groups))})
	}
	return out
}

// caps says what a group can enter and win.
func caps(loc *i18n.Localizer, d draws.Draw) string {
	number := func(n int) string {
		if n == 0 {
			return loc.T("draws.no_limit")
		}
		return loc.Number(int64(n))
	}
	return loc.T("draws.caps", "entries", number(d.Rule.Entries), "wins", number(d.Rule.Wins), "wishes", loc.Number(int64(max(1, d.Rule.Wishes))))
}

// outcome is what became of an entry, in a few words; "" before the draw.
//
//i18n:uses draws.outcome.*
func outcome(ctx context.Context, e draws.Entry) string {
	loc := i18n.From(ctx)
	switch {
	case e.Standing == draws.Aside:
		return loc.T("draws.outcome.aside")
	case e.Outcome == "":
		return ""
	}
	return loc.T("draws.outcome." + outcomeName(e))
}

// outcomeName ends the keys of what became of an entry.
func outcomeName(e draws.Entry) string {
	if e.Outcome == draws.Blocked && e.Reason != "" {
		return "gone"
	}
	return string(e.Outcome)
}

// outcomeLong says why.
func outcomeLong(ctx context.Context, e draws.Entry) string {
	loc := i18n.From(ctx)
	if e.Outcome == "" || e.Outcome == draw.Won {
		return ""
	}
	return loc.T("draws.outcome." + outcomeName(e) + ".long")
}

// outcomeTag is the tag of an entry.
func outcomeTag(ctx context.Context, e draws.Entry) ui.TagOf {
	tone := ui.Info
	if e.Outcome == draw.Won {
		tone = ui.Good
	}
	return ui.TagOf{Label: outcome(ctx, e), Tone: tone}
}

// notFound is what a path leads to that holds nothing.
func notFound() error { return fault.New(fault.NotFound, "web.error.not_found") }
