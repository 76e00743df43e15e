package desk

import (
	"io"
	"strings"

	"github.com/a-h/templ"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/use"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/table"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// dayData is the list of the day.
type dayData struct {
	All        []ui.Option
	Here       facility.Facility
	Place      use.Place
	Late, Rest []use.Entry
	Things     []use.Thing
	Out        map[db.ID]bool // things that are out
	Overdue    []use.Loan
	Problem    web.Problem
}

func (d *Desk) day(c *web.Context) error { return d.askDay(c, nil) }

func (d *Desk) askDay(c *web.Context, failed error) error {
	all, here, _, err := d.facilities(c)
	if err != nil {
		return err
	}
	o := dayData{Here: here, All: options(c.Loc, all)}
	err = d.deps.DB.Read(c.Context(), func(tx *db.Tx) (err error) {
		o.Late, o.Rest, o.Overdue, o.Out = nil, nil, nil, map[db.ID]bool{}
		if o.Place, err = use.GetPlace(tx, here.ID); err != nil {
			return err
		}
		list, err := d.use.Today(tx, here.Office, here.ID)
		if err != nil {
			return err
		}
		for _, e := range list {
			if e.Late {
				o.Late = append(o.Late, e)
			} else {
				o.Rest = append(o.Rest, e)
			}
		}
		if o.Things, err = use.Things(tx, here.ID); err != nil {
			return err
		}
		out, err := use.OutAt(tx, here.ID)
		for _, l := range out {
			o.Out[l.Thing] = true
			if l.Overdue(tx.Now) {
				o.Overdue = append(o.Overdue, l)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	return d.page(c, failed, meta(c, "use.office.title", "/office"), func(p web.Problem) templ.Component {
		o.Problem = p
		return dayView(o)
	})
}

func options(loc *i18n.Localizer, all []facility.Facility) []ui.Option {
	out := make([]ui.Option, len(all))
	for i, f := range all {
		out[i] = ui.Option{Value: f.ID.String(), Label: loc.Text(f.Name)}
	}
	return out
}

// press does what one button of the list says, to one reservation or thing of
// the facility.
func (d *Desk) press(c *web.Context) error {
	_, here, _, err := d.facilities(c)
	if err != nil {
		return err
	}
	f := c.Form()
	flash := ""
	switch {
	case f.Get("arrive") != "":
		flash, err = "use.arrived.done", d.onList(c, here, f.Get("arrive"), func(id db.ID) error { return d.use.Arrive(c.Context(), c.Actor(), id, 0) })
	case f.Get("end") != "":
		flash, err = "use.ended.done", d.onList(c, here, f.Get("end"), func(id db.ID) error { return d.use.End(c.Context(), c.Actor(), id) })
	case f.Get("hand") != "":
		thing, to, _ := strings.Cut(f.Get("hand"), ".")
		flash, err = "use.out.done", d.onList(c, here, to, func(id db.ID) error {
			return d.ofHere(c, here, thing, func(t db.ID) error { return d.use.HandOut(c.Context(), c.Actor(), t, id) })
		})
	case f.Get("back") != "":
		flash, err = "use.back.done", d.ofHere(c, here, f.Get("back"), func(t db.ID) error { return d.use.TakeBack(c.Context(), c.Actor(), t) })
	}
	if err != nil {
		return d.askDay(c, err)
	}
	if flash != "" {
		c.Flash(flash)
	}
	return c.Redirect("/office/use?facility=" + here.ID.String())
}

// onList runs do for a reservation of the facility, and for no other.
func (d *Desk) onList(c *web.Context, here facility.Facility, id string, do func(db.ID) error) error {
	of, err := db.ParseID(id)
	if err == nil {
		err = d.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
			r, err := reservation.Get(tx, of)
			if err != nil {
				return err
			}
			room, err := d.svc.Room(tx, r.Room)
			if err == nil && room.Facility != here.ID {
				err = fault.New(fault.NotFound, "web.error.not_found")
			}
			return err
		})
	}
	if err != nil {
		return fault.New(fault.NotFound, "web.error.not_found").Because(err)
	}
	return do(of)
}

// ofHere runs do for a thing of the facility, and for no other.
func (d *Desk) ofHere(c *web.Context, here facility.Facility, id string, do func(db.ID) error) error {
	of, err := db.ParseID(id)
	if err == nil {
		err = d.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
			t, err := use.GetThing(tx, of)
			if err == nil && t.Facility != here.ID {
				err = fault.New(fault.NotFound, "web.error.not_found")
			}
			return err
		})
	}
	if err != nil {
		return fault.New(fault.NotFound, "web.error.not_found").Because(err)
	}
	return do(of)
}

// exportFields are the columns of the table, as message keys.
var exportFields = []string{"use.field.from", "use.field.to", "use.field.room", "use.field.who", "use.field.people", "use.field.arrived", "use.field.ended", "use.field.out", "use.field.receipt"}

// export writes the list of the day.
func (d *Desk) export(c *web.Context) error {
	_, here, _, err := d.facilities(c)
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
	var list []use.Entry
	if err := d.deps.DB.Read(c.Context(), func(tx *db.Tx) (err error) { list, err = d.use.Today(tx, here.Office, here.ID); return err }); err != nil {
		return err
	}
	return c.Download(c.Loc.T("use.office.file")+format.Ext(), format.MIME(), func(w io.Writer) error {
		return table.Write(w, format, header, func(yield func([]string) bool) {
			for _, e := range list {
				if !yield(exportRow(c.Loc, e)) {
					return
				}
			}
		})
	})
}

func exportRow(loc *i18n.Localizer, e use.Entry) []string {
	out := make([]string, len(e.Loans))
	for i, l := range e.Loans {
		out[i] = l.Name
	}
	return []string{
		clock(e, e.Span.Start), clock(e, e.Span.End), loc.Text(e.Room), whoOf(loc, e), count(e.Headcount),
		clock(e, e.Day.Arrived), clock(e, e.Day.Ended), strings.Join(out, "、"), e.Receipt,
	}
}

// thingsData is what a facility hands out.
type thingsData struct {
	All     []ui.Option
	Here    facility.Facility
	Rooms   []facility.Room
	Things  []use.Thing
	Out     map[db.ID]use.Loan
	Holders map[db.ID]string // of loans
	Extras  []ui.Option
	Problem web.Problem
}

func (d *Desk) things(c *web.Context) error { return d.askThings(c, nil) }

func (d *Desk) askThings(c *web.Context, failed error) error {
	all, here, rooms, err := d.facilities(c)
	if err != nil {
		return err
	}
	o := thingsData{Here: here, Rooms: rooms, All: options(c.Loc, all)}
	err = d.deps.DB.Read(c.Context(), func(tx *db.Tx) (err error) {
		o.Out, o.Holders = map[db.ID]use.Loan{}, map[db.ID]string{}
		if o.Things, err = use.Things(tx, here.ID); err != nil {
			return err
		}
		if o.Extras, err = d.extras(tx, c.Loc, here.ID, rooms); err != nil {
			return err
		}
		out, err := use.OutAt(tx, here.ID)
		if err != nil {
			return err
		}
		o.Holders, err = d.holders(tx, c.Loc, out)
		for _, l := range out {
			o.Out[l.Thing] = l
		}
		return err
	})
	if err != nil {
		return err
	}
	return d.page(c, failed, meta(c, "use.things.title", "/office/use?facility="+here.ID.String()), func(p web.Problem) templ.Component {
		o.Problem = p
		return thingsView(o)
	})
}

// extras are the pieces of equipment that can be asked for at the facility.
func (d *Desk) extras(tx *db.Tx, loc *i18n.Localizer, of db.ID, rooms []facility.Room) ([]ui.Option, error) {
	all, err := d.use.Extras(tx, of, rooms)
	out := []ui.Option{{Value: "", Label: loc.T("use.thing.extra.none")}}
	for _, e := range all {
		out = append(out, ui.Option{Value: e.Key, Label: loc.Text(e.Name)})
	}
	return out, err
}

// holders names who has the loans.
func (d *Desk) holders(tx *db.Tx, loc *i18n.Localizer, loans []use.Loan) (map[db.ID]string, error) {
	out := make(map[db.ID]string, len(loans))
	for _, l := range loans {
		r, err := reservation.Get(tx, l.Reservation)
		if err != nil {
			return nil, err
		}
		if out[l.ID], err = d.use.Holder(tx, r, loc); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (d *Desk) addThing(c *web.Context) error {
	_, here, rooms, err := d.facilities(c)
	if err != nil {
		return err
	}
	f := c.Form()
	t := use.Thing{Facility: here.ID, Kind: f.Get("kind"), Name: f.Get("name"), Extra: f.Get("extra")}
	for _, r := range rooms {
		if r.ID.String() == f.Get("room") {
			t.Room = r.ID
		}
	}
	err = d.deps.DB.Write(c.Context(), c.Actor(), func(tx *db.Tx) error { _, err := use.AddThing(tx, t); return err })
	if err != nil {
		return d.askThings(c, err)
	}
	c.Flash("use.saved")
	return c.Redirect("/office/use/things?facility=" + here.ID.String())
}

// thingData is one thing and who had it.
type thingData struct {
	use.Thing
	Log     []use.Loan
	Holders map[db.ID]string
}

func (d *Desk) thing(c *web.Context) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var o thingData
	err = d.deps.DB.Read(c.Context(), func(tx *db.Tx) (err error) {
		if o.Thing, err = use.GetThing(tx, id); err != nil {
			return err
		}
		if o.Log, err = use.Log(tx, id); err != nil {
			return err
		}
		o.Holders, err = d.holders(tx, c.Loc, o.Log)
		return err
	})
	if err != nil {
		return err
	}
	return c.Page(web.Meta{Title: o.Name, Back: "/office/use/things?facility=" + o.Facility.String(), Wide: true}, thingView(o))
}

func (d *Desk) closeThing(c *web.Context) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	if err := d.deps.DB.Write(c.Context(), c.Actor(), func(tx *db.Tx) error { return use.CloseThing(tx, id) }); err != nil {
		return err
	}
	c.Flash("use.saved")
	return c.Redirect("/office/use/things")
}

// tags prints the labels of a facility: its things, its rooms, its entrance.
func (d *Desk) tags(c *web.Context) error {
	_, here, rooms, err := d.facilities(c)
	if err != nil {
		return err
	}
	o := thingsData{Here: here, Rooms: rooms}
	if err := d.deps.DB.Read(c.Context(), func(tx *db.Tx) (err error) { o.Things, err = use.Things(tx, here.ID); return err }); err != nil {
		return err
	}
	m := meta(c, "use.tags.title", "/office/use/things?facility="+here.ID.String())
	m.Print = true
	return c.Page(m, tagsView(o, d.deps.BaseURL))
}

// placeData is how the day is run at a facility.
type placeData struct {
	Here    facility.Facility
	Rooms   []facility.Room
	Place   use.Place
	Ways    map[db.ID]string
	Problem web.Problem
}

func (d *Desk) place(c *web.Context) error { return d.askPlace(c, nil) }

func (d *Desk) askPlace(c *web.Context, failed error) error {
	_, here, rooms, err := d.facilities(c)
	if err != nil {
		return err
	}
	o := placeData{Here: here, Rooms: rooms}
	ids := make([]db.ID, len(rooms))
	for i, r := range rooms {
		ids[i] = r.ID
	}
	err = d.deps.DB.Read(c.Context(), func(tx *db.Tx) (err error) {
		if o.Place, err = use.GetPlace(tx, here.ID); err != nil {
			return err
		}
		o.Ways, err = use.Ways(tx, ids)
		return err
	})
	if err != nil {
		return err
	}
	return d.page(c, failed, meta(c, "use.place.title", "/office/use?facility="+here.ID.String()), func(p web.Problem) templ.Component {
		o.Problem = p
		return placeView(o)
	})
}

func (d *Desk) savePlace(c *web.Context) error {
	_, here, rooms, err := d.facilities(c)
	if err != nil {
		return err
	}
	f := c.Form()
	p := use.Place{Facility: here.ID, Arrivals: f.Get("arrivals") != "", Reports: f.Get("reports") != "", Late: int(number(c, "late"))}
	err = d.deps.DB.Write(c.Context(), c.Actor(), func(tx *db.Tx) error {
		if err := use.SavePlace(tx, p); err != nil {
			return err
		}
		for _, r := range rooms {
			if err := use.SaveWay(tx, r.ID, f.Get("way."+r.ID.String())); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return d.askPlace(c, err)
	}
	c.Flash("use.saved")
	return c.Redirect("/office/use?facility=" + here.ID.String())
}

// folded makes digits that were typed in full width plain.
func folded(s string) string { return strings.TrimSpace(jp.Fold(s)) }
