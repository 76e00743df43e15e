package desk

import (
	"cmp"
	"context"
	"io"
	"iter"
	bookings "kakehashi/domains/places/reservation/desk"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"kakehashi/domains/places/draws"
	"kakehashi/domains/places/facility"
	"kakehashi/engines/draw"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/table"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

type officeListData struct {
	Rows        []oneDraw
	First, Next string
}

// office returns the office that the clerk's lists are of.
func officeOf(c *web.Context) db.ID {
	want, _ := db.ParseID(c.Query("office"))
	var first db.ID
	for _, s := range c.Viewer.Scopes(web.RoleClerk) {
		if s.Kind == "office" && (first == 0 || s.ID == want) {
			first = s.ID
		}
	}
	return first
}

func (d *Desk) officeList(c *web.Context) error {
	var l officeListData
	before, _ := db.ParseID(c.Query("before"))
	office := officeOf(c)
	err := d.read(c, func(tx *db.Tx) error {
		l = officeListData{}
		all, err := draws.OfOffice(tx, office, before)
		if err != nil {
			return err
		}
		for _, one := range all {
			o, err := d.named(tx, one)
			if err != nil {
				return err
			}
			l.Rows = append(l.Rows, o)
		}
		if before != 0 {
			l.First = "/office/draws?office=" + office.String()
		}
		if len(all) == draws.PageSize {
			l.Next = "/office/draws?office=" + office.String() + "&before=" + all[len(all)-1].ID.String()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.Page(web.Meta{Title: c.Loc.T("draws.title"), Wide: true, Back: "/office"}, officeListView(l))
}

func officeColumns(ctx context.Context) []ui.Column[oneDraw] {
	loc := i18n.From(ctx)
	return []ui.Column[oneDraw]{
		{Label: tr(ctx, "draws.field.draw"), Head: true, Cell: func(o oneDraw) templ.Component {
			return ui.LinkButton(ui.Act{Label: o.title(ctx), Href: "/office" + draws.Path(o.ID), Look: ui.Plain})
		}},
		{Label: tr(ctx, "draws.field.place"), Cell: func(o oneDraw) templ.Component { return ui.Text(o.Place) }},
		{Label: tr(ctx, "draws.field.state"), Cell: func(o oneDraw) templ.Component { return ui.Tag(stateTag(ctx, o.Draw, loc.T)) }},
		{Label: tr(ctx, "draws.field.window"), Text: func(o oneDraw) string {
			return loc.T("draws.window", "from", loc.Date(jp.DateOf(o.Opens)), "until", loc.Date(lastDay(o.Closes)))
		}},
		{Label: tr(ctx, "draws.field.due"), Text: func(o oneDraw) string { return loc.DateTime(o.Due) }},
	}
}

// pairLine is a pair of groups with their names.
type pairLine struct {
	draws.Pair
	NameA, NameB, AsideName string
	Names                   []string // of the members they share, where a reason was given
}

type officeData struct {
	oneDraw
	Entries, Groups int64
	List            []result
	Next            string
	Stuck           []stuck
	Pairs           []pairLine
	Values          []draws.Typed
	Own             string // what the reader has typed
	Due             bool   // the value can be typed now
	Late            bool   // the job can be made to take its turn
	Problem         web.Problem
	On              string // which form failed
}

// pageSize is how many entries a page of the office shows.
const pageSize = 100

func (d *Desk) office(c *web.Context) error { return d.showOffice(c, "", nil, nil) }

func (d *Desk) showOffice(c *web.Context, on string, failed error, look func(*officeData)) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var o officeData
	err = d.read(c, func(tx *db.Tx) error {
		one, err := draws.Get(tx, id)
		if err != nil {
			return err
		}
		o = officeData{On: on}
		if o.oneDraw, err = d.named(tx, one); err != nil {
			return err
		}
		if o.Entries, o.Groups, err = draws.Count(tx, id); err != nil {
			return err
		}
		if err := d.officeRows(tx, c, &o); err != nil {
			return err
		}
		if o.Values, err = draws.Values(tx, id); err != nil {
			return err
		}
		for _, v := range o.Values {
			if v.Person == c.Viewer.Person {
				o.Own = v.Value
			}
		}
		now := c.Now()
		o.Due = one.State == draws.Frozen && one.Source == draw.Typed && !now.Before(one.Due)
		o.Late = !one.Next.IsZero() && !one.Next.After(now)
		if err := d.stuckOf(tx, c, &o); err != nil {
			return err
		}
		return d.pairs(tx, c, &o)
	})
	if err != nil {
		return err
	}
	if look != nil {
		look(&o)
	}
	m := web.Meta{Title: o.title(c.Context()), Wide: true, Back: "/office/draws"}
	return c.Retry(failed, m, func(p web.Problem) templ.Component {
		o.Problem = p
		return officeView(o)
	})
}

// officeRows reads a page of the entries with the names of their groups.
func (d *Desk) officeRows(tx *db.Tx, c *web.Context, o *officeData) error {
	var after draws.Entry
	group, n, _ := strings.Cut(c.Query("after"), ".")
	after.Group, _ = db.ParseID(group)
	after.Number, _ = strconv.Atoi(n)
	es, err := draws.Entries(tx, o.ID, after, pageSize)
	if err != nil {
		return err
	}
	o.List, err = d.results(tx, c.Loc, es)
	if len(es) == pageSize {
		last := es[len(es)-1]
		o.Next = "/office" + draws.Path(o.ID) + "?after=" + last.Group.String() + "." + strconv.Itoa(last.Number)
	}
	return err
}

// results are entries with the names of their groups.
func (d *Desk) results(tx *db.Tx, loc *i18n.Localizer, es []draws.Entry) ([]result, error) {
	ids := make([]db.ID, len(es))
	for i, e := range es {
		ids[i] = e.Group
	}
	names, err := d.groupNames(tx, loc, ids)
	out := make([]result, len(es))
	for i, e := range es {
		out[i] = result{e, cmp.Or(names[e.Group], e.Group.String()), d.x.Alias(e.Draw, e.Group)}
	}
	return out, err
}

func (d *Desk) pairs(tx *db.Tx, c *web.Context, o *officeData) error {
	all, err := draws.Pairs(tx, o.ID)
	if err != nil {
		return err
	}
	var ids []db.ID
	for _, p := range all {
		ids = append(ids, p.A, p.B)
	}
	names, err := d.groupNames(tx, c.Loc, ids)
	for _, p := range all {
		o.Pairs = append(o.Pairs, pairLine{Pair: p, NameA: cmp.Or(names[p.A], p.A.String()), NameB: cmp.Or(names[p.B], p.B.String()), AsideName: names[p.Aside]})
	}
	return err
}

func officeEntryColumns(ctx context.Context, o officeData) []ui.Column[result] {
	loc := i18n.From(ctx)
	out := []ui.Column[result]{
		{Label: tr(ctx, "draws.field.group"), Head: true, Cell: func(r result) templ.Component {
			return ui.LinkButton(ui.Act{Label: r.Group, Href: entryPath(r.Entry), Look: ui.Plain})
		}},
		{Label: tr(ctx, "draws.field.number"), Number: true, Text: func(r result) string { return strconv.Itoa(r.Number) }},
		{Label: tr(ctx, "draws.field.wishes"), Number: true, Text: func(r result) string { return strconv.Itoa(len(r.Wishes)) }},
		{Label: tr(ctx, "draws.field.purpose"), Text: func(r result) string { return r.Purpose }},
		{Label: tr(ctx, "draws.field.receipt"), Text: func(r result) string { return r.Receipt }},
	}
	if o.Seed != "" {
		out = append(out,
			ui.Column[result]{Label: tr(ctx, "draws.field.turn"), Number: true, Text: func(r result) string { return loc.Number(int64(r.Turn)) }},
			ui.Column[result]{Label: tr(ctx, "draws.field.outcome"), Cell: func(r result) templ.Component { return ui.Tag(outcomeTag(ctx, r.Entry)) }})
	}
	return out
}

func exportActs(ctx context.Context, o officeData) []ui.Act {
	loc := i18n.From(ctx)
	out := []ui.Act{{Label: tr(ctx, "draws.public"), Href: draws.Path(o.ID)}}
	for _, f := range table.Formats {
		out = append(out, ui.Act{Label: f.Label(loc), Href: "/office" + draws.Path(o.ID) + "/export?format=" + f.String(), Icon: ui.IconDownload})
	}
	return out
}

// exportFields are the columns of the table, as message keys.
var exportFields = []string{
	"draws.field.receipt", "draws.field.group", "draws.field.number", "draws.field.wishes", "draws.field.purpose", "draws.field.people",
	"draws.field.alias", "draws.field.turn", "draws.field.outcome",
}

func (d *Desk) export(c *web.Context) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	format, ok := table.ParseFormat(c.Query("format"))
	if !ok {
		format = table.XLSX
	}
	header := make([]string, len(exportFields))
	for i, key := range exportFields {
		header[i] = c.Loc.T(key)
	}
	return c.Download(c.Loc.T("draws.file")+format.Ext(), format.MIME(), func(w io.Writer) error {
		return d.read(c, func(tx *db.Tx) error {
			var failed error
			err := table.Write(w, format, header, d.exportRows(tx, c, id, &failed))
			return cmp.Or(failed, err)
		})
	})
}

func (d *Desk) exportRows(tx *db.Tx, c *web.Context, id db.ID, failed *error) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		one, err := draws.Get(tx, id)
		var b *draws.Board
		if err == nil {
			b, err = draws.LoadBoard(tx, one)
		}
		var last draws.Entry
		for err == nil {
			var es []draws.Entry
			if es, err = draws.Entries(tx, id, last, pageSize); err != nil || len(es) == 0 {
				break
			}
			last = es[len(es)-1]
			var rs []result
			if rs, err = d.results(tx, c.Loc, es); err != nil {
				break
			}
			for _, r := range rs {
				if !yield(exportRow(c.Context(), b, r)) {
					return
				}
			}
		}
		*failed = err
	}
}

func exportRow(ctx context.Context, b *draws.Board, r result) []string {
	wishes := make([]string, len(r.Wishes))
	for i, w := range r.Wishes {
		wishes[i] = oneDraw{}.say(ctx, b, w)
	}
	return []string{
		r.Receipt, r.Group, strconv.Itoa(r.Number), strings.Join(wishes, " / "), r.Purpose, number(r.People),
		r.Alias, number(int64(r.Turn)), outcome(ctx, r.Entry),
	}
}

// did goes back to the draw's page after something was done to it.
func (d *Desk) did(c *web.Context, on string, err error, flash string) error {
	if err != nil {
		return d.showOffice(c, on, err, nil)
	}
	c.Flash(flash)
	return c.Redirect("/office/draws/" + c.Path("id"))
}

func (d *Desk) value(c *web.Context) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	ran, err := d.x.Type(c.Context(), c.Actor(), id, c.Form().Get("value"))
	if err == nil && ran {
		if err := d.x.Step(c.Context()); err != nil {
			return err
		}
		return d.did(c, "value", nil, "draws.flash.ran")
	}
	return d.did(c, "value", err, "draws.flash.typed")
}

func (d *Desk) postpone(c *web.Context) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	until, _ := jp.ParseAnyDate(c.Form().Get("until"))
	on, _ := jp.ParseAnyDate(c.Form().Get("on"))
	err = d.x.Postpone(c.Context(), c.Actor(), id, until, on, c.Form().Get("reason"))
	return d.did(c, "postpone", err, "draws.flash.done")
}

func (d *Desk) compare(c *web.Context) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	return d.did(c, "compare", d.x.Compare(c.Context(), c.Actor(), id), "draws.flash.done")
}

// pairIn reads which pair a form is about.
func pairIn(c *web.Context) (id, a, b db.ID, err error) {
	if id, err = c.PathID("id"); err != nil {
		return 0, 0, 0, err
	}
	a, _ = db.ParseID(c.Form().Get("a"))
	b, _ = db.ParseID(c.Form().Get("b"))
	return id, a, b, nil
}

func (d *Desk) names(c *web.Context) error {
	id, a, b, err := pairIn(c)
	if err != nil {
		return err
	}
	names, err := d.x.Names(c.Context(), c.Actor(), id, a, b, c.Form().Get("reason"))
	if err != nil {
		return d.showOffice(c, "pair:"+a.String()+b.String(), err, nil)
	}
	return d.showOffice(c, "", nil, func(o *officeData) {
		for i, p := range o.Pairs {
			if p.A == a && p.B == b {
				o.Pairs[i].Names = names
			}
		}
	})
}

func (d *Desk) decide(c *web.Context) error {
	id, a, b, err := pairIn(c)
	if err != nil {
		return err
	}
	aside, _ := db.ParseID(c.Form().Get("aside"))
	err = d.x.Decide(c.Context(), c.Actor(), id, a, b, aside, c.Form().Get("reason"))
	return d.did(c, "pair:"+a.String()+b.String(), err, "draws.flash.done")
}

// run lets the job take its turn at once.
func (d *Desk) run(c *web.Context) error {
	return d.did(c, "", d.x.Step(c.Context()), "draws.flash.done")
}

// newData is the form of a draw with dates of its own.
type newData struct {
	Facilities []ui.Option
	Facility   db.ID
	Rooms      []ui.Option
	Month      jp.Date
	Problem    web.Problem
}

func (d *Desk) officeNew(c *web.Context) error {
	at, _ := db.ParseID(c.Query("facility"))
	return d.askNew(c, at, nil)
}

func (d *Desk) askNew(c *web.Context, at db.ID, failed error) error {
	n := newData{Month: nextMonth(jp.DateOf(c.Now()), 3)}
	err := d.read(c, func(tx *db.Tx) error {
		all, err := facilitiesOf(tx, c)
		if err != nil {
			return err
		}
		n.Facilities, n.Facility, n.Rooms = nil, 0, nil
		for _, f := range all {
			n.Facilities = append(n.Facilities, ui.Option{Value: f.ID.String(), Label: c.Loc.Text(f.Name)})
			if n.Facility == 0 || f.ID == at {
				n.Facility = f.ID
			}
		}
		rooms, err := facility.RoomsOf(tx, n.Facility)
		for _, r := range rooms {
			n.Rooms = append(n.Rooms, ui.Option{Value: r.ID.String(), Label: c.Loc.Text(r.Name)})
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.Retry(failed, web.Meta{Title: c.Loc.T("draws.new"), Back: "/office/draws"}, func(p web.Problem) templ.Component {
		n.Problem = p
		return newView(n)
	})
}

func nextMonth(d jp.Date, n int) jp.Date { return jp.NewDate(d.Year, d.Month, 1).AddMonths(n) }

// facilitiesOf lists the facilities that the clerk's offices let.
func facilitiesOf(tx *db.Tx, c *web.Context) ([]facility.Facility, error) {
	var out []facility.Facility
	for _, s := range c.Viewer.Scopes(web.RoleClerk) {
		if s.Kind != "office" {
			continue
		}
		ids, err := db.All(tx, func(id *db.ID) []any { return []any{id} },
			`SELECT id FROM facilities WHERE office_id = $1 AND bookable = 1 ORDER BY id LIMIT 200`, s.ID)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			f, err := facility.Get(tx, id)
			if err != nil {
				return nil, err
			}
			out = append(out, f)
		}
	}
	return out, nil
}

func (d *Desk) officeMake(c *web.Context) error {
	form := c.Form()
	at, _ := db.ParseID(form.Get("facility"))
	one := draws.Draw{Facility: at, Source: draw.Kind(form.Get("source")), What: strings.TrimSpace(form.Get("what"))}
	var ours bool
	err := d.read(c, func(tx *db.Tx) error {
		f, err := facility.Get(tx, at)
		if err != nil {
			return err
		}
		one.Office, ours = f.Office, bookings.ClerkOf(c.Viewer, f.Office)
		rooms, err := facility.RoomsOf(tx, at)
		one.Rooms = nil
		for _, r := range rooms {
			for _, id := range form["rooms"] {
				if id == r.ID.String() {
					one.Rooms = append(one.Rooms, r.ID)
				}
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if !ours {
		return fault.New(fault.Denied, "draws.error.group")
	}
	read(&one, form.Get, c.Now())
	made, err := d.x.Make(c.Context(), c.Actor(), one)
	if err != nil {
		return d.askNew(c, at, err)
	}
	c.Flash("draws.flash.done")
	return c.Redirect("/office" + draws.Path(made.ID))
}

// hours is how long the value of a draw that is made by hand is waited for when
// nothing else was said.
const hours = 6

// read fills in what was typed of a new draw.
func read(one *draws.Draw, get func(string) string, now time.Time) {
	day := func(name string) jp.Date { d, _ := jp.ParseAnyDate(get(name)); return d }
	count := func(name string, otherwise int) int {
		n, err := strconv.Atoi(draw.CleanValue(get(name)))
		if err != nil || n < 0 || n > 1000 {
			return otherwise
		}
		return n
	}
	month := day("month")
	one.Month = jp.NewDate(month.Year, month.Month, 1)
	if month.IsZero() {
		one.Month = month
	}
	one.Opens = now
	if from := day("from"); !from.IsZero() {
		one.Opens = from.At(0)
	}
	one.Closes, one.Freezes = day("until").AddDays(1).At(0), day("on").At(12*60)
	one.Rule.Entries, one.Rule.Wins, one.Rule.Wishes = count("entries", 1), count("wins", 1), max(1, count("wishes", 3))
	one.Rule.Confirm, one.Rule.Wait, one.Rule.Overlap = max(1, count("confirm", 7)), max(1, count("wait", hours)), min(100, count("overlap", 0))
	one.Rule.Sets, one.Rule.Mode, one.Rule.Source, one.Rule.What = get("sets") != "", draw.Mode(get("mode")), one.Source, one.What
	one.Due = one.Freezes.Add(time.Duration(one.Rule.Wait) * time.Hour)
}
