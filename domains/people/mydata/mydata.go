package mydata

import (
	"kakehashi/domains/people/person"
	"kakehashi/domains/people/signin"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/fault"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
)

// Deps is what a reader's own room stands on.
type Deps struct {
	DB       *db.DB
	Store    *person.Store
	SignIn   *signin.SignIn
	Deliver  *deliver.Service
	Audit    *audit.Log
	BaseURL  string                   // without a trailing slash
	Personal func() []module.Personal // of every module; asked at each request
	Names    func() person.Directory  // what posts are for
}

// MyData serves a reader's own room.
type MyData struct {
	db       *db.DB
	store    *person.Store
	signin   *signin.SignIn
	deliver  *deliver.Service
	audit    *audit.Log
	baseURL  string
	personal func() []module.Personal
	names    func() person.Directory
}

// New returns the room.
func New(d Deps) *MyData {
	return &MyData{db: d.DB, store: d.Store, signin: d.SignIn, deliver: d.Deliver, audit: d.Audit, baseURL: d.BaseURL, personal: d.Personal, names: d.Names}
}

// Routes are the pages of the room. Every one is the reader's own; a handler
// that takes an id looks it up among the reader's things.
func (m *MyData) Routes() []web.Route {
	in := web.SignedIn()
	return []web.Route{
		{Pattern: "GET /me", Access: in, Handle: m.showMe},
		{Pattern: "GET /me/profile", Access: in, Handle: m.showProfile},
		{Pattern: "POST /me/profile", Access: in, Handle: m.saveProfile},
		{Pattern: "GET /me/settings", Access: in, Handle: m.showSettings},
		{Pattern: "GET /me/settings/languages", Access: in, Handle: m.showLanguages},
		{Pattern: "POST /me/settings/languages", Access: in, Handle: m.saveLanguages},
		{Pattern: "GET /me/settings/aids", Access: in, Handle: m.showAids},
		{Pattern: "POST /me/settings/aids", Access: in, Handle: m.saveAids},
		{Pattern: "GET /me/settings/channels", Access: in, Handle: m.showChannels},
		{Pattern: "POST /me/settings/channels", Access: in, Handle: m.saveChannels},
		{Pattern: "GET /me/settings/mail", Access: in, Handle: m.showMail},
		{Pattern: "POST /me/settings/mail", Access: in, Handle: m.sendMailCode},
		{Pattern: "GET /me/settings/mail/code", Access: in, Handle: m.showMailCode},
		{Pattern: "POST /me/settings/mail/code", Access: in, Handle: m.saveMail},
		{Pattern: "GET /me/settings/passkeys", Access: in, Handle: m.showPasskeys},
		{Pattern: "POST /me/settings/passkeys/begin", Access: in, Handle: m.beginPasskey},
		{Pattern: "POST /me/settings/passkeys", Access: in, Handle: m.addPasskey},
		{Pattern: "POST /me/settings/passkeys/remove", Access: in, Handle: m.removePasskey},
		{Pattern: "GET /me/settings/services", Access: in, Handle: m.showServices},
		{Pattern: "POST /me/settings/services/remove", Access: in, Handle: m.removeService},
		{Pattern: "GET /me/settings/sessions", Access: in, Handle: m.showSessions},
		{Pattern: "POST /me/settings/sessions/end", Access: in, Handle: m.endSession},
		{Pattern: "GET /me/settings/tokens", Access: in, Handle: m.showTokens},
		{Pattern: "POST /me/settings/tokens", Access: in, Handle: m.createToken},
		{Pattern: "POST /me/settings/tokens/revoke", Access: in, Handle: m.revokeToken},
		{Pattern: "GET /me/settings/wishes", Access: in, Handle: m.showWishes},
		{Pattern: "POST /me/settings/wishes", Access: in, Handle: m.saveWish},
		{Pattern: "POST /me/settings/wishes/withdraw", Access: in, Handle: m.withdrawWish},
		{Pattern: "GET /me/family", Access: in, Handle: m.showFamily},
		{Pattern: "GET /me/family/add", Access: in, Handle: m.showAddChild},
		{Pattern: "POST /me/family/add", Access: in, Handle: m.addChild},
		{Pattern: "GET /me/family/ask", Access: in, Handle: m.showAsk},
		{Pattern: "POST /me/family/ask", Access: in, Handle: m.askGuardian},
		{Pattern: "GET /me/family/consent/{secret}", Access: in, Handle: m.showConsent},
		{Pattern: "POST /me/family/consent/{secret}", Access: in, Handle: m.saveConsent},
		{Pattern: "POST /me/family/act", Access: in, Handle: m.actForChild},
		{Pattern: "POST /me/family/end", Access: in, Handle: m.endGuardianship},
		{Pattern: "GET /me/data", Access: in, Handle: m.showData},
		{Pattern: "GET /me/data/readers", Access: in, Handle: m.showReaders},
		{Pattern: "GET /me/data/export", Access: in, Handle: m.export},
		{Pattern: "GET /me/data/erase", Access: in, Handle: m.showErase},
		{Pattern: "POST /me/data/erase", Access: in, Handle: m.eraseAll},
	}
}

// own is the reader themselves. Ways in, tokens and wishes belong to nobody
// else, so a reader who acts for another is refused.
func own(c *web.Context) (db.ID, error) {
	if c.Viewer.OnBehalfOf != 0 {
		return 0, fault.New(fault.Denied, "people.act.own_only")
	}
	return c.Viewer.Person, nil
}

// ward is whose data the page is about: the reader's own, or that of the child
// they act for. Clerks and officers who act for somebody see it nowhere here.
func (m *MyData) ward(c *web.Context, tx *db.Tx) (db.ID, error) {
	if c.Viewer.OnBehalfOf == 0 {
		return c.Viewer.Person, nil
	}
	basis, err := m.store.MayAct(tx, c.Viewer.Person, c.Viewer.Posts, c.Viewer.OnBehalfOf)
	if err != nil {
		return 0, err
	}
	if basis != person.BasisGuardian {
		return 0, fault.New(fault.Denied, "people.act.own_only")
	}
	return c.Viewer.OnBehalfOf, nil
}

func (m *MyData) read(c *web.Context, fn func(tx *db.Tx) error) error {
	return m.db.Read(c.Context(), fn)
}

// look reads the reader's own data. What a guardian looks at leaves a trace,
// so it takes a transaction that writes.
func (m *MyData) look(c *web.Context, fn func(tx *db.Tx) error) error {
	if c.Viewer.OnBehalfOf != 0 {
		return m.write(c, fn)
	}
	return m.db.Read(c.Context(), func(tx *db.Tx) error {
		tx.Actor = c.Actor() // the store asks whether one reads oneself
		return fn(tx)
	})
}

func (m *MyData) write(c *web.Context, fn func(tx *db.Tx) error) error {
	return m.db.Write(c.Context(), c.Actor(), fn)
}

func title(c *web.Context, key string) web.Meta {
	return web.Meta{Title: c.Loc.T(key), Back: "/me"}
}

func setting(c *web.Context, key string) web.Meta {
	return web.Meta{Title: c.Loc.T(key), Back: "/me/settings"}
}

// saved tells the reader on the page of settings.
func saved(c *web.Context) error {
	c.Flash("people.saved")
	return c.Redirect("/me/settings")
}
