package desk

import (
	"cmp"
	"io"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"golang.org/x/text/unicode/norm"

	"kakehashi/domains/places/money"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/table"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// dayData is what the report of a day shows.
type dayData struct {
	money.CashDay
	Today   jp.Date
	Offices []ui.Option
	Clerks  map[db.ID]string
	By      string // who closed it
	Problem web.Problem
}

// query is the report's address with another day.
func (d dayData) query(day jp.Date) string {
	return url.Values{"office": {d.Office.String()}, "on": {day.String()}}.Encode()
}

// total is a line of a report: one method.
type total struct {
	Method  string
	In, Out int64
}

func (d dayData) totals() []total {
	out := make([]total, len(money.Methods))
	for i, m := range money.Methods {
		out[i] = total{m, d.In[m], d.Out[m]}
	}
	return out
}

func (d *Desk) loadDay(c *web.Context) (v dayData, err error) {
	office, err := officeOf(c)
	if err != nil {
		return v, err
	}
	v.Today = jp.DateOf(c.Now())
	on, err := jp.ParseAnyDate(c.Form().Get("on"))
	if err != nil || on.After(v.Today) {
		on = v.Today
	}
	err = d.read(c, func(tx *db.Tx) error {
		if v.CashDay, err = money.DayOf(tx, office, on); err != nil {
			return err
		}
		if v.Offices, err = d.officeOptions(tx, c); err != nil {
			return err
		}
		ids := []db.ID{v.ClosedBy}
		for _, e := range v.Entries {
			ids = append(ids, e.Clerk)
		}
		slices.Sort(ids)
		ids = slices.DeleteFunc(slices.Compact(ids), func(id db.ID) bool { return id == 0 })
		v.Clerks, err = names(tx, ids, d.near.PersonNames)
		v.By = v.Clerks[v.ClosedBy]
		return err
	})
	return v, err
}

func (d *Desk) day(c *web.Context) error { return d.showDay(c, nil) }

func (d *Desk) showDay(c *web.Context, failed error) error {
	v, err := d.loadDay(c)
	if err != nil {
		return err
	}
	return c.Retry(failed, office("money.day.title", c, "/office/money"), func(p web.Problem) templ.Component {
		v.Problem = p
		return dayView(v)
	})
}

func (d *Desk) printDay(c *web.Context) error {
	v, err := d.loadDay(c)
	if err != nil {
		return err
	}
	m := office("money.day.title", c, "/office/money")
	m.Print = true
	return c.Page(m, printView(v))
}

// close counts and closes the day in the form.
func (d *Desk) close(c *web.Context) error {
	of, err := officeOf(c)
	if err != nil {
		return err
	}
	f := c.Form()
	yen := func(name string) int64 {
		n, err := strconv.ParseInt(strings.ReplaceAll(strings.TrimSpace(norm.NFKC.String(cmp.Or(f.Get(name), "0"))), ",", ""), 10, 64)
		if err != nil {
			return -1 // the check tells
		}
		return n
	}
	n := money.Count{Office: of, Opening: yen("opening"), Kept: yen("kept"), Seen: yen("seen"), Reason: strings.TrimSpace(f.Get("reason")), Pieces: map[int64]int64{}}
	if n.Day, err = jp.ParseAnyDate(f.Get("on")); err != nil {
		return d.showDay(c, fault.New(fault.Invalid, "money.error.day"))
	}
	for _, p := range money.Pieces {
		n.Pieces[p] = yen("p" + strconv.FormatInt(p, 10))
	}
	if err := d.m.Close(c.Context(), c.Actor(), n); err != nil {
		return d.showDay(c, err)
	}
	c.Flash("money.done.closed", "day", n.Day)
	return c.Redirect("/office/money/day?" + url.Values{"office": {of.String()}, "on": {n.Day.String()}}.Encode())
}

// exportDay gives the entries of a day, or of its whole month, as a table.
func (d *Desk) exportDay(c *web.Context) error {
	v, err := d.loadDay(c)
	if err != nil {
		return err
	}
	f, ok := table.ParseFormat(c.Query("format"))
	if !ok {
		f = table.UTF8CSV
	}
	from, until, name := v.Day, v.Day, "cash-"+v.Day.String()
	if c.Query("month") != "" {
		from = jp.NewDate(v.Day.Year, v.Day.Month, 1)
		until, name = from.AddMonths(1).AddDays(-1), "cash-"+from.String()[:7]
	}
	t := c.Loc.T
	header := []string{t("money.day.day"), t("money.entry"), t("money.method"), t("money.amount"), t("money.number"), t("money.at"), t("money.reason")}
	return c.Download(name+f.Ext(), f.MIME(), func(w io.Writer) error {
		return table.Write(w, f, header, d.between(c, v.Office, from, until))
	})
}

// exportPage is how many entries an export reads at once.
const exportPage = 500

func (d *Desk) between(c *web.Context, office db.ID, from, until jp.Date) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		after := db.ID(0)
		for {
			var page []money.Entry
			err := d.read(c, func(tx *db.Tx) (err error) {
				page, err = money.EntriesBetween(tx, office, from, until, after, exportPage)
				return err
			})
			if err != nil {
				c.Log().Error("money: export", "error", err)
				return
			}
			for _, e := range page {
				if !yield([]string{e.CashDay.String(), c.Loc.T(money.EntryKey(e.Kind)), c.Loc.T(money.MethodKey(e.Method)), strconv.FormatInt(e.Amount, 10), e.ReceiptNumber(), c.Loc.DateTime(e.At), e.Reason}) {
					return
				}
				after = e.ID
			}
			if len(page) < exportPage {
				return
			}
		}
	}
}

// bankData is what the page of the bank's statement shows.
type bankData struct {
	Office  db.ID
	Offices []ui.Option
	Lines   []money.BankLine
	Next    string
	Sum     *table.Summary // of what was just imported
	Problem web.Problem
}

// linesShown is how many lines without a charge a page shows.
const linesShown = 50

func (d *Desk) bank(c *web.Context) error { return d.showBank(c, nil, nil) }

func (d *Desk) showBank(c *web.Context, sum *table.Summary, failed error) error {
	of, err := officeOf(c)
	if err != nil {
		return err
	}
	b := bankData{Office: of, Sum: sum}
	before, _ := db.ParseID(c.Form().Get("before"))
	err = d.read(c, func(tx *db.Tx) error {
		if b.Offices, err = d.officeOptions(tx, c); err != nil {
			return err
		}
		b.Lines, err = money.Unmatched(tx, of, before, linesShown)
		return err
	})
	if err != nil {
		return err
	}
	if len(b.Lines) == linesShown {
		b.Next = "/office/money/bank?" + url.Values{"office": {of.String()}, "before": {b.Lines[linesShown-1].ID.String()}}.Encode()
	}
	return c.Retry(failed, office("money.bank.title", c, "/office/money"), func(p web.Problem) templ.Component {
		b.Problem = p
		return bankView(b)
	})
}

func (d *Desk) importBank(c *web.Context) error {
	of, err := officeOf(c)
	if err != nil {
		return err
	}
	upload, err := c.File("file")
	if err != nil {
		return d.showBank(c, nil, err)
	}
	defer upload.Close()
	sheet, err := table.Read(upload.Name, upload, table.Limits{TotalBytes: statementBytes})
	if err != nil {
		return d.showBank(c, nil, err)
	}
	sum, err := d.m.ImportStatement(c.Context(), c.Actor(), of, sheet)
	if err != nil {
		return d.showBank(c, nil, err)
	}
	return d.showBank(c, &sum, nil)
}
