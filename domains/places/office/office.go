package office

import (
	"context"
	"io"
	"slices"
	"time"

	"github.com/a-h/templ"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/importing"
	"kakehashi/domains/places/reservation/tally"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/files"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/table"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// Office are the clerks' pages of places.
type Office struct {
	db         *db.DB
	files      *files.Store
	programmes func(tx *db.Tx) ([]Programme, error) // nil = none to choose
}

// New returns the pages; it does no I/O.
func New(d module.Deps, programmes func(tx *db.Tx) ([]Programme, error)) *Office {
	return &Office{db: d.DB, files: d.Files, programmes: programmes}
}

// Programme is a programme that lending a facility can belong to.
type Programme struct {
	ID   db.ID
	Name i18n.Text
}

// form is what the form of a facility shows.
func (o *Office) form(c *web.Context, f facility.Facility) (d formData, err error) {
	d.Facility = f
	if o.programmes != nil {
		err = o.db.Read(c.Context(), func(tx *db.Tx) (err error) { d.Programmes, err = o.programmes(tx); return err })
	}
	return d, err
}

// programme is the value of what is chosen; "" when nothing is.
func (d formData) programme() string {
	if d.Facility.Programme == 0 {
		return ""
	}
	return d.Facility.Programme.String()
}

func (d formData) programmes(ctx context.Context) []ui.Option {
	out := []ui.Option{{Label: i18n.T(ctx, "places.office.programme.none")}}
	for _, p := range d.Programmes {
		out = append(out, ui.Option{Value: p.ID.String(), Label: i18n.From(ctx).Text(p.Name)})
	}
	return out
}

const (
	photoBytes = 20 << 20 // of one photo as it comes from a phone
	sheetBytes = 16 << 20 // of a list of facilities
	importFor  = 2 * time.Minute
)

// Routes are the clerks' pages.
func (o *Office) Routes() []web.Route {
	clerk := web.Holding(web.RoleClerk, web.RoleOperator)
	return []web.Route{
		{Pattern: "GET /office/places", Access: clerk, Handle: o.list},
		{Pattern: "GET /office/places/new", Access: clerk, Handle: o.editFacility},
		{Pattern: "POST /office/places/new", Access: clerk, Handle: o.saveFacility},
		{Pattern: "GET /office/places/export", Access: clerk, Handle: o.export},
		{Pattern: "GET /office/places/import", Access: clerk, Handle: o.askImport},
		{Pattern: "POST /office/places/import", Access: clerk, Handle: o.doImport, MaxBody: sheetBytes, Timeout: importFor},
		{Pattern: "GET /office/places/{id}", Access: clerk, Handle: o.editFacility},
		{Pattern: "POST /office/places/{id}", Access: clerk, Handle: o.saveFacility},
		{Pattern: "GET /office/places/{id}/rooms", Access: clerk, Handle: o.rooms},
		{Pattern: "GET /office/places/{id}/rooms/new", Access: clerk, Handle: o.editRoom},
		{Pattern: "POST /office/places/{id}/rooms/new", Access: clerk, Handle: o.saveRoom},
		{Pattern: "GET /office/places/{id}/rooms/{room}", Access: clerk, Handle: o.editRoom},
		{Pattern: "POST /office/places/{id}/rooms/{room}", Access: clerk, Handle: o.saveRoom},
		{Pattern: "GET /office/places/{id}/closures", Access: clerk, Handle: o.closures},
		{Pattern: "POST /office/places/{id}/closures", Access: clerk, Handle: o.addClosure},
		{Pattern: "POST /office/places/{id}/closures/{closure}/drop", Access: clerk, Handle: o.dropClosure},
		{Pattern: "GET /office/places/{id}/photos", Access: clerk, Handle: o.photos},
		{Pattern: "POST /office/places/{id}/photos", Access: clerk, Handle: o.addPhoto, MaxBody: photoBytes},
		{Pattern: "POST /office/places/{id}/photos/{photo}/drop", Access: clerk, Handle: o.dropPhoto},
	}
}

func path(id db.ID) string { return "/office/places/" + id.String() }

func meta(c *web.Context, title, back string) web.Meta {
	return web.Meta{Title: title, Back: back, Field: "place"}
}

type listData struct {
	Words string
	List  []facility.Facility
	Rooms map[db.ID]int
	Next  string
}

// list shows the facilities, those in use first, a page at a time by key.
func (o *Office) list(c *web.Context) error {
	const size = 50
	d := listData{Words: c.Query("q"), Rooms: map[db.ID]int{}}
	after, err := db.ParseID(c.Query("after"))
	if err != nil {
		after = 0
	}
	err = o.db.Read(c.Context(), func(tx *db.Tx) error {
		list, err := facility.Search(tx, jp.Fold(d.Words), after, size+1)
		if err != nil {
			return err
		}
		if len(list) > size {
			list = list[:size]
			d.Next = "/office/places?q=" + escape(d.Words) + "&after=" + list[size-1].ID.String()
		}
		d.List = list
		d.Rooms, err = facility.RoomCounts(tx)
		return err
	})
	if err != nil {
		return err
	}
	m := meta(c, c.Loc.T("places.office.title"), "/office")
	m.Wide = true
	return c.Page(m, listView(d))
}

// load reads the facility in the path.
func (o *Office) load(c *web.Context) (f facility.Facility, err error) {
	id, err := c.PathID("id")
	if err != nil {
		return f, err
	}
	err = o.db.Read(c.Context(), func(tx *db.Tx) error { f, err = facility.Get(tx, id); return err })
	return f, err
}

// facilityOf is the facility in the path, or a new one.
func (o *Office) facilityOf(c *web.Context) (facility.Facility, error) {
	if c.Path("id") == "" {
		return facility.Facility{Opens: -1, Closes: -1, Bookable: true}, nil
	}
	return o.load(c)
}

func (o *Office) facilityMeta(c *web.Context, f facility.Facility) web.Meta {
	if f.ID == 0 {
		return meta(c, c.Loc.T("places.office.new"), "/office/places")
	}
	return meta(c, c.Loc.Text(f.Name), "/office/places")
}

func (o *Office) editFacility(c *web.Context) error {
	f, err := o.facilityOf(c)
	if err != nil {
		return err
	}
	d, err := o.form(c, f)
	if err != nil {
		return err
	}
	return c.Page(o.facilityMeta(c, f), facilityForm(d))
}

func (o *Office) saveFacility(c *web.Context) error {
	was, err := o.facilityOf(c)
	if err != nil {
		return err
	}
	f, err := readFacility(c.Form(), was)
	if f.ID == 0 {
		f.Office = officeOf(c.Viewer)
	}
	var id db.ID
	if err == nil {
		err = o.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) (err error) { id, err = facility.Save(tx, f); return err })
	}
	if err != nil {
		d, failed := o.form(c, was)
		if failed != nil {
			return failed
		}
		return c.Retry(err, o.facilityMeta(c, was), func(p web.Problem) templ.Component {
			d.Problem, d.Edited = p, fault.Is(err, fault.Conflict)
			return facilityForm(d)
		})
	}
	c.Flash("places.office.saved")
	if was.ID == 0 {
		return c.Redirect(path(id) + "/rooms")
	}
	return c.Redirect(path(id))
}

// officeOf is the office of a clerk, which answers for what they add.
func officeOf(v web.Viewer) db.ID {
	for _, s := range v.Scopes(web.RoleClerk) {
		if s.Kind == "office" {
			return s.ID
		}
	}
	return 0
}

type roomsData struct {
	facility.Facility
	Rooms []facility.Room
}

func (o *Office) rooms(c *web.Context) error {
	f, err := o.load(c)
	if err != nil {
		return err
	}
	d := roomsData{Facility: f}
	err = o.db.Read(c.Context(), func(tx *db.Tx) (err error) { d.Rooms, err = facility.AllRoomsOf(tx, f.ID); return err })
	if err != nil {
		return err
	}
	m := meta(c, c.Loc.T("places.rooms.title"), path(f.ID))
	m.Wide = true
	return c.Page(m, roomsView(d))
}

// roomOf is the room in the path, or a new one with the usual bands.
func (o *Office) roomOf(c *web.Context) (f facility.Facility, r facility.Room, err error) {
	if f, err = o.load(c); err != nil {
		return f, r, err
	}
	if c.Path("room") == "" {
		return f, facility.Room{Facility: f.ID, Opens: 9 * 60, Closes: 21 * 60, Bands: UsualBands()}, nil
	}
	id, err := c.PathID("room")
	if err != nil {
		return f, r, err
	}
	err = o.db.Read(c.Context(), func(tx *db.Tx) error { r, err = facility.GetRoom(tx, id); return err })
	if err == nil && r.Facility != f.ID {
		err = fault.New(fault.NotFound, "web.error.not_found")
	}
	return f, r, err
}

// UsualBands are the three bands of most public halls: morning, afternoon and
// evening.
func UsualBands() []facility.Band {
	return []facility.Band{{From: 9 * 60, To: 12*60 + 30}, {From: 13 * 60, To: 16*60 + 30}, {From: 17 * 60, To: 21 * 60}}
}

func roomTitle(c *web.Context, r facility.Room) string {
	if r.ID == 0 {
		return c.Loc.T("places.office.room.new")
	}
	return c.Loc.Text(r.Name)
}

func (o *Office) editRoom(c *web.Context) error {
	f, r, err := o.roomOf(c)
	if err != nil {
		return err
	}
	d, err := o.roomForm(c, f, r)
	if err != nil {
		return err
	}
	return c.Page(meta(c, roomTitle(c, r), path(f.ID)+"/rooms"), roomForm(d))
}

// roomForm is what the form of a room shows, with the facility's other rooms that
// it may stand to in some way.
func (o *Office) roomForm(c *web.Context, f facility.Facility, r facility.Room) (roomFormData, error) {
	d := roomFormData{Facility: f, Room: r}
	err := o.db.Read(c.Context(), func(tx *db.Tx) error {
		all, err := facility.AllRoomsOf(tx, f.ID)
		d.Others = slices.DeleteFunc(all, func(other facility.Room) bool { return other.ID == r.ID || len(other.Parts) > 0 })
		return err
	})
	return d, err
}

func (o *Office) saveRoom(c *web.Context) error {
	f, was, err := o.roomOf(c)
	if err != nil {
		return err
	}
	r, err := readRoom(c.Form(), was)
	if err == nil {
		err = o.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) error { return keepRoom(tx, f.ID, was, r, officeOf(c.Viewer)) })
	}
	if err != nil {
		d, failed := o.roomForm(c, f, was)
		if failed != nil {
			return failed
		}
		return c.Retry(err, meta(c, roomTitle(c, was), path(f.ID)+"/rooms"), func(p web.Problem) templ.Component {
			d.Problem, d.Edited = p, fault.Is(err, fault.Conflict)
			return roomForm(d)
		})
	}
	c.Flash("places.office.saved")
	return c.Redirect(path(f.ID) + "/rooms")
}

// keepRoom saves the room. Where it stands otherwise to other rooms than it was,
// the days to come are counted anew. With its first room the facility becomes one
// that residents book here, answered for by the clerk's office.
func keepRoom(tx *db.Tx, of db.ID, was, r facility.Room, office db.ID) error {
	before, err := facility.AllRoomsOf(tx, of)
	if err != nil {
		return err
	}
	if _, err := facility.SaveRoom(tx, r); err != nil {
		return err
	}
	if !facility.SameLayout(was, r) {
		if err := tally.Recount(tx, of, before); err != nil {
			return err
		}
	}
	rooms, err := facility.RoomsOf(tx, of)
	if err != nil || len(rooms) != 1 || r.ID != 0 {
		return err
	}
	f, err := facility.Get(tx, of)
	if err != nil || f.Bookable && f.Office != 0 {
		return err
	}
	f.Bookable = true
	if f.Office == 0 {
		f.Office = office
	}
	_, err = facility.Save(tx, f)
	return err
}

type closuresData struct {
	Problem web.Problem
	facility.Facility
	Rooms    []facility.Room
	Closures []facility.Closure
	Today    jp.Date
}

func (o *Office) closuresOf(c *web.Context, f facility.Facility) (d closuresData, err error) {
	d.Facility, d.Today = f, jp.DateOf(c.Now())
	err = o.db.Read(c.Context(), func(tx *db.Tx) (err error) {
		if d.Rooms, err = facility.RoomsOf(tx, f.ID); err != nil {
			return err
		}
		d.Closures, err = facility.Closures(tx, f.ID)
		return err
	})
	return d, err
}

func (o *Office) closures(c *web.Context) error {
	f, err := o.load(c)
	if err != nil {
		return err
	}
	d, err := o.closuresOf(c, f)
	if err != nil {
		return err
	}
	return c.Page(meta(c, c.Loc.T("places.closed"), path(f.ID)), closuresView(d))
}

func (o *Office) addClosure(c *web.Context) error {
	f, err := o.load(c)
	if err != nil {
		return err
	}
	closure, err := readClosure(c.Form(), f.ID)
	if err == nil {
		err = o.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) error { _, err := facility.AddClosure(tx, closure); return err })
	}
	if err != nil {
		d, readErr := o.closuresOf(c, f)
		if readErr != nil {
			return readErr
		}
		return c.Retry(err, meta(c, c.Loc.T("places.closed"), path(f.ID)), func(p web.Problem) templ.Component {
			d.Problem = p
			return closuresView(d)
		})
	}
	c.Flash("places.office.saved")
	return c.Redirect(path(f.ID) + "/closures")
}

func (o *Office) dropClosure(c *web.Context) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	closure, err := c.PathID("closure")
	if err != nil {
		return err
	}
	err = o.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) error { return facility.DropClosure(tx, id, closure) })
	if err != nil {
		return err
	}
	c.Flash("places.office.dropped")
	return c.Redirect(path(id) + "/closures")
}

type photosData struct {
	Problem web.Problem
	facility.Facility
	Rooms  []facility.Room
	Photos []files.File
}

func (o *Office) photosOf(c *web.Context, f facility.Facility) (d photosData, err error) {
	d.Facility = f
	err = o.db.Read(c.Context(), func(tx *db.Tx) (err error) {
		if d.Rooms, err = facility.RoomsOf(tx, f.ID); err != nil {
			return err
		}
		owners := []db.ID{f.ID}
		for _, r := range d.Rooms {
			owners = append(owners, r.ID)
		}
		for _, owner := range owners {
			list, err := o.files.ByOwner(tx, owner)
			if err != nil {
				return err
			}
			d.Photos = append(d.Photos, list...)
		}
		return nil
	})
	return d, err
}

func (o *Office) photos(c *web.Context) error {
	f, err := o.load(c)
	if err != nil {
		return err
	}
	d, err := o.photosOf(c, f)
	if err != nil {
		return err
	}
	return c.Page(meta(c, c.Loc.T("places.office.photos"), path(f.ID)), photosView(d))
}

func (o *Office) addPhoto(c *web.Context) error {
	f, err := o.load(c)
	if err != nil {
		return err
	}
	d, err := o.photosOf(c, f)
	if err != nil {
		return err
	}
	if err := o.takePhoto(c, d); err != nil {
		return c.Retry(err, meta(c, c.Loc.T("places.office.photos"), path(f.ID)), func(p web.Problem) templ.Component {
			d.Problem = p
			return photosView(d)
		})
	}
	c.Flash("places.office.saved")
	return c.Redirect(path(f.ID) + "/photos")
}

// takePhoto keeps the uploaded picture for the facility or one of its rooms.
func (o *Office) takePhoto(c *web.Context, d photosData) error {
	alt := readText(c.Form(), "alt")
	var check fault.Check
	check.Field(alt[i18n.Ja] != "", "alt", "places.office.photo.alt.error")
	if err := check.Err(); err != nil {
		return err
	}
	owner := d.Facility.ID
	for _, r := range d.Rooms {
		if r.ID.String() == c.Form().Get("room") {
			owner = r.ID
		}
	}
	upload, err := c.File("photo")
	if err != nil {
		return err
	}
	defer upload.Close()
	staged, err := o.files.Stage(c.Context(), upload.Name, upload)
	if err != nil {
		return err
	}
	if !staged.File().Picture() {
		check.Field(false, "photo", "places.office.photo.error")
		return check.Err()
	}
	return o.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) error {
		tx.Touch(facility.Topic)
		id, err := o.files.Add(tx, owner, staged, alt)
		if err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "places.photo.add", Subject: "file", ID: id, Detail: map[string]string{"owner": owner.String()}})
	})
}

func (o *Office) dropPhoto(c *web.Context) error {
	f, err := o.load(c)
	if err != nil {
		return err
	}
	photo, err := c.PathID("photo")
	if err != nil {
		return err
	}
	d, err := o.photosOf(c, f)
	if err != nil {
		return err
	}
	for _, p := range d.Photos {
		if p.ID != photo {
			continue
		}
		err := o.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) error {
			tx.Touch(facility.Topic)
			return o.files.Delete(tx, photo)
		})
		if err != nil {
			return err
		}
		c.Flash("places.office.dropped")
		return c.Redirect(path(f.ID) + "/photos")
	}
	return fault.New(fault.NotFound, "web.error.not_found")
}

// export gives the whole list in the standard layout.
func (o *Office) export(c *web.Context) error {
	f, ok := table.ParseFormat(c.Query("format"))
	if !ok {
		f = table.UTF8CSV
	}
	list, err := importing.Everything(c.Context(), o.db)
	if err != nil {
		return err
	}
	return c.Download("public_facility"+f.Ext(), f.MIME(), func(w io.Writer) error { return importing.Export(w, f, list) })
}

func (o *Office) askImport(c *web.Context) error {
	return c.Page(meta(c, c.Loc.T("places.office.import"), "/office/places"), importView(importData{}))
}

type importData struct {
	Problem web.Problem
	Done    bool
	table.Summary
}

// doImport takes a list, and shows what became of each row.
func (o *Office) doImport(c *web.Context) error {
	m := meta(c, c.Loc.T("places.office.import"), "/office/places")
	again := func(err error) error {
		return c.Retry(err, m, func(p web.Problem) templ.Component { return importView(importData{Problem: p}) })
	}
	upload, err := c.File("file")
	if err != nil {
		return again(err)
	}
	defer upload.Close()
	sheet, err := table.Read(upload.Name, upload, table.Limits{TotalBytes: sheetBytes})
	if err != nil {
		return again(err)
	}
	sum, err := importing.Import(c.Context(), o.db, c.Actor(), sheet)
	if err != nil {
		return again(err)
	}
	return c.Page(m, importView(importData{Done: true, Summary: sum}))
}
