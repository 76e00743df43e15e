package desk

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"kakehashi/domains/places/blocks"
	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// askData is what the form and its preview show.
type askData struct {
	Facility facility.Facility
	Rooms    []facility.Room
	Wish     blocks.Wish
	Form     url.Values
	Today    jp.Date
	Hits     []hitRow
	Problem  web.Problem
}

// hitRow is a reservation that stands in the way.
type hitRow struct {
	oustedRow
	Near []reservation.Vacancy
}

func atoi(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return 0
	}
	return n
}

// readWish reads what the form asks for. The office is that of the facility.
func readWish(form url.Values, f facility.Facility) blocks.Wish {
	w := blocks.Wish{
		Office: f.Office, Kind: reservation.Kind(form.Get("kind")), Reason: form.Get("reason"), From: atoi(form.Get("from")), To: atoi(form.Get("to")),
	}
	for _, s := range form["rooms"] {
		if id, err := db.ParseID(s); err == nil {
			w.Rooms = append(w.Rooms, id)
		}
	}
	for _, s := range form["weekdays"] {
		w.Weekdays = append(w.Weekdays, time.Weekday(atoi(s)))
	}
	w.First, _ = jp.ParseAnyDate(form.Get("first"))
	if w.Last, _ = jp.ParseAnyDate(form.Get("last")); w.Last.IsZero() {
		w.Last = w.First
	}
	return w
}

// read finds the facility that the form is about; a zero one when none of the
// reader's was chosen.
func (d *Desk) read(c *web.Context) (a askData, all []facility.Facility, err error) {
	a.Form, a.Today = c.Form(), jp.DateOf(c.Now())
	all, snap, err := d.facilities(c)
	if err != nil {
		return a, nil, err
	}
	id, _ := db.ParseID(a.Form.Get("facility"))
	for _, f := range all {
		if f.ID == id || id == 0 && len(all) == 1 {
			a.Facility, a.Rooms = f, snap.Rooms(f.ID)
		}
	}
	a.Wish = readWish(a.Form, a.Facility)
	return a, all, nil
}

// ask shows the choice of a facility, the form, or who stands in the way.
func (d *Desk) ask(c *web.Context) error {
	a, all, err := d.read(c)
	if err != nil {
		return err
	}
	if a.Facility.ID == 0 {
		return c.Page(meta(c, "blocks.new.title", "/office/blocks"), chooseView(all))
	}
	if a.Form.Get("look") == "" {
		return d.form(c, a, nil)
	}
	return d.preview(c, a, nil)
}

func (d *Desk) form(c *web.Context, a askData, failed error) error {
	m := meta(c, "blocks.new.title", "/office/blocks")
	m.Wide = false
	return c.Retry(failed, m, func(p web.Problem) templ.Component {
		a.Problem = p
		return formView(a)
	})
}

// preview shows who would have to give way, and what is free for them.
func (d *Desk) preview(c *web.Context, a askData, failed error) error {
	hits, err := d.all.Preview(c.Context(), a.Wish)
	if err != nil {
		return d.form(c, a, err)
	}
	err = d.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		names := map[db.ID]string{}
		for _, h := range hits {
			row, err := d.row(tx, c.Loc, h.Reservation, names)
			if err != nil {
				return err
			}
			a.Hits = append(a.Hits, hitRow{oustedRow: row, Near: h.Near})
		}
		return nil
	})
	if err != nil {
		return err
	}
	m := meta(c, "blocks.preview.title", "/office/blocks")
	m.Wide = false
	return c.Retry(failed, m, func(p web.Problem) templ.Component {
		a.Problem = p
		return previewView(a)
	})
}

// make takes what the clerk has looked at.
func (d *Desk) make(c *web.Context) error {
	a, _, err := d.read(c)
	if err != nil {
		return err
	}
	if a.Facility.ID == 0 { // none, or another office's
		return c.Redirect("/office/blocks/new")
	}
	instead := map[db.ID]reservation.Vacancy{}
	for name, values := range a.Form {
		id, err := db.ParseID(strings.TrimPrefix(name, "instead."))
		if v, ok := parseSlot(values[0]); err == nil && ok && strings.HasPrefix(name, "instead.") {
			instead[id] = v
		}
	}
	b, err := d.all.Make(c.Context(), c.Actor(), a.Wish, instead)
	if b.ID == 0 {
		return d.form(c, a, err)
	}
	if err != nil {
		return err
	}
	c.Flash("blocks.made")
	return c.Redirect(path(b.ID))
}

// slot is a free time as a field sends it.
func slot(v reservation.Vacancy) string {
	day := jp.DateOf(v.Span.Start)
	from := int(v.Span.Start.Sub(day.At(0)).Minutes())
	return strings.Join([]string{v.Room.String(), day.String(), strconv.Itoa(from), strconv.Itoa(from + v.Span.Minutes())}, "_")
}

func parseSlot(s string) (v reservation.Vacancy, ok bool) {
	parts := strings.Split(s, "_")
	if len(parts) != 4 {
		return v, false
	}
	room, err := db.ParseID(parts[0])
	day, err2 := jp.ParseAnyDate(parts[1])
	v.Room, v.Span = room, quarter.On(day, atoi(parts[2]), atoi(parts[3]))
	return v, err == nil && err2 == nil && v.Span.Whole()
}

func (a askData) roomOptions(ctx context.Context) []ui.Option {
	out := make([]ui.Option, len(a.Rooms))
	for i, r := range a.Rooms {
		out[i] = ui.Option{Value: r.ID.String(), Label: i18n.From(ctx).Text(r.Name)}
	}
	return out
}

func weekdayOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for n := range 7 {
		day := time.Weekday((n + 1) % 7) // from Monday
		out = append(out, ui.Option{Value: strconv.Itoa(int(day)), Label: i18n.From(ctx).Weekday(day)})
	}
	return out
}

func kindOptions(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: string(reservation.Official), Label: tr(ctx, "blocks.kind.official")},
		{Value: string(reservation.Maintenance), Label: tr(ctx, "blocks.kind.maintenance")},
	}
}

// hours are the earliest and latest times of the facility's rooms.
func (a askData) hours() (from, to int) {
	from, to = facility.DayEnd, 0
	for _, r := range a.Rooms {
		from, to = min(from, r.Opens), max(to, r.Closes)
	}
	return min(from, to), to
}

func (a askData) value(name, otherwise string) string {
	if a.Form.Has(name) {
		return a.Form.Get(name)
	}
	return otherwise
}

// carried are the fields that the preview hands on.
func (a askData) carried() []ui.Option {
	var out []ui.Option
	for _, name := range []string{"facility", "kind", "reason", "rooms", "first", "last", "weekdays", "from", "to"} {
		for _, v := range a.Form[name] {
			out = append(out, ui.Option{Value: v, Label: name})
		}
	}
	return out
}

// back is the form with everything that was filled in.
func (a askData) back() string {
	q := url.Values{}
	for _, o := range a.carried() {
		q.Add(o.Label, o.Value)
	}
	return "/office/blocks/new?" + q.Encode()
}

// others are the free times that can be held for somebody; none is the first.
func (h hitRow) others(ctx context.Context) []ui.Option {
	loc := i18n.From(ctx)
	out := []ui.Option{{Value: "none", Label: tr(ctx, "blocks.instead.none")}}
	for _, v := range h.Near {
		out = append(out, ui.Option{Value: slot(v), Label: loc.Text(v.Place) + " " + loc.Text(v.Name) + " · " + loc.Range(v.Span.Start, v.Span.End)})
	}
	return out
}

// ours reports whether the office has the time already: it does not give way.
func (h hitRow) ours() bool { return h.Kind != reservation.ForUse }

// away counts those who would have to give way.
func (a askData) away() int {
	n := 0
	for _, h := range a.Hits {
		if !h.ours() && h.State != reservation.Resting {
			n++
		}
	}
	return n
}

// summary says what is taken.
func (a askData) summary(ctx context.Context) []ui.Definition {
	loc := i18n.From(ctx)
	var rooms []string
	for _, r := range a.Rooms {
		if slices.Contains(a.Wish.Rooms, r.ID) {
			rooms = append(rooms, loc.Text(r.Name))
		}
	}
	days := loc.Date(a.Wish.First)
	if a.Wish.Last.After(a.Wish.First) {
		days = loc.Days(a.Wish.First, a.Wish.Last)
	}
	out := []ui.Definition{
		{Term: tr(ctx, "blocks.field.kind"), Is: ui.Say(kindName(ctx, a.Wish.Kind))},
		{Term: tr(ctx, "blocks.field.reason"), Is: ui.Verbatim(a.Wish.Reason)},
		{Term: tr(ctx, "blocks.field.rooms"), Is: ui.Say(loc.List(rooms))},
		{Term: tr(ctx, "blocks.field.days"), Is: ui.Say(days)},
		{Term: tr(ctx, "blocks.field.time"), Is: ui.Say(loc.Times(a.Wish.From, a.Wish.To))},
		{Term: tr(ctx, "blocks.field.times"), Is: ui.Number(int64(len(a.Wish.Times())))},
	}
	return out
}

// kindName is what a block is for, in one word.
//
//i18n:uses blocks.kind.*
func kindName(ctx context.Context, k reservation.Kind) string {
	return tr(ctx, "blocks.kind."+string(k))
}
