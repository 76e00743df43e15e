package office

import (
	"kakehashi/domains/people/person"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/web"
)

// Office serves the clerk's pages about persons.
type Office struct {
	db    *db.DB
	store *person.Store
	names func() person.Directory
}

// New returns the pages; names knows what posts are for.
func New(d *db.DB, store *person.Store, names func() person.Directory) *Office {
	return &Office{db: d, store: store, names: names}
}

// Routes are the pages.
func (o *Office) Routes() []web.Route {
	clerk := web.Holding(web.RoleClerk)
	desk := web.Holding(web.RoleClerk, web.RoleOperator)
	helper := web.Holding(web.RoleClerk, web.RoleOfficer, web.RoleRepresentative)
	return []web.Route{
		{Pattern: "GET /office/people", Access: desk, Handle: o.showSearch},
		{Pattern: "GET /office/people/new", Access: clerk, Handle: o.showNew},
		{Pattern: "POST /office/people/new", Access: clerk, Handle: o.create},
		{Pattern: "GET /office/people/{id}", Access: desk, Handle: o.showPerson},
		{Pattern: "GET /office/people/{id}/edit", Access: clerk, Handle: o.showEdit},
		{Pattern: "POST /office/people/{id}/edit", Access: clerk, Handle: o.edit},
		{Pattern: "GET /office/people/{id}/posts", Access: desk, Handle: o.showPosts},
		{Pattern: "POST /office/people/{id}/posts", Access: desk, Handle: o.give},
		{Pattern: "POST /office/people/{id}/posts/end", Access: desk, Handle: o.end},
		{Pattern: "GET /office/people/{id}/guardian", Access: clerk, Handle: o.showGuardian},
		{Pattern: "POST /office/people/{id}/guardian", Access: clerk, Handle: o.link},
		{Pattern: "GET /office/people/{id}/wish", Access: clerk, Handle: o.showWish},
		{Pattern: "POST /office/people/{id}/wish", Access: clerk, Handle: o.wish},
		{Pattern: "GET /office/act-for", Access: helper, Handle: o.showActFor},
		{Pattern: "POST /office/act-for", Access: helper, Handle: o.actFor},
		{Pattern: "POST /behalf/stop", Access: web.SignedIn(), Handle: o.stop},
	}
}

func (o *Office) read(c *web.Context, fn func(tx *db.Tx) error) error {
	return o.db.Read(c.Context(), fn)
}

func (o *Office) write(c *web.Context, fn func(tx *db.Tx) error) error {
	return o.db.Write(c.Context(), c.Actor(), fn)
}

func desk(c *web.Context, key, back string) web.Meta {
	return web.Meta{Title: c.Loc.T(key), Back: back, Wide: true}
}

func at(id db.ID, rest string) string { return "/office/people/" + id.String() + rest }

// formID reads an id from the form; NotFound when it is none.
func formID(c *web.Context, name string) (db.ID, error) {
	id, err := db.ParseID(c.Form().Get(name))
	if err != nil {
		return 0, fault.New(fault.NotFound, "web.error.not_found").Because(err)
	}
	return id, nil
}

// open returns the person of the path without what is sealed; NotFound when
// there is none, or it was closed.
func (o *Office) open(c *web.Context, tx *db.Tx) (person.Person, error) {
	id, err := c.PathID("id")
	if err != nil {
		return person.Person{}, err
	}
	p, err := o.store.Get(tx, id)
	if err == nil && !p.Closed.IsZero() {
		err = fault.New(fault.NotFound, "people.closed")
	}
	return p, err
}
