package pages

import (
	"context"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/importing"
	"kakehashi/domains/places/search"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/files"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/table"
	"kakehashi/platform/web"
)

// BookedTopic is touched by every change of a reservation.
const BookedTopic = "reservations"

// Town is a town of the city with where it lies, for "near".
type Town struct {
	Name     string
	Lat, Lng float64 // degrees WGS 84
}

// Neighbours are what the pages need of others. Each may be nil.
type Neighbours struct {
	// Towns lists the towns of the city in the order of a menu.
	Towns func(tx *db.Tx) ([]Town, error)
	// OnAt lists what is on at a facility that anybody may come to.
	OnAt func(tx *db.Tx, facility db.ID, from, until time.Time, limit int) ([]module.Happening, error)
	// Below are what other parts say on a room's page of a day: the same to
	// everybody, as the page is; nil where they have nothing to say.
	Below []func(c *web.Context, tx *db.Tx, room facility.Room, day jp.Date) (templ.Component, error)
}

// Pages are the residents' pages of places.
type Pages struct {
	db     *db.DB
	files  *files.Store
	rooms  *facility.Directory
	search *search.Service
	near   Neighbours

	mu    sync.Mutex
	towns []Town
}

// New returns the pages; it does no I/O.
func New(d module.Deps, rooms *facility.Directory, find *search.Service, near Neighbours) *Pages {
	return &Pages{db: d.DB, files: d.Files, rooms: rooms, search: find, near: near}
}

// Routes are the pages that everybody may read.
func (p *Pages) Routes() []web.Route {
	topics := []string{facility.Topic, BookedTopic}
	return []web.Route{
		{Pattern: "GET /places", Access: web.Public(), Handle: p.list, Cached: []string{facility.Topic}, Query: []string{"q", "near", "all"}},
		{Pattern: "GET /places/search", Access: web.Public(), Handle: p.find, Cached: topics,
			Query: []string{"on", "part", "from", "to", "people", "step_free", "loud", "equipment", "near", "facility"}},
		{Pattern: "GET /places/facilities.csv", Access: web.Public(), Handle: p.openData},
		{Pattern: "GET /places/{id}", Access: web.Public(), Handle: p.facility, Cached: topics},
		{Pattern: "GET /places/availability/{id}", Access: web.Public(), Handle: p.availability, Cached: topics, Query: []string{"on", "view"}},
		{Pattern: "GET /places/rooms/{id}", Access: web.Public(), Handle: p.room, Cached: topics, Query: []string{"on"}},
		{Pattern: "GET /places/photos/{id}", Access: web.Public(), Handle: p.photo},
		{Pattern: "GET /places/photos/{id}/thumb", Access: web.Public(), Handle: p.thumb},
	}
}

// Path is the page of a facility.
func Path(id db.ID) string { return "/places/" + id.String() }

// RoomPath is the page of a room on a day; the zero date is today.
func RoomPath(id db.ID, day jp.Date) string {
	if day.IsZero() {
		return "/places/rooms/" + id.String()
	}
	return "/places/rooms/" + id.String() + "?on=" + day.String()
}

// BookPath is the form that books a room, with its day and times in minutes
// after midnight filled in; to 0 leaves the times to be chosen.
func BookPath(room db.ID, day jp.Date, from, to int) string {
	path := "/reservations/new?room=" + room.String() + "&day=" + day.String()
	if to > 0 {
		path += "&from=" + strconv.Itoa(from) + "&to=" + strconv.Itoa(to)
	}
	return path
}

// availabilityPath is the availability of a facility, by day or by week.
func availabilityPath(id db.ID, day jp.Date, week bool) string {
	path := freePath(id) + "?on=" + day.String()
	if week {
		path += "&view=week"
	}
	return path
}

// allTowns returns the towns to choose from, once read kept for good: they come
// with the city.
func (p *Pages) allTowns(ctx context.Context) ([]Town, error) {
	if p.near.Towns == nil {
		return nil, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.towns) > 0 {
		return p.towns, nil
	}
	err := p.db.Read(ctx, func(tx *db.Tx) (err error) { p.towns, err = p.near.Towns(tx); return err })
	return p.towns, err
}

// townOf returns the town that was chosen, or typed in part.
func townOf(towns []Town, name string) (Town, bool) {
	if name = jp.Fold(name); name == "" {
		return Town{}, false
	}
	i := slices.IndexFunc(towns, func(t Town) bool { return jp.Fold(t.Name) == name })
	if i < 0 {
		i = slices.IndexFunc(towns, func(t Town) bool { return strings.Contains(jp.Fold(t.Name), name) })
	}
	if i < 0 {
		return Town{}, false
	}
	return towns[i], true
}

// dayOf reads a day from an address: a date, or a word that means one, so that
// links stay good: today, tomorrow, and the names of weekdays in English. What
// is none of them is today.
func dayOf(s string, now time.Time) jp.Date {
	today := jp.DateOf(now)
	switch s {
	case "", "today":
		return today
	case "tomorrow":
		return today.AddDays(1)
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(s, d.String()) {
			return search.Next(today, d)
		}
	}
	if d, err := jp.ParseDate(s); err == nil {
		return d
	}
	return today
}

// groupsOf are the groups that the reader speaks for.
func groupsOf(v web.Viewer) []db.ID {
	var out []db.ID
	for _, post := range v.Posts {
		if post.Scope.Kind == "group" && !slices.Contains(out, post.Scope.ID) {
			out = append(out, post.Scope.ID)
		}
	}
	return out
}

func notFound() error { return fault.New(fault.NotFound, "web.error.not_found") }

// photo serves a picture of a facility or room.
func (p *Pages) photo(c *web.Context) error {
	f, err := p.picture(c)
	if err != nil {
		return err
	}
	return p.files.Serve(c.Writer(), c.Request(), f, files.Everyone)
}

func (p *Pages) thumb(c *web.Context) error {
	f, err := p.picture(c)
	if err != nil {
		return err
	}
	return p.files.ServeThumb(c.Writer(), c.Request(), f, files.Everyone)
}

// picture returns the file in the path if it belongs to a facility or a room:
// other modules keep files too, which are not for everybody.
func (p *Pages) picture(c *web.Context) (f files.File, err error) {
	id, err := c.PathID("id")
	if err != nil {
		return f, err
	}
	snap, err := p.rooms.Get(c.Context())
	if err != nil {
		return f, err
	}
	err = p.db.Read(c.Context(), func(tx *db.Tx) error { f, err = p.files.Get(tx, id); return err })
	if err != nil {
		return f, err
	}
	_, ofFacility := snap.Facility(f.Owner)
	_, ofRoom := snap.Room(f.Owner)
	if !ofFacility && !ofRoom || !f.Picture() {
		return f, notFound()
	}
	return f, nil
}

// photos are the pictures of a facility or room.
func (p *Pages) photos(tx *db.Tx, owner db.ID) ([]files.File, error) {
	if p.files == nil {
		return nil, nil
	}
	list, err := p.files.ByOwner(tx, owner)
	return slices.DeleteFunc(list, func(f files.File) bool { return !f.Picture() }), err
}

// words is what a message is given of a list of equipment keys.
func equipmentWords(loc *i18n.Localizer, keys []string) string {
	words := make([]string, 0, len(keys))
	for _, k := range keys {
		words = append(words, EquipmentName(loc, k))
	}
	return loc.List(words)
}

// Equipments are the things a room may have, as keys of messages.
var Equipments = []string{
	"projector", "screen", "mic", "whiteboard", "wifi", "kitchen", "piano", "mirror", "tatami", "tables", "printer",
	"stage", "hearing_loop", "sink", "sports",
}

// EquipmentName returns the equipment's name in the reader's language; what an
// office typed itself is its own name.
func EquipmentName(loc *i18n.Localizer, key string) string {
	if slices.Contains(Equipments, key) {
		return loc.T("places.equipment." + key)
	}
	return key
}

// escape makes a value fit for a query.
func escape(s string) string { return url.QueryEscape(s) }

// idOf reads an id from an address; 0 when it is none.
func idOf(s string) db.ID {
	id, err := db.ParseID(s)
	if err != nil {
		return 0
	}
	return id
}

// Town returns the town that a reader chose or typed in part, and whether there
// is one.
func (p *Pages) Town(ctx context.Context, name string) (Town, bool, error) {
	towns, err := p.allTowns(ctx)
	if err != nil {
		return Town{}, false, err
	}
	t, ok := townOf(towns, name)
	return t, ok, nil
}

// freePath is what is free in a facility today.
func freePath(id db.ID) string { return "/places/availability/" + id.String() }

// openData gives the facilities in use as open data, in the layout of
// importing; columns that only this city's imports know stay inside.
func (p *Pages) openData(c *web.Context) error {
	snap, err := p.rooms.Get(c.Context())
	if err != nil {
		return err
	}
	list := slices.Clone(snap.Facilities)
	for i := range list {
		list[i].Extra = importing.Standard(list[i].Extra)
	}
	return c.Download("public_facility.csv", table.UTF8CSV.MIME(), func(w io.Writer) error { return importing.Export(w, table.UTF8CSV, list) })
}
