package desk

import (
	"cmp"
	"context"
	"crypto/rand"
	"io"
	"iter"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"golang.org/x/text/unicode/norm"

	"kakehashi/domains/places/money"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/table"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// ways are the ways to pay what is owed.
func ways(ctx context.Context, p panel) []ui.Definition {
	out := []ui.Definition{{Term: i18n.T(ctx, "money.reference"), Is: ui.Verbatim(money.Pretty(p.Charge.Reference))}}
	if p.takes(money.Counter) {
		out = append(out, ui.Definition{Term: i18n.T(ctx, "money.method.counter"), Is: counterWay(p)})
	}
	if p.takes(money.Bank) && p.Rule.Bank != "" {
		out = append(out, ui.Definition{Term: i18n.T(ctx, "money.method.bank"), Is: bankWay(p)})
	}
	return out
}

// row is a charge in the clerk's list.
type row struct {
	money.Charge
	Who  string
	Late bool
}

type listData struct {
	Office  db.ID
	Offices []ui.Option
	Query   url.Values
	Words   string
	View    string // due, back, paid, waived or cancelled
	Sums    money.Sums
	Rows    []row
	Next    string
}

// views are what the list can show, in the order of its tabs.
var views = []string{"due", "back", "paid", "waived", "cancelled"}

// named fills in who owes each charge, all names at once.
func (d *Desk) named(tx *db.Tx, loc *i18n.Localizer, cs []money.Charge) ([]row, error) {
	var groups, persons []db.ID
	for _, c := range cs {
		if c.Group != 0 {
			groups = append(groups, c.Group)
		} else {
			persons = append(persons, c.Person)
		}
	}
	g, err := names(tx, groups, d.near.GroupNames)
	if err != nil {
		return nil, err
	}
	p, err := names(tx, persons, d.near.PersonNames)
	out := make([]row, len(cs))
	for i, c := range cs {
		out[i] = row{Charge: c, Who: cmp.Or(loc.Text(g[c.Group]), p[c.Person]), Late: c.State == money.Due && c.Due.Before(jp.DateOf(tx.Now))}
	}
	return out, err
}

// namesAtOnce is how many names are asked for in one statement.
const namesAtOnce = 200

func names[T any](tx *db.Tx, ids []db.ID, of func(*db.Tx, []db.ID) (map[db.ID]T, error)) (map[db.ID]T, error) {
	out := map[db.ID]T{}
	for of != nil && len(ids) > 0 {
		n := min(namesAtOnce, len(ids))
		some, err := of(tx, ids[:n])
		if err != nil {
			return nil, err
		}
		for id, name := range some {
			out[id] = name
		}
		ids = ids[n:]
	}
	return out, nil
}

// load reads the list that the address asks for.
func (d *Desk) load(c *web.Context) (l listData, err error) {
	l = listData{Query: c.URL().Query(), Words: strings.TrimSpace(c.Query("q")), View: cmp.Or(c.Query("view"), "due")}
	if l.Office, err = officeOf(c); err != nil {
		return l, err
	}
	err = d.read(c, func(tx *db.Tx) error {
		if l.Sums, err = money.SumsOf(tx, l.Office, jp.DateOf(tx.Now)); err != nil {
			return err
		}
		if l.Offices, err = d.officeOptions(tx, c); err != nil {
			return err
		}
		if l.Words != "" {
			l.Rows, err = d.search(tx, c.Loc, l.Office, l.Words)
			return err
		}
		f := money.Filter{Office: l.Office, State: money.State(l.View), Back: l.View == "back", After: money.ParseKey(c.Query("after"))}
		cs, err := money.List(tx, f)
		if err != nil {
			return err
		}
		if len(cs) == money.PageSize {
			last := cs[len(cs)-1]
			l.Next = l.path("after", money.Key{Day: last.Due, ID: last.ID}.String())
		}
		l.Rows, err = d.named(tx, c.Loc, cs)
		return err
	})
	return l, err
}

func (d *Desk) officeOptions(tx *db.Tx, c *web.Context) ([]ui.Option, error) {
	all := offices(c.Viewer)
	n, err := names(tx, all, d.near.GroupNames)
	var out []ui.Option
	for _, o := range all {
		out = append(out, ui.Option{Value: o.String(), Label: cmp.Or(c.Loc.Text(n[o]), o.String())})
	}
	return out, err
}

// search finds charges by reference, by receipt, or among those that are due by
// the name of who owes them.
func (d *Desk) search(tx *db.Tx, loc *i18n.Localizer, office db.ID, words string) ([]row, error) {
	cs, err := money.Find(tx, office, words)
	if err != nil {
		return nil, err
	}
	if len(cs) > 0 {
		return d.named(tx, loc, cs)
	}
	if cs, err = money.Open(tx, office); err != nil {
		return nil, err
	}
	all, err := d.named(tx, loc, cs)
	var out []row
	for _, r := range all {
		if strings.Contains(jp.Fold(r.Who), jp.Fold(words)) && len(out) < money.PageSize {
			out = append(out, r)
		}
	}
	return out, err
}

// path is the list's address with one thing of it changed.
func (l listData) path(name, value string) string {
	q := url.Values{}
	for k, v := range l.Query {
		q[k] = v
	}
	q.Set(name, value)
	return "/office/money?" + q.Encode()
}

func office(title string, c *web.Context, back string) web.Meta {
	return web.Meta{Title: c.Loc.T(title), Wide: true, Back: back, Field: "place"}
}

func (d *Desk) list(c *web.Context) error {
	l, err := d.load(c)
	if err != nil {
		return err
	}
	if l.Words != "" && len(l.Rows) == 1 {
		return c.Redirect(money.Path(l.Rows[0].ID))
	}
	return c.Page(office("money.title", c, "/office"), listView(l))
}

// exportList gives the whole view as a table.
func (d *Desk) exportList(c *web.Context) error {
	l, err := d.load(c)
	if err != nil {
		return err
	}
	f, ok := table.ParseFormat(c.Query("format"))
	if !ok {
		f = table.UTF8CSV
	}
	t := c.Loc.T
	header := []string{t("money.reference"), t("money.who"), t("money.use_day"), t("money.due_day"), t("money.total"), t("money.paid_yen"), t("money.state")}
	return c.Download("money"+f.Ext(), f.MIME(), func(w io.Writer) error {
		return table.Write(w, f, header, d.everything(c, l))
	})
}

// everything walks all pages of a view.
func (d *Desk) everything(c *web.Context, l listData) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		f := money.Filter{Office: l.Office, State: money.State(l.View), Back: l.View == "back"}
		rows := l.Rows
		for {
			if l.Words == "" {
				err := d.read(c, func(tx *db.Tx) error {
					cs, err := money.List(tx, f)
					if err != nil {
						return err
					}
					rows, err = d.named(tx, c.Loc, cs)
					return err
				})
				if err != nil {
					c.Log().Error("money: export", "error", err)
					return
				}
			}
			for _, r := range rows {
				if !yield([]string{r.Reference, r.Who, r.Day.String(), r.Due.String(), strconv.FormatInt(r.Total, 10), strconv.FormatInt(r.Paid, 10), c.Loc.T(money.StateKey(r.State))}) {
					return
				}
				f.After = money.Key{Day: r.Due, ID: r.ID}
			}
			if l.Words != "" || len(rows) < money.PageSize {
				return
			}
		}
	}
}

// oneData is what the page of one charge shows.
type oneData struct {
	money.Charge
	Who      string
	Turn     string // of the forms on this page
	Tendered int64  // yen handed over; 0 not typed yet
	Typed    string // of it, as it was typed
	Problem  web.Problem
	Clerks   map[db.ID]string
	Intent   bool // can be given back online
}

// Change is what is given back of what was handed over, in yen.
func (o oneData) Change() int64 { return o.Tendered - o.Owed() }

// Ready reports whether enough was handed over.
func (o oneData) Ready() bool { return o.Tendered > 0 && o.Change() >= 0 }

func (d *Desk) show(c *web.Context, failed error) error {
	o := oneData{Turn: cmp.Or(c.Form().Get("turn"), rand.Text())}
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	o.Typed = strings.TrimSpace(norm.NFKC.String(c.Form().Get("tendered")))
	o.Tendered, _ = strconv.ParseInt(strings.ReplaceAll(o.Typed, ",", ""), 10, 64)
	err = d.read(c, func(tx *db.Tx) error {
		ch, err := money.Get(tx, id)
		if err != nil {
			return err
		}
		rows, err := d.named(tx, c.Loc, []money.Charge{ch})
		if err != nil {
			return err
		}
		o.Charge, o.Who = ch, rows[0].Who
		_, o.Intent = money.Intent(ch)
		var clerks []db.ID
		for _, e := range ch.Entries {
			if e.Clerk != 0 {
				clerks = append(clerks, e.Clerk)
			}
		}
		o.Clerks, err = names(tx, clerks, d.near.PersonNames)
		return err
	})
	if err != nil {
		return err
	}
	if failed == nil && o.Tendered > 0 && o.Change() < 0 {
		var check fault.Check
		check.Field(false, "tendered", "money.error.short", "yen", c.Loc.Yen(-o.Change()))
		failed = check.Err()
	}
	return c.Retry(failed, office("money.charge", c, "/office/money"), func(p web.Problem) templ.Component {
		o.Problem = p
		return chargeView(o)
	})
}

func (d *Desk) charge(c *web.Context) error { return d.show(c, nil) }

// act reads what a form does to the charge in the path.
func act(c *web.Context) (money.Act, error) {
	f := c.Form()
	id, err := c.PathID("id")
	version, _ := strconv.ParseInt(f.Get("version"), 10, 64)
	return money.Act{Charge: id, Version: version, Turn: f.Get("turn"), Method: f.Get("method"), Reason: strings.TrimSpace(f.Get("reason"))}, err
}

// done tells what was done and shows the charge again, or shows what was wrong.
func (d *Desk) done(c *web.Context, a money.Act, err error, key string, args ...any) error {
	if err != nil {
		return d.show(c, err)
	}
	c.Flash(key, args...)
	return c.Redirect(money.Path(a.Charge))
}

func (d *Desk) pay(c *web.Context) error {
	a, err := act(c)
	if err != nil {
		return err
	}
	e, err := d.m.Pay(c.Context(), c.Actor(), a)
	return d.done(c, a, err, "money.done.paid", "yen", c.Loc.Yen(e.Amount), "number", e.ReceiptNumber())
}

func (d *Desk) refund(c *web.Context) error {
	a, err := act(c)
	if err != nil {
		return err
	}
	e, err := d.m.GiveBack(c.Context(), c.Actor(), a)
	return d.done(c, a, err, "money.done.refunded", "yen", c.Loc.Yen(-e.Amount))
}

func (d *Desk) waive(c *web.Context) error {
	a, err := act(c)
	if err != nil {
		return err
	}
	return d.done(c, a, d.m.Waive(c.Context(), c.Actor(), a), "money.done.waived")
}

func (d *Desk) correct(c *web.Context) error {
	a, err := act(c)
	if err != nil {
		return err
	}
	entry, _ := db.ParseID(c.Form().Get("entry"))
	_, err = d.m.Correct(c.Context(), c.Actor(), a, entry)
	return d.done(c, a, err, "money.done.corrected")
}
