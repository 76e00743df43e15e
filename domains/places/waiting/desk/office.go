package desk

import (
	"cmp"
	"context"
	"io"
	"iter"
	"net/url"
	"strings"

	"kakehashi/domains/places/waiting"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/table"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// pageSize is how many waits a page of the clerk's list shows.
const pageSize = 50

type officeData struct {
	Office db.ID
	Room   db.ID
	Rows   []line
	Next   string
}

// office is the office in the address, if the clerk answers for it, else the
// clerk's first.
func office(c *web.Context) (out db.ID) {
	want, _ := db.ParseID(c.Query("office"))
	for _, s := range c.Viewer.Scopes(web.RoleClerk) {
		if s.Kind == "office" && (out == 0 || s.ID == want) {
			out = s.ID
		}
	}
	return out
}

func (d *Desk) list(c *web.Context) error {
	o := officeData{Office: office(c)}
	o.Room, _ = db.ParseID(c.Query("room"))
	err := d.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		ws, err := waiting.List(tx, o.Office, o.Room, jp.DateOf(tx.Now), parseKey(c.Query("after")), pageSize)
		if err != nil {
			return err
		}
		if len(ws) == pageSize {
			last := ws[pageSize-1]
			o.Next = o.path("/office/waiting", url.Values{"after": {jp.DateOf(last.Span.Start).String() + "_" + last.ID.String()}})
		}
		o.Rows, err = d.lines(tx, c.Loc, ws, true)
		return err
	})
	if err != nil {
		return err
	}
	m := meta(c, "waiting.office.title", "/office")
	m.Wide = true
	return c.Page(m, officeView(o))
}

func (o officeData) path(to string, q url.Values) string {
	q.Set("office", o.Office.String())
	if o.Room != 0 {
		q.Set("room", o.Room.String())
	}
	return to + "?" + q.Encode()
}

func parseKey(s string) (k waiting.Key) {
	day, id, _ := strings.Cut(s, "_")
	k.Day, _ = jp.ParseAnyDate(day)
	k.ID, _ = db.ParseID(id)
	return k
}

// fields are the columns of the list, as message keys.
var fields = []string{
	"waiting.field.day", "waiting.field.time", "waiting.field.room", "waiting.field.who", "waiting.field.people", "waiting.field.purpose",
	"waiting.field.place", "waiting.field.state",
}

func (d *Desk) export(c *web.Context) error {
	format, ok := table.ParseFormat(c.Query("format"))
	if !ok {
		format = table.XLSX
	}
	header := make([]string, len(fields))
	for i, key := range fields {
		header[i] = c.Loc.T(key)
	}
	id := office(c)
	room, _ := db.ParseID(c.Query("room"))
	return c.Download(c.Loc.T("waiting.office.title")+format.Ext(), format.MIME(), func(w io.Writer) error {
		return d.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
			var failed error
			err := table.Write(w, format, header, d.rows(tx, c.Loc, id, room, &failed))
			return cmp.Or(failed, err)
		})
	})
}

func (d *Desk) rows(tx *db.Tx, loc *i18n.Localizer, office, room db.ID, failed *error) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		var after waiting.Key
		for {
			ws, err := waiting.List(tx, office, room, jp.DateOf(tx.Now), after, pageSize)
			if err == nil {
				var ls []line
				ls, err = d.lines(tx, loc, ws, true)
				for _, l := range ls {
					if !yield(l.cells(loc)) {
						return
					}
				}
			}
			if err != nil || len(ws) < pageSize {
				*failed = err
				return
			}
			last := ws[len(ws)-1]
			after = waiting.Key{Day: jp.DateOf(last.Span.Start), ID: last.ID}
		}
	}
}

func (l line) cells(loc *i18n.Localizer) []string {
	day := jp.DateOf(l.Span.Start)
	from := int(l.Span.Start.Sub(day.At(0)).Minutes())
	return []string{
		day.String(), jp.FormatClock(from) + "-" + jp.FormatClock(from+l.Span.Minutes()), loc.Text(l.Place) + " " + loc.Text(l.Room), l.Who,
		loc.Number(l.Headcount), l.Purpose, l.place(loc), loc.T("waiting.state." + string(l.State)),
	}
}

// place says where in line a wait stands.
func (l line) place(loc *i18n.Localizer) string {
	switch {
	case l.State != waiting.InLine:
		return ""
	case l.Rested:
		return loc.T("waiting.by_lot")
	}
	return loc.T("waiting.place", "place", l.Wait.Place)
}

func (o officeData) exports(ctx context.Context) []ui.Act {
	loc := i18n.From(ctx)
	out := make([]ui.Act, len(table.Formats))
	for i, f := range table.Formats {
		out[i] = ui.Act{Label: f.Label(loc), Href: o.path("/office/waiting/export", url.Values{"format": {f.String()}}), Icon: ui.IconDownload}
	}
	return out
}
