package office

import (
	"errors"
	"strconv"

	"github.com/a-h/templ"

	"kakehashi/domains/programmes/programme"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// textsData is the form for what a programme says in one language.
type textsData struct {
	Problem   web.Problem
	Programme programme.Programme
	Lang      i18n.Lang
	// Theirs is what somebody else saved meanwhile; nil as a rule. Sent once
	// more, the form means: mine, knowing theirs.
	Theirs *programme.Programme
}

func formLang(c *web.Context) i18n.Lang {
	if l, ok := i18n.ParseLang(c.Form().Get("lang")); ok {
		return l
	}
	return i18n.Ja
}

func (o *Office) showTexts(c *web.Context) error {
	d := textsData{Lang: formLang(c)}
	err := o.db.Read(c.Context(), func(tx *db.Tx) (err error) {
		d.Programme, err = open(c, tx)
		return err
	})
	if err != nil {
		return err
	}
	return c.Page(meta(c, "programmes.texts.title", &d.Programme, "/office/programmes"), textsView(d))
}

func (o *Office) saveTexts(c *web.Context) error {
	d := textsData{Lang: formLang(c)}
	f := c.Form()
	err := o.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) (err error) {
		if d.Programme, err = open(c, tx); err != nil {
			return err
		}
		p := d.Programme
		p.Version = version(c)
		for _, part := range programme.Parts {
			part.Write(&p.Texts, d.Lang, f.Get(part.Name))
		}
		_, err = programme.Save(tx, &p)
		return err
	})
	if err != nil {
		if d.Programme.ID == 0 {
			return err
		}
		var stale *programme.Stale
		if errors.As(err, &stale) {
			d.Theirs, d.Programme = &stale.Theirs, stale.Theirs
		}
		return c.Retry(err, meta(c, "programmes.texts.title", &d.Programme, "/office/programmes"), func(p web.Problem) templ.Component {
			d.Problem = p
			return textsView(d)
		})
	}
	c.Flash("programmes.saved")
	return c.Redirect(at(d.Programme.ID, "/texts?lang="+string(d.Lang)))
}

// version is the one that the form was made of.
func version(c *web.Context) int64 {
	n, err := strconv.ParseInt(c.Form().Get("version"), 10, 64)
	if err != nil {
		return 0 // no version: stale, never silently saved
	}
	return n
}

// contactData is the form for whom to call.
type contactData struct {
	Problem   web.Problem
	Programme programme.Programme
	Theirs    *programme.Programme
}

func (o *Office) showContact(c *web.Context) error {
	var d contactData
	err := o.db.Read(c.Context(), func(tx *db.Tx) (err error) {
		d.Programme, err = open(c, tx)
		return err
	})
	if err != nil {
		return err
	}
	return c.Page(meta(c, "programmes.contact.title", &d.Programme, "/office/programmes"), contactView(d))
}

func (o *Office) saveContact(c *web.Context) error {
	var d contactData
	err := o.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) (err error) {
		if d.Programme, err = open(c, tx); err != nil {
			return err
		}
		p := d.Programme
		p.Version, p.Phone, p.Mail = version(c), c.Form().Get("phone"), c.Form().Get("mail")
		_, err = programme.Save(tx, &p)
		return err
	})
	if err != nil {
		if d.Programme.ID == 0 {
			return err
		}
		var stale *programme.Stale
		if errors.As(err, &stale) {
			d.Theirs, d.Programme = &stale.Theirs, stale.Theirs
		}
		return c.Retry(err, meta(c, "programmes.contact.title", &d.Programme, "/office/programmes"), func(p web.Problem) templ.Component {
			d.Problem = p
			return contactView(d)
		})
	}
	c.Flash("programmes.saved")
	return c.Redirect("/office/programmes")
}

// tabs lead from language to language, each with how much it lacks.
func (d textsData) tabs() []ui.Tab {
	out := make([]ui.Tab, len(i18n.Langs))
	for i, l := range i18n.Langs {
		out[i] = ui.Tab{Label: l.Name(), Href: at(d.Programme.ID, "/texts?lang="+string(l)), Count: -1, Here: l == d.Lang}
		if n := d.Programme.Missing(l); n > 0 {
			out[i].Count = int64(n)
		}
	}
	return out
}

// Words that the form puts together from a part's name.
//
//i18n:uses programmes.part.*
func partLabel(loc *i18n.Localizer, part programme.Part) string {
	return loc.T("programmes.part." + part.Name)
}

// hint says what to write: for a translation, what Japanese says.
func (d textsData) hint(loc *i18n.Localizer, part programme.Part) string {
	if ja := part.Of(&d.Programme.Texts)[i18n.Ja]; d.Lang != i18n.Ja && ja != "" {
		return loc.T("programmes.texts.ja", "text", ja)
	}
	if part.Name == "steps" {
		return loc.T("programmes.texts.steps")
	}
	return ""
}
