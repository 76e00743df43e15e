package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/inbox"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// What the desk does itself; every other name is an action of a module.
const (
	doTake    = "take"    // the clerk takes it on
	doRelease = "release" // nobody has taken it on any more
	doGive    = "give"    // asks to whom, and comes back as doAssign
	doAssign  = "assign"  // a colleague takes it on
)

// failure is one item that something could not be done to.
type failure struct {
	Title, Why, Todo string
	Href             string // "" = it cannot be shown
}

// maxReason is how many characters a reason may have.
const maxReason = 500

// ids reads the ticked rows; what is no id stands for nothing.
func ids(form []string) []db.ID {
	var out []db.ID
	for _, s := range form {
		if id, err := db.ParseID(s); err == nil {
			out = append(out, id)
		}
	}
	return out
}

// do does something to the ticked items, and comes back to the same view.
func (d *Desk) do(c *web.Context) error {
	view := ParseView(c.URL().Query())
	f := c.Form()
	items, name := ids(f["id"]), f.Get("do")
	reason := strings.TrimSpace(f.Get("reason"))
	if r := []rune(reason); len(r) > maxReason {
		reason = string(r[:maxReason])
	}
	if len(items) == 0 {
		return d.again(c, view, reason, nil, fault.New(fault.Invalid, "offices.inbox.none_chosen"))
	}
	if name == doGive {
		return d.askWho(c, view, items)
	}
	results, err := d.run(c, name, items, reason)
	if err != nil {
		return d.again(c, view, reason, nil, err)
	}
	if slices.ContainsFunc(results, func(r inbox.Result) bool { return r.Err != nil }) {
		return d.again(c, view, reason, results, nil)
	}
	c.Flash("offices.inbox.done", "count", len(results))
	view.Item = 0
	return c.Redirect(view.Path("/office"))
}

func (d *Desk) run(c *web.Context, name string, items []db.ID, reason string) ([]inbox.Result, error) {
	if len(items) > inbox.MaxBulk {
		return nil, fault.New(fault.Invalid, "inbox.error.many", "max", inbox.MaxBulk)
	}
	own := offices(c.Viewer)
	var person db.ID
	switch name {
	case doTake:
		person = c.Viewer.Person
	case doRelease:
	case doAssign:
		var err error
		if person, err = db.ParseID(c.Form().Get("person")); err != nil {
			return nil, fault.New(fault.Invalid, "offices.inbox.who_missing")
		}
	default:
		return d.n.Actions().Run(c.Context(), d.db, c.Actor(), own, name, items, reason)
	}
	results := make([]inbox.Result, len(items))
	for i, id := range items {
		results[i] = inbox.Result{Item: id, Err: d.assign(c.Context(), c.Actor(), own, id, person)}
	}
	return results, nil
}

// assign gives one open item of the offices to the person, who is the actor, a
// clerk of the item's office, or nobody.
func (d *Desk) assign(ctx context.Context, actor db.Actor, own []db.ID, item, person db.ID) error {
	return d.db.Write(ctx, actor, func(tx *db.Tx) error {
		it, err := d.own(tx, own, item)
		if err != nil {
			return err
		}
		if person != 0 && person != actor.Person {
			clerks, err := d.n.Clerks(tx, it.Office)
			if err != nil {
				return err
			}
			if !slices.Contains(clerks, person) {
				return fault.New(fault.Invalid, "offices.inbox.not_theirs")
			}
		}
		return inbox.Assign(tx, item, person)
	})
}

// again shows the view with what could not be done, and the reason as typed.
func (d *Desk) again(c *web.Context, view View, reason string, results []inbox.Result, whole error) error {
	var failed []failure
	done := 0
	status := 0
	if whole != nil {
		p := c.Problem(whole)
		status = p.Status
		failed = []failure{{Title: p.Title, Todo: p.Todo}}
	}
	err := d.db.Read(c.Context(), func(tx *db.Tx) error {
		for _, r := range results {
			if r.Err == nil {
				done++
				continue
			}
			p := c.Problem(r.Err)
			status = cmp.Or(status, p.Status)
			f := failure{Why: p.Title, Todo: p.Todo, Title: r.Item.String()}
			if it, err := d.own(tx, offices(c.Viewer), r.Item); err == nil {
				key, args := it.Title()
				v := view
				v.Item = it.ID
				f.Title, f.Href = c.Loc.T(key, args...), v.Path("/office")
			} else if !fault.Is(err, fault.NotFound) {
				return err
			}
			failed = append(failed, f)
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.Status(status)
	return d.page(c, view, func(p *pageData) { p.Failed, p.Done, p.Typed = failed, done, reason })
}

// askWho asks which colleague takes the items on: those who are clerks of every
// office that the items wait for.
func (d *Desk) askWho(c *web.Context, view View, items []db.ID) error {
	g := giveData{View: view}
	err := d.db.Read(c.Context(), func(tx *db.Tx) error {
		g = giveData{View: view}
		var found []inbox.Item
		for _, id := range items[:min(len(items), inbox.MaxBulk)] {
			it, err := d.own(tx, offices(c.Viewer), id)
			if fault.Is(err, fault.NotFound) {
				continue
			}
			if err != nil {
				return err
			}
			found = append(found, it)
		}
		n, err := d.names(tx, nil, found)
		if err != nil {
			return err
		}
		var able []db.ID
		asked := map[db.ID]bool{}
		for i, it := range found {
			g.Lines = append(g.Lines, n.line(c.Loc, it, today(tx)))
			if asked[it.Office] {
				continue
			}
			asked[it.Office] = true
			clerks, err := d.n.Clerks(tx, it.Office)
			if err != nil {
				return err
			}
			if i == 0 {
				able = slices.Clone(clerks)
			}
			able = slices.DeleteFunc(able, func(p db.ID) bool { return !slices.Contains(clerks, p) })
		}
		who, err := d.n.PersonNames(tx, able)
		if err != nil {
			return err
		}
		for _, p := range able {
			g.Clerks = append(g.Clerks, ui.Option{Value: p.String(), Label: cmp.Or(who[p], p.String())})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.Page(web.Meta{Title: c.Loc.T("offices.inbox.give"), Wide: true, Back: view.Path("/office")}, giveView(g))
}
