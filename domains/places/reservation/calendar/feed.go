package calendar

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/feed"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
)

// How far a feed looks back and ahead, in days.
const (
	backDays  = 31
	aheadDays = 120
)

// mostOwn is how many reservations a private feed holds.
const mostOwn = 500

// Feeds serves calendars.
type Feeds struct {
	deps module.Deps
	svc  *reservation.Service
	near reservation.Neighbours
}

// New returns the feeds; it does no I/O.
func New(deps module.Deps, svc *reservation.Service, near reservation.Neighbours) *Feeds {
	return &Feeds{deps: deps, svc: svc, near: near}
}

// Routes are the feeds, and the page where a reader makes their own.
func (f *Feeds) Routes() []web.Route {
	topics := []string{reservation.Topic, facility.Topic}
	return []web.Route{
		{Pattern: "GET /calendar/rooms/{file}", Access: web.Public(), Handle: f.room, Cached: topics},
		{Pattern: "GET /calendar/places/{file}", Access: web.Public(), Handle: f.facility, Cached: topics},
		{Pattern: "GET /calendar/{file}", Access: web.ByLink("calendar.link", f.knows), Handle: f.person},
		{Pattern: "GET /me/calendar", Access: web.SignedIn(), Handle: f.showLink},
		{Pattern: "POST /me/calendar", Access: web.SignedIn(), Handle: f.makeLink},
		{Pattern: "POST /me/calendar/revoke", Access: web.SignedIn(), Handle: f.revokeLink},
	}
}

// ending is what the addresses of feeds end in.
const ending = ".ics"

func fileID(c *web.Context) (db.ID, error) {
	name, ok := strings.CutSuffix(c.Path("file"), ending)
	id, err := db.ParseID(name)
	if !ok || err != nil {
		return 0, fault.New(fault.NotFound, "web.error.not_found")
	}
	return id, nil
}

func (f *Feeds) room(c *web.Context) error {
	id, err := fileID(c)
	if err != nil {
		return err
	}
	var name string
	var busy []Busy
	err = f.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		r, err := f.svc.Room(tx, id)
		if err != nil {
			return err
		}
		name = c.Loc.Text(r.Place()) + " " + c.Loc.Text(r.Name)
		busy, err = busyOf(tx, r.ID, "")
		return err
	})
	if err != nil {
		return err
	}
	return c.Bytes(feed.CalendarMIME, WriteBusy(name, c.Loc.T("reservation.busy"), c.Now(), busy))
}

// busyOf lists when a room cannot be had: it is taken itself, or a part or the whole
// of it is, or a loud neighbour.
func busyOf(tx *db.Tx, room db.ID, name string) ([]Busy, error) {
	today := jp.DateOf(tx.Now)
	span := quarter.Span{Start: today.AddDays(-backDays).At(0), End: today.AddDays(aheadDays).At(0)}
	rs, err := reservation.InTheWay(tx, room, span)
	out := make([]Busy, len(rs))
	for i, r := range rs {
		out[i] = Busy{ID: r.ID, Span: r.Span, Room: name}
	}
	return out, err
}

func (f *Feeds) facility(c *web.Context) error {
	id, err := fileID(c)
	if err != nil {
		return err
	}
	var name string
	var busy []Busy
	err = f.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		place, err := facility.Get(tx, id)
		if err != nil {
			return err
		}
		name = c.Loc.Text(place.Name)
		rooms, err := facility.RoomsOf(tx, id)
		if err != nil {
			return err
		}
		for _, r := range rooms {
			some, err := busyOf(tx, r.ID, c.Loc.Text(r.Name))
			if err != nil {
				return err
			}
			busy = append(busy, some...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.Bytes(feed.CalendarMIME, WriteBusy(name, c.Loc.T("reservation.busy"), c.Now(), busy))
}

// hash is what is kept of a secret address.
func hash(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// owner returns whose calendar the secret opens; NotFound when nobody's.
func owner(tx *db.Tx, secret string) (db.ID, error) {
	return db.One(tx, func(id *db.ID) []any { return []any{id} }, `SELECT person_id FROM calendar_links WHERE hash = $1`, hash(secret))
}

func secretOf(c *web.Context) string {
	secret, _ := strings.CutSuffix(c.Path("file"), ending)
	return secret
}

// knows reports whether the secret in the address opens a calendar.
func (f *Feeds) knows(c *web.Context) (bool, error) {
	err := f.deps.DB.Read(c.Context(), func(tx *db.Tx) error { _, err := owner(tx, secretOf(c)); return err })
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// person serves somebody's own reservations and those of their groups, in the
// language in which they made the address: few calendar programs ask for one.
func (f *Feeds) person(c *web.Context) error {
	loc := c.Loc
	if l, ok := i18n.ParseLang(c.Query("lang")); ok {
		loc = f.deps.Catalog.For(l)
	}
	var events []feed.Event
	err := f.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		who, err := owner(tx, secretOf(c))
		if err != nil {
			return err
		}
		events, err = f.own(tx, loc, who)
		return err
	})
	if err != nil {
		return err
	}
	return c.Bytes(feed.CalendarMIME, feed.Calendar(loc.T("reservation.mine.title"), "", events...))
}

func (f *Feeds) own(tx *db.Tx, loc *i18n.Localizer, who db.ID) ([]feed.Event, error) {
	var groups []db.ID
	var err error
	if f.near.GroupsOf != nil {
		if groups, err = f.near.GroupsOf(tx, who); err != nil {
			return nil, err
		}
	}
	coming, err := reservation.Coming(tx, who, groups, mostOwn)
	if err != nil {
		return nil, err
	}
	past, err := reservation.Past(tx, who, groups, reservation.Key{}, reservation.PageSize)
	if err != nil {
		return nil, err
	}
	var out []feed.Event
	for _, r := range append(past, coming...) {
		n, err := f.svc.Notice(tx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, Of(loc, n, f.deps.BaseURL, !r.State.Live(), r.State.Open(), r.ChangedAt)...)
	}
	return out, nil
}

// MakeLink gives the person a new secret address of their calendar and ends
// any other. It returns the secret, which nobody can read again.
func MakeLink(tx *db.Tx, person db.ID) (secret string, err error) {
	defer fault.Wrap(&err, "calendar.MakeLink(%v)", person)
	raw := make([]byte, 18)
	rand.Read(raw)
	secret = base64.RawURLEncoding.EncodeToString(raw)
	if _, err := RevokeLink(tx, person); err != nil {
		return "", err
	}
	if _, err := tx.Exec(`INSERT INTO calendar_links (hash, person_id, made_at) VALUES ($1, $2, $3)`, hash(secret), person, tx.Now); err != nil {
		return "", err
	}
	return secret, audit.Record(tx, audit.Entry{Action: "reservation.calendar.make", Subject: "calendar", Person: person})
}

// RevokeLink ends the person's secret address and reports whether there was
// one.
func RevokeLink(tx *db.Tx, person db.ID) (found bool, err error) {
	defer fault.Wrap(&err, "calendar.RevokeLink(%v)", person)
	n, err := tx.Exec(`DELETE FROM calendar_links WHERE person_id = $1`, person)
	if err != nil || n == 0 {
		return false, err
	}
	return true, audit.Record(tx, audit.Entry{Action: "reservation.calendar.revoke", Subject: "calendar", Person: person})
}

// own is the reader themselves: nobody makes a secret address for another.
func own(c *web.Context) (db.ID, error) {
	if c.Viewer.OnBehalfOf != 0 {
		return 0, fault.New(fault.Denied, "reservation.error.own")
	}
	return c.Viewer.Person, nil
}

func linkMeta(c *web.Context) web.Meta {
	return web.Meta{Title: c.Loc.T("reservation.link.title"), Back: "/me/reservations", Field: "place"}
}

func (f *Feeds) showLink(c *web.Context) error {
	who, err := own(c)
	if err != nil {
		return err
	}
	var n int
	err = f.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		return tx.Row(`SELECT COUNT(*) FROM calendar_links WHERE person_id = $1`, who).Scan(&n)
	})
	if err != nil {
		return err
	}
	return c.Page(linkMeta(c), linkView("", n > 0))
}

func (f *Feeds) makeLink(c *web.Context) error {
	who, err := own(c)
	if err != nil {
		return err
	}
	var secret string
	err = f.deps.DB.Write(c.Context(), c.Actor(), func(tx *db.Tx) (err error) {
		secret, err = MakeLink(tx, who)
		return err
	})
	if err != nil {
		return err
	}
	return c.Page(linkMeta(c), linkView(f.deps.BaseURL+"/calendar/"+secret+ending+"?lang="+string(c.Loc.Lang()), true))
}

func (f *Feeds) revokeLink(c *web.Context) error {
	who, err := own(c)
	if err != nil {
		return err
	}
	err = f.deps.DB.Write(c.Context(), c.Actor(), func(tx *db.Tx) error { _, err := RevokeLink(tx, who); return err })
	if err != nil {
		return err
	}
	c.Flash("reservation.link.revoked")
	return c.Redirect("/me/calendar")
}
