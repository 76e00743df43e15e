package mydata

import (
	"io"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"kakehashi/domains/people/person"
	"kakehashi/domains/people/signin"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/web"
	"kakehashi/platform/web/session"
)

// What the browser keeps while a mail address or a passkey is added.
const (
	keepMail    = "my-mail"
	keepPasskey = "my-passkey"
)

func (m *MyData) showMail(c *web.Context) error {
	p, err := m.me(c)
	if err != nil {
		return err
	}
	return c.Page(setting(c, "people.mail.title"), mailView(p.Mail, web.Problem{}))
}

func (m *MyData) sendMailCode(c *web.Context) error {
	p, err := m.me(c)
	if err != nil {
		return err
	}
	mail, err := person.ParseMail(c.Form().Get("mail"))
	var check fault.Check
	check.Field(err == nil, "mail", "people.mail.invalid")
	if err = check.Err(); err == nil {
		err = m.signin.LimitMail(c, mail)
	}
	var token string
	if err == nil {
		err = m.write(c, func(tx *db.Tx) (err error) {
			token, err = m.signin.BeginMail(tx, p.ID, mail, c.Loc.Lang())
			return err
		})
	}
	if err != nil {
		return c.Retry(err, setting(c, "people.mail.title"), func(problem web.Problem) templ.Component { return mailView(p.Mail, problem) })
	}
	if err := c.Remember(keepMail, token, signin.CodeFor); err != nil {
		return err
	}
	return c.Redirect("/me/settings/mail/code")
}

func (m *MyData) showMailCode(c *web.Context) error {
	if _, err := own(c); err != nil {
		return err
	}
	if c.Recall(keepMail) == "" {
		return c.Redirect("/me/settings/mail")
	}
	return c.Page(setting(c, "people.code.title"), mailCodeView(web.Problem{}))
}

func (m *MyData) saveMail(c *web.Context) error {
	who, err := own(c)
	if err != nil {
		return err
	}
	var refused error
	code, err := signin.ParseCode(c.Form().Get("code"))
	if err == nil {
		err = m.write(c, func(tx *db.Tx) (err error) {
			refused, err = m.signin.FinishMail(tx, who, c.Recall(keepMail), code)
			return err
		})
	}
	if err == nil {
		err = refused
	}
	if err != nil {
		return c.Retry(err, setting(c, "people.code.title"), func(p web.Problem) templ.Component { return mailCodeView(p) })
	}
	c.Forget(keepMail)
	return saved(c)
}

func (m *MyData) showPasskeys(c *web.Context) error {
	who, err := own(c)
	if err != nil {
		return err
	}
	var keys []signin.Passkey
	err = m.read(c, func(tx *db.Tx) (err error) {
		keys, err = m.signin.Passkeys(tx, who)
		return err
	})
	if err != nil {
		return err
	}
	return c.Page(setting(c, "people.passkeys.title"), passkeysView(keys))
}

func (m *MyData) beginPasskey(c *web.Context) error {
	who, err := own(c)
	if err != nil {
		return err
	}
	var options signin.Options
	var token string
	err = m.write(c, func(tx *db.Tx) (err error) {
		options, token, err = m.signin.BeginPasskey(tx, who)
		return err
	})
	if err != nil {
		return err
	}
	if err := c.Remember(keepPasskey, token, 10*time.Minute); err != nil {
		return err
	}
	return c.JSON(options)
}

// addPasskey takes the authenticator's answer from the script. The passkey is
// named after the device that made it.
func (m *MyData) addPasskey(c *web.Context) error {
	who, err := own(c)
	if err != nil {
		return err
	}
	credential, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	err = m.write(c, func(tx *db.Tx) error {
		return m.signin.FinishPasskey(tx, who, c.Recall(keepPasskey), credential, session.Device(c.Request().UserAgent()))
	})
	if err != nil {
		return err
	}
	c.Forget(keepPasskey)
	c.Flash("people.passkey.added")
	return c.JSON(map[string]string{"next": "/me/settings/passkeys"})
}

// formID reads an id from the form; NotFound when it is none.
func formID(c *web.Context, name string) (db.ID, error) {
	id, err := db.ParseID(c.Form().Get(name))
	if err != nil {
		return 0, fault.New(fault.NotFound, "web.error.not_found").Because(err)
	}
	return id, nil
}

// remove runs an action on one of the reader's own things and comes back to
// their list.
func (m *MyData) remove(c *web.Context, back, flash string, fn func(tx *db.Tx, who, id db.ID) error) error {
	who, err := own(c)
	if err != nil {
		return err
	}
	id, err := formID(c, "id")
	if err != nil {
		return err
	}
	if err := m.write(c, func(tx *db.Tx) error { return fn(tx, who, id) }); err != nil {
		return err
	}
	c.Flash(flash)
	return c.Redirect(back)
}

func (m *MyData) removePasskey(c *web.Context) error {
	return m.remove(c, "/me/settings/passkeys", "people.removed", m.signin.RemovePasskey)
}

func (m *MyData) showServices(c *web.Context) error {
	who, err := own(c)
	if err != nil {
		return err
	}
	var linked []signin.Identity
	err = m.read(c, func(tx *db.Tx) (err error) {
		linked, err = m.signin.Identities(tx, who)
		return err
	})
	if err != nil {
		return err
	}
	return c.Page(setting(c, "people.services.title"), servicesView(m.signin.Services(), linked))
}

func (m *MyData) removeService(c *web.Context) error {
	return m.remove(c, "/me/settings/services", "people.removed", m.signin.Unlink)
}

func (m *MyData) showSessions(c *web.Context) error {
	all, err := c.Sessions()
	if err != nil {
		return err
	}
	return c.Page(setting(c, "people.sessions.title"), sessionsView(all, c.Now()))
}

// endSession ends one session, or with no id every one of them.
func (m *MyData) endSession(c *web.Context) error {
	if c.Form().Get("id") == "" {
		if err := c.SignOutEverywhere(); err != nil {
			return err
		}
		c.Flash("people.sessions.ended_all")
		return c.Redirect("/")
	}
	id, err := formID(c, "id")
	if err != nil {
		return err
	}
	if err := c.EndSession(id); err != nil {
		return err
	}
	c.Flash("people.removed")
	return c.Redirect("/me/settings/sessions")
}

func (m *MyData) showTokens(c *web.Context) error {
	d, err := m.tokens(c)
	if err != nil {
		return err
	}
	return c.Page(setting(c, "people.tokens.title"), tokensView(d))
}

func (m *MyData) tokens(c *web.Context) (d tokensData, err error) {
	who, err := own(c)
	if err != nil {
		return d, err
	}
	err = m.read(c, func(tx *db.Tx) (err error) {
		d.Tokens, err = Tokens(tx, who)
		return err
	})
	return d, err
}

// createToken shows the secret on the page that answers the form: it is kept
// nowhere, so there is nothing to redirect to.
func (m *MyData) createToken(c *web.Context) error {
	who, err := own(c)
	if err != nil {
		return err
	}
	days, _ := strconv.Atoi(c.Form().Get("days"))
	var secret string
	err = m.write(c, func(tx *db.Tx) (err error) {
		secret, err = CreateToken(tx, who, c.Form().Get("label"), c.Form()["scopes"], days)
		return err
	})
	d, again := m.tokens(c)
	if again != nil {
		return again
	}
	if err != nil {
		return c.Retry(err, setting(c, "people.tokens.title"), func(p web.Problem) templ.Component {
			d.Problem = p
			return tokensView(d)
		})
	}
	d.Secret = secret
	return c.Page(setting(c, "people.tokens.title"), tokensView(d))
}

func (m *MyData) revokeToken(c *web.Context) error {
	return m.remove(c, "/me/settings/tokens", "people.removed", RevokeToken)
}
