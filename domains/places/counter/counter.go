package counter

import (
	"cmp"
	"embed"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/desk"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

//go:embed messages/*.toml
var messages embed.FS

// Messages returns the texts of the counter in every language.
func Messages() i18n.Source { return i18n.Source{Name: "counter", FS: messages} }

// Counter serves the screen at which a clerk enters applications on paper.
type Counter struct {
	deps  module.Deps
	svc   *reservation.Service
	rooms *facility.Directory
	near  Neighbours
}

// Holder is somebody a clerk may have meant by what was typed.
type Holder struct {
	Group  db.ID // 0: a person alone
	Person db.ID // who answers for it and gets the messages
	Name   string
	Note   string // what tells apart those of one name
}

// Neighbours are what the counter needs of others.
type Neighbours struct {
	// Holders returns the groups and persons that the words may mean, at most
	// limit of each.
	Holders func(tx *db.Tx, loc *i18n.Localizer, words string, limit int) ([]Holder, error)
	// UseKey returns the message key that names a use.
	UseKey func(rules.Use) string
}

// New returns the counter; it does no I/O.
func New(deps module.Deps, svc *reservation.Service, rooms *facility.Directory, near Neighbours) *Counter {
	return &Counter{deps: deps, svc: svc, rooms: rooms, near: near}
}

// Join hands over the pages.
func (x *Counter) Join(m *module.Module, _ *desk.Desk) {
	clerk := web.Holding(web.RoleClerk)
	m.Messages = append(m.Messages, Messages())
	m.Routes = append(m.Routes,
		web.Route{Pattern: "GET /office/counter", Access: clerk, Handle: x.show},
		web.Route{Pattern: "POST /office/counter", Access: clerk, Handle: x.enter},
	)
	m.Nav = append(m.Nav, module.Nav{Place: module.InOffice, Path: "/office/counter", LabelKey: "counter.title", Icon: string(ui.IconEdit),
		Show: func(v web.Viewer) bool { return v.Holds(web.RoleClerk) }, Order: 15})
}

// mostHolders is how many groups, and persons, of one name are offered.
const mostHolders = 8

// data is what the screen shows.
type data struct {
	Form    url.Values
	Rooms   []ui.Option
	Uses    []ui.Option
	Holders []ui.Option // where what was typed may mean several
	Near    []reservation.Vacancy
	Done    *done
	Problem web.Problem
}

// done is what was entered just before.
type done struct {
	reservation.Reservation
	Room, Place i18n.Text
}

// offices are those whose rooms the clerk lets.
func offices(v web.Viewer) map[db.ID]bool {
	out := map[db.ID]bool{}
	for _, s := range v.Scopes(web.RoleClerk) {
		out[s.ID] = s.Kind == "office"
	}
	return out
}

// load reads what the screen offers.
func (x *Counter) load(c *web.Context, form url.Values) (data, error) {
	d := data{Form: form}
	snap, err := x.rooms.Get(c.Context())
	if err != nil {
		return d, err
	}
	mine := offices(c.Viewer)
	for _, f := range snap.Facilities {
		if !mine[f.Office] {
			continue
		}
		for _, r := range snap.Rooms(f.ID) {
			d.Rooms = append(d.Rooms, ui.Option{Value: r.ID.String(), Label: c.Loc.Text(f.Name) + " " + c.Loc.Text(r.Name)})
		}
	}
	if x.near.UseKey != nil {
		d.Uses = []ui.Option{{Label: c.Loc.T("counter.use.none")}}
		for _, u := range rules.Uses {
			d.Uses = append(d.Uses, ui.Option{Value: string(u), Label: c.Loc.T(x.near.UseKey(u))})
		}
	}
	return d, nil
}

// show shows the screen, with what was entered just before.
func (x *Counter) show(c *web.Context) error {
	d, err := x.load(c, c.URL().Query())
	if err != nil {
		return err
	}
	if id, err := db.ParseID(c.Query("done")); err == nil {
		err := x.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
			r, err := reservation.Get(tx, id)
			if err != nil || !offices(c.Viewer)[r.Office] {
				return err
			}
			room, err := x.svc.Room(tx, r.Room)
			d.Done = &done{r, room.Name, room.Place()}
			return err
		})
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return x.page(c, d, nil)
}

func (x *Counter) page(c *web.Context, d data, failed error) error {
	return c.Retry(failed, web.Meta{Title: c.Loc.T("counter.title"), Back: "/office", Wide: true}, func(p web.Problem) templ.Component {
		d.Problem = p
		return view(d)
	})
}

// enter books what was typed, in the name of whom it is for. Whatever is wrong
// is said at once, and all that was typed stays.
func (x *Counter) enter(c *web.Context) error {
	form := c.Form()
	if slot := strings.Split(form.Get("slot"), "_"); len(slot) == 4 { // one of the nearest free times
		form.Set("room", slot[0])
		form.Set("day", slot[1])
		form.Set("time", slot[2]+"-"+slot[3])
	}
	d, err := x.load(c, form)
	if err != nil {
		return err
	}
	wish, failed, err := x.wish(c, &d)
	if err != nil {
		return err
	}
	if failed == nil {
		actor := c.Actor()
		actor.OnBehalfOf = wish.Person
		var made reservation.Reservation
		if made, failed = x.svc.Book(c.Context(), actor, wish); failed == nil {
			return c.Redirect("/office/counter?" + url.Values{"done": {made.ID.String()}, "room": {made.Room.String()}}.Encode())
		}
	}
	if clash, ok := reservation.AsClash(failed); ok {
		if d.Near, err = x.svc.Nearest(c.Context(), clash.Room, clash.Span, max(wish.Headcount, 1)); err != nil {
			return err
		}
	}
	return x.page(c, d, failed)
}

// wish reads the form; failed says all that is wrong with it.
func (x *Counter) wish(c *web.Context, d *data) (w reservation.Reservation, failed, err error) {
	var check fault.Check
	get := func(name string) string { return strings.TrimSpace(d.Form.Get(name)) }
	err = x.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		h, ok, err := x.holder(tx, c.Loc, d, get("for"), get("holder"))
		if err != nil {
			return err
		}
		check.Field(ok || len(d.Holders) > 0, "for", "counter.error.nobody")
		check.Field(ok || len(d.Holders) == 0, "holder", "counter.error.several")
		w.Group, w.Person = h.Group, h.Person
		id, _ := db.ParseID(get("room"))
		room, err := x.svc.Room(tx, id)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		known := err == nil && offices(c.Viewer)[room.Office()]
		check.Field(known, "room", "counter.error.room")
		day, ok := Day(get("day"), jp.DateOf(tx.Now))
		check.Field(ok, "day", "counter.error.day")
		if known {
			from, to, read := Time(get("time"), room.Room)
			check.Field(read, "time", "counter.error.time")
			if ok && read {
				w.Span = quarter.On(day, from, to)
			}
		}
		w.Room = id
		return nil
	})
	people, _ := strconv.Atoi(get("people"))
	admission, _ := strconv.ParseInt(cmp.Or(get("admission"), "0"), 10, 64)
	w.Headcount, w.Purpose, w.Loud = int64(people), get("purpose"), get("loud") != ""
	w.Asked = rules.Asked{Use: rules.Use(get("use")), Admission: max(admission, 0), Commercial: get("commercial") != ""}
	check.Field(people > 0, "people", "counter.error.people")
	check.Field(w.Purpose != "", "purpose", "counter.error.purpose")
	return w, check.Err(), err
}

// holder finds whom the clerk meant: the one that was chosen, or the only one
// that the words can mean. Of several it offers a choice.
func (x *Counter) holder(tx *db.Tx, loc *i18n.Localizer, d *data, words, chosen string) (Holder, bool, error) {
	if words == "" || x.near.Holders == nil {
		return Holder{}, false, nil
	}
	all, err := x.near.Holders(tx, loc, words, mostHolders)
	if err != nil || len(all) == 0 {
		return Holder{}, false, err
	}
	if len(all) == 1 {
		return all[0], true, nil
	}
	for _, h := range all {
		value := h.Group.String() + "_" + h.Person.String()
		if value == chosen {
			return h, true, nil
		}
		d.Holders = append(d.Holders, ui.Option{Value: value, Label: h.Name, Hint: h.Note})
	}
	return Holder{}, false, nil
}
