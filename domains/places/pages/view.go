package pages

import (
	"context"
	"strings"
	"time"

	"github.com/a-h/templ"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/search"
	"kakehashi/engines/jp"
	"kakehashi/platform/files"
	"kakehashi/platform/i18n"
	"kakehashi/ui"
)

// lead says where is looked, when it is not everywhere.
func (d findData) lead(ctx context.Context) string {
	if d.Facility.ID != 0 {
		return i18n.From(ctx).Text(d.Facility.Name)
	}
	return i18n.T(ctx, "places.search.lead")
}

func partOptions(ctx context.Context) []ui.Option {
	out := []ui.Option{{Value: "", Label: i18n.T(ctx, "places.part.any")}}
	for _, p := range search.Parts {
		out = append(out, ui.Option{Value: string(p), Label: i18n.T(ctx, "places.part."+string(p))})
	}
	return out
}

func equipmentOptions(ctx context.Context) []ui.Option {
	out := make([]ui.Option, len(Equipments))
	for i, e := range Equipments {
		out[i] = ui.Option{Value: e, Label: EquipmentName(i18n.From(ctx), e)}
	}
	return out
}

func (d findData) needs() []string { return ticked(d.Wish.StepFree) }

func (d findData) sound() []string { return ticked(d.Wish.Loud) }

func ticked(on bool) []string {
	if on {
		return []string{"1"}
	}
	return nil
}

// best says the one thing to give up that helps, or that nothing does.
func (d findData) best(ctx context.Context) string {
	if len(d.Result.Relaxations) == 0 {
		return i18n.T(ctx, "places.search.none.todo")
	}
	return relaxation(i18n.From(ctx), d.Result.Relaxations[0])
}

func (d findData) act(ctx context.Context, r search.Relaxation) ui.Act {
	return ui.Act{Label: relaxation(i18n.From(ctx), r), Href: query(r.Wish, d.Near), Icon: ui.IconSearch}
}

// instead leads to the best relaxation.
func (d findData) instead(ctx context.Context) ui.Act {
	if len(d.Result.Relaxations) == 0 {
		return ui.Act{}
	}
	a := d.act(ctx, d.Result.Relaxations[0])
	a.Label = i18n.T(ctx, "places.search.instead")
	return a
}

// others are the further relaxations.
func (d findData) others(ctx context.Context) []ui.Act {
	var out []ui.Act
	for _, r := range d.Result.Relaxations[1:] {
		out = append(out, d.act(ctx, r))
	}
	return out
}

// offers are the rooms of one facility that were found.
func offers(ctx context.Context, d findData, f search.Found) []ui.ListItem {
	loc := i18n.From(ctx)
	out := make([]ui.ListItem, len(f.Offers))
	for i, o := range f.Offers {
		times := make([]string, len(o.Times))
		for j, t := range o.Times {
			times[j] = loc.Times(t.From, t.To)
		}
		item := ui.ListItem{
			Href: RoomPath(o.Room.ID, d.Wish.Day), Lead: ui.Say(ui.Free.Sign() + " " + loc.List(times)),
			Title: ui.Text(o.Room.Name), Note: ui.Say(about(loc, o.Room)),
		}
		if len(o.Times) == 1 {
			item.Href = BookPath(o.Room.ID, d.Wish.Day, o.Times[0].From, o.Times[0].To)
		}
		out[i] = item
	}
	return out
}

// about is what a line says of a room: how many, step-free, what it has.
func about(loc *i18n.Localizer, r facility.Room) string {
	words := []string{loc.T("places.capacity", "count", r.Capacity)}
	if r.StepFree {
		words = append(words, loc.T("places.step_free"))
	}
	const most = 4
	for _, e := range r.Equipment[:min(most, len(r.Equipment))] {
		words = append(words, EquipmentName(loc, e))
	}
	return loc.List(words)
}

// hours says when a facility is open, in the reader's words where we know the
// times, and as the office wrote it otherwise.
func (d facilityData) hours(loc *i18n.Localizer) string {
	var parts []string
	if d.Opens >= 0 && d.Closes > d.Opens {
		parts = append(parts, loc.Times(d.Opens, d.Closes))
	}
	return strings.Join(parts, " ")
}

// ClosureWords says when a closure is, with its next date where it is once a year.
func ClosureWords(loc *i18n.Localizer, c facility.Closure, today jp.Date) string {
	var s string
	switch c.Rule {
	case facility.Weekly:
		s = loc.T("places.closure.weekly", "weekday", loc.WeekdayLong(time.Weekday(c.Weekday)))
		if c.Nth > 0 {
			s = loc.T("places.closure.nth", "n", c.Nth, "weekday", loc.WeekdayLong(time.Weekday(c.Weekday)))
		}
	case facility.Dates:
		s = loc.Days(c.Day, c.Until)
	case facility.Yearly:
		s = loc.Days(nextYearly(c, today))
	case facility.Holiday:
		s = loc.T("places.closure.holiday")
	case facility.Sunday:
		return loc.T("places.closure.sunday")
	}
	if !c.Whole() {
		s += " " + loc.Times(c.From, c.To)
	}
	return s
}

// nextYearly returns the closure's days of this year or the next, those that
// have not ended.
func nextYearly(c facility.Closure, today jp.Date) (from, until jp.Date) {
	for year := today.Year - 1; ; year++ {
		from = jp.NewDate(year, c.Day.Month, c.Day.Day)
		until = jp.NewDate(year, c.Until.Month, c.Until.Day)
		if until.Before(from) {
			until = jp.NewDate(year+1, c.Until.Month, c.Until.Day)
		}
		if !until.Before(today) {
			return from, until
		}
	}
}

// current leaves out dates that are over.
func (d facilityData) current() []facility.Closure {
	var out []facility.Closure
	for _, c := range d.Closures {
		if c.Room == 0 && (c.Rule != facility.Dates || !c.Until.Before(d.Today)) {
			out = append(out, c)
		}
	}
	return out
}

// accesses are the things the facility has, as tags.
func (d facilityData) accesses(loc *i18n.Localizer) []ui.TagOf {
	var out []ui.TagOf
	for _, a := range facility.Accesses {
		if d.Has(a) {
			out = append(out, ui.TagOf{Label: loc.T("places.access." + a), Icon: accessIcon(a)})
		}
	}
	return out
}

func accessIcon(a string) ui.Icon {
	switch a {
	case "wheelchair", "wheelchair_loan", "lift":
		return ui.IconStep
	}
	return ui.IconCheck
}

// facts are what is known of the facility, in the order people ask.
func (d facilityData) facts(ctx context.Context) []ui.Definition {
	loc := i18n.From(ctx)
	var out []ui.Definition
	add := func(key string, is templ.Component) { out = append(out, ui.Definition{Term: loc.T(key), Is: is}) }
	address := d.Address
	if d.Building != "" {
		address += " " + d.Building
	}
	if d.PostalCode != "" {
		address = "〒" + d.PostalCode + " " + address
	}
	add("places.address", ui.In(i18n.Ja, address))
	if d.Phone != "" {
		add("places.phone", phoneView(d.Phone, d.PhoneNote))
	}
	if h := d.hours(loc); h != "" || d.HoursNote != "" || d.Days != "" {
		add("places.hours", hoursView(h, d.Days, d.HoursNote))
	}
	if list := d.current(); len(list) > 0 {
		add("places.closed", closuresView(list, d.Today))
	}
	if d.Mail != "" {
		add("places.mail", ui.Verbatim(d.Mail))
	}
	return out
}

// facts are what is known of the room.
func (d roomData) facts(ctx context.Context) []ui.Definition {
	loc := i18n.From(ctx)
	var out []ui.Definition
	add := func(key string, is templ.Component) { out = append(out, ui.Definition{Term: loc.T(key), Is: is}) }
	if d.Area > 0 {
		add("places.area", ui.Say(loc.T("places.square_metres", "n", d.Area)))
	}
	if len(d.Equipment) > 0 {
		add("places.equipment", ui.Say(equipmentWords(loc, d.Equipment)))
	}
	switch {
	case d.FeeYen == 0:
		add("places.fee", ui.Say(loc.T("places.fee.none")))
	case len(d.Bands) > 0:
		add("places.fee", ui.Say(loc.T("places.fee.band", "yen", loc.Yen(d.FeeYen))))
	default:
		add("places.fee", ui.Say(loc.T("places.fee.hour", "yen", loc.Yen(d.FeeYen))))
	}
	if len(d.Bands) == 0 {
		add("places.hours", ui.Say(loc.Times(d.Opens, d.Closes)))
	}
	sound := "places.quiet"
	if d.Loud {
		sound = "places.loud"
	}
	add("places.search.sound", ui.Say(loc.T(sound)))
	if d.Approval {
		add("places.approval", ui.Say(loc.T("places.approval.text")))
	}
	return out
}

// thumbSide is the longer side of a thumbnail, as platform/files draws it.
const thumbSide = 400

func thumbWidth(f files.File) int { return thumb(f.Width, f.Height) }

func thumbHeight(f files.File) int { return thumb(f.Height, f.Width) }

func thumb(side, other int) int {
	longer := max(side, other)
	if longer <= thumbSide {
		return side
	}
	return side * thumbSide / longer
}

// on are the things that are on, as lines.
func (d facilityData) on() []ui.ListItem {
	out := make([]ui.ListItem, len(d.On))
	for i, h := range d.On {
		out[i] = ui.ListItem{Href: h.Path, Lead: ui.When(h.Start, h.End), Title: ui.Text(h.Title)}
	}
	return out
}

// others are what else one may do at a facility.
func (d facilityData) others(ctx context.Context) []ui.Act {
	var out []ui.Act
	if len(d.Rooms) > 0 {
		out = append(out, ui.Act{Label: i18n.T(ctx, "places.search.here"), Href: "/places/search?facility=" + d.ID.String(), Icon: ui.IconSearch})
	}
	return append(out, ui.Act{Label: i18n.T(ctx, "places.list.near"), Href: "/places?near=" + escape(d.Town), Icon: ui.IconMap})
}

// others are what else one may do with the list.
func (d listData) others(ctx context.Context) []ui.Act {
	var out []ui.Act
	if !d.Every {
		out = append(out, ui.Act{Label: i18n.T(ctx, "places.list.every"), Href: "/places?all=1", Icon: ui.IconList})
	}
	return append(out, ui.Act{Label: i18n.T(ctx, "places.list.data"), Href: "/places/facilities.csv", Icon: ui.IconDownload})
}
