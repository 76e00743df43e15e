package signin

import (
	"context"
	"encoding/json"
	"errors"
	"io"

	"github.com/a-h/templ"

	"kakehashi/domains/people/person"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// What the browser keeps for us, sealed, until the sign-in is done.
const (
	keepFlow    = "sign-in"
	keepPasskey = "passkey"
	keepOIDC    = "oidc"
)

// Routes are the pages of signing in.
func (s *SignIn) Routes() []web.Route {
	routes := []web.Route{
		{Pattern: "GET /sign-in", Access: web.Public(), Handle: s.showMail},
		{Pattern: "POST /sign-in", Access: web.Public(), Handle: s.sendCode, Rate: perAddress},
		{Pattern: "GET /sign-in/code", Access: web.Public(), Handle: s.showCode},
		{Pattern: "POST /sign-in/code", Access: web.Public(), Handle: s.tryCode, Rate: perTry},
		{Pattern: "GET /sign-in/passkey", Access: web.Public(), Handle: s.showPasskey},
		{Pattern: "POST /sign-in/passkey/begin", Access: web.Public(), Handle: s.beginPasskey, Rate: perTry},
		{Pattern: "POST /sign-in/passkey", Access: web.Public(), Handle: s.tryPasskey, Rate: perTry},
		{Pattern: "GET /sign-in/oidc/{issuer}", Access: web.Public(), Handle: s.leave, Rate: perTry},
		{Pattern: "GET /sign-in/oidc/{issuer}/callback", Access: web.Public(), Handle: s.comeBack, Rate: perTry},
		{Pattern: "GET /welcome", Access: web.Public(), Handle: s.showWelcome},
		{Pattern: "POST /welcome", Access: web.Public(), Handle: s.saveWelcome, Rate: perTry},
		{Pattern: "POST /sign-out", Access: web.SignedIn(), Handle: signOut},
	}
	if s.demo {
		routes = append(routes,
			web.Route{Pattern: "GET /demo-sign-in", Access: web.DemoOnly(), Handle: s.showDemo},
			web.Route{Pattern: "POST /demo-sign-in", Access: web.DemoOnly(), Handle: s.demoSignIn},
		)
	}
	return routes
}

// Mails are the messages of signing in.
func (s *SignIn) Mails() []deliver.Kind {
	return []deliver.Kind{{Name: KindCode, Render: renderCode}}
}

func renderCode(_ context.Context, loc *i18n.Localizer, data json.RawMessage) (deliver.Content, error) {
	var m codeMail
	if err := json.Unmarshal(data, &m); err != nil {
		return deliver.Content{}, err
	}
	spaced := m.Code
	if len(spaced) == CodeDigits {
		spaced = m.Code[:3] + " " + m.Code[3:]
	}
	return deliver.Content{
		Subject: loc.T("people.mail.code.subject", "code", spaced),
		Text:    loc.T("people.mail.code.text", "code", spaced, "minutes", m.Minutes),
	}, nil
}

func title(c *web.Context, key string, args ...any) web.Meta {
	return web.Meta{Title: c.Loc.T(key, args...)}
}

// next is where the reader was going before they had to sign in.
func next(c *web.Context) string {
	for _, name := range []string{"next", "back"} {
		if v := c.Form().Get(name); v != "" && len(v) <= 1000 {
			return v
		}
	}
	return ""
}

// onward sends a reader who is in to where they were going.
func onward(c *web.Context, path string) error {
	if path == "" {
		path = "/"
	}
	return c.Redirect(path)
}

func (s *SignIn) showMail(c *web.Context) error {
	if c.Viewer.SignedIn() {
		return onward(c, next(c))
	}
	return c.Page(title(c, "people.signin.title"), s.mailPage(c, web.Problem{}))
}

func (s *SignIn) mailPage(c *web.Context, p web.Problem) templ.Component {
	return mailView(mailData{Problem: p, Next: next(c), Services: s.Services(), Demo: s.demo})
}

func (s *SignIn) sendCode(c *web.Context) error {
	again := func(err error) error {
		return c.Retry(err, title(c, "people.signin.title"), func(p web.Problem) templ.Component { return s.mailPage(c, p) })
	}
	mail, err := person.ParseMail(c.Form().Get("mail"))
	if err != nil {
		var check fault.Check
		check.Field(false, "mail", "people.mail.invalid")
		return again(check.Err())
	}
	if err := s.LimitMail(c, mail); err != nil {
		return again(err)
	}
	var token string
	err = s.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) (err error) {
		token, err = s.start(tx, mail, next(c), c.Loc.Lang())
		return err
	})
	if err != nil {
		return again(err)
	}
	if err := c.Remember(keepFlow, token, WelcomeFor); err != nil {
		return err
	}
	return c.Redirect("/sign-in/code")
}

func (s *SignIn) showCode(c *web.Context) error {
	token := c.Recall(keepFlow)
	var f flow
	var found bool
	err := s.db.Read(c.Context(), func(tx *db.Tx) (err error) {
		if f, found, err = s.find(tx, token, stateSent); err == nil && !found {
			f, err = s.lapsed(tx, token)
		}
		return err
	})
	if err != nil {
		return err
	}
	if !found {
		return c.Redirect(signInPath(f.next))
	}
	return c.Page(title(c, "people.code.title"), codeView(codeData{Mail: f.mail, Next: f.next, Demo: s.demo}))
}

func (s *SignIn) tryCode(c *web.Context) error {
	token := c.Recall(keepFlow)
	var a answer
	f, err := s.lapsedOf(c, token)
	if err != nil {
		return err
	}
	code, err := ParseCode(c.Form().Get("code"))
	switch {
	case f.id == 0: // no code was asked for in this browser
		a.over, err = true, nil
	case err == nil:
		err = s.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) (err error) {
			a, err = s.try(tx, token, code)
			return err
		})
	}
	switch {
	case err != nil:
	case a.over:
		c.Forget(keepFlow)
		return c.Retry(a.refusal(), title(c, "people.signin.title"), func(p web.Problem) templ.Component {
			return mailView(mailData{Problem: p, Mail: f.mail, Next: f.next, Services: s.Services(), Demo: s.demo})
		})
	case a.wrong:
		err = a.refusal()
	case a.person == 0:
		return c.Redirect("/welcome")
	default:
		c.Forget(keepFlow)
		if err := c.SignIn(a.person); err != nil {
			return err
		}
		return onward(c, a.next)
	}
	return c.Retry(err, title(c, "people.code.title"), func(p web.Problem) templ.Component {
		return codeView(codeData{Problem: p, Mail: f.mail, Next: f.next, Demo: s.demo})
	})
}

// lapsedOf is lapsed in a transaction of its own.
func (s *SignIn) lapsedOf(c *web.Context, token string) (f flow, err error) {
	err = s.db.Read(c.Context(), func(tx *db.Tx) (err error) {
		f, err = s.lapsed(tx, token)
		return err
	})
	return f, err
}

func (s *SignIn) showPasskey(c *web.Context) error {
	if c.Viewer.SignedIn() {
		return onward(c, next(c))
	}
	return c.Page(title(c, "people.passkey.signin.title"), passkeyView(next(c)))
}

// beginPasskey answers the script with a question for the authenticator.
func (s *SignIn) beginPasskey(c *web.Context) error {
	var options Options
	var token string
	err := s.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) (err error) {
		options, token, err = s.beginLogin(tx)
		return err
	})
	if err != nil {
		return err
	}
	if err := c.Remember(keepPasskey, token, ceremonyFor); err != nil {
		return err
	}
	return c.JSON(options)
}

// tryPasskey takes the authenticator's answer from the script.
func (s *SignIn) tryPasskey(c *web.Context) error {
	credential, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	token := c.Recall(keepPasskey)
	var who db.ID
	err = s.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) (err error) {
		who, err = s.finishLogin(tx, token, credential)
		return err
	})
	if err != nil {
		return err
	}
	c.Forget(keepPasskey)
	if err := c.SignIn(who); err != nil {
		return err
	}
	return c.JSON(map[string]string{})
}

// leave sends the browser to a sign-in service with a question that only this
// browser can bring the answer to. A signed-in reader links it to themselves.
func (s *SignIn) leave(c *web.Context) error {
	v, err := s.service(c.Path("issuer"))
	if err != nil {
		return err
	}
	state := newToken()
	q := question{Service: v.Key(), Nonce: newToken(), Verifier: newToken(), Next: next(c), Person: c.Viewer.Person}
	address, err := v.ask(c.Context(), state, q)
	if err != nil {
		return err
	}
	err = s.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) error { return begin(tx, ceremonyOIDC, state, 0, q) })
	if err != nil {
		return err
	}
	if err := c.Remember(keepOIDC, state, ceremonyFor); err != nil {
		return err
	}
	return c.Leave(address)
}

// comeBack takes a service's answer.
func (s *SignIn) comeBack(c *web.Context) error {
	v, err := s.service(c.Path("issuer"))
	if err != nil {
		return err
	}
	state := c.Query("state")
	if state == "" || state != c.Recall(keepOIDC) {
		return fault.New(fault.Denied, "people.oidc.refused", "service", v.Name).Because(errors.New("the state is not this browser's"))
	}
	c.Forget(keepOIDC)
	var q question
	err = s.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) error { return finish(tx, ceremonyOIDC, state, 0, &q) })
	if err != nil {
		return err
	}
	if q.Service != v.Key() || q.Person != c.Viewer.Person {
		return fault.New(fault.Denied, "people.oidc.refused", "service", v.Name).Because(errors.New("asked by another service or person"))
	}
	// RFC 9207: a service that names itself must be the one that was asked.
	if iss := c.Query("iss"); iss != "" && iss != v.URL {
		return fault.New(fault.Denied, "people.oidc.refused", "service", v.Name).Because(errors.New("another issuer answered"))
	}
	if c.Query("error") != "" || c.Query("code") == "" {
		c.Flash("people.oidc.given_up", "service", v.Name)
		if q.Person != 0 {
			return c.Redirect("/me/settings/services")
		}
		return c.Redirect("/sign-in")
	}
	said, err := v.redeem(c.Context(), c.Query("code"), q)
	if err != nil {
		return err
	}
	var who db.ID
	var token string
	err = s.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) (err error) {
		who, token, err = s.arrive(tx, said, q)
		return err
	})
	switch {
	case err != nil:
		return err
	case q.Person != 0:
		c.Flash("people.oidc.linked", "service", v.Name)
		return c.Redirect("/me/settings/services")
	case who == 0:
		if err := c.Remember(keepFlow, token, WelcomeFor); err != nil {
			return err
		}
		return c.Redirect("/welcome")
	}
	if err := c.SignIn(who); err != nil {
		return err
	}
	return onward(c, q.Next)
}

func (s *SignIn) showWelcome(c *web.Context) error {
	if c.Viewer.SignedIn() {
		return c.Redirect("/")
	}
	view, found, err := s.welcomePage(c, web.Problem{})
	if err != nil {
		return err
	}
	if !found {
		return c.Redirect("/sign-in")
	}
	return c.Page(title(c, "people.welcome.title"), view)
}

func (s *SignIn) welcomePage(c *web.Context, p web.Problem) (view templ.Component, found bool, err error) {
	d := welcomeData{Problem: p, Lang: c.Loc.Lang()}
	err = s.db.Read(c.Context(), func(tx *db.Tx) error {
		var f flow
		if f, found, err = s.find(tx, c.Recall(keepFlow), stateVerified); err != nil || !found {
			return err
		}
		d.Name = f.name
		earlier, may, err := s.claimable(tx, f)
		if may {
			d.Earlier = earlier.Name
		}
		return err
	})
	return welcomeView(d), found, err
}

func (s *SignIn) saveWelcome(c *web.Context) error {
	lang, ok := i18n.ParseLang(c.Form().Get("lang"))
	if !ok {
		lang = c.Loc.Lang()
	}
	p := person.Person{Name: c.Form().Get("name"), Langs: []i18n.Lang{lang}}
	p.Aids.Furigana = c.Aids.Furigana
	var who db.ID
	var path string
	err := s.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) (err error) {
		who, path, err = s.welcome(tx, c.Recall(keepFlow), p, c.Form().Get("earlier") == "yes")
		return err
	})
	if err != nil {
		view, found, again := s.welcomePage(c, c.Problem(err))
		if again != nil {
			return again
		}
		if !found {
			c.Flash("people.code.over")
			return c.Redirect("/sign-in")
		}
		return c.Retry(err, title(c, "people.welcome.title"), func(web.Problem) templ.Component { return view })
	}
	c.Forget(keepFlow)
	if err := c.SignIn(who); err != nil {
		return err
	}
	c.Flash("people.welcome.done")
	return onward(c, path)
}

func signOut(c *web.Context) error {
	if err := c.SignOut(); err != nil {
		return err
	}
	c.Flash("people.signout.done")
	return c.Redirect("/")
}
