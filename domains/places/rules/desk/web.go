package desk

import (
	"maps"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/rules"
	"kakehashi/domains/places/rules/replay"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/web"
)

func dateOf(tx *db.Tx) jp.Date { return jp.DateOf(tx.Now) }

func meta(c *web.Context, title, back string) web.Meta {
	return web.Meta{Title: title, Back: back, Field: "place"}
}

// overview is the rules of one kind as the office's list shows them.
type overview struct {
	Kind   rules.Kind
	Today  []rules.Rule // what holds today: the city's (without an ID where nothing is decided), then facilities' own
	Coming []rules.Rule // drafts and what is still to come
	Past   []rules.Rule // what held, and what was withdrawn
}

// overviewOf sorts the rules of a kind by what holds on the day.
func overviewOf(kind rules.Kind, all []rules.Rule, today jp.Date) overview {
	o := overview{Kind: kind, Today: []rules.Rule{{Kind: kind, Body: rules.Defaults.Of(kind), State: rules.InForce}}}
	held := map[db.ID]bool{}
	for _, r := range all { // a place's newest first
		switch {
		case r.Open(today):
			o.Coming = append(o.Coming, r)
		case r.State != rules.InForce || held[r.Facility]:
			o.Past = append(o.Past, r)
		default:
			held[r.Facility] = true
			if r.Facility == 0 {
				o.Today[0] = r
			} else {
				o.Today = append(o.Today, r)
			}
		}
	}
	return o
}

type listData struct {
	env
	Kinds []overview
	One   bool // one kind, with its past
}

// list shows what holds today and what comes, by kind; ?kind= shows one kind
// over the years.
func (d *Desk) list(c *web.Context) error {
	kinds := rules.Kinds
	kind, one := rules.ParseKind(c.Query("kind"))
	if one {
		kinds = []rules.Kind{kind}
	}
	data := listData{One: one}
	err := d.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		data.Kinds = nil
		for _, k := range kinds {
			all, err := rules.List(tx, k)
			if err != nil {
				return err
			}
			data.Kinds = append(data.Kinds, overviewOf(k, all, dateOf(tx)))
		}
		return nil
	})
	if err == nil {
		data.env, err = d.env(c)
	}
	if err != nil {
		return err
	}
	title, back := c.Loc.T("rules.title"), "/office"
	if one {
		title, back = kindName(c.Loc, kind), officePath
	}
	m := meta(c, title, back)
	m.Wide = true
	return c.Page(m, listView(data))
}

// formData is what the form of a rule shows.
type formData struct {
	env
	Rule     rules.Rule
	Values   url.Values
	Problem  web.Problem
	Stored   *rules.Rule // what somebody else saved meanwhile
	Editable bool
	Today    jp.Date
}

// ruleOf returns the rule in the path, or a new one of the kind in the query: a
// copy of what holds, or of the rule ?like=.
func (d *Desk) ruleOf(c *web.Context) (r rules.Rule, err error) {
	err = d.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		if c.Path("id") != "" {
			id, err := c.PathID("id")
			if err != nil {
				return err
			}
			r, err = rules.Get(tx, id)
			return err
		}
		kind, ok := rules.ParseKind(c.Query("kind"))
		if !ok {
			return fault.New(fault.NotFound, "web.error.not_found")
		}
		book, err := d.rules.Book(tx)
		if err != nil {
			return err
		}
		r = rules.Rule{Kind: kind, State: rules.Draft, Body: book.At(rules.Place{}, dateOf(tx)).Of(kind), From: firstOfNext(dateOf(tx))}
		if id, err := db.ParseID(c.Query("like")); err == nil {
			like, err := rules.Get(tx, id)
			if err != nil {
				return err
			}
			if like.Kind == kind {
				r.Body, r.Facility = like.Body, like.Facility
			}
		}
		return nil
	})
	return r, err
}

// firstOfNext is the first day of the next month: what most rules begin on.
func firstOfNext(today jp.Date) jp.Date { return jp.NewDate(today.Year, today.Month, 1).AddMonths(1) }

// form fills what the form of the rule shows at first.
func (d *Desk) form(c *web.Context, r rules.Rule) (f formData, err error) {
	f.Rule, f.Today = r, jp.DateOf(c.Now())
	f.Editable = r.ID == 0 || r.Open(f.Today)
	if f.env, err = d.env(c); err != nil {
		return f, err
	}
	if f.Values, err = valuesOf(r.Body); err != nil {
		return f, err
	}
	f.Values.Set("note", r.Note)
	f.Values.Set("from", r.From.String())
	f.Values.Set("version", strconv.FormatInt(r.Version, 10))
	if r.Facility != 0 {
		f.Values.Set("facility", r.Facility.String())
	}
	return f, nil
}

func formMeta(c *web.Context, r rules.Rule) web.Meta {
	m := meta(c, kindName(c.Loc, r.Kind), officePath+"?kind="+string(r.Kind))
	m.Wide = true
	return m
}

func (d *Desk) edit(c *web.Context) error {
	if c.Path("id") == "" && c.Query("kind") == "" { // the list asks which
		return c.Redirect(officePath)
	}
	r, err := d.ruleOf(c)
	if err != nil {
		return err
	}
	f, err := d.form(c, r)
	if err != nil {
		return err
	}
	if !f.Editable {
		return c.Page(formMeta(c, r), ruleView(f))
	}
	return c.Page(formMeta(c, r), formView(f))
}

// save takes the form: its buttons add and drop lines, keep a draft, or decide.
func (d *Desk) save(c *web.Context) error {
	was, err := d.ruleOf(c)
	if err != nil {
		return err
	}
	f, err := d.form(c, was)
	if err != nil {
		return err
	}
	f.Values = maps.Clone(c.Form())
	do, line, _ := strings.Cut(f.Values.Get("do"), ":")
	f.Values.Del("do")
	switch do {
	case "add":
		addRow(f.Values, line)
		return c.Page(formMeta(c, was), formView(f))
	case "drop":
		dropRow(f.Values, line)
		return c.Page(formMeta(c, was), formView(f))
	}
	saved, err := d.keep(c, was, f.Values, do == "decide")
	if err != nil {
		return d.again(c, f, was, err)
	}
	switch do {
	case "preview":
		return c.Redirect(rulePath(saved.ID) + "/preview")
	case "decide":
		c.Flash("rules.decided", "day", saved.From)
		return c.Redirect(officePath + "?kind=" + string(saved.Kind))
	}
	c.Flash("rules.saved")
	return c.Redirect(rulePath(saved.ID))
}

// keep saves what the form says.
func (d *Desk) keep(c *web.Context, was rules.Rule, v url.Values, decide bool) (out rules.Rule, err error) {
	r := was
	r.Note, r.State, r.Facility = v.Get("note"), rules.Draft, 0
	// What is decided stays decided when it is edited.
	if decide || was.State == rules.InForce {
		r.State = rules.InForce
	}
	var c1 fault.Check
	if text := v.Get("facility"); text != "" {
		var err error
		r.Facility, err = db.ParseID(text)
		c1.Field(err == nil, "facility", "rules.error.choice")
	}
	r.From, err = jp.ParseAnyDate(v.Get("from"))
	c1.Field(err == nil, "from", "rules.error.from")
	r.Version, err = strconv.ParseInt(v.Get("version"), 10, 64)
	c1.Field(err == nil || was.ID == 0, "version", "rules.error.changed")
	body, err := bodyOf(was.Kind, v)
	if err != nil && !fault.Is(err, fault.Invalid) {
		return out, err
	}
	if f, ok := err.(*fault.Error); ok {
		for _, field := range f.Fields {
			c1.Field(false, field.Name, field.Key, field.Args...)
		}
		c1.Field(len(f.Fields) > 0, "body", f.Key)
	}
	if err := c1.Err(); err != nil {
		return out, err
	}
	r.Body = body
	err = d.deps.DB.Write(c.Context(), c.Actor(), func(tx *db.Tx) error {
		ok, err := d.answers(tx, c.Viewer, r.Facility)
		switch {
		case fault.Is(err, fault.NotFound), err == nil && !ok:
			var c2 fault.Check
			c2.Field(false, "facility", "rules.error.office")
			return c2.Err()
		case err != nil:
			return err
		}
		out, err = rules.Save(tx, r)
		return err
	})
	return out, err
}

// again shows the form with what was typed. Where somebody else saved meanwhile,
// it shows what they saved, and takes the next try as knowing of it.
func (d *Desk) again(c *web.Context, f formData, was rules.Rule, failed error) error {
	if fault.Is(failed, fault.Conflict) && was.ID != 0 && f.Values.Get("version") != strconv.FormatInt(was.Version, 10) {
		f.Stored = &was
		f.Values.Set("version", strconv.FormatInt(was.Version, 10))
	}
	return c.Retry(failed, formMeta(c, was), func(p web.Problem) templ.Component {
		f.Problem = p
		return formView(f)
	})
}

func (d *Desk) withdraw(c *web.Context) error {
	r, err := d.ruleOf(c)
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(c.Form().Get("version"), 10, 64)
	if err != nil {
		version = r.Version
	}
	err = d.deps.DB.Write(c.Context(), c.Actor(), func(tx *db.Tx) error { return rules.Withdraw(tx, r.ID, version) })
	if err != nil {
		return err
	}
	c.Flash("rules.withdrawn")
	return c.Redirect(officePath + "?kind=" + string(r.Kind))
}

type previewData struct {
	env
	Rule   rules.Rule
	Months int
	More   bool
	Unable bool // nothing of this kind can be replayed
	Money  bool // sums are yen, else points
	Judged bool // bookings were judged, else summed
	Result replay.Result
}

// previewMonths are how far back a preview can look.
var previewMonths = []int{3, 6, 12}

// preview replays past bookings under the rules as they were, and as if this one
// had always held.
func (d *Desk) preview(c *web.Context) error {
	r, err := d.ruleOf(c)
	if err != nil {
		return err
	}
	p := previewData{Rule: r, Months: previewMonths[1]}
	for _, m := range previewMonths {
		if c.Query("months") == strconv.Itoa(m) {
			p.Months = m
		}
	}
	if p.env, err = d.env(c); err != nil {
		return err
	}
	was, err := d.rules.Get(c.Context())
	if err != nil {
		return err
	}
	past, more, err := d.past(c, r, p.Months)
	if err != nil {
		return err
	}
	p.More = more
	d.replay(&p, past, was, was.With(r))
	m := meta(c, c.Loc.T("rules.preview.title"), rulePath(r.ID))
	m.Wide = true
	return c.Page(m, previewView(p))
}

func (d *Desk) replay(p *previewData, past []replay.Past, was, is *rules.Book) {
	live := past[:0:0]
	for _, one := range past {
		if one.State.Live() {
			live = append(live, one)
		}
	}
	switch fee := d.near.Fee; p.Rule.Kind {
	case rules.KindAccess, rules.KindOpening, rules.KindDraw:
		p.Judged, p.Result = true, replay.Bookings(past, was, is)
	case rules.KindFees, rules.KindReductions:
		p.Money, p.Unable = true, fee == nil
		if fee != nil {
			p.Result = replay.Amounts(live, was, is, func(one replay.Past, b *rules.Book) int64 { return fee(b, one) })
		}
	case rules.KindRefunds:
		p.Money, p.Unable = true, fee == nil
		if fee != nil {
			p.Result = replay.Amounts(past, was, is, func(one replay.Past, b *rules.Book) int64 {
				return replay.Back(one, b, fee(was, one))
			})
		}
	case rules.KindPenalties:
		p.Result = replay.Amounts(past, was, is, replay.Points)
	default:
		p.Unable = true
	}
}

type publicData struct {
	env
	Facility facility.Facility // zero: the city
	Set      rules.Set
	Others   []facility.Facility // with rules of their own
}

// public is what holds today, for everybody.
func (d *Desk) public(c *web.Context) error {
	e, err := d.env(c)
	if err != nil {
		return err
	}
	book, err := d.rules.Get(c.Context())
	if err != nil {
		return err
	}
	data := publicData{env: e}
	if id, err := db.ParseID(c.Query("facility")); err == nil {
		f, ok := e.snap.Facility(id)
		if !ok {
			return fault.New(fault.NotFound, "web.error.not_found")
		}
		data.Facility = f
	}
	today := jp.DateOf(c.Now())
	data.Set = book.At(rules.Place{Facility: data.Facility.ID}, today)
	for _, id := range book.Own(today) {
		if f, ok := e.snap.Facility(id); ok && id != data.Facility.ID {
			data.Others = append(data.Others, f)
		}
	}
	return c.Page(meta(c, c.Loc.T("rules.public.title"), "/places"), publicView(data))
}
