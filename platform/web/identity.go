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

// bySession finds the viewer of the session's cookie. A session that is over,
// or gone, leaves an anonymous viewer.
func (c *Context) bySession() (err error) {
	defer fault.Wrap(&err, "web: session")
	s := c.server
	hash := session.Hash(c.cookies.session)
	now := c.Now()
	id := s.viewers.get(s.cfg.DB, hash, now)
	if id == nil {
		if id, err = s.load(c.ctx, hash, now); err != nil {
			if fault.Is(err, fault.NotFound) {
				c.setCookie(s.names.session, "", -1)
				return nil
			}
			return err
		}
	}
	if s.sessions.Over(id.session, now) {
		c.over = id.session
		return nil
	}
	if now.Sub(id.session.Seen) > session.SeenEvery {
		fresh := *id
		fresh.session.Seen = now
		s.viewers.put(hash, &fresh)
		id = &fresh
		if err := s.sessions.Touch(c.ctx, id.session); err != nil {
			return err
		}
	}
	c.Viewer, c.session = id.viewer, id.session
	return nil
}

// load reads a session with its person. Topics are read before the data, so
// that a change in between makes the identity stale rather than wrong.
func (s *Server) load(ctx context.Context, hash [32]byte, now time.Time) (*identity, error) {
	id := &identity{loaded: now}
	err := s.cfg.DB.Read(ctx, func(tx *db.Tx) error {
		x, err := session.Find(tx, hash)
		if err != nil {
			return err
		}
		id.session = x
		return nil
	})
	if err != nil {
		return nil, err
	}
	if s.sessions.Over(id.session, now) {
		return id, nil
	}
	id.topics = []string{"posts", "person:" + id.session.Person.String(), session.Topic(id.session.Person)}
	id.version = s.cfg.DB.Version(id.topics...)
	err = s.cfg.DB.Read(ctx, func(tx *db.Tx) error {
		// Once more, now that the version is known.
		if id.session, err = session.Find(tx, hash); err != nil {
			return err
		}
		id.viewer, err = s.cfg.Identify(ctx, tx, id.session.Person)
		return err
	})
	if err != nil {
		return nil, err
	}
	id.viewer.Person = id.session.Person
	id.viewer.OnBehalfOf, id.viewer.OnBehalfName = id.session.OnBehalfOf, id.session.OnBehalfName
	s.viewers.put(hash, id)
	return id, nil
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
	id := s.viewers.get(s.cfg.DB, hash, now)
	if id == nil {
		id = &identity{loaded: now, grant: &Grant{}}
		err := s.loadToken(c.ctx, hash, id)
		if fault.Is(err, fault.NotFound) {
			return errToken
		}
		if err != nil {
			return err
		}
		s.viewers.put(hash, id)
	}
	c.Viewer, c.grant = id.viewer, id.grant
	return nil
}

// loadToken is load for a personal token.
func (s *Server) loadToken(ctx context.Context, hash [32]byte, id *identity) error {
	find := func(tx *db.Tx) (err error) {
		*id.grant, err = s.cfg.Token(ctx, tx, hash[:])
		return err
	}
	if err := s.cfg.DB.Read(ctx, find); err != nil {
		return err
	}
	id.topics = []string{"posts", "person:" + id.grant.Person.String(), session.Topic(id.grant.Person)}
	id.version = s.cfg.DB.Version(id.topics...)
	return s.cfg.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if err := find(tx); err != nil {
			return err
		}
		id.viewer, err = s.cfg.Identify(ctx, tx, id.grant.Person)
		id.viewer.Person = id.grant.Person
		return err
	})
}

var errToken = &statusError{http.StatusUnauthorized, fault.New(fault.Denied, "web.error.token")}

// SignIn starts a new session of the person, with a new token: what was known
// before sign-in is worth nothing after it. The Context is the person's from
// then on.
func (c *Context) SignIn(person db.ID) (err error) {
	defer fault.Wrap(&err, "web.SignIn(%v)", person)
	cookie, err := c.server.startSession(c.ctx, person, c.r.UserAgent(), c.cookies.session)
	if err != nil {
		return err
	}
	http.SetCookie(c.out.ResponseWriter, cookie)
	c.cookies.session = cookie.Value
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
		Name: s.names.session, Value: token, Path: "/", HttpOnly: true, Secure: s.cfg.HTTPS,
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
	c.setCookie(c.server.names.session, "", -1)
	c.setCookie(c.server.names.draft, "", -1)
	c.Viewer = Viewer{Demo: c.server.cfg.Demo}
	c.session, c.cookies.session = session.Session{}, ""
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
