package desk

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"kakehashi/domains/places/draws"
	"kakehashi/domains/places/facility"
	bookings "kakehashi/domains/places/reservation/desk"
	"kakehashi/engines/draw"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// enterData is an entry on its way: everything chosen so far stands in the
// address, so that each choice is one tap on a link and nothing is lost.
type enterData struct {
	oneDraw
	Board    *draws.Board
	Groups   []ui.Option
	For      db.ID
	Entry    draws.Entry // the one that is changed; zero for a new one
	Wishes   []draws.Wish
	Day      jp.Date // whose times are being chosen from; zero: none
	Form     bool    // the last page
	Partners bool
	Mine     draws.Entry // as it stands in the form
	Asks     questions
	Fees     []wishFee
	Problem  web.Problem
	Typed    url.Values // what was typed, after a failed try
}

// most is how many wishes the entry may have.
func (e enterData) most() int { return max(1, e.Rule.Wishes) }

// code writes a wish into an address.
func code(w draws.Wish) string {
	return fmt.Sprintf("%s.%s.%d.%d", w.Room, w.Day, w.From, w.To)
}

// readWish reads what code wrote; false for anything else.
func readWish(s string) (draws.Wish, bool) {
	part := strings.Split(s, ".")
	if len(part) != 4 {
		return draws.Wish{}, false
	}
	room, err := db.ParseID(part[0])
	if err != nil {
		return draws.Wish{}, false
	}
	day, err := jp.ParseDate(part[1])
	if err != nil {
		return draws.Wish{}, false
	}
	from, err := strconv.Atoi(part[2])
	if err != nil {
		return draws.Wish{}, false
	}
	to, err := strconv.Atoi(part[3])
	return draws.Wish{Room: room, Day: day, From: from, To: to}, err == nil
}

// mostRead bounds how many wishes an address may carry.
const mostRead = 30

// collect reads what was chosen so far.
func (d *Desk) collect(c *web.Context, form url.Values) (e enterData, err error) {
	id, err := c.PathID("id")
	if err != nil {
		return e, err
	}
	for _, s := range form["w"] {
		if w, ok := readWish(s); ok && len(e.Wishes) < mostRead {
			e.Wishes = append(e.Wishes, w)
		}
	}
	e.Day, _ = jp.ParseDate(form.Get("day"))
	e.For, _ = db.ParseID(form.Get("for"))
	entry, _ := db.ParseID(form.Get("entry"))
	e.Form, e.Partners = form.Get("step") == "form", form.Get("partners") != ""
	err = d.read(c, func(tx *db.Tx) error {
		one, err := draws.Get(tx, id)
		if err != nil {
			return err
		}
		if e.oneDraw, err = d.named(tx, one); err != nil {
			return err
		}
		if e.Board, err = draws.LoadBoard(tx, one); err != nil {
			return err
		}
		groups, err := d.groupsOf(tx, c.Viewer)
		if err != nil {
			return err
		}
		if entry != 0 {
			if e.Entry, err = draws.GetEntry(tx, entry); err != nil {
				return err
			}
			if e.Entry.Draw != id || !slices.Contains(groups, e.Entry.Group) {
				return notFound()
			}
			e.For = e.Entry.Group
			if len(form["w"]) == 0 && form.Get("anew") == "" {
				e.Wishes, e.Form = e.Entry.Wishes, true
			}
		}
		names, err := d.groupNames(tx, c.Loc, groups)
		for _, g := range groups {
			e.Groups = append(e.Groups, ui.Option{Value: g.String(), Label: names[g]})
		}
		switch {
		case len(groups) == 1:
			e.For = groups[0]
		case !slices.Contains(groups, e.For):
			e.For = 0
		}
		if err != nil || e.For == 0 {
			return err
		}
		e.Mine = e.filled(c, form)
		return d.priced(c, tx, &e)
	})
	return e, err
}

// filled is the entry as the form has it, or as it stands.
func (e enterData) filled(c *web.Context, form url.Values) draws.Entry {
	out := draws.Entry{
		ID: e.Entry.ID, Draw: e.ID, Group: e.For, Person: self(c.Viewer), Wishes: slices.Clone(e.Wishes), Purpose: form.Get("purpose"),
		Pledge: form.Get("pledge"), Asked: e.Entry.Asked, Loud: e.Entry.Loud,
	}
	out.Version, _ = strconv.ParseInt(form.Get("version"), 10, 64)
	out.People, _ = strconv.ParseInt(strings.TrimSpace(form.Get("people")), 10, 64)
	if asked, loud, ok := bookings.AskedIn(form); ok {
		out.Asked, out.Loud = asked, loud
	}
	for i := range out.Wishes {
		out.Wishes[i].Partners = e.Partners
	}
	return out
}

func (e enterData) meta(c *web.Context) web.Meta {
	return web.Meta{Title: c.Loc.T("draws.enter.title"), Field: "place", Back: draws.Path(e.ID)}
}

func (d *Desk) enter(c *web.Context) error {
	e, err := d.collect(c, c.URL().Query())
	if err != nil {
		return err
	}
	if !e.Taking(c.Now()) {
		return c.Redirect(draws.Path(e.ID))
	}
	if e.Form = e.Form && len(e.Wishes) > 0 || len(e.Wishes) >= e.most(); e.Form {
		e.Day = jp.Date{}
	}
	return c.Page(e.meta(c), enterView(e))
}

// path is the address of the next choice.
func (e enterData) path(wishes []draws.Wish, more ...string) string {
	q := url.Values{}
	if e.For != 0 {
		q.Set("for", e.For.String())
	}
	if e.Entry.ID != 0 {
		q.Set("entry", e.Entry.ID.String())
		q.Set("anew", "1")
	}
	for _, w := range wishes {
		q.Add("w", code(w))
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return draws.Path(e.ID) + "/enter?" + q.Encode()
}

// without leaves one wish out.
func (e enterData) without(i int) []draws.Wish {
	return slices.Delete(slices.Clone(e.Wishes), i, i+1)
}

// raised sets a wish one higher.
func (e enterData) raised(i int) []draws.Wish {
	out := slices.Clone(e.Wishes)
	out[i-1], out[i] = out[i], out[i-1]
	return out
}

// choice is a time of a day that can be wished for with one tap.
type choice struct {
	draws.Wish
	Free bool
}

// choices are the bands of a room's day, and those in a row where sets are
// taken.
func (e enterData) choices(r facility.Room, day jp.Date) []choice {
	bands := draws.Bands(r)
	var out []choice
	for n := 1; n <= len(bands) && (n == 1 || e.Rule.Sets); n++ {
		for i := 0; i+n <= len(bands); i++ {
			w := draws.Wish{Room: r.ID, Day: day, From: bands[i].From, To: bands[i+n-1].To}
			if !slices.Contains(e.Wishes, w) {
				out = append(out, choice{w, e.Board.Free(w)})
			}
		}
	}
	return out
}

// state says what is left of a day to wish for.
func (e enterData) state(day jp.Date) ui.DayState {
	if day.Before(e.Month) || day.After(e.Last()) {
		return ui.DayState{State: ui.Shut}
	}
	free, all := 0, 0
	for _, r := range e.Board.Rooms {
		for _, b := range draws.Bands(r) {
			if all++; e.Board.Free(draws.Wish{Room: r.ID, Day: day, From: b.From, To: b.To}) {
				free++
			}
		}
	}
	out := ui.DayState{State: ui.Part, Href: e.path(e.Wishes, "day", day.String())}
	switch free {
	case 0:
		out = ui.DayState{State: ui.Shut}
	case all:
		out.State = ui.Free
	}
	return out
}

func (e enterData) month() ui.MonthOf {
	return ui.MonthOf{Month: e.Month, Current: e.Day, Day: e.state}
}

// say tells a wish in words: day, room, time.
func (o oneDraw) say(ctx context.Context, b *draws.Board, w draws.Wish) string {
	loc := i18n.From(ctx)
	r, _ := b.Room(w.Room)
	return loc.T("draws.wish", "when", loc.Range(w.Day.At(w.From), w.Day.At(w.To)), "room", loc.Text(r.Name))
}

// partners reports whether another room would do for one of the wishes.
func (e enterData) partners() bool {
	return slices.ContainsFunc(e.Wishes, func(w draws.Wish) bool { return len(e.Board.Partners(w.Room)) > 0 })
}

// pledges reports whether the group gives a word for the seed.
func (e enterData) pledges() bool { return e.Source == draw.Entrants }

// send enters, or changes what was entered.
func (d *Desk) send(c *web.Context) error {
	form := c.Form()
	e, err := d.collect(c, form)
	if err != nil {
		return err
	}
	if e.For == 0 {
		return d.again(c, e, fault.New(fault.Conflict, "draws.error.group"))
	}
	if form.Has("seen") && form.Get("seen") != e.seen() {
		return d.again(c, e, fault.New(fault.Conflict, "draws.error.fee"))
	}
	made, err := d.x.Enter(c.Context(), c.Actor(), e.Mine)
	if err != nil {
		return d.again(c, e, err)
	}
	c.Flash("draws.flash.entered", "receipt", made.Receipt)
	return c.Redirect(entryPath(made))
}

// again shows the form as it was typed.
func (d *Desk) again(c *web.Context, e enterData, failed error) error {
	e.Form, e.Day, e.Typed = true, jp.Date{}, c.Form()
	return c.Retry(failed, e.meta(c), func(p web.Problem) templ.Component {
		e.Problem = p
		return enterView(e)
	})
}

func entryPath(e draws.Entry) string {
	return draws.Path(e.Draw) + "/entries/" + e.ID.String()
}

// entryData is the page of one entry.
type entryData struct {
	oneDraw
	Board    *draws.Board
	Mine     result
	Open     bool
	First    bool
	Word     bool // a word was promised and not told yet
	Told     bool
	Problem  web.Problem
	Accepted string // address of the reservation of a win
}

func (d *Desk) loadEntry(c *web.Context) (e entryData, err error) {
	id, err := c.PathID("entry")
	if err != nil {
		return e, err
	}
	err = d.read(c, func(tx *db.Tx) error {
		one, err := draws.GetEntry(tx, id)
		if err != nil {
			return err
		}
		of, err := draws.Get(tx, one.Draw)
		if err != nil {
			return err
		}
		if e.oneDraw, err = d.named(tx, of); err != nil {
			return err
		}
		if e.Board, err = draws.LoadBoard(tx, of); err != nil {
			return err
		}
		names, err := d.groupNames(tx, c.Loc, []db.ID{one.Group})
		if err != nil {
			return err
		}
		e.Mine = result{one, names[one.Group], d.x.Alias(of.ID, one.Group)}
		e.Open, e.First = of.Taking(c.Now()) && one.Standing == draws.Entered, one.Number == 1
		pledged, told, err := draws.Revealed(tx, of.ID, one.Group)
		e.Word, e.Told = pledged && !told && of.State == draws.Frozen, told
		if one.Reservation != 0 {
			e.Accepted = "/reservations/" + one.Reservation.String()
		}
		return err
	})
	return e, err
}

func (d *Desk) entry(c *web.Context) error { return d.showEntry(c, nil) }

func (d *Desk) showEntry(c *web.Context, failed error) error {
	e, err := d.loadEntry(c)
	if err != nil {
		return err
	}
	m := web.Meta{Title: c.Loc.T("draws.entry.title"), Field: "place", Back: draws.Path(e.ID)}
	return c.Retry(failed, m, func(p web.Problem) templ.Component {
		e.Problem = p
		return entryView(e)
	})
}

func (d *Desk) withdraw(c *web.Context) error {
	return d.change(c, d.x.Withdraw, "draws.flash.withdrawn", false)
}

func (d *Desk) raise(c *web.Context) error {
	return d.change(c, d.x.Raise, "draws.flash.done", true)
}

// change does something to the entry in the path.
func (d *Desk) change(c *web.Context, do func(context.Context, db.Actor, db.ID) error, flash string, stay bool) error {
	id, err := c.PathID("entry")
	if err != nil {
		return err
	}
	if err := do(c.Context(), c.Actor(), id); err != nil {
		return d.showEntry(c, err)
	}
	c.Flash(flash)
	if stay {
		return c.Redirect("/draws/" + c.Path("id") + "/entries/" + id.String())
	}
	return c.Redirect("/draws/" + c.Path("id"))
}

func (d *Desk) reveal(c *web.Context) error {
	e, err := d.loadEntry(c)
	if err != nil {
		return err
	}
	if err := d.x.Reveal(c.Context(), c.Actor(), e.ID, e.Mine.Entry.Group, c.Form().Get("word")); err != nil {
		return d.showEntry(c, err)
	}
	c.Flash("draws.flash.told")
	return c.Redirect(entryPath(e.Mine.Entry))
}
