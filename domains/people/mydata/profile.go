package mydata

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"kakehashi/domains/people/person"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

func (m *MyData) showMe(c *web.Context) error {
	d := meData{Name: c.Viewer.Name}
	err := m.read(c, func(tx *db.Tx) error {
		for _, p := range c.Viewer.Posts {
			label, err := person.PostLabel(tx, m.names(), c.Loc, p.Role, p.Scope)
			if err != nil {
				return err
			}
			d.Posts = append(d.Posts, label)
		}
		p, err := m.store.Reveal(tx, c.Viewer.Person)
		if err != nil {
			return err
		}
		d.Minor = p.Minor(person.Today(tx))
		wishes, err := m.store.ProxiesFor(tx, c.Viewer.Person)
		d.Officer = len(wishes) > 0
		return err
	})
	if err != nil {
		return err
	}
	return c.Page(web.Meta{Title: c.Loc.T("people.me.title")}, meView(d))
}

// FormPerson puts what a form carries into p: name, kana, roman, alias, birth,
// phone, address, town and version. A birth date that cannot be read is
// reported at birth.
func FormPerson(c *web.Context, p *person.Person) error {
	f := c.Form()
	p.Name, p.Kana, p.Roman, p.Alias = f.Get("name"), f.Get("kana"), f.Get("roman"), f.Get("alias")
	p.Phone, p.Address, p.Town = f.Get("phone"), f.Get("address"), f.Get("town")
	p.Birth = jp.Date{}
	if s := strings.TrimSpace(f.Get("birth")); s != "" {
		d, err := jp.ParseAnyDate(s)
		if err != nil {
			var check fault.Check
			check.Field(false, "birth", "people.birth.form")
			return check.Err()
		}
		p.Birth = d
	}
	if v, err := strconv.ParseInt(f.Get("version"), 10, 64); err == nil {
		p.Version = v
	}
	return nil
}

func (m *MyData) showProfile(c *web.Context) error {
	var p person.Person
	err := m.look(c, func(tx *db.Tx) error {
		who, err := m.ward(c, tx)
		if err != nil {
			return err
		}
		p, err = m.store.Read(tx, who, "profile")
		return err
	})
	if err != nil {
		return err
	}
	return c.Page(title(c, "people.profile.title"), profileView(profileData{Person: p}))
}

func (m *MyData) saveProfile(c *web.Context) error {
	var p person.Person
	err := m.write(c, func(tx *db.Tx) error {
		who, err := m.ward(c, tx)
		if err != nil {
			return err
		}
		if p, err = m.store.Reveal(tx, who); err != nil {
			return err
		}
		if err := FormPerson(c, &p); err != nil {
			return err
		}
		_, err = m.store.Update(tx, p)
		return err
	})
	if err != nil {
		d := profileData{Person: p}
		var stale *person.Stale
		if errors.As(err, &stale) {
			// Sent once more, the form means: mine, knowing theirs.
			d.Theirs, d.Person.Version = &stale.Theirs, stale.Theirs.Version
		}
		return c.Retry(err, title(c, "people.profile.title"), func(problem web.Problem) templ.Component {
			d.Problem = problem
			return profileView(d)
		})
	}
	c.Flash("people.saved")
	return c.Redirect("/me")
}

func (m *MyData) showSettings(c *web.Context) error {
	return c.Page(title(c, "people.settings.title"), settingsView(len(m.signin.Services()) > 0))
}

// me loads the reader, sealed values included.
func (m *MyData) me(c *web.Context) (p person.Person, err error) {
	who, err := own(c)
	if err != nil {
		return p, err
	}
	err = m.read(c, func(tx *db.Tx) (err error) {
		p, err = m.store.Reveal(tx, who)
		return err
	})
	return p, err
}

// change changes the reader through fn, whatever others change meanwhile: what
// a settings page sets, it sets alone.
func (m *MyData) change(c *web.Context, fn func(p *person.Person)) error {
	who, err := own(c)
	if err != nil {
		return err
	}
	return m.write(c, func(tx *db.Tx) error {
		p, err := m.store.Reveal(tx, who)
		if err != nil {
			return err
		}
		fn(&p)
		_, err = m.store.Update(tx, p)
		return err
	})
}

// languageRanks is how many languages a person puts in order.
const languageRanks = 3

func (m *MyData) showLanguages(c *web.Context) error {
	p, err := m.me(c)
	if err != nil {
		return err
	}
	return c.Page(setting(c, "people.languages.title"), languagesView(p.Langs, web.Problem{}))
}

func (m *MyData) saveLanguages(c *web.Context) error {
	var langs []i18n.Lang
	for i := range languageRanks {
		if l, ok := i18n.ParseLang(c.Form().Get("lang" + strconv.Itoa(i+1))); ok {
			langs = append(langs, l)
		}
	}
	err := m.change(c, func(p *person.Person) { p.Langs = langs })
	if err != nil {
		return c.Retry(err, setting(c, "people.languages.title"), func(p web.Problem) templ.Component { return languagesView(langs, p) })
	}
	c.Flash("people.saved")
	// The language of the page follows, on this device too.
	return c.Redirect("/language/" + string(langs[0]) + "?back=/me/settings")
}

func (m *MyData) showAids(c *web.Context) error {
	return c.Page(setting(c, "people.aids.title"), aidsView(c.Aids))
}

// saveAids keeps the aids with the person and in this browser.
func (m *MyData) saveAids(c *web.Context) error {
	f := c.Form()
	on := func(name string) bool { v := f[name]; return len(v) > 0 && v[len(v)-1] == "on" }
	aids := c.Aids
	aids.Furigana, aids.Contrast, aids.Motion = on("furigana"), on("contrast"), on("motion")
	aids.Size, _ = strconv.Atoi(f.Get("size"))
	err := m.change(c, func(p *person.Person) { p.Aids = KeepAids(p.Aids, aids) })
	if err != nil {
		return err
	}
	// The same form goes on to where the browser's own aids are kept.
	http.Redirect(c.Writer(), c.Request(), "/aids", http.StatusTemporaryRedirect)
	return nil
}

// KeepAids is what a person's aids become when a browser's are kept for them.
func KeepAids(kept person.Aids, chosen web.Aids) person.Aids {
	kept.Furigana, kept.Contrast, kept.Calm = chosen.Furigana, chosen.Contrast, chosen.Motion
	kept.Size = person.SizeNormal
	if chosen.Size >= 0 && chosen.Size < len(person.Sizes) {
		kept.Size = person.Sizes[chosen.Size]
	}
	return kept
}

func (m *MyData) showChannels(c *web.Context) error {
	p, err := m.me(c)
	if err != nil {
		return err
	}
	return c.Page(setting(c, "people.channels.title"), channelsView(p, web.Problem{}))
}

func (m *MyData) saveChannels(c *web.Context) error {
	p, err := m.me(c)
	if err != nil {
		return err
	}
	paper := c.Form().Get("channel") == "paper"
	var check fault.Check
	check.Field(paper || p.Mail != "", "channel", "people.channels.no_mail")
	check.Field(!paper || p.Address != "", "channel", "people.channels.no_address")
	if err = check.Err(); err == nil {
		err = m.change(c, func(p *person.Person) { p.Aids.Paper = paper })
	}
	if err != nil {
		return c.Retry(err, setting(c, "people.channels.title"), func(problem web.Problem) templ.Component { return channelsView(p, problem) })
	}
	return saved(c)
}
