package desk

import (
	"slices"
	"strings"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/draw"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// env is what the words of a rule need besides the rule.
type env struct {
	loc   *i18n.Localizer
	snap  *facility.Snapshot
	kinds []string // of groups
}

func (d *Desk) env(c *web.Context) (e env, err error) {
	e.loc, e.kinds = c.Loc, d.near.GroupKinds
	e.snap, err = d.rooms.Get(c.Context())
	return e, err
}

// kindName is what a kind of rules is called.
//
//i18n:uses rules.kind.*
func kindName(loc *i18n.Localizer, k rules.Kind) string { return loc.T("rules.kind." + string(k)) }

// place is what a rule is for: the city or a facility.
func (e env) place(of db.ID) string {
	if of == 0 {
		return e.loc.T("rules.city")
	}
	if f, ok := e.snap.Facility(of); ok {
		return e.loc.Text(f.Name)
	}
	return e.loc.T("rules.gone")
}

// roomName names a room with its facility.
func (e env) roomName(id db.ID) string {
	r, ok := e.snap.Room(id)
	if !ok {
		return e.loc.T("rules.gone")
	}
	f, _ := e.snap.Facility(r.Facility)
	return e.loc.Text(f.Name) + " " + e.loc.Text(r.Name)
}

// groupKind names a kind of group; "" is a person alone.
//
//i18n:uses groups.kind.*
func (e env) groupKind(k string) string {
	if k == "" {
		return e.loc.T("rules.alone")
	}
	if key := "groups.kind." + k; e.loc.Has(key) {
		return e.loc.T(key)
	}
	return k
}

func named[T ~string](e env, prefix string, values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = e.loc.T(prefix + string(v))
	}
	return out
}

func (e env) groupKinds(kinds []string) []string {
	out := make([]string, len(kinds))
	for i, k := range kinds {
		out[i] = e.groupKind(k)
	}
	return out
}

// rooms says which rooms a line is for.
//
//i18n:uses rules.class.*
func (e env) rooms(classes []string) string {
	if len(classes) == 0 {
		return e.loc.T("rules.words.rooms")
	}
	return e.loc.List(named(e, "rules.class.", classes))
}

// months names months of the year.
func (e env) months(months []int) string {
	months = slices.Sorted(slices.Values(months))
	out := make([]string, len(months))
	for i, m := range months {
		out[i] = e.loc.T("rules.words.month", "n", m)
	}
	return e.loc.List(out)
}

// count says a number of something, "3 days".
//
//i18n:uses rules.n.*
func (e env) count(what string, n int) string {
	return e.loc.T("rules.n."+what, "count", n)
}

// lasting says minutes in the largest unit that they fill.
func (e env) lasting(minutes int) string {
	switch {
	case minutes%(24*60) == 0:
		return e.count("days", minutes/24/60)
	case minutes%60 == 0:
		return e.count("hours", minutes/60)
	}
	return e.count("minutes", minutes)
}

// facts says a rule in the reader's words, one line after another.
func (e env) facts(b rules.Body) []ui.Definition {
	switch b := b.(type) {
	case rules.Access:
		return e.access(b)
	case rules.Opening:
		return e.opening(b)
	case rules.Draw:
		return e.draw(b)
	case rules.Fees:
		return e.fees(b)
	case rules.Reductions:
		return e.reductions(b)
	case rules.Payment:
		return e.payment(b)
	case rules.Refunds:
		return e.refunds(b)
	case rules.Penalties:
		return e.penalties(b)
	case rules.Reopening:
		return e.reopening(b)
	}
	return nil
}

// fact is one line: what it is about, and the sentences that say it.
func fact(term string, sentences ...string) ui.Definition {
	sentences = slices.DeleteFunc(sentences, func(s string) bool { return s == "" })
	return ui.Definition{Term: term, Is: ui.Paragraphs(strings.Join(sentences, "\n"))}
}

func (e env) access(a rules.Access) []ui.Definition {
	who := e.groupKinds(a.Kinds)
	if len(a.Kinds) == 0 {
		who = []string{e.loc.T("rules.words.groups")}
	}
	if a.Alone {
		who = append(who, e.loc.T("rules.alone"))
	}
	outside := "rules.words.outside.no"
	if a.Outside {
		outside = "rules.words.outside.yes"
	}
	out := []ui.Definition{fact(e.loc.T("rules.words.who"), e.loc.List(who)), fact(e.loc.T("rules.words.outside"), e.loc.T(outside))}
	if a.Members > 0 {
		out = append(out, fact(e.loc.T("rules.field.members"), e.loc.T("rules.words.least", "what", e.count("people", a.Members))))
	}
	if a.Percent > 0 {
		out = append(out, fact(e.loc.T("rules.field.residents"), e.loc.T("rules.words.least", "what", e.percent(a.Percent))))
	}
	most := []string{e.loc.T("rules.words.day", "what", e.count("times", a.PerDay))}
	if a.PerMonth > 0 {
		most = append(most, e.loc.T("rules.words.permonth", "what", e.count("times", a.PerMonth)))
	}
	return append(out, fact(e.loc.T("rules.words.most"), most...))
}

func (e env) percent(n int) string { return e.loc.T("rules.n.percent", "n", n) }

func (e env) opening(o rules.Opening) []ui.Definition {
	var out []ui.Definition
	for _, l := range o.Lines {
		about := []string{e.rooms(l.Classes)}
		if len(l.Kinds) > 0 {
			about = append(about, e.loc.List(e.groupKinds(l.Kinds)))
		}
		if len(l.Uses) > 0 {
			about = append(about, e.loc.List(named(e, "rules.use.", l.Uses)))
		}
		if len(l.Months) > 0 {
			about = append(about, e.months(l.Months))
		}
		opens := e.loc.T("rules.words.opens.same", "months", e.count("months", l.Before), "time", e.loc.Time(l.Minute))
		if l.Day > 0 {
			opens = e.loc.T("rules.words.opens.day", "months", e.count("months", l.Before), "day", l.Day, "time", e.loc.Time(l.Minute))
		}
		closes := ""
		if l.Lead > 0 {
			closes = e.loc.T("rules.words.closes", "time", e.lasting(l.Lead))
		}
		out = append(out, fact(strings.Join(about, " · "), opens, closes))
	}
	return out
}

func (e env) draw(d rules.Draw) []ui.Definition {
	if len(d.Lines) == 0 {
		return []ui.Definition{fact(e.rooms(nil), e.loc.T("rules.words.draw.none"))}
	}
	var out []ui.Definition
	for _, l := range d.Lines {
		says := []string{
			e.loc.T("rules.words.draw.enter", "months", e.count("months", l.Before), "from", l.From, "until", l.Until),
			e.loc.T("rules.words.draw.on", "day", l.On),
			e.loc.T("rules.words.draw.confirm", "days", e.count("days", l.Confirm)),
			e.loc.T("rules.words.draw.wishes", "n", l.Wishes),
		}
		if l.Mode == draw.Ranks {
			says = append(says, e.loc.T("rules.words.draw.ranks"))
		} else {
			says = append(says, e.loc.T("rules.words.draw.turns"))
		}
		if l.Entries > 0 {
			says = append(says, e.loc.T("rules.words.draw.entries", "what", e.count("times", l.Entries)))
		}
		if l.Wins > 0 {
			says = append(says, e.loc.T("rules.words.draw.wins", "what", e.count("times", l.Wins)))
		}
		for _, t := range l.Tiers {
			who := e.groupKinds(t.Kinds)
			if t.Resident {
				who = append(who, e.loc.T("rules.words.residents"))
			}
			says = append(says, e.loc.T("rules.words.draw.first", "who", e.loc.List(who)))
		}
		out = append(out, fact(e.rooms(l.Classes), says...))
	}
	return out
}

//i18n:uses rules.when.*
//i18n:uses rules.days.*
//i18n:uses rules.per.*
func (e env) fees(f rules.Fees) []ui.Definition {
	var out []ui.Definition
	for _, b := range f.Base {
		about := []string{e.rooms(b.Classes)}
		if b.Room != 0 {
			about[0] = e.roomName(b.Room)
		}
		yen := e.loc.T("rules.words.hourly", "yen", e.loc.Yen(b.Yen))
		if b.To > 0 {
			about, yen = append(about, e.loc.Times(b.From, b.To)), e.loc.Yen(b.Yen)
		}
		if b.Days != "" {
			about = append(about, e.loc.T("rules.days."+b.Days))
		}
		out = append(out, fact(strings.Join(about, " · "), yen))
	}
	rest := "rules.words.fees.others"
	if len(f.Base) == 0 {
		rest = "rules.words.fees.rooms"
	}
	out = append(out, fact(e.loc.T("rules.words.fees"), e.loc.T(rest)))
	for _, s := range f.Surcharges {
		about := e.loc.T("rules.when." + s.When)
		if s.Over > 0 {
			about += " · " + e.loc.T("rules.words.over", "yen", e.loc.Yen(s.Over))
		}
		out = append(out, fact(about, e.loc.T("rules.words.more", "what", e.percent(s.Percent))))
	}
	for _, x := range f.Extras {
		about := []string{e.loc.Text(x.Name)}
		if len(x.Classes) > 0 {
			about = append(about, e.rooms(x.Classes))
		}
		if len(x.Months) > 0 {
			about = append(about, e.months(x.Months))
		}
		out = append(out, fact(strings.Join(about, " · "), e.loc.T("rules.words.each", "what", e.loc.T("rules.per."+x.Per), "yen", e.loc.Yen(x.Yen))))
	}
	return out
}

//i18n:uses rules.use.*
func (e env) reductions(r rules.Reductions) []ui.Definition {
	if len(r.Lines) == 0 {
		return []ui.Definition{fact(kindName(e.loc, rules.KindReductions), e.loc.T("rules.words.none"))}
	}
	var out []ui.Definition
	for _, l := range r.Lines {
		says := []string{e.loc.T("rules.words.less", "what", e.percent(l.Percent))}
		if l.Percent == 100 {
			says[0] = e.loc.T("rules.words.free")
		}
		if len(l.Kinds) > 0 {
			says = append(says, e.loc.List(e.groupKinds(l.Kinds)))
		}
		if len(l.Uses) > 0 {
			says = append(says, e.loc.List(named(e, "rules.use.", l.Uses)))
		}
		out = append(out, fact(e.loc.Text(l.Name), says...))
	}
	return out
}

//i18n:uses rules.method.*
func (e env) payment(p rules.Payment) []ui.Definition {
	until := []string{e.loc.T("rules.words.pay.within", "days", e.count("days", p.Within))}
	if p.Before > 0 {
		until = append(until, e.loc.T("rules.words.pay.before", "days", e.count("days", p.Before)))
	}
	if p.Lapse {
		until = append(until, e.loc.T("rules.words.pay.lapse"))
	}
	return []ui.Definition{
		fact(e.loc.T("rules.words.pay.until"), until...),
		fact(e.loc.T("rules.field.methods"), e.loc.List(named(e, "rules.method.", p.Methods))),
	}
}

func (e env) refunds(r rules.Refunds) []ui.Definition {
	if len(r.Tiers) == 0 {
		return []ui.Definition{fact(kindName(e.loc, rules.KindRefunds), e.loc.T("rules.words.refund.none"))}
	}
	var out []ui.Definition
	tiers := slices.SortedFunc(slices.Values(r.Tiers), func(a, b rules.Refund) int { return b.Days - a.Days })
	for _, t := range tiers {
		out = append(out, fact(e.loc.T("rules.words.refund.until", "days", e.count("days", t.Days)), e.loc.T("rules.words.refund", "what", e.percent(t.Percent))))
	}
	return append(out, fact(e.loc.T("rules.words.refund.later"), e.loc.T("rules.words.refund.none")))
}

func (e env) penalties(p rules.Penalties) []ui.Definition {
	if p.Limit == 0 {
		return []ui.Definition{fact(kindName(e.loc, rules.KindPenalties), e.loc.T("rules.words.none"))}
	}
	var out []ui.Definition
	add := func(term string, n int) {
		if n > 0 {
			out = append(out, fact(term, e.count("points", n)))
		}
	}
	add(e.loc.T("rules.field.no_show"), p.NoShow)
	add(e.loc.T("rules.words.late", "days", e.count("days", p.LateDays)), p.Late)
	add(e.loc.T("rules.field.unconfirmed"), p.Unconfirmed)
	if p.Release > 0 {
		out = append(out, fact(e.loc.T("rules.field.release"), e.count("minutes", p.Release)))
	}
	return append(out, fact(e.loc.T("rules.words.limit", "points", e.count("points", p.Limit), "months", e.count("months", p.Window)),
		e.loc.T("rules.words.pause", "months", e.count("months", p.Months))))
}

func (e env) reopening(r rules.Reopening) []ui.Definition {
	var out []ui.Definition
	if r.Hold > 0 {
		out = append(out, fact(e.loc.T("rules.words.next"), e.loc.T("rules.words.hold", "hours", e.count("hours", r.Hold))))
	}
	rest := e.loc.T("rules.words.rest.none")
	if r.RestTo > 0 {
		from, to := r.DayFrom, r.DayTo
		if to == 0 {
			to = 24 * 60
		}
		rest = e.loc.T("rules.words.rest", "from", r.RestFrom, "to", r.RestTo, "times", e.loc.Times(from, to))
	}
	out = append(out, fact(e.loc.T("rules.words.returned"), rest))
	if r.RestTo > 0 {
		out = append(out, fact(e.loc.T("rules.field.ahead"), e.count("hours", r.AheadOrUsual())))
	}
	return out
}

// since says from when a rule holds, or that it is what a city starts with.
func (e env) since(r rules.Rule, today jp.Date) string {
	switch {
	case r.ID == 0:
		return e.loc.T("rules.default")
	case r.From.After(today):
		return e.loc.T("rules.from", "day", e.loc.DateLong(r.From))
	}
	return e.loc.T("rules.since", "day", e.loc.DateLong(r.From))
}
