package mydata

import (
	"errors"
	"io"

	"github.com/a-h/templ"

	"kakehashi/domains/people/person"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/web"
)

// disclose leaves a trace when somebody else than the person sees everything.
func disclose(tx *db.Tx, who db.ID, action string) error {
	if tx.Actor.Person == who {
		return nil
	}
	return audit.Record(tx, audit.Entry{Action: action, Subject: "person", ID: who, Person: who})
}

func (m *MyData) showData(c *web.Context) error {
	var sections []Section
	err := m.look(c, func(tx *db.Tx) error {
		who, err := m.ward(c, tx)
		if err != nil {
			return err
		}
		if sections, err = m.collect(tx, c.Loc, who); err != nil {
			return err
		}
		return disclose(tx, who, "people.data.read")
	})
	if err != nil {
		return err
	}
	return c.Page(title(c, "people.data.title"), dataView(sections))
}

// readersPage is how many traces one page shows.
const readersPage = 50

func (m *MyData) showReaders(c *web.Context) error {
	page := audit.Page{Limit: readersPage + 1, ReadsOnly: c.Query("all") == ""}
	if before, err := db.ParseID(c.Query("before")); err == nil {
		page.Before = before
	}
	var traces []Trace
	err := m.read(c, func(tx *db.Tx) error {
		who, err := m.ward(c, tx)
		if err != nil {
			return err
		}
		traces, err = m.traces(tx, c.Loc, who, page)
		return err
	})
	if err != nil {
		return err
	}
	d := readersData{All: !page.ReadsOnly, First: page.Before != 0}
	if len(traces) > readersPage {
		traces = traces[:readersPage]
		d.Next = traces[readersPage-1].ID
	}
	d.Traces = traces
	return c.Page(web.Meta{Title: c.Loc.T("people.readers.title"), Back: "/me/data"}, readersView(d))
}

func (m *MyData) export(c *web.Context) error {
	var sections []Section
	var traces []Trace
	var name string
	err := m.write(c, func(tx *db.Tx) error {
		who, err := m.ward(c, tx)
		if err != nil {
			return err
		}
		name = "kakehashi-" + person.Today(tx).String() + ".zip"
		if sections, err = m.collect(tx, c.Loc, who); err != nil {
			return err
		}
		if traces, err = m.traces(tx, c.Loc, who, audit.Page{Limit: tracesInExport}); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "people.data.export", Subject: "person", ID: who, Person: who})
	})
	if err != nil {
		return err
	}
	return c.Download(name, "application/zip", func(w io.Writer) error {
		return archive(w, c.Loc, c.Now(), sections, traces)
	})
}

func (m *MyData) showErase(c *web.Context) error { return m.askErase(c, nil) }

// askErase shows what erasing would leave; failed is what went wrong with it.
func (m *MyData) askErase(c *web.Context, failed error) error {
	who, err := own(c)
	if err != nil {
		return err
	}
	var kept []string
	err = m.write(c, func(tx *db.Tx) (err error) {
		kept, err = m.preview(tx, who)
		return err
	})
	if err != nil && !errors.Is(err, errPreview) {
		return err
	}
	return c.Retry(failed, web.Meta{Title: c.Loc.T("people.erase.title"), Back: "/me/data"}, func(p web.Problem) templ.Component {
		return eraseView(kept, p)
	})
}

func (m *MyData) eraseAll(c *web.Context) error {
	who, err := own(c)
	if err != nil {
		return err
	}
	var check fault.Check
	check.Field(c.Form().Get("sure") == "on", "sure", "people.erase.sure.missing")
	if err = check.Err(); err == nil {
		err = m.write(c, func(tx *db.Tx) error {
			_, err := m.erase(tx, who)
			return err
		})
	}
	if err != nil {
		return m.askErase(c, err)
	}
	if err := c.SignOutEverywhere(); err != nil {
		return err
	}
	c.Flash("people.erase.done")
	return c.Redirect("/")
}
