package desk

import (
	"cmp"
	"context"
	"strconv"

	"github.com/a-h/templ"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/calendar"
	"kakehashi/domains/places/reservation/letter"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/feed"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// line is a reservation in a list.
type line struct {
	reservation.Reservation
	Room  i18n.Text
	Place i18n.Text
	Group string
	Who   string
}

type mineData struct {
	Coming, Past []line
	Next         string // cursor of the earlier ones
	Earlier      bool   // a later page of what is past
}

// mostComing is how many reservations to come the list shows.
const mostComing = 100

// lines fills in the names.
func (d *Desk) lines(tx *db.Tx, loc *i18n.Localizer, rs []reservation.Reservation, people bool) ([]line, error) {
	out := make([]line, len(rs))
	names := map[db.ID]string{}
	for i, r := range rs {
		room, err := d.svc.Room(tx, r.Room)
		if err != nil {
			return nil, err
		}
		out[i] = line{Reservation: r, Room: room.Name, Place: room.Place()}
		if _, known := names[r.Group]; !known {
			if names[r.Group], err = d.groupName(tx, loc, r.Group); err != nil {
				return nil, err
			}
		}
		out[i].Group = names[r.Group]
		if !people {
			continue
		}
		if _, known := names[r.Person]; !known {
			if names[r.Person], err = d.personName(tx, r.Person); err != nil {
				return nil, err
			}
		}
		out[i].Who = names[r.Person]
	}
	return out, nil
}

func (d *Desk) mine(c *web.Context) error {
	var m mineData
	before := reservation.ParseKey(c.Query("before"))
	err := d.read(c, func(tx *db.Tx) error {
		groups, err := d.groupsOf(tx, self(c.Viewer))
		if err != nil {
			return err
		}
		past, err := reservation.Past(tx, self(c.Viewer), groups, before, reservation.PageSize)
		if err != nil {
			return err
		}
		if len(past) == reservation.PageSize {
			m.Next = "/me/reservations?before=" + reservation.KeyOf(past[len(past)-1]).String()
		}
		if m.Past, err = d.lines(tx, c.Loc, past, false); err != nil || before.ID != 0 {
			m.Earlier = true
			return err
		}
		coming, err := reservation.Coming(tx, self(c.Viewer), groups, mostComing)
		if err != nil {
			return err
		}
		m.Coming, err = d.lines(tx, c.Loc, coming, false)
		return err
	})
	if err != nil {
		return err
	}
	return c.Page(web.Meta{Title: c.Loc.T("reservation.mine.title"), Field: "place", Back: "/me"}, mineView(m))
}

// items are the lines of a resident's list.
func (m mineData) items(ctx context.Context, all []line) []ui.ListItem {
	out := make([]ui.ListItem, len(all))
	for i, l := range all {
		out[i] = ui.ListItem{
			Href: reservation.Path(l.ID), Lead: ui.When(l.Span.Start, l.Span.End),
			Title: ui.Join(ui.Text(l.Place), ui.Text(l.Room), ui.Tag(stateTag(ctx, l.Reservation))),
		}
		if l.Group != "" {
			out[i].Note = ui.Verbatim(l.Group)
		}
	}
	return out
}

// stateTag says how far a reservation has come.
//
//i18n:uses reservation.state.*
func stateTag(ctx context.Context, r reservation.Reservation) ui.TagOf {
	tone := ui.Info
	if r.State.Live() && !forUse(r) {
		return ui.TagOf{Label: kindWord(i18n.From(ctx), r), Tone: tone}
	}
	switch r.State {
	case reservation.Confirmed:
		tone = ui.Good
	case reservation.Requested, reservation.Offered:
		tone = ui.Care
	case reservation.Refused, reservation.Cancelled, reservation.NoShow:
		tone = ui.Bad
	}
	return ui.TagOf{Label: tr(ctx, "reservation.state."+string(r.State)), Tone: tone}
}

// forUse reports whether the room is let, and not the office's own for the time.
func forUse(r reservation.Reservation) bool {
	return r.Kind == reservation.ForUse || r.Kind == ""
}

// kindWord says what the time is taken for.
//
//i18n:uses reservation.kind.*
func kindWord(loc *i18n.Localizer, r reservation.Reservation) string {
	return loc.T("reservation.kind." + string(cmp.Or(r.Kind, reservation.ForUse)))
}

// oneData is what the pages of one reservation show.
type oneData struct {
	line
	Letter  letter.Letter
	Room    reservation.RoomInfo
	By      string // who entered it, when that was somebody else
	Open    bool   // can still be changed or cancelled
	Started bool
	Series  *reservation.Series
	Booked  []line // of the series
	Problem web.Problem
	Mailed  bool
	Top     []templ.Component
	Panels  []templ.Component
}

// seriesKey names a series by what it is: repeated, or several rooms in one go.
func (o oneData) seriesKey() string {
	if o.Series.Rule.Every == "" {
		return "reservation.many.title"
	}
	return "reservation.series.title"
}

// one reads the reservation in the path.
func (d *Desk) one(c *web.Context, on Page) (o oneData, err error) {
	id, err := c.PathID("id")
	if err != nil {
		return o, err
	}
	err = d.read(c, func(tx *db.Tx) error {
		r, err := reservation.Get(tx, id)
		if err != nil {
			return err
		}
		ls, err := d.lines(tx, c.Loc, []reservation.Reservation{r}, true)
		if err != nil {
			return err
		}
		o.line = ls[0]
		if o.Room, err = d.svc.Room(tx, r.Room); err != nil {
			return err
		}
		n, err := d.svc.Notice(tx, r)
		if err != nil {
			return err
		}
		o.Letter = letter.Of(n, kindOf(r.State), d.deps.BaseURL)
		o.Open, o.Started = r.Open(tx.Now), !r.Span.Start.After(tx.Now)
		if r.MadeBy != r.Person {
			if o.By, err = d.personName(tx, r.MadeBy); err != nil {
				return err
			}
		}
		if r.Series != 0 {
			s, err := reservation.GetSeries(tx, r.Series)
			if err != nil {
				return err
			}
			o.Series = &s
			if o.Booked, err = d.lines(tx, c.Loc, s.Booked, false); err != nil {
				return err
			}
		}
		if on == MinePage {
			if o.Top, err = d.panels(c, tx, TopPage, r); err != nil {
				return err
			}
		}
		o.Panels, err = d.panels(c, tx, on, r)
		return err
	})
	return o, err
}

// kindOf names the message whose words tell of the state.
func kindOf(s reservation.State) string {
	switch s {
	case reservation.Requested, reservation.Refused, reservation.Cancelled, reservation.Offered, reservation.Lapsed:
		return string(s)
	}
	return "reserved"
}

func oneMeta(c *web.Context, key string, o oneData) web.Meta {
	return web.Meta{Title: c.Loc.T(key), Field: "place", Back: reservation.Path(o.ID)}
}

func (d *Desk) show(c *web.Context) error {
	o, err := d.one(c, MinePage)
	if err != nil {
		return err
	}
	m := oneMeta(c, "reservation.one.title", o)
	m.Back = "/me/reservations"
	return c.Page(m, oneView(o))
}

func (d *Desk) done(c *web.Context) error {
	o, err := d.one(c, MinePage)
	if err != nil {
		return err
	}
	if !o.Open {
		return c.Redirect(reservation.Path(o.ID))
	}
	return c.Page(oneMeta(c, "reservation.done."+kindOf(o.State), o), doneView(o))
}

func (d *Desk) print(c *web.Context) error {
	o, err := d.one(c, MinePage)
	if err != nil {
		return err
	}
	m := oneMeta(c, "reservation.one.title", o)
	m.Print = true
	return c.Page(m, printView(o))
}

func (d *Desk) file(c *web.Context) error {
	o, err := d.one(c, MinePage)
	if err != nil {
		return err
	}
	events := calendar.Of(c.Loc, o.Letter.Notice, d.deps.BaseURL, !o.State.Live(), o.State.Open(), o.ChangedAt)
	return c.Bytes(feed.CalendarMIME, feed.Calendar("", feed.Publish, events...))
}

func (d *Desk) series(c *web.Context) error {
	o, err := d.one(c, MinePage)
	if err != nil {
		return err
	}
	if o.Series == nil {
		return c.Redirect(reservation.Path(o.ID))
	}
	return c.Page(oneMeta(c, o.seriesKey(), o), seriesView(o))
}

func (d *Desk) cancelSeries(c *web.Context) error {
	o, err := d.one(c, MinePage)
	if err != nil {
		return err
	}
	n, err := d.svc.CancelSeries(c.Context(), c.Actor(), o.Reservation.Series, c.Form().Get("reason"))
	if err != nil {
		return err
	}
	c.Flash("reservation.cancelled.many", "count", n)
	return c.Redirect("/me/reservations")
}

func (d *Desk) showCancel(c *web.Context) error { return d.askCancel(c, nil) }

func (d *Desk) askCancel(c *web.Context, failed error) error {
	o, err := d.one(c, MinePage)
	if err != nil {
		return err
	}
	return c.Retry(failed, oneMeta(c, "reservation.cancel.title", o), func(p web.Problem) templ.Component {
		o.Problem = p
		return cancelView(o)
	})
}

func (d *Desk) cancel(c *web.Context) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	version, _ := strconv.ParseInt(c.Form().Get("version"), 10, 64)
	if _, err := d.svc.Cancel(c.Context(), c.Actor(), id, version, c.Form().Get("reason")); err != nil {
		return d.askCancel(c, err)
	}
	c.Flash("reservation.cancelled")
	return c.Redirect(reservation.Path(id))
}

// changeData is the form of a change with what stands now.
type changeData struct {
	bookData
	One     oneData
	Version int64
	Stale   bool // somebody else changed it meanwhile: both texts are shown
}

func (d *Desk) showChange(c *web.Context) error {
	o, err := d.one(c, MinePage)
	if err != nil {
		return err
	}
	form := readDraft(c.Form())
	if !form.has("day") {
		form = draftOf(o.Reservation, c.Loc.Lang())
	}
	version := o.Version
	if v, err := strconv.ParseInt(c.Form().Get("version"), 10, 64); err == nil {
		version = v
	}
	return d.askChange(c, o, form, version, nil)
}

// draftOf is what stands, as a form begins with it.
func draftOf(r reservation.Reservation, lang i18n.Lang) draft {
	form := draft{Room: r.Room, Day: r.Day(), People: r.Headcount, Purpose: r.Purpose, Public: r.Public()}
	form.From = int(r.Span.Start.Sub(form.Day.At(0)).Minutes())
	form.To = form.From + r.Span.Minutes()
	form.Title, _ = r.PublicTitle.Pick(lang)
	form.recall(r)
	return form
}

func (d *Desk) askChange(c *web.Context, o oneData, form draft, version int64, failed error) error {
	form.Group = o.Reservation.Group
	b := changeData{bookData: bookData{Draft: form, Action: reservation.Path(o.ID) + "/change"}, One: o, Version: version}
	if err := d.read(c, func(tx *db.Tx) error { return d.load(tx, c, &b.bookData) }); err != nil {
		return err
	}
	if _, ok := reservation.AsClash(failed); ok {
		b.Draft.form.Set("version", strconv.FormatInt(version, 10))
		return d.again(c, b.bookData, "", failed)
	}
	if form.Room == o.Reservation.Room && o.State.Live() {
		b.Taken = b.Taken.Without(bitsOn(o.Span, form.Day)) // its own time is free to it
	}
	b.Stale = version != o.Version
	return c.Retry(failed, oneMeta(c, "reservation.change.title", o), func(p web.Problem) templ.Component {
		b.Problem = p
		return changeView(b)
	})
}

// bitsOn returns the quarters of the span that lie on the day.
func bitsOn(s quarter.Span, day jp.Date) quarter.Bits {
	for _, d := range s.Days() {
		if d.Date == day {
			return d.Bits
		}
	}
	return quarter.Bits{}
}

func (d *Desk) change(c *web.Context) error {
	o, err := d.one(c, MinePage)
	if err != nil {
		return err
	}
	form := readDraft(c.Form())
	wish := form.wish(o.Person, c.Loc.Lang())
	next := o.Reservation
	if form.Room != 0 {
		next.Room = form.Room
	}
	next.Version, _ = strconv.ParseInt(c.Form().Get("version"), 10, 64)
	next.Span, next.Headcount, next.Purpose = wish.Span, wish.Headcount, wish.Purpose
	next.PublicTitle = mergeTitle(o.PublicTitle, wish.PublicTitle)
	next = form.answered(next)
	var check fault.Check
	check.Field(!form.Day.IsZero(), "day", "reservation.error.day")
	check.Field(!form.Public || form.Title != "", "title", "reservation.error.title")
	if err := check.Err(); err != nil {
		return d.askChange(c, o, form, next.Version, err)
	}
	if _, err := d.svc.Change(c.Context(), c.Actor(), next); err != nil {
		return d.askChange(c, o, form, next.Version, err)
	}
	c.Flash("reservation.changed")
	return c.Redirect(reservation.Path(o.ID))
}

// mergeTitle keeps a title's other languages when one of them is edited.
func mergeTitle(old, wish i18n.Text) i18n.Text {
	if len(wish) == 0 {
		return nil
	}
	out := i18n.Text{}
	for l, s := range old {
		out[l] = s
	}
	for l, s := range wish {
		out[l] = s
	}
	return out
}

// public shows a reservation that anybody may come to.
func (d *Desk) public(c *web.Context) error {
	o, err := d.one(c, MinePage)
	if err != nil {
		return err
	}
	if !o.Public() || o.State != reservation.Confirmed && o.State != reservation.Used {
		return fault.New(fault.NotFound, "web.error.not_found")
	}
	return c.Page(web.Meta{Title: c.Loc.Text(o.PublicTitle), Field: "place", Back: "/places/rooms/" + o.Reservation.Room.String()}, publicView(o))
}

// today is the civil day of a page.
func today(c *web.Context) jp.Date { return jp.DateOf(c.Now()) }
