package office

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"kakehashi/domains/programmes/programme"
	"kakehashi/domains/programmes/record"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// pageSize is how many activities a page lists.
const pageSize = 50

// KindWord says in a word what kind of activity it is.
//
//i18n:uses programmes.kind.*
func KindWord(loc *i18n.Localizer, kind string) string {
	if key := "programmes.kind." + kind; loc.Has(key) {
		return loc.T(key)
	}
	return loc.T("programmes.kind.other")
}

// AgeWord says an age band; Unknown has a word of its own.
func AgeWord(loc *i18n.Localizer, age string) string {
	if age == record.Unknown {
		return loc.T("programmes.unknown")
	}
	if from, ok := strings.CutSuffix(age, "+"); ok {
		return loc.T("programmes.age.over", "age", from)
	}
	return loc.T("programmes.age", "ages", strings.Replace(age, "-", "–", 1))
}

// activitiesData is a page of a programme's activities.
type activitiesData struct {
	Programme programme.Programme
	Lines     []record.Line
	First     string
	Next      string
}

func (o *Office) showActivities(c *web.Context) error {
	var d activitiesData
	day, id, err := cursor(c.Query("before"))
	if err != nil {
		return err
	}
	err = o.db.Read(c.Context(), func(tx *db.Tx) (err error) {
		if d.Programme, err = open(c, tx); err != nil {
			return err
		}
		d.Lines, err = record.List(tx, d.Programme.ID, day, id, pageSize+1)
		return err
	})
	if err != nil {
		return err
	}
	here := at(d.Programme.ID, "/activities")
	if len(d.Lines) > pageSize {
		d.Lines = d.Lines[:pageSize]
		last := d.Lines[pageSize-1]
		d.Next = here + "?before=" + last.On.String() + "." + last.ID.String()
	}
	if !day.IsZero() {
		d.First = here
	}
	return c.Page(meta(c, "programmes.activities.title", &d.Programme, "/office/programmes"), activitiesView(d))
}

// cursor reads where a page begins; NotFound when it is none of ours.
func cursor(s string) (jp.Date, db.ID, error) {
	if s == "" {
		return jp.Date{}, 0, nil
	}
	day, id, _ := strings.Cut(s, ".")
	d, err := jp.ParseDate(day)
	if err != nil {
		return d, 0, fault.New(fault.NotFound, "web.error.not_found").Because(err)
	}
	n, err := db.ParseID(id)
	if err != nil {
		return d, 0, fault.New(fault.NotFound, "web.error.not_found").Because(err)
	}
	return d, n, nil
}

// activityData is the form of one activity.
type activityData struct {
	Problem   web.Problem
	Programme programme.Programme
	Activity  record.Activity // its zero ID: a new one
	Today     jp.Date
	Stale     bool
}

func (d activityData) title(loc *i18n.Localizer) string {
	if d.Activity.ID == 0 {
		return loc.T("programmes.activity.new")
	}
	return loc.T("programmes.activity.correct")
}

// action is where the form goes.
func (d activityData) action() string {
	if d.Activity.ID == 0 {
		return at(d.Programme.ID, "/activities/new")
	}
	return at(d.Programme.ID, "/activities/"+d.Activity.ID.String())
}

func (d activityData) kinds(loc *i18n.Localizer) (out []ui.Option) {
	kinds := record.Kinds
	if k := d.Activity.Kind; k != "" && !slices.Contains(kinds, k) {
		kinds = append(slices.Clone(kinds), k)
	}
	for _, k := range kinds {
		out = append(out, ui.Option{Value: k, Label: KindWord(loc, k)})
	}
	return out
}

// headRow is one age band and language of the form.
type headRow struct {
	Age  string
	Lang string
	N    int64
}

// name is the form field of the row.
func (h headRow) name() string { return "heads." + h.Age + "." + h.Lang }

// rows are the participants that the form asks for: every age band in Japanese,
// those of whom nothing is known, and whatever else the activity already has.
func (d activityData) rows() (out []headRow) {
	for _, age := range append(slices.Clone(record.Ages), record.Unknown) {
		for _, l := range append(slices.Clone(i18n.Langs), record.Unknown) {
			n := d.Activity.Participants[age+"/"+string(l)]
			unknown := age == record.Unknown
			if n > 0 || !unknown && l == i18n.Ja || unknown && l == record.Unknown {
				out = append(out, headRow{age, string(l), n})
			}
		}
	}
	return out
}

func headLabel(loc *i18n.Localizer, h headRow) string {
	l, known := i18n.ParseLang(h.Lang)
	switch {
	case known:
		return AgeWord(loc, h.Age) + " · " + l.Name()
	case h.Age == record.Unknown:
		return loc.T("programmes.unknown")
	}
	return AgeWord(loc, h.Age) + " · " + loc.T("programmes.unknown")
}

// form reads an activity from what was typed, beginning from a; fields that
// cannot be read are noted.
func form(c *web.Context, a *record.Activity) error {
	f := c.Form()
	var check fault.Check
	var err error
	a.On, err = jp.ParseAnyDate(f.Get("on"))
	check.Field(err == nil, "on", "programmes.activity.on.missing")
	a.Kind, a.Reason = f.Get("kind"), f.Get("reason")
	a.Minutes, err = number(f.Get("minutes"))
	check.Field(err == nil, "minutes", "programmes.activity.number")
	a.Participants = map[string]int64{}
	for name := range f {
		rest, ok := strings.CutPrefix(name, "heads.")
		if !ok {
			continue
		}
		age, lang, _ := strings.Cut(rest, ".")
		n, err := number(f.Get(name))
		check.Field(err == nil, name, "programmes.activity.number")
		if n > 0 {
			a.Participants[age+"/"+lang] += n
		}
	}
	if lang, n := f.Get("more_lang"), f.Get("more_heads"); n != "" {
		count, err := number(n)
		check.Field(err == nil, "more_heads", "programmes.activity.number")
		if count > 0 {
			a.Participants[f.Get("more_age")+"/"+lang] += count
		}
	}
	return check.Err()
}

// number reads a count; an empty field is 0. Full-width digits are digits.
func number(s string) (int64, error) {
	s = jp.Fold(s)
	if s == "" {
		return 0, nil
	}
	return strconv.ParseInt(s, 10, 64)
}

func (o *Office) showNew(c *web.Context) error { return o.activity(c, 0, nil) }

func (o *Office) showActivity(c *web.Context) error {
	id, err := c.PathID("activity")
	if err != nil {
		return err
	}
	return o.activity(c, id, nil)
}

// activity shows the form of one activity, id 0 for a new one.
func (o *Office) activity(c *web.Context, id db.ID, failed error) error {
	d := activityData{Today: jp.DateOf(c.Now()), Stale: fault.Is(failed, fault.Conflict)}
	err := o.db.Read(c.Context(), func(tx *db.Tx) (err error) {
		if d.Programme, err = open(c, tx); err != nil || id == 0 {
			return err
		}
		d.Activity, err = ofProgramme(tx, id, d.Programme.ID)
		return err
	})
	if err != nil {
		return err
	}
	m := meta(c, "programmes.activities.title", &d.Programme, at(d.Programme.ID, "/activities"))
	return c.Retry(failed, m, func(p web.Problem) templ.Component {
		d.Problem = p
		return activityView(d)
	})
}

// ofProgramme returns the activity; NotFound when it belongs to another
// programme, whose clerk somebody else is.
func ofProgramme(tx *db.Tx, id, of db.ID) (record.Activity, error) {
	a, err := record.Get(tx, id)
	if err == nil && a.Programme != of {
		err = fault.New(fault.NotFound, "web.error.not_found")
	}
	return a, err
}

func (o *Office) enter(c *web.Context) error {
	var a record.Activity
	err := form(c, &a)
	if err == nil {
		err = o.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) error {
			p, err := open(c, tx)
			if err != nil {
				return err
			}
			a.Programme = p.ID
			return record.Enter(tx, &a)
		})
	}
	if err != nil {
		return o.activity(c, 0, err)
	}
	c.Flash("programmes.activity.entered")
	return c.Redirect(at(a.Programme, "/activities"))
}

func (o *Office) correct(c *web.Context) error {
	id, err := c.PathID("activity")
	if err != nil {
		return err
	}
	var a record.Activity
	if err = form(c, &a); err == nil {
		err = o.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) error {
			p, err := open(c, tx)
			if err != nil {
				return err
			}
			if _, err := ofProgramme(tx, id, p.ID); err != nil {
				return err
			}
			a.ID, a.Version = id, version(c)
			return record.Correct(tx, &a)
		})
	}
	if err != nil {
		return o.activity(c, id, err)
	}
	c.Flash("programmes.activity.corrected")
	return c.Redirect(at(a.Programme, "/activities"))
}

func (o *Office) takeOut(c *web.Context) error {
	id, err := c.PathID("activity")
	if err != nil {
		return err
	}
	var of db.ID
	err = o.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) error {
		p, err := open(c, tx)
		if err != nil {
			return err
		}
		of = p.ID
		if _, err := ofProgramme(tx, id, p.ID); err != nil {
			return err
		}
		return record.TakeOut(tx, id, version(c), c.Form().Get("reason"))
	})
	if err != nil {
		return o.activity(c, id, err)
	}
	c.Flash("programmes.activity.taken_out")
	return c.Redirect(at(of, "/activities"))
}
