package kiosk

import (
	"context"

	"github.com/a-h/templ"

	"kakehashi/domains/places/use"
	"kakehashi/engines/jp"
	"kakehashi/platform/i18n"
	"kakehashi/ui"
)

// boardName is what a use is called on the board.
func boardName(loc *i18n.Localizer, u use.BoardUse) string {
	if name := loc.Text(u.Name); name != "" {
		return name
	}
	if !u.On {
		return loc.T("use.board.booked")
	}
	return loc.T("use.board.taken")
}

// after is what comes after what is on now.
func after(r use.BoardRoom) (use.BoardUse, bool) {
	for _, u := range r.Uses {
		if !u.Over && !u.On {
			return u, true
		}
	}
	return use.BoardUse{}, false
}

// freeWords say that nobody is in a room, and until when.
func freeWords(loc *i18n.Localizer, r use.BoardRoom) string {
	if u, ok := after(r); ok {
		return loc.T("use.board.free.until", "time", loc.Clock(u.From))
	}
	return loc.T("use.board.free")
}

// freeLine names the rooms that are free for the rest of the day.
func freeLine(loc *i18n.Localizer, rooms []use.BoardRoom) string {
	names := make([]string, len(rooms))
	for i, r := range rooms {
		names[i] = loc.Text(r.Name)
	}
	return loc.T("use.field.pair", "label", loc.T("use.board.rooms"), "value", loc.List(names))
}

// onTag says that a use is on now.
func onTag(ctx context.Context, u use.BoardUse) templ.Component {
	if !u.On {
		return templ.NopComponent
	}
	return ui.Tag(ui.TagOf{Label: i18n.T(ctx, "use.board.on"), Tone: ui.Good})
}

// clockTimes are the times of a use, as the clock on the wall shows them.
func clockTimes(loc *i18n.Localizer, u use.BoardUse) string {
	day := jp.DateOf(u.From)
	return loc.Times(int(u.From.Sub(day.At(0)).Minutes()), int(u.Until.Sub(day.At(0)).Minutes()))
}
