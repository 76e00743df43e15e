package operator

import (
	"net/url"

	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// logFilter is what the operator asked of the log; it stands in the address.
type logFilter struct {
	By      string // what Number is: actor or person
	Number  db.ID
	Subject string // with On: one thing
	On      db.ID
	Reads   bool // sensitive reads alone
	Before  db.ID
	Bad     bool // what was typed is no number
}

// What a number in the filter can be.
const (
	byActor  = "actor"
	byPerson = "person"
)

func parseLogFilter(q url.Values) logFilter {
	f := logFilter{By: byActor, Subject: q.Get("subject"), Reads: q.Get("reads") != ""}
	if q.Get("by") == byPerson {
		f.By = byPerson
	}
	if s := q.Get("number"); s != "" {
		id, err := db.ParseID(s)
		f.Number, f.Bad = id, err != nil
	}
	f.On, _ = db.ParseID(q.Get("on"))
	f.Before, _ = db.ParseID(q.Get("before"))
	return f
}

func (f logFilter) path() string {
	q := url.Values{}
	if f.Number != 0 {
		q.Set("by", f.By)
		q.Set("number", f.Number.String())
	}
	if f.On != 0 {
		q.Set("subject", f.Subject)
		q.Set("on", f.On.String())
	}
	if f.Reads {
		q.Set("reads", "on")
	}
	if f.Before != 0 {
		q.Set("before", f.Before.String())
	}
	if len(q) == 0 {
		return "/operator/audit"
	}
	return "/operator/audit?" + q.Encode()
}

func (o *Operator) showAudit(c *web.Context) error {
	f := parseLogFilter(c.URL().Query())
	var lines []audit.Line
	page := audit.Page{Before: f.Before, Limit: pageSize, ReadsOnly: f.Reads}
	err := o.d.DB.Read(c.Context(), func(tx *db.Tx) (err error) {
		switch {
		case f.Bad:
		case f.On != 0:
			lines, err = o.d.Audit.BySubject(tx, f.Subject, f.On, page)
		case f.Number != 0 && f.By == byPerson:
			lines, err = o.d.Audit.ByPerson(tx, f.Number, page)
		case f.Number != 0:
			lines, err = o.d.Audit.ByActor(tx, f.Number, page)
		default:
			lines, err = o.d.Audit.All(tx, page)
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.Page(web.Meta{Title: c.Loc.T("offices.log.title"), Wide: true, Back: "/operator"}, logView(f, lines))
}

// action is an action in words, or as it is stored when no module has words
// for it.
func action(loc *i18n.Localizer, name string) string {
	if key := audit.ActionKey(name); loc.Has(key) {
		return loc.T(key)
	}
	return name
}
