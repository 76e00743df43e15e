package desk

import (
	"io"
	"iter"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/table"
	"kakehashi/platform/web"
)

// maxExport is how many items one table holds at most: some years of one
// office, and little memory.
const maxExport = 20_000

// export hands out what the view selects as CSV or Excel.
func (d *Desk) export(c *web.Context) error {
	format, ok := table.ParseFormat(c.Path("format"))
	if !ok {
		return fault.New(fault.NotFound, "web.error.not_found")
	}
	view := ParseView(c.URL().Query())
	view.At, view.Item = "", 0
	var lines []line
	var day jp.Date
	err := d.db.Read(c.Context(), func(tx *db.Tx) (err error) {
		day = today(tx)
		lines, err = d.all(tx, c, view)
		return err
	})
	if err != nil {
		return err
	}
	return c.Download("inbox-"+day.String()+format.Ext(), format.MIME(), func(w io.Writer) error {
		return table.Write(w, format, header(c.Loc), rows(c.Loc, lines))
	})
}

// all reads every page of the view.
func (d *Desk) all(tx *db.Tx, c *web.Context, view View) (out []line, err error) {
	own := offices(c.Viewer)
	f := view.Filter(own, c.Viewer.Person, today(tx))
	f.Limit = 500
	for len(out) < maxExport {
		list, err := inbox.List(tx, f)
		if err != nil {
			return nil, err
		}
		n, err := d.names(tx, own, list.Items)
		if err != nil {
			return nil, err
		}
		for _, it := range list.Items {
			out = append(out, n.line(c.Loc, it, today(tx)))
		}
		if f.Cursor = list.Next; f.Cursor == "" {
			break
		}
	}
	return out, nil
}

func header(loc *i18n.Localizer) []string {
	return []string{
		loc.T("offices.inbox.due"), loc.T("offices.inbox.what"), loc.T("offices.inbox.kind"), loc.T("offices.inbox.office"),
		loc.T("offices.inbox.who"), loc.T("offices.inbox.since"), loc.T("offices.inbox.closed"), loc.T("offices.inbox.outcome"),
	}
}

// rows are the lines as a spreadsheet takes them: dates as YYYY-MM-DD.
func rows(loc *i18n.Localizer, lines []line) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for _, l := range lines {
			due, closed, outcome := "", "", ""
			if !l.Due.IsZero() {
				due = l.Due.String()
			}
			if !l.ClosedAt.IsZero() {
				closed = jp.DateOf(l.ClosedAt).String()
				outcome = loc.T(l.Outcome)
			}
			if !yield([]string{due, l.Title, l.What, l.Office, l.Who, jp.DateOf(l.OpenedAt).String(), closed, outcome}) {
				return
			}
		}
	}
}
