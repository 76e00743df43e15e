package operator

import (
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/fault"
	"kakehashi/platform/jobs"
	"kakehashi/platform/web"
)

// pageSize is how many dead letters, or lines of the log, a page shows.
const pageSize = 50

// before reads where a list goes on; 0 = at the latest.
func before(c *web.Context) db.ID {
	id, _ := db.ParseID(c.Query("before"))
	return id
}

// onward returns the address of the rest of a list whose last shown row is the
// id; "" when all is shown.
func onward(path string, shown int, last db.ID) string {
	if shown < pageSize {
		return ""
	}
	return path + "?before=" + last.String()
}

func first(c *web.Context, path string) string {
	if before(c) == 0 {
		return ""
	}
	return path
}

func (o *Operator) showJobs(c *web.Context) error {
	var dead []jobs.Dead
	err := o.d.DB.Read(c.Context(), func(tx *db.Tx) (err error) {
		dead, err = jobs.DeadLetters(tx, before(c), pageSize)
		return err
	})
	if err != nil {
		return err
	}
	next := ""
	if len(dead) > 0 {
		next = onward("/operator/jobs", len(dead), dead[len(dead)-1].ID)
	}
	return c.Page(web.Meta{Title: c.Loc.T("offices.jobs.title"), Wide: true, Back: "/operator"}, jobsView(dead, first(c, "/operator/jobs"), next))
}

func (o *Operator) showDeliveries(c *web.Context) error {
	var dead []deliver.Delivery
	err := o.d.DB.Read(c.Context(), func(tx *db.Tx) (err error) {
		dead, err = deliver.DeadLetters(tx, before(c), pageSize)
		return err
	})
	if err != nil {
		return err
	}
	next := ""
	if len(dead) > 0 {
		next = onward("/operator/deliveries", len(dead), dead[len(dead)-1].ID)
	}
	return c.Page(web.Meta{Title: c.Loc.T("offices.mails.title"), Wide: true, Back: "/operator"}, deliveriesView(dead, first(c, "/operator/deliveries"), next))
}

func (o *Operator) doJobs(c *web.Context) error {
	return o.each(c, "/operator/jobs", "job", map[string]func(*db.Tx, db.ID) error{
		"retry": o.d.Jobs.Retry, "forget": o.d.Jobs.Forget,
	})
}

func (o *Operator) doDeliveries(c *web.Context) error {
	return o.each(c, "/operator/deliveries", "delivery", map[string]func(*db.Tx, db.ID) error{
		"retry": o.d.Deliver.Retry, "forget": deliver.Forget,
	})
}

// each does to every ticked row what the button says, each in a transaction of
// its own. One that is gone already needs nothing any more.
//
//i18n:uses offices.audit.job.*
//i18n:uses offices.audit.delivery.*
func (o *Operator) each(c *web.Context, path, subject string, can map[string]func(*db.Tx, db.ID) error) error {
	name := c.Form().Get("do")
	do, ok := can[name]
	if !ok {
		return fault.New(fault.Invalid, "offices.operator.unknown")
	}
	done := 0
	for _, s := range c.Form()["id"] {
		id, err := db.ParseID(s)
		if err != nil {
			continue
		}
		err = o.d.DB.Write(c.Context(), c.Actor(), func(tx *db.Tx) error {
			if err := do(tx, id); err != nil {
				return err
			}
			return audit.Record(tx, audit.Entry{Action: "offices." + subject + "." + name, Subject: subject, ID: id})
		})
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if err == nil {
			done++
		}
	}
	if done == 0 {
		c.Flash("offices.operator.nothing")
	} else {
		c.Flash("offices.operator.done", "count", done)
	}
	return c.Redirect(path)
}
