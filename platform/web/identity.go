package web

import (
	"context"
	"crypto/sha256"
	"net/http"
	"strings"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/web/session"
)

// identity is what a session's token or a personal token stands for.
type identity struct {
	viewer  Viewer
	session session.Session
	grant   *Grant
}

// known is an identity with what it is true of.
type known = session.Cached[identity]

// bySession finds the viewer of the session's cookie. A session that is over,
// or gone, leaves an anonymous viewer.
func (c *Context) bySession() (err error) {
	defer fault.Wrap(&err, "web: session")
	s := c.server
	hash := session.Hash(c.cookies.Session)
	now := c.Now()
	k := s.viewers.Get(hash, now)
	if k == nil {
		k, err = s.load(c.ctx, hash, now)
		if fault.Is(err, fault.NotFound) {
			c.setCookie(s.names.Session, "", -1)
			return nil
		}
		if err != nil {
			return err
		}
	}
	x := k.Value.session
	if s.sessions.Over(x, now) {
		c.over = x
		return nil
	}
	if now.Sub(x.Seen) > session.SeenEvery {
		x.Seen = now
		fresh := *k
		fresh.Value.session = x
		s.viewers.Put(hash, &fresh)
		if err := s.sessions.Touch(c.ctx, x); err != nil {
			return err
		}
	}
	c.Viewer, c.session = k.Value.viewer, x
	return nil
}

// depend notes what an identity is true of, before its data is read, so that a
// change in between makes it stale rather than wrong.
func (s *Server) depend(k *known, person db.ID) {
	k.Topics = []string{"posts", "person:" + person.String(), session.Topic(person)}
	k.Version = s.cfg.DB.Version(k.Topics...)
}

// load reads a session with its person.
func (s *Server) load(ctx context.Context, hash [32]byte, now time.Time) (*known, error) {
	k := &known{Loaded: now}
	id := &k.Value
	find := func(tx *db.Tx) (err error) {
		id.session, err = session.Find(tx, hash)
		return err
	}
	if err := s.cfg.DB.Read(ctx, find); err != nil {
		return nil, err
	}
	if s.sessions.Over(id.session, now) {
		return k, nil
	}
	s.depend(k, id.session.Person)
	err := s.cfg.DB.Read(ctx, func(tx *db.Tx) error {
		if err := find(tx); err != nil {
			return err
		}
		if x := &id.session; x.OnBehalfOf != 0 && s.cfg.StillActs != nil {
			if ok, err := s.cfg.StillActs(tx, x.Person, x.OnBehalfOf); err != nil {
				return err
			} else if !ok {
				x.OnBehalfOf, x.OnBehalfName = 0, ""
			}
		}
		return s.person(ctx, tx, id, id.session.Person)
	})
	if err != nil {
		return nil, err
	}
	id.viewer.OnBehalfOf, id.viewer.OnBehalfName = id.session.OnBehalfOf, id.session.OnBehalfName
	s.viewers.Put(hash, k)
	return k, nil
}

func (s *Server) person(ctx context.Context, tx *db.Tx, id *identity, person db.ID) (err error) {
	id.viewer, err = s.cfg.Identify(ctx, tx, person)
	id.viewer.Person = person
	return err
}

// byToken finds the viewer of a personal token (RFC 6750).
func (c *Context) byToken() (err error) {
	defer fault.Wrap(&err, "web: token")
	s := c.server
	scheme, token, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" || s.cfg.Token == nil {
		return errToken
	}
	hash := sha256.Sum256([]byte(strings.TrimSpace(token)))
	now := c.Now()
	k := s.viewers.Get(hash, now)
	if k == nil {
		k, err = s.loadToken(c.ctx, hash, now)
		if fault.Is(err, fault.NotFound) {
			return errToken
		}
		if err != nil {
			return err
		}
	}
	if k.Value.grant == nil { // a session's token is none of the API's
		return errToken
	}
	c.Viewer, c.grant = k.Value.viewer, k.Value.grant
	return nil
}

// loadToken reads a personal token with its person.
func (s *Server) loadToken(ctx context.Context, hash [32]byte, now time.Time) (*known, error) {
	k := &known{Loaded: now, Value: identity{grant: &Grant{}}}
	id := &k.Value
	find := func(tx *db.Tx) (err error) {
		*id.grant, err = s.cfg.Token(ctx, tx, hash[:])
		return err
	}
	if err := s.cfg.DB.Read(ctx, find); err != nil {
		return nil, err
	}
	s.depend(k, id.grant.Person)
	err := s.cfg.DB.Read(ctx, func(tx *db.Tx) error {
		if err := find(tx); err != nil {
			return err
		}
		return s.person(ctx, tx, id, id.grant.Person)
	})
	if err != nil {
		return nil, err
	}
	s.viewers.Put(hash, k)
	return k, nil
}

var errToken = &statusError{http.StatusUnauthorized, fault.New(fault.Denied, "web.error.token")}

// SignIn starts a new session of the person, with a new token: what was known
// before sign-in is worth nothing after it. The Context is the person's from
// then on.
func (c *Context) SignIn(person db.ID) (err error) {
	defer fault.Wrap(&err, "web.SignIn(%v)", person)
	cookie, err := c.server.startSession(c.ctx, person, c.r.UserAgent(), c.cookies.Session)
	if err != nil {
		return err
	}
	http.SetCookie(c.out.ResponseWriter, cookie)
	c.cookies.Session = cookie.Value
	c.over = session.Session{}
	if err := c.bySession(); err != nil {
		return err
	}
	c.Viewer.Demo = c.server.cfg.Demo
	if own := c.Viewer.Lang; own != "" && own != c.Loc.Lang() {
		c.speak(own)
	}
	return nil
}

func (s *Server) startSession(ctx context.Context, person db.ID, userAgent, old string) (*http.Cookie, error) {
	token, err := s.sessions.Start(ctx, person, session.Device(userAgent), old)
	if err != nil {
		return nil, err
	}
	return &http.Cookie{
		Name: s.names.Session, Value: token, Path: "/", HttpOnly: true, Secure: s.cfg.HTTPS,
		SameSite: http.SameSiteLaxMode,
	}, nil
}

// NewSession starts a session of the person and returns its cookie, for tests.
func (s *Server) NewSession(ctx context.Context, person db.ID) (*http.Cookie, error) {
	return s.startSession(ctx, person, "", "")
}

// SignOut ends this session. The Context is nobody's from then on.
func (c *Context) SignOut() error {
	if c.session.ID != 0 {
		if err := c.server.sessions.End(c.ctx, c.session.Person, c.session.ID); err != nil {
			return err
		}
	}
	c.nobody()
	return nil
}

// SignOutEverywhere ends every session of the viewer, this one too.
func (c *Context) SignOutEverywhere() error {
	if c.Viewer.SignedIn() {
		if err := c.server.sessions.EndAll(c.ctx, c.Viewer.Person); err != nil {
			return err
		}
	}
	c.nobody()
	return nil
}

func (c *Context) nobody() {
	c.setCookie(c.server.names.Session, "", -1)
	c.setCookie(c.server.names.Draft, "", -1)
	c.Viewer = Viewer{Demo: c.server.cfg.Demo}
	c.session, c.cookies.Session = session.Session{}, ""
}

// Sessions lists the viewer's own sessions, the latest used first.
func (c *Context) Sessions() ([]session.Session, error) {
	return c.server.sessions.List(c.ctx, c.Viewer.Person, c.session.ID)
}

// EndSession ends one of the viewer's own sessions; somebody else's stays.
func (c *Context) EndSession(id db.ID) error {
	return c.server.sessions.End(c.ctx, c.Viewer.Person, id)
}

// ActFor makes the session act on behalf of the person, until it ends or ActFor
// is called with 0. Whether the viewer may is for the caller to decide.
func (c *Context) ActFor(person db.ID, name string) error {
	if c.session.ID == 0 {
		return denied()
	}
	if err := c.server.sessions.ActFor(c.ctx, c.session, person, name); err != nil {
		return err
	}
	c.Viewer.OnBehalfOf, c.Viewer.OnBehalfName = person, name
	c.session.OnBehalfOf, c.session.OnBehalfName = person, name
	return nil
}
