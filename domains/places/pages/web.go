package pages

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/search"
	"kakehashi/engines/geo"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/files"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

const fieldPlace = "place"

// listed is a facility of the list with what is said of it there.
type listed struct {
	facility.Facility
	Rooms    int
	Most     int64 // people in the largest room
	StepFree bool
	Metres   float64 // negative when nobody knows
}

type listData struct {
	Words string
	Near  string
	Every bool // also facilities without rooms to book here
	Towns []Town
	List  []listed
	Total int
}

// mostListed is how many facilities a page shows; the search narrows more down.
const mostListed = 120

func (p *Pages) list(c *web.Context) error {
	snap, err := p.rooms.Get(c.Context())
	if err != nil {
		return err
	}
	towns, err := p.allTowns(c.Context())
	if err != nil {
		return err
	}
	d := listData{Words: c.Query("q"), Near: c.Query("near"), Every: c.Query("all") != "", Towns: towns}
	town, near := townOf(towns, d.Near)
	for _, f := range snap.Find(d.Words, !d.Every) {
		l := listed{Facility: f, Metres: -1}
		for _, r := range snap.Rooms(f.ID) {
			l.Rooms++
			l.Most, l.StepFree = max(l.Most, r.Capacity), l.StepFree || r.StepFree
		}
		if near && f.Located() {
			l.Metres = geo.Metres(town.Lat, town.Lng, f.Lat, f.Lng)
		}
		d.List = append(d.List, l)
	}
	if near {
		slices.SortStableFunc(d.List, func(a, b listed) int {
			return cmp.Or(cmp.Compare(btoi(a.Metres < 0), btoi(b.Metres < 0)), cmp.Compare(a.Metres, b.Metres))
		})
	}
	d.Total = len(d.List)
	d.List = d.List[:min(mostListed, len(d.List))]
	return c.Page(web.Meta{Title: c.Loc.T("places.list.title"), Field: fieldPlace, Back: "/fields/place"}, listView(d))
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

type facilityData struct {
	facility.Facility
	Rooms    []facility.Room
	Closures []facility.Closure
	Photos   []files.File
	On       []module.Happening
	Today    jp.Date
}

// whatIsOnDays is how far ahead a facility's page looks.
const whatIsOnDays = 28

// inPath returns the facility that the path names, and the directory it is in.
func (p *Pages) inPath(c *web.Context) (f facility.Facility, snap *facility.Snapshot, err error) {
	id, err := c.PathID("id")
	if err != nil {
		return f, nil, err
	}
	if snap, err = p.rooms.Get(c.Context()); err != nil {
		return f, nil, err
	}
	f, ok := snap.Facility(id)
	if !ok {
		return f, nil, notFound()
	}
	return f, snap, nil
}

func (p *Pages) facility(c *web.Context) error {
	f, snap, err := p.inPath(c)
	if err != nil {
		return err
	}
	id := f.ID
	now := c.Now()
	d := facilityData{Facility: f, Rooms: snap.Rooms(id), Closures: snap.Closures(id), Today: jp.DateOf(now)}
	err = p.db.Read(c.Context(), func(tx *db.Tx) (err error) {
		if d.Photos, err = p.photos(tx, id); err != nil || p.near.OnAt == nil {
			return err
		}
		const most = 10
		d.On, err = p.near.OnAt(tx, id, now, now.AddDate(0, 0, whatIsOnDays), most)
		return err
	})
	if err != nil {
		return err
	}
	return c.Page(web.Meta{Title: c.Loc.Text(f.Name), Description: c.Loc.Text(f.Description), Field: fieldPlace, Back: "/places"}, facilityView(d))
}

type availabilityData struct {
	Facility db.ID
	Name     i18n.Text
	Day      jp.Date
	Today    jp.Date
	Last     jp.Date // the last day that can be booked
	Week     bool
	Grid     ui.GridOf
	Empty    bool
	SignedIn bool
}

// step is how many days the arrows go.
func (d availabilityData) step() int {
	if d.Week {
		return daysOfWeek
	}
	return 1
}

const daysOfWeek = 7

func (p *Pages) availability(c *web.Context) error {
	f, snap, err := p.inPath(c)
	if err != nil {
		return err
	}
	id := f.ID
	now := c.Now()
	d := availabilityData{
		Facility: id, Name: f.Name, Day: dayOf(c.Query("on"), now), Today: jp.DateOf(now), Week: c.Query("view") == "week",
		SignedIn: c.Viewer.SignedIn(),
	}
	d.Last = d.Today.AddDays(p.search.Window().HorizonDays)
	until := d.Day.AddDays(d.step() - 1)
	var taken search.Taken
	var own []search.Own
	err = p.db.Read(c.Context(), func(tx *db.Tx) (err error) {
		if taken, err = search.TakenAt(tx, id, d.Day, until); err != nil || !d.SignedIn {
			return err
		}
		own, err = search.OwnIn(tx, c.Viewer.Person, groupsOf(c.Viewer), d.Day, until)
		return err
	})
	if err != nil {
		return err
	}
	rooms := snap.Rooms(id)
	d.Empty = len(rooms) == 0
	days := p.days(snap, taken, ownBy(own), now)
	if d.Week {
		d.Grid = weekGrid(c.Loc, rooms, d.Day, days)
	} else {
		d.Grid = dayGrid(c.Loc, rooms, d.Day, days)
	}
	title := c.Loc.T("places.availability.title")
	return c.Page(web.Meta{Title: title, Wide: true, Field: fieldPlace, Back: Path(id)}, availabilityView(d))
}

// days returns what looks up a room's day.
func (p *Pages) days(snap *facility.Snapshot, taken search.Taken, own map[search.RoomDay][]search.Own, now time.Time) func(r *facility.Room, date jp.Date) day {
	return func(r *facility.Room, date jp.Date) day {
		key := search.RoomDay{Room: r.ID, Day: date}
		gone := p.search.Gone(snap, nil, r, date, now)
		return day{
			room: r, date: date, taken: taken.Of(r, date, false), shut: gone, own: own[key],
			early: p.search.Window().Early(r, date, now), closed: facility.Shut(snap.Closures(r.Facility), r, date),
		}
	}
}

// dayGrid is rooms by bands of one day.
func dayGrid(loc *i18n.Localizer, rooms []facility.Room, date jp.Date, days func(*facility.Room, jp.Date) day) ui.GridOf {
	columns := columnsOf(rooms)
	g := ui.GridOf{Caption: loc.Date(date), Corner: loc.T("places.room"), Rows: make([]ui.GridRow, len(rooms))}
	for _, t := range columns {
		g.Columns = append(g.Columns, ui.GridHead{Label: bandName(loc, t), Sub: loc.Times(t.From, t.To)})
	}
	for i := range rooms {
		r := &rooms[i]
		row := ui.GridRow{Label: loc.Text(r.Name), Sub: loc.T("places.capacity", "count", r.Capacity), Href: RoomPath(r.ID, date), Slots: make([]ui.Slot, len(columns))}
		of := days(r, date)
		for j, t := range columns {
			row.Slots[j] = of.slot(loc, t)
		}
		g.Rows[i] = row
	}
	return g
}

// weekGrid is rooms by seven days.
func weekGrid(loc *i18n.Localizer, rooms []facility.Room, first jp.Date, days func(*facility.Room, jp.Date) day) ui.GridOf {
	g := ui.GridOf{Caption: loc.Days(first, first.AddDays(daysOfWeek-1)), Corner: loc.T("places.room")}
	for n := range daysOfWeek {
		date := first.AddDays(n)
		g.Columns = append(g.Columns, ui.GridHead{Label: strconv.Itoa(date.Day), Sub: loc.Weekday(date.Weekday()), Date: date})
	}
	for i := range rooms {
		r := &rooms[i]
		row := ui.GridRow{Label: loc.Text(r.Name), Sub: loc.T("places.capacity", "count", r.Capacity), Href: RoomPath(r.ID, first)}
		for n := range daysOfWeek {
			of := days(r, first.AddDays(n))
			s := ui.Slot{State: of.whole()}
			if s.State < ui.Full || len(of.own) > 0 {
				s.Href = RoomPath(r.ID, of.date)
			}
			if len(of.own) > 0 {
				s.Note = loc.T("places.mine")
			}
			row.Slots = append(row.Slots, s)
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

type roomData struct {
	facility.Room
	Facility facility.Facility
	Day      jp.Date
	Today    jp.Date
	Last     jp.Date
	Grid     ui.GridOf // bands of the day
	Week     ui.GridOf // bands by seven days
	Free     bool      // something of the day can be booked
	Shut     string    // why nothing can, when the room is closed that day
	Photos   []files.File
	Below    []templ.Component
	Stands   []string // how the room stands to its neighbours, a sentence each
}

func (p *Pages) room(c *web.Context) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	snap, err := p.rooms.Get(c.Context())
	if err != nil {
		return err
	}
	r, ok := snap.Room(id)
	if !ok {
		return notFound()
	}
	f, _ := snap.Facility(r.Facility)
	now := c.Now()
	d := roomData{Room: r, Facility: f, Day: dayOf(c.Query("on"), now), Today: jp.DateOf(now), Stands: stands(c.Loc, snap, r)}
	d.Last = d.Today.AddDays(p.search.Window().HorizonDays)
	until := d.Day.AddDays(daysOfWeek - 1)
	var taken search.Taken
	var own []search.Own
	err = p.db.Read(c.Context(), func(tx *db.Tx) (err error) {
		if taken, err = search.TakenOf(tx, r, d.Day, until); err != nil {
			return err
		}
		if d.Photos, err = p.photos(tx, id); err != nil {
			return err
		}
		for _, say := range p.near.Below {
			part, err := say(c, tx, r, d.Day)
			if err != nil {
				return err
			}
			if part != nil {
				d.Below = append(d.Below, part)
			}
		}
		if !c.Viewer.SignedIn() {
			return nil
		}
		own, err = search.OwnIn(tx, c.Viewer.Person, groupsOf(c.Viewer), d.Day, until)
		return err
	})
	if err != nil {
		return err
	}
	days := p.days(snap, taken, ownBy(own), now)
	of := days(&r, d.Day)
	whole := of.whole()
	d.Free = whole < ui.Full
	if closure, shut := facility.ClosedBy(snap.Closures(f.ID), &r, d.Day); shut {
		d.Shut = cmp.Or(c.Loc.Text(closure.Reason), c.Loc.T("places.shut"))
	}
	d.Grid, d.Week = roomGrids(c.Loc, &r, d.Day, days)
	return c.Page(web.Meta{Title: c.Loc.Text(r.Name), Field: fieldPlace, Back: Path(f.ID)}, roomView(d))
}

// roomGrids are a room's bands on one day, and on seven.
func roomGrids(loc *i18n.Localizer, r *facility.Room, first jp.Date, days func(*facility.Room, jp.Date) day) (one, week ui.GridOf) {
	columns := columnsOf([]facility.Room{*r})
	one = ui.GridOf{Caption: loc.Date(first), Corner: loc.T("places.time"), Columns: []ui.GridHead{{Label: loc.Date(first), Date: first}}}
	week = ui.GridOf{Caption: loc.T("places.week"), Corner: loc.T("places.time")}
	var dates []day
	for n := range daysOfWeek {
		date := first.AddDays(n)
		dates = append(dates, days(r, date))
		week.Columns = append(week.Columns, ui.GridHead{Label: strconv.Itoa(date.Day), Sub: loc.Weekday(date.Weekday()), Date: date})
	}
	for _, t := range columns {
		row := ui.GridRow{Label: bandName(loc, t), Sub: loc.Times(t.From, t.To)}
		wide := row
		row.Slots = []ui.Slot{dates[0].slot(loc, t)}
		if r.FeeYen > 0 && row.Slots[0].State == ui.Free {
			row.Slots[0].Note = loc.Yen(r.FeeYen)
		}
		for _, of := range dates {
			wide.Slots = append(wide.Slots, of.slot(loc, t))
		}
		one.Rows, week.Rows = append(one.Rows, row), append(week.Rows, wide)
	}
	return one, week
}
