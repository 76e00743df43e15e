package desk

import (
	"cmp"
	"io"
	"iter"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/receipt"
	"kakehashi/platform/table"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// officeData is the list of an office's reservations.
type officeData struct {
	Filter  reservation.Filter
	Query   url.Values // what the address says, for links
	Offices []ui.Option
	Rows    []line
	Next    string
	Today   jp.Date
}

// states are those a clerk selects by, in the order of a menu.
var states = []reservation.State{
	reservation.Requested, reservation.Confirmed, reservation.Offered, reservation.Resting,
	reservation.Used, reservation.NoShow, reservation.Cancelled, reservation.Lapsed, reservation.Refused,
}

// filter reads what the address selects. A clerk sees the reservations of their
// own offices only.
func (d *Desk) filter(c *web.Context) reservation.Filter {
	f := reservation.Filter{State: reservation.State(c.Query("state")), Text: c.Query("q"), After: reservation.ParseKey(c.Query("after"))}
	f.From, _ = jp.ParseAnyDate(c.Query("from"))
	f.Until, _ = jp.ParseAnyDate(c.Query("until"))
	if f.From.IsZero() {
		f.From = today(c)
	}
	f.Room, _ = db.ParseID(c.Query("room"))
	want, _ := db.ParseID(c.Query("office"))
	for _, s := range c.Viewer.Scopes(web.RoleClerk) {
		if s.Kind == "office" && (f.Office == 0 || s.ID == want) {
			f.Office = s.ID
		}
	}
	return f
}

// offices offers the clerk's offices.
func (d *Desk) offices(tx *db.Tx, c *web.Context) ([]ui.Option, error) {
	var out []ui.Option
	for _, s := range c.Viewer.Scopes(web.RoleClerk) {
		if s.Kind != "office" {
			continue
		}
		name, err := d.groupName(tx, c.Loc, s.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, ui.Option{Value: s.ID.String(), Label: cmp.Or(name, s.ID.String())})
	}
	return out, nil
}

func (d *Desk) list(c *web.Context) error {
	o := officeData{Filter: d.filter(c), Query: c.URL().Query(), Today: today(c)}
	var found db.ID // the one whose receipt was typed
	err := d.read(c, func(tx *db.Tx) (err error) {
		if found, err = byReceipt(tx, c, o.Filter.Text); err != nil || found != 0 {
			return err
		}
		if o.Offices, err = d.offices(tx, c); err != nil {
			return err
		}
		rs, err := reservation.List(tx, o.Filter)
		if err != nil {
			return err
		}
		if len(rs) == reservation.PageSize {
			o.Next = o.path("after", reservation.KeyOf(rs[len(rs)-1]).String())
		}
		o.Rows, err = d.lines(tx, c.Loc, rs, true)
		return err
	})
	if err != nil {
		return err
	}
	if found != 0 {
		return c.Redirect("/office/reservations/" + found.String())
	}
	return c.Page(web.Meta{Title: c.Loc.T("reservation.office.title"), Wide: true, Back: "/office"}, officeView(o))
}

// byReceipt returns the reservation of one of the clerk's offices that has the
// receipt, whenever it is; 0 when the text is none.
func byReceipt(tx *db.Tx, c *web.Context, text string) (db.ID, error) {
	number, ok := receipt.Parse(text)
	if !ok {
		return 0, nil
	}
	r, err := reservation.ByReceipt(tx, number)
	if fault.Is(err, fault.NotFound) || err == nil && !ClerkOf(c.Viewer, r.Office) {
		return 0, nil
	}
	return r.ID, err
}

// path is the list's address with one thing of it changed.
func (o officeData) path(name, value string) string {
	q := url.Values{}
	for k, v := range o.Query {
		q[k] = v
	}
	q.Set(name, value)
	return "/office/reservations?" + q.Encode()
}

// exportPath is where the selected rows are fetched as a table.
func (o officeData) exportPath(f table.Format) string {
	q := url.Values{}
	for k, v := range o.Query {
		q[k] = v
	}
	q.Del("after")
	q.Set("format", f.String())
	return "/office/reservations/export?" + q.Encode()
}

// exportFields are the columns of the table, as message keys.
var exportFields = []string{
	"reservation.field.receipt", "reservation.field.day", "reservation.field.from", "reservation.field.to", "reservation.field.place", "reservation.field.room",
	"reservation.field.state", "reservation.field.kind", "reservation.field.for", "reservation.field.person", "reservation.field.people", "reservation.field.purpose",
}

// export writes what the filter selects, all pages of it.
func (d *Desk) export(c *web.Context) error {
	f := d.filter(c)
	format, ok := table.ParseFormat(c.Query("format"))
	if !ok {
		format = table.XLSX
	}
	header := make([]string, len(exportFields))
	for i, key := range exportFields {
		header[i] = c.Loc.T(key)
	}
	name := c.Loc.T("reservation.office.file") + format.Ext()
	return c.Download(name, format.MIME(), func(w io.Writer) error {
		return d.read(c, func(tx *db.Tx) error {
			var failed error
			err := table.Write(w, format, header, d.exportRows(tx, c.Loc, f, &failed))
			return cmp.Or(failed, err)
		})
	})
}

func (d *Desk) exportRows(tx *db.Tx, loc *i18n.Localizer, f reservation.Filter, failed *error) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for {
			rs, err := reservation.List(tx, f)
			if err == nil && len(rs) > 0 {
				var ls []line
				if ls, err = d.lines(tx, loc, rs, true); err == nil {
					for _, l := range ls {
						if !yield(exportRow(loc, l)) {
							return
						}
					}
				}
			}
			if err != nil || len(rs) < reservation.PageSize {
				*failed = err
				return
			}
			f.After = reservation.KeyOf(rs[len(rs)-1])
		}
	}
}

// exportRow is one line of the table: dates and times as machines read them.
func exportRow(loc *i18n.Localizer, l line) []string {
	day := l.Day()
	from := int(l.Span.Start.Sub(day.At(0)).Minutes())
	return []string{
		l.Receipt, day.String(), jp.FormatClock(from), jp.FormatClock(from + l.Span.Minutes()), loc.Text(l.Place), loc.Text(l.Room),
		loc.T("reservation.state." + string(l.State)), kindWord(loc, l.Reservation), l.Group, l.Who, number(l.Headcount), l.Purpose,
	}
}

func (d *Desk) office(c *web.Context) error { return d.askDecision(c, nil) }

func (d *Desk) askDecision(c *web.Context, failed error) error {
	o, err := d.one(c, OfficePage)
	if err != nil {
		return err
	}
	m := web.Meta{Title: c.Loc.T("reservation.one.title"), Back: "/office/reservations"}
	return c.Retry(failed, m, func(p web.Problem) templ.Component {
		o.Problem = p
		return decideView(o)
	})
}

// decide approves or refuses, as the address says.
func (d *Desk) decide(c *web.Context) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	reason, flash := strings.TrimSpace(c.Form().Get("reason")), "reservation.approved"
	if strings.HasSuffix(c.URL().Path, "/refuse") {
		err, flash = d.svc.Refuse(c.Context(), c.Actor(), id, reason), "reservation.refused"
	} else {
		err = d.svc.Approve(c.Context(), c.Actor(), id, reason)
	}
	if err != nil {
		return d.askDecision(c, err)
	}
	c.Flash(flash)
	return c.Redirect("/office/reservations/" + id.String())
}

func (d *Desk) noShow(c *web.Context) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	if err := d.svc.MarkNoShow(c.Context(), c.Actor(), id); err != nil {
		return d.askDecision(c, err)
	}
	c.Flash("reservation.changed")
	return c.Redirect("/office/reservations/" + id.String())
}
