package office

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/pages"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/ui"
)

var noDay jp.Date

func tick(on bool) []string {
	if on {
		return []string{"1"}
	}
	return nil
}

func clockValue(minutes int) string {
	if minutes < 0 {
		return ""
	}
	return strconv.Itoa(minutes)
}

func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func degrees(n float64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// has lists what the facility has of facility.Accesses.
func (d formData) has() []string {
	var out []string
	for _, a := range facility.Accesses {
		if d.Facility.Has(a) {
			out = append(out, a)
		}
	}
	return out
}

func accessOptions(ctx context.Context) []ui.Option {
	out := make([]ui.Option, len(facility.Accesses))
	for i, a := range facility.Accesses {
		out[i] = ui.Option{Value: a, Label: i18n.T(ctx, "places.access."+a)}
	}
	return out
}

func equipmentOptions(ctx context.Context) []ui.Option {
	out := make([]ui.Option, len(pages.Equipments))
	for i, e := range pages.Equipments {
		out[i] = ui.Option{Value: e, Label: pages.EquipmentName(i18n.From(ctx), e)}
	}
	return out
}

// ownEquipment are the things that the office named itself, one a line.
func ownEquipment(r facility.Room) string {
	own := slices.DeleteFunc(slices.Clone(r.Equipment), func(e string) bool { return slices.Contains(pages.Equipments, e) })
	return strings.Join(own, "\n")
}

// times are the bands of a room, or its hours.
func times(ctx context.Context, r facility.Room) string {
	loc := i18n.From(ctx)
	if len(r.Bands) == 0 {
		return loc.Times(r.Opens, r.Closes)
	}
	out := make([]string, len(r.Bands))
	for i, b := range r.Bands {
		out[i] = loc.Times(b.From, b.To)
	}
	return loc.List(out)
}

func (d roomFormData) title(ctx context.Context) string {
	if d.Room.ID == 0 {
		return i18n.T(ctx, "places.office.room.new")
	}
	return i18n.From(ctx).Text(d.Room.Name)
}

func ruleOptions(ctx context.Context) []ui.Option {
	out := make([]ui.Option, len(facility.Rules))
	for i, r := range facility.Rules {
		out[i] = ui.Option{Value: string(r), Label: i18n.T(ctx, "places.office.rule."+string(r))}
	}
	return out
}

func weekdayOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for d := time.Sunday; d <= time.Saturday; d++ {
		out = append(out, ui.Option{Value: strconv.Itoa(int(d)), Label: i18n.From(ctx).WeekdayLong(d)})
	}
	return out
}

func nthOptions(ctx context.Context) []ui.Option {
	out := []ui.Option{{Value: "0", Label: i18n.T(ctx, "places.office.nth.every")}}
	const most = 5
	for n := 1; n <= most; n++ {
		out = append(out, ui.Option{Value: strconv.Itoa(n), Label: i18n.T(ctx, "places.office.nth.n", "n", n)})
	}
	return out
}

// classOptions are the classes of rooms that rules speak of.
//
//i18n:uses places.class.*
func classOptions(ctx context.Context) []ui.Option {
	out := []ui.Option{{Label: i18n.T(ctx, "places.class.none")}}
	for _, c := range facility.Classes {
		out = append(out, ui.Option{Value: c, Label: i18n.T(ctx, "places.class."+c)})
	}
	return out
}

// values are ids as the boxes of a form send them.
func values(ids []db.ID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id.String()
	}
	return out
}

func roomOptions(ctx context.Context, rooms []facility.Room) []ui.Option {
	out := make([]ui.Option, len(rooms))
	for i, r := range rooms {
		out[i] = ui.Option{Value: r.ID.String(), Label: i18n.From(ctx).Text(r.Name)}
	}
	return out
}
