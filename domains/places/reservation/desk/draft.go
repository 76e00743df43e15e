package desk

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/ui"
)

// The steps of booking. A step is behind the reader when its fields came with
// the request.
const (
	stepWhen  = "when"
	stepWho   = "who"
	stepWhat  = "what"
	stepCheck = "check"
)

// steps in their order.
var steps = []string{stepWhen, stepWho, stepWhat, stepCheck}

// fieldsOf are the names of what each step asks.
var fieldsOf = map[string][]string{
	stepWhen: {"room", "day", "from", "to"},
	stepWho:  {"for", "people"},
	stepWhat: append([]string{"purpose", "public", "title", "every", "until", "times"}, askedFields...),
}

// draft is what somebody has chosen so far.
type draft struct {
	Room     db.ID
	Day      jp.Date
	From, To int // minutes after midnight; To 0: not chosen yet
	For      string
	Group    db.ID // 0: for the person
	People   int64
	Purpose  string
	Public   bool
	Title    string
	Every    reservation.Every // "": once
	Until    jp.Date
	Times    int
	Loud     bool
	Asked    rules.Asked
	Step     string // the step to go back to; "" = the first that is not done

	form url.Values
}

// forMe is the value of the field "for" that means the person alone.
const forMe = "me"

// readDraft reads what a form or an address carries. The fields band and slot
// are choices made with one press: "540-750", and a room with its times.
func readDraft(form url.Values) draft {
	d := draft{form: url.Values{}, Step: form.Get("step")}
	for name, values := range form {
		if len(values) > 0 {
			d.form[name] = values[:1]
		}
	}
	if slot := strings.Split(form.Get("slot"), "_"); len(slot) == 4 {
		for i, name := range fieldsOf[stepWhen] {
			d.form.Set(name, slot[i])
		}
	}
	if from, to, ok := strings.Cut(form.Get("band"), "-"); ok {
		d.form.Set("from", from)
		d.form.Set("to", to)
	}
	d.form.Del("slot")
	d.form.Del("band")
	d.form.Del("step")
	get := func(name string) string { return strings.TrimSpace(d.form.Get(name)) }
	number := func(name string) int { n, _ := strconv.Atoi(get(name)); return n }
	d.Room, _ = db.ParseID(get("room"))
	d.Day, _ = jp.ParseAnyDate(get("day"))
	d.From, d.To = number("from"), number("to")
	d.For, d.People = get("for"), int64(number("people"))
	d.Group, _ = db.ParseID(d.For)
	d.Purpose, d.Title, d.Public = get("purpose"), get("title"), get("public") != ""
	d.Every, d.Times = reservation.Every(get("every")), number("times")
	d.Until, _ = jp.ParseAnyDate(get("until"))
	d.readAsked(number, get)
	return d
}

// has reports whether a field came with the request.
func (d draft) has(name string) bool { return d.form.Has(name) }

// behind reports whether the reader has been through the step.
func (d draft) behind(step string) bool {
	switch step {
	case stepWhen:
		return !d.Day.IsZero() && d.has("to")
	case stepWho:
		return d.has("for") && d.has("people")
	case stepWhat:
		return d.has("purpose")
	}
	return false
}

// carry are the fields that a form of the step takes along hidden: those of
// the other steps.
func (d draft) carry(step string) []ui.Option {
	var out []ui.Option
	for _, s := range steps {
		for _, name := range fieldsOf[s] {
			if (s != step || name == "room") && d.has(name) {
				out = append(out, ui.Option{Value: d.form.Get(name), Label: name})
			}
		}
	}
	if step != stepWhat {
		for _, name := range slices.Sorted(maps.Keys(d.form)) {
			if strings.HasPrefix(name, extraPrefix) {
				out = append(out, ui.Option{Value: d.form.Get(name), Label: name})
			}
		}
	}
	return out
}

// back is the address of the step with everything chosen.
func (d draft) back(step string) string {
	q := url.Values{}
	for _, o := range d.carry("") {
		q.Set(o.Label, o.Value)
	}
	q.Set("step", step)
	return "/reservations/new?" + q.Encode()
}

func (d draft) span() quarter.Span { return quarter.On(d.Day, d.From, d.To) }

// repeats reports whether a series is wished for.
func (d draft) repeats() bool { return d.Every != "" }

func (d draft) rule() reservation.Rule {
	return reservation.Rule{Every: d.Every, Until: d.Until, Times: d.Times}
}

// wish is the draft as a reservation of the person, its title in the language
// that the reader writes.
func (d draft) wish(person db.ID, lang i18n.Lang) reservation.Reservation {
	r := reservation.Reservation{
		Room: d.Room, Span: d.span(), Person: person, Group: d.Group, Headcount: d.People, Purpose: d.Purpose,
		Loud: d.Loud, Asked: d.Asked,
	}
	if d.Public && d.Title != "" {
		r.PublicTitle = i18n.Text{lang: d.Title}
	}
	return r
}

// check returns what is missing in the step, beyond what Book itself checks.
func (d draft) check(step string, person db.ID, svc *reservation.Service, tx *db.Tx, room reservation.RoomInfo) error {
	r := d.wish(person, i18n.Ja)
	switch step {
	case stepWhen:
		var c fault.Check
		c.Field(!d.Day.IsZero(), "day", "reservation.error.day")
		if err := c.Err(); err != nil {
			return err
		}
		return svc.CheckTime(tx, r, room)
	case stepWho:
		if r.Purpose == "" {
			r.Purpose = "-" // asked in the next step
		}
		r.PublicTitle = nil
		return svc.Limits().CheckDetails(r, room.Room)
	case stepWhat:
		var c fault.Check
		c.Field(!d.Public || d.Title != "", "title", "reservation.error.title")
		if err := c.Err(); err != nil {
			return err
		}
		if d.repeats() {
			if err := d.rule().Check(d.Day, svc.Limits().MaxSeries); err != nil {
				return err
			}
		}
		return svc.Limits().CheckDetails(r, room.Room)
	}
	return nil
}

// slotValue is the value of a button that takes a free time with one press.
func slotValue(v reservation.Vacancy) string {
	day := jp.DateOf(v.Span.Start)
	from := int(v.Span.Start.Sub(day.At(0)).Minutes())
	return strings.Join([]string{v.Room.String(), day.String(), strconv.Itoa(from), strconv.Itoa(from + v.Span.Minutes())}, "_")
}

// bands offers the bands of the day, and runs of bands that are free together.
func bands(ctx context.Context, room facility.Room, taken, shut quarter.Bits) []ui.Band {
	var single, runs []ui.Band
	for i, first := range room.Bands {
		for j, last := range room.Bands[i:] {
			b := ui.Band{Value: strconv.Itoa(first.From) + "-" + strconv.Itoa(last.To), From: first.From, To: last.To, State: ui.Free}
			switch at := quarter.Between(first.From, last.To); {
			case at.Meets(shut):
				b.State = ui.Shut
			case at.Meets(taken):
				b.State = ui.Full
			}
			switch {
			case j == 0:
				if len(room.Bands) == 3 {
					b.Name = tr(ctx, [...]string{"reservation.band.1", "reservation.band.2", "reservation.band.3"}[i])
				}
				single = append(single, b)
			case b.State == ui.Free:
				runs = append(runs, b)
			}
		}
	}
	return append(single, runs...)
}

// tr is the message in the reader's language.
func tr(ctx context.Context, key string, args ...any) string { return i18n.T(ctx, key, args...) }
