package desk

import (
	"time"

	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// line is an item as a clerk reads it.
type line struct {
	inbox.Item
	Title  string // what it is about, in the reader's language
	What   string // its kind, likewise
	Office string
	Who    string // who has taken it on; "" = nobody
	Late   bool   // due before today, and open
	Today  bool   // due today, and open
}

// names is who and what the items of a page point at.
type names struct {
	offices map[db.ID]i18n.Text
	persons map[db.ID]string
}

func (d *Desk) names(tx *db.Tx, offices []db.ID, items []inbox.Item) (n names, err error) {
	if n.offices, err = d.n.OfficeNames(tx, offices); err != nil {
		return n, err
	}
	var ids []db.ID
	seen := map[db.ID]bool{0: true}
	for i := range items {
		if id := items[i].Assignee; !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	if len(ids) > 0 {
		n.persons, err = d.n.PersonNames(tx, ids)
	}
	return n, err
}

func (n names) line(loc *i18n.Localizer, it inbox.Item, today jp.Date) line {
	key, args := it.Title()
	l := line{Item: it, Title: loc.T(key, args...), What: loc.T(inbox.KindKey(it.Kind)), Office: loc.Text(n.offices[it.Office]), Who: n.persons[it.Assignee]}
	if it.Assignee != 0 && l.Who == "" {
		l.Who = it.Assignee.String()
	}
	if it.ClosedAt.IsZero() && !it.Due.IsZero() {
		l.Late, l.Today = it.Due.Before(today), it.Due == today
	}
	return l
}

// pageData is the inbox as one page shows it.
type pageData struct {
	View       View
	Offices    []officeTab // of the clerk, when there are several
	Numbers    inbox.Numbers
	Lines      []line
	Next       string
	Kinds      []ui.Option
	Acts       []ui.Act
	Reason     bool // an action asks why
	Typed      string
	Item       *line
	ItemLog    []logLine
	ItemActs   []ui.Act
	ItemReason bool
	Now        time.Time
	Failed     []failure
	Done       int // of those that were tried with the failed ones
}

type officeTab struct {
	ID   db.ID
	Name string
}

func (d *Desk) show(c *web.Context) error {
	return d.page(c, ParseView(c.URL().Query()), nil)
}

// page shows the inbox; change puts in what a run has left to say.
func (d *Desk) page(c *web.Context, v View, change func(*pageData)) error {
	p := pageData{View: v}
	err := d.db.Read(c.Context(), func(tx *db.Tx) error {
		p = pageData{View: v, Now: tx.Now}
		return d.read(c, tx, &p)
	})
	if err != nil {
		return err
	}
	p.Acts, p.Reason = d.acts(c.Loc, p.Lines, p.Item == nil)
	if p.Item != nil {
		p.ItemActs, p.ItemReason = d.itemActs(c.Loc, *p.Item)
	}
	if change != nil {
		change(&p)
	}
	return c.Page(web.Meta{Title: c.Loc.T("offices.inbox.title"), Wide: true}, inboxView(p))
}

func (d *Desk) read(c *web.Context, tx *db.Tx, p *pageData) error {
	own := offices(c.Viewer)
	list, err := inbox.List(tx, p.View.Filter(own, c.Viewer.Person, today(tx)))
	if err != nil {
		return err
	}
	for _, o := range p.View.among(own) {
		n, err := inbox.Counts(tx, o, c.Viewer.Person)
		if err != nil {
			return err
		}
		p.Numbers.All += n.All
		p.Numbers.Mine += n.Mine
		p.Numbers.Unassigned += n.Unassigned
		p.Numbers.Today += n.Today
		p.Numbers.Overdue += n.Overdue
	}
	items := list.Items
	if p.View.Item != 0 {
		one, err := d.own(tx, own, p.View.Item)
		if err != nil {
			return err
		}
		items = append(items[:len(items):len(items)], one)
	}
	n, err := d.names(tx, own, items)
	if err != nil {
		return err
	}
	for _, it := range items {
		p.Lines = append(p.Lines, n.line(c.Loc, it, today(tx)))
	}
	p.Next = list.Next
	if p.View.Item != 0 {
		last := p.Lines[len(items)-1]
		p.Item, p.Lines = &last, p.Lines[:len(items)-1]
		if p.ItemLog, err = d.history(tx, c.Loc, last.ID); err != nil {
			return err
		}
	}
	if len(own) > 1 {
		for _, o := range own {
			p.Offices = append(p.Offices, officeTab{o, c.Loc.Text(n.offices[o])})
		}
	}
	p.Kinds = d.kinds(c.Loc, p.Lines, p.View.Kind)
	return nil
}

// own returns the item when it waits, or waited, for one of the offices; to
// everybody else it does not exist.
func (d *Desk) own(tx *db.Tx, offices []db.ID, id db.ID) (inbox.Item, error) {
	it, err := inbox.Get(tx, id)
	if err != nil {
		return it, err
	}
	for _, o := range offices {
		if o == it.Office {
			return it, nil
		}
	}
	return it, fault.New(fault.NotFound, "inbox.error.missing")
}

// kinds offers the kinds that modules have actions for, and those on the page.
func (d *Desk) kinds(loc *i18n.Localizer, lines []line, chosen string) []ui.Option {
	out := []ui.Option{}
	seen := map[string]bool{"": true}
	add := func(kind string) {
		if !seen[kind] {
			seen[kind] = true
			out = append(out, ui.Option{Value: kind, Label: loc.T(inbox.KindKey(kind))})
		}
	}
	for _, k := range d.n.Actions().Kinds() {
		add(k)
	}
	for _, l := range lines {
		add(l.Kind)
	}
	if chosen != "" && loc.Has(inbox.KindKey(chosen)) {
		add(chosen)
	}
	return out
}

// logLine is one thing that happened to an item.
type logLine struct {
	At   time.Time
	What string
	Who  string
}

// historyLines is how many of an item's latest changes are shown.
const historyLines = 8

// history tells what was done to the item, the latest first.
func (d *Desk) history(tx *db.Tx, loc *i18n.Localizer, item db.ID) (out []logLine, err error) {
	if d.audit == nil {
		return nil, nil
	}
	lines, err := d.audit.BySubject(tx, "inbox", item, audit.Page{Limit: historyLines})
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	var ids []db.ID
	for _, l := range lines {
		if l.Actor != 0 {
			ids = append(ids, l.Actor)
		}
	}
	who, err := d.n.PersonNames(tx, ids)
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		out = append(out, logLine{At: l.At, What: loc.T(audit.ActionKey(l.Action)), Who: who[l.Actor]})
	}
	return out, nil
}

// acts are the buttons for the items on the page: what the modules offer for
// their kinds, then what the desk does itself. reason says that one of them
// asks why.
func (d *Desk) acts(loc *i18n.Localizer, lines []line, primary bool) (acts []ui.Act, reason bool) {
	seen := map[string]bool{}
	open := false
	for _, l := range lines {
		open = open || l.ClosedAt.IsZero()
		if seen[l.Kind] || !l.ClosedAt.IsZero() {
			continue
		}
		seen[l.Kind] = true
		for _, a := range d.n.Actions().For(l.Kind) {
			reason = reason || a.Reason
			if seen["/"+a.Name] {
				continue
			}
			seen["/"+a.Name] = true
			act := button(loc, a)
			if primary && act.Look != ui.Danger {
				act.Look, primary = ui.Primary, false
			}
			acts = append(acts, act)
		}
	}
	if !open {
		return nil, false
	}
	return append(acts,
		ui.Act{Label: loc.T("offices.inbox.take"), Icon: ui.IconHand, Name: "do", Value: doTake, Key: "t"},
		ui.Act{Label: loc.T("offices.inbox.give"), Icon: ui.IconPerson, Name: "do", Value: doGive},
	), reason
}

// keys are the letters that press an action, by its name.
var keys = map[string]string{"approve": "a", "refuse": "r"}

// button is an action as it is pressed. What takes something away asks why.
func button(loc *i18n.Localizer, a inbox.Action) ui.Act {
	act := ui.Act{Label: loc.T(a.LabelKey), Icon: ui.IconCheck, Name: "do", Value: a.Name, Key: keys[a.Name]}
	if a.Reason {
		act.Icon, act.Look = ui.IconCross, ui.Danger
	}
	return act
}

// itemActs are the buttons for the item that is shown beside the list.
func (d *Desk) itemActs(loc *i18n.Localizer, l line) (acts []ui.Act, reason bool) {
	acts, reason = d.acts(loc, []line{l}, false)
	for i := range acts {
		acts[i].Key = "" // the letters press the buttons of the list
	}
	if l.Assignee != 0 && l.ClosedAt.IsZero() {
		acts = append(acts, ui.Act{Label: loc.T("offices.inbox.release"), Name: "do", Value: doRelease, Look: ui.Plain})
	}
	return acts, reason
}
